internal import ByteStreams

/// The reason why a regular expression is refused, worded to follow the expression.
package struct PatternError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The two notations of regular expressions that are parsed.
enum PatternNotation {
    /// The subset of ECMA-262 that our schemas use. The schemas are our own, so other syntax in them is a mistake.
    ///
    /// `^` and `$` are allowed only at the ends of the expression, and a brace always begins a count.
    case schema
    /// The syntax of RE2 (https://github.com/google/re2/wiki/Syntax), for patterns of the user.
    case search

    /// The maximum nesting depth of groups.
    var depthLimit: Int {
        switch self {
        case .schema: 20
        case .search: Limits.patternDepth
        }
    }

    /// The scalars that `\s` matches: ECMA-262 §12.2 and §12.3, or those of RE2.
    var spaces: ScalarSet {
        switch self {
        case .schema:
            [
                0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
                0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
            ]
        case .search: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]
        }
    }

    /// The scalars that `.` does not match (ECMA-262 §22.2.2.7, or those of RE2).
    var lineTerminators: ScalarSet {
        switch self {
        case .schema: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]
        case .search: [0x0A...0x0A]
        }
    }
}

/// A set of Unicode scalars.
struct ScalarSet: Sendable, ExpressibleByArrayLiteral {
    var ranges: [ClosedRange<UInt32>]

    static let digits: ScalarSet = [0x30...0x39]
    static let lower: ScalarSet = [0x61...0x7A]
    static let upper: ScalarSet = [0x41...0x5A]
    static let letters = upper + lower
    static let words = digits + letters + [0x5F...0x5F]

    init(arrayLiteral ranges: ClosedRange<UInt32>...) {
        self.ranges = ranges
    }

    init(_ scalar: Unicode.Scalar) {
        ranges = [scalar.value...scalar.value]
    }

    static func + (one: ScalarSet, other: ScalarSet) -> ScalarSet {
        var sum = one
        sum.ranges += other.ranges
        return sum
    }

    func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

    /// The only scalar of the set; nil if the set is empty or has several.
    var only: UInt32? { ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil }

    /// All scalars that are not in the set.
    var complement: ScalarSet {
        var complement: ScalarSet = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if next < range.lowerBound { complement.ranges.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { complement.ranges.append(next...0x10FFFF) }
        return complement
    }

    /// The set with the other case of its letters added.
    ///
    /// In ranges this applies only to ASCII letters, and for single scalars to all letters.
    var ignoringCase: ScalarSet {
        var result = self
        for range in ranges {
            let upper = range.clamped(to: 0x41...0x5A)
            if range.overlaps(0x41...0x5A) { result.ranges.append(upper.lowerBound + 32...upper.upperBound + 32) }
            let lower = range.clamped(to: 0x61...0x7A)
            if range.overlaps(0x61...0x7A) { result.ranges.append(lower.lowerBound - 32...lower.upperBound - 32) }
            guard range.count == 1, range.lowerBound >= 0x80, let scalar = Unicode.Scalar(range.lowerBound) else {
                continue
            }
            for mapping in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                let scalars = Array(mapping.unicodeScalars)
                if scalars.count == 1 { result.ranges.append(scalars[0].value...scalars[0].value) }
            }
        }
        return result
    }
}

/// A part of a regular expression.
indirect enum PatternNode {
    /// One scalar of a set.
    case set(ScalarSet)
    /// A condition between two scalars.
    case check(Boundary)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// A part with the minimum and maximum number of repetitions; a maximum of nil means any number.
    case repeated(PatternNode, Int, Int?)

    /// A condition between two scalars.
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
            scalar.map { ScalarSet.words.contains($0.value) } ?? false
        }
    }
}

