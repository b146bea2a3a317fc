import ByteStreams
import SBOMValidation
import StructuredText
import TestSupport
import Testing

private func report(_ text: String) throws -> ValidationReport {
    try DocumentValidator(limits: Limits(), violationLimit: 100).validate(Array(text.utf8))
}

private let sha1 = String(repeating: "a1", count: 20)

/// A document with one of everything that has a form.
private let whole = #"""
    {
      "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "n",
      "documentNamespace": "https://example.org/n",
      "creationInfo": {"created": "2024-02-29T12:00:00Z", "creators": ["Tool: t-1"], "licenseListVersion": "3.27"},
      "externalDocumentRefs": [{"externalDocumentId": "DocumentRef-o+1", "spdxDocument": "urn:example:o",
        "checksum": {"algorithm": "SHA1", "checksumValue": "\#(sha1)"}}],
      "packages": [
        {"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "git+https://example.org/a@v1#src", "filesAnalyzed": false,
         "supplier": "Organization: o ()", "originator": "NOASSERTION", "homepage": "https://example.org/a",
         "releaseDate": "2024-01-01T00:00:00Z", "licenseInfoFromFiles": [],
         "checksums": [{"algorithm": "BLAKE3", "checksumValue": "\#(sha1)\#(sha1)"}],
         "externalRefs": [
           {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"},
           {"referenceCategory": "OTHER", "referenceType": "mine", "referenceLocator": "a/b"}],
         "annotations": [{"annotationType": "OTHER", "annotator": "Person: p (p@example.org)",
           "annotationDate": "2024-01-01T00:00:00Z", "comment": "c"}]},
        {"SPDXID": "SPDXRef-b", "name": "b", "downloadLocation": "NOASSERTION", "hasFiles": ["SPDXRef-f"],
         "packageVerificationCode": {"packageVerificationCodeValue": "\#(sha1)",
           "packageVerificationCodeExcludedFiles": ["./b.spdx"]}, "licenseInfoFromFiles": ["MIT"]}
      ],
      "files": [{"SPDXID": "SPDXRef-f", "fileName": "./f", "checksums": [{"algorithm": "SHA1", "checksumValue": "\#(sha1)"}]}],
      "snippets": [{"SPDXID": "SPDXRef-s", "name": "s", "snippetFromFile": "SPDXRef-f", "ranges": [
        {"startPointer": {"offset": 1, "reference": "SPDXRef-f"}, "endPointer": {"offset": 9, "reference": "SPDXRef-f"}}]}],
      "hasExtractedLicensingInfos": [
        {"licenseId": "LicenseRef-x", "extractedText": "text", "seeAlsos": ["https://example.org/x"]}],
      "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"},
        {"spdxElementId": "SPDXRef-b", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-f"},
        {"spdxElementId": "SPDXRef-a", "relationshipType": "OTHER", "relatedSpdxElement": "DocumentRef-o+1:SPDXRef-z"}
      ]
    }
    """#

@Suite struct SPDXRuleTests {
    @Test func `a document in the form that the text demands has no violations`() throws {
        let report = try report(whole)
        #expect(report.violations.isEmpty, "\(report.violations)")
    }

    @Test(arguments: [
        (#""SPDXRef-DOCUMENT", "dataLicense""#, #""SPDXRef-Doc", "dataLicense""#, "identifier-form", "/SPDXID"),
        (#"ID": "SPDXRef-a""#, #"ID": "SPDXRef-a_b""#, "identifier-form", "/packages/0/SPDXID"),
        (#"ID": "SPDXRef-a""#, #"ID": "a""#, "identifier-form", "/packages/0/SPDXID"),
        (#"ID": "SPDXRef-a""#, #"ID": "SPDXRef-""#, "identifier-form", "/packages/0/SPDXID"),
        (#"ID": "SPDXRef-a""#, #"ID": "SPDXRef-é""#, "identifier-form", "/packages/0/SPDXID"),
        (#"ID": "SPDXRef-f""#, #"ID": "SPDXRef-f/g""#, "identifier-form", "/files/0/SPDXID"),
        (#"ID": "SPDXRef-s""#, #"ID": "SPDXRef s""#, "identifier-form", "/snippets/0/SPDXID"),
        ("Id\": \"DocumentRef-o+1", "Id\": \"other", "identifier-form", "/externalDocumentRefs/0/externalDocumentId"),
        ("1:SPDXRef-z", "1:SPDXRef-z z", "identifier-form", "/relationships/2/relatedSpdxElement"),
        ("LicenseRef-x", "MIT", "identifier-form", "/hasExtractedLicensingInfos/0/licenseId"),
        ("LicenseRef-x", "LicenseRef-x_y", "identifier-form", "/hasExtractedLicensingInfos/0/licenseId"),
        (#"": "text""#, #"": """#, "missing-license-text", "/hasExtractedLicensingInfos/0/extractedText"),
        ("CC0-1.0", "MIT", "data-license", "/dataLicense"),
        ("3.27", "3.27.0", "license-list-version", "/creationInfo/licenseListVersion"),
        ("3.27", "NOASSERTION", "license-list-version", "/creationInfo/licenseListVersion"),
        ("02-29T12:00:00Z", "02-29T12:00:00+00:00", "time", "/creationInfo/created"),
        ("02-29T12:00:00Z", "02-29T12:00:00.5Z", "time", "/creationInfo/created"),
        ("02-29T12:00:00Z", "02-30T12:00:00Z", "time", "/creationInfo/created"),
        ("2024-02-29T12:00:00Z", "2024-02-29", "time", "/creationInfo/created"),
        (#"releaseDate": "2024-01-01T00:00:00Z"#, #"releaseDate": "soon"#, "time", "/packages/0/releaseDate"),
        (
            #"Date": "2024-01-01T00:00:00Z", "comment"#, #"Date": "", "comment"#, "time",
            "/packages/0/annotations/0/annotationDate"
        ),
        ("Tool: t-1", "t-1", "actor", "/creationInfo/creators/0"),
        ("Tool: t-1", "Tool: ", "actor", "/creationInfo/creators/0"),
        ("Tool: t-1", "tool: t", "actor", "/creationInfo/creators/0"),
        ("Organization: o ()", "Organization: ()", "actor", "/packages/0/supplier"),
        ("Organization: o ()", "Tool: o", "actor", "/packages/0/supplier"),
        ("Organization: o ()", "", "actor", "/packages/0/supplier"),
        (#"originator": "NOASSERTION"#, #"originator": "NONE"#, "actor", "/packages/0/originator"),
        ("Person: p (p@example.org)", "me", "actor", "/packages/0/annotations/0/annotator"),
        ("https://example.org/n", "https://example.org/n#m", "address", "/documentNamespace"),
        ("https://example.org/n", "n", "address", "/documentNamespace"),
        ("https://example.org/n", "https://example.org/a b", "address", "/documentNamespace"),
        ("urn:example:o", "NOASSERTION", "address", "/externalDocumentRefs/0/spdxDocument"),
        ("https://example.org/a\"", "www.example.org\"", "address", "/packages/0/homepage"),
        ("https://example.org/a\"", "\"", "address", "/packages/0/homepage"),
        ("git+https://example.org/a@v1#src", "owner/name", "address", "/packages/0/downloadLocation"),
        ("git+https://example.org/a@v1#src", "git@example.org:a.git", "address", "/packages/0/downloadLocation"),
        ("./f", "/f", "file-name", "/files/0/fileName"),
        (
            "./b.spdx", "/b.spdx", "file-name",
            "/packages/1/packageVerificationCode/packageVerificationCodeExcludedFiles/0"
        ),
        (
            "SHA1\", \"checksumValue\": \"a1", "SHA1\", \"checksumValue\": \"A1", "checksum",
            "/externalDocumentRefs/0/checksum/checksumValue"
        ),
        ("BLAKE3", "SHA256", "checksum", "/packages/0/checksums/0/checksumValue"),
        (
            "BLAKE3\", \"checksumValue\": \"a1", "BLAKE3\", \"checksumValue\": \"xy", "checksum",
            "/packages/0/checksums/0/checksumValue"
        ),
        (
            "CodeValue\": \"a1", "CodeValue\": \"", "checksum",
            "/packages/1/packageVerificationCode/packageVerificationCodeValue"
        ),
        (
            #""checksums": [{"algorithm": "SHA1""#, #""checksums": [{"algorithm": "SHA256""#, "checksum",
            "/files/0/checksums"
        ),
        (
            #""licenseInfoFromFiles": []"#, #""licenseInfoFromFiles": ["NOASSERTION"]"#, "files-not-analyzed",
            "/packages/0/licenseInfoFromFiles"
        ),
        (
            #""licenseInfoFromFiles": []"#, #""packageVerificationCode": {"packageVerificationCodeValue": ""}"#,
            "files-not-analyzed", "/packages/0/packageVerificationCode"
        ),
        (
            #""licenseInfoFromFiles": []"#, #""hasFiles": ["SPDXRef-f"]"#, "files-not-analyzed", "/packages/0/hasFiles"
        ),
        (
            #""SPDXRef-b", "relationshipType": "CONTAINS""#, #""SPDXRef-a", "relationshipType": "CONTAINS""#,
            "files-not-analyzed", "/relationships/1"
        ),
        (
            #""SPDXRef-b", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-f""#,
            #""SPDXRef-f", "relationshipType": "CONTAINED_BY", "relatedSpdxElement": "SPDXRef-a""#,
            "files-not-analyzed", "/relationships/1"
        ),
        ("cpe23Type", "cpe22Type", "external-reference", "/packages/0/externalRefs/0/referenceLocator"),
        ("cpe:2.3:a:v:p:1:*", "cpe:2.3:a:v:p", "external-reference", "/packages/0/externalRefs/0/referenceLocator"),
        ("cpe23Type", "purl", "external-reference", "/packages/0/externalRefs/0/referenceType"),
        ("\"a/b\"", "\"a b\"", "external-reference", "/packages/0/externalRefs/1/referenceLocator"),
        ("\"offset\": 1", "\"offset\": 0", "snippet-range", "/snippets/0/ranges/0"),
        ("\"offset\": 9", "\"offset\": 0", "snippet-range", "/snippets/0/ranges/0"),
        (
            "\"snippetFromFile\": \"SPDXRef-f\"", "\"snippetFromFile\": \"SPDXRef-a\"", "dangling-reference",
            "/snippets/0/snippetFromFile"
        ),
    ])
    func `each form that only the text demands is named where it is violated`(
        _ good: String, _ bad: String, _ name: String, _ pointer: String
    ) throws {
        let text = whole.replacing(good, with: bad, maxReplacements: 1)
        try #require(text != whole)
        let report = try report(text)
        let first = report.violations.first { $0.name == name && $0.pointer.description == pointer }
        #expect(first?.severity == .error && first?.kind == .rule && first?.place != nil, "\(report.violations)")
        #expect(!report.isValid && report.isSchemaValid)
    }

    @Test(arguments: [
        ("SPDXRef-z", "SPDXRef-a.B-9"), ("Tool: t-1", "Tool: t"), ("Tool: t-1", "Person:p"), ("Tool: t-1", "Tool: (t)"),
        ("Tool: t-1", "Organization: a (b) ()"), ("02-29T12:00:00Z", "02-29T23:59:60Z"),
        ("git+https://example.org/a@v1#src", "NONE"), ("git+https://example.org/a@v1#src", "git+git@example.org:a/b"),
        ("git+https://example.org/a@v1#src", "bzr+lp:MyProject"), ("https://example.org/a\"", "NOASSERTION\""),
        ("https://example.org/a\"", "https://localhost/a?b=%20\""), ("Organization: o ()", "NOASSERTION"),
        ("./f", "f"), ("\"a/b\"", "\"a:b#c\""), ("\"offset\": 9", "\"offset\": 1"), (#""filesAnalyzed": false,"#, ""),
    ])
    func `other values in the same form have no violations`(_ one: String, _ other: String) throws {
        let text = whole.replacing(one, with: other, maxReplacements: 1)
        try #require(text != whole)
        let report = try report(text)
        #expect(report.violations.isEmpty, "\(report.violations)")
    }

    @Test(arguments: [
        ("git+https://", "git+https://user@", "address", "/packages/0/downloadLocation"),
        ("https://example.org/x", "two, of them", "address", "/hasExtractedLicensingInfos/0/seeAlsos/0"),
        (
            #"Type": "cpe23Type"#, #"Type": "http://spdx.org/rdf/references/cpe23Type"#, "external-reference",
            "/packages/0/externalRefs/0/referenceType"
        ),
        ("DocumentRef-o+1:SPDXRef-z", "DocumentRef-o+1", "identifier-form", "/relationships/2/relatedSpdxElement"),
    ])
    func `what should be otherwise is a warning`(_ good: String, _ bad: String, _ name: String, _ pointer: String)
        throws
    {
        let report = try report(whole.replacing(good, with: bad, maxReplacements: 1))
        #expect(report.violations.map(\.name) == [name] && report.isValid, "\(report.violations)")
        #expect(report.violations.first?.pointer.description == pointer)
    }

    @Test(arguments: [
        ("advisory", "https://example.org/1", "a b"), ("fix", "https://example.org/1", "1"),
        ("swid", "swid:a", "https:a"),
        ("url", "https://example.org", ""), ("cpe22Type", "cpe:/a:v:p", "cpe:/x:v:p"),
        ("maven-central", "g:a:1", "g:a:1:2"), ("npm", "a@1", "@s/a@1"), ("nuget", "a/1", "a"), ("bower", "a#1", "a#"),
        ("swh", "swh:1:cnt:\(sha1)", "swh:2:cnt:\(sha1)"),
        ("gitoid", "gitoid:blob:sha1:\(sha1)", "gitoid:blob:sha256:\(sha1)"),
    ])
    func `the locator of each type has its form`(_ type: String, _ good: String, _ bad: String) throws {
        let category =
            switch type {
            case "maven-central", "npm", "nuget", "bower": "PACKAGE-MANAGER"
            case "swh", "gitoid": "PERSISTENT-ID"
            default: "SECURITY"
            }
        let isNew = ["advisory", "fix", "swid", "url", "gitoid"].contains(type)
        for (locator, isSound) in [(good, true), (bad, false)] {
            let text = whole.replacing(
                #""referenceCategory": "OTHER", "referenceType": "mine", "referenceLocator": "a/b""#,
                with:
                    #""referenceCategory": "\#(category)", "referenceType": "\#(type)", "referenceLocator": "\#(locator)""#
            )
            #expect(try report(text).isValid == isSound, "\(type) \(locator)")
            let old = try report(text.replacing("SPDX-2.3", with: "SPDX-2.2")).violations
            let isOld = !old.contains { $0.pointer.description == "/packages/0/externalRefs/1/referenceType" }
            #expect(isOld == !isNew, "\(type) is in SPDX 2.2")
        }
    }

    @Test(arguments: [
        ("ADLER32", 8), ("MD2", 32), ("MD4", 32), ("MD5", 32), ("SHA1", 40), ("SHA224", 56), ("SHA256", 64),
        ("SHA384", 96),
        ("SHA512", 128), ("SHA3-256", 64), ("SHA3-384", 96), ("SHA3-512", 128), ("BLAKE2b-256", 64),
        ("BLAKE2b-384", 96),
        ("BLAKE2b-512", 128), ("BLAKE3", 64), ("MD6", 128),
    ])
    func `a checksum is as long as its algorithm makes it`(_ algorithm: String, _ length: Int) throws {
        for (count, isSound) in [
            (length, true), (length - 1, algorithm == "MD6"), (length + 1, algorithm == "BLAKE3"), (0, false),
        ] {
            let text = whole.replacing(
                #"{"algorithm": "BLAKE3", "checksumValue": "\#(sha1)\#(sha1)"}"#,
                with: #"{"algorithm": "\#(algorithm)", "checksumValue": "\#(String(repeating: "0", count: count))"}"#)
            try #require(text.contains(#"{"algorithm": "\#(algorithm)""#))
            #expect(try report(text).isValid == isSound, "\(algorithm) with \(count) digits")
        }
    }

    @Test func `a package beside files that are in none is not the only thing`() throws {
        func text(_ files: String) -> String {
            #"""
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "n",
             "documentNamespace": "https://example.org/n",
             "creationInfo": {"created": "2024-02-29T12:00:00Z", "creators": ["Tool: t-1"]},
             "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE", "hasFiles": [\#(files)]}],
             "files": [{"SPDXID": "SPDXRef-f", "fileName": "./f", "checksums": [{"algorithm": "SHA1", "checksumValue": "\#(sha1)"}]}]}
            """#
        }
        #expect(try report(text(#""SPDXRef-f""#)).violations.isEmpty)
        #expect(try report(text("")).violations.map(\.name) == ["missing-describes"])
    }

    @Test(
        arguments: [
            ("PackageHomePage:", "address", false), ("PackageSupplier: ", "actor", false),
            ("PackageLicenseDeclared:", "license-expression", false), ("BuiltDate: ", "time", false),
            ("PackageVersion:", "empty-value", true), ("PackageFileName: ", "empty-value", true),
            ("PackageVersion: <text></text>", "empty-value", true), ("PackageComment: <text></text>", nil, true),
            ("PackageHomePage: https://example.org", nil, true), ("ExternalRef: ", "malformed-value", false),
        ] as [(String, String?, Bool)])
    func `an empty value in tag-value is an error where the field has a form, else a warning`(
        _ line: String, _ name: String?, _ isValid: Bool
    ) throws {
        let report = try report(
            """
            SPDXVersion: SPDX-2.3
            DataLicense: CC0-1.0
            SPDXID: SPDXRef-DOCUMENT
            DocumentName: n
            DocumentNamespace: https://example.org/n
            Creator: Tool: t-1
            Created: 2024-01-01T00:00:00Z
            PackageName: a
            SPDXID: SPDXRef-a
            PackageDownloadLocation: NONE
            \(line)

            """)
        #expect(report.violations.map(\.name) == (name.map { [$0] } ?? []), "\(report.violations)")
        #expect(report.isValid == isValid)
        #expect(report.violations.allSatisfy { $0.place?.line == 11 })
    }

    @Test(
        arguments: [
            ("MIT", "3.28"), ("LicenseRef-x OR OpenMDW-1.0", "3.28"), ("NOASSERTION", nil),
        ] as [(String, String?)])
    func `the list that licenses were looked for on is named`(_ license: String, _ list: String?) throws {
        let report = try report(whole.replacing(#"["MIT"]"#, with: #"["\#(license)"]"#))
        #expect(report.licenseList == list && report.violations.isEmpty, "\(report.violations)")
    }
}
