import ByteStreams
import SBOMFormats
import StructuredText
import TestSupport
import Testing

/// The pairs of a document as its own reading sees them, by a second way to take a text apart.
private func pairs(_ bytes: [UInt8]) throws -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    var pairs: [String] = []
    var rest = text[...]
    while let line = rest.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true).first {
        var end = line.endIndex
        let trimmed = line.drop { $0 == " " }
        guard !trimmed.isEmpty, !trimmed.hasPrefix("#"), let colon = trimmed.firstIndex(of: ":") else {
            rest = text[end...]
            continue
        }
        var value = trimmed[trimmed.index(after: colon)...].drop { $0 == " " }
        if value.hasPrefix("<text>") {
            let start = text.index(value.startIndex, offsetBy: 6)
            let close = try #require(text[start...].firstRange(of: "</text>"))
            value = text[start..<close.lowerBound]
            end = close.upperBound
        }
        pairs.append("\(trimmed[..<colon])=\(value)")
        rest = text[end...]
    }
    return pairs
}

private func read(_ text: String, _ extra: SPDXTagValue.Extra = .layout) throws -> SPDXTagValueReading {
    try SPDXTagValue.read(Array(text.utf8), limits: Limits(), making: extra)
}

private func value(_ content: JSONObject, _ pointer: String) -> JSONValue? {
    JSONPointer(parsing: pointer).flatMap { JSONValue.object(content)[$0] }
}

/// What a JSON document is after it was tag-value.
private func throughTagValue(_ content: JSONObject) throws -> (JSONObject, SPDXTagValueWriting) {
    let writing = SPDXTagValue.write(content, limits: Limits())
    return (try SPDXTagValue.read(writing.bytes, limits: Limits(), making: .none).content, writing)
}

@Suite struct SPDXTagValueTests {
    @Test func `a document with every tag comes back as it is`() throws {
        let reading = try read(completeTagValue)
        #expect(reading.notices.isEmpty && reading.version == "2.3")
        #expect(reading.content["#tag-value"] == nil)
        let writing = SPDXTagValue.write(reading.content, limits: Limits())
        #expect(writing.omissions.isEmpty)
        #expect(try pairs(writing.bytes) == pairs(Array(completeTagValue.utf8)))
        #expect(try pairs(writing.bytes).count > 80)
    }

    @Test(
        arguments: [
            ("/creationInfo/creators/1", "Tool: by-hand"), ("/creationInfo/comment", "Of the creator,\nin two lines"),
            ("/packages/0/hasFiles/0", "SPDXRef-inside"), ("/packages/0/primaryPackagePurpose", "OPERATING_SYSTEM"),
            ("/packages/0/externalRefs/1/comment", "Of the reference"), ("/packages/0/checksums/1/algorithm", "MD5"),
            ("/packages/0/packageVerificationCode/packageVerificationCodeExcludedFiles/1", "./b"),
            ("/packages/0/annotations/0/annotationType", "REVIEW"), ("/annotations/0/annotator", "Person: Cid"),
            ("/files/0/artifactOfs/0/projectUri", "https://example.org/project.rdf"), ("/revieweds/0/comment", "Fine"),
            ("/snippets/0/ranges/1/endPointer/lineNumber", 2), ("/packages/0/filesAnalyzed", true),
            ("/snippets/0/ranges/0/startPointer/reference", "SPDXRef-inside"),
            ("/externalDocumentRefs/0/checksum/algorithm", "SHA1"), ("/relationships/1/comment", "Nobody knows"),
        ] as [(String, JSONValue)])
    func `each tag is the member that JSON has for it`(_ pointer: String, _ expected: JSONValue) throws {
        #expect(value(try read(completeTagValue).content, pointer) == expected)
    }