/// Parses a regular expression by recursive descent.
struct PatternParser {
    private let notation: PatternNotation
    private var rest: Substring.UnicodeScalarView
    private var ignoresCase = false
    private var dotMatchesAll = false
    /// Whether the expression begins with `^`, in the notation of schemas.
    private(set) var startsAnchored = false
    /// Whether the expression ends with `$`, in the notation of schemas.
    private(set) var endsAnchored = false

    init(_ source: String, _ notation: PatternNotation) {
        self.notation = notation
        rest = Substring(source).unicodeScalars
    }

    mutating func whole() throws(PatternError) -> PatternNode {
        switch notation {
        case .schema:
            startsAnchored = take("^")
            let node = try choice(depth: 0)
            endsAnchored = take("$")
            guard rest.isEmpty else { throw PatternError("has text after its end") }
            if startsAnchored || endsAnchored, case .choice = node {
                // `^a|b$` means `(^a)|(b$)`, which the automaton cannot express.
                throw PatternError("anchors alternatives without a group")
            }
            return node
        case .search:
            try takeFlags()
            let node = try choice(depth: 0)
            guard rest.isEmpty else { throw PatternError("has a `)` that closes no group") }
            return node
        }
    }

    /// `(?i)` and `(?s)` at the beginning.
    private mutating func takeFlags() throws(PatternError) {
        while rest.starts(with: "(?".unicodeScalars), let flag = rest.dropFirst(2).first, flag == "i" || flag == "s" {
            rest.removeFirst(2)
            while let flag = rest.popFirst(), flag != ")" {
                switch flag {
                case "i": ignoresCase = true
                case "s": dotMatchesAll = true
                default: throw PatternError("has the flag `\(flag)`, which is not supported")
                }
            }
        }
    }

    private mutating func choice(depth: Int) throws(PatternError) -> PatternNode {
        guard depth < notation.depthLimit else { throw PatternError("nests groups too deep") }
        var parts = [try sequence(depth: depth)]
        while take("|") { parts.append(try sequence(depth: depth)) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence(depth: Int) throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let next = rest.first, next != "|", next != ")", notation == .search || next != "$" {
            parts.append(try quantified(depth: depth))
        }
        return .sequence(parts)
    }

    private mutating func quantified(depth: Int) throws(PatternError) -> PatternNode {
        let atom = try atom(depth: depth)
        let result: PatternNode
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
        // A lazy repetition finds a shorter match, but it matches the same texts.
        if notation == .search { _ = take("?") }
        if let next = rest.first, next == "*" || next == "+" || next == "?" || notation == .schema && next == "{" {
            throw PatternError("has `\(next)` after a repetition")
        }
        return result
    }

    // `{n}`, `{n,}` or `{n,m}`; nil if there is none. In a search, any other brace is a character.
    private mutating func count() throws(PatternError) -> (Int, Int?)? {
        let start = rest
        guard take("{") else { return nil }
        if let least = number() {
            var most: Int? = least
            if take(",") { most = number() }
            if take("}") {
                guard least <= most ?? least, max(least, most ?? 0) <= Limits.patternCount else {
                    throw PatternError("has a count that ends before it begins, or beyond \(Limits.patternCount)")
                }
                return (least, most)
            }
        }
        guard notation == .search else { throw PatternError("has a `{` without a count") }
        rest = start
        return nil
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = rest.first?.value, digit >= 0x30, digit <= 0x39, value ?? 0 < 100_000 {
            value = (value ?? 0) * 10 + Int(digit - 0x30)
            rest.removeFirst()
        }
        return value
    }

    private mutating func atom(depth: Int) throws(PatternError) -> PatternNode {
        guard let scalar = rest.popFirst() else { throw PatternError("ends early") }
        switch (scalar, notation) {
        case ("(", _):
            if take("?") { try openGroup() }
            let inner = try choice(depth: depth + 1)
            guard take(")") else { throw PatternError("has a group that does not end") }
            return inner
        case ("[", _): return .set(folded(try characterClass()))
        case (".", _): return .set(dotMatchesAll ? [0...0x10FFFF] : notation.lineTerminators.complement)
        case ("^", .search): return .check(.start)
        case ("$", .search): return .check(.end)
        case ("\\", _):
            if notation == .search {
                if take("b") { return .check(.word) }
                if take("B") { return .check(.noWord) }
                if take("A") { return .check(.start) }
                if take("z") { return .check(.end) }
            }
            return .set(folded(try escape()))
        case ("*", _), ("+", _), ("?", _): throw PatternError("has `\(scalar)` without anything to repeat")
        case ("^", .schema), ("$", .schema), ("{", .schema), ("}", .schema), ("]", .schema), (")", .schema),
            ("|", .schema):
            throw PatternError("has `\(scalar)` where it is not allowed")
        default: return .set(folded(ScalarSet(scalar)))
        }
    }

    private mutating func openGroup() throws(PatternError) {
        if take(":") { return }
        guard notation == .search else { throw PatternError("has a group of a kind that is not supported") }
        _ = take("P")
        guard take("<"), let end = rest.firstIndex(of: ">"), end > rest.startIndex,
            rest[..<end].allSatisfy({ $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) })
        else { throw PatternError("has a group of a kind that is not supported") }
        rest = rest[rest.index(after: end)...]
    }

