import PackageDatabases

/// A root file system without links, held as paths and bytes.
struct MemoryTree: FileTree {
    var files: [String: [UInt8]] = [:]

    init(_ files: [String: [UInt8]]) {
        self.files = files
    }

    init(_ files: [String: String]) {
        self.files = files.mapValues { Array($0.utf8) }
    }

    func contents(of path: String) -> [UInt8]? {
        files[path]
    }

    func names(in directory: String) -> [String] {
        let names = files.keys.compactMap { path -> String? in
            guard path.hasPrefix(directory + "/") else { return nil }
            let name = path.dropFirst(directory.count + 1)
            return name.contains("/") ? nil : String(name)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func canonical(_ path: String) -> String {
        path
    }

    func target(of path: String) -> String? {
        files[path] == nil ? nil : path
    }
}
