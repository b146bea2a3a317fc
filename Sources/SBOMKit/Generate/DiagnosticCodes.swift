internal import ByteStreams
internal import PackageDatabases

/// The codes of what is reported when an image is scanned and its document is written.
extension Diagnostic.Code {
    /// Finding the layer of each package exceeds a limit.
    static let noLayers = Self(rawValue: "no-layers")
    /// A dependency of a package that no installed package meets.
    static let unmet = Self(rawValue: "unmet")
    /// A package database that lists no package.
    static let emptyDatabase = Self(rawValue: "empty-database")
    /// Packages of several package managers are installed.
    static let severalSystems = Self(rawValue: "several-systems")
    /// Files of code that no package owns.
    static let unownedCode = Self(rawValue: "unowned-code")
    /// Scripts that no package owns.
    static let unownedScripts = Self(rawValue: "unowned-scripts")
    /// The packages have no lists of files, so that it is not known which files of code they own.
    static let noFileLists = Self(rawValue: "no-file-lists")
    /// A layer removes the package database of the layers below it.
    static let removedDatabase = Self(rawValue: "removed-database")
    /// The artifact is no image.
    static let notAnImage = Self(rawValue: "not-an-image")
    /// A blob of an artifact is not in its store.
    static let missingBlob = Self(rawValue: "missing-blob")
    /// The image has no package database.
    static let noDatabase = Self(rawValue: "no-database")
    /// The image has no os-release, or one that names no system.
    static let noOSRelease = Self(rawValue: "no-os-release")
    /// The os-release could not be read.
    static let osRelease = Self(rawValue: "os-release")
    /// Red Hat's lists of content sets could not be read.
    static let contentSets = Self(rawValue: "content-sets")
    /// SBOMs are inside of the image.
    static let embeddedSBOMs = Self(rawValue: "embedded-sboms")
    /// An SBOM inside of the image could not be read.
    static let embeddedSBOM = Self(rawValue: "embedded-sbom")
    /// The dependencies of a database could not be resolved.
    static let dependencies = Self(rawValue: "dependencies")
    /// What a database records of files could not be read.
    static let recordedFiles = Self(rawValue: "recorded-files")
    /// The document has characters that XML cannot hold.
    static let notInXML = Self(rawValue: "not-in-xml")

    /// A package database that could not be read: `dpkg-database`.
    static func unreadableDatabase(_ ecosystem: Ecosystem) -> Self { Self(rawValue: "\(ecosystem.rawValue)-database") }

    /// Software of a kind that is not read: `not-read-java`.
    static func notRead(_ kind: String) -> Self { Self(rawValue: "not-read-\(kind)") }
}
