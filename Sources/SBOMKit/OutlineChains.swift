internal import SBOMFormats
internal import StructuredText

extension Outline {
    /// Why something is in a document: what leads to it from what the document describes.
    public struct Chain: Sendable {
        /// One element of a chain.
        public struct Step: Sendable {
            /// How it is come to: `DEPENDS_ON`; empty for the first.
            public let relationship: String
            /// Its name with its version, or its identifier.
            public let name: String
            /// Its identifier.
            public let id: String
        }

        /// From what the document describes to what was asked for.
        public let steps: [Step]
    }

    /// What leads to elements that match, the shortest chains first.
    ///
    /// - Parameters:
    ///   - text: What is looked for, as ``Options/find`` has it.
    ///   - options: Which types of relationships count.
    ///   - limit: How many chains are wanted for each at the most.
    /// - Returns: For each element that matches its chains, none if nothing leads to it, and whether there are more.
    public func chains(
        to text: String, _ options: Options = Options(), limit: Int
    ) -> [(name: String, chains: [Chain], hasMore: Bool)] {
        let search = OutlineSearch(name: text)
        let links = ForwardLinks(graph, types: options.types)
        let matches = graph.elements.indices.filter { search.match(graph.elements[$0]) }
        // A name that is given whole means that, not all that contain it.
        let exact = matches.filter { graph.elements[$0].name == text || graph.label(Int32($0)) == text }
        return (exact.isEmpty ? matches : exact).prefix(Self.mostAsked).map { element in
            var finder = ChainFinder(graph, links, to: Int32(element), limit: limit)
            let found = finder.find()
            return (graph.label(Int32(element)), found.map { Chain(steps: steps($0, links)) }, finder.hasMore)
        }
    }

    /// Chains as a JSON document.
    public static func json(_ found: [(name: String, chains: [Chain], hasMore: Bool)]) -> String {
        let list = found.map { name, chains, hasMore -> JSONValue in
            let chains = chains.map { chain -> JSONValue in
                .array(
                    chain.steps.map { step in
                        var object = JSONObject()
                        if !step.relationship.isEmpty { object.append("type", .string(step.relationship)) }
                        object.append("name", .string(step.name))
                        object.append("id", .string(step.id))
                        return .object(object)
                    })
            }
            return ["name": .string(name), "chains": .array(chains), "hasMore": .bool(hasMore)]
        }
        return String(decoding: JSONWriter.bytes(of: .array(list), .pretty), as: UTF8.self)
    }

    /// How many elements ``chains(to:_:limit:)`` looks at.
    private static let mostAsked = 50

    private func steps(_ chain: [(element: Int32, kind: Int32)], _ links: ForwardLinks) -> [Chain.Step] {
        chain.map { element, kind in
            Chain.Step(
                relationship: kind < 0 ? "" : links.kinds[Int(kind)].word, name: graph.label(element),
                id: graph.elements[Int(element)].id)
        }
    }
}

extension ElementGraph {
    /// What an element is called: its name with its version, else its identifier.
    func label(_ number: Int32) -> String {
        let element = elements[Int(number)]
        if element.name.isEmpty { return element.id }
        return element.version.isEmpty ? element.name : "\(element.name)@\(element.version)"
    }
}

/// Finds the chains from roots to an element in the order of their lengths.
private struct ChainFinder {
    /// A chain so far, as the last of its steps and the number of what comes before it.
    private struct Part {
        let element: Int32
        let kind: Int32
        let before: Int32
        let length: Int32
    }

    /// How many parts of chains are looked at: in a dense graph there are more chains than atoms.
    private static let mostParts = 400_000

    private let links: ForwardLinks
    private let target: Int32
    private let limit: Int
    private var distances: [Int32]
    private var parts: [Part] = []
    /// Parts that wait, by how long their chains are going to be at least.
    private var waiting: [[Int32]] = []
    private(set) var hasMore = false

    init(_ graph: ElementGraph, _ links: ForwardLinks, to target: Int32, limit: Int) {
        self.links = links
        self.target = target
        self.limit = limit
        distances = Array(repeating: -1, count: graph.elements.count)
        var sources: [[Int32]] = Array(repeating: [], count: graph.elements.count)
        for element in graph.elements.indices {
            for link in links.links(of: Int32(element)) where link.peer >= 0 {
                sources[Int(link.peer)].append(Int32(element))
            }
        }
        distances[Int(target)] = 0
        var level = [target]
        while !level.isEmpty {
            var next: [Int32] = []
            for element in level {
                for source in sources[Int(element)] where distances[Int(source)] < 0 {
                    distances[Int(source)] = distances[Int(element)] + 1
                    next.append(source)
                }
            }
            level = next
        }
    }

    mutating func find() -> [[(element: Int32, kind: Int32)]] {
        for root in links.roots.reversed() { add(Part(element: root, kind: -1, before: -1, length: 0)) }
        var found: [[(element: Int32, kind: Int32)]] = []
        var length = 0
        while length < waiting.count {
            guard let number = waiting[length].popLast() else {
                length += 1
                continue
            }
            let part = parts[Int(number)]
            if part.element == target {
                guard found.count < limit else {
                    hasMore = true
                    break
                }
                found.append(chain(number))
                continue
            }
            // The last in comes out first, so that going backwards keeps the order of the document.
            for link in links.links(of: part.element).reversed() where link.peer >= 0 && !isIn(number, link.peer) {
                add(Part(element: link.peer, kind: link.kind, before: number, length: part.length + 1))
            }
            guard parts.count < Self.mostParts else {
                hasMore = true
                break
            }
        }
        return found
    }

    private mutating func add(_ part: Part) {
        let distance = distances[Int(part.element)]
        guard distance >= 0 else { return }
        let length = Int(part.length + distance)
        while waiting.count <= length { waiting.append([]) }
        waiting[length].append(Int32(parts.count))
        parts.append(part)
    }

    private func isIn(_ number: Int32, _ element: Int32) -> Bool {
        var number = number
        while number >= 0 {
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
