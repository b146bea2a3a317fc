internal import ByteStreams
internal import StructuredText

/// Reads an element tree into the shape of CycloneDX's JSON, and notes what that shape cannot say.
///
/// What is open is kept in a list, so that no nesting is too deep for the stack.
struct CycloneDXXMLReader: ~Copyable {
    /// An element that is open, and what was made of it so far.
    private struct Frame: Sendable {
        let element: XMLElement
        let number: Int
        let type: CycloneDXXMLGrammar.ComplexType
        let shape: CycloneDXXMLGrammar.Shape
        /// Which element of the type around it it is.
        let place: Int
        var children: XMLChildren
        var members: [JSONObject.Member] = []
        /// The items of a list, or of the array that is being gathered.
        var items: [JSONValue] = []
        /// Which element each item of a list was, if there are several to choose from.
        var itemPlaces: [Int] = []
        /// The element whose items are being gathered, or -1.
        var gathering = -1
        /// The elements that were there, a bit each.
        var present: UInt64 = 0
        var lastPlace = -1
        var isInOrder = true
        /// How many children are kept so far, in one way or another.
        var position = 0
        /// How many elements and processing instructions there were so far, and at how many text was taken.
        var markCount = 0
        var textCount = -1
        var note = CycloneDXXMLExtras()
    }

    private let document: XMLDocument
    private let grammar: CycloneDXXMLGrammar
    // For each name of the document, which of the grammar's it is as an element and as an attribute, or -1.
    private let elementNames: [Int]
    private let attributeNames: [Int]
    private var stack: [Frame] = []
    private var references: Set<String> = []
    /// From how many nodes on a list is read in parts side by side; nil for never.
    private let leastDivided: Int?

    /// The namespaces that notes use, and their prefixes there.
    private(set) var prefixes = CycloneDXXMLPrefixes()
    /// Whether a writer that heeds the schema would write all of it again.
    private(set) var isSound = true
    /// Whether there is more than attributes in the notes.
    private(set) var isUnusual = false
    private(set) var notices: [CycloneDXXMLNotice] = []
    /// The number of notices that are not in ``notices`` because there are enough of their kind.
    private(set) var omittedNoticeCount = 0
    // How many notices of each kind are in `notices`.
    private var noticeCounts = Array(repeating: 0, count: CycloneDXXMLNotice.Kind.count)
    /// Whether the pieces that the JSON has no place for are kept; only a writer needs them.
    private let keepsExtras: Bool
    /// How many parts were read side by side.
    private(set) var partCount = 0

    init(
        _ document: XMLDocument, _ grammar: CycloneDXXMLGrammar, keepsExtras: Bool = true,
        dividing leastDivided: Int? = 100_000
    ) {
        self.keepsExtras = keepsExtras
        self.leastDivided = leastDivided
        self.document = document
        self.grammar = grammar
        let names = document.names
        elementNames = names.map { $0.namespace == grammar.namespace ? grammar.names[$0.local] ?? -1 : -1 }
        attributeNames = names.map { $0.namespace.isEmpty ? grammar.names[$0.local] ?? -1 : -1 }
    }

    /// The whole document.
    mutating func read() -> JSONObject {
        let root = document.root
        let type = grammar.types[grammar.root]
        var frame = Frame(
            element: root, number: grammar.root, type: type, shape: .object, place: 0, children: root.children)
        frame.members = [
            .init(name: "bomFormat", value: "CycloneDX"), .init(name: "specVersion", value: .string(grammar.version)),
        ]
        for node in document.prolog where !node.isBlank { frame.note.before.append(fragment(node)) }
        for node in document.epilog where !node.isBlank { frame.note.after.append(fragment(node)) }
        if !frame.note.before.isEmpty || !frame.note.after.isEmpty { isUnusual = true }
        readAttributes(of: root, type, &frame.members, &frame.note)
        stack.append(frame)
        while let top = stack.indices.last {
            if let node = stack[top].children.nextNotBlank() {
                take(node, top)
            } else if let content = close() {
                return content
            }
        }
        return JSONObject()
    }

