package import ByteStreams

extension DpkgDatabase: PackageSystem {
    package static let ecosystem = Ecosystem.dpkg
    package static let databasePaths: PathPatterns = [statusPath, "\(statusFolder)/*"]
    package static let companionPaths: PathPatterns = [architecturePath]
    package static let ownershipPaths: PathPatterns = [
        "\(listFolder)/*\(listEnding)", diversionsPath, "\(alternativesFolder)/*",
    ]
    package static let digestPaths: PathPatterns = ["\(listFolder)/*\(digestEnding)"]

    package static let licensePaths: PathPatterns = [
        "\(documentationFolder)/*/copyright", "\(documentationFolder)/*/copyright.gz", "\(commonLicensesFolder)/*",
    ]

    static let folder = "var/lib/dpkg"
    static let statusPath = folder + "/status"
    static let statusFolder = folder + "/status.d"
    static let architecturePath = folder + "/arch"
    static let listFolder = folder + "/info"
    static let listEnding = ".list"
    static let diversionsPath = folder + "/diversions"
    static let alternativesFolder = folder + "/alternatives"
    /// How lists of digests end, beside the lists of files and in `status.d`; every other file there is a control file.
    static let digestEnding = ".md5sums"

    package init?(
        in tree: some FileTree, options: PackageSystems.Options, limits: Limits
    ) throws(PackageDatabaseError) {
        do throws(ParseError) {
            try self.init(in: tree, limits: limits)
        } catch {
            throw PackageDatabaseError(error, path: Self.folder)
        }
    }

    package func dependencies(
        includingWeak: Bool, in tree: some FileTree
    ) throws(PackageDatabaseError) -> DependencyGraph {
        do throws(ParseError) {
            return try dependencies(includingWeak: includingWeak)
        } catch {
            throw PackageDatabaseError(error, path: Self.folder)
        }
    }
}
