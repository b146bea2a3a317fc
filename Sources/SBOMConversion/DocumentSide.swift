internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// One family of formats as a side of a conversion: how its elements are identified, and how its documents carry what
/// they have no member for.
///
/// ``FamilyConversion`` works between two sides and does not know the members of either.
protocol DocumentSide: SendableMetatype {
    static var family: DocumentFamily { get }
    /// The member that identifies an element.
    static var identifier: String { get }
    /// Whether an element may lack its identifier.
    static var mayLackIdentifier: Bool { get }
    /// The order of the members of an element.
    static var elementOrder: MemberOrder { get }

    /// The identifier of an element in the spelling of the family.
    static func identifier(_ id: Element.ID) -> String
    /// The identifier that the other side makes of an element's.
    static func id(of element: JSONObject) -> Element.ID

    /// Removes the entries of another family from an element that carries them, and returns them.
    static func takeCarried(
        from element: inout JSONObject, of other: DocumentFamily, limits: Limits
    ) -> [GuardedPatch.Entry]
    /// Adds entries of another family to an element; `created` is the time of the document.
    static func carry(
        _ entries: [GuardedPatch.Entry], of other: DocumentFamily, in element: inout JSONObject, created: String)
    /// Adds entries of another family to a document; `created` is its time.
    static func carry(
        _ entries: [GuardedPatch.Entry], of other: DocumentFamily, inDocument document: inout JSONObject,
        created: String)
}

/// SPDX carries entries in annotations.
enum SPDXSide: DocumentSide {
    static let family = DocumentFamily.spdx
    static let identifier = "SPDXID"
    static let mayLackIdentifier = false
    static var elementOrder: MemberOrder { SPDXOrder.element }

    static func identifier(_ id: Element.ID) -> String { "SPDXRef-\(id)" }

    static func id(of element: JSONObject) -> Element.ID {
        SPDXElementCodec.reference(element.text(identifier) ?? "")
    }

    static func takeCarried(
        from element: inout JSONObject, of other: DocumentFamily, limits: Limits
    ) -> [GuardedPatch.Entry] {
        PatchCarrier.takeAnnotations(from: &element, of: other, limits: limits)
    }

    static func carry(
        _ entries: [GuardedPatch.Entry], of other: DocumentFamily, in element: inout JSONObject, created: String
    ) {
        element.appendItems(annotations(entries, of: other, created: created), to: "annotations", order: elementOrder)
    }

    static func carry(
        _ entries: [GuardedPatch.Entry], of other: DocumentFamily, inDocument document: inout JSONObject,
        created: String
    ) {
        document.appendItems(
            annotations(entries, of: other, created: created), to: "annotations", order: SPDXOrder.document)
    }

    private static func annotations(
        _ entries: [GuardedPatch.Entry], of other: DocumentFamily, created: String
    ) -> [JSONValue] {
        entries.map {
            SPDXElementCodec.annotation(PatchCarrier.comment($0, of: other), by: PatchCarrier.tool, on: created)
        }
    }
}

/// CycloneDX carries entries in properties.
enum CycloneDXSide: DocumentSide {
    static let family = DocumentFamily.cycloneDX
    static let identifier = "bom-ref"
    static let mayLackIdentifier = true
    static var elementOrder: MemberOrder { CycloneDXOrder.component }

    static func identifier(_ id: Element.ID) -> String { id }

    static func id(of element: JSONObject) -> Element.ID { CycloneDXComponentCodec.identifier(ofComponent: element) }

    static func takeCarried(
        from element: inout JSONObject, of other: DocumentFamily, limits: Limits
    ) -> [GuardedPatch.Entry] {
        PatchCarrier.takeProperties(from: &element, of: other, limits: limits)
    }

    static func carry(
        _ entries: [GuardedPatch.Entry], of other: DocumentFamily, in element: inout JSONObject, created: String
    ) {
        element.appendItems(
            entries.map { PatchCarrier.property($0, of: other) }, to: "properties", order: elementOrder)
    }

    static func carry(
        _ entries: [GuardedPatch.Entry], of other: DocumentFamily, inDocument document: inout JSONObject,
        created: String
    ) {
        var metadata = document["metadata"]?.objectContent ?? JSONObject()
        metadata.appendItems(
            entries.map { PatchCarrier.property($0, of: other) }, to: "properties", order: CycloneDXOrder.metadata)
        document.set("metadata", .object(metadata))
    }
}