    // MARK: Children

    private mutating func take(_ node: XMLNode, _ top: Int) {
        guard let element = node.element else {
            if case .processingInstruction = node.value {
                stack[top].markCount += 1
                if keepsExtras { add(fragment(node), top) }
                notice(.instruction, node.offset)
            } else {
                takeText(node, top)
            }
            return
        }
        stack[top].markCount += 1
        let type = stack[top].type
        let name = elementNames[element.nameNumber]
        let place = name < 0 ? -1 : Int(type.elementPlaces[name])
        guard place >= 0, isTaken(type, place, stack[top].shape, stack[top].present)
        else {
            if keepsExtras { add(fragment(node), top) }
            notice(place < 0 ? .element(element.name.qualified) : .repeated(element.name.qualified), node.offset)
            return
        }
        let member = type.elements[place]
        let bit: UInt64 = 1 << UInt64(place)
        if stack[top].shape == .object || stack[top].shape == .mixed {
            if stack[top].present & bit != 0, !member.repeats { unsound(.repeated(member.element), node.offset) }
            if place < stack[top].lastPlace { stack[top].isInOrder = false }
            stack[top].lastPlace = place
        }
        stack[top].present |= bit
        stack[top].position += 1
        switch member.content {
        case .simple(let number):
            let (value, verbatim) = leaf(element, grammar.simpleTypes[number], member.fallback)
            receive(value, verbatim.map { .string($0) }, place, top)
        case .complex(let number):
            let inner = grammar.types[number]
            if member.isString || inner.shape == .string {
                let (value, verbatim) = reference(element, inner)
                receive(value, verbatim.map { .string($0) }, place, top)
            } else if inner.text != nil {
                receive(.object(textObject(element, inner)), nil, place, top)
            } else {
                open(element, number, place)
            }
        }
    }

    /// Whether an element has a place in the JSON, rather than only in the notes.
    private func isTaken(
        _ type: CycloneDXXMLGrammar.ComplexType, _ place: Int, _ shape: CycloneDXXMLGrammar.Shape, _ present: UInt64
    ) -> Bool {
        let member = type.elements[place]
        guard member.isInJSON else { return false }
        // Of the two forms of tools each has its own elements.
        if type.shape == .tools, (shape == .list) != (place == 0) { return false }
        switch shape {
        case .list: return true
        case .either: return present == 0
        case .object, .mixed, .string, .tools: return member.isArray || present & 1 << UInt64(place) == 0
        }
    }

    private mutating func open(_ element: XMLElement, _ number: Int, _ place: Int) {
        let type = grammar.types[number]
        var shape = type.shape
        switch shape {
        case .tools:
            // An empty one is the older form, of no tools.
            shape = .list
            for inner in element.elements {
                let name = elementNames[inner.nameNumber]
                guard name >= 0, type.elementPlaces[name] >= 0 else { continue }
                if type.elementPlaces[name] > 0 { shape = .object }
                break
            }
        case .mixed:
            if element.hasText, element.elements.first(where: { _ in true }) == nil {
                let (value, verbatim) = leaf(element, .text, nil)
                receive(value, verbatim.map { .string($0) }, place, stack.count - 1)
                return
            }
            shape = .object
        case .object, .list, .string, .either: break
        }
        var frame = Frame(
            element: element, number: number, type: type, shape: shape, place: place, children: element.children)
        if shape == .object {
            readAttributes(of: element, type, &frame.members, &frame.note)
        } else {
            for attribute in element.attributes { frame.note.attributes.append(extra(attribute)) }
        }
        if shape == .list, let leastDivided, frame.children.nodeCount >= leastDivided { readInParts(&frame) }
        stack.append(consume frame)
    }

    // MARK: Parts

    /// What was read of one part of a list.
    private struct Part: Sendable {
        let frame: Frame
        let references: Set<String>
        let isSound: Bool
        let isUnusual: Bool
        let notices: [CycloneDXXMLNotice]
        let omittedNoticeCount: Int
    }

