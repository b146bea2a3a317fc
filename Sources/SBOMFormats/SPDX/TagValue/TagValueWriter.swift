internal import SBOMModel
internal import StructuredText

/// Makes tags of the JSON form of a document, in the order of the specification.
///
/// What is written is read as the same again; what cannot be is left out, and listed.
struct TagValueWriter {
    private(set) var sequence = TagValueSequence()
    private(set) var omissions: [SPDXTagValueWriting.Omission] = []
    private let tags = SPDXTag.all
    // The members of the object that is being written, by slot; one array for all objects.
    private var values = [JSONValue?](repeating: nil, count: SPDXTag.slotCount)

    /// The place of an object; the pointer to it is only made to report something.
    private struct Place {
        var list: String
        var index: Int?
        var inner: (list: String, index: Int)?

        var pointer: JSONPointer {
            var pointer = JSONPointer.root
            if !list.isEmpty { pointer = pointer.appending(list) }
            if let index { pointer = pointer.appending(index) }
            if let inner { pointer = pointer.appending(inner.list).appending(inner.index) }
            return pointer
        }
    }

    /// A relationship that another member says.
    private struct Relation: Hashable {
        let from: String
        let type: String
        let to: String
    }

    /// Writes a whole document.
    mutating func write(_ content: JSONObject) {
        let root = Place(list: "")
        write(content, of: .document, at: root)
        if let creation = content["creationInfo"] {
            if let creation = creation.objectContent {
                write(creation, of: .creation, at: Place(list: "creationInfo"))
            } else {
                omit(.type, root, "creationInfo")
            }
        }
        each(content, "revieweds", root) { writer, review, place in writer.write(review, of: .review, at: place) }
        annotate(content, at: root, as: content.text("SPDXID") ?? "SPDXRef-DOCUMENT")

        let packages = content["packages"]?.arrayContent ?? []
        let files = content["files"]?.arrayContent ?? []
        let owned = Self.ownedFiles(of: packages, files)
        var more: [Relation] = []
        checkList(content, "packages", root)
        checkList(content, "files", root)
        let loose = owned.first { !$0.isEmpty }?.lowerBound ?? files.count
        for index in 0..<loose { write(file: files[index], index) }
        for (index, package) in packages.enumerated() {
            let place = Place(list: "packages", index: index)
            guard let package = package.objectContent else {
                omit(.type, place, nil)
                continue
            }
            let isWritten = write(package, of: .package, at: place)
            if isWritten { annotate(package, at: place, as: package.text("SPDXID")) }
            for file in owned[index] { write(file: files[file], file) }
            if owned[index].isEmpty, let names = package["hasFiles"] {
                more += relations(names, from: package.text("SPDXID"), .contains, place, "hasFiles")
            }
        }
        each(content, "snippets", root) { writer, snippet, place in
            if writer.write(snippet, of: .snippet, at: place) {
                writer.annotate(snippet, at: place, as: snippet.text("SPDXID"))
            }
        }
        each(content, "hasExtractedLicensingInfos", root) { writer, license, place in
            writer.write(license, of: .license, at: place)
        }
        if let described = content["documentDescribes"] {
            more += relations(described, from: content.text("SPDXID"), .describes, root, "documentDescribes")
        }
        each(content, "relationships", root) { writer, relationship, place in
            writer.write(relationship, of: .relationship, at: place)
        }
        add(more, to: content)
    }

    /// The files that come after each package: the last ones, as far as `hasFiles` of the last packages has them in order.
    private static func ownedFiles(of packages: [JSONValue], _ files: [JSONValue]) -> [Range<Int>] {
        var owned = [Range<Int>](repeating: 0..<0, count: packages.count)
        var end = files.count
        for index in packages.indices.reversed() {
            guard let package = packages[index].objectContent, package["name"]?.textContent != nil,
                let names = package["hasFiles"]?.arrayContent, !names.isEmpty, names.count <= end
            else { continue }
            let range = end - names.count..<end
            let isOwner = zip(range, names).allSatisfy { file, name in
                guard let file = files[file].objectContent, file["fileName"]?.textContent != nil,
                    let id = file["SPDXID"]?.textContent, let name = name.textContent
                else { return false }
                return id.utf8.elementsEqual(name.utf8)
            }
            if isOwner {
                owned[index] = range
                end = range.lowerBound
            }
        }
        return owned
    }

