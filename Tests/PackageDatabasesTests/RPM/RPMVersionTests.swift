import PackageDatabases
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct RPMVersionTests {
    @Test(arguments: [
        ("1.0", "1.0", 0), ("1.0", "2.0", -1), ("2.0.1a", "2.0.1", 1), ("5.5p1", "5.5p10", -1),
        ("10xyz", "10.1xyz", -1),
        ("xyz.4", "8", -1), ("1.0.0", "1.0", 1), ("1.05", "1.5", 0), ("1_0", "1.0", 0), ("a", "1", -1), ("", "1", -1),
        ("1.0~rc1", "1.0", -1), ("1.0~rc1", "1.0~rc2", -1), ("1.0^", "1.0", 1), ("1.0^git1", "1.0.1", -1),
        ("1.0~rc1^git1", "1.0~rc1", 1), ("1.0^git1~pre", "1.0^git1", -1), ("1.0.", "1.0", 0), ("0000", "0", 0),
        ("123456789012345678901234567890", "123456789012345678901234567891", -1), ("1.ä", "1.b", -1),
    ])
    func `segments compare as rpmvercmp does`(left: String, right: String, order: Int) {
        #expect(RPMVersion.order(left, right).rawValue == order)
        #expect(RPMVersion.order(right, left).rawValue == -order)
    }

    @Test(arguments: [
        ("1:1.0-1", "2.0-1", 1), ("0:1.0-1", "1.0-1", 0), ("1.0-2", "1.0-10", -1), ("1.0", "1.0-1", -1),
        ("1-2-3", "1-2-4", -1),
        (":1", "0:1", 0), ("a:1", "1", -1),
    ])
    func `an epoch comes first and a missing one is 0`(left: String, right: String, order: Int) {
        #expect(RPMVersion(left).order(to: RPMVersion(right)).rawValue == order)
    }

    @Test(.needs(RPMOracle.isThere, "python3-rpm"))
    func `thousands of generated versions compare as the real rpm does`() throws {
        var random = SeededGenerator(seed: 11)
        let pieces = ["1", "2", "10", "01", "a", "b", "rc", ".", "-", "~", "^", "_", "+", ":", "Z"]
        func text(_ count: ClosedRange<Int>) -> String {
            (0..<Int.random(in: count, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
        let pairs = (0..<4000).map { _ in
            let left = text(1...6)
            // Half of them alike, so that the ends matter.
            return Bool.random(using: &random) ? (left, text(1...6)) : (left, left + text(0...2))
        }
        // labelCompare takes epoch, version and release; without the others it is rpmvercmp.
        let answers = try RPMOracle.answers(
            "print(rpm.labelCompare(('0', a, '1'), ('0', b, '1')))", to: pairs.map { "\($0.0)\t\($0.1)" })
        #expect(answers.count == pairs.count)
        for ((left, right), answer) in zip(pairs, answers) {
            #expect(String(RPMVersion.order(left, right).rawValue) == answer, "\(left) and \(right)")
        }
    }
}

/// The real rpm, asked through its Python module.
enum RPMOracle {
    private static let python = "/usr/bin/python3"

    static let isThere = unsafe system("\(python) -c 'import rpm' 2>/dev/null") == 0

    /// What a statement of Python prints for each line, whose fields it has as `a`, `b` and the list `rest`.
    static func answers(_ statement: String, to lines: [String]) throws -> [String] {
        var template = Array("/tmp/sbomkit-test-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0, let file = unsafe fdopen(descriptor, "w") else { throw TestStoreError(what: "/tmp") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unsafe unlink(path) }
        unsafe fputs(lines.joined(separator: "\n") + "\n", file)
        unsafe fclose(file)
        let program = """
            import rpm, sys
            for line in open(sys.argv[1]):
                a, b, *rest = line.rstrip('\\n').split('\\t')
                \(statement)
            """
        guard let pipe = unsafe popen("\(python) -c \"\(program)\" \(path)", "r") else {
            throw TestStoreError(what: python)
        }
        defer { unsafe pclose(pipe) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output += buffer[..<count]
        }
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
