internal import StructuredText
internal import Synchronization

/// How the XML of one version of CycloneDX is built, and how it says what the JSON says.
///
/// Made from one table for all versions, `Schemas/CycloneDX-XML.txt`; `Schemas/README.md` says how that is read. A class,
/// because there is one for each version, whoever uses it.
final class CycloneDXXMLGrammar: Sendable {
    /// What an element or attribute holds.
    enum Content: Sendable, Hashable {
        /// Text of that simple type.
        case simple(Int)
        /// Attributes and elements of that type.
        case complex(Int)
    }

    /// What JSON makes of an element.
    enum Shape: String, Sendable {
        /// An object; attributes, text and elements are members.
        case object
        /// An array; each element is an item.
        case list
        /// A string; it stands in the attribute `ref`.
        case string
        /// An object; but a string if there is nothing but text.
        case mixed
        /// Whatever its one element is.
        case either
        /// An array, or an object with `components` and `services`.
        case tools
    }

    /// What tells, in JSON, that an item of a list is spelled by one element and not another.
    enum Mark: Sendable, Hashable {
        /// It has one of those members.
        case members([String])
        /// It is a string.
        case string
    }

    /// What is known of an attribute or element of a type.
    struct MemberFacts: Sendable {
        /// The name in XML.
        var element: String
        /// The name in JSON.
        var json: String
        var content: Content
        var isRequired = false
        /// Whether it may stand more than once.
        var repeats = false
        /// Whether JSON has an array of those that stand directly in the element.
        var isArray = false
        /// Whether JSON may have a value in place of an array of one.
        var mayBeAlone = false
        /// The member that JSON has around the value.
        var wrapper: String?
        /// Whether it is a string in JSON although the type is larger.
        var isString = false
        /// Whether JSON has its members in the object around it.
        var isInline = false
        /// Whether JSON has a place for it.
        var isInJSON = true
        /// What an empty element means.
        var fallback: String?
        var mark: Mark?
    }

    /// A choice of which a document takes one branch.
    struct Choice: Sendable {
        /// For each branch, the elements that stand in no other, a bit each.
        var branches: [UInt64]
    }

    /// A part of the content that elements may have (XML Schema part 1 §3.8).
    indirect enum Particle: Sendable {
        case element(Int, least: Int, most: Int)
        /// Elements of another namespace.
        case other(least: Int, most: Int)
        case sequence([Particle], least: Int, most: Int)
        case choice([Particle], least: Int, most: Int)
    }

    /// Which attributes an element may have that nobody named.
    enum Wildcard: String, Sendable {
        /// None.
        case none
        /// Those of another namespace.
        case other
        /// All.
        case any
    }

    /// What is known of what an element may have.
    struct TypeFacts: Sendable {
        var name: String
        var shape: Shape
        var attributes: [MemberFacts] = []
        var wildcard = Wildcard.none
        /// The text, if there are no elements.
        var text: MemberFacts?
        /// The elements, each once, in the order they are written in.
        var elements: [MemberFacts] = []
        var content: Particle?
        /// The elements that a document must have, a bit each, if it has any.
        var required: UInt64 = 0
        /// Whether it must have them in any case.
        var isRequiredAlways = false
        var choices: [Choice] = []
    }

    /// An attribute or element of a type.
    ///
    /// A class, as is ``ComplexType``, so that a look at one, of which there is one for each element of a document, costs
    /// no more than a reference.
    final class Member: Sendable {
        let element: String
        let json: String
        let content: Content
        let isRequired: Bool
        let repeats: Bool
        let isArray: Bool
        let mayBeAlone: Bool
        let wrapper: String?
        let isString: Bool
        let isInline: Bool
        let isInJSON: Bool
        let fallback: String?
        let mark: Mark?
        /// Whether it is what others refer to.
        let isIdentifier: Bool

        init(_ facts: MemberFacts) {
            element = facts.element
            json = facts.json
            content = facts.content
            isRequired = facts.isRequired
            repeats = facts.repeats
            isArray = facts.isArray
            mayBeAlone = facts.mayBeAlone
            wrapper = facts.wrapper
            isString = facts.isString
            isInline = facts.isInline
            isInJSON = facts.isInJSON
            fallback = facts.fallback
            mark = facts.mark
            isIdentifier = facts.json == "bom-ref"
        }
    }

