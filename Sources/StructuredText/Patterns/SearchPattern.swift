internal import ByteStreams

/// A regular expression in the notation of RE2 that a user looks for names with, and that is found anywhere in a text.
/// A regular expression in the notation of RE2, with which a user searches for names; it matches anywhere in a text.
///
/// Supported are characters, `.`, classes with ranges, negation and `[:alpha:]` and its like, `\d \D \w \W \s \S`,
/// escaped punctuation, `\n \r \t`, groups `(…)`, `(?:…)` and `(?P<name>…)`, the flags `(?i)` and `(?s)` at the beginning,
/// alternatives, `* + ? {n} {n,} {n,m}` and their lazy forms (which find the same texts), `^ $ \A \z \b \B`. There are no
/// back references and no lookaround, as in RE2.
///
/// All paths through the pattern are followed at once, so that the work is at most the length of the text times that of
/// the pattern. A pattern with more steps than ``Limits/patternSteps`` is refused.
package struct SearchPattern: Sendable {
    private enum Step: Sendable {
        case scalar(ScalarSet, next: Int)
        case fork(Int, Int)
        case check(PatternNode.Boundary, next: Int)
        case match
    }

    private var steps: [Step] = [.match]
    private var first = 0

    /// Parses a pattern.
    package init(_ source: String) throws(PatternError) {
        var parser = PatternParser(source, .search)
        first = try add(parser.whole(), before: 0)
    }

    private mutating func append(_ step: Step) throws(Failure) -> Int {
        guard steps.count < Limits.patternSteps else { throw Failure(description: "is too long") }
    private mutating func append(_ step: Step) throws(PatternError) -> Int {
        guard steps.count < Limits.patternSteps else { throw PatternError("is too long") }
        steps.append(step)
        return steps.count - 1
    }

    /// Adds the steps through an expression to `next`, and returns the first one.
    private mutating func add(_ node: PatternNode, before next: Int) throws(PatternError) -> Int {
        switch node {
        case .set(let set): return try append(.scalar(set, next: next))
        case .check(let boundary): return try append(.check(boundary, next: next))
        case .sequence(let parts):
            var place = next
            for part in parts.reversed() { place = try add(part, before: place) }
            return place
        case .choice(let parts):
            var place: Int?
            for part in parts.reversed() {
                let begin = try add(part, before: next)
                if let other = place { place = try append(.fork(begin, other)) } else { place = begin }
            }
            return place ?? next
        case .repeated(let part, let least, let most):
            var place = next
            if let most {
                for _ in least..<max(least, most) { place = try append(.fork(add(part, before: place), next)) }
            } else {
                place = try append(.fork(next, next))
                steps[place] = .fork(try add(part, before: place), next)
            }
            for _ in 0..<least {
                let before = place
                place = try add(part, before: place)
                // An empty part stays empty however often; nested counts of it would take long.
                if place == before { break }
            }
            return place
        }
    }

    /// Whether the text contains a match.
    package func isFound(in text: String) -> Bool {
        var current = Places(count: steps.count)
        var following = Places(count: steps.count)
        var pending: [Int] = []
        var before: Unicode.Scalar?
        var rest = text.unicodeScalars[...]
        while true {
            let next = rest.popFirst()
            // A match may begin anywhere.
            pending.append(first)
            pending += current.list.reversed()
            current.removeAll()
            while let place = pending.popLast() {
                guard current.insert(place) else { continue }
                switch steps[place] {
                case .match: return true
                case .scalar: break
                case .fork(let one, let other):
                    pending.append(other)
                    pending.append(one)
                case .check(let boundary, let behind):
                    if boundary.holds(between: before, and: next) { pending.append(behind) }
                }
            }
            guard let next else { return false }
            for place in current.list {
                if case .scalar(let set, let behind) = steps[place], set.contains(next.value) {
                    _ = following.insert(behind)
                }
            }
            swap(&current, &following)
            following.removeAll()
            before = next
        }
    }

    /// A set of steps with lookup in constant time.
    private struct Places {
        private(set) var list: [Int] = []
        private var isIn: [Bool]

        init(count: Int) {
            isIn = Array(repeating: false, count: count)
        }

        mutating func insert(_ place: Int) -> Bool {
            guard !isIn[place] else { return false }
            isIn[place] = true
            list.append(place)
            return true
        }

        mutating func removeAll() {
            for place in list { isIn[place] = false }
            list.removeAll(keepingCapacity: true)
        }
    }
}

/// A part of a pattern.
indirect enum SearchPatternNode {
    case set([ClosedRange<UInt32>])
    case check(Boundary)
    case sequence([SearchPatternNode])
    case choice([SearchPatternNode])
    case repeated(SearchPatternNode, Int, Int?)

    /// What must be so between two scalars.
    enum Boundary: Sendable {
        case start
        case end
        case word
        case noWord

        func holds(between before: Unicode.Scalar?, and next: Unicode.Scalar?) -> Bool {
            switch self {
            case .start: before == nil
            case .end: next == nil
            case .word: Self.isWord(before) != Self.isWord(next)
            case .noWord: Self.isWord(before) == Self.isWord(next)
            }
        }

        private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
            switch scalar?.value ?? 0 {
            case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
            default: false
            }
        }
    }
}

