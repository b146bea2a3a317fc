/// A JSON value as it was written: members in their order, numbers by their digits (RFC 8259 §3).
///
/// Two values are equal if their texts are equal apart from white space and escapes: elements and members in the same
/// order, numbers digit by digit, strings scalar by scalar. ``isEquivalent(to:)`` ignores the order of members.
package enum JSONValue: Sendable {
    /// `null`, which is not the same as an absent member.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number by its digits.
    case number(JSONNumber)
    /// A string with its escapes resolved.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// The kind of the value for messages: "a string".
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    package init(integerLiteral value: Int) {
        self = .number(JSONNumber(value))
    }

    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    package init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member(name: $0, value: $1) }))
    }
}
