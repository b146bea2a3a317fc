internal import ByteStreams

/// A tag and its value, as places in the bytes of a ``TagValueSequence``.
struct TagValuePair: Sendable {
    /// The index of the tag in ``SPDXTag/all``; nil if it is unknown or has other capitals.
    var tag: UInt8?
    /// The tag as it is written; empty for a line that has none, and not kept for tags that are written by us.
    var name: Range<Int>
    /// The value without what is wrapped around it.
    var value: Range<Int>
}

/// The tags and values of a document, in their order: what is left of it without comments and line breaks between.
struct TagValueSequence: Sendable {
    var bytes: [UInt8] = []
    var pairs: [TagValuePair] = []

    /// Whether a pair of this sequence is the same as one of another.
    func matches(_ index: Int, _ other: TagValueSequence, _ otherIndex: Int) -> Bool {
        let (one, two) = (pairs[index], other.pairs[otherIndex])
        guard one.tag == two.tag else { return false }
        guard one.value.count == two.value.count else { return false }
        let (here, there) = (bytes.span, other.bytes.span)
        if one.tag == nil, !Self.areEqual(here, one.name, there, two.name) { return false }
        return Self.areEqual(here, one.value, there, two.value)
    }

    private static func areEqual(_ one: Span<UInt8>, _ left: Range<Int>, _ two: Span<UInt8>, _ right: Range<Int>)
        -> Bool
    {
        guard left.count == right.count else { return false }
        let distance = right.lowerBound - left.lowerBound
        for index in left where one[index] != two[index + distance] { return false }
        return true
    }

    /// Adds a pair whose tag is one of ours.
    mutating func append(_ tag: Int, _ value: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: value)
        pairs.append(TagValuePair(tag: UInt8(tag), name: start..<start, value: start..<bytes.count))
    }

    /// The document that gives this sequence when it is read, and whether other readers would take it apart differently
    /// (``TagValueSpelling/spelling(_:_:isText:)``).
    ///
    /// An empty line comes before each element, to be read by people.
    func written() -> (bytes: [UInt8], isAmbiguous: Bool) {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + pairs.count * 32)
        var isAmbiguous = false
        let text = bytes.span
        // The first line break of a document decides what its line breaks are (``TagValueText/init(_:limits:)``).
        if let first = pairs.first, first.value.contains(where: { text[$0] == 0x0A || text[$0] == 0x0D }) {
            output.append(0x0A)
        }
        for pair in pairs {
            let value = pair.value
            let spelling: TagValueSpelling.Spelling
            if let index = pair.tag {
                let tag = SPDXTag.all[Int(index)]
                if tag.form == .start { output.append(0x0A) }
                output.append(contentsOf: tag.utf8)
                output += [UInt8(ascii: ":"), 0x20]
                spelling = TagValueSpelling.spelling(text, value, isText: tag.isText)
            } else if pair.name.isEmpty {
                spelling = TagValueSpelling.Spelling(
                    isWrapped: false, isAmbiguous: TagValueSpelling.hasLineEnd(text, value))
            } else {
                output.append(contentsOf: bytes[pair.name])
                output += [UInt8(ascii: ":"), 0x20]
                spelling = TagValueSpelling.spelling(text, ofUnknown: pair)
            }
            isAmbiguous = isAmbiguous || spelling.isAmbiguous
            if spelling.isWrapped {
                output.append(contentsOf: TagValueSpelling.opening)
                output.append(contentsOf: bytes[value])
                output.append(contentsOf: TagValueSpelling.closing)
            } else {
                output.append(contentsOf: bytes[value])
            }
            output.append(0x0A)
        }
        return (output, isAmbiguous)
    }
}

/// What a value may look like with and without `<text>` around it.
enum TagValueSpelling {
    static let opening: [UInt8] = Array("<text>".utf8)
    static let closing: [UInt8] = Array("</text>".utf8)

