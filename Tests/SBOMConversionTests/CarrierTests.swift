import ByteStreams
import SBOMModel
import StructuredText
import TestSupport
import Testing

@testable import SBOMConversion
@testable import SBOMFormats

private let time = Timestamp(seconds: 1_704_067_200)

private func convert(
    _ document: JSONObject, to target: TargetFormat, carries: Bool = true
) throws -> (document: JSONObject, report: ConversionReport) {
    let bytes = JSONWriter.bytes(of: .object(document), .pretty)
    let (converted, report) = try convert(bytes, to: target, carries: carries)
    return (try ParsedDocument(parsing: converted, limits: Limits()).content, report)
}

private func convert(
    _ bytes: [UInt8], to target: TargetFormat, carries: Bool = true
) throws -> (bytes: [UInt8], report: ConversionReport) {
    let converter = DocumentConverter(carries: carries, created: time, reports: true, limits: Limits())
    let converted = try converter.convert(try ParsedDocument(parsing: bytes, limits: Limits()), to: target)
    return (converted.bytes, converted.report)
}

private func json(_ text: String) throws -> JSONObject {
    guard case .object(let object) = try JSONValue(parsing: Array(text.utf8), limits: Limits()) else {
        throw DocumentError(.syntax, reason: "no object")
    }
    return object
}

/// An entry that replaces a value, with the right hash.
private func entry(_ path: String, _ old: JSONValue?, _ new: JSONValue?) -> GuardedPatch.Entry {
    GuardedPatch.Entry(path: path, guardHash: old?.shortHash, value: new)
}

private let spdx = TargetFormat.spdx(.v2_3, .json)
private let cycloneDX = TargetFormat.cycloneDX(.v1_6, .json)

extension JSONObject {
    fileprivate mutating func carryAsProperties(_ entries: [GuardedPatch.Entry], of family: DocumentFamily) {
        appendItems(
            entries.map { PatchCarrier.property($0, of: family) }, to: "properties", order: CycloneDXOrder.component)
    }

    fileprivate mutating func carryAsAnnotations(_ entries: [GuardedPatch.Entry], of family: DocumentFamily) {
        let codec = SPDXElementCodec(
            setting: CodecContext(created: time.description, tool: "", licenses: ExtractedLicenses(), limits: Limits()))
        appendItems(
            entries.map { codec.annotation(PatchCarrier.comment($0, of: family), by: PatchCarrier.tool) },
            to: "annotations", order: SPDXOrder.element)
    }

    /// Changes the first component or package of that name.
    fileprivate mutating func change(_ name: String, in list: String, _ change: (inout JSONObject) -> Void) {
        changeObjects(list) { if $0.text("name") == name { change(&$0) } }
    }

    fileprivate func element(_ name: String, in list: String) throws -> JSONObject {
        try #require(objects(list).map(\.object).first { $0.text("name") == name })
    }
}

/// What a reader of CycloneDX or SPDX who knows no carriers sees of a document: a line for each fact.
private struct Facts {
    var lines: Set<String> = []

