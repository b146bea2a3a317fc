internal import ByteStreams

/// Parses JSON without recursion: open arrays and objects are in a list, so that depth costs no stack.
///
/// Complete values are kept in one common list. When an array or object closes, its values move into storage of the
/// exact size.
struct JSONParser {
    /// An array or object that is not closed yet.
    struct Container {
        var isObject: Bool
        var firstValue: Int
        var firstName: Int
        // A set of bits, one for each name, to detect repeated names: only names with the same bit can be equal.
        var nameBits: UInt64 = 0
        var mayHaveDuplicates = false
        // Whether the container began in the first part of a divided text. Then its first value represents that part.
        var isResumed = false
    }

    var notes: [JSONNote] = []
    var noteCount = 0
    var objectCount = 0
    private let depthLimit: Int
    var offset = 0
    var open: [Container] = []
    var values: [JSONValue] = []
    var names: [String] = []
    // Names are repeated thousands of times, so the longer ones share their storage.
    private var knownNames = [String](repeating: "", count: 256)
    private var scratch: [UInt8] = []
    /// The offset of the comma to stop at; -1 for none.
    var end = -1

    init(limits: Limits) {
        depthLimit = Self.depthLimit(limits)
    }

    /// Creates a parser for single names, which are not nested.
    init() {
        depthLimit = 0
    }

    /// The maximum nesting depth of a text.
    static func depthLimit(_ limits: Limits) -> Int { min(limits.documentDepth, Limits.parserDepth) }

    /// The value of a whole text.
    mutating func document(_ text: Span<UInt8>) throws(JSONError) -> JSONValue {
        passOverMark(text)
        return try read(text) ?? .null
    }

    mutating func passOverMark(_ text: Span<UInt8>) {
        guard Self.startsWithMark(text) else { return }
        note(.byteOrderMark, at: 0)
        offset = 3
    }

