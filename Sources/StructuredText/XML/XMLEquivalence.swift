extension XMLDocument {
    /// Whether both are equal as canonical XML without comments and blank text.
    ///
    /// Names are compared by namespace and local name, so prefixes and unused declarations are ignored. Also ignored
    /// are the order of attributes, the difference between CDATA sections and text, encodings, and the XML declaration
    /// (Canonical XML 1.1 §1.1, §2.4). Processing instructions are compared.
    package func isEquivalent(to other: XMLDocument) -> Bool {
        XMLWalk.match(XMLWalk(tree, 0..<tree.nodes.count), XMLWalk(other.tree, 0..<other.tree.nodes.count))
    }
}

extension XMLElement {
    /// Whether both elements are equivalent, as defined by ``XMLDocument/isEquivalent(to:)``.
    package func isEquivalent(to other: XMLElement) -> Bool {
        XMLWalk.match(
            XMLWalk(tree, index..<tree.end(of: index)),
            XMLWalk(other.tree, other.index..<other.tree.end(of: other.index))
        )
    }
}

/// Walks a tree by the rules of canonical XML.
private struct XMLWalk {
    enum Step {
        case start(XMLElement)
        case end
        /// The content of `text`.
        case text
        case instruction(target: String, data: String)
    }

    private let tree: XMLTree
    private var next: Int
    private let end: Int
    private var ends: [Int] = []
    private(set) var text: [UInt8] = []

    init(_ tree: XMLTree, _ range: Range<Int>) {
        self.tree = tree
        next = range.lowerBound
        end = range.upperBound
    }

    static func match(_ one: XMLWalk, _ other: XMLWalk) -> Bool {
        var (one, other) = (one, other)
        while true {
            switch (one.step(), other.step()) {
            case (nil, nil): return true
            case (.start(let one), .start(let other)):
                guard one.name == other.name, match(one.attributes, other.attributes) else { return false }
            case (.end, .end): break
            case (.text, .text): guard one.text == other.text else { return false }
            case (.instruction(let target, let data), .instruction(let otherTarget, let otherData)):
                guard target.isIdentical(to: otherTarget), data.isIdentical(to: otherData) else { return false }
            case (nil, _), (.start, _), (.end, _), (.text, _), (.instruction, _): return false
            }
        }
    }

    private static func match(_ one: XMLAttributes, _ other: XMLAttributes) -> Bool {
        func isSame(_ pair: (XMLAttribute, XMLAttribute)) -> Bool {
            pair.0.name == pair.1.name && pair.0.value.isIdentical(to: pair.1.value)
        }
        guard one.count == other.count else { return false }
        return zip(one, other).allSatisfy(isSame) || zip(sorted(one), sorted(other)).allSatisfy(isSame)
    }

    private static func sorted(_ attributes: XMLAttributes) -> [XMLAttribute] {
        attributes.sorted { one, other in
            let (one, other) = (one.name, other.name)
            return one.local.isIdentical(to: other.local)
                ? one.namespace.utf8.lexicographicallyPrecedes(other.namespace.utf8)
                : one.local.utf8.lexicographicallyPrecedes(other.local.utf8)
        }
    }

    /// The next item that is compared.
    ///
    /// Text continues across comments, which are ignored.
    private mutating func step() -> Step? {
        text.removeAll(keepingCapacity: true)
        while true {
            let isEnd = ends.last == next || next >= end
            let kind = isEnd ? nil : tree.nodes[next].kind
            switch kind {
            case .text, .cdata:
                let (bytes, range) = tree.range(of: next)
                text += bytes[range]
                next += 1
            case .comment, .namespace, .attribute: next += 1
            case .element, .processingInstruction, nil:
                // `next` is not advanced, so that the next call finds the same item.
                if text.contains(where: { !XMLSource.isSpace($0) }) { return .text }
                text.removeAll(keepingCapacity: true)
                guard let kind else {
                    guard ends.popLast() != nil else { return nil }
                    return .end
                }
                let node = XMLNode(tree: tree, index: next)
                next += 1
                guard kind == .element else {
                    return .instruction(target: tree.name(of: node.index).local, data: node.content)
                }
                ends.append(tree.end(of: node.index))
                return .start(XMLElement(tree: tree, index: node.index))
            }
        }
    }
}