    init(_ document: JSONObject, families: DocumentFamily) {
        switch families {
        case .cycloneDX: readCycloneDX(document)
        case .spdx: readSPDX(document)
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        value.map { String(decoding: JSONWriter.bytes(of: $0, .compact), as: UTF8.self) } ?? ""
    }

    private mutating func readCycloneDX(_ document: JSONObject) {
        let parts = CycloneDXParts(document)
        for index in parts.units.indices {
            let unit = parts.units[index]
            lines.insert("element \(parts.refs[index])")
            for name in ["name", "version", "purl", "hashes", "cpe"] {
                lines.insert("\(parts.refs[index]) \(name) \(unit[name] == "" ? "" : Self.text(unit[name]))")
            }
            lines.insert("\(parts.refs[index]) supplier \(unit["supplier"]?.objectContent?.text("name") ?? "")")
            lines.insert("license \(parts.refs[index]): \(Self.licenses(unit))")
            for need in parts.links.needs[index] { lines.insert("edge \(parts.refs[index]) \(parts.refs[need])") }
            if parts.links.parents[index] >= 0 {
                lines.insert("edge \(parts.refs[parts.links.parents[index]]) \(parts.refs[index]) inside")
            }
        }
    }

    private static func licenses(_ component: JSONObject) -> String {
        component.objects("licenses").map { _, choice in
            let license = choice["license"]?.objectContent
            return choice.text("expression") ?? license?.text("id") ?? license?.text("name") ?? ""
        }.joined(separator: ", ")
    }

    private mutating func readSPDX(_ document: JSONObject) {
        var parts = SPDXParts(document)
        let indices = SPDXParts.indices(parts.ids, documentID: parts.documentID)
        for unit in parts.units {
            let id = unit.text("SPDXID") ?? ""
            lines.insert("element \(id)")
            for name in ["name", "fileName", "versionInfo", "supplier", "checksums"] {
                lines.insert("\(id) \(name) \(Self.text(unit[name]))")
            }
            let purls = unit.objects("externalRefs").map(\.object).filter { $0.text("referenceType") == "purl" }
            lines.insert("\(id) purls \(purls.map { $0.text("referenceLocator") ?? "" })")
            let licenses = ["licenseDeclared", "licenseConcluded"].map { Self.text(unit[$0]) }
            lines.insert("license \(unit.text("SPDXID") ?? ""): \(licenses)")
        }
        for edge in parts.takeRelationships().all() where indices[edge.from] != nil && indices[edge.target] != nil {
            let kind = Relationship.Kind(rawValue: "\(edge.kind)")
            let (from, to) = kind.forward.isReversed ? (edge.target, edge.from) : (edge.from, edge.target)
            switch kind.structure {
            case .needs: lines.insert("edge \(from) \(to)")
            case .contains: lines.insert("edge \(from) \(to) inside")
            case nil: break
            }
        }
    }
}

@Suite struct CarrierTests {
    private static let components = """
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"timestamp": "\(time)",
          "component": {"type": "application", "bom-ref": "app", "name": "app", "version": "1"}},
         "components": [
          {"type": "library", "bom-ref": "lodash", "supplier": {"name": "OpenJS"}, "name": "lodash",
           "version": "4.17.21", "hashes": [{"alg": "SHA-1", "content": "\(String(repeating: "a", count: 40))"}],
           "licenses": [{"license": {"id": "MIT", "acknowledgement": "declared"}}], "purl": "pkg:npm/lodash@4.17.21"},
          {"type": "library", "bom-ref": "other", "name": "other", "version": "2",
           "licenses": [{"license": {"name": "Own words"}}]}],
         "dependencies": [{"ref": "app", "dependsOn": ["lodash"]}, {"ref": "lodash", "dependsOn": ["other"]}]}
        """

    private static let packages = """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "d",
         "documentNamespace": "https://example.org/d", "creationInfo": {"created": "\(time)", "creators": ["Tool: t"]},
         "packages": [
          {"SPDXID": "SPDXRef-app", "name": "app", "downloadLocation": "NOASSERTION", "filesAnalyzed": false},
          {"SPDXID": "SPDXRef-lodash", "name": "lodash", "versionInfo": "4.17.21", "downloadLocation": "NOASSERTION",
           "licenseDeclared": "MIT", "filesAnalyzed": false, "supplier": "Organization: OpenJS", "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/lodash@4.17.21"}]},
          {"SPDXID": "SPDXRef-other", "name": "other", "downloadLocation": "NOASSERTION", "filesAnalyzed": false},
          {"SPDXID": "SPDXRef-inner", "name": "inner", "downloadLocation": "NOASSERTION", "filesAnalyzed": false}],
         "relationships": [
          {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-app"},
          {"spdxElementId": "SPDXRef-app", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-lodash"},
          {"spdxElementId": "SPDXRef-other", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-inner"},
          {"spdxElementId": "SPDXRef-lodash", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-other"}]}
        """

