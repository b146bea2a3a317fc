/// A pattern in which `*` matches any run of characters.
struct WildcardText: Sendable {
    private let parts: [[UInt8]]

    init(_ text: String) {
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether the pattern matches the whole text.
    func matches(_ text: String) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last else {
            return text.utf8.elementsEqual(parts[0])
        }
        var rest = Array(text.utf8)[...]
        guard rest.count >= first.count + last.count, rest.starts(with: first),
            rest.suffix(last.count).elementsEqual(last)
        else { return false }
        rest = rest.dropFirst(first.count).dropLast(last.count)
        // Between two stars the earliest match of a part is sufficient: a later one leaves less text for the other
        // parts.
        for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
            guard let place = Self.place(of: part, in: rest) else { return false }
            rest = rest[(place + part.count)...]
        }
        return true
    }

    private static func place(of part: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= part.count else { return nil }
        return (text.startIndex...(text.endIndex - part.count)).first { text[$0...].starts(with: part) }
    }
}
