internal import ByteStreams
internal import StructuredText

/// An image manifest (OCI image-spec, manifest.md; Docker's schema 2).
package struct Manifest: Sendable, Hashable {
    package var mediaType: String
    package var artifactType: String?
    package var config: Descriptor?
    package var layers: [Descriptor]
    package var annotations: [String: String]
    /// What the manifest is about, as it says itself (OCI 1.1, manifest.md, `subject`).
    package var subject: Descriptor?

    init(_ reader: MemberReader) throws {
        mediaType = try reader.string("mediaType") ?? ""
        artifactType = try reader.string("artifactType")
        // An image is an image whatever it says here; one that says it wrongly is attached to nothing.
        subject = try? reader.reader("subject").map { try Descriptor($0) }
        annotations = try Descriptor.texts(reader, "annotations")
        config = try reader.reader("config").map { try Descriptor($0) }
        // The artifact manifest of OCI 1.1's release candidates, which ORAS wrote, has `blobs`.
        let blobs = config == nil && artifactType != nil ? "blobs" : "layers"
        guard let layers = try reader.readers("layers") ?? reader.readers(blobs) else {
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
