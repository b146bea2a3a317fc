internal import ByteStreams

extension PackageURL {
    /// Parses a package URL in any form that the specification accepts (ECMA-427 §5.6, "How to parse").
    ///
    /// The type and the keys of qualifiers are converted to lower case. The segments `.` and `..` and empty segments of
    /// the subpath are removed. What the specification demands beyond that is in ``flaw(in:)``.
    package init?(parsing text: String) {
        var rest = Array(text.utf8)[...]
        var subpath: ArraySlice<UInt8>?
        // The specification splits from the right.
        if let hash = rest.lastIndex(of: UInt8(ascii: "#")) {
            subpath = rest[(hash + 1)...]
            rest = rest[..<hash]
        }
        var query: ArraySlice<UInt8> = []
        if let mark = rest.lastIndex(of: UInt8(ascii: "?")) {
            query = rest[(mark + 1)...]
            rest = rest[..<mark]
        }
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
            rest[..<colon].elementsEqual("pkg".utf8, by: { $0 | 0x20 == $1 })
        else { return nil }
        rest = rest[(colon + 1)...].drop { $0 == UInt8(ascii: "/") }
        while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }

        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), let type = Self.type(rest[..<slash]) else {
            return nil
        }
        rest = rest[(slash + 1)...]
        var version: String?
        // An `@` at the beginning of a segment that is not the last is an npm scope that was not encoded.
        if let at = rest.lastIndex(of: UInt8(ascii: "@")),
            (at > rest.startIndex && rest[at - 1] != UInt8(ascii: "/")) || !rest[at...].contains(UInt8(ascii: "/"))
        {
            guard let decoded = Self.decoded(rest[(at + 1)...]) else { return nil }
            version = decoded.isEmpty ? nil : decoded
            rest = rest[..<at]
            // Only the slashes at the end of the whole are not significant; a version is one of a name.
            guard rest.last != UInt8(ascii: "/") else { return nil }
        }
        var segments: [String] = []
        for segment in rest.split(separator: UInt8(ascii: "/")) {
            guard let decoded = Self.decoded(segment), !decoded.isEmpty else { return nil }
            segments.append(decoded)
        }
        guard let name = segments.popLast() else { return nil }
        guard let qualifiers = Self.qualifiers(query) else { return nil }
        var path: [String] = []
        for segment in (subpath ?? []).split(separator: UInt8(ascii: "/")) {
            guard let decoded = Self.decoded(segment) else { return nil }
            if decoded != ".", decoded != ".." { path.append(decoded) }
        }
        self.init(
            type: type, namespace: segments, name: name, version: version, qualifiers: qualifiers, subpath: path)
    }

    private static func type(_ text: ArraySlice<UInt8>) -> String? {
        guard let first = text.first, first.isASCIILetter else { return nil }
        for byte in text {
            guard byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            else {
                return nil
            }
        }
        return String(decoding: text, as: UTF8.self).lowercased()
    }

    private static func qualifiers(_ query: ArraySlice<UInt8>) -> [String: String]? {
        var qualifiers: [String: String] = [:]
        for pair in query.split(separator: UInt8(ascii: "&")) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let key = pair[..<equals]
            guard let first = key.first, first.isASCIILetter,
                key.allSatisfy({ byte in
                    switch byte {
                    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                    default: byte.isASCIILetter || byte.isASCIIDigit
                    }
                }),
                let value = decoded(pair[(equals + 1)...])
            else { return nil }
            let name = String(decoding: key, as: UTF8.self).lowercased()
            guard qualifiers[name] == nil else { return nil }
            // A qualifier with an empty value equals no qualifier.
            if !value.isEmpty { qualifiers[name] = value }
        }
        return qualifiers
    }

    /// The text with its escapes resolved; nil if an escape is malformed or the result is not UTF-8.
    private static func decoded(_ text: ArraySlice<UInt8>) -> String? {
        PercentEncoding.decoded(text).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
