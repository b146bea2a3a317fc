/// A name in XML: a namespace, a local name, and the spelling with its prefix (Namespaces in XML §2.1).
///
/// Two names are equal if their namespaces and local names are equal; prefixes do not count.
package struct XMLName: Sendable, Hashable, CustomStringConvertible {
    /// The name as written, with its prefix.
    package let qualified: String
    /// The name without its prefix.
    package let local: String
    /// The namespace; empty if the name has no namespace.
    package let namespace: String

    /// The prefix; empty if there is none.
    package var prefix: String {
        let length = qualified.utf8.count - local.utf8.count
        return length > 0 ? String(qualified.utf8.prefix(length - 1)) ?? "" : ""
    }

    package var description: String { qualified }

    /// Whether the name has this local name and namespace; an empty namespace means none.
    package func matches(_ local: String, in namespace: String) -> Bool {
        self.local.isIdentical(to: local) && self.namespace.isIdentical(to: namespace)
    }

    package static func == (one: XMLName, other: XMLName) -> Bool {
        one.matches(other.local, in: other.namespace)
    }

    package func hash(into hasher: inout Hasher) {
        // Equal scalars imply canonical equivalence, so the hash of String is correct here too.
        hasher.combine(local)
        hasher.combine(namespace)
    }
}

/// An element of a document: its name, attributes, namespace declarations and content.
///
/// It is a view: it is cheap to make, and keeps the document in memory.
package struct XMLElement: Sendable {
    let tree: XMLTree
    let index: Int

    /// The name.
    package var name: XMLName { tree.name(of: index) }

    /// The index of its name in ``XMLDocument/names``.
    package var nameNumber: Int { tree.nodes[index].name }

    /// The offset of its start tag in the text of the document.
    package var offset: Int { Int(tree.nodes[index].start) }

    /// The attributes in their order, without namespace declarations.
    package var attributes: XMLAttributes {
        var first = index + 1
        let end = tree.end(of: index)
        while first < end, tree.nodes[first].kind == .namespace { first += 1 }
        var last = first
        while last < end, tree.nodes[last].kind == .attribute { last += 1 }
        return XMLAttributes(tree: tree, element: index, nodes: first..<last)
    }

    /// The value of the attribute with this local name and no namespace.
    package subscript(attribute: String) -> String? {
        attributes.first { $0.name.matches(attribute, in: "") }?.value
    }

    /// The namespace declarations of the element, in their order.
    package var declarations: [XMLNamespaceDeclaration] {
        var declarations: [XMLNamespaceDeclaration] = []
        var next = index + 1
        while next < tree.end(of: index), tree.nodes[next].kind == .namespace {
            let name = tree.name(of: next)
            declarations.append(XMLNamespaceDeclaration(prefix: name.local, namespace: name.namespace))
            next += 1
        }
        return declarations
    }

    /// All namespace declarations in scope, each prefix once.
    package var declarationsInScope: [XMLNamespaceDeclaration] {
        var inScope: [XMLNamespaceDeclaration] = []
        for element in ancestors + [self] {
            for declaration in element.declarations {
                if let known = inScope.firstIndex(where: { $0.prefix.isIdentical(to: declaration.prefix) }) {
                    inScope[known] = declaration
                } else {
                    inScope.append(declaration)
                }
            }
        }
        return inScope
    }

    /// The content in order.
    package var children: XMLChildren {
        let end = tree.end(of: index)
        var first = index + 1
        while first < end, tree.nodes[first].kind == .namespace || tree.nodes[first].kind == .attribute { first += 1 }
        return XMLChildren(tree: tree, first: first, end: end)
    }

    /// The child elements in order.
    package var elements: XMLElements { XMLElements(children: children) }

    /// The first child element with this local name and namespace; an empty namespace means none.
    package func element(_ local: String, in namespace: String) -> XMLElement? {
        elements.first { $0.name.matches(local, in: namespace) }
    }

    /// The text directly inside, including CDATA sections, without comments and elements.
    package var text: String {
        var first: String?
        var rest: [UInt8]?
        for child in children where child.kind == .text || child.kind == .cdata {
            if rest != nil {
                rest?.append(contentsOf: child.content.utf8)
            } else if let begun = first {
                rest = Array((begun + child.content).utf8)
            } else {
                first = child.content
            }
        }
        return rest.map { String(decoding: $0, as: UTF8.self) } ?? first ?? ""
    }

    /// The text, if the element has nothing else, neither attributes nor comments; empty for an empty element.
    package var onlyText: String? {
        let end = tree.end(of: index)
        if end == index + 1 { return "" }
        guard end == index + 2, tree.nodes[index + 1].kind == .text else { return nil }
        return tree.content(of: index + 1)
    }

    /// Whether the element directly contains text other than white space.
    package var hasText: Bool {
        children.contains { ($0.kind == .text || $0.kind == .cdata) && !tree.isBlank($0.index) }
    }

    /// The elements that contain the element, from the root on.
    package var ancestors: [XMLElement] {
        var ancestors: [XMLElement] = []
        var element = XMLElement(tree: tree, index: tree.root)
        while element.index < index {
            ancestors.append(element)
            guard let next = element.elements.first(where: { index < tree.end(of: $0.index) }) else { break }
            element = next
        }
        return ancestors
    }
}

