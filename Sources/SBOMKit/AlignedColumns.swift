/// Rows of texts, drawn as columns.
enum AlignedColumns {
    /// The widest text by which a column is aligned, in columns of a terminal: one long text would push all others away.
    private static let widest = 60

    /// Lines in which the texts of each column begin at the same place, two blanks apart.
    ///
    /// Control characters and invisible characters are escaped: `\u{202e}`.
    ///
    /// - Parameters:
    ///   - rows: The texts of each line.
    ///   - isColored: Whether the lines have colors.
    ///   - color: The color of a text by its row and its column.
    /// - Returns: The lines, without line ends.
    static func lines(
        _ rows: [[String]], isColored: Bool = false,
        color: (_ row: Int, _ column: Int) -> LineWriter.Color = { _, _ in .plain }
    ) -> [String] {
        let rows = rows.map { $0.map(VisibleText.of) }
        var widths: [Int] = []
        for row in rows {
            for (place, text) in row.enumerated() {
                if place == widths.count { widths.append(0) }
                // A longer text moves the rest of its own line only.
                widths[place] = max(widths[place], min(LineWriter.columns(of: text), widest))
            }
        }
        var writer = LineWriter(width: nil, isColored: isColored, isASCII: false)
        var bytes: [UInt8] = []
        for (number, row) in rows.enumerated() {
            for (place, text) in row.enumerated() {
                writer.add(text, color(number, place))
                if place < row.count - 1 {
                    let gap = max(0, widths[place] - LineWriter.columns(of: text)) + 2
                    writer.add(String(repeating: " ", count: gap))
                }
            }
            writer.end(to: &bytes)
        }
        return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
