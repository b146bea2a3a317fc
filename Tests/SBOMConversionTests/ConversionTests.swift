import ByteStreams
import SBOMModel
import SBOMValidation
import StructuredText
import TestSupport
import Testing

@testable import SBOMConversion
@testable import SBOMFormats

/// Our own documents, rich ones of every family and those that `generate` writes.
private let documents: [String] =
    names(inFolder: packageFolder + "/Fixtures/documents").map { "Fixtures/documents/\($0)" }
    + names(inFolder: packageFolder + "/Fixtures/expected").filter { $0.hasSuffix("dx.json") }
    .map { "Fixtures/expected/\($0)" }

private let everyTarget: [TargetFormat] =
    SPDXVersion.allCases.flatMap { [TargetFormat.spdx($0, .json), .spdx($0, .tagValue)] }
    + CycloneDXVersion.allCases.flatMap { [TargetFormat.cycloneDX($0, .json), .cycloneDX($0, .xml)] }

private func read(_ bytes: [UInt8]) throws -> ParsedDocument {
    try ParsedDocument(parsing: bytes, limits: Limits())
}

private func convert(
    _ bytes: [UInt8], to target: TargetFormat, carries: Bool = true
) throws -> (bytes: [UInt8], report: ConversionReport) {
    let converter = DocumentConverter(
        carries: carries, created: .unknown, reports: true, limits: Limits())
    let document = try converter.convert(try read(bytes), to: target)
    return (document.bytes, document.report)
}

