internal import ByteStreams

/// A regular expression in the syntax of RE2, for searching names; it matches anywhere in a text.
///
/// It supports characters, `.`, classes with ranges, negation and names such as `[:alpha:]`, `\d \D \w \W \s \S`,
/// escaped punctuation, `\n \r \t`, groups `(…)`, `(?:…)` and `(?P<name>…)`, the flags `(?i)` and `(?s)` at the
/// beginning, alternatives, `* + ? {n} {n,} {n,m}` and their lazy forms (which find the same texts), and `^ $ \A \z \b
/// \B`. As in RE2, there are no back references and no lookaround.
///
/// All paths through the pattern are followed at the same time, so that the work is at most the length of the text
/// times the length of the pattern. A pattern with more steps than ``Limits/patternSteps`` is refused.
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
                // Repeating an empty part has no effect, but nested counts of it would take long.
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
