internal import ByteStreams
internal import ContainerImages
internal import LanguagePackages
internal import PackageDatabases

/// The packages that files anywhere in an image show, with their owners among the packages of the system.
///
/// A package whose file a package of the system owns is a part of that package. Unless owned packages are asked for, it is
/// not listed, but named at its owner.
struct LanguageInventory: Sendable {
    /// The listed packages, in the order of their kinds, names, versions and places.
    private(set) var packages: [LanguagePackage] = []
    /// The package of the system that owns each of ``packages``; nil for most, unless owned packages are listed.
    private(set) var owners: [Int?] = []
    /// What the packages of the system contain that is not listed, by their numbers: package URLs or names, sorted.
    private(set) var contained: [Int: [String]] = [:]
    /// The number of packages that are not listed because a package of the system owns them.
    private(set) var ownedCount = 0
    /// The dependencies.
    ///
    /// Packages of the system have their numbers, and ``packages`` those after them.
    private(set) var graph = DependencyGraph()
    /// Those of ``packages`` whose dependencies are not known, or only in part; numbered as in ``graph``.
    private(set) var withoutDependencies: Set<Int> = []
    /// What is damaged or unusual.
    private(set) var diagnostics: [Diagnostic] = []
    /// The paths of files that packages explain.
    private var explained: Set<String> = []
    /// The folders whose files packages explain, without a slash at the end.
    private var folders: Set<String> = []

    /// An inventory without packages.
    init() {}

    /// Whether a package explains the file at a path.
    func explains(_ path: String) -> Bool {
        if explained.contains(path) { return true }
        guard !folders.isEmpty else { return false }
        var folder = path[...]
        while let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) {
            folder = folder[..<slash]
            if folders.contains(String(folder)) { return true }
        }
        return false
    }

    /// Reads the packages.
    ///
    /// - Parameters:
    ///   - files: What was kept of the files of the image.
    ///   - tree: The merged file system.
    ///   - readers: The readers of the kinds that are wanted.
    ///   - systemCount: The number of packages of the system.
    ///   - systemTypes: The types of the package URLs of these packages.
    ///   - listsOwned: Whether packages are listed whose files a package of the system owns.
    ///   - limits: The bounds.
    ///   - owner: The number of the package of the system that owns the file at a path.
    init(
        _ files: LanguageFiles, in tree: RootFileSystem, readers: [any LanguageReader.Type], systemCount: Int,
        systemTypes: Set<String>, listsOwned: Bool, limits: Limits, owner: (String) -> Int?
    ) {
        var found: [LanguageFindings] = []
        for file in files.files where !file.isOwned && !file.extract.diagnostics.isEmpty {
            // It is reported here, and not once more as code without an owner.
            explained.insert(file.path)
            diagnostics += file.extract.diagnostics.map { diagnostic in
                var diagnostic = diagnostic
                diagnostic.place = diagnostic.place.isEmpty ? file.path : "\(file.path): \(diagnostic.place)"
                return diagnostic
            }
        }
        for reader in readers {
            let findings = reader.read(files, in: tree, limits: limits)
            diagnostics += findings.diagnostics
            found.append(findings)
        }
        var merger = Merger(systemCount: systemCount, listsOwned: listsOwned)
        for findings in found { merger.addOwnedPaths(of: findings) }
        for findings in found { merger.add(findings, limits: limits, owner: owner) }
        packages = merger.packages.map { $0.fitting(systemTypes) }
        owners = merger.owners
        contained = merger.contained.mapValues { $0.sorted() }
        ownedCount = merger.ownedCount
        withoutDependencies = merger.withoutDependencies
        graph = merger.takeGraph(limits)
        diagnostics += graph.notices
        for findings in found {
            explained.formUnion(findings.explained)
            explained.formUnion(findings.packages.lazy.map(\.path))
            folders.formUnion(findings.explainedFolders)
        }
    }
}

/// Puts the findings of several readers together.
private struct Merger {
    /// What became of a package of a reader.
    private enum Place {
        /// It is listed, with that number in the graph.
        case listed(Int)
        /// It is a part of the package of the system with that number.
        case part(Int)
        /// It is a part of a package of another kind, which is listed.
        case dropped
    }

    private let systemCount: Int
    private let listsOwned: Bool
    private(set) var packages: [LanguagePackage] = []
    private(set) var owners: [Int?] = []
    private(set) var contained: [Int: Set<String>] = [:]
    private(set) var ownedCount = 0
    private(set) var withoutDependencies: Set<Int> = []
    /// The dependencies, sorted as ``DependencyGraph/edges`` are.
    private(set) var graph = DependencyGraph()
    /// The kinds of the packages that own files, by the paths of these files.
    private var kindsOfOwners: [String: PackageKind] = [:]

    init(systemCount: Int, listsOwned: Bool) {
        self.systemCount = systemCount
        self.listsOwned = listsOwned
    }

