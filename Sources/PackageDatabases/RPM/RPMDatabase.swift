package import ByteStreams

/// What rpm says is installed in a root file system.
///
/// Read from memory, without librpm: one bad page, blob or header costs one package and leaves a diagnostic.
package struct RPMDatabase: Sendable {
    /// Who takes a database apart into headers; all else is the same.
    package enum Reader: Sendable, Hashable {
        /// The readers of this module.
        case native
        /// The librpm of the system, for SQLite and Berkeley DB; only where the package is built with the trait `LibRPM`.
        case librpm

        /// Whether this build has it.
        package var isAvailable: Bool {
            #if LibRPM
                true
            #else
                self == .native
            #endif
        }
    }

    /// What to list, and how to read it.
    package struct Options: Sendable {
        /// Also the keys that packages are verified with, which rpm lists as packages named `gpg-pubkey`.
        package var includePubkeys = false
        /// Who takes the database apart.
        package var reader = Reader.native

        package init() {}
    }

    /// The path of the database in the image, without a slash at the front.
    package let path: String
    /// What kind of database it is: `sqlite`, `ndb`, `bdb hash`, `bdb btree`, `manifest`.
    package let format: String
    /// In the order of rpm's own numbers.
    package let packages: [InstalledPackage]
    /// What is wrong with the database, or odd.
    package let diagnostics: [Diagnostic]

    /// The header of each package; empty for a manifest.
    private let headers: [RPMHeader]
    private let limits: Limits

    /// Reads the live database of `tree`, or returns nil if there is none of rpm's.
    ///
    /// Databases are looked for in the folder that rpm's own configuration names (`%_dbpath` in `usr/lib/rpm/macros`), then
    /// in `usr/lib/sysimage/rpm`, `var/lib/rpm` and `usr/share/rpm`; a folder that is a link to another counts once. In one
    /// folder `rpmdb.sqlite` comes before `Packages.db` and `Packages`, as in rpm (lib/backend/dbi.c, dbDetectBackend), but
    /// for the one that `%_db_backend` names, which comes first. The first database that has packages is the live one; where
    /// none has, the first that can be read. The others are named in a diagnostic, not mixed in. The list that distroless
    /// images of Azure Linux have is read where there is no database.
    ///
    /// It throws if what is there cannot be read at all, or goes past a limit.
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
                // What goes past a limit is refused, not replaced by something smaller.
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

    /// Which packages need which, as librpm resolves it.
    ///
    /// A need is answered by every package that provides it, or that has the file it names; `tree` tells where links lead,
    /// so that `/bin/sh` is found as `usr/bin/sh`. A package never needs itself. With `includingWeak`, recommendations and
    /// suggestions, and what supplements or enhances, are edges too where nothing requires the same.
    ///
    /// It throws if resolving takes more than the limits `edgeCount` and `resolutionSteps` allow.
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

    /// Which of those files packages own; both sides are compared where links really lead.
    package func owned(_ paths: Set<String>, in tree: some FileTree) -> Set<String> {
        let names = Set(
            paths.map { path in RPMString(Array(path.utf8.reversed().prefix { $0 != 0x2F }.reversed())[...]) })
        var result: Set<String> = []
        for header in headers {
            for file in header.files(named: names) {
                let path = (file.folder.text + file.name.text).drop { $0 == "/" }
                let place = paths.contains(String(path)) ? String(path) : tree.canonical(String(path))
                if paths.contains(place) { result.insert(place) }
            }
        }
        return result
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
        var diagnostics = contents.diagnostics
        if candidate.format == .sqlite, let journal = tree.contents(of: path + "-journal"),
            journal.contains(where: { $0 != 0 })
        {
            diagnostics.append(
                Diagnostic(
                    .blind, code: .rpmUnfinishedTransaction, at: path + "-journal",
                    "the database was left in the middle of a transaction, which is not rolled back"))
        }
        if !candidate.isRecognized {
            diagnostics.append(
                Diagnostic(
                    .blind, code: .rpmDamagedDatabase, at: path,
                    "expected the mark of a database, read as \(candidate.format.rawValue) because of its name"))
        }
        var packages: [InstalledPackage] = []
        var headers: [RPMHeader] = []
        var refused = 0
        packages.reserveCapacity(contents.records.count)
        headers.reserveCapacity(contents.records.count)
        for record in contents.records {
            let place = "\(path): package \(record.number)"
            do throws(ParseError) {
                let header = try RPMHeader(parsing: record.blob)
                let package = try InstalledPackage(header: header, database: path)
                if let tag = header.wrongDigest {
                    diagnostics.append(
                        Diagnostic(
                            .warning, code: .rpmWrongDigest, at: place,
                            "the header of \(package.name) \(package.version) does not fit its own \(tag)"))
                }
                guard options.includePubkeys || package.name != Self.pubkey else { continue }
                packages.append(package)
                headers.append(header)
            } catch {
                refused += 1
                diagnostics.append(
                    Diagnostic(.blind, code: .rpmDamagedHeader, at: place, "the header can't be read: \(error)"))
            }
        }
        if packages.isEmpty && !contents.diagnostics.isEmpty && contents.records.isEmpty {
            throw PackageDatabaseError(
                .unreadable, path: path, contents.diagnostics.map(\.message).joined(separator: "; "))
        }
        if candidate.format == .berkeleyBTree {
            let message =
                "a database of rpm5: \(refused) of \(contents.records.count) headers are of a form that rpm refuses"
            diagnostics.insert(
                Diagnostic(refused > 0 ? .blind : .note, code: .rpm5Database, at: path, message), at: 0)
        }
        self.init(
            path: path, format: candidate.format.rawValue, packages: packages, diagnostics: diagnostics,
            headers: headers,
            limits: limits)
    }

    private static let pubkey = "gpg-pubkey"
}
