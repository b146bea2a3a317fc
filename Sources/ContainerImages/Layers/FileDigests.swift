internal import ByteStreams

/// The digests of the contents of a file, taken while its layer is read.
package struct FileDigests: Sendable, Hashable {
    /// The values, one after the other: MD5, SHA-1, SHA-256.
    private let bytes: ArraySlice<UInt8>

    /// How many bytes the values of a file take.
    static let size = 16 + 20 + 32

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// The value of MD5; nil if libcrypto does not have it.
    package var md5: ArraySlice<UInt8>? {
        let value = bytes.prefix(16)
        return value.allSatisfy { $0 == 0 } ? nil : value
    }
    /// The value of SHA-1.
    package var sha1: ArraySlice<UInt8> { bytes.dropFirst(16).prefix(20) }
    /// The value of SHA-256.
    package var sha256: ArraySlice<UInt8> { bytes.dropFirst(36).prefix(32) }
}

/// Takes the digests of one file in one pass.
struct FileHasher: ~Copyable {
    private var md5 = RunningHash(.md5)
    private var sha1 = RunningHash(.sha1)
    private var sha256 = RunningHash(.sha256)

    mutating func update(_ bytes: Span<UInt8>) {
        md5.update(bytes)
        sha1.update(bytes)
        sha256.update(bytes)
    }

    /// The values of the digests of `bytes`, in the order of ``FileDigests``.
    static func digests(of bytes: [UInt8]) -> [UInt8] {
        var hasher = FileHasher()
        hasher.update(bytes.span)
        return hasher.finish()
    }

    /// The values in the order of ``FileDigests``; to be called once.
    mutating func finish() -> [UInt8] {
        let value = md5.finish()
        return (value.isEmpty ? Array(repeating: 0, count: 16) : value) + sha1.finish() + sha256.finish()
    }
}

/// The digests of the files of a layer, by the ordinals of their entries: 80 bytes a file.
struct FileDigestTable: Sendable {
    private var ordinals: [UInt32] = []
    private var bytes: [UInt8] = []

    /// How many files it has.
    var count: Int { ordinals.count }

    /// Adds a file, whose ordinal is larger than those before.
    mutating func add(_ digests: [UInt8], ordinal: Int) {
        ordinals.append(UInt32(ordinal))
        bytes += digests
    }

    subscript(ordinal: UInt32) -> FileDigests? {
        ordinals.sortedIndex(of: ordinal).map {
            FileDigests(bytes[$0 * FileDigests.size..<($0 + 1) * FileDigests.size])
        }
    }
}

extension [UInt32] {
    /// The index of a number in an array in ascending order; nil if the array does not have it.
    func sortedIndex(of number: UInt32) -> Int? {
        var range = indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if self[middle] == number { return middle }
            range = self[middle] < number ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}
