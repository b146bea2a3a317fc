internal import ByteStreams
internal import SBOMModel
internal import StructuredText

/// A relationship of SPDX, seen from the element it is of.
struct Link: Sendable {
    /// As the document spells it: `DEPENDS_ON`.
    var kind: Relationship.Kind
    /// Which element it leads to; -1 for what is none of the document's: ``raw`` says it.
    var to: Int
    /// The target as it is written, where it is no element.
    var raw: String
    /// What else the relationship says: a comment.
    var rest: [JSONObject.Member]

    init(_ kind: Relationship.Kind, _ to: Int, raw: String = "", rest: [JSONObject.Member] = []) {
        self.kind = kind
        self.to = to
        self.raw = raw
        self.rest = rest
    }

    func isSame(as other: Link) -> Bool {
        to == other.to && kind == other.kind && (to >= 0 || raw == other.raw) && rest.count == other.rest.count
            && rest.elementsEqual(other.rest)
    }
}

/// How the elements of an SPDX document stand to each other.
struct SPDXLinks: Sendable {
    /// From the document.
    var document: [Link] = []
    /// From each element.
    var units: [[Link]]
    /// Which element, or -1 for the document, each relationship is of, in the order of the document.
    var order: [Int32] = []
}

/// How the components of a CycloneDX document stand to each other.
struct CycloneDXLinks {
    /// The component that the document is about.
    var main: Int?
    /// Which component each is inside of; -1 for none.
    var parents: [Int]
    /// What each needs directly.
    var needs: [[Int]]
}

extension CycloneDXLinks {
    /// What relationships of SPDX are in CycloneDX.
    ///
    /// Dependencies, whichever way round they are spelled, are `dependsOn`. What something contains is inside of it; but what
    /// the component that the document is about contains, and what an image or an operating system does, stands beside it
    /// and is needed by it, as in the documents of all tools. Other relationships have no place.
    ///
    /// `main` is the element that the document is about, `contained` says what contains what beside what relationships say,
    /// and `isSystem` which elements are images or operating systems.
    init(_ links: SPDXLinks, main: Int?, contained: [(outer: Int, inner: Int)], isSystem: [Bool]) {
        let count = links.units.count
        self.main = main
        parents = Array(repeating: -1, count: count)
        needs = Array(repeating: [], count: count)
        var seen: Set<UInt64> = []
        func need(_ from: Int, _ to: Int) {
            guard from != to, seen.insert(UInt64(from) << 32 | UInt64(to)).inserted else { return }
            needs[from].append(to)
        }
        func contain(_ outer: Int, _ inner: Int) {
            if outer == main || isSystem[outer] {
                need(outer, inner)
            } else if inner != main, parents[inner] < 0, outer != inner {
                var depth = 0
                var above = outer
                while above >= 0, above != inner, depth < Limits.nestedComponents {
                    above = parents[above]
                    depth += 1
                }
                if above < 0 { parents[inner] = outer }
            }
        }
        var next = Array(repeating: 0, count: count)
        for source in links.order where source >= 0 {
            let source = Int(source)
            let link = links.units[source][next[source]]
            next[source] += 1
            guard link.to >= 0 else { continue }
            let (from, to) = link.kind.forward.isReversed ? (link.to, source) : (source, link.to)
            switch link.kind.structure {
            case .needs: need(from, to)
            case .contains: contain(from, to)
            case nil: break
            }
        }
        for (outer, inner) in contained { contain(outer, inner) }
    }

    /// Forgets what components without a reference need, and who needs them: `dependencies` cannot name them.
    mutating func forgetUnnamed(_ refs: [String]) {
        guard refs.contains("") else { return }
        for index in needs.indices {
            if refs[index].isEmpty { needs[index] = [] } else { needs[index].removeAll { refs[$0].isEmpty } }
        }
    }

    /// Takes components out of what they cannot be inside of: themselves, by whatever detour, and too deep a nesting.
    ///
    /// Gives those that were too deep.
    mutating func straighten() -> Set<Int> {
        var tooDeep: Set<Int> = []
        // 0 for not looked at; else how deep it is, counted from 1.
        var depths = Array(repeating: 0, count: parents.count)
        for start in parents.indices {
            var way: [Int] = []
            var index = start
            while index >= 0, depths[index] == 0 {
                depths[index] = -1
                way.append(index)
                index = parents[index]
            }
            // The way has come back to itself.
            if index >= 0, depths[index] < 0, let last = way.last {
                parents[last] = -1
                index = -1
            }
            var depth = index >= 0 ? depths[index] : 0
            for index in way.reversed() {
                depth += 1
                if depth > Limits.carriedNesting {
                    parents[index] = -1
                    depth = 1
                    tooDeep.insert(index)
                }
                depths[index] = depth
            }
        }
        return tooDeep
    }

