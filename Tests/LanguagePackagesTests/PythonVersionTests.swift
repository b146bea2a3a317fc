import TestSupport
import Testing

@testable import LanguagePackages

@Suite("The order of Python's versions")
struct PythonVersionTests {
    @Test("The releases of one version follow each other as the specification orders them")
    func order() throws {
        let sorted = [
            "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2",
            "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1", "1!0.1",
        ]
        let versions = try sorted.map { try #require(PythonVersion($0), "\($0)") }
        for (place, version) in versions.enumerated() {
            for (other, second) in versions.enumerated() {
                #expect((version < second) == (place < other), "\(sorted[place]) < \(sorted[other])")
            }
        }
    }

    @Test(
        "Spellings that the specification normalizes are equal",
        arguments: [
            ("1.1RC1", "1.1rc1"), ("v1.0", "1.0"), ("1.0.0", "1"), ("00.1", "0.1"), ("1.1.a1", "1.1a1"),
            ("1.1a", "1.1a0"),
            ("1.0-alpha.1", "1.0a1"), ("1.2-1", "1.2.post1"), ("1.2.rev4", "1.2.post4"), ("1.2-dev2", "1.2.dev2"),
            ("1.0+ubuntu-1", "1.0+ubuntu.1"), ("1.0c2", "1.0rc2"), (" 1.0 ", "1.0"),
        ])
    func spellings(pair: (String, String)) throws {
        let (one, other) = pair
        #expect(try #require(PythonVersion(one)) == #require(PythonVersion(other)))
    }

    @Test(
        "What is no version is refused",
        arguments: ["", "x", "1.", "1.0+", "1..2", "french toast", "1.0.x", "1.0 beta x"])
    func noVersions(text: String) {
        #expect(PythonVersion(text) == nil)
    }

    @Test(
        "A version satisfies the clauses of a requirement",
        arguments: [
            ("1.4.2", ">=1.4.1,<2", true), ("2.0.dev1", "<2", false), ("2.0", "!=2.0", false),
            ("1.4.5", "~=1.4.2", true),
            ("1.5", "~=1.4.2", false), ("2.2.post3", "~=2.2", true), ("1.1.post1", "==1.1", false),
            ("1.1.post1", "==1.1.*", true), ("1.1a1", "==1.1.*", true), ("1.7.post1", ">1.7", false),
            ("1.7.1", ">1.7", true),
            ("1.0+local", "==1.0", true), ("1.0", "===1.0", true), ("3.11", ">=3.8", true), ("3.9", ">=3.10", false),
            ("1.10", "!=1.1.*", true), ("2024.1", "", true),
        ])
    func clauses(example: (String, String, Bool)) throws {
        let (version, clauses, expected) = example
        #expect(try #require(PythonVersion(version)).satisfies(clauses) == expected, "\(version) \(clauses)")
    }

    @Test("A clause that does not parse gives no answer")
    func brokenClause() throws {
        let version = try #require(PythonVersion("1.0"))
        #expect(version.satisfies("~=1") == nil)
        #expect(version.satisfies("=>1") == nil)
        #expect(version.satisfies(">=x") == nil)
    }

    @Test("Numbers of any length are compared")
    func longNumbers() throws {
        let long = String(repeating: "9", count: 500)
        #expect(try #require(PythonVersion("1.\(long)")) < #require(PythonVersion("2")))
        #expect(try #require(PythonVersion(long)) > #require(PythonVersion("20240101")))
    }

    @Test("The versions order as packaging orders them", .needs(have("python3"), "python3 with pip and venv"))
    func oracle() throws {
        var generator = SeededGenerator(seed: 7)
        let parts = ["1", "2.0", "1.0.0", "1.1", "2024.10", "1!0"]
        let stages = ["", "a1", "b2", "rc1", ".dev3", ".post2", "a1.dev2", ".post1.dev1", "+x.1", "+7"]
        let texts = (0..<60).map { _ in
            parts[Int.random(in: parts.indices, using: &generator)]
                + stages[Int.random(in: stages.indices, using: &generator)]
        }
        let script = """
            import sys
            try:
                from packaging.version import Version
            except ImportError:
                from pip._vendor.packaging.version import Version
            words = sys.argv[1:]
            for a in words:
                print("".join("<" if Version(a) < Version(b) else ">" if Version(a) > Version(b) else "=" for b in words))
            """
        let result = try shell("python3 - \(texts.map { "'\($0)'" }.joined(separator: " "))", input: Array(script.utf8))
        let lines = result.text.split(separator: "\n").map(String.init)
        try #require(lines.count == texts.count)
        let versions = try texts.map { try #require(PythonVersion($0), "\($0)") }
        for (place, line) in lines.enumerated() {
            let ours = versions.map { versions[place] < $0 ? "<" : versions[place] > $0 ? ">" : "=" }.joined()
            #expect(ours == line, "\(texts[place])")
        }
    }
}
