internal import ByteStreams
internal import SBOMModel

/// The types of external references, and the form of their locators (SPDX 2.3 §7.21, annex F).
enum SPDXReferenceForm: String, CaseIterable {
    case cpe22 = "cpe22Type"
    case cpe23 = "cpe23Type"
    case advisory, fix, url, swid
    case mavenCentral = "maven-central"
    case npm, nuget, bower, purl
    case swh, gitoid

    /// The category that the type belongs to, with a hyphen.
    var category: String {
        switch self {
        case .cpe22, .cpe23, .advisory, .fix, .url, .swid: "SECURITY"
        case .mavenCentral, .npm, .nuget, .bower, .purl: "PACKAGE-MANAGER"
        case .swh, .gitoid: "PERSISTENT-ID"
        }
    }

    /// Whether the type is new in SPDX 2.3.
    var isNew: Bool {
        switch self {
        case .advisory, .fix, .url, .swid, .gitoid: true
        case .cpe22, .cpe23, .mavenCentral, .npm, .nuget, .bower, .purl, .swh: false
        }
    }

    /// The expected locator, for messages.
    var expected: String {
        switch self {
        case .cpe22: "a CPE name as a URI"
        case .cpe23: "a CPE name as a formatted string"
        case .advisory, .fix, .url: "a URL"
        case .swid: "a URI with the scheme swid"
        case .mavenCentral: "group:artifact or group:artifact:version"
        case .npm: "package@version"
        case .nuget: "package/version"
        case .bower: "package#version"
        case .purl: "a package URL"
        case .swh: "\"swh:1:\", a kind of object, a colon and 40 hexadecimal digits without capitals"
        case .gitoid: "\"gitoid:\", a kind of object, a hash function and its digits"
        }
    }

    /// Whether a locator has the form of the type.
    ///
    /// Package URLs are judged by a rule of their own.
    func accepts(_ locator: String) -> Bool {
        switch self {
        case .cpe22: CPEName(parsing: locator)?.form == .uri
        case .cpe23: CPEName(parsing: locator)?.form == .formattedString
        case .advisory, .fix, .url: AbsoluteURI(locator) != nil
        case .swid: AbsoluteURI(locator)?.scheme.lowercased() == "swid"
        case .mavenCentral: Self.parts(locator, ":", 2...3)
        case .npm: Self.parts(locator, "@", 2...2)
        case .nuget: Self.parts(locator, "/", 2...2)
        case .bower: Self.parts(locator, "#", 2...2)
        case .purl: true
        case .swh: Self.isSoftwareHeritage(locator)
        case .gitoid: Self.isGitObject(locator)
        }
    }

    private static func parts(_ text: String, _ separator: Unicode.Scalar, _ count: ClosedRange<Int>) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
        return count.contains(parts.count) && !parts.contains { $0.isEmpty }
    }

    private static func isSoftwareHeritage(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "swh" && parts[1] == "1"
            && ["cnt", "dir", "rev", "rel", "snp"].contains(parts[2]) && parts[3].utf8.count == 40
            && parts[3].utf8.allSatisfy { $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    private static func isGitObject(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "gitoid", ["blob", "tree", "commit", "tag"].contains(parts[1]),
            let length = ["sha1": 40, "sha256": 64][parts[2]]
        else { return false }
        return parts[3].utf8.count == length && parts[3].utf8.allSatisfy(\.isASCIIHexDigit)
    }
}
