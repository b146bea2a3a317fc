/// What a document says of itself, without its elements.
package struct DocumentMetadata: Sendable, Hashable {
    /// The document's name (SPDX 2.3 §6.4); nil if it is that of the element the document describes.
    package var name: String?
    /// The URI that identifies the document (SPDX 2.3 §6.5); nil if it follows from the name and the UUID.
    package var namespace: String?
    /// The UUID that identifies the document, in lower case.
    package var uuid: String
    /// When the document was made (SPDX 2.3 §6.9).
    package var created: Timestamp
    /// Who made the document, beside the tools (SPDX 2.3 §6.8).
    package var creators: [Actor] = []
    /// The programs that made the document.
    package var tools: [Tool] = []
    /// What a reader must know of how the document was made (SPDX 2.3 §6.10), without the life-cycle phases.
    package var creatorComment: String?
    /// The version of SPDX's license list that the document refers to (SPDX 2.3 §6.7).
    package var licenseListVersion: String?
    /// What a reader must know of the content (SPDX 2.3 §6.11).
    package var comment: String?
    /// The phases in the life of the software that the document is about.
    package var lifecyclePhases: [LifecyclePhase] = []
    /// How complete the document is; nil if it does not say.
    package var completeness: Completeness?
    /// Whether the document says that the same input gives the same document (CycloneDX property `cdx:reproducible`).
    package var isReproducible = false

    package init(uuid: String, created: Timestamp) {
        self.uuid = uuid
        self.created = created
    }
}

/// A phase in the life of software (CycloneDX 1.5 `metadata.lifecycles`).
///
/// SPDX has the types of SBOMs that CISA defines ("Types of Software Bill of Material Documents", 2023), in the creator
/// comment. Phases that have no type there are not in the list.
package enum LifecyclePhase: String, Sendable, Hashable, CaseIterable {
    case design
    case preBuild = "pre-build"
    case build
    case postBuild = "post-build"
    case operations
}

/// How complete the elements and dependencies of a document are (CycloneDX `compositions`).
package struct Completeness: Sendable, Hashable {
    /// What is known about things that are not listed (CycloneDX `aggregate`).
    package enum Aggregate: String, Sendable, Hashable {
        case complete
        case incomplete
        case unknown
    }

    /// Whether the elements of the document are all there are.
    package var aggregate: Aggregate
    /// The elements that need something that is not listed.
    ///
    /// Empty where ``aggregate`` is not complete: then no element is known to have all of its dependencies listed.
    package var incompleteDependencies: [Element.ID] = []
    /// The elements whose dependencies are not known at all.
    package var unknownDependencies: [Element.ID] = []

    package init(_ aggregate: Aggregate) {
        self.aggregate = aggregate
    }
}
