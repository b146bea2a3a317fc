internal import SBOMFormats

/// A format of documents, in a version of it.
public enum DocumentFormat: Sendable, Hashable {
    /// SPDX 2.3 JSON.
    case spdx
    /// CycloneDX JSON.
    case cycloneDX(CycloneDXVersion)

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

    /// Reads `spdx`, `cyclonedx` or `cyclonedx@VERSION`; without a version CycloneDX is 1.6.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts[0], parts.count) {
        case ("spdx", 1):
            self = .spdx
        case ("cyclonedx", 1):
            self = .cycloneDX(.v1_6)
        case ("cyclonedx", _):
            guard let version = CycloneDXVersion(rawValue: String(parts[1])) else { return nil }
            self = .cycloneDX(version)
        default:
            return nil
        }
    }

    /// How the formats are spelled on the command line.
    public static let spellings = ["spdx", "cyclonedx"] + CycloneDXVersion.allCases.map { "cyclonedx@\($0.rawValue)" }
}
