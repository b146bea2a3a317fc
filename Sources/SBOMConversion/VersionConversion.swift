internal import ByteStreams
internal import SBOMFormats
internal import StructuredText

/// Converts a document to another version or syntax of its family, and carries what that cannot hold.
struct VersionConversion {
    let family: DocumentFamily
    let limits: Limits
    /// Whether entries were added to a document.
    private(set) var hasCarried = false
    private(set) var report = ConversionReport()
    /// The number of members that the document may still carry.
    private(set) var budget: CarrierBudget

    init(family: DocumentFamily, limits: Limits, budget: CarrierBudget = .unlimited) {
        self.family = family
        self.limits = limits
        self.budget = budget
    }

    // MARK: Carriers

    /// Restores what a document carries of its own family, and returns whether it carries anything.
    ///
    /// Carriers are believed if the restored document says what this document says, once it is written again in this
    /// version and syntax. `again` writes and reads it, in one of `ways` that a conversion may have taken. Carriers of
    /// elements that differ are dropped, and all carriers if others still do not agree.
    mutating func restore(
        _ content: inout JSONObject, ways: Int,
        again: (_ restored: JSONObject, _ plain: JSONObject, _ way: Int) throws -> JSONObject
    ) -> Bool {
        var carried = takeCarriers(from: &content)
        guard !carried.isEmpty else { return false }
        let plain = content
        var refused = put(carried, in: &content)
        var naturalAgain: [Int: JSONObject] = [:]
        for round in 0...Limits.carrierRounds {
            // What cannot be written at all agrees with nothing.
            var lies: Set<Int>?
            for way in 0..<ways where lies?.isEmpty != true {
                let found = try? disagreements(again(content, plain, way), with: plain) {
                    let known = try naturalAgain[way] ?? again(plain, plain, way)
                    naturalAgain[way] = known
                    return known
                }
                if let found, found.count <= lies?.count ?? .max { lies = found }
            }
            if lies?.isEmpty == true { break }
            let doubtful = lies?.intersection(carried.keys) ?? []
            let all = doubtful.isEmpty || round + 1 >= Limits.carrierRounds
            for (holder, entries) in carried.sorted(by: { $0.key < $1.key }) where all || doubtful.contains(holder) {
                report.reject(entries, of: family, in: label(of: holder, in: plain))
                carried[holder] = nil
            }
            content = plain
            refused = put(carried, in: &content)
            if all { break }
        }
        report.refuse(refused, of: family)
        return true
    }

    /// The number of the document among the holders of carriers; elements are counted from 0.
    private static let documentHolder = -1

    /// Removes the carriers of the document and of all elements, and returns them by holder.
    private mutating func takeCarriers(from content: inout JSONObject) -> [Int: [GuardedPatch.Entry]] {
        var carried: [Int: [GuardedPatch.Entry]] = [:]
        let (family, limits) = (family, limits)
        switch family {
        case .spdx:
            var number = 0
            for list in ["packages", "files"] {
                // Most documents have no annotations at all.
                guard content.hasMember("annotations", inObjectsOf: list) else {
                    number += content[list]?.arrayContent?.count { $0.objectContent != nil } ?? 0
                    continue
                }
                content.changeObjects(list) { object in
                    let entries = PatchCarrier.takeAnnotations(from: &object, of: family, limits: limits)
                    if !entries.isEmpty { carried[number] = entries }
                    number += 1
                }
            }
            let entries = PatchCarrier.takeAnnotations(from: &content, of: family, limits: limits)
            if !entries.isEmpty { carried[Self.documentHolder] = entries }
        case .cycloneDX:
            Self.changeComponents(of: &content) { component, number in
                let entries = PatchCarrier.takeProperties(from: &component, of: family, limits: limits)
                if !entries.isEmpty { carried[number] = entries }
            }
            let entries = takeDocumentCarriers(from: &content)
            if !entries.isEmpty { carried[Self.documentHolder] = entries }
        }
        return carried
    }

    private func takeDocumentCarriers(from content: inout JSONObject) -> [GuardedPatch.Entry] {
        var entries: [GuardedPatch.Entry] = []
        content.changeObject("metadata") { metadata in
            entries = PatchCarrier.takeProperties(from: &metadata, of: .cycloneDX, limits: limits)
        }
        // Without carriers there would be no `metadata`, or an empty one, unless an entry restores a member in it.
        if !entries.isEmpty, content["metadata"]?.objectContent?.isEmpty == true,
            !entries.contains(where: { $0.path.hasPrefix("metadata/") })
        {
            _ = content.take("metadata")
            // An entry restores the empty one.
            if !entries.contains(where: { $0.path == "metadata" && $0.value != nil }) {
                content.shiftForeignElements(by: -1)
            }
        }
        return entries + takeForeignElements(from: &content)
    }

