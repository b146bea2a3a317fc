/// Takes an object apart member by member, and knows what nobody took.
///
/// A codec takes the members that it understands; ``rest`` is then exactly what the neutral model has no place for.
/// Of several members with the same name the last is given and all are taken: the parser has noted the others, and
/// what was read as lost must not come back in their place.
///
/// A member of the wrong shape is thrown and stays where it is, so that a codec that goes on keeps it in ``rest``.
package struct MemberReader: Sendable {
    private let members: [JSONObject.Member]
    /// Where the object stands in its document.
    package let pointer: JSONPointer
    // Which members were taken: a bit each for those that almost every object ends with.
    private var takenBits: UInt64 = 0
    private var takenBeyond: Set<Int> = []

    /// Begins with all members untaken.
    package init(_ object: JSONObject, at pointer: JSONPointer) {
        members = object.members
        self.pointer = pointer
    }

    /// Begins with a value that has to be an object.
    package init(_ value: JSONValue, at pointer: JSONPointer) throws(ShapeError) {
        guard case .object(let object) = value else { throw ShapeError(at: pointer, expected: "an object", value) }
        self.init(object, at: pointer)
    }

    /// What nobody took, in the order it was written.
    package var rest: JSONObject {
        JSONObject(members.indices.filter { !isTaken($0) }.map { members[$0] })
    }

    /// The pointer to the member of that name.
    package func pointer(to name: String) -> JSONPointer {
        pointer.appending(name)
    }

    /// Takes a member of any shape.
    package mutating func take(_ name: String) -> JSONValue? {
        guard let last = last(name) else { return nil }
        markTaken(name, upTo: last)
        return members[last].value
    }

    /// Takes a string.
    package mutating func takeString(_ name: String) throws(ShapeError) -> String? {
        try takeShape(name, "a string") {
            if case .string(let text) = $0 { text } else { nil }
        }
    }

    /// Takes a number by its digits.
    package mutating func takeNumber(_ name: String) throws(ShapeError) -> JSONNumber? {
        try takeShape(name, "a number") {
            if case .number(let number) = $0 { number } else { nil }
        }
    }

    /// Takes a whole number that fits; `1.0` is one.
    package mutating func takeInt(_ name: String) throws(ShapeError) -> Int? {
        try takeShape(name, "an integer") {
            if case .number(let number) = $0 { number.int } else { nil }
        }
    }

    /// Takes `true` or `false`.
    package mutating func takeBool(_ name: String) throws(ShapeError) -> Bool? {
        try takeShape(name, "a boolean") {
            if case .bool(let bool) = $0 { bool } else { nil }
        }
    }

    /// Takes an array.
    package mutating func takeArray(_ name: String) throws(ShapeError) -> [JSONValue]? {
        try takeShape(name, "an array") {
            if case .array(let items) = $0 { items } else { nil }
        }
    }

    /// Takes an object.
    package mutating func takeObject(_ name: String) throws(ShapeError) -> JSONObject? {
        try takeShape(name, "an object") {
            if case .object(let object) = $0 { object } else { nil }
        }
    }

    /// Takes an object, to be taken apart in turn; its own rest is the caller's to keep.
    package mutating func takeReader(_ name: String) throws(ShapeError) -> MemberReader? {
        guard let object = try takeObject(name) else { return nil }
        return MemberReader(object, at: pointer.appending(name))
    }

    /// Takes an array of strings.
    package mutating func takeStrings(_ name: String) throws(ShapeError) -> [String]? {
        try takeEach(name) { value, pointer throws(ShapeError) in
            guard case .string(let text) = value else { throw ShapeError(at: pointer, expected: "a string", value) }
            return text
        }
    }

    /// Takes an array of objects, to be taken apart in turn.
    package mutating func takeReaders(_ name: String) throws(ShapeError) -> [MemberReader]? {
        try takeEach(name) { value, pointer throws(ShapeError) in try MemberReader(value, at: pointer) }
    }

    private mutating func takeEach<Item>(
        _ name: String, _ item: (JSONValue, JSONPointer) throws(ShapeError) -> Item
    ) throws(ShapeError) -> [Item]? {
        let before = self
        guard let values = try takeArray(name) else { return nil }
        let place = pointer.appending(name)
        var items: [Item] = []
        items.reserveCapacity(values.count)
        do throws(ShapeError) {
            for (index, value) in values.enumerated() { items.append(try item(value, place.appending(index))) }
        } catch {
            self = before
            throw error
        }
        return items
    }

    private mutating func takeShape<Content>(
        _ name: String, _ expected: String, _ content: (JSONValue) -> Content?
    ) throws(ShapeError) -> Content? {
        guard let last = last(name) else { return nil }
        guard let found = content(members[last].value) else {
            throw ShapeError(at: pointer.appending(name), expected: expected, members[last].value)
        }
        markTaken(name, upTo: last)
        return found
    }

    private func last(_ name: String) -> Int? {
        members.indices.last { members[$0].name.isIdentical(to: name) && !isTaken($0) }
    }

    private mutating func markTaken(_ name: String, upTo last: Int) {
        for index in 0...last where members[index].name.isIdentical(to: name) {
            if index < 64 { takenBits |= 1 << UInt64(index) } else { takenBeyond.insert(index) }
        }
    }

    private func isTaken(_ index: Int) -> Bool {
        index < 64 ? takenBits & (1 << UInt64(index)) != 0 : takenBeyond.contains(index)
    }
}

/// A value that has another shape than is asked of it.
package struct ShapeError: Error, Hashable, CustomStringConvertible {
    /// Where the value stands.
    package let pointer: JSONPointer
    /// What should be there: "a string".
    package let expected: String
    /// What is there: "an array".
    package let found: String

    /// Says that the value at `pointer` should be what is expected.
    package init(at pointer: JSONPointer, expected: String, _ value: JSONValue) {
        self.pointer = pointer
        self.expected = expected
        found = value.kind
    }

    package var description: String { "\(pointer): expected \(expected), found \(found)" }
}
