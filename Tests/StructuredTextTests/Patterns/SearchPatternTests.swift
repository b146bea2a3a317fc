import ByteStreams
import StructuredText
import Testing

@Suite struct SearchPatternTests {
    /// A pattern, texts in which it is found, and texts in which it is not.
    static let table: [(pattern: String, found: [String], missing: [String])] = [
        ("", ["", "anything"], []),
        ("lib", ["lib", "zlib1g", "liblib"], ["", "LIB", "li b"]),
        ("^lib", ["libc"], ["zlib"]),
        ("lib$", ["zlib"], ["libc"]),
        ("^a|b$", ["ax", "xb"], ["xa", "bx"]),
        ("a.c", ["abc", "aéc"], ["ac", "a\nc"]),
        ("(?s)a.c", ["a\nc"], ["ac"]),
        ("(?i)Lib[a-c]É", ["LIBBé", "libcÉ"], ["libdé"]),
        ("(?i)[^k]$", ["a"], ["k", "K"]),
        ("a{2,3}$", ["aa", "xaaa"], ["a", "ba"]),
        ("^a{2}$", ["aa"], ["a", "aaa"]),
        ("^(ab){0,2}$", ["", "ab", "abab"], ["ababab"]),
        ("a{", ["a{"], ["a"]),
        ("x{,3}", ["x{,3}"], ["xx"]),
        ("^(?:a|bc)*?d", ["d", "abcad"], ["abd"]),
        ("(?P<name>x)(?<other>y)", ["xy"], ["x"]),
        ("\\bcurl\\b", ["curl", "lib curl-4"], ["libcurl", "curl4"]),
        ("\\Bcurl", ["libcurl"], ["curl"]),
        ("\\Aa\\z", ["a"], ["ab"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[a\\]-]", ["-", "]"], ["\\"]),
        ("[[:digit:][:upper:]]$", ["1", "A"], ["a"]),
        ("[^[:space:]]", ["a"], [" ", "\t"]),
        ("^\\d+\\.\\w\\s\\D\\W\\S$", ["12.a x!y"], ["12.a x!"]),
        ("a\\.b", ["a.b"], ["axb"]),
        ("^(a*)*$", ["", "aaa"], ["b"]),
        ("^(|a)+$", ["", "aa"], ["b"]),
        ("(){1000}x", ["x"], ["y"]),
    ]

    @Test(arguments: table)
    func `a pattern is found where RE2 finds it`(_ row: (pattern: String, found: [String], missing: [String])) throws {
        let pattern = try SearchPattern(row.pattern)
        for text in row.found { #expect(pattern.isFound(in: text), "\(row.pattern) in \(text)") }
        for text in row.missing { #expect(!pattern.isFound(in: text), "\(row.pattern) in \(text)") }
    }

    @Test(arguments: [
        "(", ")", "a)", "[", "[a", "[b-a]", "*", "a**", "\\", "\\1", "\\p{L}", "(?=a)", "(?<!a)", "(?x)a", "a{3,2}",
        "[[:nothing:]]", "((((a{100}){100}){100}){100}){100}", String(repeating: "(", count: 100_000),
    ])
    func `a pattern that is none or too large is refused`(_ pattern: String) {
        #expect(throws: PatternError.self) { try SearchPattern(pattern) }
    }

    @Test func `a pattern is as large as the limits allow`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        // A letter is a step, and the end of the pattern is one.
        func long(_ steps: Int) -> String { String(repeating: "a", count: steps - 1) }
        for (allowed, tooLarge) in [
            ("a{\(Limits.patternCount)}", "a{\(Limits.patternCount + 1)}"),
            // The pattern itself is the first level.
            (nested(Limits.patternDepth - 1), nested(Limits.patternDepth)),
            (long(Limits.patternSteps), long(Limits.patternSteps + 1)),
        ] {
            #expect(throws: Never.self, "\(allowed.prefix(20))") { try SearchPattern(allowed) }
            #expect(throws: PatternError.self, "\(tooLarge.prefix(20))") { try SearchPattern(tooLarge) }
        }
    }

    @Test func `no text makes the search slow`() throws {
        // Backtracking would take longer than the universe has.
        for source in ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(x+x+)+y", "^([a-zA-Z]+)*\\z", "(.*)*(.*)*(.*)*z$"] {
            let pattern = try SearchPattern(source)
            let start = ContinuousClock.now
            #expect(!pattern.isFound(in: String(repeating: "a", count: 2_000) + "!"))
            #expect(ContinuousClock.now - start < .seconds(2), "\(source)")
        }
        // Empty parts that are counted and counted again.
        #expect(try SearchPattern("((((){1000}){1000}){1000}){1000}").isFound(in: "a"))
    }
}
