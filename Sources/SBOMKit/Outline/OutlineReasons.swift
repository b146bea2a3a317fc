internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

extension Outline {
    /// An element that a reason names.
    public struct Subject: Sendable, Hashable {
        /// The name, or the identifier of an element without a name.
        public let name: String
        /// The version, if there is one.
        public let version: String?
        /// The identifier.
        public let id: String

        /// `NAME@VERSION`.
        public var label: String { version.map { "\(name)@\($0)" } ?? name }
    }

    /// A chain of relationships from one element to another.
    public struct Chain: Sendable {
        /// One element of a chain.
        public struct Step: Sendable {
            /// The type of the relationship that leads to the element: `DEPENDS_ON`; empty for the first element.
            public let relationship: String
            /// The element.
            public let subject: Subject
        }

        /// The elements, from the first to the one that was asked about.
        public let steps: [Step]
    }

    /// Why an element is in a document: what needs it.
    ///
    /// An element needs what it depends on, and a package needs what it contains. Images and operating systems contain
    /// everything, so they are no reasons.
    public struct Reason: Sendable {
        /// An element that nothing else needs, and how it needs the element that was asked about.
        public struct TopLevel: Sendable {
            /// The element.
            public let subject: Subject
            /// Whether it is one of a circle of elements that need one another, and that nothing else needs.
            public let isInCycle: Bool
            /// The chains, the shortest first.
            public let chains: [Chain]
        }

        /// A relationship that leads to the element and is no need.
        public struct Holder: Sendable {
            /// The type: `CONTAINS`.
            public let relationship: String
            /// The element that it starts from.
            public let subject: Subject
        }

        /// The element that was asked about.
        public let subject: Subject
        /// The architecture in its package URL.
        public let architecture: String?
        /// The elements that need it directly, in the order of the document.
        public let direct: [Subject]
        /// The number of elements that need it, directly or by way of others.
        public let dependantCount: Int
        /// The elements that nothing else needs, those with the shortest chains first.
        public let topLevel: [TopLevel]
        /// The number of further elements that nothing else needs.
        public let otherTopLevelCount: Int
        /// What else leads to the element, such as the operating system that contains it.
        public let holders: [Holder]
        /// Whether there may be more chains.
        public let hasMore: Bool
    }

    /// The answer to the question why something is in a document.
    public struct Reasons: Sendable {
        /// The text that was searched for.
        public let asked: String
        /// The matching elements.
        public let reasons: [Reason]
        /// The number of further matches.
        public let others: Int
        /// The names that are most similar to the text, if nothing matches.
        public let nearest: [String]
        /// The relationships that were followed; empty for needs.
        let types: Set<String>
    }

    /// The reasons why matching elements are in the document.
    ///
    /// - Parameters:
    ///   - text: The text to search for, as in ``Options/find``. If it is the complete name of an element, other names
    ///     that contain it do not match.
    ///   - options: The types of relationships to follow; if there are none, those that state a need.
    ///   - limit: The largest number of chains for each element: first one for each top-level element, then further
    ///     ones. Nil for ``defaultChains``, and no further ones.
    /// - Returns: The reasons, or the most similar names if nothing matches.
    public func reasons(for text: String, _ options: Options = Options(), chains limit: Int? = nil) -> Reasons {
        let elements = graph.elements
        let search = OutlineSearch(name: text)
        let matches = (0..<Int32(elements.count)).filter { search.match($0, in: graph) }
        let exact = matches.filter { elements.names[Int($0)] == text || elements.label($0) == text }
        let asked = exact.isEmpty ? matches : exact
        guard !asked.isEmpty else {
            let nearest = Spelling.words(near: text, in: elements.names, count: 5)
            return Reasons(asked: text, reasons: [], others: 0, nearest: nearest, types: options.types)
        }
        let links = RelationshipIndex(graph, types: options.types)
        var finder = ReasonFinder(
            graph, links, NeedGraph(links, of: graph, isComplete: !options.types.isEmpty), limit: limit)
        let shown = asked.prefix(Limits.chainTargets)
        let reasons = shown.enumerated().map { place, element in
            finder.reason(of: element, sharingWith: shown.count - place)
        }
        return Reasons(
            asked: text, reasons: reasons, others: asked.count - shown.count, nearest: [], types: options.types)
    }

    /// The number of chains that ``reasons(for:_:chains:)`` finds for an element by default.
    public static let defaultChains = 15
}

/// Finds out why elements are in a document.
private struct ReasonFinder {
    private let graph: DocumentGraph
    private let needs: NeedGraph
    private let links: RelationshipIndex
    private let limit: Int?
    /// The relationships that lead to each element.
    private let sources: Adjacency
    private var finder: ChainFinder
    /// The number of steps of shortest chains that are left.
    private var stepsLeft = Limits.chainSteps

    init(_ graph: DocumentGraph, _ links: RelationshipIndex, _ needs: NeedGraph, limit: Int?) {
        self.graph = graph
        self.links = links
        self.needs = needs
        self.limit = limit
        sources = links.reversed()
        finder = ChainFinder(needs.needs, reversed: needs.dependants)
    }

