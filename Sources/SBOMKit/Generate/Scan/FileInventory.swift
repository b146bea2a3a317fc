internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases

/// A regular file of an image.
struct FileRecord: Sendable {
    /// The path without a slash at the beginning.
    let path: String
    /// The size in bytes.
    let size: Int
    /// The digests of its contents; nil if they were not taken.
    let digests: FileDigests?
    /// The layer that has it, counted from 0.
    let layer: Int
    /// The kind of code that it is; nil for any other file.
    let code: CodeType?
    /// The packages that own it, in ascending order.
    fileprivate(set) var owners: [Int] = []
    /// What the databases record of it; of several packages, what any of them does.
    fileprivate(set) var traits: RecordedFile.Traits = []
    /// Whether a database records the MD5 digest that the file has.
    fileprivate(set) var hasRecordedMD5 = false
}

/// How an image differs from what a database records of a file.
struct FileDifference: Sendable {
    /// The kinds of difference.
    enum Kind: Sendable, Hashable {
        /// The contents differ from the recorded digest or size.
        case contents(RecordedFile.Digest?)
        /// Something of another kind is there; what it is, in words.
        case kind(String)
        /// A symbolic link names something else than the recorded target.
        case linkTarget(String)
        /// Nothing is there.
        case missing
    }

    /// The path without a slash at the beginning.
    let path: String
    /// The package that records the file.
    let package: Int
    let kind: Kind
    let isConfiguration: Bool
    /// Whether it is documentation or a translation, which slim images leave out.
    let isDocumentation: Bool
}

/// The regular files of an image, the packages that own them, and how they differ from what the databases record.
struct FileInventory: Sendable {
    /// The files in the order of their paths.
    let files: [FileRecord]
    /// The differences in the order of their paths, and of the packages.
    let differences: [FileDifference]
    /// The paths of executables, libraries and archives of code that no package owns, in their order.
    let unownedCode: [String]
    /// The number of owned files whose contents are those that a database records.
    let verifiedCount: Int
    /// Whether packages are installed and no database lists files of any.
    let lacksLists: Bool

    /// Compares the files of an image with what the databases record.
    ///
    /// - Parameters:
    ///   - tree: The merged file system, whose layers were read with digests.
    ///   - recorded: What the databases record.
    ///   - hasPackages: Whether packages are installed.
    ///   - unownedCode: The paths of code that no package owns.
    init(of tree: RootFileSystem, recorded: [RecordedFile], hasPackages: Bool, unownedCode: [String]) {
        var comparison = FileComparison(of: tree)
        for file in recorded { comparison.add(file) }
        files = comparison.files
        differences = comparison.differences.sorted { left, right in
            left.path == right.path
                ? left.package < right.package : left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
        }
        verifiedCount = comparison.verified.count
        lacksLists = hasPackages && recorded.isEmpty
        self.unownedCode = unownedCode
    }

    /// The counts; a path that several packages list counts once.
    var counts: ImageInventory.FileCounts {
        var counts = ImageInventory.FileCounts()
        counts.regular = files.count
        counts.owned = files.count { !$0.owners.isEmpty }
        counts.unownedCode = unownedCode.count
        var last = ""
        var changedContents = 0
        for difference in differences where difference.path != last {
            last = difference.path
            switch difference.kind {
            case .missing:
                if difference.isDocumentation { counts.missingDocumentation += 1 } else { counts.missing += 1 }
            case .contents, .kind, .linkTarget:
                counts.changed += 1
                if difference.isConfiguration { counts.configuration += 1 }
                if case .contents = difference.kind { changedContents += 1 }
            }
        }
        counts.unverified = max(0, counts.owned - verifiedCount - changedContents)
        return counts
    }

    /// What share of the files the databases explain: a sentence or several, on one line.
    var statement: String {
        let counts = counts
        if lacksLists {
            return
                "Files: \(counts.regular) regular files; the package databases do not list which of them belong to packages."
        }
        var text = "Files: \(counts.owned) of \(counts.regular) regular files belong to packages."
        if counts.changed > 0 {
            let configuration = counts.configuration > 0 ? " (\(counts.configuration) of configuration)" : ""
            text += " Changed since the installation: \(counts.changed)\(configuration)."
        } else {
            text += " None is changed since the installation."
        }
        if counts.missing > 0 { text += " Missing: \(counts.missing)." }
        if counts.missingDocumentation > 0 {
            text += " Missing documentation and translations: \(counts.missingDocumentation)."
        }
        if counts.unverified > 0 {
            text += " Not compared, because the databases record no digest: \(counts.unverified)."
        }
        if counts.unownedCode > 0 {
            text += " Executables, libraries and archives of code that no package owns: \(counts.unownedCode)."
        }
        return text
    }
}

/// Compares files, one recorded file after the other.
private struct FileComparison {
    private(set) var files: [FileRecord] = []
    private(set) var differences: [FileDifference] = []
    /// The numbers of the files whose contents are as recorded.
    private(set) var verified: Set<Int> = []

    private let tree: RootFileSystem
    /// What is at each path.
    private var places: [String: Place] = [:]

    private enum Place {
        /// A regular file, by its number.
        case file(Int)
        case directory
        case symbolicLink(to: String)
        case other

