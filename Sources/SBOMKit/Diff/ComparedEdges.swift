internal import SBOMFormats

/// The relationships of two documents between what is the same in both.
struct ComparedEdges {
    private enum End: Hashable {
        case document
        /// What both documents have by its number in the old one, what only the new one has behind that.
        case entry(Int)
        /// In another document.
        case outside(String)
    }

    private struct Edge: Hashable {
        let from: End
        let kind: String
        let to: End
    }

    // Each relationship with the entries that it is of here; -1 for none.
    private var old: [Edge: (from: Int, to: Int)] = [:]
    private var new: [Edge: (from: Int, to: Int)] = [:]
    private let onlyOldEntries: Set<Int>
    private let onlyNewEntries: Set<Int>

    init(
        old oldReading: DocumentReading, _ old: ComparedDocument, new newReading: DocumentReading,
        _ new: ComparedDocument, _ matching: DocumentMatching
    ) {
        onlyOldEntries = Set(matching.onlyOld)
        onlyNewEntries = Set(matching.onlyNew)
        let numbers = Array(old.entries.indices)
        var newNumbers = new.entries.indices.map { old.entries.count + $0 }
        for (one, other) in matching.pairs { newNumbers[other] = one }
        self.old = Self.edges(oldReading, old, numbers)
        self.new = Self.edges(newReading, new, newNumbers)
    }

    private static func edges(
        _ reading: DocumentReading, _ document: ComparedDocument, _ numbers: [Int]
    ) -> [Edge: (from: Int, to: Int)] {
        var edges: [Edge: (from: Int, to: Int)] = [:]
        func end(_ entry: Int) -> End { entry < 0 ? .document : .entry(numbers[entry]) }
        for edge in reading.edges {
            let from = edge.from < 0 ? -1 : document.entryOfElement[edge.from]
            let to = document.entryOfElement[edge.to]
            // What is listed twice and is within itself is an artefact of listing it twice.
            guard from != to || edge.from == edge.to else { continue }
            edges[Edge(from: end(from), kind: edge.kind, to: end(to))] = (from, to)
        }
        for edge in reading.graph.edges where edge.from >= -1 && edge.target.hasPrefix("DocumentRef-") {
            let from = edge.from < 0 ? -1 : document.entryOfElement[edge.from]
            edges[Edge(from: end(from), kind: edge.kind, to: .outside(edge.target))] = (from, -1)
        }
        return edges
    }

    func onlyOld(_ document: ComparedDocument, _ labels: DocumentLabels) -> [DocumentDifference.Edge] {
        Self.described(old.filter { new[$0.key] == nil }, document, onlyOldEntries, labels)
    }

    func onlyNew(_ document: ComparedDocument, _ labels: DocumentLabels) -> [DocumentDifference.Edge] {
        Self.described(new.filter { old[$0.key] == nil }, document, onlyNewEntries, labels)
    }

    private static func described(
        _ edges: [Edge: (from: Int, to: Int)], _ document: ComparedDocument, _ alone: Set<Int>,
        _ labels: DocumentLabels
    ) -> [DocumentDifference.Edge] {
        func outside(_ edge: Edge) -> String? { if case .outside(let text) = edge.to { text } else { nil } }
        let sorted = edges.map { edge, ends in
            (
                edge: edge, from: ends.from, to: ends.to,
                ranks: (
                    ends.from < 0 ? -1 : document.ranks[ends.from], edge.kind,
                    ends.to < 0 ? -1 : document.ranks[ends.to],
                    outside(edge) ?? ""
                )
            )
        }.sorted { $0.ranks < $1.ranks }
        // Few things have many relationships.
        var items = [DocumentDifference.Item?](repeating: nil, count: document.entries.count)
        func item(_ entry: Int) -> DocumentDifference.Item? {
            guard entry >= 0 else { return nil }
            let item = items[entry] ?? labels.item(document.entries[entry])
            items[entry] = item
            return item
        }
        return sorted.map { edge in
            let isImplied =
                alone.contains(edge.from)
                || alone.contains(edge.to) && (edge.edge.kind == "CONTAINS" || edge.edge.kind == "DESCRIBES")
            return DocumentDifference.Edge(
                from: item(edge.from), type: edge.edge.kind, to: item(edge.to), outside: outside(edge.edge),
                isImplied: isImplied)
        }
    }
}
