internal import ByteStreams
internal import ContainerImages
internal import SBOMModel

extension BillOfMaterials {
    /// The document of an artifact that is no image: the artifact contains each of its blobs.
    init(_ artifact: Artifact, _ context: DocumentContext) {
        let name = ImageName(artifact.facts, named: context.name, stated: artifact.name, placeholder: "artifact")
        var texts = LicenseTexts()
        var root = Element(artifact, name, context)
        root.stateLicense(in: artifact.facts.annotations, &texts)
        var blobs: [Element] = []
        for blob in artifact.blobs { blobs.append(Element(blob, number: blobs.count + 1)) }
        var metadata = DocumentMetadata(of: name, artifact.facts, context)
        var lines = ["Completeness: incomplete."]
        lines += artifact.notices.map { VisibleText.of("Not described: \($0.place): \($0.message).") }
        metadata.comment = lines.joined(separator: "\n")
        metadata.completeness = Completeness(.incomplete)
        self.init(
            metadata: metadata, roots: [root.id], elements: [root] + blobs,
            relationships: blobs.map { Relationship(root.id, .contains, $0.id) })
        extractedLicenses = texts.licenses
        if root.licenseDeclared != nil { self.metadata.licenseListVersion = LicenseList.version }
        identify(as: DocumentIdentity(artifact.facts.digest, context))
    }
}

extension Artifact {
    /// What the document does not describe: the contents of the blobs, and the blobs that are not there.
    var notices: [Diagnostic] {
        [
            Diagnostic(
                .blind, code: .notAnImage, at: "artifact",
                "no image (\(kind)): its blobs are listed, and what is in them is not described")
        ]
            + blobs.filter { !$0.isPresent }.map { blob in
                Diagnostic(
                    .blind, code: .missingBlob, at: "blob \(blob.descriptor.digest)",
                    blob.descriptor.hasForeignURLs
                        ? "not there, because it is distributed from other addresses; its digest is not verified"
                        : "not there; its digest is not verified")
            }
    }
}

extension Element {
    /// The artifact itself.
    fileprivate init(_ artifact: Artifact, _ name: ImageName, _ context: DocumentContext) {
        let facts = artifact.facts
        let hash = facts.digest.map { "-\($0.hex.prefix(16))" } ?? ""
        self.init(id: "Artifact-\(Element.word(name.name))\(hash)", name: name.name)
        version = artifact.version ?? facts.digest?.description
        purpose = .other
        supplier =
            context.supplier
            ?? facts.annotations["org.opencontainers.image.vendor"].flatMap(Actor.init(contact:)).map {
                Actor(.organization, name: $0.name, email: $0.email)
            }
        packageURL = PackageURL.oci(facts, name)?.description
        if name.isUnnamed {
            comment = "Nothing names the artifact: \(name.name) is a placeholder, and there is no package URL."
        }
        checksums = facts.digest.map { [Checksum(of: $0)] } ?? []
        homepage = facts.annotations["org.opencontainers.image.url"].flatMap(WebAddress.init)?.text
        summary = facts.annotations["org.opencontainers.image.description"]
        if let digest = facts.digest { properties.append(Property("ManifestDigest", digest.description)) }
        properties.append(Property("ArtifactType", artifact.kind))
        if let reference = facts.fullReference { properties.append(Property("RepoTag", reference)) }
        properties += facts.annotations.sorted { $0.key < $1.key }.map { Property("Annotations:\($0.key)", $0.value) }
    }

    /// A blob of an artifact; `number` is its place in the manifest, counted from 1.
    fileprivate init(_ blob: Artifact.Blob, number: Int) {
        let descriptor = blob.descriptor
        let title = descriptor.annotations["org.opencontainers.image.title"].flatMap { $0.isEmpty ? nil : $0 }
        self.init(
            id: "Blob-\(number)-\(descriptor.digest.hex.prefix(16))", name: title ?? descriptor.digest.description)
        version = descriptor.digest.description
        purpose = .file
        packageFileName = title
        checksums = [Checksum(of: descriptor.digest)]
        if blob.isConfiguration { summary = "The configuration of the artifact." }
        if !blob.isPresent {
            comment = "The blob is not there: its digest and size are those that the manifest states."
        }
        if !descriptor.mediaType.isEmpty { properties.append(Property("MediaType", descriptor.mediaType)) }
        properties.append(Property("Size", String(descriptor.size)))
        properties += descriptor.annotations.sorted { $0.key < $1.key }
            .map { Property("Annotations:\($0.key)", $0.value) }
    }
}

extension Element.Checksum {
    /// The checksum that a digest states.
    init(of digest: ContentDigest) {
        self.init(algorithm: digest.algorithm.rawValue.uppercased(), value: digest.hex)
    }
}
