import TestSupport
import Testing

/// `sbomkit outline` as a user meets it.
@Suite struct OutlineTests {
    static let document = "\(packageFolder)/Fixtures/expected/debian-layers.spdx.json"

    @Test func `a document is drawn, and from standard input the same`() throws {
        let drawn = try sbomkit("outline '\(Self.document)'")
        #expect(drawn.code == 0, "\(drawn.errors)")
        #expect(drawn.text.hasPrefix("📂 SPDX document debian-layers:latest\n │\n │ 📦 DESCRIBES 1 package\n"))
        #expect(try sbomkit("outline - <'\(Self.document)'").text == drawn.text)
        #expect(try sbomkit("generate debian-layers --format cyclonedx 2>/dev/null | '\(program)' outline -").code == 0)
    }

    @Test func `bom's way to switch versions off passes`() throws {
        let one = try sbomkit("outline --style bom --version=false -d 2 '\(Self.document)'")
        #expect(one.code == 0, "\(one.errors)")
        #expect(one.text.contains("  ├ debian-layers\n"))
        #expect(try sbomkit("outline --style bom --no-version -d 2 '\(Self.document)'").text == one.text)
    }

    @Test(.needs(have("script"), "script(1)"))
    func `in bom's style a file gets every character, and a terminal obeys none`() throws {
        try withTemporaryFolder { folder in
            let document = #"""
                {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "documentDescribes": ["SPDXRef-a"],
                 "packages": [{"SPDXID": "SPDXRef-a", "name": "a\u001b[31mb"}]}
                """#
            try write(Array(document.utf8), toFile: "\(folder)/d.json")
            let line = "outline --style bom '\(folder)/d.json'"
            #expect(try sbomkit(line).text.contains("├ a\u{1B}[31mb\n"))
            let shown = try shell("script -qec \"'\(program)' \(line)\" /dev/null").text
            #expect(shown.contains("├ a\\u{1b}[31mb") && !shown.contains("\u{1B}"))
        }
    }

    @Test func `colours are for terminals, or on demand`() throws {
        #expect(try !sbomkit("outline '\(Self.document)'").text.contains("\u{1B}"))
        #expect(try sbomkit("outline --color always '\(Self.document)'").text.contains("\u{1B}["))
        let refused = try sbomkit("outline --color auto '\(Self.document)'", environment: ["NO_COLOR": "1"])
        #expect(!refused.text.contains("\u{1B}"))
    }

    @Test func `why something is there, and that it is not`() throws {
        let result = try sbomkit("outline --why beta --ascii '\(Self.document)'")
        #expect(
            result.text == """
                beta@1.0-1: 1 package needs it directly, 2 in all
                  directly: alpha
                  1 top-level package pulls it in:
                    echo-tool@2.0-1 -> alpha -> beta

                """)
        let missing = try sbomkit("outline --why bets '\(Self.document)'")
        #expect(missing.code == 1 && missing.text.isEmpty)
        #expect(
            missing.lines == ["sbomkit: error: \(Self.document): nothing in it matches bets; did you mean \"beta\"?"])
        #expect(try sbomkit("outline --why nothing-like-it '\(Self.document)'").code == 1)
        #expect(try sbomkit("outline --why beta --color always '\(Self.document)'").text.contains("\u{1B}["))
    }

    @Test func `nothing found is a warning, and an exit code on demand`() throws {
        let nothing = try sbomkit("outline --find alhpa '\(Self.document)'")
        #expect(nothing.code == 0)
        #expect(
            nothing.lines == [
                "sbomkit: warning: \(Self.document): nothing matches --find alhpa; did you mean \"alpha\"?"
            ])
        for search in [
            "--find nobody", "--license GPL", "--layer 77", "--find nobody --summary", "--license MIT --format json",
        ] {
            let line = "outline \(search) '\(Self.document)'"
            #expect(try sbomkit(line).code == 0 && sbomkit(line).lines.count == 1, "\(search)")
            #expect(try sbomkit("\(line) --fail-on-empty").code == 1)
            #expect(try sbomkit("\(line) --fail-on-match").code == 0)
        }
        let found = "outline --find alpha '\(Self.document)'"
        #expect(try sbomkit("\(found) --fail-on-empty").code == 0)
        #expect(try sbomkit("\(found) --fail-on-match").code == 1)
        #expect(try sbomkit("\(found) --fail-on-match").text == sbomkit(found).text)
    }

    @Test(arguments: [
        ("LC_ALL=C", true), ("LANG=en_US.ISO-8859-1", true), ("LC_CTYPE=POSIX LANG=C.UTF-8", true),
        ("LANG=de_DE.utf8", false), ("LC_ALL=C.UTF-8 LANG=C", false), ("X=", false),
    ])
    func `lines are drawn in ASCII where the locale is not UTF-8`(variables: String, isASCII: Bool) throws {
        func outline(_ options: String) throws -> ShellResult {
            try shell("unset LC_ALL LC_CTYPE LANG; \(variables) '\(program)' outline \(options) '\(Self.document)'")
        }
        #expect(try outline("").text.utf8.allSatisfy { $0 < 0x80 } == isASCII)
        #expect(try outline("--why beta").text.utf8.allSatisfy { $0 < 0x80 } == isASCII)
        // The bytes of bom do not depend on the environment.
        #expect(try outline("--style bom").text.contains(" ├ "))
        let inspection = try shell(
            "unset LC_ALL LC_CTYPE LANG; \(variables) '\(program)' inspect '\(fixtures)/debian-layers'")
        #expect(inspection.text.utf8.allSatisfy { $0 < 0x80 } == isASCII)
    }

    @Test(arguments: [
        ("a.html", "html"), ("a.HTM", "html"), ("a.dot", "dot"), ("a.gv", "dot"), ("a.mmd", "mermaid"),
        ("a.json", "json"),
        ("a.txt", "text"), ("a", "text"),
    ])
    func `the ending of a file names the format`(name: String, format: String) throws {
        try withTemporaryFolder { folder in
            let result = try sbomkit("outline '\(Self.document)' -o '\(folder)/\(name)'")
            #expect(result.code == 0)
            #expect(result.lines.last == "sbomkit: wrote \(folder)/\(name): \(format) of \(Self.document)")
            let written = try bytes(ofFile: "\(folder)/\(name)")
            #expect(try written == sbomkit("outline '\(Self.document)' --format \(format)").output)
            #expect(try sbomkit("outline --style bom '\(Self.document)' -o '\(folder)/\(name)'").code == 0)
        }
    }

    @Test func `a summary counts what the filters leave`() throws {
        #expect(
            try sbomkit("outline --summary --find beta '\(Self.document)'").text.split(separator: "\n").dropFirst()
                .first
                == "1 packages, 0 files")
    }

    @Test(arguments: [
        "--style bom --summary", "--why x --format dot", "--width 0", "--chains 0 --why x", "-o ''",
        "--fail-on-empty", "--find x --fail-on-empty --fail-on-match", "--type DEPENDS",
        "--style bom --find x --fail-on-empty",
    ])
    func `options that cannot be are refused`(options: String) throws {
        #expect(try sbomkit("outline \(options) '\(Self.document)'").code == 64)
    }

    @Test func `what is missing or no document has its exit code`() throws {
        #expect(try sbomkit("outline nothing-there").code == 66)
        #expect(try sbomkit("outline - </dev/null").code == 65)
        let broken = try sbomkit("outline - <<<'{'")
        #expect(broken.lines == ["sbomkit: error: -:2:1: the text ends where a member name is expected"])
    }

    @Test func `more than Mermaid draws is said`() throws {
        let drawn = try sbomkit("outline --format mermaid '\(Self.document)'")
        #expect(drawn.errors.isEmpty)
        // A name has 500 characters in a picture at the most.
        let name = String(repeating: "n", count: 600)
        func document(_ count: Int) -> String {
            let packages = (0..<count).map { #"{"SPDXID":"SPDXRef-\#($0)","name":"\#(name)"}"# }.joined(separator: ",")
            return #"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"d","packages":[\#(packages)]}"#
        }
        let small = try shell("'\(program)' outline --format mermaid -", input: Array(document(90).utf8))
        #expect(small.errors.isEmpty && small.text.contains("nn…\""))
        let large = try shell("'\(program)' outline --format mermaid -", input: Array(document(110).utf8))
        #expect(large.lines.first?.hasPrefix("sbomkit: warning: -: Mermaid draws at most 500 relationships") == true)
        #expect(
            try shell("'\(program)' outline -q --format mermaid -", input: Array(document(110).utf8)).errors.isEmpty)
    }
}
