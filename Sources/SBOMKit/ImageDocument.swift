internal import ByteStreams
internal import OCIImages
internal import PackageDatabases
package import SBOMModel

/// What of a document does not come from the image: who asks, and when.
struct DocumentContext: Sendable {
    var toolVersion: String
    var name: String?
    var namespaceBase: String
    var supplier: Actor?
    var creators: [Actor]
    /// From the environment; where it is nil the image's own time is taken.
    var created: Timestamp?
}

extension BillOfMaterials {
    /// The document of an image: the image contains its operating system, and that contains every package.
    ///
    /// The namespace is still empty; it is derived from the content.
    init(_ scan: ImageScan, _ context: DocumentContext) {
        let name = ImageName(scan.image, named: context.name)
        let (created, createdComment) = Self.time(scan.image, context)
        let tool = Actor(.tool, name: "sbomkit-\(context.toolVersion)")
        let order = scan.packages.indices.sorted { scan.packages[$0].precedes(scan.packages[$1]) }
        var notes: [Int: [String]] = [:]
        for need in scan.graph.unmet {
            notes[need.package, default: []].append("Unmet dependency (\(need.field)): \(need.need)")
        }

        var ids: [Int: Element.ID] = [:]
        var packages: [Element] = []
        for index in order {
            let origin = LayerOrigin(scan.image, scan.origins[index])
            let element = Element(
                scan.packages[index], scan.system, origin, notes: notes[index] ?? [], annotator: tool, date: created)
            ids[index] = element.id
            packages.append(element)
        }
        let image = Element(scan.image, name, supplier: context.supplier, annotator: tool, date: created)
        let system = scan.system.flatMap(Element.init(operatingSystem:))
        var relationships: [Relationship] = []
        if let system { relationships.append(Relationship(image.id, .contains, system.id)) }
        for package in packages { relationships.append(Relationship(system?.id ?? image.id, .contains, package.id)) }
        relationships += Self.dependencies(scan.graph, ids, order)

        let isBlind = scan.diagnostics.contains { $0.severity == .blind }
        self.init(
            name: name.tag.map { "\(name.name):\($0)" } ?? name.name, namespace: "", created: created.description,
            creators: context.creators + [tool], roots: [image.id],
            elements: [image] + (system.map { [$0] } ?? []) + packages, relationships: relationships,
            completeness: isBlind ? .incomplete : .complete)
        creatorComment = "SBOM Type: Analyzed\n\(createdComment)"
        comment = Self.comment(scan, hasSystem: system != nil)
    }

    private static func time(_ image: Image, _ context: DocumentContext) -> (Timestamp, String) {
        if let created = context.created { return (created, "Created is the time that SOURCE_DATE_EPOCH gave.") }
        if let created = image.configuration.created.flatMap(Timestamp.init(rfc3339:)) {
            return (created, "Created is the time that the image's configuration states for the image.")
        }
        let stated = image.configuration.created.map { "\"\($0)\", which is no time of RFC 3339" } ?? "no time"
        return (
            .unknown,
            "Created is not known: the image's configuration states \(stated), and SOURCE_DATE_EPOCH was not set."
        )
    }

    /// What a reader must know of the content: whether it is whole, and each thing that is not in it.
    private static func comment(_ scan: ImageScan, hasSystem: Bool) -> String {
        let blind = scan.diagnostics.filter { $0.severity == .blind }
        var lines: [String] = []
        if blind.isEmpty {
            lines.append(
                "Completeness: complete for what the package databases describe; files that no package manager installed "
                    + "are not listed.")
        } else {
            lines.append("Completeness: incomplete.")
            lines += blind.map { "Not described: \($0.place): \($0.message)." }
        }
        if !hasSystem {
            lines.append(
                "No os-release tells what the operating system is: there is no package for it, and package URLs of Debian "
                    + "packages have the namespace debian and no distro.")
        }
        if scan.packages.isEmpty { lines.append("No package is listed.") }
        let warnings = scan.diagnostics.filter {
            $0.severity == .warning && $0.code != "unmet" && $0.code != "no-os-release"
        }
        lines += warnings.prefix(100).map { "Warning: \($0.place): \($0.message)." }
        if warnings.count > 100 { lines.append("Warning: \(warnings.count - 100) more of this kind.") }
        return lines.joined(separator: "\n")
    }