/// A namespace declaration (Namespaces in XML §3).
package struct XMLNamespaceDeclaration: Sendable, Hashable {
    /// The prefix, empty for the default namespace.
    package let prefix: String
    /// The namespace; empty if the declaration removes the default.
    package let namespace: String

    /// A declaration.
    package init(prefix: String, namespace: String) {
        self.prefix = prefix
        self.namespace = namespace
    }
}

/// An attribute of an element.
package struct XMLAttribute: Sendable {
    let tree: XMLTree
    let element: Int
    let index: Int

    /// The name.
    package var name: XMLName { tree.name(of: index) }

    /// The index of its name in ``XMLDocument/names``.
    package var nameNumber: Int { tree.nodes[index].name }

    /// The value with references resolved and white space normalized (XML 1.0 §3.3.3).
    package var value: String { tree.content(of: index) }

    /// The offset of its name in the text of the document.
    package var offset: Int {
        tree.offset(ofAttribute: name.qualified, inTagAt: Int(tree.nodes[element].start))
    }
}

/// The attributes of an element, in their order.
package struct XMLAttributes: Sendable, RandomAccessCollection {
    let tree: XMLTree
    let element: Int
    let nodes: Range<Int>

    package var startIndex: Int { 0 }
    package var endIndex: Int { nodes.count }

    package subscript(position: Int) -> XMLAttribute {
        XMLAttribute(tree: tree, element: element, index: nodes.lowerBound + position)
    }
}

/// A node inside of an element, or before or after the root.
package struct XMLNode: Sendable {
    /// The kinds of nodes with their content.
    package enum Value: Sendable {
        /// An element.
        case element(XMLElement)
        /// Text up to the next markup, with references resolved.
        case text(String)
        /// A CDATA section.
        case cdata(String)
        /// A comment.
        case comment(String)
        /// A processing instruction.
        case processingInstruction(target: String, data: String)
    }

    let tree: XMLTree
    let index: Int

    /// The node with its content.
    package var value: Value {
        switch kind {
        case .element: .element(XMLElement(tree: tree, index: index))
        case .text, .attribute, .namespace: .text(content)
        case .cdata: .cdata(content)
        case .comment: .comment(content)
        case .processingInstruction: .processingInstruction(target: tree.name(of: index).local, data: content)
        }
    }

    /// Whether the node is a comment or white space.
    package var isBlank: Bool { tree.saysNothing(index) }

    /// The element; nil for another node.
    package var element: XMLElement? { kind == .element ? XMLElement(tree: tree, index: index) : nil }

    /// The offset in the text of the document.
    package var offset: Int {
        let start = Int(tree.nodes[index].start)
        // The content of text that begins with CR LF starts at the line feed.
        let isBehindReturn = kind == .text && start > 0 && tree.text[start - 1] == 0x0D && tree.text[start] == 0x0A
        return isBehindReturn ? start - 1 : start
    }

    var kind: XMLTree.Kind { tree.nodes[index].kind }
    var content: String { tree.content(of: index) }
}

/// The content of an element in order.
package struct XMLChildren: Sendable, Sequence, IteratorProtocol {
    let tree: XMLTree
    var first: Int
    let end: Int

    package mutating func next() -> XMLNode? {
        guard first < end else { return nil }
        defer { first = tree.end(of: first) }
        return XMLNode(tree: tree, index: first)
    }

    /// The next node that is neither a comment nor white space.
    package mutating func nextNotBlank() -> XMLNode? {
        while first < end {
            let index = first
            first = tree.end(of: index)
            // Checked before a view is made: half of the nodes of a document are white space.
            if !tree.saysNothing(index) { return XMLNode(tree: tree, index: index) }
        }
        return nil
    }

    /// No content.
    package var none: XMLChildren { XMLChildren(tree: tree, first: end, end: end) }

    /// The number of nodes, including attributes and everything inside.
    package var nodeCount: Int { end - first }

    /// The content in consecutive parts of about the same number of nodes, one for each thread.
    package func divided(into count: Int) -> [XMLChildren] {
        var parts: [XMLChildren] = []
        var start = first
        var next = first
        while next < end {
            next = tree.end(of: next)
            if (next - first) * count >= nodeCount * (parts.count + 1) || next == end {
                parts.append(XMLChildren(tree: tree.copy(), first: start, end: next))
                start = next
            }
        }
        return parts
    }
}

