internal import SBOMFormats

/// The relationships of each element, all in the direction that leads away from the document.
///
/// `A DEPENDENCY_OF B` is followed as `B DEPENDS_ON A`, and likewise what contains, describes or requires. What stands
/// twice counts once.
struct RelationshipIndex: Sendable {
    struct Link: Sendable, Hashable {
        /// The element it leads to; -1 for what is none of the document's.
        let peer: Int32
        /// The number of its ``Kind``.
        let kind: Int32
        /// The text that names what is none of the document's elements; else -1.
        let foreign: Int32
    }

    /// A type of relationships as it is followed.
    struct Kind: Sendable {
        /// As the document has it: `BUILD_DEPENDENCY_OF`.
        let written: String
        /// As it is followed: `DEPENDS_ON`.
        let word: String
        /// What the word leaves out: `build`.
        let note: String
        let isReversed: Bool

        init(_ written: String) {
            self.written = written
            switch written {
            case "DEPENDENCY_OF": (word, note, isReversed) = ("DEPENDS_ON", "", true)
            case "CONTAINED_BY": (word, note, isReversed) = ("CONTAINS", "", true)
            case "DESCRIBED_BY": (word, note, isReversed) = ("DESCRIBES", "", true)
            case "PREREQUISITE_FOR": (word, note, isReversed) = ("HAS_PREREQUISITE", "", true)
            default:
                if written.hasSuffix("_DEPENDENCY_OF") {
                    (word, isReversed) = ("DEPENDS_ON", true)
                    note = written.dropLast("_DEPENDENCY_OF".count).lowercased()
                } else {
                    (word, note, isReversed) = (written, "", false)
                }
            }
        }
    }

    let kinds: [Kind]
    /// What the document describes or otherwise leads to, in its order.
    let roots: [Int32]
    /// What nothing leads to from there, such that all else of that kind can be reached from it.
    let strays: [Int32]
    /// Whether the document says what it describes; else ``roots`` are what nothing leads to.
    let isDescribed: Bool
    private var starts: [Int32]
    private var links: [Link]

    /// All relationships of an element in the order of the document.
    func links(of element: Int32) -> ArraySlice<Link> {
        links[Int(starts[Int(element)])..<Int(starts[Int(element) + 1])]
    }

    /// - Parameters:
    ///   - graph: The document.
    ///   - types: Which types of relationships count, by either of their names; all if that is empty.
    init(_ graph: ElementGraph, types: Set<String>) {
        let count = graph.elements.count
        var kinds = graph.kinds.map(Kind.init)
        let contains = kinds.firstIndex { $0.written == "CONTAINS" } ?? kinds.count
        if contains == kinds.count { kinds.append(Kind("CONTAINS")) }
        let isWanted = kinds.map { types.isEmpty || types.contains($0.word) || types.contains($0.written) }
        var roots: [Int32] = []
        var isRoot = Array(repeating: false, count: count)
        func addRoot(_ element: Int32) {
            guard !isRoot[Int(element)] else { return }
            isRoot[Int(element)] = true
            roots.append(element)
        }
        var found: [(source: Int32, link: Link)] = []
        found.reserveCapacity(graph.relationships.count)
        for relationship in graph.relationships {
            let kind = kinds[Int(relationship.kind)]
            var (source, target) = (relationship.source, relationship.target)
            if kind.isReversed { swap(&source, &target) }
            if source == ElementGraph.Relationship.document || (!kind.isReversed && relationship.isOfDocument) {
                if target >= 0 { addRoot(target) }
                continue
            }
            guard source >= 0, isWanted[Int(relationship.kind)], target != ElementGraph.Relationship.document else {
                continue
            }
            // Only what stands on the right can be foreign, and is lost when that becomes the left.
            let foreign = target >= 0 || kind.isReversed ? -1 : relationship.foreign
            guard target >= 0 || foreign >= 0 else { continue }
            found.append((source, Link(peer: max(target, -1), kind: relationship.kind, foreign: foreign)))
        }
        for element in graph.describes { addRoot(element) }
        if isWanted[contains] {
            for (outer, inner) in graph.contained {
                found.append((outer, Link(peer: inner, kind: Int32(contains), foreign: -1)))
            }
        }

        var starts = Array(repeating: Int32(0), count: count + 1)
        for (source, _) in found { starts[Int(source) + 1] += 1 }
        for index in 0..<count { starts[index + 1] += starts[index] }
        var next = starts
        var links = Array(repeating: Link(peer: -1, kind: 0, foreign: -1), count: found.count)
        for (source, link) in found {
            links[Int(next[Int(source)])] = link
            next[Int(source)] += 1
        }
        (self.starts, self.links) = Self.unique(starts, links)
        self.kinds = kinds

        isDescribed = !roots.isEmpty
        if roots.isEmpty {
            (self.roots, strays) = (Self.heads(self.starts, self.links, except: [], count), [])
        } else {
            self.roots = roots
            strays = types.isEmpty ? Self.heads(self.starts, self.links, except: roots, count) : []
        }
    }

