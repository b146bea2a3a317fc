/// The text of a document in UTF-8, before it is parsed.
struct XMLSource {
    /// The text with a zero after it, which marks the end for libxml2.
    let text: [UInt8]
    /// The offset of the text after a byte order mark.
    let start: Int
    let encoding: String
    let declaration: XMLDeclaration?

    /// Decodes bytes; the encoding is detected from the byte order mark, zero bytes or the declaration (XML 1.0
    /// appendix F).
    ///
    /// libxml2 is never asked to decode, because for some encodings it uses the C library, which opens files.
    init(decoding bytes: [UInt8]) throws(XMLError) {
        let head = (0..<4).map { $0 < bytes.count ? bytes[$0] : 1 }
        var text: [UInt8]
        let declared: XMLDeclaration?
        switch (head[0], head[1], head[2], head[3]) {
        case (0, 0, 0xFE, 0xFF), (0, 0, 0, 0x3C), (0xFF, 0xFE, 0, 0), (0x3C, 0, 0, 0):
            throw XMLError(.unknownEncoding("UTF-32"), at: 0, in: bytes.span)
        case (0xFE, 0xFF, _, _), (0, 0x3C, _, _):
            encoding = "UTF-16BE"
            text = try Self.utf8(utf16: bytes, isBig: true)
            declared = Self.declaration(text.span)
        case (0xFF, 0xFE, _, _), (0x3C, 0, _, _):
            encoding = "UTF-16LE"
            text = try Self.utf8(utf16: bytes, isBig: false)
            declared = Self.declaration(text.span)
        default:
            declared = Self.declaration(bytes.span)
            let hasMark = JSONParser.startsWithMark(bytes.span)
            let name = hasMark ? "UTF-8" : declared?.encoding ?? "UTF-8"
            switch name.uppercased() {
            case "UTF-8", "UTF8":
                encoding = "UTF-8"
                text = bytes
            case "US-ASCII", "ASCII":
                encoding = "US-ASCII"
                if let high = bytes.firstIndex(where: { $0 > 0x7F }) {
                    throw XMLError(.encoding("US-ASCII"), at: high, in: bytes.span)
                }
                text = bytes
            case "ISO-8859-1", "ISO8859-1", "ISO_8859-1", "LATIN1", "LATIN-1", "L1":
                encoding = "ISO-8859-1"
                text = Self.utf8(bytes) { UInt32($0) }
            case "WINDOWS-1252", "CP1252", "CP-1252":
                encoding = "windows-1252"
                text = Self.utf8(bytes) { $0 & 0xE0 == 0x80 ? Self.windows1252[Int($0 & 0x1F)] : UInt32($0) }
            case "UTF-16", "UTF-16LE", "UTF-16BE":
                throw XMLError(.encoding(name), at: 0, in: bytes.span)
            default: throw XMLError(.unknownEncoding(name), at: 0, in: bytes.span)
            }
        }
        if encoding.hasPrefix("UTF-16"), let name = declared?.encoding, !name.uppercased().hasPrefix("UTF-16") {
            throw XMLError(.encoding(name), at: 0, in: text.span)
        }
        let problem: Int?
        do {
            _ = try UTF8Span(validating: text.span)
            problem = nil
        } catch {
            problem = error.byteOffsets.lowerBound
        }
        if let problem { throw XMLError(.encoding("UTF-8"), at: problem, in: text.span) }
        // Offsets have 31 bits, here and in libxml2.
        guard text.count < Int(Int32.max) else {
            throw XMLError(.tooLong("a document", limit: Int(Int32.max) - 1), at: 0, in: text.span)
        }
        start = JSONParser.startsWithMark(text.span) ? 3 : 0
        text.append(0)
        self.text = text
        declaration = declared
    }

