import ByteStreams
import StructuredText
import Synchronization
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    @Test(arguments: [10, 64, 65, 500])
    func `indentation stops growing at the limit`(depth: Int) {
        var value = JSONValue.null
        for level in 0..<depth { value = level % 2 == 0 ? ["a": value] : [value] }
        let lines = String(decoding: JSONWriter.bytes(of: value, .pretty), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2 * depth + 1)
        #expect(lines.map { $0.prefix { $0 == " " }.count }.max() == 2 * min(depth, Limits.indentedLevels))
    }

    @Test func `pretty text has two spaces a level and closes empty containers at once`() {
        let value: JSONValue = ["a": [1, [], [:], ["b": .null]], "c": [:], "d": [[2]]]
        let text = """
            {
              "a": [
                1,
                [],
                {},
                {
                  "b": null
                }
              ],
              "c": {},
              "d": [
                [
                  2
                ]
              ]
            }

            """
        #expect(String(decoding: JSONWriter.bytes(of: value, .pretty), as: UTF8.self) == text)
        let compact = #"{"a":[1,[],{},{"b":null}],"c":{},"d":[[2]]}"#
        #expect(String(decoding: JSONWriter.bytes(of: value, .compact), as: UTF8.self) == compact)
        #expect(JSONWriter.bytes(of: [], .pretty) == Array("[]\n".utf8))
    }

    @Test(
        arguments: [
            ("/é€😀\u{7F}", "/é€😀\u{7F}"), ("\"\\", #"\"\\"#), ("\u{8}\u{C}\n\r\t", #"\b\f\n\r\t"#),
            ("\0\u{1F}", #"\u0000\u001f"#),
            ("12345678\"", #"12345678\""#), ("1234567\n90123456789", #"1234567\n90123456789"#),
            ("\u{1}ÿ\u{80}abcdefgh", "\\u0001ÿ\u{80}abcdefgh"),
        ])
    func `only what must be is escaped`(text: String, written: String) {
        #expect(JSONWriter.bytes(of: .string(text), .compact) == Array("\"\(written)\"".utf8))
    }

    @Test(arguments: [0, 1, 31, 32, 8_191, 8_192, 70_000])
    func `what is handed to a sink in pieces is the whole`(count: Int) throws {
        let items = (0..<count).map { JSONValue.object(JSONObject([.init(name: "n", value: .number(JSONNumber($0)))])) }
        let inner = JSONValue.array(Array(items.prefix(5_000)))
        let value: JSONValue = [
            "before": 1, "list": .array(items), "after": [inner, "x"], "end": .array([inner] + items),
        ]
        for style in [JSONWriter.Style.compact, .pretty] {
            let pieces = Mutex<[[UInt8]]>([])
            try JSONWriter.write(value, style) { piece in pieces.withLock { $0.append(piece) } }
            let whole = pieces.withLock { Array($0.joined()) }
            // Not compared in the expectations, which would print every byte.
            let isSame = whole == JSONWriter.bytes(of: value, style)
            let isRead = try JSONValue(parsing: whole, limits: Limits()) == value
            #expect(isSame)
            #expect(isRead)
        }
        let lines = (0..<count).map { "    {\n      \"n\": \($0)\n    }" }.joined(separator: ",\n")
        let list = count == 0 ? "[]" : "[\n\(lines)\n  ]"
        let laidOut = Array("{\n  \"list\": \(list)\n}\n".utf8)
        let isLaidOut = JSONWriter.bytes(of: ["list": .array(items)], .pretty) == laidOut
        #expect(isLaidOut)
    }

    @Test func `what the sink throws comes out at the end`() throws {
        struct Full: Error {}
        let value = JSONValue.array((0..<100_000).map { .string("text \($0)") })
        let calls = Mutex(0)
        #expect(throws: Full.self) {
            try JSONWriter.write(value, .compact) { _ in
                calls.withLock { $0 += 1 }
                if calls.withLock({ $0 }) == 3 { throw Full() }
            }
        }
        #expect(calls.withLock { $0 } == 3)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `what is written is read back the same`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let value = generated(&random, depth: 5)
        for style in [JSONWriter.Style.compact, .pretty] {
            let text = JSONWriter.bytes(of: value, style)
            let again = try JSONValue(parsing: text, limits: Limits())
            #expect(again == value)
            #expect(JSONWriter.bytes(of: again, style) == text)
        }
    }

    private func generated(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 4 : 8), using: &random) {
        case 0: return [.null, true, false].randomElement(using: &random) ?? .null
        case 1: return .number(JSONNumber(Int.random(in: .min ... .max, using: &random)))
        case 2: return JSONNumber(Double(bitPattern: random.next())).map { .number($0) } ?? .null
        case 3: return .string(text(&random))
        case 4, 5:
            return .array((0..<Int.random(in: 0..<6, using: &random)).map { _ in generated(&random, depth: depth - 1) })
        default:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                        .init(name: text(&random), value: generated(&random, depth: depth - 1))
                    }))
        }
    }

    private func text(_ random: inout SeededGenerator) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1F, 0x20...0x7E, 0x20...0x7E, 0x7F...0x7FF, 0x800...0xFFFF, 0x10000...0x10FFFF,
        ]
        var text = ""
        let isPlain = Bool.random(using: &random)
        for _ in 0..<Int.random(in: 0..<40, using: &random) {
            let range = isPlain ? 0x20...0x7E : ranges.randomElement(using: &random) ?? 0x20...0x7E
            text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "\u{FFFD}")
        }
        return text
    }
}

