package import SBOMModel
package import StructuredText

/// Writes a bill of materials as a CycloneDX document.
package struct CycloneDXDocumentWriter: Sendable {
    private let version: CycloneDXVersion

    package init(version: CycloneDXVersion) {
        self.version = version
    }

    /// The document in the shape of CycloneDX's JSON, members in the order of the specification.
    package func document(_ bill: BillOfMaterials) -> JSONObject {
        let codec = CycloneDXComponentCodec(version: version, setting: bill.codecContext)
        let main = bill.main
        let refs = bill.elements.map(\.id)
        let links = CycloneDXLinks(
            bill.links, main: main, contained: [], isSystem: bill.elements.map(\.isSystem))
        let order = links.order(rank: Array(refs.indices))
        var header = bill.metadata.cycloneDX(
            version: version, mainName: main.map { bill.elements[$0].name },
            licenses: codec.setting.licenses, refs: order.map { refs[$0] }, main: main.map { refs[$0] })
        header.append("#lists", .string(CycloneDXParts.naturalLists))
        header.append("#dependencies", refs.isEmpty ? [] : [.string(NumberRuns.text(Array(refs.indices)))])
        return CycloneDXParts.document(
            header, units: bill.elements.map(codec.component), links, entries: [:], refs: refs, order: order)
    }
}

extension Element {
    /// Whether the element is an image or an operating system.
    ///
    /// The components that it contains are listed next to it, and not nested in it.
    package var isSystem: Bool { purpose == .container || purpose == .operatingSystem }
}
