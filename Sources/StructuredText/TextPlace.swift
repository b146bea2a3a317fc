/// A line and a column in a text.
package struct TextPlace: Sendable, Hashable, CustomStringConvertible {
    /// The offset in the bytes of the text in UTF-8.
    package let offset: Int
    /// The line, from 1; line feed, carriage return or both end one.
    package let line: Int
    /// The column, from 1, in Unicode scalars; a byte order mark does not count.
    package let column: Int

    package var description: String { "line \(line), column \(column)" }

    /// The place of a byte in a text.
    init(offset: Int, in text: Span<UInt8>) {
        var counter = PlaceCounter(text)
        self = counter.place(at: offset, in: text)
    }

    fileprivate init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    /// The places of some bytes, found in one pass over the text.
    package static func places(atOffsets offsets: [Int?], in text: Span<UInt8>) -> [TextPlace?] {
        var places = [TextPlace?](repeating: nil, count: offsets.count)
        var counter = PlaceCounter(text)
        let order = offsets.indices.sorted { offsets[$0] ?? -1 < offsets[$1] ?? -1 }
        for index in order {
            if let offset = offsets[index] { places[index] = counter.place(at: offset, in: text) }
        }
        return places
    }
}

/// Counts lines and columns up to offsets that only grow.
private struct PlaceCounter {
    private var at: Int
    private var line = 1
    private var column = 1

    init(_ text: Span<UInt8>) {
        at = JSONParser.startsWithMark(text) ? 3 : 0
    }

    mutating func place(at offset: Int, in text: Span<UInt8>) -> TextPlace {
        let end = min(offset, text.count)
        while at < end {
            let byte = text[at]
            at += 1
            if byte == 0x0A || (byte == 0x0D && !(at < text.count && text[at] == 0x0A)) {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return TextPlace(offset: offset, line: line, column: column)
    }
}
