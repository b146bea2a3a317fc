package import ByteStreams

extension RPMDatabase: PackageSystem {
    package static let ecosystem = Ecosystem.rpm
    package static let ownershipPaths: PathPatterns = []
    package static let digestPaths: PathPatterns = []

    package init?(
        in tree: some FileTree, options: PackageSystems.Options, limits: Limits
    ) throws(PackageDatabaseError) {
        try self.init(in: tree, options: options.rpm, limits: limits)
    }
}
