internal import ByteStreams

/// The packages that own the files of a search.
package struct FileOwnership: Sendable {
    /// The number of the package that owns the file at each path; paths without an owner are absent.
    private var owners: [String: Int] = [:]
    /// Whether a database has packages but no list of files for any of them, so that their files are unknown.
    ///
    /// If some packages have lists, a package without one owns no files, as in dpkg.
    package private(set) var lacksLists = false
    /// Whether lists omit configuration files, as the lists of digests of distroless images do (deb-md5sums(5)).
    package var lacksConfiguration = false

    /// Creates an ownership without any owner.
    package init() {}

    /// Creates an ownership from the owners by path.
    package init(_ owners: [String: Int], lacksLists: Bool) {
        self.owners = owners
        self.lacksLists = lacksLists
    }

    /// The number of the package that owns the file at a canonical path; nil if no package does, or if the path was not
    /// searched for.
    package func owner(of path: String) -> Int? { owners[path] }

    /// Adds the owners of another database, whose packages are numbered from `offset`; known owners are kept.
    package mutating func append(_ other: FileOwnership, offset: Int) {
        for (path, package) in other.owners where owners[path] == nil { owners[path] = package + offset }
        lacksLists = lacksLists || other.lacksLists
        lacksConfiguration = lacksConfiguration || other.lacksConfiguration
    }
}

/// Finds the owners of some paths among all the paths that a database lists.
///
/// A database lists ten times as many paths as a search has. So only listed paths with the name of a searched path are
/// resolved, and each folder is resolved once.
struct OwnerSearch<Tree: FileTree> {
    /// The last components of the searched paths.
    let names: Set<ArraySlice<UInt8>>
    /// The owners that were found so far, by path.
    private(set) var owners: [String: Int] = [:]

    private let paths: Set<String>
    let tree: Tree
    private var folders: CanonicalFolders<Tree>

    /// Searches for the owners of `paths`, which are canonical in `tree`.
    init(_ paths: Set<String>, in tree: Tree) {
        self.paths = paths
        self.tree = tree
        folders = CanonicalFolders(in: tree)
        names = Set(paths.map { Array($0.utf8)[...].dividedAtLastSlash.name })
    }

    /// Adds a path that a package lists, divided into folder and name; slashes at the ends of the folder do not matter.
    mutating func add(folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>, package: Int) {
        guard names.contains(name) else { return }
        let place = folders.path(of: name, in: folder)
        guard paths.contains(place), owners[place] == nil else { return }
        owners[place] = package
    }

    /// Adds the links that a program manages, such as alternatives; the package that owns the target owns the link.
    ///
    /// - Parameters:
    ///   - links: The paths of the links, with a slash at the beginning.
    ///   - search: Finds the owners of the targets of the links.
    mutating func addLinks(_ links: some Sequence<ArraySlice<UInt8>>, _ search: (Set<String>) -> [String: Int]) {
        var targets: [String: String] = [:]
        for link in links {
            let (folder, name) = link.dividedAtLastSlash
            guard names.contains(name) else { continue }
            let place = folders.path(of: name, in: folder)
            guard paths.contains(place), owners[place] == nil, let target = tree.target(of: place), target != place
            else { continue }
            targets[place] = target
        }
        guard !targets.isEmpty else { return }
        let found = search(Set(targets.values))
        for (link, target) in targets { owners[link] = found[target] }
    }
}

/// Resolves the links in the folders of listed files, each folder once.
struct CanonicalFolders<Tree: FileTree> {
    private let tree: Tree
    /// The canonical path of each folder, with a slash at the end unless it is the root.
    private var folders: [ArraySlice<UInt8>: String] = [:]

    init(in tree: Tree) {
        self.tree = tree
    }

    /// The canonical path of a name in a folder; slashes at the ends of the folder do not matter.
    mutating func path(of name: ArraySlice<UInt8>, in folder: ArraySlice<UInt8>) -> String {
        canonical(folder) + String(decoding: name, as: UTF8.self)
    }

    private mutating func canonical(_ folder: ArraySlice<UInt8>) -> String {
        if let known = folders[folder] { return known }
        let path = folder.split(separator: UInt8(ascii: "/")) + [Array("x".utf8)[...]]
        // The last component is not resolved, so its name does not matter.
        let place = tree.canonical(String(decoding: Array(path.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self))
            .dropLast()
        if folders.count >= Limits.rememberedFolders { folders = [:] }
        folders[folder] = String(place)
        return String(place)
    }
}

extension ArraySlice<UInt8> {
    /// The parts of a path before and after its last slash; without a slash, the folder is empty.
    var dividedAtLastSlash: (folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
        guard let slash = lastIndex(of: UInt8(ascii: "/")) else { return (self[startIndex..<startIndex], self) }
        return (self[..<slash], self[(slash + 1)...])
    }
}
