import ByteStreams
import LanguagePackages
import TestSupport
import Testing

@Suite struct SpooledFileTests {
    private func limits(memory: Int, size: Int) -> Limits {
        var limits = Limits()
        limits.spoolMemory = memory
        limits.spoolSize = size
        return limits
    }

    @Test(arguments: [0, 1, 99, 100, 101, 5_000])
    func `bytes are the same in memory and in a file`(_ memory: Int) throws {
        let file = SpooledFile(limits: limits(memory: memory, size: 10_000))
        let bytes = (0..<4_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for start in stride(from: 0, to: bytes.count, by: 100) {
            try file.append(bytes[start..<start + 100].span)
        }
        #expect(file.count == 4_000)
        #expect(try file.bytes(at: 0, count: 4_000) == bytes)
        #expect(try file.bytes(at: 95, count: 10) == Array(bytes[95..<105]))
        #expect(try file.bytes(at: 3_990, count: .max) == Array(bytes[3_990...]))
        #expect(try file.bytes(at: 4_000, count: 1) == [])
        #expect(try file.bytes(at: -1, count: 1) == [])
        #expect(try file.bytes(at: .max, count: .max) == [])
        #expect(try file.bytes(at: 0, count: -5) == [])
    }

    @Test func `more bytes than spoolSize are refused`() throws {
        let file = SpooledFile(limits: limits(memory: 10, size: 20))
        try file.append([UInt8](repeating: 1, count: 20).span)
        #expect(throws: LimitError(name: "spoolSize")) { try file.append([1].span) }
        #expect(try file.bytes(at: 0, count: 30).count == 20)
    }

    @Test func `a temporary file that cannot be made is an error of the system`() throws {
        let file = SpooledFile(limits: limits(memory: 10, size: 1_000), folder: "/nowhere/at/all")
        try file.append([UInt8](repeating: 1, count: 10).span)
        #expect(throws: (any Error).self) { try file.append([1].span) }
    }
}
