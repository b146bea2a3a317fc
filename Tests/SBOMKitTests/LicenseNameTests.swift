import ByteStreams
import SBOMKit
import StructuredText
import Testing

/// A person reads the names of licenses, and not the `LicenseRef-` identifiers that documents give them.
@Suite struct LicenseNameTests {
    private static let long = String(repeating: "n", count: Limits.shownLicenseName + 1)

    /// Packages with: one license with a name, an expression of such licenses, a license of the list, a license whose name
    /// is too long to show, and another license with the first name.
    private static let spdx = Array(
        """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "documentDescribes": ["SPDXRef-a"],
         "packages": [
          {"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NOASSERTION", "licenseDeclared": "LicenseRef-1"},
          {"SPDXID": "SPDXRef-b", "name": "b", "downloadLocation": "NOASSERTION",
           "licenseDeclared": "MIT AND (LicenseRef-1 OR LicenseRef-2)"},
          {"SPDXID": "SPDXRef-c", "name": "c", "downloadLocation": "NOASSERTION", "licenseDeclared": "MIT"},
          {"SPDXID": "SPDXRef-d", "name": "d", "downloadLocation": "NOASSERTION", "licenseDeclared": "LicenseRef-3"},
          {"SPDXID": "SPDXRef-e", "name": "e", "downloadLocation": "NOASSERTION", "licenseDeclared": "LicenseRef-4"}],
         "hasExtractedLicensingInfos": [
          {"licenseId": "LicenseRef-1", "name": "BSD", "extractedText": "one"},
          {"licenseId": "LicenseRef-2", "name": "Public Domain", "extractedText": "two"},
          {"licenseId": "LicenseRef-3", "name": "\(long)", "extractedText": "three"},
          {"licenseId": "LicenseRef-4", "name": "BSD", "extractedText": "four"}],
         "relationships": []}
        """.utf8)

    private static let names = ["BSD", "MIT AND (BSD OR \"Public Domain\")", "MIT", "LicenseRef-3", "BSD"]

    private func documents() throws -> [[UInt8]] {
        [Self.spdx]
            + (try [.cycloneDX(.v1_6), .cycloneDXXML(.v1_6)].map { format in
                try Converter().convert(Self.spdx, to: format).bytes
            })
    }

    @Test func `a query shows names in text, and identifiers with names in CSV and JSON`() throws {
        for document in try documents() {
            let matches = try Query("all").matches(in: document)
            #expect(matches.lines([.license], namesArePurls: false) == Self.names)
            let csv = matches.csv([.name, .license, .licenseName], namesArePurls: false).split(separator: "\n")
            #expect(csv[1] == "a,LicenseRef-1,BSD")
            #expect(csv[3...4] == ["c,MIT,MIT", "d,LicenseRef-3,LicenseRef-3"])
            #expect(matches.json([.license, .licenseName], namesArePurls: false).contains("\"licenseName\": \"BSD\""))
        }
    }

    @Test func `an outline shows names, and finds licenses by them`() throws {
        for document in try documents() {
            var options = Outline.Options()
            options.license = "public domain"
            let outline = try Outline(document)
            #expect(outline.lines(options).contains { $0.hasSuffix("b [MIT AND (BSD OR \"Public Domain\")]") })
            let licenses = outline.summary().tables[1].counts.map { "\($0.name): \($0.count)" }
            #expect(licenses == ["BSD: 2", "LicenseRef-3: 1", "MIT: 1", "MIT AND (BSD OR \"Public Domain\"): 1"])
            #expect(outline.summary().licenses.map(\.name).contains("LicenseRef-4"))
            let graph = try JSONValue(parsing: outline.graph(.json), limits: Limits())
            #expect(graph["elements"].array[0]["license"].text == "LicenseRef-1")
            #expect(graph["elements"].array[0]["licenseName"].text == "BSD")
            let page = String(decoding: outline.graph(.html), as: UTF8.self)
            #expect(page.contains(#"["LicenseRef-1","BSD"]"#) && page.contains(#","Public Domain"]"#))
        }
    }
}
