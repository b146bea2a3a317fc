internal import SBOMFormats
internal import SBOMModel

/// What `trivy sbom` takes from a document, by the rules of trivy 0.69 and later (pkg/sbom, pkg/fanal/applier).
struct TrivyReading {
    /// What trivy takes, and what it drops.
    let section: DocumentCheck.Section

    init(_ document: ScannedDocument) {
        var log = FindingLog()
        let isRefused = Self.refuse(document, &log)
        let system = document.system.map { Self.families[$0.name.lowercased()] ?? $0.name }
        var read: [ScannedDocument.Package] = []
        var seen: Set<[String]> = []
        for package in document.packages where !isRefused {
            if let (rule, message) = Self.drop(package, document, system) {
                log.add(.error, rule, message, package.label)
            } else if package.isOfSystem, !seen.insert(Self.identity(of: package)).inserted {
                log.add(
                    .error, "PkgID",
                    "dropped, because another package has the same name and version, and no PkgID tells them apart",
                    package.label)
            } else if let type = package.parsed?.type, !Self.types.contains(type) {
                log.add(
                    .warning, "type", "dropped, because trivy knows no advisories for the type pkg:\(type)",
                    package.label)
            } else {
                read.append(package)
            }
        }
        Self.judge(document.system, system, hasPackages: read.contains(where: \.isOfSystem), &log)
        let installed = read.filter(\.isOfSystem)
        for package in installed { Self.judge(sourceOf: package, system, &log) }
        section = DocumentCheck.Section(
            name: "trivy",
            facts: [
                .init(name: "packages", value: .number(document.packages.count)),
                .init(name: "read", value: .number(read.count)),
                .init(name: "sources", value: .number(installed.count { Self.source(of: $0) != nil })),
                .init(name: "system", value: .text(document.system?.label ?? "none")),
            ], findings: log.all)
    }

    /// Whether trivy refuses the document as a whole.
    private static func refuse(_ document: ScannedDocument, _ log: inout FindingLog) -> Bool {
        switch (document.family, document.syntax) {
        case (.cycloneDX, .xml):
            log.add(.error, "format", "trivy does not read CycloneDX XML")
            return true
        case (.spdx, _):
            if document.id != "SPDXRef-DOCUMENT" {
                log.add(.error, "format", "trivy does not recognize a document whose SPDXID is not SPDXRef-DOCUMENT")
                return true
            }
            let broken = document.packages.filter { !$0.packageURL.isEmpty && $0.parsed == nil }
            for package in broken {
                log.add(
                    .error, "packageURL", "trivy refuses the whole document for a package URL that does not parse",
                    package.label)
            }
            if !broken.isEmpty { return true }
        case (.cycloneDX, _): break
        }
        let managers = Set(document.packages.lazy.filter(\.isOfSystem).compactMap { $0.parsed?.type }).sorted()
        if managers.count > 1 {
            log.add(
                .error, "managers",
                "trivy refuses a document with packages of several systems: pkg:\(managers.joined(separator: ", pkg:"))"
            )
            return true
        }
        return false
    }

    /// Why trivy drops a package; nil if it reads it, or if it does not know its type.
    private static func drop(
        _ package: ScannedDocument.Package, _ document: ScannedDocument, _ system: String?
    ) -> (rule: String, message: String)? {
        if package.isNested { return ("nested", "dropped, because trivy reads no components inside of components") }
        guard let purl = package.parsed else {
            return package.packageURL.isEmpty
                ? ("packageURL", "dropped, because there is no package URL")
                : ("packageURL", "dropped, because the package URL does not parse")
        }
        guard package.isOfSystem, let system else { return nil }
        let namespace = purl.namespace.joined(separator: "/")
        let wanted = namespaces[system] ?? (system.hasPrefix("opensuse") ? "opensuse" : system)
        guard !namespace.isEmpty, namespace != wanted else { return nil }
        return (
            "namespace",
            "dropped, because the package URL has the namespace \(namespace), and of the system \(system) trivy reads "
                + "\(wanted) only"
        )
    }

    /// What trivy takes for the identity of a package of the system.
    private static func identity(of package: ScannedDocument.Package) -> [String] {
        package.statements["PkgID"].map { [$0] } ?? [package.name, package.version]
    }

    private static func judge(
        _ stated: ScannedDocument.Package?, _ system: String?, hasPackages: Bool, _ log: inout FindingLog
    ) {
        guard hasPackages else { return }
        guard let stated, let system else {
            log.add(
                .error, "system",
                "trivy finds no operating system in the document, so it reads the packages and looks up none of them")
            return
        }
        guard !families.values.contains(system), !system.hasPrefix("opensuse") else { return }
        let other = others[system].map { "; it files them under \($0)" } ?? ""
        log.add(.error, "system", "trivy has no advisories for the system \(stated.name)\(other)")
    }

    /// The source package that trivy finds; nil if it takes the package's own name for it.
    private static func source(of package: ScannedDocument.Package) -> String? {
        if let name = package.statements["SrcName"] { return name }
        let word = "built package from: "
        guard package.sourceInfo.hasPrefix(word) else { return nil }
        return package.sourceInfo.dropFirst(word.count).split(separator: " ").first.map(String.init)
    }

    /// Reports a source package that the package URL states and trivy does not find, where advisories name sources.
    private static func judge(sourceOf package: ScannedDocument.Package, _ system: String?, _ log: inout FindingLog) {
        guard let system, sourceFamilies.contains(system), let purl = package.parsed,
            let stated = purl.qualifiers["upstream"].flatMap({ GrypeReading.source(upstream: $0, purl.type) }),
            stated != (source(of: package) ?? package.name)
        else { return }
        log.add(
            .error, "source",
            "looked up under a wrong name, because trivy does not read the source package in the package URL",
            package.label)
    }

    /// The systems that trivy has advisories for, by the names and other names under which it knows them.
    private static let families: [String: String] = {
        let names = [
            "alma", "alpine", "amazon", "azurelinux", "bottlerocket", "cbl-mariner", "centos", "chainguard", "coreos",
            "debian", "echo", "fedora", "minimos", "opensuse-leap", "opensuse-tumbleweed", "oracle", "photon", "redhat",
            "rocky", "sles", "slem", "ubuntu", "wolfi",
        ]
        var families = Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
        families["opensuse.leap"] = "opensuse-leap"
        families["opensuse.tumbleweed"] = "opensuse-tumbleweed"
        families["suse linux enterprise server"] = "sles"
        families["suse linux enterprise micro"] = "slem"
        families["amazon linux"] = "amazon"
        families["debian gnu/linux"] = "debian"
        return families
    }()

    /// The names under which trivy files the advisories of systems that other tools name by their os-release.
    private static let others = [
        "almalinux": "alma", "amzn": "amazon", "mariner": "cbl-mariner", "ol": "oracle", "rhel": "redhat",
        "sl-micro": "slem", "sle-micro": "slem",
    ]

    /// The namespaces of the package URLs of systems that have another name.
    private static let namespaces = ["sles": "suse", "slem": "suse"]

    /// The systems whose advisories name source packages (pkg/detector/ospkg).
    private static let sourceFamilies: Set<String> = [
        "alpine", "azurelinux", "cbl-mariner", "chainguard", "debian", "photon", "ubuntu", "wolfi",
    ]

    /// The types of package URLs that trivy knows.
    private static let types: Set<String> = [
        "apk", "bitnami", "cargo", "cocoapods", "composer", "conan", "conda", "deb", "gem", "golang", "hex", "k8s",
        "maven", "npm", "nuget", "pub", "pypi", "rpm", "swift",
    ]
}
