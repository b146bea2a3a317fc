internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases

extension RootFileSystem: FileTree {
    package func contents(of path: String) -> [UInt8]? {
        guard case .bytes(let bytes) = file(path) else { return nil }
        return bytes
    }
}

/// What was found out about an image: everything that a document of it is made from.
struct ImageScan: Sendable {
    let image: Image
    let system: OSRelease?
    let packages: [InstalledPackage]
    let graph: DependencyGraph
    /// The layer that each package came with, counted from 0; nil where finding out would take too much.
    let origins: [Int]?
    let diagnostics: [Diagnostic]

    private static let databases = DpkgDatabase.filesOfInterest + RPMDatabase.filesOfInterest
    private static let filesOfInterest = PathPatterns(
        databases + ["var/lib/dpkg/info/*.list"] + OSRelease.filesOfInterest)

    /// Reads the image's layers, databases and dependencies.
    ///
    /// - Throws: ``ImageError`` if a layer is damaged. A database that cannot be read leaves a diagnostic.
    init(
        _ image: Image, withWeak: Bool, rpm options: RPMDatabase.Options, limits: Limits, progress: ProgressCounter?
    ) async throws {
        self.image = image
        let (files, layerDiagnostics) = try await image.rootFileSystem(of: Self.filesOfInterest) { progress?.add($0) }
        var diagnostics = image.diagnostics + layerDiagnostics
        let state = InstalledSystem(files, rpm: options, limits: limits)
        diagnostics += state.diagnostics
        system = state.system
        packages = state.packages
        origins = Self.origins(of: state.packages, in: files, rpm: options, limits: limits)
        if origins == nil {
            diagnostics.append(
                Diagnostic(
                    .warning, code: .noLayers, at: "image",
                    "which layer each package came with is not told: that takes more than the limit historySize allows")
            )
        }
        let (graph, graphDiagnostics) = state.resolve(withWeak: withWeak)
        self.graph = graph
        diagnostics += graphDiagnostics
        diagnostics += graph.unmet.map { need in
            let package = state.packages[need.package]
            return Diagnostic(
                .warning, code: .unmet,
                at: "\(package.database): \(package.name)" + (package.architecture.map { ":\($0)" } ?? ""),
                "nothing installed answers \(need.field): \(need.need)")
        }
        diagnostics += Self.blindSpots(files, state)
        guard !files.isOutOfLookups else { throw image.outOfLookups }
        self.diagnostics = diagnostics
    }

    /// The layer since which each package, in this version, has been there without a break.
    ///
    /// Nil where the databases of all layers together are larger than `limits.historySize`.
    private static func origins(
        of packages: [InstalledPackage], in files: RootFileSystem, rpm options: RPMDatabase.Options, limits: Limits
    ) -> [Int]? {
        let interest = PathPatterns(databases)
        var bytesLeft = limits.historySize
        var came: [InstalledPackage.Identity: Int] = [:]
        var last: [FileOrigin] = []
        for count in files.changes(of: interest) {
            let layer = count - 1
            let state = files.after(layers: count)
            let origins = state.origins(of: interest)
            guard origins != last else { continue }
            last = origins
            bytesLeft -= state.size(of: interest)
            guard bytesLeft >= 0 else { return nil }
            let present = InstalledSystem(state, rpm: options, limits: limits).packages.map(\.identity)
            var next: [InstalledPackage.Identity: Int] = [:]
            for identity in present { next[identity] = came[identity] ?? layer }
            came = next
        }
        return packages.map { came[$0.identity] ?? 0 }
    }

    private static func blindSpots(_ files: RootFileSystem, _ state: InstalledSystem) -> [Diagnostic] {
        let sightings = BlindSpots.find(in: files, owned: { state.owned($0, in: files) }, read: state.databasesSeen)
        var diagnostics = sightings.map(\.diagnostic)
        if !state.databasesRead.isEmpty && state.packages.isEmpty {
            diagnostics.append(
                Diagnostic(.warning, code: .emptyDatabase, at: "image", "its package database lists no package"))
        }
        if state.databasesSeen.isEmpty && !sightings.contains(where: \.kind.isSystem) {
            diagnostics.append(
                Diagnostic(
                    .blind, code: .noDatabase, at: "image",
                    "no package database is in it; nothing is known of what its files are"))
        }
        if state.system?.systemName == nil, !state.hasUnreadableSystem {
            let what = state.system == nil ? "no etc/os-release or usr/lib/os-release" : "os-release names no system"
            diagnostics.append(
                Diagnostic(
                    .warning, code: .noOSRelease, at: "image",
                    "\(what); there is no operating system in the document, and package URLs have no distro"))
        }
        return diagnostics
    }
}

