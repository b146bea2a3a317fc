internal import ByteStreams

/// What one layer says: the names of all its entries, the bytes of those that are wanted, and what it hides below it.
///
/// Built from the layer alone while it is streamed, so layers can be read side by side; what they mean together is the
/// business of ``RootFileSystem``. Names live in one array of bytes and entries in another: about fifty bytes an entry.
package struct LayerContents: Sendable {
    /// The kind of entry at a path.
    package enum Kind: UInt8, Sendable {
        /// Nothing but a whiteout.
        case absent
        /// A directory that no entry names, only entries below it.
        case impliedDirectory
        case directory
        case file
        case hardLink
        case symbolicLink
        case other
    }

    /// A place in the tree; ``root`` is the first.
    typealias Index = UInt32

    private struct Node {
        var parent: Index
        let nameStart: UInt32
        let nameCount: UInt16
        var kind: Kind
        var hidesLower = false
        var isOpaque = false
        var firstChild = none
        var nextSibling = none
        var ordinal: UInt32 = 0
        var link = none
    }

    /// A node of one layer of several.
    struct Place: Sendable {
        let layer: Int
        let node: Index
    }

    static let root: Index = 0
    private static let none = Index.max

    /// What reading the image may still cost.
    private let budget: ImageBudget
    private var nodes: [Node]
    private var names: [UInt8] = []
    private var links: [[UInt8]] = []
    private var linkBytes = 0
    private var table: [Index]
    /// The hard links whose target this layer did not have when they came: what they share a lower layer has.
    private(set) var linksBelow: [Index] = []
    /// What hard links into lower layers turned out to lead to.
    private var targetsBelow: [Index: Place] = [:]
    /// The bytes of the files that were wanted, by the ordinal of their entry.
    private var captured: [Int: [UInt8]] = [:]
    /// What a probe found in files, and the ordinals of their entries in ascending order: five bytes a file.
    private var evidence: [FileEvidence] = []
    private var evidenceOrdinals: [UInt32] = []
    /// What a ``FileReader`` kept of files, by the ordinals of their entries.
    private var extracts: [Int: FileExtract] = [:]
    /// The sizes of files by the ordinals of their entries, if they are recorded; those after the last file are left out.
    private var sizes: [Int] = []
    /// The digests of files, if they are taken.
    private var digests = FileDigestTable()
    /// How the layer is compressed; nil if it is no archive.
    var compression: Compression?
    /// What was odd about the entries.
    private(set) var diagnostics: DiagnosticLog
    /// How many entries were added.
    private(set) var entryCount = 0
    private var stepCount = 0

    /// A layer without entries.
    init(_ budget: ImageBudget) {
        self.budget = budget
        diagnostics = DiagnosticLog(limits: budget.limits)
        nodes = [Node(parent: Self.none, nameStart: 0, nameCount: 0, kind: .impliedDirectory)]
        table = Array(repeating: Self.none, count: 64)
    }

    // MARK: Building

    /// Adds an entry of the tar; returns its index in this layer, or nil if it makes nothing (a whiteout, the root).
    ///
    /// Whiteouts hide what lower layers have and never what this one brings, wherever they stand in it (OCI image-spec,
    /// layer.md, "Whiteouts"). A later entry replaces an earlier one of the same name, with all that was below it; a
    /// directory over a directory keeps it.
    mutating func add(_ entry: TarEntry) throws(LimitError) -> Index? {
        let ordinal = entryCount
        entryCount += 1
        guard entryCount <= budget.limits.entryCount else { throw LimitError(name: "entryCount") }
        var (components, leadsOut) = Self.components(entry.path)
        if leadsOut {
            describe(
                .pathOutside, entry, "the name of an entry leads out of the root; it is taken to start at the root")
        }
        guard components.count <= budget.limits.pathDepth else { throw LimitError(name: "pathDepth") }
        guard let last = components.popLast() else { return nil }
        guard let folder = try makeFolders(components, replacing: true) else {
            describe(
                .linkLoop, entry,
                "the entry lies behind more than \(budget.limits.linkCount) symbolic links; it is left out"
            )
            return nil
        }
        if last.starts(with: Self.whiteoutPrefix) {
            let hidden = last.dropFirst(Self.whiteoutPrefix.count)
            if [[], [0x2E], [0x2E, 0x2E]].contains(Array(hidden)) {
                describe(.namelessWhiteout, entry, "a whiteout without the name of a file; it hides nothing")
            } else {
                try addWhiteout(hidden, in: folder)
            }
            return nil
        }
        return try place(entry, named: last, in: folder, ordinal: ordinal)
    }

    mutating func describe(_ code: Diagnostic.Code, _ entry: TarEntry, _ message: String) {
        diagnostics.append(
            .warning, code: code,
            at: String(decoding: entry.path.prefix(budget.limits.quotedPathLength), as: UTF8.self), message)
    }

    /// Adds what the source of the layer reports.
    mutating func append(_ found: [Diagnostic]) { diagnostics.append(contentsOf: found) }

    /// Keeps the contents of the entry with that ordinal.
    mutating func capture(_ bytes: [UInt8], ordinal: Int) {
        captured[ordinal] = bytes
    }

    /// Keeps what a reader returned for the entry with that ordinal.
    mutating func keep(_ extract: FileExtract, ordinal: Int) {
        extracts[ordinal] = extract
    }

    /// Keeps what was found in the entry with that ordinal; to be called in the order of the entries.
    mutating func note(_ found: FileEvidence, ordinal: Int) throws(LimitError) {
        guard evidence.count < budget.limits.evidenceCount else { throw LimitError(name: "evidenceCount") }
        evidence.append(found)
        evidenceOrdinals.append(UInt32(ordinal))
    }

    /// Keeps the digests of the file of the entry with that ordinal; to be called in the order of the entries.
    mutating func note(_ digests: [UInt8], ordinal: Int) throws(LimitError) {
        guard self.digests.count < budget.limits.digestCount else { throw LimitError(name: "digestCount") }
        self.digests.add(digests, ordinal: ordinal)
    }

    /// Keeps the size of the file of the entry with that ordinal; to be called in the order of the entries.
    mutating func recordSize(_ size: Int, ordinal: Int) {
        sizes.append(contentsOf: repeatElement(0, count: max(0, ordinal - sizes.count)))
        sizes.append(size)
    }

    /// The size of the file of an entry, in bytes; 0 if it is no file, or sizes are not recorded.
    func size(ofEntry ordinal: Int) -> Int { sizes.indices.contains(ordinal) ? sizes[ordinal] : 0 }

    /// Adds what another reading of the same layer captured.
    mutating func takeCaptured(from other: LayerContents) {
        captured.merge(other.captured) { mine, _ in mine }
        extracts.merge(other.extracts) { _, new in new }
    }

    private static let whiteoutPrefix = Array(".wh.".utf8)

    private mutating func addWhiteout(_ hidden: ArraySlice<UInt8>, in folder: Index) throws(LimitError) {
        if hidden.elementsEqual(Array(".wh..opq".utf8)) {
            nodes[Int(folder)].isOpaque = true
        } else if hidden.starts(with: Self.whiteoutPrefix) {
            // `.wh..wh.plnk` and the like are AUFS's own bookkeeping.
            return
        } else if let node = child(of: folder, named: hidden) {
            nodes[Int(node)].hidesLower = true
        } else {
            let node = try append(Array(hidden), to: folder, kind: .absent)
            nodes[Int(node)].hidesLower = true
        }
    }

    private mutating func place(
        _ entry: TarEntry, named name: ArraySlice<UInt8>, in folder: Index, ordinal: Int
    ) throws(LimitError) -> Index {
        var kind: Kind =
            switch entry.kind {
            case .file: .file
            case .directory: .directory
            case .hardLink: .hardLink
            case .symbolicLink: .symbolicLink
            case .other: .other
            }
        var ordinal = UInt32(ordinal)
        var link = Self.none
        let existing = child(of: folder, named: name)
        if kind == .hardLink, let target = try hardLinkTarget(entry.linkTarget) {
            // From here on both names are the same file, whatever becomes of the other one.
            if target == existing { return target }
            kind = nodes[Int(target)].kind
            ordinal = nodes[Int(target)].ordinal
            link = nodes[Int(target)].link
        } else if kind == .hardLink || kind == .symbolicLink {
            linkBytes += entry.linkTarget.count
            guard names.count + linkBytes <= budget.limits.nameBytes else { throw LimitError(name: "nameBytes") }
            link = UInt32(links.count)
            links.append(entry.linkTarget)
        }
        let node: Index
        if let existing {
            // What was below a directory goes with it: the new node takes its place, and its children are no longer
            // reached.
            let isLost = kind != .directory && nodes[Int(existing)].kind.isDirectory
            node = isLost ? try replace(existing, named: name, in: folder) : existing
        } else {
            node = try append(Array(name), to: folder, kind: kind)
        }
        nodes[Int(node)].kind = kind
        nodes[Int(node)].ordinal = ordinal
        nodes[Int(node)].link = link
        // A later entry may be a directory again; what lower layers have of that name is gone nonetheless.
        if kind != .directory { nodes[Int(node)].hidesLower = true }
        if kind == .hardLink { linksBelow.append(node) }
        return node
    }

    /// What a hard link leads to, if this layer has it already: its last component is not followed, as link(2) does not.
    private mutating func hardLinkTarget(_ path: [UInt8]) throws(LimitError) -> Index? {
        var walk = Walk(Self.components(path).components)
        while let name = try nextName(of: &walk) {
            guard let next = child(of: walk.here, named: name) else { return nil }
            switch nodes[Int(next)].kind {
            case .directory, .impliedDirectory:
                walk.here = next
            case .symbolicLink where !walk.pending.isEmpty:
                guard try follow(next, in: &walk) else { return nil }
            case .absent:
                return nil
            case .file, .hardLink, .symbolicLink, .other:
                return walk.pending.isEmpty ? next : nil
            }
        }
        return nil
    }

    /// The folder at that path, made of implied directories where it is not there yet; links of this layer are followed.
    ///
    /// What is no directory is replaced by one if that is wanted. Nil if there are too many links on the way, or it is not.
    private mutating func makeFolders(
        _ components: [ArraySlice<UInt8>], replacing: Bool
    ) throws(LimitError) -> Index? {
        var walk = Walk(components)
        while let name = try nextName(of: &walk) {
            guard let next = child(of: walk.here, named: name) else {
                walk.here = try append(Array(name), to: walk.here, kind: .impliedDirectory)
                continue
            }
            switch nodes[Int(next)].kind {
            case .directory, .impliedDirectory:
                walk.here = next
            case .symbolicLink:
                guard try follow(next, in: &walk) else { return nil }
            case .absent:
                nodes[Int(next)].kind = .impliedDirectory
                walk.here = next
            case .file, .hardLink, .other:
                guard replacing else { return nil }
                let folder = nodes[Int(next)].parent
                walk.here = try replace(next, named: name, in: folder)
                nodes[Int(walk.here)].kind = .impliedDirectory
                nodes[Int(walk.here)].hidesLower = true
            }
        }
        return walk.here
    }

    /// A path that is followed through this layer, from the root on.
    private struct Walk {
        /// The folder that was reached.
        var here = LayerContents.root
        /// The components that are still to come, the last one first.
        var pending: [ArraySlice<UInt8>]
        /// How many symbolic links were followed.
        var hops = 0

        init(_ components: [ArraySlice<UInt8>]) {
            pending = components.reversed()
        }
    }

    /// Takes the next component that names something, after those that lead upward; nil at the end of the path.
    private mutating func nextName(of walk: inout Walk) throws(LimitError) -> ArraySlice<UInt8>? {
        while let name = walk.pending.popLast() {
            stepCount += 1
            guard stepCount <= budget.limits.pathSteps else { throw LimitError(name: "pathSteps") }
            guard name.elementsEqual([0x2E, 0x2E]) else { return name }
            if walk.here != Self.root { walk.here = nodes[Int(walk.here)].parent }
        }
        return nil
    }

    /// Goes on with the target of a symbolic link; false if there are too many links on the way.
    private func follow(_ link: Index, in walk: inout Walk) throws(LimitError) -> Bool {
        walk.hops += 1
        guard walk.hops <= budget.limits.linkCount, walk.pending.count <= budget.limits.pathDepth else { return false }
        let target = linkTarget(of: link)
        if target.first == UInt8(ascii: "/") { walk.here = Self.root }
        try budget.lookUp(Self.mostParts(target))
        walk.pending += Self.parts(target).reversed()
        return true
    }

    /// Moves everything below `node` to the folder `components`, and takes `node` away.
    ///
    /// For entries below a directory that no entry of this layer names, where a lower layer has a symbolic link.
    ///
    /// - Returns: The implied directories that this made.
    mutating func graft(
        _ node: Index, onto components: [ArraySlice<UInt8>]
    ) throws(LimitError) -> [Index] {
        let before = nodes.count
        let target = try makeFolders(components, replacing: false)
        guard let target, target != node, !isInside(target, node) else {
            // Something of this layer is in the way. Whether it came first or later, what is behind the link is lost.
            nodes[Int(node)].kind = .absent
            nodes[Int(node)].parent = Self.none
            return []
        }
        nodes[Int(target)].isOpaque = nodes[Int(target)].isOpaque || nodes[Int(node)].isOpaque
        var moves = children(of: node).map { (from: $0, to: target) }
        nodes[Int(node)].kind = .absent
        nodes[Int(node)].parent = Self.none
        while let (from, folder) = moves.popLast() {
            stepCount += 1
            guard stepCount <= budget.limits.pathSteps else { throw LimitError(name: "pathSteps") }
            let name = Array(self.name(of: from))
            let old = nodes[Int(from)]
            nodes[Int(from)].kind = .absent
            var new: Index
            if let existing = child(of: folder, named: name[...]) {
                new = existing
                let there = nodes[Int(existing)]
                let isReplaced =
                    switch (old.kind, there.kind) {
                    case (.absent, _), (.impliedDirectory, .directory), (.impliedDirectory, .impliedDirectory): false
                    case (_, .absent), (_, .impliedDirectory), (.impliedDirectory, _): true
                    default: old.ordinal > there.ordinal
                    }
                if isReplaced, there.kind.isDirectory && !old.kind.isDirectory {
                    new = try replace(existing, named: name[...], in: folder)
                }
                if isReplaced { take(old, from: from, into: new) }
                nodes[Int(new)].hidesLower = nodes[Int(new)].hidesLower || old.hidesLower
                nodes[Int(new)].isOpaque = nodes[Int(new)].isOpaque || old.isOpaque
                guard old.kind.isDirectory && nodes[Int(new)].kind.isDirectory else { continue }
            } else {
                new = try append(name, to: folder, kind: old.kind)
                take(old, from: from, into: new)
                nodes[Int(new)].hidesLower = old.hidesLower
                nodes[Int(new)].isOpaque = old.isOpaque
            }
            moves += children(of: from).map { (from: $0, to: new) }
        }
        return (before..<nodes.count).map(Index.init).filter { nodes[Int($0)].kind == .impliedDirectory }
    }

    private mutating func take(_ old: Node, from: Index, into new: Index) {
        nodes[Int(new)].kind = old.kind
        nodes[Int(new)].ordinal = old.ordinal
        nodes[Int(new)].link = old.link
        if let place = targetsBelow[from] { targetsBelow[new] = place }
    }

    /// Says what a hard link of ``linksBelow`` leads to.
    mutating func setTarget(of node: Index, _ place: Place) {
        targetsBelow[node] = place
    }

    /// What a hard link into a lower layer leads to; nil where that is nothing.
    func targetBelow(_ node: Index) -> Place? { targetsBelow[node] }

    /// The directory that contains a node; nil for the root and for a node that a later entry replaced.
    func parent(of node: Index) -> Index? {
        let parent = nodes[Int(node)].parent
        return parent == Self.none ? nil : parent
    }

    private func isInside(_ node: Index, _ folder: Index) -> Bool {
        var here = node
        while here != Self.root {
            if here == folder { return true }
            here = nodes[Int(here)].parent
        }
        return false
    }

    // MARK: Looking

    func child(of folder: Index, named name: ArraySlice<UInt8>) -> Index? {
        var slot = slot(folder, name)
        while table[slot] != Self.none {
            let index = table[slot]
            if nodes[Int(index)].parent == folder, self.name(of: index) == name { return index }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    /// The entries of a folder, the one added last first.
    func children(of folder: Index) -> [Index] {
        var result: [Index] = []
        var lookups = 0
        var here = nodes[Int(folder)].firstChild
        while here != Self.none {
            lookups += 1
            if nodes[Int(here)].parent == folder { result.append(here) }
            here = nodes[Int(here)].nextSibling
        }
        budget.countLookups(lookups)
        return result
    }

    func name(of node: Index) -> ArraySlice<UInt8> {
        let start = Int(nodes[Int(node)].nameStart)
        return names[start..<start + Int(nodes[Int(node)].nameCount)]
    }

    func kind(of node: Index) -> Kind { nodes[Int(node)].kind }

    /// Whether lower layers' entries of that name are hidden; of a directory also what they have in it.
    func hidesLower(_ node: Index) -> Bool { nodes[Int(node)].hidesLower || nodes[Int(node)].isOpaque }

    /// Whether lower layers' entries of that name are gone, whatever this layer has in their place.
    func isWhitedOut(_ node: Index) -> Bool { nodes[Int(node)].hidesLower }

    func linkTarget(of node: Index) -> [UInt8] {
        let link = nodes[Int(node)].link
        return link == Self.none ? [] : links[Int(link)]
    }

    func ordinal(of node: Index) -> Int { Int(nodes[Int(node)].ordinal) }

    func contents(of node: Index) -> [UInt8]? { captured[ordinal(of: node)] }

    /// The evidence that was found in a file; nil for other entries, and for files without evidence.
    func evidence(of node: Index) -> FileEvidence? {
        guard nodes[Int(node)].kind == .file else { return nil }
        return evidenceOrdinals.sortedIndex(of: nodes[Int(node)].ordinal).map { evidence[$0] }
    }

    /// What a reader kept of a file; nil for other entries, and for files of which nothing was kept.
    func extract(of node: Index) -> FileExtract? {
        nodes[Int(node)].kind == .file ? extracts[Int(nodes[Int(node)].ordinal)] : nil
    }

    /// The digests of a file; nil for other entries, and if they were not taken.
    func digests(of node: Index) -> FileDigests? {
        nodes[Int(node)].kind == .file ? digests[nodes[Int(node)].ordinal] : nil
    }

    /// The names of the components from the root down.
    func path(of node: Index) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var here = node
        while here != Self.root {
            result.append(name(of: here))
            here = nodes[Int(here)].parent
        }
        return result.reversed()
    }

    /// The directories that no entry of this layer names, each after those above it.
    var impliedDirectories: [Index] {
        nodes.indices.dropFirst().lazy.map(Index.init).filter { nodes[Int($0)].kind == .impliedDirectory }
    }

    /// Whether a name is one that only AUFS gives, to folders of its own (`.wh..wh.plnk`): never part of the tree.
    static func isBookkeeping(_ name: ArraySlice<UInt8>) -> Bool {
        name.starts(with: bookkeepingPrefix)
    }

    private static let bookkeepingPrefix = Array(".wh..wh.".utf8)

    /// How many files a probe found something in.
    var evidenceCount: Int { evidence.count }

    /// How many files have digests.
    var digestCount: Int { digests.count }

    /// How many bytes names and link targets take.
    var nameBytes: Int { names.count + linkBytes }

    // MARK: Names

    /// A path's components without empty ones and dots; `..` goes up and stops at the root, which `leadsOut` reports.
    static func components(_ path: [UInt8]) -> (components: [ArraySlice<UInt8>], leadsOut: Bool) {
        var result: [ArraySlice<UInt8>] = []
        var leadsOut = false
        for part in parts(path) {
            if part.elementsEqual([0x2E, 0x2E]) {
                leadsOut = leadsOut || result.isEmpty
                _ = result.popLast()
            } else {
                result.append(part)
            }
        }
        return (result, leadsOut)
    }

    /// A path's components without empty ones and dots, `..` kept.
    static func parts(_ path: [UInt8]) -> [ArraySlice<UInt8>] {
        path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual([0x2E]) }
    }

    /// How many components a path may have by its length: what taking it apart costs.
    static func mostParts(_ path: [UInt8]) -> Int { path.count / 2 + 1 }

    // MARK: Storage

    /// Adds a node; `slot` is the slot of the node that it replaces.
    ///
    /// Many nodes that follow each other in one place must not make a row of slots that every search walks along.
    private mutating func append(_ name: [UInt8], to folder: Index, kind: Kind, slot: Int? = nil) throws(LimitError)
        -> Index
    {
        guard name.count <= UInt16.max else { throw LimitError(name: "pathLength") }
        // Implied directories count too: a short tar of deep paths must not make a large tree.
        guard nodes.count < budget.limits.entryCount * 2 else { throw LimitError(name: "entryCount") }
        guard names.count + linkBytes + name.count <= budget.limits.nameBytes else {
            throw LimitError(name: "nameBytes")
        }
        let index = Index(nodes.count)
        nodes.append(
            Node(parent: folder, nameStart: UInt32(names.count), nameCount: UInt16(name.count), kind: kind))
        names += name
        nodes[Int(index)].nextSibling = nodes[Int(folder)].firstChild
        nodes[Int(folder)].firstChild = index
        if nodes.count * 2 > table.count {
            table = Array(repeating: Self.none, count: table.count * 2)
            for index in nodes.indices.dropFirst() where nodes[index].parent != Self.none { insert(Index(index)) }
        } else if let slot {
            table[slot] = index
        } else {
            insert(index)
        }
        return index
    }

    /// Puts a new node with nothing below it where `old` was.
    private mutating func replace(
        _ old: Index, named name: ArraySlice<UInt8>, in folder: Index
    ) throws(LimitError) -> Index {
        let hidesLower = nodes[Int(old)].hidesLower
        let slot = slotOf(old)
        // The old node stays in the list of its siblings, but no lookup finds it any more: removing it would cost a
        // walk through a list whose length a stranger chooses.
        nodes[Int(old)].parent = Self.none
        let new = try append(Array(name), to: folder, kind: .absent, slot: slot)
        nodes[Int(new)].hidesLower = hidesLower
        return new
    }

    private func slotOf(_ node: Index) -> Int {
        var slot = slot(nodes[Int(node)].parent, name(of: node))
        while table[slot] != node && table[slot] != Self.none { slot = (slot + 1) & (table.count - 1) }
        return slot
    }

    private mutating func insert(_ index: Index) {
        var slot = slot(nodes[Int(index)].parent, name(of: index))
        while table[slot] != Self.none { slot = (slot + 1) & (table.count - 1) }
        table[slot] = index
    }

    /// Where the search for a name begins; the hash is seeded anew in every process, so that no input can aim at one slot.
    private func slot(_ folder: Index, _ name: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(folder)
        // SAFETY: the bytes are read during the call and not kept.
        unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize() & (table.count - 1)
    }
}

extension LayerContents.Kind {
    var isDirectory: Bool { self == .directory || self == .impliedDirectory }
}