    /// Refuses texts that must not be passed to libxml2, and counts `<` to estimate the number of nodes.
    ///
    /// These are texts with a document type, with a zero, which would end the text, or with so many attributes in one
    /// element that their comparison takes minutes. The search for tags is correct for well-formed text. In other text
    /// libxml2 stops before the first tag that could be found wrongly.
    func inspected(attributeLimit: Int) throws(XMLError) -> Int {
        let text = text.span.extracting(droppingLast: 1)
        var at = start
        while at < text.count, Self.isSpace(text[at]) { at += 1 }
        guard at < text.count else { throw XMLError(.truncated(expected: "an element"), at: at, in: text) }
        // libxml2 would interpret some other beginnings as an encoding.
        guard text[at] == UInt8(ascii: "<") else { throw XMLError(.expected("'<'"), at: at, in: text) }
        if let zero = Self.find(0, text, from: at) { throw XMLError(.character, at: zero, in: text) }
        var count = 0
        while let mark = Self.find(UInt8(ascii: "<"), text, from: at) {
            count += 1
            at = mark + 1
            guard at < text.count else { break }
            var end: Int?
            switch text[at] {
            case UInt8(ascii: "/"): continue
            case UInt8(ascii: "?"): end = Self.find("?>", text, from: at + 1)
            case UInt8(ascii: "!"):
                if Self.holds("--", text, at: at + 1) {
                    end = Self.find("-->", text, from: at + 3)
                } else if Self.holds("[CDATA[", text, at: at + 1) {
                    end = Self.find("]]>", text, from: at + 8)
                } else if Self.holds("DOCTYPE", text, at: at + 1) {
                    throw XMLError(.documentType, at: mark, in: text)
                } else {
                    continue
                }
            default:
                // An attribute has at least four bytes, and a tag has no other `<`.
                let next = Self.find(UInt8(ascii: "<"), text, from: at) ?? text.count
                if (next - mark) / 4 > attributeLimit {
                    try Self.checkAttributes(text, from: at, to: next, limit: attributeLimit)
                }
                at = next
                continue
            }
            // libxml2 reports a tag that does not end.
            guard let end else { break }
            at = end
        }
        return count
    }

    private static func checkAttributes(
        _ text: Span<UInt8>, from start: Int, to end: Int, limit: Int
    ) throws(XMLError) {
        var at = start
        var count = 0
        while at < end, text[at] != UInt8(ascii: ">") {
            let byte = text[at]
            at += 1
            guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") else { continue }
            count += 1
            guard count <= limit else {
                throw XMLError(.tooMany("attributes of an element", limit: limit), at: start - 1, in: text)
            }
            while at < end, text[at] != byte { at += 1 }
            at += 1
        }
    }

    /// The offset of an attribute in the start tag at `start`.
    static func offset(ofAttribute name: String, inTagAt start: Int, _ text: Span<UInt8>) -> Int? {
        let wanted = name.utf8Span.span
        var at = start + 1
        while at < text.count, !isSpace(text[at]), text[at] != UInt8(ascii: ">") { at += 1 }
        var found: Int?
        while at < text.count {
            while at < text.count, isSpace(text[at]) { at += 1 }
            let begin = at
            while at < text.count, text[at] != UInt8(ascii: "="), !isSpace(text[at]), text[at] != UInt8(ascii: ">"),
                text[at] != UInt8(ascii: "<")
            { at += 1 }
            guard at > begin, at < text.count, text[at] != UInt8(ascii: ">") else { break }
            if at - begin == wanted.count, (0..<wanted.count).allSatisfy({ text[begin + $0] == wanted[$0] }) {
                // If the attribute is repeated, the error is about the last one.
                found = begin
            }
            while at < text.count, text[at] != UInt8(ascii: "\""), text[at] != UInt8(ascii: "'") { at += 1 }
            guard at < text.count else { break }
            let quote = text[at]
            at += 1
            while at < text.count, text[at] != quote { at += 1 }
            at += 1
        }
        return found
    }

    /// Whether a byte is white space (XML 1.0 §2.3).
    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The next occurrence of a byte, searched eight bytes at a time.
    @inline(__always)
    static func find(_ byte: UInt8, _ text: Span<UInt8>, from start: Int) -> Int? {
        let raw = unsafe text.bytes
        var at = start
        while at + 8 <= text.count {
            let found = EightBytes(raw, at).places(of: byte)
            if found != 0 { return at + EightBytes.offset(ofFirst: found) }
            at += 8
        }
        while at < text.count {
            if text[at] == byte { return at }
            at += 1
        }
        return nil
    }

