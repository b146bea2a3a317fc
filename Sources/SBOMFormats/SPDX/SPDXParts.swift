package import SBOMModel
package import StructuredText

/// The parts of an SPDX document: its elements, their relationships, and the rest.
package struct SPDXParts: Sendable {
    /// The document without its elements and relationships.
    package var header: JSONObject
    /// The elements: packages, then files.
    package var units: [JSONObject] = []
    package var forms: [Element.Form] = []
    /// The `SPDXID` of each element.
    package var ids: [String] = []
    /// The names of the lists that the document has.
    private(set) var lists: [String] = []

    private var relationships: [JSONValue] = []
    package let documentID: String

    package init(_ document: consuming JSONObject) {
        documentID = document.text("SPDXID") ?? "SPDXRef-DOCUMENT"
        header = JSONObject()
        let members = document.members
        document = JSONObject()
        for (place, member) in members.enumerated() {
            guard case .array(let items) = member.value,
                member.name == "packages" || member.name == "files" || member.name == "relationships",
                !members[(place + 1)...].contains(where: { $0.name == member.name })
            else {
                header.members.append(member)
                continue
            }
            if member.name == "relationships" {
                relationships = items
            } else {
                let objects = items.compactMap(\.objectContent)
                guard objects.count == items.count else {
                    header.members.append(member)
                    continue
                }
                if member.name == "packages" {
                    units.insert(contentsOf: objects, at: 0)
                    forms.insert(contentsOf: repeatElement(.package, count: objects.count), at: 0)
                } else {
                    units += objects
                    forms += repeatElement(.file, count: objects.count)
                }
            }
            lists.append(member.name)
        }
        ids = units.map { $0.text("SPDXID") ?? "" }
    }

    /// The number of the element for each `SPDXID`: the first element that has it.
    ///
    /// The `SPDXID` of the document is absent.
    package static func indices(_ ids: [String], documentID: String) -> [String: Int] {
        var indices = CycloneDXParts.indices(ids)
        indices[documentID] = nil
        return indices
    }

    /// The names of the lists that the document has, as one text.
    package var presentLists: String { Self.text(lists) }

    /// Elements in the order of a document, which lists packages before files.
    package static func packagesFirst(_ order: [Int], _ forms: [Element.Form]) -> [Int] {
        order.filter { forms[$0] == .package } + order.filter { forms[$0] == .file }
    }

    package static func naturalLists(hasFiles: Bool) -> String {
        text(["packages", "relationships"] + (hasFiles ? ["files"] : []))
    }

    private static func text(_ lists: [String]) -> String { lists.sorted().joined(separator: " ") }

    /// Takes the relationships out, so that another thread can read them.
    package mutating func takeRelationships() -> Relationships {
        defer { relationships = [] }
        return Relationships(items: relationships, documentID: documentID, count: units.count)
    }

    package static func roots(
        _ links: SPDXLinks, header: JSONObject, indices: [String: Int], forms: [Element.Form]
    ) -> [Int] {
        var roots = links.document.filter { $0.kind == .describes && $0.to >= 0 }.map(\.to)
        if roots.isEmpty { roots = header.texts("documentDescribes").compactMap { indices[$0.text] } }
        if roots.isEmpty {
            let document = header.text("SPDXID") ?? "SPDXRef-DOCUMENT"
            roots = links.units.indices.filter { index in
                links.units[index].contains { $0.kind == .describedBy && $0.to < 0 && $0.raw == document }
            }
        }
        // SPDX 2.3 §11.1: a document with only one package describes that package.
        if roots.isEmpty, forms.count(where: { $0 == .package }) == 1, let only = forms.firstIndex(of: .package) {
            roots = [only]
        }
        var seen: Set<Int> = []
        return roots.filter { seen.insert($0).inserted }
    }

    /// The pairs in `hasFiles` of packages, which means the same as CONTAINS.
    package static func contained(_ units: [JSONObject], _ forms: [Element.Form]) -> [(outer: Int, inner: String)] {
        var pairs: [(Int, String)] = []
        for index in units.indices where forms[index] == .package {
            for (_, id) in units[index].texts("hasFiles") { pairs.append((index, id)) }
        }
        return pairs
    }

    /// The pairs with the numbers of the elements instead of their identifiers.
    package static func contained(
        _ pairs: [(outer: Int, inner: String)], _ indices: [String: Int]
    ) -> [(outer: Int, inner: Int)] {
        pairs.compactMap { pair in indices[pair.inner].map { (pair.outer, $0) } }
    }

    // MARK: As JSON

    /// The relationships of one element as JSON.
    ///
    /// Consecutive relationships of one type are an array `["TYPE", "target", …]`. A relationship with further members,
    /// such as a comment, is an object.
    package static func list(_ links: [Link], _ ids: [String]) -> JSONValue {
        var items: [JSONValue] = []
        var run: [JSONValue] = []
        var kind = ""
        for link in links {
            let target = link.to >= 0 ? ids[link.to] : link.raw
            guard link.rest.isEmpty else {
                if !run.isEmpty { items.append(.array(run)) }
                run = []
                var object = JSONObject()
                object.append("relationshipType", .string(link.kind.rawValue))
                object.append("relatedSpdxElement", .string(target))
                object.members += link.rest
                items.append(.object(object))
                continue
            }
            if run.isEmpty || kind != link.kind.rawValue {
                if !run.isEmpty { items.append(.array(run)) }
                kind = link.kind.rawValue
                run = [.string(kind)]
            }
            run.append(.string(target))
        }
        if !run.isEmpty { items.append(.array(run)) }
        return .array(items)
    }

    /// Reads the JSON that ``list(_:_:)`` writes; nil for any other JSON.
    package static func links(_ list: JSONValue, _ indices: [String: Int]) -> [Link]? {
        guard case .array(let items) = list else { return nil }
        var links: [Link] = []
        for item in items {
            switch item {
            case .array(let run):
                guard let kind = run.first?.textContent, run.count > 1 else { return nil }
                for target in run.dropFirst() {
                    guard let target = target.textContent else { return nil }
                    let to = indices[target] ?? -1
                    links.append(Link(Relationship.Kind(rawValue: kind), to, raw: to < 0 ? target : ""))
                }
            case .object(let object):
                guard let kind = object.text("relationshipType"), let target = object.text("relatedSpdxElement") else {
                    return nil
                }
                let to = indices[target] ?? -1
                let rest = object.members.filter {
                    $0.name != "relationshipType" && $0.name != "relatedSpdxElement" && $0.name != "spdxElementId"
                }
                links.append(Link(Relationship.Kind(rawValue: kind), to, raw: to < 0 ? target : "", rest: rest))
            case .null, .bool, .number, .string: return nil
            }
        }
        return links
    }

    /// Assembles a document.
    ///
    /// The header has all members except the lists, and a pseudo-member `#lists` with the names of the lists. `order`
    /// has the numbers of the elements in their order in the document.
    package static func document(
        _ header: consuming JSONObject, units: consuming [JSONObject], forms: [Element.Form], ids: [String],
        order: [Int], links: SPDXLinks, others: JSONValue?
    ) -> JSONObject {
        let lists = Set((header.take("#lists")?.textContent ?? "").split(separator: " ").map(String.init))
        let documentID = header.text("SPDXID") ?? "SPDXRef-DOCUMENT"
        var document = header
        var packages: [JSONValue] = []
        var files: [JSONValue] = []
        for index in order {
            if forms[index] == .package {
                packages.append(.object(units[index]))
            } else {
                files.append(.object(units[index]))
            }
            units[index] = JSONObject()
        }
        if lists.contains("packages") || !packages.isEmpty { document.append("packages", .array(packages)) }
        if lists.contains("files") || !files.isEmpty { document.append("files", .array(files)) }
        var relationships: [JSONValue] = []
        relationships.reserveCapacity(links.order.count)
        var next = Array(repeating: 0, count: ids.count)
        var nextOfDocument = 0
        var pending = (others?.arrayContent ?? []).compactMap { item -> (Int, JSONValue)? in
            guard let pair = item.arrayContent, pair.count == 2, case .number(let place) = pair[0],
                let place = place.int
            else { return nil }
            return (place, pair[1])
        }[...]
        func takeOthers() {
            while let (place, value) = pending.first, place <= relationships.count {
                relationships.append(value)
                pending.removeFirst()
            }
        }
        for source in links.order {
            takeOthers()
            let link: Link
            if source < 0 {
                guard nextOfDocument < links.document.count else { continue }
                link = links.document[nextOfDocument]
                nextOfDocument += 1
            } else {
                let source = Int(source)
                guard next[source] < links.units[source].count else { continue }
                link = links.units[source][next[source]]
                next[source] += 1
            }
            relationships.append(
                .object(
                    JSONObject(
                        [
                            .init(
                                name: "spdxElementId", value: .string(source < 0 ? documentID : ids[Int(source)])),
                            .init(name: "relationshipType", value: .string(link.kind.rawValue)),
                            .init(
                                name: "relatedSpdxElement", value: .string(link.to >= 0 ? ids[link.to] : link.raw)),
                        ] + link.rest)))
        }
        relationships += pending.map(\.1)
        if lists.contains("relationships") || !relationships.isEmpty {
            document.append("relationships", .array(relationships))
        }
        return document
    }
}

