/// Eight bytes of a text in one integer, so that all of them are compared at once.
///
/// What is found is an integer with the top bit of a byte set for each byte that is meant. The subtraction that sets it
/// borrows from the next byte only where it has found something, so the lowest bit that is set is exact and those above it
/// may be wrong: zero means that there is nothing, and ``offset(ofFirst:)`` is right.
struct EightBytes {
    /// The first byte is in the lowest place.
    let word: UInt64

    /// The bytes of a text from an offset on; the text must have eight there.
    @inline(__always)
    init(_ text: RawSpan, _ offset: Int) {
        // SAFETY: any eight bytes are a valid UInt64, and the span checks that there are eight.
        word = UInt64(littleEndian: unsafe text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The top bit of each byte.
    static let topBits: UInt64 = 0x8080_8080_8080_8080

    /// Where a byte is.
    @inline(__always)
    func places(of byte: UInt8) -> UInt64 {
        let difference = word ^ 0x0101_0101_0101_0101 &* UInt64(byte)
        return (difference &- 0x0101_0101_0101_0101) & ~difference & Self.topBits
    }

    /// Where the control characters below U+0020 are.
    var controls: UInt64 {
        @inline(__always) get { (word &- 0x2020_2020_2020_2020) & ~word & Self.topBits }
    }

    /// Where the bytes are that end or interrupt the plain text of a JSON string: the quote and the reverse solidus.
    var quotesAndSolidi: UInt64 {
        @inline(__always) get { places(of: UInt8(ascii: "\"")) | places(of: UInt8(ascii: "\\")) }
    }

    /// The offset, from 0 to 7, of the first byte that was found.
    @inline(__always)
    static func offset(ofFirst found: UInt64) -> Int { found.trailingZeroBitCount / 8 }
}
