/// A software bill of materials in terms of no particular format: elements, and relationships between them.
///
/// Order is kept everywhere, because it is the order of the output. Nothing here is derived: what an encoder writes
/// stands in the value, and what is not known is absent.
package struct BillOfMaterials: Sendable, Hashable {
    /// The document's name (SPDX 2.3 §6.4).
    package var name: String
    /// What tells this document from all others: a UUID derived from its content, in lower case.
    package var uuid: String
    /// What the URI that identifies the document begins with; name and UUID follow (SPDX 2.3 §6.5).
    package var namespaceBase: String
    /// When it was made: `YYYY-MM-DDThh:mm:ssZ` (SPDX 2.3 §6.9).
    package var created: String
    /// Who made it, beside the tool (SPDX 2.3 §6.8).
    package var creators: [Actor]
    /// What made it.
    package var tool: Tool
    /// How it came about: the SBOM type, and whatever a reader must know of the making (SPDX 2.3 §6.10).
    package var creatorComment: String?
    /// What a reader must know of the content (SPDX 2.3 §6.11).
    package var comment: String?
    /// What the document is about.
    package var roots: [Element.ID]
    /// Packages and other things, each with an identifier of its own.
    package var elements: [Element]
    /// How the elements stand to each other; those from the document to its ``roots`` are not among them.
    package var relationships: [Relationship]
    /// The texts of licences that are not on SPDX's list (SPDX 2.3 §10).
    package var extractedLicenses: [ExtractedLicense] = []
    /// Whether the list of elements and relationships is known to be whole.
    package var completeness: Completeness

    /// The elements that need something that is not listed, beside what is.
    package var incompleteDependencies: [Element.ID] = []
    /// The elements of which nobody knows what they need.
    package var unknownDependencies: [Element.ID] = []

    /// What is known about what is not listed (CycloneDX `compositions.aggregate`).
    package enum Completeness: String, Sendable, Hashable {
        case complete
        case incomplete
        case unknown
    }

    package init(
        name: String, uuid: String, namespaceBase: String, created: String, creators: [Actor], tool: Tool,
        roots: [Element.ID], elements: [Element],
        relationships: [Relationship], completeness: Completeness
    ) {
        self.name = name
        self.uuid = uuid
        self.namespaceBase = namespaceBase
        self.created = created
        self.creators = creators
        self.tool = tool
        self.roots = roots
        self.elements = elements
        self.relationships = relationships
        self.completeness = completeness
    }
}

/// A licence that is not on SPDX's list, with what is known of its text (SPDX 2.3 §10).
package struct ExtractedLicense: Sendable, Hashable {
    /// `LicenseRef-` and letters, digits, dots and hyphens.
    package var id: String
    package var name: String
    package var text: String

    package init(id: String, name: String, text: String) {
        self.id = id
        self.name = name
        self.text = text
    }
}

/// A program that makes documents.
package struct Tool: Sendable, Hashable {
    package var name: String
    package var version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

/// Someone who makes or supplies something (SPDX 2.3 §6.8, §7.5).
package struct Actor: Sendable, Hashable {
    /// What it is.
    package enum Kind: String, Sendable, Hashable {
        case person = "Person"
        case organization = "Organization"
    }

    package var kind: Kind
    package var name: String
    /// An e-mail address.
    package var email: String?

    package init(_ kind: Kind, name: String, email: String? = nil) {
        self.kind = kind
        self.name = name
        self.email = email
    }
}

/// A thing in a bill of materials: an image, an operating system, a package.
package struct Element: Sendable, Hashable {
    /// What stands after `SPDXRef-`: letters, digits, dots and hyphens.
    package typealias ID = String

    /// What it is for (SPDX 2.3 §7.24).
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

    /// A digest of its content (SPDX 2.3 §7.10).
    package struct Checksum: Sendable, Hashable {
        /// As SPDX spells it: `SHA256`.
        package var algorithm: String
        /// Lower-case hexadecimal.
        package var value: String

        package init(algorithm: String, value: String) {
            self.algorithm = algorithm
            self.value = value
        }
    }

    /// What points to the element in another system (SPDX 2.3 §7.21).
    package struct ExternalReference: Sendable, Hashable {
        /// `SECURITY`, `PACKAGE-MANAGER`, `PERSISTENT-ID` or `OTHER`.
        package var category: String
        /// What kind of locator it is: `purl`, `cpe22Type`.
        package var type: String
        package var locator: String

        package init(category: String, type: String, locator: String) {
            self.category = category
            self.type = type
            self.locator = locator
        }
    }

    /// A detail for which formats have no field of their own: SPDX writes it as an annotation, CycloneDX as a property.
    package struct Detail: Sendable, Hashable {
        /// What it is, in the words that other tools already read: `LayerDiffID`, `LayerDigest`, `Labels:KEY`.
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Which of SPDX's two kinds of element it is; CycloneDX has components for both.
    package enum Form: Sendable, Hashable {
        /// A unit of software that is distributed (SPDX 2.3 §7).
        case package
        /// A file, of which its digest is known (SPDX 2.3 §8).
        case file
    }

    package var id: ID
    package var form = Form.package
    /// What the name belongs to: a Maven group, an npm scope (CycloneDX `component.group`).
    package var group: String?
    package var name: String
    package var version: String?
    package var purpose: Purpose?
    package var supplier: Actor?
    package var originator: Actor?
    package var homepage: String?
    /// Where it can be had (SPDX 2.3 §7.7).
    package var downloadLocation: String?
    /// The package URL as it was written, which need not be one.
    package var packageURL: String?
    package var externalReferences: [ExternalReference] = []
    package var checksums: [Checksum] = []
    /// Where what is said of it comes from (SPDX 2.3 §7.12).
    package var sourceInfo: String?
    package var summary: String?
    package var description: String?
    package var comment: String?
    /// What those who made it say of its licence, as an expression (SPDX 2.3 §7.15).
    package var licenseDeclared: String?
    /// What those who made the document found its licence to be, as an expression (SPDX 2.3 §7.13, §8.5).
    package var licenseConcluded: String?
    /// Who holds the copyright, in the words of the thing itself (SPDX 2.3 §7.17).
    package var copyright: String?
    package var details: [Detail] = []
    /// Texts of SPDX that CycloneDX has no member for, by the names of properties that other tools give them.
    package var spdxTexts: [Detail] = []
    /// Properties of CycloneDX whose names mean nothing here.
    package var properties: [Detail] = []

    package init(id: ID, name: String) {
        self.id = id
        self.name = name
    }

    /// The text with everything that SPDX does not allow in an identifier made a hyphen (SPDX 2.3 §3.2).
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

/// One element's standing to another (SPDX 2.3 §11).
package struct Relationship: Sendable, Hashable {
    /// How they stand to each other: SPDX's words, which documents may add to.
    package struct Kind: RawRepresentable, Sendable, Hashable {
        package var rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let contains = Kind(rawValue: "CONTAINS")
        package static let dependsOn = Kind(rawValue: "DEPENDS_ON")
        package static let optionalDependencyOf = Kind(rawValue: "OPTIONAL_DEPENDENCY_OF")
    }

    package var from: Element.ID
    package var kind: Kind
    package var to: Element.ID
    package var comment: String?

    package init(_ from: Element.ID, _ kind: Kind, _ to: Element.ID, comment: String? = nil) {
        self.from = from
        self.kind = kind
        self.to = to
        self.comment = comment
    }
}
