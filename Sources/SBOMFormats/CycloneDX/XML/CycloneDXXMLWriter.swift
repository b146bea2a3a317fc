internal import ByteStreams
internal import StructuredText

/// Writes the shape of CycloneDX's JSON as XML, with what notes say about how it was spelled before.
///
/// What the schema of the version does not allow is left out and reported, unless the document was found like that.
struct CycloneDXXMLWriter: ~Copyable {
    /// A child that is still to be written.
    private struct Child {
        var member: CycloneDXXMLGrammar.Member
        var value: JSONValue
        var note: JSONValue?
        var pointer: JSONPointer
    }

    private struct Frame {
        var children: [Child]
        var next = 0
        var extras: [(position: Int, xml: String)]
        var nextExtra = 0
        var position = 0
    }

    private let grammar: CycloneDXXMLGrammar
    private var xml = XMLWriter(.pretty)
    private var stack: [Frame] = []
    private var references: Set<String> = []
    private var isAsFound = false
    private var pieces: CycloneDXXMLPieces
    private(set) var omissions: [CycloneDXXMLOmission] = []
    // For each type, which attribute or element a member of JSON is.
    private var jsonPlaces: [Int: [String: Int]] = [:]

    init(_ content: JSONObject, _ grammar: CycloneDXXMLGrammar, _ limits: Limits) {
        self.grammar = grammar
        let note = content[CycloneDXXMLExtras.name]?.objectContent
        pieces = CycloneDXXMLPieces(of: content, note, grammar, limits)
        if case .bool(true) = note?["asFound"] { isAsFound = true }
    }

    consuming func write(_ content: JSONObject) throws -> (bytes: [UInt8], omissions: [CycloneDXXMLOmission]) {
        let note = content[CycloneDXXMLExtras.name]?.objectContent
        xml.declaration(isStandalone: nil)
        for (_, piece) in (note ?? JSONObject()).texts("before") { insert(piece, .root) }
        xml.beginElement("bom")
        xml.namespace("", grammar.namespace)
        for (prefix, namespace) in pieces.namespaces { xml.namespace(prefix, namespace) }
        let said: Set<String> = ["bomFormat", "specVersion"]
        let rest = JSONObject(content.members.filter { !said.contains($0.name) })
        beginObject(rest, grammar.root, .root)
        while let top = stack.indices.last { step(top) }
        for (_, piece) in (note ?? JSONObject()).texts("after") { insert(piece, .root) }
        // What was kept from outside the root can be text or incomplete; then it is left out.
        let bytes = try xml.finish()
        return (bytes, omissions)
    }

    // MARK: Walking

    private mutating func step(_ top: Int) {
        let frame = stack[top]
        if frame.nextExtra < frame.extras.count,
            frame.extras[frame.nextExtra].position <= frame.position || frame.next >= frame.children.count
        {
            stack[top].nextExtra += 1
            stack[top].position += 1
            insert(frame.extras[frame.nextExtra].xml, .root)
        } else if frame.next < frame.children.count {
            stack[top].next += 1
            stack[top].position += 1
            begin(frame.children[frame.next])
        } else {
            xml.endElement()
            stack.removeLast()
        }
    }

    private mutating func begin(_ child: Child) {
        let name = child.member.element
        switch child.member.content {
        case .simple(let number):
            if case .string(let piece) = child.note, putBack(piece, child) { return }
            guard
                let text = text(
                    of: child.value, grammar.simpleTypes[number], child.pointer, isNeeded: child.member.isRequired)
            else { return }
            xml.element(name, text: text)
        case .complex(let number):
            let type = grammar.types[number]
            if child.member.isString || type.shape == .string {
                if case .string(let piece) = child.note, putBack(piece, child) { return }
                guard case .string(let ref) = child.value else { return omit(child.pointer, .kind("a string")) }
                xml.beginElement(name)
                attribute("ref", ref, child.pointer)
                xml.endElement()
                return
            }
            switch (type.shape, child.value) {
            case (.mixed, .string(let text)):
                if case .string(let piece) = child.note, putBack(piece, child) { return }
                xml.element(name, text: held(text, child.pointer))
            case (.object, .object(let object)), (.mixed, .object(let object)), (.tools, .object(let object)):
                // Without a reference of its own there can be none of them; as a rule it is the same one again.
                if !isAsFound, let ref = object.text("bom-ref"), references.contains(ref),
                    type.attributes.contains(where: { $0.isIdentifier && $0.isRequired })
                {
                    return omit(child.pointer, .duplicate)
                }
                xml.beginElement(name)
                beginObject(object, number, child.pointer)
            case (.list, .array(let items)), (.tools, .array(let items)):
                xml.beginElement(name)
                beginList(items, number, child)
            case (.either, let value):
                xml.beginElement(name)
                beginList([value], number, child)
            case (.object, _), (.mixed, _), (.string, _):
                omit(child.pointer, .kind("an object"))
            case (.list, _), (.tools, _):
                omit(child.pointer, .kind("an array"))
            }
        }
    }

