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

    @Test func `the versions that can be chosen are those of the codecs`() {
        #expect(
            DocumentFormat.CycloneDXVersion.allCases.map(\.rawValue)
                == SBOMFormats.CycloneDXVersion.allCases.map(\.rawValue))
        #expect(DocumentFormat.SPDXVersion.allCases.map(\.rawValue) == SBOMFormats.SPDXVersion.allCases.map(\.rawValue))
    }
}
