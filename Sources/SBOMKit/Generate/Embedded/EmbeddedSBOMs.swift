internal import ByteStreams
internal import ContainerImages
internal import LanguagePackages
internal import PackageDatabases
internal import SBOMFormats
internal import SBOMModel

/// The SBOMs inside of an image, and the packages that only they describe.
struct EmbeddedSBOMs: Sendable {
    /// A package that only an SBOM describes.
    struct Package: Sendable {
        /// What the SBOM states, without an identifier and without properties.
        var element: Element
        var declared: LicenseFinding?
        var concluded: LicenseFinding?
        /// The file in the image, or that of the SBOM if its own is not known.
        var file: String
        /// The number of the SBOM among ``EmbeddedSBOMs/documents``.
        var document: Int
        /// The number of the package in the SBOM.
        var place: Int
        /// Whether others were built from it, and it is not in the image itself.
        var isSource: Bool
        /// What contains it, in words; nil if nothing but the image does.
        var container: String?
    }

    /// Two packages of which one was built from the other; numbered as in ``graph``.
    struct Origin: Sendable, Hashable {
        var package: Int
        var source: Int
    }

    /// The SBOMs to which the document refers, in the order of the bytes of their paths.
    private(set) var documents: [EmbeddedSBOM] = []
    /// The number of SBOMs, those included that are beyond the limit.
    private(set) var count = 0
    /// The packages, in the order of the SBOMs.
    private(set) var packages: [Package] = []
    /// The number of packages that are in the image.
    var packageCount: Int { packages.count { !$0.isSource } }
    /// The dependencies.
    ///
    /// Packages of the system have their numbers, those of languages the next ones, and ``packages`` those after them.
    private(set) var graph = DependencyGraph()
    /// What packages were built from.
    private(set) var origins: [Origin] = []
    /// What is damaged or unusual.
    private(set) var diagnostics: [Diagnostic] = []
    /// Whether packages of SBOMs are listed.
    private(set) var isMerged = false
    /// Whether an SBOM of an apk package is merged, which does not list the files of the package.
    private(set) var describesSystem = false
    /// The paths of the SBOMs whose packages are listed, and of the files of these packages.
    private var merged: Set<String> = []
    /// The folders that these SBOMs describe.
    private var folders: Set<String> = []

    /// An image without SBOMs.
    init() {}

    /// The SBOMs that were found, without what they describe.
    ///
    /// - Parameters:
    ///   - found: The SBOMs.
    ///   - limits: The bounds.
    init(listing found: [EmbeddedSBOM], limits: Limits) {
        let sorted = found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        count = sorted.count
        documents = Array(sorted.prefix(limits.embeddedSBOMCount))
        if count > documents.count {
            diagnostics.append(
                Diagnostic(
                    .warning, code: .embeddedSBOMs, at: "image",
                    "\(count) SBOMs are inside, more than the limit embeddedSBOMCount of \(limits.embeddedSBOMCount)"))
        }
    }

    /// The notice that the packages of the SBOMs are not listed; nil if there are no SBOMs.
    var notListed: Diagnostic? {
        guard count > 0 else { return nil }
        let what = count == 1 ? "1 SBOM is" : "\(count) SBOMs are"
        return Diagnostic(
            .note, code: .embeddedSBOMs, at: "image", "\(what) inside; packages that only SBOMs describe are not listed"
        )
    }

    /// Whether the file at a path is an SBOM whose packages are listed, or belongs to one of these packages.
    func explains(_ path: String) -> Bool {
        if merged.contains(path) { return true }
        // The list of Bitnami's components names those that have SBOMs.
        if path == "\(EmbeddedSBOMExtractor.bitnami)/.bitnami_components.json" { return !folders.isEmpty }
        guard !folders.isEmpty, path.hasPrefix("\(EmbeddedSBOMExtractor.bitnami)/") else { return false }
        return folders.contains(path.split(separator: "/").prefix(3).joined(separator: "/"))
    }

