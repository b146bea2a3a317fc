import Glibc
import PackageDatabases
import TestSupport
import Testing

@Suite struct DebianVersionTests {
    @Test(arguments: [
        ("1.2-3", 0, "1.2", "3"),
        ("1:1.2.13.dfsg-1", 1, "1.2.13.dfsg", "1"),
        ("2147483647:1", 2_147_483_647, "1", ""),
        ("1:2:3", 1, "2:3", ""),
        ("1.0-rc1-2", 0, "1.0-rc1", "2"),
        ("+1:2", 1, "2", ""),
        ("\t1.0 ", 0, "1.0", ""),
        ("a1_é", 0, "a1_é", ""),
        ("1-\u{301}", 0, "1", "\u{301}"),
    ])
    func `a version has an epoch, an upstream version and a revision`(
        text: String, epoch: Int32, upstream: String, revision: String
    ) throws {
        let version = try #require(DebianVersion(parsing: text))
        #expect(version.epoch == epoch)
        #expect(version.upstream == upstream)
        #expect(version.revision == revision)
    }

    @Test(arguments: ["", " ", "1 2", ":1", "a:1", "-1:1", "1:", "1-", "1--", "-", "-1", "1:-2", "1-a:b"])
    func `a version that dpkg refuses does not parse`(text: String) {
        #expect(DebianVersion(parsing: text) == nil)
    }

    @Test(arguments: ["2147483648:1", "99999999999999999999999:1"])
    func `an epoch that does not fit an int is refused`(text: String) {
        #expect(DebianVersion(parsing: text) == nil)
    }

    @Test(arguments: [
        ("1.0~rc1", "1.0"), ("1.0~~", "1.0~"), ("1.0~", "1.0~a"), ("1.0", "1.0a"), ("1.0a", "1.0+"), ("1.0a", "1.0b"),
        ("1.9", "1.10"), ("1.0", "1.0-1"), ("1.0-1", "1.0-1+b1"), ("9", "1:0"), ("1.2", "1.02.1"), ("1.0Z", "1.0a"),
        ("1.0-1~deb12u1", "1.0-1"), ("1.2.3", "1.2.3.1"), ("0", "é"), ("1é", "1+"), ("1z", "1é"),
    ])
    func `versions are ordered as dpkg orders them`(lower: String, higher: String) throws {
        let (lower, higher) = try (version(lower), version(higher))
        #expect(lower < higher)
        #expect(!(higher < lower))
        #expect(lower != higher)
    }

    @Test(arguments: [("1.0", "0:1.0"), ("1.0", "1.00"), ("1.0", "1.0-0"), ("1", "01"), ("1.a", "1.a0")])
    func `versions can be equal that are spelled differently`(left: String, right: String) throws {
        #expect(try version(left) == version(right))
    }

    @Test func `numbers of thousands of digits are compared`() throws {
        let zeros = String(repeating: "0", count: 5_000)
        let nines = String(repeating: "9", count: 5_000)
        #expect(try version("1" + zeros) > version(nines))
        #expect(try version(zeros + "1") == version("1"))
        #expect(try version(nines + "1") > version(nines + "0"))
    }

    @Test(arguments: [("0:1.0", "1.0"), ("1:1.0-1", "1:1.0-1"), ("0:1:2", "0:1:2"), ("00:1", "1")])
    func `a version is written as dpkg writes it`(text: String, written: String) throws {
        #expect(try version(text).description == written)
    }

    @Test(arguments: [
        ("<<", [true, false, false]), ("<=", [true, true, false]), ("<", [true, true, false]),
        ("=", [false, true, false]), (">=", [false, true, true]), (">", [false, true, true]),
        (">>", [false, false, true]),
    ])
    func `relations hold, the old ones with equality`(sign: String, expected: [Bool]) throws {
        let relation = try #require(DebianVersion.Relation(parsing: sign))
        let wanted = try version("2")
        #expect(try ["1", "2", "3"].map { try version($0).holds(relation, wanted) } == expected)
    }

    @Test(arguments: ["", "<>", "==", "=<", "<<<"])
    func `an unknown sign is refused`(sign: String) {
        #expect(DebianVersion.Relation(parsing: sign) == nil)
    }

    private static let hasDpkg = unsafe access("/usr/bin/dpkg", X_OK) == 0

    @Test(.needs(hasDpkg, "dpkg"), arguments: [1, 2, 3] as [UInt64])
    func `generated versions compare as dpkg compares them`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pairs = (0..<150).map { _ in
            let left = generated(using: &random)
            return (left, Bool.random(using: &random) ? varied(left, using: &random) : generated(using: &random))
        }
        let verdicts = dpkgVerdicts(on: pairs)
        try #require(verdicts.count == pairs.count)
        for ((left, right), verdict) in zip(pairs, verdicts) {
            guard let first = DebianVersion(parsing: left), let second = DebianVersion(parsing: right) else {
                #expect(verdict == "?", "dpkg reads both of \(left) and \(right)")
                continue
            }
            #expect((first < second ? "lt" : first == second ? "eq" : "gt") == verdict, "\(left) and \(right)")
        }
    }

    private func version(_ text: String) throws -> DebianVersion {
        try #require(DebianVersion(parsing: text))
    }

    private func generated(using random: inout SeededGenerator) -> String {
        let pieces = [
            "0", "1", "2", "9", "10", "00", "a", "b", "Z", "rc", "~", "~~", "+", ".", ".", "-", "dfsg", ":",
            "99999999999",
        ]
        let body = (0..<Int.random(in: 1...7, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        let epoch = ["", "", "", "0:", "1:", "2147483648:"].randomElement(using: &random) ?? ""
        return epoch + (["1", "0", ""].randomElement(using: &random) ?? "") + body.joined()
    }

    private func varied(_ text: String, using random: inout SeededGenerator) -> String {
        var copy = Array(text)
        let piece = Array("0~1a.-+").randomElement(using: &random) ?? "0"
        copy.insert(piece, at: Int.random(in: 0...copy.count, using: &random))
        return String(copy)
    }

    /// `lt`, `eq`, `gt`, or `?` where dpkg cannot read one of them; all by one shell.
    private func dpkgVerdicts(on pairs: [(String, String)]) -> [Substring] {
        // A pair that is neither less, equal nor greater was refused. Each stands behind an x, so that none is an option.
        let script = """
            exec 2>/dev/null
            while read -r a b; do
                a=${a#x} b=${b#x}
                case "$a" in -*) echo '?'; continue;; esac
                dpkg --compare-versions "$a" lt "$b"
                case $? in
                    0) echo lt;;
                    1) if dpkg --compare-versions "$a" eq "$b"; then echo eq; else echo gt; fi;;
                    *) echo '?';;
                esac
            done <<'END'
            \(pairs.map { "x\($0) x\($1)" }.joined(separator: "\n"))
            END
            """
        guard let pipe = unsafe popen(script, "r") else { return [] }
        defer { unsafe pclose(pipe) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output += buffer[..<count]
        }
        return String(decoding: output, as: UTF8.self).split(separator: "\n")
    }
}
