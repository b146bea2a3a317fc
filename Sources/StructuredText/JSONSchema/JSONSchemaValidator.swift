/// Validates one value against one schema.
///
/// Open arrays and objects are in a list, not on the stack. Only if a whole value must be validated before the walk
/// continues, as for the alternatives of `anyOf`, a nested walk is started.
struct SchemaValidator {
    /// An array or object that is being validated against one schema.
    private struct Frame {
        var items: [JSONValue] = []
        var members: [JSONObject.Member] = []
        /// The index of the rules for its members or elements.
        let rules: Int32
        let node: Int
        let isObject: Bool
        /// The number of steps from the root.
        let level: Int
        var next = 0
    }

    private let schema: JSONSchema
    private let root: JSONValue
    private let mayRepeatNames: Bool
    private let limit: Int
    private var frames: [Frame] = []
    // The member or element that is being validated on each level.
    private var steps: [Int] = []
    // The names of the members among them; used only while violations are collected.
    private var names: [String?] = []
    private var found: [SchemaViolation] = []
    private var isCollecting = false
    private var nesting = 0
    private var explanations = 0
    private var hashes: JSONSchemaHashes?

    /// The maximum depth of nested walks; our schemas need ten levels.
    private static let nestingLimit = 32

    init(_ schema: JSONSchema, root: JSONValue, mayRepeatNames: Bool, limit: Int) {
        self.schema = schema
        self.root = root
        self.mayRepeatNames = mayRepeatNames
        self.limit = limit
    }

    mutating func accepts() -> Bool {
        isCollecting = false
        return walk(root, schema.root, level: 0)
    }

    mutating func violations() -> [SchemaViolation] {
        isCollecting = true
        _ = walk(root, schema.root, level: 0)
        return found
    }

    /// Validates a value with everything in it; without collecting, it stops at the first violation and returns false.
    private mutating func walk(_ value: JSONValue, _ node: Int, level: Int) -> Bool {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.nestingLimit else {
            return report(node, "anyOf", level, "alternatives that are nested less deep than \(Self.nestingLimit)")
        }
        let base = frames.count
        guard begin(value, node, level: level) else {
            frames.removeLast(frames.count - base)
            return false
        }
        while frames.count > base {
            let top = frames.count - 1
            let isGood = frames[top].isObject ? nextMember(top) : nextElement(top)
            if !isGood || isFull {
                frames.removeLast(frames.count - base)
                return isGood
            }
        }
        return true
    }

    /// Whether the limit of violations is reached.
    private var isFull: Bool { isCollecting && found.count >= limit }

    /// Validates the next element of the top array that has rules, and removes the array after the last one.
    private mutating func nextElement(_ top: Int) -> Bool {
        let rules = Int(frames[top].rules)
        let level = frames[top].level
        while true {
            let next = frames[top].next
            guard next < frames[top].items.count else {
                frames.removeLast()
                return true
            }
            frames[top].next = next + 1
            let node =
                next < schema.arrays[rules].first.count ? schema.arrays[rules].first[next] : schema.arrays[rules].rest
            guard node >= 0 else { continue }
            step(level, next)
            guard begin(frames[top].items[next], Int(node), level: level + 1) else { return false }
            if frames.count - 1 > top || isFull { return true }
        }
    }

    private mutating func nextMember(_ top: Int) -> Bool {
        let rules = Int(frames[top].rules)
        let level = frames[top].level
        while true {
            let next = frames[top].next
            guard next < frames[top].members.count else {
                frames.removeLast()
                return true
            }
            frames[top].next = next + 1
            step(level, next, frames[top].members[next].name)
            let number = schema.objects[rules].property(frames[top].members[next].name)
            var isKnown = false
            if number >= 0 {
                let node = schema.objects[rules].properties[number].node
                if node >= 0 {
                    isKnown = true
                    guard begin(frames[top].members[next].value, Int(node), level: level + 1) else { return false }
                }
            }
            if !isKnown || !schema.objects[rules].patterns.isEmpty || schema.objects[rules].names >= 0 {
                guard unusualMember(top, next, rules, isKnown: isKnown) else { return false }
            }
            if frames.count - 1 > top || isFull { return true }
        }
    }

