extension JSONValue {
    /// A hash of the value; for an array or object, of the scalar values directly in it.
    ///
    /// Equal values have equal hashes. It distinguishes most elements of an array without a deep walk.
    var shallowHash: Int {
        var hasher = Hasher()
        switch self {
        case .array(let items):
            hasher.combine(items.count)
            for item in items { hasher.combine(item.leafHash) }
        case .object(let object):
            hasher.combine(object.count)
            var sum = 0
            for member in object.members {
                var inner = Hasher()
                inner.combine(member.name)
                inner.combine(member.value.leafHash)
                sum &+= inner.finalize()
            }
            hasher.combine(sum)
        case .null, .bool, .number, .string: return leafHash
        }
        return hasher.finalize()
    }

    fileprivate var leafHash: Int {
        var hasher = Hasher()
        switch self {
        case .null: hasher.combine(0)
        case .bool(let bool): hasher.combine(bool)
        case .number(let number): hasher.combine(JSONSchemaNumber(number))
        case .string(let text): hasher.combine(text)
        case .array: hasher.combine(1)
        case .object: hasher.combine(2)
        }
        return hasher.finalize()
    }
}

/// The hashes of all values of a document, computed in one pass and without recursion.
///
/// Hashing an element takes time proportional to its size. Arrays with unique elements may be nested. If each level
/// were hashed separately, a deep document would take time proportional to depth times size.
struct JSONSchemaHashes: Sendable {
    private var hashes: [Int]
    // The index of the first value inside of each value; the others follow.
    private let firsts: [Int]

    /// Hashes the members that `members` selects of each object.
    init(_ root: JSONValue, members: (JSONObject) -> [JSONObject.Member]) {
        var values = [root]
        var names: [String?] = [nil]
        var firsts: [Int] = []
        var at = 0
        while at < values.count {
            firsts.append(values.count)
            switch values[at] {
            case .array(let items):
                values += items
                names += [String?](repeating: nil, count: items.count)
            case .object(let object):
                for member in members(object) {
                    values.append(member.value)
                    names.append(member.name)
                }
            case .null, .bool, .number, .string: break
            }
            at += 1
        }
        var hashes = [Int](repeating: 0, count: values.count)
        // Inner values come after outer ones, so that a backward walk has every hash when it is needed.
        for index in values.indices.reversed() {
            let end = index + 1 < firsts.count ? firsts[index + 1] : values.count
            var hasher = Hasher()
            switch values[index] {
            case .array:
                hasher.combine(1)
                for inner in firsts[index]..<end { hasher.combine(hashes[inner]) }
                hashes[index] = hasher.finalize()
            case .object:
                var sum = 0
                for inner in firsts[index]..<end {
                    var member = Hasher()
                    member.combine(names[inner])
                    member.combine(hashes[inner])
                    sum &+= member.finalize()
                }
                hasher.combine(2)
                hasher.combine(sum)
                hashes[index] = hasher.finalize()
            case .null, .bool, .number, .string: hashes[index] = values[index].leafHash
            }
        }
        self.hashes = hashes
        self.firsts = firsts
    }

    /// The hashes of the `count` elements of the array at some steps.
    func ofElements(at steps: some Sequence<Int>, count: Int) -> ArraySlice<Int> {
        var node = 0
        for step in steps { node = firsts[node] + step }
        return hashes[firsts[node]..<firsts[node] + count]
    }
}
