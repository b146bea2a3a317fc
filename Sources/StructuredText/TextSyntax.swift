/// The possible syntax of a text according to its first significant byte.
package enum TextSyntax: Sendable, Hashable {
    case json
    case xml
    case other

    /// Detects the syntax; nil if no byte is significant.
    ///
    /// Blanks, byte order marks and the zeros between the bytes of UTF-16 are not significant.
    package init?(detecting bytes: some Sequence<UInt8>) {
        for byte in bytes {
            switch byte {
            case 0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0x00, 0x09, 0x0A, 0x0D, 0x20: continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): self = .json
            case UInt8(ascii: "<"): self = .xml
            default: self = .other
            }
            return
        }
        return nil
    }
}
