internal import SBOMFormats

/// Ways through the graph of a document: from what it is about to what that contains and needs.
struct GraphTraversal {
    let facts: [ElementFacts]
    let licenseNames: [String: String]
    /// What the document describes, and what nothing else leads to: from here everything is reached.
    let top: [Int]
    private let edges: [DocumentReading.Edge]
    // The numbers of the edges from and to each element.
    private let below: [[Int]]
    private let above: [[Int]]

    init(_ reading: DocumentReading) {
        let count = reading.facts.count
        facts = reading.facts
        licenseNames = reading.graph.licenseNames
        edges = reading.edges
        var below = [[Int]](repeating: [], count: count)
        var above = [[Int]](repeating: [], count: count)
        for (number, edge) in reading.edges.enumerated() where edge.from >= 0 {
            below[edge.from].append(number)
            above[edge.to].append(number)
        }
        self.below = below
        self.above = above
        var isReached = [Bool](repeating: false, count: count)
        var top: [Int] = []
        func reach(_ number: Int) {
            guard !isReached[number] else { return }
            top.append(number)
            var pending = [number]
            isReached[number] = true
            while let number = pending.popLast() {
                for edge in below[number] where !isReached[edges[edge].to] {
                    isReached[edges[edge].to] = true
                    pending.append(edges[edge].to)
                }
            }
        }
        let edges = edges
        let described = reading.described
        for number in described { reach(number) }
        for number in 0..<count where above[number].isEmpty { reach(number) }
        // What is left leads round in circles.
        for number in 0..<count { reach(number) }
        // What is described is at the top, even if something else that is described leads to it.
        self.top = Set(described + top).sorted()
    }

    /// Those elements and all that they lead to, in the order of the document.
    func reachable(from set: [Int]) -> [Int] {
        marked { isReached in
            var pending = set
            for number in set { isReached[number] = true }
            while let number = pending.popLast() {
                for edge in below[number] where !isReached[edges[edge].to] {
                    isReached[edges[edge].to] = true
                    pending.append(edges[edge].to)
                }
            }
        }
    }

    /// What is exactly so many steps below.
    func steps(_ count: Int, from set: [Int]) -> [Int] {
        var set = set
        for _ in 0..<count {
            let next = marked { isReached in
                for number in set {
                    for edge in below[number] { isReached[edges[edge].to] = true }
                }
            }
            if next == set || next.isEmpty { return next }
            set = next
        }
        return set
    }

    /// What fits among those elements and below them; what is below something that fits is not looked at.
    func first(from set: [Int], _ fits: (Int) -> Bool) -> [Int] {
        var isSeen = [Bool](repeating: false, count: facts.count)
        var found: [Int] = []
        var pending = set
        for number in set { isSeen[number] = true }
        while let number = pending.popLast() {
            if fits(number) {
                found.append(number)
                continue
            }
            for edge in below[number] where !isSeen[edges[edge].to] {
                isSeen[edges[edge].to] = true
                pending.append(edges[edge].to)
            }
        }
        return found.sorted()
    }

    /// What those elements lead to over relationships of one type, however many; of DEPENDENCY_OF and its like, what
    /// leads to them.
    func related(by kind: String, to set: [Int]) -> [Int] {
        let inverse = DocumentReading.inverse(kind)
        return marked { isReached in
            var pending = set
            while let number = pending.popLast() {
                for place in inverse == nil ? below[number] : above[number] {
                    let edge = edges[place]
                    let next = inverse == nil ? edge.to : edge.from
                    guard edge.kind == inverse ?? kind, !isReached[next] else { continue }
                    isReached[next] = true
                    pending.append(next)
                }
            }
        }
    }

    private func marked(_ mark: (inout [Bool]) -> Void) -> [Int] {
        var isMarked = [Bool](repeating: false, count: facts.count)
        mark(&isMarked)
        return isMarked.indices.filter { isMarked[$0] }
    }
}
