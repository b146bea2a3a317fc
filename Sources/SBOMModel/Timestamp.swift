internal import ByteStreams

/// A time in whole seconds and UTC, as SPDX and CycloneDX write it: `2025-10-09T08:53:20Z`.
package struct Timestamp: Sendable, Hashable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int

    /// The value that is written for an unknown time.
    package static let unknown = Timestamp(seconds: 0)
    /// The value that Go programs write for a time that was never set: `0001-01-01T00:00:00Z`.
    package static let unset = Timestamp(seconds: earliest)

    package init(seconds: Int) {
        self.seconds = seconds
    }

    /// Parses a time of RFC 3339 in the years 0001 to 9999; fractions of a second are cut off.
    ///
    /// Nil if it does not parse.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy(\.isASCIIDigit) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        func isSign(_ place: Int, _ signs: String) -> Bool { place < bytes.count && signs.utf8.contains(bytes[place]) }
        guard let year = number(0..<4), isSign(4, "-"), let month = number(5..<7), isSign(7, "-"),
            let day = number(8..<10), isSign(10, "Tt "), let hour = number(11..<13), isSign(13, ":"),
            let minute = number(14..<16), isSign(16, ":"), let second = number(17..<19),
            Calendar.hasDay(year: year, month: month, day: day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var place = 19
        if isSign(place, ".") {
            place += 1
            guard number(place..<place + 1) != nil else { return nil }
            while place < bytes.count, bytes[place].isASCIIDigit { place += 1 }
        }
        var offset = 0
        if isSign(place, "Zz") {
            guard place + 1 == bytes.count else { return nil }
        } else {
            guard isSign(place, "+-"), let hours = number(place + 1..<place + 3), isSign(place + 3, ":"),
                let minutes = number(place + 4..<place + 6), place + 6 == bytes.count, hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[place] == UInt8(ascii: "-") ? -60 : 60)
        }
        let time = (hour * 60 + minute) * 60 + min(second, 59) - offset
        self.init(seconds: Self.daysSinceEpoch(year, month, day) * 86_400 + time)
        guard (Self.earliest...Self.latest).contains(seconds) else { return nil }
    }

    /// Parses the value of `SOURCE_DATE_EPOCH`: whole seconds since 1970 (reproducible-builds.org).
    package init?(sourceDateEpoch text: String) {
        // Digits alone, as `date +%s` writes them; Int also reads a sign.
        guard text.utf8.allSatisfy(\.isASCIIDigit), let seconds = Int(text),
            (0...Self.latest).contains(seconds)
        else { return nil }
        self.init(seconds: seconds)
    }

    package var description: String {
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let time = seconds - day * 86_400
        let (year, month, date) = Self.date(day)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(date, 2))T\(padded(time / 3600, 2)):"
            + "\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))Z"
    }

    private static let earliest = daysSinceEpoch(1, 1, 1) * 86_400
    private static let latest = daysSinceEpoch(10_000, 1, 1) * 86_400 - 1

    // Years begin in March here, so that the leap day is the last day of its year.
    private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let day = day + 719_468
        let era = (day >= 0 ? day : day - 146_096) / 146_097
        let dayOfEra = day - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let date = dayOfYear - (153 * month + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month >= 10 ? month - 9 : month + 3, date)
    }
}