    /// Validates a member against all rules except those for its name.
    private mutating func unusualMember(_ top: Int, _ index: Int, _ rules: Int, isKnown: Bool) -> Bool {
        let member = frames[top].members[index]
        let level = frames[top].level
        let node = frames[top].node
        var isKnown = isKnown
        for (pattern, inner) in schema.objects[rules].patterns where pattern.matches(member.name) {
            isKnown = true
            guard begin(member.value, Int(inner), level: level + 1) else { return false }
        }
        let names = Int(schema.objects[rules].names)
        if names >= 0, !holds(.string(member.name), names, level: level + 1) {
            guard report(node, "propertyNames", level + 1, "a member of another name") else { return false }
        }
        let additional = Int(schema.objects[rules].additional)
        guard !isKnown, additional >= 0 else { return true }
        if schema.nodes[additional].kinds.isEmpty {
            var expected = "no member \(Self.quoted(member.name)) here"
            let names = schema.objects[rules].properties.map { $0.name }
            if isCollecting, let near = Self.nearest(member.name, names) {
                expected += "; is \(Self.quoted(near)) meant?"
            }
            return report(node, "additionalProperties", level + 1, expected)
        }
        return begin(member.value, additional, level: level + 1)
    }

    @inline(__always)
    private mutating func step(_ level: Int, _ index: Int, _ name: String? = nil) {
        if level < steps.count { steps[level] = index } else { steps.append(index) }
        guard isCollecting else { return }
        while names.count <= level { names.append(nil) }
        names[level] = name
    }

    /// Validates a value itself, and adds it to the list if its members or elements must be validated.
    ///
    /// Returns false only for a violation while violations are not collected.
    private mutating func begin(_ value: JSONValue, _ number: Int, level: Int) -> Bool {
        let node = schema.nodes[number]
        let kind: ValueKinds
        switch value {
        case .null: kind = .null
        case .bool: kind = .boolean
        case .number(let digits): kind = Self.isWhole(digits) ? .integer : .fraction
        case .string: kind = .string
        case .array: kind = .array
        case .object: kind = .object
        }
        guard node.kinds.contains(kind) else {
            let expected = node.kinds.isEmpty ? "nothing here" : node.kinds.names
            return report(number, "type", level, expected, found: value.kind)
        }
        if node.combination >= 0 {
            guard combine(value, number, Int(node.combination), level: level) else { return false }
        }
        switch value {
        case .string(let text):
            return node.string < 0 || judge(text, number, Int(node.string), level: level)
        case .number(let digits):
            return node.number < 0 || judge(digits, number, Int(node.number), level: level)
        case .array(let items):
            return node.array < 0 || judge(items, number, Int(node.array), level: level)
        case .object(let object):
            return node.object < 0 || judge(object, number, Int(node.object), level: level)
        case .null, .bool: return true
        }
    }

    private mutating func judge(_ text: String, _ number: Int, _ rules: Int, level: Int) -> Bool {
        let least = schema.strings[rules].least
        let most = schema.strings[rules].most
        // A character is a scalar (RFC 8259 §8.2) of one to four bytes.
        if least > 0 || text.utf8.count > most {
            let length = text.unicodeScalars.count
            if length < least {
                let expected = least == 1 ? "a string that is not empty" : "at least \(least) characters"
                guard report(number, "minLength", level, expected) else { return false }
            }
            if length > most {
                guard report(number, "maxLength", level, "at most \(most) characters", found: "\(length)") else {
                    return false
                }
            }
        }
        if let pattern = schema.strings[rules].pattern, !pattern.matches(text) {
            guard report(number, "pattern", level, "text that matches \(pattern.source)", found: Self.quoted(text))
            else {
                return false
            }
        }
        if let vocabulary = schema.strings[rules].vocabulary, !vocabulary.contains(text) {
            guard
                report(
                    number, "vocabulary", level, "a name on the list \(vocabulary.name)", found: Self.quoted(text),
                    text: text)
            else { return false }
        }
        if isCollecting, let format = schema.strings[rules].format, !format.accepts(text) {
            _ = report(number, "format", level, format.expected, found: Self.quoted(text), isRemark: true)
        }
        return true
    }

