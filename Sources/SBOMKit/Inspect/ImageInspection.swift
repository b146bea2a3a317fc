internal import ByteStreams
internal import ContainerImages

/// The description of an image and of what its source lists.
///
/// Texts and numbers come from the input, control characters included, and nothing but the contents of blobs is verified.
public struct ImageInspection: Sendable {
    /// A manifest or index that the source lists.
    public struct ListedManifest: Sendable {
        /// What is listed.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// A list of further manifests.
            case index
            /// An image.
            case image
            /// Something that is no image, such as a signature.
            case artifact
            /// Something that the source lists and that cannot be read.
            case unreadable
        }

        /// What it is.
        public let kind: Kind
        /// The tags or whole references that the source gives it.
        public let names: [String]
        /// The media type in what points to it; empty if there is none.
        public let mediaType: String
        /// The digest of the manifest; nil in an archive of `docker save`, which has none.
        public let digest: String?
        /// The size of the manifest itself, in bytes.
        public let size: Int?
        /// The digest of the configuration; nil if it is no image.
        public let configurationDigest: String?
        /// The platform, such as `linux/arm64/v8`; nil if none is stated.
        public let platform: String?
        /// The size of the configuration and of each different layer together, as they are stored, in bytes.
        public let storedSize: Int?
        /// The annotations of what points to it, by name.
        public let annotations: [String: String]
        /// The type of an artifact.
        public let artifactType: String?
        /// The digests of the manifests that it is attached to.
        public let attachedTo: [String]
        /// Why it cannot be read: one line of text.
        public let problem: String?
        /// Whether ``ImageInspection/image`` describes it.
        public let isSelected: Bool
        /// What an index lists.
        public let manifests: [ListedManifest]
    }

    /// Why one image of a source is the one that is described.
    public enum Selection: String, Sendable, Hashable, CaseIterable {
        /// There is no other that the reference fits.
        case only
        /// It is for the platform of the options.
        case platform
        /// It is for the platform of this machine.
        case machine
    }

    /// A family of media types.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// The types of the OCI image specification.
        case oci
        /// The types of Docker's image manifest version 2, schema 2.
        case docker

        /// What images of the other format can have and those of this one have no place for, as texts in English.
        public var lacks: [String] {
            switch self {
            case .oci: ["health checks", "ONBUILD", "SHELL"]
            case .docker: ["annotations", "subjects", "artifact types", "layers in zstd"]
            }
        }
    }

    /// The image that is described in detail.
    public struct SelectedImage: Sendable {
        /// Why it is this one.
        public let selection: Selection
        /// The platform; nil if none is stated.
        public let platform: String?
        /// The manifest; nil if the source has none.
        public let manifest: Manifest?
        /// The configuration; nil if the source has none.
        public let configuration: Configuration?
        /// The layers, the lowest first.
        public let layers: [Layer]
        /// The size of the manifest, the configuration and the layers as they are stored, in bytes; a layer that the image has
        /// several times counts once.
        public let storedSize: Int
        /// The size of the files of all layers, in bytes; nil if the layers cannot be read.
        public let unpackedSize: Int?
        /// The part of ``unpackedSize`` that later layers hide.
        public let hiddenSize: Int?
    }

    /// The manifest of an image.
    public struct Manifest: Sendable, Hashable {
        /// The digest.
        public let digest: String
        /// The size in bytes.
        public let size: Int
        /// The media type that the manifest states, or else that of what points to it; empty if neither has one.
        public let mediaType: String
        /// Whether the manifest states its media type itself.
        public let statesMediaType: Bool
        /// The family of the media type, or else that of the configuration; nil if it belongs to none.
        public let format: Format?
        /// The annotations of the manifest itself, by name.
        public let annotations: [String: String]
    }

    /// The configuration of an image.
    public struct Configuration: Sendable, Hashable {
        /// The digest.
        public let digest: String
        /// The size in bytes.
        public let size: Int
        /// The media type in the manifest; nil if there is no manifest.
        public let mediaType: String?
        /// The time, as written (RFC 3339).
        public let created: String?
        /// Who made the image.
        public let author: String?
        /// The version of the operating system that Windows needs.
        public let osVersion: String?
        /// The user that runs the command.
        public let user: String?
        /// The folder that the command runs in.
        public let workingDirectory: String?
        /// The program that runs, with arguments.
        public let entrypoint: [String]
        /// The command, or the arguments of the entrypoint.
        public let command: [String]
        /// The variables, `NAME=VALUE` each.
        public let environment: [String]
        /// The ports with their protocols, such as `80/tcp`.
        public let exposedPorts: [String]
        /// The folders that become volumes.
        public let volumes: [String]
        /// The signal that stops a container.
        public let stopSignal: String?
        /// The check of a running container.
        public let healthCheck: [String]
        /// What a build does that begins with this image.
        public let onBuild: [String]
        /// The shell of the build's commands.
        public let shell: [String]
        /// The labels, by name.
        public let labels: [String: String]
    }

    /// A layer of an image.
    public struct Layer: Sendable, Hashable {
        /// The number, counted from 1, the lowest.
        public let number: Int
        /// The digest as it is stored; nil for a folder or archive of this machine that nothing states a digest of.
        public let digest: String?
        /// The digest of the tar archive in it.
        public let diffID: String?
        /// What messages call it.
        public let name: String
        /// The media type in the manifest; nil if there is no manifest, or it is empty.
        public let mediaType: String?
        /// The size as it is stored, in bytes; nil for a folder.
        public let storedSize: Int?
        /// The compression that its first bytes show: `none`, `gzip`, `zstd`, `xz` or `bzip2`; nil for a folder, and for what
        /// cannot be read.
        public let compression: String?
        /// The command that made it (`history.created_by`); nil if the history of the configuration does not have one for each
        /// layer.
        public let createdBy: String?
        /// The time of that command, as written.
        public let created: String?
        /// The comment on that command.
        public let comment: String?
        /// What it does to the files of the image; nil if it cannot be read.
        public let files: LayerFiles?
        /// Why it cannot be read: encrypted, or not distributed; nil if it can be.
        public let obstacle: String?
    }

    /// What a layer does to the files of an image.
    ///
    /// A file is whatever is no directory. Sizes are those of the contents as they unpack; of hard links to one file only one
    /// counts.
    public struct LayerFiles: Sendable, Hashable {
        /// The size of the files that the layer has, in bytes.
        public let unpackedSize: Int
        /// The files that the layers below do not have.
        public let added: Int
        /// The files that the layers below have too, whether or not their contents differ.
        public let changed: Int
        /// The files of the layers below that the layer deletes by a whiteout, or by something else than a file in their place.
        public let whitedOut: Int
        /// The size of the files of the layers below that this layer hides, in bytes: what it deletes or replaces stays in the
        /// layers below.
        public let hides: Int
        /// The size of the layer's own files that later layers hide, in bytes.
        public let hiddenSize: Int
    }

    /// A blob that is attached to the image.
    public struct AttachedBlob: Sendable {
        /// What a blob seems to be, by its media types and the way it is attached.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case signature
            case attestation
            case sbom
            case other
        }

        /// What it seems to be.
        public let kind: Kind
        /// How it is attached, such as `referrer` or `BuildKit`.
        public let relation: String
        /// The media type; empty if there is none.
        public let mediaType: String
        /// The type that its manifest states.
        public let artifactType: String?
        /// The title in its annotations (`org.opencontainers.image.title`), such as the name of a file.
        public let title: String?
        /// The type of the in-toto predicate in it.
        public let predicateType: String?
        /// The digest.
        public let digest: String
        /// The size in bytes.
        public let size: Int
        /// What a signature of cosign says; nil for all else.
        public let payload: Payload?
        /// Why it cannot be read: one line of text.
        public let problem: String?
    }

    /// What a signature of cosign says it signs.
    ///
    /// It is not verified: anybody can have written it.
    public struct Payload: Sendable, Hashable {
        /// The digest of the manifest that it is about.
        public let manifestDigest: String?
        /// The name of the image; nil if there is none.
        public let reference: String?
        /// The kind of the signature.
        public let type: String?
        /// Whether the digest is that of the image or of an index that it was reached through.
        public let isAboutImage: Bool
    }

    /// The reference, as the caller wrote it.
    public let reference: String
    /// What the source lists; empty for a root file system and a folder of layers.
    public let manifests: [ListedManifest]
    /// The image that is described in detail; nil if there is none, or nothing says which one is meant.
    public let image: SelectedImage?
    /// Why ``image`` is nil; nil if it is not.
    public let problem: SBOMError?
    /// Why the layers of ``image`` cannot be read, so that nothing is known of their files; nil if they were read.
    public let layersProblem: SBOMError?
    /// What is attached to the image; if an artifact was named, its own blobs.
    public let attached: [AttachedBlob]
    /// Notices about the source and the layers.
    public let notices: [Notice]
}

