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
        var reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        created = try reader.takeString("created")
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