/// The child elements of an element in order.
package struct XMLElements: Sendable, Sequence, IteratorProtocol {
    var children: XMLChildren

    package mutating func next() -> XMLElement? {
        while let child = children.next() {
            if let element = child.element { return element }
        }
        return nil
    }
}

/// The nodes of a document in the order of the text; attributes and content follow their element.
///
/// A class because the views of a document share it; it never changes.
final class XMLTree: Sendable {
    enum Kind: UInt8 {
        case element, namespace, attribute, text, cdata, comment, processingInstruction
    }

    /// A node of twelve bytes; a large document has millions.
    struct Node {
        /// The offset in the text; for an attribute, that of its value.
        var start: UInt32
        /// For an element, the index after its last node; for other nodes, the length of the content or the index in
        /// the pool.
        var extent: UInt32
        // The kind in the upper 4 bits, one bit for content in the pool, and the number of the name in 27 bits.
        private var tag: UInt32

        /// The number of different names that a node can have.
        static let nameCount = 1 << 27

        init(_ kind: Kind, start: Int, extent: Int, name: Int, isPooled: Bool) {
            // A text has fewer than 2 GB, and libxml2 gives up at 10 MB of names.
            self.start = UInt32(truncatingIfNeeded: start)
            self.extent = UInt32(truncatingIfNeeded: extent)
            tag = UInt32(kind.rawValue) << 28 | (isPooled ? 1 << 27 : 0) | UInt32(truncatingIfNeeded: name) & 0x7FF_FFFF
        }

        var kind: Kind { Kind(rawValue: UInt8(tag >> 28)) ?? .text }
        var isPooled: Bool { tag & 1 << 27 != 0 }
        var name: Int { Int(tag & 0x7FF_FFFF) }
    }

    /// The text in UTF-8, with a zero after it.
    let text: [UInt8]
    /// Content that differs from the text: references resolved, line ends normalized.
    let pool: [UInt8]
    /// The pieces of the pool.
    let pieces: [Range<Int>]
    let nodes: [Node]
    let names: [XMLName]
    let root: Int

    init(text: [UInt8], pool: [UInt8], pieces: [Range<Int>], nodes: [Node], names: [XMLName], root: Int) {
        self.text = text
        self.pool = pool
        self.pieces = pieces
        self.nodes = nodes
        self.names = names
        self.root = root
    }

    func name(of node: Int) -> XMLName { names[nodes[node].name] }

    /// The index after a node and everything in it.
    func end(of node: Int) -> Int {
        nodes[node].kind == .element ? Int(nodes[node].extent) : node + 1
    }

    /// A copy for another thread, because threads that share a tree contend for its reference counts.
    func copy() -> XMLTree {
        XMLTree(text: text, pool: pool, pieces: pieces, nodes: nodes, names: names, root: root)
    }

    /// The range of the content of a node that is not an element, in the pool or in the text.
    private func range(of node: Node) -> Range<Int> {
        if node.isPooled { return pieces[Int(node.extent)] }
        // A CDATA section or comment starts at its markup.
        let start =
            switch node.kind {
            case .cdata: Int(node.start) + 9
            case .comment: Int(node.start) + 4
            case .element, .namespace, .attribute, .text, .processingInstruction: Int(node.start)
            }
        return start..<start + Int(node.extent)
    }

    /// The content of a node that is not an element, as a part of the pool or of the text.
    func range(of node: Int) -> (bytes: [UInt8], range: Range<Int>) {
        (nodes[node].isPooled ? pool : text, range(of: nodes[node]))
    }

    /// The content of a node as a string.
    func content(of node: Int) -> String {
        let node = nodes[node]
        let range = range(of: node)
        return node.isPooled ? Self.string(pool, range) : Self.string(text, range)
    }

    private static func string(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        // The text was checked to be UTF-8, and pieces end at ASCII or were made by libxml2 from whole characters.
        if let span = try? UTF8Span(validating: bytes.span.extracting(range)) { return String(copying: span) }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// Whether a node is a comment, or text that is only white space.
    func saysNothing(_ node: Int) -> Bool {
        switch nodes[node].kind {
        case .comment, .attribute, .namespace: true
        case .text, .cdata: isBlank(node)
        case .element, .processingInstruction: false
        }
    }

    /// Whether a node has only white space (XML 1.0 §2.3).
    func isBlank(_ node: Int) -> Bool {
        let node = nodes[node]
        // By index, because passing the array on would change a reference count that all threads share.
        for index in range(of: node) {
            guard XMLSource.isSpace(node.isPooled ? pool[index] : text[index]) else { return false }
        }
        return true
    }

    /// The offset of an attribute in a start tag; that of the tag if it is not there.
    func offset(ofAttribute name: String, inTagAt start: Int) -> Int {
        let text = text
        return XMLSource.offset(ofAttribute: name, inTagAt: start, text.span) ?? start
    }
}
