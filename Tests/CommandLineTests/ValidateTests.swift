import TestSupport
import Testing

/// `sbomkit validate` as a user meets it.
@Suite struct ValidateTests {
    static let expected = "\(packageFolder)/Fixtures/expected"

    @Test func `our own documents are valid`() throws {
        let result = try sbomkit("validate --quiet \(Self.expected)/*.spdx.json \(Self.expected)/*.cdx.json")
        #expect(result.code == 0, "\(result.text)")
        #expect(result.text == "")
    }

    @Test func `a violation has a place, a pointer and what was expected`() throws {
        try withTemporaryFolder { folder in
            let text = """
                {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
                 "components": [{"type": "library", "bom-ref": "a"}, {"type": "lib", "name": "b", "bom-ref": "a"}]}
                """
            try write(Array(text.utf8), toFile: "\(folder)/x.json")
            let result = try sbomkit("validate \(folder)/x.json")
            #expect(result.code == 1)
            let lines = result.text.split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.contains("x.json:2:17: error: /components/0: expected a member \"name\"") })
            #expect(
                lines.contains { $0.contains("/components/1/type: expected one of") && $0.contains("found \"lib\"") })
            #expect(lines.contains { $0.contains("[duplicate-identifier]") })
            #expect(lines.last?.hasSuffix(": CycloneDX 1.6: not valid, 3 errors") == true, "\(lines)")
        }
    }

    @Test func `a violation in tag-value has a place and a tag`() throws {
        try withTemporaryFolder { folder in
            let text = """
                SPDXVersion: SPDX-2.3
                DataLicense: CC0-1.0
                SPDXID: SPDXRef-DOCUMENT
                DocumentName: n
                DocumentNamespace: https://example.org/n
                Creator: Tool: t
                Created: 2024-01-01T00:00:00Z
                PackageName: a
                SPDXID: SPDXRef-a
                PackageHomepage: https://example.org

                """
            try write(Array(text.utf8), toFile: "\(folder)/x.spdx")
            let result = try sbomkit("validate \(folder)/x.spdx")
            #expect(result.code == 1)
            #expect(
                result.text.replacing("\(folder)/", with: "") == """
                    x.spdx:8:1: error: PackageName: expected the tag PackageDownloadLocation
                    x.spdx:10:1: error: PackageHomepage: expected the tag PackageHomePage [unknown-tag]
                    x.spdx: SPDX 2.3: not valid, 2 errors

                    """)
        }
    }

    @Test func `a violation in XML has the path of its element`() throws {
        try withTemporaryFolder { folder in
            let text = """
                <bom xmlns="http://cyclonedx.org/schema/bom/1.6">
                  <components><component type="library"><version>1</version></component></components>
                </bom>
                """
            try write(Array(text.utf8), toFile: "\(folder)/x.xml")
            let result = try sbomkit("validate \(folder)/x.xml")
            #expect(result.code == 1)
            let lines = result.text.split(separator: "\n").map(String.init)
            #expect(lines.first?.contains("x.xml:2:41: error: /bom/components/component/version: expected") == true)
            #expect(lines.first?.hasSuffix("found version") == true, "\(lines)")
            #expect(lines.last?.hasSuffix(": CycloneDX 1.6: not valid, 1 error") == true)
        }
    }

    @Test func `standard input, a missing file and what is no document have their codes`() throws {
        let document = "\(Self.expected)/debian-small.cdx.json"
        #expect(try sbomkit("validate - < \(document)").text == "-: CycloneDX 1.6: valid\n")
        #expect(try sbomkit("validate no/such/file").code == 66)
        #expect(try sbomkit("validate \(packageFolder)/README.md").code == 65)
        // What can be judged is, though another file cannot be read.
        let both = try sbomkit("validate no/such/file \(document)")
        #expect(both.code == 66)
        #expect(both.text.hasSuffix(": CycloneDX 1.6: valid\n"))
    }

    @Test func `a document larger than the limit is refused`() throws {
        try withTemporaryFolder { folder in
            _ = try shell("truncate -s 257M '\(folder)/x.json'")
            let result = try sbomkit("validate \(folder)/x.json")
            #expect(result.code == 65)
            #expect(result.errors.contains("limit documentSize"))
        }
    }

    @Test func `control characters of a document are shown, not obeyed`() throws {
        try withTemporaryFolder { folder in
            let text = #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": "\u001b[31m"}"#
            try write(Array(text.utf8), toFile: "\(folder)/x.json")
            #expect(try !sbomkit("validate \(folder)/x.json").output.contains(0x1B))
        }
    }
}
