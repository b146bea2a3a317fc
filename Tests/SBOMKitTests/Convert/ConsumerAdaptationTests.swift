import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// `convert` for a reader that wants other names.
@Suite struct ConsumerAdaptationTests {
    /// A document of a Red Hat or Amazon image in the names that another tool uses.
    private func document(_ system: String, _ namespace: String, _ distro: String) -> [UInt8] {
        let purl = "pkg:rpm/\(namespace)/bash@5.2-1?arch=x86_64&distro=\(distro)"
        return Array(
            """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
             "metadata": {"component": {"bom-ref": "image", "type": "container", "name": "app",
               "purl": "pkg:oci/app@sha256%3A00?tag=1.2"}},
             "components": [
              {"bom-ref": "os", "type": "operating-system", "name": "\(system)", "version": "8.4"},
              {"bom-ref": "\(purl)", "type": "library", "name": "bash", "version": "5.2-1", "purl": "\(purl)",
               "components": [{"bom-ref": "b", "type": "library", "name": "c", "purl": "pkg:rpm/\(namespace)/c@1"},
                 {"bom-ref": "d", "type": "library", "name": "d", "purl": "pkg:npm/d@1"}]}],
             "dependencies": [{"ref": "image", "dependsOn": ["os", "\(purl)"]}]}
            """.utf8)
    }

    private func converted(
        _ document: [UInt8], for consumer: DocumentConsumer, to format: DocumentFormat
    ) throws -> [UInt8] {
        var options = Converter.Options()
        options.consumer = consumer
        return try Converter(options: options).convert(document, to: format).bytes
    }

    @Test func `members whose names begin with a number sign stay`() throws {
        let text = String(decoding: document("rhel", "redhat", "rhel-8.4"), as: UTF8.self)
            .replacing("\"version\": 1,", with: "\"version\": 1, \"#note\": \"mine\",")
        let adapted = try converted(Array(text.utf8), for: .trivy, to: .cycloneDX(.v1_6))
        #expect(String(decoding: adapted, as: UTF8.self).contains("\"#note\": \"mine\""))
    }

    static let names: [(String, String, String, DocumentConsumer, system: String, namespace: String)] = [
        ("amzn", "amzn", "amzn-2023", .trivy, "amazon", "amazon"),
        ("rhel", "redhat", "rhel-8.4", .trivy, "redhat", "redhat"),
        ("almalinux", "almalinux", "almalinux-9", .trivy, "alma", "alma"),
        ("amazon", "amazon", "amzn-2023", .dependencyTrack, "amzn", "amzn"),
        ("redhat", "redhat", "redhat-8.4", .dependencyTrack, "redhat", "redhat"),
        ("redhat", "redhat", "rhel-8.4", .dependencyTrack, "rhel", "redhat"),
    ]

    @Test(arguments: names)
    func `the system and the package URLs get the names of the reader`(
        system: String, namespace: String, distro: String, consumer: DocumentConsumer, newSystem: String,
        newNamespace: String
    ) throws {
        let source = document(system, namespace, distro)
        for format in [DocumentFormat.cycloneDX(.v1_6), .spdx, .spdxTagValue(.v2_3), .cycloneDXXML(.v1_5)] {
            let bytes = try converted(source, for: consumer, to: format)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains("pkg:rpm/\(newNamespace)/bash@5.2-1?arch=x86_64"), "\(format)")
            #expect(text.contains("pkg:npm/d@1"))
            let names = try Query("all").matches(in: bytes).elements.compactMap { $0.value(.name) }
            #expect(Set(names) == ["app", newSystem, "bash", "c", "d"], "\(format)")
            #expect(try Validator().validate(bytes).isValid, "\(format)")
        }
    }

    @Test(arguments: [DocumentFormat.spdxTagValue(.v2_3), .cycloneDXXML(.v1_6), .spdx])
    func `a source of any syntax is renamed`(format: DocumentFormat) throws {
        let source = try Converter().convert(document("rhel", "redhat", "rhel-8.4"), to: format).bytes
        let bytes = try converted(source, for: .trivy, to: .cycloneDX(.v1_6))
        let names = try Query("all").matches(in: bytes).elements.compactMap { $0.value(.name) }
        #expect(Set(names) == ["app", "redhat", "bash", "c", "d"])
    }

    @Test func `what is converted for trivy loses nothing there`() throws {
        let source = document("amzn", "amzn", "amzn-2023")
        let before = try DocumentCheck(source, against: .scanner)
        let after = try DocumentCheck(
            converted(source, for: .trivy, to: .cycloneDX(.v1_6)), against: .scanner)
        func rules(_ check: DocumentCheck) -> [String] { check.sections[0].findings.map(\.rule) }
        // trivy reads no nested components, under whatever name.
        #expect(rules(before) == ["nested", "system"] && rules(after) == ["nested"])
    }

    @Test func `GitLab gets its properties, once`() throws {
        let once = try converted(document("rhel", "redhat", "rhel-8.4"), for: .gitLab, to: .cycloneDX(.v1_6))
        let twice = try converted(once, for: .gitLab, to: .cycloneDX(.v1_6))
        #expect(once == twice)
        let json = try JSONValue(parsing: once, limits: Limits())
        let properties = json["metadata"]["properties"].array.map { "\($0["name"].text)=\($0["value"].text)" }
        #expect(
            properties.filter { $0.hasPrefix("gitlab:") } == [
                "gitlab:meta:schema_version=1", "gitlab:container_scanning:image:name=app",
                "gitlab:container_scanning:image:tag=1.2", "gitlab:container_scanning:operating_system:name=redhat",
                "gitlab:container_scanning:operating_system:version=8.4",
            ])
        #expect(throws: SBOMError.self) { try converted(once, for: .gitLab, to: .spdx) }
    }

    @Test func `a document without a system stays as it is`() throws {
        let source = Array(#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": []}"#.utf8)
        let plain = try Converter().convert(source, to: .spdx).bytes
        #expect(try converted(source, for: .trivy, to: .spdx) == plain)
    }
}
