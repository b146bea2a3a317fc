package import ByteStreams
internal import StructuredText

/// What points to a blob (OCI image-spec, descriptor.md).
package struct Descriptor: Sendable, Hashable {
    /// As written; empty where there is none, as in some old layouts.
    package var mediaType: String
    package var digest: ContentDigest
    /// In bytes.
    package var size: Int
    package var platform: Platform?
    package var artifactType: String?
    package var annotations: [String: String]
    /// Whether the content may be fetched from somewhere else only (`urls`).
    package var hasForeignURLs: Bool

    init(_ reader: MemberReader) throws {
        var reader = reader
        let pointer = reader.pointer(to: "digest")
        guard let text = try reader.takeString("digest") else { throw MissingMember(pointer: pointer) }
        guard let digest = ContentDigest(text) else {
            throw ShapeError(at: pointer, expected: "a sha256 or sha512 digest", .string(text))
        }
        self.digest = digest
        guard let size = try reader.takeInt("size") else {
            throw MissingMember(pointer: reader.pointer(to: "size"))
        }
        guard size >= 0 else {
            throw ShapeError(at: reader.pointer(to: "size"), expected: "a number of bytes", .number(JSONNumber(size)))
        }
        self.size = size
        mediaType = try reader.takeString("mediaType") ?? ""
        artifactType = try reader.takeString("artifactType")
        annotations = try Self.texts(&reader, "annotations")
        hasForeignURLs = try !(reader.takeArray("urls") ?? []).isEmpty
        if var platform = try reader.takeReader("platform") { self.platform = try Platform(&platform) }
    }

    /// An object of strings; what is no string is passed over, because no reader depends on it.
    static func texts(_ reader: inout MemberReader, _ name: String) throws -> [String: String] {
        var result: [String: String] = [:]
        for member in try reader.takeObject(name)?.members ?? [] {
            if case .string(let text) = member.value { result[member.name] = text }
        }
        return result
    }

    /// The blob that is meant, whatever else is said about it.
    struct Blob: Hashable {
        let digest: ContentDigest
        let size: Int
    }

    var blob: Blob { Blob(digest: digest, size: size) }

    /// The name that an index gives to a manifest.
    ///
    /// containerd writes the whole reference beside the tag, and only there.
    package var referenceName: String? {
        annotations["org.opencontainers.image.ref.name"]
    }

    /// The whole reference of the image, with registry and repository, where whoever wrote the index left it.
    package var fullReference: String? {
        if let name = annotations["io.containerd.image.name"] { return name }
        guard let name = referenceName, name.contains("/") else { return nil }
        return name
    }
}

/// What a specification demands is not there.
struct MissingMember: Error, CustomStringConvertible {
    let pointer: JSONPointer

    var description: String { "\(pointer): missing" }
}

/// What an image runs on (OCI image-spec, image-index.md; config.md).
package struct Platform: Sendable, Hashable, CustomStringConvertible {
    package var os: String
    package var architecture: String
    package var variant: String?

    init(_ reader: inout MemberReader) throws {
        os = try reader.takeString("os") ?? ""
        architecture = try reader.takeString("architecture") ?? ""
        variant = try reader.takeString("variant")
        if variant?.isEmpty == true { variant = nil }
    }

    package init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// Reads `os/architecture[/variant]`; nil if it has another form.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// Whether it says nothing.
    var isEmpty: Bool { os.isEmpty && architecture.isEmpty }

    package var description: String {
        guard !isEmpty else { return "no platform" }
        return ([os, architecture] + (variant.map { [$0] } ?? [])).joined(separator: "/")
    }

    /// Whether an image for `other` runs where this is asked for.
    ///
    /// The variant counts only where both name one; `v8` is what an unnamed variant of arm64 means.
    package func accepts(_ other: Platform) -> Bool {
        guard os == other.os, architecture == other.architecture else { return false }
        guard let variant else { return true }
        let implied = other.architecture == "arm64" ? "v8" : nil
        guard let theirs = other.variant ?? implied else { return true }
        return variant == theirs
    }

    /// The platform of this machine.
    package static var host: Platform {
        #if arch(x86_64)
            Platform(os: "linux", architecture: "amd64")
        #elseif arch(arm64)
            Platform(os: "linux", architecture: "arm64")
        #elseif arch(i386)
            Platform(os: "linux", architecture: "386")
        #elseif arch(arm)
            Platform(os: "linux", architecture: "arm")
        #elseif arch(s390x)
            Platform(os: "linux", architecture: "s390x")
        #elseif arch(powerpc64le)
            Platform(os: "linux", architecture: "ppc64le")
        #elseif arch(riscv64)
            Platform(os: "linux", architecture: "riscv64")
        #else
            Platform(os: "linux", architecture: "unknown")
        #endif
    }
}

/// An index's or a manifest's content: one blob may turn out to be either.
enum ManifestContent {
    case index([Descriptor])
    case manifest(Manifest)