/// What the package databases and os-release say in one state of a file system.
private struct InstalledSystem {
    let system: OSRelease?
    private let files: RootFileSystem
    private let dpkg: DpkgDatabase?
    private let rpm: RPMDatabase?
    private(set) var diagnostics: [Diagnostic] = []
    private var unreadable: Set<String> = []
    /// Whether there is an os-release that could not be read, which already has a diagnostic.
    private(set) var hasUnreadableSystem = false

    init(_ files: RootFileSystem, rpm options: RPMDatabase.Options, limits: Limits) {
        self.files = files
        do throws(ParseError) {
            system = try OSRelease(in: files)
        } catch {
            system = nil
            diagnostics.append(Diagnostic(.blind, code: .osRelease, at: "os-release", "not readable: \(error)"))
            hasUnreadableSystem = true
        }
        do throws(ParseError) {
            dpkg = try DpkgDatabase(in: files, limits: limits)
            diagnostics += dpkg?.diagnostics ?? []
        } catch {
            dpkg = nil
            diagnostics.append(
                Diagnostic(.blind, code: .dpkgDatabase, at: "var/lib/dpkg", "the database is not readable: \(error)"))
            unreadable.insert("dpkg")
        }
        do throws(RPMDatabaseError) {
            rpm = try RPMDatabase(in: files, options: options, limits: limits)
            diagnostics += rpm?.diagnostics ?? []
        } catch {
            rpm = nil
            diagnostics.append(
                Diagnostic(
                    .blind, code: .rpmDatabase, at: error.path, "the database is not readable: \(error.message)"))
            unreadable.insert("rpm")
        }
    }

    /// Those of dpkg, then those of rpm.
    var packages: [InstalledPackage] { (dpkg?.packages ?? []) + (rpm?.packages ?? []) }

    /// Those, and what already has a diagnostic because it could not be read.
    var databasesSeen: Set<String> { databasesRead.union(unreadable) }

    /// The codes of ``BlindSpots`` of the databases that were read.
    var databasesRead: Set<String> { Set((dpkg == nil ? [] : ["dpkg"]) + (rpm == nil ? [] : ["rpm"])) }

    /// Which packages need which: each database's own among themselves, because neither manager knows the other's.
    func resolve(withWeak: Bool) -> (DependencyGraph, [Diagnostic]) {
        var graph = DependencyGraph()
        var diagnostics: [Diagnostic] = []
        do throws(ParseError) {
            if let found = try dpkg?.dependencies(includingWeak: withWeak) { graph.append(found, offset: 0) }
        } catch {
            diagnostics.append(Diagnostic(.blind, code: .dependencies, at: "var/lib/dpkg", "not resolved: \(error)"))
        }
        do throws(RPMDatabaseError) {
            if let found = try rpm?.dependencies(includingWeak: withWeak, in: files) {
                graph.append(found, offset: dpkg?.packages.count ?? 0)
            }
        } catch {
            diagnostics.append(
                Diagnostic(.blind, code: .dependencies, at: error.path, "not resolved: \(error.message)"))
        }
        // An rpm needs the same thing at several times, before and after it is installed: to us that is one need.
        var seen: Set<DependencyGraph.UnmetNeed> = []
        graph.unmet.removeAll { !seen.insert($0).inserted }
        return (graph, diagnostics)
    }

    /// Which of those paths installed packages own, by dpkg's lists of files and rpm's headers.
    ///
    /// Lists may name files by a path through a link (`/lib/…` where `/lib` leads to `/usr/lib`), so the few that end
    /// like one of `paths` are looked up where they really are.
    func owned(_ paths: Set<String>, in files: RootFileSystem) -> Set<String> {
        guard !paths.isEmpty else { return [] }
        var result = rpm?.owned(paths, in: files) ?? []
        guard dpkg != nil else { return result }
        let names = Set(paths.map { Array($0.utf8.suffix(while: { $0 != UInt8(ascii: "/") })) })
        for (name, bytes) in files.contents(ofFilesIn: "var/lib/dpkg/info") where name.hasSuffix(".list") {
            for line in bytes.split(separator: UInt8(ascii: "\n")) { keep(line.drop { $0 == UInt8(ascii: "/") }) }
        }
        // Distroless images have no lists, but digests: two blanks between one and the file's path.
        for (name, bytes) in files.contents(ofFilesIn: "var/lib/dpkg/status.d") where name.hasSuffix(".md5sums") {
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                keep(line.drop { $0 != UInt8(ascii: " ") }.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "*") })
            }
        }
        func keep(_ path: ArraySlice<UInt8>) {
            guard names.contains(Array(path.suffix(while: { $0 != UInt8(ascii: "/") }))) else { return }
            let text = String(decoding: path, as: UTF8.self)
            let place = paths.contains(text) ? text : files.canonical(text)
            if paths.contains(place) { result.insert(place) }
        }
        return result
    }
}

extension BidirectionalCollection {
    /// The longest ending whose elements all fulfil the predicate.
    fileprivate func suffix(while predicate: (Element) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, predicate(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
