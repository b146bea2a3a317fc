/// Compiles a schema to tables with every `$ref` resolved.
struct SchemaCompiler {
    private(set) var nodes: [SchemaNode] = []
    private(set) var objects: [ObjectRules] = []
    private(set) var arrays: [ArrayRules] = []
    private(set) var strings: [StringRules] = []
    private(set) var numbers: [NumberRules] = []
    private(set) var combinations: [CombinationRules] = []
    private(set) var places: [JSONPointer] = []

    private let root: JSONValue
    private let others: [String: JSONValue]
    private let vocabularies: [String: JSONSchema.Vocabulary]
    // The nodes of the targets of `$ref`, by document and pointer.
    private var known: [String: Int] = [:]
    // Nodes that are still to be compiled. Compiling references at once could recurse without end.
    private var pending: [(number: Int, schema: JSONObject, pointer: JSONPointer, document: String)] = []
    private var depth = 0

    /// The maximum nesting depth of schemas, and the maximum number of references in a chain.
    private static let depthLimit = 50

    init(_ root: JSONValue, others: [String: JSONValue], vocabularies: [String: JSONSchema.Vocabulary]) {
        self.root = root
        self.others = others
        self.vocabularies = vocabularies
    }

    mutating func compile() throws(SchemaError) -> Int {
        let first = try node(root, at: .root, in: "")
        while let next = pending.popLast() {
            try fill(next.number, with: next.schema, at: next.pointer, in: next.document)
        }
        return first
    }

    private func failure(_ pointer: JSONPointer, _ reason: String) -> SchemaError {
        SchemaError(pointer: pointer, reason: reason)
    }

