internal import ByteStreams
internal import Dispatch
internal import Synchronization

/// Writes JSON trees; several threads write a large tree in parallel.
///
/// Only the necessary characters are escaped (RFC 8259 §7): quotes, reverse solidi and control characters. Numbers are
/// written with their digits. So the same tree always gives the same bytes.
package enum JSONWriter {
    /// The layout of the text.
    package enum Style: Sendable {
        /// No white space at all.
        case compact
        /// One line for each member or element, two spaces for each of the first ``Limits/indentedLevels`` levels, a
        /// line feed at the end; `[]` and `{}` if empty.
        case pretty
    }

    /// The bytes of one value.
    package static func bytes(of value: JSONValue, _ style: Style) -> [UInt8] {
        var text = JSONText(style)
        text.value(value)
        text.end()
        return text.bytes
    }

    /// Passes the bytes of one value to a sink in consecutive pieces, the first ones while others are still being
    /// written.
    ///
    /// The sink is called from several threads, but never by two at once.
    ///
    /// - Throws: The error that the sink throws; after that the sink is not called again.
    package static func write(
        _ value: JSONValue, _ style: Style, to sink: @escaping @Sendable ([UInt8]) throws -> Void
    ) throws {
        let handover = OrderedSink(sink)
        var text = JSONText(style, handover)
        text.value(value)
        text.end()
        text.handOver()
        try handover.finish()
    }
}

/// Accepts pieces in any order, and passes them on in the order of their numbers.
private final class OrderedSink: Sendable {
    /// The number of parts that may be in progress or waiting, so that a slow sink does not fill the memory.
    static let mostParts = 16

    private struct State {
        var waiting: [Int: (bytes: [UInt8], isPart: Bool)] = [:]
        var next = 0
        var isHanding = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: mostParts)
    private let sink: @Sendable ([UInt8]) throws -> Void

    init(_ sink: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.sink = sink
    }

    /// Whether the sink has thrown, so that no more pieces are needed.
    var hasFailed: Bool { state.withLock { $0.failure != nil } }

    /// Waits until there is room for one more part.
    ///
    /// After waiting, the caller must take the next number. So the part that all others wait for is always in progress.
    func waitForRoom() { room.wait() }

    /// Accepts one piece.
    ///
    /// The thread that brings the piece that is due passes on all pieces that can follow.
    func take(_ bytes: [UInt8], number: Int, isPart: Bool) {
        let isMine = state.withLock { state in
            state.waiting[number] = (bytes, isPart)
            defer { state.isHanding = true }
            return !state.isHanding
        }
        guard isMine else { return }
        while true {
            let piece = state.withLock { state -> (bytes: [UInt8], isPart: Bool)? in
                guard let piece = state.waiting.removeValue(forKey: state.next) else {
                    state.isHanding = false
                    return nil
                }
                state.next += 1
                return piece
            }
            guard let piece else { return }
            if !piece.bytes.isEmpty, !hasFailed {
                do { try sink(piece.bytes) } catch { state.withLock { $0.failure = error } }
            }
            if piece.isPart { room.signal() }
        }
    }

    func finish() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}

/// Text that is being written.
private struct JSONText: ~Copyable {
    private let style: JSONWriter.Style
    private let handover: OrderedSink?
    /// The number of levels that are indented.
    private let indentedLevels = Limits.indentedLevels
    private(set) var bytes: [UInt8] = []
    /// The number of pieces before the one in ``bytes``.
    private var pieces = 0
    /// The number of open arrays and objects.
    private var depth = 0
    /// Whether the text is a part of a divided array; such a part is not divided again.
    private let isPart: Bool

    init(_ style: JSONWriter.Style, _ handover: OrderedSink? = nil) {
        self.style = style
        self.handover = handover
        isPart = false
    }

    /// Creates a part of an array; `depth` is the number of arrays and objects around its elements.
    private init(_ style: JSONWriter.Style, depth: Int, capacity: Int) {
        self.style = style
        handover = nil
        self.depth = depth
        isPart = true
        bytes.reserveCapacity(capacity)
    }

    /// Writes the end of a document.
    mutating func end() {
        if style == .pretty { bytes.append(0x0A) }
    }

    /// The size from which the bytes of one thread are passed on, in bytes.
    private static let longPiece = 1 << 20

    /// Passes on the bytes that were written.
    mutating func handOver() {
        guard let handover else { return }
        handover.take(bytes, number: pieces, isPart: false)
        pieces += 1
        bytes = []
    }

