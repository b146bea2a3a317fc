/// An entry of a bill of materials: an image, an operating system, a package, a file.
package struct Element: Sendable, Hashable {
    /// The text after `SPDXRef-`: letters, digits, dots and hyphens (SPDX 2.3 §3.2).
    package typealias ID = String

    /// The primary purpose of a package (SPDX 2.3 §7.24).
    package enum Purpose: String, Sendable, Hashable, CaseIterable {
        case application = "APPLICATION"
        case framework = "FRAMEWORK"
        case library = "LIBRARY"
        case container = "CONTAINER"
        case operatingSystem = "OPERATING-SYSTEM"
        case device = "DEVICE"
        case firmware = "FIRMWARE"
        case source = "SOURCE"
        case archive = "ARCHIVE"
        case file = "FILE"
        case install = "INSTALL"
        case other = "OTHER"
    }

    /// A digest of the content of an element (SPDX 2.3 §7.10).
    package struct Checksum: Sendable, Hashable {
        /// The name of the algorithm in SPDX: `SHA256`.
        package var algorithm: String
        /// Lower-case hexadecimal.
        package var value: String

        package init(algorithm: String, value: String) {
            self.algorithm = algorithm
            self.value = value
        }
    }

    /// A reference to the element in another system (SPDX 2.3 §7.21).
    package struct ExternalReference: Sendable, Hashable {
        /// `SECURITY`, `PACKAGE-MANAGER`, `PERSISTENT-ID` or `OTHER`.
        package var category: String
        /// The kind of locator: `purl`, `cpe22Type`.
        package var type: String
        package var locator: String

        package init(category: String, type: String, locator: String) {
            self.category = category
            self.type = type
            self.locator = locator
        }
    }

    /// A name and a value for which the formats have no field.
    package struct Property: Sendable, Hashable {
        /// The origin of the name.
        package enum Origin: Sendable, Hashable {
            /// A name of the tool that created the document: `LayerDiffID`, `LayerDigest`, `Labels:KEY`.
            ///
            /// It is written as an annotation of the tool in SPDX, and as a property in the namespace of a tool in
            /// CycloneDX.
            case tool
            /// Any other name: the full name of a CycloneDX property.
            case other
            /// Readers of CycloneDX: the full name of a property that SPDX does not have, because it repeats for each package what
            /// its readers do not look for.
            case cycloneDX
        }

        /// The name of a property of ours with the license of some of the files: `EXPRESSION: PATTERN PATTERN`.
        package static let licenseOfFiles = "LicenseOfFiles"
        /// The name of a property of ours with the path of the file that shows the package, without a leading slash; trivy
        /// reads it.
        package static let filePath = "FilePath"
        /// The name of a property of ours with the path inside that file.
        package static let member = "Member"
        /// The name of a property of ours with the way in which the package was found (CycloneDX 1.6,
        /// `evidence.identity.methods.technique`).
        package static let foundBy = "FoundBy"

        package var origin: Origin
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String, _ origin: Origin = .tool) {
            self.origin = origin
            self.name = name
            self.value = value
        }
    }

    /// The two kinds of element in SPDX; CycloneDX has components for both.
    package enum Form: Sendable, Hashable {
        /// A unit of software that is distributed (SPDX 2.3 §7).
        case package
        /// A file with a known digest (SPDX 2.3 §8).
        case file
    }

    package var id: ID
    package var form = Form.package
    /// The namespace of the name: a Maven group, an npm scope (CycloneDX `component.group`).
    package var group: String?
    package var name: String
    package var version: String?
    package var purpose: Purpose?
    package var supplier: Actor?
    package var originator: Actor?
    package var homepage: String?
    /// The address to download it from (SPDX 2.3 §7.7).
    package var downloadLocation: String?
    /// The package URL as the document states it; it need not parse.
    package var packageURL: String?
    package var externalReferences: [ExternalReference] = []
    package var checksums: [Checksum] = []
    /// The origin of the information about the element (SPDX 2.3 §7.12).
    package var sourceInfo: String?
    package var summary: String?
    package var description: String?
    package var comment: String?
    /// The license expression that the authors of the element declare (SPDX 2.3 §7.15).
    package var licenseDeclared: String?
    /// The license expression that the creators of the document concluded (SPDX 2.3 §7.13, §8.5).
    package var licenseConcluded: String?
    /// The copyright notice of the element, verbatim (SPDX 2.3 §7.17).
    package var copyright: String?
    /// The name of the file that the package is distributed as (SPDX 2.3 §7.4).
    package var packageFileName: String?
    /// Whether the files of the package were analyzed (SPDX 2.3 §7.8).
    package var filesAnalyzed = false
    /// The verification code of the files of the package (SPDX 2.3 §7.9); only a package whose files were analyzed has one.
    package var verificationCode: String?
    /// The names of the files that the verification code leaves out.
    package var filesExcludedFromCode: [String] = []
    /// Remarks about the license (SPDX 2.3 §7.16, §8.7).
    package var licenseComments: String?
    /// The notice in a file (SPDX 2.3 §8.10).
    package var noticeText: String?
    /// The types of a file (SPDX 2.3 §8.3).
    package var fileTypes: [String] = []
    /// The time the package was built (SPDX 2.3 §7.26).
    package var builtDate: String?
    /// The time the package was released (SPDX 2.3 §7.25).
    package var releaseDate: String?
    /// The end of the support of the package (SPDX 2.3 §7.27).
    package var validUntilDate: String?
    /// The values that have no field of their own, in the order of the document.
    package var properties: [Property] = []

    /// The value of the first property of ours with that name.
    package func value(of name: String) -> String? {
        properties.first { $0.origin == .tool && $0.name == name }?.value
    }

    /// SPDX's value for unknown information (SPDX 2.3 §7.5).
    package static let noAssertion = "NOASSERTION"

    package init(id: ID, name: String) {
        self.id = id
        self.name = name
    }

    /// The text with a hyphen in place of each character that an SPDX identifier cannot have (SPDX 2.3 §3.2).
    package static func word(_ text: String) -> String {
        String(
            decoding: text.utf8.map { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"): byte
                default: UInt8(ascii: "-")
                }
            }, as: UTF8.self)
    }
}
