import ByteStreams
import Testing

@Suite struct ByteReaderTests {
    @Test(arguments: 0..<4)
    func `a short integer is an error, not a trap`(count: Int) {
        var reader = ByteReader(Array(repeating: 0, count: count))
        #expect(throws: ParseError(.truncated, at: 0)) { try reader.bigEndian(UInt32.self) }
    }

    @Test func `a length larger than the input is refused before anything is allocated`() {
        var reader = ByteReader([1, 2, 3])
        #expect(throws: ParseError(.truncated, at: 0)) { try reader.take(UInt32.max) }
        #expect(throws: ParseError(.outOfRange, at: 0)) { try reader.take(UInt64.max) }
        #expect(throws: ParseError(.outOfRange, at: 0)) { try reader.take(-1) }
    }

    @Test func `integers are read in both byte orders`() throws {
        var reader = ByteReader([1, 2, 3, 4, 1, 2, 3, 4, 9])
        #expect(try reader.bigEndian(UInt32.self) == 0x0102_0304)
        #expect(try reader.littleEndian(UInt32.self) == 0x0403_0201)
        #expect(try reader.byte() == 9)
        #expect(reader.remaining == 0)
    }

    @Test func `a part cannot read past its end`() throws {
        var reader = ByteReader([1, 2, 3, 4])
        var part = try reader.take(2)
        try part.skip(2)
        #expect(throws: ParseError(.truncated, at: 2)) { try part.byte() }
        #expect(try reader.byte() == 3)
    }

    @Test func `a string without an end is an error`() throws {
        var reader = ByteReader([65, 0, 66])
        #expect(try reader.zeroTerminated() == [65])
        #expect(throws: ParseError(.unterminated, at: 2)) { try reader.zeroTerminated() }
    }
}
