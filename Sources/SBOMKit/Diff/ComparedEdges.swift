internal import SBOMFormats
internal import SBOMModel

/// The relationships of two documents between the same entries.
struct ComparedEdges {
    /// A relationship in numbers that both documents share.
    private struct Edge {
        /// The number of the source entry; -1 for the document.
        ///
        /// An entry that both documents have has its number in the old document. An entry of the new document only has
        /// a larger number.
        let from: Int32
        let kind: Int32
        /// The number of the target entry, as for ``from``; -2 and below for an element of another document.
        let to: Int32
        /// The two ends as entries of the document that states the relationship; -1 for none.
        let ownFrom: Int32
        let ownTo: Int32

        func isSame(as other: Edge) -> Bool { from == other.from && kind == other.kind && to == other.to }

        func precedes(_ other: Edge) -> Bool { (from, kind, to) < (other.from, other.kind, other.to) }
    }

    /// A kind of relationships, in the direction that leads away from the document.
    private struct Kind: Hashable {
        let type: Relationship.Kind
        let qualifier: String
    }

    /// The kinds of relationships and the elements of other documents that two documents name.
    private struct Vocabulary {
        private(set) var kinds: [Kind] = []
        private var kindNumbers: [Kind: Int32] = [:]
        private(set) var outside: [String] = []
        private var outsideNumbers: [String: Int32] = [:]

        mutating func number(of type: Relationship.Kind, _ qualifier: String = "") -> Int32 {
            let kind = Kind(type: type, qualifier: qualifier)
            if let number = kindNumbers[kind] { return number }
            let number = Int32(kinds.count)
            kindNumbers[kind] = number
            kinds.append(kind)
            return number
        }

        /// The number of an element of another document, from -2 down.
        mutating func number(ofOutside text: String) -> Int32 {
            if let number = outsideNumbers[text] { return number }
            let number = -2 - Int32(outside.count)
            outsideNumbers[text] = number
            outside.append(text)
            return number
        }

        func outside(_ number: Int32) -> String? { number < -1 ? outside[Int(-2 - number)] : nil }
    }

    /// What is stated of relationships between two sorts of elements.
    private struct Topic: Hashable {
        let kind: Int32
        /// Whether the relationships lead to files.
        let isOfFiles: Bool
    }

    private let vocabulary: Vocabulary
    /// The kinds of relationships that are not compared.
    private(set) var omissions: [DocumentDifference.Omission] = []
    private var onlyOld: [Edge] = []
    private var onlyNew: [Edge] = []
    private let onlyOldEntries: Set<Int>
    private let onlyNewEntries: Set<Int>

    /// - Parameters:
    ///   - oldGraph: The old document.
    ///   - old: The entries of the old document.
    ///   - newGraph: The new document.
    ///   - new: The entries of the new document.
    ///   - matching: Which entries are the same.
    ///   - comparison: What is left out.
    init(
        old oldGraph: DocumentGraph, _ old: ComparedDocument, new newGraph: DocumentGraph,
        _ new: ComparedDocument, _ matching: DocumentMatching, _ comparison: DocumentComparison
    ) {
        onlyOldEntries = Set(matching.onlyOld)
        onlyNewEntries = Set(matching.onlyNew)
        let numbers = old.entries.indices.map(Int32.init)
        var newNumbers = new.entries.indices.map { Int32(old.entries.count + $0) }
        for (one, other) in matching.pairs { newNumbers[other] = Int32(one) }
        var vocabulary = Vocabulary()
        var left = Self.edges(oldGraph, old, numbers, &vocabulary)
        var right = Self.edges(newGraph, new, newNumbers, &vocabulary)
        self.vocabulary = vocabulary
        if comparison.scope == .contents {
            let describes = vocabulary.number(of: .describes)
            left.removeAll { $0.kind == describes || Self.leads($0, to: comparison.oldSystems) }
            right.removeAll { $0.kind == describes || Self.leads($0, to: comparison.newSystems) }
        }
        if comparison.isOfCommonFacts {
            let oldTopics = Set(left.map { Self.topic($0, old) })
            let newTopics = Set(right.map { Self.topic($0, new) })
            omissions =
                Self.omissions(oldTopics.subtracting(newTopics), vocabulary, statedBy: .old)
                + Self.omissions(newTopics.subtracting(oldTopics), vocabulary, statedBy: .new)
            left.removeAll { !newTopics.contains(Self.topic($0, old)) }
            right.removeAll { !oldTopics.contains(Self.topic($0, new)) }
        }
        var (one, other) = (0, 0)
        while one < left.count || other < right.count {
            if other == right.count || one < left.count && left[one].precedes(right[other]) {
                onlyOld.append(left[one])
                one += 1
            } else if one == left.count || right[other].precedes(left[one]) {
                onlyNew.append(right[other])
                other += 1
            } else {
                one += 1
                other += 1
            }
        }
    }

    /// Whether an end of a relationship is one of the entries.
    private static func leads(_ edge: Edge, to systems: Set<Int>) -> Bool {
        systems.contains(Int(edge.ownFrom)) || systems.contains(Int(edge.ownTo))
    }

