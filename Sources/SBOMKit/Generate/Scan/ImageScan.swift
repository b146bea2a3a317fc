internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases

/// What was read from an image: everything that a document about it is made from.
struct ImageScan: Sendable {
    let image: Image
    /// The os-release of the image, if it has one that can be read.
    let system: OSRelease?
    /// What `etc/debian_version` states: the point release of Debian, which os-release does not have; nil for other systems.
    let debianVersion: String?
    /// The content sets of the layers of a Red Hat image.
    let contentSets: RedHatContentSets
    let packages: [InstalledPackage]
    /// What kinds of files each of ``packages`` ships; nil for a package whose files are not listed.
    let shipped: [ShippedFiles?]
    /// What is stated about the license of each of ``packages``; nil for a package about which nothing is stated.
    let licenses: [LicenseFinding?]
    /// The files of the image, and how they differ from what the databases record; nil unless that was asked for.
    let files: FileInventory?
    /// The dependencies among ``packages``.
    let graph: DependencyGraph
    /// The layer that added each of ``packages``, counted from 0; nil if finding it exceeds a limit.
    let origins: [Int]?
    /// The packages of lower layers that the image as a whole does not have, in the order of their names.
    let hidden: [HiddenPackage]
    /// Everything that was damaged, unusual or not read, in the order in which it was found.
    let diagnostics: [Diagnostic]
    /// The unmet dependencies.
    ///
    /// The document has them with their packages, so they are not among ``diagnostics``.
    let unmet: [Diagnostic]

    /// Reads the layers, package databases and dependencies of an image.
    ///
    /// - Throws: ``ImageError`` if a layer is damaged. A database that cannot be read leaves a diagnostic.
    init(
        _ image: Image, systems: [any PackageSystem.Type], withWeak: Bool, withFiles: Bool,
        options: PackageSystems.Options,
        limits: Limits, progress: ProgressCounter?
    ) async throws {
        self.image = image
        let interest =
            systems.reduce(
                PathPatterns(
                    OSRelease.filesOfInterest + [OSRelease.apkRepositoriesPath, Self.debianVersionPath])
            ) {
                $0 + $1.databasePaths + $1.companionPaths + $1.ownershipPaths + $1.licensePaths
                    + (withFiles ? $1.digestPaths : [])
            } + RedHatContentSets.filesOfInterest
        let read = try await image.rootFileSystem(of: interest, probe: CodeProbe(), recordsDigests: withFiles) {
            progress?.add($0)
        }
        let files = read.files
        var diagnostics = image.diagnostics + read.diagnostics
        var hasUnreadableRelease = false
        do throws(ParseError) {
            system = try OSRelease(in: files, limits: limits) ?? OSRelease(apkRepositoriesIn: files, limits: limits)
        } catch {
            system = nil
            hasUnreadableRelease = true
            diagnostics.append(Diagnostic(.blind, code: .osRelease, at: "os-release", "cannot be read: \(error)"))
        }
        debianVersion = Self.debianVersion(of: system, in: files)
        let (contentSets, contentDiagnostics) = RedHatContentSets.read(files, limits: limits)
        self.contentSets = contentSets
        diagnostics += contentDiagnostics
        let installed = InstalledSystem(in: files, systems: systems, options: options, limits: limits)
        packages = installed.packages
        shipped = installed.shippedFiles(in: files)
        licenses = installed.licenses(in: files)
        diagnostics += installed.diagnostics
        diagnostics += installed.severalSystems.map { [$0] } ?? []
        let history = PackageHistory(of: installed, in: read, systems: systems, options: options, limits: limits)
        origins = history?.origins
        hidden = history?.hidden ?? []
        if origins == nil {
            diagnostics.append(
                Diagnostic(
                    .warning, code: .noLayers, at: "image",
                    "the layer of each package is not determined: that exceeds the limit historySize")
            )
        }
        let (graph, graphDiagnostics) = installed.resolve(withWeak: withWeak, in: files)
        self.graph = graph
        diagnostics += graphDiagnostics
        unmet = Self.unmet(graph, packages, limits: limits)
        let (blindSpots, unownedCode) = Self.blindSpots(files, installed, systems: systems, limits: limits)
        diagnostics += blindSpots
        if withFiles {
            let (recorded, recordedDiagnostics) = installed.recordedFiles(in: files)
            diagnostics += recordedDiagnostics
            self.files = FileInventory(
                of: files, recorded: recorded, hasPackages: !packages.isEmpty, unownedCode: unownedCode)
        } else {
            self.files = nil
        }
        if installed.packages.isEmpty, let last = hidden.map(\.lastLayer).max() {
            let count = hidden.count { $0.lastLayer == last }
            diagnostics.append(
                Diagnostic(
                    .blind, code: .removedDatabase, at: image.layers[last + 1].name,
                    "the layer removes the package database, or all packages in it; hidden packages: \(count)"))
        }
        if let system, system.source == OSRelease.apkRepositoriesPath {
            diagnostics.append(
                Diagnostic(
                    .warning, code: .noOSRelease, at: "image",
                    "no etc/os-release or usr/lib/os-release; \(system.source) names \(system.distro ?? "Alpine")"))
        }
        if system?.systemName == nil, !hasUnreadableRelease {
            let what = system == nil ? "no etc/os-release or usr/lib/os-release" : "os-release names no system"
            diagnostics.append(
                Diagnostic(
                    .warning, code: .noOSRelease, at: "image",
                    "\(what); the document has no operating system, and package URLs have no distro"))
        }
        guard !files.isOutOfLookups else { throw image.outOfLookups }
        self.diagnostics = diagnostics
    }

