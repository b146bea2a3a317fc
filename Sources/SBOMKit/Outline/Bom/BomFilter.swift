internal import ByteStreams
internal import SBOMFormats
internal import StructuredText

/// Keeps only the paths to elements with a name, as `--find` of bom does.
struct BomFilter {
    private let isMatch: [Bool]
    private(set) var links: BomLinks
    /// The number of visits that are left, which is limited because bom can visit an element many times with a depth.
    private var budget = Limits.bomSearchSteps

    init(_ graph: DocumentGraph, _ links: BomLinks, name: String) {
        self.links = links
        isMatch = graph.elements.names.map { $0.isIdentical(to: name) }
    }

    /// The roots that remain, in their order.
    mutating func keep(_ roots: [Int32], depth: Int) -> [Int32] {
        // bom counts down and stops at 1, so 0 and negative depths mean no limit.
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

    // Without a depth, the result does not depend on the order of visits. So the elements that lead to a match are
    // found backwards from the matches, which also works with cycles.
    private mutating func keepAll(_ roots: [Int32]) -> [Int32] {
        let leads = links.leading(to: isMatch)
        for element in isMatch.indices.map(Int32.init) {
            let kept = links.links(of: element).filter { $0.target >= 0 && leads[Int($0.target)] }
            self.links.keep(isMatch[Int(element)] ? [] : kept, of: element)
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

    // With a depth, the result for an element that is reached twice depends on the depth of the first visit. The result
    // is nil if the budget is spent.
    private mutating func search(from root: Int32, depth: Int) -> Bool? {
        var known: [Int32: Bool] = [:]
        var pending: [Frame] = []
        // Whether the last visited element is kept; nil while that is not known.
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
            let peer = frame.all[frame.next].target
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
