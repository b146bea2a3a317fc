import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// What `outline --format html` puts into the page; the page itself is tested in a browser.
@Suite struct OutlinePageTests {
    private static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    /// An image with an operating system, two packages and a file.
    private static let document = Array(
        """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "documentDescribes": ["SPDXRef-i"],
         "packages": [
          {"SPDXID": "SPDXRef-i", "name": "app", "versionInfo": "\(digest)", "primaryPackagePurpose": "CONTAINER",
           "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": "pkg:oci/app@sha256%3A01?arch=amd64&tag=1.2"}]},
          {"SPDXID": "SPDXRef-o", "name": "debian", "versionInfo": "12", "primaryPackagePurpose": "OPERATING_SYSTEM"},
          {"SPDXID": "SPDXRef-a", "name": "a</script>", "versionInfo": "1", "licenseDeclared": "MIT AND LicenseRef-1",
           "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": "pkg:deb/debian/a@1?arch=arm64"}]},
          {"SPDXID": "SPDXRef-c", "name": "c", "primaryPackagePurpose": "CONTAINER"}],
         "files": [{"SPDXID": "SPDXRef-f", "fileName": "./f"}],
         "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-1", "name": "Own", "extractedText": "t"}],
         "relationships": [
          {"spdxElementId": "SPDXRef-i", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-o"},
          {"spdxElementId": "SPDXRef-o", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-a"},
          {"spdxElementId": "SPDXRef-c", "relationshipType": "BUILD_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-a"},
          {"spdxElementId": "SPDXRef-a", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-f"}]}
        """.utf8)

    private func page(_ options: Outline.Options = Outline.Options()) throws -> String {
        String(decoding: try Outline(Self.document).graph(.html, options), as: UTF8.self)
    }

    /// The text between two others; nil if one of them is missing.
    private func part(of text: String, after start: String, before end: String) -> String? {
        guard let first = text.firstRange(of: start) else { return nil }
        let rest = text[first.upperBound...]
        return rest.firstRange(of: end).map { String(rest[..<$0.lowerBound]) }
    }

    private func data(_ options: Outline.Options = Outline.Options()) throws -> JSONValue {
        let start = #"<script id="data" type="application/json">"#
        let text = part(of: try page(options), after: start, before: "</script>")
        return try JSONValue(parsing: Array(try #require(text).utf8), limits: Limits())
    }

    @Test func `the data name the image with tag and digest`() throws {
        let data = try data()
        let title = ["name", "tag", "digest", "document", "format"].map { data[$0].text }
        #expect(title == ["app", "1.2", Self.digest, "d", "SPDX 2.3"])
        #expect(data["incomplete"].text.isEmpty)
    }

    @Test(arguments: [
        ("expected/blind.spdx.json", "Not described: usr/local/lib/luarocks/rocks-5.4/"),
        ("expected/foreign.spdx.json", "Not described: layer sha256:"),
    ])
    func `an incomplete document says so, in each format`(file: String, words: String) throws {
        let bytes = try bytes(ofFile: "\(packageFolder)/Fixtures/\(file)")
        let incomplete = #""incomplete":""# + words
        #expect(String(decoding: try Outline(bytes).graph(.html), as: UTF8.self).contains(incomplete))
        for format in [DocumentFormat.cycloneDX(.v1_6), .cycloneDXXML(.v1_5)] {
            let converted = try Converter().convert(bytes, to: format).bytes
            #expect(String(decoding: try Outline(converted).graph(.html), as: UTF8.self).contains(#""incomplete":"""#))
        }
    }

    /// A value as compact JSON.
    private func json(_ value: JSONValue) -> String {
        String(decoding: JSONWriter.bytes(of: value, .compact), as: UTF8.self)
    }

    @Test func `an element says what it is, and its values are numbers of texts`() throws {
        let data = try data()
        let texts = data["texts"].array.map(\.text)
        let elements = data["elements"].array.map(\.array)
        let package = try #require(elements.first { $0[4].text == "SPDXRef-a" })
        #expect(package[1].text == "a</script>")
        let values = package[5...].compactMap { Int(json($0)) }.map { texts[$0] }
        #expect(values == ["deb", "arm64", "MIT AND LicenseRef-1", "", ""])
        // Of two images, only the one that the document describes is set apart.
        let kinds = Dictionary(uniqueKeysWithValues: elements.map { ($0[4].text, json($0[0])) })
        #expect(
            kinds == [
                "SPDXRef-i": "2", "SPDXRef-o": "3", "SPDXRef-a": "0", "SPDXRef-c": "0", "SPDXRef-f": "1",
            ])
        #expect(json(data["licenses"]) == #"[["LicenseRef-1","Own"]]"#)
        #expect(json(data["kinds"]).contains(#"["DEPENDS_ON","build"]"#))
    }

    @Test func `labels take the place of names if the options say so`() throws {
        var options = Outline.Options()
        #expect(json(try data(options)["hidesVersions"]) == "false")
        options.showsIDs = true
        let labeled = try data(options)
        #expect(labeled["labels"].array.map(\.text).contains("SPDXRef-a"))
        #expect(json(labeled["hidesVersions"]) == "true")
    }

    @Test func `the policy allows the style and the script of the page by their hashes`() throws {
        let page = try page()
        let policy = try #require(part(of: page, after: #"Content-Security-Policy" content=""#, before: "\""))
        for (kind, start, end) in [("style", "<style>", "</style>"), ("script", "<script>", "</script>")] {
            let content = try #require(part(of: page, after: start, before: end))
            var hash = RunningHash(.sha256)
            hash.update(Array(content.utf8).span)
            #expect(policy.contains("\(kind)-src 'sha256-\(Base64.encoded(hash.finish()))'"))
        }
        #expect(policy.hasPrefix("default-src 'none'; ") && !policy.contains("unsafe"))
    }
}
