internal import ByteStreams
internal import SBOMModel
internal import StructuredText

/// The nesting and the dependencies of the components of a CycloneDX document.
package struct CycloneDXLinks {
    /// The component that the document is about (`metadata.component`).
    package var main: Int?
    /// The component in which each component is nested; -1 for none.
    package var parents: [Int]
    /// The direct dependencies of each component.
    package var needs: [[Int]]

    package init(main: Int?, parents: [Int], needs: [[Int]]) {
        self.main = main
        self.parents = parents
        self.needs = needs
    }
}

extension CycloneDXLinks {
    /// Converts the relationships of SPDX to those of CycloneDX.
    ///
    /// A dependency in either direction becomes an entry of `dependsOn`. A contained element becomes a nested
    /// component. But the contents of the main component, of an image and of an operating system are not nested in it.
    /// They become its dependencies, as in the documents of all tools. Other relationships are omitted.
    ///
    /// `main` is the element that the document is about. `contained` are the pairs of container and content that are
    /// not stated as relationships. `isSystem` marks the elements that are images or operating systems.
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

    /// Removes the dependencies from and to components without a `bom-ref`, because `dependencies` cannot name them.
    package mutating func forgetUnnamed(_ refs: [String]) {
        guard refs.contains("") else { return }
        for index in needs.indices {
            if refs[index].isEmpty { needs[index] = [] } else { needs[index].removeAll { refs[$0].isEmpty } }
        }
    }

    /// Breaks cycles of nesting, and ends nesting that is deeper than ``Limits/carriedNesting``.
    ///
    /// - Returns: The components that were nested too deep.
    package mutating func straighten() -> Set<Int> {
        var tooDeep: Set<Int> = []
        // The depth of each component, from 1; 0 if it is not known yet, -1 while it is being computed.
        var depths = Array(repeating: 0, count: parents.count)
        for start in parents.indices {
            var way: [Int] = []
            var index = start
            while index >= 0, depths[index] == 0 {
                depths[index] = -1
                way.append(index)
                index = parents[index]
            }
            // The path has reached one of its own components: a cycle.
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

    /// All components: first the main component, then each component before those nested in it, siblings in the order
    /// of `rank`.
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
