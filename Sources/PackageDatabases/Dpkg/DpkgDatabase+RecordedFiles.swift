internal import ByteStreams

extension DpkgDatabase {
    /// What dpkg records of each file: its path, and the MD5 digest of most of them.
    ///
    /// The digests are in a list beside that of the paths (deb-md5sums(5)), and those of configuration files in the record
    /// of the package. Files whose digest is known are regular files; what the others are is not recorded.
    package func recordedFiles(in tree: some FileTree) throws(PackageDatabaseError) -> [RecordedFile] {
        let diversions = DpkgDiversions(tree.contents(of: Self.diversionsPath) ?? [])
        let conffiles = conffiles(in: tree)
        var folders = CanonicalFolders(in: tree)
        var list = RecordedFileList(of: Self.folder, limits: limits)
        for files in DpkgFileList.all(in: tree, of: packages) {
            let name = packages[files.package].name
            let digests =
                files.isOfDigests ? files.bytes : tree.contents(of: files.stem + Self.digestEnding) ?? []
            var recorded: [ArraySlice<UInt8>: ArraySlice<UInt8>] = [:]
            DpkgFileList.forEachDigest(in: digests) { path, hex in recorded[Self.withoutRoot(path)] = hex }
            let configuration = conffiles[files.package] ?? [:]
            try files.forEachPath { listed throws(PackageDatabaseError) in
                let path = Self.withoutRoot(listed)
                guard !path.isEmpty else { return }
                let actual = files.isOfDigests ? listed : diversions.place(of: listed, listedBy: name)
                let place = actual.dividedAtLastSlash
                var file = RecordedFile(
                    path: folders.path(of: place.name, in: place.folder), package: files.package)
                let conffile = configuration[path]
                if conffile != nil { file.traits.insert(.configuration) }
                file.digest = (recorded[path] ?? conffile).flatMap { RecordedFile.Digest(.md5, hex: $0) }
                if file.digest != nil { file.kind = .file }
                try list.append(file)
            }
        }
        return list.files
    }

    /// The digests of the configuration files of each package, by their paths without a slash at the beginning.
    private func conffiles(in tree: some FileTree) -> [Int: [ArraySlice<UInt8>: ArraySlice<UInt8>]] {
        guard let bytes = tree.contents(of: Self.statusPath) else { return [:] }
        let numbers = DpkgFileList.numbers(of: packages)
        var result: [Int: [ArraySlice<UInt8>: ArraySlice<UInt8>]] = [:]
        var file = DpkgControlFile(bytes, fields: [.package, .architecture, .conffiles])
        var stanza = DpkgControlFile.Stanza()
        while file.read(&stanza) {
            guard let name = stanza[.package], let conffiles = stanza[.conffiles] else { continue }
            let architecture = stanza[.architecture].map { DpkgControlFile.folded(bytes[$0.range]) } ?? ""
            let package = DpkgControlFile.folded(bytes[name.range]).lowercased()
            guard let number = numbers["\(package):\(architecture)"] else { continue }
            var files: [ArraySlice<UInt8>: ArraySlice<UInt8>] = [:]
            for line in bytes[conffiles.range].split(separator: UInt8(ascii: "\n")) {
                // ` PATH DIGEST`, and words about the file (dpkg lib/dpkg/fields.c, f_conffiles).
                var words = line.split(separator: UInt8(ascii: " "))[...]
                while let last = words.last, Self.conffileWords.contains(last) { words.removeLast() }
                guard let hex = words.popLast(), let first = words.first, let end = words.last?.endIndex else {
                    continue
                }
                files[Self.withoutRoot(line[first.startIndex..<end])] = hex
            }
            result[number] = files
        }
        return result
    }

    private static let conffileWords = Set(["obsolete", "remove-on-upgrade"].map { Array($0.utf8)[...] })

    /// The path without what stands for the root at its beginning: `usr/bin/x` for `/usr/bin/x`, nothing for `/.`.
    private static func withoutRoot(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = path
        if rest.starts(with: [UInt8(ascii: "."), UInt8(ascii: "/")]) { rest = rest.dropFirst() }
        rest = rest.drop { $0 == UInt8(ascii: "/") }
        return rest.elementsEqual([UInt8(ascii: ".")]) ? [] : rest
    }
}