    @Test(
        arguments: [
            // Another order, tags away from their element, and annotations likewise.
            "DocumentName: n\nPackageName: a\nFilesAnalyzed: false\nSPDXID: SPDXRef-a\nFileName: f\nSPDXID: SPDXRef-f\n"
                + "PackageVersion: 2\nCreator: Tool: x\nRelationship: SPDXRef-a CONTAINS SPDXRef-f\nPackageName: b\n"
                + "SPDXREF: SPDXRef-a\nAnnotator: Person: p\nSPDXREF: SPDXRef-a\nAnnotationType: OTHER\nAnnotator: Tool: q\n",
            // Spellings.
            "FilesAnalyzed:TRUE\nPackageName:a\nfilesanalyzed: False\nPackageChecksum: SHA1:aa\nPrimaryPackagePurpose: "
                + "OPERATING_SYSTEM\nPackageVerificationCode: aa(./x)\nRelationship: a   CONTAINS\tb\n ExternalRef: A b  c d\n",
            // No tags, unknown tags, repeated tags, empty values, values that are none.
            "Nonsense: 1\nwords without a tag\nPackageName:\nPackageVersion:\nPackageVersion: 2\nFilesAnalyzed: maybe\n"
                + "PackageChecksum: none\nExternalRef: A\nExternalRefComment: x\nSnippetByteRange: 1\nRelationship: a b\n"
                + "RelationshipComment: x\nLicenseName: none\nhttps://example.org\nSnippetSPDXID: s\nSnippetByteRange: x:1\n",
            // Texts.
            "PackageName: a\nPackageComment: <text> with blanks \n\n </text>\nPackageSummary: a </text> b\n"
                + "PackageDescription: <text>a</text> b\nPackageSourceInfo: <text></text>\nPackageVersion: <text>1 </text>\n"
                + "Odd: <text> a</text>\nOdder: <text>a\nb</text> c\nPackageCopyrightText: <text>NONE</text>\n",
            "PackageName: a\nPackageComment: <text>never\nends\nPackageVersion: 1\n",
            "FileName: no id\nFileComment: c\nPackageName: p\nFileName: none here\nFileName: f\nSPDXID: SPDXRef-f\n",
        ].map(TestText.init))
    func `whatever is read is written in the same order again`(_ lines: TestText) throws {
        let text = "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n" + lines.text
        let reading = try read(text)
        let writing = SPDXTagValue.write(reading.content, limits: Limits())
        #expect(writing.followsLayout == (reading.content["#tag-value"] != nil))
        #expect(writing.omissions.isEmpty)
        let again = try SPDXTagValue.read(writing.bytes, limits: Limits(), making: .layout)
        #expect(again.content == reading.content, "\(String(decoding: writing.bytes, as: UTF8.self))")
        if !text.contains("never") && !text.contains("</text> ") && !text.contains("words") {
            #expect(try pairs(writing.bytes) == pairs(Array(text.utf8)))
        }
    }

