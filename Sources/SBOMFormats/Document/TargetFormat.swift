/// A family of SBOM formats, whose versions share one model.
package enum DocumentFamily: String, Sendable, Hashable, CaseIterable {
    case spdx = "SPDX"
    case cycloneDX = "CycloneDX"
}

/// A syntax of documents.
package enum DocumentSyntax: String, Sendable, Hashable, CaseIterable {
    case json = "JSON"
    case xml = "XML"
    case tagValue = "tag-value"
}

/// The versions of SPDX that are read and written, in their order.
package enum SPDXVersion: String, Sendable, CaseIterable, Comparable {
    case v2_2 = "2.2"
    case v2_3 = "2.3"

    package static func < (left: SPDXVersion, right: SPDXVersion) -> Bool { left.minor < right.minor }

    /// The number after `2.`.
    private var minor: Int {
        switch self {
        case .v2_2: 2
        case .v2_3: 3
        }
    }

    /// The last revision of the JSON Schema of the version.
    ///
    /// SPDX 2.2 documents wrapped in `{"Document": …}` have a schema of their own; those of 2.3 have none.
    package func schemaRevision(isWrapped: Bool) -> String? {
        switch self {
        case .v2_2: isWrapped ? "2.2" : "2.2.2"
        case .v2_3: isWrapped ? nil : "2.3.1"
        }
    }
}

/// The versions of CycloneDX that are read and written, in their order: those that have a JSON form.
package enum CycloneDXVersion: String, Sendable, CaseIterable, Comparable {
    case v1_2 = "1.2"
    case v1_3 = "1.3"
    case v1_4 = "1.4"
    case v1_5 = "1.5"
    case v1_6 = "1.6"
    case v1_7 = "1.7"

    package static func < (left: CycloneDXVersion, right: CycloneDXVersion) -> Bool { left.minor < right.minor }

    /// The number after `1.`.
    private var minor: Int {
        switch self {
        case .v1_2: 2
        case .v1_3: 3
        case .v1_4: 4
        case .v1_5: 5
        case .v1_6: 6
        case .v1_7: 7
        }
    }

    /// The beginning of the XML namespaces of all versions.
    static let namespaceBase = "http://cyclonedx.org/schema/bom/"

    /// The XML namespace of the version.
    var namespace: String { Self.namespaceBase + rawValue }

    /// The beginning of the addresses of all JSON Schemas.
    static let schemaBase = "http://cyclonedx.org/schema/bom-"

    /// The `$schema` that JSON documents of the version name.
    package var schemaAddress: String { "\(Self.schemaBase)\(self == .v1_2 ? "1.2a" : rawValue).schema.json" }
}

extension CaseIterable where Self: RawRepresentable, RawValue == String, AllCases: BidirectionalCollection {
    /// The first and the last version in words: `1.2 to 1.7`.
    package static var span: String { "\(allCases.first?.rawValue ?? "") to \(allCases.last?.rawValue ?? "")" }
}

/// A format to write a document in: a version of a family, and a syntax.
package enum TargetFormat: Sendable, Hashable {
    case spdx(SPDXVersion, DocumentSyntax)
    case cycloneDX(CycloneDXVersion, DocumentSyntax)

    package var family: DocumentFamily {
        switch self {
        case .spdx: .spdx
        case .cycloneDX: .cycloneDX
        }
    }

    /// The version, such as `2.3` or `1.6`.
    package var version: String {
        switch self {
        case .spdx(let version, _): version.rawValue
        case .cycloneDX(let version, _): version.rawValue
        }
    }

    package var syntax: DocumentSyntax {
        switch self {
        case .spdx(_, let syntax), .cycloneDX(_, let syntax): syntax
        }
    }
}
