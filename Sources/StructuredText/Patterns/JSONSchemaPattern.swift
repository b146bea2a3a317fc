/// A regular expression as JSON Schema's `pattern` has it, for the part of ECMA-262 that our schemas use.
///
/// Understood are characters, `.`, `[…]` and `[^…]` with ranges, `\d \D \w \W \s \S`, escaped punctuation, `\n \r \t`, groups
/// `(…)` and `(?:…)`, alternatives, `* + ? {n} {n,} {n,m}`, and `^` and `$` at the two ends of the whole. Anything else
/// (anchors elsewhere, lookaround, back references, lazy quantifiers, classes by Unicode property) is refused when the
/// schema is compiled. What is matched is scalars, and `.` is any but a line terminator (ECMA-262 §22.2.2.7).
///
/// The expression becomes a deterministic automaton at once: a text is looked at once from left to right, whatever it
/// is, and neither text nor pattern can make that slow.
package struct JSONSchemaPattern: Sendable {
    /// Why a pattern is not taken.
    package struct Failure: Error {
        let reason: String
    }

    /// As written.
    package let source: String
    // Which column of the table an ASCII scalar belongs to, and from which scalar on which column holds above them.
    private let asciiColumns: [UInt16]
    private let bounds: [UInt32]
    private let boundColumns: [UInt16]
    private let columnCount: Int
    // The next state for state and column; 0 is where nothing can match any more.
    private let table: [UInt16]
    private let accepting: [Bool]
    private let start: Int
    // States from which everything is accepted, so that the rest need not be looked at.
    private let isOpenEnded: Bool

    /// How many states an automaton may have; the largest of ours has 500.
    private static let stateLimit = 8_000

    package init(_ source: String) throws(Failure) {
        self.source = source
        var parser = PatternParser(source)
        let expression = try parser.whole()
        isOpenEnded = !parser.endsAnchored
        var network = Network()
        let last = try network.add(expression, from: 0)
        let sets = network.sets

        // All scalars that no set of the pattern tells apart are one column.
        var cuts: Set<UInt32> = [0]
        for set in sets {
            for range in set {
                cuts.insert(range.lowerBound)
                if range.upperBound < 0x10FFFF { cuts.insert(range.upperBound + 1) }
            }
        }
        let bounds = cuts.sorted()
        guard bounds.count <= Self.stateLimit else { throw Failure(reason: "tells too many characters apart") }
        self.bounds = bounds
        columnCount = bounds.count
        boundColumns = bounds.indices.map { UInt16($0) }
        var asciiColumns = [UInt16](repeating: 0, count: 128)
        var column = 0
        for scalar in 0..<128 {
            while column + 1 < bounds.count, bounds[column + 1] <= UInt32(scalar) { column += 1 }
            asciiColumns[scalar] = UInt16(column)
        }
        self.asciiColumns = asciiColumns
        let contains = sets.map { set in bounds.map { bound in set.contains { $0.contains(bound) } } }

        var numbers: [[Int]: Int] = [[]: 0]
        var states: [[Int]] = [[]]
        var accepting = [false]
        var table = [UInt16](repeating: 0, count: bounds.count)
        func number(_ places: Set<Int>) throws(Failure) -> Int {
            let key = network.closure(places).sorted()
            if let known = numbers[key] { return known }
            guard states.count < Self.stateLimit else { throw Failure(reason: "needs too many states") }
            numbers[key] = states.count
            states.append(key)
            accepting.append(key.contains(last))
            table += [UInt16](repeating: 0, count: bounds.count)
            return states.count - 1
        }
        start = try number([0])
        var done = 1
        while done < states.count {
            for column in bounds.indices {
                var next: Set<Int> = []
                for place in states[done] {
                    for step in network.steps[place] where contains[step.set][column] { next.insert(step.to) }
                }
                if !parser.startsAnchored { next.insert(0) }
                table[done * bounds.count + column] = UInt16(try number(next))
            }
            done += 1
        }
        self.accepting = accepting
        self.table = table
    }

    /// Whether the pattern is found in the text; without `^` and `$` that may be anywhere in it.
    package func matches(_ text: String) -> Bool {
        var state = start
        if isOpenEnded, accepting[state] { return true }
        let bytes = text.utf8Span.span
        var isPlain = true
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 128 else {
                isPlain = false
                break
            }
            state = Int(table[state * columnCount + Int(asciiColumns[Int(byte)])])
            if state == 0 { return false }
            if isOpenEnded, accepting[state] { return true }
        }
        if isPlain { return accepting[state] }
        state = start
        for scalar in text.unicodeScalars {
            let value = scalar.value
            let column: Int
            if value < 128 {
                column = Int(asciiColumns[Int(value)])
            } else {
                var (low, high) = (0, bounds.count)
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if bounds[middle] <= value { low = middle } else { high = middle }
                }
                column = Int(boundColumns[low])
            }
            state = Int(table[state * columnCount + column])
            if state == 0 { return false }
            if isOpenEnded, accepting[state] { return true }
        }
        return accepting[state]
    }
}

