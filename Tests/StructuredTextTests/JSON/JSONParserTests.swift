import ByteStreams
import TestSupport
import Testing

@testable import StructuredText

@Suite struct JSONParserTests {
    @Test(
        arguments: [
            (#"null"#, .null), (#"true"#, true), (#"false"#, false), (" \t\r\n7 \t\r\n", 7), (#""""#, ""), (#"[]"#, []),
            (#"{}"#, [:]), (#"[ ]"#, []), (#"{ }"#, [:]), (#"[[],{},[[]]]"#, [[], [:], [[]]]),
            (#"{"a":1,"b":[true,null]}"#, ["a": 1, "b": [true, .null]]), (#"{"":0}"#, ["": 0]),
            (#"{"a":1,"a":2}"#, ["a": 1, "a": 2]), (#"{ "a" : { "b" : [ 1 , 2 ] } }"#, ["a": ["b": [1, 2]]]),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u00E9\u20AC\u0000""#, "Aéé€\0"),
            (#""\ud83d\ude00 \uDBFF\uDFFF""#, "😀 \u{10FFFF}"), ("\"\u{7F}é€😀\u{FFFF}\"", "\u{7F}é€😀\u{FFFF}"),
            (#"{"\u0061":"a sixteen letter and longer string"}"#, ["a": "a sixteen letter and longer string"]),
            (#""abcdefg\nabcdefgh\u00fcabcdefghi""#, "abcdefg\nabcdefghüabcdefghi"), ("\"e\u{301}\"", "e\u{301}"),
        ] as [(String, JSONValue)])
    func `a text of RFC 8259 is read`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: Array(text.utf8), limits: Limits()) == value)
    }

    @Test(
        arguments: [
            "0", "-0", "1.0", "1e400", "-1E-05", "12345678901234567890", "0.10", "1E+2", "-0.0e-0",
            "123456789012345678",
        ])
    func `a number keeps its digits`(digits: String) throws {
        #expect(
            try JSONValue(parsing: Array("[\(digits)]".utf8), limits: Limits()) == .array([.number(try number(digits))])
        )
        #expect(JSONWriter.bytes(of: .number(try number(digits)), .compact) == Array(digits.utf8))
    }

    @Test(
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "[", "{", "]", "}", "[1", "[1,", "[1,]", "[,1]",
            "[1 2]",
            "[1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1", "{\"a\" 1}", "{a:1}", "{1:1}", "{'a':1}", "{,}",
            "{\"a\":1]",
            "{\"a\":1 \"b\":2}", "1 2", "[]]", "[] x", "// c\n1", "[1] /* c */", "-", "+1", "01", "-01", "1.", ".5",
            "1.e1",
            "1e", "1e+", "0x1", "1_0", "--1", "1e1.5", "\"", "\"a", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u\"", "\"\\u12\"",
            "\"\\u12G4\"", "\"\\U0041\"", "\"\\ud800\\u\"", "\"a\nb\"", "\"\t\"", "\"\u{0}\"", "\"\\\n\"", "'a'",
            "\u{A0}1",
            "\u{C}1", "12\u{0}", "[\"a\",\n4\n,1,", "\u{FEFF}", "\u{FEFF}\u{FEFF}1", "[\u{FEFF}]", "tru\u{FF45}",
            "{\"a\":1,,\"b\":2}",
            "[1,,2]", "{\"a\"::1}", "[\"a\": 1]", "abcd", "\\u0022a\\u0022",
        ])
    func `what RFC 8259 does not allow is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONDocument(parsing: Array(text.utf8), limits: Limits()) }
    }

    @Test(
        arguments: [
            ([0xFF], 0), ([0xC0, 0xAF], 0), ([0x80], 0), ([0x61, 0xE2, 0x82], 1), ([0xED, 0xA0, 0x80], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0), ([0xC3, 0xA9, 0xC3], 2), ([0x5C, 0x6E, 0xFF], 2), ([0x5C, 0xC3, 0xA9], nil),
            ([0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0xF8, 0x61, 0x61], 9),
        ] as [([UInt8], Int?)])
    func `bytes that are not UTF-8 are refused at their place`(bytes: [UInt8], place: Int?) throws {
        let error = try #require(throws: JSONError.self) {
            try JSONDocument(parsing: [0x22] + bytes + [0x22], limits: Limits())
        }
        if let place {
            #expect(error.kind == .encoding("UTF-8"))
            #expect(error.place.offset == 1 + place)
        }
    }

    @Test(
        arguments: [
            ("[1,\n 2 3]", .expected("',' or ']'"), 2, 4), ("[1,\r\n\r\"é😀\" x]", .expected("',' or ']'"), 3, 6),
            ("{\"a\":1,\n}", .expected("a member name"), 2, 1), ("[", .truncated(expected: "a value"), 1, 2),
            ("\n\n", .truncated(expected: "a value"), 3, 1), ("1 x", .trailing, 1, 3),
            ("\u{FEFF}x", .expected("a value"), 1, 1),
            ("[\"é\\x\"]", .escape, 1, 4), ("[-x]", .number, 1, 3), ("[\"é\n\"]", .controlCharacter, 1, 4),
            ("{\"a\"", .truncated(expected: "':'"), 1, 5), ("[012]", .number, 1, 3),
            ("-", .truncated(expected: "a digit"), 1, 2),
            ("\"abc", .truncated(expected: "a closing quote"), 1, 5),
        ] as [(String, JSONError.Kind, Int, Int)])
    func `an error tells what is wrong in which line and column`(
        text: String, kind: JSONError.Kind, line: Int, column: Int
    ) throws {
        let error = try #require(throws: JSONError.self) {
            try JSONDocument(parsing: Array(text.utf8), limits: Limits())
        }
        #expect(error.kind == kind)
        #expect(error.place.line == line)
        #expect(error.place.column == column)
    }

    @Test(
        arguments: [
            (#""a\ud800b""#, "a\u{FFFD}b", 1), (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}", 2),
            (#""\ud83d\u0041""#, "\u{FFFD}A", 1),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀", 1), (#""\ud83d\n""#, "\u{FFFD}\n", 1),
        ])
    func `half a surrogate pair becomes a replacement character and is noted`(
        text: String, value: String, count: Int
    ) throws {
        let document = try JSONDocument(parsing: Array(text.utf8), limits: Limits())
        #expect(document.root == .string(value))
        #expect(document.notes.map(\.kind) == Array(repeating: .loneSurrogate, count: count))
    }

    @Test func `of members with the same name the last counts and all are kept and noted`() throws {
        let text = #"{"a":1,"b":2,"\u0061":3,"\u00e9":4,"e\u0301":5,"q":{"a":1}}"#
        let document = try JSONDocument(parsing: Array(text.utf8), limits: Limits())
        guard case .object(let object) = document.root else {
            Issue.record("no object")
            return
        }
        #expect(object.count == 6)
        #expect(object["a"] == 3)
        // Canonically equivalent, but not the same scalars.
        #expect(object["\u{E9}"] == 4)
        #expect(object["e\u{301}"] == 5)
        #expect(document.notes.map(\.kind) == [.duplicateName("a")])
        #expect(document.noteCount == 1)
        #expect(document.notes.map { document.place(at: $0.offset).column } == [text.utf8.count])
        let many = "{" + (0..<300).map { "\"member\($0 % 299)\":0" }.joined(separator: ",") + "}"
        #expect(
            try JSONDocument(parsing: Array(many.utf8), limits: Limits()).notes.map(\.kind) == [
                .duplicateName("member0")
            ])
        let all = "{" + (0..<300).map { _ in "\"a\":0" }.joined(separator: ",") + "}"
        let noted = try JSONDocument(parsing: Array(all.utf8), limits: Limits())
        #expect(noted.notes.count == 100)
        #expect(noted.noteCount == 299)
    }

    @Test(arguments: [true, false])
    func `other encodings and byte order marks are read and noted`(hasMark: Bool) throws {
        let text = #"{"a":"é😀"}"#
        let scalars = (hasMark ? "\u{FEFF}" : "") + text
        func bytes(_ units: [UInt32], _ width: Int, big: Bool) -> [UInt8] {
            units.flatMap { unit in
                let bytes = (0..<width).map { UInt8(truncatingIfNeeded: unit >> UInt32(8 * $0)) }
                return big ? bytes.reversed() : bytes
            }
        }
        let wide = scalars.unicodeScalars.map(\.value)
        let narrow = scalars.utf16.map { UInt32($0) }
        let mark: [JSONNote.Kind] = hasMark ? [.byteOrderMark] : []
        for (name, given) in [
            ("UTF-8", Array(scalars.utf8)), ("UTF-16LE", bytes(narrow, 2, big: false)),
            ("UTF-16BE", bytes(narrow, 2, big: true)), ("UTF-32LE", bytes(wide, 4, big: false)),
            ("UTF-32BE", bytes(wide, 4, big: true)),
        ] {
            let document = try JSONDocument(parsing: given, limits: Limits())
            #expect(document.root == ["a": "é😀"])
            #expect(document.text == Array(scalars.utf8))
            #expect(document.notes.map(\.kind) == (name == "UTF-8" ? [] : [.encoding(name)]) + mark)
            for count in 0..<given.count {
                _ = try? JSONDocument(parsing: Array(given[..<count]), limits: Limits())
            }
        }
        #expect(throws: JSONError.self) { try JSONDocument(parsing: [0x22, 0, 0, 0xD8, 0x22, 0], limits: Limits()) }
        #expect(try JSONValue(parsing: [0x31, 0], limits: Limits()) == 1)
    }

    @Test func `nesting up to the limit is read and beyond it refused`() throws {
        var limits = Limits()
        limits.documentDepth = 3
        #expect(try JSONValue(parsing: Array("[[[]]]".utf8), limits: limits) == [[[]]])
        let error = try #require(throws: JSONError.self) {
            try JSONDocument(parsing: Array("[[{\"a\":[]}]]".utf8), limits: limits)
        }
        #expect(error.kind == .depth(3))
        #expect(error.place.offset == 7)
        limits.documentDepth = .max
        for bomb in ["[", "{\"a\":", "[{\"a\":[", "\n["] {
            let bytes = Array(String(repeating: bomb, count: 200_000).utf8)
            #expect(throws: JSONError.self) { try JSONDocument(parsing: bytes, limits: limits) }
        }
    }

    @Test func `the deepest document fits a stack of 512 KB`() {
        let finished = onSmallStack {
            var limits = Limits()
            limits.documentDepth = .max
            let opening = String(repeating: "{\"a\":[", count: 1_000)
            let closing = String(repeating: "]}", count: 1_000)
            guard let value = try? JSONValue(parsing: Array((opening + "1" + closing).utf8), limits: limits),
                let other = try? JSONValue(parsing: JSONWriter.bytes(of: value, .pretty), limits: limits)
            else { return false }
            let pointer = (0..<1_000).reduce(JSONPointer.root) { pointer, _ in pointer.appending("a").appending(0) }
            return value == other && value.isEquivalent(to: other) && value[pointer] == 1
        }
        #expect(finished)
    }

    @Test func `the nesting of JSON is limited whatever the limit on documents is`() throws {
        var limits = Limits()
        limits.documentDepth = .max
        for (depth, isRefused) in [(Limits.parserDepth, false), (Limits.parserDepth + 1, true), (400_000, true)] {
            let text = Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
            let error = Result { () throws(JSONError) in try JSONValue(parsing: text, limits: limits) }
            switch error {
            case .success: #expect(!isRefused)
            case .failure(let error): #expect(isRefused && error.kind == .depth(Limits.parserDepth))
            }
        }
    }

    @Test func `values are found again by their pointers`() throws {
        let text =
            "\u{FEFF}{\n  \"a\": [1, {\"b/c\": \"x\"}],\n  \"a\": [\n    \"é\", [], {\"b/c\": true, \"b~\": -1}],\n \"\\u0064\": {\"\": 2}}"
        let document = try JSONDocument(parsing: Array(text.utf8), limits: Limits())
        let expected = [
            ("", "line 1, column 1"), ("/a", "line 3, column 8"), ("/a/0", "line 4, column 5"),
            ("/a/1", "line 4, column 10"),
            ("/a/2/b~1c", "line 4, column 22"), ("/a/2/b~0", "line 4, column 34"), ("/d/", "line 5, column 17"),
            ("/a/3", "-"), ("/x", "-"), ("/a/0/x", "-"), ("/d", "line 5, column 12"),
        ]
        let pointers = try expected.map { try #require(JSONPointer(parsing: $0.0)) }
        #expect(document.places(of: pointers).map { $0?.description ?? "-" } == expected.map(\.1))
        for pointer in pointers { #expect((document.place(of: pointer) != nil) == (document.root[pointer] != nil)) }
    }

    @Test func `a damaged document is read or refused`() throws {
        let text = Array(sample.utf8)
        _ = try JSONDocument(parsing: text, limits: Limits())
        let pointers = try ["/packages/1/name", "/é", "/n/3"].map { try #require(JSONPointer(parsing: $0)) }
        for damaged in mutations(of: text, count: 400, seed: 1) + text.indices.map({ Array(text[..<$0]) }) {
            guard let document = try? JSONDocument(parsing: damaged, limits: Limits()) else { continue }
            let written = JSONWriter.bytes(of: document.root, .pretty)
            #expect(try JSONValue(parsing: written, limits: Limits()) == document.root)
            for pointer in pointers { #expect((document.place(of: pointer) != nil) == (document.root[pointer] != nil)) }
        }
    }

    @Test func `a text that is read in two parts is read as if in one`() {
        let texts =
            [
                sample, "[1, 2, [3, 4, {\"a\": [5, 6]}, 7], 8]",
                "{\"a\": [[1, 2], [3]], \"a\": [4, 5], \"\": [6, 7], \"\": 8}",
                "{\"d\": {\"\": 1, \"p\": [\"\\ud800\", \"a\\\\\", \"b\\\"\", \"\\ud801\"], \"q\": {}, \"q\": [], \"\": 2}}",
                "\u{FEFF}{\"p\": [{\"x\": 1, \"x\": 2}, {\"x\": 1, \"x\": 2}, {}], \"r\": [[], {}, null, true, 1e5], \"p\": 1}",
                "[1,,2]", "[1, 2", "[1, 2] 3", "[1, {\"a\": [2, }, 3]", "[\"a, 2]\", 3, \"b]", "[1, 2}",
                "{\"a\": [1, 2], 3}",
                "[1, \"\u{1}\", 2, 01]", "[[[[[[[[[[1, 2], 3], 4], 5], 6], 7], 8], 9], 10], 11]",
            ].map { Array($0.utf8) }
        var seams = 0
        for (number, text) in texts.enumerated() {
            for text in [text] + mutations(of: text, count: 150, seed: UInt64(number)) {
                for depth in [1_000, 4] {
                    var limits = Limits()
                    limits.documentDepth = depth
                    let whole = Result { try JSONDocument(parsing: text, limits: limits, seamBehind: nil) }
                    for target in -1..<text.count {
                        if JSONSplitPoint(in: text.span, behind: target, limits: limits) != nil { seams += 1 }
                        let divided = Result { try JSONDocument(parsing: text, limits: limits, seamBehind: target) }
                        let isSame: Bool
                        switch (whole, divided) {
                        case (.success(let one), .success(let other)):
                            isSame =
                                (one.root, one.notes, one.noteCount, one.objectCount)
                                == (other.root, other.notes, other.noteCount, other.objectCount)
                        case (.failure(let one), .failure(let other)):
                            isSame = one as? JSONError == other as? JSONError
                        default: isSame = false
                        }
                        if !isSame { Issue.record("\(String(decoding: text, as: UTF8.self)) behind \(target)") }
                    }
                }
            }
        }
        #expect(seams > 10_000)
    }

    @Test(.needsCorpus)
    func `real documents are read as Python reads them`() throws {
        let script = """
            import json, os, re, sys
            class Number(str): pass
            class Pairs(list): pass
            def refuse(name): raise ValueError(name)
            def dump(value):
                if isinstance(value, Number): return str(value)
                if isinstance(value, Pairs): return '{' + ','.join(dump(k) + ':' + dump(v) for k, v in value) + '}'
                if isinstance(value, list): return '[' + ','.join(map(dump, value)) + ']'
                return json.dumps(value, ensure_ascii=False)
            for folder, _, names in os.walk(sys.argv[1]):
                for name in names:
                    path = os.path.join(folder, name)
                    if not name.endswith('.json'): continue
                    try:
                        text = dump(json.loads(open(path, 'rb').read().decode('utf-8-sig'), parse_int=Number,
                            parse_float=Number, parse_constant=refuse, object_pairs_hook=Pairs))
                    except ValueError: text = 'refused'
                    sys.stdout.buffer.write((path + '\\n').encode())
                    sys.stdout.buffer.write((re.sub('[\\ud800-\\udfff]', '\\ufffd', text) + '\\n').encode())
            """
        let answers = try shell("python3 - '\(corpus ?? "")/sbom' <<'END'\n\(script)\nEND\n").output.split(
            separator: 0x0A)
        #expect(answers.count > 1)
        for index in stride(from: 0, to: answers.count - 1, by: 2) {
            let path = String(decoding: answers[index], as: UTF8.self)
            let found: [UInt8]
            do {
                let value = try JSONValue(parsing: try bytes(ofFile: path), limits: Limits())
                found = JSONWriter.bytes(of: value, .compact)
            } catch {
                found = Array("refused".utf8)
            }
            // Not as an expression of two arrays: their difference would take hours to print.
            let isSame = found.elementsEqual(answers[index + 1])
            #expect(isSame, "\(path)")
        }
    }
}

private func number(_ digits: String) throws -> JSONNumber {
    try #require(JSONNumber(digits))
}

private let sample = """
    {"n": [1, -2.50e+3, true, false, null, {}], "é": "\\u00e9\\ud83d\\ude00 \\"x\\" \\n€😀",
     "packages": [{"SPDXID": "SPDXRef-1", "name": "a name of more than sixteen bytes", "filesAnalyzed": false},
                  {"SPDXID": "SPDXRef-2", "name": "β", "relatedSpdxElement": [[[[]]]], "relatedSpdxElement": 12345678}]}

    """
