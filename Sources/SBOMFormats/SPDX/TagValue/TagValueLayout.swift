internal import StructuredText

/// How the tags of a document come after another, where that is not the order in which we would write them.
///
/// It consists of runs of the canonical sequence, each pair at most once, and of pairs that are not in it.
struct TagValueLayout {
    private enum Step {
        case run(Range<Int>)
        case literal(name: [UInt8], value: [UInt8])
    }

    private let count: Int
    private let steps: [Step]

    /// The layout of `sequence`; nil if it is the canonical one.
    init?(of sequence: TagValueSequence, over canonical: TagValueSequence) {
        let total = canonical.pairs.count
        if sequence.pairs.count == total {
            guard !sequence.pairs.indices.allSatisfy({ sequence.matches($0, canonical, $0) }) else { return nil }
        }
        var index = PairIndex(canonical)
        var steps: [Step] = []
        var next = 0
        for place in sequence.pairs.indices {
            guard let found = index.take(sequence, place, preferring: next) else {
                let pair = sequence.pairs[place]
                steps.append(
                    .literal(name: Array(sequence.bytes[pair.name]), value: Array(sequence.bytes[pair.value])))
                continue
            }
            if case .run(let range) = steps.last, range.upperBound == found {
                steps[steps.count - 1] = .run(range.lowerBound..<found + 1)
            } else {
                steps.append(.run(found..<found + 1))
            }
            next = found + 1
        }
        count = total
        self.steps = steps
    }

    /// As a value of JSON: how many pairs the canonical sequence has, and the steps, of which two numbers are a start
    /// and a length, and a string is a tag, a colon and its value.
    var json: JSONValue {
        var order: [JSONValue] = []
        for step in steps {
            switch step {
            case .run(let range):
                order.append(.number(JSONNumber(range.lowerBound)))
                order.append(.number(JSONNumber(range.count)))
            case .literal(let name, let value):
                order.append(.string(String(decoding: name + [UInt8(ascii: ":")] + value, as: UTF8.self)))
            }
        }
        return ["of": .number(JSONNumber(count)), "order": .array(order)]
    }

    /// Reads what ``json`` gives; nil for anything else.
    init?(_ json: JSONValue) {
        guard let object = json.objectContent, case .number(let of) = object["of"], let count = of.int,
            let order = object["order"]?.arrayContent
        else { return nil }
        var steps: [Step] = []
        var start: Int?
        for item in order {
            switch item {
            case .number(let number):
                guard let number = number.int, number >= 0 else { return nil }
                if let first = start {
                    let (end, overflow) = first.addingReportingOverflow(number)
                    guard !overflow, end <= count else { return nil }
                    steps.append(.run(first..<end))
                    start = nil
                } else {
                    start = number
                }
            case .string(let text):
                let bytes = Array(text.utf8)
                guard start == nil, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
                steps.append(.literal(name: Array(bytes[..<colon]), value: Array(bytes[(colon + 1)...])))
            case .null, .bool, .array, .object: return nil
            }
        }
        guard start == nil else { return nil }
        self.count = count
        self.steps = steps
    }

    /// The sequence laid out so; nil if the layout is of another one.
    func applied(to canonical: TagValueSequence) -> TagValueSequence? {
        guard canonical.pairs.count == count else { return nil }
        var result = TagValueSequence()
        result.bytes = canonical.bytes
        var isUsed = [Bool](repeating: false, count: count)
        for step in steps {
            switch step {
            case .run(let range):
                for place in range {
                    // Else a short layout could ask for a document of any length.
                    guard !isUsed[place] else { return nil }
                    isUsed[place] = true
                    result.pairs.append(canonical.pairs[place])
                }
            case .literal(let name, let value):
                let start = result.bytes.count
                result.bytes.append(contentsOf: name)
                let middle = result.bytes.count
                result.bytes.append(contentsOf: value)
                let end = result.bytes.count
                let isWritable =
                    name.isEmpty ? !value.contains(0x0A) : TagValueSpelling.isWritable(result.bytes.span, middle..<end)
                guard isWritable else { return nil }
                result.pairs.append(TagValuePair(tag: nil, name: start..<middle, value: middle..<end))
            }
        }
        return result
    }

    /// The pairs of a sequence by what they say, each of which is given out once.
    private struct PairIndex {
        private let sequence: TagValueSequence
        private var isUsed: [Bool]
        // The first of the pairs with each hash, and after each pair the next with the same hash.
        private var heads: [Int: Int] = [:]
        private var following: [Int]

        init(_ sequence: TagValueSequence) {
            self.sequence = sequence
            isUsed = [Bool](repeating: false, count: sequence.pairs.count)
            following = [Int](repeating: -1, count: sequence.pairs.count)
        }

        /// An equal pair that is still free: the preferred one if it is equal and free, else the first.
        mutating func take(_ other: TagValueSequence, _ place: Int, preferring next: Int) -> Int? {
            if next < isUsed.count, !isUsed[next], other.matches(place, sequence, next) {
                isUsed[next] = true
                return next
            }
            // A tag that we would spell otherwise is nowhere.
            guard other.pairs[place].tag != nil else { return nil }
            if heads.isEmpty { fill() }
            let hash = Self.hash(other, place)
            guard var found = heads[hash] else { return nil }
            while found >= 0, isUsed[found] { found = following[found] }
            heads[hash] = found
            guard found >= 0, other.matches(place, sequence, found) else { return nil }
            isUsed[found] = true
            return found
        }

        private mutating func fill() {
            heads.reserveCapacity(sequence.pairs.count)
            for place in sequence.pairs.indices.reversed() where !isUsed[place] {
                let hash = Self.hash(sequence, place)
                following[place] = heads.updateValue(place, forKey: hash) ?? -1
            }
        }

        // The hash has a seed of its own in each process, so that no input can choose values with the same hash.
        private static func hash(_ sequence: TagValueSequence, _ place: Int) -> Int {
            let pair = sequence.pairs[place]
            var hasher = Hasher()
            hasher.combine(pair.tag)
            // SAFETY: the bytes are read in the call and not kept.
            unsafe sequence.bytes.withUnsafeBytes { bytes in
                unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[pair.value]))
            }
            return hasher.finalize()
        }
    }
}
