import StructuredText
import Testing

@Suite struct VersionNumberTests {
    @Test(arguments: [
        ("1.9", "1.10"), ("1.6", "1.7"), ("2.2", "2.2.1"), ("2.3.1", "2.10"), ("9", "10"), ("1.9.9", "2"),
    ])
    func `versions are compared number by number`(_ older: String, _ newer: String) throws {
        let (older, newer) = (try #require(VersionNumber(older)), try #require(VersionNumber(newer)))
        #expect(older < newer && !(newer < older) && older != newer)
    }

    @Test(arguments: ["", ".", "1.", ".1", "1..2", "1.x", "-1", "1.-2", "v1", "99999999999999999999"])
    func `a version that is not made of numbers does not parse`(_ text: String) {
        #expect(VersionNumber(text) == nil)
    }

    @Test(arguments: [
        ("[1.5-]", ["1.5", "1.9", "1.10", "2"]), ("[-1.9]", ["1", "1.5", "1.9"]), ("[1.9-1.10]", ["1.9", "1.10"]),
        ("[1.10]", ["1.10"]),
    ])
    func `a range contains its ends`(_ text: String, _ expected: [String]) throws {
        let range = try #require(VersionRange(text))
        let versions = ["1", "1.5", "1.9", "1.10", "2"]
        #expect(versions.filter { VersionNumber($0).map(range.contains) == true } == expected)
    }

    @Test(arguments: ["", "[]", "[-]", "1.5-", "[1.5-1.6-1.7]", "[x]", "[1.5-x]"])
    func `a range without a version does not parse`(_ text: String) {
        #expect(VersionRange(text) == nil)
    }

    @Test(
        arguments: [
            ("{}", TextSyntax.json), (" \n[", .json), ("\u{FEFF}<a/>", .xml), ("a", .other), ("# {", .other), ("", nil),
            (" \t", nil),
        ] as [(String, TextSyntax?)])
    func `a syntax is detected by the first significant byte`(_ text: String, _ syntax: TextSyntax?) {
        #expect(TextSyntax(detecting: text.utf8) == syntax)
        let utf16: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(TextSyntax(detecting: utf16) == syntax)
    }
}
