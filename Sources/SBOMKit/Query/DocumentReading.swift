internal import ByteStreams
internal import SBOMFormats
internal import StructuredText

/// A document as a graph, read for a question about it.
struct DocumentReading: Sendable {
    /// A relationship, turned round if that is what its type says: what contains or needs leads to what is contained or
    /// needed.
    struct Edge: Sendable, Hashable {
        /// The number of an element; -1 for the document.
        let from: Int
        let to: Int
        let kind: String
    }

    let graph: DocumentGraph
    let facts: [ElementFacts]
    /// Relationships between elements, or from the document to one, in the order of the document, each once.
    let edges: [Edge]
    /// What was unusual about the document, in its order.
    let notices: [Notice]

    init(parsing bytes: [UInt8]) throws(SBOMError) {
        let limits = Limits()
        self.init(DocumentGraph(try ParsedDocument(admitting: bytes, limits: limits), limits: limits))
    }

    init(_ graph: DocumentGraph) {
        self.graph = graph
        facts = graph.facts
        notices = graph.notices.map(Notice.init)
        var edges: [Edge] = []
        edges.reserveCapacity(graph.edges.count)
        var seen: Set<Edge> = []
        func add(_ from: Int, _ kind: String, _ to: Int) {
            let edge = Edge(from: from, to: to, kind: kind)
            if from >= -1, to >= 0, seen.insert(edge).inserted { edges.append(edge) }
        }
        for edge in graph.edges {
            if let kind = Self.inverse(edge.kind) {
                add(edge.to, kind, edge.from)
            } else {
                add(edge.from, edge.kind, edge.to)
            }
        }
        for number in graph.describes { add(-1, "DESCRIBES", number) }
        for (outer, inner) in graph.contained { add(outer, "CONTAINS", inner) }
        self.edges = edges
    }

    /// What a relationship is called that is read the other way round; nil for one that leads downwards as it is.
    ///
    /// DEV_DEPENDENCY_OF and its like have no name for the other way: it is made as that of DEPENDENCY_OF is.
    static func inverse(_ kind: String) -> String? {
        switch kind {
        case "DESCRIBED_BY": return "DESCRIBES"
        case "CONTAINED_BY": return "CONTAINS"
        case "PREREQUISITE_FOR": return "HAS_PREREQUISITE"
        default:
            let end = "DEPENDENCY_OF"
            return kind.hasSuffix(end) ? String(kind.dropLast(end.count)) + "DEPENDS_ON" : nil
        }
    }

    /// What the document describes, in the order in which it says so.
    var described: [Int] { edges.filter { $0.from == -1 && $0.kind == "DESCRIBES" }.map(\.to) }
}