    /// Reads the SBOMs, and adds the packages that are not listed otherwise.
    ///
    /// - Parameters:
    ///   - known: The packages of databases and of languages.
    ///   - tree: The merged file system.
    ///   - withSources: Whether the sources of packages are listed.
    ///   - limits: The bounds.
    mutating func merge(
        beside known: KnownPackages, in tree: RootFileSystem, withSources: Bool, limits: Limits
    ) {
        isMerged = true
        // The packages of SBOMs beyond the limit are missing.
        for place in diagnostics.indices { diagnostics[place].severity = .blind }
        var merger = PackageMerger(known)
        var log = DiagnosticLog(limits: limits)
        for number in documents.indices {
            log.append(contentsOf: documents[number].diagnostics)
            guard let contents = documents[number].contents else { continue }
            documents[number].contents = nil
            do {
                let document = try EmbeddedDocument(
                    reading: contents, describesFirst: documents[number].isOfBitnami, limits: limits)
                documents[number].reference = document.reference
                guard merger.packages.count + document.packages.count <= limits.languagePackageCount else {
                    throw LimitError(name: "languagePackageCount")
                }
                merger.add(document, documents[number], number, in: tree, withSources: withSources)
                merged.insert(documents[number].path)
                if documents[number].isOfBitnami { folders.insert(documents[number].scope) }
            } catch {
                log.append(
                    .blind, code: .embeddedSBOM, at: documents[number].path, "the SBOM is not read: \(error)")
            }
        }
        diagnostics += log.diagnostics
        (packages, origins) = (merger.packages, merger.origins)
        describesSystem = merged.contains { $0.hasPrefix("var/lib/db/sbom/") }
        merged.formUnion(packages.lazy.map(\.file))
        graph.edges = merger.edges(limits, &diagnostics)
    }
}

/// The packages that databases and files describe, by what identifies them.
struct KnownPackages {
    /// The packages with one identity.
    private struct Entry {
        /// The first of them that a database of the system lists.
        var system: Int?
        /// The first of them that a file shows.
        var first: Int?
        /// The paths of the files that show the others, with their numbers, in the order of the bytes of the paths.
        var files: [(path: String, number: Int)] = []

        /// The number of one that is in a folder or of the system.
        func number(in folder: String) -> Int? {
            if let system { return system }
            guard !folder.isEmpty else { return first }
            let prefix = "\(folder)/"
            // Thousands may have one identity, and an SBOM may name it as often.
            var (low, high) = (files.startIndex, files.endIndex)
            while low < high {
                let middle = low + (high - low) / 2
                if files[middle].path.utf8.lexicographicallyPrecedes(prefix.utf8) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return low < files.endIndex && files[low].path.utf8.starts(with: prefix.utf8) ? files[low].number : nil
        }
    }

    /// By identity and architecture, with an empty one for packages of none.
    private var entries: [String: Entry] = [:]
    /// By identity, whatever the architecture is.
    private var ofAnyArchitecture: [String: Entry] = [:]
    /// The number of packages.
    fileprivate private(set) var count = 0

    /// The packages of an image, in the order of their numbers.
    init(_ packages: [InstalledPackage], _ system: OSRelease?, _ language: [LanguagePackage]) {
        for package in packages { add(PackageURL(package, system), path: nil) }
        for package in language { add(package.packageURL, path: package.path) }
        for key in Array(entries.keys) { Self.sort(&entries[key, default: Entry()]) }
        for key in Array(ofAnyArchitecture.keys) { Self.sort(&ofAnyArchitecture[key, default: Entry()]) }
    }

    private static func sort(_ entry: inout Entry) {
        guard entry.files.count > 1 else { return }
        entry.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private mutating func add(_ url: PackageURL?, path: String?) {
        defer { count += 1 }
        guard let url else { return }
        Self.add(count, path, to: &entries[Self.key(url), default: Entry()])
        Self.add(count, path, to: &ofAnyArchitecture[url.identity, default: Entry()])
    }

    private static func add(_ number: Int, _ path: String?, to entry: inout Entry) {
        if let path {
            entry.first = entry.first ?? number
            entry.files.append((path, number))
        } else {
            entry.system = entry.system ?? number
        }
    }

    private static func key(_ url: PackageURL, isOfNoArchitecture: Bool = false) -> String {
        "\(url.identity)\n\(isOfNoArchitecture ? "" : url.qualifiers["arch"] ?? "")"
    }

    /// The number of the package with a package URL, if it is in a folder or is one of the system.
    ///
    /// Only two that name an architecture can differ in it.
    fileprivate func number(of url: PackageURL, in folder: String) -> Int? {
        guard url.qualifiers["arch"] != nil else { return ofAnyArchitecture[url.identity]?.number(in: folder) }
        return entries[Self.key(url)]?.number(in: folder)
            ?? entries[Self.key(url, isOfNoArchitecture: true)]?.number(in: folder)
    }
}

extension PackageURL {
    /// What names a package and its version, whatever is said of where it comes from.
    fileprivate var identity: String {
        PackageURL(type: type, namespace: namespace, name: name, version: version).description
    }
}

/// Puts the packages of several documents together.
private struct PackageMerger {
    private let known: KnownPackages
    private(set) var packages: [EmbeddedSBOMs.Package] = []
    private(set) var origins: [EmbeddedSBOMs.Origin] = []
    /// Whether each dependency is a weak one.
    private var isWeak: [DependencyGraph.Edge: Bool] = [:]
    private var knownOrigins: Set<EmbeddedSBOMs.Origin> = []
    /// The packages of the documents before, by the folder and the package URL.
    private var numbers: [String: [String: Int]] = [:]

