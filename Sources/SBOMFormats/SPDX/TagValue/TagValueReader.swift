internal import StructuredText

/// Makes the JSON form of a document from its tags, in one pass.
struct TagValueReader {
    private let sequence: TagValueSequence
    private let makesPlaces: Bool
    private let tags = SPDXTag.all
    private(set) var map = TagValuePlaces()
    private(set) var oddities: [TagValueText.Oddity] = []
    private(set) var oddityCount = 0

    // The members of all objects of each section, by the section's number.
    private var objects = [[[JSONObject.Member]]](repeating: [], count: SPDXTag.Section.allCases.count)
    // Which members the last object of each section has, and where, by section and slot.
    private var present = [UInt32](repeating: 0, count: SPDXTag.Section.allCases.count)
    private var memberIndexes = [Int](repeating: 0, count: SPDXTag.Section.allCases.count * SPDXTag.slotCount)
    // The element that tags are about now.
    private var current = SPDXTag.Section.document
    private var fileOwners: [Int?] = []
    private var artifactOwners: [Int] = []
    private var annotations: [Annotation] = []
    private var hasOpenReference = false
    private var hasOpenRelationship = false

    private struct Annotation {
        /// The element that it follows.
        let section: SPDXTag.Section
        let object: Int
        let pair: Int
        var target: String?
    }

    init(_ text: TagValueText, makesPlaces: Bool) {
        sequence = text.sequence
        self.makesPlaces = makesPlaces
        objects[SPDXTag.Section.document.rawValue] = [[]]
        objects[SPDXTag.Section.creation.rawValue] = [[]]
    }

    /// The document; nil if it does not say its version.
    mutating func read() -> JSONObject? {
        let bytes = sequence.bytes
        for (index, pair) in sequence.pairs.enumerated() {
            let known: Int
            if let tag = pair.tag {
                known = Int(tag)
            } else if let found = SPDXTagNames.all.find(bytes.span, pair.name) {
                known = found.index
            } else {
                place(index, in: current)
                continue
            }
            take(tags[known], String(decoding: bytes[pair.value], as: UTF8.self), index)
        }
        guard present[SPDXTag.Section.document.rawValue] & 1 != 0 else { return nil }
        return document()
    }

    private mutating func note(_ kind: SPDXTagValueNotice.Kind, _ pair: Int) {
        oddityCount += 1
        guard oddities.count < SPDXTagValueNotice.limit else { return }
        let name = sequence.pairs[pair].name
        oddities.append(
            TagValueText.Oddity(
                kind: kind, tag: String(decoding: sequence.bytes[name], as: UTF8.self), offset: name.lowerBound))
    }

    private mutating func place(_ pair: Int, in section: SPDXTag.Section, _ tag: SPDXTag? = nil, item: Int? = nil) {
        guard makesPlaces else { return }
        map.add(
            TagValuePlaces.Entry(
                section: section, object: objects[section.rawValue].count - 1, member: tag?.member, item: item,
                name: sequence.pairs[pair].name))
    }

    // What the document has no place for stays in the layout only.
    private mutating func refuse(_ kind: SPDXTagValueNotice.Kind, _ pair: Int) {
        note(kind, pair)
        place(pair, in: current)
    }

    private mutating func take(_ tag: SPDXTag, _ value: String, _ pair: Int) {
        switch tag.form {
        case .start: return start(tag, value, pair)
        case .relationship: return startRelationship(tag, value, pair)
        case .id: return takeID(value, pair)
        case .line, .version, .text, .lines, .texts, .flag, .purpose, .checksums, .verificationCode,
            .externalReferences, .externalReferenceComment, .externalDocuments, .byteRange, .lineRange, .annotated:
            break
        }
        let section = tag.section
        switch section {
        case .document, .creation: break
        case .review, .annotation, .artifact, .relationship:
            guard !objects[section.rawValue].isEmpty, section != .relationship || hasOpenRelationship else {
                return refuse(.misplaced, pair)
            }
        case .package, .file, .snippet, .license:
            guard !objects[section.rawValue].isEmpty else { return refuse(.misplaced, pair) }
            if current != section { note(.late, pair) }
        case .elsewhere: return
        }
        switch tag.form {
        case .line, .version, .text: set(tag, .string(value), pair)
        case .lines, .texts: add(tag, .string(value), pair)
        case .flag:
            let small = value.lowercased()
            guard small == "true" || small == "false" else {
                return refuse(.malformed(expected: "\"true\" or \"false\""), pair)
            }
            if small != value { note(.flagSpelling, pair) }
            set(tag, .bool(small == "true"), pair)
        case .purpose: set(tag, .string(TagValueParts.purpose(fromTag: value)), pair)
        case .checksums:
            guard let checksum = TagValueParts.checksum(value[...]) else {
                return refuse(.malformed(expected: "an algorithm, a colon and a checksum"), pair)
            }
            add(tag, checksum, pair)
        case .verificationCode:
            guard let code = TagValueParts.verificationCode(value) else {
                return refuse(.malformed(expected: "a code, and names of files in parentheses"), pair)
            }
            set(tag, code, pair)
        case .externalDocuments:
            guard let document = TagValueParts.externalDocument(value) else {
                return refuse(
                    .malformed(expected: "an identifier, an address, an algorithm, a colon and a checksum"), pair)
            }
            add(tag, document, pair)
        case .externalReferences:
            guard let reference = TagValueParts.externalReference(value) else {
                hasOpenReference = false
                return refuse(.malformed(expected: "a category, a type and a locator"), pair)
            }
            hasOpenReference = true
            add(tag, reference, pair)
        case .externalReferenceComment: addComment(tag, value, pair)
        case .byteRange, .lineRange:
            guard let range = TagValueParts.range(value, tag.form) else {
                return refuse(.malformed(expected: "two whole numbers with a colon between"), pair)
            }
            add(tag, range, pair)
        case .annotated:
            let last = annotations.count - 1
            guard annotations[last].target == nil else { return refuse(.repeated, pair) }
            annotations[last].target = value
            place(pair, in: .annotation)
        case .start, .relationship, .id: break
        }
    }

