internal import ByteStreams

/// What one layer says: the names of all its entries, the bytes of those that are wanted, and what it hides below it.
///
/// Built from the layer alone while it is streamed, so layers can be read side by side; what they mean together is the
/// business of ``RootFileSystem``. Names live in one array of bytes and entries in another: about fifty bytes an entry.
package struct LayerContents: Sendable {
    /// What stands at a path.
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

    static let root: Index = 0
    private static let none = Index.max

    private var nodes: [Node]
    private var names: [UInt8] = []
    private var links: [[UInt8]] = []
    private var linkBytes = 0
    private var table: [Index]
    /// The bytes of the files that were wanted, by the ordinal of their entry.
    private var captured: [Int: [UInt8]] = [:]
    /// What was odd about the layer.
    private(set) var diagnostics: [Diagnostic] = []
    /// How many bytes were captured.
    private(set) var capturedSize = 0
    /// How many entries were added.
    private(set) var entryCount = 0
    private var stepCount = 0

    /// A layer without entries.
    package init() {
        nodes = [Node(parent: Self.none, nameStart: 0, nameCount: 0, kind: .impliedDirectory)]
        table = Array(repeating: Self.none, count: 64)
    }

    // MARK: Building

    /// Adds an entry of the tar; returns where it stands in this layer, or nil if it makes nothing (a whiteout, the root).
    ///
    /// Whiteouts hide what lower layers have and never what this one brings, wherever they stand in it (OCI image-spec,
    /// layer.md, "Whiteouts"). A later entry replaces an earlier one of the same name, with all that was below it; a
    /// directory over a directory keeps it.
    mutating func add(_ entry: TarEntry, limits: Limits) throws -> Index? {
        let ordinal = entryCount
        entryCount += 1
        guard entryCount <= limits.entryCount else { throw LimitError(name: "entryCount") }
        var (components, leadsOut) = Self.components(entry.path)
        if leadsOut {
            diagnostics.append(
                Diagnostic(
                    .warning, code: "path-outside", at: String(decoding: entry.path, as: UTF8.self),
                    "the name of an entry leads out of the root; it is taken to start at the root"))
        }
        guard components.count <= limits.pathDepth else { throw LimitError(name: "pathDepth") }
        guard let last = components.popLast() else { return nil }
        guard let folder = try makeFolders(components, limits: limits) else {
            diagnostics.append(
                Diagnostic(
                    .warning, code: "link-loop", at: String(decoding: entry.path, as: UTF8.self),
                    "the entry lies behind more than \(limits.linkCount) symbolic links; it is left out"))
            return nil
        }
        if last.starts(with: Self.whiteoutPrefix) {
            try addWhiteout(last.dropFirst(Self.whiteoutPrefix.count), in: folder, limits: limits)
            return nil
        }
        return try place(entry, named: last, in: folder, ordinal: ordinal, limits: limits)
    }

    /// Keeps the contents of the entry with that ordinal.
    mutating func capture(_ bytes: [UInt8], ordinal: Int, limits: Limits) throws {
        capturedSize += bytes.count
        guard capturedSize <= limits.capturedSize else { throw LimitError(name: "capturedSize") }
        captured[ordinal] = bytes
    }

    /// Adds what another reading of the same layer captured.
    mutating func takeCaptured(from other: LayerContents) {
        captured.merge(other.captured) { mine, _ in mine }
        capturedSize += other.capturedSize
    }

    private static let whiteoutPrefix = Array(".wh.".utf8)

    private mutating func addWhiteout(_ hidden: ArraySlice<UInt8>, in folder: Index, limits: Limits) throws {
        if hidden.elementsEqual(Array(".wh..opq".utf8)) {
            nodes[Int(folder)].isOpaque = true
        } else if hidden.starts(with: Self.whiteoutPrefix) || hidden.isEmpty || hidden.elementsEqual([0x2E])
            || hidden.elementsEqual([0x2E, 0x2E])
        {
            // `.wh..wh.plnk` and the like are AUFS's own bookkeeping, and no name is empty or a dot.
            return
        } else if let node = child(of: folder, named: hidden) {
            nodes[Int(node)].hidesLower = true
        } else {
            let node = try append(Array(hidden), to: folder, kind: .absent, limits: limits)
            nodes[Int(node)].hidesLower = true
        }
    }

    private mutating func place(
        _ entry: TarEntry, named name: ArraySlice<UInt8>, in folder: Index, ordinal: Int, limits: Limits
    ) throws -> Index {
        let kind: Kind =
            switch entry.kind {
            case .file: .file
            case .directory: .directory
            case .hardLink: .hardLink
            case .symbolicLink: .symbolicLink
            case .other: .other
            }
        let node: Index
        if let existing = child(of: folder, named: name) {
            let isFolder = nodes[Int(existing)].kind.isDirectory
            if kind == .directory && isFolder {
                node = existing
            } else if isFolder && nodes[Int(existing)].firstChild != Self.none {
                // What was below the directory goes with it: the new node takes its place, and its children are
                // no longer reached.
                node = try replace(existing, named: name, in: folder, limits: limits)
            } else {
                node = existing
            }
            nodes[Int(node)].kind = kind
        } else {
            node = try append(Array(name), to: folder, kind: kind, limits: limits)
        }
        nodes[Int(node)].ordinal = UInt32(ordinal)
        if !entry.linkTarget.isEmpty {
            linkBytes += entry.linkTarget.count
            guard names.count + linkBytes <= limits.nameBytes else { throw LimitError(name: "nameBytes") }
            nodes[Int(node)].link = UInt32(links.count)
            links.append(entry.linkTarget)
        }
        return node
    }

    /// The folder at that path, made of implied directories where it is not there yet; links of this layer are followed.
    ///
    /// Nil if there are too many links on the way.
    private mutating func makeFolders(_ components: [ArraySlice<UInt8>], limits: Limits) throws -> Index? {
        var here = Self.root
        var pending = Array(components.reversed())
        var hops = 0
        while let name = pending.popLast() {
            stepCount += 1
            guard stepCount <= limits.pathSteps else { throw LimitError(name: "pathSteps") }
            if name.elementsEqual([0x2E, 0x2E]) {
                here = here == Self.root ? here : nodes[Int(here)].parent
                continue
            }
            guard let next = child(of: here, named: name) else {
                here = try append(Array(name), to: here, kind: .impliedDirectory, limits: limits)
                continue
            }
            switch nodes[Int(next)].kind {
            case .directory, .impliedDirectory:
                here = next
            case .symbolicLink:
                hops += 1
                let target = linkTarget(of: next)
                guard hops <= limits.linkCount, pending.count <= limits.pathDepth else { return nil }
                if target.first == UInt8(ascii: "/") { here = Self.root }
                pending += Self.parts(target).reversed()
            case .absent:
                nodes[Int(next)].kind = .impliedDirectory
                here = next
            case .file, .hardLink, .other:
                let folder = nodes[Int(next)].parent
                here = try replace(next, named: name, in: folder, limits: limits)
                nodes[Int(here)].kind = .impliedDirectory
            }
        }
        return here
    }

    /// Moves all that stands below `node` to the folder `components`, and takes `node` away.
    ///
    /// For entries below a directory that no entry of this layer names, where a lower layer has a symbolic link.
    mutating func graft(_ node: Index, onto components: [ArraySlice<UInt8>], limits: Limits) throws {
        guard let target = try makeFolders(components, limits: limits), target != node, !isInside(target, node) else {
            return
        }
        nodes[Int(node)].kind = .absent
        nodes[Int(target)].isOpaque = nodes[Int(target)].isOpaque || nodes[Int(node)].isOpaque
        var moves = children(of: node).map { (from: $0, to: target) }
        while let (from, folder) = moves.popLast() {
            let name = Array(self.name(of: from))
            let old = nodes[Int(from)]
            let new: Index
            if let existing = child(of: folder, named: name[...]) {
                guard !(nodes[Int(existing)].kind.isDirectory && !old.kind.isDirectory && old.kind != .absent) else {
                    continue
                }
                new = existing
            } else {
                new = try append(name, to: folder, kind: old.kind, limits: limits)
            }
            if old.kind != .absent {
                nodes[Int(new)].kind = old.kind
                nodes[Int(new)].ordinal = old.ordinal
                nodes[Int(new)].link = old.link
            }
            nodes[Int(new)].hidesLower = nodes[Int(new)].hidesLower || old.hidesLower
            nodes[Int(new)].isOpaque = nodes[Int(new)].isOpaque || old.isOpaque
            moves += children(of: from).map { (from: $0, to: new) }
        }
        nodes[Int(node)].firstChild = Self.none
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
        var here = nodes[Int(folder)].firstChild
        while here != Self.none {
            if nodes[Int(here)].parent == folder { result.append(here) }
            here = nodes[Int(here)].nextSibling
        }
        return result
    }

    func name(of node: Index) -> ArraySlice<UInt8> {
        let start = Int(nodes[Int(node)].nameStart)
        return names[start..<start + Int(nodes[Int(node)].nameCount)]
    }

    func kind(of node: Index) -> Kind { nodes[Int(node)].kind }

    /// Whether lower layers' entries of that name are hidden; of a directory also what they have in it.
    func hidesLower(_ node: Index) -> Bool { nodes[Int(node)].hidesLower || nodes[Int(node)].isOpaque }

    func linkTarget(of node: Index) -> [UInt8] {
        let link = nodes[Int(node)].link
        return link == Self.none ? [] : links[Int(link)]
    }

    func ordinal(of node: Index) -> Int { Int(nodes[Int(node)].ordinal) }

    func contents(of node: Index) -> [UInt8]? { captured[ordinal(of: node)] }

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

    /// The topmost directories that no entry of this layer names, unless the layer hides what is below them.
    var impliedDirectories: [Index] {
        nodes.indices.lazy.map(Index.init).filter { index in
            index != Self.root && nodes[Int(index)].kind == .impliedDirectory && !hidesLower(index)
        }
    }

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

    // MARK: Storage

    private mutating func append(_ name: [UInt8], to folder: Index, kind: Kind, limits: Limits) throws -> Index {
        guard name.count <= UInt16.max else { throw LimitError(name: "pathLength") }
        // Implied directories count too: a short tar of deep paths must not make a large tree.
        guard nodes.count < limits.entryCount * 2 else { throw LimitError(name: "entryCount") }
        guard names.count + linkBytes + name.count <= limits.nameBytes else { throw LimitError(name: "nameBytes") }
        let index = Index(nodes.count)
        nodes.append(
            Node(parent: folder, nameStart: UInt32(names.count), nameCount: UInt16(name.count), kind: kind))
        names += name
        nodes[Int(index)].nextSibling = nodes[Int(folder)].firstChild
        nodes[Int(folder)].firstChild = index
        if nodes.count * 2 > table.count {
            table = Array(repeating: Self.none, count: table.count * 2)
            for index in nodes.indices.dropFirst() where nodes[index].parent != Self.none { insert(Index(index)) }
        } else {
            insert(index)
        }
        return index
    }

    /// Puts a new node with nothing below it where `old` was.
    private mutating func replace(
        _ old: Index, named name: ArraySlice<UInt8>, in folder: Index, limits: Limits
    ) throws -> Index {
        let hidesLower = nodes[Int(old)].hidesLower
        // The old node stays in the list of its siblings and in the table, but is nobody's child any more: taking it out
        // would cost a walk through a list whose length a stranger chooses.
        nodes[Int(old)].parent = Self.none
        let new = try append(Array(name), to: folder, kind: .absent, limits: limits)
        nodes[Int(new)].hidesLower = hidesLower
        return new
    }

    private mutating func insert(_ index: Index) {
        var slot = slot(nodes[Int(index)].parent, name(of: index))
        while table[slot] != Self.none { slot = (slot + 1) & (table.count - 1) }
        table[slot] = index
    }

    /// Where the search for a name begins; the hash is seeded anew in every process, so that nobody can aim at one slot.
    private func slot(_ folder: Index, _ name: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(folder)
        unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize() & (table.count - 1)
    }
}

extension LayerContents.Kind {
    var isDirectory: Bool { self == .directory || self == .impliedDirectory }
}

/// A limit of ``Limits`` that a layer passes.
package struct LimitError: Error, Hashable, CustomStringConvertible {
    package let name: String

    package var description: String { "more than the limit \(name) allows" }
}
