import ByteStreams
import SBOMKit
import TestSupport
import Testing

/// Which fields of a standard a document lacks, for documents of both families.
@Suite struct StandardTests {
    private static let sha256 = String(repeating: "0a", count: 32)
    private static let sha512 = String(repeating: "0a", count: 64)

    /// An SPDX document that has every field of every standard that accepts SPDX 2.3.
    private static let spdx: String = {
        func package(_ name: String) -> String {
            """
            {"SPDXID": "SPDXRef-\(name)", "name": "\(name)", "versionInfo": "1 of \(name)",
             "supplier": "Organization: Example (\(name)@example.org)", "downloadLocation": "NOASSERTION",
             "filesAnalyzed": false, "checksums": [{"algorithm": "SHA256", "checksumValue": "\(sha256)"}],
             "licenseConcluded": "NOASSERTION", "licenseDeclared": "MIT", "copyrightText": "NOASSERTION", "externalRefs": [
              {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:generic/\(name)@1"}]}
            """
        }
        return """
            {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "document",
             "documentNamespace": "https://example.org/document", "creationInfo": {"created": "2026-01-31T12:00:00Z",
              "creators": ["Organization: Example (sbom@example.org)", "Tool: maker-1.0"], "comment": "SBOM Type: Build"},
             "packages": [\(package("app")), \(package("lib"))], "relationships": [
              {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-app"},
              {"spdxElementId": "SPDXRef-app", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-lib"}]}
            """
    }()

    /// A CycloneDX document that has every field of every standard that accepts CycloneDX 1.6.
    private static let cycloneDX: String = {
        func component(_ name: String) -> String {
            """
            {"type": "library", "bom-ref": "\(name)", "manufacturer": {"name": "Example", "url": ["https://\(name).example.org"]},
             "name": "\(name)", "version": "1 of \(name)", "hashes": [{"alg": "SHA-256", "content": "\(sha256)"}],
             "licenses": [{"license": {"id": "MIT", "acknowledgement": "declared"}},
              {"license": {"id": "ISC", "acknowledgement": "concluded"}}], "purl": "pkg:generic/\(name)@1",
             "externalReferences": [{"type": "distribution", "url": "https://example.org/\(name).tar",
               "hashes": [{"alg": "SHA-512", "content": "\(sha512)"}]},
              {"type": "source-distribution", "url": "https://example.org/\(name)-source.tar"}],
             "properties": [{"name": "bsi:component:filename", "value": "\(name).tar"},
              {"name": "bsi:component:executable", "value": "non-executable"},
              {"name": "bsi:component:archive", "value": "archive"},
              {"name": "bsi:component:structured", "value": "structured"}]}
            """
        }
        return """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
             "version": 1, "metadata": {"timestamp": "2026-01-31T12:00:00Z", "lifecycles": [{"phase": "build"}],
              "tools": {"components": [{"type": "application", "name": "maker", "version": "1.0"}]},
              "manufacturer": {"name": "Example", "contact": [{"email": "sbom@example.org"}]}, "component": \(component("app"))},
             "components": [\(component("lib"))],
             "dependencies": [{"ref": "app", "dependsOn": ["lib"]}, {"ref": "lib", "dependsOn": []}],
             "compositions": [{"aggregate": "complete", "assemblies": ["app"], "dependencies": ["app", "lib"]}],
             "signature": {"algorithm": "ES256", "value": "AAAA"}}
            """
    }()

    private func check(_ text: String, _ profile: DocumentCheck.Profile) throws -> DocumentCheck {
        try DocumentCheck(Array(text.utf8), against: profile)
    }

    /// The rules of the findings of a severity.
    private func rules(_ check: DocumentCheck, _ severity: DocumentCheck.Finding.Severity = .error) -> [String] {
        check.sections.flatMap(\.findings).filter { $0.severity == severity }.map(\.rule)
    }

    static let accepted: [(DocumentCheck.Profile, isSPDX: Bool)] = [
        (.ntia, true), (.ntia, false), (.cisa2025, true), (.cisa2025, false), (.cisa2026, true), (.cisa2026, false),
        (.bsi, false), (.telco11, true), (.telco12, true), (.cra, true), (.cra, false),
    ]

