internal import ByteStreams

/// A machine-readable copyright file, taken apart into paragraphs and fields without copying
/// (Debian, "Machine-readable debian/copyright file", version 1.0, §4).
///
/// Common defects are accepted: a byte-order mark, CR LF, names of fields in any letters, a missing colon after the most
/// important ones, and a blank line inside of a text, as long as the text behind it is indented.
package struct MachineReadableCopyright {
    /// A field with its value.
    struct Field {
        /// The name in lower case.
        let name: String
        /// The first line of the value, without the blanks around it.
        let firstLine: Range<Int>
        /// The other lines of the value, whole.
        var rest: Range<Int>
        /// The lines of the field, counted from 1.
        var lines: ClosedRange<Int>
    }

    /// Fields without a blank line between them.
    struct Paragraph {
        var fields: [Field] = []

        /// The field with that name; if it is repeated, the first one.
        subscript(name: String) -> Field? { fields.first { $0.name == name } }

        /// The lines of the paragraph, counted from 1.
        var lines: ClosedRange<Int> { (fields.first?.lines.lowerBound ?? 1)...(fields.last?.lines.upperBound ?? 1) }
    }

    let bytes: [UInt8]
    private(set) var paragraphs: [Paragraph] = []
    /// Whether the first paragraph states the format.
    private(set) var hasFormat = false

    /// Takes a file apart; nil if it is not machine-readable.
    package init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard Self.mayBeMachineReadable(bytes) else { return nil }
        readParagraphs()
        // Without a license there is nothing to read by this grammar.
        guard paragraphs.contains(where: { $0["license"] != nil }) else { return nil }
        guard hasFormat || startsWithField && paragraphs.contains(where: { $0["files"] != nil && $0["license"] != nil })
        else { return nil }
    }

    /// The names of the field with the version of the format; the first drafts had the longer one.
    private static let formatNames: Set = ["format", "format-specification", "x-format-specification", "x-format"]

    /// Whether the file has no text before its first field; only then it can lack the field with the format.
    private var startsWithField: Bool {
        guard let first = paragraphs.first?.fields.first, Self.fieldNames.contains(first.name) else { return false }
        let lines = ByteLines(bytes).prefix(first.lines.lowerBound - 1)
        return lines.allSatisfy { $0.allSatisfy { !$0.isASCIILetter } || $0.first == UInt8(ascii: "#") }
    }

    /// The fields that a file may begin with (§5, §6).
    private static let fieldNames: Set = [
        "upstream-name", "upstream-contact", "source", "disclaimer", "comment", "license", "copyright", "files",
    ]

    /// Whether a line begins with `Files` or with `Format`, so that it is worth to take the file apart.
    private static func mayBeMachineReadable(_ bytes: [UInt8]) -> Bool {
        var start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if end - start >= 6 {
                switch bytes[start] | 0x20 {
                case UInt8(ascii: "f"), UInt8(ascii: "x"):
                    let word = String(
                        decoding: bytes[start..<end].prefix { $0 != UInt8(ascii: ":") && $0 > 0x20 }.prefix(40),
                        as: UTF8.self)
                    if word.lowercased() == "files" || formatNames.contains(word.lowercased()) { return true }
                default: break
                }
            }
            start = end + 1
        }
        return false
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private mutating func readParagraphs() {
        var start = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
        var line = 0
        var paragraph = Paragraph()
        var isBroken = false
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            defer { start = end + 1 }
            line += 1
            let text = trimmed(start..<end)
            if text.isEmpty {
                isBroken = true
                continue
            }
            let isIndented = text.lowerBound > start
            if isIndented, !paragraph.fields.isEmpty {
                extend(&paragraph, to: end, line: line)
                // What is indented behind a blank line still belongs to the text.
                isBroken = false
                continue
            }
            if bytes[start] == UInt8(ascii: "#") { continue }
            let field = field(in: text, line: line, end: end)
            if isBroken, !paragraph.fields.isEmpty, field != nil {
                guard paragraphs.count < Limits.copyrightParagraphs else { return }
                paragraphs.append(paragraph)
                paragraph = Paragraph()
            }
            if let field {
                if paragraphs.isEmpty, Self.formatNames.contains(field.name) { hasFormat = true }
                paragraph.fields.append(field)
            } else if !isBroken, !paragraph.fields.isEmpty {
                // A text whose lines are not indented.
                extend(&paragraph, to: end, line: line)
            }
            isBroken = false
        }
        if !paragraph.fields.isEmpty { paragraphs.append(paragraph) }
    }

    private func extend(_ paragraph: inout Paragraph, to end: Int, line: Int) {
        let last = paragraph.fields.count - 1
        let field = paragraph.fields[last]
        paragraph.fields[last].rest = field.rest.lowerBound..<end
        paragraph.fields[last].lines = field.lines.lowerBound...line
    }

    /// The field that a line begins; nil if it begins none.
    private func field(in text: Range<Int>, line: Int, end: Int) -> Field? {
        var index = text.lowerBound
        while index < text.upperBound, bytes[index].isASCIILetter || bytes[index] == UInt8(ascii: "-") { index += 1 }
        guard index > text.lowerBound, index - text.lowerBound <= 40 else { return nil }
        let name = String(decoding: bytes[text.lowerBound..<index], as: UTF8.self).lowercased()
        var value = index
        while value < text.upperBound, Self.isBlank(bytes[value]) { value += 1 }
        if value < text.upperBound, bytes[value] == UInt8(ascii: ":") {
            value += 1
        } else {
            // In a text such a word can begin a line too.
            guard value > index, hasFormat, Self.namesWithoutColon.contains(name) else { return nil }
        }
        let first = trimmed(value..<text.upperBound)
        return Field(
            name: Self.synonyms[name] ?? name, firstLine: first,
            rest: min(end + 1, bytes.count)..<min(end + 1, bytes.count),
            lines: line...line)
    }

    /// The fields that are recognized without a colon, where nothing else can be meant.
    private static let namesWithoutColon: Set = ["files", "license", "format"]
    private static let synonyms = [
        "licence": "license", "licenses": "license", "file": "files", "copyrights": "copyright",
    ]

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, Self.isBlank(bytes[start]) { start += 1 }
        while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    // MARK: Values

    /// The short forms of all licenses, those of paragraphs without files too, in the order of the file.
    package var synopses: [String] { paragraphs.compactMap { $0["license"] }.map(firstLine) }

    /// The whole value as one line: each run of white space becomes one blank.
    func folded(_ field: Field) -> String {
        let range = field.firstLine.lowerBound..<max(field.firstLine.upperBound, field.rest.upperBound)
        return DpkgControlFile.folded(bytes[range])
    }

    /// The first line of the value.
    func firstLine(_ field: Field) -> String { String(decoding: bytes[field.firstLine], as: UTF8.self) }

    /// Whether the value has a text behind its first line.
    func hasText(_ field: Field) -> Bool { !trimmed(field.rest).isEmpty }

    /// The lines behind the first one, without the blank before each, and with empty lines in place of dots (§4.2).
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - limit: The length in bytes at which the text ends, at the end of a line.
    ///   - includingFirst: Whether the first line belongs to the text.
    /// - Returns: The text, and whether it was cut.
    func text(_ field: Field, limit: Int, includingFirst: Bool = false) -> (text: String, isCut: Bool) {
        var text: [UInt8] = []
        var isCut = false
        func add(_ line: ArraySlice<UInt8>) {
            guard text.count + line.count < limit else {
                isCut = true
                return
            }
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        if includingFirst, !field.firstLine.isEmpty { add(bytes[field.firstLine]) }
        var start = field.rest.lowerBound
        while start < field.rest.upperBound, !isCut {
            let end = bytes[start..<field.rest.upperBound].firstIndex(of: UInt8(ascii: "\n")) ?? field.rest.upperBound
            var line = bytes[start..<end]
            while let last = line.last, Self.isBlank(last) { line.removeLast() }
            if let first = line.first, Self.isBlank(first) { line.removeFirst() }
            add(line.elementsEqual([UInt8(ascii: ".")]) ? [] : line)
            start = end + 1
        }
        while let last = text.last, Self.isBlank(last) { text.removeLast() }
        return (String(decoding: text.drop { $0 == UInt8(ascii: "\n") }, as: UTF8.self), isCut)
    }

    /// The patterns of the files of a paragraph (§6.4); commas, which older files have between them, are left out.
    func patterns(_ paragraph: Paragraph) -> [String] {
        guard let field = paragraph["files"] else { return [] }
        return folded(field).split(separator: " ").map { String($0.hasSuffix(",") ? $0.dropLast() : $0) }
            .filter { !$0.isEmpty }
    }

    /// The copyright notice that a field states, a line for each; nil if there is none.
    func copyright(_ field: Field) -> String? {
        let (text, isCut) = text(field, limit: Limits.copyrightLength, includingFirst: true)
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
        var notice = lines.filter { !$0.isEmpty }.joined(separator: "\n")
        if isCut { notice += "\n[The notice is longer than the limit copyrightLength.]" }
        return notice.isEmpty ? nil : notice
    }
}
