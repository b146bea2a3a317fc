internal import Glibc

/// A JSON value as it was written: members in their order, numbers by their digits (RFC 8259 §3).
///
/// Two values are equal if they are written alike but for white space and escapes: arrays and members in the same
/// order, numbers digit by digit, strings scalar by scalar. ``isEquivalent(to:)`` does not look at member order.
package enum JSONValue: Sendable {
    /// `null`, which is not the same as an absent member.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, not yet made into one of a machine's.
    case number(JSONNumber)
    /// A string, its escapes resolved.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// What it is, for messages: "a string".
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

    /// Whether both say the same if the order of members does not count, as it should not (RFC 8259 §4).
    package func isEquivalent(to other: JSONValue) -> Bool {
        Self.match(self, other, memberOrderCounts: false)
    }

    // A list of what is left to compare instead of recursion: a deep document must not use up a thread's stack.
    private static func match(_ one: JSONValue, _ other: JSONValue, memberOrderCounts: Bool) -> Bool {
        var pending = [(one, other)]
        while let (one, other) = pending.popLast() {
            switch (one, other) {
            case (.null, .null): break
            case (.bool(let one), .bool(let other)): guard one == other else { return false }
            case (.number(let one), .number(let other)): guard one == other else { return false }
            case (.string(let one), .string(let other)): guard one.isIdentical(to: other) else { return false }
            case (.array(let one), .array(let other)):
                guard one.count == other.count else { return false }
                for (one, other) in zip(one, other) { pending.append((one, other)) }
            case (.object(let one), .object(let other)):
                guard one.count == other.count else { return false }
                let (left, right) = memberOrderCounts ? (one, other) : (one.sorted(), other.sorted())
                for (one, other) in zip(left.members, right.members) {
                    guard one.name.isIdentical(to: other.name) else { return false }
                    pending.append((one.value, other.value))
                }
            case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): return false
            }
        }
        return true
    }
}

extension JSONValue: Equatable {
    package static func == (one: JSONValue, other: JSONValue) -> Bool {
        match(one, other, memberOrderCounts: true)
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

/// The members of a JSON object in the order they were written, duplicates and all (RFC 8259 §4).
package struct JSONObject: Sendable, Equatable {
    /// One name and its value.
    package struct Member: Sendable, Equatable {
        /// The name, its escapes resolved.
        package var name: String
        /// The value.
        package var value: JSONValue

        /// A member of that name and value.
        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }

        package static func == (one: Member, other: Member) -> Bool {
            one.name.isIdentical(to: other.name) && one.value == other.value
        }
    }

    /// All members, in order.
    package var members: [Member]

    /// An object of those members.
    package init(_ members: [Member] = []) {
        self.members = members
    }

    /// How many members there are, duplicates counted.
    package var count: Int { members.count }

    /// Whether there is no member.
    package var isEmpty: Bool { members.isEmpty }

    /// The value of the member of that name, or nil; of several the last, as most readers have it.
    ///
    /// Names are compared scalar by scalar (RFC 8259 §8.3), not by canonical equivalence. The search is linear.
    package subscript(name: String) -> JSONValue? {
        place(of: name).map { members[$0].value }
    }

    /// The place of the member of that name, or nil; of several that of the last.
    package func place(of name: String) -> Int? {
        // By index, because a closure would be handed a copy of each member.
        var place = members.count
        while place > 0 {
            place -= 1
            if members[place].name.isIdentical(to: name) { return place }
        }
        return nil
    }

    /// Puts a member at the end; one of the same name stays.
    package mutating func append(_ name: String, _ value: JSONValue) {
        members.append(Member(name: name, value: value))
    }

    /// Whether both have equivalent members, in whatever order; members of the same name keep theirs.
    package func isEquivalent(to other: JSONObject) -> Bool {
        JSONValue.object(self).isEquivalent(to: .object(other))
    }

    /// The places of members whose name stands before in the same object, in order.
    package var duplicates: [Int] {
        if count <= 16 {
            return members.indices.filter { later in
                members[..<later].contains { $0.name.isIdentical(to: members[later].name) }
            }
        }
        var seen: Set<ExactString> = []
        return members.indices.filter { !seen.insert(ExactString(members[$0].name)).inserted }
    }

    /// The same members by name; those of the same name keep their order.
    package func sorted() -> JSONObject {
        let order = members.indices.sorted { left, right in
            let (one, other) = (members[left].name, members[right].name)
            return one.isIdentical(to: other) ? left < right : one.utf8.lexicographicallyPrecedes(other.utf8)
        }
        return JSONObject(order.map { members[$0] })
    }
}

/// A number by the digits it was written with (RFC 8259 §6).
///
/// `1.0` stays `1.0`, and `12345678901234567890` loses nothing: what a machine's number makes of it is for the reader
/// of the value to ask. Two are equal if their digits are.
package struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// As written.
    package let digits: String

