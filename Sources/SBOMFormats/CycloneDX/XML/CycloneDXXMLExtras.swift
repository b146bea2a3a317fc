internal import StructuredText

/// What a piece of XML says that the shape of the JSON has no place for.
///
/// It travels in the shape as a member `#xml` of the nearest object. Pieces of XML in it are spelled with the prefixes of
/// the root's note, and without one for CycloneDX's own namespace, so that they are right for whatever version is
/// written.
package struct CycloneDXXMLExtras {
    /// The reserved member.
    package static let name = "#xml"

    /// Attributes that JSON has no place for, or spells otherwise.
    var attributes: [(name: String, value: String)] = []
    /// The elements in their order, where that is not the usual one.
    var order: [String]?
    /// Pieces that stand between the elements, by their place among all children.
    var extras: [(position: Int, xml: String)] = []
    /// Notes about values that are no objects: the member, the place in an array or -1, and the note or the whole element.
    var inner: [(member: String, index: Int, note: JSONValue)] = []
    /// Of a list, which element each item was.
    var names: [String]?
    /// The content of an element of text, if it is more than text or spelled otherwise.
    var content: String?
    /// Of the root, the namespaces that pieces use.
    var namespaces: [(prefix: String, namespace: String)] = []
    /// Of the root, whether the document is to be written as it was found, rather than as the schema wants it.
    var isAsFound = false
    /// For the root, the processing instructions outside of it.
    var before: [String] = []
    var after: [String] = []

    /// The note as JSON, nil if it says nothing.
    var json: JSONValue? {
        var object = JSONObject()
        if isAsFound { object.append("asFound", true) }
        if !namespaces.isEmpty {
            object.append(
                "namespaces",
                .object(JSONObject(namespaces.map { .init(name: $0.prefix, value: .string($0.namespace)) })))
        }
        if !attributes.isEmpty {
            object.append(
                "attributes", .object(JSONObject(attributes.map { .init(name: $0.name, value: .string($0.value)) })))
        }
        if let order { object.append("order", .array(order.map { .string($0) })) }
        if let names { object.append("names", .array(names.map { .string($0) })) }
        if let content { object.append("content", .string(content)) }
        if !extras.isEmpty {
            object.append("extras", .array(extras.map { [.number(JSONNumber($0.position)), .string($0.xml)] }))
        }
        for member in innerNames {
            let notes = inner.filter { $0.member == member }
            if member.isEmpty || notes.first.map({ $0.index >= 0 }) ?? false {
                let items = JSONValue.object(
                    JSONObject(notes.map { .init(name: String($0.index), value: $0.note) }))
                if member.isEmpty {
                    object.append("items", items)
                } else {
                    append(member, ["items": items], to: &object)
                }
            } else if let note = notes.first {
                append(member, note.note, to: &object)
            }
        }
        if !before.isEmpty { object.append("before", .array(before.map { .string($0) })) }
        if !after.isEmpty { object.append("after", .array(after.map { .string($0) })) }
        return object.isEmpty ? nil : .object(object)
    }

    private var innerNames: [String] {
        var names: [String] = []
        for (member, _, _) in inner where names.last != member && !names.contains(member) { names.append(member) }
        return names
    }

    private func append(_ member: String, _ note: JSONValue, to object: inout JSONObject) {
        if let last = object.members.last, last.name == "in", case .object(var inner) = last.value {
            inner.append(member, note)
            object.members[object.count - 1].value = .object(inner)
        } else {
            object.append("in", .object(JSONObject([.init(name: member, value: note)])))
        }
    }
}