    /// What an element may have.
    final class ComplexType: Sendable {
        let name: String
        let shape: Shape
        let attributes: [Member]
        let wildcard: Wildcard
        let text: Member?
        let elements: [Member]
        let content: Particle?
        let required: UInt64
        /// The attributes that a document must have, a bit each.
        let requiredAttributes: UInt64
        let isRequiredAlways: Bool
        let choices: [Choice]
        /// For each name of the grammar, which attribute or element that is, or -1.
        let attributePlaces: [Int8]
        let elementPlaces: [Int8]

        init(_ facts: TypeFacts, names: [String: Int]) {
            name = facts.name
            shape = facts.shape
            attributes = facts.attributes.map { Member($0) }
            wildcard = facts.wildcard
            text = facts.text.map { Member($0) }
            elements = facts.elements.map { Member($0) }
            content = facts.content
            required = facts.required
            requiredAttributes = facts.attributes.indices.reduce(0) { bits, place in
                facts.attributes[place].isRequired ? bits | 1 << UInt64(place) : bits
            }
            isRequiredAlways = facts.isRequiredAlways
            choices = facts.choices
            attributePlaces = Self.places(of: facts.attributes, names)
            elementPlaces = Self.places(of: facts.elements, names)
        }

        private static func places(of members: [MemberFacts], _ names: [String: Int]) -> [Int8] {
            var places = [Int8](repeating: -1, count: names.count)
            for (place, member) in members.enumerated() {
                if let name = names[member.element] { places[name] = Int8(place) }
            }
            return places
        }
    }

    let version: String
    let namespace: String
    let simpleTypes: [XMLSchemaType]
    let types: [ComplexType]
    /// The type of the root.
    let root: Int
    /// The numbers of the names that occur anywhere.
    let names: [String: Int]
    private let facts: [TypeFacts]

    /// The version of a namespace; nil if the version is not known.
    static func version(of namespace: String) -> String? {
        CycloneDXVersion.allCases.first { $0.namespace == namespace }?.rawValue
    }

    /// The grammar of a version, made when it is first asked for.
    static func grammar(of version: String) throws(CycloneDXXMLError) -> CycloneDXXMLGrammar {
        if let known = cache.withLock({ $0[version] }) { return known }
        guard CycloneDXVersion(rawValue: version) != nil else {
            throw CycloneDXXMLError(
                code: .unknownVersion, reason: "expected CycloneDX \(CycloneDXVersion.span), found \(version)")
        }
        let text = String(decoding: SchemaFile.cycloneDXXML.bytes, as: UTF8.self)
        var table = CycloneDXXMLTable(version: version)
        do {
            let grammar = try table.grammar(text)
            cache.withLock { $0[version] = grammar }
            return grammar
        } catch {
            throw CycloneDXXMLError(code: .table, reason: "\(error)")
        }
    }

    private static let cache = Mutex<[String: CycloneDXXMLGrammar]>([:])

    init(version: String, simpleTypes: [XMLSchemaType], types: [TypeFacts], root: Int) {
        self.version = version
        namespace = CycloneDXVersion.namespaceBase + version
        self.simpleTypes = simpleTypes
        self.root = root
        var names: [String: Int] = [:]
        for member in types.flatMap({ $0.attributes + $0.elements }) where names[member.element] == nil {
            names[member.element] = names.count
        }
        self.names = names
        self.types = types.map { ComplexType($0, names: names) }
        facts = types
    }

    /// The same grammar for another thread: two that look at the same types wait for each other to count references.
    func copy() -> CycloneDXXMLGrammar {
        CycloneDXXMLGrammar(version: version, simpleTypes: simpleTypes, types: facts, root: root)
    }
}

/// Why XML cannot be read as CycloneDX, or something not be written as it.
package struct CycloneDXXMLError: Error, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: Sendable, Hashable {
        /// The root is not CycloneDX's.
        case notCycloneDX
        /// There is no grammar of the version.
        case unknownVersion
        /// Our own table is wrong.
        case table
    }

    package let code: Code
    package let reason: String

    package var description: String { reason }
}

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
        // What is optional as a whole is looked at only where something of it is there.
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
