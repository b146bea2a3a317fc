internal import ByteStreams

/// A UUID that is derived from a name, so that equal names give equal UUIDs (version 5, RFC 9562 §5.5).
package struct NameUUID: Sendable, Hashable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// The UUID of the name in the namespace of URLs.
    package init(inURLs name: String) {
        self.init([0x6B, 0xA7, 0xB8, 0x11] + Self.namespaces, name)
    }

    /// The UUID of the name in the namespace of domain names.
    package init(inDomains name: String) {
        self.init([0x6B, 0xA7, 0xB8, 0x10] + Self.namespaces, name)
    }

    private init(_ namespace: [UInt8], _ name: String) {
        var hash = RunningHash(.sha1)
        hash.update(namespace.span)
        hash.update(Array(name.utf8).span)
        var bytes = Array(hash.finish().prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        self.bytes = bytes
    }

    package var description: String {
        let hex = Array(hexadecimal(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    }

    // The last twelve bytes, which the namespaces of RFC 9562 §6.6 have in common.
    private static let namespaces: [UInt8] = [
        0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]
}