    private static func dependencies(
        _ graph: DependencyGraph, _ ids: [Int: Element.ID], _ order: [Int]
    ) -> [Relationship] {
        var rank: [Int: Int] = [:]
        for (place, index) in order.enumerated() { rank[index] = place }
        let edges = graph.edges.sorted { left, right in
            let (one, other) = (
                (rank[left.from] ?? 0, rank[left.to] ?? 0), (rank[right.from] ?? 0, rank[right.to] ?? 0)
            )
            return one < other
        }
        return edges.compactMap { edge in
            guard let from = ids[edge.from], let to = ids[edge.to] else { return nil }
            return edge.isWeak
                ? Relationship(to, .optionalDependencyOf, from, comment: "recommended or suggested")
                : Relationship(from, .dependsOn, to)
        }
    }
}

/// The layer that something came with.
struct LayerOrigin: Sendable {
    let diffID: ContentDigest
    let digest: ContentDigest
    /// Counted from 1, the lowest.
    let number: Int
    let count: Int

    init?(_ image: Image, _ layer: Int) {
        guard image.manifest.layers.indices.contains(layer) else { return nil }
        diffID = image.configuration.diffIDs[layer]
        digest = image.manifest.layers[layer].digest
        number = layer + 1
        count = image.manifest.layers.count
    }
}

extension Element {
    /// The image itself.
    fileprivate init(_ image: Image, _ name: ImageName, supplier: Actor?, annotator: Actor, date: Timestamp) {
        let digest = image.descriptor.digest
        self.init(id: "Image-\(Element.word(name.name))-\(digest.hex.prefix(16))", name: name.name)
        let labels = image.configuration.labels
        version = digest.description
        purpose = .container
        let vendor = labels["org.opencontainers.image.vendor"].flatMap(Actor.init(contact:))
        self.supplier = supplier ?? vendor.map { Actor(.organization, name: $0.name, email: $0.email) }
        packageURL = .oci(image, name)
        checksums = [Checksum(algorithm: digest.algorithm.rawValue.uppercased(), value: digest.hex)]
        homepage = labels["org.opencontainers.image.url"].flatMap(Element.webAddress)
        summary = labels["org.opencontainers.image.description"]
        var said = ["ImageID: \(image.manifest.config.map { $0.digest.description } ?? "")"]
        said += image.configuration.diffIDs.map { "DiffID: \($0)" }
        if let reference = image.fullReference { said.append("RepoTag: \(reference)") }
        said += labels.sorted { $0.key < $1.key }.map { "Labels:\($0.key): \($0.value)" }
        annotations = said.map { Annotation(annotator: annotator, date: date.description, comment: $0) }
    }

    /// The operating system, as its os-release has it; nil if that gives it no name.
    fileprivate init?(operatingSystem system: OSRelease) {
        guard let name = system.systemName else { return nil }
        let version = system.release
        self.init(
            id: "OperatingSystem-" + Element.word(version.map { "\(name)-\($0)" } ?? name), name: name)
        self.version = version
        purpose = .operatingSystem
        let vendor = [system.vendorName, system.name].lazy.compactMap { $0.flatMap(Actor.init(contact:)) }.first
        supplier = vendor.map { Actor(.organization, name: $0.name, email: $0.email) }
        homepage = system.homeURL.flatMap(Element.webAddress)
        var remarks: [String] = []
        if homepage == nil, let text = system.homeURL?.nonEmpty { remarks.append("HOME_URL: \(text)") }
        summary = system.prettyName
        sourceInfo = "os-release"
        if let cpe = system.cpeName?.nonEmpty {
            if let type = Self.referenceType(ofCPE: cpe) {
                externalReferences = [ExternalReference(category: "SECURITY", type: type, locator: cpe)]
            } else {
                remarks.append("CPE_NAME: \(cpe)")
            }
        }
        comment = remarks.isEmpty ? nil : remarks.joined(separator: "\n")
    }

