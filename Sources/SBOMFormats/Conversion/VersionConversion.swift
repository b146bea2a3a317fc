internal import ByteStreams
internal import StructuredText

/// Puts a document into another version or syntax of its own family, and carries what that cannot hold.
struct VersionConversion {
    let family: DocumentFamily
    let limits: Limits
    private(set) var report = ConversionReport()

    init(family: DocumentFamily, limits: Limits) {
        self.family = family
        self.limits = limits
    }

    // MARK: What is carried

    /// Puts back what a document carries of its own family; gives whether there was anything.
    mutating func restore(_ content: inout JSONObject) -> Bool {
        var isFound = false
        if family == .spdx {
            for list in ["packages", "files"] {
                // Most documents have no annotations at all.
                guard content.hasMember("annotations", inObjectsOf: list) else { continue }
                content.changeObjects(list) { restore(annotationsOf: &$0, order: SPDXOrder.element, &isFound) }
            }
            restore(annotationsOf: &content, order: SPDXOrder.document, &isFound)
        } else {
            content.changeObjects("components") { restore(component: &$0, &isFound) }
            content.changeObject("metadata") { metadata in
                metadata.changeObject("component") { restore(component: &$0, &isFound) }
            }
            restore(documentOf: &content, &isFound)
        }
        return isFound
    }

    private mutating func restore(
        annotationsOf object: inout JSONObject, order: MemberOrder, _ isFound: inout Bool
    ) {
        let entries = PatchCarrier.takeAnnotations(from: &object, of: .spdx, limits: limits)
        guard !entries.isEmpty else { return }
        isFound = true
        report.refuse(GuardedPatch.restore(entries, in: &object), of: family)
        object.arrange(order)
    }

    private mutating func restore(component: inout JSONObject, _ isFound: inout Bool) {
        component.changeObjects("components") { restore(component: &$0, &isFound) }
        let entries = PatchCarrier.takeProperties(from: &component, of: .cycloneDX, limits: limits)
        guard !entries.isEmpty else { return }
        isFound = true
        report.refuse(GuardedPatch.restore(entries, in: &component), of: family)
        component.arrange(CycloneDXOrder.component)
    }

    private mutating func restore(documentOf content: inout JSONObject, _ isFound: inout Bool) {
        var entries: [GuardedPatch.Entry] = []
        content.changeObject("metadata") { metadata in
            entries = PatchCarrier.takeProperties(from: &metadata, of: .cycloneDX, limits: limits)
        }
        // There was none, or an empty one, before it had to hold what is carried, unless something goes into it.
        if !entries.isEmpty, content["metadata"]?.objectContent?.isEmpty == true,
            !entries.contains(where: { $0.path.hasPrefix("metadata/") })
        {
            _ = content.take("metadata")
            // An empty one comes again.
            if !entries.contains(where: { $0.path == "metadata" && $0.value != nil }) {
                content.shiftForeignElements(by: -1)
            }
        }
        entries += takeForeignElements(from: &content)
        guard !entries.isEmpty else { return }
        isFound = true
        report.refuse(GuardedPatch.restore(entries, in: &content), of: family)
        content.arrange(CycloneDXOrder.document)
        content.changeObject("metadata") { $0.arrange(CycloneDXOrder.metadata) }
    }

    /// Writes into `content` what of `original` it does not say.
    ///
    /// `read` is what will be read of it, which may be less; `canCarry` says whether the version has a place for what is
    /// carried, and whether it is wanted.
    mutating func carry(
        _ original: JSONObject, asRead read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        if family == .spdx {
            carrySPDX(original, asRead: read, in: &content, canCarry: canCarry)
        } else {
            carryCycloneDX(original, asRead: read, in: &content, canCarry: canCarry)
        }
    }

