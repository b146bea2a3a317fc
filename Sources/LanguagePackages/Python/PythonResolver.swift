internal import ByteStreams
internal import PackageDatabases

/// Finds what the distributions of each Python environment require of each other.
///
/// An interpreter finds distributions in several folders, one after the other; the first of a name counts.
struct PythonResolver<Tree: FileTree> {
    private let distributions: [PythonDistribution]
    private let files: LanguageFiles
    private let tree: Tree
    /// The distributions of each folder by their normalized names.
    private var byFolder: [Substring: [String: Int]] = [:]

    init(_ distributions: [PythonDistribution], _ files: LanguageFiles, in tree: Tree) {
        self.distributions = distributions
        self.files = files
        self.tree = tree
        for (number, distribution) in distributions.enumerated() {
            let name = PythonRequirement.normalized(distribution.metadata.name)
            // The last one in the order of paths wins where a folder has two, as an upgrade that left the old one behind.
            byFolder[distribution.site, default: [:]][name] = number
        }
    }

    /// Adds the dependencies, and what is contained in what.
    func resolve(into findings: inout LanguageFindings, limits: Limits) {
        var collector = DependencyCollector(limits: limits)
        var environments: [Substring: Environment] = [:]
        for (number, distribution) in distributions.enumerated() {
            let environment = environments[distribution.site] ?? environment(of: distribution.site)
            environments[distribution.site] = environment
            let needs = distribution.metadata.requirements.lazy.map {
                DependencyCollector.Need(name: $0, text: $0, field: "Requires-Dist")
            }
            collector.add(needs, of: number) { need, steps in answer(need.text, in: environment, &steps) }
        }
        findings.take(collector, of: .python)
        markVendored(in: &findings)
    }

    /// What meets a requirement in an environment.
    private func answer(
        _ text: String, in environment: Environment, _ steps: inout Int
    ) -> DependencyCollector.Answer {
        steps -= environment.folders.count
        guard let requirement = PythonRequirement(text) else { return .unmet }
        // An extra is asked for by whoever installs a distribution, and that is not recorded.
        let holds = requirement.marker.map { $0.holds(in: environment.markers) } ?? true
        guard holds != false else { return .met }
        let name = PythonRequirement.normalized(requirement.name)
        guard let found = environment.folders.lazy.compactMap({ byFolder[$0]?[name] }).first else {
            return holds == true ? .unmet : .met
        }
        let version = distributions[found].metadata.version.flatMap { PythonVersion($0) }
        return version?.satisfies(requirement.specifiers) == false ? .otherVersion(found) : .packages([found])
    }

    /// Marks the distributions whose description is among the files of another one, as those in `setuptools/_vendor`.
    private func markVendored(in findings: inout LanguageFindings) {
        var owners: [String: Int] = [:]
        for (number, distribution) in distributions.enumerated() {
            for path in distribution.files where path.hasSuffix("/METADATA") || path.hasSuffix("/PKG-INFO") {
                if path != distribution.package.path { owners[path] = number }
            }
        }
        for number in findings.packages.indices {
            findings.packages[number].container = owners[findings.packages[number].path]
        }
    }

    /// Where an interpreter finds distributions.
    private struct Environment {
        /// The folders that it looks in, one after the other.
        var folders: [Substring]
        /// What markers are evaluated for.
        var markers: PythonEnvironment
    }