    private mutating func node(_ schema: JSONValue, at pointer: JSONPointer, in document: String) throws(SchemaError)
        -> Int
    {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw failure(pointer, "is nested too deep") }
        switch schema {
        case .bool(let isOpen):
            return add(SchemaNode(kinds: isOpen ? .all : []), at: pointer)
        case .object(let object):
            if let reference = object["$ref"] {
                // Draft-07 core §8.3: keywords next to a reference are ignored.
                guard case .string(let text) = reference else {
                    throw failure(pointer, "has a $ref that is not a string")
                }
                return try target(of: text, from: pointer, in: document)
            }
            let number = add(SchemaNode(), at: pointer)
            try fill(number, with: object, at: pointer, in: document)
            return number
        case .null, .number, .string, .array: throw failure(pointer, "is not a schema")
        }
    }

    private mutating func add(_ node: SchemaNode, at pointer: JSONPointer) -> Int {
        nodes.append(node)
        places.append(pointer)
        return nodes.count - 1
    }

    private mutating func target(
        of reference: String, from pointer: JSONPointer, in document: String
    ) throws(SchemaError) -> Int {
        var (reference, document) = (reference, document)
        for _ in 0..<Self.depthLimit {
            let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            if let named = parts.first, !named.isEmpty { document = String(named) }
            guard let whole = document.isEmpty ? root : others[document],
                let target = JSONPointer(parsing: parts.count > 1 ? String(parts[1]) : ""),
                let schema = whole[target]
            else { throw failure(pointer, "refers to \(reference), which is not there") }
            guard case .object(let object) = schema else { return try node(schema, at: target, in: document) }
            if case .string(let further) = object["$ref"] {
                reference = further
                continue
            }
            let key = document + "#" + target.description
            if let known = known[key] { return known }
            let number = add(SchemaNode(), at: target)
            known[key] = number
            pending.append((number, object, target, document))
            return number
        }
        throw failure(pointer, "refers to itself")
    }

    /// Keywords without rules: they are for people, or for `$ref`.
    private static let silent: Set<String> = [
        "$schema", "$id", "$comment", "title", "description", "examples", "default", "definitions", "$defs",
        "deprecated",
        "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "meta:enum",
    ]

    private mutating func fill(
        _ number: Int, with schema: JSONObject, at pointer: JSONPointer, in document: String
    ) throws(SchemaError) {
        var rules = Rules()
        for member in schema.members where !Self.silent.contains(member.name) {
            let place = pointer.appending(member.name)
            switch member.name {
            case "type": nodes[number].kinds = try kinds(member.value, at: place)
            case "enum", "const", "allOf", "anyOf", "oneOf", "not", "if", "then", "else":
                try combine(member, into: &rules, at: place, in: document)
            case "properties", "patternProperties", "additionalProperties", "required", "minProperties",
                "maxProperties", "propertyNames", "dependencies", "dependentRequired", "dependentSchemas":
                try ask(ofObjects: member, into: &rules, at: place, in: document)
            case "items", "additionalItems", "minItems", "maxItems", "uniqueItems":
                try ask(ofArrays: member, into: &rules, at: place, in: document)
            case "minLength", "maxLength", "pattern", "format", "vocabulary":
                try ask(ofStrings: member, into: &rules, at: place)
            case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
                try ask(ofNumbers: member, into: &rules, at: place)
            default: throw failure(place, "is a keyword that is not understood")
            }
        }
        if var object = rules.object {
            object.spread()
            objects.append(object)
            nodes[number].object = Int32(objects.count - 1)
        }
        if var array = rules.array {
            // Draft-07 validation §6.4.2: `additionalItems` is ignored next to a single schema for all elements.
            if array.first.isEmpty { array.rest = rules.items } else { array.rest = rules.additionalItems }
            arrays.append(array)
            nodes[number].array = Int32(arrays.count - 1)
        }
        if let string = rules.string {
            strings.append(string)
            nodes[number].string = Int32(strings.count - 1)
        }
        if let rules = rules.number {
            numbers.append(rules)
            nodes[number].number = Int32(numbers.count - 1)
        }
        if let combination = rules.combination {
            combinations.append(combination)
            nodes[number].combination = Int32(combinations.count - 1)
        }
    }

    private struct Rules {
        var object: ObjectRules?
        var array: ArrayRules?
        var string: StringRules?
        var number: NumberRules?
        var combination: CombinationRules?
        var items: Int32 = -1
        var additionalItems: Int32 = -1
    }

    private mutating func combine(
        _ member: JSONObject.Member, into rules: inout Rules, at place: JSONPointer, in document: String
    ) throws(SchemaError) {
        var combination = rules.combination ?? CombinationRules()
        switch member.name {
        case "enum", "const":
            var values = [member.value]
            if member.name == "enum" {
                guard case .array(let listed) = member.value else { throw failure(place, "is not an array") }
                values = listed
            }
            guard combination.values == nil else { throw failure(place, "is a second list of values") }
            combination.isConstant = member.name == "const"
            combination.values = values
            let texts = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
            combination.texts = texts.count == values.count ? texts : nil
        case "allOf": combination.all = try nodes(member.value, at: place, in: document)
        case "anyOf": combination.any = try nodes(member.value, at: place, in: document)
        case "oneOf": combination.one = try nodes(member.value, at: place, in: document)
        case "not": combination.not = Int32(try node(member.value, at: place, in: document))
        case "if": combination.condition = Int32(try node(member.value, at: place, in: document))
        case "then": combination.consequence = Int32(try node(member.value, at: place, in: document))
        default: combination.otherwise = Int32(try node(member.value, at: place, in: document))
        }
        rules.combination = combination
    }

    private mutating func ask(
        ofObjects member: JSONObject.Member, into rules: inout Rules, at place: JSONPointer, in document: String
    ) throws(SchemaError) {
        var object = rules.object ?? ObjectRules()
        switch member.name {
        case "properties":
            for (name, schema) in try members(member.value, at: place) {
                let node = Int32(try node(schema, at: place.appending(name), in: document))
                if let known = object.properties.firstIndex(where: { $0.name.isIdentical(to: name) }) {
                    object.properties[known].node = node
                } else {
                    object.properties.append(ObjectRules.Property(name: name, node: node))
                }
            }
        case "required":
            object.required = try texts(member.value, at: place)
            guard object.required.count <= 64 else { throw failure(place, "has more than 64 names") }
            for (bit, name) in object.required.enumerated() {
                if let known = object.properties.firstIndex(where: { $0.name.isIdentical(to: name) }) {
                    object.properties[known].requiredBit = Int32(bit)
                } else {
                    object.properties.append(ObjectRules.Property(name: name, node: -1, requiredBit: Int32(bit)))
                }
            }
        case "patternProperties":
            for (name, schema) in try members(member.value, at: place) {
                let pattern = try pattern(name, at: place)
                object.patterns.append((pattern, Int32(try node(schema, at: place.appending(name), in: document))))
            }
        case "additionalProperties": object.additional = Int32(try node(member.value, at: place, in: document))
        case "propertyNames": object.names = Int32(try node(member.value, at: place, in: document))
        case "minProperties": object.least = try count(member.value, at: place)
        case "maxProperties": object.most = try count(member.value, at: place)
        default:
            for (name, value) in try members(member.value, at: place) {
                if case .array = value, member.name != "dependentSchemas" {
                    object.dependencies.append((name, try texts(value, at: place), -1))
                } else {
                    let node = Int32(try node(value, at: place.appending(name), in: document))
                    object.dependencies.append((name, [], node))
                }
            }
        }
        rules.object = object
    }

    private mutating func ask(
        ofArrays member: JSONObject.Member, into rules: inout Rules, at place: JSONPointer, in document: String
    ) throws(SchemaError) {
        var array = rules.array ?? ArrayRules()
        switch member.name {
        case "items":
            if case .array = member.value {
                array.first = try nodes(member.value, at: place, in: document)
            } else {
                rules.items = Int32(try node(member.value, at: place, in: document))
            }
        case "additionalItems": rules.additionalItems = Int32(try node(member.value, at: place, in: document))
        case "minItems": array.least = try count(member.value, at: place)
        case "maxItems": array.most = try count(member.value, at: place)
        default:
            guard case .bool(let areUnique) = member.value else { throw failure(place, "is not a boolean") }
            array.areUnique = areUnique
        }
        rules.array = array
    }

    private mutating func ask(
        ofStrings member: JSONObject.Member, into rules: inout Rules, at place: JSONPointer
    ) throws(SchemaError) {
        var string = rules.string ?? StringRules()
        switch member.name {
        case "minLength": string.least = try count(member.value, at: place)
        case "maxLength": string.most = try count(member.value, at: place)
        default:
            guard case .string(let text) = member.value else { throw failure(place, "is not a string") }
            switch member.name {
            case "pattern": string.pattern = try pattern(text, at: place)
            case "format":
                guard let format = JSONSchemaFormat(rawValue: text) else { throw failure(place, "is not understood") }
                string.format = format
            default:
                guard let vocabulary = vocabularies[text] else { throw failure(place, "names no vocabulary") }
                string.vocabulary = (text, vocabulary)
            }
        }
        rules.string = string
    }

    private mutating func ask(
        ofNumbers member: JSONObject.Member, into rules: inout Rules, at place: JSONPointer
    ) throws(SchemaError) {
        var number = rules.number ?? NumberRules()
        guard case .number(let value) = member.value else { throw failure(place, "is not a number") }
        let exact = JSONSchemaNumber(value)
        switch member.name {
        case "minimum", "exclusiveMinimum":
            guard number.minimum == nil else { throw failure(place, "is a second minimum") }
            number.minimum = (exact, value.digits, member.name != "minimum")
        case "maximum", "exclusiveMaximum":
            guard number.maximum == nil else { throw failure(place, "is a second maximum") }
            number.maximum = (exact, value.digits, member.name != "maximum")
        default:
            guard exact.isPositive, exact.digitCount <= 18 else {
                throw failure(place, "is not a positive number of at most 18 digits")
            }
            number.divisor = (exact, value.digits)
        }
        rules.number = number
    }

    private func pattern(_ text: String, at place: JSONPointer) throws(SchemaError) -> JSONSchemaPattern {
        do throws(PatternError) {
            return try JSONSchemaPattern(text)
        } catch {
            throw failure(place, "the pattern \(text) \(error)")
        }
    }

    private func kinds(_ value: JSONValue, at place: JSONPointer) throws(SchemaError) -> ValueKinds {
        var names: [String] = []
        if case .string(let name) = value { names = [name] } else { names = try texts(value, at: place) }
        var kinds: ValueKinds = []
        for name in names {
            switch name {
            case "null": kinds.insert(.null)
            case "boolean": kinds.insert(.boolean)
            case "integer": kinds.insert(.integer)
            case "number": kinds.formUnion([.integer, .fraction])
            case "string": kinds.insert(.string)
            case "array": kinds.insert(.array)
            case "object": kinds.insert(.object)
            default: throw failure(place, "has the unknown type \(name)")
            }
        }
        return kinds
    }

    private mutating func nodes(
        _ value: JSONValue, at place: JSONPointer, in document: String
    ) throws(SchemaError) -> [Int32] {
        guard case .array(let schemas) = value, !schemas.isEmpty else {
            throw failure(place, "is not an array of schemas")
        }
        var nodes: [Int32] = []
        for (index, schema) in schemas.enumerated() {
            nodes.append(Int32(try node(schema, at: place.appending(index), in: document)))
        }
        return nodes
    }

    private func members(_ value: JSONValue, at place: JSONPointer) throws(SchemaError) -> [(String, JSONValue)] {
        guard case .object(let object) = value else { throw failure(place, "is not an object") }
        return object.members.map { ($0.name, $0.value) }
    }

    private func texts(_ value: JSONValue, at place: JSONPointer) throws(SchemaError) -> [String] {
        guard case .array(let items) = value else { throw failure(place, "is not an array of strings") }
        var texts: [String] = []
        for item in items {
            guard case .string(let text) = item else { throw failure(place, "is not an array of strings") }
            texts.append(text)
        }
        return texts
    }

    private func count(_ value: JSONValue, at place: JSONPointer) throws(SchemaError) -> Int {
        guard case .number(let number) = value, let count = number.int, count >= 0 else {
            throw failure(place, "is not a count")
        }
        return count
    }
}
