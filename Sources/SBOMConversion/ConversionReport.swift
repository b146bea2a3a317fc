internal import ByteStreams
package import SBOMFormats

/// What became of the members of a document that was converted.
package struct ConversionReport: Sendable {
    /// What became of a member.
    package enum Fate: String, Sendable, CaseIterable {
        /// It has a place of its own in the new document.
        case mapped
        /// The new format has no member for it; the new document carries it, so that the reverse conversion restores it.
        case carried
        /// It is not in the new document.
        case dropped
        /// An earlier conversion carried it, but its place was edited since.
        case superseded
        /// It was carried, but contradicts the document, and is ignored.
        case rejected
    }

    /// A carried member that contradicts the document.
    package struct Rejection: Sendable, Hashable {
        /// The identifier of the element that carries it; empty for the document.
        package let element: String
        /// The place in the element that it is about.
        package let path: String
    }

    /// A kind of member, numbers of elements left out: `licenses/*/license/text`.
    package struct Member: Hashable, Sendable, Comparable {
        package let family: DocumentFamily
        package let path: String

        package static func < (left: Member, right: Member) -> Bool {
            (left.family.rawValue, left.path) < (right.family.rawValue, right.path)
        }
    }

    /// A member of one element, with its numbers.
    private struct Place: Hashable {
        let fate: Fate
        let family: DocumentFamily
        let path: String
    }

    // By the full path: removing the numbers costs more than counting.
    private var places: [Place: Int] = [:]

    /// The first rejected members, at most ``Limits/namedRejections``.
    package private(set) var rejections: [Rejection] = []

    /// How often which kind of member had which fate.
    package var counts: [Fate: [Member: Int]] {
        var counts: [Fate: [Member: Int]] = [:]
        for (place, count) in places {
            counts[place.fate, default: [:]][
                Member(family: place.family, path: Self.pattern(place.path)), default: 0] += count
        }
        return counts
    }

    /// How many members had that fate.
    package func count(_ fate: Fate) -> Int { places.reduce(0) { $0 + ($1.key.fate == fate ? $1.value : 0) } }

    mutating func count(_ entries: [GuardedPatch.Entry], of family: DocumentFamily, isCarried: Bool) {
        for entry in entries { add(isCarried ? .carried : .dropped, entry.path, family) }
    }

    /// Counts the members of which no part was carried or dropped.
    mutating func countMapped(_ names: [String], apartFrom entries: [GuardedPatch.Entry], of family: DocumentFamily) {
        let others = Set(entries.lazy.map { GuardedPatch.member(of: $0.path) })
        for name in names where name.utf8.first != UInt8(ascii: "#") && !others.contains(name) {
            add(.mapped, name, family)
        }
    }

    mutating func refuse(_ entries: [GuardedPatch.Entry], of family: DocumentFamily) {
        for entry in entries { add(.superseded, entry.path, family) }
    }

    /// Counts the rejected members of an element; the document has no name.
    mutating func reject(_ entries: [GuardedPatch.Entry], of family: DocumentFamily, in element: String) {
        for entry in entries {
            add(.rejected, entry.path, family)
            if rejections.count < Limits.namedRejections {
                rejections.append(Rejection(element: element, path: entry.path))
            }
        }
    }

    mutating func add(_ fate: Fate, _ path: String, _ family: DocumentFamily) {
        places[Place(fate: fate, family: family, path: path), default: 0] += 1
    }

    mutating func merge(_ other: ConversionReport) {
        places.merge(other.places) { $0 + $1 }
        rejections += other.rejections.prefix(max(0, Limits.namedRejections - rejections.count))
    }

    private static func pattern(_ path: String) -> String {
        guard path.utf8.contains(UInt8(ascii: "/")) else { return path }
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .map { !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIDigit) ? "*" : String($0) }
            .joined(separator: "/")
    }
}
