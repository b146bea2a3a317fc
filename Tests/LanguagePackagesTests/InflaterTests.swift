import ByteStreams
import TestSupport
import Testing

@Suite struct InflaterTests {
    /// The stream that Python's zlib makes.
    private static func deflated(_ bytes: [UInt8], wbits: Int) throws -> [UInt8] {
        let program =
            "import sys, zlib; c = zlib.compressobj(9, zlib.DEFLATED, \(wbits)); d = sys.stdin.buffer.read(); "
            + "sys.stdout.buffer.write(c.compress(d) + c.flush())"
        return try shell("python3 -c '\(program)'", input: bytes).output
    }

    private static let text = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }

    @Test(.needs(have("python3"), "python3"), arguments: [(Inflater.Wrapper.none, -15), (.zlib, 15)])
    func `what zlib deflates is inflated`(_ wrapper: Inflater.Wrapper, _ wbits: Int) throws {
        for bytes in [[], [7], Self.text, [UInt8](repeating: 0, count: 1 << 20)] {
            let stream = try Self.deflated(bytes, wbits: wbits)
            #expect(try Inflater.inflated(stream, wrapper, limit: bytes.count) == bytes)
            #expect(try Inflater.inflated(stream + [1, 2, 3], wrapper, limit: 2 << 20) == bytes)
            if !bytes.isEmpty { #expect(try Inflater.inflated(stream, wrapper, limit: bytes.count - 1) == nil) }
        }
    }

    @Test(.needs(have("python3"), "python3")) func `a stream that ends too early is an error`() throws {
        let raw = try Self.deflated(Self.text, wbits: -15)
        let zlib = try Self.deflated(Self.text, wbits: 15)
        for count in [0, 1, raw.count / 2, raw.count - 1] {
            #expect(throws: CompressionError.Kind.truncated) {
                try Inflater.inflated(Array(raw.prefix(count)), .none, limit: 1 << 20)
            }
            #expect(throws: CompressionError.Kind.truncated) {
                try Inflater.inflated(Array(zlib.prefix(count)), .zlib, limit: 1 << 20)
            }
        }
    }

    @Test(.needs(have("python3"), "python3")) func `a wrong checksum of zlib is an error`() throws {
        var stream = try Self.deflated(Self.text, wbits: 15)
        stream[stream.count - 1] ^= 1
        #expect(throws: CompressionError.Kind.damaged("wrong checksum")) {
            try Inflater.inflated(stream, .zlib, limit: 1 << 20)
        }
    }

    @Test(.needs(have("python3"), "python3")) func `damaged streams end in an error or within the limit`() throws {
        for (wrapper, wbits) in [(Inflater.Wrapper.none, -15), (.zlib, 15)] {
            let stream = try Self.deflated(Self.text, wbits: wbits)
            for copy in mutations(of: stream, count: 500, seed: 11) {
                if let bytes = try? Inflater.inflated(copy, wrapper, limit: 80_000) { #expect(bytes.count <= 80_000) }
            }
        }
    }

    @Test func `the CRC-32 is the one of zip archives`() {
        #expect(crc32(Array("123456789".utf8).span) == 0xCBF4_3926)
        #expect(crc32(Array("56789".utf8).span, after: crc32(Array("1234".utf8).span)) == 0xCBF4_3926)
    }
}