    /// Reads the elements of a list in parts side by side.
    ///
    /// Where one part would have to know what another says, nothing is done, and they are read one by one: where a
    /// `bom-ref` stands twice, where a namespace needs a prefix, and where there is something between the elements.
    private mutating func readInParts(_ frame: inout Frame) {
        let children = frame.children.divided(into: 8)
        let (document, grammar, empty, keepsExtras) = (document, grammar, frame, keepsExtras)
        let read = children.parallelMap { children in
            var reader = CycloneDXXMLReader(
                document, grammar.copy(), keepsExtras: keepsExtras, dividing: nil)
            return reader.part(empty, children)
        }
        let parts = read.compactMap { $0 }
        guard parts.count == children.count else { return }
        var whole = frame
        var found = references
        var count = references.count
        found.reserveCapacity(parts.reduce(count) { $0 + $1.references.count })
        whole.items.reserveCapacity(parts.reduce(whole.items.count) { $0 + $1.frame.items.count })
        whole.itemPlaces.reserveCapacity(parts.reduce(whole.itemPlaces.count) { $0 + $1.frame.itemPlaces.count })
        for part in parts {
            found.formUnion(part.references)
            count += part.references.count
            whole.note.inner += part.frame.note.inner.map { ($0.member, $0.index + whole.items.count, $0.note) }
            whole.items += part.frame.items
            whole.itemPlaces += part.frame.itemPlaces
            whole.present |= part.frame.present
            whole.position += part.frame.position
            whole.markCount += part.frame.markCount
        }
        guard found.count == count else { return }
        partCount += parts.count
        frame = whole
        frame.children = frame.children.none
        references = found
        isSound = isSound && parts.allSatisfy(\.isSound)
        isUnusual = isUnusual || parts.contains(where: \.isUnusual)
        for part in parts {
            for notice in part.notices { add(notice) }
            omittedNoticeCount += part.omittedNoticeCount
        }
    }

    /// One part of a list; nil if it cannot be read without the others.
    private mutating func part(_ whole: Frame, _ children: XMLChildren) -> Part? {
        stack = [
            Frame(
                element: whole.element, number: whole.number, type: grammar.types[whole.number], shape: whole.shape,
                place: whole.place, children: children)
        ]
        while let top = stack.indices.last {
            if let node = stack[top].children.nextNotBlank() {
                take(node, top)
            } else if top > 0 {
                _ = close()
            } else {
                break
            }
        }
        guard let frame = stack.first, frame.note.extras.isEmpty, prefixes.all.isEmpty else { return nil }
        return Part(
            frame: frame, references: references, isSound: isSound, isUnusual: isUnusual, notices: notices,
            omittedNoticeCount: omittedNoticeCount)
    }

    /// Ends the innermost element, and hands what became of it to the one around it; gives the root's.
    private mutating func close() -> JSONObject? {
        guard var frame = stack.popLast() else { return nil }
        let type = frame.type
        let value: JSONValue
        var note: JSONValue?
        switch frame.shape {
        case .object, .mixed, .string, .tools:
            Self.endArray(&frame)
            judge(frame, type)
            if !frame.isInOrder {
                frame.note.order = order(of: frame.element, type)
                isUnusual = true
                notice(.order, frame.element.offset)
            }
            if stack.isEmpty {
                frame.note.namespaces = prefixes.all
                frame.note.isAsFound = !isSound
            }
            if let rest = frame.note.json { frame.members.append(.init(name: CycloneDXXMLExtras.name, value: rest)) }
            let object = JSONObject(frame.members)
            if stack.isEmpty { return object }
            value = .object(object)
        case .list:
            if type.shape == .list, !frame.itemPlaces.isEmpty {
                let usual = grammar.places(of: frame.items, in: frame.number)
                if usual != frame.itemPlaces {
                    frame.note.names = frame.itemPlaces.map { type.elements[$0].element }
                    isUnusual = true
                }
            }
            value = .array(frame.items)
            note = frame.note.json
        case .either:
            value = frame.items.first ?? .object(JSONObject())
            if frame.items.isEmpty {
                frame.note.names = []
                isUnusual = true
            } else if grammar.place(of: value, in: frame.number) != frame.itemPlaces.first {
                frame.note.names = frame.itemPlaces.map { type.elements[$0].element }
                isUnusual = true
            }
            note = frame.note.json
        }
        receive(value, note, frame.place, stack.count - 1)
        return nil
    }

