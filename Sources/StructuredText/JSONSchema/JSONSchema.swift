/// A JSON Schema made ready to judge values by, over and over.
///
/// It has the keywords of draft-07 that the schemas of SPDX and CycloneDX need, with `dependentRequired` and
/// `dependentSchemas` of 2019-09 and a `vocabulary` of our own for lists too long to stand in a schema. A schema is
/// refused if it has any other keyword, so that none is passed over in silence. `format` does not decide: what breaks it
/// comes as a remark of its own (``SchemaViolation/isRemark``).
///
/// Schemas are part of the program and trusted to end; values are not trusted with anything. Arrays and objects are walked
/// without recursion, and the alternatives within alternatives of a schema are followed to a fixed depth, so that no
/// document uses up a thread's stack.
package struct JSONSchema: Sendable {
    /// Says whether a string is on the list of that name.
    package typealias Vocabulary = @Sendable (String) -> Bool

    let nodes: [SchemaNode]
    let objects: [ObjectRules]
    let arrays: [ArrayRules]
    let strings: [StringRules]
    let numbers: [NumberRules]
    let combinations: [CombinationRules]
    let places: [JSONPointer]
    let root: Int

    /// Makes a schema ready; throws if it has what is not understood.
    ///
    /// `others` are the schemas that `$ref` may name besides parts of this one, by the name they are referred to;
    /// `vocabularies` are the lists that `vocabulary` may name.
    package init(
        compiling schema: JSONValue, others: [String: JSONValue] = [:], vocabularies: [String: Vocabulary] = [:]
    ) throws(SchemaError) {
        var compiler = SchemaCompiler(schema, others: others, vocabularies: vocabularies)
        root = try compiler.compile()
        nodes = compiler.nodes
        objects = compiler.objects
        arrays = compiler.arrays
        strings = compiler.strings
        numbers = compiler.numbers
        combinations = compiler.combinations
        places = compiler.places
    }

    /// Whether a value is what the schema asks for; formats do not count.
    ///
    /// Of members with the same name the last counts, as for ``JSONObject``.
    package func accepts(_ value: JSONValue) -> Bool {
        var validator = SchemaValidator(self, root: value, mayRepeatNames: true, limit: 0)
        return validator.accepts()
    }

    /// What is wrong with a value, in no particular order.
    ///
    /// There is nothing more to be looked at once `limit` violations are found. `mayRepeatNames` says whether objects may
    /// have several members of a name, of which the last counts; a document whose parser noted none is checked faster.
    package func violations(in value: JSONValue, mayRepeatNames: Bool, limit: Int) -> [SchemaViolation] {
        var validator = SchemaValidator(self, root: value, mayRepeatNames: mayRepeatNames, limit: limit)
        return validator.violations()
    }
}

/// One way in which a value is not what a schema asks for.
package struct SchemaViolation: Sendable, Hashable {
    /// Where the value stands; of a member that is missing, where the object does.
    package let pointer: JSONPointer
    /// The keyword that asks for more: `required`.
    package let keyword: String
    /// Where the keyword stands in the schema.
    package let rule: JSONPointer
    /// What should be there, to follow the word "expected": `a member "name"`.
    package let expected: String
    /// What is there instead, if that says more: `an array`.
    package let found: String?
    /// The name of the member that is missing; nil unless the keyword is `required`.
    package let missingMember: String?
    /// The string itself that breaks the keyword `vocabulary`; nil for other keywords.
    package let text: String?
    /// Which of how many alternatives was taken for the one that was meant, if there was a choice.
    package let alternative: Alternative?
    /// Whether it is a remark on a `format`, which is an annotation and decides nothing (draft-07 validation §7.1).
    package let isRemark: Bool

    /// One of several schemas that a value may follow.
    package struct Alternative: Sendable, Hashable {
        /// From 1.
        package let number: Int
        package let count: Int
    }
}

/// Why a schema cannot be used.
package struct SchemaError: Error, Hashable, CustomStringConvertible {
    /// Where in the schema.
    package let pointer: JSONPointer
    /// What is wrong with it there.
    package let reason: String

    package var description: String { "schema, at \"\(pointer)\": \(reason)" }
}

/// The kinds of values that `type` tells apart, `number` without the whole ones.
struct ValueKinds: OptionSet {
    let rawValue: UInt8

    static let null = ValueKinds(rawValue: 1)
    static let boolean = ValueKinds(rawValue: 2)
    static let integer = ValueKinds(rawValue: 4)
    static let fraction = ValueKinds(rawValue: 8)
    static let string = ValueKinds(rawValue: 16)
    static let array = ValueKinds(rawValue: 32)
    static let object = ValueKinds(rawValue: 64)
    static let all = ValueKinds(rawValue: 127)

