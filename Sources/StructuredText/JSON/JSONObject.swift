/// The members of a JSON object in the order they were written, duplicates included (RFC 8259 §4).
package struct JSONObject: Sendable, Equatable {
    /// One name and its value.
    package struct Member: Sendable, Equatable {
        /// The name with its escapes resolved.
        package var name: String
        /// The value.
        package var value: JSONValue

        /// A member.
        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }

        package static func == (one: Member, other: Member) -> Bool {
            one.name.isIdentical(to: other.name) && one.value == other.value
        }
    }

    /// All members in their order.
    package var members: [Member]

    /// An object.
    package init(_ members: [Member] = []) {
        self.members = members
    }

    /// The number of members, duplicates included.
    package var count: Int { members.count }

    /// Whether there is no member.
    package var isEmpty: Bool { members.isEmpty }

    /// The value of the last member of a name, as in most readers; nil if there is none.
    ///
    /// Names are compared scalar by scalar (RFC 8259 §8.3), not by canonical equivalence. The search is linear.
    package subscript(name: String) -> JSONValue? {
        place(of: name).map { members[$0].value }
    }

    /// The index of the last member of a name; nil if there is none.
    package func place(of name: String) -> Int? {
        // The loop uses indices, because a closure would copy each member.
        var place = members.count
        while place > 0 {
            place -= 1
            if members[place].name.isIdentical(to: name) { return place }
        }
        return nil
    }

    /// Appends a member; a member of the same name is kept.
    package mutating func append(_ name: String, _ value: JSONValue) {
        members.append(Member(name: name, value: value))
    }

    /// Whether both have equivalent members in any order; the order among members of the same name counts.
    package func isEquivalent(to other: JSONObject) -> Bool {
        JSONValue.object(self).isEquivalent(to: .object(other))
    }

    /// The indices of the members whose name also occurs earlier, in order.
    package var duplicates: [Int] {
        if count <= 16 {
            return members.indices.filter { later in
                members[..<later].contains { $0.name.isIdentical(to: members[later].name) }
            }
        }
        var seen: Set<ExactString> = []
        return members.indices.filter { !seen.insert(ExactString(members[$0].name)).inserted }
    }

    /// The members sorted by name; those of the same name keep their order.
    package func sorted() -> JSONObject {
        let order = members.indices.sorted { left, right in
            let (one, other) = (members[left].name, members[right].name)
            return one.isIdentical(to: other) ? left < right : one.utf8.lexicographicallyPrecedes(other.utf8)
        }
        return JSONObject(order.map { members[$0] })
    }
}
