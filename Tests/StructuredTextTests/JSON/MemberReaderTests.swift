import StructuredText
import Testing

@Suite struct MemberReaderTests {
    @Test func `a member is read by its shape`() throws {
        let reader = try MemberReader(
            [
                "s": "x", "i": 2, "n": .number(try #require(JSONNumber("1.0"))), "a": [1],
                "o": ["k": "v"], "l": ["p", "q"], "os": [["k": 1], ["k": 2]], "v": .null,
            ], at: .root)
        #expect(try reader.string("s") == "x")
        #expect(try reader.string("absent") == nil)
        #expect(try reader.integer("i") == 2)
        #expect(try reader.integer("n") == 1)
        #expect(try reader.array("a") == [1])
        #expect(try reader.object("o")?.count == 1)
        let inner = try #require(try reader.reader("o"))
        #expect(try inner.string("k") == "v")
        #expect(inner.pointer.description == "/o")
        #expect(try reader.strings("l") == ["p", "q"])
        #expect(try reader.readers("os")?.map(\.pointer.description) == ["/os/0", "/os/1"])
        #expect(reader.value("v") == .null)
        #expect(reader.value("absent") == nil)
    }

    @Test func `a wrong shape is an error with its place`() throws {
        let reader = try MemberReader(
            ["a/b": .number(try #require(JSONNumber("1.5"))), "l": ["x", 2], "n": .null],
            at: JSONPointer.root.appending("p").appending(3))
        let error = try #require(throws: ShapeError.self) { try reader.string("a/b") }
        #expect(error.description == "/p/3/a~1b: expected a string, found a number")
        #expect(throws: ShapeError.self) { try reader.integer("a/b") }
        #expect(throws: ShapeError.self) { try reader.object("n") }
        let element = try #require(throws: ShapeError.self) { try reader.strings("l") }
        #expect(element.pointer.description == "/p/3/l/1")
        #expect(throws: ShapeError.self) { try reader.readers("l") }
        #expect(throws: ShapeError.self) { try MemberReader(.null, at: .root) }
    }

    @Test func `of members with the same name the last counts`() throws {
        let reader = try MemberReader(["a": 1, "b": 2, "a": "x"], at: .root)
        #expect(try reader.string("a") == "x")
    }
}
