internal import ByteStreams
internal import PackageDatabases
internal import SBOMModel

/// The source packages that the packages of an image were built from, as elements of their own.
///
/// Each source is one element, however many packages were built from it. No database lists sources as installed: some
/// readers of documents take them for that (docs/consumers.md), so they are written on request only.
struct SourceElements {
    /// The elements, in the order of the packages that were built from them.
    private(set) var elements: [Element] = []
    /// What each package was generated from.
    private(set) var relationships: [Relationship] = []
    private var known: Set<Element.ID> = []

    /// Adds the sources of a package, and states them in its element.
    mutating func add(
        _ package: InstalledPackage, _ system: OSRelease?, to element: inout Element, for consumer: DocumentConsumer?
    ) {
        // A package may name the source that it was built from among those that it contains parts of.
        var stated: Set<Element.ID> = []
        var sources: [(source: SourcePackage, file: String?, comment: String?)] = []
        if let source = SourcePackage(of: package) { sources.append((source, package.source?.name, nil)) }
        for used in package.builtUsing {
            guard let version = used.version else { continue }
            sources.append((SourcePackage(name: used.name, fullVersion: version), nil, "Built-Using"))
        }
        for (source, file, comment) in sources {
            let id = Self.identifier(of: source, package.ecosystem)
            guard stated.insert(id).inserted else { continue }
            if known.insert(id).inserted {
                var new = Element(id: id, name: source.name)
                new.version = source.fullVersion
                new.purpose = .source
                new.packageURL = PackageURL(source, of: package, system, file: file, for: consumer)?.description
                // Both package managers take the supplier of a package from its source.
                if comment == nil { new.supplier = element.supplier }
                elements.append(new)
            }
            relationships.append(Relationship(element.id, .generatedFrom, id, comment: comment))
            element.properties.append(Element.Property("sbomkit:GeneratedFrom", id, .cycloneDX))
        }
    }

    private static func identifier(of source: SourcePackage, _ ecosystem: Ecosystem) -> Element.ID {
        let identity = "\(ecosystem.rawValue)\n\(source.name)\n\(source.fullVersion)"
        let hash = ContentDigest.of(Array(identity.utf8)).hex.prefix(16)
        return "Source-\(ecosystem.packageURLType)-\(Element.word(String(source.name.prefix(100))))-\(hash)"
    }
}

extension PackageURL {
    /// The package URL of a source package: `arch` is `source` for Debian, and `src` or `nosrc` for rpm (purl-spec `deb`, `rpm`).
    ///
    /// Nil for apk: purl-spec has no word that tells a source from a package of the same name.
    fileprivate init?(
        _ source: SourcePackage, of package: InstalledPackage, _ system: OSRelease?, file: String?,
        for consumer: DocumentConsumer?
    ) {
        var named = package
        named.name = source.name
        named.version = source.fullVersion
        named.source = nil
        named.modularityLabel = nil
        switch package.ecosystem {
        case .apk, .opkg: return nil
        case .dpkg: named.architecture = "source"
        case .rpm: named.architecture = file?.hasSuffix(".nosrc.rpm") == true ? "nosrc" : "src"
        }
        self.init(named, system, for: consumer)
    }
}
