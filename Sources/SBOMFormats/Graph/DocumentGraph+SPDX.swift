internal import ByteStreams
internal import SBOMModel
internal import StructuredText

extension DocumentGraph {
    /// Decodes the elements and relationships of an SPDX document in the shape of its JSON.
    mutating func read(
        spdx content: consuming JSONObject, _ rules: ReadingRules, size: Int?, _ limits: Limits
    ) throws(DocumentError) {
        var lists = SPDXLists()
        documentID = rules.foldsNames ? "" : documentID
        for place in content.members.indices {
            let member = content.members[place]
            content.members[place].value = .null
            switch (rules.name(member.name, in: SPDXLists.members), member.value) {
            case ("SPDXID", .string(let text)): documentID = text
            case ("comment", .string(let text)): lists.comment = text
            case ("annotations", .array(let items)):
                lists.isIncomplete = items.contains { $0.objectContent?.text("comment") == "Completeness: incomplete" }
            case ("name", .string(let text)): name = text
            case ("creationInfo", .object(let info)):
                for (_, text) in info.texts("creators") {
                    if let tool = text.dropping(prefix: "Tool: ") { tools.insert(Tool(spdx: tool).name.lowercased()) }
                }
            case ("packages", .array(let items)): lists.packages = items
            case ("files", .array(let items)): lists.files = items
            case ("relationships", .array(let items)): lists.relationships = items
            case ("documentDescribes", .array(let items)): lists.describes = items
            case ("hasExtractedLicensingInfos", .array(let items)): readLicenses(items)
            default: break
            }
        }
        if lists.isIncomplete {
            // The first line repeats the annotation.
            let lines = lists.comment.split(whereSeparator: \.isNewline).drop { $0.hasPrefix("Completeness: ") }
            incompleteness = lines.joined(separator: " ")
        }
        try limits.admit(elements: lists.packages.count + lists.files.count, inBytes: size)
        let reader = SPDXGraphReader(rules: rules, limits: limits)
        elements.reserve(lists.packages.count + lists.files.count)
        var owned: [(outer: Int32, files: [JSONValue])] = []
        for place in lists.packages.indices {
            // Each object is freed as soon as it is decoded.
            guard case .object(let object) = lists.packages[place] else { continue }
            lists.packages[place] = .null
            if case .array(let files)? = object["hasFiles"], !files.isEmpty {
                owned.append((Int32(elements.count), files))
            }
            elements.append(reader.row(object, .package), isFile: false)
        }
        lists.packages = []
        for place in lists.files.indices {
            guard case .object(let object) = lists.files[place] else { continue }
            lists.files[place] = .null
            elements.append(reader.row(object, .file), isFile: true)
        }
        lists.files = []
        let numbers = numberIdentifiers(rules)
        for (outer, files) in owned {
            for case .string(let id) in files {
                if let inner = numbers[ExactString(id)] { contained.append((outer, inner)) }
            }
        }
        readRelationships(&lists.relationships, numbers, rules)
        describes = lists.describes.compactMap { item in
            guard case .string(let id) = item else { return nil }
            return numbers[ExactString(id)]
        }
    }

    private mutating func readLicenses(_ items: [JSONValue]) {
        for case .object(let license) in items {
            guard let id = license.text("licenseId") else { continue }
            let stated = [license.text("name"), license.text("extractedText")].compactMap { $0 }
            licenseNames[id] = stated.first { !$0.isEmpty && $0 != SPDXElementCodec.noAssertion }
        }
    }

    /// Maps each identifier to its element, and adds a notice if several elements have the same one.
    private mutating func numberIdentifiers(_ rules: ReadingRules) -> [ExactString: Int32] {
        var numbers: [ExactString: Int32] = Dictionary(minimumCapacity: elements.count)
        let all = 0..<elements.count
        // A package has priority over a file.
        let order =
            rules.usesLastDuplicate
            ? [all.dropFirst(elements.packageCount), all.prefix(elements.packageCount)] : [all]
        for element in order.joined() {
            let id = ExactString(elements.ids[element])
            guard let other = numbers.updateValue(Int32(element), forKey: id) else { continue }
            if rules.usesLastDuplicate {
                duplicates.insert(other)
            } else {
                numbers[id] = other
                duplicates.insert(Int32(element))
            }
        }
        // Elements without an identifier cannot be confused by it.
        let named = duplicates.sorted().map(Int.init).filter { rules.usesLastDuplicate || !elements.ids[$0].isEmpty }
        if let first = named.first {
            let more = named.count == 1 ? "" : ", and \(named.count - 1) more like that"
            let owner = rules.usesLastDuplicate ? "last" : "first"
            notices.append(
                ParsedDocument.Notice(
                    place: nil,
                    message:
                        "two elements have the SPDXID \"\(elements.ids[first])\"; relationships are of the \(owner)\(more)"
                ))
        }
        if !rules.admitsDocumentID { numbers[ExactString(documentID)] = nil }
        if !rules.usesLastDuplicate { numbers[ExactString("")] = nil }
        return numbers
    }