    /// An array or object that is partly written.
    private struct Half {
        var items: [JSONValue] = []
        var members: [JSONObject.Member] = []
        var isObject = false
        var next = 0
    }

    /// Writes a whole tree, with members in their order.
    mutating func value(_ value: JSONValue) {
        // A list instead of recursion, because a deep tree would exhaust the stack.
        var open: [Half] = []
        if let half = begin(value) { open.append(half) }
        while let top = open.indices.last {
            if bytes.count >= Self.longPiece, handover != nil {
                handOver()
                bytes.reserveCapacity(Self.longPiece + Self.longPiece / 8)
            }
            let next = open[top].next
            open[top].next = next + 1
            let inner: Half?
            if open[top].isObject {
                guard next < open[top].members.count else {
                    close(UInt8(ascii: "}"), isEmpty: next == 0)
                    open.removeLast()
                    continue
                }
                name(open[top].members[next].name, isFirst: next == 0)
                inner = begin(open[top].members[next].value)
            } else {
                guard next < open[top].items.count else {
                    close(UInt8(ascii: "]"), isEmpty: next == 0)
                    open.removeLast()
                    continue
                }
                if next == 0, !isPart, Self.isLong(open[top].items) {
                    sideBySide(open[top].items)
                    open[top].next = open[top].items.count
                    continue
                }
                item(isFirst: next == 0)
                inner = begin(open[top].items[next])
            }
            if let inner { open.append(inner) }
        }
    }

    /// Whether an array is so large that writing it with several threads is faster.
    private static func isLong(_ items: [JSONValue]) -> Bool {
        guard items.count >= 32 else { return false }
        var values = 0
        for item in items {
            values += 1
            switch item {
            case .array(let inner): values += inner.count
            case .object(let object):
                for index in object.members.indices {
                    values += 1
                    if case .array(let inner) = object.members[index].value { values += inner.count }
                }
            case .null, .bool, .number, .string: break
            }
            if values >= 16_384 { return true }
        }
        return false
    }

    /// Writes the elements of an open array in parts, with several threads.
    private mutating func sideBySide(_ items: [JSONValue]) {
        // Small enough to keep all threads busy to the end, and large enough for a low overhead.
        let size = min(max(items.count / 64, 4), 1_024)
        let count = (items.count + size - 1) / size
        let (style, depth) = (style, depth)
        // A part is expected to be as long as the previous one.
        let expected = Mutex(1 << 12)
        let write: @Sendable (Int) -> [UInt8] = { number in
            var text = JSONText(style, depth: depth, capacity: expected.withLock { $0 + $0 / 8 })
            let first = number * size
            for place in first..<min(first + size, items.count) {
                text.item(isFirst: place == 0)
                text.value(items[place])
            }
            expected.withLock { $0 = text.bytes.count }
            return text.bytes
        }
        if let handover {
            handOver()
            let before = pieces
            let begun = Mutex(0)
            repeatInParallel(count) {
                handover.waitForRoom()
                let number = begun.withLock { begun in
                    defer { begun += 1 }
                    return begun
                }
                handover.take(handover.hasFailed ? [] : write(number), number: before + number, isPart: true)
            }
            pieces += count
        } else {
            let written = (0..<count).parallelMap(write)
            bytes.reserveCapacity(written.reduce(bytes.count) { $0 + $1.count })
            for part in written { bytes += part }
        }
    }

