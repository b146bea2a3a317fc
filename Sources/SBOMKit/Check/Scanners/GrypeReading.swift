internal import SBOMFormats
internal import SBOMModel

/// What grype takes from a document, by the rules of syft's decoders, which it uses (syft/format).
struct GrypeReading {
    /// What grype takes, and what it drops.
    let section: DocumentCheck.Section

    init(_ document: ScannedDocument) {
        var log = FindingLog()
        let isRefused = Self.refuse(document, &log)
        let fallback = Self.distribution(of: document)
        var read: [ScannedDocument.Package] = []
        for package in document.packages where !isRefused {
            if let (rule, message) = Self.drop(package) {
                log.add(.error, rule, message, package.label)
            } else {
                read.append(package)
            }
        }
        let installed = read.filter(\.isOfSystem)
        for package in installed {
            if Self.distribution(of: package) == nil, fallback == nil {
                log.add(
                    .error, "distro",
                    "looked up in no distribution, because neither distro nor an operating system names one",
                    package.label)
            }
            if document.family == .cycloneDX { Self.judge(sourceOf: package, &log) }
        }
        section = DocumentCheck.Section(
            name: "grype",
            facts: [
                .init(name: "packages", value: .number(document.packages.count)),
                .init(name: "read", value: .number(read.count)),
                .init(name: "sources", value: .number(installed.count { Self.source(of: $0, in: document) != nil })),
                .init(
                    name: "system",
                    value: .text(installed.lazy.compactMap(Self.distribution).first ?? fallback ?? "none")),
            ], findings: log.all)
    }

    /// Whether grype refuses the document as a whole.
    private static func refuse(_ document: ScannedDocument, _ log: inout FindingLog) -> Bool {
        guard document.family == .cycloneDX else { return false }
        if document.version == "1.7" {
            log.add(.warning, "version", "syft 1.18.1 refuses CycloneDX 1.7, and so does a grype with its decoders")
        }
        if !document.hasComponents {
            log.add(.error, "components", "grype fails on a document without the member components")
            return true
        }
        return false
    }

    private static func drop(_ package: ScannedDocument.Package) -> (rule: String, message: String)? {
        switch package.type {
        case "", "application", "framework", "library", "machine-learning-model", "firmware": break
        default: return ("component", "dropped, because grype reads no components of the type \(package.type)")
        }
        guard package.parsed == nil, !package.hasCPE else { return nil }
        return package.packageURL.isEmpty
            ? ("packageURL", "looked up nowhere, because there is neither a package URL nor a CPE name")
            : ("packageURL", "looked up nowhere, because the package URL does not parse and there is no CPE name")
    }

    /// The distribution that the package URL names.
    private static func distribution(of package: ScannedDocument.Package) -> String? {
        package.parsed?.qualifiers["distro"]
    }

    /// The distribution for packages whose package URL names none.
    private static func distribution(of document: ScannedDocument) -> String? {
        switch document.family {
        case .spdx: document.packages.lazy.compactMap(distribution).first
        case .cycloneDX:
            document.system.map { system in
                let name = system.statements["syft:distro:id"] ?? system.name
                let version = system.statements["syft:distro:versionID"] ?? system.version
                return version.isEmpty ? name : "\(name)-\(version)"
            }
        }
    }

    /// The source package that grype finds; nil if it takes the package's own name for it.
    private static func source(of package: ScannedDocument.Package, in document: ScannedDocument) -> String? {
        switch document.family {
        case .spdx:
            guard let purl = package.parsed else { return nil }
            return purl.qualifiers["upstream"].flatMap { source(upstream: $0, purl.type) }
        case .cycloneDX: return source(metadataOf: package)
        }
    }

    private static func source(metadataOf package: ScannedDocument.Package) -> String? {
        switch package.statements["syft:package:metadataType"] {
        case "dpkg-db-entry"?: package.statements["syft:metadata:source"]
        case "apk-db-entry"?: package.statements["syft:metadata:originPackage"]
        case "rpm-db-entry"?: package.statements["syft:metadata:sourceRpm"].flatMap { source(upstream: $0, "rpm") }
        default: nil
        }
    }

    /// Reports a source package that the package URL states and grype does not find: in CycloneDX it reads metadata only.
    private static func judge(sourceOf package: ScannedDocument.Package, _ log: inout FindingLog) {
        guard let purl = package.parsed, purl.type != "apk",
            let stated = purl.qualifiers["upstream"].flatMap({ source(upstream: $0, purl.type) }),
            stated != (source(metadataOf: package) ?? package.name)
        else { return }
        log.add(
            .error, "source",
            "looked up under a wrong name, because grype does not read the source package in the package URL of CycloneDX",
            package.label)
    }

    /// The name of the source package in the qualifier `upstream`: `NAME[@VERSION]`, of rpm the name of the file.
    static func source(upstream text: String, _ type: String) -> String? {
        guard type == "rpm" else { return text.split(separator: "@").first.map(String.init) }
        let parts = text.split(separator: "-")
        return parts.count > 2 ? parts.dropLast(2).joined(separator: "-") : nil
    }
}
