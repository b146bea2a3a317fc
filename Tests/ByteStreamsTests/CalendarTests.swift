import ByteStreams
import Testing

@Suite struct CalendarTests {
    @Test(arguments: [
        (2024, 2, 29, true), (2023, 2, 29, false), (1900, 2, 29, false), (2000, 2, 29, true), (0, 2, 29, true),
        (-4, 2, 29, true), (2024, 4, 31, false), (2024, 12, 31, true), (2024, 0, 1, false), (2024, 13, 1, false),
        (2024, 1, 0, false), (2024, .min, 1, false), (2024, .max, 1, false), (2024, 1, .max, false),
    ])
    func `a year has the days of its months`(year: Int, month: Int, day: Int, exists: Bool) {
        #expect(ByteStreams.Calendar.hasDay(year: year, month: month, day: day) == exists)
    }
}