        var words: String {
            switch self {
            case .file: "a file"
            case .directory: "a directory"
            case .symbolicLink(let target): "a symbolic link to \(target)"
            case .other: "a device, pipe or socket"
            }
        }
    }

    init(of tree: RootFileSystem) {
        self.tree = tree
        var found: [(path: [UInt8], entry: FileSystemEntry)] = []
        tree.forEachEntry { path, entry in
            if entry.kind == .file {
                found.append((path, entry))
            } else {
                let target = String(decoding: entry.linkTarget, as: UTF8.self)
                let place: Place =
                    switch entry.kind {
                    case .directory: .directory
                    case .symbolicLink: .symbolicLink(to: target)
                    case .file, .other: .other
                    }
                places[String(decoding: path, as: UTF8.self)] = place
            }
        }
        found.sort { $0.path.lexicographicallyPrecedes($1.path) }
        files.reserveCapacity(found.count)
        for (path, entry) in found {
            let path = String(decoding: path, as: UTF8.self)
            var code: CodeType?
            if case .code(let type) = entry.evidence { code = type }
            // Two names that are not UTF-8 can be the same text; the first one is compared.
            if places[path] == nil { places[path] = .file(files.count) }
            files.append(
                FileRecord(
                    path: path, size: entry.size, digests: entry.digests, layer: entry.layer ?? 0, code: code))
        }
    }

    mutating func add(_ recorded: RecordedFile) {
        guard let place = places[recorded.path] else {
            if !recorded.traits.contains(.optional) { report(recorded, .missing) }
            return
        }
        let isForeign = recorded.traits.contains(.foreign)
        if case .file(let number) = place, !isForeign {
            if files[number].owners.last != recorded.package { files[number].owners.append(recorded.package) }
            files[number].traits.formUnion(recorded.traits)
        }
        switch (recorded.kind, place) {
        case (.file, .file(let number)), (nil, .file(let number)):
            compare(recorded, number)
        case (nil, .symbolicLink(let target)):
            guard let digest = recorded.digest, !digest.isOf(target) else { return }
            report(recorded, .linkTarget(target))
        case (nil, _), (.directory, .directory), (.other, .other):
            break
        case (.symbolicLink, .symbolicLink(let target)):
            guard let expected = recorded.linkTarget, !expected.elementsEqual(target.utf8) else { return }
            report(recorded, .linkTarget(target))
        case (.directory, .symbolicLink) where leadsToDirectory(recorded.path):
            break
        case (.file, _), (.directory, _), (.symbolicLink, _), (.other, _):
            report(recorded, .kind(place.words))
        }
    }

    private mutating func compare(_ recorded: RecordedFile, _ number: Int) {
        let file = files[number]
        if let digest = recorded.digest, let digests = file.digests {
            let found: ArraySlice<UInt8>? =
                switch digest.algorithm {
                case .md5: digests.md5
                case .sha1: digests.sha1
                case .sha256: digests.sha256
                case .sha256Cut: digests.sha256.prefix(digest.value.count)
                }
            guard let found else { return }
            if found.elementsEqual(digest.value) {
                verified.insert(number)
                if digest.algorithm == .md5 { files[number].hasRecordedMD5 = true }
            } else {
                report(recorded, .contents(digest))
            }
        } else if let size = recorded.size, size != file.size {
            report(recorded, .contents(nil))
        }
    }

    private func leadsToDirectory(_ path: String) -> Bool {
        let inside = tree.canonical(path + "/x")
        guard let slash = inside.lastIndex(of: "/") else { return true }
        if case .directory = places[String(inside[..<slash])] { return true }
        return false
    }

    private mutating func report(_ recorded: RecordedFile, _ kind: FileDifference.Kind) {
        differences.append(
            FileDifference(
                path: recorded.path, package: recorded.package, kind: kind,
                isConfiguration: recorded.traits.contains(.configuration),
                isDocumentation: recorded.traits.contains(.documentation)
                    || DocumentationPaths.isSpare(recorded.path)))
    }
}

/// The folders of documentation.
enum DocumentationPaths {
    /// Whether a file at a path is documentation.
    static func matches(_ path: String) -> Bool { documentation.matches(Array(path.utf8)[...]) }

    /// Whether a file at a path is documentation or a translation, which slim images leave out, or a folder of them.
    static func isSpare(_ path: String) -> Bool {
        matches(path) || spare.matches(Array(path.utf8)[...])
    }

    // FHS 3.0 §4.11.
    private static let documentation: PathPatterns = [
        "usr/share/doc/**", "usr/share/man/**", "usr/share/info/**", "usr/share/help/**", "usr/share/gtk-doc/**",
        "usr/share/doc-base/**",
    ]
    // What the slim images of Debian leave out besides, and the folders themselves.
    private static let spare: PathPatterns = [
        "usr/share/locale/**", "usr/share/groff/**", "usr/share/lintian/**", "usr/share/linda/**", "usr/share/doc",
        "usr/share/man", "usr/share/info", "usr/share/help", "usr/share/gtk-doc", "usr/share/doc-base",
        "usr/share/locale", "usr/share/groff", "usr/share/lintian", "usr/share/linda",
    ]
}
