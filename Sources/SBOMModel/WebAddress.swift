internal import ByteStreams

/// A web address that validators accept where SPDX asks for one.
///
/// RFC 3986 allows more. pyspdxtools requires a domain name with a top level of letters.
package struct WebAddress: Sendable, Hashable {
    /// The address as it was written.
    package let text: String

    private static let signs = ASCIISet("-._~:/?#@!$&'()*+,;=")

    /// Checks an address; nil if validators would not accept it.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let start = text.prefix(8).lowercased()
        guard let scheme = ["https://", "http://", "ftp://"].first(where: start.hasPrefix) else { return nil }
        let authority = bytes[scheme.utf8.count...].prefix { !"/?#".utf8.contains($0) }
        let parts = authority.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, Self.isDomain(host),
            parts.count == 1 || (1...5).contains(parts[1].count) && parts[1].allSatisfy(\.isASCIIDigit)
        else { return nil }
        var rest = bytes[authority.endIndex...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, rest.prefix(2).allSatisfy({ $0.isASCIIHexDigit }) else {
                    return nil
                }
            } else {
                guard byte.isASCIILetter || byte.isASCIIDigit || Self.signs[byte] else { return nil }
            }
        }
        self.text = text
    }

    /// Whether a host has several labels of letters and digits with single hyphens between them, the last of two
    /// letters or more.
    private static func isDomain(_ host: ArraySlice<UInt8>) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count > 1, let last = labels.last, last.count >= 2, last.allSatisfy(\.isASCIILetter) else {
            return false
        }
        return labels.allSatisfy { label in
            label.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit } }
        }
    }
}
