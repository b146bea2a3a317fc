internal import SBOMFormats

/// Draws a graph the way bom 0.7.1 does, oddities and all.
///
/// The rules differ between JSON and tag-value as they do there. Where bom crashes or refuses a document, what it cannot
/// follow is left out.
struct BomOutline: OutlineWalk {
    private let graph: ElementGraph
    private let options: Outline.Options
    private var links: BomLinks
    /// Packages that the document describes, then files.
    private var roots: [Int32] = []
    private var rootFiles: [Int32] = []
    private var isSeen: [Bool]
    private var labels: [Int32: [UInt8]] = [:]
    /// As many bars as the deepest line so far has.
    private var bars: [UInt8] = []
    private var step = Step.head
    private var pending: [Frame] = []

    private enum Step {
        case head
        case root(Int)
        case files
        case end
    }

    /// An element whose relationships are being drawn.
    private struct Frame {
        let element: Int32
        let depth: Int
        let count: Int
        var next = 0
    }

    init(_ graph: ElementGraph, _ options: Outline.Options) {
        let isFolded = graph.syntax == .tagValue && graph.elements.contains { !$0.isFile && $0.name.isEmpty }
        let graph = isFolded ? graph.foldingUnnamed() : graph
        self.graph = graph
        self.options = options
        isSeen = Array(repeating: false, count: graph.elements.count)
        links = BomLinks(graph)
        let top = links.top.sorted { one, other in
            graph.elements[Int(one)].id.utf8.lexicographicallyPrecedes(graph.elements[Int(other)].id.utf8)
        }
        roots = top.filter { !graph.elements[Int($0)].isFile }
        rootFiles = top.filter { graph.elements[Int($0)].isFile }
        if let name = options.find {
            var filter = BomFilter(graph, links, name: name)
            roots = filter.keep(roots, depth: options.depth ?? -1)
            links = filter.links
        }
    }

    mutating func append(to text: inout [UInt8]) -> Bool {
        if let frame = pending.last {
            appendNext(of: frame, to: &text)
            return true
        }
        switch step {
        case .head:
            appendHead(to: &text)
            step = .root(0)
        case .root(let index):
            guard index < roots.count else {
                step = .files
                return append(to: &text)
            }
            step = .root(index + 1)
            appendPrefix(0, "├", to: &text)
            appendLabel(of: roots[index], to: &text)
            text.append(0x0A)
            open(roots[index], depth: 1, to: &text)
        case .files:
            appendFiles(to: &text)
            step = .end
        case .end: return false
        }
        return true
    }

    private static let banner = """
                       _      
         ___ _ __   __| |_  __
        / __| '_ \\ / _` \\ \\/ /
        \\__ \\ |_) | (_| |>  < 
        |___/ .__/ \\__,_/_/\\_\\
            |_|               


        """

    private mutating func appendHead(to text: inout [UInt8]) {
        text += Self.banner.utf8
        text += " 📂 SPDX Document \(graph.name.isEmpty ? graph.documentID : graph.name)\n".utf8
        appendLine(0, "│", to: &text)
        appendPrefix(0, "│", to: &text)
        text += "📦 DESCRIBES \(roots.count) Packages\n".utf8
        appendLine(0, "│", to: &text)
    }

    private mutating func appendFiles(to text: inout [UInt8]) {
        if !rootFiles.isEmpty { appendLine(0, "│", to: &text) }
        appendPrefix(0, rootFiles.isEmpty ? "└" : "│", to: &text)
        text += "📄 DESCRIBES \(rootFiles.count) Files\n".utf8
        if !rootFiles.isEmpty { appendPrefix(0, "│", to: &text) }
        text.append(0x0A)
        for (index, file) in rootFiles.enumerated() {
            appendPrefix(0, index == rootFiles.count - 1 ? "└" : "├", to: &text)
            text += graph.elements[Int(file)].name.utf8
            text.append(0x0A)
        }
        text.append(0x0A)
    }

    private mutating func open(_ element: Int32, depth: Int, to text: inout [UInt8]) {
        isSeen[Int(element)] = true
        let count = links.count(of: element)
        let stops = options.depth.map { $0 > 0 && depth >= $0 } ?? false
        if options.find == nil {
            appendPrefix(depth, count == 0 || stops ? "└" : "│", to: &text)
            text += "🔗 \(count) Relationships\n".utf8
        }
        if stops {
            appendLine(depth - 1, "│", to: &text)
        } else if count > 0 {
            pending.append(Frame(element: element, depth: depth, count: count))
        }
    }