    /// The reason for one element; `count` elements share the steps that are left.
    mutating func reason(of element: Int32, sharingWith count: Int) -> Outline.Reason {
        let dependants = needs.dependants(of: element)
        let top = needs.top(of: dependants)
        var shown = top.prefix(limit ?? Outline.defaultChains)
        var chains: [Int32: [[(element: Int32, kind: Int32)]]] = [:]
        for (place, first) in shown.enumerated() {
            // Many long chains would take more memory than the document.
            guard stepsLeft > 0 else {
                shown = shown.prefix(place)
                break
            }
            let chain = dependants.chain(from: first)
            stepsLeft -= chain.count
            chains[first] = [chain]
        }
        var hasMore = false
        if let limit, shown.count == top.count {
            var left = limit - shown.count
            let (found, isCut) = finder.find(element, from: top, limit: limit, sharingWith: count)
            hasMore = isCut
            for chain in found {
                let shortest = chains[chain[0].element]?[0] ?? []
                if chain.elementsEqual(shortest, by: ==) { continue }
                guard left > 0 else {
                    hasMore = true
                    break
                }
                chains[chain[0].element, default: []].append(chain)
                left -= 1
            }
        }
        let direct = needs.direct(of: element)
        return Outline.Reason(
            subject: subject(element),
            architecture: PackageURL(parsing: graph.elements.packageURLs[Int(element)])?.qualifiers["arch"],
            direct: direct.map(subject), dependantCount: dependants.elements.count,
            topLevel: shown.map { first in
                Outline.Reason.TopLevel(
                    subject: subject(first), isInCycle: !needs.dependants[first].isEmpty,
                    chains: (chains[first] ?? []).map { Outline.Chain(steps: steps($0)) })
            },
            otherTopLevelCount: top.count - shown.count, holders: holders(of: element, except: Set(direct)),
            hasMore: hasMore)
    }

    private func holders(of element: Int32, except direct: Set<Int32>) -> [Outline.Reason.Holder] {
        sources[element].filter { !direct.contains($0.target) && $0.target != element }.map { link in
            Outline.Reason.Holder(relationship: links.kinds[Int(link.kind)].word, subject: subject(link.target))
        }
    }

    private func steps(_ chain: [(element: Int32, kind: Int32)]) -> [Outline.Chain.Step] {
        chain.map { element, kind in
            Outline.Chain.Step(
                relationship: kind < 0 ? "" : needs.kinds[Int(kind)].word, subject: subject(element))
        }
    }

    private func subject(_ element: Int32) -> Outline.Subject {
        let place = Int(element)
        let (name, version) = (graph.elements.names[place], graph.elements.versions[place])
        let id = graph.elements.ids[place]
        return Outline.Subject(
            name: name.isEmpty ? id : name, version: name.isEmpty || version.isEmpty ? nil : version, id: id)
    }
}

// MARK: JSON

extension Outline.Reasons {
    /// The answer as a JSON document, in the shape `sbomkit-why/1`.
    public var json: String {
        let value: JSONValue = [
            "schema": "sbomkit-why/1", "asked": .string(asked), "packages": .array(reasons.map(Self.json)),
            "otherMatches": .number(JSONNumber(others)),
        ]
        return String(decoding: JSONWriter.bytes(of: value, .pretty), as: UTF8.self)
    }

    private static func json(_ reason: Outline.Reason) -> JSONValue {
        var object = members(of: reason.subject)
        if let architecture = reason.architecture { object.append("arch", .string(architecture)) }
        object.append("direct", .array(reason.direct.map { .object(members(of: $0)) }))
        object.append("dependants", .number(JSONNumber(reason.dependantCount)))
        let top = reason.topLevel.map { top -> JSONValue in
            var object = members(of: top.subject)
            object.append("cycle", .bool(top.isInCycle))
            object.append("chains", .array(top.chains.map { .array($0.steps.map(json)) }))
            return .object(object)
        }
        object.append("topLevel", .array(top))
        object.append("otherTopLevel", .number(JSONNumber(reason.otherTopLevelCount)))
        object.append(
            "otherRelationships",
            .array(
                reason.holders.map { holder in
                    var object = JSONObject([.init(name: "type", value: .string(holder.relationship))])
                    object.append("from", .object(members(of: holder.subject)))
                    return .object(object)
                }))
        object.append("hasMore", .bool(reason.hasMore))
        return .object(object)
    }

    private static func json(_ step: Outline.Chain.Step) -> JSONValue {
        var object = JSONObject()
        if !step.relationship.isEmpty { object.append("type", .string(step.relationship)) }
        for member in members(of: step.subject).members { object.append(member.name, member.value) }
        return .object(object)
    }

    private static func members(of subject: Outline.Subject) -> JSONObject {
        var object = JSONObject([.init(name: "name", value: .string(subject.name))])
        if let version = subject.version { object.append("version", .string(version)) }
        object.append("id", .string(subject.id))
        return object
    }
}
