package import ByteStreams
internal import RegistryClient
internal import StructuredText

/// A store that holds images by digest, and an index that lists them (OCI image-spec, image-layout.md).
package struct ImageLayout: Sendable {
    /// Which of the images in a layout is meant.
    package enum Selector: Sendable, Hashable {
        /// The only one, or the one for the platform.
        case any
        /// By the name that the index gives it (`org.opencontainers.image.ref.name`), or by its whole reference.
        case tag(String)
        /// By the digest of its manifest, or of an index that leads to it.
        case digest(ContentDigest)
    }

    /// Where the blobs are.
    let store: any BlobStore
    /// What bounds the reading.
    let limits: Limits

    /// The layout in that store.
    package init(_ store: any BlobStore, limits: Limits) {
        self.store = store
        self.limits = limits
    }

    /// The layout in that folder of this machine.
    package init(folder: String, limits: Limits) {
        self.init(FolderBlobStore(folder: folder), limits: limits)
    }

    /// Whether the store is read as a layout: it has an index, or the file that marks a layout.
    package static func isLayout(_ store: some BlobStore) -> Bool {
        ["index.json", "oci-layout"].contains { name in
            // What cannot be opened does not mark anything.
            (try? store.open(fileNamed: name)) != nil
        }
    }

    /// The image that the selector and the platform single out.
    ///
    /// Without a platform a layout's only image is taken, whatever it runs on; of several the one for this machine.
    /// Attestations, signatures and other artifacts are never taken for an image.
    ///
    /// - Parameters:
    ///   - selector: Which of the images.
    ///   - platform: What the image is to run on; nil if that does not matter.
    /// - Returns: The image; its layers are not read.
    /// - Throws: ``ImageError``; if nothing or more than one thing fits, it lists what there is to select.
    package func image(_ selector: Selector, platform: Platform?) throws(ImageError) -> Image {
        let index = try LayoutIndex(of: self, for: platform)
        return try image(index.image(selector, platform: platform), in: index)
    }

    /// The image of a manifest that the index lists.
    func image(_ chosen: LayoutIndex.Candidate, in index: LayoutIndex) throws(ImageError) -> Image {
        if case .unreadable(let error) = chosen.kind { throw error }
        let place = place(chosen.descriptor.digest)
        guard case .image(let manifest) = chosen.kind, let config = manifest.config else {
            throw ImageError(.malformed, at: place, "/config: missing")
        }
        let configuration = try configuration(config)
        guard manifest.layers.count <= limits.layerCount else {
            throw ImageError(.malformed, at: place, "\(LimitError(name: "layerCount"))")
        }
        guard manifest.layers.count == configuration.diffIDs.count else {
            throw ImageError(
                .malformed, at: place,
                "the manifest has \(manifest.layers.count) layers, its configuration \(configuration.diffIDs.count) diff_ids"
            )
        }
        var facts = ImageFacts()
        facts.tag = chosen.tag
        facts.fullReference = chosen.fullReference
        facts.digest = chosen.descriptor.digest
        facts.configDigest = config.digest
        facts.platform = configuration.platform
        // Many configurations leave out the variant that the index states.
        if facts.platform?.variant == nil, let listed = chosen.platform, listed.os == configuration.platform.os,
            listed.architecture == configuration.platform.architecture
        {
            facts.platform?.variant = listed.variant
        }
        facts.created = configuration.created
        facts.labels = configuration.labels
        facts.layerSteps = configuration.layerSteps
        facts.annotations = manifest.annotations.merging(
            chosen.descriptor.annotations.filter { !$0.value.isEmpty }, uniquingKeysWith: { $1 })
        let layers = zip(manifest.layers, configuration.diffIDs).map { descriptor, diffID in
            TarLayer(layout: self, descriptor: descriptor, diffID: diffID)
        }
        return Image(facts, layers: layers, at: place, diagnostics: index.diagnostics, limits: limits)
    }

    /// The images that the selector singles out, of all platforms, each once.
    ///
    /// - Parameter selector: Which of the images.
    /// - Returns: The images in the order of the layout, whose layers are not read, and the digest of the index that leads
    ///   to all of them; nil if only the layout's own index does.
    /// - Throws: ``ImageError`` if there is no image, or one of them cannot be read.
    package func images(_ selector: Selector) throws(ImageError) -> (images: [Image], index: ContentDigest?) {
        let index = try LayoutIndex(of: self, withAllPlatforms: true)
        let found = LayoutIndex.withoutRepeats(index.candidates.filter { $0.fits(selector) && !$0.isArtifact })
        guard !found.isEmpty else {
            throw index.unresolved("there is no image in it", index.candidates.filter { $0.fits(selector) })
        }
        var images: [Image] = []
        for candidate in found {
            images.append(try image(candidate, in: index))
        }
        let tops = Set(found.map { $0.way.count > 1 ? $0.way.first?.digest : nil })
        return (images, tops.count == 1 ? tops.first ?? nil : nil)
    }

    // MARK: Blobs

    /// All of a small blob, verified.
    func blob(_ descriptor: Descriptor) throws(ImageError) -> [UInt8] {
        guard descriptor.size <= limits.manifestSize else {
            throw ImageError(.malformed, at: place(descriptor.digest), "\(LimitError(name: "manifestSize"))")
        }
        do {
            var source = BufferedSource(try open(descriptor))
            var bytes: [UInt8] = []
            while try source.fill(1) { _ = try source.read(source.window.count, onto: &bytes) }
            return bytes
        } catch {
            throw imageError(error, at: descriptor.digest)
        }
    }

    /// The bytes of a blob, which end only if size and digest are right.
    ///
    /// What the descriptor itself has of them stands for a blob that the store does not have (OCI image-spec,
    /// descriptor.md, `data`).
    func open(_ descriptor: Descriptor, progress: (@Sendable (Int) -> Void)? = nil) throws -> any ByteSource & ~Copyable
    {
        let counted = ProgressSource(try stored(descriptor), report: progress)
        return VerifyingSource(counted, size: descriptor.size, digest: descriptor.digest)
    }

    private func stored(_ descriptor: Descriptor) throws -> any ByteSource & ~Copyable {
        do {
            return try store.open(descriptor)
        } catch BlobStoreError.missing {
            guard let data = descriptor.data else { throw BlobStoreError.missing }
            return MemorySource(data)
        }
    }

    /// Reads a blob for nothing but its size and digest.
    func verify(_ descriptor: Descriptor) throws(ImageError) {
        do {
            var source = BufferedSource(try open(descriptor))
            try source.drain()
        } catch {
            throw imageError(error, at: descriptor.digest)
        }
    }

    /// How errors name a blob.
    func place(_ digest: ContentDigest) -> String { "\(store.name): blob \(digest)" }

    /// The error for what was thrown while a blob was read.
    func imageError(_ error: any Error, at digest: ContentDigest) -> ImageError {
        if let error = error as? RegistryError { return ImageError(error, at: place(digest)) }
        return error as? ImageError ?? ImageError(.malformed, at: place(digest), "\(error)")
    }

    /// The image configuration in a blob.
    func configuration(_ config: Descriptor) throws(ImageError) -> ImageConfiguration {
        let bytes = try blob(config)
        do {
            return try ImageConfiguration(parsing: bytes, limits: limits)
        } catch {
            throw ImageError(.malformed, at: place(config.digest), "not an image configuration: \(error)")
        }
    }

    /// The index or manifest in a blob.
    func content(of descriptor: Descriptor) throws(ImageError) -> ManifestContent {
        let bytes = try blob(descriptor)
        do {
            return try ManifestContent(parsing: bytes, limits: limits)
        } catch let error as OldManifest {
            throw ImageError(.malformed, at: place(descriptor.digest), "\(error)")
        } catch {
            throw ImageError(.malformed, at: place(descriptor.digest), "not an image index or manifest: \(error)")
        }
    }

    // MARK: Files beside the blobs

    /// What `index.json` lists.
    func topEntries() throws(ImageError) -> IndexEntries {
        let bytes = try file("index.json")
        do {
            return try ManifestContent.entries(ofIndex: bytes, limits: limits)
        } catch {
            throw ImageError(.malformed, at: "\(store.name): index.json", "not an image index: \(error)")
        }
    }

    /// Whether `index.json` can be read and has an entry.
    var listsManifests: Bool {
        do throws(ImageError) {
            return try !topEntries().descriptors.isEmpty
        } catch {
            return false
        }
    }

    /// What is unusual about the file that marks a layout: umoci and skopeo write it, some other tools do not.
    var markerDiagnostics: [Diagnostic] {
        do throws(ImageError) {
            _ = try file("oci-layout")
            return []
        } catch {
            return [
                Diagnostic(
                    .warning, code: .noOCILayout, at: "oci-layout",
                    "missing or unreadable; the folder is read as an OCI layout because it has an index.json")
            ]
        }
    }

    /// All of a file beside the blobs.
    private func file(_ name: String) throws(ImageError) -> [UInt8] {
        do {
            var source = BufferedSource(try store.open(fileNamed: name))
            var bytes: [UInt8] = []
            while try source.fill(1) {
                _ = try source.read(source.window.count, onto: &bytes)
                guard bytes.count <= limits.manifestSize else { throw LimitError(name: "manifestSize") }
            }
            return bytes
        } catch BlobStoreError.missing {
            throw ImageError(
                .malformed, at: store.name,
                "no \(name) in it; expected an OCI layout (a folder with oci-layout and index.json), as "
                    + "`skopeo copy SOURCE oci:DIR:TAG` writes it; "
                    + "a root file system is given as rootfs:DIR")
        } catch {
            throw ImageError(.malformed, at: "\(store.name): \(name)", "\(error)")
        }
    }
}

extension ImageLayout.Selector {
    /// What the selector found where no image fits, as part of a sentence.
    var inWords: String {
        switch self {
        case .any: "nothing"
        case .tag(let tag): "nothing tagged \(tag)"
        case .digest(let digest): "nothing with the digest \(digest)"
        }
    }
}

/// Passes bytes through and reports how many.
private struct ProgressSource: ByteSource, ~Copyable {
    private var source: any ByteSource & ~Copyable
    private let report: (@Sendable (Int) -> Void)?

    init(_ source: consuming any ByteSource & ~Copyable, report: (@Sendable (Int) -> Void)?) {
        self.source = source
        self.report = report
    }

    mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        let before = output.count
        try source.read(onto: &output)
        report?(output.count - before)
    }
}
