package import ByteStreams

/// The packages that opkg lists as installed: on OpenWrt before 25.12, and on systems of the Yocto Project.
///
/// The status file has the form of dpkg's. The record of a package has its license in a file of its own.
package struct OpkgDatabase: PackageSystem {
    package static let ecosystem = Ecosystem.opkg
    package static let databasePaths = PathPatterns(folders.map { "\($0)/status" })
    package static let companionPaths: PathPatterns = []
    package static let ownershipPaths = PathPatterns(folders.map { "\($0)/info/*\(listEnding)" })
    package static let licensePaths = PathPatterns(folders.map { "\($0)/info/*.control" })
    package static let digestPaths: PathPatterns = []

    private static let folders = ["usr/lib/opkg", "var/lib/opkg"]
    private static let listEnding = ".list"

    package var packages: [InstalledPackage] { database.packages }
    package var diagnostics: [Diagnostic] { database.diagnostics }

    private let database: DpkgDatabase
    private let folder: String

    package init?(
        in tree: some FileTree, options: PackageSystems.Options, limits: Limits
    ) throws(PackageDatabaseError) {
        // On some systems one folder is a link to the other.
        for folder in Self.folders {
            let path = "\(folder)/status"
            guard let bytes = tree.contents(of: path) else { continue }
            do throws(ParseError) {
                database = try DpkgDatabase(opkgStatus: bytes, at: tree.target(of: path) ?? path, limits: limits)
            } catch {
                throw PackageDatabaseError(error, path: path)
            }
            self.folder = folder
            return
        }
        return nil
    }

    package func dependencies(
        includingWeak: Bool, in tree: some FileTree
    ) throws(PackageDatabaseError) -> DependencyGraph {
        try database.dependencies(includingWeak: includingWeak, in: tree)
    }

    package func owners(of paths: Set<String>, in tree: some FileTree) -> FileOwnership {
        let lists = lists(in: tree)
        var search = OwnerSearch(paths, in: tree)
        for (package, bytes) in lists {
            Self.forEachPath(in: bytes) { search.add(folder: $0, name: $1, package: package) }
        }
        return FileOwnership(search.owners, lacksLists: !packages.isEmpty && lists.isEmpty)
    }

    package func shippedFiles(in tree: some FileTree) -> [ShippedFiles?] {
        var shipped: [ShippedFiles?] = Array(repeating: nil, count: packages.count)
        for (package, bytes) in lists(in: tree) {
            var files = ShippedFiles()
            Self.forEachPath(in: bytes) { files.add(folder: $0, name: $1) }
            shipped[package] = files
        }
        return shipped
    }

    /// The licenses that the control files of the packages state.
    package func licenses(in tree: some FileTree) -> [LicenseFinding?] {
        packages.map { package in
            guard let bytes = tree.contents(of: "\(folder)/info/\(package.name).control") else { return nil }
            var file = DpkgControlFile(bytes, fields: [.license])
            var stanza = DpkgControlFile.Stanza()
            guard file.read(&stanza), let license = stanza[.license] else { return nil }
            return LicenseFinding(licenseTag: DpkgControlFile.folded(bytes[license.range]))
        }
    }

    /// The paths of the files; what is at them is not recorded.
    package func recordedFiles(in tree: some FileTree) throws(PackageDatabaseError) -> [RecordedFile] {
        var folders = CanonicalFolders(in: tree)
        var list = RecordedFileList(of: folder, limits: database.limits)
        for (package, bytes) in lists(in: tree) {
            try Self.forEachPath(in: bytes) { folder, name throws(PackageDatabaseError) in
                guard !name.isEmpty else { return }
                try list.append(RecordedFile(path: folders.path(of: name, in: folder), package: package))
            }
        }
        return list.files
    }

    /// The lists of files with the numbers of their packages.
    private func lists(in tree: some FileTree) -> [(package: Int, bytes: [UInt8])] {
        let numbers = Dictionary(packages.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        return tree.contents(ofFilesIn: "\(folder)/info").compactMap { name, bytes in
            guard name.hasSuffix(Self.listEnding) else { return nil }
            return numbers[String(name.dropLast(Self.listEnding.count))].map { ($0, bytes) }
        }
    }

    /// Calls `visit` with each path of a list; opkg of the Yocto Project writes the mode behind it.
    private static func forEachPath<Failure>(
        in bytes: [UInt8],
        _ visit: (_ folder: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        for line in ByteLines(bytes) {
            let place = line.prefix { $0 != UInt8(ascii: "\t") }.dividedAtLastSlash
            try visit(place.folder, place.name)
        }
    }
}
