internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases
internal import SBOMFormats
internal import SBOMModel

/// Where the time of a document comes from, if not from the image.
enum CreationSource: Sendable {
    /// The environment variable `SOURCE_DATE_EPOCH`.
    case environment
    /// The caller states it.
    case caller
    /// The clock of this machine.
    case clock
}

/// What of a document does not come from the image: who asks, and when.
struct DocumentContext: Sendable {
    var toolVersion: String
    var name: String?
    var namespaceBase: String
    var supplier: Actor?
    /// Whether packages without a supplier have that of the operating system.
    var supplierFromDistribution: Bool
    var creators: [Actor]
    var consumer: DocumentConsumer?
    var profiles: [DocumentCheck.Profile]
    var hidden: Generator.HiddenPackages
    var files: Generator.Files
    var verificationCodes: Bool
    var sources: Bool
    /// The SBOM of the base image.
    var baseSBOM: [UInt8]?
    /// Where it is nil the image's own time is taken.
    var created: (time: Timestamp, source: CreationSource)?
}

/// What the identity of a document is derived from, apart from its content.
struct DocumentIdentity: Sendable {
    /// The digest of the image; nil if it has none.
    let digest: ContentDigest?
    /// The first part of the namespace.
    let namespaceBase: String

    init(_ digest: ContentDigest?, _ context: DocumentContext) {
        self.digest = digest
        namespaceBase = context.namespaceBase
    }
}

extension DocumentMetadata {
    /// What a document about an image or artifact states of itself; its identity, comment and completeness are added later.
    init(of name: ImageName, _ facts: ImageFacts, _ context: DocumentContext) {
        let (created, comment) = Self.time(facts, context)
        self.init(uuid: "", created: created)
        self.name = name.tag.map { "\(name.name):\($0)" } ?? name.name
        creators = context.creators
        tools = [Tool(name: "sbomkit", version: context.toolVersion)]
        lifecyclePhases = [.postBuild]
        creatorComment = comment
        // The clock gives another time each time.
        isReproducible = context.created?.source != .clock
    }

    private static func time(_ facts: ImageFacts, _ context: DocumentContext) -> (Timestamp, String) {
        if let created = context.created {
            return switch created.source {
            case .environment: (created.time, "Created is the time that SOURCE_DATE_EPOCH gave.")
            case .caller: (created.time, "Created is the time that was given for the document.")
            case .clock: (created.time, "Created is the time at which the document was made.")
            }
        }
        // What has no configuration may state its time in annotations.
        let source = facts.configDigest == nil ? "the annotations state" : "the image's configuration states"
        if let created = facts.created.flatMap(Timestamp.init(rfc3339:)), created != .unset {
            return (created, "Created is the time that \(source)\(facts.configDigest == nil ? "" : " for the image").")
        }
        let stated =
            switch facts.created {
            case let text?: "\(source) \"\(text)\", which is no time"
            case nil: facts.configDigest == nil ? "nothing states it" : "\(source) no time"
            }
        return (.unknown, "Created is not known: \(stated), and SOURCE_DATE_EPOCH was not set.")
    }
}

