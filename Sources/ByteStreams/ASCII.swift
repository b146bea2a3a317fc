/// The classes of the ASCII characters; a byte that is not ASCII belongs to no class.
extension UInt8 {
    /// `0` to `9`.
    package var isASCIIDigit: Bool { self &- 0x30 < 10 }

    /// `A` to `Z` or `a` to `z`.
    package var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// `0` to `9`, `A` to `F` or `a` to `f`.
    package var isASCIIHexDigit: Bool { isASCIIDigit || (self | 0x20) &- 0x61 < 6 }

    /// The value of a hexadecimal digit; nil for any other byte.
    package var hexDigitValue: UInt8? {
        if isASCIIDigit { return self - 0x30 }
        return isASCIIHexDigit ? (self | 0x20) - 0x57 : nil
    }
}
