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
    /// The content itself, not verified; nil if the descriptor does not have it (`data`), or not in Base64.
    package var data: [UInt8]?

    /// A descriptor of a blob that no manifest describes.
    init(mediaType: String, digest: ContentDigest, size: Int) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        annotations = [:]
        hasForeignURLs = false
    }

    init(_ reader: MemberReader) throws {
        let pointer = reader.pointer(to: "digest")
        guard let text = try reader.string("digest") else { throw MissingMember(pointer: pointer) }
        guard let digest = ContentDigest(text) else {
            if let unknown = UnknownDigest(text) { throw unknown }
            throw ShapeError(at: pointer, expected: "a sha256 or sha512 digest", .string(text))
        }
        self.digest = digest
        guard let size = try reader.integer("size") else {
            throw MissingMember(pointer: reader.pointer(to: "size"))
        }
        guard size >= 0 else {
            throw ShapeError(at: reader.pointer(to: "size"), expected: "a number of bytes", .number(JSONNumber(size)))
        }
        self.size = size
        mediaType = try reader.string("mediaType") ?? ""
        artifactType = try reader.string("artifactType")
        annotations = try Self.texts(reader, "annotations")
        hasForeignURLs = try !(reader.array("urls") ?? []).isEmpty
        if case .string(let text) = reader.value("data") { data = Base64.decoded(text) }
        if let platform = try reader.reader("platform") { self.platform = try Platform(platform) }
    }

    /// An object of strings; other values are skipped, because no reader depends on them.
    static func texts(_ reader: MemberReader, _ name: String) throws -> [String: String] {
        var result: [String: String] = [:]
        for member in try reader.object(name)?.members ?? [] {
            if case .string(let text) = member.value { result[member.name] = text }
        }
        return result
    }

    /// The blob that a descriptor refers to, without its other members.
    struct Blob: Hashable {
        let digest: ContentDigest
        let size: Int
    }

    var blob: Blob { Blob(digest: digest, size: size) }

    /// The name that an index gives to a manifest.
    ///
    /// containerd writes the whole reference in addition to the tag, and only there.
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

extension Descriptor {
    /// Whether a media type names a layer of a root file system; what says nothing may be one.
    package var isImageLayer: Bool {
        mediaType.isEmpty || mediaType.contains("image.layer.") || mediaType.contains("image.rootfs.")
            || mediaType == "application/octet-stream" || mediaType.hasSuffix("tar+gzip") && !mediaType.contains("helm")
    }

    /// Whether an index says that the manifest is about another one in it (BuildKit, attestation-storage.md).
    var isAttestation: Bool {
        annotations["vnd.docker.reference.type"] != nil
            || platform.map { $0.os == "unknown" && $0.architecture == "unknown" } ?? false
    }

    /// The manifest that an attestation is about, as written.
    var attestedDigest: String? { annotations["vnd.docker.reference.digest"] }

    /// Whether the media type is that of an image's configuration.
    var isConfiguration: Bool {
        mediaType == "application/vnd.oci.image.config.v1+json"
            || mediaType == "application/vnd.docker.container.image.v1+json"
    }

    /// Whether the media type is that of an index.
    var isIndex: Bool {
        mediaType == "application/vnd.oci.image.index.v1+json"
            || mediaType == "application/vnd.docker.distribution.manifest.list.v2+json"
    }

    /// Whether the layer is encrypted (OCI image-spec's `+encrypted` suffix, ocicrypt).
    package var isEncrypted: Bool { mediaType.hasSuffix("+encrypted") }

    /// Whether the layer may be absent because it must not be distributed (layer.md, "Non-Distributable Layers").
    package var isNondistributable: Bool {
        hasForeignURLs || mediaType.contains("nondistributable") || mediaType.contains("rootfs.foreign.")
    }
}

/// A digest in the form of all digests, by an algorithm that is not computed here (OCI image-spec, descriptor.md, "Digests").
struct UnknownDigest: Error, CustomStringConvertible {
    /// The digest, as it is written.
    let text: String

    /// Nil if the text has not the form of a digest, or its algorithm is known.
    init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let algorithm = text[..<colon]
        let value = text[text.index(after: colon)...]
        let parts = algorithm.utf8.split(omittingEmptySubsequences: false) { "+._-".utf8.contains($0) }
        func isLowercase(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || byte.isASCIIDigit }
        func isOfValue(_ byte: UInt8) -> Bool {
            isLowercase(byte) || (0x41...0x5A).contains(byte) || "=_-".utf8.contains(byte)
        }
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isLowercase) }), !value.isEmpty,
            value.utf8.allSatisfy(isOfValue), ContentDigest.Algorithm(rawValue: String(algorithm)) == nil
        else { return nil }
        self.text = text
    }

    var description: String { "the digest algorithm of \(text) is not known" }
}
