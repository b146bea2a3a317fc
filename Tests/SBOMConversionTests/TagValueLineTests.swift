import ByteStreams
import SBOMModel
import StructuredText
import TestSupport
import Testing

@testable import SBOMConversion
@testable import SBOMFormats

/// Characters that end a line for some reader of tag-value.
private let lineEnds: [Unicode.Scalar] = [
    "\n", "\r", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}",
]

/// What is put behind values, without blanks, which some values may not have; `~` is such a character.
private let endings = ["~PackageName:forged", "~~PackageName:forged~", "~<text>PackageName:forged"]

private func read(_ bytes: [UInt8]) throws -> JSONObject {
    try SPDXTagValue.read(bytes, limits: Limits(), making: .layout).content
}

private func convert(_ bytes: [UInt8], to syntax: DocumentSyntax, carries: Bool = true) throws -> ConvertedDocument {
    try DocumentConverter(carries: carries, created: .unknown, reports: true, limits: Limits())
        .convert(ParsedDocument(parsing: bytes, limits: Limits()), to: .spdx(.v2_3, syntax))
}

private func bytes(_ content: JSONObject) -> [UInt8] { JSONWriter.bytes(of: .object(content), .compact) }

/// A document that is written as it is converted to tag-value.
private func fitted(_ content: JSONObject) -> (content: JSONObject, writing: SPDXTagValueWriting) {
    var content = content
    var writing = SPDXTagValue.write(content, limits: Limits())
    if writing.needsFitting {
        SPDXTagValueFitting.fit(&content)
        writing = SPDXTagValue.write(content, limits: Limits())
    }
    return (content, writing)
}

/// The tags of a document for a reader that ends lines at all those characters, and knows texts.
private func tags(_ bytes: [UInt8]) -> [String] {
    let (opening, closing) = (Array(": <text>".utf8), Array("</text>".utf8))
    var kept: [UInt8] = []
    var isText = false
    var index = 0
    while index < bytes.count {
        if bytes[index] == (isText ? closing : opening)[0], bytes[index...].starts(with: isText ? closing : opening) {
            if !isText { kept.append(bytes[index]) }
            index += isText ? closing.count : opening.count
            isText.toggle()
        } else {
            if !isText { kept.append(bytes[index]) }
            index += 1
        }
    }
    return String(decoding: kept, as: UTF8.self).unicodeScalars.split { lineEnds.contains($0) }.map { line in
        String(String.UnicodeScalarView(line.prefix { $0 != ":" }))
    }
}

/// The places of all strings of a document but its version, which says that it is one.
private func places(_ value: JSONValue, _ pointer: JSONPointer = .root) -> [JSONPointer] {
    switch value {
    case .string: pointer.description == "/spdxVersion" ? [] : [pointer]
    case .array(let items): items.indices.flatMap { places(items[$0], pointer.appending($0)) }
    case .object(let object): object.members.flatMap { places($0.value, pointer.appending($0.name)) }
    case .null, .bool, .number: []
    }
}

/// A document with a string behind what is at a place, or behind everything.
private func adding(_ suffix: String, at place: JSONPointer?, to value: JSONValue, _ here: JSONPointer = .root)
    -> JSONValue
{
    switch value {
    case .string(let text):
        let isHere = place.map { $0.description == here.description } ?? (here.description != "/spdxVersion")
        return isHere ? .string(text + suffix) : value
    case .array(let items):
        return .array(items.enumerated().map { adding(suffix, at: place, to: $1, here.appending($0)) })
    case .object(let object):
        return .object(
            JSONObject(
                object.members.map {
                    JSONObject.Member(
                        name: $0.name, value: adding(suffix, at: place, to: $0.value, here.appending($0.name)))
                }))
    case .null, .bool, .number: return value
    }
}

@Suite struct TagValueLineTests {
    private func complete() throws -> JSONValue { .object(try read(Array(completeTagValue.utf8))) }

    private func ending(_ pattern: String, _ lineEnd: Unicode.Scalar) -> String {
        pattern.replacing("~", with: String(lineEnd))
    }

