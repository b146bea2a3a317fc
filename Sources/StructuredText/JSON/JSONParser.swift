package import ByteStreams
internal import Dispatch
internal import Synchronization

/// A JSON text taken apart: its value, its bytes, and what was odd about it.
///
/// Values carry no places. Whoever has something to say about some of them asks for their ``places(of:)`` by pointer,
/// which reads the text once more: that costs a document with no errors nothing.
package struct JSONDocument: Sendable {
    /// The one value of the text.
    package let root: JSONValue
    /// The text in UTF-8; for a text in another encoding not the bytes that were given.
    package let text: [UInt8]
    /// The first oddities found, at most a hundred.
    package let notes: [JSONNote]
    /// How many oddities there are in all.
    package let noteCount: Int

    /// Reads a whole JSON text, strictly by RFC 8259.
    ///
    /// A byte order mark is passed over (§8.1) and UTF-16 and UTF-32 are read too; half a surrogate pair becomes
    /// U+FFFD (§8.2), and of members with the same name all are kept (§4). All of that is noted.
    package init(parsing bytes: [UInt8], limits: Limits) throws(JSONError) {
        try self.init(parsing: bytes, limits: limits, seamBehind: bytes.count < 4 << 20 ? nil : bytes.count / 9 * 5)
    }

    /// Reads a text in two parts side by side, the second of which begins at the first place behind the one given at
    /// which that can be done; what comes of it is the same.
    init(parsing bytes: [UInt8], limits: Limits, seamBehind target: Int?) throws(JSONError) {
        var parser = JSONParser(limits: limits)
        let text = try parser.transcoded(bytes)
        self.text = text
        if let target, let seam = JSONSplitPoint(in: text.span, behind: target, limits: limits) {
            let start = parser
            if let whole = try parser.document(text, seam: seam, limits: limits) {
                root = whole
                notes = parser.notes
                noteCount = parser.noteCount
                return
            }
            parser = start
        }
        root = try parser.document(text.span)
        notes = parser.notes
        noteCount = parser.noteCount
    }

    /// The line and column of that byte of ``text``, such as a note's.
    package func place(at offset: Int) -> TextPlace {
        TextPlace(offset: offset, in: text.span)
    }

    /// Where the values stand that the pointers lead to, in one pass; nil for what is not there.
    ///
    /// Of members with the same name the last counts, as for ``JSONObject``.
    package func places(of pointers: [JSONPointer]) -> [TextPlace?] {
        var locator = JSONLocator(pointers)
        locator.walk(text.span)
        return TextPlace.places(atOffsets: locator.offsets, in: text.span)
    }

    /// Where the value stands that the pointer leads to; nil if it is not there.
    package func place(of pointer: JSONPointer) -> TextPlace? {
        places(of: [pointer]).first ?? nil
    }
}

extension JSONValue {
    /// Reads a whole JSON text, if neither places nor oddities are of interest.
    package init(parsing bytes: [UInt8], limits: Limits) throws(JSONError) {
        self = try JSONDocument(parsing: bytes, limits: limits).root
    }
}

/// A place in a text, for people.
package struct TextPlace: Sendable, Hashable, CustomStringConvertible {
    /// The offset in the bytes of the text in UTF-8.
    package let offset: Int
    /// The line, from 1; line feed, carriage return or both end one.
    package let line: Int
    /// The column, from 1, in Unicode scalars; a byte order mark is none.
    package let column: Int

    package var description: String { "line \(line), column \(column)" }

    /// The place of that byte in a text.
    init(offset: Int, in text: Span<UInt8>) {
        var counter = PlaceCounter(text)
        self = counter.place(at: offset, in: text)
    }

    fileprivate init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    /// The places of those bytes, in one pass over the text.
    package static func places(atOffsets offsets: [Int?], in text: Span<UInt8>) -> [TextPlace?] {
        var places = [TextPlace?](repeating: nil, count: offsets.count)
        var counter = PlaceCounter(text)
        let order = offsets.indices.sorted { offsets[$0] ?? -1 < offsets[$1] ?? -1 }
        for index in order {
            if let offset = offsets[index] { places[index] = counter.place(at: offset, in: text) }
        }
        return places
    }
}