    private mutating func judge(_ digits: JSONNumber, _ number: Int, _ rules: Int, level: Int) -> Bool {
        let value = JSONSchemaNumber(digits)
        if let (bound, text, isExclusive) = schema.numbers[rules].minimum,
            value < bound || (isExclusive && value == bound)
        {
            let expected = isExclusive ? "a number more than \(text)" : "a number of at least \(text)"
            guard report(number, "minimum", level, expected, found: digits.digits) else { return false }
        }
        if let (bound, text, isExclusive) = schema.numbers[rules].maximum,
            bound < value || (isExclusive && value == bound)
        {
            let expected = isExclusive ? "a number less than \(text)" : "a number of at most \(text)"
            guard report(number, "maximum", level, expected, found: digits.digits) else { return false }
        }
        if let (divisor, text) = schema.numbers[rules].divisor, !value.isMultiple(of: divisor) {
            return report(number, "multipleOf", level, "a multiple of \(text)", found: digits.digits)
        }
        return true
    }

    private mutating func judge(_ items: [JSONValue], _ number: Int, _ rules: Int, level: Int) -> Bool {
        let least = schema.arrays[rules].least
        if items.count < least {
            let expected = least == 1 ? "an array that is not empty" : "at least \(least) elements"
            guard report(number, "minItems", level, expected, found: "\(items.count)") else { return false }
        }
        let most = schema.arrays[rules].most
        if items.count > most {
            let expected = most == 1 ? "one element only" : "at most \(most) elements"
            guard report(number, "maxItems", level, expected, found: "\(items.count)") else { return false }
        }
        if schema.arrays[rules].areUnique, items.count > 1 {
            guard judgeUniqueness(items, number, level: level) else { return false }
        }
        if schema.arrays[rules].rest >= 0 || !schema.arrays[rules].first.isEmpty, !items.isEmpty {
            frames.append(Frame(items: items, rules: Int32(rules), node: number, isObject: false, level: level))
        }
        return true
    }

    private mutating func judgeUniqueness(_ items: [JSONValue], _ number: Int, level: Int) -> Bool {
        var seen: Set<Int> = []
        seen.reserveCapacity(items.count)
        guard !items.allSatisfy({ seen.insert($0.shallowHash).inserted }) else { return true }
        // Some elements may be equal. Repeated names must be removed before hashing.
        let tree: JSONSchemaHashes
        if let hashes {
            tree = hashes
        } else {
            let mayRepeatNames = mayRepeatNames
            tree = JSONSchemaHashes(root) { Self.members(of: $0, mayRepeatNames: mayRepeatNames) }
            hashes = tree
        }
        var first: [Int: Int] = [:]
        for (index, hash) in tree.ofElements(at: steps[..<level], count: items.count).enumerated() {
            guard let earlier = first[hash] else {
                first[hash] = index
                continue
            }
            step(level, index)
            guard report(number, "uniqueItems", level + 1, "no element that is the same as element \(earlier)") else {
                return false
            }
        }
        return true
    }

