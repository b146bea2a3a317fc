internal import ByteStreams
internal import SBOMFormats

/// Finds the chains from roots to elements, in the order of their lengths.
struct ChainFinder {
    /// The beginning of a chain: its last step and the number of the part before it.
    private struct Part {
        let element: Int32
        let kind: Int32
        let before: Int32
        let length: Int32
        /// The smallest distance to the target among the elements before this one.
        let nearest: Int32
    }

    private let links: Adjacency
    /// The links that lead to each element.
    private let sources: Adjacency
    /// The number of steps that are left.
    private var budget = Limits.chainSteps
    private var isFirst = true

    // The members below are valid for one target.
    private var distances: [Int32] = []
    private var parts: [Part] = []
    /// The parts to be continued, by the smallest possible length of their chains.
    private var waiting: [[Int32]] = []

    /// - Parameters:
    ///   - links: The links of each element.
    ///   - sources: The same links from their targets to their sources.
    init(_ links: Adjacency, reversed sources: Adjacency) {
        self.links = links
        self.sources = sources
    }

    /// Computes the distance of each element from the target; -1 for elements that do not lead to it.
    private mutating func measure(to target: Int32) {
        distances = Array(repeating: -1, count: sources.count)
        distances[Int(target)] = 0
        var queue = [target]
        var place = 0
        while place < queue.count {
            let element = queue[place]
            place += 1
            for link in sources[element] where distances[Int(link.target)] < 0 {
                distances[Int(link.target)] = distances[Int(element)] + 1
                queue.append(link.target)
            }
        }
    }

    /// The chains from `roots` to one element, `limit` at most; `count` elements share the remaining steps.
    mutating func find(
        _ target: Int32, from roots: [Int32], limit: Int, sharingWith count: Int
    ) -> (chains: [[(element: Int32, kind: Int32)]], hasMore: Bool) {
        measure(to: target)
        parts = []
        waiting = []
        for root in roots.reversed() { add(root, kind: -1, after: -1) }
        // The search for the shortest chain takes no more steps than the document has relationships.
        var left = isFirst ? Int.max : budget
        let share = budget / count
        isFirst = false
        var steps = 0
        var found: [[(element: Int32, kind: Int32)]] = []
        var hasMore = false
        var length = 0
        search: while length < waiting.count {
            guard let number = waiting[length].popLast() else {
                length += 1
                continue
            }
            guard found.count < limit, steps < left else {
                hasMore = true
                break search
            }
            let part = parts[Int(number)]
            steps += 1
            // An element that is nearer to the target than all elements before it cannot be one of them.
            if distances[Int(part.element)] >= part.nearest, isRepeated(number, &steps) { continue }
            if part.element == target {
                found.append(chain(number))
                steps += Int(part.length)
                left = share
                continue
            }
            // The last part added is continued first, so adding backwards keeps the order of the document.
            for link in links[part.element].reversed() where link.target >= 0 {
                steps += 1
                add(link.target, kind: link.kind, after: number)
            }
        }
        budget -= min(steps, budget)
        return (found, hasMore)
    }

    private mutating func add(_ element: Int32, kind: Int32, after before: Int32) {
        let distance = distances[Int(element)]
        guard distance >= 0 else { return }
        var part = Part(element: element, kind: kind, before: -1, length: 0, nearest: .max)
        if before >= 0 {
            let last = parts[Int(before)]
            part = Part(
                element: element, kind: kind, before: before, length: last.length + 1,
                nearest: min(last.nearest, distances[Int(last.element)]))
        }
        let length = Int(part.length + distance)
        while waiting.count <= length { waiting.append([]) }
        waiting[length].append(Int32(parts.count))
        parts.append(part)
    }

    /// Whether the last element of a chain occurs in it twice.
    private func isRepeated(_ number: Int32, _ steps: inout Int) -> Bool {
        let element = parts[Int(number)].element
        var number = parts[Int(number)].before
        while number >= 0 {
            steps += 1
            if parts[Int(number)].element == element { return true }
            number = parts[Int(number)].before
        }
        return false
    }

    private func chain(_ number: Int32) -> [(element: Int32, kind: Int32)] {
        var steps: [(element: Int32, kind: Int32)] = []
        var number = number
        while number >= 0 {
            steps.append((parts[Int(number)].element, parts[Int(number)].kind))
            number = parts[Int(number)].before
        }
        return steps.reversed()
    }
}