    // MARK: Objects

    private mutating func beginObject(_ object: JSONObject, _ number: Int, _ pointer: JSONPointer) {
        let type = grammar.types[number]
        let note = object[CycloneDXXMLExtras.name]?.objectContent
        var slots = [JSONValue?](repeating: nil, count: type.elements.count)
        var attributes = [JSONValue?](repeating: nil, count: type.attributes.count)
        var textValue: JSONValue?
        let places = places(of: number)
        for member in object.members where member.name != CycloneDXXMLExtras.name {
            switch places[member.name] {
            case nil: omit(pointer.appending(member.name), .noPlace)
            case .some(let place) where place < 64: slots[place] = member.value
            case .some(let place) where place < 128: attributes[place - 64] = member.value
            case .some: textValue = member.value
            }
        }
        gatherInline(object, type, number, &slots)
        writeAttributes(attributes, type, note, pointer)
        if let member = type.text, case .simple(let number) = member.content {
            writeText(textValue, member.json, grammar.simpleTypes[number], note, pointer)
        }
        if !isAsFound { choose(type, &slots, pointer) }
        var children: [Child] = []
        let inner = note?["in"]?.objectContent
        var present: UInt64 = 0
        for (place, member) in type.elements.enumerated() {
            guard let value = slots[place], Self.isThere(value, member) else { continue }
            present |= 1 << UInt64(place)
            add(value, member, inner, pointer, to: &children)
        }
        if !isAsFound, type.isRequiredAlways || present != 0, type.required & ~present != 0 {
            children = filled(children, type, present, pointer)
        }
        if let order = note?["order"]?.arrayContent { children = sorted(children, order) }
        stack.append(Frame(children: children, extras: Self.extras(note)))
    }

    private mutating func places(of number: Int) -> [String: Int] {
        if let known = jsonPlaces[number] { return known }
        let type = grammar.types[number]
        var places: [String: Int] = [:]
        for (place, member) in type.elements.enumerated() where member.isInJSON && !member.isInline {
            places[member.json] = place
        }
        for (place, member) in type.attributes.enumerated() { places[member.json] = 64 + place }
        if let text = type.text { places[text.json] = 128 }
        // What is inline comes out of the object around it.
        for (place, member) in type.elements.enumerated() where member.isInline {
            guard case .complex(let inner) = member.content else { continue }
            for name in self.places(of: inner).keys where places[name] == nil { places[name] = place }
        }
        jsonPlaces[number] = places
        return places
    }

    private mutating func gatherInline(
        _ object: JSONObject, _ type: CycloneDXXMLGrammar.ComplexType, _ number: Int, _ slots: inout [JSONValue?]
    ) {
        for (place, member) in type.elements.enumerated() where member.isInline && slots[place] != nil {
            guard case .complex(let inner) = member.content else { continue }
            let names = places(of: inner)
            var part = JSONObject(object.members.filter { names[$0.name] != nil })
            if let note = object[CycloneDXXMLExtras.name]?.objectContent?["in"]?.objectContent?[member.element] {
                part.append(CycloneDXXMLExtras.name, note)
            }
            slots[place] = .object(part)
        }
    }

    private mutating func writeAttributes(
        _ values: [JSONValue?], _ type: CycloneDXXMLGrammar.ComplexType, _ note: JSONObject?, _ pointer: JSONPointer
    ) {
        let noted = note?["attributes"]?.objectContent
        var written: Set<String> = []
        for (member, value) in zip(type.attributes, values) {
            guard case .simple(let number) = member.content else { continue }
            let simple = grammar.simpleTypes[number]
            let place = pointer.appending(member.json)
            guard let value else {
                if member.isRequired, !isAsFound {
                    // Required values without a default were checked before.
                    xml.attribute(member.element, "")
                    written.insert(member.element)
                    omit(pointer, .filled(member.element))
                }
                continue
            }
            if let raw = noted?.text(member.element), CycloneDXXMLReader.value(of: raw, simple).value == value {
                xml.attribute(member.element, raw)
                written.insert(member.element)
                continue
            }
            guard let text = text(of: value, simple, place, isNeeded: member.isRequired) else { continue }
            if member.isIdentifier, !isAsFound, !references.insert(text).inserted {
                omit(place, .duplicate)
                continue
            }
            xml.attribute(member.element, text)
            written.insert(member.element)
        }
        for member in noted?.members ?? [] where !written.contains(member.name) {
            guard let text = member.value.textContent, pieces.isDeclared(member.name),
                written.insert(member.name).inserted,
                type.attributes.first(where: { $0.element == member.name }) == nil
            else { continue }
            xml.attribute(member.name, text)
        }
    }

