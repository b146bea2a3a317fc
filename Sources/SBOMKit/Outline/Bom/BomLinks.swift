internal import SBOMFormats
internal import SBOMModel

/// The relationships of each element as bom keeps them: in the direction in which the document states them.
struct BomLinks {
    typealias Link = Adjacency.Link

    /// The elements that the document describes.
    let top: [Int32]
    private var links: Adjacency

    func count(of element: Int32) -> Int { links.count(of: element) }

    subscript(element: Int32, index: Int) -> Link {
        let all = links[element]
        return all[all.startIndex + index]
    }

    /// All relationships of an element.
    func links(of element: Int32) -> ArraySlice<Link> { links[element] }

    /// For each element, whether it matches or leads to an element that matches.
    func leading(to isMatch: [Bool]) -> [Bool] { links.leading(to: isMatch) }

    /// Keeps only some of the relationships of an element, in their order.
    mutating func keep(_ kept: [Link], of element: Int32) { links.keep(kept, of: element) }

    init(_ graph: DocumentGraph) {
        let count = graph.elements.count
        let isTagValue = graph.syntax == .tagValue
        var isTop = Array(repeating: false, count: count)
        var isTarget = Array(repeating: false, count: count)
        func isExternal(_ target: Int32) -> Bool {
            // An element of another document is named by that document, a colon and its identifier.
            graph.foreign(target).map { $0.hasPrefix("DocumentRef-") && $0.utf8.contains(UInt8(ascii: ":")) } ?? false
        }
        func isTopEdge(_ edge: DocumentGraph.Edge) -> Bool {
            edge.isOfDocument && (isTagValue || edge.target >= 0 && graph.kinds[Int(edge.kind)] == .describes)
        }
        for edge in graph.edges where edge.target >= 0 {
            if isTopEdge(edge) {
                isTop[Int(edge.target)] = true
            } else if edge.source >= 0 {
                isTarget[Int(edge.target)] = true
            }
        }
        for element in graph.describes { isTop[Int(element)] = true }
        if isTagValue {
            for element in isTop.indices where !isTarget[element] && !graph.duplicates.contains(Int32(element)) {
                isTop[element] = true
            }
        }
        top = isTop.indices.filter { isTop[$0] }.map(Int32.init)
        links = Adjacency(count: count) { emit in
            for edge in graph.edges where edge.source >= 0 && !isTopEdge(edge) {
                guard edge.target >= 0 || isExternal(edge.target) else { continue }
                emit(edge.source, Link(target: edge.target, kind: edge.kind))
            }
        }
    }
}