    @Test func `a component stays what it is to other readers in SPDX`() throws {
        var document = try json(Self.components)
        let natural = try convert(document, to: spdx, carries: false).document
        let package = try natural.element("lodash", in: "packages")
        let checksum: JSONValue = [["algorithm": "SHA1", "checksumValue": .string(String(repeating: "b", count: 40))]]
        let lies: [(String, JSONValue?)] = [
            ("name", "left-pad"), ("versionInfo", "0.0.1"), ("licenseDeclared", "GPL-3.0-only"),
            ("licenseConcluded", "GPL-3.0-only"), ("supplier", "Organization: Someone"), ("checksums", checksum),
            (
                "externalRefs",
                [
                    [
                        "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                        "referenceLocator": "pkg:npm/left-pad@0.0.1",
                    ]
                ]
            ), ("SPDXID", "SPDXRef-left-pad"),
        ]
        // Each alone, all together, and beside one that agrees.
        let comment = entry("attributionTexts", nil, ["Thanks"])
        let all = lies.map { entry($0.0, package[$0.0], $0.1) }
        for entries in all.map({ [$0] }) + [all, all + [comment]] {
            var hostile = document
            hostile.change("lodash", in: "components") { $0.carryAsProperties(entries, of: .spdx) }
            let (converted, report) = try convert(hostile, to: spdx)
            let result = try converted.element("lodash", in: "packages")
            for name in lies.map(\.0) { #expect(result[name] == package[name], "\(entries.map(\.path))") }
            #expect(report.count(.rejected) == entries.count { $0.path != "attributionTexts" })
            #expect(report.rejections.allSatisfy { $0.element == "lodash" })
            #expect((result["attributionTexts"] != nil) == entries.contains { $0.path == "attributionTexts" })
        }
        document.change("lodash", in: "components") { $0.carryAsProperties([comment], of: .spdx) }
        let (converted, report) = try convert(document, to: spdx)
        #expect(try converted.element("lodash", in: "packages")["attributionTexts"] != nil)
        #expect(report.count(.rejected) == 0)
    }

    @Test(arguments: [Limits.carriedMembers, Limits.carriedMembers + 1])
    func `beside a lie, so many members of an element are judged one by one`(count: Int) throws {
        var document = try json(Self.components)
        let natural = try convert(document, to: spdx, carries: false).document
        let lie = entry("name", try natural.element("lodash", in: "packages")["name"], "left-pad")
        let thanks = entry("attributionTexts", nil, ["Thanks"])
        // What SPDX does not know agrees with everything, and is removed.
        let truths = [thanks] + (2..<count).map { entry("x\($0)", nil, .string("\($0)")) }
        document.change("lodash", in: "components") { $0.carryAsProperties(truths + [lie], of: .spdx) }
        let (converted, report) = try convert(document, to: spdx)
        let result = try converted.element("lodash", in: "packages")
        let areJudged = count <= Limits.carriedMembers
        #expect((result["attributionTexts"] != nil) == areJudged)
        #expect(report.count(.rejected) == (areJudged ? 1 : count))
    }

    /// There are several parts of elements, which threads work on.
    @Test func `the first rejected members are named in the order of the document, and the others counted`() throws {
        let count = 2_000
        let components = (0..<count).map { number in
            var component = JSONObject([
                .init(name: "type", value: "library"), .init(name: "bom-ref", value: .string("p\(number)")),
                .init(name: "name", value: .string("p\(number)")),
            ])
            component.carryAsProperties([entry("name", .string("p\(number)"), "q")], of: .spdx)
            return JSONValue.object(component)
        }
        var document = try json(#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}"#)
        document.append("components", .array(components))
        for _ in 0..<3 {
            let report = try convert(document, to: spdx).report
            #expect(report.count(.rejected) == count)
            #expect(report.rejections.map(\.element) == (0..<Limits.namedRejections).map { "p\($0)" })
        }
    }

    /// A placement by relationships of which only one shows itself as wrong at a time.
    private struct Placement: ElementPlacement {
        let facts: StandingFacts
        let backwards: [Int] = []
        let tooDeep: Set<Int> = []
        let named: Set<Int> = []
        let refused: [GuardedPatch.Entry] = []
        let rejected: [GuardedPatch.Entry] = []
    }

    @Test(arguments: 0...Limits.carrierRounds)
    func `relationships are judged again without those that are wrong, so often`(lies: Int) {
        var conversion = FamilyConversion(
            options: .init(defaults: DocumentDefaults(created: time, uuid: ""), limits: Limits()), budget: .unlimited)
        var units = Array(repeating: FamilyConversion.Unit.empty, count: 10)
        for index in units.indices { units[index].links = [entry("#relationships", nil, [])] }
        let stated = FamilyConversion.StatedStanding(
            facts: StandingFacts(SPDXLinks(units: []), contained: [], roots: []), identifiers: [],
            ignoresNewRoots: true, isCarrying: true)
        _ = conversion.settle(&units, from: CycloneDXSide.self, to: SPDXSide.self, stated) { _, belief in
            let lie = (0..<lies).first(where: belief.elements.contains)
            return Placement(
                facts: StandingFacts(SPDXLinks(units: []), contained: lie.map { [($0, $0)] } ?? [], roots: []))
        }
        let rejected = units.indices.filter { !units[$0].rejected.isEmpty }
        #expect(rejected == Array(lies < Limits.carrierRounds ? 0..<lies : units.indices))
    }

    @Test func `a package stays what it is to other readers in CycloneDX`() throws {
        let document = try json(Self.packages)
        let natural = try convert(document, to: cycloneDX, carries: false).document
        let component = try natural.element("lodash", in: "components")
        let lies: [(String, JSONValue?)] = [
            ("name", "left-pad"), ("version", "0.0.1"), ("purl", "pkg:npm/left-pad@0.0.1"),
            ("licenses", [["license": ["id": "GPL-3.0-only"]]]), ("supplier", ["name": "Someone"]),
            ("hashes", [["alg": "SHA-1", "content": .string(String(repeating: "b", count: 40))]]),
            ("bom-ref", "other"), ("bom-ref", nil), ("components", [["type": "library", "name": "evil"]]),
        ]
        for (name, lie) in lies {
            var hostile = document
            hostile.change("lodash", in: "packages") {
                $0.carryAsAnnotations(
                    [entry(name, component[name], lie), entry("scope", nil, "optional")], of: .cycloneDX)
            }
            let (converted, report) = try convert(hostile, to: cycloneDX)
            var result = try converted.element("lodash", in: "components")
            #expect(result.take("scope") == "optional")
            _ = result.take("properties")
            #expect(JSONValue.object(result).isSemanticallyEqual(to: .object(component)), "\(name)")
            #expect(report.count(.rejected) == 1, "\(name)")
            #expect(converted["dependencies"] == natural["dependencies"])
        }
    }

    @Test func `the text of a license stays what the document says`() throws {
        var document = try json(Self.packages)
        document.change("lodash", in: "packages") {
            $0.set("licenseDeclared", "LicenseRef-own")
            $0.carryAsAnnotations([entry("licenses/0/license/text", nil, ["content": "GPL"])], of: .cycloneDX)
        }
        document.set(
            "hasExtractedLicensingInfos",
            [["licenseId": "LicenseRef-own", "name": "LicenseRef-own", "extractedText": "LicenseRef-own"]])
        let (converted, report) = try convert(document, to: cycloneDX)
        let license = try converted.element("lodash", in: "components").objects("licenses").first?.object
        #expect(license?["license"]?.objectContent?["text"] == nil)
        #expect(report.count(.rejected) == 1)

        var components = try json(Self.components)
        let natural = try convert(components, to: spdx, carries: false).document["hasExtractedLicensingInfos"]
        components.changeObject("metadata") { metadata in
            let id = natural?.arrayContent?.first?.objectContent?["licenseId"] ?? ""
            let texts: JSONValue = [["licenseId": id, "name": "Own words", "extractedText": "GPL"]]
            metadata.carryAsProperties([entry("hasExtractedLicensingInfos", natural, texts)], of: .spdx)
        }
        let (back, backReport) = try convert(components, to: spdx)
        #expect(back.objects("hasExtractedLicensingInfos").first?.object.text("extractedText") == "Own words")
        #expect(backReport.count(.rejected) == 1)
    }

    @Test(arguments: [
        "#components=\"3 0-2\"", "#components=\"0 2 3 1\"", "#components=\"9223372036854775807\"",
        "#components=\"1-2/9223372036854775807\"", "#main", "#dependencies=[\"0\"]", "#dependencies=[]",
        "#dependencies=[{\"ref\":\"other\",\"dependsOn\":[\"lodash\"]}]",
        "components=[{\"type\":\"library\",\"name\":\"evil\"}]",
        "dependencies=[{\"ref\":\"other\",\"dependsOn\":[\"app\"]}]",
        "metadata/component={\"type\":\"library\",\"name\":\"evil\"}", "specVersion=\"1.2\"",
    ])
    func `components and their dependencies stay all there`(lie: String) throws {
        let document = try json(Self.packages)
        let natural = try convert(document, to: cycloneDX, carries: false).document
        let sign = lie.firstIndex(of: "=") ?? lie.endIndex
        let path = String(lie[..<sign])
        let value = try? JSONValue(parsing: Array(lie[sign...].dropFirst().utf8), limits: Limits())
        let known: [String: JSONValue] = [
            "#components": "0-3", "#main": "0", "#dependencies": ["0-3"],
        ]
        var hostile = document
        hostile.carryAsAnnotations([entry(path, known[path], value)], of: .cycloneDX)
        let converted = try convert(hostile, to: cycloneDX).document
        let (seen, expected) = (
            Facts(converted, families: .cycloneDX), Facts(natural, families: .cycloneDX)
        )
        #expect(seen.lines == expected.lines)
    }

    @Test(arguments: [
        ("app", "#dependency", "{\"dependsOn\":[\"other\"]}"), ("app", "#dependency", "{}"),
        ("app", "#dependency", "{\"ref\":\"other\",\"dependsOn\":[\"lodash\"]}"), ("inner", "#parent", ""),
        ("inner", "#parent", "\"SPDXRef-lodash\""), ("lodash", "#parent", "\"SPDXRef-inner\""),
    ])
    func `a component keeps its dependencies and its place`(name: String, path: String, value: String) throws {
        let document = try json(Self.packages)
        let natural = try convert(document, to: cycloneDX, carries: false).document
        let known: [String: JSONValue] = ["app": ["dependsOn": ["lodash"]], "inner": "SPDXRef-other"]
        var hostile = document
        hostile.change(name, in: "packages") {
            $0.carryAsAnnotations(
                [entry(path, known[name], try? JSONValue(parsing: Array(value.utf8), limits: Limits()))],
                of: .cycloneDX)
        }
        let converted = try convert(hostile, to: cycloneDX).document
        #expect(Facts(converted, families: .cycloneDX).lines == Facts(natural, families: .cycloneDX).lines)
    }

    @Test(arguments: [
        "#relationshipOrder=\"0\"", "#relationshipOrder=\"0 1 1\"", "#relationshipOrder=\"9223372036854775807*2\"",
        "#relationshipOrder=\"0 1-2/9223372036854775807\"", "#relationshipOrder=\"0*9223372036854775807\"",
        "#relationships=[[\"DESCRIBES\",\"SPDXRef-other\"]]", "#elements=\"0 0 1\"", "#elements=\"2 1\"",
        "#otherRelationships=[[9223372036854775807,{\"spdxElementId\":\"SPDXRef-other\",\"relationshipType\":\"DEPENDS_ON\",\"relatedSpdxElement\":\"SPDXRef-app\"}]]",
        "relationships=[{\"spdxElementId\":\"SPDXRef-other\",\"relationshipType\":\"DEPENDS_ON\",\"relatedSpdxElement\":\"SPDXRef-app\"}]",
        "packages=[{\"SPDXID\":\"SPDXRef-evil\",\"name\":\"evil\",\"downloadLocation\":\"NONE\"}]",
        "documentDescribes=[\"SPDXRef-other\"]", "SPDXID=\"SPDXRef-lodash\"", "spdxVersion=\"SPDX-9\"",
    ])
    func `packages and their relationships stay all there`(lie: String) throws {
        let document = try json(Self.components)
        let natural = try convert(document, to: spdx, carries: false).document
        let sign = lie.firstIndex(of: "=") ?? lie.endIndex
        let path = String(lie[..<sign])
        let value = try JSONValue(parsing: Array(lie[sign...].dropFirst().utf8), limits: Limits())
        let known: [String: JSONValue] = [
            "#relationshipOrder": "0-2", "#relationships": [["DESCRIBES", "SPDXRef-app"]], "#elements": "0-2",
            "SPDXID": "SPDXRef-DOCUMENT",
        ]
        var hostile = document
        hostile.changeObject("metadata") {
            $0.carryAsProperties([entry(path, known[path], value)], of: .spdx)
        }
        let converted = try convert(hostile, to: spdx).document
        #expect(Facts(converted, families: .spdx).lines == Facts(natural, families: .spdx).lines)
        #expect(converted.objects("relationships").count == natural.objects("relationships").count)
        #expect(converted.text("spdxVersion") == "SPDX-2.3")
    }

    @Test(arguments: [
        ("#relationships", "[]"), ("#relationships", "[[\"DEPENDS_ON\",\"SPDXRef-app\"]]"),
        ("#relationships", "[[\"DEPENDS_ON\",\"SPDXRef-other\"],[\"DEPENDENCY_OF\",\"SPDXRef-other\"]]"),
        ("hasFiles", "[\"SPDXRef-other\"]"),
    ])
    func `a package keeps its relationships`(path: String, value: String) throws {
        let document = try json(Self.components)
        let natural = try convert(document, to: spdx, carries: false).document
        var hostile = document
        let known: JSONValue? = path == "hasFiles" ? nil : [["DEPENDS_ON", "SPDXRef-other"]]
        hostile.change("lodash", in: "components") {
            $0.carryAsProperties(
                [entry(path, known, try? JSONValue(parsing: Array(value.utf8), limits: Limits()))], of: .spdx)
        }
        let (converted, report) = try convert(hostile, to: spdx)
        #expect(converted["relationships"] == natural["relationships"])
        #expect(try converted.element("lodash", in: "packages")["hasFiles"] == nil)
        #expect(report.count(.rejected) == 1)
        #expect(report.rejections.first?.element == "lodash")
    }

    @Test func `what other versions carry is believed only if it agrees`() throws {
        let document = try json(Self.components)
        let lodash = try document.element("lodash", in: "components")
        for (name, lie) in [
            ("name", "left-pad"), ("purl", "pkg:npm/left-pad"), ("licenses", [["license": ["id": "GPL-3.0-only"]]]),
            ("components", [["type": "library", "name": "evil"]]),
        ] as [(String, JSONValue)] {
            var hostile = document
            hostile.change("lodash", in: "components") {
                $0.carryAsProperties([entry(name, lodash[name], lie)], of: .cycloneDX)
            }
            for target in [cycloneDX, .cycloneDX(.v1_5, .json), .cycloneDX(.v1_6, .xml), spdx] where target != cycloneDX
            {
                let (converted, report) = try convert(hostile, to: target)
                let plain = try convert(document, to: target).document
                let (seen, expected) = (
                    Facts(converted, families: target.family), Facts(plain, families: target.family)
                )
                #expect(seen.lines == expected.lines, "\(name) in \(target)")
                #expect(report.count(.rejected) == 1)
            }
        }
    }

    @Test func `positions of foreign elements at the ends of what an integer holds do not trap`() throws {
        var document = try json(Self.components)
        document.changeObject("metadata") {
            $0.carryAsProperties(
                [
                    entry("#xml", nil, ["extras": [[9_223_372_036_854_775_807, "<x:y xmlns:x='urn:x'/>"]]]),
                    entry("x-1", nil, 1),
                ], of: .cycloneDX)
        }
        for target in [TargetFormat.cycloneDX(.v1_5, .json), .cycloneDX(.v1_6, .xml), .cycloneDX(.v1_2, .xml)] {
            let written = try convert(document, to: target).document
            _ = try convert(written, to: cycloneDX)
        }
    }

    @Test func `what is carried of the spelling of XML adds no components`() throws {
        var document = try json(Self.components)
        document.changeObject("metadata") {
            $0.carryAsProperties(
                [
                    entry(
                        "#xml", nil,
                        [
                            "extras": [
                                [0, "<components><component type='library'><name>evil</name></component></components>"]
                            ]
                        ])
                ], of: .cycloneDX)
        }
        let (converted, _) = try convert(
            JSONWriter.bytes(of: .object(document), .pretty), to: .cycloneDX(.v1_6, .xml))
        #expect(!String(decoding: converted, as: UTF8.self).contains("<name>evil"))
    }
}

/// A document without all that it carries.
private func stripped(_ document: JSONObject, _ family: DocumentFamily) -> JSONObject {
    func strip(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(var object):
            object.members = object.members.map { .init(name: $0.name, value: strip($0.value)) }
            _ = PatchCarrier.takeProperties(from: &object, of: .spdx, limits: Limits())
            _ = PatchCarrier.takeProperties(from: &object, of: .cycloneDX, limits: Limits())
            _ = PatchCarrier.takeAnnotations(from: &object, of: .spdx, limits: Limits())
            _ = PatchCarrier.takeAnnotations(from: &object, of: .cycloneDX, limits: Limits())
            return .object(object)
        case .array(let items): return .array(items.map(strip))
        case .null, .bool, .number, .string: return value
        }
    }
    guard case .object(let object) = strip(.object(document)) else { return document }
    return object
}

@Suite struct CarrierPropertyTests {
    private static let documents = names(inFolder: packageFolder + "/Fixtures/documents")

