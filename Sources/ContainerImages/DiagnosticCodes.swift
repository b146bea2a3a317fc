package import ByteStreams

/// The codes of what is reported about an image and its layers.
extension Diagnostic.Code {
    /// A layout has an index and no `oci-layout`.
    package static let noOCILayout = Self(rawValue: "no-oci-layout")
    /// A layer is encrypted, or must not be distributed and is missing.
    package static let unreadableLayer = Self(rawValue: "unreadable-layer")
    /// A file or folder of a root file system on this machine cannot be read.
    package static let unreadableFile = Self(rawValue: "unreadable-file")
    /// The name of a tar entry leads out of the root.
    package static let pathOutside = Self(rawValue: "path-outside")
    /// A whiteout that names no file.
    package static let namelessWhiteout = Self(rawValue: "nameless-whiteout")
    /// An entry of an index is identified by an algorithm that is not known.
    package static let unknownDigest = Self(rawValue: "unknown-digest")
    /// The digests of a file are not taken, because it exceeds a limit.
    package static let noDigest = Self(rawValue: "no-digest")
    /// A tar entry lies behind too many symbolic links.
    package static let linkLoop = Self(rawValue: "link-loop")
    /// What a reference to a registry leads to.
    package static let resolvedReference = Self(rawValue: "resolved-reference")
    /// What a registry wants its users to read.
    package static let registryWarning = Self(rawValue: "registry-warning")
}
