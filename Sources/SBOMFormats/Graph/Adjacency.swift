/// The links of each element of a graph as compressed sparse rows: one array of all links, and the range of each row.
///
/// It takes 8 bytes for a link and 8 for an element.
package struct Adjacency: Sendable {
    /// A link to another element.
    package struct Link: Sendable, Hashable {
        /// The number of the target; the owner of the graph defines what negative numbers mean.
        package let target: Int32
        /// The number of the kind of the link.
        package let kind: Int32

        package init(target: Int32, kind: Int32) {
            self.target = target
            self.kind = kind
        }
    }

    private var starts: [Int32]
    private var ends: [Int32]
    private var links: [Link]

    /// Collects the links of `count` elements; the links of each keep the order in which they are emitted.
    ///
    /// - Parameters:
    ///   - count: The number of elements. Every row that is emitted must lie below it.
    ///   - visit: Emits every link with its row. It is called twice and must emit the same both times.
    package init(count: Int, _ visit: ((_ row: Int32, _ link: Link) -> Void) -> Void) {
        var sizes = Array(repeating: Int32(0), count: count)
        visit { row, _ in sizes[Int(row)] += 1 }
        var starts: [Int32] = []
        starts.reserveCapacity(count)
        var sum: Int32 = 0
        for size in sizes {
            starts.append(sum)
            sum += size
        }
        var ends = starts
        var links = Array(repeating: Link(target: 0, kind: 0), count: Int(sum))
        visit { row, link in
            links[Int(ends[Int(row)])] = link
            ends[Int(row)] += 1
        }
        self.starts = starts
        self.ends = ends
        self.links = links
    }

    /// The number of elements.
    package var count: Int { starts.count }

    /// The links of an element.
    package subscript(row: Int32) -> ArraySlice<Link> { links[Int(starts[Int(row)])..<Int(ends[Int(row)])] }

    /// The number of links of an element.
    package func count(of row: Int32) -> Int { Int(ends[Int(row)] - starts[Int(row)]) }

    /// Keeps only some of the links that an element has, in their order.
    package mutating func keep(_ kept: [Link], of row: Int32) {
        var next = starts[Int(row)]
        for link in kept where next < ends[Int(row)] {
            links[Int(next)] = link
            next += 1
        }
        ends[Int(row)] = next
    }

    /// Removes repeated links of each element; the first one stays.
    package mutating func removeDuplicates() {
        var seen: Set<Link> = []
        for row in starts.indices {
            let (start, end) = (Int(starts[row]), Int(ends[row]))
            guard end - start > 1 else { continue }
            var next = start
            if end - start <= 8 {
                for place in start..<end where !links[start..<next].contains(links[place]) {
                    links[next] = links[place]
                    next += 1
                }
            } else {
                seen.removeAll(keepingCapacity: end - start > 1_000)
                for place in start..<end where seen.insert(links[place]).inserted {
                    links[next] = links[place]
                    next += 1
                }
            }
            ends[row] = Int32(next)
        }
    }

    /// The same links from their targets to their rows; links with a negative target are left out.
    package func reversed() -> Adjacency {
        Adjacency(count: count) { emit in
            for row in 0..<Int32(count) {
                for link in self[row] where link.target >= 0 {
                    emit(link.target, Link(target: row, kind: link.kind))
                }
            }
        }
    }

    /// For each row, whether it matches or its links lead, directly or by way of other rows, to a row that matches.
    package func leading(to isMatch: [Bool]) -> [Bool] {
        var leads = isMatch
        let sources = reversed()
        var pending = isMatch.indices.filter { isMatch[$0] }.map(Int32.init)
        while let row = pending.popLast() {
            for link in sources[row] where !leads[Int(link.target)] {
                leads[Int(link.target)] = true
                pending.append(link.target)
            }
        }
        return leads
    }
}