// MARK: From the modules below

extension ImageInspection {
    init(
        _ reference: String, _ description: ImageDescription,
        _ layers: (statistics: [LayerStatistics], files: Image.Files)?, _ layersProblem: ImageError?,
        platform: ImagePlatform?
    ) {
        self.reference = reference
        manifests = description.manifests.map(ListedManifest.init)
        image = description.selection.map { selection in
            let reason: Selection = platform != nil ? .platform : selection.isOneOfSeveral ? .machine : .only
            return SelectedImage(selection, layers, reason)
        }
        problem = description.problem.map { SBOMError($0) }
        self.layersProblem = layersProblem.map { SBOMError($0) }
        attached = description.attached.map(AttachedBlob.init)
        // Of a layer that cannot be read the layer itself says so.
        let ofLayers = (layers?.files.diagnostics ?? []).filter { $0.code != .unreadableLayer }
        notices = (description.diagnostics + ofLayers).map(Notice.init)
    }
}

extension ImageInspection.ListedManifest {
    /// The depth of what is listed is at most ``Limits/indexDepth``.
    fileprivate init(_ listed: ImageDescription.ListedManifest) {
        switch listed.kind {
        case .index: (kind, artifactType, problem) = (.index, nil, nil)
        case .image: (kind, artifactType, problem) = (.image, nil, nil)
        case .artifact(let type): (kind, artifactType, problem) = (.artifact, type, nil)
        case .unreadable(let error): (kind, artifactType, problem) = (.unreadable, nil, error.message)
        }
        names = listed.names
        mediaType = listed.descriptor?.mediaType ?? ""
        digest = listed.descriptor?.digest.description
        size = listed.descriptor?.size
        configurationDigest = listed.configDigest?.description
        platform = listed.platform?.description
        storedSize = listed.storedSize
        annotations = listed.descriptor?.annotations ?? [:]
        attachedTo = listed.subjects.map(\.description)
        isSelected = listed.isSelected
        manifests = listed.manifests.map(Self.init)
    }
}