extension BillOfMaterials {
    /// The document of an image: the image contains its operating system, and that contains every package.
    ///
    /// - Throws: ``SBOMError`` if the SBOM of the base image does not parse.
    init(
        _ scan: ImageScan, _ context: DocumentContext, base: BaseImage? = nil, limits: Limits
    ) throws(SBOMError) {
        let name = ImageName(scan.image.facts, named: context.name)
        let order =
            context.hidden == .only
            ? [] : scan.listedPackages.sorted { scan.packages[$0].precedes(scan.packages[$1]) }
        var texts = LicenseTexts()
        var image = Element(scan.image, name, supplier: context.supplier)
        image.stateLicense(in: scan.image.facts.labels, &texts)
        var (packages, ids) = Self.packages(scan, order, context, &texts)
        let language = context.hidden == .only ? [] : Self.languageElements(scan, &ids, &texts)
        let (embedded, origins) = context.hidden == .only ? ([], []) : Self.embeddedElements(scan, &ids, &texts)
        var hidden =
            context.hidden == .none ? [] : scan.hidden.map { Element($0, in: scan, for: context.consumer, &texts) }
        var system = scan.system.flatMap {
            Element(operatingSystem: $0, scan.packages, for: context.consumer)
        }
        if let version = scan.debianVersion, version != system?.version {
            system?.properties.append(Element.Property("DebianVersion", version))
        }
        if context.supplierFromDistribution, let supplier = system?.supplier {
            for place in packages.indices { packages[place].takeLastResort(supplier) }
            for place in hidden.indices { hidden[place].takeLastResort(supplier) }
        }
        var sources = SourceElements()
        if context.sources {
            for (place, index) in order.enumerated() {
                sources.add(scan.packages[index], scan.system, to: &packages[place], for: context.consumer)
            }
        }
        // Where the packages are listed is said once, and not at each of them.
        let databases = Self.databases(scan.packages)
        if system == nil {
            image.sourceInfo = databases.isEmpty ? nil : databases.joined(separator: "; ")
        } else {
            system?.sourceInfo = ([scan.system?.source ?? "os-release"] + databases).joined(separator: "; ")
        }
        image.refer(to: scan.embedded, in: scan.image)
        let baseElement = try Self.refer(
            to: base, context, from: &image, &packages, order, scan.origins, limits: limits)
        let files =
            context.hidden == .only
            ? nil : scan.files.map { ListedFiles(scan, $0, context, ids: ids, in: image.id) }
        files?.describe(&packages, order)
        files?.describe(image: &image)
        var relationships: [Relationship] = []
        if let baseElement { relationships.append(Relationship(image.id, .descendantOf, baseElement.id)) }
        if let system { relationships.append(Relationship(image.id, .contains, system.id)) }
        if let files { relationships += files.relationships(from: image.id) }
        for package in packages { relationships.append(Relationship(system?.id ?? image.id, .contains, package.id)) }
        for element in language + embedded { relationships.append(Relationship(image.id, .contains, element.id)) }
        relationships += Self.ownedPackages(scan, ids)
        relationships += Self.relationships(
            of: order + Array(scan.packages.count..<scan.packageCount), ids, scan.graph, files)
        relationships += Self.embeddedOrigins(scan, ids)
        relationships += hidden.map { Relationship(image.id, .contains, $0.id) }
        relationships += sources.relationships

        var metadata = DocumentMetadata(of: name, scan.image.facts, context)
        // The version of the list matters only where an expression names something on it.
        if image.licenseDeclared != nil
            || (packages + language + embedded + hidden).contains(where: { $0.licenseDeclared != nil })
        {
            metadata.licenseListVersion = LicenseList.version
        }
        metadata.comment = Self.comment(
            scan, hasSystem: system != nil, context.hidden,
            unknown: Self.unknowns(of: packages + language + embedded + hidden))
        metadata.completeness = Self.completeness(scan, ids, order)
        if context.hidden == .only { metadata.completeness = Completeness(.incomplete) }
        if context.consumer == .gitLab { metadata.properties = Self.gitLab(name, system) }
        self.init(
            metadata: metadata, roots: [image.id],
            elements: [image] + (system.map { [$0] } ?? [])
                + (files.map { files in packages.flatMap { [$0] + files.contents(of: $0) } } ?? packages) + language
                + embedded + hidden
                + sources.elements + origins
                + (baseElement.map { [$0] } ?? []) + (files?.contents(of: image) ?? []),
            relationships: relationships)
        let listed = zip(packages.map(\.id), order.map { scan.packages[$0] })
        let removed = zip(hidden.map(\.id), scan.hidden.map(\.package))
        extractedLicenses = texts.licenses
        fit(
            context.profiles,
            to: Dictionary(Array(listed) + Array(removed), uniquingKeysWith: { first, _ in first }))
        identify(as: DocumentIdentity(scan.image.facts.digest, context))
    }

    /// Refers to the base image and its SBOM, and marks which packages come from it.
    ///
    /// - Returns: The element of the base image; nil if none is named.
    /// - Throws: ``SBOMError`` if the SBOM does not parse.
    private static func refer(
        to base: BaseImage?, _ context: DocumentContext, from image: inout Element, _ packages: inout [Element],
        _ order: [Int], _ origins: [Int]?, limits: Limits
    ) throws(SBOMError) -> Element? {
        var element = base?.element
        if let base, let element {
            if let origins {
                for (place, index) in order.enumerated() {
                    let isInherited = origins[index] < base.layerCount
                    packages[place].properties.append(Element.Property("FromBaseImage", isInherited ? "true" : "false"))
                }
            }
            image.properties.append(Element.Property("sbomkit:DescendantOf", element.id, .cycloneDX))
        }
        if let bytes = context.baseSBOM {
            if element != nil {
                try element?.refer(toBaseSBOM: bytes, limits: limits)
            } else {
                try image.refer(toBaseSBOM: bytes, limits: limits)
            }
        }
        return element
    }