    @Test(arguments: accepted)
    func `a document that has every field passes`(profile: DocumentCheck.Profile, isSPDX: Bool) throws {
        let check = try check(isSPDX ? Self.spdx : Self.cycloneDX, profile)
        #expect(check.passes)
        // SPDX 2 cannot hold a signature.
        #expect(rules(check, .warning) == (isSPDX && profile == .cisa2026 ? ["signature"] : []))
        for section in check.sections where section.passes && section.findings.isEmpty {
            #expect(section.facts.map(\.name) == ["judged", "met", "level", "clause"])
            #expect(section.facts[0].value == section.facts[1].value, "\(section.name)")
        }
    }

    @Test func `a standard names the format that it accepts`() throws {
        #expect(try rules(check(Self.spdx, .bsi)).contains("format-version"))
        #expect(try rules(check(Self.cycloneDX, .telco12)).contains("format-version"))
        let old = Self.cycloneDX.replacing("\"specVersion\": \"1.6\"", with: "\"specVersion\": \"1.5\"")
        #expect(try rules(check(old, .bsi)).contains("format-version"))
        for profile in DocumentCheck.Profile.allCases {
            #expect(DocumentCheck.Profile(profile.rawValue) == profile)
            #expect(profile.format == nil || [.bsi, .telco11, .telco12].contains(profile))
        }
        #expect(DocumentCheck.Profile.spellings.allSatisfy { DocumentCheck.Profile($0) != nil })
        #expect(DocumentCheck.Profile("cisa") == .cisa2026 && DocumentCheck.Profile("telco") == .telco12)
        #expect(DocumentCheck.Profile("cisa@2024") == nil)
    }

    /// What stands in a document, what takes its place, and the rule that each of the standards then names.
    struct Fault: CustomStringConvertible, Sendable {
        let profiles: [DocumentCheck.Profile]
        let from: String
        let to: String
        let rule: String

        init(_ profiles: [DocumentCheck.Profile], _ from: String, _ to: String, _ rule: String) {
            self.profiles = profiles
            self.from = from
            self.to = to
            self.rule = rule
        }

        var description: String { "\(rule) of \(profiles.map(\.rawValue)): \(from)" }
    }

    static let spdxFaults: [Fault] = [
        Fault([.ntia, .cisa2026, .telco12, .cra], "CC0-1.0", "MIT", "format"),
        Fault(
            [.cisa2025, .cisa2026, .telco11, .telco12], "\"Organization: Example (sbom@example.org)\", ", "", "author"),
        Fault([.telco12], "\"Organization: Example (sbom@", "\"Person: Example (sbom@", "author"),
        Fault([.cisa2025, .cisa2026, .telco11], ", \"Tool: maker-1.0\"", "", "tool-name"),
        Fault([.cisa2026], "maker-1.0", "maker", "tool-version"),
        Fault([.cisa2025, .cisa2026, .telco11, .telco12], "SBOM Type: Build", "made by hand", "generation-context"),
        Fault([.cisa2026], "\"documentNamespace\": \"https://example.org/document\", ", "", "document-version"),
        Fault([.ntia, .telco11], "\"supplier\": \"Organization: Example (lib@example.org)\", ", "", "supplier"),
        Fault([.ntia, .telco12], "Organization: Example (lib@example.org)", "NOASSERTION", "supplier"),
        Fault([.cisa2025, .cisa2026], "\"supplier\": \"Organization: Example (lib@example.org)\", ", "", "producer"),
        Fault([.ntia, .cisa2026, .telco12, .cra], "\"name\": \"lib\"", "\"name\": \" \"", "name"),
        Fault([.ntia, .cisa2026, .telco12], "\"versionInfo\": \"1 of lib\",", "", "version"),
        Fault(
            [.cisa2025, .cisa2026], "\"referenceType\": \"purl\", \"referenceLocator\": \"pkg:generic/lib",
            "\"referenceType\": \"npm\", \"referenceLocator\": \"lib", "identifier"
        ),
        Fault(
            [.telco12], "\"checksums\": [{\"algorithm\": \"SHA256\", \"checksumValue\": \"\(sha256)\"}],", "", "hash"),
        Fault(
            [.cisa2026], "\"checksums\": [{\"algorithm\": \"SHA256\", \"checksumValue\": \"\(sha256)\"}],", "", "hash"),
        Fault(
            [.cisa2025, .cisa2026], "\"SHA256\", \"checksumValue\": \"\(sha256)\"",
            "\"SHA1\", \"checksumValue\": \"\(sha256.prefix(40))\"", "hash-algorithm"
        ),
        Fault([.telco11, .telco12], "\"licenseConcluded\": \"NOASSERTION\", ", "", "license-concluded"),
        Fault([.telco11, .telco12], "\"licenseDeclared\": \"MIT\", ", "", "license-declared"),
        Fault([.cisa2026], "\"licenseConcluded\": \"NOASSERTION\", \"licenseDeclared\": \"MIT\", ", "", "license"),
        Fault([.telco11, .telco12], "\"copyrightText\": \"NOASSERTION\", ", "", "copyright"),
        Fault([.telco12], "\"downloadLocation\": \"NOASSERTION\",", "", "download-location"),
        Fault([.ntia, .cra, .telco12], "\"DESCRIBES\"", "\"AMENDS\"", "root"),
        Fault([.cisa2026, .cra, .telco12], "\"CONTAINS\"", "\"OTHER\"", "dependencies"),
        Fault([.cisa2025, .cisa2026], "\"CONTAINS\"", "\"OTHER\"", "connection"),
    ]

