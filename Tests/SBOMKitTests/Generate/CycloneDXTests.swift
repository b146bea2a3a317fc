import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// CycloneDX documents: valid by the official validator, and the same graph as SPDX's.
@Suite struct CycloneDXTests {
    static let python = "\(packageFolder)/.build/validators/bin/python"
    static let hasValidator =
        ((try? shell("'\(python)' -c 'import cyclonedx.validation.json, lxml'").code) ?? 1) == 0

    @Test(.needs(hasValidator, "the validators, which .ci/setup test installs"))
    func `documents of every version are valid`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r '\(folder)'") }
        var options = Generator.Options()
        options.supplier = Contact("Person: Ada Example (ada@example.org)")
        options.creators = [
            "Organization: Example (sbom@example.org)", "Organization: Other", "Person: Ada Example (ada@example.org)",
        ].compactMap { Contact($0) }
        options.withRecommends = true
        var list = ""
        for fixture in Fixture.all {
            let image = try await fixture.generated(options)
            for version in DocumentFormat.CycloneDXVersion.allCases {
                let path = "\(folder)/\(fixture)-\(version.rawValue).json"
                try write(image.document(.cycloneDX(version)), toFile: path)
                let xml = "\(folder)/\(fixture)-\(version.rawValue).xml"
                try write(image.document(.cycloneDXXML(version)), toFile: xml)
                list += "\(version.rawValue) \(path)\n\(version.rawValue) \(xml)\n"
            }
        }
        let script = """
            import sys
            from cyclonedx.schema import SchemaVersion
            from cyclonedx.validation.json import JsonStrictValidator
            from cyclonedx.validation.xml import XmlValidator
            for line in sys.stdin:
                version, path = line.split()
                validator = XmlValidator if path.endswith(".xml") else JsonStrictValidator
                error = validator(SchemaVersion.from_version(version)).validate_str(open(path).read())
                if error: print(path, str(error)[:300])
            """
        let result = try shell("'\(Self.python)' -c '\(script)'", input: Array(list.utf8))
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.text == "")
    }

    @Test(arguments: Fixture.all)
    func `every component stands in the graph, and its edges are SPDX's`(fixture: Fixture) async throws {
        let image = try await fixture.generated()
        let json = try JSONValue(parsing: image.document(.cycloneDX(.v1_6)), limits: Limits())
        let root = json["metadata"]["component"]["bom-ref"].text
        let references = [root] + json["components"].array.map { $0["bom-ref"].text }
        let dependencies = json["dependencies"].array
        #expect(dependencies.map { $0["ref"].text }.sorted() == references.sorted())
        #expect(Set(references).count == references.count)

        var edges: Set<[String]> = []
        for dependency in dependencies {
            for other in dependency["dependsOn"].array { edges.insert([dependency["ref"].text, other.text]) }
        }
        let document = try Document(image)
        let expected = document.relationships.compactMap { relationship -> [String]? in
            guard ["DEPENDS_ON", "CONTAINS"].contains(relationship["relationshipType"].text) else { return nil }
            return [relationship["spdxElementId"], relationship["relatedSpdxElement"]]
                .map { String($0.text.dropFirst("SPDXRef-".count)) }
        }
        #expect(edges == Set(expected))

        var reached: Set = [root]
        var waiting = [root]
        while let here = waiting.popLast() {
            for edge in edges where edge[0] == here && reached.insert(edge[1]).inserted { waiting.append(edge[1]) }
        }
        #expect(reached == Set(references))
        let isBlind = json["compositions"].array.first?["aggregate"].text == "incomplete"
        #expect(isBlind == image.isBlind)
    }

    // The JSON of 1.2 has no texts of several lines.
    @Test(arguments: ["debian-small", "rpm-small"], DocumentFormat.CycloneDXVersion.allCases.filter { $0 != .v1_2 })
    func `XML says what JSON says`(name: String, version: DocumentFormat.CycloneDXVersion) async throws {
        let image = try await Fixture(name).generated()
        let json = try JSONValue(parsing: image.document(.cycloneDX(version)), limits: Limits())
        let xml = try XMLDocument(parsing: image.document(.cycloneDXXML(version)), limits: Limits()).root
        // Every text and every attribute, in order, but for what the namespace and the kinds of lists say.
        var said: [String] = []
        func collect(_ element: XMLElement) {
            said += element.attributes.map(\.value)
            if element.hasText { said.append(element.text) }
            for child in element.elements { collect(child) }
        }
        collect(xml)
        var expected: [String] = []
        func collect(_ value: JSONValue) {
            switch value {
            case .string(let text): expected.append(text)
            case .number(let number): expected.append(number.digits)
            case .array(let values): for value in values { collect(value) }
            case .object(let object): for member in object.members { collect(member.value) }
            case .null, .bool: break
            }
        }
        collect(json)
        let namespaced = [
            "CycloneDX", version.rawValue, "http://cyclonedx.org/schema/bom-\(version.rawValue).schema.json",
        ]
        for text in namespaced { expected.remove(at: try #require(expected.firstIndex(of: text))) }
        #expect(said.filter { !$0.allSatisfy(\.isWhitespace) }.sorted() == expected.sorted())
    }

    @Test(arguments: [DocumentFormat.cycloneDX(.v1_3), .cycloneDX(.v1_6), .cycloneDXXML(.v1_7)])
    func `creators, name and namespace survive the conversion to SPDX`(format: DocumentFormat) async throws {
        var options = Generator.Options()
        let creators = ["Organization: A (a@example.org)", "Organization: B (b@example.org)", "Person: C"]
        options.creators = creators.compactMap { Contact($0) }
        options.namespaceBase = try #require(NamespaceBase("https://example.org/sboms"))
        let image = try await Fixture("debian-small").generated(options)
        let converted = try Converter().convert(image.document(format), to: .spdx)
        let found = try JSONValue(parsing: converted.bytes, limits: Limits())
        let expected = try Document(image).json
        #expect(found["name"] == expected["name"])
        #expect(found["documentNamespace"] == expected["documentNamespace"])
        #expect(
            Set(found["creationInfo"]["creators"].array.map(\.text))
                == Set(expected["creationInfo"]["creators"].array.map(\.text)))
    }

    @Test func `characters that XML cannot hold are replaced and said`() async throws {
        let image = try await generated(
            TinyImage(["var/lib/dpkg/status.d/a": "Package: a\nVersion: 1\nDescription: a bell \u{7} here\n"]))
        var notices: [Notice] = []
        let xml = try image.document(.cycloneDXXML(.v1_6)) { notices.append($0) }
        #expect(notices.map(\.code) == ["not-in-xml"])
        #expect(try XMLDocument(parsing: xml, limits: Limits()).root.name.local == "bom")
    }

    @Test(arguments: ["spdx", "cyclonedx", "cyclonedx-xml", "cyclonedx-xml@1.5", "cyclonedx@1.4", "cyclonedx@1.7"])
    func `formats are spelled as the command line has them`(text: String) {
        #expect(DocumentFormat(text) != nil)
        #expect(DocumentFormat.spellings.contains(text))
    }

    @Test(arguments: [
        "", "SPDX 2.3", "spdx@2.1", "spdx@", "cyclonedx@", "cyclonedx@1.1", "cyclonedx@1.6@1", "cyclonedx@2.3",
    ])
    func `what is no format is not taken for one`(text: String) {
        #expect(DocumentFormat(text) == nil)
    }
}
