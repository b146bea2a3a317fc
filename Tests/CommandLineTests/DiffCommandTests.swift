import TestSupport
import Testing

/// `sbomkit diff` as a user meets it.
@Suite struct DiffCommandTests {
    static let expected = "\(packageFolder)/Fixtures/expected"

    @Test func `an image is equal to its documents`() throws {
        for name in ["debian-small", "rpm-small"] {
            for other in ["\(Self.expected)/\(name).cdx.json", "oci:\(name):latest"] {
                let result = try sbomkit("diff \(name) \(other)")
                #expect(result.code == 0)
                #expect(result.text == "no difference in packages, licenses, suppliers, files, edges\n")
            }
        }
    }

    @Test func `a difference is a line each`() throws {
        let result = try sbomkit("diff debian-layers \(Self.expected)/debian-small.cdx.json --only packages")
        #expect(result.code == 1)
        let lines = result.text.split(separator: "\n")
        #expect(lines.first == "packages: 18 added, 5 removed, 1 upgraded")
        #expect(lines.contains("  + libbeta1 (i386) 1.0~rc2-1+b1"))
        #expect(lines.contains("  ~ alpha 1.0-1 -> 1:2.3-4 (upgraded)"))
        #expect(try sbomkit("diff -q debian-layers debian-small").text == "")
    }

    @Test func `everything is compared on demand, and colors are for terminals`() throws {
        let line = "diff debian-layers \(Self.expected)/debian-small.cdx.json"
        #expect(
            try sbomkit("\(line) --only packages --all").text.hasPrefix(
                "packages: 18 added, 5 removed, 1 upgraded, 1 changed\n"))
        #expect(try !sbomkit(line).text.contains("\u{1B}"))
        let colored = try sbomkit("\(line) --color always").text
        #expect(
            colored.contains("\u{1B}[1;32m  + ") && colored.contains("\u{1B}[31m  - ")
                && colored.contains("\u{1B}[33m  ~ "))
    }

    @Test func `a part that is not known gets the nearest`() throws {
        let result = try sbomkit("diff --only package a b")
        #expect(result.code == 64 && result.errors.contains("did you mean \"packages\"?"))
    }

    @Test func `names cannot forge lines or tables`() throws {
        try withTemporaryFolder { folder in
            let text = """
                {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
                  {"type": "library", "name": "a\\n+ b|<b>\\u001b[1m", "version": "1"}]}
                """
            try write(Array(text.utf8), toFile: "\(folder)/a")
            try write(Array(text.replacing("\"1\"", with: "\"2\"").utf8), toFile: "\(folder)/b")
            let plain = try sbomkit("diff \(folder)/a \(folder)/b")
            #expect(
                plain.text == """
                    packages: 1 upgraded
                      ~ a\\u{a}+ b|<b>\\u{1b}[1m 1 -> 2 (upgraded)

                    """)
            let table = try sbomkit("diff --format markdown \(folder)/a \(folder)/b")
            #expect(
                table.text == """
                    ## Packages: 1 upgraded

                    |  | name | old | new |
                    | --- | --- | --- | --- |
                    | upgraded | a\\\\u\\{a\\}+ b\\|\\<b\\>\\\\u\\{1b\\}\\[1m | 1 | 2 |

                    """)
        }
    }

    @Test(arguments: [
        ("diff - -", 64), ("diff no-such-file debian-small", 66), ("diff debian-small - </dev/null", 65),
        ("diff oci:no-such-folder debian-small", 66), ("diff damaged debian-small", 65), ("diff --only x a b", 64),
        ("diff --only licenses debian-small debian-small", 0), ("diff rpm-small debian-small", 1),
    ])
    func `the exit code says what is wrong`(line: String, code: Int32) throws {
        let result = try sbomkit(line)
        #expect(result.code == code, "\(result.errors)")
        #expect(result.errors.isEmpty == (code < 2), "\(result.errors)")
    }
}
