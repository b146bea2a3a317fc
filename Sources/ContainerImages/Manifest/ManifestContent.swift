internal import ByteStreams
internal import StructuredText

/// An index's or a manifest's content: one blob may turn out to be either.
enum ManifestContent {
    case index(IndexEntries)
    case manifest(Manifest)

    /// Tells by the members, because media types are missing from old layouts and wrong in some.
    init(parsing bytes: [UInt8], limits: Limits) throws {
        let reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        if let manifests = try reader.readers("manifests") {
            self = .index(try IndexEntries(manifests))
        } else if reader.value("fsLayers") != nil {
            throw OldManifest()
        } else {
            self = .manifest(try Manifest(reader))
        }
    }

    /// What an index lists, where nothing but an index will do.
    static func entries(ofIndex bytes: [UInt8], limits: Limits) throws -> IndexEntries {
        let reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        guard let manifests = try reader.readers("manifests") else {
            throw MissingMember(pointer: reader.pointer(to: "manifests"))
        }
        return try IndexEntries(manifests)
    }
}

/// What an index lists.
struct IndexEntries {
    /// An entry with a digest that cannot be computed.
    struct Unknown {
        let digest: UnknownDigest
        /// The name that the index gives it.
        let name: String?
        let platform: Platform?
    }

    private(set) var descriptors: [Descriptor] = []
    /// The entries that nothing can be read of (descriptor.md: implementations should allow unrecognized algorithms).
    private(set) var unknown: [Unknown] = []

    init(_ readers: [MemberReader]) throws {
        for reader in readers {
            do {
                descriptors.append(try Descriptor(reader))
            } catch let digest as UnknownDigest {
                let annotations = try Descriptor.texts(reader, "annotations")
                unknown.append(
                    Unknown(
                        digest: digest, name: annotations["org.opencontainers.image.ref.name"],
                        platform: try reader.reader("platform").map { try Platform($0) }))
            }
        }
    }
}

/// A manifest of Docker's schema 1, which has no configuration and no sizes (distribution, manifest-v2-1.md).
struct OldManifest: Error, CustomStringConvertible {
    var description: String {
        "a Docker manifest of schema 1, which is not read; `docker pull` and `docker push`, or `skopeo copy --format oci`, "
            + "make an image of it that is"
    }
}

/// What a specification demands is not there.
struct MissingMember: Error, CustomStringConvertible {
    let pointer: JSONPointer

    var description: String { "\(pointer): missing" }
}

extension JSONValue {
    /// Without members that are null, which Go's encoder writes for what is absent.
    var withoutNulls: JSONValue {
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
