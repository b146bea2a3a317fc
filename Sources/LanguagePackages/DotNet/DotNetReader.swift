package import ByteStreams
package import PackageDatabases
internal import SBOMModel
internal import StructuredText

/// Finds the packages of applications and shared frameworks of .NET, by their files `*.deps.json`.
///
/// Such a file lists what the host loads at run time (dotnet/sdk, documentation/specs/runtime-configuration-file.md).
package enum DotNetReader: LanguageReader {
    package static let kind = PackageKind.dotnet

    package static let paths: PathPatterns = ["**/*.deps.json", "**/*.runtimeconfig.json"]

    package static func read(
        _ files: LanguageFiles, in tree: some FileTree, limits: Limits
    ) -> LanguageFindings {
        var findings = LanguageFindings()
        var log = DiagnosticLog(limits: limits)
        var collector = DependencyCollector(limits: limits)
        let suffix = ".deps.json"
        for file in files.matching(paths) where file.path.hasSuffix(suffix) {
            let stem = String(file.path.dropLast(suffix.count))
            do {
                guard let root = try JSONValue(parsing: file.bytes, limits: limits).objectContent,
                    let application = DotNetApplication(root, file: file, stem: stem, log: &log)
                else {
                    log.append(
                        file.damageSeverity, code: .dotnetMalformedFile, at: file.path,
                        "expected runtimeTarget and its target")
                    continue
                }
                var added = application
                let hasRoom = added.number(from: findings.packages.count, limits: limits, log: &log)
                if let configuration = files["\(stem).runtimeconfig.json"] {
                    added.addFrameworks(configuration, limits: limits, log: &log)
                }
                added.resolve(&collector)
                added.explain(in: tree, &collector, &findings.explained)
                findings.packages += added.packages
                if !hasRoom { break }
            } catch {
                log.append(file.damageSeverity, code: .dotnetMalformedFile, at: file.path, "\(error)")
            }
        }
        findings.diagnostics = log.diagnostics
        findings.take(collector, of: kind)
        return findings
    }
}

/// The libraries of one `*.deps.json`.
private struct DotNetApplication {
    /// A library in the target.
    private struct Library {
        var name: String
        var version: String
        /// `package`, `project`, `runtimepack`, `reference` or another word.
        var type: String
        /// The digest of the package, as the file writes it.
        var digest: String
        /// The names of the libraries that it depends on, in lower case.
        var dependencies: [String]
        /// The paths of its files, from the folder of the file on.
        var assets: [String]
        var number: Int?

        /// Whether it is listed: a project, or a package of which a file is used at run time.
        var isListed: Bool {
            type == "project" || (type == "package" || type == "runtimepack") && !assets.isEmpty
        }
    }

    private let file: LanguageFile
    /// The path of the file without `.deps.json`.
    private let stem: String
    private var libraries: [Library] = []
    /// The libraries by their names in lower case; NuGet does not tell names apart by case.
    private var byName: [String: Int] = [:]
    private(set) var packages: [LanguagePackage] = []

    /// Reads the target that the host uses; nil if there is none.
    init?(_ root: JSONObject, file: LanguageFile, stem: String, log: inout DiagnosticLog) {
        let runtime = root["runtimeTarget"]
        guard let name = runtime?.objectContent?.text("name") ?? runtime?.textContent,
            let target = root["targets"]?.objectContent?[name]?.objectContent
        else { return nil }
        self.file = file
        self.stem = stem
        var facts: [String: JSONObject] = [:]
        for member in root["libraries"]?.objectContent?.members ?? [] {
            facts[member.name] = member.value.objectContent
        }
        for member in target.members {
            let parts = member.name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, let entry = member.value.objectContent else {
                log.append(
                    file.damageSeverity, code: .dotnetMalformedFile, at: "\(file.path): \(member.name)",
                    "expected an object named by a name, a slash and a version")
                continue
            }
            let library = Library(
                name: String(parts[0]), version: String(parts[1]), type: facts[member.name]?.text("type") ?? "",
                digest: facts[member.name]?.text("sha512") ?? "",
                dependencies: (entry["dependencies"]?.objectContent?.members ?? []).map { $0.name.lowercased() },
                assets: Self.assets(entry))
            byName[library.name.lowercased()] = byName[library.name.lowercased()] ?? libraries.count
            libraries.append(library)
        }
    }