    /// Tells by the members, because media types are missing from old layouts and wrong in some.
    init(parsing bytes: [UInt8], limits: Limits) throws {
        var reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        if let manifests = try reader.takeReaders("manifests") {
            self = .index(try manifests.map { try Descriptor($0) })
        } else {
            self = .manifest(try Manifest(&reader))
        }
    }

    /// What an index lists, where nothing but an index will do.
    static func entries(ofIndex bytes: [UInt8], limits: Limits) throws -> [Descriptor] {
        var reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        guard let manifests = try reader.takeReaders("manifests") else {
            throw MissingMember(pointer: reader.pointer(to: "manifests"))
        }
        return try manifests.map { try Descriptor($0) }
    }
}

/// An image manifest (OCI image-spec, manifest.md; Docker's schema 2).
package struct Manifest: Sendable, Hashable {
    package var mediaType: String
    package var artifactType: String?
    package var config: Descriptor?
    package var layers: [Descriptor]
    package var annotations: [String: String]
    /// What the manifest is about, as it says itself (OCI 1.1, manifest.md, `subject`).
    package var subject: Descriptor?

    init(_ reader: inout MemberReader) throws {
        mediaType = try reader.takeString("mediaType") ?? ""
        artifactType = try reader.takeString("artifactType")
        // An image is an image whatever it says here; one that says it wrongly is attached to nothing.
        subject = try? reader.takeReader("subject").map { try Descriptor($0) }
        annotations = try Descriptor.texts(&reader, "annotations")
        config = try reader.takeReader("config").map { try Descriptor($0) }
        // The artifact manifest of OCI 1.1's release candidates, which ORAS wrote, has `blobs`.
        let blobs = config == nil && artifactType != nil ? "blobs" : "layers"
        guard let layers = try reader.takeReaders("layers") ?? reader.takeReaders(blobs) else {
            throw MissingMember(pointer: reader.pointer(to: config == nil ? "config" : "layers"))
        }
        self.layers = try layers.map { try Descriptor($0) }
    }

    /// What kind of thing the manifest is of, if it is no image; nil for an image.
    ///
    /// Attestations and signatures also have an image's configuration: only their layers tell them from images.
    package var artifactKind: String? {
        guard let config else { return artifactType ?? "a manifest without a configuration" }
        let configTypes = [
            "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json", "",
        ]
        guard configTypes.contains(config.mediaType) else { return artifactType ?? config.mediaType }
        guard layers.isEmpty || layers.contains(where: \.isImageLayer) else {
            return artifactType ?? layers[0].mediaType
        }
        return nil
    }
}

extension Descriptor {
    /// Whether a media type names a layer of a root file system; what says nothing may be one.
    package var isImageLayer: Bool {
        mediaType.isEmpty || mediaType.contains("image.layer.") || mediaType.contains("image.rootfs.")
            || mediaType == "application/octet-stream" || mediaType.hasSuffix("tar+gzip") && !mediaType.contains("helm")
    }

    /// Whether the layer is encrypted (OCI image-spec's `+encrypted` suffix, ocicrypt).
    package var isEncrypted: Bool { mediaType.hasSuffix("+encrypted") }

    /// Whether the layer may be absent because it must not be distributed (layer.md, "Non-Distributable Layers").
    package var isNondistributable: Bool {
        hasForeignURLs || mediaType.contains("nondistributable") || mediaType.contains("rootfs.foreign.")
    }
}

/// The part of an image's configuration that is of interest here (OCI image-spec, config.md).
package struct ImageConfiguration: Sendable, Hashable {
    /// When the image was made, as written (RFC 3339).
    package var created: String?
    package var author: String?
    package var platform: Platform
    package var labels: [String: String]
    package var diffIDs: [ContentDigest]

    init(parsing bytes: [UInt8], limits: Limits) throws {
        var reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        created = try reader.takeString("created")
        author = try reader.takeString("author")
        var labels: [String: String] = [:]
        if case .object(let object) = reader.take("config") {
            var config = MemberReader(object, at: reader.pointer(to: "config"))
            if case .object(let object) = config.take("Labels") {
                for member in object.members {
                    if case .string(let text) = member.value { labels[member.name] = text }
                }
            }
        }
        self.labels = labels
        platform = try Platform(&reader)
        guard var rootfs = try reader.takeReader("rootfs") else {
            throw MissingMember(pointer: reader.pointer(to: "rootfs"))
        }
        let pointer = rootfs.pointer(to: "diff_ids")
        diffIDs = try (rootfs.takeStrings("diff_ids") ?? []).enumerated().map { place, text in
            guard let digest = ContentDigest(text) else {
                throw ShapeError(at: pointer.appending(place), expected: "a sha256 or sha512 digest", .string(text))
            }
            return digest
        }
    }
}

extension JSONValue {
    /// Without members that are null, which Go's encoder writes for what is absent.
    fileprivate var withoutNulls: JSONValue {
        switch self {
        case .object(let object):
            var result = JSONObject()
            for member in object.members {
                if case .null = member.value { continue }
                result.append(member.name, member.value.withoutNulls)
            }
            return .object(result)
        case .array(let values):
            return .array(values.map(\.withoutNulls))
        case .null, .bool, .number, .string:
            return self
        }
    }
}