    private static let debianVersionPath = "etc/debian_version"

    private static func debianVersion(of system: OSRelease?, in files: RootFileSystem) -> String? {
        guard system?.id == "debian", let bytes = files.contents(of: debianVersionPath), bytes.count <= 100 else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    private static func unmet(
        _ graph: DependencyGraph, _ packages: [InstalledPackage], limits: Limits
    ) -> [Diagnostic] {
        var log = DiagnosticLog(limits: limits)
        func place(_ number: Int) -> String {
            let package = packages[number]
            return "\(package.database): \(package.name)" + (package.architecture.map { ":\($0)" } ?? "")
        }
        for need in graph.unmet {
            log.append(
                .warning, code: .unmet, at: place(need.package), "unmet dependency (\(need.field)): \(need.need)")
        }
        // The graph only counts those of a package after its first ones.
        for (package, count) in graph.unmetCounts.sorted(by: { $0.key < $1.key }) where count > limits.diagnosticCount {
            for _ in limits.diagnosticCount..<count {
                log.append(.warning, code: .unmet, at: place(package), "an unmet dependency")
            }
        }
        return log.diagnostics
    }

    /// What in the image is not described, and the paths of the code that no package owns.
    private static func blindSpots(
        _ files: RootFileSystem, _ installed: InstalledSystem, systems: [any PackageSystem.Type], limits: Limits
    ) -> (diagnostics: [Diagnostic], unownedCode: [String]) {
        let (sightings, code) = BlindSpots(systems: systems).find(in: files, seen: installed.ecosystemsSeen) {
            installed.owners(of: $0, in: files)
        }
        var diagnostics = sightings.map(\.diagnostic)
        // Where a package manager's database is not read, its packages may own the code.
        var unownedCode: [String] = []
        if installed.ecosystemsSeen == installed.ecosystemsRead, !sightings.contains(where: \.kind.ownsFilesAnywhere) {
            diagnostics += code.diagnostics(limits)
            if !code.lacksLists { unownedCode = code.code }
        }
        if !installed.ecosystemsRead.isEmpty && installed.packages.isEmpty {
            diagnostics.append(
                Diagnostic(.warning, code: .emptyDatabase, at: "image", "the package database lists no package"))
        }
        if installed.ecosystemsSeen.isEmpty && !sightings.contains(where: \.kind.isSystem) {
            diagnostics.append(
                Diagnostic(
                    .blind, code: .noDatabase, at: "image",
                    "no package database found; the files of the image are not described"))
        }
        return (diagnostics, unownedCode)
    }
}
