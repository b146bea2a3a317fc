internal import ByteStreams
internal import ContainerImages
internal import LanguagePackages
internal import PackageDatabases
internal import SBOMModel

extension Element {
    /// The element of a package that files of the image show.
    ///
    /// - Parameters:
    ///   - package: The package.
    ///   - container: The package that contains it, if it is inside of one.
    ///   - origin: The layer of the file that shows it, if known.
    ///   - notes: Lines of the comment.
    ///   - texts: The licenses of the document.
    init(
        _ package: LanguagePackage, in container: LanguagePackage?, _ origin: LayerOrigin?, notes: [String],
        _ texts: inout LicenseTexts
    ) {
        self.init(id: Self.identifier(of: package), name: package.name)
        group = package.group
        version = package.version
        packageURL = package.packageURL?.description
        summary = package.summary
        purpose = package.isApplication ? .application : .library
        // A package of a language names its author, who need not be who supplied it (SPDX 2.3 §7.6).
        originator = package.author.flatMap(Actor.init(contact:))
        var comments = notes
        if let author = package.author?.nonEmpty, originator?.says(author) != true {
            comments.append("Author: \(author)")
        }
        if let text = package.homepage?.nonEmpty {
            homepage = WebAddress(text)?.text
            if homepage == nil { comments.append("Homepage: \(text)") }
        }
        downloadLocation = package.downloadLocation.flatMap { WebAddress($0)?.text }
        comment = comments.isEmpty ? nil : comments.joined(separator: "\n")
        checksums = package.checksums.map { Checksum(algorithm: $0.algorithm, value: $0.value) }
        if let license = package.license { state(license, &texts) }
        let place = package.path + (package.member.map { "!/\($0)" } ?? "")
        sourceInfo = "\(package.kind.rawValue) package, \(package.method.rawValue) of \(place)"
        properties.append(Property(Property.filePath, package.path))
        if let member = package.member { properties.append(Property(Property.member, member)) }
        properties.append(Property(Property.foundBy, package.method.rawValue))
        if let container { properties.append(Property("PartOf", container.label)) }
        if let origin { locate(in: origin) }
        if package.isRequested { properties.append(Property("Requested", "true")) }
        properties += package.properties.map { Property(Self.propertyName($0.name), $0.value) }
    }

    /// The name of a fact in the form of all names of ours: `GoVcsRevision` for `go:vcs.revision`.
    private static func propertyName(_ name: String) -> String {
        name.split { ":._-".contains($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// The identifier: readable words, and a hash that keeps packages with the same words apart.
    private static func identifier(of package: LanguagePackage) -> Element.ID {
        let identity = [
            package.kind.rawValue, package.group ?? "", package.name, package.version ?? "", package.path,
            package.member ?? "",
        ].joined(separator: "\n")
        let hash = ContentDigest.of(Array(identity.utf8)).hex.prefix(16)
        return "Package-\(package.kind.rawValue)-\(Element.word(String(package.name.prefix(100))))-\(hash)"
    }
}

extension BillOfMaterials {
    /// The elements of the packages that files show, in their order; adds their identifiers by their numbers.
    static func languageElements(
        _ scan: ImageScan, _ ids: inout [Int: Element.ID], _ texts: inout LicenseTexts
    ) -> [Element] {
        var notes: [Int: [String]] = [:]
        let first = scan.packages.count
        for need in scan.graph.unmet where need.package >= first {
            notes[need.package, default: []].append("Unmet dependency (\(need.field)): \(need.need)")
        }
        for (package, count) in scan.graph.unmetCounts where package >= first {
            let more = count - (notes[package]?.count ?? 0)
            if more > 0 { notes[package, default: []].append("Unmet dependencies: \(more) more") }
        }
        var elements: [Element] = []
        var used: [Element.ID: Int] = [:]
        let packages = scan.language.packages
        for (number, package) in packages.enumerated() {
            var element = Element(
                package, in: package.container.map { packages[$0] }, LayerOrigin(scan.image, package.layer),
                notes: notes[first + number] ?? [], &texts)
            // A file can state one package twice.
            used[element.id, default: 0] += 1
            if let count = used[element.id], count > 1 { element.id += "-\(count)" }
            ids[first + number] = element.id
            elements.append(element)
        }
        for edge in scan.graph.edges where edge.isWeak && elements.indices.contains(edge.from - first) {
            guard let target = ids[edge.to] else { continue }
            elements[edge.from - first].properties.append(
                Element.Property("sbomkit:OptionalDependency", target, .cycloneDX))
        }
        return elements
    }

    /// The relationships of packages of the operating system with the packages of languages that they own.
    static func ownedPackages(_ scan: ImageScan, _ ids: [Int: Element.ID]) -> [Relationship] {
        var relationships: [Relationship] = []
        for (number, owner) in scan.language.owners.enumerated() {
            guard let owner, let outer = ids[owner], let inner = ids[scan.packages.count + number] else { continue }
            relationships.append(Relationship(outer, .contains, inner))
            // grype recognizes by this comment that both are one finding (grype, "ownership-by-file-overlap").
            relationships.append(
                Relationship(
                    outer, .other, inner,
                    comment: "ownership-by-file-overlap: the package owns the file that shows the other"))
        }
        return relationships
    }
}