    private mutating func write(file: JSONValue, _ index: Int) {
        let place = Place(list: "files", index: index)
        guard let file = file.objectContent else { return omit(.type, place, nil) }
        guard write(file, of: .file, at: place) else { return }
        each(file, "artifactOfs", place) { writer, artifact, place in writer.write(artifact, of: .artifact, at: place) }
        annotate(file, at: place, as: file.text("SPDXID"))
    }

    private mutating func annotate(_ element: JSONObject, at place: Place, as id: String?) {
        guard element["annotations"] != nil else { return }
        guard let id else { return omit(.noStart, place, "annotations") }
        guard place.inner == nil else { return }
        each(element, "annotations", place) { writer, annotation, place in
            writer.write(annotation, of: .annotation, at: place, annotating: id)
        }
    }

    private mutating func add(_ relations: [Relation], to content: JSONObject) {
        guard !relations.isEmpty else { return }
        var known: Set<Relation> = []
        for (_, relationship) in content.objects("relationships") {
            guard let from = relationship.text("spdxElementId"), let type = relationship.text("relationshipType"),
                let to = relationship.text("relatedSpdxElement")
            else { continue }
            known.insert(Relation(from: from, type: type, to: to))
        }
        guard let index = tags.firstIndex(where: { $0.form == .relationship }) else { return }
        for relation in relations where known.insert(relation).inserted {
            let words = [relation.from, relation.type, relation.to]
            guard words.allSatisfy({ TagValueParts.isWord($0) }) else { continue }
            append(index, words.joined(separator: " "), Place(list: ""), nil)
        }
    }

    private mutating func relations(
        _ names: JSONValue, from: String?, _ type: Relationship.Kind, _ place: Place, _ member: String
    ) -> [Relation] {
        guard let list = names.arrayContent else {
            omit(.type, place, member)
            return []
        }
        omit(list.isEmpty ? .emptyArray : .relationships, place, member)
        guard let from else { return [] }
        for (number, name) in list.enumerated() where name.textContent.map({ TagValueParts.isWord($0) }) == false {
            omit(.spelling, place, member, number)
        }
        return list.compactMap { name in name.textContent.map { Relation(from: from, type: type.rawValue, to: $0) } }
    }

    private mutating func each(
        _ object: JSONObject, _ list: String, _ place: Place,
        _ body: (inout TagValueWriter, JSONObject, Place) -> Void
    ) {
        checkList(object, list, place)
        for (index, item) in (object[list]?.arrayContent ?? []).enumerated() {
            var inner = place
            if place.list.isEmpty {
                inner = Place(list: list, index: index)
            } else {
                inner.inner = (list, index)
            }
            if let item = item.objectContent { body(&self, item, inner) } else { omit(.type, inner, nil) }
        }
    }

    private mutating func checkList(_ object: JSONObject, _ list: String, _ place: Place) {
        guard let value = object[list] else { return }
        guard let items = value.arrayContent else { return omit(.type, place, list) }
        if items.isEmpty { omit(.emptyArray, place, list) }
    }

    private mutating func omit(
        _ reason: SPDXTagValueWriting.Reason, _ place: Place, _ member: String?, _ item: Int? = nil,
        _ inner: String? = nil
    ) {
        var pointer = place.pointer
        if let member { pointer = pointer.appending(member) }
        if let item { pointer = pointer.appending(item) }
        if let inner { pointer = pointer.appending(inner) }
        omissions.append(SPDXTagValueWriting.Omission(pointer: pointer, reason: reason))
    }

    /// Writes the members of an object that have tags; false, and nothing, if that of the first tag is missing.
    @discardableResult
    private mutating func write(
        _ object: JSONObject, of section: SPDXTag.Section, at place: Place, annotating id: String? = nil
    ) -> Bool {
        for slot in values.indices where values[slot] != nil { values[slot] = nil }
        let slots = SPDXTag.slots[section.rawValue]
        for member in object.members {
            if let slot = slots[member.name] {
                values[slot] = member.value
            } else if !member.name.utf8.starts(with: "#".utf8) {
                omit(.noTag, place, member.name)
            }
        }
        let own = SPDXTag.bySection[section.rawValue]
        if let first = own.first, tags[first].form == .start, values[tags[first].slot]?.textContent == nil {
            omit(.noStart, place, nil)
            return false
        }
        for index in own {
            switch tags[index].form {
            case .relationship:
                guard writeRelationship(object, index, place) else { return false }
            case .annotated:
                if let id { append(index, id, place, nil) }
            case .start, .id, .line, .version, .text, .lines, .texts, .flag, .purpose, .checksums, .verificationCode,
                .externalReferences, .externalReferenceComment, .externalDocuments, .byteRange, .lineRange:
                if let value = values[tags[index].slot] { write(value, as: index, of: object, place) }
            }
        }
        return true
    }

