package import ByteStreams

/// A parsed JSON text: its value, its bytes, and notes about it.
///
/// Values have no places. ``places(of:)`` finds the places of some values by pointer in another pass over the text, so
/// that a document without errors does not pay for them.
package struct JSONDocument: Sendable {
    /// The value of the text.
    package let root: JSONValue
    /// The text in UTF-8; for a text in another encoding it differs from the given bytes.
    package let text: [UInt8]
    /// The first notes, at most ``Limits/noticeCount``.
    package let notes: [JSONNote]
    /// The number of all notes, including those that are not kept.
    package let noteCount: Int
    /// The number of objects in the text.
    package let objectCount: Int

    /// Parses a whole JSON text, strictly by RFC 8259.
    ///
    /// A byte order mark is skipped (§8.1), and UTF-16 and UTF-32 are accepted. Half a surrogate pair becomes U+FFFD
    /// (§8.2). Members with the same name are all kept (§4). A note is made of each of these.
    package init(parsing bytes: [UInt8], limits: Limits) throws(JSONError) {
        try self.init(parsing: bytes, limits: limits, seamBehind: bytes.count < 4 << 20 ? nil : bytes.count / 9 * 5)
    }

    /// Parses a text in two parts in parallel; the result is the same.
    ///
    /// The second part begins at the first possible place after `target`.
    init(parsing bytes: [UInt8], limits: Limits, seamBehind target: Int?) throws(JSONError) {
        var parser = JSONParser(limits: limits)
        let text = try parser.transcoded(bytes)
        self.text = text
        if let target, let seam = JSONSplitPoint(in: text.span, behind: target, limits: limits) {
            let start = parser
            if let whole = try parser.document(text, seam: seam, limits: limits) {
                root = whole
                notes = parser.notes
                noteCount = parser.noteCount
                objectCount = parser.objectCount
                return
            }
            parser = start
        }
        root = try parser.document(text.span)
        notes = parser.notes
        noteCount = parser.noteCount
        objectCount = parser.objectCount
    }

    /// The line and column of a byte of ``text``.
    package func place(at offset: Int) -> TextPlace {
        TextPlace(offset: offset, in: text.span)
    }

    /// The places of the values at some pointers, found in one pass; nil for a value that is not there.
    ///
    /// Of members with the same name the last counts, as in ``JSONObject``.
    package func places(of pointers: [JSONPointer]) -> [TextPlace?] {
        var locator = JSONLocator(pointers)
        locator.walk(text.span)
        return TextPlace.places(atOffsets: locator.offsets, in: text.span)
    }

    /// The place of the value at a pointer; nil if it is not there.
    package func place(of pointer: JSONPointer) -> TextPlace? {
        places(of: [pointer]).first ?? nil
    }
}

extension JSONValue {
    /// Parses a whole JSON text without its places and notes.
    package init(parsing bytes: [UInt8], limits: Limits) throws(JSONError) {
        self = try JSONDocument(parsing: bytes, limits: limits).root
    }
}

/// Something unusual about a JSON text that does not keep it from being parsed.
package struct JSONNote: Sendable, Hashable {
    /// The kinds of notes.
    package enum Kind: Sendable, Hashable {
        /// The text begins with a byte order mark.
        case byteOrderMark
        /// The text is not in UTF-8, but in the named encoding.
        case encoding(String)
        /// `\u` gives half of a surrogate pair, read as U+FFFD.
        case loneSurrogate
        /// An object has a second member of that name.
        case duplicateName(String)
    }

    /// The kind of the note.
    package let kind: Kind
    /// The offset in the text in UTF-8; for a duplicate name, the offset of the end of the object.
    package let offset: Int
}

/// Why bytes are not a JSON text, and the place of the error.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    /// The kinds of errors.
    package enum Kind: Hashable, Sendable {
        /// Something else was expected.
        case expected(String)
        /// The text ends too early.
        case truncated(expected: String)
        /// Text follows the value.
        case trailing
        /// A string has an unescaped control character (RFC 8259 §7).
        case controlCharacter
        /// A backslash does not begin a valid escape (RFC 8259 §7).
        case escape
        /// A number does not parse (RFC 8259 §6).
        case number
        /// Bytes that are not valid in the named encoding.
        case encoding(String)
        /// Arrays and objects are nested deeper than a limit.
        case depth(Int)
    }

    /// The kind of the error.
    package let kind: Kind
    /// The place of the error.
    package let place: TextPlace

    package var description: String { "\(place): \(problem)" }

    /// The error as text, without its place.
    package var problem: String {
        switch kind {
        case .expected(let thing): "expected \(thing)"
        case .truncated(let thing): "the text ends where \(thing) is expected"
        case .trailing: "more text after the end of the value"
        case .controlCharacter: "a control character in a string must be escaped"
        case .escape: "no valid escape"
        case .number: "no valid number"
        case .encoding(let name): "bytes that are not \(name)"
        case .depth(let depth): "nested more than \(depth) deep"
        }
    }
}