    /// The offset after the next delimiter, which ends with `->`, `?>` or `]>`.
    static func find(_ letters: StaticString, _ text: Span<UInt8>, from start: Int) -> Int? {
        var at = start + letters.utf8CodeUnitCount - 1
        while let end = find(UInt8(ascii: ">"), text, from: at) {
            if holds(letters, text, at: end + 1 - letters.utf8CodeUnitCount) { return end + 1 }
            at = end + 1
        }
        return nil
    }

    private static func holds(_ letters: StaticString, _ text: Span<UInt8>, at start: Int) -> Bool {
        let count = letters.utf8CodeUnitCount
        guard start >= 0, start + count <= text.count else { return false }
        return letters.withUTF8Buffer { wanted in
            for index in 0..<count where unsafe wanted[index] != text[start + index] { return false }
            return true
        }
    }

    /// The XML declaration, if there is one; libxml2 checks it.
    private static func declaration(_ text: Span<UInt8>) -> XMLDeclaration? {
        var at = JSONParser.startsWithMark(text) ? 3 : 0
        guard holds("<?xml", text, at: at), at + 5 < text.count, isSpace(text[at + 5]) else { return nil }
        at += 5
        var declaration = XMLDeclaration(version: "1.0", encoding: nil, isStandalone: nil)
        // A declaration has three short parts.
        let end = min(text.count, at + 1_000)
        while at < end {
            while at < end, isSpace(text[at]) { at += 1 }
            let nameStart = at
            while at < end, text[at] &- 0x61 < 26 { at += 1 }
            let name = string(text, nameStart..<at)
            while at < end, isSpace(text[at]) || text[at] == UInt8(ascii: "=") { at += 1 }
            guard !name.isEmpty, at < end, text[at] == UInt8(ascii: "\"") || text[at] == UInt8(ascii: "'") else {
                break
            }
            let quote = text[at]
            let valueStart = at + 1
            at = valueStart
            while at < end, text[at] != quote { at += 1 }
            let value = string(text, valueStart..<at)
            at += 1
            switch name {
            case "version": declaration.version = value
            case "encoding": declaration.encoding = value
            case "standalone": declaration.isStandalone = value == "yes"
            default: break
            }
        }
        return declaration
    }

    private static func string(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.map { text[$0] }, as: UTF8.self)
    }

    private static func utf8(utf16 bytes: [UInt8], isBig: Bool) throws(XMLError) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 2 + bytes.count / 8 + 1)
        func unit(_ at: Int) -> UInt32? {
            guard at + 2 <= bytes.count else { return nil }
            let (first, second) = (UInt32(bytes[at]), UInt32(bytes[at + 1]))
            return isBig ? first << 8 | second : second << 8 | first
        }
        var at = 0
        while at < bytes.count {
            // An incomplete unit at the end is an error like half a surrogate pair.
            var scalar = unit(at) ?? 0xD800
            at += 2
            if scalar & 0xFC00 == 0xD800, let low = unit(at), low & 0xFC00 == 0xDC00 {
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                at += 2
            }
            guard let known = Unicode.Scalar(scalar), let encoded = UTF8.encode(known) else {
                throw XMLError(.encoding("UTF-16"), at: text.count, in: text.span)
            }
            text.append(contentsOf: encoded)
        }
        return text
    }

    private static func utf8(_ bytes: [UInt8], _ scalar: (UInt8) -> UInt32) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8 + 1)
        for byte in bytes {
            let known = Unicode.Scalar(scalar(byte)) ?? "\u{FFFD}"
            text.append(contentsOf: UTF8.encode(known) ?? UTF8.encodedReplacementCharacter)
        }
        return text
    }

    // The characters of windows-1252 for the bytes 80 to 9F. The five unassigned bytes are controls, as in browsers.
    private static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}