    private mutating func judge(_ object: JSONObject, _ number: Int, _ rules: Int, level: Int) -> Bool {
        let members = Self.members(of: object, mayRepeatNames: mayRepeatNames)
        if !schema.objects[rules].required.isEmpty {
            var missing = ~UInt64(0) >> UInt64(64 - schema.objects[rules].required.count)
            for member in members {
                let property = schema.objects[rules].property(member.name)
                guard property >= 0 else { continue }
                let bit = schema.objects[rules].properties[property].requiredBit
                if bit >= 0 { missing &= ~(1 << UInt64(bit)) }
            }
            if missing != 0 {
                for (bit, name) in schema.objects[rules].required.enumerated() where missing & (1 << UInt64(bit)) != 0 {
                    guard
                        report(
                            number, "required", level, "a member \(Self.quoted(name))", missing: name)
                    else { return false }
                }
            }
        }
        let least = schema.objects[rules].least
        if members.count < least {
            guard report(number, "minProperties", level, "at least \(least) members", found: "\(members.count)") else {
                return false
            }
        }
        let most = schema.objects[rules].most
        if members.count > most {
            guard report(number, "maxProperties", level, "at most \(most) members", found: "\(members.count)") else {
                return false
            }
        }
        if !schema.objects[rules].dependencies.isEmpty {
            guard judgeDependencies(members, object, number, rules, level: level) else { return false }
        }
        if !schema.objects[rules].asksNothingOfMembers, !members.isEmpty {
            frames.append(Frame(members: members, rules: Int32(rules), node: number, isObject: true, level: level))
        }
        return true
    }

    private mutating func judgeDependencies(
        _ members: [JSONObject.Member], _ object: JSONObject, _ number: Int, _ rules: Int, level: Int
    ) -> Bool {
        func has(_ name: String) -> Bool { members.contains { $0.name.isIdentical(to: name) } }
        for (name, required, node) in schema.objects[rules].dependencies where has(name) {
            for other in required where !has(other) {
                let expected = "a member \(Self.quoted(other)), as there is \(Self.quoted(name))"
                guard report(number, "dependencies", level, expected) else { return false }
            }
            if node >= 0 {
                guard begin(.object(object), Int(node), level: level) else { return false }
            }
        }
        return true
    }

    private mutating func combine(_ value: JSONValue, _ number: Int, _ rules: Int, level: Int) -> Bool {
        if let values = schema.combinations[rules].values {
            guard judge(value, isOneOf: values, number, rules, level: level) else { return false }
        }
        for node in schema.combinations[rules].all {
            // A nested walk ends at the depth limit if a schema refers to itself.
            guard walk(value, Int(node), level: level) else { return false }
        }
        if !schema.combinations[rules].any.isEmpty {
            guard judge(value, byAnyOf: schema.combinations[rules].any, number, "anyOf", level: level) else {
                return false
            }
        }
        if !schema.combinations[rules].one.isEmpty {
            guard judge(value, byAnyOf: schema.combinations[rules].one, number, "oneOf", level: level) else {
                return false
            }
        }
        let not = Int(schema.combinations[rules].not)
        if not >= 0, holds(value, not, level: level) {
            let unwanted = describe(not)
            guard report(number, "not", level, "anything but \(unwanted)") else { return false }
        }
        let condition = Int(schema.combinations[rules].condition)
        if condition >= 0 {
            let isMet = holds(value, condition, level: level)
            let next = Int(isMet ? schema.combinations[rules].consequence : schema.combinations[rules].otherwise)
            if next >= 0 {
                guard walk(value, next, level: level) else { return false }
            }
        }
        return true
    }

