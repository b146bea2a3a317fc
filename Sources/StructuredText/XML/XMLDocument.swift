package import ByteStreams

/// An XML document taken apart: an ordered tree of what was written, with places (XML 1.0, Namespaces in XML 1.0).
///
/// The tree is a list of small nodes that point into ``text``, so that a document needs little more memory than its
/// bytes; ``XMLElement`` and ``XMLNode`` are views of it. White space between elements is kept, references are
/// resolved, line ends are line feeds. A document type is refused wherever it stands: there are no entities here, and
/// nothing outside of the bytes is ever opened.
package struct XMLDocument: Sendable {
    /// The XML declaration, if there is one.
    package let declaration: XMLDeclaration?
    /// The encoding the bytes were in, such as `UTF-8`; the declaration may say less.
    package let encoding: String

    let tree: XMLTree

    /// Reads a whole document; what is not well formed, or uses undeclared prefixes, is refused.
    package init(parsing bytes: [UInt8], limits: Limits) throws(XMLError) {
        let source = try XMLSource(decoding: bytes)
        declaration = source.declaration
        encoding = source.encoding
        tree = try XMLParser.tree(of: source, limits: limits)
    }

    /// The text in UTF-8, which offsets count in; for a document in another encoding not the bytes that were given.
    package var text: ArraySlice<UInt8> { tree.text.dropLast() }

    /// The document's one element.
    package var root: XMLElement { XMLElement(tree: tree, index: tree.root) }

    /// The names of all elements and attributes, each once for each way it is spelled.
    ///
    /// Who looks for many names compares them once for all, and then asks for ``XMLElement/nameNumber`` only.
    package var names: [XMLName] { tree.names }

    /// The comments and processing instructions before the root.
    package var prolog: some Sequence<XMLNode> { XMLChildren(tree: tree, first: 0, end: tree.root) }

    /// The comments and processing instructions behind the root.
    package var epilog: some Sequence<XMLNode> {
        XMLChildren(tree: tree, first: tree.end(of: tree.root), end: tree.nodes.count)
    }

    /// The line and column of that byte of ``text``, such as an element's.
    package func place(at offset: Int) -> TextPlace {
        let text = tree.text
        return TextPlace(offset: offset, in: text.span)
    }

    /// The lines and columns of those bytes, in one pass over the text.
    package func places(at offsets: [Int]) -> [TextPlace] {
        let text = tree.text
        return TextPlace.places(atOffsets: offsets, in: text.span).compactMap { $0 }
    }
}

/// What an XML declaration says (XML 1.0 §2.8).
package struct XMLDeclaration: Sendable, Hashable {
    /// The version of XML.
    package var version: String
    /// The encoding, as spelled there.
    package var encoding: String?
    /// Whether the document says that it stands alone.
    package var isStandalone: Bool?

    /// A declaration that says that.
    package init(version: String, encoding: String?, isStandalone: Bool?) {
        self.version = version
        self.encoding = encoding
        self.isStandalone = isStandalone
    }
}

/// Why bytes are not an XML document that is read here, and where.
package struct XMLError: Error, Hashable, CustomStringConvertible {
    /// What kind of thing is wrong.
    package enum Kind: Hashable, Sendable {
        /// Something else should stand there.
        case expected(String)
        /// The text ends where something else should follow.
        case truncated(expected: String)
        /// There is more after the root element.
        case trailing
        /// There is a document type declaration, which may define entities or point to files and hosts.
        case documentType
        /// A reference to an entity that XML does not define itself.
        case undefinedEntity(String)
        /// A prefix that no namespace is declared for.
        case undeclaredPrefix(String)
        /// An element has a second attribute of that name.
        case duplicateAttribute(String)
        /// A character, or a reference to one, that XML 1.0 does not allow (§2.2).
        case character
        /// Bytes that are none of the named encoding.
        case encoding(String)
        /// An encoding that is not read here.
        case unknownEncoding(String)
        /// Elements are nested deeper than that.
        case depth(Int)
        /// Something has more bytes than that.
        case tooLong(String, limit: Int)
        /// Something is there more often than that.
        case tooMany(String, limit: Int)
        /// Anything else, in libxml2's words.
        case malformed(String)
    }

    /// What is wrong.
    package let kind: Kind
    /// Where.
    package let place: TextPlace

    init(_ kind: Kind, at offset: Int, in text: Span<UInt8>) {
        self.kind = kind
        place = TextPlace(offset: min(offset, text.count), in: text)
    }

    package var description: String { "\(place): \(problem)" }

    /// What is wrong, without its place.
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