    mutating func addOwnedPaths(of findings: LanguageFindings) {
        for (path, package) in findings.ownedPaths { kindsOfOwners[path] = findings.packages[package].kind }
    }

    mutating func add(_ findings: LanguageFindings, limits: Limits, owner: (String) -> Int?) {
        let systemOwners = findings.packages.map { owner($0.path) }
        var places: [Place] = findings.packages.indices.map { number in
            let package = findings.packages[number]
            if let owner = systemOwners[number], !listsOwned {
                contained[owner, default: []].insert(package.label)
                ownedCount += 1
                return .part(owner)
            }
            if let kind = kindsOfOwners[package.path], kind != package.kind { return .dropped }
            return .listed(0)
        }
        let order = findings.packages.indices.sorted { findings.packages[$0].precedes(findings.packages[$1]) }
        for number in order {
            guard case .listed = places[number] else { continue }
            places[number] = .listed(systemCount + packages.count)
            packages.append(findings.packages[number])
            owners.append(systemOwners[number])
        }
        func listed(_ number: Int) -> Int? {
            if case .listed(let place) = places[number] { place } else { nil }
        }
        for number in order {
            guard let place = listed(number) else { continue }
            packages[place - systemCount].container = findings.packages[number].container.flatMap {
                listed($0).map { $0 - systemCount }
            }
        }
        withoutDependencies.formUnion(findings.withoutDependencies.compactMap(listed))
        // What is inside of a package is used by it. CycloneDX would nest it, and scanners do not read what is nested.
        let contents = findings.packages.indices.compactMap { number in
            findings.packages[number].container.map { DependencyGraph.Edge(from: $0, to: number) }
        }
        add(findings.graph, contents, places, limits: limits)
    }

    private mutating func add(
        _ found: DependencyGraph, _ contents: [DependencyGraph.Edge], _ places: [Place], limits: Limits
    ) {
        var isWeak: [DependencyGraph.Edge: Bool] = [:]
        for edge in found.edges + contents {
            guard case .listed(let from) = places[edge.from] else { continue }
            let to: Int
            switch places[edge.to] {
            case .listed(let place): to = place
            case .part(let owner): to = owner
            case .dropped: continue
            }
            guard from != to else { continue }
            // Two packages may be parts of one package of the system: a strong dependency counts before a weak one.
            isWeak[DependencyGraph.Edge(from: from, to: to), default: true] =
                edge.isWeak
                && isWeak[DependencyGraph.Edge(from: from, to: to), default: true]
        }
        graph.edges += isWeak.map { DependencyGraph.Edge(from: $0.from, to: $0.to, isWeak: $1) }
        var left = found.unmetCounts
        for need in found.unmet {
            guard case .listed(let package) = places[need.package] else { continue }
            graph.addUnmet(of: package, field: need.field, need: need.need, limits: limits)
            left[need.package, default: 0] -= 1
        }
        // Beyond the limit a graph counts needs without listing them.
        for (number, count) in left {
            guard case .listed(let package) = places[number] else { continue }
            for _ in 0..<max(0, count) { graph.addUnmet(of: package, field: "", need: "", limits: limits) }
        }
    }

    /// The dependencies; without edges if they are more than a document may have.
    mutating func takeGraph(_ limits: Limits) -> DependencyGraph {
        graph.edges.sort { ($0.from, $0.to) < ($1.from, $1.to) }
        if graph.edges.count > limits.edgeCount {
            graph.edges = []
            graph.notices.append(
                Diagnostic(
                    .blind, code: .dependencies, at: "image",
                    "dependencies of language packages: more than the limit edgeCount of \(limits.edgeCount)"))
        }
        return graph
    }
}

extension LanguagePackage {
    /// Its package URL, or its name and version if it has none.
    var label: String {
        packageURL?.description ?? version.map { "\(name)@\($0)" } ?? name
    }

    /// The package beside packages of a system with package URLs of some types.
    ///
    /// A program that was copied from another distribution states the package of that distribution in its note. trivy refuses
    /// a document with packages of two distributions' package managers, so the package URL is a property there.
    fileprivate func fitting(_ systemTypes: Set<String>) -> LanguagePackage {
        guard kind == .elf, let url = packageURL, !systemTypes.isEmpty, !systemTypes.contains(url.type) else {
            return self
        }
        var package = self
        package.packageURL = nil
        package.properties.append(Property("elf:packageURL", url.description))
        return package
    }

    /// Orders by kind, name, version and place, so that documents of like images are alike.
    fileprivate func precedes(_ other: LanguagePackage) -> Bool {
        if name != other.name { return name.utf8.lexicographicallyPrecedes(other.name.utf8) }
        return (version ?? "", path, member ?? "", group ?? "") < (
            other.version ?? "", other.path, other.member ?? "", other.group ?? ""
        )
    }
}