    private mutating func write(_ value: JSONValue, as index: Int, of object: JSONObject, _ place: Place) {
        let tag = tags[index]
        switch tag.form {
        case .start, .id, .line, .text:
            guard case .string(let text) = value else { return omit(.type, place, tag.member) }
            append(index, text, place, tag.member)
        case .version:
            guard case .string(let text) = value else { return omit(.type, place, tag.member) }
            guard !text.isEmpty else { return omit(.emptyValue, place, tag.member) }
            append(index, text, place, tag.member)
        case .purpose:
            guard case .string(let text) = value else { return omit(.type, place, tag.member) }
            append(index, TagValueParts.purpose(fromJSON: text), place, tag.member)
        case .flag:
            guard case .bool(let flag) = value else { return omit(.type, place, tag.member) }
            append(index, flag ? "true" : "false", place, tag.member)
        case .verificationCode: writeVerificationCode(value, index, place)
        case .lines, .texts:
            items(value, tag, place) { writer, item, number in
                guard case .string(let text) = item else { return writer.omit(.type, place, tag.member, number) }
                writer.append(index, text, place, tag.member, number)
            }
        case .checksums:
            items(value, tag, place) { writer, item, number in
                guard let checksum = writer.checksum(item, place, tag.member, number) else { return }
                writer.append(index, checksum, place, tag.member, number)
            }
        case .externalDocuments:
            items(value, tag, place) { $0.writeExternalDocument($1, index, place, $2) }
        case .externalReferences:
            items(value, tag, place) { $0.writeExternalReference($1, index, place, $2) }
        case .byteRange:
            let file = object.text("snippetFromFile")
            items(value, tag, place) { $0.writeRange($1, of: file, place, $2) }
        case .externalReferenceComment, .lineRange, .relationship, .annotated:
            // With the tag that comes before, or with the object.
            break
        }
    }

    private mutating func items(
        _ value: JSONValue, _ tag: SPDXTag, _ place: Place,
        _ body: (inout TagValueWriter, JSONValue, Int) -> Void
    ) {
        guard let items = value.arrayContent else { return omit(.type, place, tag.member) }
        if items.isEmpty { omit(.emptyArray, place, tag.member) }
        for (number, item) in items.enumerated() { body(&self, item, number) }
    }

    /// Lists members that nothing here writes.
    private mutating func check(
        _ object: JSONObject, _ known: [String], _ place: Place, _ member: String, _ item: Int? = nil
    ) {
        for inner in object.members where !known.contains(inner.name) && !inner.name.utf8.starts(with: "#".utf8) {
            omit(.noTag, place, member, item, inner.name)
        }
    }

    private mutating func checksum(_ value: JSONValue, _ place: Place, _ member: String, _ item: Int) -> String? {
        guard let object = value.objectContent, let algorithm = object.text("algorithm"),
            let digest = object.text("checksumValue")
        else {
            omit(.type, place, member, item)
            return nil
        }
        guard let spelled = TagValueParts.spelled(algorithm: algorithm, digest: digest) else {
            omit(.spelling, place, member, item)
            return nil
        }
        if object.count > 2 { check(object, ["algorithm", "checksumValue"], place, member, item) }
        return spelled
    }

    private mutating func writeVerificationCode(_ value: JSONValue, _ index: Int, _ place: Place) {
        let member = tags[index].member
        let (codeName, filesName) = ("packageVerificationCodeValue", "packageVerificationCodeExcludedFiles")
        guard let object = value.objectContent, let code = object.text(codeName) else {
            return omit(.type, place, member)
        }
        guard let bare = TagValueParts.spelled(code: code, excluded: []) else { return omit(.spelling, place, member) }
        check(object, [codeName, filesName], place, member)
        var spelled = bare
        if let files = object[filesName] {
            let names = files.arrayContent?.compactMap { $0.textContent } ?? []
            if files.arrayContent?.count != names.count {
                omit(.type, place, member, nil, filesName)
            } else if names.isEmpty {
                omit(.emptyArray, place, member, nil, filesName)
            } else if let whole = TagValueParts.spelled(code: code, excluded: names) {
                spelled = whole
            } else {
                omit(.spelling, place, member, nil, filesName)
            }
        }
        append(index, spelled, place, member)
    }

