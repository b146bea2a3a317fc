extension DpkgDatabase {
    /// Those of `paths` that an installed package owns, by the lists of files that dpkg keeps.
    ///
    /// A list may name a file through a link (`/lib/…` where `/lib` leads to `/usr/lib`). So each listed path whose last
    /// component is that of one of `paths` is resolved in `tree`.
    package func owned(_ paths: Set<String>, in tree: some FileTree) -> Set<String> {
        guard !paths.isEmpty else { return [] }
        var result: Set<String> = []
        let names = Set(paths.map { Array($0.utf8)[...].lastComponent })
        func keep(_ path: ArraySlice<UInt8>) {
            guard names.contains(path.lastComponent) else { return }
            let text = String(decoding: path, as: UTF8.self)
            let place = paths.contains(text) ? text : tree.canonical(text)
            if paths.contains(place) { result.insert(place) }
        }
        for (name, bytes) in tree.contents(ofFilesIn: Self.listFolder) where name.hasSuffix(Self.listEnding) {
            for line in ByteLines(bytes) { keep(line.drop { $0 == UInt8(ascii: "/") }) }
        }
        // Distroless images have no lists but digests: `DIGEST  PATH`, or `DIGEST *PATH` as md5sum writes for binary files.
        for (name, bytes) in tree.contents(ofFilesIn: Self.statusFolder) where name.hasSuffix(Self.digestEnding) {
            for line in ByteLines(bytes) {
                keep(line.drop { $0 != UInt8(ascii: " ") }.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "*") })
            }
        }
        return result
    }
}

extension ArraySlice<UInt8> {
    /// What follows the last slash of a path.
    fileprivate var lastComponent: ArraySlice<UInt8> {
        lastIndex(of: UInt8(ascii: "/")).map { self[($0 + 1)...] } ?? self
    }
}
