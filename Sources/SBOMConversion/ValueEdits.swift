internal import StructuredText

/// Changes at many places of a JSON value, which are made in one walk.
struct ValueEdits {
    /// What becomes of a value.
    enum Change {
        case removal
        /// Another value; a member that is not there is added.
        case value(JSONValue)
    }

    private var change: Change?
    private var inner: [String: ValueEdits] = [:]

    var isEmpty: Bool { change == nil && inner.isEmpty }

    /// Plans a change at the end of a way from the root; of two at one place the first counts.
    mutating func plan(_ way: some Sequence<String>, _ change: Change) {
        plan(Array(way)[...], change)
    }

    private mutating func plan(_ way: ArraySlice<String>, _ change: Change) {
        guard let token = way.first else {
            if self.change == nil { self.change = change }
            return
        }
        inner[token, default: ValueEdits()].plan(way.dropFirst(), change)
    }

    // The recursion is as deep as the document, whose depth is bounded.
    func apply(to value: inout JSONValue) {
        if case .value(let new) = change {
            value = new
            return
        }
        guard !inner.isEmpty else { return }
        switch value {
        case .object(let object):
            value = .null
            value = .object(applied(to: object))
        case .array(let items):
            value = .null
            var kept: [JSONValue] = []
            kept.reserveCapacity(items.count)
            for (index, var item) in items.enumerated() {
                if let edits = inner[String(index)] {
                    if case .removal = edits.change { continue }
                    edits.apply(to: &item)
                }
                kept.append(item)
            }
            value = .array(kept)
        case .null, .bool, .number, .string: break
        }
    }

    private func applied(to object: JSONObject) -> JSONObject {
        var members: [JSONObject.Member] = []
        members.reserveCapacity(object.members.count)
        var missing = inner
        for var member in object.members {
            if let edits = inner[member.name] {
                missing[member.name] = nil
                if case .removal = edits.change { continue }
                edits.apply(to: &member.value)
            }
            members.append(member)
        }
        var result = JSONObject(members)
        for (name, edits) in missing.sorted(by: { $0.key < $1.key }) {
            if case .value(let new) = edits.change { result.append(name, new) }
        }
        return result
    }
}