    /// Whether a byte is ignored at both ends of a line.
    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D && byte != 0x0A)
    }

    /// Whether those bytes come at that place.
    @inline(__always)
    static func has(_ text: Span<UInt8>, _ word: [UInt8], at offset: Int, before end: Int) -> Bool {
        guard offset + word.count <= end, text[offset] == word[0] else { return false }
        for index in 1..<word.count where text[offset + index] != word[index] { return false }
        return true
    }

    /// Where `</text>` begins.
    static func closing(in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for index in range where text[index] == UInt8(ascii: "<") {
            if has(text, closing, at: index, before: range.upperBound) { return index }
        }
        return nil
    }

    /// The range without blanks at either end.
    static func trimmed(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(text[start]) || text[start] == 0x0A { start += 1 }
        while end > start, isBlank(text[end - 1]) || text[end - 1] == 0x0A { end -= 1 }
        return start..<end
    }

    /// Whether a value is read as it is if nothing is put around it.
    static func isBare(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return true }
        guard !isBlank(text[range.lowerBound]), !isBlank(text[range.upperBound - 1]) else { return false }
        var line = range.lowerBound
        if has(text, opening, at: line, before: range.upperBound) {
            // With something behind its end it is no wrapped text.
            guard let end = closing(in: text, line + opening.count..<range.upperBound) else { return false }
            line = end + closing.count
            guard line < range.upperBound else { return false }
        }
        for index in line..<range.upperBound where text[index] == 0x0A { return false }
        return true
    }

    /// How a value is written.
    struct Spelling {
        /// Whether `<text>` is put around it.
        let isWrapped: Bool
        /// Whether other readers take it for something else than one value of the tag.
        ///
        /// Some end a line at characters that do not end one here (``lineEnd(_:at:before:)``). pyspdxtools also takes some
        /// values apart (``isTakenApart(_:_:isPart:)``), and accepts `<text>` only for texts.
        let isAmbiguous: Bool
    }

    /// How a value is written so that it is read as it is.
    ///
    /// Texts are always wrapped, since others take their first word for something else; `NONE` and `NOASSERTION` are no
    /// texts.
    static func spelling(_ text: Span<UInt8>, _ range: Range<Int>, isText: Bool) -> Spelling {
        guard !range.isEmpty else { return Spelling(isWrapped: false, isAmbiguous: false) }
        let isBare = isBare(text, range)
        let canBeWrapped = closing(in: text, range) == nil
        if isText, canBeWrapped {
            return Spelling(isWrapped: !isBare || !isNothing(text, range), isAmbiguous: false)
        }
        let hasLineEnd = hasLineEnd(text, range)
        let isWrapped = canBeWrapped && (!isBare || hasLineEnd)
        return Spelling(
            isWrapped: isWrapped, isAmbiguous: hasLineEnd || (!isWrapped && isTakenApart(text, range)))
    }

    /// How the value of a tag is written that is not spelled as one of ours.
    ///
    /// Nobody knows whether an unknown tag has texts, so it may have them.
    static func spelling(_ text: Span<UInt8>, ofUnknown pair: TagValuePair) -> Spelling {
        let spelling = spelling(text, pair.value, isText: false)
        let tag = SPDXTagNames.all.find(text, pair.name).map { SPDXTag.all[$0.index] }
        let mayBeText = tag?.isText ?? true
        return Spelling(
            isWrapped: spelling.isWrapped, isAmbiguous: spelling.isAmbiguous && !(mayBeText && spelling.isWrapped))
    }

    /// The length in bytes of the character at a place if some readers end a line there; 0 for a line feed and for all
    /// other characters.
    ///
    /// These are the ones that Python's `str.splitlines` splits at: CR, VT, FF, U+001C to U+001E, U+0085, U+2028 and
    /// U+2029. What Python reads in its text mode has a line feed for each CR.
    @inline(__always)
    static func lineEnd(_ text: Span<UInt8>, at index: Int, before end: Int) -> Int {
        switch text[index] {
        case 0x0B...0x0D, 0x1C...0x1E: 1
        case 0xC2: index + 1 < end && text[index + 1] == 0x85 ? 2 : 0
        case 0xE2:
            index + 2 < end && text[index + 1] == 0x80 && (text[index + 2] == 0xA8 || text[index + 2] == 0xA9) ? 3 : 0
        default: 0
        }
    }

    /// Whether some reader takes a character of the value for the end of a line.
    static func hasLineEnd(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range {
            let byte = text[index]
            if byte >= 0x20, byte < 0xC2 { continue }
            if byte == 0x0A || lineEnd(text, at: index, before: range.upperBound) > 0 { return true }
        }
        return false
    }

    /// Whether pyspdxtools reads only the beginning of a value as one, and looks for tags in the rest.
    ///
    /// It does so, behind what Unicode calls white space, with `<text>`, with a date and time, and with a checksum,
    /// whatever the tag is. A part of a value does not show what the rest is.
    static func isTakenApart(_ text: Span<UInt8>, _ range: Range<Int>, isPart: Bool = false) -> Bool {
        let end = range.upperBound
        let start = headOfValue(text, range)
        guard start < end else { return false }
        var rest: Int
        switch text[start] {
        case UInt8(ascii: "<"): return has(text, opening, at: start, before: end)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard end - start >= date.count else { return false }
            for (offset, letter) in date.enumerated() {
                let byte = text[start + offset]
                guard letter == UInt8(ascii: "0") ? byte.isASCIIDigit : byte == letter else { return false }
            }
            rest = start + date.count
        case UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "M"), UInt8(ascii: "S"):
            guard let name = algorithms.first(where: { has(text, $0, at: start, before: end) }) else { return false }
            rest = headOfValue(text, start + name.count..<end)
            while rest < end, text[rest].isASCIILowercaseHexDigit { rest += 1 }
        default: return false
        }
        if isPart { return true }
        // Without a colon there is no tag.
        while rest < end, text[rest] != UInt8(ascii: ":") { rest += 1 }
        return rest < end
    }

    /// Where the first character of a value is that is no white space.
    private static func headOfValue(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = text[index]
            if byte < 0x80 {
                guard isBlank(byte) || byte == 0x0A || (0x1C...0x1F).contains(byte) else { break }
                index += 1
                continue
            }
            // No white space has more than three bytes.
            let bytes = (index..<min(index + 3, range.upperBound)).map { text[$0] }
            guard let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first,
                scalar.properties.isWhitespace
            else { break }
            index += UTF8.width(scalar)
        }
        return index
    }

    // Zeros are digits.
    private static let date = Array("0000-00-00T00:00:00Z".utf8)

    private static let algorithms = [
        "ADLER32", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3", "MD2", "MD4", "MD5", "MD6", "SHA1", "SHA224",
        "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-384", "SHA3-512",
    ].map { Array("\($0):".utf8) }

    /// Whether a value can be written at all.
    static func isWritable(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        closing(in: text, range) == nil || isBare(text, range)
    }

    private static let nothing = [Array("NONE".utf8), Array("NOASSERTION".utf8)]

    private static func isNothing(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        nothing.contains { $0.count == range.count && has(text, $0, at: range.lowerBound, before: range.upperBound) }
    }
}