    /// All components: the one the document is about, then each before what is inside of it, like ones by their rank.
    func order(rank: [Int]) -> [Int] {
        let count = parents.count
        var children: [[Int]] = Array(repeating: [], count: count)
        var top: [Int] = []
        for index in rank {
            if index == main { continue }
            if parents[index] >= 0 { children[parents[index]].append(index) } else { top.append(index) }
        }
        var result: [Int] = []
        result.reserveCapacity(count)
        var pending: [Int] = top.reversed()
        if let main { pending.append(main) }
        while let index = pending.popLast() {
            result.append(index)
            pending += children[index].reversed()
        }
        return result
    }
}

extension SPDXLinks {
    /// What the nesting and the dependencies of CycloneDX are in SPDX.
    ///
    /// The document describes the component it is about, or all that nothing needs. What is inside of something is
    /// contained in it; what something needs it depends on, but an image or an operating system contains it. What nothing
    /// else leads to, the component that the document is about contains.
    init(_ links: CycloneDXLinks, isSystem: [Bool], rank: [Int]) {
        let count = links.parents.count
        units = Array(repeating: [], count: count)
        var isTarget = Array(repeating: false, count: count)
        for index in rank where links.parents[index] >= 0 {
            units[links.parents[index]].append(Link(.contains, index))
            isTarget[index] = true
        }
        for index in rank {
            for other in links.needs[index] {
                units[index].append(Link(isSystem[index] ? .contains : .dependsOn, other))
                isTarget[other] = true
            }
        }
        if let main = links.main {
            document = [Link(.describes, main)]
            for index in rank where !isTarget[index] && index != main { units[main].append(Link(.contains, index)) }
        } else {
            let free = rank.filter { !isTarget[$0] }
            document = (free.isEmpty ? rank.filter { links.parents[$0] < 0 } : free).map { Link(.describes, $0) }
        }
        order = Self.naturalOrder(document, units, rank)
    }

    static func naturalOrder(_ document: [Link], _ units: [[Link]], _ rank: [Int]) -> [Int32] {
        var order = Array(repeating: Int32(-1), count: document.count)
        for index in rank { order += repeatElement(Int32(index), count: units[index].count) }
        return order
    }
}

/// A list of numbers as text: `0-5 9 3*4 10-30/5` for 0 to 5, 9, four times 3, and 10, 15, 20, 25, 30.
enum NumberRuns {
    static func text(_ numbers: some Sequence<Int>) -> String {
        var text: [UInt8] = []
        // The run so far: where it began, by how much it goes up each time, and how many numbers there are.
        var (first, step, count) = (0, 0, 0)
        func write() {
            func append(_ mark: Character, _ number: Int) {
                text += String(mark).utf8
                text += String(number).utf8
            }
            guard count > 0 else { return }
            if !text.isEmpty { text.append(0x20) }
            text += String(first).utf8
            guard count > 1 else { return }
            if step == 0 {
                append("*", count)
            } else {
                append("-", first + step * (count - 1))
                if step > 1 { append("/", step) }
            }
        }
        for number in numbers {
            if count == 1, number >= first {
                step = number - first
                count = 2
            } else if count > 1, number == first + step * count {
                count += 1
            } else if count == 2, step > 1 {
                // Two numbers alone are no run; the second may begin one.
                let second = first + step
                count = 1
                write()
                (first, step, count) = (second, 0, 1)
                if number >= first {
                    (step, count) = (number - first, 2)
                } else {
                    write()
                    (first, count) = (number, 1)
                }
            } else {
                write()
                (first, step, count) = (number, 0, 1)
            }
        }
        if count == 2, step > 1 {
            let second = first + step
            count = 1
            write()
            first = second
        }
        write()
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads what ``text(_:)`` wrote; nil if it is none, or more than `limit` numbers, or one of them is not below it.
    static func numbers(_ text: String, limit: Int) -> [Int]? {
        var numbers: [Int] = []
        for run in text.split(separator: " ") {
            var rest = run
            var step = 1
            if let slash = rest.firstIndex(of: "/") {
                guard let number = Int(rest[rest.index(after: slash)...]), number > 0 else { return nil }
                step = number
                rest = rest[..<slash]
            }
            if let hyphen = rest.firstIndex(of: "-") {
                guard let first = Int(rest[..<hyphen]), let last = Int(rest[rest.index(after: hyphen)...]), first >= 0,
                    first <= last, last < limit, numbers.count + (last - first) / step < limit
                else { return nil }
                // No number can be past the last, however large the step is.
                numbers += (0...(last - first) / step).lazy.map { first + $0 * step }
            } else if let star = rest.firstIndex(of: "*") {
                guard let number = Int(rest[..<star]), let count = Int(rest[rest.index(after: star)...]), number >= 0,
                    number < limit, count >= 0, count <= limit - numbers.count
                else { return nil }
                numbers += repeatElement(number, count: count)
            } else {
                guard let number = Int(rest), number >= 0, number < limit, numbers.count < limit else { return nil }
                numbers.append(number)
            }
        }
        return numbers
    }
}
