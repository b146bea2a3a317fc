internal import SBOMModel

/// The properties by which trivy, syft and grype find in CycloneDX what SPDX's `sourceInfo` and a package URL say.
///
/// In documents that this program makes they follow from those two, so they are written from them and read back into them.
enum ScannerProperties {
    /// The layer, as syft has it.
    static let layerName = "syft:location:0:layerID"

    /// The source package by trivy's names; empty if `sourceInfo` does not state one.
    static func details(of element: Element) -> [Element.Property] {
        guard let source = element.sourceInfo.flatMap(SourcePackage.init(statement:)),
            SourcePackage(details: source.details)?.statement == source.statement
        else { return [] }
        return source.details.map { Element.Property($0.name, $0.value) }
    }

    /// Makes `sourceInfo` of the source package by trivy's names, if it can say the same.
    static func restore(_ element: inout Element) {
        guard element.sourceInfo == nil else { return }
        let details = element.properties.filter { $0.origin == .tool && SourcePackage.detailNames.contains($0.name) }
        guard let source = SourcePackage(details: details.map { ($0.name, $0.value) }), source.isStatable else {
            return
        }
        element.sourceInfo = source.statement
        element.properties.removeAll { details.contains($0) }
    }

    /// What syft and grype read of a package of a system, from its package URL: without them they have no source package.
    static func metadata(of element: Element) -> [(name: String, value: String)] {
        guard let text = element.packageURL, ["pkg:deb/", "pkg:rpm/", "pkg:apk/"].contains(where: text.hasPrefix),
            let purl = PackageURL(parsing: text)
        else { return [] }
        var metadata: [(name: String, value: String)] = []
        func append(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { metadata.append((name, value)) }
        }
        let upstream = purl.qualifiers["upstream"]
        switch purl.type {
        case "deb":
            append(typeName, "dpkg-db-entry")
            let parts = upstream?.split(separator: "@", maxSplits: 1).map(String.init) ?? []
            append("syft:metadata:source", parts.first)
            append("syft:metadata:sourceVersion", parts.dropFirst().first)
        case "apk":
            append(typeName, "apk-db-entry")
            append("syft:metadata:originPackage", upstream)
        default:
            append(typeName, "rpm-db-entry")
            append("syft:metadata:epoch", purl.qualifiers["epoch"])
            append("syft:metadata:modularityLabel", purl.qualifiers["rpmmod"])
            if let version = purl.version, let hyphen = version.lastIndex(of: "-") {
                append("syft:metadata:release", String(version[version.index(after: hyphen)...]))
            }
            append("syft:metadata:sourceRpm", upstream)
        }
        return metadata
    }

    /// Whether ``metadata(of:)`` or the layer gives the property again.
    static func isDerived(_ name: String) -> Bool {
        name.utf8.starts(with: "syft:".utf8) && derivedNames.contains(name)
    }

    private static let typeName = "syft:package:metadataType"
    private static let derivedNames: Set<String> = [
        layerName, typeName, "syft:metadata:source", "syft:metadata:sourceVersion", "syft:metadata:epoch",
        "syft:metadata:modularityLabel", "syft:metadata:release", "syft:metadata:sourceRpm",
        "syft:metadata:originPackage",
    ]
}