    private mutating func carrySPDX(
        _ original: JSONObject, asRead read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        let created = content["creationInfo"]?.objectContent?.text("created") ?? "1970-01-01T00:00:00Z"
        let annotator = SPDXElementCodec(
            setting: CodecContext(created: created, tool: "", licenses: ExtractedLicenses()))
        var original = original
        var read = read
        for list in ["packages", "files"] {
            guard let ours = original.allObjects(list), let theirs = read.allObjects(list),
                ours.count == theirs.count, content.allObjects(list)?.count == ours.count
            else { continue }
            _ = original.take(list)
            _ = read.take(list)
            var index = 0
            content.changeObjects(list) { object in
                let entries = GuardedPatch.entries(of: ours[index], missingFrom: theirs[index])
                index += 1
                report.count(entries, of: family, isCarried: canCarry)
                guard canCarry else { return }
                object.appendItems(
                    entries.map { annotator.annotation(PatchCarrier.comment($0, of: .spdx), by: PatchCarrier.tool) },
                    to: "annotations", order: SPDXOrder.element)
            }
        }
        let entries = Self.withoutVersion(GuardedPatch.entries(of: original, missingFrom: read))
        report.count(entries, of: family, isCarried: canCarry)
        guard canCarry else { return }
        content.appendItems(
            entries.map { annotator.annotation(PatchCarrier.comment($0, of: .spdx), by: PatchCarrier.tool) },
            to: "annotations",
            order: SPDXOrder.document)
    }

    /// Whether a document says all that another does, but for its version.
    static func isWhole(_ read: JSONObject, comparedWith original: JSONObject) -> Bool {
        withoutVersion(GuardedPatch.entries(of: original, missingFrom: read)).isEmpty
    }

    /// The version is what was asked for, on the way back too.
    private static func withoutVersion(_ entries: [GuardedPatch.Entry]) -> [GuardedPatch.Entry] {
        entries.filter { $0.path != "specVersion" && $0.path != "spdxVersion" }
    }

    private mutating func carryCycloneDX(
        _ original: JSONObject, asRead read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        var original = original
        var read = read
        carryComponents(&original, &read, in: &content, canCarry: canCarry)
        var metadata = (original["metadata"]?.objectContent, read["metadata"]?.objectContent)
        if let ours = metadata.0?["component"]?.objectContent, let theirs = metadata.1?["component"]?.objectContent,
            content["metadata"]?.objectContent?["component"]?.objectContent != nil
        {
            content.changeObject("metadata") { outer in
                outer.changeObject("component") { carry(component: ours, theirs, in: &$0, canCarry: canCarry) }
            }
            // Not taken out, so that neither is taken for empty.
            metadata.0?.set("component", .null)
            metadata.1?.set("component", .null)
            original.set("metadata", .object(metadata.0 ?? JSONObject()))
            read.set("metadata", .object(metadata.1 ?? JSONObject()))
        }
        var entries = Self.withoutVersion(GuardedPatch.entries(of: original, missingFrom: read))
        if !entries.isEmpty, read["metadata"]?.objectContent?.isEmpty == true {
            // Once what is carried is taken out of it again, there will be none.
            _ = read.take("metadata")
            entries = Self.withoutVersion(GuardedPatch.entries(of: original, missingFrom: read))
        }
        if let metadata = original["metadata"]?.objectContent, metadata["properties"] == .array([]) {
            let isAlone = metadata.count == 1
            Self.keep(
                isAlone ? .object(metadata) : .array([]), at: isAlone ? "metadata" : "metadata/properties", in: &entries
            )
        }
        report.count(entries, of: family, isCarried: canCarry)
        guard canCarry, !entries.isEmpty else { return }
        var holder = content["metadata"]?.objectContent ?? JSONObject()
        holder.appendItems(
            entries.map { PatchCarrier.property($0, of: .cycloneDX) }, to: "properties", order: CycloneDXOrder.metadata)
        if content["metadata"] == nil {
            content.place("metadata", .object(holder), order: CycloneDXOrder.document)
            content.shiftForeignElements(by: 1)
        } else {
            content.set("metadata", .object(holder))
        }
    }

    /// Says that an empty list was there before it had to hold what is carried, if anything is.
    private static func keep(_ value: JSONValue, at path: String, in entries: inout [GuardedPatch.Entry]) {
        guard !entries.isEmpty, !entries.contains(where: { $0.path == path }) else { return }
        entries.append(GuardedPatch.Entry(path: path, guardHash: nil, value: value))
    }

    // MARK: CycloneDX 1.2 in XML

    /// The namespace of the elements that carry what CycloneDX 1.2, which has no properties, has no place for.
    private static let namespace = "urn:sbomkit:carried"

