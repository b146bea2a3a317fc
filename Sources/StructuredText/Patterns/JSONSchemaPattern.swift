/// A regular expression of the keyword `pattern`, in the subset of ECMA-262 that our schemas use.
///
/// It supports characters, `.`, `[…]` and `[^…]` with ranges, `\d \D \w \W \s \S`, escaped punctuation, `\n \r \t`,
/// groups `(…)` and `(?:…)`, alternatives, `* + ? {n} {n,} {n,m}`, and `^` and `$` at the two ends of the expression.
/// All other syntax (anchors elsewhere, lookaround, back references, lazy quantifiers, classes by Unicode property) is
/// refused when the schema is compiled. Patterns match scalars, and `.` matches any but a line terminator (ECMA-262
/// §22.2.2.7).
///
/// The expression is compiled to a deterministic automaton, which reads a text once from left to right. So matching
/// takes linear time for any text and any pattern.
package struct JSONSchemaPattern: Sendable {
    /// The expression as it was written.
    package let source: String
    // The column of the table for each ASCII scalar, and above them the first scalar of each column.
    private let asciiColumns: [UInt16]
    private let bounds: [UInt32]
    private let boundColumns: [UInt16]
    private let columnCount: Int
    // The next state for a state and a column. State 0 is the one in which no match is possible any more.
    private let table: [UInt16]
    private let accepting: [Bool]
    private let start: Int
    // Whether an accepting state accepts any rest of the text.
    private let isOpenEnded: Bool

    /// The maximum number of states of an automaton; the largest one of our schemas has 500.
    private static let stateLimit = 8_000

    package init(_ source: String) throws(PatternError) {
        self.source = source
        var parser = PatternParser(source, .schema)
        let expression = try parser.whole()
        isOpenEnded = !parser.endsAnchored
        var network = Network()
        let last = try network.add(expression, from: 0)
        let sets = network.sets

        // Scalars that no set of the pattern distinguishes share a column.
        var cuts: Set<UInt32> = [0]
        for set in sets {
            for range in set.ranges {
                cuts.insert(range.lowerBound)
                if range.upperBound < 0x10FFFF { cuts.insert(range.upperBound + 1) }
            }
        }
        let bounds = cuts.sorted()
        guard bounds.count <= Self.stateLimit else { throw PatternError("distinguishes too many characters") }
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
        let contains = sets.map { set in bounds.map { bound in set.contains(bound) } }

        var numbers: [[Int]: Int] = [[]: 0]
        var states: [[Int]] = [[]]
        var accepting = [false]
        var table = [UInt16](repeating: 0, count: bounds.count)
        func number(_ places: Set<Int>) throws(PatternError) -> Int {
            let key = network.closure(places).sorted()
            if let known = numbers[key] { return known }
            guard states.count < Self.stateLimit else { throw PatternError("needs too many states") }
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

    /// Whether the text contains a match; without `^` and `$`, the match may be anywhere in the text.
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

/// A nondeterministic automaton: places, steps that consume a scalar, and steps that consume none.
private struct Network {
    var sets: [ScalarSet] = []
    var steps: [[(set: Int, to: Int)]] = [[]]
    private var free: [[Int]] = [[]]

    private mutating func place() throws(PatternError) -> Int {
        guard steps.count < 20_000 else { throw PatternError("needs too many states") }
        steps.append([])
        free.append([])
        return steps.count - 1
    }

    /// Adds the steps through an expression, and returns the place after it.
    mutating func add(_ expression: PatternNode, from: Int) throws(PatternError) -> Int {
        switch expression {
        case .set(let set):
            sets.append(set)
            let to = try place()
            steps[from].append((sets.count - 1, to))
            return to
        case .check: throw PatternError("has an anchor that is not at one of its ends")
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