    private mutating func start(_ tag: SPDXTag, _ value: String, _ pair: Int) {
        let section = tag.section
        switch section {
        case .package, .file, .snippet, .license:
            if section == .file {
                let packages = objects[SPDXTag.Section.package.rawValue].count
                fileOwners.append(packages > 0 ? packages - 1 : nil)
            }
            if section == .package { hasOpenReference = false }
            current = section
        case .annotation:
            annotations.append(Annotation(section: current, object: objects[current.rawValue].count - 1, pair: pair))
        case .artifact:
            guard !fileOwners.isEmpty else { return refuse(.misplaced, pair) }
            if current != .file { note(.late, pair) }
            artifactOwners.append(fileOwners.count - 1)
        case .document, .creation, .review, .relationship, .elsewhere: break
        }
        open(section, [JSONObject.Member(name: tag.member, value: .string(value))], mask: 1 << UInt32(tag.slot))
        place(pair, in: section, tag)
    }

    private mutating func startRelationship(_ tag: SPDXTag, _ value: String, _ pair: Int) {
        let words = TagValueParts.words(value)
        hasOpenRelationship = words.count == 3
        guard hasOpenRelationship else {
            return refuse(.malformed(expected: "an element, a type of relationship and an element"), pair)
        }
        let members = zip(["spdxElementId", "relationshipType", "relatedSpdxElement"], words).map { name, word in
            JSONObject.Member(name: name, value: .string(String(word)))
        }
        open(.relationship, members, mask: 1 << UInt32(tag.slot))
        place(pair, in: .relationship)
    }

    private mutating func takeID(_ value: String, _ pair: Int) {
        guard let index = SPDXTag.bySection[current.rawValue].first(where: { tags[$0].form == .id }) else {
            return refuse(.misplaced, pair)
        }
        set(tags[index], .string(value), pair)
    }

    private mutating func open(_ section: SPDXTag.Section, _ members: [JSONObject.Member], mask: UInt32) {
        objects[section.rawValue].append(members)
        present[section.rawValue] = mask
    }

    private mutating func set(_ tag: SPDXTag, _ value: JSONValue, _ pair: Int) {
        let section = tag.section.rawValue
        let bit: UInt32 = 1 << UInt32(tag.slot)
        guard present[section] & bit == 0 else { return refuse(.repeated, pair) }
        present[section] |= bit
        let last = objects[section].count - 1
        objects[section][last].append(JSONObject.Member(name: tag.member, value: value))
        place(pair, in: tag.section, tag)
    }

    private mutating func add(_ tag: SPDXTag, _ value: JSONValue, _ pair: Int) {
        let section = tag.section.rawValue
        let bit: UInt32 = 1 << UInt32(tag.slot)
        let last = objects[section].count - 1
        let key = section * SPDXTag.slotCount + tag.slot
        var item = 0
        if present[section] & bit == 0 {
            present[section] |= bit
            memberIndexes[key] = objects[section][last].count
            objects[section][last].append(JSONObject.Member(name: tag.member, value: .array([value])))
        } else {
            item = Self.append(value, to: &objects[section][last][memberIndexes[key]].value)
        }
        place(pair, in: tag.section, tag, item: item)
    }

    // The array is taken out before it grows, so that it is not copied.
    private static func append(_ value: JSONValue, to array: inout JSONValue) -> Int {
        guard case .array(var items) = array else { return 0 }
        array = .null
        items.append(value)
        array = .array(items)
        return items.count - 1
    }

