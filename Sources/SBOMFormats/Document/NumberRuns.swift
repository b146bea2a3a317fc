/// A list of numbers as text: `0-5 9 3*4 10-30/5` for 0 to 5, 9, four times 3, and 10, 15, 20, 25, 30.
package enum NumberRuns {
    package static func text(_ numbers: [Int]) -> String {
        var text: [UInt8] = []
        // The current run: its first number, its step and its length.
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
                // Two numbers are not a run, but the second one may be the first of a run.
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

    /// Parses the text that ``text(_:)`` wrote; nil if it does not parse, has more than `limit` numbers, or has a
    /// number that is not less than `limit`.
    package static func numbers(_ text: String, limit: Int) -> [Int]? {
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
                // No number exceeds `last`, however large the step is, so the arithmetic cannot overflow.
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
