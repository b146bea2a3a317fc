internal import ByteStreams

extension Diagnostic.Code {
    /// A file that describes a package is larger than ``Limits/manifestFileSize``.
    static let manifestSize = Self(rawValue: "manifest-size")
    /// A file that should describe a package does not.
    static let unreadableManifest = Self(rawValue: "unreadable-manifest")
    /// Packages whose dependencies are left out, because finding them exceeds a limit.
    static let dependencyLimit = Self(rawValue: "dependency-limit")
    /// More packages of one kind than a limit allows.
    static let languagePackageLimit = Self(rawValue: "language-package-limit")
}