    /// Changes a random part of what a document carries, or carries something in it that nobody wrote.
    ///
    /// `natural` is what comes of the document without carriers.
    private static func attack(
        _ document: inout JSONObject, _ family: DocumentFamily, carried: DocumentFamily, natural: JSONObject,
        using random: inout SeededGenerator
    ) {
        let lists = family == .spdx ? ["packages", "files"] : ["components"]
        let holder = family == .spdx ? "annotations" : "properties"
        let word = family == .spdx ? "comment" : "value"
        var all: [JSONValue] = []
        for list in lists {
            for (_, element) in document.objects(list) { all += element[holder]?.arrayContent ?? [] }
        }
        let entries = invented(carried, natural, using: &random)
        // At least one, and few enough that each gets its turn.
        let count = max(1, lists.reduce(0) { $0 + document.objects($1).count })
        for list in lists {
            document.changeObjects(list) { element in
                guard Int.random(in: 0..<max(1, count / 3), using: &random) == 0 else { return }
                var items = element[holder]?.arrayContent ?? []
                switch Int.random(in: 0..<4, using: &random) {
                case 0: if !items.isEmpty { items.remove(at: Int.random(in: items.indices, using: &random)) }
                case 1:
                    if let one = items.indices.randomElement(using: &random), var item = items[one].objectContent,
                        let other = all.randomElement(using: &random)?.objectContent?[word]
                    {
                        item.set(word, other)
                        items[one] = .object(item)
                    }
                case 2: if let other = all.randomElement(using: &random) { items.append(other) }
                default: break
                }
                if !items.isEmpty { element.set(holder, .array(items)) }
                let id = element.text(family == .spdx ? "SPDXID" : "bom-ref") ?? ""
                let mine = entries.filter { $0.of == id }.map(\.entry)
                let chosen = (0..<2).compactMap { _ in
                    Bool.random(using: &random)
                        ? mine.randomElement(using: &random) : entries.randomElement(using: &random)?.entry
                }
                if family == .spdx {
                    element.carryAsAnnotations(chosen, of: carried)
                } else {
                    element.carryAsProperties(chosen, of: carried)
                }
            }
        }
        let structure: [GuardedPatch.Entry] = [
            entry("#components", .string(NumberRuns.text(Array(0..<count))), "0*3"), entry("#main", "0", nil),
            entry(
                "#elements", .string(NumberRuns.text(Array(0..<count))),
                .string(NumberRuns.text((0..<count).reversed()))),
            entry("#relationshipOrder", nil, "0-1"), entry("name", nil, "x"),
        ]
        let one = structure.randomElement(using: &random).map { [$0] } ?? []
        if family == .spdx {
            document.carryAsAnnotations(one, of: carried)
        } else {
            document.changeObject("metadata") { $0.carryAsProperties(one, of: carried) }
        }
    }