    /// The environment of a folder, which comes first in it.
    private func environment(of site: Substring) -> Environment {
        var markers = PythonEnvironment(machine: files.architecture.flatMap { Self.machines[$0] })
        guard let place = PythonFolder(site) else {
            return Environment(folders: [site], markers: markers)
        }
        markers.version = place.version ?? onlyVersion(below: place.prefix)
        var folders = [site]
        func add(_ others: [Substring]) { folders += others.filter { !folders.contains($0) } }
        let sites = byFolder.keys.sorted()
        let places = sites.compactMap { site in PythonFolder(site).map { (site, $0) } }
        func systemFolders(_ prefix: String) -> [Substring] {
            places.filter { other in
                other.1.prefix == prefix && other.1.isDebian == place.isDebian
                    && (other.1.version == nil || markers.version == nil || other.1.version == markers.version)
            }.map(\.0)
        }
        let configuration = place.prefix.isEmpty ? "pyvenv.cfg" : "\(place.prefix)/pyvenv.cfg"
        if let file = files[configuration] {
            add(systemFolders(place.prefix))
            let settings = Self.settings(file.bytes)
            guard settings["include-system-site-packages"]?.lowercased() == "true", let home = settings["home"] else {
                return Environment(folders: folders, markers: markers)
            }
            let prefix = String(home.drop { $0 == "/" }.parentFolder)
            add(places.filter { $0.1.prefix == prefix && Self.fits($0.1, markers.version) }.map(\.0))
            if prefix == "usr" {
                add(places.filter { $0.1.prefix == "usr/local" && Self.fits($0.1, markers.version) }.map(\.0))
            }
            return Environment(folders: folders, markers: markers)
        }
        add(systemFolders(place.prefix))
        // The interpreters of distributions also look below /usr/local, and all look in the folder of the user.
        if place.prefix == "usr/local" || place.prefix.hasSuffix(".local") {
            let hasOwn =
                place.prefix == "usr/local"
                && markers.version.map { tree.target(of: "usr/local/bin/python\($0)") != nil } ?? false
            if !hasOwn {
                if place.prefix != "usr/local" { add(systemFolders("usr/local")) }
                add(systemFolders("usr"))
                if place.prefix != "usr/local" {
                    add(places.filter { $0.1.prefix == "usr" && Self.fits($0.1, markers.version) }.map(\.0))
                }
            }
        } else if place.prefix == "usr" {
            add(systemFolders("usr/local"))
        }
        return Environment(folders: folders, markers: markers)
    }

    private static func fits(_ folder: PythonFolder, _ version: String?) -> Bool {
        folder.version == nil || version == nil || folder.version == version
    }

    /// The version of the only interpreter below a prefix, for folders that all minor versions share.
    private func onlyVersion(below prefix: String) -> String? {
        let names = tree.names(in: prefix.isEmpty ? "bin" : "\(prefix)/bin").filter { name in
            name.hasPrefix("python3.") && name.dropFirst(8).allSatisfy { ("0"..."9").contains($0) }
        }
        return names.count == 1 ? String(names[0].dropFirst(6)) : nil
    }

    /// The lines `KEY = VALUE` of a pyvenv.cfg (PEP 405).
    private static func settings(_ bytes: [UInt8]) -> [String: Substring] {
        var result: [String: Substring] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { result[String(parts[0].trimmed).lowercased()] = parts[1].trimmed }
        }
        return result
    }

    /// What uname(1) prints for the architectures of images.
    private static var machines: [String: String] {
        [
            "amd64": "x86_64", "386": "i686", "arm64": "aarch64", "arm": "armv7l", "ppc64le": "ppc64le",
            "s390x": "s390x", "riscv64": "riscv64", "loong64": "loongarch64",
        ]
    }
}

/// A folder of the form `PREFIX/lib/pythonX.Y/site-packages`.
struct PythonFolder: Sendable, Hashable {
    /// The folder that the interpreter is installed below: `usr`, `opt/venv`; empty for the root.
    let prefix: String
    /// `3.11`; nil if all minor versions share the folder, as Debian's `python3`.
    let version: String?
    /// Whether it is Debian's `dist-packages`, which interpreters from elsewhere do not look in.
    let isDebian: Bool

    /// Nil if it is any other folder, such as one that `pip install --target` names.
    init?(_ site: Substring) {
        let parts = site.split(separator: "/")
        guard parts.count >= 3, let last = parts.last, last == "site-packages" || last == "dist-packages" else {
            return nil
        }
        let interpreter = parts[parts.count - 2]
        let library = parts[parts.count - 3]
        guard interpreter.hasPrefix("python"), library == "lib" || library == "lib64" else { return nil }
        let number = interpreter.dropFirst(6)
        version = number.contains(".") ? String(number) : nil
        isDebian = last == "dist-packages"
        prefix = parts.dropLast(3).joined(separator: "/")
    }
}
