package import ByteStreams
internal import StructuredText

/// An artifact that is no image, such as a Helm chart or a signature (OCI image-spec, manifest.md, "Guidelines for
/// Artifact Usage").
package struct Artifact: Sendable {
    /// What the artifact says of itself; it has no platform, no configuration of an image, and no labels.
    package internal(set) var facts: ImageFacts
    /// Its type, or the media type of its configuration.
    package let kind: String
    /// Its configuration, unless that is empty, and its layers in the order of the manifest.
    package let blobs: [Blob]
    /// The name that the artifact states: the title in its annotations, or the name of a Helm chart.
    package let name: String?
    /// The version that the artifact states in its annotations, or that of a Helm chart.
    package let version: String?
    /// What was unusual about the store.
    package let diagnostics: [Diagnostic]

    /// A blob of an artifact.
    package struct Blob: Sendable {
        package let descriptor: Descriptor
        /// Whether it is the configuration.
        package let isConfiguration: Bool
        /// Whether the store has it; then its size and digest are verified.
        package let isPresent: Bool
    }
}

extension ImageLayout {
    /// The only artifact that the selector singles out; nil if it singles out several, or something else.
    ///
    /// Each blob that is in the store is read and verified.
    ///
    /// - Throws: ``ImageError`` if a blob is damaged, or the artifact exceeds a limit.
    package func artifact(_ selector: Selector) throws(ImageError) -> Artifact? {
        let index = try LayoutIndex(of: self)
        let selected = LayoutIndex.withoutRepeats(index.candidates.filter { $0.fits(selector) })
        guard selected.count == 1, case .artifact(let manifest, let kind) = selected[0].kind else { return nil }
        let descriptor = selected[0].descriptor
        guard manifest.layers.count <= limits.layerCount else {
            throw ImageError(.malformed, at: place(descriptor.digest), "\(LimitError(name: "layerCount"))")
        }
        var facts = ImageFacts()
        facts.tag = selected[0].tag
        facts.fullReference = selected[0].fullReference
        facts.digest = descriptor.digest
        facts.annotations = manifest.annotations.merging(
            descriptor.annotations.filter { !$0.value.isEmpty }, uniquingKeysWith: { $1 })
        facts.created = facts.annotations["org.opencontainers.image.created"]
        let hasConfiguration = manifest.config.map { $0.mediaType != Self.emptyType } ?? false
        var blobs: [Artifact.Blob] = []
        if let config = manifest.config, hasConfiguration { blobs.append(try blob(config, isConfiguration: true)) }
        for layer in manifest.layers where layer.mediaType != Self.emptyType {
            blobs.append(try blob(layer, isConfiguration: false))
        }
        let chart = try chart(in: blobs)
        return Artifact(
            facts: facts, kind: kind, blobs: blobs,
            name: facts.annotations["org.opencontainers.image.title"] ?? chart.name,
            version: facts.annotations["org.opencontainers.image.version"] ?? chart.version,
            diagnostics: index.diagnostics)
    }

    /// The type of the empty blob, which stands where a manifest must name one and has nothing to say (OCI image-spec, manifest.md, "Guidance for an Empty Descriptor").
    private static let emptyType = "application/vnd.oci.empty.v1+json"
    /// The type of the configuration of a Helm chart: its `Chart.yaml` as JSON (helm.sh, "Use OCI-based registries").
    private static let chartType = "application/vnd.cncf.helm.config.v1+json"

    private func blob(_ descriptor: Descriptor, isConfiguration: Bool) throws(ImageError) -> Artifact.Blob {
        var isPresent = true
        do {
            var source = BufferedSource(try open(descriptor))
            try source.drain()
        } catch BlobStoreError.missing {
            isPresent = false
        } catch {
            throw imageError(error, at: descriptor.digest)
        }
        return Artifact.Blob(descriptor: descriptor, isConfiguration: isConfiguration, isPresent: isPresent)
    }

    private func chart(in blobs: [Artifact.Blob]) throws(ImageError) -> (name: String?, version: String?) {
        guard let config = blobs.first, config.isConfiguration, config.isPresent,
            config.descriptor.mediaType == Self.chartType
        else { return (nil, nil) }
        let bytes = try blob(config.descriptor)
        // What does not parse names nothing.
        guard case .object(let chart)? = try? JSONValue(parsing: bytes, limits: limits) else { return (nil, nil) }
        return (chart["name"]?.textContent, chart["version"]?.textContent)
    }
}
