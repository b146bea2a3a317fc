internal import ByteStreams
internal import SBOMFormats
internal import StructuredText

extension Outline {
    /// A chain of relationships from an element that the document describes to another one: a reason why that one is in
    /// the document.
    public struct Chain: Sendable {
        /// One element of a chain.
        public struct Step: Sendable {
            /// The relationship that leads to the element: `DEPENDS_ON`; empty for the first element.
            public let relationship: String
            /// The name with the version, or the identifier.
            public let name: String
            /// The identifier.
            public let id: String
        }

        /// The elements, from the one that the document describes to the one that was searched for.
        public let steps: [Step]
    }

    /// The reasons why an element is in a document.
    public struct Reason: Sendable {
        /// The name with the version, or the identifier.
        public let name: String
        /// The chains that lead to the element, the shortest first; empty if no relationship leads to it.
        public let chains: [Chain]
        /// Whether there may be more chains.
        public let hasMore: Bool
    }

    /// The chains that lead to matching elements, the shortest first.
    ///
    /// - Parameters:
    ///   - text: The text to search for, as in ``Options/find``.
    ///   - options: The types of relationships to follow.
    ///   - limit: The largest number of chains for each element.
    /// - Returns: The matching elements, and the number of further matches, whose chains were not searched for.
    public func chains(
        to text: String, _ options: Options = Options(), limit: Int
    ) -> (reasons: [Reason], others: Int) {
        let search = OutlineSearch(name: text)
        let links = RelationshipIndex(graph, types: options.types)
        let elements = graph.elements
        let matches = (0..<Int32(elements.count)).filter { search.match($0, in: graph) }
        // If the text is the complete name of an element, names that only contain it do not match.
        let exact = matches.filter { elements.names[Int($0)] == text || elements.label($0) == text }
        let asked = exact.isEmpty ? matches : exact
        var finder = ChainFinder(links, limit: limit)
        let reasons = asked.prefix(Limits.chainTargets).enumerated().map { place, element -> Reason in
            let (found, hasMore) = finder.find(element, sharingWith: min(asked.count, Limits.chainTargets) - place)
            return Reason(
                name: elements.label(element), chains: found.map { Chain(steps: steps($0, links)) },
                hasMore: hasMore)
        }
        return (reasons, asked.count - reasons.count)
    }

    /// Chains as a JSON document.
    public static func json(_ reasons: [Reason]) -> String {
        let list = reasons.map { reason -> JSONValue in
            let chains = reason.chains.map { chain -> JSONValue in
                .array(
                    chain.steps.map { step in
                        var object = JSONObject()
                        if !step.relationship.isEmpty { object.append("type", .string(step.relationship)) }
                        object.append("name", .string(step.name))
                        object.append("id", .string(step.id))
                        return .object(object)
                    })
            }
            return ["name": .string(reason.name), "chains": .array(chains), "hasMore": .bool(reason.hasMore)]
        }
        return String(decoding: JSONWriter.bytes(of: .array(list), .pretty), as: UTF8.self)
    }

    private func steps(_ chain: [(element: Int32, kind: Int32)], _ links: RelationshipIndex) -> [Chain.Step] {
        chain.map { element, kind in
            Chain.Step(
                relationship: kind < 0 ? "" : links.kinds[Int(kind)].word, name: graph.elements.label(element),
                id: graph.elements.ids[Int(element)])
        }
    }
}

/// Finds the chains from roots to elements, in the order of their lengths.
private struct ChainFinder {
    /// The beginning of a chain: its last step and the number of the part before it.
    private struct Part {
        let element: Int32
        let kind: Int32
        let before: Int32
        let length: Int32
        /// The smallest distance to the target among the elements before this one.
        let nearest: Int32
    }

    private let links: RelationshipIndex
    private let limit: Int
    /// The relationships that lead to each element.
    private let sources: Adjacency
    /// The number of steps that are left.
    private var budget = Limits.chainSteps
    private var isFirst = true

    // The members below are valid for one target.
    private var distances: [Int32] = []
    private var parts: [Part] = []
    /// The parts to be continued, by the smallest possible length of their chains.
    private var waiting: [[Int32]] = []

    init(_ links: RelationshipIndex, limit: Int) {
        self.links = links
        self.limit = limit
        sources = links.reversed()
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

    /// The chains to one element; `count` elements share the remaining steps.
    mutating func find(
        _ target: Int32, sharingWith count: Int
    ) -> (chains: [[(element: Int32, kind: Int32)]], hasMore: Bool) {
        measure(to: target)
        parts = []
        waiting = []
        for root in links.roots.reversed() { add(root, kind: -1, after: -1) }
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
            for link in links.links(of: part.element).reversed() where link.target >= 0 {
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
