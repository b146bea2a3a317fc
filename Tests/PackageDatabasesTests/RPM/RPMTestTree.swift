import PackageDatabases

/// A root file system in memory, with symbolic links.
struct RPMTestTree: FileTree {
    var files: [String: [UInt8]] = [:]
    var links: [String: String] = [:]

    func contents(of path: String) -> [UInt8]? {
        files[follow(path, includingLast: true, depth: 0)]
    }

    func names(in directory: String) -> [String] {
        let prefix = follow(directory, includingLast: true, depth: 0) + "/"
        let names = files.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count).prefix { $0 != "/" } }
        return Set(names).map(String.init).sorted()
    }

    func canonical(_ path: String) -> String {
        follow(path, includingLast: false, depth: 0)
    }

    func target(of path: String) -> String? {
        let place = follow(path, includingLast: true, depth: 0)
        return files[place] == nil ? nil : place
    }

    private func follow(_ path: String, includingLast: Bool, depth: Int) -> String {
        var done: [Substring] = []
        let parts = path.split(separator: "/")
        for (index, part) in parts.enumerated() {
            if part == "." { continue }
            if part == ".." {
                _ = done.popLast()
                continue
            }
            let here = (done + [part]).joined(separator: "/")
            if let target = links[here], includingLast || index < parts.count - 1, depth < 40 {
                let whole = target.hasPrefix("/") ? target : (done + [Substring(target)]).joined(separator: "/")
                done = follow(whole, includingLast: true, depth: depth + 1).split(separator: "/")
            } else {
                done.append(part)
            }
        }
        return done.joined(separator: "/")
    }
}
