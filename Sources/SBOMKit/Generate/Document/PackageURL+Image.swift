internal import ByteStreams
internal import ContainerImages
package import PackageDatabases
package import SBOMModel

extension PackageURL {
    /// The package URL of an installed package, by the rules of its ecosystem and the names that a reader knows.
    package init(_ package: InstalledPackage, _ system: OSRelease?, for consumer: DocumentConsumer? = nil) {
        switch package.ecosystem {
        case .dpkg: self = .deb(package, system)
        case .rpm: self = .rpm(package, system, for: consumer)
        case .apk: self = .apk(package, system)
        case .opkg: self = .opkg(package, system)
        }
    }

    /// The package URL of a Debian package (purl-spec `deb`): the epoch is part of the version; `distro` and `upstream` are conventions
    /// that vulnerability scanners read.
    ///
    /// Without an os-release the namespace is `debian`, the vendor of dpkg.
    private static func deb(_ package: InstalledPackage, _ system: OSRelease?) -> PackageURL {
        var qualifiers: [String: String] = [:]
        qualifiers["arch"] = package.architecture
        qualifiers["distro"] = system?.distro
        if let source = package.source {
            qualifiers["upstream"] = source.name + (source.version.map { "@" + $0 } ?? "")
        }
        return PackageURL(
            type: "deb", namespace: [system?.debNamespace ?? "debian"],
            name: package.name.lowercased(), version: package.version,
            qualifiers: qualifiers)
    }

    /// The package URL of an rpm package (purl-spec `rpm`): the epoch is a qualifier; `distro`, `upstream` and `rpmmod` are conventions that
    /// vulnerability scanners read.
    ///
    /// Without an os-release there is no namespace, because many vendors use rpm.
    private static func rpm(
        _ package: InstalledPackage, _ system: OSRelease?, for consumer: DocumentConsumer?
    ) -> PackageURL {
        var qualifiers: [String: String] = [:]
        qualifiers["arch"] = package.architecture
        qualifiers["distro"] = system?.distro
        if let epoch = package.epoch, epoch > 0 { qualifiers["epoch"] = String(epoch) }
        qualifiers["upstream"] = package.source?.name
        qualifiers["rpmmod"] = package.modularityLabel
        var version = package.version
        if let colon = version.firstIndex(of: ":") { version = String(version[version.index(after: colon)...]) }
        return PackageURL(
            type: "rpm", namespace: (system?.rpmNamespace(for: consumer)).map { [$0] } ?? [], name: package.name,
            version: version, qualifiers: qualifiers)
    }

    /// The package URL of an Alpine package (purl-spec `apk`): name and namespace are in lower case; `distro` and `upstream`
    /// are conventions that vulnerability scanners read.
    ///
    /// Without an os-release the namespace is `alpine`, the vendor of apk. The source has the version of the package.
    private static func apk(_ package: InstalledPackage, _ system: OSRelease?) -> PackageURL {
        var qualifiers: [String: String] = [:]
        qualifiers["arch"] = package.architecture
        qualifiers["distro"] = system?.distro
        if let source = package.source, source.name != package.name { qualifiers["upstream"] = source.name }
        return PackageURL(
            type: "apk", namespace: [system?.apkNamespace ?? "alpine"],
            name: package.name.lowercased(), version: package.version, qualifiers: qualifiers)
    }

    /// The package URL of a package of opkg, for which purl-spec has no type.
    private static func opkg(_ package: InstalledPackage, _ system: OSRelease?) -> PackageURL {
        var qualifiers: [String: String] = [:]
        qualifiers["arch"] = package.architecture
        qualifiers["distro"] = system?.distro
        return PackageURL(type: "generic", name: package.name, version: package.version, qualifiers: qualifiers)
    }

    /// The package URL of an image or artifact in a registry (purl-spec `oci`): the digest of the manifest is the version.
    ///
    /// Nil if it has no manifest, or no name.
    static func oci(_ facts: ImageFacts, _ name: ImageName) -> PackageURL? {
        guard !name.isUnnamed, let digest = facts.digest else { return nil }
        var qualifiers: [String: String] = [:]
        qualifiers["arch"] = facts.platform?.architecture
        qualifiers["tag"] = name.tag
        qualifiers["repository_url"] = name.repository
        return PackageURL(
            type: "oci", name: name.name.lowercased(), version: digest.description,
            qualifiers: qualifiers)
    }
}

extension Ecosystem {
    /// The type of its package URLs (purl-spec, "types").
    var packageURLType: String {
        switch self {
        case .dpkg: "deb"
        case .rpm: "rpm"
        case .apk: "apk"
        case .opkg: "generic"
        }
    }
}
