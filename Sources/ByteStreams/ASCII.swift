/// The classes of the ASCII characters; a byte that is not ASCII belongs to no class.
///
/// They can be inlined, so that the scanners of other modules need no copies of them.
extension UInt8 {
    /// `0` to `9`.
    @inlinable package var isASCIIDigit: Bool { self &- 0x30 < 10 }

    /// `A` to `Z` or `a` to `z`.
    @inlinable package var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// `0` to `9`, `A` to `F` or `a` to `f`.
    @inlinable package var isASCIIHexDigit: Bool { isASCIIDigit || (self | 0x20) &- 0x61 < 6 }

    /// `0` to `9` or `a` to `f`, as digests and UUIDs are written.
    @inlinable package var isASCIILowercaseHexDigit: Bool { isASCIIDigit || self &- 0x61 < 6 }

    /// The value of a hexadecimal digit; nil for any other byte.
    @inlinable package var hexDigitValue: UInt8? {
        if isASCIIDigit { return self - 0x30 }
        return isASCIIHexDigit ? (self | 0x20) - 0x57 : nil
    }
}

/// A set of ASCII characters, in which a byte is found without a search.
package struct ASCIISet: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// The set of the characters of a text; others than ASCII are left out.
    package init(_ characters: StaticString) {
        var (low, high): (UInt64, UInt64) = (0, 0)
        for byte in characters.description.utf8 where byte < 128 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
        self.low = low
        self.high = high
    }

    /// Whether the set has a byte.
    package subscript(byte: UInt8) -> Bool {
        // A shift by 64 or more gives 0.
        (byte < 64 ? low >> UInt64(byte) : byte < 128 ? high >> UInt64(byte - 64) : 0) & 1 == 1
    }
}

extension String {
    /// Whether the bytes of a text occur in this one.
    ///
    /// `contains` of the standard library compares characters, which takes many times as long.
    package func hasBytes(of text: String) -> Bool {
        let (bytes, wanted) = (utf8.span, text.utf8.span)
        guard !wanted.isEmpty, bytes.count >= wanted.count else { return wanted.isEmpty }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
            var count = 1
            while count < wanted.count, bytes[start + count] == wanted[count] { count += 1 }
            if count == wanted.count { return true }
        }
        return false
    }

    /// Whether a scalar is white space (Unicode property White_Space).
    package var hasWhitespace: Bool {
        for byte in utf8 {
            if byte == 0x20 || (0x09...0x0D).contains(byte) { return true }
            // Only what is not ASCII needs the tables of Unicode.
            if byte >= 0x80 { return unicodeScalars.contains { $0.properties.isWhitespace } }
        }
        return false
    }
}
