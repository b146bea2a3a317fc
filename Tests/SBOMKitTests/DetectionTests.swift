import SBOMFormats
import SBOMKit
import Testing

@Suite struct DetectionTests {
    static let spdx3 = [
        #"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}"#,
        #"{"@context": "https://spdx.org/rdf/3.0.0/spdx-context.jsonld", "type": "SpdxDocument"}"#,
        #"{"@context": ["https://spdx.org/rdf/3.0.1/spdx-context.jsonld", {"a": "b"}], "type": "SpdxDocument"}"#,
        #"{"@context": {}, "@graph": [{"type": "SpdxDocument"}]}"#,
    ]

    @Test(arguments: spdx3)
    func `every verb refuses SPDX 3 in the same words`(_ text: String) throws {
        let bytes = Array(text.utf8)
        let other = Array(#"{"spdxVersion": "SPDX-2.3"}"#.utf8)
        let verbs: [(name: String, run: () throws -> Void)] = [
            ("outline", { _ = try Outline(bytes) }),
            ("outline --style bom", { _ = try Outline(bytes, for: .bom) }),
            ("query", { _ = try Query("all").matches(in: bytes) }),
            ("diff", { _ = try DocumentDifference(from: bytes, to: other) }),
            ("diff", { _ = try DocumentDifference(from: other, to: bytes) }),
            ("convert", { _ = try Converter().convert(bytes, to: .spdx) }),
            ("validate", { _ = try Validator().validate(bytes) }),
        ]
        for verb in verbs {
            let error = #expect(throws: SBOMError.self, "\(verb.name)") { try verb.run() }
            #expect(error?.code == .badInput, "\(verb.name)")
            let words = "expected SPDX 2.2 or 2.3, found SPDX 3 (JSON-LD), which is not read"
            #expect(error.map { "\($0)".contains(words) } == true, "\(verb.name): \(String(describing: error))")
        }
    }

    /// What is no document that is read, and words of the message.
    static let unsupported: [(name: String, bytes: [UInt8], words: String)] = [
        ("nothing", [], "the input is empty"),
        ("blanks", Array(" \n\t".utf8), "the input is empty"),
        ("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "compressed with gzip; expand it first, with gzip -dc"),
        ("zstd", [0x28, 0xB5, 0x2F, 0xFD, 0, 0], "compressed with zstd; expand it first, with zstd -dc"),
        ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0], "compressed with xz; expand it first, with xz -dc"),
        ("bzip2", Array("BZh91AY".utf8), "compressed with bzip2; expand it first, with bzip2 -dc"),
        ("zip", [0x50, 0x4B, 3, 4, 0], "found a zip archive"),
        ("tar", Array(repeating: 0x61, count: 257) + Array("ustar".utf8), "found a tar archive"),
        (
            "YAML", Array("SPDXID: \"SPDXRef-DOCUMENT\"\nspdxVersion: \"SPDX-2.3\"\n".utf8),
            "found YAML, which is not read"
        ),
        ("HTML", Array("<html><body/></html>".utf8), "found a web page"),
        (
            "RDF", Array("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/>".utf8),
            "found RDF; SPDX is read in"
        ),
        (
            "syft", Array(#"{"artifacts": [], "descriptor": {"name": "syft"}, "schema": {"url": "x"}}"#.utf8),
            "found syft's own JSON, which is not read; `syft convert FILE -o spdx-json` makes SPDX of it"
        ),
        ("grype", Array(#"{"matches": [], "descriptor": {"name": "grype"}}"#.utf8), "found a report of grype"),
        (
            "trivy", Array(#"{"SchemaVersion": 2, "ArtifactName": "a", "Results": []}"#.utf8),
            "found trivy's own JSON, which is not read; `trivy convert --format spdx-json FILE` makes SPDX of it"
        ),
        ("manifest", Array(#"{"schemaVersion": 2, "layers": []}"#.utf8), "found the manifest of an image"),
        (
            "SPDX 2.1", Array(#"{"spdxVersion": "SPDX-2.1", "SPDXID": "SPDXRef-DOCUMENT"}"#.utf8),
            "found SPDX 2.1, which is not read"
        ),
        ("SPDX 2.1 tag-value", Array("SPDXVersion: SPDX-2.1\n".utf8), "found SPDX 2.1, which is not read"),
        ("SPDX 3", Array(#"{"spdxVersion": "SPDX-3.0"}"#.utf8), "found SPDX 3.0, which is not read"),
        (
            "CycloneDX 1.1", Array(#"{"bomFormat": "CycloneDX", "specVersion": "1.1"}"#.utf8),
            "found CycloneDX 1.1, which is not read; `cyclonedx convert --output-version v1_6`"
        ),
        (
            "CycloneDX 1.0 XML", Array(#"<bom xmlns="http://cyclonedx.org/schema/bom/1.0"/>"#.utf8),
            "found CycloneDX 1.0, which is not read"
        ),
        (
            "CycloneDX 1.8", Array(#"{"bomFormat": "CycloneDX", "specVersion": "1.8"}"#.utf8),
            "found CycloneDX 1.8, which is newer than this program"
        ),
        (
            "CycloneDX 2.0", Array(#"{"bomFormat": "CycloneDX", "specVersion": "2.0"}"#.utf8),
            "found CycloneDX 2.0, which is newer than this program"
        ),
        (
            "CycloneDX 2.0 XML", Array(#"<bom xmlns="http://cyclonedx.org/schema/bom/2.0"/>"#.utf8),
            "found CycloneDX 2.0, which is newer than this program"
        ),
    ]

    @Test(arguments: unsupported)
    func `every verb names what it cannot read, and what helps`(_ row: (name: String, bytes: [UInt8], words: String)) {
        let other = Array(#"{"spdxVersion": "SPDX-2.3"}"#.utf8)
        let verbs: [(name: String, run: () throws -> Void)] = [
            ("outline", { _ = try Outline(row.bytes) }),
            ("query", { _ = try Query("all").matches(in: row.bytes) }),
            ("diff", { _ = try DocumentDifference(from: other, to: row.bytes) }),
            ("convert", { _ = try Converter().convert(row.bytes, to: .spdx) }),
            ("validate", { _ = try Validator().validate(row.bytes) }),
        ]
        for verb in verbs {
            let error = #expect(throws: SBOMError.self, "\(verb.name)") { try verb.run() }
            #expect(error?.code == .badInput, "\(verb.name)")
            #expect(error?.message.contains(row.words) == true, "\(verb.name): \(String(describing: error))")
        }
    }

    @Test(arguments: ["SPDX-2.2.1", "SPDX-2.3", "SPDX-", "", "2.3-rc1", "SPDX-99999999999999999999.1"])
    func `a text that is no other version does not keep a document from being read`(version: String) {
        let document = Array(
            #"{"spdxVersion": "\#(version)", "packages": [{"SPDXID": "SPDXRef-a", "name": "a"}]}"#.utf8)
        #expect(throws: Never.self) { try Outline(document) }
    }

    @Test func `in the style of bom every version is drawn`() throws {
        let text = #"{"spdxVersion": "SPDX-2.1", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "packages": []}"#
        #expect(try !Array(Outline(Array(text.utf8), for: .bom).lines()).isEmpty)
    }

    @Test func `the versions that can be chosen are those of the codecs`() {
        #expect(
            DocumentFormat.CycloneDXVersion.allCases.map(\.rawValue)
                == SBOMFormats.CycloneDXVersion.allCases.map(\.rawValue))
        #expect(DocumentFormat.SPDXVersion.allCases.map(\.rawValue) == SBOMFormats.SPDXVersion.allCases.map(\.rawValue))
    }
}
