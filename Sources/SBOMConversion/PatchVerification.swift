internal import ByteStreams
internal import SBOMFormats
internal import StructuredText

/// Applies carried entries as far as they agree with the document that carries them.
///
/// Whoever writes a document can write carriers with the right hashes into it, so a carrier is only a claim. It is
/// believed if what it restores, converted again, says exactly what the document says to readers who know nothing of
/// carriers.
enum PatchVerification {
    /// Restores entries, and returns those whose place was edited since, and those that do not agree with the document.
    ///
    /// `agrees` is whether an object with restored entries still says what the document says.
    ///
    /// If all entries together do not agree, members are tried one by one. If there are more than
    /// ``Limits/carriedMembers``, no entry is restored.
    static func restore(
        _ entries: [GuardedPatch.Entry], in object: inout JSONObject, agrees: (JSONObject) -> Bool
    ) -> (refused: [GuardedPatch.Entry], rejected: [GuardedPatch.Entry]) {
        guard !entries.isEmpty else { return ([], []) }
        let natural = object
        let refused = GuardedPatch.restore(entries, in: &object)
        if refused.count == entries.count || agrees(object) { return (refused, []) }
        let members = byMember(entries)
        object = natural
        guard members.count > 1, members.count <= Limits.carriedMembers else { return ([], entries) }
        var kept: [GuardedPatch.Entry] = []
        var rejected: [GuardedPatch.Entry] = []
        for member in members {
            var trial = natural
            _ = GuardedPatch.restore(kept + member, in: &trial)
            if agrees(trial) { kept += member } else { rejected += member }
        }
        return (GuardedPatch.restore(kept, in: &object), rejected)
    }

    /// Entries by the member of the object that they are about, in the order of the first of each.
    private static func byMember(_ entries: [GuardedPatch.Entry]) -> [[GuardedPatch.Entry]] {
        var places: [ExactString: Int] = [:]
        var members: [[GuardedPatch.Entry]] = []
        for entry in entries {
            let name = ExactString(String(entry.path.prefix { $0 != "/" }))
            if let place = places[name] {
                members[place].append(entry)
            } else {
                places[name] = members.count
                members.append([entry])
            }
        }
        return members
    }

    /// Whether each member of one object equals that of a second object, or else that of a third.
    ///
    /// The third is the document without carriers, mapped there and back: a difference that the mapping makes by itself is
    /// not a fault of the carriers.
    static func agrees(
        _ one: JSONObject, with other: JSONObject, apartFrom ignored: String, or third: () -> JSONObject
    ) -> Bool {
        var names: Set<ExactString> = []
        for member in one.members + other.members
        where member.name != ignored && names.insert(ExactString(member.name)).inserted {
            let value = one[member.name]
            if isSame(value, other[member.name]) { continue }
            guard isSame(value, third()[member.name]) else { return false }
        }
        return true
    }

    private static func isSame(_ one: JSONValue?, _ other: JSONValue?) -> Bool {
        switch (one, other) {
        case (nil, nil): true
        case (let one?, let other?): one.isSemanticallyEqual(to: other)
        default: false
        }
    }
}
