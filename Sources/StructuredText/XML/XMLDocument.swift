package import ByteStreams

/// A parsed XML document: an ordered tree with places (XML 1.0, Namespaces in XML 1.0).
///
/// The tree is a list of small nodes that point into ``text``, so that a document needs little more memory than its
/// bytes; ``XMLElement`` and ``XMLNode`` are views of it. White space between elements is kept, references are
/// resolved, line ends are line feeds. A document type declaration is refused: there are no entities, and nothing
/// outside of the bytes is ever opened.
package struct XMLDocument: Sendable {
    /// The XML declaration, if there is one.
    package let declaration: XMLDeclaration?
    /// The encoding of the bytes, such as `UTF-8`; the declaration may not name it.
    package let encoding: String

    let tree: XMLTree

    /// Parses a whole document; throws if it is not well formed or uses undeclared prefixes.
    package init(parsing bytes: [UInt8], limits: Limits) throws(XMLError) {
        let source = try XMLSource(decoding: bytes)
        declaration = source.declaration
        encoding = source.encoding
        tree = try XMLParser.tree(of: source, limits: limits)
    }

    /// The text in UTF-8, to which offsets refer; for a document in another encoding it differs from the given bytes.
    package var text: ArraySlice<UInt8> { tree.text.dropLast() }

    /// The root element.
    package var root: XMLElement { XMLElement(tree: tree, index: tree.root) }

    /// The number of elements.
    package var elementCount: Int { tree.nodes.count { $0.kind == .element } }

    /// The names of all elements and attributes, each spelling once.
    ///
    /// A caller that looks for many names compares them once, and then compares ``XMLElement/nameNumber`` only.
    package var names: [XMLName] { tree.names }

    /// The comments and processing instructions before the root.
    package var prolog: some Sequence<XMLNode> { XMLChildren(tree: tree, first: 0, end: tree.root) }

    /// The comments and processing instructions after the root.
    package var epilog: some Sequence<XMLNode> {
        XMLChildren(tree: tree, first: tree.end(of: tree.root), end: tree.nodes.count)
    }

    /// The line and column of a byte of ``text``.
    package func place(at offset: Int) -> TextPlace {
        let text = tree.text
        return TextPlace(offset: offset, in: text.span)
    }

    /// The lines and columns of some bytes, found in one pass over the text.
    package func places(at offsets: [Int]) -> [TextPlace] {
        let text = tree.text
        return TextPlace.places(atOffsets: offsets, in: text.span).compactMap { $0 }
    }
}

/// An XML declaration (XML 1.0 §2.8).
package struct XMLDeclaration: Sendable, Hashable {
    /// The version of XML.
    package var version: String
    /// The encoding as the declaration spells it.
    package var encoding: String?
    /// The value of `standalone`.
    package var isStandalone: Bool?

    /// A declaration.
    package init(version: String, encoding: String?, isStandalone: Bool?) {
        self.version = version
        self.encoding = encoding
        self.isStandalone = isStandalone
    }
}

/// Why bytes are not an XML document that can be parsed, and the place of the error.
package struct XMLError: Error, Hashable, CustomStringConvertible {
    /// The kinds of errors.
    package enum Kind: Hashable, Sendable {
        /// Something else was expected.
        case expected(String)
        /// The text ends too early.
        case truncated(expected: String)
        /// Text follows the root element.
        case trailing
        /// A document type declaration, which may define entities or refer to files and hosts.
        case documentType
        /// A reference to an entity that XML does not define.
        case undefinedEntity(String)
        /// A prefix without a namespace declaration.
        case undeclaredPrefix(String)
        /// An element has two attributes of the same name.
        case duplicateAttribute(String)
        /// A character, or a reference to one, that XML 1.0 does not allow (§2.2).
        case character
        /// Bytes that are not valid in the named encoding.
        case encoding(String)
        /// An encoding that is not supported.
        case unknownEncoding(String)
        /// Elements are nested deeper than a limit.
        case depth(Int)
        /// A part has more bytes than a limit allows.
        case tooLong(String, limit: Int)
        /// There are more parts of a kind than a limit allows.
        case tooMany(String, limit: Int)
        /// Any other error, in the words of libxml2.
        case malformed(String)
    }

    /// The kind of the error.
    package let kind: Kind
    /// The place of the error.
    package let place: TextPlace

    init(_ kind: Kind, at offset: Int, in text: Span<UInt8>) {
        self.kind = kind
        place = TextPlace(offset: min(offset, text.count), in: text)
    }

    package var description: String { "\(place): \(problem)" }

    /// The error as text, without its place.
    package var problem: String {
        switch kind {
        case .expected(let thing): "expected \(thing)"
        case .truncated(let thing): "the text ends where \(thing) is expected"
        case .trailing: "more text after the end of the root element"
        case .documentType: "expected no document type declaration: it is not read, for safety"
        case .undefinedEntity(let name): "the entity '\(name)' is not defined"
        case .undeclaredPrefix(let prefix): "no namespace is declared for the prefix '\(prefix)'"
        case .duplicateAttribute(let name): "a second attribute '\(name)'"
        case .character: "a character that XML does not allow"
        case .encoding(let name): "bytes that are not \(name)"
        case .unknownEncoding(let name): "expected UTF-8, UTF-16 or ISO-8859-1, found the encoding '\(name)'"
        case .depth(let depth): "nested more than \(depth) deep"
        case .tooLong(let thing, let limit): "\(thing) of more than \(limit) bytes"
        case .tooMany(let things, let limit): "more than \(limit) \(things)"
        case .malformed(let words): words
        }
    }
}