    @Test func `no value forges a line`() throws {
        let complete = try complete()
        for place in places(complete) {
            for pattern in endings {
                let plain = try #require(adding(ending(pattern, "-"), at: place, to: complete).objectContent)
                let expected = tags(fitted(plain).writing.bytes)
                for lineEnd in lineEnds {
                    let odd = try #require(adding(ending(pattern, lineEnd), at: place, to: complete).objectContent)
                    let (content, writing) = fitted(odd)
                    let isOne = !writing.isAmbiguous && tags(writing.bytes) == expected
                    #expect(isOne, "\(place) \(pattern) \(lineEnd.value)")
                    let isSame = try read(writing.bytes).isEquivalent(to: content)
                    #expect(isSame || !writing.omissions.isEmpty, "\(place) \(pattern) \(lineEnd.value)")
                }
            }
        }
    }

    private func comesBack(_ content: JSONObject) throws -> Bool {
        let there = try convert(bytes(content), to: .tagValue)
        #expect(there.report.count(.dropped) == 0)
        let back = try convert(there.bytes, to: .json)
        #expect(back.report.count(.rejected) == 0)
        return try JSONValue(parsing: back.bytes, limits: Limits()).objectContent?.isEquivalent(to: content) ?? false
    }

    @Test func `what becomes visible is carried, and comes back`() throws {
        let complete = try complete()
        // Where any other word is not valid, such as in the type of a file, no such value comes back.
        let valid = try places(complete).filter { place in
            try comesBack(#require(adding("x", at: place, to: complete).objectContent))
        }
        #expect(valid.count > 50)
        for (number, place) in valid.enumerated() {
            // In turn, since each conversion is judged by the schema.
            for lineEnd in [lineEnds[number % lineEnds.count], "\u{2028}"] {
                let odd = try #require(adding(ending(endings[0], lineEnd), at: place, to: complete).objectContent)
                #expect(try comesBack(odd), "\(place) \(lineEnd.value)")
            }
        }
        for lineEnd in lineEnds {
            var odd = complete
            for place in valid { odd = adding(ending(endings[1], lineEnd), at: place, to: odd) }
            #expect(try comesBack(#require(odd.objectContent)), "\(lineEnd.value)")
        }
    }

    @Test func `what becomes visible is reported if it is not carried`() throws {
        let name = JSONPointer(parsing: "/packages/0/name")
        let odd = try #require(adding("\u{2028}x", at: name, to: try complete()).objectContent)
        // What violates a rule in the complete document is carried or dropped too.
        func paths(_ document: JSONObject, _ fate: ConversionReport.Fate, carries: Bool) throws -> Set<String> {
            let counts = try convert(bytes(document), to: .tagValue, carries: carries).report.counts
            return Set(counts[fate]?.keys.map(\.path) ?? [])
        }
        let plain = try #require(try complete().objectContent)
        for (carries, fate, other) in [
            (true, ConversionReport.Fate.carried, ConversionReport.Fate.dropped), (false, .dropped, .carried),
        ] {
            let usual = try paths(plain, fate, carries: carries)
            #expect(try paths(odd, fate, carries: carries).subtracting(usual) == ["name"])
            #expect(try paths(odd, other, carries: carries) == [])
        }
    }

    @Test(arguments: lineEnds.filter { $0 != "\n" })
    func `a document in tag-value with hidden lines does not stay as it is`(lineEnd: Unicode.Scalar) throws {
        let start = "SPDXVersion: SPDX-2.3\n"
        let rest = completeTagValue.dropFirst(start.count)
        for line in [
            "DocumentName: a~PackageName: forged", "# comment~PackageName: forged", "no tag~PackageName: forged",
            "Unknown: a~PackageName: forged", "documentname: a~PackageName: forged", "DataLicense: ~<text>",
        ] {
            // Blanks before a text are skipped here, too.
            if line.hasPrefix("DataLicense"), lineEnd.value < 0x10 { continue }
            let hidden = start + ending(line, lineEnd) + "\n" + rest
            #expect(SPDXTagValue.isAmbiguous(Array(hidden.utf8), limits: Limits()))
            let written = try convert(Array(hidden.utf8), to: .tagValue).bytes
            #expect(!SPDXTagValue.isAmbiguous(written, limits: Limits()))
            #expect(tags(written).count { $0 == "PackageName" } == 1, "\(line)")
            #expect(try convert(written, to: .tagValue).bytes == written)
        }
    }

    @Test(
        arguments: [
            completeTagValue.replacing("\n", with: "\r\n"), completeTagValue.replacing("\n", with: "\r"),
            completeTagValue.replacing("\n\n", with: "\n\u{C}\n"), completeTagValue.replacing("\n", with: "\u{2028}\n"),
            completeTagValue.replacing("Copyright Ex", with: "a\rPackageName: b\u{2028}PackageName: c"),
            "SPDXVersion: SPDX-2.3\n" + completeTagValue.dropFirst(22).replacing("\n", with: "\r\n"),
        ].map(TestText.init))
    func `a document in tag-value without hidden lines stays as it is`(_ text: TestText) throws {
        let original = Array(text.text.utf8)
        #expect(!SPDXTagValue.isAmbiguous(original, limits: Limits()))
        #expect(try convert(original, to: .tagValue).bytes == original)
    }

    @Test func `very many such characters take time in proportion`() throws {
        let text = "SPDXVersion: SPDX-2.3\n" + String(repeating: "\u{B}", count: 3_000_000) + "\n"
        let time = ContinuousClock().measure { _ = SPDXTagValue.isAmbiguous(Array(text.utf8), limits: Limits()) }
        #expect(time < .seconds(20))
    }

    // MARK: The official tools

    private static let python = "\(packageFolder)/.build/validators/bin/python"
    private static let hasTools = names(inFolder: "\(packageFolder)/.build/validators/bin").contains("pyspdxtools")

    /// Prints the tags that the lexer of the official tools finds in each file, on a line for each.
    private static let lexer = #"""
        import sys
        from spdx_tools.spdx.parser.tagvalue.lexer import SPDXLexer
        tags = set(SPDXLexer.reserved.values()) - {"NONE", "NO_ASSERTION"} | {"UNKNOWN_TAG"}
        lexer = SPDXLexer()
        lexer.build()
        for path in sys.argv[1:]:
            with open(path, encoding="utf-8") as file:
                lexer.lexer.begin("INITIAL")
                lexer.input(file.read())
            found = []
            token = lexer.token()
            while token:
                found.append(token.type)
                token = lexer.token()
            # A tag is followed by its value; what else looks like one is the rest of a value that was taken apart.
            print(" ".join(one for one, next in zip(found, found[1:] + [""]) if one in tags and next not in tags | {"error", ""}))
        """#

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `the official tools find the same tags in a document with such characters as in one without`() throws {
        let complete = try complete()
        try withTemporaryFolder { folder in
            try write(Array(Self.lexer.utf8), toFile: "\(folder)/lexer.py")
            var pairs = lineEnds.flatMap { lineEnd in endings.map { (JSONPointer?.none, $0, lineEnd) } }
            pairs += places(complete).map { ($0, endings[0], "\r") }
            for (number, (place, pattern, lineEnd)) in pairs.enumerated() {
                for (index, suffix) in [ending(pattern, "-"), ending(pattern, lineEnd)].enumerated() {
                    let content = try #require(adding(suffix, at: place, to: complete).objectContent)
                    try write(fitted(content).writing.bytes, toFile: "\(folder)/\(2 * number + index)")
                }
            }
            let result = try shell("cd '\(folder)' && '\(Self.python)' lexer.py $(seq 0 \(2 * pairs.count - 1))")
            try #require(result.code == 0, "\(result.errors)")
            let found = result.text.split(separator: "\n").map { $0.split(separator: " ") }
            try #require(found.count == 2 * pairs.count)
            for (number, (place, pattern, lineEnd)) in pairs.enumerated() {
                let change = found[2 * number + 1].difference(from: found[2 * number])
                #expect(change.isEmpty, "\(place?.description ?? "all") \(pattern) \(lineEnd.value): \(change)")
            }
        }
    }

    /// Prints the single-line values that the official tools read, each as JSON on a line.
    private static let parser = #"""
        import json, sys
        from spdx_tools.spdx.parser.tagvalue.tagvalue_parser import parse_from_file
        document = parse_from_file(sys.argv[1])
        info = document.creation_info
        values = [info.name, info.document_namespace] + [creator.name for creator in info.creators]
        for package in document.packages:
            values += [package.name, package.spdx_id, package.version, package.file_name, package.supplier.name,
                       package.originator.name, package.download_location, package.homepage]
            values += [reference.locator for reference in package.external_references]
        for file in document.files:
            values += [file.name, file.spdx_id] + file.contributors
        for snippet in document.snippets:
            values += [snippet.name, snippet.spdx_id, snippet.file_spdx_id]
        for license in document.extracted_licensing_info:
            values += [license.license_id, license.license_name] + license.cross_references
        for relationship in document.relationships:
            values += [relationship.spdx_element_id, relationship.related_spdx_element_id]
        for value in values:
            print(json.dumps(value, ensure_ascii=True))
        """#

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `the official tools read each such value as one, with what is visible of it`() throws {
        let created = "2024-01-01T00:00:00Z"
        func document(_ suffixes: [String], locators: [String]) -> JSONObject {
            func each(_ make: (String) -> JSONValue) -> JSONValue { .array(suffixes.map(make)) }
            let content: JSONValue = [
                "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0",
                "name": .string("document" + suffixes.joined()),
                "documentNamespace": .string("https://example.org/" + suffixes.joined()),
                "creationInfo": ["created": .string(created), "creators": each { .string("Tool: t\($0)") }],
                "packages": .array(
                    zip(suffixes, locators).map { suffix, locator in
                        [
                            "name": .string("p\(suffix)"), "SPDXID": .string("SPDXRef-p\(suffix)"),
                            "versionInfo": .string("1\(suffix)"), "packageFileName": .string("./p\(suffix)"),
                            "supplier": .string("Organization: s\(suffix)"),
                            "originator": .string("Person: o\(suffix)"),
                            "downloadLocation": .string("https://d/\(suffix)"),
                            "homepage": .string("https://h/\(suffix)"), "filesAnalyzed": false,
                            "externalRefs": [
                                [
                                    "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                    "referenceLocator": .string("pkg:generic/p\(locator)"),
                                ]
                            ],
                        ]
                    }),
                "files": each {
                    [
                        "fileName": .string("./f\($0)"), "SPDXID": .string("SPDXRef-f\($0)"),
                        "fileContributors": [.string("c\($0)")],
                        "checksums": [
                            ["algorithm": "SHA1", "checksumValue": "0123456789012345678901234567890123456789"]
                        ],
                    ]
                },
                "snippets": each {
                    [
                        "name": .string("n\($0)"), "SPDXID": .string("SPDXRef-n\($0)"),
                        "snippetFromFile": .string("SPDXRef-f\($0)"),
                        "ranges": [
                            [
                                "startPointer": ["offset": 1, "reference": .string("SPDXRef-f\($0)")],
                                "endPointer": ["offset": 2, "reference": .string("SPDXRef-f\($0)")],
                            ]
                        ],
                    ]
                },
                "hasExtractedLicensingInfos": each {
                    [
                        "licenseId": .string("LicenseRef-l\($0)"), "extractedText": "x",
                        "name": .string("l\($0)"), "seeAlsos": [.string("https://l/\($0)")],
                    ]
                },
                "relationships": each {
                    [
                        "spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                        "relatedSpdxElement": .string("SPDXRef-p\($0)"),
                    ]
                },
            ]
            return content.objectContent ?? JSONObject()
        }
        func values(_ content: JSONObject) throws -> [JSONValue] {
            try withTemporaryFolder { folder in
                try write(Array(Self.parser.utf8), toFile: "\(folder)/parser.py")
                try write(fitted(content).writing.bytes, toFile: "\(folder)/document")
                let result = try shell("cd '\(folder)' && '\(Self.python)' parser.py document")
                try #require(result.code == 0, "\(result.errors)")
                return try result.text.split(separator: "\n").map {
                    try JSONValue(parsing: Array($0.utf8), limits: Limits())
                }
            }
        }
        let suffixes = lineEnds.flatMap { lineEnd in endings.map { ending($0, lineEnd) } }
        func visible(_ scalar: Unicode.Scalar) -> String {
            lineEnds.contains(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        func visible(_ suffix: String) -> String { suffix.unicodeScalars.map { visible($0) }.joined() }
        let found = try values(document(suffixes, locators: suffixes))
        // A blank in a locator is written in the way of addresses, as it is in every document.
        let locators = suffixes.map { suffix in
            suffix.unicodeScalars.map {
                $0.value < 0xE ? "%0\(String($0.value, radix: 16).uppercased())" : visible($0)
            }.joined()
        }
        let change = try found.difference(from: values(document(suffixes.map(visible), locators: locators)))
        #expect(change.isEmpty, "\(change)")
        #expect(found.count > 15 * suffixes.count)
        #expect(found.contains(.string("p" + visible(suffixes[0]))))
    }
}
