internal import ByteStreams
internal import SBOMModel
package import StructuredText
internal import Synchronization

/// The schemas that are compiled into the program, each compiled when it is first used.
package enum ValidationSchemas {
    /// The schemas of all versions of SPDX 2; `2.2` is for documents wrapped in `{"Document": …}`.
    package static func spdx() throws -> JSONSchemaFamily { try families.family(.spdx) }

    /// The schemas of all versions of CycloneDX that have a JSON form.
    package static func cycloneDX() throws -> JSONSchemaFamily { try families.family(.cycloneDX) }

    /// Whether a string is a license or an exception of the SPDX License List, as `license.id` of CycloneDX demands.
    ///
    /// Every release of CycloneDX came with the list of its time, and the list has only grown. Documents commonly use
    /// newer lists than that of their version. One list is used for all versions: ours with all deprecated names, and the
    /// names of 3.28, to which the official schemas refer now.
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
            let family = try JSONSchemaFamily(
                try JSONValue(
                    parsing: format == .spdx ? SchemaFile.spdx.bytes : SchemaFile.cycloneDX.bytes, limits: Limits()))
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
}