/// Counts lines and columns up to offsets that only grow.
private struct PlaceCounter {
    private var at: Int
    private var line = 1
    private var column = 1

    init(_ text: Span<UInt8>) {
        at = JSONParser.startsWithMark(text) ? 3 : 0
    }

    mutating func place(at offset: Int, in text: Span<UInt8>) -> TextPlace {
        let end = min(offset, text.count)
        while at < end {
            let byte = text[at]
            at += 1
            if byte == 0x0A || (byte == 0x0D && !(at < text.count && text[at] == 0x0A)) {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return TextPlace(offset: offset, line: line, column: column)
    }
}

/// Something odd about a JSON text that did not stop its reading.
package struct JSONNote: Sendable, Hashable {
    /// What kind of oddity.
    package enum Kind: Sendable, Hashable {
        /// The text begins with a byte order mark.
        case byteOrderMark
        /// The text is not in UTF-8, but in the named encoding.
        case encoding(String)
        /// `\u` gives half of a surrogate pair, read as U+FFFD.
        case loneSurrogate
        /// An object has a second member of that name.
        case duplicateName(String)
    }

    /// What it is.
    package let kind: Kind
    /// The offset in the text in UTF-8; for a duplicate name that of the object's end.
    package let offset: Int
}

/// Why bytes are not a JSON text, and where.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    /// What kind of thing is wrong.
    package enum Kind: Hashable, Sendable {
        /// Something else should stand there.
        case expected(String)
        /// The text ends where something else should follow.
        case truncated(expected: String)
        /// There is more after the value.
        case trailing
        /// A string has a control character that is not escaped (RFC 8259 §7).
        case controlCharacter
        /// After a reverse solidus stands something it does not go with (RFC 8259 §7).
        case escape
        /// A number breaks the grammar (RFC 8259 §6).
        case number
        /// Bytes that are none of the named encoding.
        case encoding(String)
        /// Arrays and objects are nested deeper than that.
        case depth(Int)
    }

    /// What is wrong.
    package let kind: Kind
    /// Where.
    package let place: TextPlace

    package var description: String { "\(place): \(problem)" }

    /// What is wrong, without its place.
    package var problem: String {
        switch kind {
        case .expected(let thing): "expected \(thing)"
        case .truncated(let thing): "the text ends where \(thing) is expected"
        case .trailing: "more text after the end of the value"
        case .controlCharacter: "a control character in a string must be escaped"
        case .escape: "no valid escape"
        case .number: "no valid number"
        case .encoding(let name): "bytes that are not \(name)"
        case .depth(let depth): "nested more than \(depth) deep"
        }
    }
}

/// Reads JSON without recursion: what is open stands on a list, so that depth costs no stack.
///
/// Finished values wait on one common list until the array or object around them closes and takes them over into
/// storage of exactly their number.
struct JSONParser {
    private struct Container {
        var isObject: Bool
        var firstValue: Int
        var firstName: Int
        // Two names of the same bit may be the same.
        var nameBits: UInt64 = 0
        var mayHaveDuplicates = false
        // Only its end is read here, and what stands first in it stands for all that is before that.
        var isResumed = false
    }

    private(set) var notes: [JSONNote] = []
    private(set) var noteCount = 0
    private let depthLimit: Int
    private var offset = 0
    private var open: [Container] = []
    private var values: [JSONValue] = []
    private var names: [String] = []
    // Names repeat in their thousands; the longer ones share their storage.
    private var knownNames = [String](repeating: "", count: 256)
    private var scratch: [UInt8] = []
    /// The comma at which to stop.
    private var end = -1

    init(limits: Limits) {
        depthLimit = Self.depthLimit(limits)
    }

    /// How deep a text may be nested.
    fileprivate static func depthLimit(_ limits: Limits) -> Int {
        // Values are destroyed by recursion, and the smallest stack of a thread is 512 KB: whatever the limit says,
        // there is an end.
        min(limits.documentDepth, 2_000)
    }

    /// The value of a whole text.
    mutating func document(_ text: Span<UInt8>) throws(JSONError) -> JSONValue {
        passOverMark(text)
        return try read(text) ?? .null
    }

