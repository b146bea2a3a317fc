package import ByteStreams
internal import StructuredText

/// The images in an archive of `docker save`: a list of images, each with its configuration and its layers
/// (docker image-spec v1.2, "Combined Image JSON + Filesystem Changeset Format").
///
/// Such an archive has no manifest, so the images have no digest. Newer ones are layouts as well, and are read as layouts.
package struct DockerArchive: Sendable {
    /// The name of the file that lists the images.
    package static let listName = "manifest.json"

    private struct Entry {
        let config: String
        let tags: [String]
        let layers: [String]
    }

    private let archive: ArchiveFile
    private let limits: Limits

    /// The images of an archive.
    package init(_ archive: ArchiveFile, limits: Limits) {
        self.archive = archive
        self.limits = limits
    }

    /// The image that the selector and the platform single out.
    ///
    /// - Throws: ``ImageError``; if nothing or more than one thing fits, it lists what there is to select.
    package func image(_ selector: ImageLayout.Selector, platform: Platform?) throws(ImageError) -> Image {
        let chosen = try chosen(among: candidates(), selector, platform)
        return try image(chosen.entry, chosen.digest, chosen.configuration, selector)
    }

    /// What the archive lists, and the image that the selector and the platform single out, if one does.
    func description(
        _ selector: ImageLayout.Selector, platform: Platform?
    ) throws(ImageError) -> ImageDescription {
        var description = ImageDescription()
        let candidates = try candidates()
        var selected: ContentDigest?
        do throws(ImageError) {
            let chosen = try chosen(among: candidates, selector, platform)
            selected = chosen.digest
            description.selection = ImageDescription.Selection(
                image: try image(chosen.entry, chosen.digest, chosen.configuration, selector), isOneOfSeveral: false,
                manifest: nil,
                configuration: try ImageDescription.ConfigurationFacts(
                    try bytes(of: chosen.entry), chosen.digest, at: "\(archive.name): \(chosen.entry.config)", limits),
                layers: [])
        } catch {
            guard error.remedy == .selectImage, platform == nil else { throw error }
            description.problem = error
        }
        description.manifests = candidates.map { candidate in
            var listed = ImageDescription.ListedManifest(kind: .image)
            listed.names = candidate.entry.tags
            listed.configDigest = candidate.digest
            listed.platform = candidate.configuration.platform
            listed.isSelected = candidate.digest == selected
            return listed
        }
        return description
    }

    /// The bytes of the list of images.
    func storedList() throws(ImageError) -> [UInt8] {
        do {
            return try archive.contents(Self.listName, limits: limits)
        } catch {
            throw ImageError(.malformed, at: "\(archive.name): \(Self.listName)", "\(error)")
        }
    }

    private typealias Candidate = (entry: Entry, digest: ContentDigest, configuration: ImageConfiguration)

    /// The images that the archive lists.
    private func candidates() throws(ImageError) -> [Candidate] {
        var result: [Candidate] = []
        for entry in try entries() {
            let (digest, configuration) = try configuration(of: entry)
            result.append((entry, digest, configuration))
        }
        return result
    }

    /// The only image that the selector and the platform fit.
    private func chosen(
        among candidates: [Candidate], _ selector: ImageLayout.Selector, _ platform: Platform?
    ) throws(ImageError) -> Candidate {
        let fitting = candidates.filter {
            Self.fits($0.entry, $0.digest, selector) && platform?.accepts($0.configuration.platform) ?? true
        }
        let words = candidates.map {
            "\($0.entry.tags.first.map { "\($0)  " } ?? "")\($0.configuration.platform)  \($0.digest)"
        }
        guard let chosen = fitting.first, fitting.count == 1 else {
            let what = fitting.count > 1 ? "several images fit" : "there is \(selector.inWords) in it"
            let wanted = platform.map { " for \($0)" } ?? ""
            throw ImageError(
                .unresolved, at: archive.name, what + (fitting.isEmpty ? wanted : ""), choices: words,
                remedy: fitting.count > 1 ? .selectImage : nil)
        }
        return chosen
    }

    /// The first tag of the image with a configuration; nil if it has none.
    func reference(ofConfiguration digest: ContentDigest?) throws(ImageError) -> String? {
        for entry in try entries() where try configuration(of: entry).digest == digest {
            return entry.tags.first
        }
        return nil
    }

    private static func fits(_ entry: Entry, _ digest: ContentDigest, _ selector: ImageLayout.Selector) -> Bool {
        switch selector {
        case .any: true
        case .tag(let tag): entry.tags.contains { Self.fits($0, tag) }
        case .digest(let wanted): wanted == digest
        }
    }

    private func image(
        _ entry: Entry, _ digest: ContentDigest, _ configuration: ImageConfiguration,
        _ selector: ImageLayout.Selector
    ) throws(ImageError) -> Image {
        guard entry.layers.count <= limits.layerCount else {
            throw ImageError(.malformed, at: archive.name, "\(LimitError(name: "layerCount"))")
        }
        guard entry.layers.count == configuration.diffIDs.count else {
            throw ImageError(
                .malformed, at: "\(archive.name): \(Self.listName)",
                "the image has \(entry.layers.count) layers, its configuration \(configuration.diffIDs.count) diff_ids")
        }
        var store = DockerArchiveStore(archive: archive)
        var descriptors: [Descriptor] = []
        for (name, diffID) in zip(entry.layers, configuration.diffIDs) {
            guard let member = archive.member(name) else {
                throw ImageError(.malformed, at: archive.name, "the layer \(name) is not in the archive")
            }
            let digest = try self.digest(of: member, diffID)
            store.members[digest] = member
            descriptors.append(Descriptor(mediaType: "", digest: digest, size: member.size))
        }
        let layout = ImageLayout(store, limits: limits)
        let layers = zip(descriptors, configuration.diffIDs).map {
            TarLayer(layout: layout, descriptor: $0, diffID: $1)
        }
        var facts = ImageFacts()
        facts.fullReference = Self.reference(entry, selector)
        facts.configDigest = digest
        facts.platform = configuration.platform
        facts.created = configuration.created
        facts.labels = configuration.labels
        facts.layerSteps = configuration.layerSteps
        return Image(facts, layers: layers, at: archive.name, diagnostics: [], limits: limits)
    }

    /// The tag that was selected, or else the first one.
    private static func reference(_ entry: Entry, _ selector: ImageLayout.Selector) -> String? {
        guard case .tag(let tag) = selector else { return entry.tags.first }
        return entry.tags.first { fits($0, tag) } ?? entry.tags.first
    }

    /// Whether a reference has that tag, or is what the tag abbreviates: Docker leaves out its registry and `latest`.
    private static func fits(_ reference: String, _ tag: String) -> Bool {
        reference == tag || reference.hasSuffix(":\(tag)") || reference.hasSuffix("/\(tag)")
            || reference == "\(tag):latest" || reference.hasSuffix("/\(tag):latest")
    }

    /// The digest of a layer as it is stored: the diff ID, unless the layer is compressed.
    private func digest(of member: ArchiveFile.Member, _ diffID: ContentDigest) throws(ImageError) -> ContentDigest {
        do {
            var source = BufferedSource(try archive.open(member))
            _ = try source.fill(Compression.magicSize)
            guard Compression(startingWith: source.window) != .none else { return diffID }
            var hash = RunningHash(.sha256)
            while try source.fill(1) {
                let window = source.window
                hash.update(window.span)
                source.use(window.count)
            }
            return ContentDigest(.sha256, hash.finish())
        } catch {
            throw ImageError(.malformed, at: archive.name, "\(error)")
        }
    }

    private func entries() throws(ImageError) -> [Entry] {
        let place = "\(archive.name): \(Self.listName)"
        do {
            let value = try JSONValue(parsing: archive.contents(Self.listName, limits: limits), limits: limits)
            guard let list = value.arrayContent else {
                throw ShapeError(at: .root, expected: "an array of images", value)
            }
            guard list.count <= limits.manifestCount else { throw LimitError(name: "manifestCount") }
            return try list.enumerated().map { number, item in
                let reader = try MemberReader(item.withoutNulls, at: JSONPointer.root.appending(number))
                guard let config = try reader.string("Config") else {
                    throw MissingMember(pointer: reader.pointer(to: "Config"))
                }
                return Entry(
                    config: config, tags: try reader.strings("RepoTags") ?? [],
                    layers: try reader.strings("Layers") ?? [])
            }
        } catch BlobStoreError.missing {
            throw ImageError(
                .malformed, at: archive.name,
                "no \(Self.listName) and no index.json in it; expected an archive of `docker save` or an OCI layout")
        } catch {
            throw ImageError(.malformed, at: place, "not a list of images: \(error)")
        }
    }

    private func configuration(
        of entry: Entry
    ) throws(ImageError) -> (digest: ContentDigest, configuration: ImageConfiguration) {
        let bytes = try bytes(of: entry)
        do {
            return (ContentDigest.of(bytes), try ImageConfiguration(parsing: bytes, limits: limits))
        } catch {
            throw ImageError(.malformed, at: "\(archive.name): \(entry.config)", "not an image configuration: \(error)")
        }
    }

    private func bytes(of entry: Entry) throws(ImageError) -> [UInt8] {
        do {
            return try archive.contents(entry.config, limits: limits)
        } catch {
            throw ImageError(.malformed, at: "\(archive.name): \(entry.config)", "not an image configuration: \(error)")
        }
    }
}

/// The layers of one image of an archive, by their digests.
private struct DockerArchiveStore: BlobStore {
    let archive: ArchiveFile
    var members: [ContentDigest: ArchiveFile.Member] = [:]

    var name: String { archive.name }

    func has(_ digest: ContentDigest) -> Bool { members[digest] != nil }

    func open(_ descriptor: Descriptor) throws -> any ByteSource & ~Copyable {
        guard let member = members[descriptor.digest] else { throw BlobStoreError.missing }
        return try archive.open(member)
    }

    func open(fileNamed name: String) throws -> any ByteSource & ~Copyable { throw BlobStoreError.missing }
}