    private mutating func addComment(_ tag: SPDXTag, _ value: String, _ pair: Int) {
        let section = tag.section.rawValue
        let last = objects[section].count - 1
        guard hasOpenReference, present[section] & (1 << UInt32(tag.slot)) != 0 else { return refuse(.misplaced, pair) }
        let index = memberIndexes[section * SPDXTag.slotCount + tag.slot]
        guard case .array(var items) = objects[section][last][index].value,
            case .object(var reference) = items.last
        else { return }
        guard reference["comment"] == nil else { return refuse(.repeated, pair) }
        objects[section][last][index].value = .null
        reference.append("comment", .string(value))
        items[items.count - 1] = .object(reference)
        objects[section][last][index].value = .array(items)
        place(pair, in: tag.section, tag, item: items.count - 1)
    }

    private mutating func document() -> JSONObject {
        placeAnnotations()
        for (object, owner) in artifactOwners.enumerated() {
            let artifact = objects[SPDXTag.Section.artifact.rawValue][object]
            let item = attach(.object(JSONObject(artifact)), as: "artifactOfs", to: .file, owner)
            if makesPlaces { map.setOwner(of: .artifact, object, .file, owner, item) }
        }
        referToFiles()
        for (file, owner) in fileOwners.enumerated() {
            guard let owner, let id = text("SPDXID", of: .file, file) else { continue }
            _ = attach(.string(id), as: "hasFiles", to: .package, owner)
        }
        var document = JSONObject(objects[SPDXTag.Section.document.rawValue][0])
        let creation = objects[SPDXTag.Section.creation.rawValue][0]
        if !creation.isEmpty { document.append("creationInfo", .object(JSONObject(creation))) }
        for section in [SPDXTag.Section.license, .review, .file, .package, .snippet, .relationship] {
            let list = objects[section.rawValue]
            if list.isEmpty { continue }
            document.append(SPDXTag.list(of: section), .array(list.map { .object(JSONObject($0)) }))
        }
        return document
    }

    private func text(_ member: String, of section: SPDXTag.Section, _ object: Int) -> String? {
        objects[section.rawValue][object].first { $0.name == member }?.value.textContent
    }

    private mutating func attach(
        _ value: JSONValue, as member: String, to section: SPDXTag.Section, _ object: Int
    ) -> Int {
        let section = section.rawValue
        if let index = objects[section][object].lastIndex(where: { $0.name == member }) {
            return Self.append(value, to: &objects[section][object][index].value)
        }
        objects[section][object].append(JSONObject.Member(name: member, value: .array([value])))
        return 0
    }

    private mutating func placeAnnotations() {
        // Looked for only if an annotation does not follow the element that it is of.
        var elements: [String: (SPDXTag.Section, Int)]?
        for (number, annotation) in annotations.enumerated() {
            var owner = (annotation.section, annotation.object)
            if let target = annotation.target {
                let id = annotation.section == .license ? nil : text("SPDXID", of: owner.0, owner.1)
                if id.map({ $0.utf8.elementsEqual(target.utf8) }) != true {
                    let known = elements ?? identifiers()
                    elements = known
                    guard let found = known[target] else {
                        note(.annotationOfNothing, annotation.pair)
                        continue
                    }
                    owner = found
                }
            } else {
                note(.annotationWithoutReference, annotation.pair)
                if owner.0 == .license { owner = (.document, 0) }
            }
            let members = objects[SPDXTag.Section.annotation.rawValue][number]
            let item = attach(.object(JSONObject(members)), as: "annotations", to: owner.0, owner.1)
            if makesPlaces { map.setOwner(of: .annotation, number, owner.0, owner.1, item) }
        }
    }

    private func identifiers() -> [String: (SPDXTag.Section, Int)] {
        var known: [String: (SPDXTag.Section, Int)] = [:]
        for section in [SPDXTag.Section.document, .package, .file, .snippet] {
            for object in objects[section.rawValue].indices {
                guard let id = text("SPDXID", of: section, object), known[id] == nil else { continue }
                known[id] = (section, object)
            }
        }
        return known
    }

    // The file that a snippet is from may be named after its ranges.
    private mutating func referToFiles() {
        let snippets = SPDXTag.Section.snippet.rawValue
        for object in objects[snippets].indices {
            guard let file = text("snippetFromFile", of: .snippet, object),
                let index = objects[snippets][object].firstIndex(where: { $0.name == "ranges" }),
                case .array(let ranges) = objects[snippets][object][index].value
            else { continue }
            objects[snippets][object][index].value = .array(
                ranges.map { range in
                    JSONValue.object(
                        JSONObject(
                            (range.objectContent?.members ?? []).map { end in
                                var pointer = end.value.objectContent ?? JSONObject()
                                pointer.append("reference", .string(file))
                                return JSONObject.Member(name: end.name, value: .object(pointer))
                            }))
                })
        }
    }
}