    /// Takes a value in at its place in an element that is open.
    private mutating func receive(_ value: JSONValue, _ note: JSONValue?, _ place: Int, _ top: Int) {
        let member = stack[top].type.elements[place]
        var value = value
        if let wrapper = member.wrapper { value = .object(JSONObject([.init(name: wrapper, value: value)])) }
        switch stack[top].shape {
        case .list, .either:
            stack[top].items.append(value)
            if stack[top].type.elements.count > 1 { stack[top].itemPlaces.append(place) }
            if let note { stack[top].note.inner.append(("", stack[top].items.count - 1, note)) }
        case .object, .mixed, .string, .tools:
            if member.isInline, case .object(let object) = value {
                for inner in object.members {
                    if inner.name == CycloneDXXMLExtras.name {
                        stack[top].note.inner.append((member.element, -1, inner.value))
                    } else {
                        stack[top].members.append(inner)
                    }
                }
            } else if member.isArray {
                if stack[top].gathering != place { beginArray(member, place, top) }
                stack[top].items.append(value)
                if let note { stack[top].note.inner.append((member.json, stack[top].items.count - 1, note)) }
            } else {
                stack[top].members.append(.init(name: member.json, value: value))
                if let note { stack[top].note.inner.append((member.json, -1, note)) }
            }
        }
        if note != nil { isUnusual = true }
    }

    private mutating func beginArray(_ member: CycloneDXXMLGrammar.Member, _ place: Int, _ top: Int) {
        Self.endArray(&stack[top])
        stack[top].gathering = place
        if let known = stack[top].members.firstIndex(where: { $0.name == member.json }),
            case .array(let items) = stack[top].members[known].value
        {
            // Taken out, so that the array has one owner and is not copied.
            stack[top].members.remove(at: known)
            stack[top].items = items
        }
    }

    private static func endArray(_ frame: inout Frame) {
        guard frame.gathering >= 0 else { return }
        let member = frame.type.elements[frame.gathering]
        var value = JSONValue.array(frame.items)
        // Up to 1.5 there is one identity and JSON has no array around it.
        if member.mayBeAlone, !member.repeats, frame.items.count == 1 { value = frame.items[0] }
        frame.members.append(.init(name: member.json, value: value))
        frame.items = []
        frame.gathering = -1
    }

    /// Whether a writer that heeds the schema would leave out or make up something.
    private mutating func judge(_ frame: Frame, _ type: CycloneDXXMLGrammar.ComplexType) {
        let isAsked = type.isRequiredAlways || frame.present != 0
        if isAsked, frame.present & type.required != type.required {
            for (place, member) in type.elements.enumerated()
            where type.required & ~frame.present & 1 << UInt64(place) != 0 {
                unsound(.missing(member.element), frame.element.offset)
            }
        }
        for choice in type.choices {
            var taken = 0
            for branch in choice.branches where branch & frame.present != 0 { taken += 1 }
            if taken > 1 { unsound(.alternatives, frame.element.offset) }
        }
    }

    /// The names of the elements that have a place in the JSON, in their order.
    private func order(of element: XMLElement, _ type: CycloneDXXMLGrammar.ComplexType) -> [String] {
        var seen: UInt64 = 0
        var names: [String] = []
        for child in element.elements {
            let name = elementNames[child.nameNumber]
            let place = name < 0 ? -1 : Int(type.elementPlaces[name])
            guard place >= 0 else { continue }
            let member = type.elements[place]
            let bit: UInt64 = 1 << UInt64(place)
            guard member.isInJSON, member.isArray || seen & bit == 0 else { continue }
            seen |= bit
            names.append(member.element)
        }
        return names
    }

    // MARK: Text, attributes, leaves

