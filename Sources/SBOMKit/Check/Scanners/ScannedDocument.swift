internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// A document as vulnerability scanners find it: the fields that they read, and no others.
///
/// Scanners look for other fields than the codecs, and look for some only in one place. So the codecs, which understand
/// more, cannot tell what a scanner misses.
struct ScannedDocument {
    /// A package that a scanner looks at.
    struct Package {
        var name = ""
        var version = ""
        /// The text; empty if there is none.
        var packageURL = ""
        /// The parsed ``packageURL``; nil if there is none, or if it does not parse.
        var parsed: PackageURL?
        /// The type of a CycloneDX component; empty in SPDX.
        var type = ""
        /// Whether it is nested in another component.
        var isNested = false
        /// Whether it has a CPE name.
        var hasCPE = false
        /// `sourceInfo` (SPDX).
        var sourceInfo = ""
        /// What annotations (SPDX) or properties (CycloneDX) state, by the names that trivy and syft read.
        var statements: [String: String] = [:]

        /// `NAME VERSION`.
        var label: String { version.isEmpty ? name : "\(name) \(version)" }

        /// Whether a system's package manager installed it.
        var isOfSystem: Bool { parsed.map { ["apk", "deb", "rpm"].contains($0.type) } ?? false }
    }

    let family: DocumentFamily
    let syntax: DocumentSyntax
    let version: String
    /// `SPDXID` of the document (SPDX).
    private(set) var id = ""
    /// Whether a CycloneDX document has the member `components`.
    private(set) var hasComponents = true
    /// The operating system where scanners look for it.
    private(set) var system: Package?
    /// The operating system by its purpose, where scanners do not look for it (SPDX).
    private(set) var overlookedSystem: Package?
    /// All packages but containers, operating systems, and packages without a package URL that stand for a group of others.
    private(set) var packages: [Package] = []

    init(_ document: borrowing ParsedDocument) {
        family = document.family
        syntax = document.syntax
        version = document.version
        switch family {
        case .spdx: read(spdx: document.content)
        case .cycloneDX: read(cycloneDX: document.content)
        }
    }

    /// The names of the annotations and properties that are kept, without the prefix of trivy's properties.
    private static let names: Set<String> = [
        "PkgID", "SrcName", "SrcVersion", "syft:distro:id", "syft:distro:versionID", "syft:metadata:source",
        "syft:metadata:sourceRpm", "syft:metadata:originPackage", "syft:package:metadataType",
    ]

    // MARK: SPDX

    private mutating func read(spdx content: JSONObject) {
        id = content.text("SPDXID") ?? ""
        let groups = Self.groups(content["relationships"]?.arrayContent ?? [])
        for case .object(let object) in content["packages"]?.arrayContent ?? [] {
            let package = Self.package(spdx: object, readsAnnotations: syntax != .tagValue)
            let identifier = object.text("SPDXID") ?? ""
            // trivy recognizes systems and applications by their identifiers alone.
            if identifier.hasPrefix("SPDXRef-OperatingSystem") {
                if system == nil { system = package }
                continue
            }
            switch object.text("primaryPackagePurpose").flatMap(Element.Purpose.init(spdx:)) {
            case .container?: continue
            case .operatingSystem?:
                if overlookedSystem == nil { overlookedSystem = package }
                continue
            default: break
            }
            if identifier.hasPrefix("SPDXRef-Application") { continue }
            let stands = package.packageURL.isEmpty && groups.contains(identifier)
            let isImage = package.parsed.map { $0.type == "oci" || $0.type == "docker" } ?? false
            if !stands && !isImage { packages.append(package) }
        }
    }

    /// The identifiers of what the document describes and of what contains something.
    private static func groups(_ relationships: [JSONValue]) -> Set<String> {
        var groups: Set<String> = []
        for case .object(let object) in relationships {
            guard let from = object.text("spdxElementId"), let to = object.text("relatedSpdxElement") else { continue }
            switch object.text("relationshipType").map(Relationship.Kind.init(rawValue:)) {
            case .contains?: groups.insert(from)
            case .containedBy?, .describes?: groups.insert(to)
            default: break
            }
        }
        return groups
    }

