internal import SBOMModel

/// The relationships of each element of a document, all in the direction that leads away from the document.
///
/// `A DEPENDENCY_OF B` is followed as `B DEPENDS_ON A`. The inverse types of CONTAINS, DESCRIBES and other types are
/// reversed in the same way. A relationship that is stated twice, in either direction, counts once.
package struct RelationshipIndex: Sendable {
    /// A relationship of an element.
    ///
    /// Its kind is an index of ``RelationshipIndex/kinds``. A negative target is an end that is not in the document
    /// (``DocumentGraph/foreign(_:)``).
    package typealias Link = Adjacency.Link

    /// A kind of relationships, in the direction in which it is followed.
    package struct Kind: Sendable, Hashable {
        /// The type: `DEPENDS_ON`.
        package let word: String
        /// The part of the original type that ``word`` leaves out: `build` for `BUILD_DEPENDENCY_OF`; else empty.
        package let qualifier: String
    }

    package let kinds: [Kind]
    /// The elements that relationships of the document lead to, such as those it describes, in its order.
    package let roots: [Int32]
    /// Elements that cannot be reached from ``roots``, and from which all other such elements can be reached.
    package let strays: [Int32]
    /// Whether the document states what it describes; else ``roots`` are the elements to which no relationship leads.
    package let isDescribed: Bool
    private var links: Adjacency

    /// All relationships of an element in the order of the document.
    package func links(of element: Int32) -> ArraySlice<Link> { links[element] }

    /// - Parameters:
    ///   - graph: The document.
    ///   - types: The types of relationships to follow, as the document states them or in the direction in which they
    ///     are followed; empty for all.
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

    /// Elements from which everything can be reached that cannot be reached from `known`.
    ///
    /// These are the elements to which no relationship leads, and the first element of each remaining cycle.
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

    /// For each element, whether it matches or leads to an element that matches.
    package func leading(to isMatch: [Bool]) -> [Bool] { links.leading(to: isMatch) }

    /// The elements that can be reached from some elements, nearest first, including these elements.
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

/// The direction in which each kind of relationships of a document is followed.
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
