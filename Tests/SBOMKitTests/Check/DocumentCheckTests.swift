import ByteStreams
import SBOMKit
import TestSupport
import Testing

/// What the profile `scanner` states of documents of other tools and of our own.
@Suite struct DocumentCheckTests {
    private func check(_ text: String) throws -> DocumentCheck {
        try DocumentCheck(Array(text.utf8), against: .scanner)
    }

    /// The rules that a reader's findings name, errors only.
    private func errors(_ check: DocumentCheck, of reader: String) -> [String] {
        check.sections.first { $0.name == reader }?.findings.filter { $0.severity == .error }.map(\.rule) ?? []
    }

    private func number(_ check: DocumentCheck, _ reader: String, _ fact: String) -> DocumentCheck.Fact.Value? {
        check.sections.first { $0.name == reader }?.facts.first { $0.name == fact }?.value
    }

    /// A CycloneDX document with an operating system and components.
    private func cycloneDX(system: String = "debian", _ components: String, version: String = "1.6") -> String {
        """
        {"bomFormat": "CycloneDX", "specVersion": "\(version)", "version": 1, "components": [
          {"bom-ref": "os", "type": "operating-system", "name": "\(system)", "version": "12"},
          \(components)]}
        """
    }

    private func component(_ purl: String, _ more: String = "", type: String = "library") -> String {
        #"{"bom-ref": "\#(purl)", "type": "\#(type)", "name": "bash", "version": "5.2-1", "purl": "\#(purl)"\#(more)}"#
    }

    @Test(arguments: ["debian-small", "rpm-small", "multiarch-amd64", "distroless", "debian-layers", "alpine"])
    func `our own documents lose nothing`(name: String) throws {
        let check = try DocumentCheck(
            bytes(ofFile: "\(packageFolder)/Fixtures/expected/\(name).spdx.json"), against: .scanner)
        #expect(check.passes && check.format == "SPDX 2.3 JSON")
        for section in check.sections {
            #expect(section.findings == [])
            #expect(section.facts[0].value == section.facts[1].value && section.facts[0].value != .number(0))
            #expect(section.facts.last?.value != .text("none"))
        }
        #expect(number(check, "trivy", "sources") == number(check, "trivy", "packages"))
    }

    @Test func `trivy drops packages in a namespace that is not the system's`() throws {
        let check = try check(cycloneDX(system: "rhel", component("pkg:rpm/redhat/bash@5.2-1?distro=rhel-8")))
        #expect(errors(check, of: "trivy") == ["namespace"])
        #expect(number(check, "trivy", "read") == .number(0))
        #expect(errors(check, of: "grype") == [])
        for (system, namespace) in [("redhat", "redhat"), ("sles", "suse"), ("opensuse-leap", "opensuse")] {
            let fitting = try self.check(cycloneDX(system: system, component("pkg:rpm/\(namespace)/bash@5.2-1")))
            #expect(errors(fitting, of: "trivy") == [], "\(system)")
        }
    }

    @Test func `a system that trivy files under another name is named`() throws {
        let check = try check(cycloneDX(system: "amzn", component("pkg:rpm/amzn/bash@5.2-1?distro=amzn-2023")))
        #expect(errors(check, of: "trivy") == ["system"])
        #expect(check.sections[0].findings[0].message.hasSuffix("; it files them under amazon"))
    }

    @Test func `a source package that a scanner does not find is an error`() throws {
        let purl = "pkg:deb/debian/bash@5.2-1?distro=debian-12&upstream=bash-source"
        #expect(try errors(check(cycloneDX(component(purl))), of: "trivy") == ["source"])
        #expect(try errors(check(cycloneDX(component(purl))), of: "grype") == ["source"])
        let properties = """
            , "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "bash-source"},
              {"name": "syft:package:metadataType", "value": "dpkg-db-entry"},
              {"name": "syft:metadata:source", "value": "bash-source"}]
            """
        #expect(try check(cycloneDX(component(purl, properties))).passes)
        // A source package of the same name needs no words.
        #expect(try check(cycloneDX(component("pkg:deb/debian/bash@5.2-1?distro=debian-12"))).passes)
    }

    @Test func `packages that neither scanner can look up are lost`() throws {
        let nameless = #"{"bom-ref": "a", "type": "library", "name": "left-pad", "version": "1"}"#
        let check = try check(cycloneDX(nameless))
        #expect(errors(check, of: "trivy") == ["packageURL"] && errors(check, of: "grype") == ["packageURL"])
        let finding = try #require(check.sections[0].findings.first)
        #expect(finding.count == 1 && finding.examples == ["left-pad 1"])
        let many = (0..<Limits.namedPackages + 3).map {
            #"{"bom-ref": "a\#($0)", "type": "library", "name": "left-pad\#($0)", "version": "1"}"#
        }
        let summary = try #require(self.check(cycloneDX(many.joined(separator: ","))).sections[0].findings.first)
        #expect(summary.count == many.count && summary.examples.count == Limits.namedPackages)
        // A group of packages, as trivy has one for each lock file, is no package.
        let group = """
            {"bom-ref": "lock", "type": "application", "name": "package-lock.json"},
            {"bom-ref": "b", "type": "library", "name": "b", "version": "1", "purl": "pkg:npm/b@1"}],
            "dependencies": [{"ref": "lock", "dependsOn": ["b"]}
            """
        #expect(try self.check(cycloneDX(group)).passes)
    }

