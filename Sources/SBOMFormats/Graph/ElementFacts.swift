package import SBOMModel
internal import StructuredText

/// What a package or file of a ``DocumentGraph`` says that users ask for and that documents are compared by.
package struct ElementFacts: Sendable {
    package var isFile: Bool
    package var id: String
    /// The name, or of a file its path.
    package var name: String
    package var version: String?
    /// The package URL as it is written.
    package var locator: String?
    /// The package URL, if it is one.
    package var packageURL: PackageURL?
    /// `LIBRARY`, `OPERATING_SYSTEM` (SPDX 2.3 §7.24).
    package var purpose: String?
    /// As SPDX writes it: `Organization: Name (mail)`.
    package var supplier: String?
    package var originator: String?
    package var downloadLocation: String?
    package var licenseDeclared: String?
    package var licenseConcluded: String?
    package var checksums: [Element.Checksum] = []

    /// What a node says; a text that is empty or NOASSERTION says nothing.
    package init(_ node: DocumentGraph.Node) {
        let object = node.object
        func said(_ name: String) -> String? {
            guard let text = object.text(name), !text.isEmpty, text != SPDXElementCodec.noAssertion else { return nil }
            return text
        }
        isFile = node.isFile
        id = node.id
        name = node.name
        version = node.version
        supplier = said("supplier")
        originator = said("originator")
        downloadLocation = said("downloadLocation")
        licenseDeclared = said("licenseDeclared")
        licenseConcluded = said("licenseConcluded")
        purpose = said("primaryPackagePurpose")
        for case .object(let reference) in object["externalRefs"]?.arrayContent ?? [] where locator == nil {
            // SPDX 2.2 and 2.3 spell PACKAGE_MANAGER either way.
            guard reference.text("referenceType") == "purl",
                reference.text("referenceCategory")?.hasPrefix("PACKAGE") == true
            else { continue }
            locator = reference.text("referenceLocator")
        }
        packageURL = locator.flatMap(PackageURL.init(parsing:))
        for case .object(let checksum) in object["checksums"]?.arrayContent ?? [] {
            guard let algorithm = checksum.text("algorithm"), let value = checksum.text("checksumValue") else {
                continue
            }
            checksums.append(Element.Checksum(algorithm: algorithm, value: value.lowercased()))
        }
    }

    /// Who supplies it, or else who it is from; nil for what is not spelled as SPDX wants it.
    ///
    /// Some tools write the same maintainer as a supplier into one format and as the publisher into another.
    package var providingActor: Actor? { (supplier ?? originator).flatMap(Actor.init(spdx:)) }
}

extension DocumentGraph {
    /// What all elements say, in their order.
    package var facts: [ElementFacts] { nodes.map(ElementFacts.init) }

    /// The files that packages name in `hasFiles`, which is another way to say CONTAINS.
    package var contained: [(outer: Int, inner: Int)] {
        var numbers: [String: Int] = [:]
        for (number, node) in nodes.enumerated() where numbers[node.id] == nil { numbers[node.id] = number }
        var pairs: [(Int, Int)] = []
        for (outer, node) in nodes.enumerated() where !node.isFile {
            for (_, id) in node.object.texts("hasFiles") {
                if let inner = numbers[id] { pairs.append((outer, inner)) }
            }
        }
        return pairs
    }

    /// The names, or where there is none the texts, of the licences that are on no list, by their identifiers.
    package var licenseNames: [String: String] {
        var names: [String: String] = [:]
        for case .object(let license) in header["hasExtractedLicensingInfos"]?.arrayContent ?? [] {
            guard let id = license.text("licenseId") else { continue }
            let said = [license.text("name"), license.text("extractedText")].compactMap { $0 }
            names[id] = said.first { !$0.isEmpty && $0 != SPDXElementCodec.noAssertion }
        }
        return names
    }
}
