internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases

/// A package of a lower layer that the image as a whole does not have: it was removed, or replaced by another version.
struct HiddenPackage: Sendable {
    let package: InstalledPackage
    /// The layer that added it, counted from 0.
    let origin: Int
    /// The last layer that has it, counted from 0; the next one removes it.
    let lastLayer: Int
}

/// Which layers of an image added and removed which packages.
struct PackageHistory: Sendable {
    /// The layer since which each package of the image, in its version, has been installed without interruption.
    let origins: [Int]
    /// The packages of lower layers that the image does not have, in the order of name, architecture and version.
    let hidden: [HiddenPackage]

    /// Reads the package databases in the state after each layer that changes them.
    ///
    /// `last` are the packages of the final state, which is not read again. Nil if the databases of all layers together
    /// are larger than `limits.historySize`.
    init?(
        of last: InstalledSystem, in read: Image.Files, systems: [any PackageSystem.Type],
        options: PackageSystems.Options, limits: Limits
    ) {
        let interest = systems.reduce([] as PathPatterns) { $0 + $1.databasePaths + $1.companionPaths }
        let final = read.files.origins(of: interest)
        var bytesLeft = limits.historySize
        var came: [InstalledPackage.Identity: Int] = [:]
        var present: [InstalledPackage] = []
        var gone: [InstalledPackage.Identity: HiddenPackage] = [:]
        var previous: [FileOrigin] = []
        // These are the states in which a file of any interest changes; those of the databases are among them.
        for count in read.changes {
            let state = read.files.after(layers: count)
            let origins = state.origins(of: interest)
            guard origins != previous else { continue }
            previous = origins
            bytesLeft -= state.size(of: interest)
            guard bytesLeft >= 0 else { return nil }
            let system =
                origins == final
                ? last : InstalledSystem(in: state, systems: systems, options: options, limits: limits)
            var next: [InstalledPackage.Identity: Int] = [:]
            for package in system.packages { next[package.identity] = came[package.identity] ?? count - 1 }
            for package in present where next[package.identity] == nil {
                gone[package.identity] = HiddenPackage(
                    package: package, origin: came[package.identity] ?? 0, lastLayer: count - 2)
            }
            came = next
            present = system.packages
        }
        origins = last.packages.map { came[$0.identity] ?? 0 }
        let installed = Set(last.packages.map(\.identity))
        hidden = gone.values.filter { !installed.contains($0.package.identity) }
            .sorted { $0.package.precedes($1.package) }
    }
}

extension InstalledPackage {
    /// Orders by name, architecture and version, so that documents of like images are alike.
    func precedes(_ other: InstalledPackage) -> Bool {
        (name, architecture ?? "", version, database) < (
            other.name, other.architecture ?? "", other.version, other.database
        )
    }
}
