/// Passes bytes through, and ends only if they have the size and digest that were promised.
///
/// Both are checked before the end is reported, so whoever reads to the end has read the right bytes. A source that is
/// longer than promised is refused at the first byte too many.
///
/// Its `read` throws ``VerificationError``, and what the source throws.
package struct VerifyingSource: ByteSource, ~Copyable {
    private var source: any ByteSource & ~Copyable
    private let size: Int?
    private let digest: ContentDigest
    private let limit: Int
    private var count = 0
    private var hash: RunningHash

    /// Expects `digest` and, if it is known, `size` in bytes; more than `limit` bytes are refused in any case.
    package init(_ source: consuming any ByteSource & ~Copyable, size: Int?, digest: ContentDigest, limit: Int = .max) {
        self.source = source
        self.size = size
        self.digest = digest
        self.limit = limit
        hash = RunningHash(digest.algorithm.function)
    }

    package mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        let before = output.count
        try source.read(onto: &output)
        guard output.count > before else {
            if let size, count != size { throw VerificationError.size(expected: size, found: count) }
            let found = ContentDigest(digest.algorithm, hash.finish())
            guard found == digest else { throw VerificationError.digest(expected: digest, found: found) }
            return
        }
        count += output.count - before
        if let size, count > size { throw VerificationError.size(expected: size, found: nil) }
        guard count <= limit else { throw VerificationError.tooLarge(limit: limit) }
        hash.update(output.span.extracting(before..<output.count))
    }
}

/// Why bytes are not those that were promised.
package enum VerificationError: Error, Hashable, CustomStringConvertible {
    /// There are fewer bytes than promised, or more; then `found` is nil.
    case size(expected: Int, found: Int?)
    /// The digest is another one.
    case digest(expected: ContentDigest, found: ContentDigest)
    /// There are more bytes than are read.
    case tooLarge(limit: Int)

    /// What was expected and what was found: one line.
    package var description: String {
        switch self {
        case .size(let expected, let found?): "expected \(expected) bytes, found \(found)"
        case .size(let expected, nil): "expected \(expected) bytes, found more"
        case .digest(let expected, let found): "expected the digest \(expected), found \(found)"
        case .tooLarge(let limit): "larger than the limit of \(limit) bytes"
        }
    }
}
