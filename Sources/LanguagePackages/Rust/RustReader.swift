package import ByteStreams
internal import ContainerImages
package import PackageDatabases
internal import SBOMModel
internal import StructuredText

/// Finds the crates that executables of Rust state, if cargo-auditable built them (cargo-auditable, `PARSING.md`).
package enum RustReader: LanguageReader {
    package static let kind = PackageKind.rust
    package static let paths: PathPatterns = []

    /// A crate of the list.
    private struct Crate {
        var name: String
        var version: String
        var source: String
        var isBuildTool: Bool
        var isRoot: Bool
        var dependencies: [Int]
    }

    package static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings {
        var findings = LanguageFindings()
        for file in files.files {
            guard let text = file.extract[ExecutablePart.crates] else { continue }
            let crates: [Crate]
            switch Self.crates(text, limits) {
            case .success(let found): crates = found
            case .failure(let problem):
                findings.diagnostics.append(
                    Diagnostic(
                        .warning, code: .damagedCrateList, at: file.path, "the list of crates: \(problem.description)"))
                continue
            }
            guard add(crates, of: file, to: &findings, limits) else { break }
        }
        return findings
    }

    private struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private static func crates(_ text: [UInt8], _ limits: Limits) -> Result<[Crate], Problem> {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONValue(parsing: text, limits: limits)
        } catch {
            return .failure(Problem(description: "\(error)"))
        }
        guard let items = root.objectContent?["packages"]?.arrayContent else {
            return .failure(Problem(description: "expected an array \"packages\""))
        }
        var crates: [Crate] = []
        for item in items {
            guard let object = item.objectContent, let name = object.text("name"), !name.isEmpty,
                let version = object.text("version"), !version.isEmpty
            else { return .failure(Problem(description: "a crate without name or version")) }
            var dependencies: Set<Int> = []
            for dependency in object["dependencies"]?.arrayContent ?? [] {
                guard case .number(let number) = dependency, let index = Int(number.description),
                    items.indices.contains(index)
                else { return .failure(Problem(description: "a dependency that is not in the list")) }
                dependencies.insert(index)
            }
            crates.append(
                Crate(
                    name: name, version: version, source: object.text("source") ?? "",
                    isBuildTool: object.text("kind") == "build", isRoot: object["root"] == .bool(true),
                    dependencies: dependencies.sorted()))
        }
        guard crates.filter(\.isRoot).count == 1 else {
            return .failure(Problem(description: "expected one root"))
        }
        return isAcyclic(crates) ? .success(crates) : .failure(Problem(description: "crates depend on themselves"))
    }

    /// Whether no crate depends on itself through others.
    private static func isAcyclic(_ crates: [Crate]) -> Bool {
        var dependents = [Int](repeating: 0, count: crates.count)
        for crate in crates { for dependency in crate.dependencies { dependents[dependency] += 1 } }
        var ready = dependents.indices.filter { dependents[$0] == 0 }
        var count = 0
        while let crate = ready.popLast() {
            count += 1
            for dependency in crates[crate].dependencies {
                dependents[dependency] -= 1
                if dependents[dependency] == 0 { ready.append(dependency) }
            }
        }
        return count == crates.count
    }

    /// Adds the crates that are in the executable; those that only build it are not.
    private static func add(
        _ crates: [Crate], of file: LanguageFile, to findings: inout LanguageFindings, _ limits: Limits
    ) -> Bool {
        let installed = crates.indices.filter { !crates[$0].isBuildTool }
        let edgeCount = installed.reduce(0) { $0 + crates[$1].dependencies.count }
        guard findings.canAdd(installed.count, edges: edgeCount, at: file.path, limits) else { return false }
        var numbers = [Int?](repeating: nil, count: crates.count)
        for index in installed {
            let crate = crates[index]
            numbers[index] = findings.packages.count
            var package = LanguagePackage(
                kind: kind, name: crate.name, version: crate.version, path: file.path, layer: file.layer,
                method: .binary)
            package.isApplication = crate.isRoot
            // The list does not say where crates of another source came from.
            if crate.source == "crates.io" {
                package.packageURL = PackageURL(type: "cargo", name: crate.name, version: crate.version)
            }
            if !crate.source.isEmpty {
                package.properties.append(LanguagePackage.Property("cargo:source", crate.source))
            }
            findings.packages.append(package)
        }
        for index in installed {
            guard let from = numbers[index] else { continue }
            findings.graph.edges += crates[index].dependencies.compactMap { numbers[$0] }
                .map { DependencyGraph.Edge(from: from, to: $0) }
        }
        return true
    }
}