    private static func topic(_ edge: Edge, _ document: ComparedDocument) -> Topic {
        Topic(kind: edge.kind, isOfFiles: edge.ownTo >= 0 && document.entries[Int(edge.ownTo)].identity.isFile)
    }

    private static func omissions(
        _ topics: Set<Topic>, _ vocabulary: Vocabulary, statedBy side: DocumentDifference.Side
    ) -> [DocumentDifference.Omission] {
        Set(
            topics.map { topic in
                let kind = vocabulary.kinds[Int(topic.kind)]
                let note = kind.qualifier.isEmpty ? "" : " (\(kind.qualifier))"
                return "\(kind.type.rawValue)\(note)\(topic.isOfFiles ? " of files" : "")"
            }
        ).sorted().map { DocumentDifference.Omission(part: .edges, relationship: $0, statedBy: side) }
    }

    /// The relationships of a document, sorted, each once.
    private static func edges(
        _ graph: DocumentGraph, _ document: ComparedDocument, _ numbers: [Int32], _ vocabulary: inout Vocabulary
    ) -> [Edge] {
        var edges: [Edge] = []
        edges.reserveCapacity(graph.edges.count + graph.describes.count + graph.contained.count)
        func add(_ source: Int32, _ kind: Int32, _ target: Int32) {
            let from = source < 0 ? -1 : Int32(document.entryOfElement[Int(source)])
            let to = target < 0 ? -1 : Int32(document.entryOfElement[Int(target)])
            // A relationship between two elements of the same entry is not a relationship of the entry to itself.
            guard target < 0 || from != to || source == target else { return }
            edges.append(
                Edge(
                    from: from < 0 ? from : numbers[Int(from)], kind: kind, to: target < 0 ? target : numbers[Int(to)],
                    ownFrom: from, ownTo: to))
        }
        let forward = graph.kinds.map(\.forward)
        let kinds = forward.map { vocabulary.number(of: $0.kind, $0.qualifier) }
        for edge in graph.edges {
            if let outside = graph.foreign(edge.target) {
                guard edge.source >= DocumentGraph.Edge.document, outside.hasPrefix("DocumentRef-") else { continue }
                let kind = vocabulary.number(of: graph.kinds[Int(edge.kind)])
                add(edge.source, kind, vocabulary.number(ofOutside: outside))
                continue
            }
            let isReversed = forward[Int(edge.kind)].isReversed
            let (source, target) = isReversed ? (edge.target, edge.source) : (edge.source, edge.target)
            guard source >= DocumentGraph.Edge.document, target >= 0 else { continue }
            add(source, kinds[Int(edge.kind)], target)
        }
        let (describes, contains) = (vocabulary.number(of: .describes), vocabulary.number(of: .contains))
        for element in graph.describes { add(DocumentGraph.Edge.document, describes, element) }
        for (outer, inner) in graph.contained { add(outer, contains, inner) }
        edges.sort { $0.precedes($1) }
        var last: Edge?
        edges.removeAll { edge in
            defer { last = edge }
            return last.map { edge.isSame(as: $0) } ?? false
        }
        return edges
    }

    func onlyOld(_ document: ComparedDocument, _ labels: DocumentLabels) -> [DocumentDifference.Edge] {
        described(onlyOld, document, onlyOldEntries, labels)
    }

    func onlyNew(_ document: ComparedDocument, _ labels: DocumentLabels) -> [DocumentDifference.Edge] {
        described(onlyNew, document, onlyNewEntries, labels)
    }

    private func described(
        _ edges: [Edge], _ document: ComparedDocument, _ alone: Set<Int>, _ labels: DocumentLabels
    ) -> [DocumentDifference.Edge] {
        func rank(_ entry: Int32) -> Int { entry < 0 ? -1 : document.ranks[Int(entry)] }
        let sorted = edges.map { edge in
            let kind = vocabulary.kinds[Int(edge.kind)]
            return (
                edge: edge, kind: kind,
                ranks: (
                    rank(edge.ownFrom), kind.type.rawValue, kind.qualifier, rank(edge.ownTo),
                    vocabulary.outside(edge.to) ?? ""
                )
            )
        }.sorted { $0.ranks < $1.ranks }
        // A few entries have most of the relationships, so the items are made only once.
        var items = [DocumentDifference.Item?](repeating: nil, count: document.entries.count)
        func item(_ entry: Int32) -> DocumentDifference.Item? {
            guard entry >= 0 else { return nil }
            let item = items[Int(entry)] ?? labels.item(document.entries[Int(entry)])
            items[Int(entry)] = item
            return item
        }
        return sorted.map { edge, kind, _ in
            let isStructure = kind.type == .contains || kind.type == .describes
            let isImplied =
                alone.contains(Int(edge.ownFrom)) || alone.contains(Int(edge.ownTo)) && isStructure
            return DocumentDifference.Edge(
                from: item(edge.ownFrom), type: kind.type.rawValue, qualifier: kind.qualifier, to: item(edge.ownTo),
                outside: vocabulary.outside(edge.to), isImplied: isImplied)
        }
    }
}