    private static func unique(_ starts: [Int32], _ links: [Link]) -> ([Int32], [Link]) {
        var newStarts = starts
        var kept: [Link] = []
        kept.reserveCapacity(links.count)
        var seen: Set<Link> = []
        for element in 0..<(starts.count - 1) {
            newStarts[element] = Int32(kept.count)
            let all = links[Int(starts[element])..<Int(starts[element + 1])]
            if all.count <= 8 {
                for link in all where !kept[Int(newStarts[element])...].contains(link) { kept.append(link) }
            } else {
                seen.removeAll(keepingCapacity: true)
                for link in all where seen.insert(link).inserted { kept.append(link) }
            }
        }
        newStarts[starts.count - 1] = Int32(kept.count)
        return (newStarts, kept)
    }

    /// Elements from which all can be reached that cannot be reached from some: those that nothing leads to, and of each
    /// circle that is left the first.
    private static func heads(_ starts: [Int32], _ links: [Link], except known: [Int32], _ count: Int) -> [Int32] {
        var isReached = Array(repeating: false, count: count)
        var pending: [Int32] = []
        func reach(_ element: Int32) {
            pending.append(element)
            isReached[Int(element)] = true
            while let element = pending.popLast() {
                for link in links[Int(starts[Int(element)])..<Int(starts[Int(element) + 1])]
                where link.peer >= 0 && !isReached[Int(link.peer)] {
                    isReached[Int(link.peer)] = true
                    pending.append(link.peer)
                }
            }
        }
        for element in known where !isReached[Int(element)] { reach(element) }
        var isTarget = Array(repeating: false, count: count)
        for element in 0..<count where !isReached[element] {
            for link in links[Int(starts[element])..<Int(starts[element + 1])]
            where link.peer >= 0 && Int(link.peer) != element {
                isTarget[Int(link.peer)] = true
            }
        }
        var heads: [Int32] = []
        for element in 0..<count where !isReached[element] && !isTarget[element] {
            heads.append(Int32(element))
            reach(Int32(element))
        }
        for element in 0..<count where !isReached[element] {
            heads.append(Int32(element))
            reach(Int32(element))
        }
        return heads
    }

    /// Which elements are, or lead to, one of those that are told.
    func leading(to isMatch: [Bool]) -> [Bool] {
        var leads = isMatch
        var counts = Array(repeating: Int32(0), count: isMatch.count + 1)
        for link in links where link.peer >= 0 { counts[Int(link.peer) + 1] += 1 }
        for index in isMatch.indices { counts[index + 1] += counts[index] }
        var next = counts
        var sources = Array(repeating: Int32(0), count: Int(counts[isMatch.count]))
        for element in isMatch.indices {
            for link in links(of: Int32(element)) where link.peer >= 0 {
                sources[Int(next[Int(link.peer)])] = Int32(element)
                next[Int(link.peer)] += 1
            }
        }
        var pending = isMatch.indices.filter { isMatch[$0] }.map(Int32.init)
        while let element = pending.popLast() {
            for source in sources[Int(counts[Int(element)])..<Int(counts[Int(element) + 1])] where !leads[Int(source)] {
                leads[Int(source)] = true
                pending.append(source)
            }
        }
        return leads
    }
}
