internal import ByteStreams

/// A document in tag-value, taken apart into tags and values.
struct TagValueText: Sendable {
    /// Something odd about the spelling.
    struct Oddity: Sendable {
        let kind: SPDXTagValueNotice.Kind
        let tag: String
        let offset: Int
    }

    private(set) var sequence = TagValueSequence()
    private(set) var oddities: [Oddity] = []
    private(set) var oddityCount = 0

    /// Reads a whole text.
    ///
    /// If the first line ends with CR LF or with CR, all line breaks do, those in texts too.
    init(_ bytes: [UInt8], limits: Limits) throws(SPDXTagValueError) {
        guard bytes.count <= limits.documentSize else {
            throw SPDXTagValueError(.limit("documentSize"), offset: limits.documentSize)
        }
        var decoded = Self.decoded(bytes)
        if let kind = decoded.kind { note(kind, "", 0) }
        if let damage = Self.damage(decoded.text) {
            note(.invalidUTF8, "", damage)
            decoded.text = Array(String(decoding: decoded.text, as: UTF8.self).utf8)
        }
        Self.unifyLineBreaks(&decoded.text)
        sequence.bytes = decoded.text
        try split(limits: limits)
    }

    /// Whether there is a line with the tag `SPDXVersion`, spelled as it should be.
    static func hasVersion(_ bytes: [UInt8]) -> Bool {
        var text = decoded(bytes).text
        let start = ByteOrderMark.starts(text.span) ? 3 : 0
        let head = TagValueSpelling.trimmed(text.span, start..<text.count).lowerBound
        // JSON and XML are no tag-value, and as long as they may be.
        if head < text.count, [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<")].contains(text[head]) {
            return false
        }
        unifyLineBreaks(&text)
        let span = text.span
        var lines = Lines(span)
        while let line = lines.next(span) {
            if line.tag == 0, line.isExact { return true }
        }
        return false
    }

    /// Whether a document has a character that some readers take for the end of a line and others do not.
    static func mayBeAmbiguous(_ bytes: [UInt8]) -> Bool {
        let text = bytes.span
        for index in text.indices {
            let byte = text[index]
            // UTF-16 has zeros.
            if byte == 0 || byte >= 0xFE { return true }
            if byte >= 0x20, byte < 0xC2 { continue }
            guard TagValueSpelling.lineEnd(text, at: index, before: text.count) > 0 else { continue }
            if byte != 0x0D || index + 1 == text.count || text[index + 1] != 0x0A { return true }
        }
        return false
    }

    /// Whether something follows such a character on its line, outside of texts.
    var hasHiddenLines: Bool {
        let text = sequence.bytes.span
        var start = 0
        for pair in sequence.pairs {
            let opening = pair.value.lowerBound - TagValueSpelling.opening.count
            guard opening >= start,
                TagValueSpelling.has(text, TagValueSpelling.opening, at: opening, before: text.count)
            else { continue }
            if Self.hasHiddenLines(text, start..<opening) { return true }
            start = pair.value.upperBound
        }
        return Self.hasHiddenLines(text, start..<text.count)
    }