    @Test func `an edited document keeps the order only where it still fits`() throws {
        var content = try read("DataLicense: CC0-1.0\nSPDXVersion: SPDX-2.3\nDocumentName:n\nOther: x\n").content
        let members = content.members
        let name = try #require(content.members.firstIndex { $0.name == "name" })
        content.members[name].value = "m"
        var writing = SPDXTagValue.write(content, limits: Limits())
        #expect(writing.followsLayout)
        #expect(
            try pairs(writing.bytes) == ["DataLicense=CC0-1.0", "SPDXVersion=SPDX-2.3", "DocumentName=m", "Other=x"])
        content.append("comment", "c")
        writing = SPDXTagValue.write(content, limits: Limits())
        #expect(!writing.followsLayout)
        #expect(
            try pairs(writing.bytes) == [
                "SPDXVersion=SPDX-2.3", "DataLicense=CC0-1.0", "DocumentName=m", "DocumentComment=c",
            ])
        content.members = members
        for layout in [
            1, "x", [:], ["of": 3], ["of": 3, "order": [0]], ["of": 3, "order": [0, 4]], ["of": 3, "order": [0, -1]],
            ["of": 3, "order": [0, 3, 0, 3]], ["of": 3, "order": ["no colon"]],
            ["of": 3, "order": [1, 9_223_372_036_854_775_807]],
            ["of": 3, "order": [0, 3, "DocumentName:other", "SPDXID:SPDXRef-x"]],
            ["of": 3, "order": [0, 3, "A:<text>"]],
            ["of": 3, "order": [0, 3, "PackageName: x\nPackageName: y"]],
        ] as [JSONValue] {
            content.members[content.members.count - 1].value = layout
            writing = SPDXTagValue.write(content, limits: Limits())
            #expect(try SPDXTagValue.read(writing.bytes, limits: Limits(), making: .none).content["packages"] == nil)
            #expect(try SPDXTagValue.read(writing.bytes, limits: Limits(), making: .none).content["SPDXID"] == nil)
        }
    }

    @Test(arguments: [
        ("\u{FEFF}SPDXVersion: SPDX-2.3\n", SPDXTagValueNotice.Kind.byteOrderMark, 1),
        ("SPDXVersion: SPDX-2.3\nx y\n", .noTag, 2), ("SPDXVersion: SPDX-2.3\n\nX: y\n", .unknownTag, 3),
        ("SPDXVersion: SPDX-2.3\nDATALICENSE: y\n", .tagSpelling("DataLicense"), 2),
        ("SPDXVersion: SPDX-2.3\nDocumentComment: <text>a", .unterminatedText, 2),
        ("SPDXVersion: SPDX-2.3\nDocumentComment: <text>a</text>b", .textAfterEnd, 2),
        ("SPDXVersion: SPDX-2.3\nPackageVersion: 1", .misplaced, 2),
        ("SPDXVersion: SPDX-2.3\nPackageName: 1\nFileName: f\nPackageVersion: 1", .late, 4),
        ("SPDXVersion: SPDX-2.3\r\n\r\nSPDXVersion: SPDX-2.2\r\n", .repeated, 3),
        (
            "SPDXVersion: SPDX-2.3\rRelationship: a\r",
            .malformed(expected: "an element, a type of relationship and an element"), 2
        ),
        ("SPDXVersion: SPDX-2.3\nAnnotator: a\nSPDXREF: b", .annotationOfNothing, 2),
        ("SPDXVersion: SPDX-2.3\nAnnotator: a\n", .annotationWithoutReference, 2),
    ])
    func `what is odd is read, and noted with its line`(_ text: String, _ kind: SPDXTagValueNotice.Kind, _ line: Int)
        throws
    {
        let reading = try read(text)
        #expect(reading.notices.map { $0.kind } == [kind] && reading.noticeCount == 1)
        #expect(reading.notices.first?.place.line == line)
        #expect(reading.content["spdxVersion"] == "SPDX-2.3")
        #expect(reading.notices.first?.reason.isEmpty == false)
    }

    @Test func `the first oddities are listed, and all are counted`() throws {
        let count = Limits.tagValueNotices + 10
        let reading = try read("SPDXVersion: SPDX-2.3\n" + String(repeating: "no tag\n", count: count))
        #expect(reading.noticeCount == count)
        #expect(reading.notices.map { $0.place.line } == Array(2..<(2 + Limits.tagValueNotices)))
    }

    @Test func `other encodings and very long lines are read`() throws {
        let text = "SPDXVersion: SPDX-2.3\nDocumentName: é\u{1F600}\n"
        for isBig in [false, true] {
            for hasMark in [false, true] {
                let bytes = ((hasMark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
                    isBig ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
                }
                #expect(SPDXTagValue.isTagValue(bytes))
                let reading = try SPDXTagValue.read(bytes, limits: Limits(), making: .layout)
                #expect(reading.content["name"] == "é\u{1F600}")
                #expect(reading.notices.map { $0.kind } == [.utf16])
            }
        }
        let damaged = Array("SPDXVersion: SPDX-2.3\nDocumentName: a".utf8) + [0xFF]
        let reading = try SPDXTagValue.read(damaged, limits: Limits(), making: .layout)
        #expect(reading.content["name"] == "a\u{FFFD}" && reading.notices.map { $0.kind } == [.invalidUTF8])
        let long = String(repeating: "x", count: 200_000)
        #expect(try read("SPDXVersion: SPDX-2.3\nDocumentName: \(long)\n").content["name"] == .string(long))
    }

    @Test(arguments: [
        "", "\n", "{\"spdxVersion\": \"SPDX-2.3\"}", "spdxVersion: SPDX-2.3", "# SPDXVersion: SPDX-2.3", "SPDXVersion",
    ])
    func `what has no version is no tag-value`(_ text: String) throws {
        #expect(!SPDXTagValue.isTagValue(Array(text.utf8)))
    }

    @Test func `what goes past a limit is refused`() throws {
        var limits = Limits()
        limits.tagCount = 2
        let text = Array("SPDXVersion: SPDX-2.3\nDataLicense: x\nDocumentName: n\n".utf8)
        var error = #expect(throws: SPDXTagValueError.self) {
            try SPDXTagValue.read(text, limits: limits, making: .none)
        }
        #expect(error?.kind == .limit("tagCount"))
        limits = Limits()
        limits.documentSize = 10
        error = #expect(throws: SPDXTagValueError.self) { try SPDXTagValue.read(text, limits: limits, making: .none) }
        #expect(error?.kind == .limit("documentSize"))
        error = #expect(throws: SPDXTagValueError.self) { try read("DataLicense: x") }
        #expect(error?.kind == .noVersion)
    }

    @Test func `lines that end with CR are lines, also among lines that end otherwise`() throws {
        let plain =
            "SPDXVersion: SPDX-2.3\nDocumentName: n\nPackageName: a\nPackageComment: <text>x\ny</text>\nPackageVersion: 1\n"
        let expected = try SPDXTagValue.read(Array(plain.utf8), limits: Limits(), making: .none)
        #expect(expected.noticeCount == 0)
        let mixed = plain.replacing("\nPackageName", with: "\r\nPackageName").replacing("x\ny", with: "x\r\ny")
        for text in [
            plain.replacing("\n", with: "\r"), mixed.replacing("2.3\n", with: "2.3\r").replacing("n\r\n", with: "n\r"),
        ] {
            let reading = try SPDXTagValue.read(Array(text.utf8), limits: Limits(), making: .none)
            #expect(reading.content == expected.content)
            #expect(reading.noticeCount == 0)
        }
    }

    @Test(arguments: [10, 50, 51, 500])
    func `the lines of a small document are bounded by the allowance`(count: Int) throws {
        var limits = Limits()
        limits.objectAllowance = 50
        limits.objectSize = 1_000
        let text = "SPDXVersion: SPDX-2.3\n" + String(repeating: "x\n", count: count - 1)
        var found: SPDXTagValueError?
        do throws(SPDXTagValueError) {
            _ = try SPDXTagValue.read(Array(text.utf8), limits: limits, making: .none)
        } catch {
            found = error
        }
        #expect(found?.kind == (count > 50 ? .limit("objectAllowance") : nil))
    }

    @Test func `what JSON can say and tag-value cannot is listed, and nothing else is said instead`() throws {
        let text = #"""
            {"spdxVersion": "SPDX-2.3", "$schema": "s", "SPDXID": "SPDXRef-DOCUMENT", "snippets": [],
             "documentDescribes": ["SPDXRef-a"], "comment": "a</text>b\n", "name": 1, "#x": 1,
             "packages": [
               {"name": "a", "SPDXID": "SPDXRef-a", "hasFiles": ["SPDXRef-g", "SPDXRef-f"], "versionInfo": "",
                "checksums": [{"algorithm": "a:b", "checksumValue": "c"}], "attributionTexts": [], "supplier": null},
               {"SPDXID": "SPDXRef-b"}],
             "files": [{"fileName": "f", "SPDXID": "SPDXRef-f"}, {"fileName": "g", "SPDXID": "SPDXRef-g"}],
             "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-a", "extractedText": "", "crossRefs": []}],
             "relationships": [
               {"spdxElementId": "a b", "relationshipType": "OTHER", "relatedSpdxElement": "c"},
               {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"}]}
            """#
        let content = try #require(JSONValue(parsing: Array(text.utf8), limits: Limits()).object)
        let (read, writing) = try throughTagValue(content)
        #expect(
            writing.omissions.map { "\($0.pointer) \($0.reason)" } == [
                "/$schema noTag", "/name type", "/comment closing", "/packages/0/supplier type",
                "/packages/0/checksums/0 spelling", "/packages/0/attributionTexts emptyArray",
                "/packages/0/hasFiles relationships", "/packages/1 noStart", "/snippets emptyArray",
                "/hasExtractedLicensingInfos/0/crossRefs noTag", "/documentDescribes relationships",
                "/relationships/0 spelling",
            ], "\(writing.omissions)")
        #expect(
            try pairs(writing.bytes) == [
                "SPDXVersion=SPDX-2.3", "SPDXID=SPDXRef-DOCUMENT", "DocumentComment=a< /text>b\n", "FileName=f",
                "SPDXID=SPDXRef-f", "FileName=g", "SPDXID=SPDXRef-g", "PackageName=a", "SPDXID=SPDXRef-a",
                "PackageVersion=", "LicenseID=LicenseRef-a", "ExtractedText=",
                "Relationship=SPDXRef-DOCUMENT DESCRIBES SPDXRef-a", "Relationship=SPDXRef-a CONTAINS SPDXRef-g",
                "Relationship=SPDXRef-a CONTAINS SPDXRef-f",
            ])
        #expect(read["packages"] == [["name": "a", "SPDXID": "SPDXRef-a", "versionInfo": ""]])
    }

    @Test(arguments: [
        "", " ", "a", " a", "a ", "a\nb", "\n", "a\r\nb", "\r", "NONE", "<text>", "<text>a", "a</text>b", "</text>",
        "<", "</text",
        "<text>a</text>b", "#", "Tag: value", "é", "a\u{85}b", "a\u{0}b",
    ])
    func `a text of any kind comes back`(_ text: String) throws {
        for (section, member) in [
            ("", "comment"), ("", "name"), ("", "spdxVersion"), ("packages", "name"), ("packages", "summary"),
        ] {
            var content = JSONObject()
            if member != "spdxVersion" { content.append("spdxVersion", "SPDX-2.3") }
            if section.isEmpty {
                content.append(member, .string(text))
            } else {
                var package = JSONObject()
                if member != "name" { package.append("name", "p") }
                package.append(member, .string(text))
                content.append(section, [.object(package)])
            }
            let (read, writing) = try throughTagValue(content)
            #expect(read.isEquivalent(to: content) || !writing.omissions.isEmpty, "\(member): \(writing)")
            #expect(writing.omissions.isEmpty, "\(writing)")
        }
    }

    @Test(arguments: [SPDXTagValue.Extra.layout, .places])
    func `damaged documents are read or refused, and written as they were read`(_ extra: SPDXTagValue.Extra) throws {
        let seed: UInt64 = 20_240_331
        for mutation in mutations(of: Array(completeTagValue.utf8), count: 1_000, seed: seed) {
            guard let reading = try? SPDXTagValue.read(mutation, limits: Limits(), making: extra) else { continue }
            #expect(reading.places(of: [.root]).count == 1)
            let writing = SPDXTagValue.write(reading.content, limits: Limits())
            let again = try SPDXTagValue.read(writing.bytes, limits: Limits(), making: extra)
            if extra == .layout {
                let isSame = again.content == reading.content
                #expect(
                    isSame,
                    """
                    seed \(seed): \(String(decoding: mutation, as: UTF8.self))
                    was written as \(String(decoding: writing.bytes, as: UTF8.self))
                    """)
            }
        }
    }

    @Test func `every cut of a document is read or refused`() throws {
        let bytes = Array(completeTagValue.utf8)
        for count in bytes.indices {
            _ = try? SPDXTagValue.read(Array(bytes[..<count]), limits: Limits(), making: .layout)
        }
    }

    @Test func `whatever stands in JSON, what is written is read as that, or it is listed`() throws {
        let seed: UInt64 = 20_240_401
        var random = SeededGenerator(seed: seed)
        let text = String(
            decoding: JSONWriter.bytes(of: .object(try read(completeTagValue).content), .compact), as: UTF8.self)
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false).map { String($0) }
        let odd = [
            "", " ", "a b", " a", "a\\nPackageName: b", "<text>", "</text>", "<text>a</text>\\nSPDXID: b", "\\r\\n",
            "NONE",
            "a:b", "a, b", "(a)", ")", "#a", "SPDXVersion: SPDX-2.2", "\\t", "\\u0000", "\\ud83d\\ude00",
        ]
        var equal = 0
        for _ in 0..<1_000 {
            var mixed = parts
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<parts.count / 2, using: &random) * 2 + 1
                // Names stay: nobody promises anything for two of one name.
                if parts[place + 1].hasPrefix(":") { continue }
                mixed[place] =
                    Bool.random(using: &random)
                    ? odd[Int.random(in: 0..<odd.count, using: &random)]
                    : parts[Int.random(in: 0..<parts.count / 2, using: &random) * 2 + 1]
            }
            let json = mixed.joined(separator: "\"")
            guard let content = try? JSONValue(parsing: Array(json.utf8), limits: Limits()).object,
                content["spdxVersion"] != nil
            else { continue }
            let (read, writing) = try throughTagValue(content)
            let isSame = read.isEquivalent(to: content)
            equal += isSame ? 1 : 0
            #expect(
                isSame || !writing.omissions.isEmpty,
                "seed \(seed): \(zip(mixed, parts).filter { $0 != $1 })")
        }
        #expect(equal > 100)
    }

    @Test func `hostile documents take time in proportion`() throws {
        let many = 30_000
        let clock = ContinuousClock()
        for unit in [
            "PackageName: a\n", "FilesAnalyzed: x\n", "Annotator: a\nSPDXREF: SPDXRef-DOCUMENT\n",
            "PackageComment: <text>\n",
            "Creator: a\nCreator: b\n", "Relationship: a b c\nRelationshipComment: d\n",
            "ExternalRef: a b c\nExternalRefComment: d\n",
            "SnippetByteRange: 1:2\n", "x\n", "X: <text>a</text> b\n", "ArtifactOfProjectName: a\n",
        ] {
            let text =
                "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nFileName: f\nPackageName: p\nSnippetSPDXID: s\n"
                + String(repeating: unit, count: many)
            let time = try clock.measure {
                let reading = try read(text)
                _ = SPDXTagValue.write(reading.content, limits: Limits())
            }
            // Thirty thousand squared would be minutes, in a debug build.
            #expect(time < .seconds(20), "\(unit): \(time)")
        }
    }
}

extension JSONValue {
    fileprivate var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
}