    private mutating func appendNext(of frame: Frame, to text: inout [UInt8]) {
        guard frame.next < frame.count else {
            pending.removeLast()
            appendLine(frame.depth - 1, "│", to: &text)
            return
        }
        pending[pending.count - 1].next += 1
        let link = links[frame.element, frame.next]
        let isLast = frame.next == frame.count - 1
        let start = text.count
        appendPrefix(frame.depth, isLast ? "└" : "├", to: &text)
        text += graph.kinds[Int(link.kind)].utf8
        text.append(0x20)
        if link.peer < 0 {
            text += graph.reference(of: link).utf8
            text += " (external)".utf8
        } else {
            let peer = graph.elements[Int(link.peer)]
            if options.showsIDs {
                text.append(0x20)
                text += peer.id.utf8
            } else if peer.isFile {
                text += "FILE ".utf8
                text += peer.name.utf8
            } else {
                text += "PACKAGE ".utf8
                appendLabel(of: link.peer, to: &text)
            }
            if peer.isFile, !peer.name.isEmpty { text += " (\(peer.name))".utf8 }
        }
        if let width = options.width, width > 0, text.count - start > width {
            text.removeSubrange((start + width)...)
        }
        text.append(0x0A)
        guard link.peer >= 0, !isSeen[Int(link.peer)], links.count(of: link.peer) > 0 else { return }
        if graph.elements[Int(link.peer)].isFile {
            appendPrefix(frame.depth + 1, isLast ? "└" : "├", to: &text)
            text += graph.elements[Int(link.peer)].name.utf8
            text.append(0x0A)
        } else {
            open(link.peer, depth: frame.depth + 1, to: &text)
        }
    }

    private mutating func appendLabel(of number: Int32, to text: inout [UInt8]) {
        let element = graph.elements[Int(number)]
        if options.showsPURLs, !element.purl.isEmpty {
            let label = labels[number] ?? Array((BomPackageURL.rewritten(element.purl) ?? "").utf8)
            labels[number] = label
            if !label.isEmpty {
                text += label
                return
            }
        }
        guard !element.name.isEmpty else {
            text += element.id.utf8
            return
        }
        text += element.name.utf8
        if options.showsVersions, !element.version.isEmpty {
            text.append(UInt8(ascii: "@"))
            text += element.version.utf8
        }
    }

    private static let bar = Array(" │ ".utf8)

    private mutating func appendPrefix(_ depth: Int, _ corner: String, to text: inout [UInt8]) {
        while bars.count < depth * Self.bar.count { bars += Self.bar }
        text.append(0x20)
        text += bars[..<(depth * Self.bar.count)]
        text.append(0x20)
        text += corner.utf8
        text.append(0x20)
    }

    private mutating func appendLine(_ depth: Int, _ corner: String, to text: inout [UInt8]) {
        appendPrefix(depth, corner, to: &text)
        text.append(0x0A)
    }
}

/// The relationships of each element as bom keeps them.
struct BomLinks {
    struct Link {
        /// The element it leads to; -1 for one of another document.
        let peer: Int32
        let kind: Int32
        let foreign: Int32
    }

    /// What the document describes.
    private(set) var top: [Int32] = []
    /// Where the relationships of each element begin in `links`, and how many there are.
    private var starts: [Int32]
    private var counts: [Int32]
    private var links: [Link] = []

    func count(of element: Int32) -> Int { Int(counts[Int(element)]) }

    subscript(element: Int32, index: Int) -> Link { links[Int(starts[Int(element)]) + index] }

    /// All relationships of an element.
    func links(of element: Int32) -> ArraySlice<Link> {
        let start = Int(starts[Int(element)])
        return links[start..<(start + Int(counts[Int(element)]))]
    }

    /// Keeps only some of the relationships of an element, in their order.
    mutating func keep(_ kept: [Link], of element: Int32) {
        let start = Int(starts[Int(element)])
        for (index, link) in kept.enumerated() { links[start + index] = link }
        counts[Int(element)] = Int32(kept.count)
    }

    init(_ graph: ElementGraph) {
        let count = graph.elements.count
        let describes = graph.kinds.firstIndex(of: "DESCRIBES").map(Int32.init) ?? -1
        let isTagValue = graph.syntax == .tagValue
        var isTop = Array(repeating: false, count: count)
        var isTarget = Array(repeating: false, count: count)
        var found: [(source: Int32, link: Link)] = []
        found.reserveCapacity(graph.relationships.count)
        // Whether a text names an element of another document.
        let isExternal = graph.foreign.map { $0.hasPrefix("DocumentRef-") && $0.utf8.contains(UInt8(ascii: ":")) }
        let isBroken = graph.foreign.map { $0.hasPrefix("DocumentRef-") && !$0.utf8.contains(UInt8(ascii: ":")) }
        for relationship in graph.relationships {
            let (source, target) = (relationship.source, relationship.target)
            let isDocument = relationship.isOfDocument
            if isTagValue, isDocument {
                if target >= 0 { isTop[Int(target)] = true }
                continue
            }
            guard source >= 0 || isDocument else { continue }
            if target < 0 {
                let foreign = Int(relationship.foreign)
                guard !isBroken[foreign], isExternal[foreign], source >= 0 else { continue }
                found.append((source, Link(peer: -1, kind: relationship.kind, foreign: relationship.foreign)))
            } else if isDocument, relationship.kind == describes {
                isTop[Int(target)] = true
            } else if source >= 0 {
                isTarget[Int(target)] = true
                found.append((source, Link(peer: target, kind: relationship.kind, foreign: -1)))
            }
        }
        for element in graph.describes { isTop[Int(element)] = true }
        if isTagValue {
            for element in graph.numbers.values where !isTarget[Int(element)] { isTop[Int(element)] = true }
        }
        top = isTop.indices.filter { isTop[$0] }.map(Int32.init)

        counts = Array(repeating: 0, count: count)
        starts = Array(repeating: 0, count: count)
        for (source, _) in found { counts[Int(source)] += 1 }
        var sum: Int32 = 0
        for index in counts.indices {
            starts[index] = sum
            sum += counts[index]
        }
        var next = starts
        links = Array(repeating: Link(peer: -1, kind: 0, foreign: -1), count: found.count)
        for (source, link) in found {
            links[Int(next[Int(source)])] = link
            next[Int(source)] += 1
        }
    }
}

