package import ByteStreams
package import RegistryClient

/// What a source of images has, and which of its images is described in detail.
package struct ImageDescription: Sendable {
    /// What the source lists.
    package internal(set) var manifests: [ListedManifest] = []
    /// The image that is described; nil if the source has none, or several and nothing says which one is meant.
    package internal(set) var selection: Selection?
    /// Why no image is described, although the source can be read; nil if one is.
    package internal(set) var problem: ImageError?
    /// What is attached to the image; if an artifact is meant and no image, its own blobs.
    package internal(set) var attached: [Attached] = []
    /// What was unusual about the source.
    package internal(set) var diagnostics: [Diagnostic] = []

    init() {}

    /// A manifest or index, and what it lists.
    package struct ListedManifest: Sendable {
        /// What is listed.
        package enum Kind: Sendable, Hashable {
            case index
            case image
            /// Something that is no image, by its type.
            case artifact(type: String)
            case unreadable(ImageError)
        }

        /// What it is.
        package let kind: Kind
        /// The names that the source gives it: tags or whole references.
        package var names: [String] = []
        /// What points to it; nil in an archive of `docker save`, which has no manifests.
        package var descriptor: Descriptor?
        /// The digest of the configuration; nil if it is no image.
        package var configDigest: ContentDigest?
        /// What it runs on.
        package var platform: Platform?
        /// The size of the configuration and of each different layer together, as they are stored; nil if it has none.
        package var storedSize: Int?
        /// What it is attached to.
        package var subjects: [ContentDigest] = []
        /// Whether it is the image that is described.
        package var isSelected = false
        /// What an index lists.
        package var manifests: [ListedManifest] = []
    }

    /// The image that is described.
    package struct Selection: Sendable {
        /// The image; its layers are not read.
        package let image: Image
        /// Whether the reference fits other images too, and this one was taken for its platform.
        package let isOneOfSeveral: Bool
        /// Its manifest; nil where it has none.
        package let manifest: ManifestFacts?
        /// Its configuration; nil where it has none.
        package let configuration: ConfigurationFacts?
        /// What points to each layer, the lowest first; empty where nothing does.
        package let layers: [Descriptor]
    }

    /// A manifest as it is stored.
    package struct ManifestFacts: Sendable {
        /// What points to it.
        package let descriptor: Descriptor
        /// The media type that it states itself; empty if it does not.
        package let mediaType: String
        /// What points to the configuration.
        package let config: Descriptor?
        /// Its own annotations.
        package let annotations: [String: String]
    }

    /// A configuration as it is stored.
    package struct ConfigurationFacts: Sendable {
        package let digest: ContentDigest
        /// Its size in bytes.
        package let size: Int
        package let configuration: ImageConfiguration
        package let execution: ExecutionParameters
    }

    /// A blob that is attached to the image.
    package struct Attached: Sendable {
        package let attachment: Attachment
        /// What a signature of cosign says it signs; nil if the blob is not such a signature.
        package let payload: SignedPayload?
        /// Whether ``payload`` is about the image, or an index that it was reached through; nil without a payload.
        package let isAboutImage: Bool?
        /// Why the blob of a signature cannot be read.
        package let problem: ImageError?
    }
}

extension Image {
    /// The size of the layers as they are stored, in bytes; a layer that the image has several times counts once.
    package var storedSizeOfDifferentLayers: Int {
        var seen: Set<LayerIdentity> = []
        let different = layers.filter { layer in layer.identity.map { seen.insert($0).inserted } ?? true }
        return Self.storedSize(different)
    }
}

extension ImageLocation {
    /// What the location has, and the image that the selector and the platform single out.
    ///
    /// Where several images fit and none is for this machine, or there are artifacts only, the manifests are listed and no
    /// image is described. The layers are not read.
    ///
    /// - Parameters:
    ///   - platform: What the image is to run on; nil if that does not matter.
    ///   - registries: How registries are reached.
    ///   - limits: The bounds of the reading.
    /// - Returns: What is listed, and the image.
    /// - Throws: ``ImageError`` if the location cannot be read, or nothing fits.
    package func description(
        platform: Platform?, registries: RegistryOptions, limits: Limits
    ) throws(ImageError) -> ImageDescription {
        switch self {
        case .layoutFolder, .manifestFolder, .registry:
            let (layout, selector) = try layout(
                platform: platform, registries: registries, withSignatures: true, limits: limits)
            return try layout.description(selector, platform: platform)
        case .archive(let reference):
            let (path, selector) = try reference.resolved(as: .file)
            let archive = try ArchiveFile(path: path, limits: limits)
            guard let layout = Self.layout(in: archive, limits) else {
                return try DockerArchive(archive, limits: limits).description(selector, platform: platform)
            }
            return try layout.description(selector, platform: platform)
        case .rootFileSystem, .layerFolder:
            var description = ImageDescription()
            let image = try image(platform: platform, registries: registries, limits: limits)
            description.selection = ImageDescription.Selection(
                image: image, isOneOfSeveral: false, manifest: nil, configuration: nil, layers: [])
            return description
        }
    }

