internal import SBOMFormats
internal import StructuredText

extension JSONObject {
    /// Appends items to an array; creates the array if there is none.
    mutating func appendItems(_ items: [JSONValue], to name: String, order: MemberOrder) {
        guard !items.isEmpty else { return }
        if let index = members.lastIndex(where: { $0.name.isIdentical(to: name) }),
            case .array(let before) = members[index].value
        {
            members[index].value = .array(before + items)
        } else {
            place(name, .array(items), order: order)
            shiftForeignElements(by: 1)
        }
    }

    /// Moves the foreign elements of XML by the number of elements that are inserted before them.
    ///
    /// The schemas allow foreign elements only at the end.
    mutating func shiftForeignElements(by distance: Int) {
        changeObject("#xml") { note in
            guard let extras = note["extras"]?.arrayContent else { return }
            note.set(
                "extras",
                .array(
                    extras.map { extra in
                        guard let pair = extra.arrayContent, pair.count == 2, case .number(let number) = pair[0],
                            let place = number.int
                        else { return extra }
                        let (moved, overflows) = place.addingReportingOverflow(distance)
                        return [.number(JSONNumber(overflows ? place : max(0, moved))), pair[1]]
                    }))
        }
    }
}
