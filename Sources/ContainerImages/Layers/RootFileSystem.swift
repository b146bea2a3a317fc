package import ByteStreams

/// The file system that layers make together, read without building it.
///
/// A path is looked up component by component from the root, and in each directory from the top layer down until a
/// whiteout, an opaque directory or something that is no directory ends the search. So the state after any number of
/// layers is the same layers with only the first of them searched.
package struct RootFileSystem: Sendable {
    private(set) var layers: [LayerContents]
    /// What looking up may still cost; all states of the image share it.
    private let budget: ImageBudget
    /// How many of the layers count, from the lowest.
    package let layerCount: Int

    /// A file's bytes, or which entry of which layer they would have to be read from.
    package enum Contents: Sendable, Hashable {
        case bytes([UInt8])
        case notCaptured(layer: Int, ordinal: Int)
    }

    /// What a path leads to.
    enum Found {
        case nothing
        /// More symbolic links than ``Limits/linkCount`` allows.
        case loop
        case directory(Directory)
        case other(layer: Int, node: LayerContents.Index)
    }

    /// A directory: the nodes of the layers that make it, top layer first.
    struct Directory {
        fileprivate var parts: [(layer: Int, node: LayerContents.Index)]
    }

    /// Merges layers, the lowest first.
    ///
    /// Entries below a directory that their own layer does not name go where a lower layer's symbolic link leads, as they
    /// do when an engine unpacks the layers one after the other.
    ///
    /// - Throws: ``LimitError``.
    init(merging layers: [LayerContents], _ budget: ImageBudget) throws(LimitError) {
        var merged: [LayerContents] = []
        for layer in layers {
            var layer = layer
            let lower = RootFileSystem(merged, merged.count, budget)
            try lower.findTargets(ofLinksIn: &layer)
            try lower.graftImpliedDirectories(of: &layer)
            merged.append(layer)
        }
        self.init(merged, merged.count, budget)
    }

    /// Whether looking up paths has cost more than ``Limits/lookupCount`` allows.
    ///
    /// From then on every lookup finds nothing. Whoever looks things up in a stranger's image asks at the end, and refuses
    /// the image.
    package var isOutOfLookups: Bool { budget.isOutOfLookups }

    /// Adds what another reading of one of the layers captured.
    mutating func takeCaptured(from contents: LayerContents, layer: Int) {
        layers[layer].takeCaptured(from: contents)
    }

    /// Finds what the layer's hard links lead to in the layers below it.
    ///
    /// So nothing that is looked up later goes through a chain of them: those below lead to a file already.
    private func findTargets(ofLinksIn layer: inout LayerContents) throws(LimitError) {
        for node in layer.linksBelow where layer.kind(of: node) == .hardLink {
            let target = LayerContents.components(layer.linkTarget(of: node)).components
            let found = resolve(target, followLast: false).found
            try budget.lookUp(1)
            if case .other(let layerBelow, let nodeBelow) = found {
                layer.setTarget(of: node, LayerContents.Place(layer: layerBelow, node: nodeBelow))
            }
        }
    }

    /// Moves what lies below implied directories of the layer to where a symbolic link of a lower layer leads.
    private func graftImpliedDirectories(of layer: inout LayerContents) throws(LimitError) {
        guard layerCount > 0 else { return }
        var waiting = layer.impliedDirectories
        var next = 0
        // What the layers below have of a directory of this one; nil if this layer hides it or they have none.
        var known: [LayerContents.Index: Directory?] = [:]
        if case .directory(let root) = rootDirectory {
            known[LayerContents.root] = .some(layer.hidesLower(LayerContents.root) ? nil : root)
        }
        while next < waiting.count {
            let node = waiting[next]
            next += 1
            guard layer.kind(of: node) == .impliedDirectory, !layer.isWhitedOut(node) else { continue }
            // The directories above it that are not known yet, the lowest last.
            var way: [LayerContents.Index] = []
            var here = layer.parent(of: node)
            while let folder = here, known[folder] == nil {
                way.append(folder)
                here = layer.parent(of: folder)
            }
            // What a later entry replaced hangs on nothing, and nothing is below it.
            var directory = here.flatMap { known[$0] ?? nil }
            while let folder = way.popLast() {
                if let above = directory, !layer.hidesLower(folder),
                    case .directory(let below) = child(of: above, named: layer.name(of: folder))
                {
                    directory = below
                } else {
                    directory = nil
                }
                known[folder] = .some(directory)
            }
            guard let directory, case .other(let owner, let link) = child(of: directory, named: layer.name(of: node)),
                layers[owner].kind(of: link) == .symbolicLink
            else { continue }
            let (found, place) = resolve(layer.path(of: node), followLast: true)
            try budget.lookUp(1)
            switch found {
            case .directory, .nothing:
                // Where the link leads nowhere an engine makes the directory there.
                waiting += try layer.graft(node, onto: place)
            case .loop, .other:
                break
            }
        }
    }

    private init(_ layers: [LayerContents], _ layerCount: Int, _ budget: ImageBudget) {
        self.layers = layers
        self.layerCount = layerCount
        self.budget = budget
    }

    /// The state after the lowest `count` layers.
    package func after(layers count: Int) -> RootFileSystem {
        RootFileSystem(layers, max(0, min(count, layers.count)), budget)
    }

    /// The regular file that the path leads to, links followed; nil where there is none.
    package func file(_ path: String) -> Contents? {
        guard case .other(let layer, let node) = resolve(LayerContents.parts(Array(path.utf8)), followLast: true).found,
            layers[layer].kind(of: node) == .file
        else { return nil }
        if let bytes = layers[layer].contents(of: node) { return .bytes(bytes) }
        return .notCaptured(layer: layer, ordinal: layers[layer].ordinal(of: node))
    }

    /// The names in the directory that the path leads to, sorted by their bytes; empty where there is none.
    package func names(in path: String) -> [String] {
        entries(in: path).map { String(decoding: $0.name, as: UTF8.self) }
    }

    /// The same place without symbolic links in any component but the last, which is not followed.
    package func canonical(_ path: String) -> String {
        let place = resolve(LayerContents.parts(Array(path.utf8)), followLast: false).place
        return String(decoding: Array(place.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
    }

    /// Resolves all symbolic links of a path, and returns the place of its file; nil if there is no file.
    package func target(of path: String) -> String? {
        let (found, place) = resolve(LayerContents.parts(Array(path.utf8)), followLast: true)
        guard case .other = found else { return nil }
        return String(decoding: Array(place.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
    }

    /// A file of interest that is there.
    struct InterestingFile {
        let path: String
        let layer: Int
        let node: LayerContents.Index
    }

    /// The paths of interest that are symbolic links, whether or not they lead anywhere.
    private func links(of interest: PathPatterns) -> [String] {
        func isLink(_ found: Found) -> Bool {
            guard case .other(let layer, let node) = found else { return false }
            return layers[layer].kind(of: node) == .symbolicLink
        }
        var result = interest.exactPaths.filter {
            isLink(resolve(LayerContents.parts(Array($0.utf8)), followLast: false).found)
        }
        for folder in interest.folders {
            for (name, found) in entries(in: folder) where isLink(found) && interest.matches(name, in: folder) {
                result.append("\(folder)/\(String(decoding: name, as: UTF8.self))")
            }
        }
        return result
    }

    /// The files of interest that are there, in order of their paths; each folder is looked up once.
    func files(of interest: PathPatterns) -> [InterestingFile] {
        func file(_ path: String) -> InterestingFile? {
            guard
                case .other(let layer, let node) = resolve(LayerContents.parts(Array(path.utf8)), followLast: true)
                    .found
            else { return nil }
            return InterestingFile(path: path, layer: layer, node: node)
        }
        var result = interest.exactPaths.compactMap(file)
        for folder in interest.folders {
            for (name, found) in entries(in: folder) where interest.matches(name, in: folder) {
                guard case .other(let layer, let node) = found else { continue }
                let path = "\(folder)/\(String(decoding: name, as: UTF8.self))"
                if layers[layer].kind(of: node) == .symbolicLink {
                    if let found = file(path) { result.append(found) }
                } else {
                    result.append(InterestingFile(path: path, layer: layer, node: node))
                }
            }
        }
        return result.sorted { $0.path < $1.path }
    }

    func ordinal(of file: InterestingFile) -> Int { layers[file.layer].ordinal(of: file.node) }

    /// How many bytes of the files of interest were kept.
    package func size(of interest: PathPatterns) -> Int {
        files(of: interest).reduce(0) { $0 + (layers[$1.layer].contents(of: $1.node)?.count ?? 0) }
    }

    /// Whether it is a regular file whose bytes were not kept.
    func isPassedOver(_ file: InterestingFile) -> Bool {
        layers[file.layer].kind(of: file.node) == .file && layers[file.layer].contents(of: file.node) == nil
    }

    /// The regular files in the directory that the path leads to whose bytes were kept, in order of their names.
    package func contents(ofFilesIn path: String) -> [(name: String, contents: [UInt8])] {
        entries(in: path).compactMap { name, found in
            guard case .other(let layer, let node) = found else { return nil }
            let name = String(decoding: name, as: UTF8.self)
            if layers[layer].kind(of: node) == .symbolicLink {
                guard case .bytes(let bytes) = file("\(path)/\(name)") else { return nil }
                return (name, bytes)
            }
            guard layers[layer].kind(of: node) == .file else { return nil }
            return layers[layer].contents(of: node).map { (name, $0) }
        }
    }

    private func entries(in path: String) -> [(name: ArraySlice<UInt8>, found: Found)] {
        guard case .directory(let directory) = resolve(LayerContents.parts(Array(path.utf8)), followLast: true).found
        else { return [] }
        return entries(of: directory)
    }

    /// Calls `visit` with the path of everything that is no directory, and with what a probe found there, in no particular
    /// order.
    package func forEachFile(_ visit: (_ path: [UInt8], _ evidence: FileEvidence?) -> Void) {
        forEachPlace { path, found in
            if case .other(let layer, let node) = found { visit(path, layers[layer].evidence(of: node)) }
        }
    }

    /// Calls `visit` with the path of everything below the root, and with what is there, in no particular order.
    package func forEachEntry(_ visit: (_ path: [UInt8], _ entry: FileSystemEntry) -> Void) {
        forEachPlace { path, found in
            switch found {
            case .nothing, .loop: break
            case .directory: visit(path, FileSystemEntry(kind: .directory))
            case .other(let layer, let node): visit(path, FileSystemEntry(layers[layer], node, layer: layer))
            }
        }
    }

    private func forEachPlace(_ visit: (_ path: [UInt8], _ found: Found) -> Void) {
        guard case .directory(let root) = rootDirectory else { return }
        var waiting: [(path: [UInt8], directory: Directory)] = [([], root)]
        while let (path, directory) = waiting.popLast() {
            for (name, found) in entries(of: directory) {
                let inside = path.isEmpty ? Array(name) : path + [UInt8(ascii: "/")] + name
                if case .directory(let directory) = found { waiting.append((inside, directory)) }
                visit(inside, found)
            }
        }
    }

    /// The states, by their number of layers, in which a file of interest may be another than in the state before.
    ///
    /// Most layers of an image leave the databases alone, and finding that out costs a few lookups where looking at every
    /// file in every state would cost layers times files.
    package func changes(of interest: PathPatterns) -> [Int] {
        var result: [Int] = []
        var links: [String] = []
        for count in 0..<layerCount {
            let state = after(layers: count + 1)
            guard count == 0 || state.hasChange(of: interest, links) else { continue }
            result.append(count + 1)
            links = state.links(of: interest)
        }
        return result
    }

    /// Whether the topmost layer may change a file of interest; `links` are those that are links without it.
    private func hasChange(of interest: PathPatterns, _ links: [String]) -> Bool {
        var isChanged: Bool? = false
        for path in interest.exactPaths + links where isChanged == false {
            _ = resolve(LayerContents.parts(Array(path.utf8)), followLast: true, &isChanged)
        }
        for path in interest.folders where isChanged == false {
            let found = resolve(LayerContents.parts(Array(path.utf8)), followLast: true, &isChanged).found
            guard case .directory(let directory) = found, let top = directory.parts.first, top.layer == layerCount - 1
            else { continue }
            isChanged = isChanged == true || !layers[top.layer].children(of: top.node).isEmpty
        }
        return isChanged == true
    }

    /// Whether the topmost layer has a say in what that name in the directory is.
    private func mayBeChanged(_ directory: Directory, _ name: ArraySlice<UInt8>, _ found: Found) -> Bool {
        let layer = layerCount - 1
        guard let top = directory.parts.first, top.layer == layer else { return false }
        if layers[layer].hidesLower(top.node) { return true }
        guard layers[layer].child(of: top.node, named: name) != nil else { return false }
        // A directory over one that is there already changes nothing by itself.
        guard case .directory(let below) = found else { return true }
        return below.parts.count == 1
            || below.parts.contains { layers[$0.layer].hidesLower($0.node) && $0.layer == layer }
    }

    // MARK: Looking up

    var rootDirectory: Found {
        var parts: [(layer: Int, node: LayerContents.Index)] = []
        for layer in (0..<layerCount).reversed() {
            parts.append((layer, LayerContents.root))
            if layers[layer].hidesLower(LayerContents.root) { break }
        }
        return .directory(Directory(parts: parts))
    }

    private func resolve(
        _ path: [ArraySlice<UInt8>], followLast: Bool
    ) -> (found: Found, place: [ArraySlice<UInt8>]) {
        var isChanged: Bool?
        return resolve(path, followLast: followLast, &isChanged)
    }

    /// What the path leads to, and the place without symbolic links in it, as far as it exists.
    ///
    /// Unless it is nil, `isChanged` becomes true if the topmost layer may have made a difference.
    private func resolve(
        _ path: [ArraySlice<UInt8>], followLast: Bool, _ isChanged: inout Bool?
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
            if isChanged == false { isChanged = mayBeChanged(folders[folders.count - 1], name, found) }
            switch found {
            case .nothing, .loop:
                return (found, Self.place(place, name, pending))
            case .directory(let directory):
                folders.append(directory)
                place.append(name)
            case .other(let layer, let node):
                guard layers[layer].kind(of: node) == .symbolicLink, followLast || !pending.isEmpty else {
                    guard pending.isEmpty else { return (.nothing, Self.place(place, name, pending)) }
                    return (found, place + [name])
                }
                hops += 1
                let target = layers[layer].linkTarget(of: node)
                budget.countLookups(LayerContents.mostParts(target))
                guard hops <= budget.limits.linkCount, pending.count <= budget.limits.pathDepth,
                    !budget.isOutOfLookups
                else { return (.loop, Self.place(place, name, pending)) }
                if target.first == UInt8(ascii: "/") {
                    folders = [root]
                    place = []
                }
                pending += LayerContents.parts(target).reversed()
            }
        }
        return (.directory(folders[folders.count - 1]), place)
    }

    /// The place of what does not exist: what is still to come is taken by its words.
    private static func place(
        _ place: [ArraySlice<UInt8>], _ name: ArraySlice<UInt8>, _ pending: [ArraySlice<UInt8>]
    ) -> [ArraySlice<UInt8>] {
        var place = place + [name]
        for name in pending.reversed() {
            if name.elementsEqual([0x2E, 0x2E]) { _ = place.popLast() } else { place.append(name) }
        }
        return place
    }

    func child(of directory: Directory, named name: ArraySlice<UInt8>) -> Found {
        child(of: directory, named: name, fromPart: 0)
    }

    /// The same where the parts before that one are known not to have the name.
    private func child(of directory: Directory, named name: ArraySlice<UInt8>, fromPart first: Int) -> Found {
        guard !LayerContents.isBookkeeping(name), !budget.isOutOfLookups else { return .nothing }
        var lookups = 0
        defer { budget.countLookups(lookups) }
        var parts: [(layer: Int, node: LayerContents.Index)] = []
        for (layer, folder) in directory.parts[first...] {
            lookups += 1
            guard let node = layers[layer].child(of: folder, named: name) else { continue }
            switch layers[layer].kind(of: node) {
            case .directory, .impliedDirectory:
                parts.append((layer, node))
            case .absent:
                break
            case .file, .hardLink, .symbolicLink, .other:
                // Below a directory of a higher layer this has been replaced.
                guard parts.isEmpty else { return .directory(Directory(parts: parts)) }
                guard let target = layers[layer].targetBelow(node) else { return .other(layer: layer, node: node) }
                return .other(layer: target.layer, node: target.node)
            }
            if layers[layer].hidesLower(node) { break }
        }
        return parts.isEmpty ? .nothing : .directory(Directory(parts: parts))
    }

    /// What is in a directory, sorted by the bytes of the names.
    ///
    /// The topmost layer that has a name decides, so each layer's entries are visited once, however many layers there are.
    func entries(of directory: Directory) -> [(name: ArraySlice<UInt8>, found: Found)] {
        var decided: Set<ArraySlice<UInt8>> = []
        var result: [(name: ArraySlice<UInt8>, found: Found)] = []
        for (part, (layer, folder)) in directory.parts.enumerated() where !budget.isOutOfLookups {
            for node in layers[layer].children(of: folder) {
                let name = layers[layer].name(of: node)
                guard decided.insert(name).inserted else { continue }
                switch layers[layer].kind(of: node) {
                case .file, .hardLink, .symbolicLink, .other, .directory, .impliedDirectory:
                    let found = child(of: directory, named: name, fromPart: part)
                    if case .nothing = found { continue }
                    result.append((name, found))
                case .absent:
                    // A whiteout ends the search; a name that only stood here on the way to another does not.
                    if !layers[layer].hidesLower(node) { decided.remove(name) }
                }
            }
        }
        return result.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }
}
