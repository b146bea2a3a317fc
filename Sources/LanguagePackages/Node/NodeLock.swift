internal import ByteStreams
internal import StructuredText

/// The hidden lock file of npm, `node_modules/.package-lock.json`: what npm put into that folder (npm documentation,
/// "package-lock.json").
enum NodeLock {
    /// A package.
    struct Entry {
        /// The path of its folder, from the folder with `node_modules`.
        var path: String
        /// Its version.
        var version: String?
        /// The digests of its tarball.
        var checksums: [LanguagePackage.Checksum]
        /// The address that its tarball was loaded from.
        var location: String?
        /// Whether it is a symbolic link.
        var isLink: Bool
        /// Whether it is there only for the development of the application.
        var isDevelopment: Bool
    }

    /// The fields of a package that are read.
    private static let fields: Set<String> = ["version", "resolved", "integrity", "link", "dev"]

    /// The packages, in the order of the file.
    static func entries(_ bytes: [UInt8], limits: Limits) throws(JSONError) -> [Entry] {
        let packages = try JSONValue(parsing: bytes, limits: limits).objectContent?["packages"]?.objectContent
        return (packages?.members ?? []).compactMap { member in
            guard !member.name.isEmpty, let object = member.value.objectContent else { return nil }
            let location = object.text("resolved")
            let isRemote = ["https://", "http://", "git+", "git://"].contains { location?.hasPrefix($0) ?? false }
            return Entry(
                path: member.name, version: object.text("version"),
                checksums: checksums(object.text("integrity") ?? ""), location: isRemote ? location : nil,
                isLink: object["link"] == .bool(true), isDevelopment: object["dev"] == .bool(true))
        }
    }

    /// The file with the fields that are read and no others; the same bytes if it does not parse.
    static func reduced(_ bytes: [UInt8]) -> [UInt8] {
        guard let root = try? JSONValue(parsing: bytes, limits: Limits()),
            let packages = root.objectContent?["packages"]?.objectContent
        else { return bytes }
        let kept = packages.members.map { member in
            guard let object = member.value.objectContent else { return member }
            return JSONObject.Member(
                name: member.name, value: .object(JSONObject(object.members.filter { fields.contains($0.name) })))
        }
        return JSONWriter.bytes(of: ["packages": .object(JSONObject(kept))], .compact)
    }

    /// The digests in a text of Subresource Integrity: `sha512-` and Base64, separated by blanks (W3C SRI §3.5).
    static func checksums(_ integrity: String) -> [LanguagePackage.Checksum] {
        let algorithms = [
            ("sha512-", "SHA512", 64), ("sha384-", "SHA384", 48), ("sha256-", "SHA256", 32), ("sha1-", "SHA1", 20),
        ]
        let words = integrity.split(separator: " ")
        return algorithms.compactMap { prefix, name, size in
            // Several digests of one algorithm are of alternatives, of which it is unknown which was loaded.
            let values = words.filter { $0.hasPrefix(prefix) }
            guard values.count == 1, let word = values.first?.dropFirst(prefix.count).prefix(while: { $0 != "?" }),
                let value = Base64.decoded(String(word)), value.count == size
            else { return nil }
            return LanguagePackage.Checksum(algorithm: name, value: hexadecimal(value))
        }
    }
}
