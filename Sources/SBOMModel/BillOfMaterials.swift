/// A software bill of materials, independent of any format: elements, and relationships between them.
///
/// Every list keeps its order, because it is the order of the output. Nothing is derived when a document is written:
/// the value holds everything that an encoder writes. Unknown values are absent.
package struct BillOfMaterials: Sendable, Hashable {
    /// The document's name (SPDX 2.3 §6.4).
    package var name: String
    /// The unique identifier of the document: a UUID derived from its content, in lower case.
    package var uuid: String
    /// The beginning of the document namespace; name and UUID follow (SPDX 2.3 §6.5).
    package var namespaceBase: String
    /// The time of creation: `YYYY-MM-DDThh:mm:ssZ` (SPDX 2.3 §6.9).
    package var created: String
    /// The people and organizations that created the document (SPDX 2.3 §6.8).
    package var creators: [Actor]
    /// The program that created the document.
    package var tool: Tool
    /// How the document was created: the SBOM type, and what a reader must know about it (SPDX 2.3 §6.10).
    package var creatorComment: String?
    /// What a reader must know about the content (SPDX 2.3 §6.11).
    package var comment: String?
    /// The elements that the document describes.
    package var roots: [Element.ID]
    /// Packages and other elements, each with a unique identifier.
    package var elements: [Element]
    /// Relationships between elements, without those from the document to its ``roots``.
    package var relationships: [Relationship]
    /// Licenses that are not on the SPDX License List (SPDX 2.3 §10).
    package var extractedLicenses: [ExtractedLicense] = []
    /// Whether the lists of elements and relationships are known to be complete.
    package var completeness: Completeness

    /// Elements with a dependency that the document does not list.
    package var incompleteDependencies: [Element.ID] = []
    /// Elements whose dependencies are unknown.
    package var unknownDependencies: [Element.ID] = []

    /// Whether something may be missing (CycloneDX `compositions.aggregate`).
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
