internal import SBOMFormats
internal import SBOMModel

/// How the elements of a document stand to each other, as far as both families can say it: what needs what, what contains
/// what, and what the document is about.
///
/// By these a conversion judges whether relationships that were carried say the same as the document.
struct StandingFacts {
    /// Pairs of an element and one that it needs, as ``pair(_:_:)`` makes them.
    private var needs: Set<UInt64> = []
    /// Pairs of an element and one that it contains.
    private var contains: Set<UInt64> = []
    private var roots: Set<Int> = []

    /// What relationships of SPDX say.
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

    /// What nesting and dependencies of CycloneDX say.
    init(_ links: CycloneDXLinks) {
        self.init(links, main: links.main)
    }

    /// The elements that are named by a pair, and those that the document is about.
    var related: Set<Int> {
        var related = roots
        for pair in needs.union(contains) {
            related.insert(Int(pair >> 32))
            related.insert(Int(pair & 0xFFFF_FFFF))
        }
        return related
    }

    /// The same about another component.
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

    /// What is not the same in two documents.
    struct Differences {
        /// Both ends of what is there in one of them only.
        var elements: Set<Int> = []
        /// Whether they are about different elements.
        var inRoots = false

        var isEmpty: Bool { elements.isEmpty && !inRoots }
    }

    /// In what these facts differ from others, unless a third document differs from those in the same way.
    ///
    /// What is said to contain one of the elements of `apart` does not count; nor does what this document is about, where
    /// new roots are ignored and the other one does not say what it is about.
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
