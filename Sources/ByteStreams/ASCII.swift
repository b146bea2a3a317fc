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
