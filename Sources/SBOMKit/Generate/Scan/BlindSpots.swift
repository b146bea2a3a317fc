internal import ByteStreams
internal import ContainerImages
package import LanguagePackages
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
        /// The package system whose database describes these packages too; where it is read, they are no blind spot.
        var describedBy: Ecosystem?
        /// The reader of these packages; where they are read, they are no blind spot.
        var readAs: PackageKind?
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

    /// - Parameters:
    ///   - systems: The package systems that are known.
    ///   - read: The kinds of language packages that are read.
    package init(systems: [any PackageSystem.Type], read: Set<PackageKind> = []) {
        kinds = systems.map(Kind.init) + Self.others.filter { $0.readAs.map { !read.contains($0) } ?? true }
        patterns = kinds.reduce([]) { $0 + $1.patterns }
    }

    /// The files of one image that show software, or are code.
    struct Survey {
        fileprivate let spots: BlindSpots
        fileprivate let isOpen: [Bool]
        fileprivate var paths: [[String]]
        fileprivate var code: [(path: String, type: CodeType)] = []

        /// - Parameters:
        ///   - spots: The kinds of software.
        ///   - seen: The package systems whose databases were read, or are already reported as unreadable.
        init(_ spots: BlindSpots, seen: Set<Ecosystem>) {
            self.spots = spots
            let codes = Set(seen.map(\.rawValue))
            isOpen = spots.kinds.map { kind in
                !codes.contains(kind.code) && kind.describedBy.map { !seen.contains($0) } ?? true
            }
            paths = Array(repeating: [], count: spots.kinds.count)
        }

        /// Adds a file of the merged file system.
        ///
        /// Every file counts once: where it shows a kind of software, it is not among the files of code too.
        mutating func add(_ path: [UInt8], _ evidence: FileEvidence?) {
            var showsKind = false
            if spots.patterns.matches(path[...]) {
                for (number, kind) in spots.kinds.enumerated() where isOpen[number] && kind.matches(path[...]) {
                    paths[number].append(String(decoding: path, as: UTF8.self))
                    showsKind = true
                }
            }
            guard !showsKind, case .code(let type) = evidence, !UnownedCode.isKeptByPackageManager(path[...]) else {
                return
            }
            code.append((String(decoding: path, as: UTF8.self), type))
        }

        /// The paths whose owners have to be known.
        var asked: Set<String> {
            var asked = Set(code.lazy.map(\.path))
            for (kind, paths) in zip(spots.kinds, paths) where !kind.isSystem { asked.formUnion(paths) }
            return asked
        }

        /// The software that is not described, and the code that no package owns.
        ///
        /// - Parameters:
        ///   - ownership: The owners of the files at ``asked``.
        ///   - isMerged: Whether the file at a path is an SBOM whose packages are listed.
        ///   - isExplained: Whether a package that was found in files explains the file at a path.
        /// - Returns: What no package describes.
        func result(
            _ ownership: FileOwnership, isMerged: (String) -> Bool, isExplained: (String) -> Bool
        ) -> (sightings: [Sighting], code: UnownedCode) {
            let sightings = zip(spots.kinds, paths).compactMap { kind, paths -> Sighting? in
                let open =
                    kind.isSystem
                    ? paths.filter { !isMerged($0) }
                    : paths.filter { ownership.owner(of: $0) == nil && !isExplained($0) }
                guard let first = open.min() else { return nil }
                return Sighting(kind: kind, count: open.count, example: first)
            }
            return (sightings, UnownedCode(code.filter { !isExplained($0.path) }, ownership))
        }
    }

    /// The kinds beside the databases that are read.
    private static let others: [Kind] = systemManagers + stores + applications + languages + lockFiles

    /// Package managers of operating systems, whose packages own files in any folder.
    private static let systemManagers: [Kind] = [
        Kind(system: "pacman", "Arch Linux packages (pacman)", ["var/lib/pacman/local/**/desc"]),
        Kind(system: "portage", "Gentoo packages (portage)", ["var/db/pkg/**/CONTENTS"]),
        // Entware has a database of its own beside that of the system.
        Kind(system: "entware", "opkg packages in a folder of their own (Entware)", ["opt/**/lib/opkg/status"]),
        Kind(system: "xbps", "Void Linux packages (xbps)", ["var/db/xbps/pkgdb-*.plist"]),
        Kind(
            system: "slackware", "Slackware packages",
            ["var/lib/pkgtools/packages/*", "var/log/packages/*"]),
        Kind(system: "eopkg", "Solus packages (eopkg)", ["var/lib/eopkg/package/**/metadata.xml"]),
        Kind(system: "swupd", "Clear Linux bundles (swupd)", ["usr/share/clear/bundles/*"]),
        // What chisel cut out of Ubuntu's packages; such an image has no database of dpkg.
        Kind(system: "chisel", "slices of Ubuntu packages (chisel)", ["**/chisel/manifest.wall"]),
        // Where Wolfi's packages keep an SBOM each; apko can leave out the database of apk.
        Kind(
            system: "apko", "apk packages with SBOMs (apko, melange)",
            ["var/lib/db/sbom/*.spdx.json", "var/lib/db/sbom/*.cdx.json"], describedBy: .apk),
        Kind(system: "freebsd", "FreeBSD packages (pkg)", ["var/db/pkg/local.sqlite"]),
    ]

    /// Package managers with a folder of their own, beside that of the operating system or in its place.
    private static let stores: [Kind] = [
        Kind(
            code: "nix", name: "Nix store paths", isSystem: true,
            patterns: ["**/nix/var/nix/db/db.sqlite", "nix/store/**"]),
        Kind(
            code: "guix", name: "Guix store items", isSystem: true, patterns: ["var/guix/db/db.sqlite", "gnu/store/**"]),
        Kind(
            code: "homebrew", name: "Homebrew packages", isSystem: false,
            patterns: ["**/Cellar/*/*/INSTALL_RECEIPT.json", "**/Cellar/*/*/.brew/*.rb"]),
        Kind(
            code: "flatpak", name: "Flatpak applications and runtimes", isSystem: false,
            patterns: ["var/lib/flatpak/**/metadata", "**/share/flatpak/app/*/*/*/*/metadata"]),
        Kind(
            code: "snap", name: "snaps", isSystem: false,
            patterns: ["var/lib/snapd/snaps/*.snap", "var/lib/snapd/seed/snaps/*.snap", "snap/**/meta/snap.yaml"]),
        Kind(
            code: "spack", name: "Spack packages", isSystem: false,
            patterns: ["**/.spack-db/index.json", "**/.spack/spec.json"]),
    ]

    /// Catalogs of ready-made applications.
    private static let applications: [Kind] = [
        Kind(
            code: "bitnami", name: "Bitnami components", isSystem: false,
            patterns: ["opt/bitnami/**/.spdx-*.spdx", "opt/bitnami/.bitnami_components.json"])
    ]

    /// Package managers of programming languages.
    private static let languages: [Kind] = [
        // distutils wrote one file where setuptools makes a folder.
        Kind(
            code: "python", name: "Python packages", isSystem: false, readAs: .python,
            patterns: ["**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO", "**/*.egg-info", "**/EGG-INFO/PKG-INFO"]),
        Kind(
            code: "conda", name: "conda packages", isSystem: false, readAs: .conda, patterns: ["**/conda-meta/*.json"]),
        Kind(
            code: "node", name: "Node.js packages", isSystem: false, readAs: .node,
            patterns: ["**/node_modules/*/package.json", "**/node_modules/@*/*/package.json"]),
        Kind(
            code: "node", name: "Node.js packages in caches of Yarn and Deno", isSystem: false,
            patterns: [
                "**/.yarn/cache/*.zip", "**/deno/npm/*/*/*/package.json", "**/deno/npm/*/@*/*/*/package.json",
            ]),
        Kind(
            code: "ruby", name: "Ruby gems", isSystem: false, readAs: .ruby,
            patterns: ["**/specifications/*.gemspec", "**/specifications/default/*.gemspec"]),
        Kind(
            code: "java", name: "Java archives", isSystem: false, readAs: .java,
            patterns: [
                "**/*.jar", "**/*.war", "**/*.ear", "**/*.sar", "**/*.par", "**/*.jpi", "**/*.hpi",
            ]),
        Kind(code: "java", name: "Java modules (jmod)", isSystem: false, patterns: ["**/*.jmod"]),
        Kind(
            code: "php", name: "Composer (PHP) packages", isSystem: false, readAs: .php,
            patterns: ["**/vendor/composer/installed.json"]),
        Kind(code: "dotnet", name: ".NET applications", isSystem: false, readAs: .dotnet, patterns: ["**/*.deps.json"]),
        Kind(
            code: "r", name: "R packages", isSystem: false, readAs: .r, patterns: ["**/Meta/package.rds"]),
        Kind(
            code: "hex", name: "Erlang and Elixir packages", isSystem: false,
            patterns: ["**/hex_metadata.config", "**/lib/*/ebin/*.app"]),
        Kind(code: "lua", name: "Lua packages (LuaRocks)", isSystem: false, patterns: ["**/*.rockspec"]),
        // ExtUtils::Install writes the one, cpanminus the other.
        Kind(
            code: "perl", name: "Perl distributions", isSystem: false,
            patterns: ["**/.packlist", "**/.meta/*/install.json"]),
        Kind(code: "haskell", name: "Haskell packages", isSystem: false, patterns: ["**/package.conf.d/*.conf"]),
        Kind(
            code: "opam", name: "OCaml packages (opam)", isSystem: false,
            patterns: ["**/.opam-switch/packages/*/opam"]),
        Kind(
            code: "julia", name: "Julia packages", isSystem: false, patterns: ["**/.julia/packages/*/*/Project.toml"]),
        Kind(
            code: "dart", name: "Dart packages", isSystem: false,
            patterns: ["**/.pub-cache/hosted/*/*/pubspec.yaml", "**/.dart_tool/package_config.json"]),
        Kind(
            code: "go", name: "Go modules", isSystem: false,
            patterns: ["**/@v/*.mod", "**/vendor/modules.txt", "**/go.sum"]),
    ]

    /// Lists of the packages that were fetched for an application; they may be compiled into it.
    private static let lockFiles: [Kind] = [
        Kind(
            code: "lock-file", name: "lists of an application's packages", isSystem: false,
            patterns: [
                "**/Cargo.lock", "**/bun.lock", "**/bun.lockb", "**/deno.lock", "**/package-lock.json",
                "**/npm-shrinkwrap.json", "**/yarn.lock", "**/pnpm-lock.yaml", "**/.pnp.cjs", "**/composer.lock",
                "**/Gemfile.lock", "**/poetry.lock", "**/uv.lock", "**/pdm.lock", "**/Pipfile.lock", "**/mix.lock",
                "**/rebar.lock", "**/pubspec.lock", "**/conan.lock", "**/packages.lock.json", "**/Package.resolved",
                "**/Podfile.lock", "**/stack.yaml.lock", "**/gradle.lockfile",
            ])
    ]
}

extension BlindSpots.Kind {
    /// A package manager of an operating system that is not read.
    fileprivate init(
        system code: String, _ name: String, _ patterns: PathPatterns, describedBy ecosystem: Ecosystem? = nil
    ) {
        self.init(
            code: code, name: name, isSystem: true, ownsFilesAnywhere: true, describedBy: ecosystem, patterns: patterns)
    }

    /// A package system that is read.
    fileprivate init(_ system: any PackageSystem.Type) {
        let name =
            switch system.ecosystem {
            case .dpkg: "Debian packages (dpkg)"
            case .rpm: "rpm packages"
            case .apk: "Alpine packages (apk)"
            case .opkg: "opkg packages"
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