extension SPDXParts {
    /// The relationships of a document in their original form.
    package struct Relationships: Sendable {
        fileprivate let items: [JSONValue]
        fileprivate let documentID: String
        fileprivate let count: Int

        /// All relationships in their order: source, kind, target and comment.
        func all() -> [(from: String, kind: String, target: String, comment: String?)] {
            items.compactMap { item in
                guard let (from, kind, target, rest) = item.objectContent.flatMap(Self.parts) else { return nil }
                return (from, kind, target, JSONObject(rest).text("comment"))
            }
        }

        /// The relationships by their source.
        ///
        /// Malformed relationships, and those whose source is not in the document, are returned as arrays
        /// `[index, relationship]` with their index in the list. `indices` are the elements by their `SPDXID`.
        package func links(_ indices: [String: Int]) -> (links: SPDXLinks, others: [JSONValue]) {
            var links = SPDXLinks(units: Array(repeating: [], count: count))
            var others: [JSONValue] = []
            links.order.reserveCapacity(items.count)
            for (place, value) in items.enumerated() {
                let parts = value.objectContent.flatMap(Self.parts)
                let source = parts.map { $0.from == documentID ? -1 : indices[$0.from] ?? -2 } ?? -2
                guard let (_, kind, target, rest) = parts, source > -2 else {
                    others.append([.number(JSONNumber(place)), value])
                    continue
                }
                let to = indices[target] ?? -1
                let link = Link(Relationship.Kind(rawValue: kind), to, raw: to < 0 ? target : "", rest: rest)
                if source < 0 { links.document.append(link) } else { links.units[source].append(link) }
                links.order.append(Int32(source))
            }
            return (links, others)
        }

        /// The parts of a relationship; nil if it lacks one, or has one twice.
        private static func parts(
            of relationship: JSONObject
        ) -> (from: String, kind: String, target: String, rest: [JSONObject.Member])? {
            var (from, kind, target): (String?, String?, String?)
            var rest: [JSONObject.Member] = []
            for index in relationship.members.indices {
                guard case .string(let text) = relationship.members[index].value else {
                    rest.append(relationship.members[index])
                    continue
                }
                switch relationship.members[index].name {
                case "spdxElementId" where from == nil: from = text
                case "relationshipType" where kind == nil: kind = text
                case "relatedSpdxElement" where target == nil: target = text
                default: rest.append(relationship.members[index])
                }
            }
            guard let from, let kind, let target,
                rest.isEmpty
                    || !rest.contains(where: {
                        ["spdxElementId", "relationshipType", "relatedSpdxElement"].contains($0.name)
                    })
            else { return nil }
            return (from, kind, target, rest)
        }
    }
}
