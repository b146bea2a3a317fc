internal import ByteStreams
internal import StructuredText

/// The pieces of XML in the notes of a document, parsed together.
struct CycloneDXXMLPieces: ~Copyable {
    private var elements: [String: XMLElement] = [:]
    private var reader: CycloneDXXMLReader?
    /// What is to be declared at the root for them.
    private(set) var namespaces: [(prefix: String, namespace: String)] = []
    private var prefixes: Set<String> = ["xml"]

    private let limits: Limits

    init(of content: JSONObject, _ note: JSONObject?, _ grammar: CycloneDXXMLGrammar, _ limits: Limits) {
        // Pieces come from a document that was within the limits. Here they stand a little deeper, in an element with the
        // namespaces of all.
        var limits = limits
        limits.documentDepth = max(limits.documentDepth, min(2 * limits.documentDepth, 1_900))
        limits.attributeCount = max(limits.attributeCount, 2 * Limits.declaredNamespaces)
        self.limits = limits
        for member in note?["namespaces"]?.objectContent?.members ?? [] {
            guard let namespace = member.value.textContent, !namespace.isEmpty, XMLWriter.isName(member.name),
                !member.name.contains(":"), !member.name.hasPrefix("xml"),
                namespaces.count <= Limits.declaredNamespaces, XMLWriter.canHold(namespace),
                prefixes.insert(member.name).inserted
            else { continue }
            namespaces.append((member.name, namespace))
        }
        let found = Self.pieces(in: content)
        guard !found.isEmpty else { return }
        if !parse(found, grammar) {
            // One of them is no XML; the others are.
            for piece in found { _ = parse([piece], grammar) }
        }
    }

    /// An element around the nodes of a piece.
    func element(of piece: String) -> XMLElement? { elements[piece] }

    /// Whether an attribute of that name can be written.
    func isDeclared(_ name: String) -> Bool {
        guard XMLWriter.isName(name), name != "xmlns", !name.hasPrefix("xmlns:") else { return false }
        guard let colon = name.firstIndex(of: ":") else { return true }
        return prefixes.contains(String(name[..<colon]))
    }

    /// What an element says as that member.
    mutating func value(
        of element: XMLElement, _ member: CycloneDXXMLGrammar.Member, _ grammar: CycloneDXXMLGrammar
    ) -> JSONValue? {
        switch member.content {
        case .simple(let number):
            return reader?.leaf(element, grammar.simpleTypes[number], member.fallback).value
        case .complex(let number):
            let type = grammar.types[number]
            if type.shape == .mixed {
                return reader?.leaf(element, .text, nil).value
            }
            return reader?.reference(element, type).value
        }
    }

    /// False if that is no XML.
    private mutating func parse(_ pieces: [String], _ grammar: CycloneDXXMLGrammar) -> Bool {
        var text = "<x xmlns=\"\(grammar.namespace)\""
        for (prefix, namespace) in namespaces {
            text += " xmlns:\(prefix)=\"" + CycloneDXXMLFragment.escaped(namespace, isAttribute: true) + "\""
        }
        text += ">"
        for piece in pieces { text += "<x>" + piece + "</x>" }
        text += "</x>"
        // Whoever wrote a piece that is no XML gets it reported where it should go.
        guard let document = try? XMLDocument(parsing: Array(text.utf8), limits: limits) else { return false }
        let found = Array(document.root.elements)
        guard found.count == pieces.count else { return false }
        for (piece, element) in zip(pieces, found) { elements[piece] = element }
        if reader == nil { reader = CycloneDXXMLReader(document, grammar) }
        return true
    }

    /// Each piece in the notes of a document once, whatever is around it.
    private static func pieces(in content: JSONObject) -> [String] {
        var pieces: [String] = []
        var known: Set<String> = []
        var pending: [(value: JSONValue, isNote: Bool)] = [(.object(content), false)]
        while let (value, isNote) = pending.popLast() {
            switch value {
            case .object(let object):
                for member in object.members {
                    let isPlain = ["attributes", "namespaces", "document", "order", "names"].contains(member.name)
                    if isNote, isPlain { continue }
                    pending.append((member.value, isNote || member.name == CycloneDXXMLExtras.name))
                }
            case .array(let items): for item in items { pending.append((item, isNote)) }
            case .string(let text): if isNote, known.insert(text).inserted { pieces.append(text) }
            case .null, .bool, .number: break
            }
        }
        return pieces
    }
}
