/// The folders of packages of Node.js, and what `node_modules` folders have.
///
/// Node.js looks for a package in the `node_modules` folder of each folder from that of the asking file up to the root
/// (Node.js documentation, "Modules: CommonJS modules", "Loading from node_modules folders").
struct NodeFolders {
    /// A folder, by its number.
    typealias Number = Int

    private struct Step: Hashable {
        var parent: Number
        var name: Substring
    }

    private struct Folder {
        var parent: Number?
        /// The `node_modules` folder in it.
        var modules: Number?
        /// Whether it is named `node_modules`; no packages are looked for in a folder of that name inside such a folder.
        var isModules = false
        /// Whether its name is one of a scope.
        var isScope = false
        /// Whether it is one of ``NodeFolders/modules``.
        var isListed = false
        /// The nearest folder, from this one up, that has ``modules``.
        var nearest: Number?
        /// The packages in it, if it is a `node_modules` folder.
        var packages: [String: Int] = [:]
    }

    private var folders = [Folder()]
    private var numbers: [Step: Number] = [:]
    /// The `node_modules` folders with their paths, in the order in which they were added.
    private(set) var modules: [(folder: Number, path: String)] = []
    /// The folders of packages that all files find, after those above them.
    private var shared: [Number] = []

    /// Whether Debian's Node.js looks for packages in a folder from everywhere (Debian's nodejs, `README.Debian`).
    static func isOfDebian(_ folder: ArraySlice<Substring>) -> Bool {
        let folder = Array(folder)
        guard folder.count == 3 || folder.count == 4, folder[0] == "usr", folder.last == "nodejs" else { return false }
        return folder.count == 3 ? folder[1] == "share" || folder[1] == "lib" : folder[1] == "lib"
    }

    /// The number of a folder, which is added if it is new; a folder has a larger number than those that it is in.
    mutating func number(_ components: some Sequence<Substring>) -> Number {
        var number = 0
        for name in components {
            let step = Step(parent: number, name: name)
            if let known = numbers[step] {
                number = known
            } else {
                folders.append(
                    Folder(parent: number, isModules: name == "node_modules", isScope: name.hasPrefix("@")))
                numbers[step] = folders.count - 1
                number = folders.count - 1
            }
        }
        return number
    }

    /// Adds a `node_modules` folder.
    ///
    /// - Parameters:
    ///   - path: The components of its path, without symbolic links.
    ///   - owner: The folder in which it is found, if that is not the one above it.
    /// - Returns: Its number.
    @discardableResult
    mutating func addModules(_ path: ArraySlice<Substring>, of owner: Number? = nil) -> Number {
        let folder = number(path)
        if !folders[folder].isListed {
            folders[folder].isListed = true
            modules.append((folder, path.joined(separator: "/")))
            if folders[folder].isModules, let parent = folders[folder].parent { folders[parent].modules = folder }
            if Self.isOfDebian(path) { shared.append(folder) }
        }
        if let owner { folders[owner].modules = folder }
        return folder
    }

    /// Whether a `node_modules` folder has something of that name.
    func has(_ name: String, in modules: Number) -> Bool { folders[modules].packages[name] != nil }

    /// Adds a package to a `node_modules` folder; the first one of a name stays.
    mutating func add(_ package: Int, named name: String, to modules: Number) {
        if folders[modules].packages[name] == nil { folders[modules].packages[name] = package }
    }

    /// Prepares ``package(_:from:steps:)``; to be called when everything is added.
    mutating func finish() {
        for number in folders.indices {
            let above = folders[number].parent.flatMap { folders[$0].nearest }
            let hasModules = folders[number].modules != nil && !folders[number].isModules
            folders[number].nearest = hasModules ? number : above
        }
    }

    /// The package that files of a folder get by a name; nil if there is none.
    ///
    /// Each `node_modules` folder that is searched subtracts a step; the search ends when none is left.
    func package(_ name: String, from folder: Number, steps: inout Int) -> Int? {
        var next = folders[folder].nearest
        while let owner = next, steps >= 0 {
            steps -= 1
            if let modules = folders[owner].modules, let found = folders[modules].packages[name] { return found }
            next = folders[owner].parent.flatMap { folders[$0].nearest }
        }
        for modules in shared where steps >= 0 {
            steps -= 1
            if let found = folders[modules].packages[name] { return found }
        }
        return nil
    }

    /// The lock file that describes each `node_modules` folder: its own, or that of the folder with the package around it.
    ///
    /// - Parameter locks: The lock files by their folders.
    /// - Returns: The lock files of all folders that have one. The one nearest to the root counts.
    func locks(_ locks: [Number: Int]) -> [Number: Int] {
        var result: [Number: Int] = [:]
        for number in folders.indices where folders[number].isListed {
            // The folder around is `node_modules/NAME` or `node_modules/@SCOPE/NAME`.
            let above = folders[number].parent.flatMap { folders[$0].parent }
            let outer = above.flatMap { folders[$0].isScope ? folders[$0].parent : $0 }.flatMap {
                folders[$0].isListed && folders[$0].isModules ? $0 : nil
            }
            result[number] = outer.flatMap { result[$0] } ?? locks[number]
        }
        return result
    }
}