    /// Takes text that follows the grammar of RFC 8259 §6; nil for any other.
    package init?(_ digits: String) {
        let bytes = Array(digits.utf8)
        guard JSONParser.endOfNumber(bytes.span, from: 0) == .end(bytes.count) else { return nil }
        self.digits = digits
    }

    /// A whole number in decimal digits.
    package init(_ integer: some BinaryInteger) {
        digits = String(integer)
    }

    /// The shortest digits that give that number again; nil for what JSON cannot say (infinities, NaN).
    package init?(_ double: Double) {
        guard double.isFinite else { return nil }
        digits = "\(double)"
    }

    /// Takes digits that the parser has checked.
    init(checked digits: String) {
        self.digits = digits
    }

    package var description: String { digits }

    /// The value as a whole number, if it is one and fits: `10`, `1e1` and `10.0` are all 10.
    package var int: Int? {
        if let plain = Int(digits) { return plain }
        guard let (mantissa, exponent) = scientific, exponent >= 0, exponent <= 18 else { return nil }
        var value = 0
        let isNegative = digits.utf8.first == UInt8(ascii: "-")
        for digit in mantissa + Array(repeating: 0, count: exponent) {
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, alsoTooLarge) = tens.addingReportingOverflow(isNegative ? -Int(digit) : Int(digit))
            guard !tooLarge, !alsoTooLarge else { return nil }
            value = sum
        }
        return value
    }

    /// Whether the value is whole, however large: JSON Schema calls `1.0` and `1e400` integers.
    package var isWhole: Bool {
        guard let (_, exponent) = scientific else { return false }
        return exponent >= 0
    }

    /// The nearest double; infinite for what is too large.
    package var double: Double {
        // The grammar of JSON is a part of what Double reads, so this does not fail.
        Double(digits) ?? .nan
    }

    // The digits without zeros at either end and the power of ten they are to be multiplied with. Nil if the exponent
    // does not fit an Int, which is then as good as not whole.
    private var scientific: (mantissa: [UInt8], exponent: Int)? {
        let parts = digits.split { $0 == "e" || $0 == "E" }
        guard let written = parts.first else { return nil }
        var mantissa = written.utf8.filter { $0 >= UInt8(ascii: "0") }.map { $0 - UInt8(ascii: "0") }
        var fraction = written.split(separator: ".").dropFirst().first?.utf8.count ?? 0
        while mantissa.last == 0 {
            mantissa.removeLast()
            fraction -= 1
        }
        mantissa = Array(mantissa.drop { $0 == 0 })
        if mantissa.isEmpty { return ([], 0) }
        guard let power = Int(parts.dropFirst().first ?? "0") else { return nil }
        let (exponent, overflow) = power.subtractingReportingOverflow(fraction)
        return overflow ? nil : (mantissa, exponent)
    }
}

/// A string that is equal to those of the same scalars only.
///
/// Swift's own equality of strings is by canonical equivalence; JSON's is not (RFC 8259 §8.3).
package struct ExactString: Hashable {
    let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (one: ExactString, other: ExactString) -> Bool {
        one.text.isIdentical(to: other.text)
    }

    package func hash(into hasher: inout Hasher) {
        // Strings of the same scalars are canonically equivalent, so that String's own hash does.
        hasher.combine(text)
    }
}

extension String {
    /// Whether both consist of the same scalars.
    package func isIdentical(to other: String) -> Bool {
        // Most that differ differ in length.
        guard utf8.count == other.utf8.count else { return false }
        let (one, two) = (utf8.span, other.utf8.span)
        // SAFETY: both have that many bytes, and neither is kept.
        return unsafe one.withUnsafeBytes { one in
            unsafe two.withUnsafeBytes { two in
                guard let left = one.baseAddress, let right = two.baseAddress else { return true }
                return unsafe memcmp(left, right, one.count) == 0
            }
        }
    }
}
