internal import SBOMFormats

/// Rows of texts, drawn as columns.
package enum AlignedColumns {
    /// The widest column that others are aligned to, in columns of a terminal: one long text would push all of them away.
    private static let widest = 48

    /// Lines in which the texts of each column begin at the same place, two blanks apart.
    ///
    /// Control characters and invisible characters are escaped: `\u{202e}`.
    package static func lines(_ rows: [[String]]) -> [String] {
        let rows = rows.map { $0.map(VisibleText.of) }
        var widths: [Int] = []
        for row in rows {
            for (place, text) in row.enumerated() {
                if place == widths.count { widths.append(0) }
                let width = width(of: text)
                if width <= widest { widths[place] = max(widths[place], width) }
            }
        }
        return rows.map { row in
            var line = ""
            for (place, text) in row.enumerated() {
                line += text
                guard place < row.count - 1 else { break }
                line += String(repeating: " ", count: max(0, widths[place] - width(of: text)) + 2)
            }
            return line
        }
    }

    private static func width(of text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + LineWriter.columns($1) }
    }
}