    static let cycloneDXFaults: [Fault] = [
        Fault([.ntia, .bsi, .cra], "\"type\": \"library\"", "\"type\": \"thing\"", "format"),
        Fault(
            [.bsi], "\"dependencies\": [{\"ref\": \"app\", \"dependsOn\": [\"lib\"]},",
            "\"vulnerabilities\": [{}], \"dependencies\": [{\"ref\": \"app\", \"dependsOn\": [\"lib\"]},",
            "vulnerabilities"
        ),
        Fault([.bsi], ", \"contact\": [{\"email\": \"sbom@example.org\"}]", "", "author"),
        Fault(
            [.cisa2026],
            "\"manufacturer\": {\"name\": \"Example\", \"contact\": [{\"email\": \"sbom@example.org\"}]}, ", "",
            "author"
        ),
        Fault([.ntia, .cisa2025, .cisa2026, .bsi], "\"timestamp\": \"2026-01-31T12:00:00Z\", ", "", "timestamp"),
        Fault([.ntia, .bsi], "2026-01-31T12:00:00Z", "yesterday", "timestamp"),
        Fault([.cisa2025, .cisa2026], "\"lifecycles\": [{\"phase\": \"build\"}],", "", "generation-context"),
        Fault([.cisa2026], ", \"version\": \"1.0\"", "", "tool-version"),
        Fault(
            [.cisa2026], "\"serialNumber\": \"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79\",", "", "document-version"),
        Fault(
            [.ntia], "\"manufacturer\": {\"name\": \"Example\", \"url\": [\"https://lib.example.org\"]},", "",
            "supplier"),
        Fault([.bsi], ", \"url\": [\"https://lib.example.org\"]", "", "creator"),
        Fault([.ntia, .bsi, .cisa2026, .cra], "\"name\": \"lib\"", "\"name\": \"\"", "name"),
        Fault([.ntia, .bsi, .cisa2026], "\"version\": \"1 of lib\",", "", "version"),
        Fault([.cisa2026], "\"purl\": \"pkg:generic/lib@1\",", "", "identifier"),
        Fault(
            [.bsi], "\"bsi:component:filename\", \"value\": \"lib.tar\"", "\"other\", \"value\": \"lib.tar\"",
            "filename"),
        Fault([.bsi], "\"value\": \"lib.tar\"", "\"value\": \"opt/lib.tar\"", "filename"),
        Fault([.bsi], ", {\"ref\": \"lib\", \"dependsOn\": []}", "", "dependencies"),
        Fault([.bsi], "\"dependencies\": [\"app\", \"lib\"]", "\"dependencies\": [\"app\"]", "completeness"),
        Fault([.bsi], "\"concluded\"", "\"declared\"", "distribution-license"),
        Fault([.bsi], ",\n   \"hashes\": [{\"alg\": \"SHA-512\", \"content\": \"\(sha512)\"}]", "", "hash"),
        Fault([.bsi], "\"bsi:component:executable\"", "\"executable\"", "executable"),
        Fault([.bsi], "\"value\": \"non-executable\"", "\"value\": \"false\"", "executable"),
        Fault([.bsi], "\"value\": \"archive\"", "\"value\": \"yes\"", "archive"),
        Fault([.bsi], "\"bsi:component:structured\"", "\"bsi:component:archive\"", "structured"),
        Fault([.cisa2026, .cra], "\"dependsOn\": [\"lib\"]", "\"dependsOn\": []", "dependencies"),
    ]