    /// The bytes of a manifest as they are stored.
    ///
    /// Without a platform these are of what the reference leads to, which may be an index; with a platform of the manifest of
    /// that image. Of an archive of `docker save` they are those of its list of images.
    ///
    /// - Parameters:
    ///   - platform: What the image is to run on; nil if that does not matter.
    ///   - registries: How registries are reached.
    ///   - limits: The bounds of the reading.
    /// - Returns: The bytes.
    /// - Throws: ``ImageError`` if the location has no manifest, cannot be read, or nothing or more than one thing fits.
    package func storedManifest(
        platform: Platform?, registries: RegistryOptions, limits: Limits
    ) throws(ImageError) -> [UInt8] {
        switch self {
        case .layoutFolder, .manifestFolder:
            let (layout, selector) = try layout(platform: platform, registries: registries, limits: limits)
            return try layout.storedManifest(selector, platform: platform)
        case .registry(let reference):
            let store = try RegistryStore(reference, registries, limits: limits)
            return try ImageLayout(store, limits: limits).storedManifest(.any, platform: platform)
        case .archive(let reference):
            let (path, selector) = try reference.resolved(as: .file)
            let archive = try ArchiveFile(path: path, limits: limits)
            guard let layout = Self.layout(in: archive, limits) else {
                return try DockerArchive(archive, limits: limits).storedList()
            }
            return try layout.storedManifest(selector, platform: platform)
        case .rootFileSystem(let folder), .layerFolder(let folder):
            throw ImageError(.malformed, at: folder, "it has no manifest")
        }
    }
}

extension ImageLayout {
    fileprivate func description(
        _ selector: Selector, platform: Platform?
    ) throws(ImageError) -> ImageDescription {
        let index = try LayoutIndex(of: self, for: platform, withAttestations: true)
        var description = ImageDescription()
        description.diagnostics = index.diagnostics
        var chosen: LayoutIndex.Candidate?
        do throws(ImageError) {
            chosen = try index.image(selector, platform: platform)
        } catch {
            // The list is what helps the user then. A platform that was asked for and is not there stays an error.
            guard platform == nil, index.candidates.contains(where: { $0.fits(selector) }) else { throw error }
            description.problem = error
        }
        description.manifests = manifests(index.candidates, selected: chosen?.descriptor.digest)
        if let chosen {
            let fitting = index.candidates.filter { $0.fits(selector) && !$0.isArtifact }
            description.selection = try selection(
                chosen, index, isOneOfSeveral: LayoutIndex.withoutRepeats(fitting).count > 1)
            let digest = chosen.descriptor.digest
            let found = try attachments(.digest(digest), platform: nil, in: index)
            let targets = Set(chosen.way.map(\.digest))
            description.attached = found.attached.map { attached($0, to: targets) }
        } else if index.candidates.allSatisfy({ $0.isArtifact || !$0.fits(selector) }) {
            description.attached = try attachments(selector, platform: nil, in: index).others.map {
                attached($0, to: [])
            }
        }
        return description
    }

    fileprivate func storedManifest(_ selector: Selector, platform: Platform?) throws(ImageError) -> [UInt8] {
        if platform == nil, selector == .any {
            // Nothing that it lists is read then.
            let entries = try topEntries().descriptors
            if let first = entries.first, Set(entries.map(\.digest)).count == 1 { return try blob(first) }
        }
        let index = try LayoutIndex(of: self, for: platform)
        if platform == nil {
            var fitting = index.candidates.filter { $0.fits(selector) }
            if fitting.contains(where: { !$0.isArtifact }) { fitting.removeAll(where: \.isArtifact) }
            var named: [ContentDigest: Descriptor] = [:]
            for candidate in fitting {
                let step =
                    if case .digest(let digest) = selector { candidate.way.first { $0.digest == digest } } else {
                        candidate.way.first
                    }
                if let step { named[step.digest] = step }
            }
            if named.count == 1, let descriptor = named.values.first { return try blob(descriptor) }
        }
        return try blob(index.image(selector, platform: platform).descriptor)
    }

    private func selection(
        _ chosen: LayoutIndex.Candidate, _ index: LayoutIndex, isOneOfSeveral: Bool
    ) throws(ImageError) -> ImageDescription.Selection {
        let image = try image(chosen, in: index)
        guard case .image(let manifest) = chosen.kind, let config = manifest.config else {
            throw ImageError(.malformed, at: place(chosen.descriptor.digest), "/config: missing")
        }
        return ImageDescription.Selection(
            image: image, isOneOfSeveral: isOneOfSeveral,
            manifest: ImageDescription.ManifestFacts(
                descriptor: chosen.descriptor, mediaType: manifest.mediaType, config: config,
                annotations: manifest.annotations),
            configuration: try ImageDescription.ConfigurationFacts(
                try blob(config), config.digest, at: place(config.digest), limits),
            layers: manifest.layers)
    }