    private mutating func writeExternalDocument(_ value: JSONValue, _ index: Int, _ place: Place, _ item: Int) {
        let member = tags[index].member
        guard let object = value.objectContent, let id = object.text("externalDocumentId"),
            let address = object.text("spdxDocument"), let sum = object["checksum"]
        else { return omit(.type, place, member, item) }
        guard let checksum = checksum(sum, place, member, item) else { return }
        guard let spelled = TagValueParts.spelled(id, address, checksum) else {
            return omit(.spelling, place, member, item)
        }
        check(object, ["externalDocumentId", "spdxDocument", "checksum"], place, member, item)
        append(index, spelled, place, member, item)
    }

    private mutating func writeExternalReference(_ value: JSONValue, _ index: Int, _ place: Place, _ item: Int) {
        let member = tags[index].member
        guard let object = value.objectContent, let category = object.text("referenceCategory"),
            let type = object.text("referenceType"), let locator = object.text("referenceLocator")
        else { return omit(.type, place, member, item) }
        let word = TagValueParts.word(locator)
        guard let spelled = TagValueParts.spelled(category, type, word) else {
            return omit(.spelling, place, member, item)
        }
        if word.utf8.count != locator.utf8.count { omit(.blank, place, member, item, "referenceLocator") }
        let comment = object["comment"]
        if object.count > (comment == nil ? 3 : 4) {
            check(object, ["referenceCategory", "referenceType", "referenceLocator", "comment"], place, member, item)
        }
        append(index, spelled, place, member, item)
        guard let comment else { return }
        guard let text = comment.textContent else { return omit(.type, place, member, item, "comment") }
        guard let next = tags.firstIndex(where: { $0.form == .externalReferenceComment }) else { return }
        append(next, text, place, member, item, "comment")
    }

    private mutating func writeRange(_ value: JSONValue, of file: String?, _ place: Place, _ item: Int) {
        let form: SPDXTag.Form
        let ends: [String]
        func numbers(_ object: JSONObject, _ member: String) -> [String]? {
            var numbers: [String] = []
            for name in ["startPointer", "endPointer"] {
                guard let end = object[name]?.objectContent, end.count == (file == nil ? 1 : 2),
                    end.text("reference") == file, case .number(let number) = end[member],
                    TagValueParts.number(number.digits[...]) != nil
                else { return nil }
                numbers.append(number.digits)
            }
            return object.count == 2 ? numbers : nil
        }
        guard let object = value.objectContent else { return omit(.type, place, "ranges", item) }
        if let bytes = numbers(object, "offset") {
            (form, ends) = (.byteRange, bytes)
        } else if let lines = numbers(object, "lineNumber") {
            (form, ends) = (.lineRange, lines)
        } else {
            return omit(.range, place, "ranges", item)
        }
        guard let index = tags.firstIndex(where: { $0.form == form }) else { return }
        append(index, ends.joined(separator: ":"), place, "ranges", item)
    }

    private mutating func writeRelationship(_ object: JSONObject, _ index: Int, _ place: Place) -> Bool {
        guard let from = object.text("spdxElementId"), let type = object.text("relationshipType"),
            let to = object.text("relatedSpdxElement")
        else {
            omit(.noStart, place, nil)
            return false
        }
        guard TagValueParts.isWord(from), TagValueParts.isWord(type), TagValueParts.isWord(to) else {
            omit(.spelling, place, nil)
            return false
        }
        append(index, TagValueParts.joined(from, type, to), place, nil)
        return true
    }

    private mutating func append(
        _ index: Int, _ text: String, _ place: Place, _ member: String?, _ item: Int? = nil, _ inner: String? = nil
    ) {
        let tag = tags[index].index
        let value = text.utf8Span.span
        guard !TagValueSpelling.isWritable(value, 0..<value.count) else { return sequence.append(tag, text.utf8) }
        omit(.closing, place, member, item, inner)
        var spoilt: [UInt8] = []
        var rest = 0
        while let end = TagValueSpelling.closing(in: value, rest..<value.count) {
            for place in rest..<end { spoilt.append(value[place]) }
            spoilt += "< /text>".utf8
            rest = end + TagValueSpelling.closing.count
        }
        for place in rest..<value.count { spoilt.append(value[place]) }
        sequence.append(tag, spoilt)
    }
}
