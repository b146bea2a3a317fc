internal import ByteStreams

/// A text with the characters of a URI that begins with a scheme (RFC 3986 §2, §3.1).
///
/// The parts behind the scheme are not checked: other schemes have other ones.
package struct AbsoluteURI: Sendable, Hashable {
    /// The URI as it was written.
    package let text: String
    /// The scheme as it was written: `https`, `git+ssh`.
    package let scheme: String
    /// Whether there is a fragment, which may be empty.
    package let hasFragment: Bool

    /// The characters of a URI that are neither letters nor digits nor escapes (RFC 3986 §2.2 and §2.3).
    private static let signs = ASCIISet("-._~:/?[]@!$&'()*+,;=")

    /// Checks a text; nil if it is no URI with a scheme.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes.first?.isASCIILetter == true,
            bytes[..<colon].allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "+-.".utf8.contains($0) })
        else { return nil }
        var rest = bytes[bytes.index(after: colon)...]
        guard !rest.isEmpty else { return nil }
        var fragments = 0
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard rest.popFirst()?.isASCIIHexDigit == true, rest.popFirst()?.isASCIIHexDigit == true else {
                    return nil
                }
            case UInt8(ascii: "#"): fragments += 1
            default:
                guard byte.isASCIILetter || byte.isASCIIDigit || Self.signs[byte] else { return nil }
            }
        }
        guard fragments <= 1 else { return nil }
        self.text = text
        scheme = String(text[..<colon])
        hasFragment = fragments == 1
    }

    /// Whether the host is preceded by the name of a user (RFC 3986 §3.2.1).
    package var hasUser: Bool {
        let rest = text.utf8.dropFirst(scheme.utf8.count + 1)
        guard rest.starts(with: "//".utf8) else { return false }
        return rest.dropFirst(2).prefix { !"/?#".utf8.contains($0) }.contains(UInt8(ascii: "@"))
    }
}
