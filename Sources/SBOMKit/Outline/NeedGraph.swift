internal import SBOMFormats
internal import SBOMModel

/// Which packages make which others necessary.
///
/// An element needs what it depends on, and a package what it contains. Images and operating systems need nothing, and
/// neither does what the document describes only because it contains everything else: that is no reason why one of the
/// packages is there.
struct NeedGraph {
    /// The kinds of the links.
    let kinds: [RelationshipIndex.Kind]
    /// What each element needs.
    let needs: Adjacency
    /// What needs each element.
    let dependants: Adjacency

    /// - Parameters:
    ///   - links: The relationships of the document.
    ///   - graph: The document.
    ///   - isComplete: Whether all relationships are followed, because the caller has chosen their types.
    init(_ links: RelationshipIndex, of graph: DocumentGraph, isComplete: Bool) {
        let structures = links.kinds.map { Relationship.Kind(rawValue: $0.word).structure }
        var isRoot = Array(repeating: false, count: graph.elements.count)
        for root in links.roots where links.isDescribed { isRoot[Int(root)] = true }
        let isSystem = (0..<Int32(graph.elements.count)).map { graph.elements.isSystem($0) }
        needs = Adjacency(count: graph.elements.count) { emit in
            for element in 0..<Int32(graph.elements.count) {
                for link in links.links(of: element) where link.target >= 0 && link.target != element {
                    let isReason =
                        switch structures[Int(link.kind)] {
                        case .needs: !isSystem[Int(element)]
                        case .contains: !isSystem[Int(element)] && !isRoot[Int(element)]
                        case nil: false
                        }
                    if isComplete || isReason { emit(element, link) }
                }
            }
        }
        dependants = needs.reversed()
        kinds = links.kinds
    }

    /// The elements that need one directly, each once, in the order of the document.
    func direct(of element: Int32) -> [Int32] { Set(dependants[element].map(\.target)).sorted() }

    /// What needs an element, directly or by way of others.
    func dependants(of target: Int32) -> Dependants {
        var next = [Adjacency.Link?](repeating: nil, count: needs.count)
        var found = [target]
        var place = 0
        while place < found.count {
            let element = found[place]
            place += 1
            for link in dependants[element] where link.target != target && next[Int(link.target)] == nil {
                next[Int(link.target)] = Adjacency.Link(target: element, kind: link.kind)
                found.append(link.target)
            }
        }
        found.removeFirst()
        return Dependants(elements: found, next: next)
    }

    /// The elements that need one, nearest first, and their shortest ways to it.
    struct Dependants {
        let elements: [Int32]
        /// The next step on the way; nil for elements that do not need the one.
        fileprivate let next: [Adjacency.Link?]

        /// The shortest way from an element, with the kind of the link that leads to each step; -1 for the first.
        func chain(from element: Int32) -> [(element: Int32, kind: Int32)] {
            var chain: [(element: Int32, kind: Int32)] = [(element, -1)]
            var element = element
            while let link = next[Int(element)] {
                chain.append((link.target, link.kind))
                element = link.target
            }
            return chain
        }
    }

    /// The elements among the dependants of a target that nothing else needs, and one of each circle that nothing else
    /// needs, nearest first.
    func top(of dependants: Dependants) -> [Int32] {
        var isOpen = dependants.next.map { $0 != nil }
        // What finishes last in a search of the depth is in a group that nothing outside of it leads to.
        var finished: [Int32] = []
        var pending: [(element: Int32, rest: ArraySlice<Adjacency.Link>)] = []
        for start in dependants.elements where isOpen[Int(start)] {
            isOpen[Int(start)] = false
            pending.append((start, needs[start]))
            while let last = pending.indices.last {
                guard let link = pending[last].rest.popFirst() else {
                    finished.append(pending.removeLast().element)
                    continue
                }
                guard isOpen[Int(link.target)] else { continue }
                isOpen[Int(link.target)] = false
                pending.append((link.target, needs[link.target]))
            }
        }
        for element in dependants.elements { isOpen[Int(element)] = true }
        var isTop = Array(repeating: false, count: isOpen.count)
        var reached: [Int32] = []
        for start in finished.reversed() where isOpen[Int(start)] {
            isTop[Int(start)] = true
            isOpen[Int(start)] = false
            reached.append(start)
            while let element = reached.popLast() {
                for link in needs[element] where isOpen[Int(link.target)] {
                    isOpen[Int(link.target)] = false
                    reached.append(link.target)
                }
            }
        }
        return dependants.elements.filter { isTop[Int($0)] }
    }
}

extension ElementColumns {
    /// Whether an element is an image or an operating system, by its purpose or its package URL.
    func isSystem(_ element: Int32) -> Bool {
        switch purpose(element) {
        case "CONTAINER", "OPERATING_SYSTEM", "OPERATING-SYSTEM": return true
        default:
            let purl = packageURLs[Int(element)]
            return purl.hasPrefix("pkg:oci/") || purl.hasPrefix("pkg:docker/")
        }
    }
}