    private mutating func writeText(
        _ value: JSONValue?, _ name: String, _ type: XMLSchemaType, _ note: JSONObject?, _ parent: JSONPointer
    ) {
        if let piece = note?.text("content"), let element = pieces.element(of: piece),
            CycloneDXXMLReader.value(of: element.text, type).value == value
        {
            for node in element.children { xml.node(node) }
            return
        }
        guard let value else {
            if !isAsFound { omit(parent, .filled(name)) }
            return
        }
        guard let text = text(of: value, type, parent.appending(name), isNeeded: true), !text.isEmpty else { return }
        xml.text(text)
    }

    private mutating func add(
        _ value: JSONValue, _ member: CycloneDXXMLGrammar.Member, _ inner: JSONObject?, _ pointer: JSONPointer,
        to children: inout [Child]
    ) {
        let place = member.isInline ? pointer : pointer.appending(member.json)
        let note = member.isInline ? nil : inner?[member.json]
        guard member.isArray, case .array(let items) = value else {
            addOne(Child(member: member, value: value, note: note, pointer: place), to: &children)
            return
        }
        let notes = note?.objectContent?["items"]?.objectContent
        let start = children.count
        for (index, item) in items.enumerated() {
            let place = place.appending(index)
            if !isAsFound, !member.repeats, children.count > start {
                omit(place, .alternative)
                continue
            }
            addOne(Child(member: member, value: item, note: notes?[String(index)], pointer: place), to: &children)
        }
    }

    private mutating func addOne(_ child: Child, to children: inout [Child]) {
        if case .null = child.value {
            omit(child.pointer, .null)
        } else if isAsFound || isSpellable(child.value, child.member, child.pointer) {
            children.append(child)
        }
    }

    /// Omits the members of a branch of a choice that is not taken.
    private mutating func choose(
        _ type: CycloneDXXMLGrammar.ComplexType, _ slots: inout [JSONValue?], _ pointer: JSONPointer
    ) {
        for choice in type.choices {
            var isTaken = false
            for branch in choice.branches {
                let places = slots.indices.filter { branch & 1 << UInt64($0) != 0 && slots[$0] != nil }
                if places.isEmpty { continue }
                if isTaken {
                    for place in places {
                        slots[place] = nil
                        omit(pointer.appending(type.elements[place].json), .alternative)
                    }
                }
                isTaken = true
            }
        }
    }

    /// The children with those that the schema requires, empty, where they are missing.
    private mutating func filled(
        _ children: [Child], _ type: CycloneDXXMLGrammar.ComplexType, _ present: UInt64, _ pointer: JSONPointer
    ) -> [Child] {
        var rest = children[...]
        var all: [Child] = []
        for (place, member) in type.elements.enumerated() {
            while let next = rest.first, next.member.element == member.element {
                all.append(next)
                rest.removeFirst()
            }
            guard type.required & ~present & 1 << UInt64(place) != 0, Self.isFillable(member, grammar) else { continue }
            omit(pointer, .filled(member.element))
            all.append(Child(member: member, value: "", note: nil, pointer: pointer.appending(member.json)))
        }
        return all + rest
    }

    /// Whether a member makes an element; an array that has none around it does only if it has items.
    private static func isThere(_ value: JSONValue?, _ member: CycloneDXXMLGrammar.Member) -> Bool {
        if member.isArray, case .array(let items) = value { return !items.isEmpty }
        return value != nil
    }

    private static func isFillable(_ member: CycloneDXXMLGrammar.Member, _ grammar: CycloneDXXMLGrammar) -> Bool {
        guard case .simple(let number) = member.content else { return false }
        return grammar.simpleTypes[number].accepts("")
    }