    private static func package(spdx object: JSONObject, readsAnnotations: Bool) -> Package {
        var package = Package()
        package.name = object.text("name") ?? ""
        package.version = object.text("versionInfo") ?? ""
        package.sourceInfo = object.text("sourceInfo") ?? ""
        for case .object(let reference) in object["externalRefs"]?.arrayContent ?? [] {
            guard let category = reference.text("referenceCategory"), let type = reference.text("referenceType"),
                let locator = reference.text("referenceLocator")
            else { continue }
            if package.packageURL.isEmpty, SPDXElementCodec.isPackageURL(category: category, type: type) {
                package.packageURL = locator
            } else if type == "cpe23Type" || type == "cpe22Type" {
                package.hasCPE = true
            }
        }
        package.parsed = PackageURL(parsing: package.packageURL)
        // trivy reads no annotations of tag-value.
        guard readsAnnotations else { return package }
        for case .object(let annotation) in object["annotations"]?.arrayContent ?? [] {
            guard let comment = annotation.text("comment"), let colon = comment.firstRange(of: ": ") else { continue }
            let name = String(comment[..<colon.lowerBound])
            guard names.contains(name), package.statements[name] == nil else { continue }
            package.statements[name] = String(comment[colon.upperBound...])
        }
        return package
    }

    // MARK: CycloneDX

    private mutating func read(cycloneDX content: JSONObject) {
        hasComponents = content["components"] != nil
        var needs: Set<String> = []
        for case .object(let dependency) in content["dependencies"]?.arrayContent ?? [] {
            guard let reference = dependency.text("ref") else { continue }
            if case .array(let items)? = dependency["dependsOn"], !items.isEmpty { needs.insert(reference) }
        }
        var pending: [(items: [JSONValue], next: Int)] = [(content["components"]?.arrayContent ?? [], 0)]
        while let last = pending.indices.last {
            let place = pending[last].next
            guard place < pending[last].items.count else {
                pending.removeLast()
                continue
            }
            pending[last].next += 1
            guard case .object(let component) = pending[last].items[place] else { continue }
            let inner = component["components"]?.arrayContent ?? []
            let isGroup = !inner.isEmpty || component.text("bom-ref").map(needs.contains) ?? false
            add(Self.package(cycloneDX: component, isNested: last > 0), isGroup: isGroup)
            if !inner.isEmpty { pending.append((inner, 0)) }
        }
    }

    private mutating func add(_ package: Package, isGroup: Bool) {
        switch package.type {
        case "operating-system":
            if system == nil, !package.isNested { system = package }
        case "application", "framework", "library":
            if !package.packageURL.isEmpty || !isGroup { packages.append(package) }
        default:
            if package.isOfSystem { packages.append(package) }
        }
    }

    private static func package(cycloneDX component: JSONObject, isNested: Bool) -> Package {
        var package = Package()
        package.name = component.text("name") ?? ""
        if let group = component.text("group"), !group.isEmpty { package.name = "\(group)/\(package.name)" }
        package.version = component.text("version") ?? ""
        package.packageURL = component.text("purl") ?? ""
        package.parsed = PackageURL(parsing: package.packageURL)
        package.type = component.text("type") ?? ""
        package.isNested = isNested
        package.hasCPE = component.text("cpe").map { !$0.isEmpty } ?? false
        for case .object(let property) in component["properties"]?.arrayContent ?? [] {
            guard let full = property.text("name"), let value = property.text("value") else { continue }
            let name = full.hasPrefix(trivyPrefix) ? String(full.dropFirst(trivyPrefix.count)) : full
            // Without trivy's prefix its names mean nothing to it.
            guard names.contains(name), name.hasPrefix("syft:") == (name == full), package.statements[name] == nil
            else { continue }
            package.statements[name] = value
        }
        return package
    }

    private static let trivyPrefix = "aquasecurity:trivy:"
}