    /// Text where only elements belong: all of it up to the next markup, once.
    private mutating func takeText(_ node: XMLNode, _ top: Int) {
        guard stack[top].textCount != stack[top].markCount else { return }
        stack[top].textCount = stack[top].markCount
        var marks = 0
        var run = ""
        for child in stack[top].element.children {
            switch child.value {
            case .element, .processingInstruction: marks += 1
            case .text(let text), .cdata(let text): if marks == stack[top].markCount { run += text }
            case .comment: break
            }
            if marks > stack[top].markCount { break }
        }
        add(CycloneDXXMLFragment.escaped(run, isAttribute: false), top)
        notice(.text, node.offset)
    }

    private mutating func add(_ fragment: String, _ top: Int) {
        stack[top].note.extras.append((stack[top].position, fragment))
        stack[top].position += 1
        isUnusual = true
    }

    private mutating func readAttributes(
        of element: XMLElement, _ type: CycloneDXXMLGrammar.ComplexType, _ members: inout [JSONObject.Member],
        _ note: inout CycloneDXXMLExtras
    ) {
        var present: UInt64 = 0
        for attribute in element.attributes {
            let name = attributeNames[attribute.nameNumber]
            let place = name < 0 ? -1 : Int(type.attributePlaces[name])
            guard place >= 0, case .simple(let number) = type.attributes[place].content else {
                note.attributes.append(extra(attribute))
                continue
            }
            present |= 1 << UInt64(place)
            let member = type.attributes[place]
            let text = attribute.value
            let (value, isExact) = Self.value(of: text, grammar.simpleTypes[number])
            if !grammar.simpleTypes[number].accepts(text) { unsound(.value(member.element), attribute.offset) }
            if !isExact {
                note.attributes.append((member.element, text))
                isUnusual = true
            }
            if member.isIdentifier, !references.insert(text).inserted {
                unsound(.reference(text), element.offset)
            }
            members.append(.init(name: member.json, value: value))
        }
        guard present & type.requiredAttributes != type.requiredAttributes else { return }
        for (place, member) in type.attributes.enumerated()
        where member.isRequired && present & 1 << UInt64(place) == 0 {
            unsound(.missing(member.element), element.offset)
        }
    }

    /// An attribute that the JSON has no place for, with a prefix of the notes'.
    private mutating func extra(_ attribute: XMLAttribute) -> (String, String) {
        let name = attribute.name
        notice(.attribute(name.qualified), nil)
        return (prefixes.qualified(name, isAttribute: true), attribute.value)
    }

    /// An object of attributes and text.
    private mutating func textObject(_ element: XMLElement, _ type: CycloneDXXMLGrammar.ComplexType) -> JSONObject {
        var members: [JSONObject.Member] = []
        var note = CycloneDXXMLExtras()
        readAttributes(of: element, type, &members, &note)
        if let member = type.text, case .simple(let number) = member.content {
            let (text, isPlain) = Self.text(of: element)
            let (value, isExact) = Self.value(of: text, grammar.simpleTypes[number])
            if !grammar.simpleTypes[number].accepts(text) { unsound(.value(member.json), element.offset) }
            if !isPlain || !isExact {
                note.content = CycloneDXXMLFragment.content(of: element, grammar.namespace, &prefixes)
                isUnusual = true
            }
            members.append(.init(name: member.json, value: value))
        }
        if let rest = note.json { members.append(.init(name: CycloneDXXMLExtras.name, value: rest)) }
        return JSONObject(members)
    }

