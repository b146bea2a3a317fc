internal import SBOMFormats
internal import StructuredText

/// Validates XML of CycloneDX as the XML schema of its version does.
///
/// The schemas are deterministic (XML Schema part 1 §3.8.6): each element matches one part of a content model at most.
/// So there is no backtracking, and a document is walked once. A list of pending elements replaces recursion.
struct CycloneDXXMLValidator {
    /// A violation of the schema.
    struct Finding {
        /// The element with the violation.
        let element: XMLElement
        /// The attribute with the violation, if it is in an attribute.
        let attribute: XMLAttribute?
        /// The kind of rule that is violated.
        let name: Name
        let expected: String
        let found: String?
    }

    /// The kinds of rules.
    enum Name: String {
        case element, attribute, text, type, unique
    }

    /// The declaration against which an element is validated.
    private enum Kind {
        case content(CycloneDXXMLGrammar.Content, fallback: String?)
        /// An element of another namespace, which may contain a root element of CycloneDX.
        case foreign
    }

    /// The children of one element while they are matched with its content model.
    private struct Match {
        let children: [Int]
        let type: CycloneDXXMLGrammar.ComplexType
        var furthest = 0
        var expected: [String] = []

        /// The numbers for elements of other namespaces, and for unknown elements.
        static let other = -1
        static let unknown = -2

        mutating func expect(_ name: String, at place: Int) {
            if place > furthest {
                furthest = place
                expected = []
            }
            if place == furthest, !expected.contains(name) { expected.append(name) }
        }

        /// The index of the first child after those that match a part of the model; nil if the children do not match.
        mutating func pass(_ particle: CycloneDXXMLGrammar.Particle, from start: Int) -> Int? {
            switch particle {
            case .element(let member, let least, let most):
                return pass(member, name: type.elements[member].element, least, most, from: start)
            case .other(let least, let most):
                return pass(Self.other, name: nil, least, most, from: start)
            case .sequence(let parts, let least, let most):
                return repeated(least, most, from: start) { match, start in
                    var place = start
                    for part in parts {
                        guard let next = match.pass(part, from: place) else { return nil }
                        place = next
                    }
                    return place
                }
            case .choice(let parts, let least, let most):
                return repeated(least, most, from: start) { match, start in
                    var empty: Int?
                    for part in parts {
                        guard let next = match.pass(part, from: start) else { continue }
                        if next > start { return next }
                        empty = next
                    }
                    return empty
                }
            }
        }

        private mutating func pass(_ member: Int, name: String?, _ least: Int, _ most: Int, from start: Int) -> Int? {
            var place = start
            while place < children.count, place - start < most, children[place] == member { place += 1 }
            if place - start < most, let name { expect(name, at: place) }
            return place - start >= least ? place : nil
        }

        private mutating func repeated(
            _ least: Int, _ most: Int, from start: Int, _ once: (inout Match, Int) -> Int?
        ) -> Int? {
            var place = start
            var count = 0
            while count < most {
                guard let next = once(&self, place) else { break }
                count += 1
                // A part that matches without any child also matches as often as required.
                if next == place { return place }
                place = next
            }
            return count >= least ? place : nil
        }
    }

    private let grammar: CycloneDXXMLGrammar
    private let limit: Int
    private var references: Set<String> = []
    private var pending: [(element: XMLElement, kind: Kind)] = []
    private(set) var findings: [Finding] = []
    private(set) var isTruncated = false

    init(_ grammar: CycloneDXXMLGrammar, limit: Int) {
        self.grammar = grammar
        self.limit = limit
    }

    /// Validates a document with a root element of CycloneDX.
    mutating func judge(_ document: XMLDocument) {
        pending = [(document.root, .content(.complex(grammar.root), fallback: nil))]
        while let (element, kind) = pending.popLast(), !isTruncated {
            switch kind {
            case .foreign: judgeForeign(element)
            case .content(.simple(let number), let fallback):
                judgeLeaf(element, grammar.simpleTypes[number], fallback)
            case .content(.complex(let number), _):
                judge(element, grammar.types[number])
            }
        }
    }

    private mutating func add(
        _ name: Name, _ element: XMLElement, _ attribute: XMLAttribute? = nil, expected: String, found: String? = nil
    ) {
        guard findings.count < limit else {
            isTruncated = true
            return
        }
        findings.append(
            Finding(element: element, attribute: attribute, name: name, expected: expected, found: found))
    }

    private mutating func judge(_ element: XMLElement, _ type: CycloneDXXMLGrammar.ComplexType) {
        judgeAttributes(element, type.attributes, type.wildcard)
        if let text = type.text {
            judgeText(element, text.content, nil)
            return
        }
        var children: [Int] = []
        var elements: [XMLElement] = []
        for child in element.children {
            guard let inner = child.element else {
                // Empty content does not allow white space either (part 1 §3.4.4).
                if !child.isBlank || type.content == nil, type.shape != .mixed { judgeStray(child, element, type) }
                continue
            }
            elements.append(inner)
            children.append(place(of: inner, in: type))
        }
        if let content = type.content {
            judge(element, elements, children, type, content)
        } else if let first = elements.first {
            add(.element, first, expected: "nothing in \(element.name.local)", found: first.name.qualified)
        }
        for (inner, place) in zip(elements, children).reversed() {
            if place >= 0 {
                let member = type.elements[place]
                pending.append((inner, .content(member.content, fallback: member.fallback)))
            } else if place == Match.other {
                pending.append((inner, .foreign))
            }
        }
    }

