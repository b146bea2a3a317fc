/// Words that may be meant by a misspelt one.
public enum Spelling {
    /// The longest word that is compared, in characters.
    private static let longestWord = 64

    /// The word of a list that is nearest to a text.
    ///
    /// Letters count the same in either case. A word is near if at most a third of the letters of the text, and at most three,
    /// must be inserted, removed, replaced or swapped with the next one, or if the text is the beginning of it.
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - words: What could be meant.
    /// - Returns: The nearest word, of several equally near ones the first; nil if none is near.
    public static func nearest(to text: String, among words: [String]) -> String? {
        let written = Array(text.lowercased())
        guard !written.isEmpty, written.count <= longestWord else { return nil }
        var best: (word: String, distance: Int)?
        for word in words {
            let letters = Array(word.lowercased())
            guard letters.count <= longestWord else { continue }
            let distance = distance(written, letters)
            guard distance <= min(3, max(1, written.count / 3)), distance < best?.distance ?? .max else { continue }
            best = (word, distance)
        }
        if let best { return best.word }
        guard written.count > 1 else { return nil }
        return words.first { $0.lowercased().hasPrefix(text.lowercased()) }
    }

    /// The number of letters to insert, remove, replace or swap with the next one (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
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