    /// The manifests as a tree of the indexes that lead to them.
    private func manifests(
        _ candidates: [LayoutIndex.Candidate], selected: ContentDigest?
    ) -> [ImageDescription.ListedManifest] {
        let subjects = Subjects(candidates)
        /// The manifests whose ways agree in their first `depth` steps. The depth is at most ``Limits/indexDepth``.
        func listed(_ candidates: ArraySlice<LayoutIndex.Candidate>, _ depth: Int) -> [ImageDescription.ListedManifest]
        {
            var result: [ImageDescription.ListedManifest] = []
            var rest = candidates
            while let first = rest.first {
                let step = first.way[depth]
                guard first.way.count > depth + 1 else {
                    result.append(manifest(first, subjects.subjects(of: first), selected))
                    rest = rest.dropFirst()
                    continue
                }
                let inside = rest.prefix { $0.way.count > depth + 1 && $0.way[depth] == step }
                var index = ImageDescription.ListedManifest(kind: .index)
                index.names = [step.fullReference ?? step.referenceName].compactMap(\.self)
                index.descriptor = step
                index.manifests = listed(inside, depth + 1)
                result.append(index)
                rest = rest[inside.endIndex...]
            }
            return result
        }
        return listed(candidates[...], 0)
    }

    private func manifest(
        _ candidate: LayoutIndex.Candidate, _ subjects: [Subject], _ selected: ContentDigest?
    ) -> ImageDescription.ListedManifest {
        var result: ImageDescription.ListedManifest
        switch candidate.kind {
        case .image(let manifest):
            result = ImageDescription.ListedManifest(kind: .image)
            result.configDigest = manifest.config?.digest
            result.storedSize = manifest.storedSize
            result.isSelected = candidate.descriptor.digest == selected
        case .artifact(let manifest, let kind):
            result = ImageDescription.ListedManifest(kind: .artifact(type: kind))
            result.storedSize = manifest.storedSize
        case .unreadable(let error):
            result = ImageDescription.ListedManifest(kind: .unreadable(error))
        case .passedOver(let isArtifact):
            // Of a registry only the image that is described is fetched.
            result = ImageDescription.ListedManifest(
                kind: isArtifact ? .artifact(type: "attestation-manifest") : .image)
        }
        result.names = [candidate.descriptor.fullReference ?? candidate.descriptor.referenceName].compactMap(\.self)
        result.descriptor = candidate.descriptor
        result.platform = candidate.platform
        result.subjects = subjects.map(\.digest)
        return result
    }

    private func attached(_ attachment: Attachment, to targets: Set<ContentDigest>) -> ImageDescription.Attached {
        guard attachment.descriptor.mediaType == SignedPayload.mediaType else {
            return ImageDescription.Attached(
                attachment: attachment, payload: nil, isAboutImage: nil, problem: attachment.problem)
        }
        do throws(ImageError) {
            let payload = try payload(attachment.descriptor)
            return ImageDescription.Attached(
                attachment: attachment, payload: payload,
                isAboutImage: payload.digest.flatMap(ContentDigest.init).map(targets.contains) ?? false, problem: nil)
        } catch {
            return ImageDescription.Attached(attachment: attachment, payload: nil, isAboutImage: nil, problem: error)
        }
    }

    private func payload(_ descriptor: Descriptor) throws(ImageError) -> SignedPayload {
        let place = place(descriptor.digest)
        guard descriptor.size <= limits.signedPayloadSize else {
            throw ImageError(.malformed, at: place, "\(LimitError(name: "signedPayloadSize"))")
        }
        let bytes = try blob(descriptor)
        do {
            return try SignedPayload(parsing: bytes, limits: limits)
        } catch {
            throw ImageError(.malformed, at: place, "not the payload of a signature: \(error)")
        }
    }
}

extension ImageDescription.ConfigurationFacts {
    init(
        _ bytes: [UInt8], _ digest: ContentDigest, at place: String, _ limits: Limits
    ) throws(ImageError) {
        self.digest = digest
        size = bytes.count
        do {
            configuration = try ImageConfiguration(parsing: bytes, limits: limits)
            execution = try ExecutionParameters(parsing: bytes, limits: limits)
        } catch {
            throw ImageError(.malformed, at: place, "not an image configuration: \(error)")
        }
    }
}

extension Manifest {
    /// The size of the configuration and of each different layer together, as they are stored, in bytes.
    fileprivate var storedSize: Int {
        var seen: Set<ContentDigest> = []
        return ([config].compactMap(\.self) + layers).reduce(0) { sum, descriptor in
            guard seen.insert(descriptor.digest).inserted else { return sum }
            // The sizes are claims: where their sum does not fit, it is the largest number.
            let (sum, overflow) = sum.addingReportingOverflow(descriptor.size)
            return overflow ? .max : sum
        }
    }
}