    /// An installed package.
    fileprivate init(
        _ package: InstalledPackage, _ system: OSRelease?, _ origin: LayerOrigin?, notes: [String], annotator: Actor,
        date: Timestamp
    ) {
        let identity = [package.name, package.version, package.architecture ?? ""].joined(separator: "\n")
        let hash = ContentDigest.of(Array("\(package.manager)\n\(identity)".utf8)).hex.prefix(16)
        let words = [package.name, package.architecture].compactMap { $0 }.map(Element.word).joined(separator: "-")
        self.init(id: "Package-\(package.manager == .dpkg ? "deb" : "rpm")-\(words)-\(hash)", name: package.name)
        version = package.version
        supplier = package.maintainer.flatMap(Actor.init(contact:))
        originator = package.originalMaintainer.flatMap(Actor.init(contact:))
        var comments = notes
        for (field, text, actor) in [
            ("Maintainer", package.maintainer, supplier),
            ("Original-Maintainer", package.originalMaintainer, originator),
        ] {
            if let text = text?.nonEmpty, actor?.says(text) != true { comments.append("\(field): \(text)") }
        }
        if originator == supplier { originator = nil }
        packageURL = .deb(package, system)
        purpose = Purpose(section: package.section)
        summary = package.summary
        description = package.description
        if let text = package.homepage?.nonEmpty {
            homepage = Element.webAddress(text)
            if homepage == nil { comments.append("Homepage: \(text)") }
        }
        comment = comments.isEmpty ? nil : comments.joined(separator: "\n")
        var info = "dpkg database \(package.database)"
        if let source = package.source {
            info += "; built from source package \(source.name) \(source.version ?? package.version)"
        }
        if let origin {
            info += "; came with layer \(origin.number) of \(origin.count)"
            annotations = ["LayerDiffID: \(origin.diffID)", "LayerDigest: \(origin.digest)"].map {
                Annotation(annotator: annotator, date: date.description, comment: $0)
            }
        }
        sourceInfo = info
    }

    /// The text with everything that SPDX does not allow in an identifier made a hyphen (SPDX 2.3 §3.2).
    package static func word(_ text: String) -> String {
        String(
            decoding: text.utf8.map { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"): byte
                default: UInt8(ascii: "-")
                }
            }, as: UTF8.self)
    }
}

extension Element.Purpose {
    /// What the section of a Debian package says of its purpose (Debian policy §2.4); nil where it says nothing.
    fileprivate init?(section: String?) {
        // Ubuntu's sections have the archive area before them: `universe/libs`.
        guard let word = section?.split(separator: "/").last?.lowercased(), !word.isEmpty else { return nil }
        switch word {
        case "libs", "libdevel", "oldlibs", "perl", "python", "ruby", "java", "javascript", "php", "golang", "rust",
            "haskell", "ocaml", "lisp", "gnu-r", "cli-mono", "introspection":
            self = .library
        case "doc", "fonts", "localization", "metapackages", "debug", "tasks":
            self = .other
        default:
            self = .application
        }
    }
}

extension Relationship.Kind {
    static let optionalDependencyOf = Relationship.Kind(rawValue: "OPTIONAL_DEPENDENCY_OF")
}

extension InstalledPackage {
    /// Orders by name, architecture and version, so that documents of like images are alike.
    fileprivate func precedes(_ other: InstalledPackage) -> Bool {
        (name, architecture ?? "", version, database) < (
            other.name, other.architecture ?? "", other.version, other.database
        )
    }
}
