internal import ByteStreams
internal import ContainerImages
package import PackageDatabases

/// Software in an image that no package database we read describes.
///
/// It is detected by the names of files alone, because each kind of package manager leaves files that nothing else has. A
/// file that a package of a database owns is described by that package and does not count.
package struct BlindSpots: Sendable {
    /// A way of installing software.
    package struct Kind: Sendable {
        /// The word in the code of its diagnostic, such as `java`.
        package let code: String
        /// The name in the plural, for messages.
        let name: String
        /// Whether it is the package manager of the operating system.
        let isSystem: Bool
        /// Whether its packages may own files in any folder of the image.
        var ownsFilesAnywhere = false
        /// The files that show that it was used.
        fileprivate let patterns: PathPatterns

        /// Whether a file at that path shows that it was used; the path has no leading slash.
        package func matches(_ path: ArraySlice<UInt8>) -> Bool { patterns.matches(path) }
    }

    /// The files of one kind that were found.
    struct Sighting: Sendable {
        let kind: Kind
        let count: Int
        /// The first path, by its bytes.
        let example: String
    }

    /// The package systems that are read, which are a blind spot only if they could not be, and the kinds that are not.
    package let kinds: [Kind]
    /// The files of all kinds, so that a file of none is looked at once.
    private let patterns: PathPatterns

    package init(systems: [any PackageSystem.Type]) {
        kinds = systems.map(Kind.init) + Self.notRead
        patterns = kinds.reduce([]) { $0 + $1.patterns }
    }

    /// Searches the files of the merged file system.
    ///
    /// `seen` are the package systems whose databases were read, or are already reported as unreadable. `owners` finds the
    /// packages of the databases that own the files at some paths. Every file counts once: where it shows a kind of
    /// software, it is not among the files of code too.
    func find(
        in files: RootFileSystem, seen: Set<Ecosystem>, owners: (Set<String>) -> FileOwnership
    ) -> (sightings: [Sighting], code: UnownedCode) {
        let codes = Set(seen.map(\.rawValue))
        var paths: [[String]] = Array(repeating: [], count: kinds.count)
        var code: [(path: String, type: CodeType)] = []
        files.forEachFile { path, evidence in
            var showsKind = false
            if patterns.matches(path[...]) {
                for (number, kind) in kinds.enumerated() where !codes.contains(kind.code) && kind.matches(path[...]) {
                    paths[number].append(String(decoding: path, as: UTF8.self))
                    showsKind = true
                }
            }
            guard !showsKind, case .code(let type) = evidence, !UnownedCode.isKeptByPackageManager(path[...]) else {
                return
            }
            code.append((String(decoding: path, as: UTF8.self), type))
        }
        var asked = Set(code.lazy.map(\.path))
        for (kind, paths) in zip(kinds, paths) where !kind.isSystem { asked.formUnion(paths) }
        let ownership = owners(asked)
        let sightings = zip(kinds, paths).compactMap { kind, paths -> Sighting? in
            let unowned = kind.isSystem ? paths : paths.filter { ownership.owner(of: $0) == nil }
            guard let first = unowned.min() else { return nil }
            return Sighting(kind: kind, count: unowned.count, example: first)
        }
        return (sightings, UnownedCode(code, ownership))
    }

    /// The kinds for which there is no reader.
    private static let notRead: [Kind] = [
        Kind(
            system: "apk", "Alpine packages (apk)", ["lib/apk/db/installed", "usr/lib/apk/db/installed"]),
        Kind(system: "pacman", "Arch Linux packages (pacman)", ["var/lib/pacman/local/**/desc"]),
        Kind(system: "portage", "Gentoo packages (portage)", ["var/db/pkg/**/CONTENTS"]),
        Kind(system: "opkg", "opkg packages", ["**/lib/opkg/status"]),
        Kind(code: "nix", name: "Nix store paths", isSystem: true, patterns: ["**/nix/var/nix/db/db.sqlite"]),
        // distutils wrote one file where setuptools makes a folder.
        Kind(
            code: "python", name: "Python packages", isSystem: false,
            patterns: ["**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO", "**/*.egg-info"]),
        Kind(code: "conda", name: "conda packages", isSystem: false, patterns: ["**/conda-meta/*.json"]),
        Kind(
            code: "node", name: "Node.js packages", isSystem: false,
            patterns: ["**/node_modules/*/package.json", "**/node_modules/@*/*/package.json"]),
        Kind(
            code: "ruby", name: "Ruby gems", isSystem: false,
            patterns: ["**/specifications/*.gemspec", "**/specifications/default/*.gemspec"]),
        Kind(code: "java", name: "Java archives", isSystem: false, patterns: ["**/*.jar", "**/*.war", "**/*.ear"]),
        Kind(
            code: "php", name: "Composer (PHP) packages", isSystem: false,
            patterns: ["**/vendor/composer/installed.json"]),
        Kind(code: "dotnet", name: ".NET applications", isSystem: false, patterns: ["**/*.deps.json"]),
        Kind(code: "r", name: "R packages", isSystem: false, patterns: ["**/Meta/package.rds"]),
    ]
}

extension BlindSpots.Kind {
    /// A package manager of an operating system that is not read.
    fileprivate init(system code: String, _ name: String, _ patterns: PathPatterns) {
        self.init(code: code, name: name, isSystem: true, ownsFilesAnywhere: true, patterns: patterns)
    }

    /// A package system that is read.
    fileprivate init(_ system: any PackageSystem.Type) {
        let name =
            switch system.ecosystem {
            case .dpkg: "Debian packages (dpkg)"
            case .rpm: "rpm packages"
            }
        self.init(
            code: system.ecosystem.rawValue, name: name, isSystem: true, ownsFilesAnywhere: true,
            patterns: system.databasePaths)
    }
}

extension BlindSpots.Sighting {
    /// The notice, which is also in the document.
    var diagnostic: Diagnostic {
        let message =
            kind.isSystem
            ? "\(kind.name) are installed, and their database is not read"
            : "\(kind.name) that no system package owns are not read (\(count) found)"
        return Diagnostic(.blind, code: .notRead(kind.code), at: example, message)
    }
}
