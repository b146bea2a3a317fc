internal import SBOMFormats

/// A format of documents, in a version of it.
public enum DocumentFormat: Sendable, Hashable {
    /// SPDX 2.3 JSON.
    case spdx
    /// CycloneDX JSON.
    case cycloneDX(CycloneDXVersion)
    /// CycloneDX XML.
    case cycloneDXXML(CycloneDXVersion)

    /// The versions of CycloneDX that are written.
    public enum CycloneDXVersion: String, Sendable, Hashable, CaseIterable {
        case v1_4 = "1.4"
        case v1_5 = "1.5"
        case v1_6 = "1.6"
        case v1_7 = "1.7"

        var spelled: CycloneDXEncoder.Version {
            switch self {
            case .v1_4: .v1_4
            case .v1_5: .v1_5
            case .v1_6: .v1_6
            case .v1_7: .v1_7
            }
        }
    }

    /// Reads `spdx`, `cyclonedx`, `cyclonedx-xml`, and the latter two with `@VERSION`; without one CycloneDX is 1.6.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        if name == "spdx", parts.count == 1 {
            self = .spdx
            return
        }
        let version = parts.count == 1 ? CycloneDXVersion.v1_6 : CycloneDXVersion(rawValue: String(parts[1]))
        switch (name, version) {
        case ("cyclonedx", let version?): self = .cycloneDX(version)
        case ("cyclonedx-xml", let version?): self = .cycloneDXXML(version)
        default: return nil
        }
    }

    /// How the formats are spelled on the command line.
    public static let spellings =
        ["spdx"]
        + ["cyclonedx", "cyclonedx-xml"].flatMap { name in
            [name] + CycloneDXVersion.allCases.map { "\(name)@\($0.rawValue)" }
        }
}
