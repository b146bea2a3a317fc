internal import PackageDatabases
internal import SBOMModel

extension SourcePackage {
    /// The source package of an installed package, if the database states it.
    ///
    /// dpkg leaves out what is the same as in the binary package; of a package that was rebuilt without a change of its source
    /// (`+b1`) it states the version of the source (dpkg lib/dpkg/pkg-format.c, pkg_source_version). rpm states a file name
    /// without epoch: the epoch is that of the binary package, which inherits it from its source unless its spec file says
    /// otherwise. apk states only a name, because all packages of a source have its version.
    init?(of package: InstalledPackage) {
        switch package.ecosystem {
        case .dpkg:
            let version = package.source?.version ?? package.version
            self.init(name: package.source?.name ?? package.name, fullVersion: version)
            guard DebianVersion(parsing: version) != nil else { return nil }
            if epoch.flatMap({ UInt32($0) }) == 0 { epoch = nil }
        case .rpm:
            guard let file = package.source?.name,
                let suffix = [".src.rpm", ".nosrc.rpm"].first(where: file.hasSuffix)
            else { return nil }
            let parts = file.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count >= 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            self.init(
                name: parts.dropLast(2).joined(separator: "-"),
                epoch: package.epoch.flatMap { $0 == 0 ? nil : String($0) },
                version: String(parts[parts.count - 2]), release: String(parts[parts.count - 1]))
        case .opkg: return nil
        case .apk:
            guard APKVersion(package.version).isValid else { return nil }
            self.init(name: package.source?.name ?? package.name, fullVersion: package.version)
        }
    }
}