    /// The value of an element with nothing but text, and the element itself if it says more.
    mutating func leaf(
        _ element: XMLElement, _ type: XMLSchemaType, _ fallback: String?
    ) -> (value: JSONValue, verbatim: String?) {
        if let text = element.onlyText, !text.isEmpty || fallback == nil {
            let (value, isExact) = Self.value(of: text, type)
            if !type.accepts(text) { unsound(.value(element.name.qualified), element.offset) }
            // White space that has no meaning is treated like that between elements.
            if isExact || fallback == nil && value == "" { return (value, nil) }
            isUnusual = true
            return (value, fragment(element))
        }
        let (text, isPlain) = Self.text(of: element)
        var (value, isExact) = Self.value(of: text, type)
        if let fallback, text.isEmpty, element.children.first(where: { _ in true }) == nil {
            value = .string(fallback)
            isExact = false
        } else if !type.accepts(text) {
            unsound(.value(element.name.qualified), element.offset)
        }
        guard !isPlain || !isExact || !element.attributes.isEmpty else { return (value, nil) }
        for attribute in element.attributes { notice(.attribute(attribute.name.qualified), attribute.offset) }
        isUnusual = true
        return (value, fragment(element))
    }

    /// The value of an element's attribute `ref`, and the element itself if it has more than that.
    mutating func reference(
        _ element: XMLElement, _ type: CycloneDXXMLGrammar.ComplexType
    ) -> (value: JSONValue, verbatim: String?) {
        let ref = element["ref"]
        if let member = type.attributes.first(where: { $0.element == "ref" }),
            case .simple(let number) = member.content,
            ref.map({ !grammar.simpleTypes[number].accepts($0) }) ?? true
        {
            unsound(.missing("ref"), element.offset)
        }
        let hasContent = element.children.contains { !$0.isBlank }
        guard ref == nil || element.attributes.count != 1 || hasContent else { return (.string(ref ?? ""), nil) }
        isUnusual = true
        return (.string(ref ?? ""), fragment(element))
    }

    /// The text, and whether there is nothing else than text and comments; white space next to anything else is no text.
    private static func text(of element: XMLElement) -> (text: String, isPlain: Bool) {
        var text = ""
        var count = 0
        var isPlain = true
        for child in element.children {
            switch child.value {
            case .text(let piece), .cdata(let piece):
                count += 1
                if count == 1 { text = piece }
            case .comment: break
            case .element, .processingInstruction: isPlain = false
            }
        }
        if count > 1 { text = element.text }
        return (isPlain || element.hasText ? text : "", isPlain)
    }

    /// What JSON makes of a text, and whether that says how it was spelled.
    static func value(of raw: String, _ type: XMLSchemaType) -> (value: JSONValue, isExact: Bool) {
        guard type.collapses else { return (.string(raw), true) }
        let collapsed = XMLSchemaType.collapse(raw)
        let text = collapsed ?? raw
        let isExact = collapsed == nil
        switch type.shape {
        case .text: return (.string(text), isExact)
        case .bool:
            switch text {
            case "true": return (.bool(true), isExact)
            case "false": return (.bool(false), isExact)
            case "1": return (.bool(true), false)
            case "0": return (.bool(false), false)
            default: return (.string(text), isExact)
            }
        case .number:
            if let number = JSONNumber(text), CycloneDXXMLDecimal.isIdentical(to: number, like: type) {
                return (.number(number), isExact)
            }
            guard type.accepts(raw), let number = CycloneDXXMLDecimal.number(text) else {
                return (.string(text), isExact)
            }
            return (.number(number), false)
        }
    }

    // MARK: Notes

    private mutating func fragment(_ node: XMLNode) -> String {
        CycloneDXXMLFragment.text(of: node, grammar.namespace, &prefixes)
    }

    private mutating func fragment(_ element: XMLElement) -> String {
        CycloneDXXMLFragment.text(of: element, grammar.namespace, &prefixes)
    }

    private mutating func notice(_ kind: CycloneDXXMLNotice.Kind, _ offset: Int?) {
        add(CycloneDXXMLNotice(kind: kind, offset: offset ?? stack.last?.element.offset ?? 0))
    }

    private mutating func add(_ notice: CycloneDXXMLNotice) {
        guard noticeCounts[notice.kind.number] < Limits.noticeCount else {
            omittedNoticeCount += 1
            return
        }
        noticeCounts[notice.kind.number] += 1
        notices.append(notice)
    }

    private mutating func unsound(_ kind: CycloneDXXMLNotice.Kind, _ offset: Int) {
        isSound = false
        notice(kind, offset)
    }
}
