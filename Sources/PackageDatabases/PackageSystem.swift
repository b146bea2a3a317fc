package import ByteStreams

/// A package manager whose databases are read from the merged root file system.
///
/// To add a package manager, add a type that conforms, a case of ``Ecosystem`` (the compiler then requires the rule for
/// its package URLs), and a line in ``PackageSystems/all``. That list determines which files are kept while the layers
/// stream, which databases are read, and which package managers are reported as not read.
package protocol PackageSystem: Sendable {
    /// The kind of packages that the databases list.
    static var ecosystem: Ecosystem { get }

    /// The paths of the databases: a file at one of them shows that the package manager is in use.
    static var databasePaths: PathPatterns { get }

    /// The paths of the other files that reading a database needs, such as logs and configuration.
    static var companionPaths: PathPatterns { get }

    /// The paths of the files that only ``owners(of:in:)`` and ``shippedFiles(in:)`` need.
    static var ownershipPaths: PathPatterns { get }

    /// The paths of the files that only ``licenses(in:)`` needs.
    static var licensePaths: PathPatterns { get }

    /// The paths of the files that only ``recordedFiles(in:)`` needs, in addition to ``ownershipPaths``.
    static var digestPaths: PathPatterns { get }

    /// Reads the databases of one state of a file system, or returns nil if it has none.
    ///
    /// - Throws: ``PackageDatabaseError`` if a database cannot be read at all, or exceeds one of `limits`. A damaged
    ///   record costs that record and leaves a diagnostic.
    init?(
        in tree: some FileTree, options: PackageSystems.Options, limits: Limits
    ) throws(PackageDatabaseError)

    /// The installed packages, each once.
    var packages: [InstalledPackage] { get }

    /// What is damaged or unusual, in the order in which it was found.
    var diagnostics: [Diagnostic] { get }

    /// Which packages depend on which, numbered as in ``packages``, and which dependencies are unmet.
    ///
    /// - Throws: ``PackageDatabaseError`` if the graph, or the work to find it, exceeds a limit.
    func dependencies(
        includingWeak: Bool, in tree: some FileTree
    ) throws(PackageDatabaseError) -> DependencyGraph

    /// The packages that own the files at `paths`, by their numbers in ``packages``.
    ///
    /// `paths` are canonical: no component but the last is a symbolic link. A database may name a file through a link,
    /// so its paths are resolved in `tree` before they are compared. If several packages own a file, the first one
    /// counts.
    func owners(of paths: Set<String>, in tree: some FileTree) -> FileOwnership

    /// What kinds of files each package ships, in the order of ``packages``; nil for a package whose files are not listed.
    func shippedFiles(in tree: some FileTree) -> [ShippedFiles?]

    /// What is stated about the license of each package, in the order of ``packages``; nil for a package about which
    /// nothing is stated.
    func licenses(in tree: some FileTree) -> [LicenseFinding?]

    /// What the databases record of each file of the packages; packages whose files are not listed have none.
    ///
    /// The files of one package follow each other, in the order of its list.
    ///
    /// - Throws: ``PackageDatabaseError`` if there are more than ``Limits/recordedFileCount``.
    func recordedFiles(in tree: some FileTree) throws(PackageDatabaseError) -> [RecordedFile]
}

/// The package managers that are read.
package enum PackageSystems {
    /// Each package manager that is read, in the order in which packages are listed.
    package static let all: [any PackageSystem.Type] = [
        DpkgDatabase.self, RPMDatabase.self, APKDatabase.self, OpkgDatabase.self,
    ]

    /// The options for reading, for all package managers.
    package struct Options: Sendable {
        /// The options for rpm databases.
        package var rpm = RPMDatabase.Options()

        package init() {}
    }
}

/// A kind of package, with its own names, versions and package URLs.
///
/// The raw value must not change, because identifiers and diagnostics contain it.
package enum Ecosystem: String, Sendable, Hashable, CaseIterable {
    /// Packages that dpkg installed.
    case dpkg
    /// Packages that rpm installed.
    case rpm
    /// Packages that apk installed.
    case apk
    /// Packages that opkg installed.
    case opkg
}

/// A package database that could not be read at all, or whose dependencies could not be resolved.
package struct PackageDatabaseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Code: Sendable, Hashable {
        /// The database is damaged, or the file is not a database.
        case unreadable
        /// The database has a format that is not supported.
        case unsupported
        /// The database exceeds a limit of ``Limits``, which the message names.
        case limit
    }

    /// The kind of failure.
    package let code: Code
    /// The path of the database in the image.
    package let path: String
    /// What was found or expected, in one line.
    package let message: String

    init(_ code: Code, path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    init(_ error: ParseError, path: String) {
        let code: Code = if case .limit = error.kind { .limit } else { .unreadable }
        self.init(code, path: path, "\(error)")
    }

    package var description: String { "\(path): \(message)" }
}
