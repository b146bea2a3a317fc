import ByteStreams
import ContainerImages
import Foundation
import LanguagePackages
import PackageDatabases

/// A root file system of files and symbolic links, held as paths and bytes.
struct LinkedFiles: FileTree {
    private(set) var files: [String: [UInt8]] = [:]
    private(set) var links: [String: String] = [:]
    private var entries: [String: Set<String>] = [:]

    init(_ files: [String: String], links: [String: String] = [:]) {
        for (path, text) in files { add(path, Array(text.utf8)) }
        for (path, target) in links { add(path, link: target) }
    }

    /// Everything in a folder of this machine.
    init(folder: String) throws {
        self.init([:])
        let manager = FileManager.default
        for path in try manager.subpathsOfDirectory(atPath: folder) {
            let full = "\(folder)/\(path)"
            if let target = try? manager.destinationOfSymbolicLink(atPath: full) {
                add(path, link: target)
            } else if let type = try manager.attributesOfItem(atPath: full)[.type] as? FileAttributeType,
                type == .typeRegular, let bytes = manager.contents(atPath: full)
            {
                add(path, Array(bytes))
            }
        }
    }

    private mutating func add(_ path: String, _ bytes: [UInt8]) {
        files[path] = bytes
        enter(path)
    }

    private mutating func add(_ path: String, link: String) {
        links[path] = link
        enter(path)
    }

    private mutating func enter(_ path: String) {
        var path = path
        while true {
            let cut = path.lastIndex(of: "/")
            let folder = cut.map { String(path[..<$0]) } ?? ""
            let name = cut.map { String(path[path.index(after: $0)...]) } ?? path
            if !entries[folder, default: []].insert(name).inserted || folder.isEmpty { return }
            path = folder
        }
    }

    /// The path with all symbolic links resolved, except one in the last component if `keepsLast`.
    private func resolved(_ path: String, keepsLast: Bool = false) -> String {
        if links.isEmpty { return path }
        var rest = path.split(separator: "/").map(String.init)[...]
        var done: [String] = []
        var budget = 40
        while let part = rest.popFirst() {
            if part == "." { continue }
            if part == ".." {
                _ = done.popLast()
                continue
            }
            done.append(part)
            guard let target = links[done.joined(separator: "/")], budget > 0, !(keepsLast && rest.isEmpty) else {
                continue
            }
            budget -= 1
            done = target.hasPrefix("/") ? [] : done.dropLast()
            rest = target.split(separator: "/").map(String.init)[...] + rest
        }
        return done.joined(separator: "/")
    }

    func contents(of path: String) -> [UInt8]? { files[resolved(path)] }

    func names(in directory: String) -> [String] {
        entries[resolved(directory), default: []].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func canonical(_ path: String) -> String { resolved(path, keepsLast: true) }

    func target(of path: String) -> String? {
        let path = resolved(path)
        return files[path] == nil ? nil : path
    }

    /// What is kept of the files for a reader.
    func kept(for reader: (some LanguageReader).Type) -> LanguageFiles {
        let kept = files.compactMap { path, bytes -> LanguageFile? in
            guard reader.paths.matches(Array(path.utf8)[...]) else { return nil }
            let name = Array(path.utf8.split(separator: UInt8(ascii: "/")).last ?? [])
            return reader.reduced(bytes, of: name[...]).map {
                LanguageFile(path: path, layer: 0, extract: FileExtract([.init("", $0)]))
            }
        }
        return LanguageFiles(kept, architecture: "amd64", system: nil)
    }
}

extension LanguageFindings {
    /// What a reader finds in a tree.
    init(_ reader: (some LanguageReader).Type, in tree: LinkedFiles, limits: Limits = Limits()) {
        self = reader.read(tree.kept(for: reader), in: tree, limits: limits)
    }

    /// The packages as `name version`, with the scope or vendor in the name.
    var names: [String] { packages.map(Self.label) }

    /// The edges as `from -> to`, with `~>` for a weak one.
    var edges: [String] {
        graph.edges.map {
            "\(Self.label(packages[$0.from])) \($0.isWeak ? "~>" : "->") \(Self.label(packages[$0.to]))"
        }
    }

    /// The codes of the diagnostics.
    var codes: [String] { diagnostics.map(\.code.rawValue) }

    /// The package of a name.
    subscript(name: String) -> LanguagePackage? { packages.first { $0.name == name } }

    private static func label(_ package: LanguagePackage) -> String {
        let name = package.group.map { "\($0)/\(package.name)" } ?? package.name
        return package.version.map { "\(name) \($0)" } ?? name
    }

    /// Whether the graph has the form that is promised: sorted, no edge twice, none from a package to itself, numbers of
    /// packages only.
    var isWellFormed: Bool {
        let edges = graph.edges
        let areSorted = zip(edges, edges.dropFirst()).allSatisfy { ($0.from, $0.to) < ($1.from, $1.to) }
        let areInRange = edges.allSatisfy {
            packages.indices.contains($0.from) && packages.indices.contains($0.to) && $0.from != $0.to
        }
        let paths = packages.map { Array($0.path.utf8) }
        return areSorted && areInRange && withoutDependencies.allSatisfy(packages.indices.contains)
            && zip(paths, paths.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) }
    }
}
