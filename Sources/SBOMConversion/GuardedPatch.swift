internal import ByteStreams
internal import SBOMFormats
internal import StructuredText

/// The differences between a JSON object and what a conversion and its reverse make of it: a JSON patch with a test
/// (RFC 6902).
///
/// A conversion maps a document, maps the result back (the reverse conversion), and compares. The differences are the
/// *residue*, a list of *entries*. The new document *carries* them, in properties or annotations: its *carriers*. The
/// conversion of that document *restores* them. Each entry has a place, the original value, and a guard: a short hash of
/// the value that the reverse conversion gives there. If the guard does not match, someone edited the document, and the
/// edit wins.
struct GuardedPatch {
    /// One place and its original value.
    struct Entry: Sendable {
        /// The place: a JSON Pointer without its first slash.
        var path: String
        /// A hash of the value that the reverse conversion gives at that place; nil if it gives none.
        var guardHash: String?
        /// The original value; nil if there was none.
        var value: JSONValue?
    }

    /// The last step of the path of an entry for the order of an array.
    ///
    /// No name equals it, because names escape `~`.
    fileprivate static let orderToken = "~order"
    /// The longest array for which an entry stores only the order.
    fileprivate static let longestOrder = 64

    /// The last step of the path of an entry for elements that one of two arrays lacks: `["4-5", [2, {…}]]` removes the
    /// elements 4 and 5 and then puts one in as element 2.
    fileprivate static let itemsToken = "~items"
    /// The shortest array for which an entry stores only the elements that it lacks.
    private static let shortestList = 8

    /// The number of elements of an array that may differ before an entry stores the whole array.
    private static let mostElements = 4