extension ImageInspection.SelectedImage {
    fileprivate init(
        _ selected: ImageDescription.Selection, _ read: (statistics: [LayerStatistics], files: Image.Files)?,
        _ selection: ImageInspection.Selection
    ) {
        let image = selected.image
        self.selection = selection
        platform = image.facts.platform?.description
        manifest = selected.manifest.map(ImageInspection.Manifest.init)
        configuration = selected.configuration.map {
            ImageInspection.Configuration($0, mediaType: selected.manifest?.config?.mediaType)
        }
        let statistics = read?.statistics ?? []
        layers = image.layers.enumerated().map { number, layer in
            ImageInspection.Layer(
                number, layer,
                mediaType: selected.layers.indices.contains(number) ? selected.layers[number].mediaType : "",
                compression: read?.files.compressions[number], step: image.step(ofLayer: number),
                statistics.indices.contains(number) ? statistics[number] : nil)
        }
        func sum(_ sizes: some Sequence<Int>) -> Int {
            // The sizes are claims: where their sum does not fit, it is the largest number.
            sizes.reduce(0) { sum, size in
                let (sum, overflow) = sum.addingReportingOverflow(size)
                return overflow ? .max : sum
            }
        }
        storedSize = sum([manifest?.size ?? 0, configuration?.size ?? 0, image.storedSizeOfDifferentLayers])
        unpackedSize = read == nil ? nil : sum(layers.lazy.compactMap { $0.files?.unpackedSize })
        hiddenSize = read == nil ? nil : sum(layers.lazy.compactMap { $0.files?.hiddenSize })
    }
}