    /// Restores the entries of all holders, and returns those whose place was edited since.
    private func put(_ carried: [Int: [GuardedPatch.Entry]], in content: inout JSONObject) -> [GuardedPatch.Entry] {
        var refused: [GuardedPatch.Entry] = []
        func put(_ holder: Int, in object: inout JSONObject, _ order: MemberOrder) {
            guard let entries = carried[holder] else { return }
            refused += GuardedPatch.restore(entries, in: &object)
            object.arrange(order)
        }
        switch family {
        case .spdx:
            var number = 0
            for list in ["packages", "files"] {
                content.changeObjects(list) { object in
                    put(number, in: &object, SPDXOrder.element)
                    number += 1
                }
            }
            put(Self.documentHolder, in: &content, SPDXOrder.document)
        case .cycloneDX:
            Self.changeComponents(of: &content) { put($1, in: &$0, CycloneDXOrder.component) }
            put(Self.documentHolder, in: &content, CycloneDXOrder.document)
            if carried[Self.documentHolder] != nil {
                content.changeObject("metadata") { $0.arrange(CycloneDXOrder.metadata) }
            }
        }
        return refused
    }

    /// Changes all components, each after those inside of it; they are counted in the order of the document, that of
    /// `metadata` last.
    private static func changeComponents(of content: inout JSONObject, _ change: (inout JSONObject, Int) -> Void) {
        var number = 0
        // The recursion is as deep as the document, whose depth is bounded.
        func visit(_ component: inout JSONObject) {
            let own = number
            number += 1
            component.changeObjects("components", visit)
            change(&component, own)
        }
        content.changeObjects("components", visit)
        content.changeObject("metadata") { $0.changeObject("component", visit) }
    }