    private func place(of element: XMLElement, in type: CycloneDXXMLGrammar.ComplexType) -> Int {
        let name = element.name
        guard name.namespace == grammar.namespace else { return name.namespace.isEmpty ? Match.unknown : Match.other }
        guard let number = grammar.names[name.local], type.elementPlaces[number] >= 0 else { return Match.unknown }
        return Int(type.elementPlaces[number])
    }

    /// Validates the children of an element against its content model, and reports the first one that does not match.
    private mutating func judge(
        _ element: XMLElement, _ elements: [XMLElement], _ children: [Int], _ type: CycloneDXXMLGrammar.ComplexType,
        _ content: CycloneDXXMLGrammar.Particle
    ) {
        var match = Match(children: children, type: type)
        let end = match.pass(content, from: 0)
        guard end != children.count else { return }
        let furthest = max(match.furthest, end ?? 0)
        let names = match.furthest == furthest ? match.expected : []
        let listed =
            switch names.count {
            case 0: "no more elements in \(element.name.local)"
            case 1...6: names.joined(separator: " or ")
            default: names.prefix(5).joined(separator: ", ") + " or one of \(names.count - 5) more"
            }
        if furthest < elements.count {
            add(.element, elements[furthest], expected: listed, found: elements[furthest].name.qualified)
        } else {
            add(.element, element, expected: "\(listed) in it", found: nil)
        }
    }

    private mutating func judgeStray(
        _ node: XMLNode, _ element: XMLElement, _ type: CycloneDXXMLGrammar.ComplexType
    ) {
        switch node.value {
        case .text(let text), .cdata(let text):
            // One violation for the text of an element is enough.
            if findings.last?.name == .text, findings.last?.element.offset == element.offset { return }
            let found = "\"" + DocumentViolation.shortened(XMLSchemaType.collapsed(text)) + "\""
            add(.text, element, expected: type.content == nil ? "nothing in it" : "only elements in it", found: found)
        case .element, .comment, .processingInstruction: break
        }
    }

    private mutating func judgeLeaf(_ element: XMLElement, _ type: XMLSchemaType, _ fallback: String?) {
        // The type `anyType` allows any content.
        if type.primitive == .anyType { return judgeForeign(element) }
        judgeAttributes(element, [], .none)
        judgeText(element, nil, type, fallback)
    }

    private mutating func judgeText(
        _ element: XMLElement, _ content: CycloneDXXMLGrammar.Content?, _ type: XMLSchemaType?,
        _ fallback: String? = nil
    ) {
        var simple = type
        if case .simple(let number) = content { simple = grammar.simpleTypes[number] }
        guard let simple else { return }
        if let inner = element.elements.first(where: { _ in true }) {
            add(.element, inner, expected: "only text in \(element.name.local)", found: inner.name.qualified)
            return
        }
        let text = element.text
        if text.isEmpty, fallback != nil { return }
        if !simple.accepts(text) {
            add(.type, element, expected: simple.expected, found: "\"" + DocumentViolation.shortened(text) + "\"")
        }
    }

    private mutating func judgeAttributes(
        _ element: XMLElement, _ members: [CycloneDXXMLGrammar.Member], _ wildcard: CycloneDXXMLGrammar.Wildcard
    ) {
        var present: UInt64 = 0
        for attribute in element.attributes {
            let name = attribute.name
            if name.namespace == Self.instance {
                // These are instructions for validators and not attributes of the schema (part 1 §2.6). No element is
                // nillable.
                if ["type", "schemaLocation", "noNamespaceSchemaLocation"].contains(name.local) { continue }
                if name.local == "nil" {
                    add(.attribute, element, attribute, expected: "no attribute nil", found: nil)
                    continue
                }
            }
            guard name.namespace.isEmpty, let place = members.firstIndex(where: { $0.element == name.local }),
                case .simple(let number) = members[place].content
            else {
                judgeExtra(attribute, element, wildcard)
                continue
            }
            present |= 1 << UInt64(place)
            let value = attribute.value
            if !grammar.simpleTypes[number].accepts(value) {
                add(
                    .type, element, attribute, expected: grammar.simpleTypes[number].expected,
                    found: "\"" + DocumentViolation.shortened(value) + "\"")
            } else if members[place].isIdentifier, !references.insert(value).inserted {
                add(
                    .unique, element, attribute, expected: "a bom-ref that nothing before has",
                    found: "\"" + DocumentViolation.shortened(value) + "\"")
            }
        }
        for (place, member) in members.enumerated() where member.isRequired && present & 1 << UInt64(place) == 0 {
            add(.attribute, element, expected: "the attribute \(member.element) in it", found: nil)
        }
    }

    private mutating func judgeExtra(
        _ attribute: XMLAttribute, _ element: XMLElement, _ wildcard: CycloneDXXMLGrammar.Wildcard
    ) {
        let name = attribute.name
        let isAllowed =
            switch wildcard {
            case .any: true
            case .other: !name.namespace.isEmpty && name.namespace != grammar.namespace
            case .none: false
            }
        if !isAllowed { add(.attribute, element, attribute, expected: "no attribute \(name.qualified)", found: nil) }
    }

    /// Searches an element of another namespace, which may have any content, for root elements of CycloneDX.
    private mutating func judgeForeign(_ element: XMLElement) {
        for inner in Array(element.elements).reversed() {
            if inner.name.matches("bom", in: grammar.namespace) {
                pending.append((inner, .content(.complex(grammar.root), fallback: nil)))
            } else {
                pending.append((inner, .foreign))
            }
        }
    }

    private static let instance = "http://www.w3.org/2001/XMLSchema-instance"
}