@Suite struct JSONValueTests {
    @Test func `equality looks at member order and equivalence does not`() {
        let one: JSONValue = ["a": 1, "b": [["c": 2, "d": 3]]]
        let other: JSONValue = ["b": [["d": 3, "c": 2]], "a": 1]
        #expect(one != other)
        #expect(one.isEquivalent(to: other))
        #expect(!one.isEquivalent(to: ["b": [["d": 3, "c": 2]], "a": "1"]))
        #expect(!(["a": 1, "a": 2] as JSONValue).isEquivalent(to: ["a": 2, "a": 1]))
        #expect(!([1, 2] as JSONValue).isEquivalent(to: [2, 1]))
        #expect(JSONValue.string("é") != .string("e\u{301}"))
        #expect(JSONNumber("1.0") != JSONNumber("1"))
    }

    @Test(
        arguments: [
            ("10", 10), ("1e1", 10), ("10.0", 10), ("-0", 0), ("0e99999999999999999999", 0), ("1.5", nil),
            ("15e-1", nil),
            ("150e-1", 15), ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
            ("-9223372036854775808.0", .min), ("1e19", nil), ("1e99999999999999999999", nil), ("1.25E+2", 125),
            ("1e-9223372036854775808", nil),
        ] as [(String, Int?)])
    func `a number is an integer if its value is one that fits`(digits: String, int: Int?) {
        #expect(JSONNumber(digits)?.int == int)
    }

    @Test func `numbers are made from what JSON can say`() {
        #expect(JSONNumber("1e400")?.isWhole == true)
        #expect(JSONNumber("1e-1")?.isWhole == false)
        #expect(JSONNumber("1e400")?.double == .infinity)
        #expect(JSONNumber(1e21)?.digits == "1e+21")
        #expect(JSONNumber(Double.nan) == nil)
        for text in ["", "01", "1 ", " 1", "+1", "1.", "inf", "0x1", "-", "1e", "١"] {
            #expect(JSONNumber(text) == nil, "\(text)")
        }
    }

    @Test(arguments: ["", "/", "/a", "/a~1b/0/m~0n", "//", "/é/ "])
    func `a pointer is written as it is read`(text: String) throws {
        #expect(try #require(JSONPointer(parsing: text)).description == text)
    }

    @Test func `pointers lead to values`() throws {
        let value: JSONValue = ["a/b": ["x", ["m~n": true]], "": 5]
        let pointer = JSONPointer.root.appending("a/b").appending(1).appending("m~n")
        #expect(pointer.description == "/a~1b/1/m~0n")
        #expect(JSONPointer(parsing: "/a~1b/1/m~0n") == pointer)
        #expect(value[pointer] == true)
        #expect(value[.root] == value)
        for text in ["a", "/~", "/~2", "a/b"] { #expect(JSONPointer(parsing: text) == nil) }
        for text in ["/a~1b/2", "/a~1b/01", "/a~1b/-1", "/a~1b/-", "//x", "/q"] {
            #expect(value[try #require(JSONPointer(parsing: text))] == nil)
        }
    }
}