    /// The elements of a document without what is inside of them, and the document without its elements, which comes
    /// first, by the numbers of those that carry something.
    private func pieces(of document: JSONObject) -> [JSONObject] {
        var content = Self.withoutReserved(document)
        for name in ["specVersion", "spdxVersion", "$schema", "bomFormat"] { _ = content.take(name) }
        Self.leaveOutEmptyHolder(in: &content)
        var pieces: [Int: JSONObject] = [:]
        switch family {
        case .spdx:
            var number = 0
            for list in ["packages", "files"] {
                content.changeObjects(list) { object in
                    Self.leaveOutEmptyHolder(in: &object)
                    pieces[number] = object
                    object = JSONObject()
                    number += 1
                }
            }
        case .cycloneDX:
            Self.changeComponents(of: &content) { component, number in
                Self.leaveOutEmptyHolder(in: &component)
                // What is inside of it has become empty, and is counted all the same.
                pieces[number] = component
                let inside = component["components"]
                component = JSONObject()
                if let inside { component.append("components", inside) }
            }
        }
        return [content] + pieces.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Removes an empty list: it may have existed only to hold carriers, or may be absent only because it held nothing else.
    private static func leaveOutEmptyHolder(in object: inout JSONObject) {
        for name in ["properties", "annotations"] where object[name] == .array([]) { _ = object.take(name) }
        object.changeObject("metadata") { if $0["properties"] == .array([]) { _ = $0.take("properties") } }
        if object["metadata"]?.objectContent?.isEmpty == true { _ = object.take("metadata") }
    }

    /// The holders that differ both from the document and from the document without carriers.
    private func disagreements(
        _ again: JSONObject, with plain: JSONObject, or natural: () throws -> JSONObject
    ) throws -> Set<Int> {
        let (ours, theirs) = (pieces(of: plain), pieces(of: again))
        var different: [Int: Set<String>] = [:]
        if ours.count == theirs.count {
            for index in ours.indices {
                let names = Self.differentMembers(ours[index], theirs[index])
                if !names.isEmpty { different[index] = names }
            }
            if different.isEmpty { return [] }
        }
        let known = pieces(of: try natural())
        guard known.count == theirs.count else { return Set(ours.indices.map { $0 - 1 }) }
        if ours.count != theirs.count {
            for index in known.indices { different[index] = Self.differentMembers(known[index], theirs[index]) }
        }
        return Set(
            different.filter { index, names in
                !Self.differentMembers(known[index], theirs[index]).isDisjoint(with: names)
            }.map { $0.key - 1 })
    }

    private static func differentMembers(_ one: JSONObject, _ other: JSONObject) -> Set<String> {
        if one.isSemanticallyEqual(to: other) { return [] }
        return Set(GuardedPatch.entries(of: one, missingFrom: other).map { String($0.path.prefix { $0 != "/" }) })
    }

    private func label(of holder: Int, in document: JSONObject) -> String {
        guard holder >= 0 else { return "" }
        let elements = pieces(of: document)
        guard holder + 1 < elements.count else { return "" }
        let element = elements[holder + 1]
        return element.text("SPDXID") ?? element.text("bom-ref") ?? element.text("name") ?? ""
    }

    /// Adds to `content` the residue of `original`.
    ///
    /// `read` is what a reader will read of `content`, which may be less. `canCarry` is whether the version can hold carriers
    /// and the caller wants them.
    mutating func carry(
        _ original: JSONObject, asRead read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        switch family {
        case .spdx: carrySPDX(original, asRead: read, in: &content, canCarry: canCarry)
        case .cycloneDX: carryCycloneDX(original, asRead: read, in: &content, canCarry: canCarry)
        }
    }

    /// Reports the entries of one holder as carried or dropped, and returns whether they are carried.
    private mutating func admit(_ entries: [GuardedPatch.Entry], canCarry: Bool) -> Bool {
        let isCarried = canCarry && budget.admits(entries.count)
        report.count(entries, of: family, isCarried: isCarried)
        if isCarried, !entries.isEmpty { hasCarried = true }
        return isCarried
    }

    private mutating func carrySPDX(
        _ original: JSONObject, asRead read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        let created = content["creationInfo"]?.objectContent?.text("created") ?? "1970-01-01T00:00:00Z"
        func annotation(_ entry: GuardedPatch.Entry) -> JSONValue {
            SPDXElementCodec.annotation(PatchCarrier.comment(entry, of: .spdx), by: PatchCarrier.tool, on: created)
        }
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
                // An element cannot do without an identifier, so it keeps the one that it got.
                let entries = GuardedPatch.entries(of: ours[index], missingFrom: theirs[index])
                    .filter { $0.path != "SPDXID" || $0.value != nil }
                index += 1
                guard admit(entries, canCarry: canCarry) else { return }
                object.appendItems(
                    entries.map(annotation),
                    to: "annotations", order: SPDXOrder.element)
            }
        }
        let entries = Self.withoutVersion(GuardedPatch.entries(of: original, missingFrom: read))
        guard admit(entries, canCarry: canCarry) else { return }
        content.appendItems(
            entries.map(annotation),
            to: "annotations",
            order: SPDXOrder.document)
    }

    /// Whether a document states everything that another states, apart from the version.
    static func isWhole(_ read: JSONObject, comparedWith original: JSONObject) -> Bool {
        withoutVersion(GuardedPatch.entries(of: original, missingFrom: read)).isEmpty
    }

    /// The version is always the one that was requested, so it is not carried.
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
            // Replaced instead of removed, so that neither counts as empty.
            metadata.0?.set("component", .null)
            metadata.1?.set("component", .null)
            original.set("metadata", .object(metadata.0 ?? JSONObject()))
            read.set("metadata", .object(metadata.1 ?? JSONObject()))
        }
        var entries = Self.withoutVersion(GuardedPatch.entries(of: original, missingFrom: read))
        if !entries.isEmpty, read["metadata"]?.objectContent?.isEmpty == true {
            // Once its carriers are removed, there is no `metadata`.
            _ = read.take("metadata")
            entries = Self.withoutVersion(GuardedPatch.entries(of: original, missingFrom: read))
        }
        if let metadata = original["metadata"]?.objectContent, metadata["properties"] == .array([]) {
            let isAlone = metadata.count == 1
            Self.keep(
                isAlone ? .object(metadata) : .array([]), at: isAlone ? "metadata" : "metadata/properties", in: &entries
            )
        }
        guard admit(entries, canCarry: canCarry), !entries.isEmpty else { return }
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

    /// Adds an entry that restores an empty list, if the list will hold carriers.
    private static func keep(_ value: JSONValue, at path: String, in entries: inout [GuardedPatch.Entry]) {
        guard !entries.isEmpty, !entries.contains(where: { $0.path == path }) else { return }
        entries.append(GuardedPatch.Entry(path: path, guardHash: nil, value: value))
    }

    // MARK: CycloneDX 1.2 in XML

    /// The namespace of the elements that carry what CycloneDX 1.2, which has no properties, has no place for.
    private static let namespace = "urn:sbomkit:carried"

    /// Adds to `content` the residue of `original`, as elements of our own namespace at its end.
    mutating func carryInForeignElements(
        _ original: JSONObject, asRead read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        let entries = Self.withoutVersion(GuardedPatch.entries(of: original, missingFrom: read))
        guard admit(entries, canCarry: canCarry), !entries.isEmpty else { return }
        var note = content.take("#xml")?.objectContent ?? JSONObject()
        var namespaces = note["namespaces"]?.objectContent ?? JSONObject()
        var prefix = "sbomkit"
        while namespaces[prefix] != nil { prefix += "-" }
        namespaces.append(prefix, .string(Self.namespace))
        note.set("namespaces", .object(namespaces))
        var extras = note["extras"]?.arrayContent ?? []
        for entry in entries {
            // After all others.
            extras.append([1_000_000, .string(Self.foreignElement(entry, prefix: prefix))])
        }
        note.set("extras", .array(extras))
        content.append("#xml", .object(note))
    }

    /// Removes such elements from a document, and returns their entries.
    private func takeForeignElements(from content: inout JSONObject) -> [GuardedPatch.Entry] {
        guard var note = content["#xml"]?.objectContent, var namespaces = note["namespaces"]?.objectContent,
            let prefix = namespaces.members.first(where: { $0.value.textContent == Self.namespace })?.name,
            let extras = note["extras"]?.arrayContent
        else { return [] }
        let (carrying, kept) = extras.partitioned {
            $0.arrayContent?.last?.textContent?.hasPrefix("<\(prefix):carried") ?? false
        }
        let pieces = carrying.compactMap { $0.arrayContent?.last?.textContent }.joined()
        let text = "<x xmlns:\(prefix)=\"\(Self.namespace)\">\(pieces)</x>"
        // Text that does not parse, and elements that we did not write, are kept.
        guard let document = try? XMLDocument(parsing: Array(text.utf8), limits: limits) else { return [] }
        let elements = document.root.elements.filter { $0.name.matches("carried", in: Self.namespace) }
        let entries = elements.compactMap { element in
            GuardedPatch.Entry(label: element["name"] ?? "", text: element.text, limits: limits)
        }
        guard !entries.isEmpty, entries.count == carrying.count else { return [] }
        _ = namespaces.take(prefix)
        if namespaces.isEmpty { _ = note.take("namespaces") } else { note.set("namespaces", .object(namespaces)) }
        if kept.isEmpty { _ = note.take("extras") } else { note.set("extras", .array(kept)) }
        if note.isEmpty { _ = content.take("#xml") } else { content.set("#xml", .object(note)) }
        return entries
    }

    /// An entry as an element whose prefix is declared outside of it.
    private static func foreignElement(_ entry: GuardedPatch.Entry, prefix: String) -> String {
        var xml = XMLWriter(.asWritten)
        xml.beginElement("x")
        xml.namespace(prefix, namespace)
        xml.text("")
        xml.beginElement("\(prefix):carried")
        xml.attribute("name", entry.label)
        xml.text(entry.text)
        xml.endElement()
        xml.endElement()
        // Only names can be invalid, and all names are ours.
        let text = (try? xml.finish()).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let element = text.dropping(prefix: "<x xmlns:\(prefix)=\"\(namespace)\">") ?? ""
        return element.firstRange(of: "</x>").map { String(element[..<$0.lowerBound]) } ?? ""
    }

    private mutating func carry(
        component original: JSONObject, _ read: JSONObject, in content: inout JSONObject, canCarry: Bool
    ) {
        var original = original
        var read = read
        carryComponents(&original, &read, in: &content, canCarry: canCarry)
        var entries = GuardedPatch.entries(of: original, missingFrom: read)
        if original["properties"] == .array([]) { Self.keep(.array([]), at: "properties", in: &entries) }
        guard admit(entries, canCarry: canCarry) else { return }
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

    /// Converts a document to another version.
    ///
    /// Members that were renamed or moved between the versions follow. With `fits`, members that the version does not know
    /// are removed.
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

    /// Before 1.7 a list with an expression has no other license.
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
    /// The recursion is as deep as the document, whose depth is bounded.
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
