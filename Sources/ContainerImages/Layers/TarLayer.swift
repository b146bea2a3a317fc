internal import ByteStreams
internal import RegistryClient

/// A layer that is a tar archive in a blob, compressed or not (OCI image-spec, layer.md).
struct TarLayer: LayerSource {
    /// Where the blob is.
    let layout: ImageLayout
    /// What the manifest says of the blob.
    let descriptor: Descriptor
    /// The digest of the archive, as the configuration has it.
    let diffID: ContentDigest

    var identity: LayerIdentity? { LayerIdentity(digest: descriptor.digest, diffID: diffID) }
    var name: String { "layer \(descriptor.digest)" }
    var storedSize: Int { descriptor.size }

    var obstacle: LayerObstacle? {
        if descriptor.isEncrypted { return .encrypted }
        guard descriptor.isNondistributable, descriptor.data == nil else { return nil }
        return layout.store.has(descriptor.digest) ? nil : .notDistributed
    }

    func entries(
        _ budget: ImageBudget, progress: (@Sendable (Int) -> Void)?
    ) throws -> any LayerEntries & ~Copyable {
        let stored = try layout.open(descriptor, progress: progress)
        let source = try DecompressingSource(stored, limits: layout.limits)
        let compression = source.compression
        let expanded = BudgetedSource(source, budget)
        let tar = VerifyingSource(expanded, size: nil, digest: diffID, limit: layout.limits.layerSize)
        return TarReader(tar, compression: compression, limits: layout.limits)
    }

    func imageError(_ error: any Error) -> ImageError {
        let place = layout.place(descriptor.digest)
        if let error = error as? VerificationError {
            // The digest and the diff ID of an uncompressed layer are the same, and the digest is checked first.
            if case .digest(let expected, let found) = error, expected == diffID, expected != descriptor.digest {
                return ImageError(
                    .malformed, at: place, "decompressed it should have the diff ID \(expected), but has \(found)")
            }
            if case .tooLarge = error { return ImageError(.malformed, at: place, "\(LimitError(name: "layerSize"))") }
            return layout.imageError(error, at: descriptor.digest)
        }
        // What does not come from a registry the first time is not asked for once more.
        if error is RegistryError { return layout.imageError(error, at: descriptor.digest) }
        // A blob with a wrong digest explains whatever was found in it.
        do throws(ImageError) { try layout.verify(descriptor) } catch { return error }
        if let error = error as? ParseError {
            return ImageError(.malformed, at: place, "not a readable tar: \(error)")
        }
        return layout.imageError(error, at: descriptor.digest)
    }
}

/// Passes decompressed bytes through as long as the budget of the image allows.
struct BudgetedSource: ByteSource, ~Copyable {
    private var source: DecompressingSource
    private let budget: ImageBudget

    init(_ source: consuming DecompressingSource, _ budget: ImageBudget) {
        self.source = source
        self.budget = budget
    }

    mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        let before = output.count
        try source.read(onto: &output)
        try budget.expand(output.count - before)
    }
}