    @Test func `components inside of components, and of types that are no packages, are lost`() throws {
        let inner = component("pkg:npm/b@1")
        let nested =
            #"{"bom-ref": "a", "type": "library", "name": "a", "purl": "pkg:npm/a@1", "components": [\#(inner)]}"#
        let check = try check(cycloneDX(nested))
        #expect(errors(check, of: "trivy") == ["nested"] && errors(check, of: "grype") == [])
        let file = component("pkg:deb/debian/bash@5.2-1?distro=debian-12", type: "file")
        #expect(try errors(self.check(cycloneDX(file)), of: "grype") == ["component"])
    }

    @Test func `packages of one name and version need an identity`() throws {
        let two = ["amd64", "i386"].map { component("pkg:deb/debian/bash@5.2-1?arch=\($0)&distro=debian-12") }
        #expect(try errors(check(cycloneDX(two.joined(separator: ","))), of: "trivy") == ["PkgID"])
        let apart = ["amd64", "i386"].map { arch in
            component(
                "pkg:deb/debian/bash@5.2-1?arch=\(arch)&distro=debian-12",
                #", "properties": [{"name": "aquasecurity:trivy:PkgID", "value": "bash@5.2-1.\#(arch)"}]"#)
        }
        #expect(try check(cycloneDX(apart.joined(separator: ","))).passes)
    }

    @Test func `what a scanner refuses as a whole`() throws {
        let both = component("pkg:deb/debian/a@1") + "," + component("pkg:rpm/debian/b@1")
        #expect(try errors(check(cycloneDX(both)), of: "trivy") == ["managers"])
        let xml = """
            <bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components>
            <component type="library"><name>a</name><version>1</version><purl>pkg:npm/a@1</purl></component>
            </components></bom>
            """
        #expect(try errors(check(xml), of: "trivy") == ["format"] && errors(check(xml), of: "grype") == [])
        let empty = #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}"#
        #expect(try errors(check(empty), of: "grype") == ["components"])
        let spdx = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "a", "packages": [{"name": "a",
             "SPDXID": "SPDXRef-a", "downloadLocation": "NONE", "externalRefs": [{"referenceType": "purl",
             "referenceCategory": "PACKAGE-MANAGER", "referenceLocator": "no package URL"}]}]}
            """
        #expect(try errors(check(spdx), of: "trivy") == ["packageURL"])
        // trivy knows a system by its identifier alone.
        let system = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "a", "packages": [{"name": "debian",
             "SPDXID": "SPDXRef-os", "downloadLocation": "NONE", "primaryPackagePurpose": "OPERATING_SYSTEM"},
             {"name": "a", "SPDXID": "SPDXRef-a", "downloadLocation": "NONE", "externalRefs": [{"referenceType": "purl",
             "referenceCategory": "PACKAGE-MANAGER", "referenceLocator": "pkg:deb/debian/a@1?distro=debian-12"}]}]}
            """
        #expect(try errors(check(system), of: "trivy") == ["system"] && errors(check(system), of: "grype") == [])
        #expect(
            try errors(check(spdx.replacing("SPDXRef-DOCUMENT", with: "SPDXRef-Other")), of: "trivy") == ["format"])
    }

    @Test func `packages without an operating system are looked up nowhere`() throws {
        let text = """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
             "components": [\(component("pkg:deb/debian/bash@5.2-1"))]}
            """
        #expect(try errors(check(text), of: "trivy") == ["system"] && errors(check(text), of: "grype") == ["distro"])
    }

    @Test func `of very many reasons the first are named`() throws {
        let components = (0..<300).map { component("pkg:deb/other\($0)/a\($0)@1?distro=debian-12") }
        let findings = try check(cycloneDX(components.joined(separator: ",\n"))).sections[0].findings
        #expect(findings.count == 101 && findings.map(\.count).reduce(0, +) == 300)
        #expect(findings.map(\.examples.count).max() == Limits.namedPackages)
    }

    @Test func `the report has every document in every form`() throws {
        var report = CheckReport()
        report.append(try check(cycloneDX(component("pkg:deb/debian/bash@5.2-1?distro=debian-12"))), of: "a|b")
        report.append(try check(cycloneDX(component("pkg:deb/other/bash@5.2-1?distro=debian-12"))), of: "c\u{1B}d")
        #expect(!report.passes)
        #expect(report.markdown.contains(#"| a\|b | CycloneDX 1.6 JSON | trivy | 1 | 1 | 0 | debian 12 | passes |"#))
        #expect(report.markdown.contains(#"| c\\u\{1b\}d | trivy | error | "#))
        let lines = CheckReport.lines(report.checks[1].check, of: "c\u{1B}d")
        #expect(
            lines.allSatisfy { $0.hasPrefix("c\\u{1b}d: ") } && lines.last?.hasSuffix("scanner: fails, 1 error") == true
        )
        #expect(report.json.contains(#""schema": "sbomkit-check/1""#))
        #expect(report.json.contains(#""passes": false"#) && report.json.contains(#""rule": "namespace""#))
    }
}
