internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases
internal import SBOMModel

extension Element {
    /// The element of a package that only an SBOM inside of the image describes.
    fileprivate init(
        _ package: EmbeddedSBOMs.Package, of sbom: EmbeddedSBOM, _ origin: LayerOrigin?, _ texts: inout LicenseTexts
    ) {
        self = package.element
        let identity = "\(sbom.path)\n\(sbom.digest)\n\(package.place)"
        let hash = ContentDigest.of(Array(identity.utf8)).hex.prefix(16)
        id = "Package-sbom-\(Element.word(String(name.prefix(100))))-\(hash)"
        sourceInfo = "package of the SBOM \(sbom.path)"
        if var license = package.declared {
            license.path = sbom.path
            let copyright = copyright
            state(license, &texts)
            self.copyright = copyright
        }
        if let license = package.concluded {
            licenseConcluded = license.declared.map { texts.expression($0, of: license) }
        }
        properties.append(Property(Property.filePath, package.file))
        properties.append(Property(Property.foundBy, "manifest-analysis"))
        if let container = package.container { properties.append(Property("PartOf", container)) }
        if let origin { locate(in: origin) }
    }

    /// Refers to the SBOMs inside of an image, if it is the element of the image: by their namespaces or serial numbers
    /// where those are known, and by the digests of their bytes with the layers and the paths.
    mutating func refer(to sboms: EmbeddedSBOMs, in image: Image) {
        var known = Set(externalReferences.map(\.locator))
        for sbom in sboms.documents {
            if let reference = sbom.reference, known.insert(reference).inserted {
                externalReferences.append(ExternalReference(category: "OTHER", type: "bom", locator: reference))
            }
            let layer = LayerOrigin(image, sbom.layer)?.name ?? String(sbom.layer + 1)
            properties.append(Property("EmbeddedSBOM", "\(sbom.digest) \(layer) \(sbom.path)"))
        }
    }
}

extension BillOfMaterials {
    /// The elements of the packages that only SBOMs describe, in their order; adds their identifiers by their numbers.
    ///
    /// - Returns: The packages in the image, and those that others were built from.
    static func embeddedElements(
        _ scan: ImageScan, _ ids: inout [Int: Element.ID], _ texts: inout LicenseTexts
    ) -> (packages: [Element], sources: [Element]) {
        let first = scan.packages.count + scan.language.packages.count
        var elements: [Element] = []
        for (number, package) in scan.embedded.packages.enumerated() {
            let sbom = scan.embedded.documents[package.document]
            let element = Element(package, of: sbom, LayerOrigin(scan.image, sbom.layer), &texts)
            ids[first + number] = element.id
            elements.append(element)
        }
        for edge in scan.graph.edges where edge.isWeak && edge.from >= first {
            guard let target = ids[edge.to] else { continue }
            elements[edge.from - first].properties.append(
                Element.Property("sbomkit:OptionalDependency", target, .cycloneDX))
        }
        for origin in scan.embedded.origins where origin.package >= first {
            guard let source = ids[origin.source] else { continue }
            elements[origin.package - first].properties.append(
                Element.Property("sbomkit:GeneratedFrom", source, .cycloneDX))
        }
        let isSource = scan.embedded.packages.map(\.isSource)
        return (
            elements.indices.filter { !isSource[$0] }.map { elements[$0] },
            elements.indices.filter { isSource[$0] }.map { elements[$0] }
        )
    }

    /// What the packages of SBOMs were built from.
    static func embeddedOrigins(_ scan: ImageScan, _ ids: [Int: Element.ID]) -> [Relationship] {
        scan.embedded.origins.compactMap { origin in
            guard let package = ids[origin.package], let source = ids[origin.source] else { return nil }
            return Relationship(package, .generatedFrom, source)
        }
    }
}
