package import ByteStreams

/// The blobs of a folder of this machine, in `blobs/ALGORITHM/DIGEST` (OCI image-spec, image-layout.md).
package struct FolderBlobStore: BlobStore {
    /// The folder.
    package let name: String

    /// The blobs of that folder.
    package init(folder: String) {
        name = folder
    }

    package func has(_ digest: ContentDigest) -> Bool {
        // A blob that cannot be opened is as good as none.
        (try? FileSource(path: path(digest))) != nil
    }

    package func open(_ descriptor: Descriptor) throws -> any ByteSource & ~Copyable {
        let file = try file(path(descriptor.digest))
        guard file.size == descriptor.size else {
            throw VerificationError.size(expected: descriptor.size, found: file.size)
        }
        return file
    }

    package func open(fileNamed name: String) throws -> any ByteSource & ~Copyable {
        try file("\(self.name)/\(name)")
    }

    private func path(_ digest: ContentDigest) -> String {
        "\(name)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    private func file(_ path: String) throws -> FileSource {
        do throws(FileError) {
            return try FileSource(path: path)
        } catch {
            if error.isMissing { throw BlobStoreError.missing }
            throw error
        }
    }
}
