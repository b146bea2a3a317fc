package import ByteStreams
internal import ContainerImages
package import PackageDatabases
internal import SBOMModel

/// Finds the modules of Go that executables state (Go, `debug/buildinfo`).
///
/// The executable states which modules are in it, and not which of them needs which: only the edges of the main module are
/// known.
package enum GoReader: LanguageReader {
    package static let kind = PackageKind.go
    package static let paths: PathPatterns = []

    package static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings {
        var findings = LanguageFindings()
        for file in files.files {
            guard let version = file.extract[ExecutablePart.goVersion] else { continue }
            let modules = GoModules(file.extract[ExecutablePart.goModules] ?? [])
            if modules.damagedLines > 0 {
                findings.diagnostics.append(
                    Diagnostic(
                        .warning, code: .damagedGoModules, at: file.path,
                        "the list of Go modules has lines of another form: \(modules.damagedLines)"))
            }
            let packages = packages(of: modules, version: String(decoding: version, as: UTF8.self), in: file)
            let first = findings.packages.count
            let hasMain = packages.first?.isApplication == true
            guard findings.add(packages, rootCount: hasMain ? 1 : 0, of: file, limits) else { break }
            // Go lists no modules if it was built without them, as in GOPATH mode.
            if hasMain, modules.main == nil { findings.withoutDependencies.insert(first) }
        }
        return findings
    }

    /// The packages of an executable: the main module if it is known, the standard library, and the dependencies.
    private static func packages(
        of modules: GoModules, version: String, in file: LanguageFile
    ) -> [LanguagePackage] {
        var packages: [LanguagePackage] = []
        if let main = main(of: modules, in: file) { packages.append(main) }
        packages.append(standardLibrary(version, in: file))
        for (module, replacement) in modules.dependencies {
            var package = LanguagePackage(
                kind: kind, name: module.path, version: nil, path: file.path, layer: file.layer, method: .binary)
            if let replacement {
                let original = module.version.isEmpty ? module.path : "\(module.path)@\(module.version)"
                package.properties.append(LanguagePackage.Property("go:replaces", original))
                if replacement.version.isEmpty {
                    // The path of a folder of the machine that built it: what is in it has no known version.
                    package.properties.append(LanguagePackage.Property("go:replacement", replacement.path))
                } else {
                    package.name = replacement.path
                    package.state(replacement)
                }
            } else {
                package.state(module)
            }
            packages.append(package)
        }
        return packages
    }

    private static func main(of modules: GoModules, in file: LanguageFile) -> LanguagePackage? {
        guard let name = modules.main?.path ?? modules.path, !name.isEmpty, name != "command-line-arguments" else {
            return nil
        }
        var package = LanguagePackage(
            kind: kind, name: name, version: nil, path: file.path, layer: file.layer, method: .binary)
        package.isApplication = true
        if let main = modules.main {
            package.state(main)
            if package.version == nil, let version = modules.linkedVersion {
                package.version = version
                package.packageURL?.version = version
                package.properties.append(LanguagePackage.Property("go:versionSource", "-ldflags -X main.version"))
            }
        }
        if let path = modules.path { package.properties.append(LanguagePackage.Property("go:path", path)) }
        for key in ["vcs", "vcs.revision", "vcs.time", "vcs.modified"] {
            guard let value = modules[key] else { continue }
            package.properties.append(LanguagePackage.Property("go:\(key)", value))
        }
        return package
    }

    /// The standard library, by the version of Go.
    private static func standardLibrary(_ text: String, in file: LanguageFile) -> LanguagePackage {
        var package = LanguagePackage(
            kind: kind, name: "stdlib", version: text, path: file.path, layer: file.layer, method: .binary)
        // `go1.26.5 (Red Hat 1.26.5-1)`, `go1.25 X:nocoverageredesign` and `go1.26-X:jsonv2` name a release, and what is
        // special about it.
        var release = text.prefix { $0 != " " }
        if let experiment = release.firstRange(of: "-X:") { release = release[..<experiment.lowerBound] }
        if release.hasPrefix("go"), release.dropFirst(2).utf8.first?.isASCIIDigit == true {
            let version = String(release.dropFirst(2))
            package.version = version
            package.packageURL = PackageURL(type: "golang", name: "stdlib", version: version)
        } else {
            package.packageURL = PackageURL(type: "golang", name: "stdlib")
        }
        package.properties.append(LanguagePackage.Property("go:version", text))
        return package
    }
}

extension LanguagePackage {
    /// Takes over what the executable states about the module.
    fileprivate mutating func state(_ module: GoModules.Module) {
        if !module.version.isEmpty, module.version != "(devel)" { version = module.version }
        // ECMA-427 wants both in lower case, although modules are case-sensitive.
        let segments = module.path.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if segments.count > 1, !segments.contains(where: { ["", ".", ".."].contains($0) }) {
            packageURL = PackageURL(
                type: "golang", namespace: Array(segments.dropLast()), name: segments[segments.count - 1],
                version: version)
        }
        if !module.sum.isEmpty { properties.append(Property("go:h1", module.sum)) }
    }
}

extension LanguageFindings {
    /// Adds the packages of one executable, of which the first may depend on all the others.
    ///
    /// - Parameters:
    ///   - added: The packages.
    ///   - rootCount: 1 if the first package depends on the others, or else 0.
    ///   - file: The executable.
    ///   - limits: The bounds on packages and edges.
    /// - Returns: False if a limit is exceeded: nothing was added.
    fileprivate mutating func add(
        _ added: [LanguagePackage], rootCount: Int, of file: LanguageFile, _ limits: Limits
    ) -> Bool {
        guard canAdd(added.count, edges: rootCount * (added.count - 1), at: file.path, limits) else { return false }
        let first = packages.count
        packages += added
        // The standard library needs no module.
        for number in added.indices where number > rootCount { withoutDependencies.insert(first + number) }
        guard rootCount == 1 else { return true }
        graph.edges += added.indices.dropFirst().map { DependencyGraph.Edge(from: first, to: first + $0) }
        return true
    }

    /// Whether so many packages and edges can be added; a diagnostic says so if not.
    mutating func canAdd(_ count: Int, edges: Int, at path: String, _ limits: Limits) -> Bool {
        let name: String
        if count > limits.languagePackageCount - packages.count {
            name = "languagePackageCount"
        } else if edges > limits.edgeCount - graph.edges.count {
            name = "edgeCount"
        } else {
            return true
        }
        diagnostics.append(
            Diagnostic(
                .warning, code: .languageLimit, at: path,
                "more than the limit \(name) allows: what this file and those after it state is left out"))
        return false
    }
}
