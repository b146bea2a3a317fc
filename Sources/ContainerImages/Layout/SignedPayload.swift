internal import ByteStreams
internal import StructuredText

/// What a signature of cosign says it signs (containers/image, signature formats, "JSON data format").
///
/// Whether the signature is right is not known: nothing is verified here.
package struct SignedPayload: Sendable, Hashable {
    /// The media type of a blob that is such a payload.
    package static let mediaType = "application/vnd.dev.cosign.simplesigning.v1+json"

    /// The digest of the manifest, as written; nil if it is missing.
    package let digest: String?
    /// The name of the image; nil if it is missing or empty.
    package let reference: String?
    /// The kind of the signature, such as `cosign container image signature`; nil if it is missing.
    package let type: String?

    init(parsing bytes: [UInt8], limits: Limits) throws {
        let root = try MemberReader(JSONValue(parsing: bytes, limits: limits), at: .root)
        guard let critical = try root.reader("critical") else {
            throw MissingMember(pointer: root.pointer(to: "critical"))
        }
        type = try critical.string("type")
        digest = try critical.reader("image")?.string("docker-manifest-digest")
        let reference = try critical.reader("identity")?.string("docker-reference")
        self.reference = reference?.isEmpty == false ? reference : nil
    }
}
