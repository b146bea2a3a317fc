package import ByteStreams
package import StructuredText

/// Translates between CycloneDX's XML and the shape of its JSON, for 1.2 to 1.7.
///
/// What XML says and that shape cannot say travels in it as members `#xml`, so that reading and writing gives the same
/// document again: equal as canonical XML without comments and blank text (``XMLDocument/isEquivalent(to:)``).
package enum CycloneDXXML {
    /// Reads a document; only one whose root is no `bom` of a known version is refused.
    ///
    /// A document that departs from the schema is written and read again within the limits; it is kept as it is where that
    /// does not give the same.
    package static func read(_ document: XMLDocument, limits: Limits) throws(CycloneDXXMLError) -> CycloneDXXMLReading {
        var reading = try shape(of: document, keepingExtras: true)
        guard reading.isInDoubt else { return reading }
        let grammar = try CycloneDXXMLGrammar.grammar(of: reading.version)
        if !isReproduced(reading.content, document, grammar, limits) {
            reading.content = kept(reading.content, document)
        }
        return reading
    }

    /// Reads a document without a proof that it can be written again.
    ///
    /// Without its extras the content is enough to judge the document, but not to write it.
    package static func shape(of document: XMLDocument, keepingExtras: Bool) throws(CycloneDXXMLError)
        -> CycloneDXXMLReading
    {
        let root = document.root.name
        guard root.local == "bom", let version = CycloneDXXMLGrammar.version(of: root.namespace) else {
            guard root.local == "bom", root.namespace.hasPrefix(CycloneDXVersion.namespaceBase) else {
                throw CycloneDXXMLError(
                    code: .notCycloneDX,
                    reason: UnsupportedDocument.reason(ofXML: root.qualified)
                        ?? "expected the element bom of CycloneDX, found \(root.qualified)")
            }
            let stated = String(root.namespace.dropFirst(CycloneDXVersion.namespaceBase.count))
            throw CycloneDXXMLError(
                code: .unknownVersion,
                reason: UnsupportedDocument.reason(ofVersion: stated, .cycloneDX)
                    ?? "expected CycloneDX \(CycloneDXVersion.span), found the namespace \(root.namespace)")
        }
        let grammar = try CycloneDXXMLGrammar.grammar(of: version)
        var reader = CycloneDXXMLReader(document, grammar, keepsExtras: keepingExtras)
        let content = reader.read()
        return CycloneDXXMLReading(
            content: content, version: version, notices: reader.notices,
            omittedNoticeCount: reader.omittedNoticeCount,
            isInDoubt: reader.isUnusual || !reader.isSound || reader.prefixes.isOverfull)
    }

    /// Writes a document in the shape of the JSON as XML, and says what could not be.
    ///
    /// The XML is valid by the schema of the version if the JSON is by its own, unless it was read from XML that is not.
    package static func write(
        _ content: JSONObject, version: String, limits: Limits
    ) throws -> (bytes: [UInt8], omissions: [CycloneDXXMLOmission]) {
        let grammar = try CycloneDXXMLGrammar.grammar(of: version)
        if let whole = wholeDocument(content, grammar, limits) { return (whole, []) }
        return try CycloneDXXMLWriter(content, grammar, limits).write(content)
    }

    /// Whether writing gives the document again.
    private static func isReproduced(
        _ content: JSONObject, _ document: XMLDocument, _ grammar: CycloneDXXMLGrammar, _ limits: Limits
    ) -> Bool {
        // What cannot be written or read again is not reproduced.
        guard let written = try? CycloneDXXMLWriter(content, grammar, limits).write(content),
            let again = try? XMLDocument(parsing: written.bytes, limits: limits)
        else { return false }
        return again.isEquivalent(to: document)
    }

    /// The content with the whole document in place of all notes, which is the last resort.
    private static func kept(_ content: JSONObject, _ document: XMLDocument) -> JSONObject {
        var kept = withoutNotes(content)
        let text = String(decoding: XMLWriter.bytes(of: document, .asWritten), as: UTF8.self)
        kept.append(CycloneDXXMLExtras.name, ["document": .string(text)])
        return kept
    }

    /// The document that was kept whole, if it still says the same.
    private static func wholeDocument(
        _ content: JSONObject, _ grammar: CycloneDXXMLGrammar, _ limits: Limits
    ) -> [UInt8]? {
        guard let text = content[CycloneDXXMLExtras.name]?.objectContent?.text("document") else { return nil }
        let bytes = Array(text.utf8)
        // One that cannot be read was not kept by us.
        guard let document = try? XMLDocument(parsing: bytes, limits: limits),
            document.root.name.local == "bom", document.root.name.namespace == grammar.namespace
        else { return nil }
        var reader = CycloneDXXMLReader(document, grammar)
        return withoutNotes(reader.read()).isEquivalent(to: withoutNotes(content)) ? bytes : nil
    }

    /// The content without the members `#xml`.
    package static func withoutNotes(_ content: JSONObject) -> JSONObject {
        struct Open {
            var name: String
            var members: [JSONObject.Member] = []
            var items: [JSONValue] = []
            var rest: [JSONObject.Member]
            var isArray: Bool
        }
        func begin(_ object: JSONObject, _ name: String) -> Open {
            Open(
                name: name, rest: object.members.filter { $0.name != CycloneDXXMLExtras.name }.reversed(),
                isArray: false)
        }
        var stack = [begin(content, "")]
        while let top = stack.indices.last {
            if let member = stack[top].rest.popLast() {
                switch member.value {
                case .object(let object): stack.append(begin(object, member.name))
                case .array(let items):
                    stack.append(
                        Open(
                            name: member.name, rest: items.reversed().map { .init(name: "", value: $0) },
                            isArray: true))
                case .null, .bool, .number, .string:
                    if stack[top].isArray {
                        stack[top].items.append(member.value)
                    } else {
                        stack[top].members.append(member)
                    }
                }
                continue
            }
            let done = stack.removeLast()
            let value: JSONValue = done.isArray ? .array(done.items) : .object(JSONObject(done.members))
            guard let parent = stack.indices.last else { return JSONObject(done.members) }
            if stack[parent].isArray {
                stack[parent].items.append(value)
            } else {
                stack[parent].members.append(.init(name: done.name, value: value))
            }
        }
        return content
    }
}

