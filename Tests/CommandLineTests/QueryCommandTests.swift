import TestSupport
import Testing

/// `sbomkit query` as a user meets it.
@Suite struct QueryCommandTests {
    static let expected = "\(packageFolder)/Fixtures/expected"

    @Test func `packages are listed by name`() throws {
        let result = try sbomkit("query \(Self.expected)/debian-small.spdx.json 'name:^json' --fields name,version")
        #expect(result.code == 0)
        #expect(result.text == "json-new 5.1-1\njson-old 1.1-9\n")
        #expect(result.errors == "")
    }

    @Test func `a query of the CycloneDX document has the same answer`() throws {
        let query = "query 'all type:DEPENDS_ON' --fields name,version,purl --format csv"
        let answers = try ["spdx", "cdx"].map { kind in
            try sbomkit(query.replacing("query", with: "query \(Self.expected)/debian-small.\(kind).json")).text
        }
        #expect(answers[0] == answers[1])
        #expect(answers[0].hasPrefix("name,version,purl\n"))
    }

    @Test func `nothing found is a warning and no failure`() throws {
        let result = try sbomkit("query \(Self.expected)/debian-small.spdx.json name:nobody")
        #expect(result.code == 0)
        #expect(result.text == "")
        #expect(result.lines.count == 1 && result.errors.hasSuffix(": nothing matches the query\n"))
        #expect(
            try sbomkit("query -q --format json \(Self.expected)/debian-small.spdx.json name:nobody").text == "[]\n")
    }

    @Test func `a search has an exit code on demand`() throws {
        let document = "\(Self.expected)/debian-small.spdx.json"
        let empty = try sbomkit("query \(document) name:nobody --fail-on-empty")
        #expect(empty.code == 1 && empty.lines.last?.hasSuffix("nothing matches (--fail-on-empty)") == true)
        #expect(try sbomkit("query \(document) name:nobody --fail-on-match").code == 0)
        #expect(try sbomkit("query \(document) 'all name:^alpha$' --fail-on-empty").code == 0)
        let found = try sbomkit("query \(document) 'all name:^alpha$' --fail-on-match")
        #expect(found.code == 1 && found.text == "alpha\n")
    }

    @Test func `direct and transitive dependants can be told apart`() throws {
        let document = "\(Self.expected)/debian-small.spdx.json"
        let line = "query \(document) --template '{name}'"
        #expect(try sbomkit("\(line) needed-by:gamma/1").text == "alpha\nlegacy\n")
        #expect(try sbomkit("\(line) needed-by:gamma").text == "alpha\nalpha-tools\nlegacy\n")
        #expect(try sbomkit("\(line) needs:script").text == "interpreter\n")
        let missing = try sbomkit("\(line) needs:scrip")
        #expect(missing.lines.first?.hasSuffix("no element has the name scrip; did you mean \"script\"?") == true)
    }

    @Test(.needs(have("script"), "script(1)"))
    func `a terminal gets a table, and a program single spaces`() throws {
        let line = "query \(Self.expected)/debian-small.spdx.json 'name:^json' --fields name,version"
        let shown = try shell("TERM=xterm NO_COLOR=1 script -qec \"'\(program)' \(line)\" /dev/null").text
        #expect(shown == "NAME      VERSION\r\njson-new  5.1-1\r\njson-old  1.1-9\r\n")
        #expect(try sbomkit(line).text == "json-new 5.1-1\njson-old 1.1-9\n")
        let colored = try shell("unset NO_COLOR; TERM=xterm script -qec \"'\(program)' \(line)\" /dev/null").text
        #expect(colored.contains("\u{1B}[32m5.1-1\u{1B}[0m"))
    }

    @Test func `all fields can be asked for, and a template prints a line each`() throws {
        let document = "\(Self.expected)/debian-small.spdx.json"
        let all = try sbomkit("query \(document) name:json-new --fields all --format json").text
        #expect(all.contains("\"arch\": \"amd64\"") && all.contains("\"layer\": \"") && all.contains("\"source\": \""))
        let zero = try sbomkit("query \(document) name:json --template '{name}\\0'")
        #expect(zero.text == "json-new\0json-old\0")
        let wrong = try sbomkit("query \(document) --fields nmae")
        #expect(wrong.code == 64 && wrong.errors.contains("did you mean \"name\"?"))
        #expect(try sbomkit("query \(document) --template '{nmae}'").errors.contains("one of the fields name, version"))
        #expect(try sbomkit("query \(document) --template '{name}' --format csv").code == 64)
    }

    @Test func `names cannot forge lines`() throws {
        try withTemporaryFolder { folder in
            let text = """
                {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
                  {"type": "library", "name": "a\\nb\\u001b[1m", "version": "1"}]}
                """
            try write(Array(text.utf8), toFile: "\(folder)/a")
            #expect(try sbomkit("query \(folder)/a all").text == "a\\u{a}b\\u{1b}[1m\n")
        }
    }

    @Test(arguments: [
        ("query - 'nothing:x' </dev/null", 64), ("query - 'name:(' </dev/null", 64), ("query - all </dev/null", 65),
        ("query no-such-file all", 66), ("query - --fields nothing all </dev/null", 64),
        ("query expected/debian-small.spdx.json type:DEPENDS_OM", 64),
        ("query expected/debian-small.spdx.json all --fail-on-empty --fail-on-match", 64),
    ])
    func `the exit code says what is wrong`(line: String, code: Int32) throws {
        let result = try sbomkit(line)
        #expect(result.code == code, "\(result.errors)")
        #expect(result.errors.isEmpty == (code < 2), "\(result.errors)")
    }

    @Test func `packages leave the image and the system out`() throws {
        let document = "expected/debian-small.spdx.json"
        let names = try sbomkit("query \(document) packages").text.split(separator: "\n")
        #expect(names.count == 19 && !names.contains("debian") && !names.contains("debian-small"))
        #expect(try sbomkit("query \(document) all type:package").text.split(separator: "\n").count == 21)
        // The words can be arguments of their own.
        #expect(try sbomkit("query \(document) packages name:^alpha$").text == "alpha\n")
    }

    @Test func `who asks for a license learns how many packages state none`() throws {
        let document = "expected/debian-small.spdx.json"
        let result = try sbomkit("query \(document) license:MIT")
        #expect(result.errors.contains("19 packages state no license"))
        #expect(try sbomkit("query \(document) packages license:NOASSERTION").text.split(separator: "\n").count == 19)
        #expect(try !sbomkit("query \(document) license:NOASSERTION").errors.contains("state no license"))
        #expect(try !sbomkit("query expected/rpm-small.spdx.json license:MIT").errors.contains("no license"))
    }

    @Test(arguments: [
        ("AGLP", "AGPL"), ("GLP", "GPL"), ("GPL-2.0-olny", "GPL-2.0-only"), ("Apche", "APACHE"),
        ("Zlib OR AGLP", "AGPL"),
    ])
    func `a gate does not pass because of a misspelt license`(text: String, meant: String) throws {
        let document = "expected/rpm-small.spdx.json"
        for line in ["query \(document) 'license:\"\(text)\"'", "outline \(document) --license '\(text)'"] {
            let gate = try sbomkit("\(line) --fail-on-match")
            #expect(gate.code == 64 && gate.lines.count == 1, "\(gate.errors)")
            #expect(gate.errors.contains("; did you mean \(meant)? (--fail-on-match)"), "\(gate.errors)")
            let search = try sbomkit(line)
            #expect(search.code == 0)
            #expect(search.errors.contains("no license and no family of the SPDX License List is named \""))
        }
    }

    @Test(arguments: [
        "AGPL", "AGPL-3.0", "AGPL-3.0-only", "LicenseRef-x", "AGPL*", "NONE", "0BSD OR AGPL-3.0-only",
    ])
    func `a gate passes where nothing matches`(text: String) throws {
        let result = try sbomkit("query expected/rpm-small.spdx.json 'packages license:\"\(text)\"' --fail-on-match")
        #expect(result.code == 0 && result.errors.isEmpty, "\(result.errors)")
    }
}
