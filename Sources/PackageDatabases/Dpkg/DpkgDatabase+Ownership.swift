internal import ByteStreams

extension DpkgDatabase {
    /// The owners according to dpkg's lists of files.
    ///
    /// A list has the original path of each file. If another package or the administrator diverts that path, the file
    /// has another path (dpkg-divert(1)). A link that update-alternatives(1) created belongs to the package that owns
    /// its target.
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

    /// The links that update-alternatives created, from the file that it keeps for each alternative.
    ///
    /// The file has a line with the mode, the path of the main link, the name and the path of each further link, an
    /// empty line, and the possible targets.
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

/// The diversions of dpkg: the actual paths of files that packages list at diverted paths.
private struct DpkgDiversions {
    private struct Diversion {
        let target: ArraySlice<UInt8>
        /// The package whose file is not diverted; nil if the administrator diverted the path, and then every file is
        /// diverted.
        let package: String?
    }

    private var diversions: [ArraySlice<UInt8>: Diversion] = [:]
    /// The last components of the paths that are diverted.
    private(set) var names: Set<ArraySlice<UInt8>> = []

    /// Reads the file of diversions (dpkg lib/dpkg/db-fsys-divert.c).
    ///
    /// A diversion has three lines: the path, the path it is diverted to, and the package or a colon.
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

    /// The actual path of a file that a package lists at a path.
    func place(of path: ArraySlice<UInt8>, listedBy package: String) -> ArraySlice<UInt8> {
        guard let diversion = diversions[path], diversion.package != package else { return path }
        return diversion.target
    }
}

extension OwnerSearch {
    /// Adds the paths of all packages, and returns whether any package has a list of files or of digests.
    fileprivate mutating func add(
        listsIn tree: Tree, _ numbers: [String: Int], _ packages: [InstalledPackage]
    ) -> (hasLists: Bool, hasDigests: Bool) {
        let diversions = DpkgDiversions(tree.contents(of: DpkgDatabase.diversionsPath) ?? [])
        let names = self.names.union(diversions.names)
        var (hasLists, hasDigests) = (false, false)
        for (name, bytes) in tree.contents(ofFilesIn: DpkgDatabase.listFolder)
        where name.hasSuffix(DpkgDatabase.listEnding) {
            // The list of a removed package has only its configuration files, which no package owns any more.
            let owner = name.dropLast(DpkgDatabase.listEnding.count).lowercased()
            guard let number = numbers[owner] else { continue }
            hasLists = true
            for line in ByteLines(bytes) where names.contains(line.dividedAtLastSlash.name) {
                let place = diversions.place(of: line, listedBy: packages[number].name).dividedAtLastSlash
                add(folder: place.folder, name: place.name, package: number)
            }
        }
        // Distroless images have digests instead of lists: `DIGEST  PATH`, or `DIGEST *PATH` as md5sum writes for
        // binary files.
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