    private static func hasHiddenLines(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        // Blanks at the beginning of a line are skipped here, too, so that they hide nothing.
        var isStart = true
        var isHiding = false
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = text[index]
            let length = TagValueSpelling.lineEnd(text, at: index, before: range.upperBound)
            if byte == 0x0A {
                (isStart, isHiding) = (true, false)
            } else if length > 0 {
                if !isStart || !TagValueSpelling.isBlank(byte) { isHiding = true }
            } else if !TagValueSpelling.isBlank(byte) {
                if isHiding { return true }
                isStart = false
            }
            index += max(length, 1)
        }
        return false
    }

    private mutating func note(_ kind: SPDXTagValueNotice.Kind, _ tag: String, _ offset: Int) {
        oddityCount += 1
        if oddities.count < SPDXTagValueNotice.limit { oddities.append(Oddity(kind: kind, tag: tag, offset: offset)) }
    }

    private mutating func split(limits: Limits) throws(SPDXTagValueError) {
        let bytes = sequence.bytes
        let text = bytes.span
        var lines = Lines(text)
        // Most lines have a tag, and are about that long.
        sequence.pairs.reserveCapacity(min(bytes.count / 48, limits.tagCount))
        let most = limits.objects(inBytes: bytes.count)
        while let line = lines.next(text) {
            guard sequence.pairs.count < limits.tagCount else {
                throw SPDXTagValueError(.limit("tagCount"), offset: line.name.lowerBound)
            }
            guard sequence.pairs.count < most else {
                throw SPDXTagValueError(.limit("objectAllowance"), offset: line.name.lowerBound)
            }
            let name = line.name
            if name.isEmpty {
                note(.noTag, "", name.lowerBound)
            } else if line.tag == nil {
                note(.unknownTag, Self.shortened(bytes[name]), name.lowerBound)
            } else if let tag = line.tag, !line.isExact {
                note(.tagSpelling(SPDXTag.all[tag].name), Self.shortened(bytes[name]), name.lowerBound)
            }
            switch line.end {
            case .sound: break
            case .missing: note(.unterminatedText, Self.shortened(bytes[name]), name.lowerBound)
            case .early: note(.textAfterEnd, Self.shortened(bytes[name]), name.lowerBound)
            }
            sequence.pairs.append(
                TagValuePair(tag: line.isExact ? line.tag.map { UInt8($0) } : nil, name: name, value: line.value))
        }
    }

    private static func shortened(_ name: ArraySlice<UInt8>) -> String {
        name.count > 64 ? String(decoding: name.prefix(61), as: UTF8.self) + "…" : String(decoding: name, as: UTF8.self)
    }

    // UTF-16 is detected by its byte order mark, or by the zero in its first character, which is a letter or `#`.
    private static func decoded(_ bytes: [UInt8]) -> (text: [UInt8], kind: SPDXTagValueNotice.Kind?) {
        guard bytes.count >= 2 else { return (bytes, nil) }
        let isBig: Bool
        switch (bytes[0], bytes[1]) {
        case (0xFE, 0xFF), (0, 1...): isBig = true
        case (0xFF, 0xFE), (1..., 0): isBig = false
        default: return (bytes, ByteOrderMark.starts(bytes.span) ? .byteOrderMark : nil)
        }
        let units = (0..<bytes.count / 2).lazy.map { unit in
            UInt16(bytes[2 * unit + (isBig ? 0 : 1)]) << 8 | UInt16(bytes[2 * unit + (isBig ? 1 : 0)])
        }
        return (Array(String(decoding: units, as: UTF16.self).utf8), .utf16)
    }

    private static func damage(_ text: [UInt8]) -> Int? {
        do {
            _ = try UTF8Span(validating: text.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    /// Replaces the line breaks of DOS and of classic Mac OS by line feeds, if the first line ends with one of them.
    private static func unifyLineBreaks(_ text: inout [UInt8]) {
        guard let first = text.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }), text[first] == 0x0D else { return }
        let isDOS = first + 1 < text.count && text[first + 1] == 0x0A
        var kept = 0
        for index in text.indices {
            var byte = text[index]
            if byte == 0x0D {
                if index + 1 < text.count, text[index + 1] == 0x0A { continue }
                if !isDOS { byte = 0x0A }
            }
            text[kept] = byte
            kept += 1
        }
        text.removeLast(text.count - kept)
    }

    /// Goes through a text tag by tag.
    private struct Lines {
        enum End {
            case sound, missing, early
        }

        struct Line {
            let tag: Int?
            let isExact: Bool
            let name: Range<Int>
            let value: Range<Int>
            let end: End
        }

        private var at: Int
        private let names = SPDXTagNames.all

        init(_ text: Span<UInt8>) {
            at = ByteOrderMark.starts(text) ? 3 : 0
        }

        /// The next line that is neither blank nor a comment.
        mutating func next(_ text: Span<UInt8>) -> Line? {
            let count = text.count
            while at < count {
                while at < count, TagValueSpelling.isBlank(text[at]) { at += 1 }
                guard at < count else { return nil }
                if text[at] == 0x0A {
                    at += 1
                } else if text[at] == UInt8(ascii: "#") {
                    skipLine(text)
                } else {
                    return line(text)
                }
            }
            return nil
        }

        private mutating func skipLine(_ text: Span<UInt8>) {
            while at < text.count, text[at] != 0x0A { at += 1 }
        }

        private mutating func line(_ text: Span<UInt8>) -> Line {
            let (start, count) = (at, text.count)
            while at < count, text[at].isASCIILetter || (at > start && text[at].isASCIIDigit) { at += 1 }
            let name = start..<at
            while at < count, TagValueSpelling.isBlank(text[at]) { at += 1 }
            guard !name.isEmpty, at < count, text[at] == UInt8(ascii: ":") else {
                at = start
                skipLine(text)
                let value = TagValueSpelling.trimmed(text, start..<at)
                return Line(tag: nil, isExact: false, name: start..<start, value: value, end: .sound)
            }
            at += 1
            while at < count, TagValueSpelling.isBlank(text[at]) { at += 1 }
            let found = names.find(text, name)
            var (value, end) = (at..<at, End.sound)
            if TagValueSpelling.has(text, TagValueSpelling.opening, at: at, before: count) {
                (value, end) = wrapped(text)
            } else {
                skipLine(text)
                value = TagValueSpelling.trimmed(text, value.lowerBound..<at)
            }
            return Line(
                tag: found?.index, isExact: found?.isExact ?? false, name: name, value: value, end: end)
        }

        private mutating func wrapped(_ text: Span<UInt8>) -> (Range<Int>, End) {
            let start = at
            let inner = start + TagValueSpelling.opening.count
            guard let close = TagValueSpelling.closing(in: text, inner..<text.count) else {
                at = text.count
                return (inner..<at, .missing)
            }
            at = close + TagValueSpelling.closing.count
            let rest = at
            skipLine(text)
            if TagValueSpelling.trimmed(text, rest..<at).isEmpty { return (inner..<close, .sound) }
            return (TagValueSpelling.trimmed(text, start..<at), .early)
        }
    }
}

/// U+FEFF at the start of a text in UTF-8.
private enum ByteOrderMark {
    static func starts(_ text: Span<UInt8>) -> Bool {
        text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    }
}