    /// Writes a value; of an array or object only the beginning.
    @inline(__always)
    private mutating func begin(_ value: JSONValue) -> Half? {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let bool): bytes.append(contentsOf: (bool ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: number.digits.utf8)
        case .string(let text): string(text)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            depth += 1
            return Half(items: items)
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            depth += 1
            return Half(members: object.members, isObject: true)
        }
        return nil
    }

    private mutating func close(_ bracket: UInt8, isEmpty: Bool) {
        depth -= 1
        let spaces = style == .pretty && !isEmpty ? 2 * min(depth, indentedLevels) + 1 : 0
        unsafe grow(by: spaces + 1) { text in
            unsafe text.line(spaces)
            unsafe text.byte(bracket)
        }
    }

    /// Writes the comma and the line break before an element.
    @inline(__always)
    private mutating func item(isFirst: Bool) {
        let spaces = style == .pretty ? 2 * min(depth, indentedLevels) + 1 : 0
        unsafe grow(by: spaces + 1) { text in
            if !isFirst { unsafe text.byte(UInt8(ascii: ",")) }
            unsafe text.line(spaces)
        }
    }

    /// Writes the comma and the line break before a member, and its name.
    @inline(__always)
    private mutating func name(_ name: String, isFirst: Bool) {
        item(isFirst: isFirst)
        string(name)
        let isPretty = style == .pretty
        unsafe grow(by: 2) { text in
            unsafe text.byte(UInt8(ascii: ":"))
            if isPretty { unsafe text.byte(0x20) }
        }
    }

    @inline(__always)
    private mutating func string(_ string: String) {
        let source = string.utf8.span
        let escapes = Self.needsEscape(source) ? Self.escapes(in: source) : 0
        unsafe grow(by: source.count + escapes + 2) { text in
            unsafe text.byte(UInt8(ascii: "\""))
            if escapes == 0 { unsafe text.copy(source) } else { unsafe text.escaped(source) }
            unsafe text.byte(UInt8(ascii: "\""))
        }
    }

    /// Lets the caller append up to `count` bytes.
    ///
    /// Writing more bytes would exceed the buffer.
    @inline(__always)
    private mutating func grow(by count: Int, _ write: (inout Cursor) -> Void) {
        // SAFETY: there is room for `count` bytes behind those that are used, and no caller writes more: each of them
        // counts exactly what it writes, escapes included.
        bytes.append(addingCapacity: count) { output in
            unsafe output.withUnsafeMutableBufferPointer { memory, used in
                guard let start = memory.baseAddress else { return }
                var cursor = unsafe Cursor(at: start + used)
                unsafe write(&cursor)
                used = unsafe start.distance(to: cursor.at)
                assert(used <= memory.count, "no more is written than was asked for")
            }
        }
    }

    /// The position for writing bytes, without a check of the remaining room.
    @unsafe
    private struct Cursor {
        var at: UnsafeMutablePointer<UInt8>

        init(at: UnsafeMutablePointer<UInt8>) {
            unsafe self.at = at
        }

        @inline(__always)
        mutating func byte(_ byte: UInt8) {
            unsafe at.pointee = byte
            unsafe at += 1
        }

        /// Writes a line feed and spaces, `count` bytes in all.
        @inline(__always)
        mutating func line(_ count: Int) {
            guard count > 0 else { return }
            unsafe at.pointee = 0x0A
            unsafe (at + 1).update(repeating: 0x20, count: count - 1)
            unsafe at += count
        }

        @inline(__always)
        mutating func copy(_ text: Span<UInt8>) {
            unsafe text.withUnsafeBufferPointer { text in
                guard let start = text.baseAddress else { return }
                unsafe at.update(from: start, count: text.count)
                unsafe at += text.count
            }
        }

        mutating func escaped(_ text: Span<UInt8>) {
            for index in text.indices {
                let byte = text[index]
                let letter: Unicode.Scalar
                switch byte {
                case UInt8(ascii: "\""): letter = "\""
                case UInt8(ascii: "\\"): letter = "\\"
                case 0x08: letter = "b"
                case 0x09: letter = "t"
                case 0x0A: letter = "n"
                case 0x0C: letter = "f"
                case 0x0D: letter = "r"
                case 0..<0x20:
                    // Lower-case digits, as RFC 8785 §3.2.2.2 requires for the canonical form.
                    for byte in "\\u00".utf8 { unsafe self.byte(byte) }
                    for digit in [byte >> 4, byte & 0xF] {
                        unsafe self.byte(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
                    }
                    continue
                default:
                    unsafe self.byte(byte)
                    continue
                }
                unsafe self.byte(UInt8(ascii: "\\"))
                unsafe self.byte(UInt8(ascii: letter))
            }
        }
    }

    /// Whether a text has a quote, a reverse solidus or a control character, searched eight bytes at a time.
    @inline(__always)
    private static func needsEscape(_ text: Span<UInt8>) -> Bool {
        let raw = unsafe text.bytes
        var at = 0
        while at + 8 <= text.count {
            let bytes = EightBytes(raw, at)
            if bytes.quotesAndSolidi | bytes.controls != 0 { return true }
            at += 8
        }
        while at < text.count {
            if text[at] < 0x20 || text[at] == UInt8(ascii: "\"") || text[at] == UInt8(ascii: "\\") { return true }
            at += 1
        }
        return false
    }

    /// The number of bytes that the escapes of a text add.
    private static func escapes(in text: Span<UInt8>) -> Int {
        var count = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0A, 0x0C, 0x0D: count += 1
            case 0..<0x20: count += 5
            default: break
            }
        }
        return count
    }
}
