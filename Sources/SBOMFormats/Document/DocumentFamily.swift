/// A family of SBOM formats, whose versions share one model.
package enum DocumentFamily: String, Sendable, Hashable {
    case spdx = "SPDX"
    case cycloneDX = "CycloneDX"
}

/// The versions of CycloneDX that have a JSON form.
package enum CycloneDXVersion: String, Sendable, CaseIterable, Comparable {
    case v1_2 = "1.2"
    case v1_3 = "1.3"
    case v1_4 = "1.4"
    case v1_5 = "1.5"
    case v1_6 = "1.6"
    case v1_7 = "1.7"

    package static func < (left: CycloneDXVersion, right: CycloneDXVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The versions of SPDX that are read and written.
package enum SPDXVersion: String, Sendable, CaseIterable, Comparable {
    case v2_2 = "2.2"
    case v2_3 = "2.3"

    package static func < (left: SPDXVersion, right: SPDXVersion) -> Bool { left.rawValue < right.rawValue }
}
