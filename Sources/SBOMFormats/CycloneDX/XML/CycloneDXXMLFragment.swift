internal import StructuredText

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
