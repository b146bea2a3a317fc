/// The Gregorian calendar, also before its adoption (ISO 8601-1 §4.2.1).
package enum Calendar {
    /// Whether a year has a 29 February; the year before year 1 is year 0.
    package static func isLeap(year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// Whether a year has a day, given by the number of its month and its number in the month, both from 1.
    package static func hasDay(year: Int, month: Int, day: Int) -> Bool {
        let lengths = [31, isLeap(year: year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month) else { return false }
        return (1...lengths[month - 1]).contains(day)
    }
}
