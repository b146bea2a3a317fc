internal import ByteStreams
internal import CSchemas
internal import SBOMModel
package import StructuredText
internal import Synchronization

/// The schemas that are compiled into the program, ready to use.
package enum ValidationSchemas {
    /// The schemas of all versions of SPDX 2; `2.2` is of documents wrapped in `{"Document": …}`.
    package static func spdx() throws -> JSONSchemaFamily { try families.family(.spdx) }

    /// The schemas of all versions of CycloneDX that have a JSON form.
    package static func cycloneDX() throws -> JSONSchemaFamily { try families.family(.cycloneDX) }

    /// Whether a string names a licence or an exception of SPDX's list, as `license.id` of CycloneDX has to.
    ///
    /// Every release of CycloneDX came with the list of its day, and the lists only ever grew; documents name licences
    /// by newer lists than their version's as a matter of course. One list is taken for all: ours with all that is
    /// deprecated, and the names of 3.28, which the official schemas refer to now.
    package static func isLicense(_ id: String) -> Bool {
        LicenseList.license(id) == id || LicenseList.exception(id) == id || newerLicenses.contains(id)
    }

    /// The schemas of all versions of a family.
    static func family(_ format: DocumentFamily) throws -> JSONSchemaFamily { try families.family(format) }

    static func schema(_ format: DocumentFamily, version: String, isStrict: Bool) throws -> JSONSchema {
        try families.schema(format, version: version, isStrict: isStrict)
    }

    private static let families = SchemaCache()

    private static let newerLicenses: Set<String> = Set(
        """
        Advanced-Cryptics-Dictionary ALGLIB-Documentation BOLA-1.1 BSD-3-Clause-Tso BSD-Mark-Modifications Buddy
        CAPEC-tou Classpath-exception-2.0-short ESA-PL-permissive-2.4 ESA-PL-strong-copyleft-2.4
        ESA-PL-weak-copyleft-2.4 HPND-sell-variant-critical-systems HPND-SMC hyphen-bulgarian ISO-permission
        kvirc-openssl-exception MIT-STK MMPL-1.0.1 NIST-PD-TNT OpenMDW-1.0 OSC-1.0 OSSP ParaType-Free-Font-1.3
        rsync-linking-exception SGMLUG-PM Simple-Library-Usage-exception sqlitestudio-OpenSSL-exception TekHVC UnRAR
        Vixie-Cron WordNet WTFNMFPL X11-no-permit-persons
        """.split(whereSeparator: \.isWhitespace).map { String($0) })
}

/// Schemas that were asked for before; a class, because they are made when first asked for, from whatever thread.
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
            let family = try JSONSchemaFamily(try JSONValue(parsing: Self.bytes(format), limits: Limits()))
            families[format] = family
            return family
        }
    }

    func schema(_ format: DocumentFamily, version: String, isStrict: Bool) throws -> JSONSchema {
        let key = Key(format: format, version: version, isStrict: isStrict)
        if let schema = schemas.withLock({ $0[key] }) { return schema }
        let plain = try family(format).schema(version: version, isStrict: isStrict)
        let schema = try JSONSchema(
            compiling: plain, vocabularies: ["spdx-license-id": { ValidationSchemas.isLicense($0) }])
        schemas.withLock { $0[key] = schema }
        return schema
    }

    private static func bytes(_ format: DocumentFamily) -> [UInt8] {
        // SAFETY: both are arrays of the program that never change, of exactly these lengths.
        switch format {
        case .spdx:
            unsafe Array(UnsafeBufferPointer(start: sbomkit_spdx_schema(), count: sbomkit_spdx_schema_length()))
        case .cycloneDX:
            unsafe Array(
                UnsafeBufferPointer(start: sbomkit_cyclonedx_schema(), count: sbomkit_cyclonedx_schema_length()))
        }
    }
}