    /// The elements of the packages in an order, and their identifiers by the number of the package.
    private static func packages(
        _ scan: ImageScan, _ order: [Int], _ context: DocumentContext, _ texts: inout LicenseTexts
    ) -> (elements: [Element], ids: [Int: Element.ID]) {
        var notes: [Int: [String]] = [:]
        for need in scan.graph.unmet {
            notes[need.package, default: []].append("Unmet dependency (\(need.field)): \(need.need)")
        }
        for (package, count) in scan.graph.unmetCounts {
            let more = count - (notes[package]?.count ?? 0)
            if more > 0 { notes[package, default: []].append("Unmet dependencies: \(more) more") }
        }
        var ids: [Int: Element.ID] = [:]
        var elements: [Element] = []
        var places: [Int: Int] = [:]
        for index in order {
            let package = scan.packages[index]
            let origin = scan.origins.flatMap { LayerOrigin(scan.image, $0[index]) }
            var element = Element(
                package, shipping: scan.shipped[index], scan.system, origin, notes: notes[index] ?? [],
                for: context.consumer)
            if let finding = scan.licenses[index] { element.state(finding, &texts) }
            if package.ecosystem == .rpm {
                let sets = scan.contentSets[scan.origins?[index] ?? 0]
                element.properties += sets.map { Element.Property("ContentSet", $0) }
            }
            let contained = scan.language.contained[index] ?? []
            element.properties += contained.prefix(Limits.namedParts).map { Element.Property("Contains", $0) }
            if contained.count > Limits.namedParts {
                let more = contained.count - Limits.namedParts
                element.properties.append(Element.Property("Contains", "\(more) more packages"))
            }
            ids[index] = element.id
            places[index] = elements.count
            elements.append(element)
        }
        // CycloneDX has one kind of dependency only.
        for edge in scan.graph.edges where edge.isWeak {
            guard let place = places[edge.from], let target = ids[edge.to] else { continue }
            elements[place].properties.append(Element.Property("sbomkit:OptionalDependency", target, .cycloneDX))
        }
        return (elements, ids)
    }

    /// Gives the document its identity, which is derived from everything else in it.
    mutating func identify(as identity: DocumentIdentity) {
        metadata.uuid = uuid(named: identity.digest?.description ?? "")
        metadata.namespace = DocumentMetadata.namespace(
            base: identity.namespaceBase, name: metadata.name ?? "", uuid: metadata.uuid)
    }

    private static func completeness(_ scan: ImageScan, _ ids: [Int: Element.ID], _ order: [Int]) -> Completeness {
        let isBlind = scan.diagnostics.contains { $0.severity == .blind }
        // Without lists of files the packages may own all code, or none of it.
        let isUnknown = scan.diagnostics.contains { $0.code == .noFileLists }
        var completeness = Completeness(isBlind ? .incomplete : isUnknown ? .unknown : .complete)
        let hasNoNeeds = Set(scan.diagnostics.filter { $0.code == .rpmManifest }.map(\.place))
        let unknown = Set(order.filter { hasNoNeeds.contains(scan.packages[$0].database) })
        completeness.unknownDependencies = order.filter(unknown.contains).compactMap { ids[$0] }
        completeness.unknownDependencies += scan.language.withoutDependencies.sorted().compactMap { ids[$0] }
        // An SBOM need not name all dependencies.
        let first = scan.packages.count + scan.language.packages.count
        completeness.unknownDependencies += scan.embedded.packages.indices.compactMap { number in
            scan.embedded.packages[number].isSource ? nil : ids[first + number]
        }
        if completeness.aggregate == .complete {
            completeness.incompleteDependencies = order.filter { package in
                scan.graph.unmetCounts[package] != nil && !unknown.contains(package)
            }.compactMap { ids[$0] }
        }
        return completeness
    }

    /// The properties by which GitLab takes a CycloneDX document for a container scan
    /// (docs.gitlab.com, "GitLab CycloneDX property taxonomy").
    private static func gitLab(_ name: ImageName, _ system: Element?) -> [DocumentMetadata.Property] {
        let properties = [
            ("gitlab:meta:schema_version", "1"),
            ("gitlab:container_scanning:image:name", name.repository ?? name.name),
            ("gitlab:container_scanning:image:tag", name.tag),
            ("gitlab:container_scanning:operating_system:name", system?.name),
            ("gitlab:container_scanning:operating_system:version", system?.version),
        ]
        return properties.compactMap { name, value in value.map { DocumentMetadata.Property(name: name, value: $0) } }
    }

