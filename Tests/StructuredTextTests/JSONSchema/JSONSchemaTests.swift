import ByteStreams
import StructuredText
import TestSupport
import Testing

/// A schema with values that follow it and values that do not, all as JSON text.
struct SchemaCase: Sendable, CustomTestStringConvertible {
    let schema: String
    let good: [String]
    let bad: [String]

    init(_ schema: String, good: [String], bad: [String]) {
        self.schema = schema
        self.good = good
        self.bad = bad
    }

    var testDescription: String { schema }
}

private func json(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8), limits: Limits())
}

private func compiled(_ schema: String) throws -> JSONSchema { try JSONSchema(compiling: json(schema)) }

private func violations(_ schema: String, _ value: String) throws -> [SchemaViolation] {
    try compiled(schema).violations(in: json(value), mayRepeatNames: true, limit: 100)
}

@Suite struct JSONSchemaTests {
    @Test(arguments: [
        SchemaCase("true", good: ["null", "{}", "1"], bad: []),
        SchemaCase("false", good: [], bad: ["null", "{}", "1"]),
        SchemaCase("{}", good: ["null", "[1]", #""a""#], bad: []),
        // type
        SchemaCase(
            #"{"type":"integer"}"#, good: ["1", "1.0", "-0", "1e400", "12345678901234567890", "10e-1"],
            bad: ["1.5", "1e-400", "true", #""1""#, "null"]),
        SchemaCase(#"{"type":"number"}"#, good: ["1", "1.5", "1e-400"], bad: ["true", #""1""#]),
        SchemaCase(#"{"type":"string"}"#, good: [#""""#, #""a""#], bad: ["1", "null", "[]", "{}"]),
        SchemaCase(#"{"type":"boolean"}"#, good: ["true", "false"], bad: ["0", "1", "null"]),
        SchemaCase(#"{"type":"null"}"#, good: ["null"], bad: ["false", "0", #""""#]),
        SchemaCase(#"{"type":"array"}"#, good: ["[]", "[[]]"], bad: ["{}"]),
        SchemaCase(#"{"type":"object"}"#, good: ["{}", #"{"a":1}"#], bad: ["[]"]),
        SchemaCase(#"{"type":["string","null"]}"#, good: [#""a""#, "null"], bad: ["1"]),
        // enum, const
        SchemaCase(
            #"{"enum":["a",1,null,[true],{"x":1,"y":2}]}"#,
            good: [#""a""#, "1.0", "null", "[true]", #"{"y":2e0,"x":1}"#], bad: [#""b""#, "true", "[1]", #"{"x":1}"#]),
        SchemaCase(#"{"enum":["a","b"]}"#, good: [#""a""#], bad: [#""A""#, "1", #""""#]),
        SchemaCase(#"{"const":false}"#, good: ["false"], bad: ["0", "null", "true"]),
        SchemaCase(#"{"const":"é"}"#, good: [#""\u00e9""#], bad: [#""e\u0301""#]),
        // objects
        SchemaCase(
            #"{"properties":{"a":{"type":"string"},"b":false}}"#, good: ["{}", #"{"a":"x","c":1}"#, "1"],
            bad: [#"{"a":1}"#, #"{"b":1}"#]),
        SchemaCase(#"{"required":["a","b"]}"#, good: [#"{"a":1,"b":2}"#, "[]"], bad: ["{}", #"{"a":1}"#]),
        SchemaCase(
            #"{"properties":{"a":true},"additionalProperties":false}"#, good: ["{}", #"{"a":1}"#],
            bad: [#"{"b":1}"#, #"{"a":1,"A":1}"#]),
        SchemaCase(
            #"{"properties":{"K":true},"additionalProperties":false}"#, good: [#"{"K":1}"#], bad: [#"{"\u212a":1}"#]),
        SchemaCase(#"{"additionalProperties":{"type":"integer"}}"#, good: [#"{"a":1}"#], bad: [#"{"a":"1"}"#]),
        SchemaCase(
            #"{"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}"#, good: [#"{"x-a":""}"#],
            bad: [#"{"x-a":1}"#, #"{"ax-":""}"#]),
        SchemaCase(
            #"{"properties":{"x-a":{"minLength":2}},"patternProperties":{"^x-":{"maxLength":3}}}"#,
            good: [#"{"x-a":"ab"}"#], bad: [#"{"x-a":"a"}"#, #"{"x-a":"abcd"}"#]),
        SchemaCase(
            #"{"minProperties":1,"maxProperties":2}"#, good: [#"{"a":1}"#], bad: ["{}", #"{"a":1,"b":1,"c":1}"#]),
        SchemaCase(#"{"propertyNames":{"maxLength":2}}"#, good: [#"{"ab":1}"#], bad: [#"{"abc":1}"#]),
        SchemaCase(
            #"{"dependencies":{"a":["b"],"c":{"required":["d"]}}}"#,
            good: ["{}", #"{"b":1}"#, #"{"a":1,"b":1}"#, #"{"c":1,"d":1}"#], bad: [#"{"a":1}"#, #"{"c":1}"#]),
        SchemaCase(
            #"{"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{"maxProperties":1}}}"#,
            good: [#"{"a":1,"b":1}"#, #"{"c":1}"#], bad: [#"{"a":1}"#, #"{"c":1,"d":1}"#]),
        // Of members of the same name the last counts, as for most readers.
        SchemaCase(#"{"properties":{"a":{"type":"string"}}}"#, good: [#"{"a":1,"a":"x"}"#], bad: [#"{"a":"x","a":1}"#]),
        // arrays
        SchemaCase(#"{"items":{"type":"integer"}}"#, good: ["[]", "[1,2]", "{}"], bad: [#"[1,"a"]"#]),
        SchemaCase(
            #"{"items":[{"type":"integer"},{"type":"string"}]}"#, good: ["[]", "[1]", #"[1,"a",null]"#],
            bad: ["[1,1]", #"["a"]"#]),
        SchemaCase(#"{"items":[{"type":"integer"}],"additionalItems":false}"#, good: ["[1]"], bad: ["[1,1]"]),
        SchemaCase(#"{"items":[true],"additionalItems":{"type":"null"}}"#, good: ["[1,null]"], bad: ["[1,1]"]),
        SchemaCase(#"{"items":{},"additionalItems":false}"#, good: ["[1,2,3]"], bad: []),
        SchemaCase(#"{"minItems":1,"maxItems":2}"#, good: ["[1]", "{}"], bad: ["[]", "[1,1,1]"]),
        SchemaCase(
            #"{"uniqueItems":true}"#,
            good: [
                "[]", "[1,true]", "[0,false]", "[[1],[[1]]]", #"[{"a":1},{"a":2}]"#, #"[{"a":{"b":1}},{"a":{"b":2}}]"#,
                #"["a","A"]"#, "[{},[]]",
            ],
            bad: [
                "[1,1]", "[1,1.0]", "[10,1e1]", #"[{"a":1,"b":[2]},{"b":[2.0],"a":1}]"#, "[[[]],[[]]]", "[null,null]",
            ]),
        SchemaCase(#"{"uniqueItems":false}"#, good: ["[1,1]"], bad: []),
        // strings
        SchemaCase(
            #"{"minLength":2,"maxLength":3}"#, good: [#""ab""#, #""👩👩👩""#, "1"], bad: [#""a""#, #""abcd""#, #""é""#]),
        SchemaCase(#"{"pattern":"^a+$"}"#, good: [#""aa""#, "1"], bad: [#""""#, #""ab""#, #""a\n""#]),
        SchemaCase(#"{"pattern":"b"}"#, good: [#""abc""#], bad: [#""ac""#]),
        SchemaCase(#"{"format":"date-time"}"#, good: [#""whatever""#], bad: []),
        // numbers
        SchemaCase(
            #"{"minimum":1,"maximum":3}"#, good: ["1", "3.0", "1.0000000000000000000001", #""0""#],
            bad: ["0.9999999999999999999999", "3.0000000000000000000001", "-2", "1e400", "0"]),
        SchemaCase(
            #"{"exclusiveMinimum":0,"exclusiveMaximum":1e2}"#, good: ["1e-400", "99.9"],
            bad: ["0", "-0.0", "100", "1e2"]),
        SchemaCase(#"{"maximum":-1.5}"#, good: ["-1.5", "-2"], bad: ["-1.4", "0", "1"]),
        SchemaCase(
            #"{"multipleOf":0.01}"#, good: ["0", "1.23", "19.99", "1e300", "-0.07"], bad: ["0.001", "1.234", "1e-400"]),
        SchemaCase(#"{"multipleOf":7}"#, good: ["49", "7e99", "-14"], bad: ["1e99", "3.5"]),
        // combinations
        SchemaCase(
            #"{"allOf":[{"required":["a"]},{"properties":{"a":{"type":"string"}}}]}"#, good: [#"{"a":""}"#],
            bad: ["{}", #"{"a":1}"#]),
        SchemaCase(#"{"anyOf":[{"type":"integer"},{"minimum":2}]}"#, good: ["1", "2.5", "3"], bad: ["1.5"]),
        SchemaCase(#"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, good: ["1", "2.5"], bad: ["3", "1.5"]),
        SchemaCase(
            #"{"oneOf":[{"required":["a"]},{"required":["b"]}]}"#, good: [#"{"a":1}"#], bad: ["{}", #"{"a":1,"b":1}"#]),
        SchemaCase(#"{"not":{"type":"string"}}"#, good: ["1"], bad: [#""a""#]),
        SchemaCase(
            #"{"if":{"properties":{"a":{"const":1}},"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}"#,
            good: [#"{"a":1,"b":1}"#, #"{"c":1}"#], bad: [#"{"a":1}"#, "{}"]),
        SchemaCase(#"{"then":false,"else":false}"#, good: ["1"], bad: []),
        // references
        SchemaCase(##"{"$ref":"#/definitions/a","definitions":{"a":{"type":"string"}}}"##, good: [#""a""#], bad: ["1"]),
        SchemaCase(
            ##"{"properties":{"a":{"$ref":"#/$defs/x~1y","maxLength":1}},"$defs":{"x/y":{"type":"string"}}}"##,
            good: [#"{"a":"long"}"#], bad: [#"{"a":1}"#]),
        SchemaCase(
            ##"{"properties":{"in":{"$ref":"#"}},"additionalProperties":false}"##, good: [#"{"in":{"in":{}}}"#],
            bad: [#"{"in":{"in":{"out":1}}}"#]),
        SchemaCase(
            ##"{"properties":{"a":{"$ref":"#/properties/b"},"b":{"type":"null"}}}"##, good: [#"{"a":null}"#],
            bad: [#"{"a":1}"#]),
    ])
    func `keywords mean what draft-07 says`(_ example: SchemaCase) throws {
        let schema = try compiled(example.schema)
        for text in example.good {
            #expect(schema.accepts(try json(text)), "\(text) should follow \(example.schema)")
            let found = schema.violations(in: try json(text), mayRepeatNames: true, limit: 10).filter { !$0.isRemark }
            #expect(found.isEmpty, "\(text): \(found)")
        }
        for text in example.bad {
            #expect(!schema.accepts(try json(text)), "\(text) should not follow \(example.schema)")
            let found = schema.violations(in: try json(text), mayRepeatNames: true, limit: 10)
            #expect(found.contains { !$0.isRemark }, "\(text): nothing was found")
        }
    }

    @Test(arguments: [
        #"{"type":"strnig"}"#, #"{"unevaluatedProperties":false}"#, #"{"contains":true}"#, #"{"properties":[]}"#,
        #"{"required":"a"}"#, #"{"minLength":-1}"#, #"{"minLength":1.5}"#, ##"{"$ref":"#/definitions/none"}"##,
        ##"{"$ref":"#"}"##, #"{"$ref":"other.json"}"#, #"{"enum":1}"#, #"{"oneOf":[]}"#, #"{"multipleOf":0}"#,
        #"{"format":"ipv4"}"#, #"{"vocabulary":"none"}"#, "1", #"{"items":1}"#,
        #"{"pattern":"(?=a)b"}"#, #"{"pattern":"(?!a)b"}"#, #"{"pattern":"a|^b"}"#, #"{"pattern":"^a|b"}"#,
        #"{"pattern":"(a$)"}"#, #"{"pattern":"(a)\\1"}"#, #"{"pattern":"\\bword"}"#, #"{"pattern":"a+?"}"#,
        #"{"pattern":"[a"}"#, #"{"pattern":"[z-a]"}"#, #"{"pattern":"(a"}"#, #"{"pattern":"a)"}"#, #"{"pattern":"*"}"#,
        #"{"pattern":"a{2"}"#, #"{"pattern":"a{3,2}"}"#, #"{"pattern":"\\p{L}"}"#, #"{"pattern":"a{100000}"}"#,
        #"{"pattern":"(a{900}){900}"}"#, #"{"pattern":"[ab]*a[ab]{20}$"}"#,
    ])
    func `what is not understood is refused when the schema is made ready`(_ schema: String) throws {
        #expect(throws: SchemaError.self) { try compiled(schema) }
    }

    @Test(arguments: [
        ("^$", [""], ["a"]),
        ("^[-+a-z0-9.]+/[-+a-z0-9.]+$", ["a/b", "image/svg+xml"], ["a", "/", "A/b", "a/b/c", " a/b"]),
        ("^(ab|cd){2}$", ["abab", "abcd", "cdab"], ["ab", "ababab", "abc"]),
        ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
        ("^a{2,}$", ["aa", "aaaaaaa"], ["a"]),
        ("^a?b*c+$", ["c", "abbcc", "bc"], ["", "ab", "aac"]),
        ("^(a|b?)$", ["a", "b", ""], ["ab"]),
        ("^[^a-c]$", ["d", "é", "\n"], ["a", "b", "", "dd"]),
        ("^.$", ["a", "é", "👩"], ["", "\n", "\r", "\u{2028}", "ab"]),
        ("^(.*)$", ["", "one line"], ["two\nlines", "ends\n"]),
        (#"^\d+\.\w\s\S\D$"#, ["12.a b-", "1._\tcc"], ["a.a bc", "1xa bc", "1.a bc1"]),
        (#"^[\w.\-\]]+$"#, ["a.b-]", "_"], ["a b", "["]),
        (#"^\(a\)\/\\$"#, ["(a)/\\"], ["(a)/"]),
        ("^(?:x|y)z", ["xz", "yz and more"], ["z", "axz"]),
        ("b$", ["b", "ab", "a\nb"], ["ba", "b\n"]),
        ("a.c", ["abc", "xxaxcxx", "aabc"], ["ac", "a\nc"]),
        ("", ["", "a"], []),
        ("^[a-z]{2}(-[A-Z]{2})?$", ["en", "en-GB"], ["EN", "en-", "en-gb"]),
        (
            "^[A-Za-z0-9][A-Za-z0-9\\-/.()\\s]{0,28}[A-Za-z0-9]$",
            ["US", "US 1,2".replacing(",", with: "."), String(repeating: "1", count: 30)],
            ["1", "-1", String(repeating: "1", count: 31)]
        ),
    ])
    func `patterns find what they say`(_ pattern: String, _ good: [String], _ bad: [String]) throws {
        let schema = try JSONSchema(compiling: ["pattern": .string(pattern)])
        for text in good { #expect(schema.accepts(.string(text)), "\(text.debugDescription) has \(pattern)") }
        for text in bad { #expect(!schema.accepts(.string(text)), "\(text.debugDescription) does not have \(pattern)") }
    }

    @Test func `a pattern takes time in proportion to the text, whatever it is`() throws {
        let schema = try compiled(#"{"pattern":"^(a|aa|aaa)*b$"}"#)
        #expect(!schema.accepts(.string(String(repeating: "a", count: 1_000_000))))
        #expect(schema.accepts(.string(String(repeating: "a", count: 1_000_000) + "b")))
    }

    @Test(
        arguments: [
            (
                #"{"properties":{"a":{"items":{"type":"string"}}}}"#, #"{"a":["x",1]}"#, "/a/1", "a string", "a number",
                "/properties/a/items/type"
            ),
            (#"{"required":["name"]}"#, "{}", "", #"a member "name""#, nil, "/required"),
            (
                #"{"properties":{"fileName":true},"additionalProperties":false}"#, #"{"filename":1}"#, "/filename",
                #"no member "filename" here; is "fileName" meant?"#, nil, "/additionalProperties"
            ),
            (
                #"{"enum":["PACKAGE_MANAGER","OTHER"]}"#, #""PACKAGE-MANAGER""#, "",
                #"one of "PACKAGE_MANAGER", "OTHER"; is "PACKAGE_MANAGER" meant?"#, #""PACKAGE-MANAGER""#, "/enum"
            ),
            (
                #"{"enum":["a","b","c","d","e","f","g","h","i","j"]}"#, "1", "",
                #"one of "a", "b", "c", "d", "e", "f", "g", "h" or 2 others"#, "a number", "/enum"
            ),
            (
                #"{"uniqueItems":true}"#, #"[1,2,1]"#, "/2", "no element that is the same as element 0", nil,
                "/uniqueItems"
            ),
            (#"{"oneOf":[{"type":"array"},{"type":"string"}]}"#, "1", "", "an array or a string", "a number", "/oneOf"),
            (
                #"{"oneOf":[{"required":["id"]},{"required":["name"]}]}"#, "{}", "",
                #"a member "id" or a member "name""#, nil, "/oneOf"
            ),
            (#"{"minimum":1}"#, "0.5", "", "a number of at least 1", "0.5", "/minimum"),
            (#"{"minItems":1}"#, "[]", "", "an array that is not empty", "0", "/minItems"),
            (#"{"type":["integer","null"]}"#, "{}", "", "an integer or null", "an object", "/type"),
        ] as [(String, String, String, String, String?, String)])
    func `a violation says where, what was expected and what was found`(
        _ schema: String, _ value: String, _ pointer: String, _ expected: String, _ found: String?, _ rule: String
    ) throws {
        let violation = try #require(try violations(schema, value).first)
        #expect(violation.pointer.description == pointer)
        #expect(violation.expected == expected)
        #expect(violation.found == found)
        #expect(violation.rule.description == rule)
    }

    @Test func `of several alternatives the nearest is reported`() throws {
        let schema = """
            {"oneOf":[
              {"type":"object","required":["license"],"additionalProperties":false,
               "properties":{"license":{"type":"object","properties":{"id":{"enum":["MIT"]}}}}},
              {"type":"object","required":["expression"],"additionalProperties":false,
               "properties":{"expression":{"type":"string"}}}]}
            """
        let found = try violations(schema, #"{"license":{"id":"mit"}}"#)
        #expect(found.map { $0.pointer.description } == ["/license/id"])
        #expect(found.first?.alternative?.number == 1)
        #expect(found.first?.alternative?.count == 2)
        #expect(try violations(schema, #"{"expression":1}"#).map { $0.pointer.description } == ["/expression"])
        #expect(try violations(schema, #"[]"#).first?.expected == "an object")
        #expect(
            try violations(schema, #"{"license":{"id":"a"},"more":1}"#).map { $0.pointer.description }.sorted()
                == ["/license/id", "/more"])
        // Two expressions are an expression too many, not two licences without a name.
        let list = """
            {"oneOf":[
              {"items":{"required":["license"],"properties":{"license":{}},"additionalProperties":false}},
              {"maxItems":1,"items":{"required":["expression"]}}]}
            """
        let many = #"[{"expression":"MIT"},{"expression":"MIT"}]"#
        #expect(try violations(list, many).map { $0.expected } == ["one element only"])
    }

    @Test(arguments: [
        (
            "date-time", ["2024-02-29T12:00:00Z", "2024-02-29t12:00:60.123+05:30"],
            ["2023-02-29T12:00:00Z", "2024-01-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", ""]
        ),
        ("date", ["2024-02-29"], ["2024-2-29", "2023-02-29", "2024-13-01", "0000-00-00"]),
        ("idn-email", ["a@b"], ["a"]),
        ("iri-reference", ["", "a/b", "https://example.org/ä?x#y", "a%20b"], ["a b", "<a>", "a%2", "#a#b"]),
        ("uri", ["https://example.org/", "urn:x"], ["a/b", ":", "1a:b"]),
    ])
    func `a format is a remark, not a verdict`(_ format: String, _ good: [String], _ bad: [String]) throws {
        let schema = try JSONSchema(compiling: ["format": .string(format)])
        for text in good + bad {
            #expect(schema.accepts(.string(text)))
            let found = schema.violations(in: .string(text), mayRepeatNames: false, limit: 10)
            #expect(found.map { $0.isRemark } == (bad.contains(text) ? [true] : []), "\(text)")
        }
    }

    @Test func `other schemas and lists are found by name`() throws {
        let schema = try JSONSchema(
            compiling: json(##"{"properties":{"a":{"$ref":"b.json#/definitions/c"},"d":{"vocabulary":"v"}}}"##),
            others: ["b.json": json(##"{"definitions":{"c":{"$ref":"#/definitions/d"},"d":{"type":"null"}}}"##)],
            vocabularies: ["v": { $0 == "yes" }])
        #expect(schema.accepts(try json(#"{"a":null,"d":"yes"}"#)))
        #expect(!schema.accepts(try json(#"{"a":1}"#)))
        #expect(!schema.accepts(try json(#"{"d":"no"}"#)))
    }

    @Test func `no more violations are collected than were asked for`() throws {
        let schema = try compiled(#"{"items":{"type":"string","minLength":2}}"#)
        let value = JSONValue.array(Array(repeating: 1, count: 1_000))
        #expect(schema.violations(in: value, mayRepeatNames: false, limit: 7).count == 7)
        #expect(schema.violations(in: value, mayRepeatNames: false, limit: 5_000).count == 1_000)
    }

    @Test func `a value as deep as the limit needs no stack to speak of`() throws {
        let schema = try compiled(
            ##"""
            {"type":["object","array"],"properties":{"a":{"$ref":"#"}},"items":{"$ref":"#"},
             "allOf":[{"not":{"type":"object","required":["x"]}}],"uniqueItems":true}
            """##)
        let half = Limits().documentDepth / 2
        let text = String(repeating: #"[{"a":"#, count: half) + "1" + String(repeating: "}]", count: half)
        #expect(
            onSmallStack {
                guard let value = try? JSONValue(parsing: Array(text.utf8), limits: Limits()) else { return false }
                let found = schema.violations(in: value, mayRepeatNames: true, limit: 10)
                return found.count == 1 && !schema.accepts(value)
            })
    }

    @Test func `alternatives nested without end are given up on, not followed`() throws {
        let schema = try compiled(##"{"anyOf":[{"type":"string"},{"items":{"$ref":"#"},"type":"array"}]}"##)
        let depth = Limits().documentDepth
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(
            onSmallStack {
                guard let value = try? JSONValue(parsing: Array(text.utf8), limits: Limits()) else { return false }
                return !schema.accepts(value) && !schema.violations(in: value, mayRepeatNames: false, limit: 10).isEmpty
            })
    }

    @Test func `a large array of values that differ late is told apart without comparing each with each`() throws {
        let schema = try compiled(#"{"uniqueItems":true}"#)
        // All look the same from outside, so that their depths decide.
        let items = (0..<50_000).map {
            JSONValue.object(JSONObject([.init(name: "a", value: ["b": ["c": .number(JSONNumber($0))]])]))
        }
        #expect(schema.accepts(.array(items)))
        #expect(!schema.accepts(.array(items + [items[77]])))
    }

    @Test func `a family gives each version what it has`() throws {
        let family = try JSONSchemaFamily(
            json(
                """
                {"versions":["1.2","1.10"],"lax":["1.2"],"$ref":"#/definitions/root","definitions":{
                 "root":{"type":"object","additionalProperties":false,
                  "required":["a",{"since":"1.3","is":["b","c"]}],
                  "properties":{"a":{"enum":["x",{"since":"1.10","is":"y"}]},"b":{"since":"1.3","type":"string"},
                   "since":{"type":"null","until":"1.2"},"strictly":{"strict":true,"type":"null"},
                   "versions":{"versions":[{"until":"1.2","type":"array"},{"since":"1.10","type":"object"}]},
                   "d":{"type":"string","minLength":{"since":"1.10","is":1}}}}}}
                """))
        #expect(family.versions == ["1.2", "1.10"])
        #expect(
            try family.schema(version: "1.2", isStrict: false)
                == json(
                    """
                    {"$ref":"#/definitions/root","definitions":{"root":{"type":"object","required":["a"],
                     "properties":{"a":{"enum":["x"]},"since":{"type":"null"},"versions":{"type":"array"},
                      "d":{"type":"string"}}}}}
                    """))
        #expect(
            try family.schema(version: "1.10", isStrict: false)
                == json(
                    """
                    {"$ref":"#/definitions/root","definitions":{"root":{"type":"object","additionalProperties":false,
                     "required":["a","b","c"],"properties":{"a":{"enum":["x","y"]},"b":{"type":"string"},
                      "strictly":{"type":"null"},"versions":{"type":"object"},"d":{"type":"string","minLength":1}}}}}
                    """))
        #expect(
            try family.schema(version: "1.2", isStrict: true)
                == json(
                    """
                    {"$ref":"#/definitions/root","definitions":{"root":{"type":"object","additionalProperties":false,
                     "required":["a"],"properties":{"a":{"enum":["x"]},"since":{"type":"null"},
                      "strictly":{"type":"null"},"versions":{"type":"array"},"d":{"type":"string"}}}}}
                    """))
        #expect(throws: SchemaError.self) { try family.schema(version: "2", isStrict: false) }
    }
}