extension ImageInspection.Manifest {
    fileprivate init(_ manifest: ImageDescription.ManifestFacts) {
        digest = manifest.descriptor.digest.description
        size = manifest.descriptor.size
        statesMediaType = !manifest.mediaType.isEmpty
        mediaType = statesMediaType ? manifest.mediaType : manifest.descriptor.mediaType
        format =
            ImageInspection.Format(mediaType: mediaType)
            ?? ImageInspection.Format(mediaType: manifest.config?.mediaType ?? "")
        annotations = manifest.annotations
    }
}

extension ImageInspection.Format {
    /// The family of a media type; nil for one of neither.
    init?(mediaType: String) {
        if mediaType.hasPrefix("application/vnd.oci.") {
            self = .oci
        } else if mediaType.hasPrefix("application/vnd.docker.") {
            self = .docker
        } else {
            return nil
        }
    }
}

extension ImageInspection.Configuration {
    fileprivate init(_ facts: ImageDescription.ConfigurationFacts, mediaType: String?) {
        let execution = facts.execution
        digest = facts.digest.description
        size = facts.size
        self.mediaType = mediaType
        created = facts.configuration.created
        author = execution.author
        osVersion = execution.osVersion
        user = execution.user
        workingDirectory = execution.workingDirectory
        entrypoint = execution.entrypoint
        command = execution.command
        environment = execution.environment
        exposedPorts = execution.exposedPorts
        volumes = execution.volumes
        stopSignal = execution.stopSignal
        healthCheck = execution.healthCheck
        onBuild = execution.onBuild
        shell = execution.shell
        labels = facts.configuration.labels
    }
}

extension ImageInspection.Layer {
    fileprivate init(
        _ number: Int, _ layer: any LayerSource, mediaType: String, compression: Compression?, step: BuildStep?,
        _ statistics: LayerStatistics?
    ) {
        self.number = number + 1
        digest = layer.identity?.digest.description
        diffID = layer.identity?.diffID.description
        name = layer.name
        self.mediaType = mediaType.isEmpty ? nil : mediaType
        self.compression = compression?.rawValue
        createdBy = step?.createdBy
        created = step?.created
        comment = step?.comment
        obstacle = layer.obstacle?.description
        files = obstacle == nil ? statistics.map(ImageInspection.LayerFiles.init) : nil
        storedSize = layer.isFolder ? nil : layer.storedSize
    }
}

extension ImageInspection.LayerFiles {
    fileprivate init(_ statistics: LayerStatistics) {
        unpackedSize = statistics.unpackedSize
        added = statistics.added
        changed = statistics.changed
        whitedOut = statistics.removed
        hides = statistics.hides
        hiddenSize = statistics.hidden
    }
}

extension ImageInspection.AttachedBlob {
    fileprivate init(_ attached: ImageDescription.Attached) {
        let attachment = attached.attachment
        kind = attachment.kind
        relation = attachment.manner
        mediaType = attachment.descriptor.mediaType
        artifactType = attachment.artifactType
        title = attachment.descriptor.annotations["org.opencontainers.image.title"]
        predicateType = attachment.predicateType
        digest = attachment.descriptor.digest.description
        size = attachment.descriptor.size
        payload = attached.payload.map {
            ImageInspection.Payload(
                manifestDigest: $0.digest, reference: $0.reference, type: $0.type,
                isAboutImage: attached.isAboutImage ?? false)
        }
        problem = attached.problem?.message
    }
}

extension Attachment {
    fileprivate var kind: ImageInspection.AttachedBlob.Kind {
        let types = [descriptor.mediaType, artifactType ?? "", predicateType ?? ""].map { $0.lowercased() }
        func isMentioned(_ words: String...) -> Bool {
            types.contains { type in words.contains { type.contains($0) } }
        }
        var ending = ""
        if case .tag(let tag) = relation { ending = String(tag.split(separator: ".").last ?? "") }
        // A bundle of sigstore says by its predicate whether it is a signature (cosign 3) or an attestation.
        if ending == "sig" || isMentioned("simplesigning", "signature", ".sig.", "cosign/sign") { return .signature }
        if isSaidToBeSBOM { return .sbom }
        if ending == "att" || relation == .buildKit || isMentioned("in-toto", "dsse", "sigstore.bundle", "attestation")
        {
            return .attestation
        }
        return .other
    }
}
