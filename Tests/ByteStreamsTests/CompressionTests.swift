import ByteStreams
import TestSupport
import Testing

/// A source that hands out a few bytes at a time, so that every boundary falls somewhere.
struct DribblingSource: ByteSource, ~Copyable {
    let bytes: [UInt8]
    let step: Int
    var position = 0

    init(_ bytes: [UInt8], step: Int) {
        self.bytes = bytes
        self.step = step
    }

    mutating func read(onto output: inout OutputSpan<UInt8>) {
        let count = min(step, output.freeCapacity, bytes.count - position)
        for byte in bytes[position..<position + count] { output.append(byte) }
        position += count
    }
}

func all(of source: consuming any ByteSource & ~Copyable) throws -> [UInt8] {
    var buffered = BufferedSource(source, capacity: 10_000)
    var bytes: [UInt8] = []
    while try buffered.fill(1) { _ = try buffered.read(buffered.window.count, onto: &bytes) }
    return bytes
}

func decompressed(_ bytes: [UInt8], limits: Limits = Limits()) throws -> [UInt8] {
    try all(of: DecompressingSource(MemorySource(bytes), limits: limits))
}

/// Text with repetition and noise, so that every kind of block is written.
func sample(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: 7)
    var bytes: [UInt8] = []
    while bytes.count < count {
        bytes += Array("Package: libexample\(random.next() % 1000)\nStatus: install ok installed\n".utf8)
        bytes += (0..<random.next() % 40).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
    return Array(bytes.prefix(count))
}

@Suite struct CompressionTests {
    static let tools = ["gzip -6", "gzip -1", "zstd -3", "zstd -19 --long=27", "xz -6", "bzip2 -9", "cat"]

    @Test(arguments: tools)
    func `what the real tool wrote is read back`(tool: String) throws {
        let bytes = sample(1_500_000)
        let compressed = try shell("\(tool) -c 2>/dev/null || \(tool)", input: bytes)
        try #require(compressed.code == 0)
        #expect(try decompressed(compressed.output) == bytes)
    }

    @Test(arguments: tools, [1, 2, 7, 4096])
    func `pieces of any size make no difference`(tool: String, step: Int) throws {
        let bytes = sample(20_000)
        let compressed = try shell(tool, input: bytes).output
        let source = try DecompressingSource(DribblingSource(compressed, step: step), limits: Limits())
        #expect(try all(of: source) == bytes)
    }

    @Test(arguments: ["gzip -6", "zstd -3", "xz -6", "bzip2 -9"])
    func `several members are one stream`(tool: String) throws {
        let bytes = sample(50_000)
        let one = try shell(tool, input: bytes).output
        let empty = try shell(tool).output
        for step in [1, 5, 1 << 20] {
            let source = try DecompressingSource(
                DribblingSource(one + empty + one + empty, step: step), limits: Limits())
            #expect(try all(of: source) == bytes + bytes)
        }
    }

    @Test func `zeros after gzip members are padding`() throws {
        let bytes = sample(5_000)
        let compressed = try shell("gzip", input: bytes).output
        #expect(try decompressed(compressed + Array(repeating: 0, count: 600)) == bytes)
    }

    @Test(arguments: ["gzip -6", "zstd -3", "xz -6", "bzip2 -9"])
    func `what follows the compressed data is refused`(tool: String) throws {
        let compressed = try shell(tool, input: sample(5_000)).output
        #expect(throws: CompressionError.self) { try decompressed(compressed + Array("garbage after it".utf8)) }
    }

    @Test(arguments: ["gzip -6", "zstd -3", "xz -6", "bzip2 -9"])
    func `a stream cut anywhere is an error, never a shorter file`(tool: String) throws {
        let compressed = try shell(tool, input: sample(700)).output
        for count in Compression.magicSize..<compressed.count {
            #expect(throws: CompressionError.self, "cut after \(count)") {
                try decompressed(Array(compressed.prefix(count)))
            }
        }
    }

    @Test(arguments: ["gzip -6", "zstd -3 --check", "xz -6", "bzip2 -9"])
    func `a damaged stream gives the right bytes or an error`(tool: String) throws {
        let bytes = sample(3_000)
        let compressed = try shell(tool, input: bytes).output
        for (number, damaged) in mutations(of: compressed, count: 400, seed: 11).enumerated() {
            guard let result = try? decompressed(damaged), Compression(startingWith: damaged) != .none else { continue }
            // A change in a header's file name or in padding hurts nobody.
            #expect(result == bytes || result == bytes + bytes || result.isEmpty, "mutation \(number) of seed 11")
        }
    }

    @Test(arguments: ["zstd --long=29 -c", "xz --lzma2=dict=512MiB -c"])
    func `a window larger than the limit is refused`(tool: String) throws {
        let compressed = try shell(tool, input: sample(1_000)).output
        let error = #expect(throws: CompressionError.self) { try decompressed(compressed) }
        #expect(error?.kind == .memory)
    }

    @Test func `the first bytes decide`() {
        #expect(Compression(startingWith: [0x1F, 0x8B, 8]) == .gzip)
        #expect(Compression(startingWith: [0x1F]) == .none)
        #expect(Compression(startingWith: [0x53, 0x2A, 0x4D, 0x18]) == .zstd)
        #expect(Compression(startingWith: Array("BZhello".utf8)) == .none)
        #expect(Compression(startingWith: []) == .none)
    }
}

@Suite struct VerifyingSourceTests {
    let abc = ContentDigest("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")

    @Test func `the right bytes pass`() throws {
        let digest = try #require(abc)
        #expect(
            try all(of: VerifyingSource(MemorySource(Array("abc".utf8)), size: 3, digest: digest)) == Array("abc".utf8))
        #expect(ContentDigest.of(Array("abc".utf8)) == digest)
        #expect(ContentDigest.of([], .sha512).hex.hasPrefix("cf83e1357eefb8bd"))
    }

    @Test func `fewer, more and other bytes are refused`() throws {
        let digest = try #require(abc)
        #expect(throws: VerificationError.size(expected: 4, found: 3)) {
            try all(of: VerifyingSource(MemorySource(Array("abc".utf8)), size: 4, digest: digest))
        }
        #expect(throws: VerificationError.size(expected: 2, found: nil)) {
            try all(of: VerifyingSource(MemorySource(Array("abc".utf8)), size: 2, digest: digest))
        }
        #expect(throws: VerificationError.digest(expected: digest, found: .of(Array("abd".utf8)))) {
            try all(of: VerifyingSource(MemorySource(Array("abd".utf8)), size: 3, digest: digest))
        }
        #expect(throws: VerificationError.tooLarge(limit: 2)) {
            try all(of: VerifyingSource(MemorySource(Array("abc".utf8)), size: nil, digest: digest, limit: 2))
        }
    }

    @Test(arguments: [
        "", "sha256", "sha256:", "sha256:ABC", "md5:900150983cd24fb0d6963f7d28e17f72",
        "sha256:BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256:../../../etc/passwd",
    ])
    func `what is no digest is not taken for one`(text: String) {
        #expect(ContentDigest(text) == nil)
    }
}
