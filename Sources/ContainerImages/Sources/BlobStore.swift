package import ByteStreams

/// A place that keeps the blobs of images by their digest, and the files that describe what it keeps.
///
/// A store gives bytes and knows nothing of their meaning; nothing that it gives is verified. It is read from several
/// threads at once.
package protocol BlobStore: Sendable {
    /// How messages name the store: the path of a folder or an archive, or the name of a repository.
    var name: String { get }

    /// Whether the store has the blob.
    func has(_ digest: ContentDigest) -> Bool

    /// Opens a blob.
    ///
    /// - Throws: ``BlobStoreError/missing`` if the store does not have it, ``VerificationError`` if the store knows that
    ///   it has another size than the descriptor says, or the error of the system.
    func open(_ descriptor: Descriptor) throws -> any ByteSource & ~Copyable

    /// Whether each blob is fetched from another machine, so that only what is needed is opened.
    var isRemote: Bool { get }

    /// What is to be said of the store.
    var diagnostics: [Diagnostic] { get }

    /// Opens a file beside the blobs, such as `index.json`.
    ///
    /// - Throws: ``BlobStoreError/missing`` if the store does not have it, or the error of the system.
    func open(fileNamed name: String) throws -> any ByteSource & ~Copyable
}

extension BlobStore {
    package var isRemote: Bool { false }
    package var diagnostics: [Diagnostic] { [] }
}

/// Why a store does not give what it is asked for.
package enum BlobStoreError: Error, Hashable, CustomStringConvertible {
    /// The store does not have it.
    case missing

    /// What is wrong: one line.
    package var description: String { "not in the layout" }
}
