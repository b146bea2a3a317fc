internal import ByteStreams

/// Dates and times of XML Schema (part 2 §3.2.7, §3.2.9), as far as whether a text is one.
enum XMLSchemaDate {
    static func isDateTime(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        guard takeDate(&rest), take("T", &rest), takeTime(&rest) else { return false }
        return takeZone(&rest) && rest.isEmpty
    }

    static func isDate(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        return takeDate(&rest) && takeZone(&rest) && rest.isEmpty
    }

    private static func takeDate(_ rest: inout ArraySlice<UInt8>) -> Bool {
        let isNegative = take("-", &rest)
        let digits = rest.prefix(while: \.isASCIIDigit)
        // More than four only without leading zeros; libxml2's years fit a long.
        guard digits.count >= 4, digits.count <= 18, digits.count == 4 || digits.first != UInt8(ascii: "0") else {
            return false
        }
        guard let year = Int(String(decoding: digits, as: UTF8.self)), year != 0 else { return false }
        rest = rest.dropFirst(digits.count)
        guard take("-", &rest), let month = takeTwo(&rest), take("-", &rest), let day = takeTwo(&rest) else {
            return false
        }
        return Calendar.hasDay(year: isNegative ? -year : year, month: month, day: day)
    }

    private static func takeTime(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let hour = takeTwo(&rest), take(":", &rest), let minute = takeTwo(&rest), take(":", &rest),
            let second = takeTwo(&rest)
        else { return false }
        var hasFraction = false
        if take(".", &rest) {
            let digits = rest.prefix(while: \.isASCIIDigit)
            guard !digits.isEmpty else { return false }
            hasFraction = digits.contains { $0 != UInt8(ascii: "0") }
            rest = rest.dropFirst(digits.count)
        }
        if hour == 24 { return minute == 0 && second == 0 && !hasFraction }
        return hour < 24 && minute < 60 && second < 60
    }

    private static func takeZone(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if rest.isEmpty || take("Z", &rest) { return true }
        guard take("+", &rest) || take("-", &rest), let hour = takeTwo(&rest), take(":", &rest),
            let minute = takeTwo(&rest)
        else { return false }
        return hour < 14 && minute < 60 || hour == 14 && minute == 0
    }

    private static func take(_ letter: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: letter) else { return false }
        rest.removeFirst()
        return true
    }

    private static func takeTwo(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let two = rest.prefix(2)
        guard two.count == 2, two.allSatisfy(\.isASCIIDigit) else { return nil }
        rest = rest.dropFirst(2)
        return two.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
