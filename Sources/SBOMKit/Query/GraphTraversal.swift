internal import SBOMFormats
internal import SBOMModel

/// Walks through the graph of a document, from the elements that it describes to the elements that these contain and
/// need.
struct GraphTraversal {
    let graph: DocumentGraph
    /// The elements from which all others can be reached: those that the document describes, and
    /// ``RelationshipIndex/strays``.
    let top: [Int32]
    private let below: RelationshipIndex
    private let above: Adjacency

    init(_ graph: DocumentGraph) {
        self.graph = graph
        below = RelationshipIndex(graph)
        above = below.reversed()
        top = Set(below.roots + below.strays).sorted()
    }

    /// The given elements and all elements that can be reached from them, in the order of the document.
    func reachable(from set: [Int32]) -> [Int32] { below.reached(from: set).sorted() }

    /// The packages in a set and below it, apart from images and operating systems, in the order of the document.
    func packages(from set: [Int32]) -> [Int32] {
        reachable(from: set).filter { !graph.elements.isFile($0) && !graph.elements.isSystem($0) }
    }

    /// The elements that are exactly `count` relationships away from the given ones.
    func steps(_ count: Int, from set: [Int32]) -> [Int32] {
        var set = set
        for _ in 0..<count {
            let next = marked { isReached in
                for element in set {
                    for link in below.links(of: element) where link.target >= 0 { isReached[Int(link.target)] = true }
                }
            }
            if next == set || next.isEmpty { return next }
            set = next
        }
        return set
    }

    /// The given elements and the ones below them that match; elements below a match are not visited.
    func first(from set: [Int32], _ fits: (Int32) -> Bool) -> [Int32] {
        var isSeen = Array(repeating: false, count: graph.elements.count)
        var found: [Int32] = []
        var pending = set
        for element in set { isSeen[Int(element)] = true }
        while let element = pending.popLast() {
            if fits(element) {
                found.append(element)
                continue
            }
            for link in below.links(of: element) where link.target >= 0 && !isSeen[Int(link.target)] {
                isSeen[Int(link.target)] = true
                pending.append(link.target)
            }
        }
        return found.sorted()
    }

    /// The elements that can be reached from the given ones over any number of relationships of one type.
    ///
    /// An inverse type such as DEPENDENCY_OF is followed backwards. A type with a qualifier, such as
    /// TEST_DEPENDENCY_OF, includes only relationships with that qualifier.
    func related(by word: String, to set: [Int32]) -> [Int32] {
        let forward = Relationship.Kind(rawValue: word).forward
        let isWanted = below.kinds.map { kind in
            kind.word == forward.kind.rawValue && (forward.qualifier.isEmpty || kind.qualifier == forward.qualifier)
        }
        return marked { isReached in
            var pending = set
            while let element = pending.popLast() {
                for link in forward.isReversed ? above[element] : below.links(of: element)
                where link.target >= 0 && isWanted[Int(link.kind)] && !isReached[Int(link.target)] {
                    isReached[Int(link.target)] = true
                    pending.append(link.target)
                }
            }
        }
    }

    /// The elements in a set and below it that some elements need, or that need these.
    ///
    /// - Parameters:
    ///   - named: The elements whose needs or dependants are wanted.
    ///   - depth: The largest number of steps; nil for any.
    ///   - isReversed: Whether the elements are wanted that need the others.
    ///   - set: The set. What is not in it can still be on the way.
    /// - Returns: The elements, in the order of the document.
    func needs(of named: [Int32], depth: Int?, isReversed: Bool, in set: [Int32]) -> [Int32] {
        let graph = NeedGraph(below, of: graph, isComplete: false)
        let links = isReversed ? graph.dependants : graph.needs
        var isFound = Array(repeating: false, count: links.count)
        var level = named
        var count = 0
        while !level.isEmpty, depth.map({ count < $0 }) ?? true {
            var next: [Int32] = []
            for element in level {
                for link in links[element] where !isFound[Int(link.target)] {
                    isFound[Int(link.target)] = true
                    next.append(link.target)
                }
            }
            level = next
            count += 1
        }
        return reachable(from: set).filter { isFound[Int($0)] }
    }

    private func marked(_ mark: (inout [Bool]) -> Void) -> [Int32] {
        var isMarked = Array(repeating: false, count: graph.elements.count)
        mark(&isMarked)
        return isMarked.indices.filter { isMarked[$0] }.map(Int32.init)
    }
}