    /// Parses up to the end of the text and returns its value, or up to the comma to stop at and returns nil.
    mutating func read(_ text: Span<UInt8>) throws(JSONError) -> JSONValue? {
        var value = JSONValue.null
        while true {
            skipSpace(text)
            guard offset < text.count else { throw error(.truncated(expected: "a value"), in: text) }
            let byte = text[offset]
            switch byte {
            case UInt8(ascii: "\""): value = .string(try string(text))
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = byte == UInt8(ascii: "{")
                guard open.count < depthLimit else { throw error(.depth(depthLimit), in: text) }
                open.append(Container(isObject: isObject, firstValue: values.count, firstName: names.count))
                offset += 1
                skipSpace(text)
                guard offset < text.count, text[offset] == byte + 2 else {
                    if isObject { try name(text) }
                    continue
                }
                offset += 1
                open.removeLast()
                if isObject { objectCount += 1 }
                value = isObject ? .object(JSONObject()) : .array([])
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): value = .number(try number(text))
            case UInt8(ascii: "t"): value = try literal(text, "true", .bool(true))
            case UInt8(ascii: "f"): value = try literal(text, "false", .bool(false))
            case UInt8(ascii: "n"): value = try literal(text, "null", .null)
            default: throw error(.expected("a value"), in: text)
            }
            // A value is complete, and it may complete the containers around it.
            complete: while true {
                skipSpace(text)
                guard let container = open.last else {
                    guard offset == text.count else { throw error(.trailing, in: text) }
                    return value
                }
                values.append(value)
                let expected = container.isObject ? "',' or '}'" : "',' or ']'"
                guard offset < text.count else { throw error(.truncated(expected: expected), in: text) }
                switch (text[offset], container.isObject) {
                case (UInt8(ascii: ","), let isObject):
                    if offset == end { return nil }
                    offset += 1
                    if isObject {
                        skipSpace(text)
                        try name(text)
                    }
                    break complete
                case (UInt8(ascii: "]"), false): value = .array(closeArray(container))
                case (UInt8(ascii: "}"), true): value = .object(closeObject(container))
                default: throw error(.expected(expected), in: text)
                }
                offset += 1
                open.removeLast()
            }
        }
    }

    mutating func closeArray(_ container: Container) -> [JSONValue] {
        let first = container.firstValue
        let items = [JSONValue](capacity: values.count - first) { output in
            for index in first..<values.count { output.append(takeValue(index)) }
        }
        values.removeLast(values.count - first)
        return items
    }

    mutating func closeObject(_ container: Container) -> JSONObject {
        if !container.isResumed { objectCount += 1 }
        let (firstValue, firstName) = (container.firstValue, container.firstName)
        let count = min(values.count - firstValue, names.count - firstName)
        let object = JSONObject(
            [JSONObject.Member](capacity: count) { output in
                for index in 0..<count {
                    output.append(.init(name: takeName(firstName + index), value: takeValue(firstValue + index)))
                }
            })
        values.removeLast(count)
        names.removeLast(count)
        if container.mayHaveDuplicates, !container.isResumed {
            for duplicate in object.duplicates { note(.duplicateName(object.members[duplicate].name), at: offset) }
        }
        return object
    }

    private mutating func takeValue(_ index: Int) -> JSONValue {
        var value = JSONValue.null
        swap(&value, &values[index])
        return value
    }

    private mutating func takeName(_ index: Int) -> String {
        var name = ""
        swap(&name, &names[index])
        return name
    }

    /// Skips space, tab, line feed and carriage return (RFC 8259 §2).
    @inline(__always)
    private mutating func skipSpace(_ text: Span<UInt8>) {
        offset = Self.endOfSpace(text, from: offset)
    }

    @inline(__always)
    static func endOfSpace(_ text: Span<UInt8>, from start: Int) -> Int {
        var at = start
        guard at < text.count, text[at] <= 0x20 else { return at }
        let raw = unsafe text.bytes
        while true {
            while at + 8 <= text.count, EightBytes(raw, at).word == 0x2020_2020_2020_2020 { at += 8 }
            guard at < text.count else { return at }
            switch text[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return at
            }
        }
    }

    private mutating func literal(
        _ text: Span<UInt8>, _ letters: String, _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        var end = offset
        for letter in letters.utf8 {
            guard end < text.count, text[end] == letter else { throw error(.expected("a value"), in: text) }
            end += 1
        }
        offset = end
        return value
    }

    private mutating func number(_ text: Span<UInt8>) throws(JSONError) -> JSONNumber {
        switch Self.endOfNumber(text, from: offset) {
        case .end(let end):
            defer { offset = end }
            return JSONNumber(checked: ascii(text, offset, end))
        case .wrong(let place): throw error(place < text.count ? .number : .truncated(expected: "a digit"), place, text)
        }
    }

    enum NumberEnd: Equatable {
        case end(Int)
        case wrong(Int)
    }

    /// The end of the number that begins at `start`, or the offset of the error in it (RFC 8259 §6).
    static func endOfNumber(_ text: Span<UInt8>, from start: Int) -> NumberEnd {
        var at = start
        func isDigit() -> Bool { at < text.count && text[at].isASCIIDigit }
        func skipDigits() -> Bool {
            guard isDigit() else { return false }
            while isDigit() { at += 1 }
            return true
        }
        if at < text.count, text[at] == UInt8(ascii: "-") { at += 1 }
        if at < text.count, text[at] == UInt8(ascii: "0") {
            at += 1
            if isDigit() { return .wrong(at) }
        } else if !skipDigits() {
            return .wrong(at)
        }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            guard skipDigits() else { return .wrong(at) }
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
            guard skipDigits() else { return .wrong(at) }
        }
        return .end(at)
    }

    private mutating func name(_ text: Span<UInt8>) throws(JSONError) {
        guard offset < text.count else { throw error(.truncated(expected: "a member name"), in: text) }
        guard text[offset] == UInt8(ascii: "\"") else { throw error(.expected("a member name"), in: text) }
        let start = offset + 1
        let string = try scanString(text)
        let end = offset - 1
        let length = end - start
        let isPlain = string.isASCII && !string.hasEscapes
        var slot = length
        if isPlain, length > 0 {
            slot = length &* 31 &+ Int(text[start]) &* 7 &+ Int(text[start + length / 2]) &* 131 &+ Int(text[end - 1])
        }
        if isPlain, length > 15, length <= 64 {
            if Self.equals(knownNames[slot & 255], text, start, end) {
                names.append(knownNames[slot & 255])
            } else {
                let name = ascii(text, start, end)
                knownNames[slot & 255] = name
                names.append(name)
            }
        } else {
            names.append(try content(text, start, end, string))
        }
        if var container = open.popLast() {
            let bit: UInt64 = 1 << UInt64(slot & 63)
            container.mayHaveDuplicates = container.mayHaveDuplicates || !isPlain || container.nameBits & bit != 0
            container.nameBits |= bit
            open.append(container)
        }
        skipSpace(text)
        guard offset < text.count else { throw error(.truncated(expected: "':'"), in: text) }
        guard text[offset] == UInt8(ascii: ":") else { throw error(.expected("':'"), in: text) }
        offset += 1
    }

    private mutating func string(_ text: Span<UInt8>) throws(JSONError) -> String {
        let start = offset + 1
        let string = try scanString(text)
        return try content(text, start, offset - 1, string)
    }

    /// The name that begins at `start`, and the offset after its closing quote; for the locator.
    mutating func name(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> (name: String, end: Int) {
        offset = start
        let name = try string(text)
        return (name, offset)
    }

    /// Skips a string, and returns how it must be decoded.
    private mutating func scanString(_ text: Span<UInt8>) throws(JSONError) -> (isASCII: Bool, hasEscapes: Bool) {
        let raw = unsafe text.bytes
        var at = offset + 1
        var seen: UInt64 = 0
        var hasEscapes = false
        while true {
            // Eight bytes at a time, until one is a quote, a reverse solidus or a control character.
            while at + 8 <= text.count {
                let bytes = EightBytes(raw, at)
                let found = bytes.quotesAndSolidi | bytes.controls
                guard found == 0 else {
                    let before = EightBytes.offset(ofFirst: found)
                    seen |= bytes.word & ((1 << (8 * UInt64(before))) &- 1)
                    at += before
                    break
                }
                seen |= bytes.word
                at += 8
            }
            guard at < text.count else { throw error(.truncated(expected: "a closing quote"), text.count, text) }
            switch text[at] {
            case UInt8(ascii: "\""):
                offset = at + 1
                return (seen & EightBytes.topBits == 0, hasEscapes)
            case UInt8(ascii: "\\"):
                guard at + 1 < text.count else { throw error(.truncated(expected: "an escape"), text.count, text) }
                hasEscapes = true
                at += 1
                // An escaped byte does not end the string. A control character is found when escapes are resolved.
                seen |= UInt64(text[at])
                at += 1
            case 0..<0x20: throw error(.controlCharacter, at, text)
            case let byte:
                seen |= UInt64(byte)
                at += 1
            }
        }
    }

    /// The text between two quotes.
    @inline(__always)
    private mutating func content(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, _ string: (isASCII: Bool, hasEscapes: Bool)
    ) throws(JSONError) -> String {
        if string.isASCII, !string.hasEscapes { return ascii(text, start, end) }
        return try unusual(text, start, end, string.hasEscapes)
    }

    @inline(never)
    private mutating func unusual(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, _ hasEscapes: Bool
    ) throws(JSONError) -> String {
        let span: UTF8Span
        do {
            span = try UTF8Span(validating: text.extracting(start..<end))
        } catch let problem {
            throw error(.encoding("UTF-8"), start + problem.byteOffsets.lowerBound, text)
        }
        guard hasEscapes else { return String(copying: span) }
        scratch.removeAll(keepingCapacity: true)
        var at = start
        while at < end {
            let byte = text[at]
            at += 1
            if byte != UInt8(ascii: "\\") {
                scratch.append(byte)
                continue
            }
            guard at < end else { throw error(.escape, at - 1, text) }
            let letter = text[at]
            at += 1
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(letter)
            case UInt8(ascii: "b"): scratch.append(0x08)
            case UInt8(ascii: "f"): scratch.append(0x0C)
            case UInt8(ascii: "n"): scratch.append(0x0A)
            case UInt8(ascii: "r"): scratch.append(0x0D)
            case UInt8(ascii: "t"): scratch.append(0x09)
            case UInt8(ascii: "u"):
                guard var scalar = Self.hex(text, at, end) else { throw error(.escape, at - 2, text) }
                let escape = at - 2
                at += 4
                if scalar & 0xFC00 == 0xD800, at + 1 < end, text[at] == UInt8(ascii: "\\"),
                    text[at + 1] == UInt8(ascii: "u"), let low = Self.hex(text, at + 2, end), low & 0xFC00 == 0xDC00
                {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                    at += 6
                }
                if Unicode.Scalar(scalar) == nil { note(.loneSurrogate, at: escape) }
                let known = Unicode.Scalar(scalar) ?? "\u{FFFD}"
                scratch.append(contentsOf: UTF8.encode(known) ?? UTF8.encodedReplacementCharacter)
            default: throw error(.escape, at - 2, text)
            }
        }
        return String(decoding: scratch, as: UTF8.self)
    }

    private static func hex(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> UInt32? {
        guard start + 4 <= end else { return nil }
        var value: UInt32 = 0
        for at in start..<start + 4 {
            guard let digit = text[at].hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    @inline(__always)
    private func ascii(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> String {
        // SAFETY: the caller has seen that no byte of them is above 0x7F.
        String(copying: unsafe UTF8Span(unchecked: text.extracting(start..<end), isKnownASCII: true))
    }

    private static func equals(_ name: String, _ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let known = name.utf8Span.span
        let length = end - start
        guard known.count == length, length >= 8 else { return false }
        let (left, right) = unsafe (known.bytes, text.bytes)
        var at = 0
        while at + 8 <= length {
            guard EightBytes(left, at).word == EightBytes(right, start + at).word else { return false }
            at += 8
        }
        return EightBytes(left, length - 8).word == EightBytes(right, end - 8).word
    }

    static func startsWithMark(_ text: Span<UInt8>) -> Bool {
        text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    }

    /// Converts the text to UTF-8; the encoding is detected from the byte order mark or the positions of zero bytes
    /// (RFC 4627 §3).
    ///
    /// The first two characters of a JSON text are ASCII, or only the first one if the text is a string.
    mutating func transcoded(_ bytes: [UInt8]) throws(JSONError) -> [UInt8] {
        let head = (0..<4).map { $0 < bytes.count ? bytes[$0] : 1 }
        let encoding: (name: String, width: Int, isBig: Bool)
        switch (head[0], head[1], head[2], head[3]) {
        case (0, 0, 0xFE, 0xFF), (0, 0, 0, 1...): encoding = ("UTF-32BE", 4, true)
        case (0xFF, 0xFE, 0, 0), (1..., 0, 0, 0): encoding = ("UTF-32LE", 4, false)
        case (0xFE, 0xFF, _, _), (0, 1..., _, _): encoding = ("UTF-16BE", 2, true)
        case (0xFF, 0xFE, _, _), (1..., 0, _, _): encoding = ("UTF-16LE", 2, false)
        default: return bytes
        }
        let (name, width, isBig) = encoding
        note(.encoding(name), at: 0)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / width + bytes.count / 8)
        func unit(_ at: Int) -> UInt32? {
            guard at + width <= bytes.count else { return nil }
            return (0..<width).reduce(0) { $0 << 8 | UInt32(bytes[at + (isBig ? $1 : width - 1 - $1)]) }
        }
        var at = 0
        while at < bytes.count {
            var scalar = unit(at) ?? 0xD800
            at += width
            if width == 2, scalar & 0xFC00 == 0xD800, let low = unit(at), low & 0xFC00 == 0xDC00 {
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                at += width
            }
            guard let known = Unicode.Scalar(scalar), let encoded = UTF8.encode(known) else {
                throw error(.encoding(name), text.count, text.span)
            }
            text.append(contentsOf: encoded)
        }
        return text
    }

    private func error(_ kind: JSONError.Kind, in text: Span<UInt8>) -> JSONError {
        error(kind, offset, text)
    }

    @inline(never)
    private func error(_ kind: JSONError.Kind, _ offset: Int, _ text: Span<UInt8>) -> JSONError {
        JSONError(kind: kind, place: TextPlace(offset: offset, in: text))
    }

    private mutating func note(_ kind: JSONNote.Kind, at offset: Int) {
        noteCount += 1
        if notes.count < Limits.noticeCount { notes.append(JSONNote(kind: kind, offset: offset)) }
    }
}