    private mutating func judge(
        _ value: JSONValue, isOneOf values: [JSONValue], _ number: Int, _ rules: Int, level: Int
    ) -> Bool {
        if let texts = schema.combinations[rules].texts {
            if case .string(let text) = value, texts.contains(where: { $0.isIdentical(to: text) }) { return true }
        } else if values.contains(where: { $0.isSame(as: value) }) {
            return true
        }
        guard isCollecting else { return false }
        let texts = values.prefix(8).map { String(decoding: JSONWriter.bytes(of: $0, .compact), as: UTF8.self) }
        var expected = texts.count > 1 ? "one of " + texts.joined(separator: ", ") : texts.first ?? "nothing"
        if values.count > texts.count { expected += " or \(values.count - texts.count) others" }
        var written: String?
        var nearest: String?
        if case .string(let text) = value {
            written = Self.quoted(text)
            nearest = Self.nearest(text, schema.combinations[rules].texts ?? [])
            if let nearest, values.count > 1 { expected += "; is \(Self.quoted(nearest)) meant?" }
        }
        let keyword = schema.combinations[rules].isConstant ? "const" : "enum"
        return report(number, keyword, level, expected, found: written ?? value.kind, nearest: nearest)
    }

    private mutating func judge(
        _ value: JSONValue, byAnyOf alternatives: [Int32], _ number: Int, _ keyword: String, level: Int
    ) -> Bool {
        var fitting: [Int] = []
        for (index, node) in alternatives.enumerated() where holds(value, Int(node), level: level) {
            fitting.append(index + 1)
            if keyword == "anyOf" || fitting.count > 1 { break }
        }
        if fitting.count == 1 {
            // The walk above found errors only, and a format is not an error.
            if isCollecting { _ = walk(value, Int(alternatives[fitting[0] - 1]), level: level) }
            return true
        }
        guard isCollecting else { return false }
        if fitting.count > 1 {
            let expected =
                "exactly one of \(alternatives.count) alternatives, and both \(fitting[0]) and \(fitting[1]) fit"
            return report(number, keyword, level, expected)
        }
        return explain(value, alternatives, number, keyword, level: level)
    }

    /// Reports the violations of the alternative that is closest to the value.
    private mutating func explain(
        _ value: JSONValue, _ alternatives: [Int32], _ number: Int, _ keyword: String, level: Int
    ) -> Bool {
        // If no alternative allows a value of this kind, or each only requires members, all are named together.
        var kinds: ValueKinds = []
        for node in alternatives { kinds.formUnion(schema.nodes[Int(node)].kinds) }
        let kind = Self.kind(of: value)
        if !kinds.contains(kind) { return report(number, keyword, level, kinds.names, found: value.kind) }
        let described = alternatives.map { describe(Int($0)) }
        if described.allSatisfy({ $0.hasPrefix("a member ") }) {
            return report(number, keyword, level, described.joined(separator: " or "))
        }
        // The number is limited, because nested alternatives are tried again on every level.
        guard explanations < 4 else {
            return report(number, keyword, level, "one of \(alternatives.count) alternatives; none fits")
        }
        explanations += 1
        defer { explanations -= 1 }
        let before = found
        // Alternatives differ in the members of an object; in an array, of the objects in it.
        var shape = level
        if case .array = value { shape += 1 }
        var best: (violations: [SchemaViolation], rank: (Int, Int, Int), number: Int)?
        for (index, node) in alternatives.enumerated() where schema.nodes[Int(node)].kinds.contains(kind) {
            found = []
            _ = walk(value, Int(node), level: level)
            let violations = found.filter { !$0.isRemark }
            let depths = violations.map { $0.pointer.tokens.count }
            let misfits = zip(violations, depths).count { violation, depth in
                switch violation.keyword {
                case "required": depth <= shape
                case "additionalProperties": depth <= shape + 1
                default: false
                }
            }
            // Next the alternative whose first violation is deepest is preferred, then the one with the fewest
            // violations.
            let rank = (misfits, -(depths.min() ?? 0), violations.count)
            if let old = best, old.rank <= rank { continue }
            best = (violations, rank, index + 1)
        }
        found = before
        guard let best else { return report(number, keyword, level, "one of \(alternatives.count) alternatives") }
        let alternative = SchemaViolation.Alternative(number: best.number, count: alternatives.count)
        for violation in best.violations where found.count < limit {
            found.append(
                SchemaViolation(
                    pointer: violation.pointer, keyword: violation.keyword, rule: violation.rule,
                    expected: violation.expected, found: violation.found, missingMember: violation.missingMember,
                    text: violation.text, nearest: violation.nearest,
                    alternative: violation.alternative ?? alternative, isRemark: violation.isRemark))
        }
        return true
    }

