internal import ByteStreams
internal import ContainerImages
package import PackageDatabases
package import SBOMModel

extension PackageURL {
    /// The package URL of an installed package, by the rules of its ecosystem.
    package init(_ package: InstalledPackage, _ system: OSRelease?) {
        switch package.ecosystem {
        case .dpkg: self = .deb(package, system)
        case .rpm: self = .rpm(package, system)
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
            type: "deb", namespace: [system?.id.flatMap(\.nonEmpty)?.lowercased() ?? "debian"],
            name: package.name.lowercased(), version: package.version,
            qualifiers: qualifiers)
    }

    /// The package URL of an rpm package (purl-spec `rpm`): the epoch is a qualifier; `distro`, `upstream` and `rpmmod` are conventions that
    /// vulnerability scanners read.
    ///
    /// Without an os-release there is no namespace, because many vendors use rpm.
    private static func rpm(_ package: InstalledPackage, _ system: OSRelease?) -> PackageURL {
        var qualifiers: [String: String] = [:]
        qualifiers["arch"] = package.architecture
        qualifiers["distro"] = system?.distro
        if let epoch = package.epoch, epoch > 0 { qualifiers["epoch"] = String(epoch) }
        qualifiers["upstream"] = package.source?.name
        qualifiers["rpmmod"] = package.modularityLabel
        var version = package.version
        if let colon = version.firstIndex(of: ":") { version = String(version[version.index(after: colon)...]) }
        return PackageURL(
            type: "rpm", namespace: (system?.rpmVendor).map { [$0] } ?? [], name: package.name, version: version,
            qualifiers: qualifiers)
    }

    /// The package URL of a container image (purl-spec `oci`): the digest of the manifest is the version.
    ///
    /// Nil if the image has no manifest.
    static func oci(_ image: Image, _ name: ImageName) -> PackageURL? {
        guard let digest = image.facts.digest else { return nil }
        var qualifiers: [String: String] = [:]
        qualifiers["arch"] = image.facts.platform?.architecture
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
        }
    }
}

extension OSRelease {
    /// The vendor in package URLs of rpm packages: the ID, except `redhat` for `rhel` and `opensuse` for its variants.
    fileprivate var rpmVendor: String? {
        switch id {
        case nil, "": nil
        case "rhel": "redhat"
        case let id? where id.hasPrefix("opensuse"): "opensuse"
        case "sles", "sled", "sle_hpc", "sles_sap", "sle-micro", "sl-micro": "suse"
        case let id?: id
        }
    }

    /// `ID-VERSION_ID`, with the code name if there is no number (Debian testing and unstable), or the ID alone.
    package var distro: String? {
        guard let id = id.flatMap(\.nonEmpty) else { return nil }
        return release.map { "\(id)-\($0)" } ?? id
    }

    /// `VERSION_ID`, or the code name if there is no number.
    var release: String? { versionID.flatMap(\.nonEmpty) ?? versionCodename.flatMap(\.nonEmpty) }

    /// The name of the system, or nil if the file has none.
    var systemName: String? { id.flatMap(\.nonEmpty) ?? name.flatMap(\.nonEmpty) }
}

extension String {
    /// The text, or nil if it is blank.
    var nonEmpty: String? { contains { !$0.isWhitespace } ? self : nil }
}
