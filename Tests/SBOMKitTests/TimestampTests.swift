import SBOMModel
import Testing

@Suite struct TimestampTests {
    static let times: KeyValuePairs<String, String?> = [
        "2025-10-09T08:53:20Z": "2025-10-09T08:53:20Z",
        "2025-10-09T08:53:20.999999999Z": "2025-10-09T08:53:20Z",
        "2025-10-09t08:53:20z": "2025-10-09T08:53:20Z",
        "2025-10-09T10:53:20+02:00": "2025-10-09T08:53:20Z",
        "2025-10-09T00:23:20.5-08:30": "2025-10-09T08:53:20Z",
        "2024-02-29T23:59:59Z": "2024-02-29T23:59:59Z",
        "2000-02-29T00:00:00Z": "2000-02-29T00:00:00Z",
        "2024-12-31T23:30:00-01:00": "2025-01-01T00:30:00Z",
        "2016-12-31T23:59:60Z": "2016-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z": "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z": "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z": "9999-12-31T23:59:59Z",
        // Only years that SPDX can write.
        "0001-01-01T00:00:00+00:01": nil, "9999-12-31T23:59:59-00:01": nil, "0000-12-31T00:00:00Z": nil,
        "2023-02-29T00:00:00Z": nil, "1900-02-29T00:00:00Z": nil, "2025-00-09T08:53:20Z": nil,
        "2025-13-09T08:53:20Z": nil, "2025-04-31T08:53:20Z": nil, "2025-10-00T08:53:20Z": nil,
        "2025-10-09T24:00:00Z": nil, "2025-10-09T08:60:20Z": nil, "2025-10-09T08:53:61Z": nil,
        "2025-10-09T08:53:20": nil, "2025-10-09": nil, "2025-10-09T08:53:20.Z": nil, "2025-10-09T08:53:20+0200": nil,
        "2025-10-09T08:53:20+24:00": nil, "2025-10-09T08:53:20Z ": nil, " 2025-10-09T08:53:20Z": nil,
        "12025-10-09T08:53:20Z": nil, "-025-10-09T08:53:20Z": nil, "2025-10-09T08:53:20Zjunk": nil, "": nil,
        "２025-10-09T08:53:20Z": nil, "yesterday": nil,
    ]

    @Test(arguments: times.map { ($0.key, $0.value) })
    func `RFC 3339 is read`(text: String, expected: String?) {
        #expect(Timestamp(rfc3339: text)?.description == expected)
    }

    static let epochs: KeyValuePairs<String, String?> = [
        "0": "1970-01-01T00:00:00Z", "1760000000": "2025-10-09T08:53:20Z", "951782400": "2000-02-29T00:00:00Z",
        "253402300799": "9999-12-31T23:59:59Z", "0001760000000": "2025-10-09T08:53:20Z",
        "253402300800": nil, "-1": nil, "+1": nil, "1.5": nil, "": nil, " 1": nil, "1 ": nil, "abc": nil, "0x10": nil,
        "99999999999999999999999": nil, "１": nil, "-0": nil,
    ]

    @Test(arguments: epochs.map { ($0.key, $0.value) })
    func `SOURCE_DATE_EPOCH is whole seconds since 1970`(text: String, expected: String?) {
        #expect(Timestamp(sourceDateEpoch: text)?.description == expected)
    }

    @Test func `every day of 800 years is written as it is read`() {
        for day in stride(from: -146_097, to: 146_097, by: 1) {
            let time = Timestamp(seconds: day * 86_400 + 3_661)
            #expect(Timestamp(rfc3339: time.description) == time)
        }
    }
}