    /// Entries with right hashes for what elements become, and values of other elements.
    private static func invented(
        _ family: DocumentFamily, _ natural: JSONObject, using random: inout SeededGenerator
    ) -> [(of: String, entry: GuardedPatch.Entry)] {
        var found: [(of: String, entry: GuardedPatch.Entry)] = []
        let elements: [JSONObject]
        var parts = SPDXParts(family == .spdx ? natural : JSONObject())
        let components = CycloneDXParts(family == .cycloneDX ? natural : JSONObject())
        var structure: [(path: String, value: JSONValue)] = []
        switch family {
        case .spdx:
            elements = parts.units
            let (links, _) = parts.takeRelationships().links(
                SPDXParts.indices(parts.ids, documentID: "SPDXRef-DOCUMENT"))
            structure = links.units.map { ("#relationships", SPDXParts.list($0, parts.ids)) }
        case .cycloneDX:
            elements = components.units
            structure = components.links.needs.map {
                ("#dependency", .object(CycloneDXParts.entry($0, components.refs)))
            }
        }
        for (index, element) in elements.enumerated() {
            let id =
                family == .spdx ? SPDXElementCodec.reference(parts.ids[index]) : "SPDXRef-\(components.refs[index])"
            for member in element.members {
                let other = elements.randomElement(using: &random)?[member.name]
                found.append((id, entry(member.name, member.value, Bool.random(using: &random) ? other : "evil")))
            }
            found.append(
                (
                    id,
                    entry(structure[index].path, structure[index].value, structure.randomElement(using: &random)?.value)
                ))
            found.append(
                (
                    id,
                    entry(
                        "#parent", nil,
                        .string("SPDXRef-" + (elements.randomElement(using: &random)?.text("bom-ref") ?? "")))
                ))
        }
        return found
    }

