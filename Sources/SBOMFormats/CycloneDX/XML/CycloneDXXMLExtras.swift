internal import StructuredText

/// What a piece of XML says that the shape of the JSON has no place for.
///
/// It travels in the shape as a member `#xml` of the nearest object. Pieces of XML in it are spelled with the prefixes of
/// the root's note, and without one for CycloneDX's own namespace, so that they are right for whatever version is
/// written.
struct CycloneDXXMLExtras {
    /// The reserved member.
    static let name = "#xml"

    /// Attributes that JSON has no place for, or spells otherwise.
    var attributes: [(name: String, value: String)] = []
    /// The elements in their order, where that is not the usual one.
    var order: [String]?
    /// Pieces that stand between the elements, by their place among all children.
    var extras: [(position: Int, xml: String)] = []
    /// Notes of what is no object: the member, the place in an array or -1, and the note or the whole element.
    var inner: [(member: String, index: Int, note: JSONValue)] = []
    /// Of a list, which element each item was.
    var names: [String]?
    /// What stands in an element of text, if that is more than text, or spelled otherwise.
    var content: String?
    /// Of the root, the namespaces that pieces use.
    var namespaces: [(prefix: String, namespace: String)] = []
    /// Of the root, whether the document is to be written as it was found, rather than as the schema wants it.
    var isAsFound = false
    /// Of the root, processing instructions beside it.
    var before: [String] = []
    var after: [String] = []

    /// The note as JSON, nil if it says nothing.
    var json: JSONValue? {
        var object = JSONObject()
        if isAsFound { object.append("asFound", true) }
        if !namespaces.isEmpty {
            object.append(
                "namespaces",
                .object(JSONObject(namespaces.map { .init(name: $0.prefix, value: .string($0.namespace)) })))
        }
        if !attributes.isEmpty {
            object.append(
                "attributes", .object(JSONObject(attributes.map { .init(name: $0.name, value: .string($0.value)) })))
        }
        if let order { object.append("order", .array(order.map { .string($0) })) }
        if let names { object.append("names", .array(names.map { .string($0) })) }
        if let content { object.append("content", .string(content)) }
        if !extras.isEmpty {
            object.append("extras", .array(extras.map { [.number(JSONNumber($0.position)), .string($0.xml)] }))
        }
        for member in innerNames {
            let notes = inner.filter { $0.member == member }
            if member.isEmpty || notes.first.map({ $0.index >= 0 }) ?? false {
                let items = JSONValue.object(
                    JSONObject(notes.map { .init(name: String($0.index), value: $0.note) }))
                if member.isEmpty {
                    object.append("items", items)
                } else {
                    append(member, ["items": items], to: &object)
                }
            } else if let note = notes.first {
                append(member, note.note, to: &object)
            }
        }
        if !before.isEmpty { object.append("before", .array(before.map { .string($0) })) }
        if !after.isEmpty { object.append("after", .array(after.map { .string($0) })) }
        return object.isEmpty ? nil : .object(object)
    }

    private var innerNames: [String] {
        var names: [String] = []
        for (member, _, _) in inner where names.last != member && !names.contains(member) { names.append(member) }
        return names
    }

    private func append(_ member: String, _ note: JSONValue, to object: inout JSONObject) {
        if let last = object.members.last, last.name == "in", case .object(var inner) = last.value {
            inner.append(member, note)
            object.members[object.count - 1].value = .object(inner)
        } else {
            object.append("in", .object(JSONObject([.init(name: member, value: note)])))
        }
    }
}

/// The prefixes that notes use for namespaces other than CycloneDX's: one each, declared once, at the root.
struct CycloneDXXMLPrefixes {
    private(set) var all: [(prefix: String, namespace: String)] = []
    private var known: [String: String] = [:]
    private var used: Set<String> = ["", "xml", "xmlns"]

    /// How many namespaces may be declared at a root and be read again (``Limits/namespaceCount``).
    static let most = 200

    /// Whether there are more than can be declared.
    var isOverfull: Bool { all.count > Self.most }