    @Test(arguments: spdxFaults)
    func `a field that SPDX lacks is named`(fault: Fault) throws { try expect(fault, in: Self.spdx) }

    @Test(arguments: cycloneDXFaults)
    func `a field that CycloneDX lacks is named`(fault: Fault) throws { try expect(fault, in: Self.cycloneDX) }

    private func expect(_ fault: Fault, in document: String) throws {
        let changed = document.replacing(fault.from, with: fault.to)
        #expect(changed != document)
        for profile in fault.profiles {
            let check = try check(changed, profile)
            #expect(!check.passes && rules(check).contains(fault.rule), "\(profile): \(rules(check))")
        }
    }

    static let recommended: [Fault] = [
        Fault([.ntia, .cra], "\"purl\": \"pkg:generic/lib@1\",", "", "identifier"),
        Fault([.cra], "\"version\": \"1 of lib\",", "", "version"),
        Fault([.bsi], "\"serialNumber\": \"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79\",", "", "document-uri"),
        Fault([.bsi], "\"type\": \"source-distribution\"", "\"type\": \"website\"", "source-uri"),
        Fault([.bsi], "\"acknowledgement\": \"declared\"", "\"acknowledgement\": \"concluded\"", "original-license"),
        Fault([.cisa2026], ",\n \"signature\": {\"algorithm\": \"ES256\", \"value\": \"AAAA\"}", "", "signature"),
    ]

    @Test(arguments: recommended)
    func `a field that is only recommended is a warning`(fault: Fault) throws {
        let changed = Self.cycloneDX.replacing(fault.from, with: fault.to)
        #expect(changed != Self.cycloneDX)
        for profile in fault.profiles {
            let check = try check(changed, profile)
            #expect(check.passes && rules(check, .warning) == [fault.rule], "\(profile): \(rules(check))")
        }
    }

