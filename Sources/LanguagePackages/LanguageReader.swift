package import ByteStreams
package import ContainerImages
package import PackageDatabases

/// A file of an image of which something was kept for a reader.
package struct LanguageFile: Sendable {
    /// The path, in which no component is a symbolic link, without a leading slash.
    package var path: String
    /// The layer that has it, counted from 0.
    package var layer: Int
    /// What was kept.
    package var extract: FileExtract
    /// Whether a package of the system owns it; what it shows is a part of that package then, and no blind spot.
    package var isOwned = false

    /// How much it matters that the file does not describe what it should.
    package var damageSeverity: Diagnostic.Severity { isOwned ? .note : .blind }

    package init(path: String, layer: Int, extract: FileExtract) {
        self.path = path
        self.layer = layer
        self.extract = extract
    }

    /// The bytes of a file that was kept as a whole; empty for any other.
    package var bytes: [UInt8] { extract[""] ?? [] }
}

/// What readers know of an image.
package struct LanguageFiles: Sendable {
    /// The files of which something was kept, in the order of the bytes of their paths.
    package let files: [LanguageFile]
    /// The architecture of the image as OCI spells it, such as `amd64`; nil if the image does not state it.
    package let architecture: String?
    /// The `ID` and the `VERSION_ID` of os-release.
    package let system: OSRelease?

    private let places: [String: Int]

    package init(_ files: [LanguageFile], architecture: String?, system: OSRelease?) {
        let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        places = Dictionary(sorted.indices.map { (sorted[$0].path, $0) }, uniquingKeysWith: { first, _ in first })
        self.files = sorted
        self.architecture = architecture
        self.system = system
    }

    /// The file at a path, if something of it was kept.
    package subscript(path: String) -> LanguageFile? { places[path].map { files[$0] } }

    /// The files whose paths are in a set.
    package func matching(_ patterns: PathPatterns) -> [LanguageFile] {
        files.filter { patterns.matches(Array($0.path.utf8)[...]) }
    }
}

/// Finds the packages of one kind.
///
/// To add a kind, add a case of ``PackageKind``, a type that conforms, and a line in ``LanguageReaders/all``.
package protocol LanguageReader: Sendable {
    /// The kind of the packages.
    static var kind: PackageKind { get }

    /// The files that are kept as a whole, up to ``Limits/manifestFileSize``.
    static var paths: PathPatterns { get }

    /// What of the bytes of a file of ``paths`` is needed; all of them unless the reader says otherwise, nil for nothing.
    ///
    /// Called while the layer streams, so that what is not needed takes no memory.
    static func reduced(_ bytes: [UInt8], of name: ArraySlice<UInt8>) -> [UInt8]?

    /// Finds the packages.
    ///
    /// - Parameters:
    ///   - files: What was kept of the image.
    ///   - tree: The root file system, for the names in folders and for symbolic links. The bytes of files are in `files`.
    ///   - limits: The bounds on what is read.
    /// - Returns: The packages and their dependencies. A damaged file costs what it describes and gives a diagnostic.
    static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings
}

extension LanguageReader {
    package static func reduced(_ bytes: [UInt8], of name: ArraySlice<UInt8>) -> [UInt8]? { bytes }
}
