internal import StructuredText

/// Reads the table of all versions for one of them.
struct CycloneDXXMLTable {
    /// A line of the table that makes no sense.
    struct Failure: Error, CustomStringConvertible {
        let line: String
        var description: String { "a line of the table of CycloneDX's XML makes no sense: \(line)" }
    }

    private struct Line {
        var depth: Int
        var words: [String]
    }

    private let version: String
    private var simple: [String: [String]] = [:]
    private var simpleOrder: [String] = []
    private var complex: [String: (shape: String, lines: [Line])] = [:]
    private var complexOrder: [String] = []
    private var simpleTypes: [XMLSchemaType] = []
    private var simpleNumbers: [String: Int] = [:]
    private var typeNumbers: [String: Int] = [:]

    init(version: String) {
        self.version = version
    }

    mutating func grammar(_ text: String) throws -> CycloneDXXMLGrammar {
        try sort(text)
        for (number, name) in complexOrder.enumerated() { typeNumbers[name] = number }
        var types: [CycloneDXXMLGrammar.TypeFacts] = []
        for name in complexOrder { types.append(try type(name)) }
        guard let root = typeNumbers["bom"] else { throw Failure(line: "no bom") }
        return CycloneDXXMLGrammar(version: version, simpleTypes: simpleTypes, types: types, root: root)
    }

