/// The information about a document itself, without its elements.
package struct DocumentMetadata: Sendable, Hashable {
    /// The name of the document (SPDX 2.3 §6.4); nil for the name of the element that the document describes.
    package var name: String?
    /// The URI that identifies the document (SPDX 2.3 §6.5); nil for one that is derived from the name and the UUID.
    package var namespace: String?
    /// The UUID that identifies the document, in lower case.
    package var uuid: String
    /// The time at which the document was created (SPDX 2.3 §6.9).
    package var created: Timestamp
    /// The persons and organizations that created the document (SPDX 2.3 §6.8).
    package var creators: [Actor] = []
    /// The programs that created the document.
    package var tools: [Tool] = []
    /// The comment about the creation of the document (SPDX 2.3 §6.10), without the life-cycle phases.
    package var creatorComment: String?
    /// The version of SPDX's license list that the document refers to (SPDX 2.3 §6.7).
    package var licenseListVersion: String?
    /// The comment about the content of the document (SPDX 2.3 §6.11).
    package var comment: String?
    /// The life-cycle phases of the software that the document is about.
    package var lifecyclePhases: [LifecyclePhase] = []
    /// The completeness of the document; nil if the document does not state it.
    package var completeness: Completeness?
    /// Whether the document states that the same input gives the same document (CycloneDX property `cdx:reproducible`).
    package var isReproducible = false
    /// Properties for a reader of CycloneDX, which SPDX does not have.
    package var properties: [Property] = []

    /// A name and a value.
    package struct Property: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(uuid: String, created: Timestamp) {
        self.uuid = uuid
        self.created = created
    }
}

/// A life-cycle phase of software (CycloneDX 1.5 `metadata.lifecycles`).
///
/// In SPDX, the creator comment states the corresponding type of SBOM as defined by CISA ("Types of Software Bill of
/// Material Documents", 2023). Phases without such a type are not listed here.
package enum LifecyclePhase: String, Sendable, Hashable, CaseIterable {
    case design
    case preBuild = "pre-build"
    case build
    case postBuild = "post-build"
    case operations
}

/// The completeness of the elements and dependencies of a document (CycloneDX `compositions`).
package struct Completeness: Sendable, Hashable {
    /// The kinds of completeness (CycloneDX `aggregate`).
    package enum Aggregate: String, Sendable, Hashable {
        case complete
        case incomplete
        case unknown
    }

    /// Whether the document lists all elements.
    package var aggregate: Aggregate
    /// The elements with dependencies that are not listed.
    ///
    /// Empty if ``aggregate`` is not complete, because then the dependencies of any element may be incomplete.
    package var incompleteDependencies: [Element.ID] = []
    /// The elements whose dependencies are unknown.
    package var unknownDependencies: [Element.ID] = []

    package init(_ aggregate: Aggregate) {
        self.aggregate = aggregate
    }
}