    /// The differences of `original` and `restored`.
    ///
    /// The order of members is ignored, and of members with the same name only the last counts. Entries are sorted by path,
    /// so they do not depend on the order of members.
    static func entries(of original: JSONObject, missingFrom restored: JSONObject) -> [Entry] {
        var entries: [Entry] = []
        compare(original, restored, path: "", depth: 0, &entries)
        if entries.count > 1 { entries.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) } }
        return entries
    }

    private static func compare(
        _ original: JSONObject, _ restored: JSONObject, path: String, depth: Int, _ entries: inout [Entry]
    ) {
        guard restored.count <= 64 else {
            compareSlowly(original, restored, path: path, depth: depth, &entries)
            return
        }
        // Most members have the same order in both, so the search continues after the last member found.
        var unmatched = ~UInt64(0) >> UInt64(64 - max(restored.count, 1))
        if restored.isEmpty { unmatched = 0 }
        var next = 0
        var missing: [Int] = []
        let before = entries.count
        for index in original.members.indices {
            var found = -1
            for step in 0..<restored.count {
                let place = next + step < restored.count ? next + step : next + step - restored.count
                if restored.members[place].name.isIdentical(to: original.members[index].name) {
                    found = place
                    break
                }
            }
            guard found >= 0 else {
                missing.append(index)
                continue
            }
            guard unmatched & 1 << UInt64(found) != 0 else {
                // A second member of the name.
                entries.removeSubrange(before...)
                compareSlowly(original, restored, path: path, depth: depth, &entries)
                return
            }
            unmatched &= ~(1 << UInt64(found))
            next = found + 1 == restored.count ? 0 : found + 1
            if original.members[index].value.isSemanticallyEqual(to: restored.members[found].value) { continue }
            compare(
                original.members[index].value, restored.members[found].value,
                path: step(path, original.members[index].name), depth: depth, &entries)
        }
        if missing.count > 1 || unmatched & (unmatched &- 1) != 0,
            !original.duplicates.isEmpty || !restored.duplicates.isEmpty
        {
            entries.removeSubrange(before...)
            compareSlowly(original, restored, path: path, depth: depth, &entries)
            return
        }
        for index in missing {
            entries.append(
                Entry(
                    path: step(path, original.members[index].name), guardHash: nil,
                    value: original.members[index].value))
        }
        while unmatched != 0 {
            let member = restored.members[unmatched.trailingZeroBitCount]
            entries.append(Entry(path: step(path, member.name), guardHash: member.value.shortHash, value: nil))
            unmatched &= unmatched - 1
        }
    }

    /// The same for objects with many members, or with several members of one name, of which the last counts.
    private static func compareSlowly(
        _ original: JSONObject, _ restored: JSONObject, path: String, depth: Int, _ entries: inout [Entry]
    ) {
        let (ours, theirs) = (original.lasts, restored.lasts)
        let known = Dictionary(theirs.map { (ExactString($0.name), $0.value) }) { $1 }
        for member in ours {
            let found = known[ExactString(member.name)]
            if let found, found.isSemanticallyEqual(to: member.value) { continue }
            compare(member.value, found, path: step(path, member.name), depth: depth, &entries)
        }
        let names = Set(ours.map { ExactString($0.name) })
        for member in theirs where !names.contains(ExactString(member.name)) {
            entries.append(Entry(path: step(path, member.name), guardHash: member.value.shortHash, value: nil))
        }
    }

    private static func compare(
        _ original: JSONValue, _ restored: JSONValue?, path: String, depth: Int, _ entries: inout [Entry]
    ) {
        guard let restored else {
            entries.append(Entry(path: path, guardHash: nil, value: original))
            return
        }
        switch (original, restored) {
        case (.object(let one), .object(let other)) where depth < 100 && !one.isEmpty && !other.isEmpty:
            compare(one, other, path: path, depth: depth + 1, &entries)
        case (.array(let one), .array(let other)) where depth < 100 && one.count == other.count:
            let different = one.indices.filter { !one[$0].isSemanticallyEqual(to: other[$0]) }
            if different.count > 1, one.count <= longestOrder, let order = order(of: one, in: other) {
                entries.append(
                    Entry(
                        path: "\(path)/\(orderToken)", guardHash: restored.shortHash,
                        value: .string(NumberRuns.text(order))))
                return
            }
            guard different.count <= mostElements, different.count * 2 <= max(one.count, 2) else { fallthrough }
            for index in different {
                compare(one[index], other[index], path: step(path, String(index)), depth: depth + 1, &entries)
            }
        case (.array(let one), .array(let other)) where one.count != other.count && one.count >= shortestList:
            let items = items(of: one, lackingIn: other)
            entries.append(
                Entry(
                    path: items == nil ? path : "\(path)/\(itemsToken)", guardHash: restored.shortHash,
                    value: items ?? original))
        default:
            entries.append(Entry(path: path, guardHash: restored.shortHash, value: original))
        }
    }

    /// What makes the one array of the other, which has the same elements in the same order but for few: some that it
    /// lacks, and some at its end that are too many; nil if it is otherwise.
    private static func items(of one: [JSONValue], lackingIn other: [JSONValue]) -> JSONValue? {
        var missing: [JSONValue] = []
        var place = 0
        for (index, item) in one.enumerated() {
            if place < other.count, item.isSemanticallyEqual(to: other[place]) {
                place += 1
            } else {
                missing.append([.number(JSONNumber(index)), item])
                guard missing.count * 2 <= one.count else { return nil }
            }
        }
        let excess = other.count - place
        guard (missing.count + excess) * 2 <= one.count else { return nil }
        return .array([.string(NumberRuns.text(Array(place..<other.count)))] + missing)
    }

    /// The places of the elements of one array in another that has the same elements in another order.
    private static func order(of one: [JSONValue], in other: [JSONValue]) -> [Int]? {
        var isTaken = Array(repeating: false, count: other.count)
        var order: [Int] = []
        for item in one {
            guard let place = other.indices.first(where: { !isTaken[$0] && other[$0].isSemanticallyEqual(to: item) })
            else { return nil }
            isTaken[place] = true
            order.append(place)
        }
        return order
    }

    private static func step(_ path: String, _ name: String) -> String {
        let escaped =
            name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "=") }
            ? name.replacing("~", with: "~0").replacing("/", with: "~1").replacing("=", with: "~2") : name
        return path.isEmpty ? escaped : "\(path)/\(escaped)"
    }

    fileprivate static func tokens(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).map { token in
            guard token.utf8.contains(UInt8(ascii: "~")) else { return String(token) }
            return String(token).replacing("~2", with: "=").replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    /// The name of the member that a path begins with.
    static func member(of path: String) -> String {
        tokens(String(path.prefix { $0 != "/" })).first ?? ""
    }

    /// Restores entries, and returns those whose place was edited since.
    static func restore(_ entries: [Entry], in object: inout JSONObject) -> [Entry] {
        guard !entries.isEmpty else { return [] }
        var restoration = Restoration(entries)
        var value = JSONValue.object(object)
        // Taken out first, so that the changed value has one owner and is not copied.
        object = JSONObject()
        restoration.put(Array(entries.indices), level: 0, in: &value)
        if case .object(let changed) = value { object = changed }
        return restoration.refused.sorted().map { entries[$0] }
    }

    /// Restores many entries in one walk.
    ///
    /// An untrusted document may carry a hundred thousand entries in one object: each name is looked up once, and each value
    /// is hashed once. We write no entry for a place inside the place of another entry, so such entries are ignored.
    private struct Restoration {
        let entries: [Entry]
        let ways: [[String]]
        var refused: [Int] = []

        init(_ entries: [Entry]) {
            self.entries = entries
            ways = entries.map { GuardedPatch.tokens($0.path) }
        }

        /// The entries of a batch by their step on a level, in order, those that end there apart from those that go on.
        private func groups(_ batch: [Int], level: Int) -> [(token: String, here: [Int], below: [Int])] {
            var groups: [(token: String, here: [Int], below: [Int])] = []
            var places: [ExactString: Int] = [:]
            for number in batch {
                let token = ways[number][level]
                let place = places[ExactString(token)] ?? groups.count
                if place == groups.count {
                    places[ExactString(token)] = place
                    groups.append((token, [], []))
                }
                if ways[number].count == level + 1 {
                    groups[place].here.append(number)
                } else {
                    groups[place].below.append(number)
                }
            }
            return groups
        }

        // The recursion is as deep as the document, whose depth is bounded.
        mutating func put(_ batch: [Int], level: Int, in value: inout JSONValue) {
            switch value {
            case .object(var object):
                value = .null
                put(batch, level: level, in: &object)
                value = .object(object)
            case .array(var items):
                value = .null
                put(batch, level: level, in: &items)
                value = .array(items)
            case .null, .bool, .number, .string:
                refused += batch
            }
        }

        private mutating func put(_ batch: [Int], level: Int, in object: inout JSONObject) {
            let groups = groups(batch, level: level)
            var places: [ExactString: Int]?
            if groups.count > 8 {
                places = Dictionary(object.members.enumerated().map { (ExactString($1.name), $0) }) { $1 }
            }
            // Up to which place members of a name are gone.
            var gone: [ExactString: Int] = [:]
            for (token, here, below) in groups {
                var place = places.map { $0[ExactString(token)] } ?? object.place(of: token)
                var hash: String?
                for number in here {
                    let entry = entries[number]
                    // A place that has the original value already needs no change.
                    if entry.value == nil, place == nil { continue }
                    if let new = entry.value, let place, object.members[place].value.isSemanticallyEqual(to: new) {
                        continue
                    }
                    if hash == nil { hash = place.map { object.members[$0].value.shortHash } }
                    guard hash == entry.guardHash else {
                        refused.append(number)
                        continue
                    }
                    hash = nil
                    if let new = entry.value {
                        if let place {
                            object.members[place].value = new
                        } else {
                            place = object.members.count
                            object.append(token, new)
                        }
                    } else {
                        gone[ExactString(token)] = object.members.count
                        place = nil
                    }
                }
                guard !below.isEmpty else { continue }
                if let place, here.isEmpty {
                    put(below, level: level + 1, in: &object.members[place].value)
                } else {
                    refused += below
                }
            }
            guard !gone.isEmpty else { return }
            object.members = object.members.indices
                .filter { $0 >= gone[ExactString(object.members[$0].name)] ?? 0 }.map { object.members[$0] }
        }

        private mutating func put(_ batch: [Int], level: Int, in items: inout [JSONValue]) {
            let groups = groups(batch, level: level)
            let whole = [GuardedPatch.orderToken, GuardedPatch.itemsToken]
            let isArranged = groups.contains { whole.contains($0.token) && !$0.here.isEmpty }
            for (token, here, below) in groups {
                if whole.contains(token) {
                    refused += here.dropFirst() + below
                    let isDone = here.first.map { number in
                        token == GuardedPatch.orderToken
                            ? arrange(&items, by: entries[number]) : complete(&items, by: entries[number])
                    }
                    if isDone == false, let number = here.first { refused.append(number) }
                    continue
                }
                // One spelling for each element, so that no two groups are the same element.
                guard !isArranged, let place = Int(token), items.indices.contains(place), String(place) == token else {
                    refused += here + below
                    continue
                }
                var hash: String?
                for number in here {
                    let found = hash ?? items[place].shortHash
                    hash = found
                    guard let new = entries[number].value, found == entries[number].guardHash else {
                        refused.append(number)
                        continue
                    }
                    items[place] = new
                    hash = nil
                }
                guard !below.isEmpty else { continue }
                if here.isEmpty {
                    put(below, level: level + 1, in: &items[place])
                } else {
                    refused += below
                }
            }
        }

        private func complete(_ items: inout [JSONValue], by entry: Entry) -> Bool {
            guard case .array(let parts) = entry.value, let runs = parts.first?.textContent,
                let excess = NumberRuns.numbers(runs, limit: items.count + 1), Set(excess).count == excess.count,
                excess.allSatisfy({ $0 < items.count }), JSONValue.array(items).shortHash == entry.guardHash
            else { return false }
            var added: [(place: Int, item: JSONValue)] = []
            for part in parts.dropFirst() {
                guard let pair = part.arrayContent, pair.count == 2, case .number(let digits) = pair[0],
                    let place = digits.int, place > added.last?.place ?? -1
                else { return false }
                added.append((place, pair[1]))
            }
            let gone = Set(excess)
            let count = items.count - excess.count + added.count
            guard added.last?.place ?? -1 < count else { return false }
            var kept = items.indices.lazy.filter { !gone.contains($0) }.makeIterator()
            var result: [JSONValue] = []
            result.reserveCapacity(count)
            var next = added[...]
            while result.count < count {
                if let first = next.first, first.place == result.count {
                    result.append(first.item)
                    next.removeFirst()
                } else if let place = kept.next() {
                    result.append(items[place])
                } else {
                    return false
                }
            }
            items = result
            return true
        }

        private func arrange(_ items: inout [JSONValue], by entry: Entry) -> Bool {
            // The order of longer arrays is never stored, so they are not hashed.
            guard items.count <= GuardedPatch.longestOrder, JSONValue.array(items).shortHash == entry.guardHash,
                let order = entry.value?.textContent.flatMap({ NumberRuns.numbers($0, limit: items.count + 1) }),
                order.count == items.count, Set(order).count == items.count,
                order.allSatisfy({ $0 < items.count })
            else { return false }
            items = order.map { items[$0] }
            return true
        }
    }
}

