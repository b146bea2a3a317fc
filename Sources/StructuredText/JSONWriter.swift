internal import Dispatch
internal import Synchronization

/// Writes JSON call by call, so that a document of any size needs no tree and, with a sink, no more memory than a chunk.
///
/// Only what must be escaped is (RFC 8259 §7): quotes, reverse solidi, control characters. Everything else is written
/// as it is, and numbers by their digits, so that the same calls always give the same bytes.
///
/// The order of calls is the caller's promise: what is opened is closed, and in an object every value has a name. It
/// does not depend on input, and a debug build checks it.
package struct JSONWriter: ~Copyable {
    /// How the text is laid out.
    package enum Style: Sendable {
        /// No white space at all.
        case compact
        /// A member or element a line, two spaces a level, a line feed at the end; `[]` and `{}` if empty.
        case pretty
    }

    private struct Container {
        var isObject: Bool
        var isEmpty = true
    }

    private let style: Style
    private let chunkSize: Int
    private let sink: (([UInt8]) throws -> Void)?
    private var failure: (any Error)?
    private var buffer: [UInt8] = []
    // What was written before what is in the buffer.
    private var pieces: [[UInt8]] = []
    private var open: [Container] = []
    private var followsName = false
    // A line feed and the spaces of each level seen so far.
    private var indents: [[UInt8]] = [[0x0A]]

    /// Writes into memory; ``finish()`` gives the bytes.
    package init(_ style: Style) {
        self.style = style
        chunkSize = .max
        sink = nil
    }

    /// Writes to a sink in pieces of about `chunkSize` bytes.
    ///
    /// What the sink throws is kept until ``finish()``, and nothing more is handed to it; ``hasFailed`` tells those who
    /// would rather stop than go on in vain.
    package init(_ style: Style, chunkSize: Int, sink: @escaping ([UInt8]) throws -> Void) {
        self.style = style
        self.chunkSize = max(chunkSize, 1)
        self.sink = sink
        // A string or two more than a chunk do not make the buffer grow.
        buffer.reserveCapacity(min(self.chunkSize, 1 << 20) + 4_096)
    }

    /// The bytes of one value.
    package static func bytes(of value: JSONValue, _ style: Style) -> [UInt8] {
        var writer = JSONWriter(style)
        writer.value(value)
        writer.end()
        return writer.joined
    }

    /// The same in pieces that follow each other, for large documents.
    package static func pieces(of value: JSONValue, _ style: Style) -> [[UInt8]] {
        var writer = JSONWriter(style)
        writer.value(value)
        writer.end()
        return writer.pieces + [writer.buffer]
    }

    /// All that was written.
    private var joined: [UInt8] {
        if pieces.isEmpty { return buffer }
        var whole: [UInt8] = []
        whole.reserveCapacity(pieces.reduce(buffer.count) { $0 + $1.count })
        for piece in pieces { whole += piece }
        return whole + buffer
    }

    /// Whether the sink has thrown.
    package var hasFailed: Bool { failure != nil }

    /// Ends the text, and gives what no sink has taken: with a sink nothing, without one everything.
    package consuming func finish() throws -> [UInt8] {
        end()
        if sink != nil { flush() }
        if let failure { throw failure }
        return joined
    }

    /// Begins an object where a value may stand.
    package mutating func beginObject() {
        beginValue()
        buffer.append(UInt8(ascii: "{"))
        open.append(Container(isObject: true))
    }

    /// Ends the innermost object.
    package mutating func endObject() {
        close(UInt8(ascii: "}"), isObject: true)
    }

    /// Begins an array where a value may stand.
    package mutating func beginArray() {
        beginValue()
        buffer.append(UInt8(ascii: "["))
        open.append(Container(isObject: false))
    }

    /// Ends the innermost array.
    package mutating func endArray() {
        close(UInt8(ascii: "]"), isObject: false)
    }

    /// The name of the next member of the innermost object.
    package mutating func name(_ name: String) {
        assert(open.last?.isObject == true && !followsName, "a name stands in an object, before its value")
        beginItem()
        quoted(name)
        buffer.append(UInt8(ascii: ":"))
        if style == .pretty { buffer.append(0x20) }
        followsName = true
    }

    /// A string.
    package mutating func value(_ text: String) {
        beginValue()
        quoted(text)
        endValue()
    }

    /// A whole number.
    package mutating func value(_ integer: Int) {
        bare(String(integer))
    }

    /// `true` or `false`.
    package mutating func value(_ bool: Bool) {
        bare(bool ? "true" : "false")
    }

    /// A number, by its digits.
    package mutating func value(_ number: JSONNumber) {
        bare(number.digits)
    }

    /// `null`.
    package mutating func null() {
        bare("null")
    }

    /// A whole tree, its members in their order.
    package mutating func value(_ value: JSONValue) {
        // A list of what is half written instead of recursion, for the sake of deep trees.
        var outer: [Half] = []
        guard var half = begin(value) else { return }
        writing: while true {
            switch half {
            case .array(let items, 0) where items.count >= Self.manyElements && sink == nil:
                elements(items)
                endArray()
            case .array(let items, var next):
                while next < items.count {
                    let inner = begin(items[next])
                    next += 1
                    if let inner {
                        outer.append(.array(items, next))
                        half = inner
                        continue writing
                    }
                }
                endArray()
            case .object(let members, var next):
                while next < members.count {
                    name(members[next].name)
                    let inner = begin(members[next].value)
                    next += 1
                    if let inner {
                        outer.append(.object(members, next))
                        half = inner
                        continue writing
                    }
                }
                endObject()
            }
            guard let around = outer.popLast() else { return }
            half = around
        }
    }

    /// From how many elements on an array is written by several threads side by side, each a part of it.
    private static let manyElements = 4_096
    private static let partOfElements = 1_024

    /// The elements of an array that is open.
    private mutating func elements(_ items: [JSONValue]) {
        guard let container = open.last else { return }
        let count = (items.count + Self.partOfElements - 1) / Self.partOfElements
        let parts = Mutex<[[UInt8]]>(Array(repeating: [], count: count))
        let (style, open, indents) = (style, open, indents)
        // Parts are about as long as the one before.
        let expected = Mutex(1 << 16)
        DispatchQueue.concurrentPerform(iterations: count) { number in
            var writer = JSONWriter(style)
            writer.open = open
            writer.indents = indents
            writer.buffer.reserveCapacity(expected.withLock { $0 + $0 / 8 })
            writer.open[open.count - 1].isEmpty = container.isEmpty && number == 0
            let first = number * Self.partOfElements
            for place in first..<min(first + Self.partOfElements, items.count) { writer.value(items[place]) }
            let bytes = writer.joined
            expected.withLock { $0 = bytes.count }
            parts.withLock { $0[number] = bytes }
        }
        let written = parts.withLock { $0 }
        // Kept apart: to put them together would be to copy most of the document.
        pieces.append(buffer)
        pieces += written
        buffer = []
        self.open[open.count - 1].isEmpty = false
    }

    private enum Half {
        case array([JSONValue], Int)
        case object([JSONObject.Member], Int)
    }

    /// Writes a value, or of an array or object the beginning.
    private mutating func begin(_ value: JSONValue) -> Half? {
        switch value {
        case .null: null()
        case .bool(let bool): self.value(bool)
        case .number(let number): self.value(number)
        case .string(let text): self.value(text)
        case .array(let items):
            beginArray()
            return .array(items, 0)
        case .object(let object):
            beginObject()
            return .object(object.members, 0)
        }
        return nil
    }

    /// A member that is a string.
    package mutating func member(_ name: String, _ text: String) {
        self.name(name)
        value(text)
    }

    /// A member that is a whole number.
    package mutating func member(_ name: String, _ integer: Int) {
        self.name(name)
        value(integer)
    }

    /// A member that is `true` or `false`.
    package mutating func member(_ name: String, _ bool: Bool) {
        self.name(name)
        value(bool)
    }

    /// A member that is a whole tree.
    package mutating func member(_ name: String, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }

    /// All members of an object, such as those that nobody took, into the object that is open.
    package mutating func members(_ object: JSONObject) {
        for member in object.members { self.member(member.name, member.value) }
    }

    private mutating func beginValue() {
        if followsName {
            followsName = false
        } else {
            assert(open.last?.isObject != true, "a value in an object has a name")
            beginItem()
        }
    }

    private mutating func endValue() {
        if buffer.count >= chunkSize { flush() }
    }

    /// The comma and the line before a member or an element.
    private mutating func beginItem() {
        guard let container = open.last else { return }
        if container.isEmpty {
            open[open.count - 1].isEmpty = false
        } else {
            buffer.append(UInt8(ascii: ","))
        }
        if style == .pretty { newLine() }
    }

    private mutating func close(_ bracket: UInt8, isObject: Bool) {
        assert(open.last?.isObject == isObject && !followsName, "what is closed was opened")
        guard let container = open.popLast() else { return }
        if style == .pretty, !container.isEmpty { newLine() }
        buffer.append(bracket)
        endValue()
    }

    private mutating func end() {
        assert(open.isEmpty, "everything opened is closed")
        if style == .pretty { buffer.append(0x0A) }
    }

    private mutating func newLine() {
        while indents.count <= open.count {
            indents.append([0x0A] + [UInt8](repeating: 0x20, count: 2 * indents.count))
        }
        buffer += indents[open.count]
    }

    private mutating func bare(_ text: String) {
        beginValue()
        buffer.append(contentsOf: text.utf8)
        endValue()
    }

    private mutating func quoted(_ text: String) {
        buffer.append(UInt8(ascii: "\""))
        if Self.needsEscape(text.utf8Span.span) {
            escaped(text)
        } else {
            buffer.append(contentsOf: text.utf8)
        }
        buffer.append(UInt8(ascii: "\""))
    }

    /// Whether there is a quote, a reverse solidus or a control character in it, eight bytes at a time.
    @inline(__always)
    private static func needsEscape(_ text: Span<UInt8>) -> Bool {
        let raw = unsafe text.bytes
        var at = 0
        while at + 8 <= text.count {
            // SAFETY: any eight bytes are a UInt64, and the span checks that there are eight.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
            let quote = word ^ 0x2222_2222_2222_2222
            let solidus = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let special =
                ((quote &- 0x0101_0101_0101_0101) & ~quote)
                | ((solidus &- 0x0101_0101_0101_0101) & ~solidus)
                | ((word &- 0x2020_2020_2020_2020) & ~word)
            // A borrow from one byte into the next is possible only where some byte is special.
            if special & 0x8080_8080_8080_8080 != 0 { return true }
            at += 8
        }
        while at < text.count {
            if text[at] < 0x20 || text[at] == UInt8(ascii: "\"") || text[at] == UInt8(ascii: "\\") { return true }
            at += 1
        }
        return false
    }

    private mutating func escaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(byte)
            case 0x08: buffer += [UInt8(ascii: "\\"), UInt8(ascii: "b")]
            case 0x09: buffer += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            case 0x0A: buffer += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 0x0C: buffer += [UInt8(ascii: "\\"), UInt8(ascii: "f")]
            case 0x0D: buffer += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case 0..<0x20:
                // In small letters, as RFC 8785 §3.2.2.2 has it for the one canonical form.
                let digits = Array("0123456789abcdef".utf8)
                buffer.append(contentsOf: "\\u00".utf8)
                buffer += [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            default: buffer.append(byte)
            }
        }
    }

    private mutating func flush() {
        guard let sink, !buffer.isEmpty else { return }
        if failure == nil {
            do { try sink(buffer) } catch { failure = error }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
