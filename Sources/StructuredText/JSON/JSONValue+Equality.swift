// The equalities of JSON. Strings are compared by their bytes in all of them.

extension JSONValue: Equatable {
    /// Whether both have the same members in the same order, and numbers with the same digits.
    package static func == (one: JSONValue, other: JSONValue) -> Bool {
        match(one, other, isOrdered: true, areNumbersEqual: ==)
    }
}

extension JSONValue {
    /// Whether both are equal apart from the order of members, which has no meaning (RFC 8259 §4).
    package func isEquivalent(to other: JSONValue) -> Bool {
        Self.match(self, other, isOrdered: false, areNumbersEqual: ==)
    }

    /// Whether both are equal for JSON Schema: members in any order, numbers by value (draft-07 core §4.2.2).
    func isSame(as other: JSONValue) -> Bool {
        Self.match(self, other, isOrdered: false) { $0 == $1 || JSONSchemaNumber($0) == JSONSchemaNumber($1) }
    }

    /// Whether both are equal for a reader: members in any order, and of members with the same name the last one.
    package func isSemanticallyEqual(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.string(let one), .string(let other)): one.isIdentical(to: other)
        case (.number(let one), .number(let other)): one == other
        case (.bool(let one), .bool(let other)): one == other
        case (.null, .null): true
        case (.array(let one), .array(let other)):
            one.count == other.count && zip(one, other).allSatisfy { $0.isSemanticallyEqual(to: $1) }
        case (.object(let one), .object(let other)): one.isSemanticallyEqual(to: other)
        default: false
        }
    }

    // A list instead of recursion: a deep document must not exhaust the stack.
    private static func match(
        _ one: JSONValue, _ other: JSONValue, isOrdered: Bool, areNumbersEqual: (JSONNumber, JSONNumber) -> Bool
    ) -> Bool {
        var pending = [(one, other)]
        while let (one, other) = pending.popLast() {
            switch (one, other) {
            case (.null, .null): break
            case (.bool(let one), .bool(let other)): guard one == other else { return false }
            case (.number(let one), .number(let other)): guard areNumbersEqual(one, other) else { return false }
            case (.string(let one), .string(let other)): guard one.isIdentical(to: other) else { return false }
            case (.array(let one), .array(let other)):
                guard one.count == other.count else { return false }
                for (one, other) in zip(one, other) { pending.append((one, other)) }
            case (.object(let one), .object(let other)):
                guard one.count == other.count else { return false }
                let (left, right) = isOrdered ? (one, other) : (one.sorted(), other.sorted())
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

extension JSONObject {
    /// Whether both are equal for a reader, as ``JSONValue/isSemanticallyEqual(to:)`` compares.
    package func isSemanticallyEqual(to other: JSONObject) -> Bool {
        guard count == other.count else { return hasDuplicates || other.hasDuplicates ? hasSameLasts(other) : false }
        // Most members have the same order.
        var isSame = true
        for (one, other) in zip(members, other.members) {
            guard one.name.isIdentical(to: other.name), one.value.isSemanticallyEqual(to: other.value) else {
                isSame = false
                break
            }
        }
        if isSame { return true }
        if count <= 16, !hasDuplicates, !other.hasDuplicates {
            // No name occurs twice and the counts are equal, so it is enough to find each member in the other object.
            for index in members.indices {
                guard let place = other.place(of: members[index].name),
                    other.members[place].value.isSemanticallyEqual(to: members[index].value)
                else { return false }
            }
            return true
        }
        return hasSameLasts(other)
    }

    /// Whether a name occurs more than once.
    package var hasDuplicates: Bool {
        guard count <= 16 else { return !duplicates.isEmpty }
        for later in members.indices {
            for earlier in 0..<later where members[earlier].name.isIdentical(to: members[later].name) { return true }
        }
        return false
    }

    private func hasSameLasts(_ other: JSONObject) -> Bool {
        let (one, two) = (lasts, other.lasts)
        guard one.count == two.count else { return false }
        return zip(one, two).allSatisfy {
            $0.name.isIdentical(to: $1.name) && $0.value.isSemanticallyEqual(to: $1.value)
        }
    }

    /// The members that a reader sees, by name: of members with the same name, the last one.
    package var lasts: [JSONObject.Member] {
        let ordered = sorted().members
        return ordered.indices.filter { index in
            index + 1 == ordered.count || !ordered[index].name.isIdentical(to: ordered[index + 1].name)
        }.map { ordered[$0] }
    }
}
