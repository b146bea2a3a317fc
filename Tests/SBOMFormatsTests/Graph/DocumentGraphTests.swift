import ByteStreams
import SBOMFormats
import TestSupport
import Testing

@Suite struct DocumentGraphTests {
    private static func spdx(_ members: String, rules: ReadingRules = .standard) throws -> DocumentGraph {
        let text = #"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", \#(members)}"#
        return try DocumentGraph(parsing: Array(text.utf8), rules, limits: Limits())
    }

    private static func cycloneDX(_ members: String) throws -> DocumentGraph {
        let text = #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, \#(members)}"#
        return try DocumentGraph(parsing: Array(text.utf8), limits: Limits())
    }

    /// The relationships as they are followed: `a DEPENDS_ON b`.
    private static func followed(_ graph: DocumentGraph) -> [String] {
        let index = RelationshipIndex(graph)
        return (0..<Int32(graph.elements.count)).flatMap { element in
            index.links(of: element).map { link in
                let kind = index.kinds[Int(link.kind)]
                let target = graph.foreign(link.target) ?? graph.elements.label(link.target)
                let note = kind.qualifier.isEmpty ? "" : " (\(kind.qualifier))"
                return "\(graph.elements.label(element)) \(kind.word) \(target)\(note)"
            }
        }
    }

    // MARK: What is stated more than once

