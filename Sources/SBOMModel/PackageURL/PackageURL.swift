internal import ByteStreams

/// A package URL: the identity of a package across tools and registries (ECMA-427, purl-spec).
package struct PackageURL: Sendable, Hashable, CustomStringConvertible {
    /// The type in lower case: `deb`, `rpm`, `oci`.
    package var type: String
    /// The segments of the namespace; empty for types without one.
    package var namespace: [String]
    package var name: String
    package var version: String?
    /// Values by keys in lower case; a qualifier with an empty value is not written.
    package var qualifiers: [String: String]
    /// The segments of the path within the package; empty for the package as a whole.
    package var subpath: [String]

    package init(
        type: String, namespace: [String] = [], name: String, version: String? = nil,
        qualifiers: [String: String] = [:], subpath: [String] = []
    ) {
        self.type = type
        self.namespace = namespace
        self.name = name
        self.version = version
        self.qualifiers = qualifiers
        self.subpath = subpath
    }

    /// The canonical form: qualifiers sorted by key, and percent-encoding where ECMA-427 requires it.
    package var description: String {
        var text = "pkg:\(type)/"
        for segment in namespace where !segment.isEmpty { text += Self.encoded(segment) + "/" }
        text += Self.encoded(name)
        if let version, !version.isEmpty { text += "@" + Self.encoded(version) }
        let written = qualifiers.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        if !written.isEmpty {
            text += "?" + written.map { "\($0.key)=\(Self.encoded($0.value))" }.joined(separator: "&")
        }
        if !subpath.isEmpty { text += "#" + subpath.map(Self.encoded).joined(separator: "/") }
        return text
    }

    /// Percent-encodes everything but letters, digits, `-`, `.`, `_`, `~` and the colon (ECMA-427 §5.4, "Character
    /// encoding").
    private static func encoded(_ text: String) -> String {
        PercentEncoding.encoded(text.utf8) { $0.isASCIILetter || $0.isASCIIDigit || signs[$0] }
    }

    private static let signs = ASCIISet("-._~:")
}
