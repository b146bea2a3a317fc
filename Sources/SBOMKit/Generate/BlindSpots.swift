internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases

/// Software that an image visibly has and that no database we read describes.
///
/// Told by the names of files alone: each kind of package manager leaves files that nothing else has. What a package
/// of a database that we read owns is described by it and does not count.
package struct BlindSpots: Sendable {
    /// A way of installing software that we do not read.
    package struct Kind: Sendable {
        package let code: String
        /// In the plural, for messages.
        let name: String
        /// Whether it is the system's own package manager.
        package let isSystem: Bool
        package let matches: @Sendable (ArraySlice<UInt8>) -> Bool
    }

    /// Where each kind was seen: how many files tell of it, and the first by name.
    struct Sighting: Sendable {
        let kind: Kind
        let count: Int
        let example: String
    }

    package static let kinds: [Kind] = [
        Kind(code: "apk", name: "Alpine packages (apk)", isSystem: true) {
            path in path.elementsEqual(apk) || path.elementsEqual(apkUnderUsr)
        },
        Kind(code: "rpm", name: "rpm packages", isSystem: true) { path in
            rpmFolders.contains { folder in
                path.starts(with: folder)
                    && rpmFiles.contains { path.dropFirst(folder.count).elementsEqual($0) }
            }
        },
        Kind(code: "pacman", name: "Arch Linux packages (pacman)", isSystem: true) {
            $0.starts(with: Array("var/lib/pacman/local/".utf8)) && $0.hasEnding("/desc")
        },
        Kind(code: "portage", name: "Gentoo packages (portage)", isSystem: true) {
            $0.starts(with: Array("var/db/pkg/".utf8)) && $0.hasEnding("/CONTENTS")
        },
        Kind(code: "opkg", name: "opkg packages", isSystem: true) {
            $0.hasEnding("lib/opkg/status")
        },
        Kind(code: "nix", name: "Nix store paths", isSystem: true) { $0.hasEnding("nix/var/nix/db/db.sqlite") },
        Kind(code: "python", name: "Python packages", isSystem: false) {
            // distutils wrote one file where setuptools makes a folder.
            $0.hasEnding(".dist-info/METADATA") || $0.hasEnding(".egg-info/PKG-INFO") || $0.hasEnding(".egg-info")
        },
        Kind(code: "conda", name: "conda packages", isSystem: false) {
            $0.hasEnding(".json") && $0.hasFolder("conda-meta", above: 1)
        },
        Kind(code: "node", name: "Node.js packages", isSystem: false) {
            $0.hasEnding("/package.json")
                && ($0.hasFolder("node_modules", above: 2) || $0.hasFolder("node_modules", above: 3) && $0.hasScope)
        },
        Kind(code: "ruby", name: "Ruby gems", isSystem: false) {
            $0.hasEnding(".gemspec")
                && ($0.hasFolder("specifications", above: 1)
                    || $0.hasFolder("specifications", above: 2) && $0.hasFolder("default", above: 1))
        },
        Kind(code: "java", name: "Java archives", isSystem: false) {
            $0.hasEnding(".jar") || $0.hasEnding(".war") || $0.hasEnding(".ear")
        },
        Kind(code: "php", name: "Composer (PHP) packages", isSystem: false) {
            $0.hasEnding("vendor/composer/installed.json")
        },
        Kind(code: "dotnet", name: ".NET applications", isSystem: false) { $0.hasEnding(".deps.json") },
        Kind(code: "r", name: "R packages", isSystem: false) { $0.hasEnding("/Meta/package.rds") },
    ]

    /// Looks at every file of the merged file system.
    ///
    /// `owned` picks from paths those that packages of the databases own; `read` names the system databases that were
    /// read and are no blind spot.
    static func find(in files: RootFileSystem, owned: (Set<String>) -> Set<String>, read: Set<String>) -> [Sighting] {
        var paths: [[String]] = Array(repeating: [], count: kinds.count)
        files.forEachFile { path in
            for (number, kind) in kinds.enumerated() where kind.matches(path[...]) {
                paths[number].append(String(decoding: path, as: UTF8.self))
            }
        }
        let owned = owned(Set(zip(kinds, paths).lazy.filter { !$0.0.isSystem }.flatMap(\.1)))
        return zip(kinds, paths).compactMap { kind, paths in
            guard !read.contains(kind.code) else { return nil }
            let unowned = kind.isSystem ? paths : paths.filter { !owned.contains($0) }
            guard let first = unowned.min() else { return nil }
            return Sighting(kind: kind, count: unowned.count, example: first)
        }
    }

    private static let apk = Array("lib/apk/db/installed".utf8)
    private static let apkUnderUsr = Array("usr/lib/apk/db/installed".utf8)
    private static let rpmFolders = ["var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/", "var/lib/rpmmanifest/"]
        .map { Array($0.utf8) }
    private static let rpmFiles = ["rpmdb.sqlite", "Packages", "Packages.db", "container-manifest-2"]
        .map { Array($0.utf8) }
}

extension BlindSpots.Sighting {
    /// What is said of it in messages and in the document.
    var diagnostic: Diagnostic {
        let what =
            kind.isSystem
            ? "\(kind.name) are installed, and their database is not read"
            : "\(kind.name) that no system package owns are not read (\(count) found)"
        return Diagnostic(.blind, code: .notRead(kind.code), at: example, what)
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasEnding(_ ending: StaticString) -> Bool {
        guard count >= ending.utf8CodeUnitCount else { return false }
        return unsafe suffix(ending.utf8CodeUnitCount).elementsEqual(
            UnsafeBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount))
    }

    /// Whether the folder that many levels above the file has that name: 1 is the one it lies in.
    fileprivate func hasFolder(_ name: StaticString, above level: Int) -> Bool {
        let parts = split(separator: UInt8(ascii: "/"))
        guard parts.count > level else { return false }
        return unsafe parts[parts.count - 1 - level].elementsEqual(
            UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// Whether the folder above the one that it lies in is an npm scope: `@types/node/package.json`.
    fileprivate var hasScope: Bool {
        let parts = split(separator: UInt8(ascii: "/"))
        return parts.count >= 3 && parts[parts.count - 3].first == UInt8(ascii: "@")
    }
}
