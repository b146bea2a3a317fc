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

    /// The names of the formats, without versions.
    public static let names = ["spdx", "spdx-tag-value", "cyclonedx", "cyclonedx-xml"]

    /// The names that other tools have for the formats (syft, trivy, bom), with the name here.
    private static let aliases = [
        "spdx-json": "spdx", "spdx-tv": "spdx-tag-value", "tag-value": "spdx-tag-value", "cyclonedx-json": "cyclonedx",
        "xml": "cyclonedx-xml",
    ]

    /// Reads the name of a format: one of ``names``, or that of another tool such as `spdx-json`.
    ///
    /// The name can end with `@VERSION`. Without it SPDX is 2.3 and CycloneDX 1.6. Letters count the same in either case.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let version = parts.count > 1 ? String(parts[1]) : nil
        let spdx = SPDXVersion(rawValue: version ?? "2.3")
        let cycloneDX = CycloneDXVersion(rawValue: version ?? "1.6")
        let name = parts[0].lowercased()
        switch (Self.aliases[name] ?? name, spdx, cycloneDX) {
        case ("spdx", let version?, _): self = .spdxJSON(version)
        case ("spdx-tag-value", let version?, _): self = .spdxTagValue(version)
        case ("cyclonedx", _, let version?): self = .cycloneDX(version)
        case ("cyclonedx-xml", _, let version?): self = .cycloneDXXML(version)
        default: return nil
        }
    }

    /// The format that the name of a file ends with, in its usual version; nil if the ending names none.
    ///
    /// The endings are `.spdx.json` and `.spdx` (SPDX 2.3 §4.4), and `.cdx.json` and `.cdx.xml` (CycloneDX, "Recognized file
    /// patterns").
    public init?(endingOf path: String) {
        let endings: [(ending: String, name: String)] = [
            (".spdx.json", "spdx"), (".spdx", "spdx-tag-value"), (".cdx.json", "cyclonedx"),
            (".cdx.xml", "cyclonedx-xml"),
        ]
        let path = path.lowercased()
        guard let match = endings.first(where: { path.hasSuffix($0.ending) }) else { return nil }
        self.init(match.name)
    }

    /// Whether another format differs from this one in its version only.
    public func isSameKind(as other: DocumentFormat) -> Bool { name == other.name }

    /// The name of the format, without its version.
    public var name: String {
        switch self {
        case .spdxJSON: "spdx"
        case .spdxTagValue: "spdx-tag-value"
        case .cycloneDX: "cyclonedx"
        case .cycloneDXXML: "cyclonedx-xml"
        }
    }

    /// The name of the format that may be meant by a text that names none, with its version if the text has one that is
    /// written.
    public static func nearest(to text: String) -> String? {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first else { return nil }
        let known = names + aliases.keys.sorted()
        guard let name = known.first(where: { $0 == first.lowercased() }) ?? Spelling.nearest(to: first, among: known)
        else { return nil }
        let versioned = parts.count > 1 ? "\(name)@\(parts[1])" : name
        return DocumentFormat(versioned) == nil ? name : versioned
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

extension DocumentFormat: CustomStringConvertible {
    /// The name with the version, such as `cyclonedx@1.6`.
    public var description: String {
        switch self {
        case .spdxJSON(let version), .spdxTagValue(let version): "\(name)@\(version.rawValue)"
        case .cycloneDX(let version), .cycloneDXXML(let version): "\(name)@\(version.rawValue)"
        }
    }
}
