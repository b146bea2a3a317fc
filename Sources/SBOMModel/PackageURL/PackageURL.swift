/// A package URL: what identifies a package across tools and registries (ECMA-427, purl-spec).
package struct PackageURL: Sendable, Hashable, CustomStringConvertible {
    /// `deb`, `rpm`, `oci`, in lower case.
    package var type: String
    /// Its segments; empty for types that have none.
    package var namespace: [String]
    package var name: String
    package var version: String?
    /// Keys in lower case with their values; those without a value are not written.
    package var qualifiers: [String: String]

    package init(
        type: String, namespace: [String] = [], name: String, version: String? = nil, qualifiers: [String: String] = [:]
    ) {
        self.type = type
        self.namespace = namespace
        self.name = name
        self.version = version
        self.qualifiers = qualifiers
    }

    /// The canonical spelling: qualifiers sorted by key, everything percent-encoded that the specification wants so.
    package var description: String {
        var text = "pkg:\(type)/"
        for segment in namespace where !segment.isEmpty { text += Self.encoded(segment) + "/" }
        text += Self.encoded(name)
        if let version, !version.isEmpty { text += "@" + Self.encoded(version) }
        let written = qualifiers.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        if !written.isEmpty {
            text += "?" + written.map { "\($0.key)=\(Self.encoded($0.value))" }.joined(separator: "&")
        }
        return text
    }

    /// Percent-encodes all but letters, digits, `-`, `.`, `_`, `~` and the colon (ECMA-427 §5.4, "Character encoding").
    private static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x3A:
                result.append(byte)
            default:
                result.append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 15] { result.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
