internal import ByteStreams

/// A string of an rpm header, as bytes.
///
/// librpm compares names byte by byte. They need not be UTF-8, and Swift's strings compare canonical equivalents as
/// equal.
struct RPMString: Sendable, Hashable {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)[...]
    }

    /// The text; bytes that are not UTF-8 become U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func hash(into hasher: inout Hasher) {
        // SAFETY: the buffer is read inside the call only.
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    static func == (left: RPMString, right: RPMString) -> Bool {
        left.bytes.count == right.bytes.count && left.bytes == right.bytes
    }

    func hasPrefix(_ prefix: StaticString) -> Bool {
        // SAFETY: the buffer of a static string lives as long as the program.
        prefix.withUTF8Buffer { unsafe bytes.starts(with: $0) }
    }
}

// The index of a header is read hundreds of thousands of times, with one check for each number.

extension Span<UInt8> {
    /// The 32-bit number at an offset, most significant byte first, or nil if it is not inside.
    @inline(__always)
    func word(at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= count - 4 else { return nil }
        return UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
            | UInt32(self[offset + 3])
    }
}

/// The byte order of an integer.
enum ByteOrder: Sendable {
    case little
    case big
}

// Integers at offsets that come from the input. The checks are those of `ByteReader`. Its generic code is not
// specialized in another module, and that costs time where a page of a database is only a few numbers.

extension [UInt8] {
    @inline(__always)
    func integer<T: FixedWidthInteger & UnsignedInteger>(
        _: T.Type, at offset: Int, _ order: ByteOrder
    ) throws(ParseError) -> T {
        guard offset >= 0 else { throw ParseError(.outOfRange, at: 0) }
        guard offset <= count - T.bitWidth / 8 else { throw ParseError(.truncated, at: Swift.min(offset, count)) }
        var value: T = 0
        for index in offset..<offset + T.bitWidth / 8 { value = value << 8 | T(truncatingIfNeeded: self[index]) }
        return order == .big ? value : value.byteSwapped
    }

    /// The bytes of a range that comes from the input.
    func slice(_ start: Int, count: Int) throws(ParseError) -> ArraySlice<UInt8> {
        guard start >= 0, count >= 0 else { throw ParseError(.outOfRange, at: Swift.max(start, 0)) }
        guard start <= self.count, count <= self.count - start else { throw ParseError(.truncated, at: start) }
        return self[start..<start + count]
    }

    /// Whether the bytes at an offset are `expected`.
    func holds(_ expected: some Collection<UInt8>, at offset: Int) -> Bool {
        guard offset >= 0, offset <= count, expected.count <= count - offset else { return false }
        return self[offset..<offset + expected.count].elementsEqual(expected)
    }
}
