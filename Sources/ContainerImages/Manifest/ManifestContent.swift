internal import ByteStreams
internal import StructuredText

/// An index's or a manifest's content: one blob may turn out to be either.
enum ManifestContent {
    case index([Descriptor])
    case manifest(Manifest)

    /// Tells by the members, because media types are missing from old layouts and wrong in some.
    init(parsing bytes: [UInt8], limits: Limits) throws {
        let reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        if let manifests = try reader.readers("manifests") {
            self = .index(try manifests.map { try Descriptor($0) })
        } else {
            self = .manifest(try Manifest(reader))
        }
    }

    /// What an index lists, where nothing but an index will do.
    static func entries(ofIndex bytes: [UInt8], limits: Limits) throws -> [Descriptor] {
        let reader = try MemberReader(JSONValue(parsing: bytes, limits: limits).withoutNulls, at: .root)
        guard let manifests = try reader.readers("manifests") else {
            throw MissingMember(pointer: reader.pointer(to: "manifests"))
        }
        return try manifests.map { try Descriptor($0) }
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
