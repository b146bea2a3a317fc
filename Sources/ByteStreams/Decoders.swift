internal import CBZip2
internal import CISAL
internal import CLZMA
internal import CZstd

/// The pieces of input and output that one call into a C decoder works on.
///
/// Calls `body` with the start and size of the input and of the free part of the output; `body` returns how many bytes
/// it took and how many it wrote.
private func withBuffers(
    _ input: Span<UInt8>, _ output: inout OutputSpan<UInt8>,
    _ body: (UnsafeMutablePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, Int) -> (used: Int, written: Int)
) -> Int {
    // SAFETY: both counts come from the buffers themselves; the decoder never reads beyond the first or writes beyond the
    // second, does not change the input, and reports how much it has initialized.
    unsafe input.withUnsafeBufferPointer { source in
        unsafe output.withUnsafeMutableBufferPointer { target, initialised in
            let free = unsafe target.baseAddress.map { unsafe $0 + initialised }
            let result = unsafe body(
                UnsafeMutablePointer(mutating: source.baseAddress), source.count, free, target.count - initialised)
            initialised += result.written
            return result.used
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends as many of `bytes` as there is room for; returns how many.
    package mutating func append(fitting bytes: Span<UInt8>) -> Int {
        // SAFETY: the count is no larger than either buffer, and an input and an output never overlap.
        unsafe withBuffers(bytes, &self) { source, sourceCount, target, targetCount in
            let count = min(sourceCount, targetCount)
            if let source = unsafe source, let target = unsafe target {
                unsafe target.initialize(from: source, count: count)
            }
            return (count, count)
        }
    }
}

/// Passes bytes through as they are.
struct PlainDecoder: StreamDecoder, ~Copyable {
    var isComplete: Bool { true }

    mutating func decode(
        _ input: Span<UInt8>, isLast: Bool, onto output: inout OutputSpan<UInt8>
    ) -> Int {
        output.append(fitting: input)
    }
}

/// Inflates gzip members one after the other.
struct GzipDecoder: StreamDecoder, ~Copyable {
    private var inflater = Inflater(UInt32(ISAL_GZIP))
    private var isBetweenMembers = true
    private var isInPadding = false

    var isComplete: Bool { isBetweenMembers }

    mutating func decode(
        _ input: Span<UInt8>, isLast: Bool, onto output: inout OutputSpan<UInt8>
    ) throws(CompressionError.Kind) -> Int {
        if isBetweenMembers {
            // Tapes and some builders pad the file with zeros; gzip(1) passes over them too.
            var zeros = 0
            while zeros < input.count && input[zeros] == 0 { zeros += 1 }
            if zeros > 0 { isInPadding = true }
            guard zeros == 0 else { return zeros }
            guard !input.isEmpty else { return 0 }
            guard input[0] == 0x1F, !isInPadding else { throw .trailing }
            inflater.restart()
            isBetweenMembers = false
        }
        let used = try inflater.inflate(input, onto: &output)
        isBetweenMembers = inflater.isComplete
        return used
    }
}

/// Inflates one deflate stream by ISA-L, piece by piece.
///
/// Owns one `inflate_state`. ISA-L stops at the end of the stream and does not take truncation for an error: whoever has no
/// more input asks ``isComplete``.
@safe package struct Inflater: ~Copyable {
    /// What stands around the compressed data.
    package enum Wrapper: Sendable {
        /// Nothing (RFC 1951), as in zip archives.
        case none
        /// A header, and the Adler-32 of the data, which is checked (RFC 1950).
        case zlib

        fileprivate var flag: UInt32 { self == .zlib ? UInt32(ISAL_ZLIB) : UInt32(ISAL_DEFLATE) }
    }

    private let state: UnsafeMutablePointer<inflate_state>
    private let flag: UInt32

    /// Inflates a stream from its first byte on.
    package init(_ wrapper: Wrapper) {
        self.init(wrapper.flag)
    }

    /// Inflates a stream with a wrapper that ISA-L has a number for.
    fileprivate init(_ flag: UInt32) {
        self.flag = flag
        // SAFETY: ISA-L initializes all of the state that was just allocated; only this value has the pointer.
        unsafe state = .allocate(capacity: 1)
        unsafe isal_inflate_init(state)
        unsafe state.pointee.crc_flag = flag
    }

    // SAFETY: the type is not copyable, so that nothing uses the state afterwards.
    deinit { unsafe state.deallocate() }

    /// Whether the stream has ended and all of it was written.
    // SAFETY: a member of the state that ISA-L has initialized.
    package var isComplete: Bool { unsafe state.pointee.block_state == ISAL_BLOCK_FINISH }

    /// Expects a further stream.
    fileprivate mutating func restart() {
        // SAFETY: the state was initialized, and lives as long as the value.
        unsafe isal_inflate_reset(state)
        unsafe state.pointee.crc_flag = flag
    }

    /// Appends what `input` inflates to, as far as `output` has room.
    ///
    /// - Returns: How much of `input` was used. After the end of the stream that is nothing.
    package mutating func inflate(
        _ input: Span<UInt8>, onto output: inout OutputSpan<UInt8>
    ) throws(CompressionError.Kind) -> Int {
        guard !isComplete else { return 0 }
        var code: CInt = 0
        // SAFETY: the state points into the buffers during the call only, which sets the pointers anew each time, and the
        // counts are those of the buffers or less.
        let used = unsafe withBuffers(input, &output) { source, sourceCount, target, targetCount in
            let count = UInt32(clamping: sourceCount)
            let room = UInt32(clamping: targetCount)
            unsafe state.pointee.next_in = source
            unsafe state.pointee.avail_in = count
            unsafe state.pointee.next_out = target
            unsafe state.pointee.avail_out = room
            code = unsafe isal_inflate(state)
            return unsafe (Int(count - state.pointee.avail_in), Int(room - state.pointee.avail_out))
        }
        guard code >= 0 else { throw .damaged(Self.reason(code)) }
        return used
    }

    private static func reason(_ code: CInt) -> String {
        switch code {
        case CInt(ISAL_INVALID_BLOCK): "invalid block"
        case CInt(ISAL_INVALID_SYMBOL): "invalid symbol"
        case CInt(ISAL_INVALID_LOOKBACK): "a reference to before the start"
        case CInt(ISAL_INVALID_WRAPPER): "invalid header"
        case CInt(ISAL_UNSUPPORTED_METHOD): "unsupported method"
        case CInt(ISAL_INCORRECT_CHECKSUM): "wrong checksum"
        default: "code \(code)"
        }
    }
}

extension Inflater {
    /// The bytes of a whole stream; what follows its end is passed over.
    ///
    /// - Parameters:
    ///   - bytes: The stream.
    ///   - wrapper: What stands around the compressed data.
    ///   - limit: How many bytes it may inflate to.
    /// - Returns: The bytes; nil if there are more.
    /// - Throws: ``CompressionError/Kind`` if the stream is damaged or ends too early.
    package static func inflated(
        _ bytes: [UInt8], _ wrapper: Wrapper, limit: Int
    ) throws(CompressionError.Kind) -> [UInt8]? {
        var inflater = Inflater(wrapper)
        var result: [UInt8] = []
        var used = 0
        while !inflater.isComplete {
            let before = (used, result.count)
            // One byte more than the limit shows that there is more.
            let room = min(max(result.count, 16 << 10), limit - result.count + 1)
            guard room > 0 else { return nil }
            try result.append(addingCapacity: room) { output throws(CompressionError.Kind) in
                used += try inflater.inflate(bytes.span.extracting(used...), onto: &output)
            }
            guard inflater.isComplete || before != (used, result.count) else { throw .truncated }
        }
        return result.count <= limit ? result : nil
    }
}

/// The CRC-32 of bytes that follow those of another one (ISO 3309, RFC 1952 §8).
///
/// - Parameters:
///   - bytes: The bytes.
///   - crc: The CRC-32 of the bytes before; 0 if there are none.
/// - Returns: The CRC-32 of both.
package func crc32(_ bytes: Span<UInt8>, after crc: UInt32 = 0) -> UInt32 {
    // SAFETY: ISA-L reads exactly the count of bytes that the span has.
    unsafe bytes.withUnsafeBufferPointer { unsafe crc32_gzip_refl(crc, $0.baseAddress, UInt64($0.count)) }
}

/// Decodes zstd frames, skippable ones included.
///
/// Owns one `ZSTD_DCtx`.
@safe struct ZstdDecoder: StreamDecoder, ~Copyable {
    private let context: OpaquePointer?
    private(set) var isComplete = true

    /// Refuses frames whose window is larger than `memory` bytes.
    init(memory: Int) {
        // SAFETY: the context is nil or valid, and libzstd accepts both.
        unsafe context = ZSTD_createDCtx()
        let log = CInt(Int.bitWidth - 1 - max(memory, 1 << 10).leadingZeroBitCount)
        unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, min(log, 31))
    }

    // SAFETY: the type is not copyable, so that nothing uses the context afterwards; nil may be freed.
    deinit { unsafe ZSTD_freeDCtx(context) }

    mutating func decode(
        _ input: Span<UInt8>, isLast: Bool, onto output: inout OutputSpan<UInt8>
    ) throws(CompressionError.Kind) -> Int {
        guard !(isLast && isComplete) else { return 0 }
        var result = 0
        // SAFETY: the pointers and sizes are those of the buffers, and libzstd keeps none after the call.
        let used = unsafe withBuffers(input, &output) { source, sourceCount, target, targetCount in
            var from = unsafe ZSTD_inBuffer(src: source, size: sourceCount, pos: 0)
            var to = unsafe ZSTD_outBuffer(dst: target, size: targetCount, pos: 0)
            result = unsafe ZSTD_decompressStream(context, &to, &from)
            return unsafe (from.pos, to.pos)
        }
        guard ZSTD_isError(result) == 0 else {
            // SAFETY: libzstd returns a constant string that ends with a zero.
            let name = unsafe String(cString: ZSTD_getErrorName(result))
            if name.contains("too much memory") { throw .memory }
            throw name.contains("Unknown frame") ? .trailing : .damaged(name)
        }
        isComplete = result == 0
        return used
    }
}

/// Decodes xz streams one after the other.
///
/// Owns one `lzma_stream`.
@safe struct XZDecoder: StreamDecoder, ~Copyable {
    private let stream: UnsafeMutablePointer<lzma_stream>
    private(set) var isComplete = false

    /// Refuses streams whose dictionary needs more than `memory` bytes.
    init(memory: Int) {
        // SAFETY: the stream is initialized before liblzma sees it; only this decoder has the pointer.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: lzma_stream())
        // A failure here comes back from the first call of lzma_code.
        _ = unsafe lzma_stream_decoder(stream, UInt64(memory), lzma_concatenated)
    }

    deinit {
        // SAFETY: the type is not copyable, so that nothing uses the stream afterwards.
        unsafe lzma_end(stream)
        unsafe stream.deallocate()
    }

    mutating func decode(
        _ input: Span<UInt8>, isLast: Bool, onto output: inout OutputSpan<UInt8>
    ) throws(CompressionError.Kind) -> Int {
        var code = LZMA_OK
        // SAFETY: the stream points into the buffers during the call only, with their own sizes.
        let used = unsafe withBuffers(input, &output) { source, sourceCount, target, targetCount in
            unsafe stream.pointee.next_in = UnsafePointer(source)
            unsafe stream.pointee.avail_in = sourceCount
            unsafe stream.pointee.next_out = target
            unsafe stream.pointee.avail_out = targetCount
            code = unsafe lzma_code(stream, isLast ? LZMA_FINISH : LZMA_RUN)
            return unsafe (sourceCount - stream.pointee.avail_in, targetCount - stream.pointee.avail_out)
        }
        switch code {
        case LZMA_OK: isComplete = false
        case LZMA_STREAM_END: isComplete = true
        // No progress was possible: at the end of the input this is truncation, which the caller sees.
        case LZMA_BUF_ERROR: break
        case LZMA_MEMLIMIT_ERROR: throw .memory
        case LZMA_FORMAT_ERROR: throw .trailing
        case LZMA_DATA_ERROR: throw .damaged("wrong data or checksum")
        case LZMA_OPTIONS_ERROR: throw .damaged("unsupported options")
        default: throw .damaged("code \(code.rawValue)")
        }
        return used
    }
}

/// Decodes bzip2 streams one after the other.
///
/// Owns one `bz_stream`.
@safe struct BZip2Decoder: StreamDecoder, ~Copyable {
    private let stream: UnsafeMutablePointer<bz_stream>
    private var isBetweenStreams = false

    init() {
        // SAFETY: the stream is initialized before libbz2 sees it; only this decoder has the pointer.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: bz_stream())
        unsafe BZ2_bzDecompressInit(stream, 0, 0)
    }

    deinit {
        // SAFETY: the type is not copyable, so that nothing uses the stream afterwards.
        unsafe BZ2_bzDecompressEnd(stream)
        unsafe stream.deallocate()
    }

    var isComplete: Bool { isBetweenStreams }

    mutating func decode(
        _ input: Span<UInt8>, isLast: Bool, onto output: inout OutputSpan<UInt8>
    ) throws(CompressionError.Kind) -> Int {
        if isBetweenStreams {
            guard !input.isEmpty else { return 0 }
            guard input[0] == 0x42 else { throw .trailing }
            // SAFETY: the stream is valid; libbz2 frees what it holds before it is initialized anew.
            unsafe BZ2_bzDecompressEnd(stream)
            unsafe stream.initialize(to: bz_stream())
            unsafe BZ2_bzDecompressInit(stream, 0, 0)
            isBetweenStreams = false
        }
        var code: CInt = 0
        // SAFETY: the stream points into the buffers during the call only, with their sizes or less; bytes and characters
        // of C have the same layout.
        let used = unsafe withBuffers(input, &output) { source, sourceCount, target, targetCount in
            let count = UInt32(clamping: sourceCount)
            let room = UInt32(clamping: targetCount)
            unsafe target?.withMemoryRebound(to: CChar.self, capacity: Int(room)) { target in
                unsafe stream.pointee.next_out = target
                unsafe stream.pointee.avail_out = room
                unsafe stream.pointee.avail_in = count
                unsafe source?.withMemoryRebound(to: CChar.self, capacity: Int(count)) { source in
                    unsafe stream.pointee.next_in = source
                    code = unsafe BZ2_bzDecompress(stream)
                }
            }
            return unsafe (Int(count - stream.pointee.avail_in), Int(room - stream.pointee.avail_out))
        }
        switch code {
        case BZ_OK: break
        case BZ_STREAM_END: isBetweenStreams = true
        case BZ_DATA_ERROR_MAGIC: throw .trailing
        case BZ_DATA_ERROR: throw .damaged("wrong data or checksum")
        default: throw .damaged("code \(code)")
        }
        return used
    }
}
