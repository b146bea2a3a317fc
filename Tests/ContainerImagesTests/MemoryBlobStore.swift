import ByteStreams
import ContainerImages
import TestSupport

/// A layout in memory.
struct MemoryBlobStore: BlobStore {
    let name = "memory"
    /// The bytes of each file, by its path in the layout.
    var files: [String: [UInt8]]

    /// What `build` writes.
    init(_ build: (LayoutBuilder) throws -> Void) throws {
        let written = WrittenFiles()
        try build(LayoutBuilder { path, bytes in written.files[path] = bytes })
        files = written.files
    }

    func has(_ digest: ContentDigest) -> Bool { files[path(digest)] != nil }

    func open(_ descriptor: Descriptor) throws -> any ByteSource & ~Copyable {
        let bytes = try file(path(descriptor.digest))
        guard bytes.count == descriptor.size else {
            throw VerificationError.size(expected: descriptor.size, found: bytes.count)
        }
        return MemorySource(bytes)
    }

    func open(fileNamed name: String) throws -> any ByteSource & ~Copyable { MemorySource(try file(name)) }

    private func path(_ digest: ContentDigest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }

    private func file(_ path: String) throws -> [UInt8] {
        guard let bytes = files[path] else { throw BlobStoreError.missing }
        return bytes
    }
}

/// What a builder has written; a class, because the builder is a value.
private final class WrittenFiles {
    var files: [String: [UInt8]] = [:]
}
