internal import SBOMFormats

/// A format of documents, in a version of it.
public enum DocumentFormat: Sendable, Hashable {
    /// SPDX JSON.
    case spdxJSON(SPDXVersion)
    /// SPDX tag-value.
    case spdxTagValue(SPDXVersion)
    /// CycloneDX JSON.
    case cycloneDX(CycloneDXVersion)
    /// CycloneDX XML.
    case cycloneDXXML(CycloneDXVersion)

    /// SPDX 2.3 JSON.
    public static let spdx = DocumentFormat.spdxJSON(.v2_3)

    // These are types of their own, because the codecs belong to the package alone: if their types were in this interface,
    // all that the codecs know of a version would be public with them. A test compares the lists.

    /// The versions of SPDX that are written.
    public enum SPDXVersion: String, Sendable, Hashable, CaseIterable {
        case v2_2 = "2.2"
        case v2_3 = "2.3"

        /// The version of the codecs.
        var spelled: SBOMFormats.SPDXVersion {
            switch self {
            case .v2_2: .v2_2
            case .v2_3: .v2_3
            }
        }
    }

    /// The versions of CycloneDX that are written.
    public enum CycloneDXVersion: String, Sendable, Hashable, CaseIterable {
        case v1_2 = "1.2"
        case v1_3 = "1.3"
        case v1_4 = "1.4"
        case v1_5 = "1.5"
        case v1_6 = "1.6"
        case v1_7 = "1.7"

        /// The version of the codecs.
        var spelled: SBOMFormats.CycloneDXVersion {
            switch self {
            case .v1_2: .v1_2
            case .v1_3: .v1_3
            case .v1_4: .v1_4
            case .v1_5: .v1_5
            case .v1_6: .v1_6
            case .v1_7: .v1_7
            }
        }
    }

    /// Reads `spdx`, `spdx-tag-value`, `cyclonedx` and `cyclonedx-xml`, each with `@VERSION` or without; then SPDX is 2.3
    /// and CycloneDX 1.6.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let version = parts.count > 1 ? String(parts[1]) : nil
        let spdx = SPDXVersion(rawValue: version ?? "2.3")
        let cycloneDX = CycloneDXVersion(rawValue: version ?? "1.6")
        switch (String(parts[0]), spdx, cycloneDX) {
        case ("spdx", let version?, _): self = .spdxJSON(version)
        case ("spdx-tag-value", let version?, _): self = .spdxTagValue(version)
        case ("cyclonedx", _, let version?): self = .cycloneDX(version)
        case ("cyclonedx-xml", _, let version?): self = .cycloneDXXML(version)
        default: return nil
        }
    }

    /// How the formats are spelled on the command line.
    public static let spellings =
        ["spdx", "spdx-tag-value"].flatMap { name in
            [name] + SPDXVersion.allCases.map { "\(name)@\($0.rawValue)" }
        }
        + ["cyclonedx", "cyclonedx-xml"].flatMap { name in
            [name] + CycloneDXVersion.allCases.map { "\(name)@\($0.rawValue)" }
        }

    var target: TargetFormat {
        switch self {
        case .spdxJSON(let version): .spdx(version.spelled, .json)
        case .spdxTagValue(let version): .spdx(version.spelled, .tagValue)
        case .cycloneDX(let version): .cycloneDX(version.spelled, .json)
        case .cycloneDXXML(let version): .cycloneDX(version.spelled, .xml)
        }
    }
}
