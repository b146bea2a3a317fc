/// Tables in GitHub-flavored Markdown.
enum MarkdownTable {
    /// A table with a row for the head and one for each of `rows`, whose cells are escaped.
    static func text(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows.map { $0.map(escaped) }
        return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    /// Text from a document, with escapes for invisible characters and for those that have a meaning in Markdown.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in VisibleText.of(text).unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "|", "#", "~", "&", "!", "@", "$":
                result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
