internal import ByteStreams
internal import SBOMModel

/// Rewrites package URLs as bom does: by the rules of packageurl-go 0.1.6, which differ from those of ECMA-427.
enum BomPackageURL {
    /// The package URL in the spelling of bom; nil if bom does not accept it as one.
    static func rewritten(_ text: String) -> String? {
        var rest = Array(text.utf8)[...]
        guard !rest.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        var subpath: [UInt8] = []
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard let decoded = PercentEncoding.decoded(rest[(hash + 1)...]) else { return nil }
            subpath = trimmed(decoded[...])
            rest = rest[..<hash]
        }
        var query: ArraySlice<UInt8> = []
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[(mark + 1)...]
            rest = rest[..<mark]
        }
        guard rest.count > 4, lowercased(rest.prefix(4)) == Array("pkg:".utf8) else { return nil }
        rest = rest.dropFirst(4).drop { $0 == UInt8(ascii: "/") }
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let type = String(decoding: lowercased(rest[..<slash]), as: UTF8.self)
        rest = rest[(slash + 1)...]
        var version: [UInt8] = []
        if let at = rest.lastIndex(of: UInt8(ascii: "@")),
            at > rest.startIndex || !rest.contains(UInt8(ascii: "/"))
        {
            guard let decoded = PercentEncoding.decoded(rest[(at + 1)...]) else { return nil }
            version = decoded
            rest = rest[..<at]
        }
        var namespace: [UInt8] = []
        if let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
            guard let decoded = PercentEncoding.decoded(rest[..<slash]) else { return nil }
            namespace = trimmed(decoded[...])
            rest = rest[(slash + 1)...]
        }
        guard var name = PercentEncoding.decoded(rest), !name.isEmpty, let qualifiers = qualifiers(query) else {
            return nil
        }
        let rules = newerRules.contains(type) ? .unlisted : PackageURL.rules(for: type)
        if rules.foldsNamespace { namespace = lowercased(namespace[...]) }
        if rules.foldsName { name = lowercased(name[...]) }
        if rules.equatesUnderscores { name = name.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 } }
        if rules.foldsVersion { version = lowercased(version[...]) }
        guard isAllowed(type, hasNamespace: !namespace.isEmpty, hasVersion: !version.isEmpty, qualifiers) else {
            return nil
        }
        var result = "pkg:\(type)/"
        for segment in namespace.split(separator: UInt8(ascii: "/")) { result += encoded(segment, inPath) + "/" }
        result += encoded(name[...], inPath)
        if !version.isEmpty { result += "@" + encoded(version[...], inPath) }
        for (index, qualifier) in qualifiers.filter({ !$0.value.isEmpty }).enumerated() {
            let key = String(decoding: qualifier.key, as: UTF8.self)
            result += (index == 0 ? "?" : "&") + key + "=" + encoded(qualifier.value[...], inQualifier)
        }
        if !subpath.isEmpty { result += "#" + encoded(subpath[...], inPath.union([UInt8(ascii: "/")])) }
        return result
    }

    /// Types whose rules packageurl-go 0.1.6 does not know.
    private static let newerRules: Set = [
        "brew", "hex", "luarocks", "oci", "otp", "pub", "vscode-extension", "yocto",
    ]
    private static let inQualifier = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:".utf8)
    private static let inPath = inQualifier.union("!$&'()*,;=".utf8)

    // The requirements of single types.
    private static func isAllowed(
        _ type: String, hasNamespace: Bool, hasVersion: Bool, _ qualifiers: [(key: [UInt8], value: [UInt8])]
    ) -> Bool {
        switch type {
        case "conan":
            let channel = qualifiers.first { $0.key == Array("channel".utf8) }?.value ?? []
            return hasNamespace == !channel.isEmpty
        case "swift": return hasNamespace && hasVersion
        case "cran": return hasVersion
        default: return true
        }
    }

    private static func qualifiers(_ query: ArraySlice<UInt8>) -> [(key: [UInt8], value: [UInt8])]? {
        var found: [(key: [UInt8], value: [UInt8])] = []
        for pair in query.split(separator: UInt8(ascii: "&")) {
            guard !pair.contains(UInt8(ascii: ";")) else { return nil }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let key = PercentEncoding.decoded(pair[..<equals]),
                let value = PercentEncoding.decoded(pair[equals...].dropFirst()), !key.isEmpty
            else { return nil }
            let small = lowercased(key[...])
            guard !found.contains(where: { $0.key == small }) else { return nil }
            found.append((small, value))
        }
        return found.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var text = text.drop { $0 == UInt8(ascii: "/") }
        while text.last == UInt8(ascii: "/") { text = text.dropLast() }
        return Array(text)
    }

    private static func lowercased(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.contains(where: { $0 >= 0x80 }) else {
            return text.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        }
        return Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
    }

    private static func encoded(_ text: ArraySlice<UInt8>, _ kept: Set<UInt8>) -> String {
        PercentEncoding.encoded(text) { kept.contains($0) }
    }
}