    /// For messages: "a string or null".
    var names: String {
        var names: [String] = []
        if contains(.object) { names.append("an object") }
        if contains(.array) { names.append("an array") }
        if contains(.string) { names.append("a string") }
        if contains([.integer, .fraction]) {
            names.append("a number")
        } else if contains(.integer) {
            names.append("an integer")
        }
        if contains(.boolean) { names.append("true or false") }
        if contains(.null) { names.append("null") }
        return names.joined(separator: " or ")
    }
}

/// A schema: the kinds of values it admits, and where the rules for each kind are, or -1.
///
/// It holds numbers only, so that going through them for each value of a document moves no reference counts.
struct SchemaNode: Sendable {
    var kinds = ValueKinds.all
    var object: Int32 = -1
    var array: Int32 = -1
    var string: Int32 = -1
    var number: Int32 = -1
    var combination: Int32 = -1
}

/// What is asked of objects.
struct ObjectRules: Sendable {
    struct Property: Sendable {
        let name: String
        /// The schema of the value, or -1.
        var node: Int32 = -1
        /// The bit that stands for it among the required ones, or -1.
        var requiredBit: Int32 = -1
    }

    var properties: [Property] = []
    // Numbers of properties, spread by length and ends of their names; -1 is free. Its count is a power of two.
    private var slots: [Int32] = []
    /// The names that are required, in the order of their bits.
    var required: [String] = []
    var patterns: [(pattern: JSONSchemaPattern, node: Int32)] = []
    /// The schema of members that are neither named nor match, or -1.
    var additional: Int32 = -1
    var names: Int32 = -1
    var least = 0
    var most = Int.max
    var dependencies: [(name: String, required: [String], node: Int32)] = []

    /// Whether no member need be looked at.
    var asksNothingOfMembers: Bool {
        properties.isEmpty && patterns.isEmpty && additional < 0 && names < 0
    }

    mutating func spread() {
        guard !properties.isEmpty else { return }
        var size = 4
        while size < 2 * properties.count { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        for (number, property) in properties.enumerated() {
            var slot = Self.slot(property.name, size)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(number)
        }
    }

    /// The number of the property of that name, or -1.
    @inline(__always)
    func property(_ name: String) -> Int {
        guard !slots.isEmpty else { return -1 }
        var slot = Self.slot(name, slots.count)
        while true {
            let number = Int(slots[slot])
            if number < 0 { return -1 }
            // Of names that are the same to Unicode but not scalar by scalar one is longer in UTF-8, or none is ASCII.
            let known = properties[number].name
            if known.utf8.count == name.utf8.count, known == name { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    @inline(__always)
    private static func slot(_ name: String, _ size: Int) -> Int {
        let bytes = name.utf8Span.span
        guard bytes.count > 0 else { return 0 }
        let (first, middle, last) = (bytes[0], bytes[bytes.count / 2], bytes[bytes.count - 1])
        return (bytes.count &* 31 ^ Int(first) &* 7 ^ Int(middle) &* 13 ^ Int(last)) & (size - 1)
    }
}

/// What is asked of arrays.
struct ArrayRules: Sendable {
    /// The schemas of the first elements.
    var first: [Int32] = []
    /// The schema of all others, or -1.
    var rest: Int32 = -1
    var least = 0
    var most = Int.max
    var areUnique = false
}

/// What is asked of strings.
struct StringRules: Sendable {
    var least = 0
    var most = Int.max
    var pattern: JSONSchemaPattern?
    var format: JSONSchemaFormat?
    var vocabulary: (name: String, contains: JSONSchema.Vocabulary)?
}

/// What is asked of numbers.
struct NumberRules: Sendable {
    var minimum: (number: JSONSchemaNumber, text: String, isExclusive: Bool)?
    var maximum: (number: JSONSchemaNumber, text: String, isExclusive: Bool)?
    var divisor: (number: JSONSchemaNumber, text: String)?
}

/// What is asked of values of any kind, by other schemas or by examples.
struct CombinationRules: Sendable {
    /// The values admitted by `enum` or `const`, if there is one.
    var values: [JSONValue]?
    /// The same, if they all are strings.
    var texts: [String]?
    var isConstant = false
    var all: [Int32] = []
    var any: [Int32] = []
    var one: [Int32] = []
    var not: Int32 = -1
    var condition: Int32 = -1
    var consequence: Int32 = -1
    var otherwise: Int32 = -1
}
