/// A compiled JSON Schema.
///
/// It supports the keywords of draft-07 that the schemas of SPDX and CycloneDX need, `dependentRequired` and
/// `dependentSchemas` of 2019-09, and our own keyword `vocabulary` for lists that are too long for a schema. A schema
/// with any other keyword is refused, so that no keyword is ignored silently. A value that violates `format` is still
/// valid; the violation is a remark (``SchemaViolation/isRemark``).
///
/// Schemas are part of the program and trusted to be finite. Values are not trusted. Arrays and objects are walked
/// without recursion, and nested alternatives of a schema are followed to a fixed depth, so that no document exhausts
/// the stack of a thread.
package struct JSONSchema: Sendable {
    /// Whether a string is on a list.
    package typealias Vocabulary = @Sendable (String) -> Bool

    let nodes: [SchemaNode]
    let objects: [ObjectRules]
    let arrays: [ArrayRules]
    let strings: [StringRules]
    let numbers: [NumberRules]
    let combinations: [CombinationRules]
    let places: [JSONPointer]
    let root: Int

    /// Compiles a schema; throws if it uses anything that is not supported.
    ///
    /// `others` are further schemas that `$ref` may name, by their names;
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

    /// Whether a value is valid by the schema; formats do not count.
    ///
    /// If several members have the same name, the last one counts, as for ``JSONObject``.
    package func accepts(_ value: JSONValue) -> Bool {
        var validator = SchemaValidator(self, root: value, mayRepeatNames: true, limit: 0)
        return validator.accepts()
    }

    /// The violations in a value, in no particular order.
    ///
    /// The walk ends after `limit` violations. `mayRepeatNames` states whether objects may have several members of the
    /// same name, of which the last one counts. Without such members the walk is faster.
    package func violations(in value: JSONValue, mayRepeatNames: Bool, limit: Int) -> [SchemaViolation] {
        var validator = SchemaValidator(self, root: value, mayRepeatNames: mayRepeatNames, limit: limit)
        return validator.violations()
    }
}

/// A violation of a schema by a value.
package struct SchemaViolation: Sendable, Hashable {
    /// The place of the value; for a missing member that of the object.
    package let pointer: JSONPointer
    /// The keyword that is violated: `required`.
    package let keyword: String
    /// The place of the keyword in the schema.
    package let rule: JSONPointer
    /// The expected content, worded to follow "expected": `a member "name"`.
    package let expected: String
    /// The content that was found, if that adds information: `an array`.
    package let found: String?
    /// The name of the member that is missing; nil unless the keyword is `required`.
    package let missingMember: String?
    /// The string that violates the keyword `vocabulary`; nil for other keywords.
    package let text: String?
    /// The string that the schema allows and that differs in case or punctuation only; nil if there is none.
    package let nearest: String?
    /// The alternative that is closest to the value; nil if the schema has no alternatives.
    package let alternative: Alternative?
    /// Whether the violation is a remark about `format`, which is only an annotation (draft-07 validation §7.1).
    package let isRemark: Bool

    /// One of several alternative schemas.
    package struct Alternative: Sendable, Hashable {
        /// The number of the alternative, from 1.
        package let number: Int
        package let count: Int
    }
}

/// The reason why a schema cannot be used.
package struct SchemaError: Error, Hashable, CustomStringConvertible {
    /// The place in the schema.
    package let pointer: JSONPointer
    /// The reason, worded to follow the place.
    package let reason: String

    package var description: String { "schema, at \"\(pointer)\": \(reason)" }
}

/// The kinds of values that `type` distinguishes; `fraction` is `number` without the integers.
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

    /// The kinds as text for messages: "a string or null".
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

/// A schema: the kinds of values that it admits, and the index of the rules for each kind, or -1.
///
/// It holds numbers only, so that a walk over a document does not touch reference counts.
struct SchemaNode: Sendable {
    var kinds = ValueKinds.all
    var object: Int32 = -1
    var array: Int32 = -1
    var string: Int32 = -1
    var number: Int32 = -1
    var combination: Int32 = -1
}

/// The rules for objects.
struct ObjectRules: Sendable {
    struct Property: Sendable {
        let name: String
        /// The node of the value, or -1.
        var node: Int32 = -1
        /// The bit of the property among the required ones, or -1.
        var requiredBit: Int32 = -1
    }

    var properties: [Property] = []
    // Numbers of properties, spread by length and ends of their names; -1 is free. Its count is a power of two.
    private var slots: [Int32] = []
    /// The required names, in the order of their bits.
    var required: [String] = []
    var patterns: [(pattern: JSONSchemaPattern, node: Int32)] = []
    /// The node of members that match neither a name nor a pattern, or -1.
    var additional: Int32 = -1
    var names: Int32 = -1
    var least = 0
    var most = Int.max
    var dependencies: [(name: String, required: [String], node: Int32)] = []

    /// Whether members need not be visited.
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

    /// The number of the property of a name, or -1.
    @inline(__always)
    func property(_ name: String) -> Int {
        guard !slots.isEmpty else { return -1 }
        var slot = Self.slot(name, slots.count)
        while true {
            let number = Int(slots[slot])
            if number < 0 { return -1 }
            // Two names can be canonically equivalent without having the same scalars. Then they differ in UTF-8
            // length, or neither is ASCII.
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

/// The rules for arrays.
struct ArrayRules: Sendable {
    /// The nodes of the first elements.
    var first: [Int32] = []
    /// The node of all other elements, or -1.
    var rest: Int32 = -1
    var least = 0
    var most = Int.max
    var areUnique = false
}

/// The rules for strings.
struct StringRules: Sendable {
    var least = 0
    var most = Int.max
    var pattern: JSONSchemaPattern?
    var format: JSONSchemaFormat?
    var vocabulary: (name: String, contains: JSONSchema.Vocabulary)?
}

/// The rules for numbers.
struct NumberRules: Sendable {
    var minimum: (number: JSONSchemaNumber, text: String, isExclusive: Bool)?
    var maximum: (number: JSONSchemaNumber, text: String, isExclusive: Bool)?
    var divisor: (number: JSONSchemaNumber, text: String)?
}

/// The rules for values of any kind: other schemas, or lists of values.
struct CombinationRules: Sendable {
    /// The values of `enum` or `const`; nil without such a keyword.
    var values: [JSONValue]?
    /// The same values if all of them are strings.
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
