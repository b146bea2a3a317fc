internal import ByteStreams
internal import ContainerImages
internal import SBOMFormats
internal import SBOMModel

/// The images of all platforms that one reference leads to, and the document that relates them.
public struct PlatformInventories: Sendable {
    /// The image of each platform.
    public let images: [ImageInventory]
    /// The document that names each image and its document.
    ///
    /// Each image is a variant of the whole, and refers to its own document by that document's namespace.
    public let index: ImageInventory

    private let name: ImageName
    private let context: DocumentContext
    private let limits: Limits

    init(
        _ images: [ImageInventory], of name: ImageName, index: ContentDigest?, _ context: DocumentContext,
        limits: Limits
    ) {
        self.images = images
        self.name = name
        self.context = context
        self.limits = limits
        let bill = BillOfMaterials(images.map(\.bill), of: name, index: index, context)
        self.index = ImageInventory(
            bill: bill, identity: DocumentIdentity(index, context), limits: limits, notices: [], sourceNotices: [],
            summary: ImageInventory.Summary(
                image: bill.metadata.name ?? "", digest: index?.description, platform: nil, operatingSystem: nil,
                packageCount: images.count, dependencyCount: 0, unmetCount: 0, isIndex: true))
    }

    /// The inventories with as few details left out as their documents in a format need to have a size.
    ///
    /// The document of the index refers to those documents.
    ///
    /// - Parameters:
    ///   - size: The largest size of a document, in bytes.
    ///   - format: The format of the documents.
    /// - Returns: The inventories.
    /// - Throws: ``SBOMError`` with ``SBOMError/Code/tooLarge`` if a document is larger whatever is left out.
    public func fitting(_ size: Int, as format: DocumentFormat) throws(SBOMError) -> PlatformInventories {
        var fitting: [ImageInventory] = []
        for image in images { fitting.append(try image.fitting(size, as: format)) }
        return PlatformInventories(fitting, of: name, index: index.identity.digest, context, limits: limits)
    }
}

extension BillOfMaterials {
    /// The document that relates the documents of the images of several platforms.
    fileprivate init(
        _ documents: [BillOfMaterials], of name: ImageName, index: ContentDigest?, _ context: DocumentContext
    ) {
        var facts = ImageFacts()
        facts.digest = index
        // The newest of the images; as text, times of one form are in their order.
        let created = documents.map(\.metadata.created).max { $0.description < $1.description } ?? .unknown
        facts.created = created == .unknown ? nil : created.description
        var root = Element(
            id: "Index-\(Element.word(name.name))\(index.map { "-\($0.hex.prefix(16))" } ?? "")", name: name.name)
        root.version = index?.description
        root.purpose = .container
        root.supplier = context.supplier
        root.packageURL = PackageURL.oci(facts, name)?.description
        root.checksums = index.map { [Element.Checksum(of: $0)] } ?? []
        root.comment = "The images of \(documents.count) platforms. What is in each is in a document of its own."
        var elements = [root]
        var relationships: [Relationship] = []
        for document in documents {
            guard let id = document.roots.first, var image = document.elements.first(where: { $0.id == id }) else {
                continue
            }
            // The layers are in the document of the image. CycloneDX has no relationships of this type.
            image.properties = [Element.Property("sbomkit:VariantOf", root.id, .cycloneDX)]
            image.sourceInfo = nil
            if let namespace = document.metadata.namespace {
                image.externalReferences.append(
                    Element.ExternalReference(category: "OTHER", type: "bom", locator: namespace))
            }
            if elements.contains(where: { $0.id == image.id }) { image.id += "-\(elements.count)" }
            elements.append(image)
            relationships.append(Relationship(root.id, .contains, image.id))
            relationships.append(Relationship(image.id, .variantOf, root.id))
        }
        var metadata = DocumentMetadata(of: name, facts, context)
        if context.created == nil, facts.created != nil {
            metadata.creatorComment = "Created is the newest of the times that the images state."
        }
        metadata.comment =
            "Completeness: complete for the images of the index; what is in each is in a document of its own."
        metadata.completeness = Completeness(.complete)
        self.init(metadata: metadata, roots: [root.id], elements: elements, relationships: relationships)
        identify(as: DocumentIdentity(index, context))
    }
}