    private mutating func readRelationships(
        _ items: inout [JSONValue], _ numbers: [ExactString: Int32], _ rules: ReadingRules
    ) {
        var ends = EndNumbers(documentID: documentID, elements: numbers)
        // Consecutive relationships often have the same source and the same kind.
        var lastSource = (id: documentID, number: ends.number(of: documentID))
        var lastKind = (word: "", number: Int32(-1))
        var kindNumbers: [ExactString: Int32] = [:]
        edges.reserveCapacity(items.count)
        for place in items.indices {
            guard case .object(let written) = items[place] else { continue }
            items[place] = .null
            let object = rules.canonical(written, SPDXLists.relationshipMembers)
            var (from, kind, to): (String?, String?, String?)
            for place in object.members.indices {
                guard case .string(let text) = object.members[place].value else { continue }
                switch object.members[place].name {
                case "spdxElementId": from = text
                case "relationshipType": kind = text
                case "relatedSpdxElement": to = text
                default: break
                }
            }
            guard let from, let to, let kind = kind ?? (rules.admitsUntyped ? "" : nil) else { continue }
            if lastKind.number < 0 || !lastKind.word.isIdentical(to: kind) {
                let number = kindNumbers[ExactString(kind)] ?? Int32(kinds.count)
                if Int(number) == kinds.count {
                    kindNumbers[ExactString(kind)] = number
                    kinds.append(Relationship.Kind(rawValue: kind))
                }
                lastKind = (kind, number)
            }
            if !lastSource.id.isIdentical(to: from) { lastSource = (from, ends.number(of: from)) }
            edges.append(
                Edge(
                    source: lastSource.number, target: ends.number(of: to), kind: lastKind.number,
                    isOfDocument: from.isIdentical(to: documentID)))
        }
        foreign = ends.foreign
    }
}

/// The lists of an SPDX document, until they are decoded.
private struct SPDXLists {
    var packages: [JSONValue] = []
    var files: [JSONValue] = []
    var relationships: [JSONValue] = []
    var describes: [JSONValue] = []
    /// The comment of the document.
    var comment = ""
    /// Whether an annotation of the document states that it is incomplete.
    var isIncomplete = false

    static let members = ["SPDXID", "name", "creationInfo", "packages", "files", "relationships", "documentDescribes"]
    static let relationshipMembers = ["spdxElementId", "relationshipType", "relatedSpdxElement"]
}

/// Finds the numbers for the ends of relationships.
private struct EndNumbers {
    let documentID: String
    let elements: [ExactString: Int32]
    private(set) var foreign: [String] = []
    private var foreignNumbers: [ExactString: Int32] = [:]

    init(documentID: String, elements: [ExactString: Int32]) {
        self.documentID = documentID
        self.elements = elements
    }

    mutating func number(of id: String) -> Int32 {
        if let number = elements[ExactString(id)] { return number }
        if id.isIdentical(to: documentID) { return DocumentGraph.Edge.document }
        if let number = foreignNumbers[ExactString(id)] { return number }
        let number = DocumentGraph.Edge.document - 1 - Int32(foreign.count)
        foreignNumbers[ExactString(id)] = number
        foreign.append(id)
        return number
    }
}

/// Decodes packages and files of SPDX into rows.
private struct SPDXGraphReader {
    let rules: ReadingRules
    private let codec: SPDXElementCodec

    init(rules: ReadingRules, limits: Limits) {
        self.rules = rules
        codec = SPDXElementCodec(
            setting: CodecContext(created: "", tool: "", licenses: ExtractedLicenses(), limits: limits), use: .reading)
    }

    func row(_ written: JSONObject, _ form: Element.Form) -> ElementColumns.Row {
        if written.isEmpty { return ElementColumns.Row() }
        let object = rules.canonical(written, ["SPDXID", form == .file ? "fileName" : "name", "versionInfo"])
        let element = codec.element(object, form)
        var row = ElementColumns.Row()
        row.id = object.text("SPDXID") ?? ""
        row.name = element.name
        row.version = element.version ?? ""
        row.packageURL = rules.usesLastPackageURL ? ReadingRules.lastPackageURL(object) : element.packageURL ?? ""
        row.downloadLocation = element.downloadLocation ?? ""
        row.licenseDeclared = element.licenseDeclared ?? ""
        row.licenseConcluded = element.licenseConcluded ?? ""
        // The text is kept as it is, because tools use spellings that the specification does not have.
        row.supplier = Self.stated("supplier", object)
        row.originator = Self.stated("originator", object)
        row.purpose = Self.stated("primaryPackagePurpose", object)
        row.checksums = element.checksums
        var layer = LayerMarks()
        layer.read(spdx: object)
        row.layer = layer.text
        row.layerStack = layer.stack
        if form == .package {
            if let info = object.text("sourceInfo"), OriginMarks.isOrigin(info) { row.sourceInfo = info }
            row.path = object.text("packageFileName") ?? ""
        }
        return row
    }

    /// The text of a member; empty if the member is absent or NOASSERTION.
    private static func stated(_ name: String, _ object: JSONObject) -> String {
        guard let place = object.place(of: name), case .string(let text) = object.members[place].value,
            text != SPDXElementCodec.noAssertion
        else { return "" }
        return text
    }
}
