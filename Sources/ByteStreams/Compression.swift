/// How a stream of bytes is compressed, detected from its first bytes alone.
package enum Compression: String, Sendable, CaseIterable {
    case none
    case gzip
    case zstd
    case xz
    case bzip2

    /// How many bytes ``init(startingWith:)`` wants to see.
    package static let magicSize = 6

    /// What the first bytes of a stream say (RFC 1952 §2.3.1, RFC 8878 §3.1, xz-file-format §2.1.1.1, bzip2).
    package init(startingWith bytes: some Collection<UInt8>) {
        let first = Array(bytes.prefix(Self.magicSize))
        if first.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if first.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else if first.count >= 4, first[0] & 0xF0 == 0x50, first[1...3] == [0x2A, 0x4D, 0x18] {
            // A skippable frame, which estargz-like zstd layers may begin with.
            self = .zstd
        } else if first.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
            self = .xz
        } else if first.starts(with: [0x42, 0x5A, 0x68]), first.count > 3, (0x31...0x39).contains(first[3]) {
            self = .bzip2
        } else {
            self = .none
        }
    }
}

/// A stream that turns out not to be what its first bytes say.
package struct CompressionError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    package enum Kind: Hashable, Sendable {
        /// The stream ends in the middle.
        case truncated
        /// The stream is damaged; the decoder's own words or number.
        case damaged(String)
        /// The stream asks for more memory than ``Limits/decoderMemory``.
        case memory
        /// Something that is no further member follows the end of the compressed data.
        case trailing
    }

    package let compression: Compression
    package let kind: Kind
    /// The offset in the compressed bytes where it was noticed.
    package let offset: Int

    package var description: String {
        let problem = kind == .trailing ? "is followed by something that is not \(compression.rawValue)" : "\(kind)"
        return "\(compression.rawValue) data, byte \(offset): \(problem)"
    }
}

/// One library's decoder, fed and drained in pieces.
protocol StreamDecoder: ~Copyable {
    /// Whether the input so far ends where a stream may end.
    var isComplete: Bool { get }
    /// Appends what `input` decodes to, as far as `output` has room; returns how much of `input` was used.
    mutating func decode(
        _ input: Span<UInt8>, isLast: Bool, onto output: inout OutputSpan<UInt8>
    ) throws(CompressionError.Kind) -> Int
}

extension CompressionError.Kind: Error, CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "ends too early"
        case .damaged(let what): "damaged (\(what))"
        case .memory: "asks for more memory than the limit decoderMemory allows"
        case .trailing: "is followed by something else"
        }
    }
}

/// The decompressed bytes of a source: gzip (any number of members), zstd (frames), xz (streams), bzip2 (streams) or as is.
package struct DecompressingSource: ByteSource, ~Copyable {
    /// The compression that the first bytes show.
    package let compression: Compression
    private var input: BufferedSource
    private var decoder: any StreamDecoder & ~Copyable

    /// Looks at the first bytes of `source` and decodes accordingly.
    package init(_ source: consuming any ByteSource & ~Copyable, limits: Limits) throws {
        input = BufferedSource(source)
        _ = try input.fill(Compression.magicSize)
        compression = Compression(startingWith: input.window)
        switch compression {
        case .none: decoder = PlainDecoder()
        case .gzip: decoder = GzipDecoder()
        case .zstd: decoder = ZstdDecoder(memory: limits.decoderMemory)
        case .xz: decoder = XZDecoder(memory: limits.decoderMemory)
        case .bzip2: decoder = BZip2Decoder()
        }
    }

    package mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        let before = output.count
        while output.count == before {
            let hasInput = try input.fill(1)
            let window = input.window
            let used: Int
            let isComplete: Bool
            do throws(CompressionError.Kind) {
                used = try decoder.decode(window.span, isLast: !hasInput, onto: &output)
                isComplete = decoder.isComplete
            } catch {
                throw CompressionError(compression: compression, kind: error, offset: input.offset)
            }
            input.use(used)
            if !hasInput && output.count == before {
                guard isComplete else {
                    throw CompressionError(compression: compression, kind: .truncated, offset: input.offset)
                }
                return
            }
        }
    }
}