    private func sorted(_ children: [Child], _ order: [JSONValue]) -> [Child] {
        var queues: [String: [Int]] = [:]
        for index in children.indices.reversed() { queues[children[index].member.element, default: []].append(index) }
        var taken = [Bool](repeating: false, count: children.count)
        var sorted: [Child] = []
        for name in order {
            guard let name = name.textContent, let index = queues[name]?.popLast() else { continue }
            sorted.append(children[index])
            taken[index] = true
        }
        return sorted + children.indices.filter { !taken[$0] }.map { children[$0] }
    }

    private static func extras(_ note: JSONObject?) -> [(position: Int, xml: String)] {
        (note?["extras"]?.arrayContent ?? []).compactMap { extra in
            guard let pair = extra.arrayContent, pair.count == 2, case .number(let number) = pair[0],
                let position = number.int, let xml = pair[1].textContent
            else { return nil }
            return (position, xml)
        }
    }

    // MARK: Lists

    private mutating func beginList(_ items: [JSONValue], _ number: Int, _ child: Child) {
        let type = grammar.types[number]
        let note = child.note?.objectContent
        for member in note?["attributes"]?.objectContent?.members ?? [] {
            if let text = member.value.textContent, pieces.isDeclared(member.name) { xml.attribute(member.name, text) }
        }
        let isList = type.shape != .either
        var places = isList ? grammar.places(of: items, in: number) : items.map { grammar.place(of: $0, in: number) }
        if let names = note?["names"]?.arrayContent {
            for (index, name) in names.enumerated() where index < places.count {
                if let place = type.elements.firstIndex(where: { $0.element == name.textContent }) {
                    places[index] = place
                }
            }
            // Of a choice that chose nothing there is nothing to write.
            if !isList, names.isEmpty { places = [] }
        }
        let notes = note?["items"]?.objectContent
        var children: [Child] = []
        for (index, (item, place)) in zip(items, places).enumerated() {
            let pointer = isList ? child.pointer.appending(index) : child.pointer
            guard place >= 0 else {
                omit(pointer, .alternative)
                continue
            }
            let member = type.elements[place]
            var one = Child(member: member, value: item, note: notes?[String(index)], pointer: pointer)
            if let wrapper = member.wrapper {
                guard let object = item.objectContent, let value = object[wrapper] else {
                    omit(pointer, .kind("an object with \"\(wrapper)\""))
                    continue
                }
                for other in object.members where other.name != wrapper {
                    omit(pointer.appending(other.name), .noPlace)
                }
                one.value = value
                one.pointer = pointer.appending(wrapper)
            }
            addOne(one, to: &children)
        }
        stack.append(Frame(children: children, extras: Self.extras(note)))
    }

    // MARK: Values

    /// Whether a value can be written so that the schema is content; says so if not.
    private mutating func isSpellable(
        _ value: JSONValue, _ member: CycloneDXXMLGrammar.Member, _ pointer: JSONPointer
    ) -> Bool {
        guard let reason = obstacle(value, member, depth: 0) else { return true }
        omit(pointer, reason)
        return false
    }

    /// What keeps a value from being written; looks no further than at what the schema requires.
    private mutating func obstacle(
        _ value: JSONValue, _ member: CycloneDXXMLGrammar.Member, depth: Int
    ) -> CycloneDXXMLOmission.Reason? {
        guard depth < 16 else { return nil }
        switch member.content {
        case .simple(let number):
            let type = grammar.simpleTypes[number]
            guard let text = Self.plainText(value, type), type.accepts(text) else { return .value(type.expected) }
            return nil
        case .complex(let number):
            let type = grammar.types[number]
            if member.isString || type.shape == .string {
                guard let text = value.textContent, let target = type.attributes.first(where: { $0.element == "ref" }),
                    case .simple(let simple) = target.content
                else { return .kind("a string") }
                return grammar.simpleTypes[simple].accepts(text) ? nil : .value(grammar.simpleTypes[simple].expected)
            }
            switch (type.shape, value) {
            case (.object, .object(let object)): return obstacle(object, number, depth: depth)
            case (.list, .array(let items)):
                guard type.content.map({ Self.isNeverEmpty($0) }) ?? false else { return nil }
                let places = grammar.places(of: items, in: number)
                for (item, place) in zip(items, places) where place >= 0 {
                    let member = type.elements[place]
                    guard let inner = member.wrapper.map({ item.objectContent?[$0] }) ?? item else { continue }
                    if obstacle(inner, member, depth: depth + 1) == nil { return nil }
                }
                return .value("at least one \(type.elements.first?.element ?? "item")")
            case (.either, let value):
                return obstacle(value, type.elements[grammar.place(of: value, in: number)], depth: depth + 1)
            case (.mixed, .object), (.mixed, .string), (.tools, .array), (.tools, .object): return nil
            case (.object, _), (.mixed, _), (.string, _): return .kind("an object")
            case (.list, _), (.tools, _): return .kind("an array")
            }
        }
    }