    @Test(arguments: documents)
    func `hostile carriers change nothing that other readers see`(path: String) throws {
        let original = try bytes(ofFile: "\(packageFolder)/Fixtures/documents/\(path)")
        let source = try ParsedDocument(parsing: original, limits: Limits())
        // Not an older version than the document has, which would leave out more.
        let home =
            source.family == .spdx
            ? spdx : TargetFormat.cycloneDX(CycloneDXVersion(rawValue: source.version) ?? .v1_6, .json)
        let away =
            source.family == .spdx
            ? [TargetFormat.cycloneDX(.v1_6, .json), .spdx(.v2_2, .json)] : [spdx, .cycloneDX(.v1_4, .json)]
        for target in away {
            let there = try convert(original, to: target).bytes
            let honest = try ParsedDocument(parsing: there, limits: Limits()).content
            let plain = stripped(honest, target.family)
            let natural = try convert(plain, to: home, carries: false).document
            var random = SeededGenerator(seed: 5)
            for turn in 0..<8 {
                var hostile = honest
                Self.attack(&hostile, target.family, carried: source.family, natural: natural, using: &random)
                let seen = stripped(hostile, target.family)
                func facts(_ document: JSONObject) throws -> Set<String> {
                    let converted = try convert(document, to: home, carries: false).document
                    let again = try convert(stripped(converted, home.family), to: target, carries: false).document
                    return Facts(again, families: target.family).lines
                }
                let said = Facts(seen, families: target.family).lines
                let (believed, known) = (try facts(hostile), try facts(seen))
                let lies = believed.symmetricDifference(said).filter { believed.contains($0) != known.contains($0) }
                #expect(lies.isEmpty, "\(path) by way of \(target.family) \(target.version), turn \(turn)")
            }
        }
    }
}
