internal import StructuredText

extension CycloneDXXMLGrammar {
    /// Which element of a type spells a value that may be spelled by several.
    func place(of value: JSONValue, in type: Int) -> Int {
        let elements = types[type].elements
        for (place, member) in elements.enumerated() {
            switch (member.mark, value) {
            case (.string, .string): return place
            case (.members(let names), .object(let object)):
                if names.contains(where: { Self.tells(object[$0]) }) { return place }
            case (.string, _), (.members, _), (nil, _): continue
            }
        }
        return elements.firstIndex { $0.mark == nil } ?? 0
    }

    /// Whether a member says something; an array of nothing would be gone in XML.
    private static func tells(_ value: JSONValue?) -> Bool {
        if case .array(let items) = value { return !items.isEmpty }
        return value != nil
    }

    /// Which element of a list's type spells each of its items; -1 where no element can that is allowed together with the others.
    func places(of items: [JSONValue], in type: Int) -> [Int] {
        let elements = types[type].elements
        guard elements.count > 1, types[type].shape == .list else { return items.map { _ in 0 } }
        var places = items.map { place(of: $0, in: type) }
        guard case .choice(let parts, _, let most) = types[type].content, most == 1 else { return places }
        let branches = parts.map { CycloneDXXMLTable.elements($0) }
        func branch(of place: Int) -> UInt64 { branches.first { $0 & 1 << UInt64(place) != 0 } ?? 0 }
        // An element that is marked is there for what the others cannot say.
        let telling = elements.indices.first { elements[$0].mark != nil && places.contains($0) } ?? places.first
        let taken = branch(of: telling ?? 0)
        var isFull = false
        for index in places.indices {
            if taken & 1 << UInt64(places[index]) == 0 {
                places[index] =
                    elements.indices.first { taken & 1 << UInt64($0) != 0 && elements[$0].wrapper == nil } ?? -1
            }
            guard places[index] >= 0, !isRepeatable(places[index], in: parts) else { continue }
            if isFull { places[index] = -1 }
            isFull = true
        }
        return places
    }

    private func isRepeatable(_ place: Int, in parts: [Particle]) -> Bool {
        parts.contains { part in
            switch part {
            case .element(place, _, let most): most > 1
            case .sequence(let inner, _, let most):
                CycloneDXXMLTable.elements(part) & 1 << UInt64(place) != 0
                    && (most > 1 || isRepeatable(place, in: inner))
            case .element, .other, .choice: false
            }
        }
    }
}
