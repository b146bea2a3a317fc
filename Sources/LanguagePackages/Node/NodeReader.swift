package import ByteStreams
package import PackageDatabases
internal import SBOMModel
internal import StructuredText

/// Finds the packages of Node.js in `node_modules` folders, and the applications beside such folders.
///
/// A package is a folder directly in `node_modules` or in a scope there whose `package.json` states a name and a version.
/// npm's hidden lock file adds what was loaded from where.
package enum NodeReader: LanguageReader {
    package static let kind = PackageKind.node

    // A folder is known to have `node_modules` only at the end of an image, so every `package.json` is kept, reduced.
    package static let paths: PathPatterns = ["**/package.json", "**/node_modules/.package-lock.json"]

    package static func reduced(_ bytes: [UInt8], of name: ArraySlice<UInt8>) -> [UInt8]? {
        let kept =
            name.elementsEqual("package.json".utf8) || name.ends(with: "/package.json".utf8)
            ? NodeManifest.reduced(bytes) : NodeLock.reduced(bytes)
        return kept.isEmpty ? nil : kept
    }

    package static func read(
        _ files: LanguageFiles, in tree: some FileTree, limits: Limits
    ) -> LanguageFindings {
        var search = NodeSearch(tree: tree, limits: limits)
        search.classify(files.matching(paths))
        search.followLinks()
        search.selectApplications()
        search.number()
        search.applyLocks()
        return search.findings()
    }
}

extension Sequence where Element == UInt8 {
    /// Whether the sequence ends with other bytes.
    fileprivate func ends(with other: some Collection<UInt8>) -> Bool { suffix(other.count).elementsEqual(other) }
}

/// The search for packages of Node.js in one image.
private struct NodeSearch<Tree: FileTree> {
    /// What the path of a `package.json` says about it.
    private enum Place {
        /// It is a package in that `node_modules` folder, by that name.
        case installed(modules: NodeFolders.Number, name: String)
        /// It is a package in a cache of Deno.
        case denoCache
        /// It is outside of `node_modules`; it belongs to an application, or links lead to it.
        case outside
    }

    /// A `package.json` that may be one of a package.
    private struct Candidate {
        var file: LanguageFile
        var place: Place
        /// Its folder.
        var folder: NodeFolders.Number
        var manifest: NodeManifest
        /// Whether it is listed.
        var isPackage = false
        /// Whether a `node_modules` folder has a link to it.
        var isLinked = false
        /// Whether a `node_modules` folder is beside it, and it is not one of the packages there.
        var isApplication = false
        /// Its number in the findings.
        var number: Int?
    }

    private let tree: Tree
    private let limits: Limits
    private var candidates: [Candidate] = []
    /// The candidates by the paths of their folders.
    private var places: [String: Int] = [:]
    private var folders = NodeFolders()
    private var locks: [(file: LanguageFile, modules: NodeFolders.Number)] = []
    private var packages: [LanguagePackage] = []
    private var collector: DependencyCollector
    private var log: DiagnosticLog

    init(tree: Tree, limits: Limits) {
        self.tree = tree
        self.limits = limits
        collector = DependencyCollector(limits: limits)
        log = DiagnosticLog(limits: limits)
    }

    /// Sorts out which files may be those of packages.
    mutating func classify(_ files: [LanguageFile]) {
        for file in files where !file.bytes.isEmpty {
            let components = file.path.split(separator: "/", omittingEmptySubsequences: false)
            let above = components.dropLast()
            if components.last == ".package-lock.json" {
                guard above.last == "node_modules" else { continue }
                locks.append((file, folders.addModules(above)))
                continue
            }
            guard components.last == "package.json", let place = place(above) else { continue }
            guard let manifest = manifest(file, at: place) else { continue }
            if case .installed(let modules, let name) = place {
                folders.add(candidates.count, named: name, to: modules)
            }
            places[above.joined(separator: "/")] = candidates.count
            var candidate = Candidate(file: file, place: place, folder: folders.number(above), manifest: manifest)
            if case .outside = place {} else { candidate.isPackage = manifest.name != nil && manifest.version != nil }
            candidates.append(candidate)
        }
    }

