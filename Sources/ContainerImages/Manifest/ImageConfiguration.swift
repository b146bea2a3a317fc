package import ByteStreams
internal import StructuredText

/// The part of an image's configuration that is of interest here (OCI image-spec, config.md).
package struct ImageConfiguration: Sendable, Hashable {
    /// When the image was made, as written (RFC 3339).
    package var created: String?
    package var platform: Platform
    package var labels: [String: String]
    package var diffIDs: [ContentDigest]

    init(parsing bytes: [UInt8], limits: Limits) throws {
        let reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        created = try reader.string("created")
        var labels: [String: String] = [:]
        if case .object(let object) = reader.value("config") {
            let config = MemberReader(object, at: reader.pointer(to: "config"))
            if case .object(let object) = config.value("Labels") {
                for member in object.members {
                    if case .string(let text) = member.value { labels[member.name] = text }
                }
            }
        }
        self.labels = labels
        platform = try Platform(reader)
        guard let rootfs = try reader.reader("rootfs") else {
            throw MissingMember(pointer: reader.pointer(to: "rootfs"))
        }
        let pointer = rootfs.pointer(to: "diff_ids")
        diffIDs = try (rootfs.strings("diff_ids") ?? []).enumerated().map { place, text in
            guard let digest = ContentDigest(text) else {
                throw ShapeError(at: pointer.appending(place), expected: "a sha256 or sha512 digest", .string(text))
            }
            return digest
        }
    }
}
