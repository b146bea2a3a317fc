package import SBOMModel
internal import StructuredText

/// A relationship of SPDX, seen from the element it is of.
package struct Link: Sendable {
    /// As the document spells it: `DEPENDS_ON`.
    package var kind: Relationship.Kind
    /// Which element it leads to; -1 for what is none of the document's: ``raw`` says it.
    package var to: Int
    /// The target as it is written, where it is no element.
    var raw: String
    /// What else the relationship says: a comment.
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

/// How the elements of an SPDX document stand to each other.
package struct SPDXLinks: Sendable {
    /// From the document.
    package var document: [Link] = []
    /// From each element.
    package var units: [[Link]]
    /// Which element, or -1 for the document, each relationship is of, in the order of the document.
    package var order: [Int32] = []

    package init(units: [[Link]]) {
        self.units = units
    }
}

extension SPDXLinks {
    /// What the nesting and the dependencies of CycloneDX are in SPDX.
    ///
    /// The document describes the component it is about, or all that nothing needs. What is inside of something is
    /// contained in it; what something needs it depends on, but an image or an operating system contains it. What nothing
    /// else leads to, the component that the document is about contains.
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
