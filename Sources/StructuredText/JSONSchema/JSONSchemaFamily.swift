/// The schemas of all versions of a format, written as one.
///
/// Parts that all versions share are written once. A schema may state that it exists `since` a version and `until` a
/// version, both included. An element of an array may be an object with these members and the member `is`, which has
/// the actual element or elements. The value of a keyword may be such an object too. For an object `{"versions": […]}`,
/// the first alternative is used that the version has. If the version has none, the member or element is absent. `lax`
/// lists the versions that the format published in a lax and a strict edition. The lax edition leaves objects open and
/// omits everything that is marked `strict`. Schemas/README.md shows examples.
package struct JSONSchemaFamily: Sendable {
    /// The versions, in their order.
    package let versions: [String]
    private let root: JSONObject
    private let laxVersions: [String]

    /// Parses the common form.
    package init(_ value: JSONValue) throws(SchemaError) {
        guard case .object(let root) = value, let versions = Self.texts(root["versions"]) else {
            throw SchemaError(pointer: .root, reason: "names no versions")
        }
        self.root = root
        self.versions = versions
        laxVersions = Self.texts(root["lax"]) ?? []
    }

    /// Whether the version has a lax and a strict edition.
    package func hasStrictEdition(_ version: String) -> Bool { laxVersions.contains(version) }

    /// The plain JSON Schema of a version.
    package func schema(version: String, isStrict: Bool) throws(SchemaError) -> JSONValue {
        guard versions.contains(version), let number = VersionNumber(version) else {
            throw SchemaError(pointer: .root, reason: "there is no version \(version)")
        }
        let edition = Edition(version: number, isLax: laxVersions.contains(version) && !isStrict)
        var schema = JSONObject()
        for name in ["$schema", "$ref", "definitions"] {
            guard let value = root[name] else { continue }
            if let value = try edition.derive(value, isMap: name == "definitions", depth: 0) {
                schema.append(name, value)
            }
        }
        return .object(schema)
    }

    private static func texts(_ value: JSONValue?) -> [String]? {
        guard case .array(let items) = value else { return nil }
        return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}

/// One version of the common form.
private struct Edition {
    let version: VersionNumber
    let isLax: Bool

    /// The part of a value that the version has, or nil.
    ///
    /// The members of a map are names of the format, not our keywords.
    func derive(_ value: JSONValue, isMap: Bool, depth: Int) throws(SchemaError) -> JSONValue? {
        guard depth < 100 else { throw SchemaError(pointer: .root, reason: "is nested too deep") }
        switch value {
        case .null, .bool, .number, .string: return value
        case .array(let items):
            var derived: [JSONValue] = []
            for item in items {
                guard let one = try derive(item, isMap: false, depth: depth + 1) else { continue }
                if case .object(let object) = item, object["is"] != nil, case .array(let several) = one {
                    derived += several
                } else {
                    derived.append(one)
                }
            }
            return .array(derived)
        case .object(let object):
            if !isMap {
                guard has(object) else { return nil }
                if let content = object["is"] { return try derive(content, isMap: false, depth: depth + 1) }
                if case .array(let alternatives) = object["versions"] {
                    for alternative in alternatives {
                        if let one = try derive(alternative, isMap: false, depth: depth + 1) { return one }
                    }
                    return nil
                }
            }
            var derived = JSONObject()
            for member in object.members {
                if !isMap {
                    if ["since", "until", "strict"].contains(member.name) { continue }
                    if isLax, member.name == "additionalProperties", member.value == false { continue }
                }
                let isMap = !isMap && ["properties", "definitions", "patternProperties"].contains(member.name)
                guard let value = try derive(member.value, isMap: isMap, depth: depth + 1) else { continue }
                if member.name == "required", value == [] { continue }
                derived.append(member.name, value)
            }
            return .object(derived)
        }
    }

    private func has(_ object: JSONObject) -> Bool {
        if isLax, object["strict"] == true { return false }
        // If one of the two is absent, there is no bound on that side.
        if case .string(let text) = object["since"], let since = VersionNumber(text), version < since { return false }
        if case .string(let text) = object["until"], let until = VersionNumber(text), until < version { return false }
        return true
    }
}
