internal import SBOMFormats
internal import StructuredText

/// A JSON document, and the version of the schema for it.
struct ValidationSubject {
    let format: DocumentFamily
    /// The version that the document states: `2.3`, `1.6`.
    let version: String
    /// The version of the schema; for SPDX, its last revision.
    let edition: String
    /// The document without its wrapper; ``pointer`` is its place.
    let content: JSONValue
    let pointer: JSONPointer

    init(_ root: JSONValue) throws(ValidationError) {
        let identity: DocumentIdentity
        do throws(DocumentError) {
            identity = try DocumentIdentity(root)
            try identity.admitVersion()
        } catch {
            throw ValidationError(error)
        }
        format = identity.family
        version = identity.version
        switch identity.family {
        case .spdx:
            guard
                let edition = SPDXVersion(rawValue: identity.version)?.schemaRevision(isWrapped: identity.isWrapped)
            else {
                let versions = SPDXVersion.allCases.map { "SPDX-\($0.rawValue)" }.joined(separator: " or ")
                let found = "SPDX-\(DocumentViolation.shortened(identity.version))"
                throw ValidationError(
                    code: .unknownVersion, place: nil,
                    reason: "expected \(versions), found \(identity.version.isEmpty ? "no version" : "\"\(found)\"")")
            }
            self.edition = edition
        case .cycloneDX:
            guard CycloneDXVersion(rawValue: identity.version) != nil else {
                let found = DocumentViolation.shortened(identity.version)
                throw ValidationError(
                    code: .unknownVersion, place: nil,
                    reason: "expected CycloneDX \(CycloneDXVersion.span), found version \(found)")
            }
            edition = identity.version
        }
        if identity.isWrapped, let inner = root.objectContent?["Document"] {
            content = inner
            pointer = .root.appending("Document")
        } else {
            content = root
            pointer = .root
        }
    }
}
