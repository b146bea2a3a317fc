extension JSONValue: Equatable {
    package static func == (one: JSONValue, other: JSONValue) -> Bool {
        match(one, other, memberOrderCounts: true)
    }
}

extension JSONValue {
    /// Whether both are equal apart from the order of members, which has no meaning (RFC 8259 §4).
    package func isEquivalent(to other: JSONValue) -> Bool {
        Self.match(self, other, memberOrderCounts: false)
    }

    // A list instead of recursion: a deep document must not exhaust the stack.
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

    /// Whether both are equal for JSON Schema: members in any order, numbers by value (draft-07 core §4.2.2).
    func isSame(as other: JSONValue) -> Bool {
        var pending = [(self, other)]
        while let (one, other) = pending.popLast() {
            switch (one, other) {
            case (.null, .null): break
            case (.bool(let one), .bool(let other)): guard one == other else { return false }
            case (.number(let one), .number(let other)):
                guard one == other || JSONSchemaNumber(one) == JSONSchemaNumber(other) else { return false }
            case (.string(let one), .string(let other)): guard one.isIdentical(to: other) else { return false }
            case (.array(let one), .array(let other)):
                guard one.count == other.count else { return false }
                for (one, other) in zip(one, other) { pending.append((one, other)) }
            case (.object(let one), .object(let other)):
                guard one.count == other.count else { return false }
                for (one, other) in zip(one.sorted().members, other.sorted().members) {
                    guard one.name.isIdentical(to: other.name) else { return false }
                    pending.append((one.value, other.value))
                }
            case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): return false
            }
        }
        return true
    }
}
