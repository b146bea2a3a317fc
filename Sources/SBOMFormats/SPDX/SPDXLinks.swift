package import SBOMModel
internal import StructuredText

/// A relationship of SPDX, stored with its source.
package struct Link: Sendable {
    /// The type as the document spells it: `DEPENDS_ON`.
    package var kind: Relationship.Kind
    /// The index of the target element; -1 if the target is not in this document, and then ``raw`` is its identifier.
    package var to: Int
    /// The identifier of a target that is not an element of this document, as it is written.
    var raw: String
    /// The other members of the relationship, such as a comment.
    var rest: [JSONObject.Member]

    init(_ kind: Relationship.Kind, _ to: Int, raw: String = "", rest: [JSONObject.Member] = []) {
        self.kind = kind
        self.to = to
        self.raw = raw
        self.rest = rest
    }

    package func isSame(as other: Link) -> Bool {
        to == other.to && kind == other.kind && (to >= 0 || raw == other.raw) && rest.count == other.rest.count
            && rest.elementsEqual(other.rest)
    }
}

/// The relationships of an SPDX document by their sources.
package struct SPDXLinks: Sendable {
    /// The relationships that start from the document.
    package var document: [Link] = []
    /// The relationships that start from each element.
    package var units: [[Link]]
    /// The source of each relationship in the order of the document; -1 for the document itself.
    package var order: [Int32] = []

    package init(units: [[Link]]) {
        self.units = units
    }
}

extension SPDXLinks {
    /// Converts the nesting and the dependencies of CycloneDX to relationships of SPDX.
    ///
    /// The document describes the main component, or, without one, each component to which no relationship leads. A
    /// component CONTAINS the components nested in it, and DEPENDS_ON its dependencies. An image or an operating system
    /// CONTAINS its dependencies. The main component CONTAINS each component to which no other relationship leads.
    package init(_ links: CycloneDXLinks, isSystem: [Bool], rank: [Int]) {
        let count = links.parents.count
        units = Array(repeating: [], count: count)
        var isTarget = Array(repeating: false, count: count)
        for index in rank where links.parents[index] >= 0 {
            units[links.parents[index]].append(Link(.contains, index))
            isTarget[index] = true
        }
        for index in rank {
            for other in links.needs[index] {
                units[index].append(Link(isSystem[index] ? .contains : .dependsOn, other))
                isTarget[other] = true
            }
        }
        if let main = links.main {
            document = [Link(.describes, main)]
            for index in rank where !isTarget[index] && index != main { units[main].append(Link(.contains, index)) }
        } else {
            let free = rank.filter { !isTarget[$0] }
            document = (free.isEmpty ? rank.filter { links.parents[$0] < 0 } : free).map { Link(.describes, $0) }
        }
        order = Self.naturalOrder(document, units, rank)
    }

    package static func naturalOrder(_ document: [Link], _ units: [[Link]], _ rank: [Int]) -> [Int32] {
        var order = Array(repeating: Int32(-1), count: document.count)
        for index in rank { order += repeatElement(Int32(index), count: units[index].count) }
        return order
    }
}