/// A document in the shape of CycloneDX's JSON, and how its XML departs from what the schema expects.
package struct CycloneDXXMLReading: Sendable {
    /// The document, with what has no place in it in members `#xml`.
    package var content: JSONObject
    /// The version of CycloneDX, such as `1.6`.
    package var version: String
    /// What is unusual, in no particular order; of each kind the first hundred.
    package var notices: [CycloneDXXMLNotice]
    /// The number of notices that are not in ``notices``.
    package var omittedNoticeCount: Int
    /// Whether writing has to show that nothing is lost.
    var isInDoubt: Bool
}

/// Something in XML that CycloneDX's JSON has no place for, or that its schema does not allow.
package struct CycloneDXXMLNotice: Sendable, Hashable {
    /// What it is.
    package enum Kind: Sendable, Hashable {
        /// An element that is not the version's, or not there.
        case element(String)
        /// An element that may stand once, again.
        case repeated(String)
        /// An attribute that is not the version's, or not there.
        case attribute(String)
        /// Text where only elements belong.
        case text
        /// A processing instruction.
        case instruction
        /// Elements in another order than the usual.
        case order
        /// Text that does not parse as its type.
        case value(String)
        /// An element or attribute that has to be there is not.
        case missing(String)
        /// Elements of which there may be only one.
        case alternatives
        /// A `bom-ref` that something before has.
        case reference(String)

        /// The number of kinds.
        static let count = 10

        /// A number for each kind, from 0.
        var number: Int {
            switch self {
            case .element: 0
            case .repeated: 1
            case .attribute: 2
            case .text: 3
            case .instruction: 4
            case .order: 5
            case .value: 6
            case .missing: 7
            case .alternatives: 8
            case .reference: 9
            }
        }
    }

    /// What it is.
    package let kind: Kind
    /// The place of the element, or of what is in it, in the document's text.
    package let offset: Int
}

/// Something in the shape of CycloneDX's JSON that could not be written as XML of the version.
package struct CycloneDXXMLOmission: Sendable, Hashable, CustomStringConvertible {
    /// Why.
    package enum Reason: Sendable, Hashable {
        /// XML has no place for it.
        case noPlace
        /// XML has no null.
        case null
        /// It was written, but with U+FFFD for characters that XML cannot hold.
        case characters
        /// It was written, but without white space that is no part of such a text in XML.
        case space
        /// It is of the wrong kind; what it should be.
        case kind(String)
        /// The schema does not allow the text; what it allows.
        case value(String)
        /// The schema requires a member that is not there.
        case missing(String)
        /// The schema does not allow the text of a member that it requires.
        case member(String, String)
        /// XML can have it or something else that is there, not both.
        case alternative
        /// A `bom-ref` that something before has.
        case duplicate
        /// Nothing was left out, but an empty element or attribute made up, since the schema requires it.
        case filled(String)
        /// A piece of XML that was kept in a note does not parse.
        case piece
    }

    /// Where it is.
    package let pointer: JSONPointer
    /// Why it was left out.
    package let reason: Reason

    package var description: String {
        let why =
            switch reason {
            case .noPlace: "XML has no place for it"
            case .null: "XML has no null"
            case .characters: "has characters that XML cannot hold, replaced by U+FFFD"
            case .space: "has white space that XML does not count"
            case .kind(let expected), .value(let expected): "expected \(expected)"
            case .missing(let name): "expected \"\(name)\" in it"
            case .member(let name, let expected): "expected \"\(name)\" in it to be \(expected)"
            case .alternative: "XML can have only one of several that are there"
            case .duplicate: "expected a bom-ref that nothing before has"
            case .filled(let name): "XML needs \(name), an empty one was written"
            case .piece: "a piece of XML that was kept does not parse"
            }
        return "\(pointer.description.isEmpty ? "the document" : pointer.description): \(why)"
    }
}