extension ElementGraph {
    /// What bom shows of an element of another document: of `DocumentRef-A:SPDXRef-B` the last part, or in tag-value the first.
    fileprivate func reference(of link: BomLinks.Link) -> Substring {
        let text = foreign[Int(link.foreign)]
        guard let colon = text.firstIndex(of: ":") else { return text[...] }
        return syntax == .tagValue ? text[..<colon] : text[text.index(after: colon)...]
    }
}

/// Keeps only what leads to elements of a name, as bom's `--find` does.
private struct BomFilter {
    private let isMatch: [Bool]
    private(set) var links: BomLinks
    /// How many elements are looked at before the quick way is taken: with a depth, bom may look at one over and over.
    private var budget = 2_000_000

    init(_ graph: ElementGraph, _ links: BomLinks, name: String) {
        self.links = links
        isMatch = graph.elements.map { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// The roots that are left, in their order.
    mutating func keep(_ roots: [Int32], depth: Int) -> [Int32] {
        // bom counts down and stops at 1, so that 0 and less mean no end.
        guard depth > 0 else { return keepAll(roots) }
        let all = links
        var left: [Int32] = []
        for root in roots {
            guard let isKept = search(from: root, depth: depth) else {
                links = all
                return keepAll(roots)
            }
            if isKept { left.append(root) }
        }
        return left
    }

    // Without a depth it does not matter in which order elements are looked at, and cycles do no harm: what leads to a
    // match is found from the matches backwards.
    private mutating func keepAll(_ roots: [Int32]) -> [Int32] {
        var leads = isMatch
        var sources: [[Int32]] = Array(repeating: [], count: isMatch.count)
        for element in isMatch.indices where !isMatch[element] {
            for link in links.links(of: Int32(element)) where link.peer >= 0 {
                sources[Int(link.peer)].append(Int32(element))
            }
        }
        var pending = isMatch.indices.filter { isMatch[$0] }.map(Int32.init)
        while let element = pending.popLast() {
            for source in sources[Int(element)] where !leads[Int(source)] {
                leads[Int(source)] = true
                pending.append(source)
            }
        }
        for element in isMatch.indices.map(Int32.init) {
            let kept = links.links(of: element).filter { $0.peer >= 0 && leads[Int($0.peer)] }
            links.keep(isMatch[Int(element)] ? [] : kept, of: element)
        }
        return roots.filter { leads[Int($0)] }
    }

    private struct Frame {
        let element: Int32
        let depth: Int
        let all: [BomLinks.Link]
        var next = 0
        var kept: [BomLinks.Link] = []
    }

    // With one, what an element that is come to twice is worth depends on how deep it was the first time. Nil if it takes
    // too long to find out.
    private mutating func search(from root: Int32, depth: Int) -> Bool? {
        var known: [Int32: Bool] = [:]
        var pending: [Frame] = []
        // What the last element that was looked at is worth; nil while it is not known.
        var worth = enter(root, depth, known, &pending)
        while var frame = pending.popLast() {
            guard budget > 0 else { return nil }
            if let found = worth {
                if found { frame.kept.append(frame.all[frame.next]) }
                frame.next += 1
                worth = nil
            }
            guard frame.next < frame.all.count else {
                links.keep(frame.kept, of: frame.element)
                known[frame.element] = !frame.kept.isEmpty
                worth = !frame.kept.isEmpty
                continue
            }
            let peer = frame.all[frame.next].peer
            pending.append(frame)
            worth = peer < 0 ? false : enter(peer, frame.depth - 1, known, &pending)
        }
        return worth
    }

    private mutating func enter(
        _ element: Int32, _ depth: Int, _ known: [Int32: Bool], _ pending: inout [Frame]
    ) -> Bool? {
        budget -= 1
        if isMatch[Int(element)] {
            links.keep([], of: element)
            return true
        }
        if depth == 1 { return false }
        if let known = known[element] { return known }
        pending.append(Frame(element: element, depth: depth, all: Array(links.links(of: element))))
        return nil
    }
}