    private mutating func characterClass() throws(PatternError) -> ScalarSet {
        let isNegated = take("^")
        var set: ScalarSet = []
        var isFirst = true
        while true {
            guard let scalar = rest.popFirst() else { throw PatternError("has a class that does not end") }
            // A bracket at the beginning of a class is a character in RE2.
            if scalar == "]", !isFirst || notation == .schema { break }
            isFirst = false
            if notation == .search, scalar == "[", rest.first == ":" {
                set = set + (try namedClass())
                continue
            }
            let low = scalar == "\\" ? try escape() : ScalarSet(scalar)
            guard rest.first == "-", let behind = rest.dropFirst().first, behind != "]" else {
                set = set + low
                continue
            }
            rest.removeFirst()
            guard let end = rest.popFirst() else { throw PatternError("has a class that does not end") }
            let high = end == "\\" ? try escape() : ScalarSet(end)
            guard let first = low.only, let last = high.only, first <= last else {
                throw PatternError("has a range that ends before it begins")
            }
            set.ranges.append(first...last)
        }
        return isNegated ? folded(set).complement : set
    }

    /// `[:alpha:]` and the like, after the first bracket.
    private mutating func namedClass() throws(PatternError) -> ScalarSet {
        let name = String(String.UnicodeScalarView(rest.dropFirst().prefix { $0 != ":" }))
        let set: ScalarSet
        switch name {
        case "alpha": set = .letters
        case "digit": set = .digits
        case "alnum": set = .digits + .letters
        case "lower": set = .lower
        case "upper": set = .upper
        case "word": set = .words
        case "space": set = notation.spaces + [0x0B...0x0B]
        case "punct": set = [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
        default: throw PatternError("has a named class that is not supported")
        }
        rest = rest.dropFirst(name.unicodeScalars.count + 1)
        guard take(":"), take("]") else { throw PatternError("has a class that does not end") }
        return set
    }

    private mutating func escape() throws(PatternError) -> ScalarSet {
        guard let scalar = rest.popFirst() else { throw PatternError("ends with a backslash") }
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet.digits.complement
        case "w": return .words
        case "W": return ScalarSet.words.complement
        case "s": return notation.spaces
        case "S": return notation.spaces.complement
        case "n": return [0x0A...0x0A]
        case "r": return [0x0D...0x0D]
        case "t": return [0x09...0x09]
        case "a"..."z", "A"..."Z", "0"..."9": throw PatternError("has `\\\(scalar)`, which is not supported")
        default: return ScalarSet(scalar)
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private func folded(_ set: ScalarSet) -> ScalarSet { ignoresCase ? set.ignoringCase : set }
}
