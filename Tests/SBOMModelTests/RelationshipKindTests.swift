import SBOMModel
import TestSupport
import Testing

@Suite struct RelationshipKindTests {
    typealias Kind = Relationship.Kind

    @Test(
        arguments: [
            ("DEPENDS_ON", "DEPENDS_ON", false, "", Kind.Structure.needs),
            ("DEPENDENCY_OF", "DEPENDS_ON", true, "", .needs),
            ("TEST_DEPENDENCY_OF", "DEPENDS_ON", true, "test", .needs),
            ("DEV_DEPENDENCY_OF", "DEPENDS_ON", true, "dev", .needs),
            ("BUILD_DEPENDENCY_OF", "DEPENDS_ON", true, "build", .needs),
            ("RUNTIME_DEPENDENCY_OF", "DEPENDS_ON", true, "runtime", .needs),
            ("OPTIONAL_DEPENDENCY_OF", "DEPENDS_ON", true, "optional", .needs),
            ("PROVIDED_DEPENDENCY_OF", "DEPENDS_ON", true, "provided", .needs),
            ("PEER_DEPENDENCY_OF", "DEPENDS_ON", true, "peer", .needs),
            ("HAS_PREREQUISITE", "HAS_PREREQUISITE", false, "", .needs),
            ("PREREQUISITE_FOR", "HAS_PREREQUISITE", true, "", .needs),
            ("STATIC_LINK", "STATIC_LINK", false, "", .needs),
            ("DYNAMIC_LINK", "DYNAMIC_LINK", false, "", .needs),
            ("CONTAINS", "CONTAINS", false, "", .contains),
            ("CONTAINED_BY", "CONTAINS", true, "", .contains),
            ("DESCRIBES", "DESCRIBES", false, "", nil),
            ("DESCRIBED_BY", "DESCRIBES", true, "", nil),
            ("GENERATED_FROM", "GENERATED_FROM", false, "", nil),
            ("OTHER", "OTHER", false, "", nil),
            ("_DEPENDENCY_OF", "_DEPENDENCY_OF", false, "", nil),
            ("dependency_of", "dependency_of", false, "", nil),
            ("", "", false, "", nil),
        ] as [(String, String, Bool, String, Kind.Structure?)])
    func `a kind has one direction away from the document`(
        _ word: String, _ forward: String, _ isReversed: Bool, _ qualifier: String, _ structure: Kind.Structure?
    ) {
        let kind = Kind(rawValue: word)
        #expect(kind.forward.kind.rawValue == forward)
        #expect(kind.forward.isReversed == isReversed)
        #expect(kind.forward.qualifier == qualifier)
        #expect(kind.structure == structure)
    }

    @Test func `a forward kind is its own forward kind`() {
        for kind in Kind.specified {
            let forward = kind.forward.kind
            #expect(forward.forward.kind == forward)
            #expect(!forward.forward.isReversed && forward.forward.qualifier.isEmpty)
        }
    }

    @Test func `the words are those of the schema, each once and sorted`() throws {
        let schema = String(decoding: try bytes(ofFile: packageFolder + "/Schemas/SPDX.json"), as: UTF8.self)
        let definition = try #require(schema.split(separator: "\"relationshipType\": {").last)
        let list = try #require(definition.split(separator: "\"review\"").first)
        let words = list.split(separator: "\"").filter { word in
            word.allSatisfy { $0.isUppercase || $0 == "_" } && !word.isEmpty
        }
        #expect(words.count == 45)
        #expect(Kind.specified.map(\.rawValue) == words.map(String.init).sorted())
    }
}
