import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// `outline`, `query` and `diff` read a document the same way.
@Suite struct ConsistencyTests {
    /// A document of this repository; its name alone names a case of a test.
    struct File: Sendable, CustomTestStringConvertible {
        let path: String
        var testDescription: String { path.split(separator: "/").last.map(String.init) ?? path }
    }

    static let files: [File] = ["documents", "expected"].flatMap { folder in
        names(inFolder: "\(packageFolder)/Fixtures/\(folder)").filter { name in
            !name.hasPrefix(".") && !name.hasSuffix(".txt") && !name.hasSuffix(".tsv")
        }.map { File(path: "\(packageFolder)/Fixtures/\(folder)/\($0)") }
    }

    @Test(arguments: files)
    func `all verbs name the same elements and relationships`(file: File) throws {
        try Self.expectAgreement(try bytes(ofFile: file.path), file.path)
    }

    @Test(.enabled(if: corpus != nil, "there is no corpus"))
    func `all verbs name the same elements and relationships of the corpus`() throws {
        // Every thirtieth: all of them take a release build and minutes.
        let files = try shell("find -L '\(corpus ?? "")/sbom' -type f -size -200k | sort | awk 'NR % 30 == 0'").text
        for path in files.split(separator: "\n").map(String.init) {
            let bytes = try bytes(ofFile: path)
            guard (try? Outline(bytes)) != nil else {
                #expect(throws: SBOMError.self, "\(path)") { try Query("all").matches(in: bytes) }
                #expect(throws: SBOMError.self, "\(path)") { try DocumentDifference(from: bytes, to: bytes) }
                continue
            }
            try Self.expectAgreement(bytes, path)
        }
    }

    /// Duplicate identifiers, several package URLs, NONE, a qualifier, an element that has the document's identifier.
    static let odd = """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "odd", "documentDescribes": ["SPDXRef-a"],
         "packages": [
          {"SPDXID": "SPDXRef-a", "name": "first", "versionInfo": "1", "licenseDeclared": "NONE", "externalRefs": [
           {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/first@1"},
           {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/second@1"}]},
          {"SPDXID": "SPDXRef-a", "name": "other", "versionInfo": "2"},
          {"SPDXID": "SPDXRef-DOCUMENT", "name": "impostor", "versionInfo": "3"},
          {"SPDXID": "SPDXRef-b", "name": "b", "versionInfo": "1"}],
         "relationships": [
          {"spdxElementId": "SPDXRef-b", "relationshipType": "TEST_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-a"},
          {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-b"}]}
        """

    @Test func `all verbs read an odd document the same way`() throws {
        let bytes = Array(Self.odd.utf8)
        try Self.expectAgreement(bytes, "odd")
        let outline = try Outline(bytes)
        #expect(outline.notices.map(\.message) == (try Query("all").matches(in: bytes)).notices.map(\.message))
        #expect(outline.notices.count == 1)
        let difference = try DocumentDifference(from: bytes, to: bytes)
        #expect(difference.newNotices.map(\.message) == outline.notices.map(\.message))
    }

    /// Documents without elements, to compare others with.
    private static let empty = Array(#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": []}"#.utf8)

    private static func expectAgreement(_ bytes: [UInt8], _ path: String) throws {
        let outline = try JSONValue(parsing: Outline(bytes).graph(.json), limits: Limits())
        let elements = outline["elements"].array
        let matches = try Query("all").matches(in: bytes)
        // Elements, with their names, versions, package URLs, licenses and suppliers.
        func row(_ text: (String) -> String) -> String {
            ["id", "name", "version", "purl", "license", "supplier", "type"].map(text).joined(separator: "\t")
        }
        let drawn = elements.map { element in
            row { name in
                switch name {
                case "license": element["license"].text
                case "type": element["kind"].text
                default: element[name].text
                }
            }
        }
        let queried = matches.elements.map { element in
            row { name in QueryMatches.Field(name).flatMap { element.value($0) } ?? "" }
        }
        #expect(drawn.sorted() == queried.sorted(), "\(path)")

        let difference = try DocumentDifference(from: bytes, to: empty, comparing: .everything)
        let compared = difference.removed + difference.removedFiles
        #expect(Set(compared.map(\.name)).isSubset(of: elements.map { $0["name"].text }), "\(path)")
        #expect(Set(compared.compactMap(\.purl)).isSubset(of: elements.map { $0["purl"].text }), "\(path)")
        #expect(compared.isEmpty == elements.isEmpty, "\(path)")
        // An element that is listed twice is compared once, with the name of the first.
        let identities = Set(elements.map { $0["purl"].text + $0["name"].text + $0["version"].text })
        #expect(compared.count <= elements.count && compared.count * 2 >= identities.count, "\(path)")

        // Relationships, by kind: what one leads to for query, and from where and to what for diff.
        var targets: [String: Set<String>] = [:]
        for edge in outline["relationships"].array {
            targets[edge["type"].text, default: []].insert(edge["to"].text)
        }
        // A word in another spelling than that of SPDX cannot be asked for.
        for (kind, ends) in targets where kind.allSatisfy({ $0.isUppercase || $0 == "_" }) {
            let found = try Query("all type:\(kind)").matches(in: bytes)
            #expect(Set(found.elements.compactMap { $0.value(.id) }) == ends, "\(path): \(kind)")
        }
        var named: [String: String] = [:]
        // Relationships are of the first element with an identifier.
        for element in elements where named[element["id"].text] == nil {
            named[element["id"].text] = element["name"].text
        }
        let drawnEdges = Set(
            outline["relationships"].array.map { edge in
                "\(named[edge["from"].text] ?? "") \(edge["type"].text) \(edge["note"].text) \(named[edge["to"].text] ?? "")"
            })
        let comparedEdges = difference.removedEdges.filter { $0.from != nil && $0.to != nil }.map { edge in
            "\(edge.from?.name ?? "") \(edge.type) \(edge.qualifier) \(edge.to?.name ?? "")"
        }
        #expect(Set(comparedEdges).isSubset(of: drawnEdges), "\(path)")
        // A relationship between two that are compared as one is none.
        #expect(comparedEdges.isEmpty ? identities.count < elements.count || drawnEdges.isEmpty : true, "\(path)")
    }
}
