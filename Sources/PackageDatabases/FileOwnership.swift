internal import ByteStreams

/// Which packages own the files that were asked for.
package struct FileOwnership: Sendable {
    /// The number of the package that owns the file at each path; paths that no package owns are not in it.
    private var owners: [String: Int] = [:]
    /// Whether a database has packages and no list of files of any of them, so that it is not known what they own.
    ///
    /// Where some packages have lists, a package without one owns nothing, as dpkg takes it.
    package private(set) var lacksLists = false
    /// Whether lists leave out configuration files, as the lists of digests of distroless images do (deb-md5sums(5)).
    package var lacksConfiguration = false

    /// Nothing is owned.
    package init() {}

    /// The owners by their paths.
    package init(_ owners: [String: Int], lacksLists: Bool) {
        self.owners = owners
        self.lacksLists = lacksLists
    }

    /// The number of the package that owns the file at that canonical path; nil if none does, or it was not asked for.
    package func owner(of path: String) -> Int? { owners[path] }

    /// Adds the owners of another database, whose packages are numbered from `offset`; an owner that is known stays.
    package mutating func append(_ other: FileOwnership, offset: Int) {
        for (path, package) in other.owners where owners[path] == nil { owners[path] = package + offset }
        lacksLists = lacksLists || other.lacksLists
        lacksConfiguration = lacksConfiguration || other.lacksConfiguration
    }
}

/// Finds the owners of some paths among all the paths that a database lists.
///
/// Only listed paths with a name that is asked for are resolved, and each folder once: a database lists ten times as many
/// paths as are asked for.
struct OwnerSearch<Tree: FileTree> {
    /// The last components of the paths that are asked for.
    let names: Set<ArraySlice<UInt8>>
    /// What was found so far.
    private(set) var owners: [String: Int] = [:]

    private let paths: Set<String>
    private let tree: Tree
    /// The listed folders without links in them, with a slash at the end unless that is the root.
    private var folders: [ArraySlice<UInt8>: String] = [:]

    /// Searches for the owners of `paths`, which are canonical in `tree`.
    init(_ paths: Set<String>, in tree: Tree) {
        self.paths = paths
        self.tree = tree
        names = Set(paths.map { Array($0.utf8)[...].dividedAtLastSlash.name })
    }

    /// Adds a path that a package lists, divided into folder and name; slashes at the ends of the folder do not matter.
    mutating func add(folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>, package: Int) {
        guard names.contains(name) else { return }
        let place = canonical(folder) + String(decoding: name, as: UTF8.self)
        guard paths.contains(place), owners[place] == nil else { return }
        owners[place] = package
    }

    /// Gives the links that a program keeps, such as those of alternatives, to the packages whose files they lead to.
    ///
    /// - Parameters:
    ///   - links: The paths of the links, with a slash at the beginning.
    ///   - search: Finds the owners of the files that they lead to.
    mutating func addLinks(_ links: some Sequence<ArraySlice<UInt8>>, _ search: (Set<String>) -> [String: Int]) {
        var targets: [String: String] = [:]
        for link in links {
            let (folder, name) = link.dividedAtLastSlash
            guard names.contains(name) else { continue }
            let place = canonical(folder) + String(decoding: name, as: UTF8.self)
            guard paths.contains(place), owners[place] == nil, let target = tree.target(of: place), target != place
            else { continue }
            targets[place] = target
        }
        guard !targets.isEmpty else { return }
        let found = search(Set(targets.values))
        for (link, target) in targets { owners[link] = found[target] }
    }

    private mutating func canonical(_ folder: ArraySlice<UInt8>) -> String {
        if let known = folders[folder] { return known }
        let path = folder.split(separator: UInt8(ascii: "/")) + [Array("x".utf8)[...]]
        // The last component is not resolved, so any name does.
        let place = tree.canonical(String(decoding: Array(path.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self))
            .dropLast()
        if folders.count >= Limits.rememberedFolders { folders = [:] }
        folders[folder] = String(place)
        return String(place)
    }
}

extension ArraySlice<UInt8> {
    /// What is before and after the last slash of a path; without one there is nothing before it.
    var dividedAtLastSlash: (folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
        guard let slash = lastIndex(of: UInt8(ascii: "/")) else { return (self[startIndex..<startIndex], self) }
        return (self[..<slash], self[(slash + 1)...])
    }
}
