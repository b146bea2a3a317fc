internal import ByteStreams
package import SBOMFormats
internal import SBOMModel
package import StructuredText
internal import Synchronization

/// The schemas that are compiled into the program, each compiled when it is first used.
package enum ValidationSchemas {
    /// The schemas of all versions of SPDX 2; `2.2` is for documents wrapped in `{"Document": …}`.
    package static func spdx() throws -> JSONSchemaFamily { try families.family(.spdx) }

    /// The schemas of all versions of CycloneDX that have a JSON form.
    package static func cycloneDX() throws -> JSONSchemaFamily { try families.family(.cycloneDX) }

    /// The schemas of all versions of a family.
    static func family(_ format: DocumentFamily) throws -> JSONSchemaFamily { try families.family(format) }

    package static func schema(_ format: DocumentFamily, version: String, isStrict: Bool) throws -> JSONSchema {
        try families.schema(format, version: version, isStrict: isStrict)
    }

    private static let families = SchemaCache()
}

/// The schemas that were used before; a class, because several threads share them.
private final class SchemaCache: Sendable {
    private struct Key: Hashable {
        let format: DocumentFamily
        let version: String
        let isStrict: Bool
    }

    private let families = Mutex<[DocumentFamily: JSONSchemaFamily]>([:])
    private let schemas = Mutex<[Key: JSONSchema]>([:])

    func family(_ format: DocumentFamily) throws -> JSONSchemaFamily {
        try families.withLock { families in
            if let family = families[format] { return family }
            let file =
                switch format {
                case .spdx: SchemaFile.spdx
                case .cycloneDX: SchemaFile.cycloneDX
                }
            let family = try JSONSchemaFamily(try JSONValue(parsing: file.bytes, limits: Limits()))
            families[format] = family
            return family
        }
    }

    func schema(_ format: DocumentFamily, version: String, isStrict: Bool) throws -> JSONSchema {
        let key = Key(format: format, version: version, isStrict: isStrict)
        if let schema = schemas.withLock({ $0[key] }) { return schema }
        let plain = try family(format).schema(version: version, isStrict: isStrict)
        let schema = try JSONSchema(
            compiling: plain, vocabularies: ["spdx-license-id": { LicenseList.isInSchemas($0) }])
        schemas.withLock { $0[key] = schema }
        return schema
    }
}
