package import ByteStreams
internal import StructuredText

/// The part of an image's configuration that is of interest here (OCI image-spec, config.md).
package struct ImageConfiguration: Sendable, Hashable {
    /// When the image was made, as written (RFC 3339).
    package var created: String?
    package var platform: Platform
    package var labels: [String: String]
    package var diffIDs: [ContentDigest]
    /// What was done to make the image, the oldest step first; empty if that is not stated.
    package var history: [BuildStep]

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
        // An image can be read without its history; a history that is no list of objects is ignored.
        if case .array(let steps) = reader.value("history") {
            let objects = steps.compactMap(\.objectContent)
            history = objects.count == steps.count ? objects.map(BuildStep.init) : []
        } else {
            history = []
        }
    }

    /// The step that made each layer, the lowest first; empty if the history does not have one step for each layer.
    ///
    /// Builders leave out steps, and squashing leaves more steps than layers. Then nothing says which step made which layer.
    package var layerSteps: [BuildStep] {
        let steps = history.filter { !$0.isEmptyLayer }
        return steps.count == diffIDs.count ? steps : []
    }
}

/// A step of building an image (OCI image-spec, config.md, `history`).
package struct BuildStep: Sendable, Hashable {
    /// The command, as the builder wrote it; nil if it is missing or empty.
    package var createdBy: String?
    /// When the step was made, as written (RFC 3339).
    package var created: String?
    /// What the builder says of the step; nil if it is missing or empty.
    package var comment: String?
    /// Whether the step made no layer, such as one that sets a variable.
    package var isEmptyLayer: Bool

    /// Members of another type are passed over.
    init(_ object: JSONObject) {
        func text(_ name: String) -> String? {
            guard let text = object.text(name), !text.isEmpty else { return nil }
            return text
        }
        createdBy = text("created_by")
        created = text("created")
        comment = text("comment")
        isEmptyLayer = object["empty_layer"] == .bool(true)
    }
}
