package import ByteStreams

// Finding the databases.

extension RPMDatabase {
    /// The folders in which rpm keeps its database, the most likely one first.
    ///
    /// `usr/lib/sysimage/rpm` exists only where rpm uses it (Fedora, SUSE); `var/lib/rpm` is then a link, or a
    /// leftover. rpm-ostree uses `usr/share/rpm`.
    private static let folders = ["usr/lib/sysimage/rpm", "var/lib/rpm", "usr/share/rpm"]
    private static let fileNames = ["rpmdb.sqlite", "Packages.db", "Packages"]
    private static let macros = "usr/lib/rpm/macros"

    package static let databasePaths = PathPatterns(
        folders.flatMap { folder in fileNames.map { "\(folder)/\($0)" } } + [RPMContainerManifest.path])
    package static let companionPaths = PathPatterns(
        folders.flatMap { folder in ["-wal", "-journal"].map { "\(folder)/rpmdb.sqlite\($0)" } } + [macros])

    /// A file that is a database according to its first bytes or its name.
    struct Candidate {
        let path: String
        let bytes: [UInt8]
        let format: RPMStoreFormat
        let isRecognized: Bool

        func leftOut(for live: String) -> Diagnostic {
            Self.leftOut(path, for: live)
        }

        static func leftOut(_ path: String, for live: String) -> Diagnostic {
            Diagnostic(
                .warning, code: .rpmOtherDatabase, at: path,
                "another rpm database is not read: the live one is \(live)")
        }
    }

    static func candidates(in tree: some FileTree) -> [Candidate] {
        let settings = settings(in: tree)
        var folders = folders
        if let folder = settings.folder {
            folders.removeAll { $0 == folder }
            folders.insert(folder, at: 0)
        }
        var seen: Set<String> = []
        var candidates: [Candidate] = []
        for folder in folders {
            var found: [Candidate] = []
            for name in fileNames {
                let path = tree.canonical(folder + "/" + name)
                guard seen.insert(path).inserted, let bytes = tree.contents(of: path) else { continue }
                let recognized = RPMStoreFormat(recognizing: bytes)
                guard let format = recognized ?? RPMStoreFormat(fileName: name) else { continue }
                // The file is a copy of a database that is already in the list.
                if candidates.contains(where: { $0.bytes == bytes }) { continue }
                found.append(Candidate(path: path, bytes: bytes, format: format, isRecognized: recognized != nil))
            }
            if let backend = settings.backend {
                found = found.filter { $0.format == backend } + found.filter { $0.format != backend }
            }
            candidates += found
        }
        return candidates
    }

    /// The folder and the format of the database that rpm's configuration in the image states.
    private static func settings(in tree: some FileTree) -> (folder: String?, backend: RPMStoreFormat?) {
        var folder: String?
        var backend: RPMStoreFormat?
        for line in ByteLines(tree.contents(of: macros) ?? []) {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard words.count == 2 else { continue }
            let value = String(decoding: words[1], as: UTF8.self)
            switch String(decoding: words[0], as: UTF8.self) {
            case "%_dbpath":
                folder = folders.first { known in
                    // These are the spellings in the macros of rpm and of the distributions. No macro is expanded.
                    let name = known.drop { $0 != "/" }.dropFirst()
                    return value == "/" + known
                        || ["%{_usr}/", "%{_var}/", "%{_prefix}/"].contains { value == $0 + name }
                }
            case "%_db_backend":
                backend = ["sqlite": .sqlite, "ndb": .ndb, "bdb": .berkeleyHash, "bdb_ro": .berkeleyHash][value]
            default: continue
            }
        }
        return (folder, backend)
    }
}
