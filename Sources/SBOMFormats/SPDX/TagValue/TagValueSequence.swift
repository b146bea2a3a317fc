/// A tag and its value, as places in the bytes of a ``TagValueSequence``.
struct TagValuePair: Sendable {
    /// The place of the tag in ``SPDXTag/all``; nil if it is none of them, or spelled otherwise.
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

    /// The document that gives this sequence when it is read.
    ///
    /// An empty line comes before each element, to be read by people.
    func written() -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + pairs.count * 32)
        let text = bytes.span
        // A text whose first line break is one of DOS would make the document one (``TagValueText/init(_:limits:)``).
        if let first = pairs.first, first.value.contains(where: { text[$0] == 0x0A }) { output.append(0x0A) }
        for pair in pairs {
            let value = pair.value
            guard let index = pair.tag else {
                output.append(contentsOf: bytes[pair.name])
                if !pair.name.isEmpty { output += [UInt8(ascii: ":"), 0x20] }
                if TagValueSpelling.isBare(text, value) || pair.name.isEmpty {
                    output.append(contentsOf: bytes[value])
                } else {
                    Self.append(wrapped: bytes[value], to: &output)
                }
                output.append(0x0A)
                continue
            }
            let tag = SPDXTag.all[Int(index)]
            if tag.form == .start { output.append(0x0A) }
            output.append(contentsOf: tag.utf8)
            output += [UInt8(ascii: ":"), 0x20]
            if TagValueSpelling.isWrapped(text, value, isText: tag.isText) {
                Self.append(wrapped: bytes[value], to: &output)
            } else {
                output.append(contentsOf: bytes[value])
            }
            output.append(0x0A)
        }
        return output
    }

    private static func append(wrapped value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        output.append(contentsOf: TagValueSpelling.opening)
        output.append(contentsOf: value)
        output.append(contentsOf: TagValueSpelling.closing)
    }
}

/// What a value may look like with and without `<text>` around it.
enum TagValueSpelling {
    static let opening: [UInt8] = Array("<text>".utf8)
    static let closing: [UInt8] = Array("</text>".utf8)

    /// Whether a byte is one that is not looked at at either end of a line.
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

    /// Whether `<text>` is put around a value.
    ///
    /// Texts always are, since others take their first word for something else; `NONE` and `NOASSERTION` are no texts.
    static func isWrapped(_ text: Span<UInt8>, _ range: Range<Int>, isText: Bool) -> Bool {
        guard !range.isEmpty else { return false }
        let isBare = isBare(text, range)
        let canBeWrapped = closing(in: text, range) == nil
        guard isBare, canBeWrapped else { return canBeWrapped }
        if isText { return !isNothing(text, range) }
        for index in range where text[index] == 0x0D { return true }
        return false
    }

    /// Whether a value can be written at all.
    static func isWritable(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        closing(in: text, range) == nil || isBare(text, range)
    }

    private static let nothing = [Array("NONE".utf8), Array("NOASSERTION".utf8)]

    private static func isNothing(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        nothing.contains { $0.count == range.count && has(text, $0, at: range.lowerBound, before: range.upperBound) }
    }
}