private func target(of document: ParsedDocument) throws -> TargetFormat {
    switch document.family {
    case .spdx: .spdx(try #require(SPDXVersion(rawValue: document.version)), document.syntax)
    case .cycloneDX: .cycloneDX(try #require(CycloneDXVersion(rawValue: document.version)), document.syntax)
    }
}

/// Whether both say the same: JSON as values, XML as canonical XML, tag-value tag by tag.
private func isSame(_ one: [UInt8], _ other: [UInt8], _ syntax: DocumentSyntax) throws -> Bool {
    switch syntax {
    case .json:
        try JSONValue(parsing: one, limits: Limits()).isEquivalent(to: JSONValue(parsing: other, limits: Limits()))
    case .xml:
        try XMLDocument(parsing: one, limits: Limits()).isEquivalent(to: XMLDocument(parsing: other, limits: Limits()))
    case .tagValue:
        try SPDXTagValue.read(one, limits: Limits(), making: .layout).content
            .isEquivalent(to: SPDXTagValue.read(other, limits: Limits(), making: .layout).content)
    }
}

private func json(_ text: String) throws -> JSONObject {
    guard case .object(let object) = try JSONValue(parsing: Array(text.utf8), limits: Limits()) else {
        throw DocumentError(.syntax, reason: "no object")
    }
    return object
}

@Suite struct ConversionTests {
    @Test(arguments: documents)
    func `the way there and back gives the same document`(path: String) throws {
        let original = try bytes(ofFile: "\(packageFolder)/\(path)")
        let source = try read(original)
        let home = try target(of: source)
        // CycloneDX 1.2 has no properties to carry anything in.
        for target in everyTarget where target.version != "1.2" && target != home {
            let there = try convert(original, to: target).bytes
            let back = try convert(there, to: home).bytes
            #expect(try isSame(back, original, source.syntax), "\(path) by way of \(target)")
        }
    }

    private static let twins = #"""
        {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "n",
         "documentNamespace": "https://example.org/n",
         "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: t"]},
         "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NOASSERTION", "versionInfo": "1"},
          {"SPDXID": "SPDXRef-a", "name": "b", "downloadLocation": "NOASSERTION", "versionInfo": "2"}],
         "relationships": [], "documentDescribes": ["SPDXRef-a"]}
        """#
    private static let namesake = #"""
        {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-a", "name": "n",
         "documentNamespace": "https://example.org/n",
         "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: t"]},
         "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NOASSERTION", "versionInfo": "1"}]}
        """#

    @Test(arguments: [
        (twins, TargetFormat.cycloneDX(.v1_6, .json)), (namesake, .cycloneDX(.v1_6, .json)),
        (
            #"{"bomFormat":"CycloneDX","specVersion":"1.3","version":1,"components":[{"type":"library","name":"b","#
                + #""version":"1","licenses":[{"license":{"name":"x"}},{"expression":"MIT"}]}]}"#,
            .cycloneDX(.v1_3, .xml)
        ),
        (
            "SPDXVersion: SPDX-2.2\nDataLicense: CC0-1.0\nDocumentNamespace: https://example.org/n\nDocumentName: n\n"
                + "SPDXID: SPDXRef-DOCUMENT\nCreator: Tool: t\nCreated: 2024-01-01T00:00:00Z\n\nPackageName: a\n"
                + "SPDXID: SPDXRef-a\nPackageDownloadLocation: NOASSERTION\n",
            .spdx(.v2_2, .json)
        ),
    ])
    func `what a document should not have comes back, too`(_ text: String, _ other: TargetFormat) throws {
        let source = try read(Array(text.utf8))
        let there = try convert(Array(text.utf8), to: other).bytes
        let (back, report) = try convert(there, to: try target(of: source))
        #expect(try isSame(back, Array(text.utf8), source.syntax), "\(String(decoding: back, as: UTF8.self))")
        #expect(report.count(.rejected) == 0)
    }

    @Test(arguments: [
        (twins, "a-2", "SPDXRef-DOCUMENT SPDXRef-a SPDXRef-a-2"),
        (namesake, "b", "SPDXRef-DOCUMENT SPDXRef-a SPDXRef-b"),
    ])
    func `an identifier that a relationship names is of one element only`(
        _ text: String, _ needed: String, _ identifiers: String
    ) throws {
        let there = try convert(Array(text.utf8), to: .cycloneDX(.v1_6, .json)).bytes
        let edited = String(decoding: there, as: UTF8.self)
            .replacing(#""dependsOn": []"#, with: #""dependsOn": ["\#(needed)"]"#, maxReplacements: 1)
            .replacing(#""components": []"#, with: #""components": [{"type": "library", "bom-ref": "b", "name": "b"}]"#)
        let (back, report) = try convert(Array(edited.utf8), to: .spdx(.v2_3, .json))
        let content = try read(back).content
        let found = [content.text("SPDXID")] + content.objects("packages").map { $0.object.text("SPDXID") }
        #expect(found.compactMap { $0 }.joined(separator: " ") == identifiers)
        #expect(report.count(.rejected) > 0)
    }

    @Test(arguments: documents)
    func `what is written is valid and the same each time`(path: String) throws {
        let original = try bytes(ofFile: "\(packageFolder)/\(path)")
        for target in everyTarget {
            let written = try convert(original, to: target).bytes
            #expect(try convert(original, to: target).bytes == written)
            let report = try DocumentValidator(limits: Limits(), violationLimit: 10).validate(written)
            let violations = report.violations.filter { $0.kind == .schema && $0.severity == .error }
            #expect(violations.isEmpty, "\(path) as \(target): \(violations.first.map { "\($0)" } ?? "")")
        }
    }

    @Test(arguments: documents)
    func `without carriers nothing is carried`(path: String) throws {
        let original = try bytes(ofFile: "\(packageFolder)/\(path)")
        for target in everyTarget {
            let (written, report) = try convert(original, to: target, carries: false)
            #expect(report.count(.carried) == 0)
            let text = String(decoding: written, as: UTF8.self)
            #expect(!text.contains("sbomkit:spdx:") && !text.contains("sbomkit:cyclonedx:"))
        }
    }

    @Test(arguments: documents)
    func `damaged documents are converted or refused`(path: String) throws {
        let original = try bytes(ofFile: "\(packageFolder)/\(path)")
        guard original.count < 60_000 else { return }
        for (index, damaged) in mutations(of: original, count: 40, seed: 7).enumerated() {
            let target = everyTarget[index % everyTarget.count]
            guard let there = try? convert(damaged, to: target).bytes else { continue }
            // What we wrote we can read.
            _ = try read(there)
        }
    }

    @Test func `an edit of what is mapped counts, and the rest comes back`() throws {
        let original = Array(
            """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "d",
             "documentNamespace": "https://example.org/d", "creationInfo": {"created": "2024-01-01T00:00:00Z",
             "creators": ["Tool: t-1"]}, "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE",
             "licenseDeclared": "BSD", "supplier": "Organization: (x)", "filesAnalyzed": true}]}
            """.utf8)
        let there = String(decoding: try convert(original, to: .cycloneDX(.v1_6, .json)).bytes, as: UTF8.self)
        let edited = there.replacing("\"name\": \"BSD\"", with: "\"id\": \"MIT\"")
        #expect(edited != there)
        let (back, report) = try convert(Array(edited.utf8), to: .spdx(.v2_3, .json))
        let package = try #require(try json(String(decoding: back, as: UTF8.self)).objects("packages").first).object
        #expect(package.text("licenseDeclared") == "MIT")
        #expect(package.text("downloadLocation") == "NONE")
        #expect(package["filesAnalyzed"] == true)
        #expect(report.count(.superseded) == 1)
    }

    @Test(arguments: [TargetFormat.spdx(.v2_3, .json), .spdx(.v2_2, .json), .spdx(.v2_3, .tagValue)])
    func `CycloneDX documents without a serial number get SPDX namespaces of their own`(target: TargetFormat) throws {
        func document(_ description: String) -> [UInt8] {
            Array(
                """
                {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": {"type":
                "library", "name": "a", "bom-ref": "a", "description": "\(description)"}}}
                """.utf8)
        }
        func namespace(_ bytes: [UInt8]) throws -> String {
            try #require(try read(try convert(bytes, to: target).bytes).content.text("documentNamespace"))
        }
        let (one, other) = (document("one"), document("other"))
        #expect(try namespace(one) == namespace(one))
        #expect(try namespace(one) != namespace(other))
        #expect(
            try namespace(one).wholeMatch(
                of: /https:\/\/spdx\.org\/spdxdocs\/a-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
        let back = try convert(try convert(one, to: target).bytes, to: .cycloneDX(.v1_6, .json)).bytes
        #expect(try isSame(back, one, .json))
    }

    @Test(arguments: [
        (SPDXVersion.v2_3, TargetFormat.cycloneDX(.v1_6, .json), "serialNumber"),
        (.v2_2, .spdx(.v2_3, .json), "documentNamespace"),
    ])
    func `SPDX documents without a namespace get identifiers of their own`(
        version: SPDXVersion, target: TargetFormat, member: String
    ) throws {
        func document(_ comment: String) -> [UInt8] {
            Array(
                """
                {"spdxVersion": "SPDX-\(version.rawValue)", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0",
                 "name": "d", "comment": "\(comment)", "creationInfo": {"created": "2024-01-01T00:00:00Z",
                 "creators": ["Tool: t-1"]}}
                """.utf8)
        }
        func identifier(_ bytes: [UInt8]) throws -> String {
            try #require(try read(try convert(bytes, to: target).bytes).content.text(member))
        }
        let (one, other) = (document("one"), document("other"))
        #expect(try identifier(one) == identifier(one))
        #expect(try identifier(one) != identifier(other))
        let back = try convert(try convert(one, to: target).bytes, to: .spdx(version, .json)).bytes
        // SPDX 2.3.1 requires a namespace, SPDX 2.2 does not.
        if version == .v2_2 { #expect(try isSame(back, one, .json)) }
        let namespace = try read(back).content.text("documentNamespace")
        #expect((namespace == nil) == (version == .v2_2))
    }

    @Test func `a dependency that was added is added to the relationships that were carried`() throws {
        let original = Array(
            """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "d",
             "documentNamespace": "https://example.org/d", "creationInfo": {"created": "2024-01-01T00:00:00Z",
             "creators": ["Tool: t-1"]}, "packages": [
               {"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE"},
               {"SPDXID": "SPDXRef-b", "name": "b", "downloadLocation": "NONE"},
               {"SPDXID": "SPDXRef-c", "name": "c", "downloadLocation": "NONE"}],
             "relationships": [
               {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"},
               {"spdxElementId": "SPDXRef-a", "relationshipType": "GENERATED_FROM", "relatedSpdxElement": "SPDXRef-c"},
               {"spdxElementId": "SPDXRef-a", "relationshipType": "STATIC_LINK", "relatedSpdxElement": "SPDXRef-b"}]}
            """.utf8)
        let there = String(decoding: try convert(original, to: .cycloneDX(.v1_6, .json)).bytes, as: UTF8.self)
        let edited = there.replacing(
            "\"dependsOn\": [\n        \"b\"", with: "\"dependsOn\": [\n        \"b\",\n        \"c\"")
        #expect(edited != there)
        let back = try convert(Array(edited.utf8), to: .spdx(.v2_3, .json)).bytes
        let kinds = try json(String(decoding: back, as: UTF8.self)).objects("relationships").map { _, object in
            "\(object.text("relationshipType") ?? "") \(object.text("relatedSpdxElement") ?? "")"
        }
        #expect(kinds.contains("GENERATED_FROM SPDXRef-c"))
        #expect(kinds.contains("STATIC_LINK SPDXRef-b"))
    }

    @Test func `annotations of cdx2spdx and properties of cyclonedx-cli are read`() throws {
        let spdx = Array(
            """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "d",
             "documentNamespace": "https://example.org/d", "creationInfo": {"created": "2024-01-01T00:00:00Z",
             "creators": ["Tool: cdx2spdx"]}, "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE",
             "annotations": [{"annotationDate": "2024-01-01T00:00:00Z", "annotationType": "OTHER",
             "annotator": "Tool: cdx2spdx", "comment": "MISSING_CDX_PROPERTY:scope=\\"optional\\""}]}]}
            """.utf8)
        let there = try json(
            String(decoding: try convert(spdx, to: .cycloneDX(.v1_6, .json)).bytes, as: UTF8.self))
        #expect(there["metadata"]?.objectContent?["component"]?.objectContent?.text("scope") == "optional")

        let cycloneDX = Array(
            """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [{"type": "library",
             "bom-ref": "a", "name": "a", "properties": [{"name": "spdx:comment", "value": "odd"},
             {"name": "spdx:license-concluded", "value": "MIT"}, {"name": "spdx:package:file-name", "value": "a.tar"}]}]}
            """.utf8)
        let back = try json(String(decoding: try convert(cycloneDX, to: .spdx(.v2_3, .json)).bytes, as: UTF8.self))
        let package = try #require(back.objects("packages").first).object
        #expect(package.text("comment") == "odd")
        #expect(package.text("licenseConcluded") == "MIT")
        #expect(package.text("packageFileName") == "a.tar")
    }

    @Test func `what carriers say that cannot be is refused and said`() throws {
        func property(_ name: String, _ value: String) -> String {
            "{\"name\": \"\(name)\", \"value\": \"\(value)\"}"
        }
        let deep = String(repeating: "[", count: 2_000)
        let document = Array(
            """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"properties": [
              \(property("sbomkit:spdx:#elements@deadbeef", "\\\"0-999999999\\\"")),
              \(property("sbomkit:spdx:#relationshipOrder@deadbeef", "\\\"0*999999999999\\\"")),
              \(property("sbomkit:spdx:packages/7/name", "\\\"x\\\"")),
              \(property("sbomkit:spdx:comment", deep)),
              \(property("sbomkit:spdx:name@00000000", "\\\"other\\\"")) ]},
             "components": [{"type": "library", "bom-ref": "a", "name": "a", "properties": [
              \(property("sbomkit:spdx:versionInfo", "12")),
              \(property("sbomkit:spdx:#relationships@-", "[[1, 2], {}]"))]}]}
            """.utf8)
        let (back, report) = try convert(document, to: .spdx(.v2_3, .json))
        #expect(report.count(.superseded) >= 3)
        let verdict = try DocumentValidator(limits: Limits(), violationLimit: 10).validate(back)
        #expect(verdict.isSchemaValid, "\(verdict.violations.first.map { "\($0)" } ?? "")")
        #expect(try json(String(decoding: back, as: UTF8.self)).text("name") != "other")
    }

    @Test func `components that are said to be inside of each other are put beside`() throws {
        func package(_ id: String, inside other: String) -> String {
            """
            {"SPDXID": "SPDXRef-\(id)", "name": "\(id)", "downloadLocation": "NONE", "annotations": [{"annotationDate":
             "2024-01-01T00:00:00Z", "annotationType": "OTHER", "annotator": "Tool: sbomkit",
             "comment": "sbomkit:cyclonedx:#parent=\\"SPDXRef-\(other)\\""}]}
            """
        }
        let document = Array(
            """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "d",
             "documentNamespace": "https://example.org/d", "creationInfo": {"created": "2024-01-01T00:00:00Z",
             "creators": ["Tool: t"]}, "packages": [\(package("a", inside: "b")), \(package("b", inside: "c")),
             \(package("c", inside: "a")), \(package("d", inside: "d"))]}
            """.utf8)
        let written = try json(
            String(decoding: try convert(document, to: .cycloneDX(.v1_6, .json)).bytes, as: UTF8.self))
        var names: [String] = []
        func walk(_ object: JSONObject) {
            for (_, component) in object.objects("components") {
                names.append(component.text("name") ?? "")
                walk(component)
            }
        }
        walk(written)
        #expect(names.sorted() == ["a", "b", "c", "d"])
    }

    @Test func `deep nesting is neither lost nor dangerous`() throws {
        var components = "{\"type\": \"library\", \"bom-ref\": \"last\", \"name\": \"last\"}"
        for level in 0..<400 {
            components =
                "{\"type\": \"library\", \"bom-ref\": \"r\(level)\", \"name\": \"n\", \"components\": [\(components)]}"
        }
        let document = Array(
            "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"version\": 1, \"components\": [\(components)]}"
                .utf8)
        let there = try convert(document, to: .spdx(.v2_3, .json)).bytes
        let back = try convert(there, to: .cycloneDX(.v1_6, .json)).bytes
        #expect(try isSame(back, document, .json))
    }

    @Test(arguments: [
        (isCarried: false, count: 150, deepest: Limits.nestedComponents),
        (isCarried: true, count: 450, deepest: 450), (isCarried: true, count: 600, deepest: Limits.carriedNesting),
    ])
    func `what contains what is put into each other as deep as it may be`(isCarried: Bool, count: Int, deepest: Int)
        throws
    {
        let packages = (0..<count).map { number in
            let carried =
                isCarried && number > 0
                ? """
                , "annotations": [{"annotationDate": "2024-01-01T00:00:00Z", "annotationType": "OTHER",
                "annotator": "Tool: sbomkit", "comment": "sbomkit:cyclonedx:#parent=\\"SPDXRef-\(number - 1)\\""}]
                """ : ""
            return "{\"SPDXID\": \"SPDXRef-\(number)\", \"name\": \"n\", \"downloadLocation\": \"NONE\"\(carried)}"
        }
        let relationships = (1..<count).map {
            "{\"spdxElementId\": \"SPDXRef-\($0 - 1)\", \"relationshipType\": \"CONTAINS\", \"relatedSpdxElement\": \"SPDXRef-\($0)\"}"
        }
        let document = Array(
            """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "d",
             "documentNamespace": "https://example.org/d", "creationInfo": {"created": "2024-01-01T00:00:00Z",
             "creators": ["Tool: t"]}, "packages": [\(packages.joined(separator: ", "))],
             "relationships": [\(relationships.joined(separator: ", "))]}
            """.utf8)
        let there = try convert(document, to: .cycloneDX(.v1_6, .json)).bytes
        var level: JSONValue? = .object(try json(String(decoding: there, as: UTF8.self)))
        var depth = 0
        while case .object(let object) = level, case .array(let components) = object["components"] {
            depth += 1
            level = components.first
        }
        // Only what is put into something counts, and not where it all begins.
        #expect(depth == deepest + (isCarried ? 0 : 1))
        if !isCarried { #expect(try isSame(try convert(there, to: .spdx(.v2_3, .json)).bytes, document, .json)) }
    }

    @Test(arguments: ["sbomkit:spdx:comment=1", "sbomkit:cyclonedx:publisher=1"])
    func `what others say in the words of carriers stays theirs`(comment: String) throws {
        let annotation = """
            {"annotationType": "OTHER", "annotator": "Tool: other", "annotationDate": "2024-01-01T00:00:00Z",
             "comment": "\(comment)"}
            """
        let document = Array(
            """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "d",
             "documentNamespace": "https://example.org/d", "creationInfo": {"created": "2024-01-01T00:00:00Z",
             "creators": ["Tool: t"]}, "annotations": [\(annotation)],
             "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE", "annotations": [\(annotation)]}]}
            """.utf8)
        for target in everyTarget where target.version != "1.2" && target != .spdx(.v2_3, .json) {
            let there = try convert(document, to: target).bytes
            let back = try convert(there, to: .spdx(.v2_3, .json)).bytes
            #expect(try isSame(back, document, .json), "by way of \(target)")
        }
    }

    @Test func `a licence text that many have does not multiply`() throws {
        let text = String(repeating: "All rights are reserved. ", count: 8_000)
        let packages = (0..<2_000).map {
            "{\"SPDXID\": \"SPDXRef-\($0)\", \"name\": \"p\", \"downloadLocation\": \"NONE\", \"licenseDeclared\": \"LicenseRef-x\"}"
        }.joined(separator: ",")
        let document = Array(
            """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "d",
             "documentNamespace": "https://example.org/d", "creationInfo": {"created": "2024-01-01T00:00:00Z",
             "creators": ["Tool: t"]}, "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-x", "name": "X",
             "extractedText": "\(text)"}], "packages": [\(packages)]}
            """.utf8)
        let there = try convert(document, to: .cycloneDX(.v1_6, .json)).bytes
        #expect(there.count < document.count * 6)
        #expect(try isSame(try convert(there, to: .spdx(.v2_3, .json)).bytes, document, .json))
    }

    @Test func `empty lists that have to hold what is carried are empty again`() throws {
        for metadata in ["{}", "{\"properties\": []}", "{\"timestamp\": \"2024-01-01T00:00:00Z\", \"properties\": []}"]
        {
            let document = Array(
                """
                {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": \(metadata), "components": [
                  {"type": "library", "name": "a", "tags": ["x"], "properties": []}, {"type": "library", "name": "b"}]}
                """.utf8)
            for target in everyTarget where target.family == .cycloneDX && target.version != "1.2" {
                let there = try convert(document, to: target).bytes
                let back = try convert(there, to: .cycloneDX(.v1_6, .json)).bytes
                #expect(try isSame(back, document, .json), "\(metadata) by way of \(target)")
            }
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["\"bom-ref\": \"same\", \"name\": \"n\", ", "\"name\": \"n\", "])
    func `identifiers that many elements share or lack take no more time than others`(reference: String) throws {
        let components = (0..<6_000).map { "{\"type\": \"library\", \(reference)\"description\": \"d\($0)\"}" }
        let document = Array(
            "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [\(components.joined(separator: ", "))]}"
                .utf8)
        let (bytes, _) = try convert(document, to: .spdx(.v2_3, .json))
        var identifiers: Set<String> = []
        if case .array(let packages) = try json(String(decoding: bytes, as: UTF8.self))["packages"] {
            for case .object(let package) in packages {
                identifiers.insert(try #require(package["SPDXID"]?.textContent))
            }
        }
        #expect(identifiers.count == components.count)
        let (back, _) = try convert(bytes, to: .cycloneDX(.v1_6, .json))
        #expect(try isSame(document, back, .json))
    }

    @Test(.timeLimit(.minutes(10)))
    func `very many members with no place anywhere are carried on`() throws {
        let count = 3_000
        let members = (0..<count).map { "\"x-\($0)\": \($0)" }
        let document = Array(
            "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \(members.joined(separator: ", "))}".utf8)
        let (bytes, _) = try convert(document, to: .spdx(.v2_3, .json))
        // CycloneDX has no such members, and so they are properties in a document that is to be valid.
        let back = try json(String(decoding: try convert(bytes, to: .cycloneDX(.v1_6, .json)).bytes, as: UTF8.self))
        guard case .object(let metadata) = back["metadata"], case .array(let properties) = metadata["properties"] else {
            Issue.record("nothing is carried")
            return
        }
        #expect(properties.count == count)
    }

    @Test func `a report of very many members takes no more time than the conversion`() throws {
        func document(_ count: Int) -> [UInt8] {
            let members = (0..<count).map { "\"x-\($0)\": \($0)" }
            return Array(
                "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \(members.joined(separator: ", "))}".utf8)
        }
        for count in [1_000, 10_000, 40_000] {
            #expect(try convert(document(count), to: .spdx(.v2_3, .json)).report.count(.carried) >= count)
        }
    }

    @Test(arguments: [1_000, 15_000, 60_000])
    func `what a schema does not allow is taken out however often it is there`(count: Int) throws {
        func items(_ text: String) -> String { "[\(Array(repeating: text, count: count).joined(separator: ", "))]" }
        let nested = """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "bom-ref": "a", "name": "a",
             "hashes": \(items("1"))}, {"type": "library", "bom-ref": "b", "name": "b", "tags": \(items("2"))}]}
            """
        let beside = """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": \(items("{\"name\": \"n\", \"x\": 1}"))}
            """
        for (text, least) in [(nested, 2), (beside, 1)] {
            let written = try convert(Array(text.utf8), to: .cycloneDX(.v1_5, .json), carries: false).bytes
            #expect(try DocumentValidator(limits: Limits(), violationLimit: 10).validate(written).isSchemaValid)
            #expect(try read(written).content.objects("components").count >= least)
        }
    }

    @Test(arguments: [
        "{\"spdxVersion\": \"SPDX-2.3\", \"SPDXID\": \"SPDXRef-DOCUMENT\", \"name\": \"d\"}",
        """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": 7,
         "creationInfo": {"created": "2024-01-01T00:00:00Z"}, "packages": [{"SPDXID": "SPDXRef-a"}, 3]}
        """,
    ])
    func `invalid JSON becomes valid in tag-value of the same version`(document: String) throws {
        let written = try convert(Array(document.utf8), to: .spdx(.v2_3, .tagValue)).bytes
        #expect(String(decoding: written, as: UTF8.self).contains("Created: "))
        let report = try DocumentValidator(limits: Limits(), violationLimit: 10).validate(written)
        #expect(report.isSchemaValid, "\(report.violations.map { "\($0)" })")
    }

    @Test(arguments: ["MIT or Apache-2.0", "MIT AND", "(MIT", "see LICENSE"])
    func `what is no expression of SPDX becomes a license of its own, and comes back`(words: String) throws {
        let document = Array(
            """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [{"type": "library",
             "bom-ref": "a", "name": "a", "licenses": [{"expression": "\(words)"}]}]}
            """.utf8)
        let there = try convert(document, to: .spdx(.v2_3, .json)).bytes
        let content = try read(there).content
        let declared = try #require(content.objects("packages").first?.object.text("licenseDeclared"))
        #expect(declared.hasPrefix("LicenseRef-"))
        let license = try #require(content.objects("hasExtractedLicensingInfos").first?.object)
        #expect(license.text("licenseId") == declared)
        #expect(license.text("extractedText") == words)
        #expect(try isSame(try convert(there, to: .cycloneDX(.v1_6, .json)).bytes, document, .json))
    }

    @Test func `identifiers that cannot be are made ones that can, and come back`() throws {
        let document = Array(
            """
            {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
              {"type": "library", "bom-ref": "pkg:npm/a b@1", "name": "a"}, {"type": "library", "bom-ref": "pkg-npm-a-b-1",
               "name": "a"}, {"type": "library", "name": "none"}, {"type": "library", "name": "none", "version": "2"},
              {"type": "library", "bom-ref": "DOCUMENT", "name": "d"}]}
            """.utf8)
        let there = try convert(document, to: .spdx(.v2_3, .json)).bytes
        let ids = try json(String(decoding: there, as: UTF8.self)).objects("packages").compactMap {
            $0.object.text("SPDXID")
        }
        #expect(Set(ids).count == 5 && !ids.contains("SPDXRef-DOCUMENT"))
        #expect(ids.allSatisfy { $0.utf8.allSatisfy { $0 == 0x2D || $0 == 0x2E || $0 > 0x2F && $0 < 0x7B } })
        #expect(try isSame(try convert(there, to: .cycloneDX(.v1_5, .json)).bytes, document, .json))
    }
}

@Suite struct ResidueTests {
    @Test func `what differs is written down and put back`() throws {
        let pairs = [
            ("{}", "{}"), ("{\"a\": 1}", "{}"), ("{}", "{\"a\": [1]}"), ("{\"a\": null}", "{}"),
            ("{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"c\": 2}}"),
            ("{\"a\": [1, 2, 3]}", "{\"a\": [3, 1, 2]}"), ("{\"a\": [1, 2, 3]}", "{\"a\": [1, 9, 3]}"),
            ("{\"a\": [{\"b\": 1}]}", "{\"a\": [{\"b\": 2, \"c\": 3}]}"), ("{\"a\": []}", "{\"a\": [1]}"),
            ("{\"a/b~c=d@00000000\": 1}", "{}"), ("{\"a@00000000\": 1}", "{\"a@00000000\": 2}"),
            ("{\"a\": 1.0}", "{\"a\": 1}"), ("{\"a\": \"</text>\"}", "{}"), ("{\"a\": 1, \"a\": 2}", "{\"a\": 1}"),
        ]
        for (original, restored) in pairs {
            let (one, other) = (try json(original), try json(restored))
            let entries = GuardedPatch.entries(of: one, missingFrom: other)
            // As they travel.
            let carried = try entries.map { entry in
                #expect(!entry.text.contains("</"))
                return try #require(GuardedPatch.Entry(label: entry.label, text: entry.text, limits: Limits()))
            }
            var result = other
            #expect(GuardedPatch.restore(carried, in: &result).isEmpty)
            #expect(JSONValue.object(result).isSemanticallyEqual(to: .object(one)), "\(original) from \(restored)")
        }
    }

    @Test func `what was edited stays as it is`() throws {
        let entries = GuardedPatch.entries(of: try json("{\"a\": 1, \"b\": 2}"), missingFrom: try json("{\"a\": 7}"))
        var edited = try json("{\"a\": 8, \"b\": 9}")
        #expect(GuardedPatch.restore(entries, in: &edited).map(\.path).sorted() == ["a", "b"])
        #expect(JSONValue.object(edited).isSemanticallyEqual(to: .object(try json("{\"a\": 8, \"b\": 9}"))))
    }

    @Test func `entries that stand in each other's way are refused`() throws {
        func entry(_ path: String, _ old: String?, _ new: String?) throws -> GuardedPatch.Entry {
            GuardedPatch.Entry(
                path: path,
                guardHash: try old.map { try JSONValue(parsing: Array($0.utf8), limits: Limits()).shortHash },
                value: try new.map { try JSONValue(parsing: Array($0.utf8), limits: Limits()) })
        }
        let cases: [(document: String, entries: [GuardedPatch.Entry], refused: [String], result: String)] = [
            // The second of two for one place finds what the first has put there, unless that is what it wants.
            ("{\"a\": 1}", [try entry("a", "1", "2"), try entry("a", "1", "3")], ["a"], "{\"a\": 2}"),
            ("{\"a\": 1}", [try entry("a", "1", "2"), try entry("a", "2", "3")], [], "{\"a\": 3}"),
            ("{\"a\": 1}", [try entry("a", "1", "2"), try entry("a", "1", "2")], [], "{\"a\": 2}"),
            ("{}", [try entry("a", nil, "1"), try entry("a", "1", nil)], [], "{}"),
            ("{\"a\": 1, \"b\": 2, \"a\": 3}", [try entry("a", "3", nil)], [], "{\"b\": 2}"),
            ("{\"a\": 1}", [try entry("a", "1", nil), try entry("a", nil, "5")], [], "{\"a\": 5}"),
            (
                "{\"a\": {\"b\": 1}}", [try entry("a", "{\"b\": 1}", "7"), try entry("a/b", "1", "2")], ["a/b"],
                "{\"a\": 7}"
            ),
            (
                "{\"a\": [5, 6]}", [try entry("a/00", "5", "7"), try entry("a/+1", "6", "7")], ["a/00", "a/+1"],
                "{\"a\": [5, 6]}"
            ),
            (
                "{\"a\": [5, 6]}", [try entry("a/2", "6", "7"), try entry("a/-1", "6", "7")], ["a/2", "a/-1"],
                "{\"a\": [5, 6]}"
            ),
            ("{\"a\": [5, 6]}", [try entry("a/1", "6", nil)], ["a/1"], "{\"a\": [5, 6]}"),
            ("{\"a\": [5, 6]}", [try entry("a/0", "5", "7"), try entry("a/0", "7", "8")], [], "{\"a\": [8, 6]}"),
            (
                "{\"a\": [5, 6]}", [try entry("a/~order", "[5, 6]", "\"1 0\""), try entry("a/0", "6", "7")], ["a/0"],
                "{\"a\": [6, 5]}"
            ),
            (
                "{\"a\": [5, 6]}",
                [try entry("a/~order", "[5, 6]", "\"1 0\""), try entry("a/~order", "[6, 5]", "\"1 0\"")], ["a/~order"],
                "{\"a\": [6, 5]}"
            ),
            ("{\"a\": [5, 6]}", [try entry("a/~order", "[5, 6]", "\"1 1\"")], ["a/~order"], "{\"a\": [5, 6]}"),
            (
                "{\"a\": 1}", [try entry("a/b/c", "1", "2"), try entry("b/c", nil, "2")], ["a/b/c", "b/c"], "{\"a\": 1}"
            ),
        ]
        for (document, entries, refused, result) in cases {
            var restored = try json(document)
            #expect(GuardedPatch.restore(entries, in: &restored).map(\.path) == refused, "\(document)")
            #expect(JSONValue.object(restored).isSemanticallyEqual(to: .object(try json(result))), "\(document)")
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `many entries for one object are put back in one walk`() throws {
        let count = 10_000
        func members(_ value: (Int) -> String) throws -> JSONObject {
            try json("{\((0..<count).map { "\"member-\($0)\": \(value($0))" }.joined(separator: ", "))}")
        }
        let (large, changed) = (try members { "\($0)" }, try members { "\"\($0)\"" })
        let entries = GuardedPatch.entries(of: large, missingFrom: changed)
        #expect(entries.count == count)
        var restored = changed
        #expect(GuardedPatch.restore(entries, in: &restored).isEmpty)
        #expect(JSONValue.object(restored).isSemanticallyEqual(to: .object(large)))

        // All of them for the same place, and with nothing to hash but the whole.
        var whole = JSONObject()
        whole.append("whole", .object(changed))
        let guess = GuardedPatch.Entry(path: "whole", guardHash: "00000000", value: .null)
        restored = whole
        #expect(GuardedPatch.restore(Array(repeating: guess, count: count), in: &restored).count == count)
        #expect(JSONValue.object(restored).isSemanticallyEqual(to: .object(whole)))
    }

    @Test func `runs of numbers are read as they were written`() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            var numbers: [Int] = []
            while numbers.count < 60 {
                let first = Int.random(in: 0..<40, using: &random)
                let step = Int.random(in: 0..<4, using: &random)
                for place in 0..<Int.random(in: 1..<6, using: &random) { numbers.append(first + step * place) }
            }
            let text = NumberRuns.text(numbers)
            #expect(NumberRuns.numbers(text, limit: 1_000) == numbers, "\(numbers) as \(text)")
        }
        #expect(NumberRuns.text(Array(0..<100)) == "0-99")
        #expect(NumberRuns.text([5, 5, 5, 0, 10, 20, 30, 7]) == "5*3 0-30/10 7")
        for text in ["0-999999999999", "1*99999999", "-1", "3-1", "1-5/0", "x", "9-", "1001"] {
            #expect(NumberRuns.numbers(text, limit: 1_000) == nil, "\(text)")
        }
    }
}
