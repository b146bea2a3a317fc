/// Reads the members of an object by name and by the shape of their values.
///
/// An absent member is nil. A member of another shape is an error with its pointer. If several members have the same
/// name, the last one counts, as in ``JSONObject``.
package struct MemberReader: Sendable {
    private let root: JSONObject
    /// The place of the object in its document.
    package let pointer: JSONPointer

    package init(_ object: JSONObject, at pointer: JSONPointer) {
        root = object
        self.pointer = pointer
    }

    /// A reader of a value, which must be an object.
    package init(_ value: JSONValue, at pointer: JSONPointer) throws(ShapeError) {
        guard case .object(let object) = value else { throw ShapeError(at: pointer, expected: "an object", value) }
        self.init(object, at: pointer)
    }

    /// The pointer to the member of a name.
    package func pointer(to name: String) -> JSONPointer { pointer.appending(name) }

    /// The value of a member of any shape.
    package func value(_ name: String) -> JSONValue? { root[name] }

    /// The string of a member.
    package func string(_ name: String) throws(ShapeError) -> String? {
        try content(name, "a string", \.textContent)
    }

    /// The whole number of a member; `1.0` is one.
    package func integer(_ name: String) throws(ShapeError) -> Int? {
        try content(name, "an integer") { if case .number(let number) = $0 { number.int } else { nil } }
    }

    /// The elements of the array of a member.
    package func array(_ name: String) throws(ShapeError) -> [JSONValue]? {
        try content(name, "an array", \.arrayContent)
    }

    /// The object of a member.
    package func object(_ name: String) throws(ShapeError) -> JSONObject? {
        try content(name, "an object", \.objectContent)
    }

    /// A reader of the object of a member.
    package func reader(_ name: String) throws(ShapeError) -> MemberReader? {
        guard let object = try self.object(name) else { return nil }
        return MemberReader(object, at: pointer.appending(name))
    }

    /// The strings in the array of a member, which must not contain other values.
    package func strings(_ name: String) throws(ShapeError) -> [String]? {
        try each(name) { value, pointer throws(ShapeError) in
            guard case .string(let text) = value else { throw ShapeError(at: pointer, expected: "a string", value) }
            return text
        }
    }

    /// Readers of the objects in the array of a member, which must not contain other values.
    package func readers(_ name: String) throws(ShapeError) -> [MemberReader]? {
        try each(name) { value, pointer throws(ShapeError) in try MemberReader(value, at: pointer) }
    }

    private func each<Item>(
        _ name: String, _ item: (JSONValue, JSONPointer) throws(ShapeError) -> Item
    ) throws(ShapeError) -> [Item]? {
        guard let values = try array(name) else { return nil }
        let place = pointer.appending(name)
        var items: [Item] = []
        items.reserveCapacity(values.count)
        for (index, value) in values.enumerated() { items.append(try item(value, place.appending(index))) }
        return items
    }

    private func content<Content>(
        _ name: String, _ expected: String, _ content: (JSONValue) -> Content?
    ) throws(ShapeError) -> Content? {
        guard let value = root[name] else { return nil }
        guard let found = content(value) else {
            throw ShapeError(at: pointer.appending(name), expected: expected, value)
        }
        return found
    }
}

/// A value that has another shape than the expected one.
package struct ShapeError: Error, Hashable, CustomStringConvertible {
    /// The place of the value.
    package let pointer: JSONPointer
    /// The expected shape: "a string".
    package let expected: String
    /// The shape of the value: "an array".
    package let found: String

    package init(at pointer: JSONPointer, expected: String, _ value: JSONValue) {
        self.pointer = pointer
        self.expected = expected
        found = value.kind
    }

    package var description: String { "\(pointer): expected \(expected), found \(found)" }
}