    /// Whether a value is valid by a schema; reports nothing.
    private mutating func holds(_ value: JSONValue, _ node: Int, level: Int) -> Bool {
        let wasCollecting = isCollecting
        isCollecting = false
        defer { isCollecting = wasCollecting }
        return walk(value, node, level: level)
    }

    /// A text that describes a small schema.
    private func describe(_ number: Int) -> String {
        let node = schema.nodes[number]
        if node.object >= 0, node.kinds == .all {
            let rules = schema.objects[Int(node.object)]
            if !rules.required.isEmpty, rules.patterns.isEmpty, rules.additional < 0 {
                return "a member " + rules.required.map { Self.quoted($0) }.joined(separator: " with ")
            }
        }
        return node.kinds == .all ? "what another rule describes" : node.kinds.names
    }

    /// Adds a violation while violations are collected; otherwise returns false to end the walk.
    private mutating func report(
        _ node: Int, _ keyword: String, _ level: Int, _ expected: @autoclosure () -> String,
        found value: @autoclosure () -> String? = nil, missing: String? = nil, text: String? = nil,
        nearest: String? = nil, isRemark: Bool = false
    ) -> Bool {
        guard isCollecting else { return false }
        guard found.count < limit else { return true }
        found.append(
            SchemaViolation(
                pointer: pointer(level: level), keyword: keyword, rule: schema.places[node].appending(keyword),
                expected: expected(), found: value(), missingMember: missing, text: text, nearest: nearest,
                alternative: nil, isRemark: isRemark))
        return true
    }

    private func pointer(level: Int) -> JSONPointer {
        var pointer = JSONPointer.root
        for level in 0..<min(level, names.count) {
            if let name = names[level] {
                pointer = pointer.appending(name)
            } else {
                pointer = pointer.appending(steps[level])
            }
        }
        return pointer
    }

    /// The members that count: if several have the same name, the last one.
    private static func members(of object: JSONObject, mayRepeatNames: Bool) -> [JSONObject.Member] {
        guard mayRepeatNames, !object.duplicates.isEmpty else { return object.members }
        var seen: Set<ExactString> = []
        return object.members.reversed().filter { seen.insert(ExactString($0.name)).inserted }.reversed()
    }

    private static func kind(of value: JSONValue) -> ValueKinds {
        switch value {
        case .null: .null
        case .bool: .boolean
        case .number(let digits): isWhole(digits) ? .integer : .fraction
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    private static func isWhole(_ number: JSONNumber) -> Bool {
        if number.digits.utf8.allSatisfy({ $0 <= 0x39 && $0 != UInt8(ascii: ".") }) { return true }
        return JSONSchemaNumber(number).isWhole
    }

    /// The name that differs only in case and punctuation.
    private static func nearest(_ text: String, _ names: [String]) -> String? {
        func letters(_ text: String) -> [UInt8] {
            text.utf8.compactMap { byte in
                switch byte {
                case 0x41...0x5A: byte | 0x20
                case 0x30...0x39, 0x61...0x7A: byte
                default: nil
                }
            }
        }
        guard text.utf8.count <= 100 else { return nil }
        let wanted = letters(text)
        return wanted.isEmpty ? nil : names.first { letters($0) == wanted }
    }

    /// A text as a JSON string, shortened if it is long.
    private static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let short = scalars.count > 80 ? String(String.UnicodeScalarView(scalars.prefix(77))) + "…" : text
        return String(decoding: JSONWriter.bytes(of: .string(short), .compact), as: UTF8.self)
    }
}
