package import ByteStreams

extension APKDatabase: PackageSystem {
    package static let ecosystem = Ecosystem.apk
    package static let databasePaths = PathPatterns(paths)
    package static let companionPaths: PathPatterns = [worldPath]
    package static let ownershipPaths: PathPatterns = []
    package static let licensePaths: PathPatterns = []
    package static let digestPaths: PathPatterns = []

    /// The databases; on systems whose `lib` is in `usr` the path may lead through a link.
    static let paths = [
        "lib/apk/db/installed", "usr/lib/apk/db/installed", "lib/apk/db-uvol/installed",
        "usr/lib/apk/db-uvol/installed",
    ]
    static let worldPath = "etc/apk/world"
    private static let folder = "lib/apk/db"

    package init?(
        in tree: some FileTree, options: PackageSystems.Options, limits: Limits
    ) throws(PackageDatabaseError) {
        do throws(ParseError) {
            try self.init(in: tree, limits: limits)
        } catch {
            throw PackageDatabaseError(error, path: Self.folder)
        }
    }

    /// Every need of apk is a strong one, so `includingWeak` adds nothing.
    package func dependencies(
        includingWeak: Bool, in tree: some FileTree
    ) throws(PackageDatabaseError) -> DependencyGraph {
        do throws(ParseError) {
            return try dependencies()
        } catch {
            throw PackageDatabaseError(error, path: Self.folder)
        }
    }

    /// The licenses by the field `L`, which has an SPDX expression, or the words of an older time.
    package func licenses(in tree: some FileTree) -> [LicenseFinding?] {
        packages.map { $0.license.flatMap { LicenseFinding(licenseTag: $0) } }
    }
}