    /// What the path of a folder with a `package.json` says; nil if the file belongs to a package around it.
    private mutating func place(_ folder: ArraySlice<Substring>) -> Place? {
        guard let name = folder.last else { return .outside }
        let above = folder.dropLast()
        // `.bin`, `.pnpm`, `.cache` and others are no packages.
        func hasPackages(_ folder: ArraySlice<Substring>) -> Bool {
            folder.last == "node_modules" || NodeFolders.isOfDebian(folder)
        }
        if hasPackages(above), !name.hasPrefix("."), !name.hasPrefix("@") {
            return .installed(modules: folders.addModules(above), name: String(name))
        }
        if let scope = above.last, scope.hasPrefix("@"), hasPackages(above.dropLast()), !name.hasPrefix(".") {
            return .installed(modules: folders.addModules(above.dropLast()), name: "\(scope)/\(name)")
        }
        if folder.contains("node_modules") { return nil }
        // `deno/npm/HOST/NAME/VERSION` and `deno/npm/HOST/@SCOPE/NAME/VERSION`
        guard let cache = folder.lastIndex(of: "npm"), folder.indices.contains(cache - 1), folder[cache - 1] == "deno"
        else { return .outside }
        let inside = folder[(cache + 1)...]
        let isScoped = inside.dropFirst().first?.hasPrefix("@") ?? false
        return inside.count == (isScoped ? 4 : 3) ? .denoCache : nil
    }

    /// Reads a `package.json`; nil if it is damaged, which is reported where a package must be.
    private mutating func manifest(_ file: LanguageFile, at place: Place) -> NodeManifest? {
        let problem: String
        do {
            let root = try JSONValue(parsing: file.bytes, limits: limits)
            if let object = root.objectContent { return NodeManifest(object) }
            problem = "expected an object"
        } catch {
            problem = "\(error)"
        }
        // Elsewhere tests of packages have malformed files on purpose.
        if case .outside = place { return nil }
        log.append(file.damageSeverity, code: .nodeMalformedFile, at: file.path, problem)
        return nil
    }

    /// Adds what symbolic links in `node_modules` folders lead to: pnpm's packages, and workspaces of an application.
    mutating func followLinks() {
        for (number, candidate) in candidates.enumerated() {
            guard case .outside = candidate.place else { continue }
            let beside = Self.join(Self.folder(of: candidate.file.path), "node_modules")
            let names = tree.names(in: beside)
            guard !names.isEmpty else { continue }
            candidates[number].isApplication = true
            // The folder may be a symbolic link.
            let inside = tree.canonical(Self.join(beside, "package"))
            folders.addModules(
                inside.split(separator: "/", omittingEmptySubsequences: false).dropLast(), of: candidate.folder)
        }
        for (modules, path) in folders.modules {
            let names = tree.names(in: path)
            guard collector.take(names.count) else { return }
            for name in names where !name.hasPrefix(".") {
                guard name.hasPrefix("@") else {
                    follow(name, in: modules, at: path)
                    continue
                }
                let scoped = tree.names(in: Self.join(path, name))
                guard collector.take(scoped.count) else { return }
                for inner in scoped where !inner.hasPrefix(".") { follow("\(name)/\(inner)", in: modules, at: path) }
            }
        }
    }

    private mutating func follow(_ name: String, in modules: NodeFolders.Number, at path: String) {
        guard !folders.has(name, in: modules),
            let target = tree.target(of: Self.join(path, "\(name)/package.json")),
            let number = places[Self.folder(of: target)]
        else { return }
        folders.add(number, named: name, to: modules)
        let manifest = candidates[number].manifest
        candidates[number].isPackage = manifest.name != nil && manifest.version != nil
        candidates[number].isLinked = true
    }

    /// Lists the applications, which have a name.
    mutating func selectApplications() {
        for number in candidates.indices where candidates[number].isApplication {
            if candidates[number].isLinked {
                candidates[number].isApplication = false
            } else if candidates[number].manifest.name != nil {
                candidates[number].isPackage = true
            }
        }
    }

    /// Makes the packages, in the order of their paths.
    mutating func number() {
        for place in candidates.indices where candidates[place].isPackage {
            guard log.hasRoom(for: packages.count, at: candidates[place].file.path, limits: limits) else { break }
            candidates[place].number = packages.count
            packages.append(Self.package(candidates[place]))
        }
        folders.finish()
    }

    private static func package(_ candidate: Candidate) -> LanguagePackage {
        let (file, manifest) = (candidate.file, candidate.manifest)
        let name = manifest.name ?? ""
        var package = LanguagePackage(
            kind: .node, name: name, version: manifest.version, path: file.path, layer: file.layer)
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, name.hasPrefix("@"), parts[0].utf8.count > 1, !parts[1].isEmpty {
            package.group = String(parts[0])
            package.name = String(parts[1])
        }
        if let version = manifest.version, !manifest.isPrivate, isName(package.name),
            package.group.map({ isName($0.dropFirst()) }) ?? true
        {
            package.packageURL = PackageURL(
                type: "npm", namespace: package.group.map { [$0] } ?? [], name: package.name, version: version)
        }
        package.isApplication = candidate.isApplication
        package.license = manifest.license.flatMap { NodeManifest.finding($0, at: file.path) }
        package.author = manifest.author
        package.homepage = manifest.homepage
        package.summary = manifest.summary
        if case .installed(_, let folder) = candidate.place, folder != name {
            package.properties.append(.init("installedAs", folder))
        }
        return package
    }

