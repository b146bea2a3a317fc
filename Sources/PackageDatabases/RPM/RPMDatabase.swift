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
    ) throws(RPMDatabaseError) {
        let candidates = Self.candidates(in: tree)
        var chosen: RPMDatabase?
        var failure: RPMDatabaseError?
        var others: [Diagnostic] = []
        for candidate in candidates {
            if let chosen, !chosen.headers.isEmpty {
                others.append(candidate.leftOut(for: chosen.path))
                continue
            }
            do throws(RPMDatabaseError) {
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
    ) throws(RPMDatabaseError) -> DependencyGraph {
        var resolver = RPMResolver(headers: headers, limits: limits)
        do throws(ParseError) {
            return try resolver.graph(includingWeak: includingWeak, in: tree)
        } catch {
            let name = if case .limit(let name) = error.kind { name } else { "edgeCount" }
            throw RPMDatabaseError(.limit, path: path, "more dependencies than the limit \(name) allows")
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

    private init(manifest: [UInt8], options: Options, limits: Limits) throws(RPMDatabaseError) {
        let (packages, diagnostics) = try RPMContainerManifest.read(manifest, limits: limits)
        self.init(
            path: RPMContainerManifest.path, format: "manifest",
            packages: packages.filter { options.includePubkeys || $0.name != Self.pubkey }, diagnostics: diagnostics,
            headers: [], limits: limits)
    }

    private init(
        reading candidate: Candidate, in tree: some FileTree, options: Options, limits: Limits
    ) throws(RPMDatabaseError) {
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
            throw RPMDatabaseError(
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

/// Finding the databases.
extension RPMDatabase {
    /// Where rpm keeps its database, the likeliest first.
    ///
    /// Nobody but who means it has made `usr/lib/sysimage/rpm` (Fedora, SUSE); `var/lib/rpm` is then a link, or a leftover.
    /// `usr/share/rpm` is that of rpm-ostree.
    private static let folders = ["usr/lib/sysimage/rpm", "var/lib/rpm", "usr/share/rpm"]
    private static let fileNames = ["rpmdb.sqlite", "Packages.db", "Packages"]
    private static let macros = "usr/lib/rpm/macros"

    /// The files of an image that reading needs, by their exact paths; links on the way to them are needed too.
    package static let filesOfInterest: [String] =
        folders.flatMap { folder in
            (fileNames + ["rpmdb.sqlite-wal", "rpmdb.sqlite-journal"]).map { folder + "/" + $0 }
        } + [macros, RPMContainerManifest.path]

    /// A file that is a database by its first bytes, or by its name.
    private struct Candidate {
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
                "another database of rpm is left out: \(live) is the live one")
        }
    }

    private static func candidates(in tree: some FileTree) -> [Candidate] {
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
                // A link to a database that stands in the list already.
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

    /// The folder and the kind of database that rpm's configuration in the image names.
    private static func settings(in tree: some FileTree) -> (folder: String?, backend: RPMStoreFormat?) {
        var folder: String?
        var backend: RPMStoreFormat?
        for line in (tree.contents(of: macros) ?? []).split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard words.count == 2 else { continue }
            let value = String(decoding: words[1], as: UTF8.self)
            switch String(decoding: words[0], as: UTF8.self) {
            case "%_dbpath":
                folder = folders.first { known in
                    // As rpm's and the distributions' macros spell them; nothing is expanded for a stranger.
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

extension InstalledPackage {
    /// What the header of an rpm package says.
    fileprivate init(header: RPMHeader, database: String) throws(ParseError) {
        guard let name = header.string(.name), let version = header.string(.version),
            let release = header.string(.release),
            !name.bytes.isEmpty
        else { throw ParseError(.malformed(expected: "NAME, VERSION and RELEASE"), at: 8) }
        func text(_ tag: RPMHeader.Tag) -> String? {
            header.string(tag).flatMap { $0.bytes.isEmpty ? nil : $0.text }
        }
        let epoch = header.numbers(.epoch).first
        let prefix = epoch.map { $0 == 0 ? "" : "\($0):" } ?? ""
        self.init(
            manager: .rpm, name: name.text, version: "\(prefix)\(version.text)-\(release.text)",
            architecture: text(.arch),
            database: database)
        self.epoch = epoch
        // rpm writes "(none)" into the headers that it makes for keys.
        source = text(.sourceRPM).flatMap { $0 == "(none)" ? nil : Source(name: $0) }
        maintainer = text(.packager)
        vendor = text(.vendor)
        homepage = text(.url)
        summary = text(.summary)
        description = text(.description)
        license = text(.license)
        section = text(.group)
        modularityLabel = text(.modularityLabel)
        if let digest = header.binary(.sigMD5) {
            recordDigests.append(RecordDigest(tag: "SIGMD5", hex: hexadecimal(digest)))
        }
        if let digest = text(.sha1Header) { recordDigests.append(RecordDigest(tag: "SHA1HEADER", hex: digest)) }
        if let digest = text(.sha256Header) { recordDigests.append(RecordDigest(tag: "SHA256HEADER", hex: digest)) }
    }
}
