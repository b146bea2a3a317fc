internal import ByteStreams

extension DpkgDatabase {
    /// The owners according to dpkg's lists of files.
    ///
    /// A list has the original path of each file. If another package or the administrator diverts that path, the file
    /// has another path (dpkg-divert(1)). A link that update-alternatives(1) created belongs to the package that owns
    /// its target.
    package func owners(of paths: Set<String>, in tree: some FileTree) -> FileOwnership {
        let lists = DpkgFileList.all(in: tree, of: packages)
        var search = OwnerSearch(paths, in: tree)
        search.add(lists, packages)
        if !paths.isEmpty {
            search.addLinks(Self.alternatives(in: tree)) { targets in
                var search = OwnerSearch(targets, in: tree)
                search.add(lists, packages)
                return search.owners
            }
        }
        var ownership = FileOwnership(search.owners, lacksLists: !packages.isEmpty && lists.isEmpty)
        ownership.lacksConfiguration = lists.contains(where: \.isOfDigests)
        return ownership
    }

    package func shippedFiles(in tree: some FileTree) -> [ShippedFiles?] {
        var shipped: [ShippedFiles?] = Array(repeating: nil, count: packages.count)
        for list in DpkgFileList.all(in: tree, of: packages) {
            var files = shipped[list.package] ?? ShippedFiles()
            list.forEachPath { path in
                let (folder, name) = path.dividedAtLastSlash
                files.add(folder: folder, name: name)
            }
            shipped[list.package] = files
        }
        return shipped
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
struct DpkgDiversions {
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

/// The paths that dpkg lists for a package.
struct DpkgFileList {
    /// The number of the package.
    let package: Int
    /// Whether it is a list of digests, as distroless images have instead of one of paths.
    let isOfDigests: Bool
    /// The path of the list without its ending.
    let stem: String
    let bytes: [UInt8]

    /// The lists of all packages that have one.
    static func all(in tree: some FileTree, of packages: [InstalledPackage]) -> [DpkgFileList] {
        let numbers = numbers(of: packages)
        var lists: [DpkgFileList] = []
        for (name, bytes) in tree.contents(ofFilesIn: DpkgDatabase.listFolder)
        where name.hasSuffix(DpkgDatabase.listEnding) {
            // The list of a removed package has only its configuration files, which no package owns any more.
            let owner = name.dropLast(DpkgDatabase.listEnding.count).lowercased()
            guard let number = numbers[owner] else { continue }
            let stem = "\(DpkgDatabase.listFolder)/\(name.dropLast(DpkgDatabase.listEnding.count))"
            lists.append(DpkgFileList(package: number, isOfDigests: false, stem: stem, bytes: bytes))
        }
        let records = Dictionary(
            packages.enumerated().map { ($1.database, $0) }, uniquingKeysWith: { first, _ in first })
        for (name, bytes) in tree.contents(ofFilesIn: DpkgDatabase.statusFolder)
        where name.hasSuffix(DpkgDatabase.digestEnding) {
            let record = "\(DpkgDatabase.statusFolder)/\(name.dropLast(DpkgDatabase.digestEnding.count))"
            guard let number = records[record] else { continue }
            lists.append(DpkgFileList(package: number, isOfDigests: true, stem: record, bytes: bytes))
        }
        return lists
    }

    /// The numbers of packages by `NAME` and `NAME:ARCHITECTURE`, as dpkg names their lists.
    static func numbers(of packages: [InstalledPackage]) -> [String: Int] {
        Dictionary(
            packages.enumerated().flatMap { number, package in
                [(package.name, number), ("\(package.name):\(package.architecture ?? "")", number)]
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Calls `visit` with each line of a list of digests: `DIGEST  PATH`, or `DIGEST *PATH` as md5sum writes for binary
    /// files.
    static func forEachDigest<Failure>(
        in bytes: [UInt8], _ visit: (_ path: ArraySlice<UInt8>, _ hex: ArraySlice<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        for line in ByteLines(bytes) {
            let hex = line.prefix { $0 != UInt8(ascii: " ") }
            try visit(line[hex.endIndex...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "*") }, hex)
        }
    }

    /// Calls `visit` with each path, with a slash at the beginning or without.
    func forEachPath<Failure>(_ visit: (ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
        if isOfDigests {
            try Self.forEachDigest(in: bytes) { path, _ throws(Failure) in try visit(path) }
        } else {
            for line in ByteLines(bytes) { try visit(line) }
        }
    }
}

extension OwnerSearch {
    /// Adds the paths that packages list, where diversions put them.
    fileprivate mutating func add(_ lists: [DpkgFileList], _ packages: [InstalledPackage]) {
        let diversions = DpkgDiversions(tree.contents(of: DpkgDatabase.diversionsPath) ?? [])
        let names = self.names.union(diversions.names)
        for list in lists {
            list.forEachPath { path in
                guard names.contains(path.dividedAtLastSlash.name) else { return }
                // Images with lists of digests have no dpkg that could divert files.
                let actual =
                    list.isOfDigests ? path : diversions.place(of: path, listedBy: packages[list.package].name)
                let place = actual.dividedAtLastSlash
                add(folder: place.folder, name: place.name, package: list.package)
            }
        }
    }
}