    @Test func `who lacks a field is counted and named`() throws {
        let check = try check(
            Self.spdx.replacing("Organization: Example (lib@example.org)", with: "NOASSERTION"), .ntia)
        let section = try #require(check.sections.first { $0.name == "supplier" })
        #expect(section.facts.map(\.name) == ["judged", "met", "level", "clause"])
        #expect(
            section.facts.map(\.value) == [
                .number(2), .number(1), .text("required"), .text("NTIA 2021, Data Fields, Supplier Name"),
            ])
        #expect(section.findings.map(\.examples) == [["lib 1 of lib"]])
    }

    @Test func `what is said to be unknown is no gap for CISA, and one for BSI`() throws {
        let unknown = Self.cycloneDX
            .replacing("{\"id\": \"MIT\", \"acknowledgement\": \"declared\"}", with: "{\"name\": \"NOASSERTION\"}")
            .replacing("\"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"\(Self.sha256)\"}],", with: "")
            .replacing(
                "\"hashes\": [{\"alg\": \"SHA-512\", \"content\": \"\(Self.sha512)\"}]", with: "\"comment\": \"-\""
            )
            .replacing(
                "{\"license\": {\"id\": \"ISC\", \"acknowledgement\": \"concluded\"}}",
                with: "{\"license\": {\"name\": \"UNKNOWN\"}}")
        #expect(try rules(check(unknown, .cisa2026)) == ["hash"])
        let said = unknown.replacing(
            "\"properties\": [",
            with: "\"properties\": [{\"name\": \"sbomkit:Unknown\", \"value\": \"producer, hash\"}, ")
        #expect(try rules(check(said, .cisa2026)) == [])
        let findings = try check(said, .bsi).sections.flatMap(\.findings)
        #expect(findings.first { $0.rule == "hash" }?.message == "that state the SHA-512 of their file to be unknown")
        // What SPDX has as a verification code is a property.
        let code = unknown.replacing(
            "\"properties\": [",
            with:
                "\"properties\": [{\"name\": \"spdx:package:verification-code:value\", \"value\": \"\(Self.sha256.prefix(40))\"}, "
        )
        #expect(try rules(check(code, .cisa2026)) == [])
        let annotation = """
            "annotations": [{"annotationDate": "2026-01-31T12:00:00Z", "annotationType": "OTHER",
              "annotator": "Tool: maker-1.0", "comment": "Unknown: hash"}], "checksums": []
            """
        let spdx = Self.spdx.replacing(
            "\"checksums\": [{\"algorithm\": \"SHA256\", \"checksumValue\": \"\(Self.sha256)\"}]", with: annotation)
        #expect(try rules(check(spdx, .cisa2026)) == [])
    }

    @Test func `a reversed relationship connects too, and files between packages do`() throws {
        let reversed = Self.spdx.replacing(
            "\"SPDXRef-app\", \"relationshipType\": \"CONTAINS\", \"relatedSpdxElement\": \"SPDXRef-lib\"",
            with: "\"SPDXRef-lib\", \"relationshipType\": \"CONTAINED_BY\", \"relatedSpdxElement\": \"SPDXRef-app\"")
        #expect(reversed != Self.spdx)
        #expect(try check(reversed, .cisa2026).passes)
        let listed = Self.spdx.replacing(
            "\"packages\": [", with: "\"documentDescribes\": [\"SPDXRef-app\"], \"packages\": ["
        )
        .replacing("\"DESCRIBES\"", with: "\"OTHER\"")
        #expect(try check(listed, .ntia).passes)
    }

    @Test func `an operating system stands for its packages and is no file`() throws {
        var text = Self.cycloneDX.replacing(
            "\"type\": \"library\", \"bom-ref\": \"lib\"", with: "\"type\": \"operating-system\", \"bom-ref\": \"lib\"")
        #expect(text != Self.cycloneDX)
        text.replace("\"bsi:component:filename\", \"value\": \"lib.tar\"", with: "\"other\", \"value\": \"x\"")
        let check = try check(text, .bsi)
        #expect(check.passes)
        #expect(check.sections.first { $0.name == "filename" }?.facts.first?.value == .number(1))
    }

    @Test func `components inside of components are judged, however deep`() throws {
        let depth = 200
        let inner = (0..<depth).reduce("") { text, level in
            #"{"type": "library", "name": "a\#(level)"\#(text.isEmpty ? "" : ", \"components\": [\(text)]")}"#
        }
        let text = #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [\#(inner)]}"#
        let section = try check(text, .ntia).sections.first { $0.name == "supplier" }
        #expect(section?.facts.first?.value == .number(depth))
        #expect(section?.findings.first?.examples.count == Limits.namedPackages)
    }

    @Test(arguments: [true, false])
    func `damaged documents are judged or refused`(isSPDX: Bool) throws {
        for bytes in mutations(of: Array((isSPDX ? Self.spdx : Self.cycloneDX).utf8), count: 300, seed: 14) {
            _ = try? DocumentCheck.checks(of: bytes, against: DocumentCheck.Profile.allCases)
        }
    }

    @Test func `several profiles give one check each, and one table each`() throws {
        let checks = try DocumentCheck.checks(of: Array(Self.spdx.utf8), against: [.ntia, .scanner, .cra])
        #expect(checks.map(\.profile) == [.ntia, .scanner, .cra])
        var report = CheckReport()
        for check in checks { report.append(check, of: "a") }
        #expect(report.markdown.contains("| document | format | field | judged | met | level | clause | verdict |"))
        #expect(
            report.markdown.contains(
                "| a | SPDX 2.3 JSON | supplier | 2 | 2 | required | NTIA 2021, Data Fields, Supplier Name | passes |"))
        #expect(report.markdown.contains("| document | format | reader | packages |"))
        #expect(report.json.contains(#""profile": "cra""#))
    }
}