    /// Whether a name can be one in npm's registry: characters that need no escape in a URL, no dot at the beginning.
    private static func isName(_ name: some StringProtocol) -> Bool {
        let signs = ASCIISet("-._~!'()*")
        return !name.isEmpty && name.utf8.count <= 214 && !name.hasPrefix(".")
            && name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || signs[$0] }
    }

    /// Adds what npm's hidden lock files state, and compares them with what is there.
    mutating func applyLocks() {
        var listed: [Int: NodeFolders.Number] = [:]
        var isLocked: [NodeFolders.Number: Int] = [:]
        var damaged: Set<Int> = []
        for (place, lock) in locks.enumerated() {
            isLocked[lock.modules] = place
            let entries: [NodeLock.Entry]
            do {
                entries = try NodeLock.entries(lock.file.bytes, limits: limits)
            } catch {
                log.append(.warning, code: .nodeMalformedFile, at: lock.file.path, "\(error)")
                damaged.insert(place)
                continue
            }
            let root = Self.folder(of: Self.folder(of: lock.file.path))
            var pruned: [String] = []
            for entry in entries {
                guard let number = places[Self.join(root, entry.path)] else {
                    if !entry.isLink, entry.path.hasPrefix("node_modules/") { pruned.append(entry.path) }
                    continue
                }
                listed[number] = place
                apply(entry, to: number, lock: lock.file.path)
            }
            if !pruned.isEmpty {
                log.append(
                    .note, code: .nodePrunedPackages, at: lock.file.path,
                    "npm installed packages that are not there: \(Self.list(pruned))")
            }
        }
        let owners = folders.locks(isLocked)
        var extra: [[String]] = Array(repeating: [], count: locks.count)
        for (number, candidate) in candidates.enumerated() where candidate.number != nil && listed[number] == nil {
            guard case .installed(let modules, _) = candidate.place, let owner = owners[modules] else { continue }
            extra[owner].append(candidate.file.path)
        }
        for (place, lock) in locks.enumerated() where !extra[place].isEmpty && !damaged.contains(place) {
            log.append(
                .note, code: .nodeExtraPackages, at: lock.file.path,
                "packages are there that npm did not install: \(Self.list(extra[place]))")
        }
    }

    private mutating func apply(_ entry: NodeLock.Entry, to number: Int, lock: String) {
        guard let package = candidates[number].number, let version = entry.version else { return }
        guard packages[package].version == version else {
            let found = packages[package].version ?? "no version"
            log.append(
                .warning, code: .nodeOtherVersion, at: packages[package].path,
                "npm installed version \(version) (\(lock)), but \(found) is there")
            return
        }
        if packages[package].checksums.isEmpty { packages[package].checksums = entry.checksums }
        packages[package].downloadLocation = packages[package].downloadLocation ?? entry.location
        if entry.isDevelopment, !packages[package].properties.contains(where: { $0.name == "developmentDependency" }) {
            packages[package].properties.append(.init("developmentDependency", "true"))
        }
    }

    /// Resolves the dependencies, and returns everything.
    func findings() -> LanguageFindings {
        var findings = LanguageFindings()
        var (packages, collector) = (packages, collector)
        for candidate in candidates where candidate.number != nil || candidate.isApplication {
            let needs = candidate.manifest.needs + (candidate.isApplication ? candidate.manifest.developmentNeeds : [])
            guard let number = candidate.number else {
                // An application without a name is no package, but states what was asked for.
                for need in needs {
                    let found = collector.search { folders.package(need.name, from: candidate.folder, steps: &$0) }
                    if let package = found.flatMap({ candidates[$0].number }) { packages[package].isRequested = true }
                }
                continue
            }
            if case .denoCache = candidate.place {
                // Deno chooses among the versions in its cache by its own lock file.
                findings.withoutDependencies.insert(number)
                continue
            }
            let found = collector.add(needs, of: number) { need, steps in
                guard let found = folders.package(need.name, from: candidate.folder, steps: &steps) else {
                    return .unmet
                }
                return candidates[found].number.map { .packages([$0]) } ?? .met
            }
            if candidate.isApplication { for package in found { packages[package].isRequested = true } }
        }
        findings.packages = packages
        findings.explainedFolders = Set(packages.map { String($0.path[...].parentFolder) })
        findings.diagnostics = log.diagnostics
        findings.take(collector, of: .node)
        return findings
    }

    /// The first of some paths, and how many others there are.
    private static func list(_ paths: [String]) -> String {
        let named = paths.prefix(Limits.namedPackages).joined(separator: ", ")
        let others = paths.count - Limits.namedPackages
        return others > 0 ? "\(named) and \(others) others" : named
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : "\(folder)/\(name)"
    }
}