    init(_ known: KnownPackages) {
        self.known = known
    }

    mutating func add(
        _ document: EmbeddedDocument, _ sbom: EmbeddedSBOM, _ number: Int, in tree: RootFileSystem, withSources: Bool
    ) {
        let scope = sbom.scope
        // Nil for a package that is not listed.
        var places: [Int?] = []
        var added: [String: Int] = [:]
        for (place, package) in document.packages.enumerated() {
            guard !package.isSystem, !package.isRecipe, !package.element.name.isEmpty,
                withSources || !package.isSource
            else {
                places.append(nil)
                continue
            }
            let url = package.element.packageURL
            if let url = url.flatMap(PackageURL.init(parsing:)), let number = known.number(of: url, in: scope) {
                places.append(number)
            } else if let url, let number = numbers[scope]?[url] {
                places.append(number)
            } else {
                let new = known.count + packages.count
                packages.append(
                    EmbeddedSBOMs.Package(
                        element: package.element, declared: package.declared, concluded: package.concluded,
                        file: Self.file(package.file, in: scope, tree) ?? sbom.path, document: number, place: place,
                        isSource: package.isSource))
                places.append(new)
                if let url, added[url] == nil { added[url] = new }
            }
        }
        numbers[scope, default: [:]].merge(added) { first, _ in first }
        add(links(of: document), places, document)
    }

    /// The relationships of a document; those packages that nothing contains or needs are parts of what it describes.
    private func links(of document: EmbeddedDocument) -> [EmbeddedLink] {
        guard let root = document.root else { return document.links }
        let reached = Set(document.links.lazy.map(\.to))
        return document.links
            + document.packages.indices.filter { $0 != root && !reached.contains($0) }
            .map { EmbeddedLink(from: root, kind: .contains, to: $0) }
    }

    private mutating func add(_ links: [EmbeddedLink], _ places: [Int?], _ document: EmbeddedDocument) {
        for link in links {
            guard let from = places[link.from], let to = places[link.to], from != to else { continue }
            guard link.kind != .generatedFrom else {
                let origin = EmbeddedSBOMs.Origin(package: from, source: to)
                if knownOrigins.insert(origin).inserted { origins.append(origin) }
                continue
            }
            // What is inside of a package is used by it. CycloneDX would nest it, and scanners do not read what is nested.
            isWeak[DependencyGraph.Edge(from: from, to: to), default: true] =
                link.kind == .mayNeed && isWeak[DependencyGraph.Edge(from: from, to: to), default: true]
            guard link.kind == .contains, to >= known.count, packages[to - known.count].container == nil else {
                continue
            }
            let outer = document.packages[link.from].element
            packages[to - known.count].container =
                outer.packageURL ?? outer.version.map { "\(outer.name)@\($0)" } ?? outer.name
        }
    }

    /// The dependencies; none if they are more than a document may have.
    func edges(_ limits: Limits, _ diagnostics: inout [Diagnostic]) -> [DependencyGraph.Edge] {
        guard isWeak.count + origins.count <= limits.edgeCount else {
            diagnostics.append(
                Diagnostic(
                    .blind, code: .dependencies, at: "image",
                    "dependencies in SBOMs: more than the limit edgeCount of \(limits.edgeCount)"))
            return []
        }
        return isWeak.map { DependencyGraph.Edge(from: $0.from, to: $0.to, isWeak: $1) }
            .sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    /// The path of a file that a document states relative to a folder or to the root; nil if there is no such file.
    private static func file(_ stated: String?, in folder: String, _ tree: RootFileSystem) -> String? {
        guard let stated else { return nil }
        let parts = stated.split(separator: "/").filter { $0 != "." }
        guard !parts.isEmpty, !parts.contains("..") else { return nil }
        let path = parts.joined(separator: "/")
        let candidates = folder.isEmpty || path.hasPrefix("\(folder)/") ? [path] : ["\(folder)/\(path)", path]
        return candidates.lazy.compactMap { tree.target(of: $0) }.first
    }
}
