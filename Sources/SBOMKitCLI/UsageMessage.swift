internal import SBOMKit

/// Messages of the argument parser in the style of all other messages.
enum UsageMessage {
    /// One line that begins in lower case, lists the choices, and names the one that may be meant.
    static func styled(_ message: String) -> String {
        // The parser lists many choices on lines of their own, and a few in the sentence.
        let lines = message.split(whereSeparator: \.isNewline).map(String.init)
        var text = lines.first ?? ""
        var choices = lines.dropFirst().map { String($0.trimmingPrefix { " -".contains($0) }) }
        let offer = ". Please provide one of "
        if let range = text.firstRange(of: offer) {
            if choices.isEmpty {
                choices = text[range.upperBound...].split(separator: "'").enumerated().filter { $0.offset % 2 == 0 }
                    .map { String($0.element) }.filter { $0 != "." }
            }
            text = String(text[..<range.lowerBound])
        }
        while text.hasSuffix(".") { text.removeLast() }
        if let first = text.first, first.isUppercase, text.dropFirst().first?.isUppercase != true {
            text = first.lowercased() + text.dropFirst()
        }
        guard !choices.isEmpty else { return text }
        let value = text.split(separator: "'").dropFirst().first.map(String.init) ?? ""
        let meant = Spelling.nearest(to: value, among: choices).map { "; did you mean \($0)?" } ?? ""
        return "\(text): expected one of \(choices.joined(separator: ", "))\(meant)"
    }
}