    /// The databases that list the packages: `dpkg database var/lib/dpkg/status`.
    ///
    /// Where each package has a file of its own, the folder is named.
    private static func databases(_ packages: [InstalledPackage]) -> [String] {
        var files: [Ecosystem: Set<String>] = [:]
        for package in packages { files[package.ecosystem, default: []].insert(package.database) }
        return Ecosystem.allCases.flatMap { ecosystem in
            let folders = Dictionary(grouping: files[ecosystem] ?? []) { path in
                path.lastIndex(of: "/").map { path[..<$0] } ?? ""
            }
            return folders.map { folder, paths in
                let place = paths.count == 1 ? paths[0] : "\(folder) (\(paths.count) files)"
                return "\(ecosystem.rawValue) database \(place)"
            }.sorted()
        }
    }

    /// What a reader must know of the content: whether it is whole, and each thing that is not in it.
    private static func comment(
        _ scan: ImageScan, hasSystem: Bool, _ hidden: Generator.HiddenPackages, unknown: String?
    ) -> String {
        let blind = scan.diagnostics.filter { $0.severity == .blind }
        var lines: [String] = []
        if hidden == .only {
            lines.append("Completeness: incomplete; installed packages are not listed.")
            lines += Self.lines("Not described", blind)
        } else if blind.isEmpty, scan.diagnostics.contains(where: { $0.code == .noFileLists }) {
            lines.append("Completeness: unknown; the package database does not list the files of its packages.")
        } else if blind.isEmpty {
            lines.append(
                "Completeness: complete for what the package databases describe; files that no package manager installed "
                    + "are not listed.")
        } else {
            lines.append("Completeness: incomplete.")
            lines += Self.lines("Not described", blind)
        }
        if !hasSystem {
            lines.append(
                "No os-release tells what the operating system is: there is no package for it, and package URLs have no "
                    + "distro; their namespace is debian for what dpkg installed, and absent for what rpm did.")
        }
        if scan.listedPackages.isEmpty, scan.language.packages.isEmpty, scan.embedded.packages.isEmpty,
            hidden == .none || scan.hidden.isEmpty
        {
            lines.append("No package is listed.")
        }
        if scan.language.ownedCount > 0 {
            lines.append(
                "Packages of languages that packages of the operating system contain: \(scan.language.ownedCount). They are "
                    + "not listed; the package that contains them names them with the property Contains.")
        }
        if scan.embedded.count > 0 {
            let what =
                scan.embedded.isMerged
                ? "Packages that only they describe: \(scan.embedded.packageCount)"
                : "Packages that only they describe are not listed"
            lines.append(
                "SBOMs inside of the image: \(scan.embedded.count). The property EmbeddedSBOM of the image has the digest, "
                    + "the layer and the path of each. \(what).")
        }
        if hidden != .none, !scan.hidden.isEmpty {
            lines.append(
                "Hidden packages: \(scan.hidden.count). Lower layers have them, and the image as a whole does not. They are "
                    + "listed with the property Hidden.")
        }
        // The missing os-release has a line above.
        let warnings = scan.diagnostics.filter { $0.severity == .warning && $0.code != .noOSRelease }
        lines += Self.lines("Warning", warnings)
        lines += Self.lines("Not described", scan.diagnostics.filter { $0.code == .unownedScripts })
        if let unknown { lines.append(unknown) }
        if let files = scan.files { lines.append(files.statement) }
        return lines.joined(separator: "\n")
    }

    /// What neither the package databases nor the files of the image state of the listed packages; nil if there are none.
    ///
    /// CISA's minimum elements of 2026 want information that is unknown to be identified as such, and not left out.
    private static func unknowns(of packages: [Element]) -> String? {
        guard !packages.isEmpty else { return nil }
        let count = packages.count { $0.licenseDeclared == nil }
        let licenses =
            count == 0
            ? ""
            : count == packages.count ? "the license of each package and " : "the license of \(count) packages and "
        return "Unknown: \(licenses)the hash of the file that each package was installed from."
    }

