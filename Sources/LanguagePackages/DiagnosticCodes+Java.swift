package import ByteStreams

/// The codes of the diagnostics about archives inside images.
extension Diagnostic.Code {
    /// An archive, or a member of it, that exceeds a limit.
    package static let archiveLimit = Self(rawValue: "archive-limit")
    /// An archive that could not be written to a temporary file or read from it.
    package static let unreadableArchive = Self(rawValue: "unreadable-archive")
    /// An archive, or a member of it, that is not as the format prescribes.
    package static let damagedArchive = Self(rawValue: "damaged-archive")
    /// A member of an archive that is encrypted.
    package static let encryptedMember = Self(rawValue: "encrypted-member")
    /// A member of an archive that is compressed by another method than deflate.
    package static let unsupportedCompression = Self(rawValue: "unsupported-compression")
}

/// The codes of the diagnostics about packages of Java.
extension Diagnostic.Code {
    /// Archives that state neither a name nor a version.
    package static let unidentifiedArchives = Self(rawValue: "unidentified-archives")
    /// A description of Maven that could not be read.
    package static let damagedPOM = Self(rawValue: "damaged-pom")
    /// There are more packages of Java than the limit allows.
    package static let tooManyJavaPackages = Self(rawValue: "java-package-limit")
    /// There are more dependencies between packages of Java than the limit allows.
    package static let tooManyJavaEdges = Self(rawValue: "java-edge-limit")
}