    /// Writes into `content` what of `original` it does not say, as elements of a namespace of our own at its end.
    mutating func carryInForeignElements(
        _ original: JSONObject, asRead read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        let entries = Self.withoutVersion(GuardedPatch.entries(of: original, missingFrom: read))
        report.count(entries, of: family, isCarried: canCarry)
        guard canCarry, !entries.isEmpty else { return }
        var note = content.take("#xml")?.objectContent ?? JSONObject()
        var namespaces = note["namespaces"]?.objectContent ?? JSONObject()
        var prefix = "sbomkit"
        while namespaces[prefix] != nil { prefix += "-" }
        namespaces.append(prefix, .string(Self.namespace))
        note.set("namespaces", .object(namespaces))
        var extras = note["extras"]?.arrayContent ?? []
        for entry in entries {
            let element =
                "<\(prefix):carried name=\"\(Self.escaped(entry.label))\">\(Self.escaped(entry.text))</\(prefix):carried>"
            // Behind all others.
            extras.append([1_000_000, .string(element)])
        }
        note.set("extras", .array(extras))
        content.append("#xml", .object(note))
    }

    /// Takes what such elements carry out of a document.
    private func takeForeignElements(from content: inout JSONObject) -> [GuardedPatch.Entry] {
        guard var note = content["#xml"]?.objectContent, var namespaces = note["namespaces"]?.objectContent,
            let prefix = namespaces.members.first(where: { $0.value.textContent == Self.namespace })?.name,
            let extras = note["extras"]?.arrayContent
        else { return [] }
        var kept: [JSONValue] = []
        var entries: [GuardedPatch.Entry] = []
        for extra in extras {
            guard let piece = extra.arrayContent?.last?.textContent, piece.hasPrefix("<\(prefix):carried"),
                let document = try? XMLDocument(
                    parsing: Array("<x xmlns:\(prefix)=\"\(Self.namespace)\">\(piece)</x>".utf8), limits: limits),
                let element = document.root.element("carried", in: Self.namespace),
                let entry = GuardedPatch.Entry(
                    label: element["name"] ?? "", text: element.text, limits: limits)
            else {
                kept.append(extra)
                continue
            }
            entries.append(entry)
        }
        guard !entries.isEmpty else { return [] }
        _ = namespaces.take(prefix)
        if namespaces.isEmpty { _ = note.take("namespaces") } else { note.set("namespaces", .object(namespaces)) }
        if kept.isEmpty { _ = note.take("extras") } else { note.set("extras", .array(kept)) }
        if note.isEmpty { _ = content.take("#xml") } else { content.set("#xml", .object(note)) }
        return entries
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private mutating func carry(
        component original: JSONObject, _ read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        var original = original
        var read = read
        carryComponents(&original, &read, in: &content, canCarry: canCarry)
        var entries = GuardedPatch.entries(of: original, missingFrom: read)
        if original["properties"] == .array([]) { Self.keep(.array([]), at: "properties", in: &entries) }
        report.count(entries, of: family, isCarried: canCarry)
        guard canCarry else { return }
        content.appendItems(
            entries.map { PatchCarrier.property($0, of: .cycloneDX) }, to: "properties", order: CycloneDXOrder.component
        )
    }

    /// Each component carries its own, as long as they are the same ones; then they are taken out of the two.
    private mutating func carryComponents(
        _ original: inout JSONObject, _ read: inout JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        guard let ours = original.allObjects("components"), let theirs = read.allObjects("components"),
            ours.count == theirs.count, content.allObjects("components")?.count == ours.count, !ours.isEmpty
        else { return }
        _ = original.take("components")
        _ = read.take("components")
        var index = 0
        content.changeObjects("components") { component in
            carry(component: ours[index], theirs[index], in: &component, canCarry: canCarry)
            index += 1
        }
    }

    // MARK: Versions

    /// Makes a document one of another version.
    ///
    /// What has only been renamed or put elsewhere goes there; what the version does not know is taken out, unless the
    /// document is not to be fitted to the schema.
    func revise(
        _ content: inout JSONObject, to version: String, fits: Bool, _ defaults: DocumentDefaults
    ) throws {
        switch family {
        case .spdx:
            content.set("spdxVersion", .string("SPDX-\(version)"))
        case .cycloneDX:
            guard let version = CycloneDXVersion(rawValue: version) else { break }
            content.set("specVersion", .string(version.rawValue))
            if content["bomFormat"] == nil { content.place("bomFormat", "CycloneDX", order: CycloneDXOrder.document) }
            if content.text("$schema")?.hasPrefix("http://cyclonedx.org/schema/bom-") == true {
                content.set("$schema", .string(version.schemaAddress))
            }
            content.changeObject("metadata") { revise(metadata: &$0, to: version) }
            if version < .v1_7 { content.changeObjects("components") { revise(component: &$0, to: version) } }
        }
        if fits { try SchemaPruning(family: family, version: version, isStrict: true, defaults).fit(&content) }
    }

    private func revise(metadata: inout JSONObject, to version: CycloneDXVersion) {
        if version < .v1_5, let tools = metadata["tools"]?.objectContent {
            var items: [JSONValue] = []
            for (_, component) in tools.objects("components") {
                var tool = JSONObject()
                let vendor =
                    component.text("publisher") ?? component["supplier"]?.objectContent?.text("name")
                    ?? component.text("group")
                tool.appendText("vendor", vendor)
                tool.appendText("name", component.text("name"))
                tool.appendText("version", component.text("version"))
                if let hashes = component["hashes"] { tool.append("hashes", hashes) }
                items.append(.object(tool))
            }
            metadata.set("tools", .array(items))
        }
        if version < .v1_6, metadata["manufacture"] == nil, let maker = metadata.take("manufacturer") {
            metadata.place("manufacture", maker, order: CycloneDXOrder.metadata)
        }
        if version < .v1_7 {
            Self.leaveOneExpression(in: &metadata)
            metadata.changeObject("component") { revise(component: &$0, to: version) }
        }
    }

    /// Before 1.7 an expression stands alone.
    private static func leaveOneExpression(in object: inout JSONObject) {
        if let licenses = object["licenses"]?.arrayContent, licenses.count > 1,
            let expression = licenses.first(where: { $0.objectContent?["expression"] != nil })
        {
            object.set("licenses", [expression])
        }
    }

    private func revise(component: inout JSONObject, to version: CycloneDXVersion) {
        if version < .v1_6, component["author"] == nil, let authors = component["authors"]?.arrayContent,
            authors.count == 1, let author = authors.first?.objectContent, let name = author.text("name")
        {
            _ = component.take("authors")
            let text = name + (author.text("email").map { " <\($0)>" } ?? "")
            component.place("author", .string(text), order: CycloneDXOrder.component)
        }
        Self.leaveOneExpression(in: &component)
        component.changeObjects("components") { revise(component: &$0, to: version) }
    }

    // MARK: Syntaxes

    /// A document without the members that keep what only XML or tag-value can say.
    ///
    /// As deep as the document, for which there is a limit.
    static func withoutReserved(_ object: JSONObject) -> JSONObject {
        JSONObject(
            object.members.compactMap { member in
                member.name.utf8.first == UInt8(ascii: "#")
                    ? nil : JSONObject.Member(name: member.name, value: withoutReserved(member.value))
            })
    }

    private static func withoutReserved(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object): .object(withoutReserved(object))
        case .array(let items): .array(items.map(withoutReserved))
        case .null, .bool, .number, .string: value
        }
    }
}