    /// A line for each, up to a hundred, and how many more there are.
    private static func lines(_ what: String, _ diagnostics: [Diagnostic]) -> [String] {
        let more = diagnostics.count > 100 ? ["\(what): \(diagnostics.count - 100) more."] : []
        // A path may have a line feed, which must not begin a line of the comment.
        return diagnostics.prefix(100).map { VisibleText.of("\(what): \($0.place): \($0.message).") } + more
    }

    /// The relationships of each package with its files and dependencies, in the order of the packages.
    ///
    /// A conversion from CycloneDX gives the same order.
    private static func relationships(
        of order: [Int], _ ids: [Int: Element.ID], _ graph: DependencyGraph, _ files: ListedFiles?
    ) -> [Relationship] {
        var rank: [Int: Int] = [:]
        for (place, index) in order.enumerated() { rank[index] = place }
        // Packages that are not listed have dependencies too.
        var edges = graph.edges.filter { rank[$0.from] != nil }.sorted { left, right in
            let (one, other) = (
                (rank[left.from] ?? 0, rank[left.to] ?? 0), (rank[right.from] ?? 0, rank[right.to] ?? 0)
            )
            return one < other
        }[...]
        var result: [Relationship] = []
        for package in order {
            guard let id = ids[package] else { continue }
            if let files { result += files.relationships(from: id) }
            while let edge = edges.first, edge.from == package {
                edges.removeFirst()
                guard let to = ids[edge.to] else { continue }
                result.append(
                    edge.isWeak
                        ? Relationship(to, .optionalDependencyOf, id, comment: "recommended or suggested")
                        : Relationship(id, .dependsOn, to))
            }
        }
        return result
    }
}

/// The layer that something came with.
struct LayerOrigin: Sendable {
    /// What identifies the layer; nil if nothing does.
    let identity: LayerIdentity?
    /// Counted from 1, the lowest.
    let number: Int
    /// Whether no other layer of the image has the same content.
    let isUnique: Bool

    /// How properties name it: its diff ID, or its number if that does not identify it.
    var name: String {
        guard isUnique, let identity else { return String(number) }
        return identity.diffID.description
    }

    init?(_ image: Image, _ layer: Int) {
        guard image.layers.indices.contains(layer) else { return nil }
        let diffID = image.layers[layer].identity?.diffID
        identity = image.layers[layer].identity
        number = layer + 1
        isUnique = diffID != nil && image.layers.count { $0.identity?.diffID == diffID } == 1
    }
}

extension Element {
    /// The image itself.
    fileprivate init(_ image: Image, _ name: ImageName, supplier: Actor?) {
        let digest = image.facts.digest
        let hash = digest.map { "-\($0.hex.prefix(16))" } ?? ""
        self.init(id: "Image-\(Element.word(name.name))\(hash)", name: name.name)
        let labels = image.facts.labels
        // An archive of docker has no manifest. `latest` names no version.
        version = digest?.description ?? (name.tag == "latest" ? nil : name.tag)
        purpose = .container
        let vendor = labels["org.opencontainers.image.vendor"].flatMap(Actor.init(contact:))
        self.supplier = supplier ?? vendor.map { Actor(.organization, name: $0.name, email: $0.email) }
        packageURL = PackageURL.oci(image.facts, name)?.description
        if name.isUnnamed {
            comment =
                "Nothing names the image: \(name.name) is a placeholder, and there is no package URL."
        }
        checksums = digest.map { [Checksum(of: $0)] } ?? []
        homepage = labels["org.opencontainers.image.url"].flatMap(WebAddress.init)?.text
        summary = labels["org.opencontainers.image.description"]
        for (label, type) in [("source", "vcs"), ("documentation", "documentation")] {
            guard let address = labels["org.opencontainers.image.\(label)"].flatMap(WebAddress.init) else { continue }
            externalReferences.append(ExternalReference(category: "OTHER", type: type, locator: address.text))
        }
        if let config = image.facts.configDigest { properties.append(Property("ImageID", config.description)) }
        properties += image.layers.compactMap(\.identity).map { Property("DiffID", $0.diffID.description) }
        properties += image.layers.compactMap(\.identity).map { Property("Layer", "\($0.diffID) \($0.digest)") }
        if let reference = image.facts.fullReference { properties.append(Property("RepoTag", reference)) }
        for number in image.layers.indices {
            guard let command = image.command(ofLayer: number), let layer = LayerOrigin(image, number) else { continue }
            properties.append(Property("LayerCommand", "\(layer.name) \(command)"))
        }
        properties += labels.sorted { $0.key < $1.key }.map { Property("Labels:\($0.key)", $0.value) }
    }
}