    /// A name with the prefix that its namespace has here.
    mutating func qualified(_ name: XMLName, isAttribute: Bool) -> String {
        if name.namespace.isEmpty { return name.local }
        if name.namespace == "http://www.w3.org/XML/1998/namespace" { return "xml:" + name.local }
        return prefix(of: name) + ":" + name.local
    }

    private mutating func prefix(of name: XMLName) -> String {
        if let known = known[name.namespace] { return known }
        var prefix = name.prefix
        var number = all.count
        while used.contains(prefix) {
            number += 1
            prefix = "ns\(number)"
        }
        used.insert(prefix)
        known[name.namespace] = prefix
        all.append((prefix, name.namespace))
        return prefix
    }
}

/// Spells pieces of a tree for notes.
enum CycloneDXXMLFragment {
    private struct Open {
        var name: String
        var defaultNamespace: String
        /// Whether there is text, so that white space is a part of it.
        var hasText: Bool
        var children: XMLChildren
    }

    /// A node and all that is in it.
    static func text(of node: XMLNode, _ namespace: String, _ prefixes: inout CycloneDXXMLPrefixes) -> String {
        var text = ""
        if let element = node.element {
            spell(element, namespace, &prefixes, &text)
        } else {
            spell(node, &text)
        }
        return text
    }

    /// An element and all that is in it.
    static func text(of element: XMLElement, _ namespace: String, _ prefixes: inout CycloneDXXMLPrefixes) -> String {
        var text = ""
        spell(element, namespace, &prefixes, &text)
        return text
    }

    /// What is in an element; white space only where there is other text.
    static func content(
        of element: XMLElement, _ namespace: String, _ prefixes: inout CycloneDXXMLPrefixes
    ) -> String {
        var text = ""
        for child in element.children {
            if let inner = child.element {
                spell(inner, namespace, &prefixes, &text)
            } else if element.hasText || !child.isBlank {
                spell(child, &text)
            }
        }
        return text
    }

    static func escaped(_ text: String, isAttribute: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "\""): if isAttribute { bytes += "&quot;".utf8 } else { bytes.append(byte) }
            case 0x0D: bytes += "&#13;".utf8
            case 0x09: if isAttribute { bytes += "&#9;".utf8 } else { bytes.append(byte) }
            case 0x0A: if isAttribute { bytes += "&#10;".utf8 } else { bytes.append(byte) }
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func spell(_ node: XMLNode, _ text: inout String) {
        switch node.value {
        case .text(let piece), .cdata(let piece): text += escaped(piece, isAttribute: false)
        case .processingInstruction(let target, let data): text += "<?\(target)\(data.isEmpty ? "" : " ")\(data)?>"
        case .comment, .element: break
        }
    }

    private static func spell(
        _ root: XMLElement, _ namespace: String, _ prefixes: inout CycloneDXXMLPrefixes, _ text: inout String
    ) {
        var open: [Open] = []
        func begin(_ element: XMLElement, _ prefixes: inout CycloneDXXMLPrefixes, _ text: inout String) {
            let name = element.name
            var defaultNamespace = open.last?.defaultNamespace ?? namespace
            let isPlain = name.namespace == namespace || name.namespace.isEmpty
            let spelled = isPlain ? name.local : prefixes.qualified(name, isAttribute: false)
            text += "<" + spelled
            if isPlain, defaultNamespace != name.namespace {
                text += " xmlns=\"" + escaped(name.namespace, isAttribute: true) + "\""
                defaultNamespace = name.namespace
            }
            for attribute in element.attributes {
                text += " " + prefixes.qualified(attribute.name, isAttribute: true) + "=\""
                text += escaped(attribute.value, isAttribute: true) + "\""
            }
            text += ">"
            open.append(
                Open(
                    name: spelled, defaultNamespace: defaultNamespace, hasText: element.hasText,
                    children: element.children))
        }
        begin(root, &prefixes, &text)
        while let top = open.indices.last {
            guard let child = open[top].children.next() else {
                text += "</" + open[top].name + ">"
                open.removeLast()
                continue
            }
            if let element = child.element {
                begin(element, &prefixes, &text)
            } else if open[top].hasText || !child.isBlank {
                spell(child, &text)
            }
        }
    }
}
