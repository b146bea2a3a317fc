/// A software bill of materials, independent of any format: a document, its elements, and the relationships between
/// them.
///
/// Order is kept everywhere, because it is the order of the output. Nothing is derived: a writer writes the values as
/// they are, and omits unknown ones.
package struct BillOfMaterials: Sendable, Hashable {
    /// The information about the document itself.
    package var metadata: DocumentMetadata
    /// The elements that the document describes.
    package var roots: [Element.ID]
    /// Packages and files, each with an identifier of its own.
    package var elements: [Element]
    /// The relationships between elements; those from the document to its ``roots`` are not among them.
    package var relationships: [Relationship]
    /// The texts of licenses that are not on SPDX's list (SPDX 2.3 §10).
    package var extractedLicenses: [ExtractedLicense] = []

    package init(
        metadata: DocumentMetadata, roots: [Element.ID], elements: [Element], relationships: [Relationship]
    ) {
        self.metadata = metadata
        self.roots = roots
        self.elements = elements
        self.relationships = relationships
    }
}
