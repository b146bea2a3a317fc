extension PackageURL {
    /// Reads a package URL in any spelling that the specification lets pass (ECMA-427 §5.6, "How to parse").
    ///
    /// Type and keys of qualifiers come in lower case; a subpath is checked and, as there is no place for it, dropped. What
    /// single types ask for beyond that (names in lower case, a namespace) is not looked at.
    package init?(parsing text: String) {
        var rest = Array(text.utf8)[...]
        var subpath: ArraySlice<UInt8>?
        // From the right, as `#` and `?` end what is before them.
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
            rest[..<colon].map({ $0 | 0x20 }) == Array("pkg".utf8)
        else { return nil }
        rest = rest[(colon + 1)...].drop { $0 == UInt8(ascii: "/") }
        while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }

        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), let type = Self.type(rest[..<slash]) else {
            return nil
        }
        rest = rest[(slash + 1)...]
        var version: String?
        // `@` at the beginning of a segment that others follow is a scope of npm that was not encoded.
        if let at = rest.lastIndex(of: UInt8(ascii: "@")),
            (at > rest.startIndex && rest[at - 1] != UInt8(ascii: "/")) || !rest[at...].contains(UInt8(ascii: "/"))
        {
            guard let decoded = Self.decoded(rest[(at + 1)...]) else { return nil }
            version = decoded.isEmpty ? nil : decoded
            rest = rest[..<at]
        }
        var segments: [String] = []
        for segment in rest.split(separator: UInt8(ascii: "/")) {
            guard let decoded = Self.decoded(segment), !decoded.isEmpty else { return nil }
            segments.append(decoded)
        }
        guard let name = segments.popLast() else { return nil }
        guard let qualifiers = Self.qualifiers(query) else { return nil }
        for segment in (subpath ?? []).split(separator: UInt8(ascii: "/")) {
            guard Self.decoded(segment) != nil else { return nil }
        }
        self.init(type: type, namespace: segments, name: name, version: version, qualifiers: qualifiers)
    }

    private static func type(_ text: ArraySlice<UInt8>) -> String? {
        guard let first = text.first, isLetter(first) else { return nil }
        for byte in text {
            guard isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") else {
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
            guard let first = key.first, isLetter(first),
                key.allSatisfy({ byte in
                    switch byte {
                    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                    default: isLetter(byte) || isDigit(byte)
                    }
                }),
                let value = decoded(pair[(equals + 1)...])
            else { return nil }
            let name = String(decoding: key, as: UTF8.self).lowercased()
            guard qualifiers[name] == nil else { return nil }
            // A qualifier without a value is the same as none.
            if !value.isEmpty { qualifiers[name] = value }
        }
        return qualifiers
    }

    /// The text with its escapes resolved; nil if one is none, or the outcome is no UTF-8.
    private static func decoded(_ text: ArraySlice<UInt8>) -> String? {
        percentDecoded(text).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The bytes with their escapes `%XX` resolved; nil if one is none.
    package static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
