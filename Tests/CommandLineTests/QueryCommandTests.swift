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
    ])
    func `the exit code says what is wrong`(line: String, code: Int32) throws {
        let result = try sbomkit(line)
        #expect(result.code == code, "\(result.errors)")
        #expect(result.errors.isEmpty == (code < 2), "\(result.errors)")
    }
}
