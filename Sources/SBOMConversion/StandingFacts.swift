internal import SBOMFormats
internal import SBOMModel

/// The relationships that both families can state: what needs what, what contains what, and what the document is about.
///
/// A conversion compares them to verify carried relationships.
struct StandingFacts {
    /// Pairs of an element and one that it needs, as ``pair(_:_:)`` makes them.
    private var needs: Set<UInt64> = []
    /// Pairs of an element and one that it contains.
    private var contains: Set<UInt64> = []
    private var roots: Set<Int> = []

    /// The facts of SPDX relationships.
    init(_ links: SPDXLinks, contained: [(outer: Int, inner: Int)], roots: [Int]) {
        self.roots = Set(roots)
        for (source, list) in links.units.enumerated() {
            for link in list where link.to >= 0 {
                let (from, to) = link.kind.forward.isReversed ? (link.to, source) : (source, link.to)
                switch link.kind.structure {
                case .needs: needs.insert(Self.pair(from, to))
                case .contains: contains.insert(Self.pair(from, to))
                case nil: break
                }
            }
        }
        for (outer, inner) in contained { contains.insert(Self.pair(outer, inner)) }
    }

    /// The facts of CycloneDX nesting and dependencies.
    init(_ links: CycloneDXLinks) {
        self.init(links, main: links.main)
    }

    /// The elements of all pairs, and those that the document is about.
    var related: Set<Int> {
        var related = roots
        for pair in needs.union(contains) {
            related.insert(Int(pair >> 32))
            related.insert(Int(pair & 0xFFFF_FFFF))
        }
        return related
    }

    /// The facts of a document that is about another component.
    init(_ links: CycloneDXLinks, main: Int?) {
        if let main { roots = [main] }
        for (source, list) in links.needs.enumerated() {
            for target in list { needs.insert(Self.pair(source, target)) }
        }
        for (inner, outer) in links.parents.enumerated() where outer >= 0 { contains.insert(Self.pair(outer, inner)) }
    }

    private static func pair(_ from: Int, _ to: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: from) << 32 | UInt64(truncatingIfNeeded: to) & 0xFFFF_FFFF
    }

    /// The differences of two documents.
    struct Differences {
        /// Both ends of pairs that only one of them has.
        var elements: Set<Int> = []
        /// Whether the documents are about different elements.
        var inRoots = false

        var isEmpty: Bool { elements.isEmpty && !inRoots }
    }

    /// The differences to other facts, without those that a third document has too.
    ///
    /// Containers of the elements in `apart` are ignored. With `ignoringNewRoots`, roots are ignored if the other document
    /// does not state what it is about.
    func differences(
        from others: StandingFacts, apartFrom apart: Set<Int>, ignoringNewRoots: Bool, or third: () -> StandingFacts
    ) -> Differences {
        let unmet = needs.symmetricDifference(others.needs)
        let misplaced = contains.symmetricDifference(others.contains)
        var differences = Differences()
        guard !unmet.isEmpty || !misplaced.isEmpty || roots != others.roots else { return differences }
        let third = third()
        func add(_ pair: UInt64) {
            differences.elements.insert(Int(pair >> 32))
            differences.elements.insert(Int(pair & 0xFFFF_FFFF))
        }
        for pair in unmet where third.needs.contains(pair) != needs.contains(pair) { add(pair) }
        for pair in misplaced where third.contains.contains(pair) != contains.contains(pair) {
            if !apart.contains(Int(pair & 0xFFFF_FFFF)) { add(pair) }
        }
        differences.inRoots =
            roots != others.roots && roots != third.roots && !(ignoringNewRoots && others.roots.isEmpty)
        return differences
    }
}