    private mutating func obstacle(
        _ object: JSONObject, _ number: Int, depth: Int
    ) -> CycloneDXXMLOmission.Reason? {
        let type = grammar.types[number]
        for member in type.attributes where member.isRequired {
            guard case .simple(let number) = member.content else { continue }
            let simple = grammar.simpleTypes[number]
            guard let value = object[member.json] else {
                if simple.accepts("") { continue }
                return .missing(member.json)
            }
            guard let text = Self.plainText(value, simple), simple.accepts(text) else {
                return .member(member.json, simple.expected)
            }
        }
        if let member = type.text, case .simple(let number) = member.content {
            let simple = grammar.simpleTypes[number]
            let text = object[member.json].map { Self.plainText($0, simple) } ?? ""
            guard let text, simple.accepts(text) else { return .member(member.json, simple.expected) }
        }
        let isAsked = type.isRequiredAlways || type.elements.contains { Self.isThere(object[$0.json], $0) }
        guard type.required != 0, isAsked else { return nil }
        for (place, member) in type.elements.enumerated() where type.required & 1 << UInt64(place) != 0 {
            guard let value = object[member.json], Self.isThere(value, member) else {
                if Self.isFillable(member, grammar) { continue }
                return .missing(member.json)
            }
            let values = member.isArray ? value.arrayContent ?? [value] : [value]
            guard values.contains(where: { obstacle($0, member, depth: depth + 1) == nil }) else {
                return values.first.flatMap { obstacle($0, member, depth: depth + 1) } ?? .missing(member.json)
            }
        }
        return nil
    }

    private static func isNeverEmpty(_ particle: CycloneDXXMLGrammar.Particle) -> Bool {
        switch particle {
        case .element(_, let least, _): least > 0
        case .other: false
        case .sequence(let parts, let least, _): least > 0 && parts.contains { isNeverEmpty($0) }
        case .choice(let parts, let least, _): least > 0 && parts.allSatisfy { isNeverEmpty($0) }
        }
    }

    /// A value as text, nil and reported if it cannot be one.
    private mutating func text(
        of value: JSONValue, _ type: XMLSchemaType, _ pointer: JSONPointer, isNeeded: Bool
    ) -> String? {
        guard let text = Self.plainText(value, type) else {
            omit(pointer, .kind("text"))
            return nil
        }
        if !isAsFound, !isNeeded, !type.accepts(text) {
            omit(pointer, .value(type.expected))
            return nil
        }
        if !isAsFound, type.collapses, let collapsed = XMLSchemaType.collapse(text) {
            omit(pointer, .space)
            return held(collapsed, pointer)
        }
        return held(text, pointer)
    }

    private static func plainText(_ value: JSONValue, _ type: XMLSchemaType) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let bool): bool ? "true" : "false"
        case .number(let number): type.shape == .number ? CycloneDXXMLDecimal.text(number, type) : number.digits
        case .null, .array, .object: nil
        }
    }

    /// The text; the writer replaces what XML cannot hold.
    private mutating func held(_ text: String, _ pointer: JSONPointer) -> String {
        if !XMLWriter.canHold(text) { omit(pointer, .characters) }
        return text
    }

    private mutating func attribute(_ name: String, _ text: String, _ pointer: JSONPointer) {
        xml.attribute(name, held(text, pointer))
    }

    // MARK: Notes

    private mutating func insert(_ piece: String, _ pointer: JSONPointer) {
        guard let element = pieces.element(of: piece) else { return omit(pointer, .piece) }
        for node in element.children { xml.node(node) }
    }

    /// Writes an element as it was read, if it still says the same as the value.
    private mutating func putBack(_ piece: String, _ child: Child) -> Bool {
        guard let element = pieces.element(of: piece)?.elements.first(where: { _ in true }),
            pieces.value(of: element, child.member, grammar) == child.value
        else { return false }
        xml.element(element)
        return true
    }

    private mutating func omit(_ pointer: JSONPointer, _ reason: CycloneDXXMLOmission.Reason) {
        omissions.append(CycloneDXXMLOmission(pointer: pointer, reason: reason))
    }
}
