internal import SBOMModel

/// The relationships of each element of a document, all in the direction that leads away from the document.
///
/// `A DEPENDENCY_OF B` is followed as `B DEPENDS_ON A`, and likewise what contains, describes or requires. A relationship
/// that is stated twice, in whichever direction, counts once.
package struct RelationshipIndex: Sendable {
    /// A relationship of an element: its kind is a number in ``RelationshipIndex/kinds``; a negative target is an end
    /// that is not in the document (``DocumentGraph/foreign(_:)``).
    package typealias Link = Adjacency.Link

    /// A kind of relationships as it is followed.
    package struct Kind: Sendable, Hashable {
        /// The word: `DEPENDS_ON`.
        package let word: String
        /// What the word leaves out: `build` for `BUILD_DEPENDENCY_OF`; empty if it leaves out nothing.
        package let qualifier: String
    }

    package let kinds: [Kind]
    /// What the document describes or otherwise leads to, in its order.
    package let roots: [Int32]
    /// What nothing leads to from there, chosen such that everything else of that sort can be reached from it.
    package let strays: [Int32]
    /// Whether the document states what it describes; else ``roots`` are what nothing leads to.
    package let isDescribed: Bool
    private var links: Adjacency

    /// All relationships of an element in the order of the document.
    package func links(of element: Int32) -> ArraySlice<Link> { links[element] }

    /// - Parameters:
    ///   - graph: The document.
    ///   - types: Which kinds of relationships count, by the word in the document or as they are followed; all if that is
    ///     empty.
    package init(_ graph: DocumentGraph, types: Set<String> = []) {
        let count = graph.elements.count
        var steps = KindSteps(graph.kinds, types)
        let contains = steps.number(of: .contains)
        var roots: [Int32] = []
        var isRoot = Array(repeating: false, count: count)
        func addRoot(_ element: Int32) {
            guard !isRoot[Int(element)] else { return }
            isRoot[Int(element)] = true
            roots.append(element)
        }
        for edge in graph.edges {
            let step = steps[edge.kind]
            let (source, target) = step.isReversed ? (edge.target, edge.source) : (edge.source, edge.target)
            if source == DocumentGraph.Edge.document || !step.isReversed && edge.isOfDocument, target >= 0 {
                addRoot(target)
            }
        }
        for element in graph.describes { addRoot(element) }
        let isContaining = types.isEmpty || types.contains(Relationship.Kind.contains.rawValue)
        var links = Adjacency(count: count) { emit in
            for edge in graph.edges {
                let step = steps[edge.kind]
                let (source, target) = step.isReversed ? (edge.target, edge.source) : (edge.source, edge.target)
                guard source >= 0, step.isWanted, target != DocumentGraph.Edge.document,
                    step.isReversed || !edge.isOfDocument
                else { continue }
                emit(source, Link(target: target, kind: step.kind))
            }
            guard isContaining else { return }
            for (outer, inner) in graph.contained { emit(outer, Link(target: inner, kind: contains)) }
        }
        links.removeDuplicates()
        self.links = links
        kinds = steps.kinds
        isDescribed = !roots.isEmpty
        if roots.isEmpty {
            (self.roots, strays) = (Self.heads(links, except: []), [])
        } else {
            self.roots = roots
            strays = types.isEmpty ? Self.heads(links, except: roots) : []
        }
    }

    /// Elements from which everything can be reached that cannot be reached from `known`: those that nothing leads to, and
    /// of each circle that is left the first.
    private static func heads(_ links: Adjacency, except known: [Int32]) -> [Int32] {
        let count = Int32(links.count)
        var isReached = Array(repeating: false, count: links.count)
        var pending: [Int32] = []
        func reach(_ element: Int32) {
            pending.append(element)
            isReached[Int(element)] = true
            while let element = pending.popLast() {
                for link in links[element] where link.target >= 0 && !isReached[Int(link.target)] {
                    isReached[Int(link.target)] = true
                    pending.append(link.target)
                }
            }
        }
        for element in known where !isReached[Int(element)] { reach(element) }
        var isTarget = Array(repeating: false, count: links.count)
        for element in 0..<count where !isReached[Int(element)] {
            for link in links[element] where link.target >= 0 && link.target != element {
                isTarget[Int(link.target)] = true
            }
        }
        var heads: [Int32] = []
        for element in 0..<count where !isReached[Int(element)] && !isTarget[Int(element)] {
            heads.append(element)
            reach(element)
        }
        for element in 0..<count where !isReached[Int(element)] {
            heads.append(element)
            reach(element)
        }
        return heads
    }

    /// The same relationships from their targets to their sources.
    package func reversed() -> Adjacency { links.reversed() }

    /// Which elements match or lead to one that matches.
    package func leading(to isMatch: [Bool]) -> [Bool] {
        var leads = isMatch
        let sources = reversed()
        var pending = isMatch.indices.filter { isMatch[$0] }.map(Int32.init)
        while let element = pending.popLast() {
            for link in sources[element] where !leads[Int(link.target)] {
                leads[Int(link.target)] = true
                pending.append(link.target)
            }
        }
        return leads
    }

    /// What can be reached from some elements, nearest first, themselves included.
    package func reached(
        from starts: [Int32], depth: Int? = nil, where isWanted: (Int32) -> Bool = { _ in true }
    ) -> [Int32] {
        var isReached = Array(repeating: false, count: links.count)
        var reached: [Int32] = []
        func reach(_ element: Int32) {
            guard !isReached[Int(element)], isWanted(element) else { return }
            isReached[Int(element)] = true
            reached.append(element)
        }
        for element in starts { reach(element) }
        var level = 0..<reached.count
        var count = 0
        while !level.isEmpty, depth.map({ count < $0 }) ?? true {
            for place in level {
                for link in links[reached[place]] where link.target >= 0 { reach(link.target) }
            }
            level = level.upperBound..<reached.count
            count += 1
        }
        return reached
    }
}

/// How each kind of relationships of a document is followed.
private struct KindSteps {
    struct Step {
        /// The number of the kind that is followed.
        let kind: Int32
        let isReversed: Bool
        let isWanted: Bool
    }

    private(set) var kinds: [RelationshipIndex.Kind] = []
    private var numbers: [RelationshipIndex.Kind: Int32] = [:]
    private var steps: [Step] = []

    init(_ written: [Relationship.Kind], _ types: Set<String>) {
        for kind in written {
            let forward = kind.forward
            let isWanted =
                types.isEmpty || types.contains(kind.rawValue) || types.contains(forward.kind.rawValue)
            steps.append(
                Step(
                    kind: number(of: forward.kind, forward.qualifier), isReversed: forward.isReversed,
                    isWanted: isWanted))
        }
    }

    subscript(_ written: Int32) -> Step { steps[Int(written)] }

    mutating func number(of kind: Relationship.Kind, _ qualifier: String = "") -> Int32 {
        let kind = RelationshipIndex.Kind(word: kind.rawValue, qualifier: qualifier)
        if let number = numbers[kind] { return number }
        let number = Int32(kinds.count)
        numbers[kind] = number
        kinds.append(kind)
        return number
    }
}
