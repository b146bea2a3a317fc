internal import ByteStreams
internal import ContainerImages
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// The image that another image is built on.
struct BaseImage: Sendable {
    /// What it says of itself.
    let facts: ImageFacts
    /// The number of its layers, which are the lowest of the other image.
    let layerCount: Int

    /// Compares the layers of two images.
    ///
    /// - Parameters:
    ///   - base: The image that the other one is built on.
    ///   - image: The other image.
    ///   - name: How the user names the base.
    /// - Throws: ``SBOMError`` if the layers of the base are not the lowest of the image, or nothing identifies a layer.
    init(_ base: Image, of image: Image, named name: String) throws(SBOMError) {
        func diffIDs(_ image: Image) throws(SBOMError) -> [ContentDigest] {
            let found = image.layers.compactMap { $0.identity?.diffID }
            guard found.count == image.layers.count else {
                throw SBOMError(.badInput, "\(image.place): nothing identifies its layers, so they have no known base")
            }
            return found
        }
        let (lower, all) = (try diffIDs(base), try diffIDs(image))
        for (number, diffID) in lower.enumerated() where number >= all.count || all[number] != diffID {
            let found = number < all.count ? "\(all[number])" : "nothing"
            throw SBOMError(
                .badInput,
                "\(image.place): not built on \(name): expected layer \(number + 1) to be \(diffID), found \(found)")
        }
        facts = base.facts
        layerCount = lower.count
    }

    /// The element of the base in the document of the image.
    var element: Element {
        let name = ImageName(facts, named: nil)
        var element = Element(
            id: "Base-\(Element.word(name.name))\(facts.digest.map { "-\($0.hex.prefix(16))" } ?? "")", name: name.name)
        element.version = facts.digest?.description
        element.purpose = .container
        element.packageURL = PackageURL.oci(facts, name)?.description
        element.checksums = facts.digest.map { [Element.Checksum(of: $0)] } ?? []
        element.comment = "The image that the described image is built on. Its packages are marked in this document."
        return element
    }
}

extension Element {
    /// Adds a reference to the SBOM of the base image: by its namespace or serial number, and by the digest of its bytes.
    ///
    /// - Throws: ``SBOMError`` if the document does not parse.
    mutating func refer(toBaseSBOM bytes: [UInt8], limits: Limits) throws(SBOMError) {
        let document: ParsedDocument
        do throws(DocumentError) {
            document = try ParsedDocument(parsing: bytes, limits: limits)
        } catch {
            throw SBOMError(error)
        }
        let name =
            switch document.family {
            case .spdx: document.content.text("documentNamespace")
            case .cycloneDX: document.content.text("serialNumber")
            }
        if let name, !name.isEmpty, !name.hasWhitespace {
            externalReferences.append(ExternalReference(category: "OTHER", type: "bom", locator: name))
        }
        properties.append(Property("BaseSBOM", ContentDigest.of(bytes).description))
    }
}