    /// The files of a library beside the `*.deps.json`, as `dotnet publish` writes them.
    private static func assets(_ entry: JSONObject) -> [String] {
        func members(_ field: String) -> [JSONObject.Member] {
            // `_._` stands for an empty folder of the package.
            (entry[field]?.objectContent?.members ?? []).filter { !$0.name.isEmpty && !$0.name.hasSuffix("_._") }
        }
        func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
        return (members("runtime") + members("native")).map { last($0.name) }
            + members("resources").map { member in
                let locale = member.value.objectContent?.text("locale") ?? ""
                return locale.isEmpty ? last(member.name) : "\(locale)/\(last(member.name))"
            }
            + members("runtimeTargets").map(\.name)
    }

    /// Makes the packages, in the order of the file; false if there is no room for all.
    mutating func number(from first: Int, limits: Limits, log: inout DiagnosticLog) -> Bool {
        for place in libraries.indices where libraries[place].isListed {
            guard log.hasRoom(for: first + packages.count, at: file.path, limits: limits) else { return false }
            libraries[place].number = first + packages.count
            packages.append(package(libraries[place]))
        }
        return true
    }

    private func package(_ library: Library) -> LanguagePackage {
        let prefix = "runtimepack."
        let isRuntime = library.type == "runtimepack" && library.name.hasPrefix(prefix)
        let name = isRuntime ? String(library.name.dropFirst(prefix.count)) : library.name
        var package = LanguagePackage(
            kind: .dotnet, name: name, version: library.version, path: file.path, layer: file.layer)
        if library.type == "project" {
            // A project is no package of a registry.
            package.isApplication = isRoot(library)
            return package
        }
        let signs = ASCIISet("-._")
        if name.utf8.count <= 100, name.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || signs[$0] }) {
            package.packageURL = PackageURL(type: "nuget", name: name, version: library.version)
        }
        package.checksums = NodeLock.checksums(library.digest)
        return package
    }

    /// Whether a project is the application, not one of its libraries.
    private func isRoot(_ library: Library) -> Bool {
        library.type == "project" && stem.split(separator: "/").last.map(String.init) == library.name
    }

    /// Adds to the application which frameworks it asks for, which are the least versions that it runs with.
    mutating func addFrameworks(_ configuration: LanguageFile, limits: Limits, log: inout DiagnosticLog) {
        do {
            let root = try JSONValue(parsing: configuration.bytes, limits: limits).objectContent
            guard let options = root?["runtimeOptions"]?.objectContent,
                let place = packages.firstIndex(where: \.isApplication)
            else { return }
            let one = options["framework"]?.objectContent.map { [$0] } ?? []
            for framework in one + options.objects("frameworks").map(\.object) {
                guard let name = framework.text("name"), let version = framework.text("version") else { continue }
                packages[place].properties.append(.init("framework", "\(name) \(version)"))
            }
        } catch {
            log.append(.warning, code: .dotnetMalformedFile, at: configuration.path, "\(error)")
        }
    }

    /// Adds the dependencies to a graph.
    ///
    /// A library that is not listed stands for the ones that it depends on.
    mutating func resolve(_ collector: inout DependencyCollector) {
        var requested: [Int] = []
        for library in libraries {
            guard let number = library.number else { continue }
            let needs = library.dependencies.map {
                DependencyCollector.Need(name: $0, text: $0, field: "dependencies")
            }
            collector.add(needs, of: number) { need, steps in
                // The host does not check that a dependency is there.
                guard let start = byName[need.name] else { return .met }
                var (found, seen, open): ([Int], Set<Int>, [Int]) = ([], [start], [start])
                while let place = open.popLast(), steps >= 0 {
                    if let number = libraries[place].number {
                        found.append(number)
                        continue
                    }
                    steps -= 1 + libraries[place].dependencies.count
                    for name in libraries[place].dependencies {
                        if let next = byName[name], seen.insert(next).inserted { open.append(next) }
                    }
                }
                return found.isEmpty ? .met : .packages(found)
            }
            if isRoot(library) {
                requested += library.dependencies.compactMap { byName[$0].flatMap { libraries[$0].number } }
            }
        }
        let first = libraries.lazy.compactMap(\.number).first ?? 0
        for number in requested where packages.indices.contains(number - first) {
            packages[number - first].isRequested = true
        }
    }

    /// Adds the files of the packages that are there, below the folder of the file.
    func explain(in tree: some FileTree, _ collector: inout DependencyCollector, _ explained: inout Set<String>) {
        let folder = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
        for library in libraries where library.number != nil {
            for asset in library.assets {
                let parts = asset.split(separator: "/")
                guard !parts.contains(".."), collector.take(1 + parts.count) else { continue }
                // A link that leads elsewhere explains nothing.
                if let target = tree.target(of: folder + asset), target.hasPrefix(folder) { explained.insert(target) }
            }
        }
    }
}
