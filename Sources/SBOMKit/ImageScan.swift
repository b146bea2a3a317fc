internal import ByteStreams
internal import OCIImages
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
    /// The layer that each package came with, counted from 0.
    let origins: [Int]
    let diagnostics: [Diagnostic]

    static let filesOfInterest = FilesOfInterest(
        DpkgDatabase.filesOfInterest + ["var/lib/dpkg/info/*.list"] + OSRelease.filesOfInterest)

    /// Reads the image's layers, databases and dependencies.
    ///
    /// - Throws: ``ImageError`` if a layer is damaged. A database that cannot be read leaves a diagnostic.
    init(
        _ image: Image, withWeak: Bool, limits: Limits, progress: ProgressCounter?
    ) async throws {
        self.image = image
        let (files, layerDiagnostics) = try await image.rootFileSystem(of: Self.filesOfInterest) { progress?.add($0) }
        var diagnostics = image.diagnostics + layerDiagnostics
        let state = SystemState(files, limits: limits)
        diagnostics += state.diagnostics
        system = state.system
        packages = state.packages
        origins = Self.origins(of: state.packages, in: files, limits: limits)
        let (graph, graphDiagnostics) = state.resolve(withWeak: withWeak)
        self.graph = graph
        diagnostics += graphDiagnostics
        diagnostics += graph.unmet.map { need in
            let package = state.packages[need.package]
            return Diagnostic(
                .warning, code: "unmet", at: "\(package.database): \(package.name)",
                "nothing installed answers \(need.field): \(need.need)")
        }
        diagnostics += Self.blindSpots(files, state)
        self.diagnostics = diagnostics
    }

    /// The layer since which each package, in this version, has been there without a break.
    private static func origins(of packages: [InstalledPackage], in files: RootFileSystem, limits: Limits) -> [Int] {
        var came: [InstalledPackage.Identity: Int] = [:]
        var last: [FileOrigin] = []
        for layer in 0..<files.layerCount {
            let state = files.after(layers: layer + 1)
            let origins = state.origins(of: filesOfInterest)
            guard origins != last else { continue }
            last = origins
            let present = SystemState(state, limits: limits).packages.map(\.identity)
            var next: [InstalledPackage.Identity: Int] = [:]
            for identity in present { next[identity] = came[identity] ?? layer }
            came = next
        }
        return packages.map { came[$0.identity] ?? 0 }
    }

    private static func blindSpots(_ files: RootFileSystem, _ state: SystemState) -> [Diagnostic] {
        let sightings = BlindSpots.find(in: files, owned: { state.owned($0, in: files) }, read: [])
        var diagnostics = sightings.map(\.diagnostic)
        if state.databaseCount == 0 && !sightings.contains(where: \.kind.isSystem) {
            diagnostics.append(
                Diagnostic(
                    .blind, code: "no-database", at: "image",
                    "no package database is in it; nothing is known of what its files are"))
        }
        if state.system?.systemName == nil {
            let what = state.system == nil ? "no etc/os-release or usr/lib/os-release" : "os-release names no system"
            diagnostics.append(
                Diagnostic(
                    .warning, code: "no-os-release", at: "image",
                    "\(what); there is no operating system in the document, and package URLs have no distro"))
        }
        return diagnostics
    }
}

/// What the package databases and os-release say in one state of a file system.
private struct SystemState {
    let system: OSRelease?
    let dpkg: DpkgDatabase?
    private(set) var diagnostics: [Diagnostic] = []

    init(_ files: RootFileSystem, limits: Limits) {
        do throws(ParseError) {
            system = try OSRelease(in: files)
        } catch {
            system = nil
            diagnostics.append(Diagnostic(.warning, code: "os-release", at: "os-release", "not readable: \(error)"))
        }
        do throws(ParseError) {
            dpkg = try DpkgDatabase(in: files, limits: limits)
            diagnostics += dpkg?.diagnostics ?? []
        } catch {
            dpkg = nil
            diagnostics.append(
                Diagnostic(.blind, code: "dpkg-database", at: "var/lib/dpkg", "the database is not readable: \(error)"))
        }
    }

    var packages: [InstalledPackage] { dpkg?.packages ?? [] }
    var databaseCount: Int { dpkg == nil ? 0 : 1 }

    func resolve(withWeak: Bool) -> (DependencyGraph, [Diagnostic]) {
        do throws(ParseError) {
            return (try dpkg?.dependencies(includingWeak: withWeak) ?? DependencyGraph(), [])
        } catch {
            return (
                DependencyGraph(),
                [Diagnostic(.blind, code: "dependencies", at: "var/lib/dpkg", "not resolved: \(error)")]
            )
        }
    }

    /// Which of those paths installed packages own, by dpkg's lists of files.
    ///
    /// Lists may name files by a path through a link (`/lib/…` where `/lib` leads to `/usr/lib`), so the few that end
    /// like one of `paths` are looked up where they really are.
    func owned(_ paths: Set<String>, in files: RootFileSystem) -> Set<String> {
        guard dpkg != nil, !paths.isEmpty else { return [] }
        let names = Set(paths.map { Array($0.utf8.suffix(while: { $0 != UInt8(ascii: "/") })) })
        var result: Set<String> = []
        for name in files.names(in: "var/lib/dpkg/info") where name.hasSuffix(".list") {
            for line in files.contents(of: "var/lib/dpkg/info/\(name)")?.split(separator: UInt8(ascii: "\n")) ?? [] {
                keep(line.drop { $0 == UInt8(ascii: "/") })
            }
        }
        // Distroless images have no lists, but digests: two blanks between one and the file's path.
        for name in files.names(in: "var/lib/dpkg/status.d") where name.hasSuffix(".md5sums") {
            for line in files.contents(of: "var/lib/dpkg/status.d/\(name)")?.split(separator: UInt8(ascii: "\n")) ?? []
            {
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
