internal import SBOMModel
package import StructuredText

/// Gives each element of a document an identifier that no other element has.
package struct UniqueIDs: Sendable {
    private var taken: Set<String> = ["DOCUMENT"]
    // The number at which the next search for a free number starts, so that many equal identifiers take linear time.
    private var numbers: [String: Int] = [:]

    /// Reserves memory for about `count` elements.
    package init(_ count: Int) {
        taken.reserveCapacity(count + 1)
    }

    /// The identifier itself; with a number if it is in use or empty.
    package mutating func unique(_ id: String) -> String {
        if !id.isEmpty, taken.insert(id).inserted { return id }
        let stem = id.isEmpty ? "element" : id
        var number = numbers[stem, default: 2]
        while !taken.insert("\(stem)-\(number)").inserted { number += 1 }
        numbers[stem] = number + 1
        return "\(stem)-\(number)"
    }
}

extension CycloneDXComponentCodec {
    /// The identifier that a component has in SPDX, derived from its `bom-ref`, or else from its name and version.
    package static func identifier(ofComponent component: JSONObject) -> String {
        if let ref = component.text("bom-ref"), !ref.isEmpty { return identifier(ref) }
        let words = [component.text("name"), component.text("version")].compactMap { $0 }.filter { !$0.isEmpty }
        return identifier("Component-" + words.joined(separator: "-"))
    }
}
