package import ByteStreams

/// The file system that layers make together, looked at without being built.
///
/// A path is looked up component by component from the root, and in each directory from the top layer down until a
/// whiteout, an opaque directory or something that is no directory ends the search. So the state after any number of
/// layers is the same layers with fewer of them looked at.
package struct RootFileSystem: Sendable {
    private let layers: [LayerContents]
    private let limits: Limits
    /// How many of the layers count, from the lowest.
    package let layerCount: Int

    /// A file's bytes, or which entry of which layer they would have to be read from.
    package enum Contents: Sendable, Hashable {
        case bytes([UInt8])
        case notCaptured(layer: Int, ordinal: Int)
    }

    /// What a path leads to.
    private enum Found {
        case nothing
        case directory(Directory)
        case other(layer: Int, node: LayerContents.Index)
    }

    /// A directory: the nodes of the layers that make it, top layer first.
    private struct Directory {
        var parts: [(layer: Int, node: LayerContents.Index)]
    }

    /// Merges layers, the lowest first.
    ///
    /// Entries below a directory that their own layer does not name go where a lower layer's symbolic link leads, as they
    /// do when an engine unpacks the layers one after the other.
    ///
    /// - Throws: ``LimitError``.
    package init(merging layers: [LayerContents], limits: Limits) throws {
        var merged: [LayerContents] = []
        for layer in layers {
            var layer = layer
            let lower = RootFileSystem(merged, merged.count, limits)
            var steps = 0
            for node in layer.impliedDirectories where layer.kind(of: node) == .impliedDirectory {
                let path = layer.path(of: node)
                steps += path.count
                guard steps <= limits.pathSteps else { throw LimitError(name: "pathSteps") }
                let (found, place) = lower.resolve(path, followLast: true)
                guard case .directory = found, !place.elementsEqual(path, by: ==) else { continue }
                try layer.graft(node, onto: place, limits: limits)
            }
            merged.append(layer)
        }
        self.init(merged, merged.count, limits)
    }

    private init(_ layers: [LayerContents], _ layerCount: Int, _ limits: Limits) {
        self.layers = layers
        self.layerCount = layerCount
        self.limits = limits
    }

    /// The state after the lowest `count` layers.
    package func after(layers count: Int) -> RootFileSystem {
        RootFileSystem(layers, max(0, min(count, layers.count)), limits)
    }

    /// The regular file that the path leads to, links followed; nil where there is none.
    package func file(_ path: String) -> Contents? {
        file(LayerContents.parts(Array(path.utf8)), hops: 0)
    }

    /// The layer, counted from 0, and the ordinal of the entry that the path leads to; nil where there is nothing or a
    /// directory.
    func entry(at path: String) -> (layer: Int, ordinal: Int)? {
        guard case .other(let layer, let node) = resolve(LayerContents.parts(Array(path.utf8)), followLast: true).found
        else { return nil }
        return (layer, layers[layer].ordinal(of: node))
    }

    /// The names in the directory that the path leads to, sorted by their bytes; empty where there is none.
    package func names(in path: String) -> [String] {
        guard case .directory(let directory) = resolve(LayerContents.parts(Array(path.utf8)), followLast: true).found
        else {
            return []
        }
        return entries(of: directory).map { String(decoding: $0.name, as: UTF8.self) }
    }

    /// The same place without symbolic links in any component but the last, which is not followed.
    package func canonical(_ path: String) -> String {
        let place = resolve(LayerContents.parts(Array(path.utf8)), followLast: false).place
        return String(decoding: Array(place.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
    }

    /// Calls `visit` with the path of everything that is no directory, in no particular order.
    package func forEachFile(_ visit: (_ path: [UInt8]) -> Void) {
        guard case .directory(let root) = rootDirectory else { return }
        var waiting: [(path: [UInt8], directory: Directory)] = [([], root)]
        while let (path, directory) = waiting.popLast() {
            for (name, found) in entries(of: directory) {
                let inside = path.isEmpty ? Array(name) : path + [UInt8(ascii: "/")] + name
                switch found {
                case .nothing: break
                case .directory(let directory): waiting.append((inside, directory))
                case .other: visit(inside)
                }
            }
        }
    }

    // MARK: Looking up

    private func file(_ path: [ArraySlice<UInt8>], hops: Int) -> Contents? {
        guard case .other(let layer, let node) = resolve(path, followLast: true).found else { return nil }
        switch layers[layer].kind(of: node) {
        case .file:
            if let bytes = layers[layer].contents(of: node) { return .bytes(bytes) }
            return .notCaptured(layer: layer, ordinal: layers[layer].ordinal(of: node))
        case .hardLink:
            // The name that it shares was there when the layer was written, so it is looked up in that state.
            guard hops < limits.linkCount else { return nil }
            let target = LayerContents.components(layers[layer].linkTarget(of: node)).components
            return after(layers: layer + 1).file(target, hops: hops + 1)
        case .absent, .impliedDirectory, .directory, .symbolicLink, .other:
            return nil
        }
    }

    private var rootDirectory: Found {
        var parts: [(layer: Int, node: LayerContents.Index)] = []
        for layer in (0..<layerCount).reversed() {
            parts.append((layer, LayerContents.root))
            if layers[layer].hidesLower(LayerContents.root) { break }
        }
        return .directory(Directory(parts: parts))
    }

    /// What the path leads to, and the place without symbolic links in it, as far as it exists.
    private func resolve(
        _ path: [ArraySlice<UInt8>], followLast: Bool
    ) -> (found: Found, place: [ArraySlice<UInt8>]) {
        guard case .directory(let root) = rootDirectory else { return (.nothing, path) }
        var folders = [root]
        var place: [ArraySlice<UInt8>] = []
        var pending = Array(path.reversed())
        var hops = 0
        while let name = pending.popLast() {
            if name.elementsEqual([0x2E, 0x2E]) {
                if folders.count > 1 {
                    folders.removeLast()
                    place.removeLast()
                }
                continue
            }
            let found = child(of: folders[folders.count - 1], named: name)
            switch found {
            case .nothing:
                return (.nothing, place + [name] + pending.reversed())
            case .directory(let directory):
                folders.append(directory)
                place.append(name)
            case .other(let layer, let node):
                guard layers[layer].kind(of: node) == .symbolicLink, followLast || !pending.isEmpty else {
                    guard pending.isEmpty else { return (.nothing, place + [name] + pending.reversed()) }
                    return (found, place + [name])
                }
                hops += 1
                let target = layers[layer].linkTarget(of: node)
                guard hops <= limits.linkCount, pending.count <= limits.pathDepth else {
                    return (.nothing, place + [name] + pending.reversed())
                }
                if target.first == UInt8(ascii: "/") {
                    folders = [root]
                    place = []
                }
                pending += LayerContents.parts(target).reversed()
            }
        }
        return (.directory(folders[folders.count - 1]), place)
    }

    private func child(of directory: Directory, named name: ArraySlice<UInt8>) -> Found {
        var parts: [(layer: Int, node: LayerContents.Index)] = []
        for (layer, folder) in directory.parts {
            guard let node = layers[layer].child(of: folder, named: name) else { continue }
            switch layers[layer].kind(of: node) {
            case .directory, .impliedDirectory:
                parts.append((layer, node))
            case .absent:
                break
            case .file, .hardLink, .symbolicLink, .other:
                // Below a directory of a higher layer this has been replaced.
                return parts.isEmpty ? .other(layer: layer, node: node) : .directory(Directory(parts: parts))
            }
            if layers[layer].hidesLower(node) { break }
        }
        return parts.isEmpty ? .nothing : .directory(Directory(parts: parts))
    }

    /// What is in a directory, sorted by the bytes of the names.
    private func entries(of directory: Directory) -> [(name: ArraySlice<UInt8>, found: Found)] {
        var names: Set<ArraySlice<UInt8>> = []
        for (layer, folder) in directory.parts {
            for node in layers[layer].children(of: folder) { names.insert(layers[layer].name(of: node)) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { name in
            let found = child(of: directory, named: name)
            if case .nothing = found { return nil }
            return (name, found)
        }
    }
}
