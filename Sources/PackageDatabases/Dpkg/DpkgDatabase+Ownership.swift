internal import ByteStreams

extension DpkgDatabase {
    /// The owners by the lists of files that dpkg keeps.
    ///
    /// A list names a file where its package put it. Where another package, or the administrator, diverts that path, the file
    /// is elsewhere (dpkg-divert(1)). A link that update-alternatives(1) made belongs to the package whose file it leads to.
    package func owners(of paths: Set<String>, in tree: some FileTree) -> FileOwnership {
        let numbers = Dictionary(
            packages.enumerated().flatMap { number, package in
                [(package.name, number), ("\(package.name):\(package.architecture ?? "")", number)]
            }, uniquingKeysWith: { first, _ in first })
        var search = OwnerSearch(paths, in: tree)
        let found = search.add(listsIn: tree, numbers, packages)
        if !paths.isEmpty {
            search.addLinks(Self.alternatives(in: tree)) { targets in
                var search = OwnerSearch(targets, in: tree)
                _ = search.add(listsIn: tree, numbers, packages)
                return search.owners
            }
        }
        var ownership = FileOwnership(
            search.owners, lacksLists: !packages.isEmpty && !found.hasLists && !found.hasDigests)
        ownership.lacksConfiguration = found.hasDigests
        return ownership
    }

    /// The links that update-alternatives made, from the files that it keeps of each alternative: a line with its mode, the
    /// path of the main link, the name and the path of each further one, an empty line, and then what they can lead to.
    private static func alternatives(in tree: some FileTree) -> [ArraySlice<UInt8>] {
        var links: [ArraySlice<UInt8>] = []
        for (name, bytes) in tree.contents(ofFilesIn: alternativesFolder) {
            links.append(Array("/etc/alternatives/\(name)".utf8)[...])
            for (number, line) in ByteLines(bytes).enumerated() where number > 0 {
                guard !line.isEmpty else { break }
                guard links.count < Limits.alternativeCount else { return links }
                if line.first == UInt8(ascii: "/") {
                    links.append(line)
                } else {
                    links.append((Array("/etc/alternatives/".utf8) + line)[...])
                }
            }
        }
        return links
    }
}

/// Where the files are that packages list at some paths.
private struct DpkgDiversions {
    private struct Diversion {
        let target: ArraySlice<UInt8>
        /// The package whose own file stays; nil if the administrator diverted the path, and no package's file stays.
        let package: String?
    }

    private var diversions: [ArraySlice<UInt8>: Diversion] = [:]
    /// The last components of the paths that are diverted.
    private(set) var names: Set<ArraySlice<UInt8>> = []

    /// Reads the file of diversions: three lines for each, the path, where it is diverted to, and the package or a colon
    /// (dpkg lib/dpkg/db-fsys-divert.c).
    init(_ bytes: [UInt8]) {
        var lines = ByteLines(bytes)
        while diversions.count < Limits.diversionCount, let path = lines.next(), let target = lines.next(),
            let package = lines.next()
        {
            let isLocal = package.elementsEqual([UInt8(ascii: ":")])
            diversions[path] = Diversion(
                target: target, package: isLocal ? nil : String(decoding: package, as: UTF8.self))
            names.insert(path.dividedAtLastSlash.name)
        }
    }

    /// Where the file is that a package lists at a path.
    func place(of path: ArraySlice<UInt8>, listedBy package: String) -> ArraySlice<UInt8> {
        guard let diversion = diversions[path], diversion.package != package else { return path }
        return diversion.target
    }
}

extension OwnerSearch {
    /// Adds the paths of all packages; returns whether any of them has a list of files, or of digests.
    fileprivate mutating func add(
        listsIn tree: Tree, _ numbers: [String: Int], _ packages: [InstalledPackage]
    ) -> (hasLists: Bool, hasDigests: Bool) {
        let diversions = DpkgDiversions(tree.contents(of: DpkgDatabase.diversionsPath) ?? [])
        let names = self.names.union(diversions.names)
        var (hasLists, hasDigests) = (false, false)
        for (name, bytes) in tree.contents(ofFilesIn: DpkgDatabase.listFolder)
        where name.hasSuffix(DpkgDatabase.listEnding) {
            // What a package that was removed left behind are configuration files, and nothing owns them any more.
            let owner = name.dropLast(DpkgDatabase.listEnding.count).lowercased()
            guard let number = numbers[owner] else { continue }
            hasLists = true
            for line in ByteLines(bytes) where names.contains(line.dividedAtLastSlash.name) {
                let place = diversions.place(of: line, listedBy: packages[number].name).dividedAtLastSlash
                add(folder: place.folder, name: place.name, package: number)
            }
        }
        // Distroless images have no lists but digests: `DIGEST  PATH`, or `DIGEST *PATH` as md5sum writes for binary files.
        let records = Dictionary(
            packages.enumerated().map { ($1.database, $0) }, uniquingKeysWith: { first, _ in first })
        for (name, bytes) in tree.contents(ofFilesIn: DpkgDatabase.statusFolder)
        where name.hasSuffix(DpkgDatabase.digestEnding) {
            let record = "\(DpkgDatabase.statusFolder)/\(name.dropLast(DpkgDatabase.digestEnding.count))"
            guard let number = records[record] else { continue }
            hasDigests = true
            for line in ByteLines(bytes) {
                let path = line.drop { $0 != UInt8(ascii: " ") }
                    .drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "*") }.dividedAtLastSlash
                add(folder: path.folder, name: path.name, package: number)
            }
        }
        return (hasLists, hasDigests)
    }
}