/// A set of scalars.
private typealias ScalarSet = [ClosedRange<UInt32>]

private indirect enum Expression {
    case set(ScalarSet)
    case sequence([Expression])
    case choice([Expression])
    case repeated(Expression, Int, Int?)
}

/// A nondeterministic automaton: places, steps that take a scalar, and steps that take none.
private struct Network {
    var sets: [ScalarSet] = []
    var steps: [[(set: Int, to: Int)]] = [[]]
    private var free: [[Int]] = [[]]

    private mutating func place() throws(JSONSchemaPattern.Failure) -> Int {
        guard steps.count < 20_000 else { throw JSONSchemaPattern.Failure(reason: "needs too many states") }
        steps.append([])
        free.append([])
        return steps.count - 1
    }

    /// Adds what leads through the expression, and gives the place behind it.
    mutating func add(_ expression: Expression, from: Int) throws(JSONSchemaPattern.Failure) -> Int {
        switch expression {
        case .set(let set):
            sets.append(set)
            let to = try place()
            steps[from].append((sets.count - 1, to))
            return to
        case .sequence(let parts):
            var at = from
            for part in parts { at = try add(part, from: at) }
            return at
        case .choice(let parts):
            let end = try place()
            for part in parts {
                let begin = try place()
                free[from].append(begin)
                let last = try add(part, from: begin)
                free[last].append(end)
            }
            return end
        case .repeated(let part, let least, let most):
            var at = from
            for _ in 0..<least { at = try add(part, from: at) }
            if let most {
                let end = try place()
                for _ in least..<max(least, most) {
                    free[at].append(end)
                    at = try add(part, from: at)
                }
                free[at].append(end)
                return end
            }
            let begin = try place()
            free[at].append(begin)
            let end = try add(part, from: begin)
            free[end].append(begin)
            let out = try place()
            free[begin].append(out)
            return out
        }
    }

    func closure(_ places: Set<Int>) -> Set<Int> {
        var closure = places
        var pending = Array(places)
        while let place = pending.popLast() {
            for next in free[place] where closure.insert(next).inserted { pending.append(next) }
        }
        return closure
    }
}

/// Reads a pattern; groups may be nested to a small depth, as patterns are our own.
private struct PatternParser {
    typealias Failure = JSONSchemaPattern.Failure

    private var rest: Substring.UnicodeScalarView
    private(set) var startsAnchored = false
    private(set) var endsAnchored = false

    private static let digits: ScalarSet = [0x30...0x39]
    private static let words: ScalarSet = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    // ECMA-262 §12.2 and §12.3: white space and line terminators.
    private static let spaces: ScalarSet = [
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ]
    private static let lineTerminators: ScalarSet = [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]

    init(_ source: String) {
        rest = Substring(source).unicodeScalars
    }

    mutating func whole() throws(Failure) -> Expression {
        startsAnchored = take("^")
        let expression = try choice(depth: 0)
        endsAnchored = take("$")
        if rest.first == "|" && (startsAnchored || endsAnchored) { throw Failure(reason: "anchors an alternative") }
        guard rest.isEmpty else { throw Failure(reason: "has something behind its end") }
        if startsAnchored || endsAnchored, case .choice = expression {
            // `^a|b$` means `(^a)|(b$)`, which is not what this automaton can say.
            throw Failure(reason: "anchors alternatives without a group")
        }
        return expression
    }

