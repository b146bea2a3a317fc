internal import ByteStreams
internal import SBOMModel
internal import StructuredText

/// How the components of a CycloneDX document stand to each other.
package struct CycloneDXLinks {
    /// The component that the document is about.
    package var main: Int?
    /// Which component each is inside of; -1 for none.
    package var parents: [Int]
    /// What each needs directly.
    package var needs: [[Int]]

    package init(main: Int?, parents: [Int], needs: [[Int]]) {
        self.main = main
        self.parents = parents
        self.needs = needs
    }
}

extension CycloneDXLinks {
    /// What relationships of SPDX are in CycloneDX.
    ///
    /// Dependencies, whichever way round they are spelled, are `dependsOn`. What something contains is inside of it; but what
    /// the component that the document is about contains, and what an image or an operating system does, stands beside it
    /// and is needed by it, as in the documents of all tools. Other relationships have no place.
    ///
    /// `main` is the element that the document is about, `contained` says what contains what beside what relationships say,
    /// and `isSystem` which elements are images or operating systems.
    package init(_ links: SPDXLinks, main: Int?, contained: [(outer: Int, inner: Int)], isSystem: [Bool]) {
        let count = links.units.count
        self.main = main
        parents = Array(repeating: -1, count: count)
        needs = Array(repeating: [], count: count)
        var seen: Set<UInt64> = []
        func need(_ from: Int, _ to: Int) {
            guard from != to, seen.insert(UInt64(from) << 32 | UInt64(to)).inserted else { return }
            needs[from].append(to)
        }
        func contain(_ outer: Int, _ inner: Int) {
            if outer == main || isSystem[outer] {
                need(outer, inner)
            } else if inner != main, parents[inner] < 0, outer != inner {
                var depth = 0
                var above = outer
                while above >= 0, above != inner, depth < Limits.nestedComponents {
                    above = parents[above]
                    depth += 1
                }
                if above < 0 { parents[inner] = outer }
            }
        }
        var next = Array(repeating: 0, count: count)
        for source in links.order where source >= 0 {
            let source = Int(source)
            let link = links.units[source][next[source]]
            next[source] += 1
            guard link.to >= 0 else { continue }
            let (from, to) = link.kind.forward.isReversed ? (link.to, source) : (source, link.to)
            switch link.kind.structure {
            case .needs: need(from, to)
            case .contains: contain(from, to)
            case nil: break
            }
        }
        for (outer, inner) in contained { contain(outer, inner) }
    }

    /// Forgets what components without a reference need, and who needs them: `dependencies` cannot name them.
    package mutating func forgetUnnamed(_ refs: [String]) {
        guard refs.contains("") else { return }
        for index in needs.indices {
            if refs[index].isEmpty { needs[index] = [] } else { needs[index].removeAll { refs[$0].isEmpty } }
        }
    }

    /// Takes components out of what they cannot be inside of: themselves, by whatever detour, and too deep a nesting.
    ///
    /// Gives those that were too deep.
    package mutating func straighten() -> Set<Int> {
        var tooDeep: Set<Int> = []
        // 0 for not looked at; else how deep it is, counted from 1.
        var depths = Array(repeating: 0, count: parents.count)
        for start in parents.indices {
            var way: [Int] = []
            var index = start
            while index >= 0, depths[index] == 0 {
                depths[index] = -1
                way.append(index)
                index = parents[index]
            }
            // The way has come back to itself.
            if index >= 0, depths[index] < 0, let last = way.last {
                parents[last] = -1
                index = -1
            }
            var depth = index >= 0 ? depths[index] : 0
            for index in way.reversed() {
                depth += 1
                if depth > Limits.carriedNesting {
                    parents[index] = -1
                    depth = 1
                    tooDeep.insert(index)
                }
                depths[index] = depth
            }
        }
        return tooDeep
    }

    /// All components: the one the document is about, then each before what is inside of it, like ones by their rank.
    package func order(rank: [Int]) -> [Int] {
        let count = parents.count
        var children: [[Int]] = Array(repeating: [], count: count)
        var top: [Int] = []
        for index in rank {
            if index == main { continue }
            if parents[index] >= 0 { children[parents[index]].append(index) } else { top.append(index) }
        }
        var result: [Int] = []
        result.reserveCapacity(count)
        var pending: [Int] = top.reversed()
        if let main { pending.append(main) }
        while let index = pending.popLast() {
            result.append(index)
            pending += children[index].reversed()
        }
        return result
    }
}
