import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

@Suite struct OutlineFormatTests {
    private func outline() throws -> Outline { try Outline(Array(TreeOutlineTests.document.utf8)) }

    @Test func `a summary counts what the document says`() throws {
        let summary = try outline().summary()
        #expect(summary.packageCount == 5)
        #expect(summary.fileCount == 1)
        #expect(summary.unreachableCount == 2)
        #expect(summary.types.map { "\($0.name) \($0.count)" } == [" 4", "deb 1"])
        #expect(summary.json.contains(#""schema": "sbomkit-summary/1""#))
        #expect(summary.licenses.map { "\($0.name) \($0.count)" } == [" 4", "MIT 1"])
    }

    @Test func `a summary counts what is searched for`() throws {
        var options = Outline.Options()
        options.license = "MIT"
        let summary = try outline().summary(options)
        #expect(summary.packageCount == 1 && summary.fileCount == 0 && summary.unreachableCount == 0)
        #expect(summary.licenses.map { "\($0.name) \($0.count)" } == ["MIT 1"])
        #expect(summary.relationships.map { "\($0.name) \($0.count)" } == ["DEPENDS_ON 2", "OTHER 1"])
        options.types = ["OTHER"]
        #expect(try outline().summary(options).relationships.map(\.name) == ["OTHER"])
    }

    @Test func `a type of relationships that is unknown is an error with the nearest`() throws {
        #expect(try outline().types(["depends-on", "CONTAINED_BY"]) == ["DEPENDS_ON", "CONTAINED_BY"])
        let error = #expect(throws: SBOMError.self) { try outline().types(["DEPEND_ON"]) }
        #expect(error?.code == .usage && error?.message.hasSuffix("did you mean \"DEPENDS_ON\"?") == true)
    }

    @Test func `a graph has each element once, and JSON can be read`() throws {
        let value = try JSONValue(parsing: try outline().graph(.json), limits: Limits())
        guard case .object(let object) = value, case .array(let elements) = object["elements"],
            case .array(let relationships) = object["relationships"]
        else {
            Issue.record("not an object with elements and relationships")
            return
        }
        #expect(elements.count == 6)
        #expect(relationships.count == 5)
        #expect(object["schema"] == "sbomkit-graph/1")
    }

    @Test(arguments: Outline.GraphFormat.allCases)
    func `nothing in a document gets out of its quotes`(format: Outline.GraphFormat) throws {
        let name = #""];</script><script>alert(1)//&amp;%%{x}%%$$\"#
        let document: JSONValue = [
            "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": .string(name),
            "documentDescribes": ["SPDXRef-a"],
            "packages": [["SPDXID": "SPDXRef-a", "name": .string(name + "\u{1B}[31m\u{202E}")]],
        ]
        let text = String(
            decoding: try Outline(JSONWriter.bytes(of: document, .compact)).graph(format), as: UTF8.self)
        #expect(!text.unicodeScalars.contains("\u{1B}"))
        switch format {
        case .html:
            #expect(text.components(separatedBy: "</script>") == 3)
            #expect(text.components(separatedBy: "http") == 2, "the only one is http-equiv")
        case .dot:
            #expect(
                text.contains(#"[label="\"];</script><script>alert(1)//&amp;amp;%%{x}%%$$\\\\u{1b}[31m\\u{202e}"];"#))
        case .mermaid:
            #expect(text.contains("#34;];#60;/script#62;"))
            #expect(!text.contains("%") && !text.contains("$"))
        case .json: #expect(throws: Never.self) { try JSONValue(parsing: Array(text.utf8), limits: Limits()) }
        }
    }

    @Test(arguments: ["bare", "envelope", "string"])
    func `a document in an attestation is drawn like one by itself`(kind: String) throws {
        let inner = try JSONValue(parsing: Array(TreeOutlineTests.document.utf8), limits: Limits())
        let predicate: JSONValue =
            kind == "string"
            ? ["Data": .string(TreeOutlineTests.document), "Timestamp": "2026-01-01T00:00:00Z"] : inner
        let statement: JSONValue = [
            "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://spdx.dev/Document/v2.3",
            "subject": [["name": "image"]], "predicate": predicate,
        ]
        var bytes = JSONWriter.bytes(of: statement, .compact)
        if kind == "envelope" {
            let envelope: JSONValue = [
                "payloadType": "application/vnd.in-toto+json", "payload": .string(base64(bytes)), "signatures": [],
            ]
            bytes = JSONWriter.bytes(of: envelope, .compact)
        }
        #expect(Array(try Outline(bytes).lines()) == Array(try outline().lines()))
    }

    @Test func `an attestation of something else says what it is`() {
        let statement = """
            {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1", "predicate": {}}
            """
        let error = #expect(throws: SBOMError.self) { try Outline(Array(statement.utf8)) }
        #expect(error?.description.contains("https://slsa.dev/provenance/v1") == true)
    }

    @Test func `an identifier that stands twice is said`() throws {
        let document = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "documentDescribes": ["a"],
             "packages": [{"SPDXID": "a", "name": "x"}, {"SPDXID": "a", "name": "y"}]}
            """
        let outline = try Outline(Array(document.utf8))
        #expect(
            outline.notices.map(\.message) == [#"two elements have the SPDXID "a"; relationships are of the first"#])
        #expect(Array(outline.lines()).contains(" ├ x"))
    }

    @Test func `CycloneDX is drawn in the same words, with its layers`() throws {
        let digest = "sha256:" + String(repeating: "b1", count: 32)
        let document = """
            {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
             "metadata": {"component": {"type": "application", "name": "app", "bom-ref": "app"}},
             "components": [
              {"type": "library", "name": "one", "version": "1", "bom-ref": "one", "purl": "pkg:npm/one@1",
               "properties": [{"name": "aquasecurity:trivy:LayerDigest", "value": "\(digest)"}]},
              {"type": "library", "name": "two", "bom-ref": "two",
               "components": [{"type": "library", "name": "inner", "bom-ref": "inner"}]}],
             "dependencies": [{"ref": "app", "dependsOn": ["one", "two"]}, {"ref": "two", "dependsOn": ["one"]}]}
            """
        let outline = try Outline(Array(document.utf8))
        #expect(
            Array(outline.lines()).dropFirst(4) == [
                " └ app", "    │ 🔗 2 relationships", "    ├ DEPENDS_ON PACKAGE one@1",
                "    └ DEPENDS_ON PACKAGE two", "       │ 🔗 2 relationships", "       ├ CONTAINS PACKAGE inner",
                "       └ DEPENDS_ON PACKAGE one@1",
            ])
        var options = Outline.Options()
        options.layer = "b1b1"
        #expect(Array(outline.lines(options)).contains("    ├ DEPENDS_ON PACKAGE one@1"))
        options.layer = "b2b2"
        #expect(Array(outline.lines(options)).last == "nothing in it matches")
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let three = bytes[start..<min(start + 3, bytes.count)]
            var bits = three.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - three.count))
            bits <<= 8
            for index in 0..<4 {
                text.append(index <= three.count ? digits[Int(bits >> 26)] : UInt8(ascii: "="))
                bits <<= 6
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension String {
    /// How many pieces are between the separators.
    fileprivate func components(separatedBy separator: String) -> Int {
        var count = 1
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
