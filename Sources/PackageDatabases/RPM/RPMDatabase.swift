package import ByteStreams

/// The packages that rpm lists as installed in a root file system.
///
/// The database is read from memory, without librpm. A damaged page, blob or header costs one package and leaves a
/// diagnostic.
package struct RPMDatabase: Sendable {
    /// The code that reads the headers from a database.
    ///
    /// All later steps are the same.
    package enum Reader: Sendable, Hashable {
        /// The readers of this module.
        case native
        /// The librpm of the system, for SQLite and Berkeley DB; only in a build with the package trait `LibRPM`.
        case librpm

        /// Whether this build contains the reader.
        package var isAvailable: Bool {
            #if LibRPM
                true
            #else
                self == .native
            #endif
        }
    }

    /// The options for reading an rpm database.
    package struct Options: Sendable {
        /// Whether to list the keys for verifying packages, which rpm stores as packages named `gpg-pubkey`.
        package var includePubkeys = false
        /// The code that reads the database.
        package var reader = Reader.native

        package init() {}
    }

    /// The path of the database in the image, without a leading slash.
    package let path: String
    /// The format: `sqlite`, `ndb`, `bdb hash`, `bdb btree` or `manifest`.
    package let format: String
    /// The packages in the order of rpm's own numbers.
    package let packages: [InstalledPackage]
    /// What is damaged or unusual.
    package let diagnostics: [Diagnostic]

    /// The header of each package; empty for a manifest.
    let headers: [RPMHeader]
    let limits: Limits

    /// Reads the live database of `tree`, or returns nil if there is no rpm database.
    ///
    /// Databases are searched for in the folder that rpm's own configuration states (`%_dbpath` in
    /// `usr/lib/rpm/macros`), then in `usr/lib/sysimage/rpm`, `var/lib/rpm` and `usr/share/rpm`; a folder that is a
    /// link to another counts once. In one folder the format that `%_db_backend` states comes first, then
    /// `rpmdb.sqlite`, `Packages.db` and `Packages`, as in rpm (lib/backend/dbi.c, dbDetectBackend). The live database
    /// is the first that has packages, or else the first that can be read. The others are reported and not read. If
    /// there is no database, the list of packages that distroless images of Azure Linux have is read.
    ///
    /// - Throws: ``PackageDatabaseError`` if no database can be read, or if one exceeds a limit.
    package init?(
        in tree: some FileTree, options: Options = Options(), limits: Limits
    ) throws(PackageDatabaseError) {
        let candidates = Self.candidates(in: tree)
        var chosen: RPMDatabase?
        var failure: PackageDatabaseError?
        var others: [Diagnostic] = []
        for candidate in candidates {
            if let chosen, !chosen.headers.isEmpty {
                others.append(candidate.leftOut(for: chosen.path))
                continue
            }
            do throws(PackageDatabaseError) {
                let database = try RPMDatabase(reading: candidate, in: tree, options: options, limits: limits)
                if let first = chosen, database.headers.isEmpty {
                    others.append(candidate.leftOut(for: first.path))
                } else {
                    if let empty = chosen { others.append(Candidate.leftOut(empty.path, for: candidate.path)) }
                    chosen = database
                }
            } catch {
                // A database that exceeds a limit is refused, and not replaced by a smaller one.
                if error.code == .limit { throw error }
                failure = failure ?? error
                others.append(Diagnostic(.blind, code: .rpmUnreadableDatabase, at: candidate.path, error.message))
            }
        }
        if let chosen {
            self = chosen.adding(others)
            return
        }
        if let failure { throw failure }
        guard let manifest = tree.contents(of: RPMContainerManifest.path) else { return nil }
        self = try RPMDatabase(manifest: manifest, options: options, limits: limits)
    }

    /// The dependencies between packages, resolved as librpm resolves them.
    ///
    /// A dependency is met by each package that provides it, or that owns the file that it names. Links are resolved in
    /// `tree`, so that `/bin/sh` is found as `usr/bin/sh`. A package never depends on itself. With `includingWeak`,
    /// recommendations, suggestions, supplements and enhancements are weak edges between packages that have no strong
    /// one.
    ///
    /// - Throws: ``PackageDatabaseError`` if resolving exceeds `relationCount`, `edgeCount` or `resolutionSteps`.
    package func dependencies(
        includingWeak: Bool, in tree: some FileTree
    ) throws(PackageDatabaseError) -> DependencyGraph {
        var resolver = RPMResolver(headers: headers, limits: limits)
        do throws(ParseError) {
            return try resolver.graph(includingWeak: includingWeak, in: tree)
        } catch {
            let name = if case .limit(let name) = error.kind { name } else { "edgeCount" }
            throw PackageDatabaseError(.limit, path: path, "more dependencies than the limit \(name) allows")
        }
    }

    package func owners(of paths: Set<String>, in tree: some FileTree) -> FileOwnership {
        var search = OwnerSearch(paths, in: tree)
        let names = Set(search.names.map { RPMString($0) })
        for (number, header) in headers.enumerated() {
            for file in header.files(named: names) {
                search.add(folder: file.folder.bytes[...], name: file.name.bytes[...], package: number)
            }
        }
        // A manifest has no lists of files.
        return FileOwnership(search.owners, lacksLists: headers.isEmpty && !packages.isEmpty)
    }

    package func shippedFiles(in tree: some FileTree) -> [ShippedFiles?] {
        guard !headers.isEmpty else { return packages.map { _ in nil } }
        return headers.map { header in
            var files = ShippedFiles()
            for file in header.files(named: nil) { files.add(folder: file.folder.bytes, name: file.name.bytes) }
            return files
        }
    }

    private init(
        path: String, format: String, packages: [InstalledPackage], diagnostics: [Diagnostic], headers: [RPMHeader],
        limits: Limits
    ) {
        self.path = path
        self.format = format
        self.packages = packages
        self.diagnostics = diagnostics
        self.headers = headers
        self.limits = limits
    }

    private func adding(_ others: [Diagnostic]) -> RPMDatabase {
        RPMDatabase(
            path: path, format: format, packages: packages, diagnostics: others + diagnostics, headers: headers,
            limits: limits)
    }

    private init(manifest: [UInt8], options: Options, limits: Limits) throws(PackageDatabaseError) {
        let (packages, diagnostics) = try RPMContainerManifest.read(manifest, limits: limits)
        self.init(
            path: RPMContainerManifest.path, format: "manifest",
            packages: packages.filter { options.includePubkeys || $0.name != Self.pubkey }, diagnostics: diagnostics,
            headers: [], limits: limits)
    }

    private init(
        reading candidate: Candidate, in tree: some FileTree, options: Options, limits: Limits
    ) throws(PackageDatabaseError) {
        let path = candidate.path
        let contents = try candidate.format.read(
            candidate.bytes, log: tree.contents(of: path + "-wal"), reader: options.reader, path: path, limits: limits)
        if contents.records.isEmpty, !contents.diagnostics.isEmpty {
            let messages = contents.diagnostics.diagnostics.map(\.message)
            let more = messages.count > 3 ? "; and \(messages.count - 3) more" : ""
            throw PackageDatabaseError(
                .unreadable, path: path, messages.prefix(3).joined(separator: "; ") + more)
        }
        var log = contents.diagnostics
        if candidate.format == .sqlite, let journal = tree.contents(of: path + "-journal"),
            journal.contains(where: { $0 != 0 })
        {
            log.append(
                .blind, code: .rpmUnfinishedTransaction, at: path + "-journal",
                "the database was left in the middle of a transaction, which is not rolled back")
        }
        if !candidate.isRecognized {
            log.append(
                .blind, code: .rpmDamagedDatabase, at: path,
                "expected the magic number of a database, read as \(candidate.format.rawValue) because of its name")
        }
        let list = PackageList(contents.records, of: path, options: options, limits: limits, log: &log)
        var diagnostics = log.diagnostics
        if candidate.format == .berkeleyBTree {
            let message =
                "a database of rpm5: \(list.refusedCount) of \(contents.records.count) headers are of a form that rpm refuses"
            diagnostics.insert(
                Diagnostic(list.refusedCount > 0 ? .blind : .note, code: .rpm5Database, at: path, message), at: 0)
        }
        self.init(
            path: path, format: candidate.format.rawValue, packages: list.packages, diagnostics: diagnostics,
            headers: list.headers, limits: limits)
    }

    /// The packages of the records of a database, and their headers in the same order.
    private struct PackageList {
        private(set) var packages: [InstalledPackage] = []
        private(set) var headers: [RPMHeader] = []
        /// The number of headers that could not be read.
        private(set) var refusedCount = 0

        init(_ records: [RPMRecord], of path: String, options: Options, limits: Limits, log: inout DiagnosticLog) {
            packages.reserveCapacity(records.count)
            headers.reserveCapacity(records.count)
            for record in records {
                var place: String { "\(path): package \(record.number)" }
                do throws(ParseError) {
                    let header = try RPMHeader(parsing: record.blob, limits: limits)
                    let package = try InstalledPackage(header: header, database: path)
                    if let tag = header.wrongDigest {
                        log.append(
                            .warning, code: .rpmWrongDigest, at: place,
                            "the header of \(package.name) \(package.version) does not match its own \(tag)")
                    }
                    guard options.includePubkeys || package.name != RPMDatabase.pubkey else { continue }
                    packages.append(package)
                    headers.append(header)
                } catch {
                    refusedCount += 1
                    log.append(.blind, code: .rpmDamagedHeader, at: place, "the header cannot be read: \(error)")
                }
            }
        }
    }

    /// The name of the packages in which rpm stores the keys for verifying packages.
    private static let pubkey = "gpg-pubkey"
}
