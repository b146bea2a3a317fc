internal import ByteStreams
internal import PackageDatabases
internal import SBOMConversion
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// Changes the names in a document for one of its readers.
///
/// The names of the operating system and the namespaces of package URLs follow the same rules as those of a document that is
/// generated for that reader. Nothing is added, removed or reordered.
struct ConsumerAdaptation {
    private let consumer: DocumentConsumer
    private let limits: Limits
    /// The new name of the operating system.
    private let systemName: String
    /// The new namespace of the package URLs of rpm packages.
    private let rpmNamespace: String

    /// The document with the names for `consumer`; the document itself if it names no system.
    static func adapted(
        _ document: consuming ParsedDocument, for consumer: DocumentConsumer, limits: Limits
    ) throws -> ParsedDocument {
        guard let names = ConsumerAdaptation(ScannedDocument(document), consumer, limits) else { return document }
        return try names.adapted(document)
    }

    private init?(_ document: ScannedDocument, _ consumer: DocumentConsumer, _ limits: Limits) {
        let distribution = document.packages.lazy.compactMap { $0.parsed?.qualifiers["distro"] }.first
        let distributed = distribution.map { text in text.lastIndex(of: "-").map { String(text[..<$0]) } ?? text }
        let stated = (document.system ?? document.overlookedSystem).map { $0.statements["syft:distro:id"] ?? $0.name }
        guard let name = stated ?? distributed, !name.isEmpty else { return nil }
        let release = OSRelease(id: Self.ids[name.lowercased()] ?? name)
        guard let systemName = release.documentName(for: consumer), let namespace = release.rpmNamespace(for: consumer)
        else { return nil }
        self.consumer = consumer
        self.limits = limits
        // Dependency-Track compares the name with that in `distro`, whichever that is.
        self.systemName = consumer == .dependencyTrack ? distributed ?? systemName : systemName
        rpmNamespace = namespace
    }

    /// The IDs of os-release of the systems that trivy names otherwise.
    private static let ids = [
        "alma": "almalinux", "amazon": "amzn", "cbl-mariner": "mariner", "oracle": "ol", "redhat": "rhel",
        "slem": "sle-micro",
    ]

    private func adapted(_ document: consuming ParsedDocument) throws -> ParsedDocument {
        let family = document.family
        var content = document.syntax == .json ? document.takeContent() : try inJSON(document)
        switch family {
        case .spdx: content.changeObjects("packages", adapt(spdx:))
        case .cycloneDX: content.changeObjects("components") { adapt(cycloneDX: &$0, depth: 0) }
        }
        // A wrapper of SPDX 2.2 is not a part of the document.
        _ = content.take(ParsedDocument.wrapper)
        let text = JSONWriter.bytes(of: .object(content), .pretty)
        return try ParsedDocument(parsing: text, limits: limits)
    }

    /// The content of a document in another syntax, as it is in JSON.
    private func inJSON(_ document: consuming ParsedDocument) throws -> JSONObject {
        let target: TargetFormat
        switch document.family {
        case .spdx: target = .spdx(SPDXVersion(rawValue: document.version) ?? .v2_3, .json)
        case .cycloneDX: target = .cycloneDX(CycloneDXVersion(rawValue: document.version) ?? .v1_6, .json)
        }
        let converter = DocumentConverter(carries: true, created: .unknown, reports: false, limits: limits)
        let text = try converter.convert(document, to: target).bytes
        var parsed = try ParsedDocument(parsing: text, limits: limits)
        return parsed.takeContent()
    }

    private func adapt(spdx package: inout JSONObject) {
        let purpose = package.text("primaryPackagePurpose").flatMap(Element.Purpose.init(spdx:))
        if purpose == .operatingSystem || package.text("SPDXID")?.hasPrefix("SPDXRef-OperatingSystem") == true {
            package.set("name", .string(systemName))
        }
        package.changeObjects("externalRefs") { reference in
            guard let category = reference.text("referenceCategory"), let type = reference.text("referenceType"),
                SPDXElementCodec.isPackageURL(category: category, type: type),
                let purl = reference.text("referenceLocator").flatMap(adapted(packageURL:))
            else { return }
            reference.set("referenceLocator", .string(purl))
        }
    }

    private func adapt(cycloneDX component: inout JSONObject, depth: Int) {
        if component.text("type") == "operating-system" { component.set("name", .string(systemName)) }
        if let purl = component.text("purl").flatMap(adapted(packageURL:)) { component.set("purl", .string(purl)) }
        guard depth < Limits.nestedComponents else { return }
        component.changeObjects("components") { adapt(cycloneDX: &$0, depth: depth + 1) }
    }

    /// The package URL in the namespace of the reader; nil if it is the same, or not one of rpm.
    private func adapted(packageURL text: String) -> String? {
        guard var purl = PackageURL(parsing: text), purl.type == "rpm", purl.namespace != [rpmNamespace],
            !purl.namespace.isEmpty
        else { return nil }
        purl.namespace = [rpmNamespace]
        return purl.description
    }
}

extension ConsumerAdaptation {
    /// A CycloneDX document with the properties by which GitLab takes it for a container scan
    /// (docs.gitlab.com, "GitLab CycloneDX property taxonomy"); those that it has are kept.
    static func withGitLabProperties(_ document: consuming ParsedDocument, limits: Limits) throws -> ParsedDocument {
        let system = ScannedDocument(document).system
        var content = document.takeContent()
        let main = content["metadata"]?.objectContent?["component"]?.objectContent
        let purl = main?.text("purl").flatMap(PackageURL.init(parsing:))
        let properties = [
            ("gitlab:meta:schema_version", "1"),
            ("gitlab:container_scanning:image:name", main?.text("name")),
            ("gitlab:container_scanning:image:tag", purl?.qualifiers["tag"]),
            ("gitlab:container_scanning:operating_system:name", system?.name),
            ("gitlab:container_scanning:operating_system:version", system?.version),
        ]
        var metadata = content["metadata"]?.objectContent ?? JSONObject()
        var list = metadata["properties"]?.arrayContent ?? []
        let known = Set(list.compactMap { $0.objectContent?.text("name") })
        for (name, value) in properties where !known.contains(name) {
            if let value, !value.isEmpty { list.append(["name": .string(name), "value": .string(value)]) }
        }
        metadata.set("properties", .array(list))
        content.set("metadata", .object(metadata))
        return try ParsedDocument(parsing: JSONWriter.bytes(of: .object(content), .pretty), limits: limits)
    }
}