    @Test func `the first element with an identifier has it, and the document is reported`() throws {
        let members = """
            "packages": [{"SPDXID": "a", "name": "x"}, {"SPDXID": "a", "name": "y"}, {"SPDXID": "b", "name": "z"}],
            "files": [{"SPDXID": "a", "fileName": "f"}],
            "relationships": [{"spdxElementId": "b", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "a"}]
            """
        let graph = try Self.spdx(members)
        #expect(Self.followed(graph) == ["z DEPENDS_ON x"])
        #expect(
            graph.notices.map(\.message) == [
                #"two elements have the SPDXID "a"; relationships are of the first, and 1 more like that"#
            ])
        #expect(Self.followed(try Self.spdx(members, rules: .bom)) == ["z DEPENDS_ON y"])
    }

    @Test(arguments: ["PACKAGE-MANAGER", "PACKAGE_MANAGER", "package-manager", "Package_Manager"])
    func `the first package URL counts, however its category is spelled`(category: String) throws {
        let graph = try Self.spdx(
            """
            "packages": [{"SPDXID": "a", "name": "x", "externalRefs": [
              {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a"},
              {"referenceCategory": "OTHER", "referenceType": "purl", "referenceLocator": "pkg:npm/other@1"},
              {"referenceCategory": "\(category)", "referenceType": "purl", "referenceLocator": "pkg:npm/one@1"},
              {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/two@1"}]}]
            """)
        #expect(graph.elements.packageURLs == ["pkg:npm/one@1"])
    }

    @Test func `in bom's style the last package URL counts, and names of members are folded`() throws {
        let graph = try Self.spdx(
            """
            "PACKAGES": [{"spdxid": "a", "Name": "x", "versioninfo": "1", "externalRefs": [
              {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/one@1"},
              {"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/two@1"},
              {"referenceCategory": "package-manager", "referenceType": "purl", "referenceLocator": "pkg:npm/no@1"}]}]
            """, rules: .bom)
        #expect(graph.elements.packageURLs == ["pkg:npm/two@1"])
        #expect(graph.elements.label(0) == "x@1")
    }

    @Test func `NONE is shown and NOASSERTION states nothing`() throws {
        let graph = try Self.spdx(
            """
            "packages": [
              {"SPDXID": "a", "name": "x", "licenseDeclared": "NONE", "licenseConcluded": "MIT", "supplier": "NONE"},
              {"SPDXID": "b", "name": "y", "licenseDeclared": "NOASSERTION", "licenseConcluded": "MIT",
               "supplier": "NOASSERTION", "downloadLocation": "NOASSERTION"}]
            """)
        #expect((0..<2).map { graph.elements.license($0) } == ["NONE", "MIT"])
        #expect((0..<2).map { graph.elements.supplier($0) } == ["NONE", ""])
        #expect(graph.elements.downloadLocations == ["", ""])
    }

    // MARK: Relationships

    @Test func `reverse relationships are turned round and keep what their word adds`() throws {
        let graph = try Self.spdx(
            """
            "packages": [{"SPDXID": "a", "name": "a"}, {"SPDXID": "b", "name": "b"}],
            "files": [{"SPDXID": "f", "fileName": "f"}],
            "relationships": [
              {"spdxElementId": "a", "relationshipType": "TEST_DEPENDENCY_OF", "relatedSpdxElement": "b"},
              {"spdxElementId": "b", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "a"},
              {"spdxElementId": "a", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "b"},
              {"spdxElementId": "f", "relationshipType": "CONTAINED_BY", "relatedSpdxElement": "a"},
              {"spdxElementId": "a", "relationshipType": "OTHER", "relatedSpdxElement": "NONE"},
              {"spdxElementId": "a", "relatedSpdxElement": "b"},
              {"spdxElementId": "a", "relationshipType": "DESCRIBED_BY", "relatedSpdxElement": "SPDXRef-DOCUMENT"}]
            """)
        #expect(
            Self.followed(graph) == ["a CONTAINS f", "a OTHER NONE", "b DEPENDS_ON a (test)", "b DEPENDS_ON a"])
        #expect(graph.described == [0])
        let index = RelationshipIndex(graph, types: ["TEST_DEPENDENCY_OF"])
        #expect((0..<3).map { index.links(of: $0).count } == [0, 1, 0])
    }

    @Test func `CycloneDX nests, needs and describes`() throws {
        let graph = try Self.cycloneDX(
            """
            "metadata": {"component": {"type": "application", "name": "app", "bom-ref": "app"}},
            "components": [
              {"type": "file", "name": "f", "bom-ref": "f", "hashes": [
                {"alg": "SHA-1", "content": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}]},
              {"type": "operating-system", "name": "os", "bom-ref": "os",
               "components": [{"type": "library", "name": "in", "bom-ref": "in"}]},
              {"type": "library", "name": "lib", "bom-ref": "lib"}],
            "dependencies": [{"ref": "os", "dependsOn": ["lib", "lib", "os", "nowhere"]}, {"ref": "app", "dependsOn": ["os"]}]
            """)
        #expect(graph.elements.names == ["app", "os", "in", "lib", "f"])
        #expect(graph.elements.packageCount == 4)
        #expect(
            Self.followed(graph) == ["app DEPENDS_ON os", "app CONTAINS f", "os CONTAINS in", "os CONTAINS lib"])
        #expect(graph.described == [0])
    }

    // MARK: Claims of documents

    @Test func `what a conversion stored in a document is not applied`() throws {
        let graph = try Self.cycloneDX(
            """
            "components": [{"type": "library", "name": "lodash", "version": "4.17.21", "bom-ref": "a",
              "purl": "pkg:npm/lodash@4.17.21", "licenses": [{"license": {"id": "MIT"}}],
              "properties": [
                {"name": "sbomkit:spdx:name", "value": "\\"left-pad\\""},
                {"name": "sbomkit:spdx:versionInfo", "value": "\\"0.0.1\\""},
                {"name": "sbomkit:spdx:licenseDeclared", "value": "\\"GPL-3.0-only\\""},
                {"name": "sbomkit:spdx:#relationships", "value": "[[\\"CONTAINS\\",\\"SPDXRef-a\\"]]"},
                {"name": "sbomkit:form", "value": "file"}]}]
            """)
        #expect(graph.elements.label(0) == "lodash@4.17.21")
        #expect(graph.elements.packageURLs == ["pkg:npm/lodash@4.17.21"])
        #expect(graph.elements.license(0) == "MIT")
        #expect(!graph.elements.isFile(0))
        #expect(Self.followed(graph) == [])
    }

    @Test func `a layer is what a tool states of the element itself`() throws {
        let one = "sha256:" + String(repeating: "a1", count: 32)
        let two = "sha256:" + String(repeating: "b2", count: 32)
        let graph = try Self.spdx(
            """
            "packages": [
              {"SPDXID": "a", "name": "ours", "sourceInfo": "dpkg database; came with layer 3 of 5", "annotations": [
                {"annotationType": "OTHER", "annotator": "Tool: x", "annotationDate": "", "comment": "LayerDiffID: \(one)"}]},
              {"SPDXID": "b", "name": "prose", "comment": "this layer 3 is a player: \(one)",
               "sourceInfo": "layer 7 of a cake"},
              {"SPDXID": "c", "name": "longer", "annotations": [{"comment": "LayerDiffID: \(one) and more"}]},
              {"SPDXID": "d", "name": "trivy", "attributionTexts": ["LayerDigest: \(two)", "LayerDiffID: \(one)"]}],
            "files": [{"SPDXID": "f", "fileName": "syft", "comment": "layerID: \(two)"}]
            """)
        #expect(
            (0..<5).map { graph.elements.layer($0) } == ["3 \(one)", "", "", "\(two) \(one)", two])
    }

    @Test func `the image says which number and which blob a layer has`() throws {
        let digests = ["a1", "b2", "c3", "d4"].map { "sha256:" + String(repeating: $0, count: 32) }
        let stack = [(0, 2), (1, 3), (0, 1)].map { (digests[$0.0], digests[$0.1]) }
        let statements = stack.map { "{\"comment\": \"Layer: \($0.0) \($0.1)\"}" }.joined(separator: ", ")
        let spdx = try Self.spdx(
            """
            "packages": [
              {"SPDXID": "p", "name": "before", "annotations": [{"comment": "LayerDiffID: \(digests[1])"}]},
              {"SPDXID": "i", "name": "image", "annotations": [\(statements), {"comment": "Layer: 1 2"}]},
              {"SPDXID": "q", "name": "first", "annotations": [{"comment": "LayerDiffID: \(digests[0])"}]},
              {"SPDXID": "r", "name": "third", "annotations": [
                {"comment": "LayerNumber: 3"}, {"comment": "LayerDiffID: \(digests[0])"}]},
              {"SPDXID": "s", "name": "other", "annotations": [{"comment": "LayerDiffID: \(digests[3])"}]},
              {"SPDXID": "t", "name": "none", "annotations": [{"comment": "LayerNumber: 0"}]}]
            """)
        let expected = [
            "2 \(digests[1]) \(digests[3])", "", "1 \(digests[0]) \(digests[2])", "3 \(digests[0]) \(digests[1])",
            digests[3], "",
        ]
        #expect((0..<6).map { spdx.elements.layer($0) } == expected)
        let properties = stack.map { "{\"name\": \"sbomkit:Layer\", \"value\": \"\($0.0) \($0.1)\"}" }
        let cycloneDX = try Self.cycloneDX(
            """
            "components": [
              {"type": "container", "name": "image", "properties": [\(properties.joined(separator: ", "))]},
              {"type": "library", "name": "third", "properties": [{"name": "sbomkit:LayerNumber", "value": "3"},
                {"name": "aquasecurity:trivy:LayerDiffID", "value": "\(digests[0])"}]}]
            """)
        #expect(cycloneDX.elements.layer(1) == expected[3])
    }

    @Test func `two components with one package URL do not share their layers`() throws {
        let digest = "sha256:" + String(repeating: "c3", count: 32)
        let graph = try Self.cycloneDX(
            """
            "components": [
              {"type": "library", "name": "a", "bom-ref": "1", "purl": "pkg:npm/a@1",
               "properties": [{"name": "syft:location:0:layerID", "value": "\(digest)"}]},
              {"type": "library", "name": "a", "bom-ref": "2", "purl": "pkg:npm/a@1",
               "properties": [{"name": "some:layer", "value": "\(digest)"}]}]
            """)
        #expect((0..<2).map { graph.elements.layer($0) } == [digest, ""])
    }

    @Test func `a publisher is the originator where nobody else is`() throws {
        let graph = try Self.cycloneDX(
            """
            "components": [
              {"type": "library", "name": "a", "publisher": "P"},
              {"type": "library", "name": "b", "publisher": "P", "manufacturer": {"name": "M"}}]
            """)
        #expect((0..<2).map { graph.elements.originator($0) } == ["Person: P", "Organization: M"])
    }

    // MARK: Limits

    @Test(arguments: [
        #""packages": [{}, {}, {}], "files": [{}]"#, #""components": [{}, {"components": [{}, {}]}]"#,
    ])
    func `more elements than the limit are refused`(members: String) throws {
        var limits = Limits()
        limits.elementCount = 3
        let start = members.contains("packages") ? #""spdxVersion": "SPDX-2.3""# : #""bomFormat": "CycloneDX""#
        let bytes = Array("{\(start), \(members)}".utf8)
        let error = #expect(throws: DocumentError.self) { try DocumentGraph(parsing: bytes, limits: limits) }
        #expect(error?.description.contains("elementCount") == true)
        limits.elementCount = 5
        #expect(throws: Never.self) { try DocumentGraph(parsing: bytes, limits: limits) }
    }

    @Test func `a component with very many layers and members costs what its size does`() throws {
        let layers = (0..<20_000).map { number in
            let digits = String(number, radix: 16)
            let digest = "sha256:" + String(repeating: "0", count: 64 - digits.count) + digits
            return #"{"name": "syft:location:\#(number):layerID", "value": "\#(digest)"}"#
        }
        let names = Array(repeating: #""cpe": "cpe:/a:b""#, count: 20_000)
        let graph = try Self.cycloneDX(
            #""components": [{\#(names.joined(separator: ",")), "properties": [\#(layers.joined(separator: ","))]}]"#)
        #expect(graph.elements.layer(0).split(separator: " ").count == 20_000)
    }

    @Test func `elements that state nothing are elements`() throws {
        let graph = try Self.cycloneDX(#""components": [{}, {"components": [{}]}], "dependencies": [{}]"#)
        #expect(graph.elements.count == 3)
        #expect(Set(graph.elements.ids).count == 3)
        #expect(try Self.spdx(#""packages": [{}, {}], "files": [{}], "relationships": [{}]"#).elements.count == 3)
    }
}