    private mutating func passOverMark(_ text: Span<UInt8>) {
        guard Self.startsWithMark(text) else { return }
        note(.byteOrderMark, at: 0)
        offset = 3
    }

    /// Reads on to the end of the text, whose value it gives, or to where it is to stop.
    private mutating func read(_ text: Span<UInt8>) throws(JSONError) -> JSONValue? {
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
                value = isObject ? .object(JSONObject()) : .array([])
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): value = .number(try number(text))
            case UInt8(ascii: "t"): value = try literal(text, "true", .bool(true))
            case UInt8(ascii: "f"): value = try literal(text, "false", .bool(false))
            case UInt8(ascii: "n"): value = try literal(text, "null", .null)
            default: throw error(.expected("a value"), in: text)
            }
            // A value is complete: it may complete those around it.
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

    private mutating func closeArray(_ container: Container) -> [JSONValue] {
        let first = container.firstValue
        let items = [JSONValue](capacity: values.count - first) { output in
            for index in first..<values.count { output.append(takeValue(index)) }
        }
        values.removeLast(values.count - first)
        return items
    }

    private mutating func closeObject(_ container: Container) -> JSONObject {
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

    /// Passes over space, tab, line feed and carriage return (RFC 8259 §2).
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
            while at + 8 <= text.count, word(raw, at) == 0x2020_2020_2020_2020 { at += 8 }
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

    /// Where the number ends that begins at `start`, or where it goes wrong (RFC 8259 §6).
    static func endOfNumber(_ text: Span<UInt8>, from start: Int) -> NumberEnd {
        var at = start
        func isDigit() -> Bool { at < text.count && text[at] &- 0x30 < 10 }
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

    /// The name that begins at `start`, and where what follows its closing quote is: for the locator.
    mutating func name(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> (name: String, end: Int) {
        offset = start
        let name = try string(text)
        return (name, offset)
    }

    /// Passes over a string, and says what will have to be done to read it.
    private mutating func scanString(_ text: Span<UInt8>) throws(JSONError) -> (isASCII: Bool, hasEscapes: Bool) {
        let raw = unsafe text.bytes
        var at = offset + 1
        var seen: UInt64 = 0
        var hasEscapes = false
        while true {
            // Eight bytes at a time, until one is a quote, a reverse solidus or a control character: for each of them
            // the sum borrows into the top bit, and the lowest top bit set is exact.
            while at + 8 <= text.count {
                let word = Self.word(raw, at)
                let quote = word ^ 0x2222_2222_2222_2222
                let solidus = word ^ 0x5C5C_5C5C_5C5C_5C5C
                let special =
                    ((quote &- 0x0101_0101_0101_0101) & ~quote)
                    | ((solidus &- 0x0101_0101_0101_0101) & ~solidus)
                    | ((word &- 0x2020_2020_2020_2020) & ~word)
                let found = special & 0x8080_8080_8080_8080
                guard found == 0 else {
                    let before = UInt64(found.trailingZeroBitCount) & ~7
                    seen |= word & ((1 << before) &- 1)
                    at += Int(before) / 8
                    break
                }
                seen |= word
                at += 8
            }
            guard at < text.count else { throw error(.truncated(expected: "a closing quote"), text.count, text) }
            switch text[at] {
            case UInt8(ascii: "\""):
                offset = at + 1
                return (seen & 0x8080_8080_8080_8080 == 0, hasEscapes)
            case UInt8(ascii: "\\"):
                guard at + 1 < text.count else { throw error(.truncated(expected: "an escape"), text.count, text) }
                hasEscapes = true
                at += 1
                // Whatever it is, it does not end the string; a control character is found when escapes are resolved.
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
            switch text[at] {
            case let byte where byte &- 0x30 < 10: value = value << 4 | UInt32(byte &- 0x30)
            case let byte where (byte | 0x20) &- 0x61 < 6: value = value << 4 | UInt32((byte | 0x20) &- 0x61 + 10)
            default: return nil
            }
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
            guard word(left, at) == word(right, start + at) else { return false }
            at += 8
        }
        return word(left, length - 8) == word(right, end - 8)
    }

    /// Eight bytes, the first in the lowest place.
    @inline(__always)
    fileprivate static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        // SAFETY: any eight bytes are a UInt64, and the span checks that there are eight.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    static func startsWithMark(_ text: Span<UInt8>) -> Bool {
        text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    }

    /// The text in UTF-8, told by its byte order mark or by where its zeros are (RFC 4627 §3).
    ///
    /// The first two characters of a JSON text are ASCII unless it is a string, whose first one still is.
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
        if notes.count < 100 { notes.append(JSONNote(kind: kind, offset: offset)) }
    }
}

/// A comma in an array at which a text can be divided into two parts that are read side by side.
struct JSONSplitPoint {
    /// Where it is.
    let offset: Int
    /// Whether each of those it is in, from the outermost on, is an object; the innermost is an array.
    let isObject: [Bool]

    /// The deepest array that is divided: what is around it is put together again.
    private static let deepest = 8

    /// The first comma behind a place; nil if there is none near, or no valid text before it.
    ///
    /// Looks at brackets and quotes alone: whether the text is valid is seen when it is read.
    init?(in text: Span<UInt8>, behind target: Int, limits: Limits) {
        let depthLimit = JSONParser.depthLimit(limits)
        let last = min(text.count, target + text.count / 8)
        let raw = unsafe text.bytes
        var open: [Bool] = []
        var at = 0
        while at < last {
            at = JSONParser.endOfSpace(text, from: at)
            guard at < last else { break }
            let byte = text[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                inString: while true {
                    while at + 8 <= text.count, !Self.hasQuoteOrSolidus(JSONParser.word(raw, at)) { at += 8 }
                    guard at < text.count else { return nil }
                    let byte = text[at]
                    at += 1
                    if byte == UInt8(ascii: "\"") { break inString }
                    if byte == UInt8(ascii: "\\") { at += 1 }
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open.count < depthLimit else { return nil }
                open.append(byte == UInt8(ascii: "{"))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open.popLast() == (byte == UInt8(ascii: "}")) else { return nil }
            case UInt8(ascii: ",") where at > target && open.last == false && open.count <= Self.deepest:
                (offset, isObject) = (at - 1, open)
                return
            default: break
            }
        }
        return nil
    }

    @inline(__always)
    private static func hasQuoteOrSolidus(_ word: UInt64) -> Bool {
        let (quote, solidus) = (word ^ 0x2222_2222_2222_2222, word ^ 0x5C5C_5C5C_5C5C_5C5C)
        let found =
            ((quote &- 0x0101_0101_0101_0101) & ~quote) | ((solidus &- 0x0101_0101_0101_0101) & ~solidus)
        return found & 0x8080_8080_8080_8080 != 0
    }
}

extension JSONParser {
    /// The value of a whole text that is read in two parts side by side.
    ///
    /// Nil if the parts do not go together, as where an object that both have a share in has two members of one name.
    fileprivate mutating func document(
        _ text: [UInt8], seam: JSONSplitPoint, limits: Limits
    ) throws(JSONError) -> JSONValue? {
        passOverMark(text.span)
        end = seam.offset
        let start = [self, JSONParser(behind: seam, limits: limits)]
        let parts = Mutex<[(parser: JSONParser, result: Result<JSONValue?, JSONError>)]>(
            start.map { ($0, .success(nil)) })
        DispatchQueue.concurrentPerform(iterations: 2) { number in
            var parser = start[number]
            let result = Result { () throws(JSONError) in try parser.read(text.span) }
            parts.withLock { $0[number] = (parser, result) }
        }
        let (front, rest) = parts.withLock { ($0[0], $0[1]) }
        self = front.parser
        // What is wrong in the first part is what stands first in the text.
        guard try front.result.get() == nil, offset == seam.offset, open.map(\.isObject) == seam.isObject,
            let back = try rest.result.get(), let whole = join(back)
        else { return nil }
        notes = Array((notes + rest.parser.notes).prefix(100))
        noteCount += rest.parser.noteCount
        return whole
    }

    /// Reads from behind a seam on, as if what is before it were open and held nothing but what the seam is in.
    private init(behind seam: JSONSplitPoint, limits: Limits) {
        self.init(limits: limits)
        offset = seam.offset + 1
        for isObject in seam.isObject {
            open.append(Container(isObject: isObject, firstValue: 0, firstName: names.count, isResumed: true))
            if isObject { names.append("") }
        }
    }

    /// Closes what is open with what the second part has of it.
    private mutating func join(_ back: JSONValue) -> JSONValue? {
        var shares: [JSONValue] = []
        var share: JSONValue? = back
        while shares.count < open.count, let value = share {
            shares.append(value)
            switch value {
            case .array(let items): share = items.first
            case .object(let object): share = object.members.first?.value
            case .null, .bool, .number, .string: return nil
            }
        }
        guard shares.count == open.count else { return nil }
        var inner: JSONValue?
        while let container = open.popLast(), let share = shares.popLast() {
            let shared = inner == nil ? 0 : 1
            if let inner { values.append(inner) }
            switch share {
            case .array(let items):
                values += items.dropFirst(shared)
                inner = .array(closeArray(container))
            case .object(let object):
                for member in object.members.dropFirst(shared) {
                    names.append(member.name)
                    values.append(member.value)
                }
                var container = container
                container.mayHaveDuplicates = false
                let whole = closeObject(container)
                guard whole.duplicates.isEmpty else { return nil }
                inner = .object(whole)
            case .null, .bool, .number, .string: return nil
            }
        }
        return inner
    }
}

/// Finds the offsets of the values that some pointers lead to, in a text that has been parsed before.
///
/// The pointers make one tree, which is followed through the text; what is beside it is skipped without being read.
private struct JSONLocator {
    private struct Node {
        var children: [ExactString: Int] = [:]
        var offset: Int?
    }

    private var nodes = [Node()]
    private var ends: [Int] = []
    private var parser = JSONParser(limits: Limits())

    init(_ pointers: [JSONPointer]) {
        for pointer in pointers {
            var node = 0
            for token in pointer.tokens.map(ExactString.init) {
                if let child = nodes[node].children[token] {
                    node = child
                } else {
                    nodes.append(Node())
                    nodes[node].children[token] = nodes.count - 1
                    node = nodes.count - 1
                }
            }
            ends.append(node)
        }
    }

    /// The offset for each pointer, nil for what was not found.
    var offsets: [Int?] { ends.map { nodes[$0].offset } }

    mutating func walk(_ text: Span<UInt8>) {
        var open: [(node: Int, isObject: Bool, index: Int)] = []
        var at = JSONParser.endOfSpace(text, from: JSONParser.startsWithMark(text) ? 3 : 0)
        var next: Int? = 0
        while at < text.count {
            if let node = next {
                nodes[node].offset = at
                let byte = text[at]
                if !nodes[node].children.isEmpty, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                    open.append((node, byte == UInt8(ascii: "{"), 0))
                    at += 1
                } else {
                    at = Self.skipValue(text, from: at)
                }
            } else {
                at = Self.skipValue(text, from: at)
            }
            // To the next value of the innermost open container, or of those around it.
            while true {
                at = JSONParser.endOfSpace(text, from: at)
                guard let container = open.last, at < text.count else { return }
                let byte = text[at]
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                    open.removeLast()
                    at += 1
                    continue
                }
                if byte == UInt8(ascii: ",") { at = JSONParser.endOfSpace(text, from: at + 1) }
                if container.isObject {
                    // The text was parsed before, so that names are sound; if they are not, nothing is found.
                    guard at < text.count, let (name, end) = try? parser.name(text, at: at) else { return }
                    at = JSONParser.endOfSpace(text, from: JSONParser.endOfSpace(text, from: end) + 1)
                    next = nodes[container.node].children[ExactString(name)]
                } else {
                    next = nodes[container.node].children[ExactString(String(container.index))]
                    open[open.count - 1].index += 1
                }
                break
            }
        }
    }

    /// Where the value ends that begins at `start`.
    private static func skipValue(_ text: Span<UInt8>, from start: Int) -> Int {
        var at = start
        var depth = 0
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\""):
                at += 1
                while at < text.count, text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
                at += 1
                if depth == 0 { return min(at, text.count) }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return at }
                depth -= 1
                at += 1
                if depth == 0 { return at }
            case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
                if depth == 0 { return at }
                at += 1
            default: at += 1
            }
        }
        return text.count
    }
}
