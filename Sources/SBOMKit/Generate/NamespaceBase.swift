internal import ByteStreams

/// The first part of the namespace of documents: an absolute URI without a fragment (SPDX 2.3 §6.5).
public struct NamespaceBase: Sendable, Hashable, CustomStringConvertible {
    /// `https://spdx.org/spdxdocs/`, for documents that are not published elsewhere.
    public static let spdx = NamespaceBase(unchecked: "https://spdx.org/spdxdocs/")

    /// The URI.
    public let description: String

    private init(unchecked uri: String) {
        description = uri
    }

    /// Checks a URI; nil if it is not absolute, has a fragment, or has characters that no URI has (RFC 3986 §3.1).
    public init?(_ uri: String) {
        guard let colon = uri.firstIndex(of: ":"), uri.utf8.first?.isASCIILetter == true,
            uri[..<colon].utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "+-.".utf8.contains($0) }),
            uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"#<>\"{}|\\^`".utf8.contains($0) })
        else { return nil }
        description = uri
    }
}
