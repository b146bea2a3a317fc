package import ByteStreams

/// The name of an image in a registry: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]` (distribution/reference).
///
/// The first part of the path is a host only if it has a period or a colon or is `localhost`; else the host is `docker.io`,
/// where a path of one part is one below `library/`.
package struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// The registry, with its port if one is named.
    package let host: String
    /// The path of the repository in the registry.
    package let path: String
    /// The tag; `latest` if neither tag nor digest is named.
    package let tag: String?
    /// The digest of the manifest or index, which counts where a tag is named too.
    package let digest: ContentDigest?

    /// Parses a reference.
    ///
    /// - Throws: ``ReferenceError`` that says what is wrong with it.
    package init(parsing text: String) throws(ReferenceError) {
        var rest = text[...]
        var digest: ContentDigest?
        if let at = rest.firstIndex(of: "@") {
            let written = rest[rest.index(after: at)...]
            guard let parsed = ContentDigest(String(written)) else {
                throw ReferenceError(
                    "expected a digest such as sha256: and 64 lowercase hexadecimal digits after the @")
            }
            digest = parsed
            rest = rest[..<at]
        }
        var tag: String?
        let lastPart = rest.lastIndex(of: "/") ?? rest.startIndex
        if let colon = rest[lastPart...].lastIndex(of: ":") {
            let written = rest[rest.index(after: colon)...]
            // In `localhost:5000` alone the number would be a tag of docker.io/library/localhost, which no user means.
            guard Self.isTag(written) else {
                throw ReferenceError("expected a tag of at most 128 letters, digits and ._- after the colon")
            }
            tag = String(written)
            rest = rest[..<colon]
        }
        let slash = rest.firstIndex(of: "/")
        let first = rest[..<(slash ?? rest.endIndex)]
        if let slash, first.contains(where: { $0 == "." || $0 == ":" }) || first == "localhost" {
            guard HTTPAddress.isHost(first) else {
                throw ReferenceError("expected the name of a registry before the first slash, with a port or without")
            }
            let name = first.lowercased()
            host = name == "index.docker.io" ? "docker.io" : name
            rest = rest[rest.index(after: slash)...]
        } else {
            host = "docker.io"
        }
        if rest.utf8.contains(where: { (0x41...0x5A).contains($0) }) {
            throw ReferenceError("the name of a repository has no capital letters")
        }
        guard !rest.isEmpty, rest.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isComponent)
        else {
            throw ReferenceError(
                "expected the name of an image, [HOST[:PORT]/]PATH[:TAG][@DIGEST], of lowercase letters, digits and ._-/"
            )
        }
        path = host == "docker.io" && !rest.contains("/") ? "library/\(rest)" : String(rest)
        guard host.utf8.count + path.utf8.count < 255 else {
            throw ReferenceError("the name of the repository is longer than 255 characters")
        }
        self.digest = digest
        self.tag = tag ?? (digest == nil ? "latest" : nil)
    }

    /// A letter or digit, then parts that a period, one or two underscores, or any number of hyphens separate.
    private static func isComponent(_ text: Substring) -> Bool {
        var separator: [UInt8] = []
        var isEmpty = true
        for byte in text.utf8 {
            if byte.isASCIIDigit || (0x61...0x7A).contains(byte) {
                switch separator {
                case [], [UInt8(ascii: ".")], [UInt8(ascii: "_")], [UInt8(ascii: "_"), UInt8(ascii: "_")]: break
                default: guard separator.allSatisfy({ $0 == UInt8(ascii: "-") }) else { return false }
                }
                separator = []
                isEmpty = false
            } else {
                guard !isEmpty, "._-".utf8.contains(byte) else { return false }
                separator.append(byte)
            }
        }
        return !isEmpty && separator.isEmpty
    }

    private static func isTag(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, !".-".utf8.contains(first) else { return false }
        return text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "._-".utf8.contains($0) }
    }

    /// The registry and the repository: `docker.io/library/debian`.
    package var name: String { "\(host)/\(path)" }

    /// What a manifest is asked for by: the digest, or else the tag.
    package var version: String { digest?.description ?? tag ?? "latest" }

    /// The whole reference, with the registry.
    package var description: String { name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }
}

/// Why a text is no reference.
package struct ReferenceError: Error, Hashable, CustomStringConvertible {
    /// What was expected: one line.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
