package import ByteStreams

/// What a layer does to the files of the layers below it, and what later layers do to its own.
///
/// A file is whatever is no directory. Sizes are those of the contents of regular files as they unpack: the holes of sparse
/// files count, and of hard links to one file only one.
package struct LayerStatistics: Sendable, Hashable {
    /// The size of the files that the layer brings, in bytes.
    package var unpackedSize = 0
    /// The files that the layer brings where the layers below have none.
    package var added = 0
    /// The files that the layer brings where the layers below have a file, the same or another.
    package var changed = 0
    /// The files of the layers below that the layer takes away without bringing one in their place.
    package var removed = 0
    /// The size of the files of the layers below that nothing leads to since this layer, in bytes: they are stored and
    /// transferred all the same.
    package var hides = 0
    /// The size of the layer's own files that nothing leads to in the whole image, in bytes.
    package var hidden = 0
}

extension RootFileSystem {
    /// What each layer does to the files of those below it, the lowest first.
    ///
    /// The layers are merged once, from the lowest up, so that each entry is visited once and each file that goes once more.
    ///
    /// - Throws: ``LimitError`` if the layers were read without sizes, or if that costs more lookups than the limit allows.
    package func layerStatistics() throws(LimitError) -> [LayerStatistics] {
        var census = FileCensus(self)
        for layer in 0..<layerCount { census.add(layer) }
        guard !isOutOfLookups else { throw LimitError(name: "lookupCount") }
        return census.statistics
    }
}

/// Counts the names of every file while layers are laid one over the other.
private struct FileCensus {
    private let files: RootFileSystem
    private(set) var statistics: [LayerStatistics]
    /// How many names lead to the entry of a file, by layer and ordinal.
    private var nameCounts: [[UInt32]]
    /// The files that lost a name to the layer that is being added.
    private var losers: Set<File> = []

    /// A file, wherever its names are.
    private struct File: Hashable {
        let layer: Int
        let ordinal: Int
    }

    /// A directory of the layer that is being added.
    private struct Step {
        let node: LayerContents.Index
        /// What the layers below have of it; nil if nothing.
        let below: RootFileSystem.Directory?
        /// Whether this layer hides what they have in it.
        let hidesBelow: Bool
    }

    init(_ files: RootFileSystem) {
        self.files = files
        statistics = Array(repeating: LayerStatistics(), count: files.layerCount)
        nameCounts = (0..<files.layerCount).map { Array(repeating: 0, count: files.layers[$0].entryCount) }
    }

    /// Lays a layer over those before it.
    mutating func add(_ layer: Int) {
        let contents = files.layers[layer]
        let lower = files.after(layers: layer)
        var root: RootFileSystem.Directory?
        if layer > 0, case .directory(let directory) = lower.rootDirectory { root = directory }
        var waiting = [
            Step(node: LayerContents.root, below: root, hidesBelow: contents.hidesLower(LayerContents.root))
        ]
        while let step = waiting.popLast() {
            if step.hidesBelow, let below = step.below {
                for (name, found) in lower.entries(of: below) {
                    let own = contents.child(of: step.node, named: name)
                    // What this layer has in its place is compared with it below.
                    if let own, contents.kind(of: own) != .absent { continue }
                    remove(found, in: lower, by: layer)
                }
            }
            for node in contents.children(of: step.node) {
                let name = contents.name(of: node)
                guard !LayerContents.isBookkeeping(name) else { continue }
                let found = step.below.map { lower.child(of: $0, named: name) } ?? .nothing
                switch contents.kind(of: node) {
                case .absent:
                    if contents.isWhitedOut(node), !step.hidesBelow { remove(found, in: lower, by: layer) }
                case .directory, .impliedDirectory:
                    var below: RootFileSystem.Directory?
                    switch found {
                    case .directory(let directory): below = directory
                    case .other: remove(found, in: lower, by: layer)
                    case .nothing, .loop: break
                    }
                    waiting.append(
                        Step(node: node, below: below, hidesBelow: step.hidesBelow || contents.hidesLower(node)))
                case .file, .hardLink, .symbolicLink, .other:
                    switch found {
                    case .other(let owner, let entry):
                        statistics[layer].changed += 1
                        dropName(of: entry, owner)
                    case .directory:
                        statistics[layer].added += 1
                        remove(found, in: lower, by: layer)
                    case .nothing, .loop: statistics[layer].added += 1
                    }
                    addName(of: node, layer)
                }
            }
        }
        // A file that this layer gave a new name is not lost.
        for file in losers where nameCounts[file.layer][file.ordinal] == 0 {
            let size = files.layers[file.layer].size(ofEntry: file.ordinal)
            Self.add(size, to: &statistics[layer].hides)
            Self.add(size, to: &statistics[file.layer].hidden)
        }
        losers = []
    }

    /// Takes away what lower layers have at a place, with everything below it.
    private mutating func remove(_ found: RootFileSystem.Found, in lower: RootFileSystem, by layer: Int) {
        var waiting = [found]
        while let found = waiting.popLast() {
            switch found {
            case .nothing, .loop: break
            case .directory(let directory): waiting += lower.entries(of: directory).map(\.found)
            case .other(let owner, let entry):
                statistics[layer].removed += 1
                dropName(of: entry, owner)
            }
        }
    }

    private mutating func addName(of node: LayerContents.Index, _ layer: Int) {
        let place = files.layers[layer].targetBelow(node) ?? LayerContents.Place(layer: layer, node: node)
        let contents = files.layers[place.layer]
        guard contents.kind(of: place.node) == .file else { return }
        let ordinal = contents.ordinal(of: place.node)
        if nameCounts[place.layer][ordinal] == 0, place.layer == layer {
            Self.add(contents.size(ofEntry: ordinal), to: &statistics[layer].unpackedSize)
        }
        nameCounts[place.layer][ordinal] += 1
    }

    private mutating func dropName(of node: LayerContents.Index, _ layer: Int) {
        guard files.layers[layer].kind(of: node) == .file else { return }
        let ordinal = files.layers[layer].ordinal(of: node)
        guard nameCounts[layer][ordinal] > 0 else { return }
        nameCounts[layer][ordinal] -= 1
        if nameCounts[layer][ordinal] == 0 { losers.insert(File(layer: layer, ordinal: ordinal)) }
    }

    /// Sizes are claims of the archive: where their sum does not fit, it is the largest number.
    private static func add(_ size: Int, to sum: inout Int) {
        let (result, overflow) = sum.addingReportingOverflow(size)
        sum = overflow ? .max : result
    }
}