extension JSONObject {
    /// The elements of an array if all of them are objects.
    func allObjects(_ name: String) -> [JSONObject]? {
        guard let items = self[name]?.arrayContent else { return nil }
        let objects = items.compactMap(\.objectContent)
        return objects.count == items.count ? objects : nil
    }

    /// Whether one of the objects in an array has that member.
    func hasMember(_ name: String, inObjectsOf list: String) -> Bool {
        guard case .array(let items) = self[list] else { return false }
        return items.contains { item in
            if case .object(let object) = item { object.place(of: name) != nil } else { false }
        }
    }

    /// Changes a member that is an object, without copying it.
    mutating func changeObject(_ name: String, _ change: (inout JSONObject) -> Void) {
        guard let index = members.lastIndex(where: { $0.name.isIdentical(to: name) }),
            case .object(var object) = members[index].value
        else { return }
        members[index].value = .null
        change(&object)
        members[index].value = .object(object)
    }

    /// Changes the objects in a member that is an array, without copying them.
    mutating func changeObjects(_ name: String, _ change: (inout JSONObject) -> Void) {
        guard let index = members.lastIndex(where: { $0.name.isIdentical(to: name) }),
            case .array(var items) = members[index].value
        else { return }
        members[index].value = .null
        for place in items.indices {
            guard case .object(var object) = items[place] else { continue }
            items[place] = .null
            change(&object)
            items[place] = .object(object)
        }
        members[index].value = .array(items)
    }
}