extension GuardedPatch.Entry {
    /// The path, `@` and the hash.
    ///
    /// `-` is the hash of no value if the path itself seems to end in a hash.
    var label: String {
        if let guardHash { return "\(path)@\(guardHash)" }
        return Self.endOfPath(path) == path.endIndex ? path : "\(path)@-"
    }

    /// The original value as JSON on one line; empty if there was none.
    ///
    /// `</` is escaped, because it ends a text in tag-value and HTML, and so are U+FFFE and U+FFFF, which XML cannot hold
    /// (XML 1.0 §2.2).
    var text: String {
        guard let value else { return "" }
        return value.embeddedText
    }

    /// Parses ``label`` and ``text``; nil if the text is not JSON.
    init?(label: String, text: String, limits: Limits) {
        let end = Self.endOfPath(label)
        path = String(label[..<end])
        let rest = label[end...].dropFirst()
        guardHash = rest.isEmpty || rest == "-" ? nil : String(rest)
        if text.isEmpty {
            value = nil
        } else {
            guard let value = try? JSONValue(parsing: Array(text.utf8), limits: limits) else { return nil }
            self.value = value
        }
    }

    private static func endOfPath(_ text: String) -> String.Index {
        guard let sign = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return text.endIndex }
        let hash = text.utf8[sign...].dropFirst()
        let isHash = hash.count == 8 && hash.allSatisfy(\.isASCIILowercaseHexDigit)
        return isHash || hash.elementsEqual("-".utf8) ? sign : text.endIndex
    }
}
