extension JSONValue {
    /// The object; nil for another value.
    package var objectContent: JSONObject? { if case .object(let object) = self { object } else { nil } }
    /// The elements of an array; nil for another value.
    package var arrayContent: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    /// The string; nil for another value.
    package var textContent: String? { if case .string(let text) = self { text } else { nil } }
}

extension JSONObject {
    /// The objects in the array of a member, with their indices.
    package func objects(_ name: String) -> [(index: Int, object: JSONObject)] {
        guard case .array(let items) = self[name] else { return [] }
        var objects: [(index: Int, object: JSONObject)] = []
        objects.reserveCapacity(items.count)
        for index in items.indices {
            if case .object(let object) = items[index] { objects.append((index, object)) }
        }
        return objects
    }

    /// The strings in the array of a member, with their indices.
    package func texts(_ name: String) -> [(index: Int, text: String)] {
        guard case .array(let items) = self[name] else { return [] }
        var texts: [(index: Int, text: String)] = []
        texts.reserveCapacity(items.count)
        for index in items.indices {
            if case .string(let text) = items[index] { texts.append((index, text)) }
        }
        return texts
    }

    /// The string of a member; nil if it is absent or not a string.
    package func text(_ name: String) -> String? { self[name]?.textContent }

    /// The elements of the array of a member; nil unless all of them are objects.
    package func allObjects(_ name: String) -> [JSONObject]? {
        guard let items = self[name]?.arrayContent else { return nil }
        let objects = items.compactMap(\.objectContent)
        return objects.count == items.count ? objects : nil
    }

    /// Whether one of the objects in an array has a member.
    package func hasMember(_ name: String, inObjectsOf list: String) -> Bool {
        guard case .array(let items) = self[list] else { return false }
        return items.contains { item in
            if case .object(let object) = item { object.place(of: name) != nil } else { false }
        }
    }

    /// Changes the object of a member in place.
    package mutating func changeObject(_ name: String, _ change: (inout JSONObject) -> Void) {
        guard let index = members.lastIndex(where: { $0.name.isIdentical(to: name) }),
            case .object(var object) = members[index].value
        else { return }
        members[index].value = .null
        change(&object)
        members[index].value = .object(object)
    }

    /// Changes the objects in the array of a member in place.
    package mutating func changeObjects(_ name: String, _ change: (inout JSONObject) -> Void) {
        guard let index = members.lastIndex(where: { $0.name.isIdentical(to: name) }),
            case .array(var items) = members[index].value
        else { return }
        members[index].value = .null
        for place in items.indices {
            guard case .object(var object) = items[place] else { continue }
            items[place] = .null
            change(&object)
            items[place] = .object(object)
        }
        members[index].value = .array(items)
    }

    /// Removes all members of a name, and returns the value of the last one.
    package mutating func take(_ name: String) -> JSONValue? {
        guard let value = self[name] else { return nil }
        members.removeAll { $0.name.isIdentical(to: name) }
        return value
    }

    /// Sets the value of the last member of a name; appends one if there is none.
    package mutating func set(_ name: String, _ value: JSONValue) {
        if let index = members.lastIndex(where: { $0.name.isIdentical(to: name) }) {
            members[index].value = value
        } else {
            append(name, value)
        }
    }
}