    private mutating func choice(depth: Int) throws(Failure) -> Expression {
        guard depth < 20 else { throw Failure(reason: "nests groups too deep") }
        var parts = [try sequence(depth: depth)]
        while take("|") { parts.append(try sequence(depth: depth)) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence(depth: Int) throws(Failure) -> Expression {
        var parts: [Expression] = []
        while let next = rest.first, next != "|", next != ")", next != "$" {
            parts.append(try quantified(depth: depth))
        }
        return .sequence(parts)
    }

    private mutating func quantified(depth: Int) throws(Failure) -> Expression {
        let atom = try atom(depth: depth)
        var result = atom
        if take("*") {
            result = .repeated(atom, 0, nil)
        } else if take("+") {
            result = .repeated(atom, 1, nil)
        } else if take("?") {
            result = .repeated(atom, 0, 1)
        } else if take("{") {
            guard let least = number() else { throw Failure(reason: "has a `{` that counts nothing") }
            var most: Int? = least
            if take(",") { most = number() }
            guard take("}"), least <= most ?? least, max(least, most ?? 0) <= 1_000 else {
                throw Failure(reason: "has a count that is none")
            }
            result = .repeated(atom, least, most)
        }
        if let next = rest.first, next == "*" || next == "+" || next == "?" || next == "{" {
            throw Failure(reason: "has a quantifier behind a quantifier")
        }
        return result
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = rest.first?.value, digit >= 0x30, digit <= 0x39, value ?? 0 < 100_000 {
            value = (value ?? 0) * 10 + Int(digit - 0x30)
            rest.removeFirst()
        }
        return value
    }

    private mutating func atom(depth: Int) throws(Failure) -> Expression {
        guard let scalar = rest.popFirst() else { throw Failure(reason: "ends early") }
        switch scalar {
        case "(":
            if take("?"), !take(":") { throw Failure(reason: "looks around") }
            let inner = try choice(depth: depth + 1)
            guard take(")") else { throw Failure(reason: "has a group that does not end, or an anchor within one") }
            return inner
        case "[": return .set(try characterClass())
        case ".": return .set(Self.complement(Self.lineTerminators))
        case "\\": return .set(try escape(inClass: false))
        case "^", "$", "*", "+", "?", "{", "}", "]", ")", "|":
            throw Failure(reason: "has `\(scalar)` where it may not stand")
        default: return .set([scalar.value...scalar.value])
        }
    }

    private mutating func characterClass() throws(Failure) -> ScalarSet {
        let isNegated = take("^")
        var set: ScalarSet = []
        while true {
            guard let scalar = rest.popFirst() else { throw Failure(reason: "has a class that does not end") }
            if scalar == "]" { break }
            var low: ScalarSet = [scalar.value...scalar.value]
            if scalar == "\\" { low = try escape(inClass: true) }
            guard rest.first == "-", let behind = rest.dropFirst().first, behind != "]" else {
                set += low
                continue
            }
            rest.removeFirst()
            guard let end = rest.popFirst() else { throw Failure(reason: "has a class that does not end") }
            var high: ScalarSet = [end.value...end.value]
            if end == "\\" { high = try escape(inClass: true) }
            guard low.count == 1, high.count == 1, low[0].count == 1, high[0].count == 1,
                low[0].lowerBound <= high[0].lowerBound
            else { throw Failure(reason: "has a range that is none") }
            set.append(low[0].lowerBound...high[0].lowerBound)
        }
        return isNegated ? Self.complement(set) : set
    }

    private mutating func escape(inClass: Bool) throws(Failure) -> ScalarSet {
        guard let scalar = rest.popFirst() else { throw Failure(reason: "ends in a reverse solidus") }
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
        case "a"..."z", "A"..."Z", "0"..."9": throw Failure(reason: "has `\\\(scalar)`, which is not understood")
        default: return [scalar.value...scalar.value]
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private static func complement(_ set: ScalarSet) -> ScalarSet {
        var complement: ScalarSet = []
        var next: UInt32 = 0
        for range in set.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if next < range.lowerBound { complement.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { complement.append(next...0x10FFFF) }
        return complement
    }
}
