internal import StructuredText

/// Which tag each value of the JSON form comes from.
struct TagValuePlaces: Sendable {
    /// One tag, and the place of its value in the JSON form.
    struct Entry: Sendable {
        let section: SPDXTag.Section
        let object: Int
        let member: String?
        let item: Int?
        /// The tag in the text.
        let name: Range<Int>
    }

    private struct Owner: Sendable {
        let section: SPDXTag.Section
        let object: Int
        let item: Int
    }

    private var entries: [Entry] = []
    private var owners: [SPDXTag.Section: [Int: Owner]] = [:]

    /// Adds the next tag of the text.
    mutating func add(_ entry: Entry) {
        entries.append(entry)
    }

    /// Records the element that contains an annotation or an artifact in JSON.
    mutating func setOwner(
        of section: SPDXTag.Section, _ object: Int, _ owner: SPDXTag.Section, _ ownerObject: Int, _ item: Int
    ) {
        owners[section, default: [:]][object] = Owner(section: owner, object: ownerObject, item: item)
    }

    /// The first tag for the value at a pointer, or for its nearest ancestor; nil if no tag is.
    func pairs(of pointers: [JSONPointer]) -> [(offset: Int, name: Range<Int>)?] {
        // The pointers and all ways that lead to them; few, since few violations are listed.
        let ways = pointers.map { Self.ways($0.tokens) }
        var first: [String: Range<Int>?] = [:]
        for way in ways.joined() { first[way] = .some(nil) }
        for entry in entries {
            for way in Self.ways(tokens(entry)) {
                guard let known = first[way] else { continue }
                if known == nil { first[way] = .some(entry.name) }
            }
        }
        return ways.map { ways in
            for way in ways {
                if let name = first[way] ?? nil { return (name.lowerBound, name) }
            }
            return nil
        }
    }

    // The longest first.
    private static func ways(_ tokens: [String]) -> [String] {
        var ways = [""]
        for token in tokens { ways.append("\(ways[ways.count - 1])/\(token)") }
        return ways.reversed()
    }

    private func tokens(_ entry: Entry) -> [String] {
        var tokens = tokens(of: entry.section, entry.object)
        if let member = entry.member, !member.hasPrefix("#") { tokens.append(member) }
        if let item = entry.item { tokens.append(String(item)) }
        return tokens
    }

    private func tokens(of section: SPDXTag.Section, _ object: Int) -> [String] {
        switch section {
        case .document, .elsewhere: return []
        case .creation: return [SPDXTag.list(of: section)]
        case .annotation, .artifact:
            // What belongs to nothing is in the layout only.
            guard let owner = owners[section]?[object] else { return [] }
            return tokens(of: owner.section, owner.object) + [SPDXTag.list(of: section), String(owner.item)]
        case .review, .package, .file, .snippet, .license, .relationship:
            return [SPDXTag.list(of: section), String(object)]
        }
    }
}
