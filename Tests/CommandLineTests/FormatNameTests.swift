import SBOMKit
import TestSupport
import Testing

/// How formats are named in `--format`, `--to` and `-o`.
@Suite struct FormatNameTests {
    @Test(arguments: [
        ("spdx-json", "spdx"), ("SPDX-JSON", "spdx"), ("spdx-json@2.2", "spdx@2.2"), ("spdx-tv", "spdx-tag-value"),
        ("spdx-tag-value@2.3", "spdx-tag-value"), ("tag-value", "spdx-tag-value"), ("cyclonedx-json", "cyclonedx"),
        ("cyclonedx-json@1.5", "cyclonedx@1.5"), ("xml", "cyclonedx-xml"), ("xml@1.4", "cyclonedx-xml@1.4"),
    ])
    func `the names of other tools are accepted`(theirs: String, ours: String) throws {
        let document = try sbomkit("generate -q distroless --format \(ours)")
        #expect(document.code == 0)
        #expect(try sbomkit("generate -q distroless --format \(theirs)").output == document.output)
        #expect(try sbomkit("generate -q distroless -o \(theirs)").output == document.output)
    }

    @Test(arguments: [
        ("--format cylconedx", "did you mean cyclonedx?"), ("--format spdx-jsn", "did you mean spdx-json?"),
        ("--format tabel", "did you mean table?"), ("--format spdx@3.0", "expected one of spdx@2.2, spdx@2.3"),
        ("--format cyclonedx@1.1", "expected one of cyclonedx@1.2, "), ("-o cyclonedx-jsn", "is cyclonedx-json meant?"),
        ("-o spdxx=a.json", "did you mean spdx?"),
    ])
    func `a wrong name gets the list and the nearest`(option: String, words: String) throws {
        let result = try sbomkit("generate distroless \(option)")
        #expect(result.code == 64 && result.output.isEmpty)
        #expect(result.lines.count == 2)
        let first = try #require(result.lines.first)
        #expect(first.hasPrefix("sbomkit: error: ") && first.contains(words), "\(first)")
        #expect(result.lines.last == "sbomkit: hint: `sbomkit generate --help` lists the options")
    }

    @Test(arguments: [
        ("a.spdx.json", "spdx"), ("a.spdx", "spdx-tag-value"), ("a.CDX.json", "cyclonedx"),
        ("a.cdx.xml", "cyclonedx-xml"),
        ("a.json", "spdx"),
    ])
    func `the ending of a file names the format`(name: String, format: String) throws {
        try withTemporaryFolder { folder in
            #expect(try sbomkit("generate -q distroless -o '\(folder)/\(name)'").code == 0)
            let written = try bytes(ofFile: "\(folder)/\(name)")
            #expect(try written == sbomkit("generate -q distroless --format \(format)").output)
            guard name != "a.json" else { return }
            let source = "expected/distroless.spdx.json"
            #expect(try sbomkit("convert \(source) -o '\(folder)/converted-\(name)'").code == 0)
            let converted = try bytes(ofFile: "\(folder)/converted-\(name)")
            #expect(try converted == sbomkit("convert -q \(source) --to \(format)").output)
            #expect(try converted == sbomkit("convert -q \(source) --format \(format)").output)
        }
    }

    @Test(arguments: ["a.xml", "a.HTML", "a.csv", "a.spdx.yaml", "a.cdx"])
    func `an ending that names no format needs one`(name: String) throws {
        let result = try sbomkit("generate distroless -o \(name)")
        #expect(result.code == 64 && result.errors.contains("names no format that is known"))
        try withTemporaryFolder { folder in
            let written = try sbomkit("generate distroless --format cyclonedx-xml -o '\(folder)/\(name)'")
            #expect(written.code == 0)
            #expect(written.lines.last?.hasPrefix("sbomkit: wrote \(folder)/\(name) (cyclonedx-xml@1.6): ") == true)
        }
    }

    @Test(arguments: [
        "generate distroless --format spdx -o a.cdx.json", "generate distroless -o table=a.spdx",
        "convert expected/distroless.spdx.json --to cyclonedx -o a.spdx.json",
    ])
    func `an ending that names another format is an error`(line: String) throws {
        let result = try sbomkit(line)
        #expect(result.code == 64 && result.errors.contains("the ending is that of"))
    }

    @Test func `a version does not contradict an ending`() throws {
        try withTemporaryFolder { folder in
            #expect(try sbomkit("generate -q distroless --format cyclonedx@1.4 -o '\(folder)/a.cdx.json'").code == 0)
            let text = String(decoding: try bytes(ofFile: "\(folder)/a.cdx.json"), as: UTF8.self)
            #expect(text.contains("\"specVersion\": \"1.4\""))
        }
    }

    @Test func `a format is no file, unless it is a path`() throws {
        try withTemporaryFolder { folder in
            let image = "\(fixtures)/distroless"
            let result = try shell("cd '\(folder)' && '\(program)' generate -q '\(image)' -o xml && ls")
            #expect(result.code == 0 && result.text.hasPrefix("<?xml") && result.text.hasSuffix("</bom>\n"))
            #expect(try shell("cd '\(folder)' && '\(program)' generate -q '\(image)' -o ./xml && ls").text == "xml\n")
        }
    }

    @Test func `a hyphen is standard output, which has one document`() throws {
        let document = try sbomkit("generate -q distroless").output
        #expect(try sbomkit("generate -q distroless -o -").output == document)
        #expect(try sbomkit("generate -q distroless -o spdx=-").output == document)
        #expect(try sbomkit("convert -q expected/distroless.spdx.json --to spdx -o -").output == document)
        #expect(try sbomkit("generate distroless -o spdx -o cyclonedx").code == 64)
    }

    @Test(arguments: ["", "-o a.json", "--to spdx -o cyclonedx=a.json"])
    func `convert wants one format`(options: String) throws {
        #expect(try sbomkit("convert expected/distroless.spdx.json \(options)").code == 64)
    }

    @Test func `each name and version parses`() {
        for name in DocumentFormat.spellings { #expect(DocumentFormat(name)?.description.hasPrefix(name) == true) }
        #expect(DocumentFormat("spdx")?.isSameKind(as: .spdxJSON(.v2_2)) == true)
    }
}
