import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// Licenses of Debian packages in the documents of an image.
@Suite struct PackageLicenseTests {
    private static func record(_ name: String) -> String {
        "Package: \(name)\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nMaintainer: A <a@example.org>\n\n"
    }

    private static func copyright(_ license: String, _ text: String = "") -> String {
        "Format: x\n\nFiles: *\nCopyright: 2001 Ada\n  2002 Babbage\nLicense: \(license)\n"
            + (text.isEmpty ? "" : " \(text)\n")
    }

    /// Packages whose copyright files are linked, alike, different, of several licenses, plain, and missing.
    private static let image: TinyImage = {
        let names = [
            "alike", "linked-file", "linked-folder", "listed", "missing", "other", "parts", "plain", "several",
        ]
        var image = TinyImage([
            "etc/os-release": "ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/status": names.map(record).joined(),
            "usr/share/doc/alike/copyright": copyright("PD", "Do what\n   you like."),
            "usr/share/doc/listed/copyright": copyright("Expat"),
            "usr/share/doc/other/copyright": copyright("PD", "Do nothing."),
            "usr/share/doc/parts/copyright": copyright("PD", "Do what you like.")
                + "\nFiles: a/* b\nCopyright: A\nLicense: ISC or Zlib\n\nFiles: c\nCopyright: A\nLicense: Frob\n Frob it.\n",
            "usr/share/doc/plain/copyright": "Nobody knows the license.\n",
            "usr/share/doc/several/copyright": copyright("Frob and ISC", "Frob everything."),
        ])
        image.entries.append(("usr/share/doc/linked-file/copyright", .link(to: "../listed/copyright")))
        image.entries.append(("usr/share/doc/linked-folder", .link(to: "listed")))
        return image
    }()

    @Test func `packages state their license, its source and the copyright`() async throws {
        let document = try Document(try await generated(Self.image))
        func state(_ name: String) -> [String] {
            let package = document.package(name) ?? .null
            return ["licenseDeclared", "licenseComments", "copyrightText", "licenseConcluded"].map { package[$0].text }
        }
        let (none, notice) = ("NOASSERTION", "2001 Ada\n2002 Babbage")
        let listed = ["MIT", "dep5 usr/share/doc/listed/copyright:3-6", notice, none]
        #expect(state("listed") == listed)
        #expect(state("linked-file") == listed)
        #expect(state("linked-folder") == listed)
        #expect(state("alike") == ["LicenseRef-PD", "dep5 usr/share/doc/alike/copyright:3-8", notice, none])
        #expect(state("other") == ["LicenseRef-PD-2", "dep5 usr/share/doc/other/copyright:3-7", notice, none])
        #expect(state("parts") == ["LicenseRef-PD", "dep5 usr/share/doc/parts/copyright:3-7", notice, none])
        #expect(state("plain") == [none, "none usr/share/doc/plain/copyright", none, none])
        #expect(state("missing") == [none, "", none, none])
        #expect(state("several").first == "LicenseRef-Frob-2 AND ISC")
        #expect(document.json["comment"].text.contains("Unknown: the license of 2 packages and the hash"))
        #expect(document.json["creationInfo"]["licenseListVersion"].text.isEmpty == false)
    }

    @Test func `each text stands once in the document`() async throws {
        let document = try Document(try await generated(Self.image))
        let licenses = document.json["hasExtractedLicensingInfos"].array
        #expect(
            licenses.map { "\($0["licenseId"].text) \($0["name"].text): \($0["extractedText"].text)" } == [
                "LicenseRef-Frob Frob: Frob it.", "LicenseRef-Frob-2 Frob: Frob everything.",
                "LicenseRef-PD PD: Do what\n  you like.", "LicenseRef-PD-2 PD: Do nothing.",
            ])
    }

    @Test func `licenses of some of the files are kept apart`() async throws {
        let inventory = try await generated(Self.image)
        let comments = try Document(inventory).package("parts")?["annotations"].array.map { $0["comment"].text } ?? []
        #expect(
            comments.filter { $0.hasPrefix("LicenseOfFiles") } == [
                "LicenseOfFiles: ISC OR Zlib: a/* b", "LicenseOfFiles: LicenseRef-Frob: c",
            ])
        let json = try JSONValue(parsing: try inventory.document(.cycloneDX(.v1_6)), limits: Limits())
        let component = json["components"].array.first { $0["name"].text == "parts" } ?? .null
        #expect(component["evidence"]["licenses"] == [["expression": "(ISC OR Zlib) AND LicenseRef-Frob"]])
        // Two licenses of the document have the name PD, so the component has the identifier.
        let declared = try Document(inventory).package("parts")?["licenseDeclared"].text
        #expect(component["licenses"].array.first?["expression"].text == declared)
        let properties = component["properties"].array.filter { $0["name"].text == "sbomkit:LicenseOfFiles" }
        #expect(properties.map { $0["value"].text } == ["ISC OR Zlib: a/* b", "LicenseRef-Frob: c"])
    }

    @Test func `documents with licenses are valid, and convert there and back`() async throws {
        let inventory = try await generated(Self.image)
        let documents = try GenerateAndConvertTests.formats.map { ($0, try inventory.document($0)) }
        let spdx = try inventory.spdx
        for (format, document) in documents {
            let report = try Validator().validate(document)
            #expect(report.violations.filter(\.isError).map(\.expected) == [], "\(format)")
            // Without properties a document cannot carry what it has no member for.
            guard format != .cycloneDX(.v1_2), format != .cycloneDXXML(.v1_2) else { continue }
            let there = try Converter().convert(spdx, to: format).bytes
            #expect(try Converter().convert(there, to: .spdx).bytes == spdx, "\(format)")
            let back = try Converter().convert(document, to: .spdx).bytes
            #expect(try Converter().convert(back, to: format).bytes == document, "\(format)")
        }
    }
}