/// Reads a pattern, https://github.com/google/re2/wiki/Syntax.
private struct SearchPatternParser {
    typealias Failure = SearchPattern.Failure
    typealias Scalars = [ClosedRange<UInt32>]

    private var rest: Substring.UnicodeScalarView
    private var ignoresCase = false
    private var dotTakesNewlines = false

    private static let digits: Scalars = [0x30...0x39]
    private static let lower: Scalars = [0x61...0x7A]
    private static let upper: Scalars = [0x41...0x5A]
    private static let words: Scalars = digits + upper + [0x5F...0x5F] + lower
    private static let spaces: Scalars = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]

    init(_ source: String) {
        rest = Substring(source).unicodeScalars
    }

    mutating func whole() throws(Failure) -> SearchPatternNode {
        while rest.starts(with: "(?".unicodeScalars), let flag = rest.dropFirst(2).first, flag == "i" || flag == "s" {
            rest.removeFirst(2)
            while let flag = rest.popFirst(), flag != ")" {
                switch flag {
                case "i": ignoresCase = true
                case "s": dotTakesNewlines = true
                default: throw Failure(description: "has the flag `\(flag)`, which is not understood")
                }
            }
        }
        let node = try choice(depth: 0)
        guard rest.isEmpty else { throw Failure(description: "has a `)` that closes nothing") }
        return node
    }

    private mutating func choice(depth: Int) throws(Failure) -> SearchPatternNode {
        guard depth < Limits.patternDepth else { throw Failure(description: "nests groups too deep") }
        var parts = [try sequence(depth: depth)]
        while take("|") { parts.append(try sequence(depth: depth)) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence(depth: Int) throws(Failure) -> SearchPatternNode {
        var parts: [SearchPatternNode] = []
        while let next = rest.first, next != "|", next != ")" { parts.append(try quantified(depth: depth)) }
        return .sequence(parts)
    }

    private mutating func quantified(depth: Int) throws(Failure) -> SearchPatternNode {
        let atom = try atom(depth: depth)
        let result: SearchPatternNode
        if take("*") {
            result = .repeated(atom, 0, nil)
        } else if take("+") {
            result = .repeated(atom, 1, nil)
        } else if take("?") {
            result = .repeated(atom, 0, 1)
        } else if let (least, most) = try count() {
            result = .repeated(atom, least, most)
        } else {
            return atom
        }
        // Lazy or not is about how much is found, not about whether.
        _ = take("?")
        if let next = rest.first, next == "*" || next == "+" || next == "?" {
            throw Failure(description: "has a `\(next)` behind a repetition")
        }
        return result
    }

    /// `{n}`, `{n,}` or `{n,m}`; nil for a brace that counts nothing, which is a character.
    private mutating func count() throws(Failure) -> (Int, Int?)? {
        let start = rest
        guard take("{"), let least = number() else {
            rest = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else {
            rest = start
            return nil
        }
        guard least <= most ?? least, max(least, most ?? 0) <= Limits.patternCount else {
            throw Failure(description: "has a count that is not valid, or larger than \(Limits.patternCount)")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = rest.first?.value, digit >= 0x30, digit <= 0x39, value ?? 0 < 100_000 {
            value = (value ?? 0) * 10 + Int(digit - 0x30)
            rest.removeFirst()
        }
        return value
    }

    private mutating func atom(depth: Int) throws(Failure) -> SearchPatternNode {
        guard let scalar = rest.popFirst() else { throw Failure(description: "ends early") }
        switch scalar {
        case "(":
            if take("?") { try openGroup() }
            let inner = try choice(depth: depth + 1)
            guard take(")") else { throw Failure(description: "has a group that does not end") }
            return inner
        case "[": return .set(folded(try characterClass()))
        case ".": return .set(dotTakesNewlines ? [0...0x10FFFF] : Self.complement([0x0A...0x0A]))
        case "^": return .check(.start)
        case "$": return .check(.end)
        case "*", "+", "?": throw Failure(description: "has a `\(scalar)` that repeats nothing")
        case "\\":
            if take("b") { return .check(.word) }
            if take("B") { return .check(.noWord) }
            if take("A") { return .check(.start) }
            if take("z") { return .check(.end) }
            return .set(folded(try escape()))
        default: return .set(folded([scalar.value...scalar.value]))
        }
    }

    private mutating func openGroup() throws(Failure) {
        if take(":") { return }
        _ = take("P")
        guard take("<"), let end = rest.firstIndex(of: ">"), end > rest.startIndex,
            rest[..<end].allSatisfy({ $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) })
        else { throw Failure(description: "has a group of a kind that is not understood") }
        rest = rest[rest.index(after: end)...]
    }

    private mutating func characterClass() throws(Failure) -> Scalars {
        let isNegated = take("^")
        var set: Scalars = []
        var isFirst = true
        while true {
            guard let scalar = rest.popFirst() else { throw Failure(description: "has a class that does not end") }
            // A bracket at the beginning stands for itself.
            if scalar == "]", !isFirst { break }
            isFirst = false
            if scalar == "[", rest.first == ":" {
                set += try namedClass()
                continue
            }
            let low = scalar == "\\" ? try escape() : [scalar.value...scalar.value]
            guard rest.first == "-", let behind = rest.dropFirst().first, behind != "]" else {
                set += low
                continue
            }
            rest.removeFirst()
            guard let end = rest.popFirst() else { throw Failure(description: "has a class that does not end") }
            let high = end == "\\" ? try escape() : [end.value...end.value]
            guard low.count == 1, high.count == 1, low[0].count == 1, high[0].count == 1,
                low[0].lowerBound <= high[0].lowerBound
            else { throw Failure(description: "has a range that is none") }
            set.append(low[0].lowerBound...high[0].lowerBound)
        }
        return isNegated ? Self.complement(folded(set)) : set
    }

    private mutating func namedClass() throws(Failure) -> Scalars {
        let name = String(String.UnicodeScalarView(rest.dropFirst().prefix { $0 != ":" }))
        let set: Scalars
        switch name {
        case "alpha": set = Self.upper + Self.lower
        case "digit": set = Self.digits
        case "alnum": set = Self.digits + Self.upper + Self.lower
        case "lower": set = Self.lower
        case "upper": set = Self.upper
        case "word": set = Self.words
        case "space": set = Self.spaces + [0x0B...0x0B]
        case "punct": set = [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
        default: throw Failure(description: "has a class by a name that is not understood")
        }
        rest = rest.dropFirst(name.unicodeScalars.count + 1)
        guard take(":"), take("]") else { throw Failure(description: "has a class that does not end") }
        return set
    }

    private mutating func escape() throws(Failure) -> Scalars {
        guard let scalar = rest.popFirst() else { throw Failure(description: "ends in a reverse solidus") }
        switch scalar {
        case "d": return Self.digits
        case "D": return Self.complement(Self.digits)
        case "w": return Self.words
        case "W": return Self.complement(Self.words)
        case "s": return Self.spaces
        case "S": return Self.complement(Self.spaces)
        case "n": return [0x0A...0x0A]
        case "r": return [0x0D...0x0D]
        case "t": return [0x09...0x09]
        case "a"..."z", "A"..."Z", "0"..."9":
            throw Failure(description: "has `\\\(scalar)`, which is not understood")
        default: return [scalar.value...scalar.value]
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    /// With the other case of its letters, where case does not count: of ASCII in ranges, of all in single scalars.
    private func folded(_ set: Scalars) -> Scalars {
        guard ignoresCase else { return set }
        var result = set
        for range in set {
            let upper = range.clamped(to: 0x41...0x5A)
            if range.overlaps(0x41...0x5A) { result.append(upper.lowerBound + 32...upper.upperBound + 32) }
            let lower = range.clamped(to: 0x61...0x7A)
            if range.overlaps(0x61...0x7A) { result.append(lower.lowerBound - 32...lower.upperBound - 32) }
            guard range.count == 1, range.lowerBound >= 0x80, let scalar = Unicode.Scalar(range.lowerBound) else {
                continue
            }
            for mapping in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                let scalars = Array(mapping.unicodeScalars)
                if scalars.count == 1 { result.append(scalars[0].value...scalars[0].value) }
            }
        }
        return result
    }

    private static func complement(_ set: Scalars) -> Scalars {
        var complement: Scalars = []
        var next: UInt32 = 0
        for range in set.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { complement.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { complement.append(next...0x10FFFF) }
        return complement
    }
}
