package import ByteStreams

/// What an image says of itself.
///
/// What is optional is missing from some sources: a root file system has no manifest, no configuration and no name.
package struct ImageFacts: Sendable, Hashable {
    /// The tag that its source gives it (`org.opencontainers.image.ref.name`).
    package var tag: String?
    /// The whole reference with the repository, if the source has it.
    package var fullReference: String?
    /// The digest of its manifest.
    package var digest: ContentDigest?
    /// The digest of its configuration.
    package var configDigest: ContentDigest?
    /// What it runs on.
    package var platform: Platform?
    /// When it was made, as written in the configuration (RFC 3339).
    package var created: String?
    /// The labels of its configuration.
    package var labels: [String: String] = [:]
    /// The annotations of its manifest, and of what points to it; those of the latter win.
    package var annotations: [String: String] = [:]
    /// The step that made each layer, the lowest first; empty if its configuration does not have one step for each layer.
    package var layerSteps: [BuildStep] = []

    /// An image that says nothing of itself.
    package init() {}
}
