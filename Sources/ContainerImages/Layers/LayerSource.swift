package import ByteStreams

/// A layer of an image: entries that are read once, from the first to the last.
package protocol LayerSource: Sendable {
    /// What identifies its content; nil if nothing does, as for a folder that somebody unpacked.
    var identity: LayerIdentity? { get }
    /// How messages name it, such as `layer sha256:…`.
    var name: String { get }
    /// Its size as it is stored, in bytes.
    var storedSize: Int { get }
    /// Why it cannot be read although it is not damaged; nil if it can be read.
    var obstacle: LayerObstacle? { get }

    /// Opens the layer; may be called more than once.
    ///
    /// - Parameters:
    ///   - budget: What is drawn from while entries are read.
    ///   - progress: Called with the number of stored bytes just read.
    /// - Returns: The entries, none of them read yet.
    /// - Throws: Whatever the store throws; ``imageError(_:)`` explains it.
    func entries(
        _ budget: ImageBudget, progress: (@Sendable (Int) -> Void)?
    ) throws -> any LayerEntries & ~Copyable

    /// The error of the layer for whatever was thrown while it was opened or read.
    func imageError(_ error: any Error) -> ImageError
}

extension LayerSource {
    /// Whether it is a folder, which is not stored as a layer.
    package var isFolder: Bool { self is FolderLayer }
}

/// The entries of a layer in their order.
package protocol LayerEntries: ~Copyable {
    /// The next entry; nil at the end.
    mutating func next() throws -> TarEntry?

    /// The contents of the file that ``next()`` returned last; to be called once, before the next entry.
    ///
    /// - Throws: ``ParseError`` if they are larger than `limit` bytes.
    mutating func contents(limit: Int) throws -> [UInt8]

    /// Passes the contents of the file that ``next()`` returned last to `body`, piece by piece; to be called once, before
    /// the next entry, and not after ``contents(limit:)``.
    ///
    /// - Returns: Whether all of them could be read.
    mutating func readContents(_ body: (Span<UInt8>) throws -> Void) throws -> Bool

    /// The first `count` bytes of the file that ``next()`` returned last, or all of them if they are fewer.
    ///
    /// To be called before ``contents(limit:)``, which returns them again.
    mutating func leadingBytes(_ count: Int) throws -> [UInt8]

    /// Reads what follows the last entry, so that everything the source promises is checked.
    mutating func drain() throws

    /// How the archive of the layer is compressed, by its first bytes; nil if it is no archive.
    var compression: Compression? { get }

    /// What could not be read although the layer could; complete after ``drain()``.
    var diagnostics: [Diagnostic] { get }
}

extension TarReader: LayerEntries {
    // What is wrong with an archive ends the reading.
    package var diagnostics: [Diagnostic] { [] }
}

/// What identifies the content of a layer: two layers with the same identity are the same.
package struct LayerIdentity: Sendable, Hashable {
    /// The digest of the layer as it is stored.
    package var digest: ContentDigest
    /// The digest of the tar archive in it (OCI image-spec, config.md, "Layer DiffID").
    package var diffID: ContentDigest

    /// A layer with those digests.
    package init(digest: ContentDigest, diffID: ContentDigest) {
        self.digest = digest
        self.diffID = diffID
    }
}

/// Why a layer that is not damaged cannot be read.
package enum LayerObstacle: Sendable, Hashable, CustomStringConvertible {
    /// It is encrypted.
    case encrypted
    /// It must not be distributed and is not in the store.
    case notDistributed

    /// The reason, as part of a sentence.
    package var description: String {
        switch self {
        case .encrypted: "the layer is encrypted"
        case .notDistributed: "the layer is not to be distributed and not in the layout"
        }
    }
}
