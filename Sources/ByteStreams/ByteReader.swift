/// A bounds-checked cursor over untrusted bytes.
///
/// Every read returns a value or throws; none can trap. A count that was itself read from the bytes goes through
/// ``take(_:)``, which compares it with what is left before anything is allocated.
package struct ByteReader: Sendable {
    private let bytes: [UInt8]
    /// The offset of the next byte from the start of the whole array.
    package private(set) var offset: Int
    private let end: Int

    /// Reads all of `bytes`.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    /// How many bytes are left.
    package var remaining: Int { end - offset }

    /// The next `count` bytes as a reader of their own.
    package mutating func take(_ count: some BinaryInteger) throws(ParseError) -> ByteReader {
        let start = try advance(count)
        return ByteReader(bytes, start..<offset)
    }

    /// The next `count` bytes, copied.
    package mutating func bytes(_ count: some BinaryInteger) throws(ParseError) -> [UInt8] {
        let start = try advance(count)
        return Array(bytes[start..<offset])
    }

    /// Passes over `count` bytes.
    package mutating func skip(_ count: some BinaryInteger) throws(ParseError) {
        _ = try advance(count)
    }

    /// The next byte.
    package mutating func byte() throws(ParseError) -> UInt8 {
        bytes[try advance(1)]
    }

    /// The next integer, most significant byte first.
    package mutating func bigEndian<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(ParseError) -> T {
        let start = try advance(T.bitWidth / 8)
        return bytes[start..<offset].reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }

    /// The next integer, least significant byte first.
    package mutating func littleEndian<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(ParseError) -> T {
        try bigEndian(T.self).byteSwapped
    }

    /// The bytes up to the next zero byte, which is passed over.
    package mutating func zeroTerminated() throws(ParseError) -> ArraySlice<UInt8> {
        guard let zero = bytes[offset..<end].firstIndex(of: 0) else { throw ParseError(.unterminated, at: offset) }
        defer { offset = zero + 1 }
        return bytes[offset..<zero]
    }

    private mutating func advance(_ count: some BinaryInteger) throws(ParseError) -> Int {
        guard let count = Int(exactly: count), count >= 0 else { throw ParseError(.outOfRange, at: offset) }
        guard count <= remaining else { throw ParseError(.truncated, at: offset) }
        defer { offset += count }
        return offset
    }
}

/// What is wrong with a run of bytes, and where.
package struct ParseError: Error, Hashable, CustomStringConvertible {
    /// What kind of thing is wrong.
    package enum Kind: Hashable, Sendable {
        /// The bytes end before what they promise.
        case truncated
        /// A number is negative, too large, or points outside.
        case outOfRange
        /// A string has no end.
        case unterminated
        /// The bytes do not have the form that is expected of them, which is named.
        case malformed(expected: String)
        /// A limit of ``Limits`` is passed; which one is named.
        case limit(String)
    }

    /// What is wrong.
    package let kind: Kind
    /// The offset in bytes.
    package let offset: Int

    /// An error of that kind at that offset.
    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    package var description: String {
        switch kind {
        case .truncated: "byte \(offset): the data ends too early"
        case .outOfRange: "byte \(offset): a number is out of range"
        case .unterminated: "byte \(offset): a string has no end"
        case .malformed(let expected): "byte \(offset): expected \(expected)"
        case .limit(let name): "byte \(offset): more than the limit \(name) allows"
        }
    }
}
