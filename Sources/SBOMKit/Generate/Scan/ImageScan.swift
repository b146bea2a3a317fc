internal import ByteStreams
internal import ContainerImages
internal import LanguagePackages
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
    /// The packages that files anywhere in the image show.
    let language: LanguageInventory
    /// The SBOMs in the image.
    let embedded: EmbeddedSBOMs
    /// The dependencies among ``packages``, those of ``language``, which are numbered after them, and those of ``embedded``.
    let graph: DependencyGraph
    /// Which kinds of packages are listed.
    let selection: PackageSelection
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
        _ image: Image, systems known: [any PackageSystem.Type], selection: PackageSelection, listsOwned: Bool,
        sboms: Generator.EmbeddedSBOMs, withSources: Bool, withWeak: Bool, withFiles: Bool,
        options: PackageSystems.Options, limits: Limits, progress: ProgressCounter?
    ) async throws {
        self.image = image
        self.selection = selection
        let systems = selection.systems(among: known)
        let readers = selection.readers
        let extractor = Self.extractor(readers, sboms, limits: limits)
        let interest =
            systems.reduce(
                PathPatterns(
                    OSRelease.filesOfInterest + [OSRelease.apkRepositoriesPath, Self.debianVersionPath])
            ) {
                $0 + $1.databasePaths + $1.companionPaths + $1.ownershipPaths + $1.licensePaths
                    + (withFiles ? $1.digestPaths : [])
            } + RedHatContentSets.filesOfInterest
        let read = try await image.rootFileSystem(
            of: interest, probe: CodeProbe(), extractor: extractor, recordsDigests: withFiles
        ) {
            progress?.add($0)
        }
        var files = read.files
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
        let (systemGraph, graphDiagnostics) = installed.resolve(withWeak: withWeak, in: files)
        diagnostics += graphDiagnostics
        var survey = FileSurvey(
            BlindSpots(systems: known, read: Set(readers.map { $0.kind })), seen: installed.ecosystemsSeen, extractor)
        survey.visit(files)
        let ownership = installed.owners(of: survey.asked, in: files)
        if let extractor {
            let again = survey.secondReadings(ownership)
            if !again.isEmpty {
                files = try await read.reading(again) { extractor.secondReader(of: $0, size: $1) }
                survey.visitExtracts(of: files)
            }
        }
        survey.mark(ownership)
        var embedded = EmbeddedSBOMs(listing: survey.sboms, limits: limits)
        language = LanguageInventory(
            LanguageFiles(survey.languageFiles, architecture: image.facts.platform?.architecture, system: system),
            in: files, readers: readers, systemCount: packages.count,
            systemTypes: Set(packages.map(\.ecosystem.packageURLType)), listsOwned: listsOwned, limits: limits,
            owner: ownership.owner(of:))
        diagnostics += language.diagnostics
        var graph = systemGraph
        graph.append(language.graph, offset: 0)
        switch sboms {
        case .merge where embedded.count > 0:
            embedded.merge(
                beside: KnownPackages(packages, system, language.packages), in: files, withSources: withSources,
                limits: limits)
            Self.add(embedded.graph, to: &graph)
        case .list, .merge, .ignore: diagnostics += embedded.notListed.map { [$0] } ?? []
        }
        diagnostics += embedded.diagnostics
        self.embedded = embedded
        self.graph = graph
        unmet = Self.unmet(graph, packages, language, limits: limits)
        let (blindSpots, unownedCode) = Self.blindSpots(
            survey.blindSpots.result(
                ownership, isMerged: embedded.explains,
                isExplained: { [language] in language.explains($0) || embedded.explains($0) }),
            installed, language, embedded, limits: limits)
        diagnostics += blindSpots
        diagnostics += Self.notListed(packages, selection)
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

    /// What keeps something of files; nil if nothing has to be kept.
    private static func extractor(
        _ readers: [any LanguageReader.Type], _ sboms: Generator.EmbeddedSBOMs, limits: Limits
    ) -> ImageExtractor? {
        guard !readers.isEmpty || sboms != .ignore else { return nil }
        return ImageExtractor(
            language: readers.isEmpty ? nil : LanguageExtractor(for: readers, limits: limits),
            sboms: sboms == .ignore ? nil : EmbeddedSBOMExtractor(keepsContents: sboms == .merge, limits: limits))
    }

    /// Adds dependencies between any packages; what is known to depend on something needs no second statement.
    private static func add(_ other: DependencyGraph, to graph: inout DependencyGraph) {
        guard !other.edges.isEmpty else { return }
        let known = Set(graph.edges.lazy.map { DependencyGraph.Edge(from: $0.from, to: $0.to) })
        graph.edges += other.edges.filter { !known.contains(DependencyGraph.Edge(from: $0.from, to: $0.to)) }
        graph.edges.sort { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    /// The number of packages of all kinds, which are numbered one after the other.
    var packageCount: Int { packages.count + language.packages.count + embedded.packages.count }

    /// The numbers of those of ``packages`` that are listed.
    var listedPackages: [Int] { packages.indices.filter { selection.ecosystems.contains(packages[$0].ecosystem) } }

    private static let debianVersionPath = "etc/debian_version"

    private static func debianVersion(of system: OSRelease?, in files: RootFileSystem) -> String? {
        guard system?.id == "debian", let bytes = files.contents(of: debianVersionPath), bytes.count <= 100 else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    private static func unmet(
        _ graph: DependencyGraph, _ packages: [InstalledPackage], _ language: LanguageInventory, limits: Limits
    ) -> [Diagnostic] {
        var log = DiagnosticLog(limits: limits)
        func place(_ number: Int) -> String {
            if number >= packages.count {
                let package = language.packages[number - packages.count]
                return "\(package.path): \(package.name)"
            }
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

    /// The notices that packages of the system are not listed, because other kinds were asked for.
    private static func notListed(_ packages: [InstalledPackage], _ selection: PackageSelection) -> [Diagnostic] {
        let counts = Dictionary(grouping: packages, by: \.ecosystem).mapValues(\.count)
        return Ecosystem.allCases.filter { !selection.ecosystems.contains($0) }.compactMap { ecosystem in
            counts[ecosystem].map { count in
                Diagnostic(
                    .blind, code: .notRead(ecosystem.rawValue), at: "image",
                    "packages of \(ecosystem.rawValue) are installed, and not listed (\(count) found)")
            }
        }
    }

    /// What in the image is not described, and the paths of the code that no package owns.
    private static func blindSpots(
        _ found: (sightings: [BlindSpots.Sighting], code: UnownedCode), _ installed: InstalledSystem,
        _ language: LanguageInventory, _ embedded: EmbeddedSBOMs, limits: Limits
    ) -> (diagnostics: [Diagnostic], unownedCode: [String]) {
        let (sightings, code) = found
        var diagnostics = sightings.map(\.diagnostic)
        // Where a package manager's database is not read, its packages may own the code.
        var unownedCode: [String] = []
        if installed.ecosystemsSeen == installed.ecosystemsRead, !sightings.contains(where: \.kind.ownsFilesAnywhere),
            !(installed.ecosystemsSeen.isEmpty && embedded.describesSystem)
        {
            diagnostics += code.diagnostics(limits)
            if !code.lacksLists { unownedCode = code.code }
        }
        if !installed.ecosystemsRead.isEmpty && installed.packages.isEmpty {
            diagnostics.append(
                Diagnostic(.warning, code: .emptyDatabase, at: "image", "the package database lists no package"))
        }
        if installed.ecosystemsSeen.isEmpty && !sightings.contains(where: \.kind.isSystem) {
            // What the files show is all there is to say of an image without an operating system.
            diagnostics.append(
                language.packages.isEmpty && embedded.packages.isEmpty
                    ? Diagnostic(
                        .blind, code: .noDatabase, at: "image",
                        "no package database found; the files of the image are not described")
                    : Diagnostic(
                        .note, code: .noDatabase, at: "image",
                        "no package database found; only packages that files show are listed"))
        }
        return (diagnostics, unownedCode)
    }
}
