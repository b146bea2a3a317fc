internal import ByteStreams

extension APKDatabase {
    package func owners(of paths: Set<String>, in tree: some FileTree) -> FileOwnership {
        var search = OwnerSearch(paths, in: tree)
        if !paths.isEmpty {
            for package in packages.indices {
                for file in APKFileLines(record(of: package)) {
                    search.add(folder: file.folder, name: file.name, package: package)
                }
            }
        }
        return FileOwnership(search.owners, lacksLists: !packages.isEmpty && !hasFiles)
    }

    package func shippedFiles(in tree: some FileTree) -> [ShippedFiles?] {
        guard hasFiles else { return Array(repeating: nil, count: packages.count) }
        return packages.indices.map { package in
            var shipped = ShippedFiles()
            for file in APKFileLines(record(of: package)) { shipped.add(folder: file.folder, name: file.name) }
            return shipped
        }
    }

    /// What apk records of each file: its path, and the digest of its contents or of the target of a link.
    ///
    /// The digest is SHA-1, but SHA-256 cut to 160 bits for packages in the format of apk-tools 3. What is below `etc` is
    /// configuration (apk-tools src/database.c, the default protected paths).
    package func recordedFiles(in tree: some FileTree) throws(PackageDatabaseError) -> [RecordedFile] {
        var folders = CanonicalFolders(in: tree)
        var list = RecordedFileList(of: packages.first?.database ?? "", limits: limits)
        for (number, place) in places.enumerated() {
            for listed in APKFileLines(record(of: number)) {
                var file = RecordedFile(path: folders.path(of: listed.name, in: listed.folder), package: number)
                file.digest = listed.digest.flatMap(APKDigest.bytes).flatMap { value in
                    switch value.count {
                    case 16: RecordedFile.Digest(.md5, value)
                    case 20: RecordedFile.Digest(place.hasCutDigests ? .sha256Cut : .sha1, value)
                    default: RecordedFile.Digest(.sha256, value)
                    }
                }
                if Self.isConfiguration(listed.folder) { file.traits.insert(.configuration) }
                try list.append(file)
            }
        }
        return list.files
    }

    private static func isConfiguration(_ folder: ArraySlice<UInt8>) -> Bool {
        let parts = folder.split(separator: UInt8(ascii: "/"), maxSplits: 2)
        guard parts.first?.elementsEqual("etc".utf8) == true else { return false }
        return parts.dropFirst().first?.elementsEqual("apk".utf8) != true
    }
}
