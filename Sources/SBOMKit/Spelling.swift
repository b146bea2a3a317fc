/// Words that may be meant by a misspelt one.
///
/// Letters count the same in either case. A word is near if at most a third of the letters of the text, and at most three,
/// must be inserted, removed, replaced or swapped with the next one.
public enum Spelling {
    /// The longest word that is compared, in Unicode scalars: comparing takes the product of both lengths.
    private static let longestWord = 64

    /// The word of a list that is nearest to a text, or that the text is the beginning of.
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - words: What could be meant.
    /// - Returns: The nearest word, of several equally near ones the first; nil if none is near.
    public static func nearest(to text: String, among words: [String]) -> String? {
        if let best = Spelling.words(near: text, in: words, count: 1).first { return best }
        let scalars = text.unicodeScalars
        guard scalars.count > 1, scalars.count <= longestWord else { return nil }
        return words.first { $0.lowercased().hasPrefix(text.lowercased()) }
    }

    /// The words of a list that are nearest to a text, all equally near, in their order; none if all are too far away.
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - words: What could be meant; there may be many, of any length.
    ///   - count: The largest number of words to return.
    /// - Returns: The nearest words.
    package static func words(near text: String, in words: some Sequence<String>, count: Int = 3) -> [String] {
        let written = Array(text.lowercased().unicodeScalars.prefix(longestWord + 1))
        guard !written.isEmpty, written.count <= longestWord else { return [] }
        var limit = min(3, max(1, written.count / 3))
        var nearest: [String] = []
        for word in words {
            // The length in bytes is known without a walk over the text; a scalar has four of them at most.
            guard word.utf8.count <= 4 * (longestWord + limit) else { continue }
            let letters = Array(word.lowercased().unicodeScalars)
            guard abs(letters.count - written.count) <= limit else { continue }
            let distance = distance(written, letters)
            guard distance <= limit else { continue }
            if distance < limit { nearest = [] }
            limit = distance
            if nearest.count < count, !nearest.contains(word) { nearest.append(word) }
        }
        return nearest
    }

    /// `; did you mean "A" or "B"?` with the nearest words, or nothing.
    package static func question(_ text: String, in words: [String]) -> String {
        var near = Spelling.words(near: text, in: words)
        if near.isEmpty { near = nearest(to: text, among: words).map { [$0] } ?? [] }
        return question(about: near)
    }

    /// `; did you mean "A" or "B"?`, or nothing if there are no words.
    package static func question(about words: [String]) -> String {
        words.isEmpty ? "" : "; did you mean \(words.map { "\"\($0)\"" }.joined(separator: " or "))?"
    }

    /// The number of letters to insert, remove, replace or swap with the next one (optimal string alignment).
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var previous: [Int] = []
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var next = [i + 1]
            for (j, other) in right.enumerated() {
                var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (letter == other ? 0 : 1))
                if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other { cost = min(cost, previous[j - 1] + 1) }
                next.append(cost)
            }
            previous = row
            row = next
        }
        return row[right.count]
    }
}