    /// Sorts what holds for the version into the lines of each type.
    private mutating func sort(_ text: String) throws {
        enum Current {
            case none
            case simple(String)
            case complex(String)
        }
        var current = Current.none
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let depth = line.prefix { $0 == " " }.count
            if depth > 0 {
                switch current {
                case .none: continue
                case .simple(let name):
                    simple[name, default: []] += words(line).compactMap { value($0) }
                case .complex(let name):
                    var words = words(line)
                    if let span = words.last, span.hasPrefix("[") {
                        guard holds(span) else { continue }
                        words.removeLast()
                    }
                    complex[name]?.lines.append(Line(depth: depth, words: words))
                }
                continue
            }
            guard let colon = line.firstIndex(of: ":") ?? Optional(line.endIndex) else { continue }
            var head = words(line[..<colon])
            var shape = "list"
            if head.first == "type" { shape = head.removeLast() }
            if let span = head.last, span.hasPrefix("[") {
                guard holds(span) else {
                    current = .none
                    continue
                }
                head.removeLast()
            }
            guard head.count == 2 else { throw Failure(line: String(line)) }
            let name = head[1]
            switch head[0] {
            case "simple":
                simple[name] = words(line[colon...].dropFirst(), isPattern: true)
                simpleOrder.append(name)
                current = .simple(name)
            case "type":
                complex[name] = (shape, [])
                complexOrder.append(name)
                current = .complex(name)
            case "list":
                var item = words(line[colon...].dropFirst())
                if let span = item.last, span.hasPrefix("[") { item.removeLast() }
                complex[name] = (shape, [Line(depth: 2, words: ["sequence"]), Line(depth: 3, words: item)])
                complexOrder.append(name)
                current = .none
            default: throw Failure(line: String(line))
            }
        }
    }

    private func words(_ text: Substring, isPattern: Bool = false) -> [String] {
        // A pattern is the rest of its line, spaces included.
        if isPattern, let range = text.firstRange(of: " pattern=") {
            return words(text[..<range.lowerBound]) + [String(text[text.index(after: range.lowerBound)...])]
        }
        return text.split(separator: " ").map { String($0) }
    }

    /// The value of a closed list, if the version has it: `platform[1.5-]`.
    private func value(_ word: String) -> String? {
        guard let bracket = word.firstIndex(of: "[") else { return word }
        return holds(String(word[bracket...])) ? String(word[..<bracket]) : nil
    }

    /// Whether the version is in `[1.5-]`, `[-1.4]`, `[1.5-1.6]` or `[1.4]`.
    private func holds(_ span: String) -> Bool {
        guard let range = VersionRange(span), let number = VersionNumber(version) else { return false }
        return range.contains(number)
    }

    private mutating func content(_ name: String) throws -> CycloneDXXMLGrammar.Content {
        if let number = typeNumbers[name] { return .complex(number) }
        if let number = simpleNumbers[name] { return .simple(number) }
        let type = try simpleType(name, depth: 0)
        simpleTypes.append(type)
        simpleNumbers[name] = simpleTypes.count - 1
        return .simple(simpleTypes.count - 1)
    }

    private func simpleType(_ name: String, depth: Int) throws -> XMLSchemaType {
        if let primitive = XMLSchemaType.Primitive(rawValue: name) {
            return XMLSchemaType(primitive)
        }
        if name == "licenseId" { return XMLSchemaType(.string, .init(isLicense: true)) }
        guard let words = simple[name], let base = words.first, depth < 5 else { throw Failure(line: name) }
        if base == "union" {
            let members = try words.dropFirst().map { try simpleType($0, depth: depth + 1) }
            return XMLSchemaType(.union, members: members)
        }
        let type = try simpleType(base, depth: depth + 1)
        var facets = type.facets
        if words.count > 1, words[1] == "enum" {
            facets.values = Set(words.dropFirst(2))
            return XMLSchemaType(type.primitive, facets, members: type.members)
        }
        for word in words.dropFirst() {
            guard let sign = word.firstIndex(of: "=") else { throw Failure(line: word) }
            let value = String(word[word.index(after: sign)...])
            switch word[..<sign] {
            case "pattern": facets.pattern = try JSONSchemaPattern("^(?:" + value + ")$")
            case "minLength": facets.minLength = Int(value) ?? 0
            case "maxLength": facets.maxLength = Int(value) ?? .max
            case "minInclusive": facets.minimum = Int(value)
            case "maxInclusive": facets.maximum = Int(value)
            default: throw Failure(line: word)
            }
        }
        return XMLSchemaType(type.primitive, facets, members: type.members)
    }

    private mutating func type(_ name: String) throws -> CycloneDXXMLGrammar.TypeFacts {
        guard let entry = complex[name], let shape = CycloneDXXMLGrammar.Shape(rawValue: entry.shape) else {
            throw Failure(line: name)
        }
        var type = CycloneDXXMLGrammar.TypeFacts(name: name, shape: shape)
        var lines = entry.lines[...]
        while let line = lines.first, line.words[0].hasPrefix("@") || line.words[0] == "#text" {
            lines.removeFirst()
            if line.words[0] == "@*" {
                guard let wildcard = CycloneDXXMLGrammar.Wildcard(rawValue: line.words[1]) else {
                    throw Failure(line: name)
                }
                type.wildcard = wildcard
            } else if line.words[0] == "#text" {
                type.text = try member("#text", Array(line.words.dropFirst()), least: 1, most: 1)
            } else {
                var words = line.words
                let isRequired = words[1].hasSuffix("!")
                if isRequired { words[1].removeLast() }
                type.attributes.append(
                    try member(
                        String(words[0].dropFirst()), Array(words.dropFirst()), least: isRequired ? 1 : 0, most: 1))
            }
        }
        guard let first = lines.first else { return type }
        var members: [CycloneDXXMLGrammar.MemberFacts] = []
        type.content = try particle(&lines, depth: first.depth, &members)
        guard lines.isEmpty, members.count <= 64 else { throw Failure(line: name) }
        (type.elements, type.content) = Self.withoutRepeats(members, type.content)
        if let content = type.content {
            for place in type.elements.indices where Self.repeats(place, content, false) {
                type.elements[place].repeats = true
            }
            type.required = Self.required(content)
            type.choices = Self.choices(content)
            if case .sequence(_, let least, _) = content { type.isRequiredAlways = least > 0 }
        }
        if shape == .list || shape == .tools || shape == .either {
            type.required = 0
            type.choices = []
        }
        return type
    }

    private mutating func particle(
        _ lines: inout ArraySlice<Line>, depth: Int, _ members: inout [CycloneDXXMLGrammar.MemberFacts]
    ) throws -> CycloneDXXMLGrammar.Particle {
        guard let line = lines.popFirst() else { throw Failure(line: "the end") }
        var word = line.words[0]
        var (least, most) = (1, 1)
        switch word.last {
        case "?": (least, most) = (0, 1)
        case "*": (least, most) = (0, .max)
        case "+": (least, most) = (1, .max)
        default: break
        }
        if least == 0 || most > 1 { word.removeLast() }
        switch word {
        case "any": return .other(least: least, most: most)
        case "sequence", "choice":
            var parts: [CycloneDXXMLGrammar.Particle] = []
            while let next = lines.first, next.depth > line.depth {
                parts.append(try particle(&lines, depth: next.depth, &members))
            }
            return word == "choice"
                ? .choice(parts, least: least, most: most) : .sequence(parts, least: least, most: most)
        default:
            members.append(try member(word, Array(line.words.dropFirst()), least: least, most: most))
            return .element(members.count - 1, least: least, most: most)
        }
    }

    private mutating func member(
        _ name: String, _ words: [String], least: Int, most: Int
    ) throws -> CycloneDXXMLGrammar.MemberFacts {
        var rest = words[...]
        guard let type = rest.popFirst() else { throw Failure(line: name) }
        var member = CycloneDXXMLGrammar.MemberFacts(element: name, json: name, content: try content(type))
        member.isRequired = least > 0
        member.repeats = most > 1
        member.isArray = most > 1
        while let word = rest.popFirst() {
            switch word {
            case "=": member.json = rest.popFirst() ?? name
            case "one": member.isArray = false
            case "array": member.isArray = true
            case "single": member.mayBeAlone = true
            case "string": member.isString = true
            case "inline": member.isInline = true
            case "none": member.isInJSON = false
            case "if":
                let mark = rest.popFirst() ?? ""
                member.mark =
                    mark == "string" ? .string : .members(mark.split(separator: "|").map { String($0) })
            default:
                if word.hasPrefix("{") {
                    member.wrapper = String(word.dropFirst().dropLast())
                } else if word.hasPrefix("default=") {
                    member.fallback = String(word.dropFirst(8))
                } else {
                    throw Failure(line: "\(name) \(word)")
                }
            }
        }
        return member
    }

    /// The same with each name once: where branches of a choice share one, its last place fits the order of all.
    private static func withoutRepeats(
        _ members: [CycloneDXXMLGrammar.MemberFacts], _ content: CycloneDXXMLGrammar.Particle?
    ) -> ([CycloneDXXMLGrammar.MemberFacts], CycloneDXXMLGrammar.Particle?) {
        var kept: [Int] = []
        for index in members.indices
        where !members[(index + 1)...].contains(where: { $0.element == members[index].element }) {
            kept.append(index)
        }
        guard kept.count < members.count else { return (members, content) }
        let places = members.map { member in kept.firstIndex { members[$0].element == member.element } ?? 0 }
        func moved(_ particle: CycloneDXXMLGrammar.Particle) -> CycloneDXXMLGrammar.Particle {
            switch particle {
            case .element(let member, let least, let most): .element(places[member], least: least, most: most)
            case .other: particle
            case .sequence(let parts, let least, let most): .sequence(parts.map(moved), least: least, most: most)
            case .choice(let parts, let least, let most): .choice(parts.map(moved), least: least, most: most)
            }
        }
        return (kept.map { members[$0] }, content.map(moved))
    }

    /// Whether an element may stand more than once, be it through what is around it.
    private static func repeats(
        _ place: Int, _ particle: CycloneDXXMLGrammar.Particle, _ isInRepeated: Bool
    ) -> Bool {
        switch particle {
        case .element(let element, _, let most): element == place && (isInRepeated || most > 1)
        case .other: false
        case .sequence(let parts, _, let most), .choice(let parts, _, let most):
            parts.contains { repeats(place, $0, isInRepeated || most > 1) }
        }
    }

    private static func required(_ particle: CycloneDXXMLGrammar.Particle) -> UInt64 {
        switch particle {
        case .element(let member, let least, _): least > 0 ? 1 << UInt64(member) : 0
        case .other, .choice: 0
        // An optional group is examined only where a part of it is present.
        case .sequence(let parts, _, _): parts.reduce(0) { $0 | required($1) }
        }
    }

    private static func choices(_ particle: CycloneDXXMLGrammar.Particle) -> [CycloneDXXMLGrammar.Choice] {
        switch particle {
        case .element, .other: return []
        case .sequence(let parts, _, _): return parts.flatMap { choices($0) }
        case .choice(let parts, _, let most):
            guard most == 1 else { return [] }
            let all = parts.map { elements($0) }
            let exclusive = all.indices.map { index in
                all[index] & ~all.indices.filter { $0 != index }.reduce(0) { $0 | all[$1] }
            }
            return [CycloneDXXMLGrammar.Choice(branches: exclusive)]
        }
    }

    static func elements(_ particle: CycloneDXXMLGrammar.Particle) -> UInt64 {
        switch particle {
        case .element(let member, _, _): 1 << UInt64(member)
        case .other: 0
        case .sequence(let parts, _, _), .choice(let parts, _, _): parts.reduce(0) { $0 | elements($1) }
        }
    }
}
