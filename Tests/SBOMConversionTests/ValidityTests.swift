import ByteStreams
import SBOMModel
import SBOMValidation
import StructuredText
import TestSupport
import Testing

@testable import SBOMConversion
@testable import SBOMFormats

private func convert(_ text: String, to target: TargetFormat, carries: Bool = true) throws -> [UInt8] {
    try convert(Array(text.utf8), to: target, carries: carries)
}

private func convert(_ bytes: [UInt8], to target: TargetFormat, carries: Bool = true) throws -> [UInt8] {
    let converter = DocumentConverter(carries: carries, created: .unknown, reports: true, limits: Limits())
    return try converter.convert(try ParsedDocument(parsing: bytes, limits: Limits()), to: target).bytes
}

private func content(_ bytes: [UInt8]) throws -> JSONObject {
    try ParsedDocument(parsing: bytes, limits: Limits()).content
}

/// What `sbomkit validate` calls an error, rules included.
private func errors(_ bytes: [UInt8]) throws -> [String] {
    try DocumentValidator(limits: Limits(), violationLimit: 100).validate(bytes).violations
        .filter { $0.severity == .error }.map { "\($0.pointer) \($0.expected) \($0.found ?? "")" }
}

private func spdx(_ members: String, packages: String = "", namespace: String = "https://example.org/ferry") -> String {
    """
    {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "ferry",
     "documentNamespace": "\(namespace)",
     "creationInfo": {"created": "2024-05-01T10:00:00Z", "creators": ["Tool: pen-1.0"]}, "packages": [\(packages)]\(members)}
    """
}

private func package(_ id: String, _ members: String = "") -> String {
    #"{"SPDXID": "SPDXRef-\#(id)", "name": "\#(id)", "downloadLocation": "NOASSERTION", "filesAnalyzed": false\#(members)}"#
}

private func relationship(_ from: String, _ kind: String, _ to: String) -> String {
    #"{"spdxElementId": "\#(from)", "relationshipType": "\#(kind)", "relatedSpdxElement": "\#(to)"}"#
}

private func cycloneDX(_ components: String, _ members: String = "") -> String {
    """
    {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
     "metadata": {"component": {"type": "application", "name": "ferry", "bom-ref": "ferry"}},
     "components": [\(components)]\(members)}
    """
}

private func component(_ id: String, _ members: String = "", type: String = "library") -> String {
    #"{"type": "\#(type)", "name": "\#(id)", "bom-ref": "\#(id)"\#(members)}"#
}

private let otherTargets: [TargetFormat] = [
    .spdx(.v2_3, .json), .spdx(.v2_2, .json), .spdx(.v2_3, .tagValue), .cycloneDX(.v1_4, .json),
    .cycloneDX(.v1_6, .json), .cycloneDX(.v1_6, .xml),
]

/// Documents that the schemas allow and the rules do not, by what is wrong with them.
private let wrong: [String: String] = [
    "nothing described": spdx(
        ", \"relationships\": [\(relationship("SPDXRef-deck", "DEPENDS_ON", "SPDXRef-hull"))]",
        packages: "\(package("deck")), \(package("hull"))"),
    "dangling relationships": spdx(
        ", \"relationships\": ["
            + [
                relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-deck"),
                relationship("SPDXRef-deck", "DEPENDS_ON", "SPDXRef-mast"),
                relationship("SPDXRef-mast", "DEPENDS_ON", "SPDXRef-hull"),
                relationship("SPDXRef-deck", "DEPENDS_ON", "SPDXRef-hull"),
            ].joined(separator: ", ") + "]", packages: "\(package("deck")), \(package("hull"))"),
    "the same identifier": spdx(
        ", \"documentDescribes\": [\"SPDXRef-deck\"]", packages: "\(package("deck")), \(package("deck"))"),
    "license without text": spdx("", packages: package("deck", ", \"licenseDeclared\": \"MIT OR LicenseRef-harbor\"")),
    "license of an unknown document": spdx(
        "", packages: package("deck", ", \"licenseConcluded\": \"MIT AND DocumentRef-pier:LicenseRef-harbor\"")),
    "no license expression": spdx("", packages: package("deck", ", \"licenseDeclared\": \"MIT AND (ISC\"")),
    "no package URL": spdx(
        "",
        packages: package(
            "deck",
            #", "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "npm/deck"}]"#
        )),
    "no package URL in CycloneDX": cycloneDX(component("deck", ", \"purl\": \"deck 1\"")),
    "no expression in CycloneDX": cycloneDX(
        component("deck", ", \"licenses\": [{\"expression\": \"GPL v2\"}]") + ", "
            + component("hull", ", \"licenses\": [{\"expression\": \"\"}]")),
    "references without text in CycloneDX": cycloneDX(
        component("deck", ", \"licenses\": [{\"expression\": \"MIT OR LicenseRef-harbor\"}]") + ", "
            + component("hull", ", \"licenses\": [{\"license\": {\"name\": \"LicenseRef-pier\"}}]") + ", "
            + component("mast", ", \"licenses\": [{\"expression\": \"DocumentRef-pier:LicenseRef-x\"}]")),
    "names on no list": cycloneDX(
        component("deck", ", \"licenses\": [{\"expression\": \"MIT OR Harbor\"}]") + ", "
            + component("hull", ", \"licenses\": [{\"expression\": \"GPL-2.0-only WITH Harbor\"}]")),
    "dangling dependencies": cycloneDX(
        component("deck"),
        """
        , "dependencies": [{"ref": "deck", "dependsOn": ["mast", "ferry"]}, {"ref": "mast", "dependsOn": ["deck"]}],
          "compositions": [{"aggregate": "complete", "assemblies": ["deck", "mast"]}]
        """),
    "the same bom-ref, components first": """
    {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [\(component("ferry"))],
     "metadata": {"component": {"type": "application", "name": "ferry", "bom-ref": "ferry"}}}
    """,
    "nothing at all": #"{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1}"#,
]

