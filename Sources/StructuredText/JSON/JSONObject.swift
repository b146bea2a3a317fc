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
