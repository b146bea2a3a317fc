package import ByteStreams

extension OSRelease {
    /// The path of apk's list of repositories.
    package static let apkRepositoriesPath = "etc/apk/repositories"

    /// Alpine in the version that the first of Alpine's repositories has in its address, `…/alpine/v3.20/main`, or without
    /// a version for `…/alpine/edge/main`.
    ///
    /// Nil if the list is missing, larger than ``Limits/osReleaseSize``, or names no repository of Alpine.
    package init?(apkRepositoriesIn tree: some FileTree, limits: Limits) {
        guard let bytes = tree.contents(of: Self.apkRepositoriesPath), bytes.count <= limits.osReleaseSize else {
            return nil
        }
        for line in ByteLines(bytes) where line.first != UInt8(ascii: "#") {
            let parts = line.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
            guard let place = parts.firstIndex(of: "alpine"), place + 1 < parts.count else { continue }
            let branch = parts[place + 1]
            if branch == "edge" {
                self.init(id: "alpine", source: Self.apkRepositoriesPath)
                return
            }
            guard branch.first == "v", let version = Self.version(branch.dropFirst()) else { continue }
            self.init(id: "alpine", versionID: version, source: Self.apkRepositoriesPath)
            return
        }
        return nil
    }

    /// Two numbers with a period between them; nil for any other text.
    private static func version(_ text: Substring) -> String? {
        let numbers = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard numbers.count == 2, text.utf8.count <= 10,
            numbers.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) })
        else { return nil }
        return String(text)
    }
}
