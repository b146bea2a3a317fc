internal import ByteStreams

/// The words of a notice or of a whole file, as notices are compared (SPDX 2.3 annex B): without case, punctuation, marks of
/// comments, numbers of items, and lines with copyright notices.
///
/// `Tests/licenses/known-notices.py` takes the words of the texts on SPDX's list in the same way; a test compares the two.
package struct NoticeWords {
    /// What separates a word from the one before it.
    enum Break: UInt8 {
        case none
        /// The end of a sentence.
        case sentence
        /// A blank line.
        case paragraph
    }

    /// All words in lower case with a blank behind each.
    package private(set) var text: [UInt8] = []
    /// Where each word starts in ``text``.
    private(set) var starts: [Int] = []
    /// The line of each word, counted from the first line of the text.
    private(set) var lines: [Int] = []
    private(set) var breaks: [Break] = []
    /// The FNV-1a hash of each word.
    private(set) var hashes: [UInt32] = []

    package var count: Int { starts.count }

    /// Takes the words of a text, up to the limit ``Limits/noticeWords``.
    package init(_ bytes: ArraySlice<UInt8>) {
        text.reserveCapacity(bytes.count)
        var word = Word()
        var pending = Break.none
        var start = bytes.startIndex
        var line = 0
        while start < bytes.endIndex, starts.count < Limits.noticeWords {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            read(bytes[start..<end], line: line, &word, &pending)
            start = end + 1
            line += 1
        }
        finish(&word, line: line, &pending)
    }

    /// The word that is being read.
    private struct Word {
        var bytes: [UInt8] = []
        /// Whether a hyphen at the end of a line joins the next line to it.
        var isJoined = false
    }

    private mutating func read(_ line: ArraySlice<UInt8>, line number: Int, _ word: inout Word, _ pending: inout Break)
    {
        var rest = line.drop { Self.marks[$0] }
        if rest.isEmpty {
            if !word.isJoined, !starts.isEmpty { pending = .paragraph }
            return
        }
        rest = Self.withoutBullet(rest)
        if !word.isJoined, Self.isCopyright(rest) { rest = Self.behindSentence(rest) }
        rest = Self.withoutNumber(rest)
        word.isJoined = false
        var index = rest.startIndex
        while index < rest.endIndex {
            let byte = rest[index]
            let next = index + 1 < rest.endIndex ? rest[index + 1] : 0x20
            if Self.isLetter(byte) {
                word.bytes.append(byte.isASCIILetter ? byte | 0x20 : byte)
            } else if byte == UInt8(ascii: "-"), !word.bytes.isEmpty {
                if rest[(index + 1)...].allSatisfy(Self.isBlank) {
                    word.isJoined = true
                    return
                }
            } else if byte == UInt8(ascii: "'"), !word.bytes.isEmpty, Self.isLetter(next) {
                // An apostrophe is left out.
            } else if word.bytes.last?.isASCIIDigit == true,
                byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") && next.isASCIIDigit
            {
                word.bytes.append(byte)
            } else {
                finish(&word, line: number, &pending)
                // Behind a colon inside of a line the sentence goes on.
                let isEnd = Self.enders[byte] && Self.isBlank(next) && (byte != 0x3A || index + 1 >= rest.endIndex)
                if isEnd, !starts.isEmpty, pending == .none { pending = .sentence }
            }
            index += 1
        }
        finish(&word, line: number, &pending)
    }

    private mutating func finish(_ word: inout Word, line: Int, _ pending: inout Break) {
        guard !word.bytes.isEmpty else { return }
        if word.bytes.starts(with: "licenc".utf8) {
            word.bytes[5] = UInt8(ascii: "s")
        } else if word.bytes.elementsEqual("sublicence".utf8) {
            word.bytes[8] = UInt8(ascii: "s")
        }
        var hash: UInt32 = 0x811C_9DC5
        for byte in word.bytes { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        hashes.append(hash)
        starts.append(text.count)
        lines.append(line)
        breaks.append(pending)
        text += word.bytes
        text.append(0x20)
        word.bytes.removeAll(keepingCapacity: true)
        pending = .none
    }

    // MARK: Lines

    /// What may stand before the text of a line of a comment or quotation.
    private static let marks = ASCIISet(" \t\r*#/;%>|")
    private static let enders = ASCIISet(".:!?")

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    private static func isLetter(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte.isASCIIDigit || byte >= 0x80 }

    private static func withoutBullet(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard line.count > 1, let first = line.first, "-+o".utf8.contains(first), isBlank(line[line.startIndex + 1]),
            line[line.startIndex + 1] != 0x0D
        else { return line }
        return line.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
    }

    private static func isCopyright(_ line: ArraySlice<UInt8>) -> Bool {
        func begins(_ word: String) -> Bool {
            line.count >= word.utf8.count
                && zip(line, word.utf8).allSatisfy { ($0.isASCIILetter ? $0 | 0x20 : $0) == $1 }
        }
        if begins("(c)") || begins("\u{A9}") { return true }
        guard begins("copyright") else { return false }
        let rest = line.dropFirst(9)
        guard rest.first.map({ !isLetter($0) }) ?? true else { return false }
        // A line of a notice may begin with the word too.
        let next = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(8).prefix(while: isLetter)
        return !wordsOfNotices.contains(String(decoding: next, as: UTF8.self).lowercased())
    }

    private static let wordsOfNotices: Set = [
        "notice", "notices", "holder", "holders", "owner", "owners", "law", "laws", "and", "or", "in", "is",
    ]

    /// What follows the first full stop with a capital letter behind it.
    private static func behindSentence(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = line
        while let stop = rest.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[(stop + 1)...]
            let text = rest.drop { $0 == 0x20 || $0 == 0x09 }
            if text.count < rest.count, let first = text.first, first.isASCIILetter, first & 0x20 == 0 { return text }
        }
        return []
    }

    /// Removes the number of an item: `1.`, `(a)`, `iii)`.
    private static func withoutNumber(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = line
        if rest.first == UInt8(ascii: "(") { rest = rest.dropFirst() }
        let digits = rest.prefix { $0.isASCIIDigit }
        let letters = rest.prefix { $0.isASCIILetter }
        if (1...2).contains(digits.count) {
            rest = rest.dropFirst(digits.count)
        } else if letters.count == 1 || ["ii", "iii", "iv"].contains(String(decoding: letters, as: UTF8.self)) {
            rest = rest.dropFirst(letters.count)
        } else {
            return line
        }
        guard rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ")") else { return line }
        let text = rest.dropFirst()
        guard let first = text.first, first == 0x20 || first == 0x09 else { return line }
        return text.drop { $0 == 0x20 || $0 == 0x09 }
    }

    // MARK: Looking

    /// The bytes of a word.
    subscript(index: Int) -> ArraySlice<UInt8> { text[starts[index]..<end(of: index)] }

    private func end(of index: Int) -> Int { (index + 1 < starts.count ? starts[index + 1] : text.count) - 1 }

    /// The first eight bytes of the SHA-256 of some words with blanks between them.
    func hash(of range: Range<Int>) -> UInt64 {
        var hash = RunningHash(.sha256)
        hash.update(text.span.extracting(starts[range.lowerBound]..<end(of: range.upperBound - 1)))
        return hash.finish().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Some words as one text, with a blank before, behind and between them.
    func words(_ range: Range<Int>) -> String {
        guard !range.isEmpty else { return " " }
        return " " + String(decoding: text[starts[range.lowerBound]...end(of: range.upperBound - 1)], as: UTF8.self)
    }
}