@Suite struct ValidityTests {
    @Test(arguments: wrong.keys.sorted())
    func `what violates a rule becomes valid, and comes back`(kind: String) throws {
        let original = Array(try #require(wrong[kind]).utf8)
        let source = try ParsedDocument(parsing: original, limits: Limits())
        let home: TargetFormat = source.family == .spdx ? .spdx(.v2_3, .json) : .cycloneDX(.v1_5, .json)
        for target in otherTargets where target != home {
            let there = try convert(original, to: target)
            #expect(try errors(there) == [], "\(target)")
            #expect(try errors(convert(original, to: target, carries: false)) == [], "\(target), nothing carried")
            let back = try convert(there, to: home)
            let isSame = try JSONValue(parsing: back, limits: Limits())
                .isEquivalent(to: JSONValue(parsing: original, limits: Limits()))
            #expect(isSame, "\(target): \(String(decoding: back, as: UTF8.self))")
        }
    }

    @Test(arguments: [
        ("Harbor", "LicenseRef-Harbor", ["LicenseRef-Harbor": "Harbor"]),
        ("MIT OR Harbor", "MIT OR LicenseRef-Harbor", ["LicenseRef-Harbor": "Harbor"]),
        ("LicenseRef-harbor", "LicenseRef-harbor", ["LicenseRef-harbor": "LicenseRef-harbor"]),
        ("mit", "mit", [:]), ("NOASSERTION", "NOASSERTION", [:]), ("NONE", "NONE", [:]),
    ])
    func `every license of a conversion has a text`(
        expression: String, declared: String, licenses: [String: String]
    ) throws {
        for choice in ["{\"expression\": \"\(expression)\"}", "{\"license\": {\"name\": \"\(expression)\"}}"] {
            if choice.contains("name"), expression == "MIT OR Harbor" { continue }
            let document = cycloneDX(component("deck", ", \"licenses\": [\(choice)]"))
            let found = try content(convert(document, to: .spdx(.v2_3, .json)))
            let deck = found.objects("packages").first { $0.object.text("name") == "deck" }
            #expect(deck?.object.text("licenseDeclared") == declared, "\(choice)")
            let texts = found.objects("hasExtractedLicensingInfos").map {
                ($0.object.text("licenseId") ?? "", $0.object.text("extractedText") ?? "")
            }
            #expect(Dictionary(uniqueKeysWithValues: texts) == licenses, "\(choice)")
        }
    }

    @Test func `the text that one component states for a license is that of all`() throws {
        let document = cycloneDX(
            component("deck", ", \"licenses\": [{\"expression\": \"MIT OR LicenseRef-harbor\"}]") + ", "
                + component(
                    "hull",
                    ", \"licenses\": [{\"license\": {\"name\": \"LicenseRef-harbor\", \"text\": {\"content\": \"Moor here.\"}}}]"
                ))
        let found = try content(convert(document, to: .spdx(.v2_3, .json)))
        let texts = found.objects("hasExtractedLicensingInfos").map { $0.object.text("extractedText") }
        #expect(texts == ["Moor here."])
    }

    @Test func `licenses in a list of which one is none stay an expression`() throws {
        let document = cycloneDX(
            component(
                "deck", ", \"licenses\": [{\"license\": {\"name\": \"NOASSERTION\"}}, {\"license\": {\"id\": \"MIT\"}}]"
            ))
        let there = try convert(document, to: .spdx(.v2_3, .json))
        #expect(try errors(there) == [])
        let deck = try content(there).objects("packages").first { $0.object.text("name") == "deck" }?.object
        #expect(deck?.text("licenseDeclared") == "LicenseRef-NOASSERTION AND MIT")
    }

    @Test func `what the type of a package URL demands is not invented`() throws {
        let reference =
            #"{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/deck@1"}"#
        var document = try content(
            Array(spdx("", packages: package("deck", ", \"externalRefs\": [\(reference)]")).utf8))
        document.set(
            "relationships",
            try JSONValue(
                parsing: Array("[\(relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-deck"))]".utf8),
                limits: Limits()))
        let defaults = DocumentDefaults(for: document, .spdx, created: .unknown)
        let mending = RuleMending(family: .spdx, version: "2.3", defaults: defaults)
        #expect(!mending.isNeeded(by: document))
        var mended = document
        #expect(try !mending.mend(&mended))
        #expect(mended == document)
        let there = try convert(JSONWriter.bytes(of: .object(document), .pretty), to: .cycloneDX(.v1_6, .json))
        #expect(String(decoding: there, as: UTF8.self).contains("pkg:deb/deck@1"))
    }

    @Test func `a file keeps its malformed checksum`() throws {
        let file =
            #"{"SPDXID": "SPDXRef-f", "fileName": "./f", "checksums": [{"algorithm": "SHA1", "checksumValue": "0a"}]}"#
        let document = spdx(
            ", \"files\": [\(file)], \"relationships\": ["
                + relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-f") + "]")
        let target = TargetFormat.spdx(.v2_3, .tagValue)
        let there = try content(convert(document, to: target))
        #expect(there.objects("files").first?.object.objects("checksums").first?.object.text("checksumValue") == "0a")
        // The same with other violations, which are mended.
        let other = spdx(
            ", \"files\": [\(file)], \"relationships\": [\(relationship("SPDXRef-f", "DEPENDS_ON", "SPDXRef-x"))]")
        let mended = try content(convert(other, to: target, carries: false))
        #expect(mended.objects("files").count == 1)
        #expect(!mended.objects("relationships").contains { $0.object.text("relatedSpdxElement") == "SPDXRef-x" })
    }

    @Test func `files have relative names`() throws {
        let hash = "\"hashes\": [{\"alg\": \"SHA-1\", \"content\": \"\(String(repeating: "0a", count: 20))\"}]"
        for (name, relative) in [
            ("/etc/ferry.conf", "./etc/ferry.conf"), ("bin/ferry", "./bin/ferry"), ("./bin/ferry", "./bin/ferry"),
            ("//srv", "./srv"), ("../srv", "../srv"),
        ] {
            let document = cycloneDX("{\"type\": \"file\", \"name\": \"\(name)\", \"bom-ref\": \"f\", \(hash)}")
            let there = try convert(document, to: .spdx(.v2_3, .json))
            #expect(try content(there).objects("files").first?.object.text("fileName") == relative)
            #expect(try errors(there) == [])
            let back = try content(convert(there, to: .cycloneDX(.v1_5, .json)))
            #expect(back.objects("components").first?.object.text("name") == name)
        }
    }

    @Test(arguments: [
        "purl cpe23Type", "http://spdx.org/rdf/references/purl http://spdx.org/rdf/references/cpe23Type",
        "PURL CPE23TYPE", "https://spdx.org/rdf/references/Purl http://SPDX.org/rdf/references/cpe23type",
    ])
    func `package URLs and CPEs are known by each spelling of their type`(spelling: String) throws {
        let (purl, cpe) = ("pkg:npm/deck@1", "cpe:2.3:a:harbor:deck:1:*:*:*:*:*:*:*")
        let types = spelling.split(separator: " ")
        let references = zip([("PACKAGE-MANAGER", purl), ("SECURITY", cpe)], types).map { reference, type in
            #"{"referenceCategory": "\#(reference.0)", "referenceType": "\#(type)", "referenceLocator": "\#(reference.1)"}"#
        }
        let document = spdx(
            "", packages: package("deck", ", \"externalRefs\": [\(references.joined(separator: ", "))]"))
        let there = try convert(document, to: .cycloneDX(.v1_6, .json))
        let deck = try content(there)["metadata"]?.objectContent?["component"]?.objectContent
        #expect(deck?.text("purl") == purl)
        #expect(deck?.text("cpe") == cpe)
        let back = try content(convert(there, to: .spdx(.v2_3, .json)))
        let found = back.objects("packages").first?.object.objects("externalRefs").map {
            $0.object.text("referenceType")
        }
        #expect(found == types.map(String.init))
    }

    @Test(arguments: ["OPERATING-SYSTEM", "operating_system", "Operating System"])
    func `a purpose in another spelling keeps its meaning`(purpose: String) throws {
        let document = spdx("", packages: package("deck", ", \"primaryPackagePurpose\": \"\(purpose)\""))
        for target in [TargetFormat.spdx(.v2_3, .tagValue), .cycloneDX(.v1_6, .json), .cycloneDX(.v1_6, .xml)] {
            let there = try convert(document, to: target)
            #expect(try errors(there) == [])
            let back = try convert(there, to: .spdx(.v2_3, .json))
            #expect(try errors(back) == [])
            let deck = try content(back).objects("packages").first?.object
            #expect(deck?.text("primaryPackagePurpose") == "OPERATING_SYSTEM", "\(target)")
        }
        let component = try content(convert(document, to: .cycloneDX(.v1_6, .json)))["metadata"]?.objectContent?[
            "component"]
        #expect(purpose != "OPERATING-SYSTEM" || component?.objectContent?.text("type") == "operating-system")
    }

    @Test func `elements without identifier or name stay, and no carrier is blamed`() throws {
        let document = spdx(
            "",
            packages: #"{"packageName": "deck"}, {"SPDXID": "SPDXRef-hull"}, {"name": "mast", "versionInfo": "1"}, {}"#)
        for target in otherTargets where target != .spdx(.v2_3, .json) {
            let there = try convert(document, to: target)
            #expect(try errors(there) == [], "\(target)")
            let converter = DocumentConverter(carries: true, created: .unknown, reports: true, limits: Limits())
            let back = try converter.convert(
                try ParsedDocument(parsing: there, limits: Limits()), to: .spdx(.v2_3, .json))
            #expect(back.report.count(.rejected) == 0, "\(target)")
            let packages = try content(back.bytes).objects("packages").map(\.object)
            #expect(packages.count == 4, "\(target)")
            #expect(Set(packages.map { $0.text("SPDXID") }).count == 4)
            #expect(packages.contains { $0.text("name") == "mast" && $0.text("versionInfo") == "1" })
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: [1_000, 10_000])
    func `very many violations take no more time than others`(count: Int) throws {
        let packages = (0..<count).map { package("p\($0)", ", \"licenseDeclared\": \"LicenseRef-\($0)\"") }
        let links = (0..<count).map { relationship("SPDXRef-p\($0)", "DEPENDS_ON", "SPDXRef-q\($0)") }
        let document = spdx(
            ", \"relationships\": [\(links.joined(separator: ", "))]", packages: packages.joined(separator: ", "))
        let there = try convert(document, to: .spdx(.v2_3, .tagValue))
        #expect(try errors(there) == [])
    }
}

@Suite struct ArrayResidueTests {
    private static func array(_ numbers: [Int]) -> JSONObject {
        JSONObject([.init(name: "a", value: .array(numbers.map { .number(JSONNumber($0)) }))])
    }

    @Test(arguments: [
        (Array(0..<20), Array(0..<21)), (Array(0..<20), [0, 1, 2] + Array(5..<20)),
        (Array(0..<20), [1] + Array(3..<19) + [30, 31]),
        (Array(0..<20), Array(10..<20)),
    ])
    func `of a long array only the elements that it lacks are kept`(original: [Int], restored: [Int]) throws {
        var object = Self.array(restored)
        let entries = GuardedPatch.entries(of: Self.array(original), missingFrom: object)
        #expect(entries.map(\.path) == ["a/~items"])
        #expect(GuardedPatch.restore(entries, in: &object).isEmpty)
        #expect(object == Self.array(original))
        var edited = Self.array(restored + [7])
        #expect(GuardedPatch.restore(entries, in: &edited).count == 1)
        #expect(edited == Self.array(restored + [7]))
    }

    @Test(arguments: [
        "[]", "[1]", "[\"0-9999999\"]", "[\"0 0\"]", "[\"\", [1]]", "[\"\", [-1, 0]]", "[\"\", [99, 0]]",
        "[\"\", [2, 0], [1, 0]]", "{}",
    ])
    func `what no array can lack is refused`(text: String) throws {
        let plain = Self.array(Array(0..<9))
        var object = plain
        let value = try JSONValue(parsing: Array(text.utf8), limits: Limits())
        let entry = GuardedPatch.Entry(path: "a/~items", guardHash: plain["a"]?.shortHash, value: value)
        #expect(GuardedPatch.restore([entry], in: &object).count == 1)
        #expect(object == plain)
    }
}
