internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases
internal import SBOMFormats
internal import SBOMModel

extension Element {
    /// The element of an installed package.
    ///
    /// - Parameters:
    ///   - package: The package.
    ///   - shipped: What kinds of files it ships, if they are listed.
    ///   - system: The operating system of the image, for the package URL.
    ///   - origin: The layer that added the package, if known.
    ///   - notes: Lines of the comment that come before those about the package itself.
    ///   - consumer: Who the document is for.
    init(
        _ package: InstalledPackage, shipping shipped: ShippedFiles?, _ system: OSRelease?, _ origin: LayerOrigin?,
        notes: [String],
        for consumer: DocumentConsumer?
    ) {
        self.init(id: Self.identifier(of: package), name: package.name)
        version = package.version
        packageURL = PackageURL(package, system, for: consumer).description
        summary = package.summary
        description = package.description
        // The section is the kind of the software, and many programs are in that of their language.
        purpose = shipped.map(Purpose.init) ?? Purpose(section: package.ecosystem == .dpkg ? package.section : nil)
        var comments = notes + takeContacts(of: package)
        if let text = package.homepage?.nonEmpty {
            homepage = WebAddress(text)?.text
            if homepage == nil { comments.append("Homepage: \(text)") }
        }
        comment = comments.isEmpty ? nil : comments.joined(separator: "\n")
        properties.append(Property("PkgID", Self.scannerIdentifier(of: package)))
        if let source = SourcePackage(of: package) {
            if source.isStatable {
                sourceInfo = source.statement
            } else {
                properties += source.details.map { Property($0.name, $0.value) }
            }
        }
        if let origin { locate(in: origin) }
        // The digest is of the header in the database or of a part of the package, not of the package file: so it is not a
        // checksum. The last one is the strongest.
        properties += package.recordDigests.suffix(1).map { Property($0.tag, $0.hex) }
        if let label = package.modularityLabel { properties.append(Property("Modularitylabel", label)) }
        if let commit = package.sourceCommit { properties.append(Property("SourceCommit", commit)) }
        if package.isRequested { properties.append(Property("Requested", "true")) }
        if let condition = package.installIf { properties.append(Property("InstalledWith", condition)) }
        builtDate = package.buildTime.flatMap { Timestamp(sourceDateEpoch: String($0)) }?.description
        properties.append(Property("syft:location:0:path", "/\(package.database)", .cycloneDX))
        if let size = package.installedSize {
            let name = package.ecosystem == .rpm ? "size" : "installedSize"
            properties.append(Property("syft:metadata:\(name)", String(size), .cycloneDX))
        }
    }

    /// The element of a package that only lower layers of an image have.
    init(_ hidden: HiddenPackage, in scan: ImageScan, for consumer: DocumentConsumer?, _ texts: inout LicenseTexts) {
        self.init(
            hidden.package, shipping: nil, scan.system, LayerOrigin(scan.image, hidden.origin), notes: [], for: consumer
        )
        id = "Hidden-\(id)"
        if let finding = hidden.package.license.flatMap({ LicenseFinding(licenseTag: $0) }) { state(finding, &texts) }
        properties.append(Property("Hidden", "true"))
        if let layer = LayerOrigin(scan.image, hidden.lastLayer + 1) {
            properties.append(Property("RemovedByLayer", layer.name))
        }
    }

    /// Takes the supplier of the operating system where the database names none, and says so.
    mutating func takeLastResort(_ supplier: Actor) {
        guard self.supplier == nil else { return }
        self.supplier = supplier
        properties.append(Property("SupplierFrom", "os-release"))
    }

    /// The name by which trivy tells packages apart: without the architecture it drops all but one of those that are installed
    /// for several.
    private static func scannerIdentifier(of package: InstalledPackage) -> String {
        "\(package.name)@\(package.version)" + (package.architecture.map { ".\($0)" } ?? "")
    }

    /// The identifier: readable words, and a hash that keeps packages with the same words apart.
    private static func identifier(of package: InstalledPackage) -> Element.ID {
        let identity = [package.name, package.version, package.architecture ?? ""].joined(separator: "\n")
        let hash = ContentDigest.of(Array("\(package.ecosystem.rawValue)\n\(identity)".utf8)).hex.prefix(16)
        let words = [package.name, package.architecture].compactMap { $0.map { Element.word(String($0.prefix(100))) } }
            .joined(separator: "-")
        return "Package-\(package.ecosystem.packageURLType)-\(words)-\(hash)"
    }

    /// Sets the supplier and the originator.
    ///
    /// - Returns: A line for each contact that does not fit into them without loss.
    private mutating func takeContacts(of package: InstalledPackage) -> [String] {
        let contacts: [(field: String, text: String?, actor: Actor?)]
        switch package.ecosystem {
        case .dpkg:
            supplier = package.maintainer.flatMap(Actor.init(contact:))
            originator = package.originalMaintainer.flatMap(Actor.init(contact:))
            contacts = [
                ("Maintainer", package.maintainer, supplier),
                ("Original-Maintainer", package.originalMaintainer, originator),
            ]
        case .rpm:
            let vendor = package.vendor.flatMap(VendorName.init)
            supplier = vendor?.actor
            if let address = vendor?.address { properties.append(Property("SupplierURL", address)) }
            // Who packages it is on the side of the supplier; an originator is whom the supplier has it from (SPDX 2.3 §7.6).
            if let packager = package.maintainer?.nonEmpty, packager != package.vendor {
                properties.append(Property("Packager", packager))
            }
            contacts = vendor?.address == nil ? [("Vendor", package.vendor, supplier)] : []
        case .apk, .opkg:
            supplier = package.maintainer.flatMap(Actor.init(contact:))
            contacts = [("Maintainer", package.maintainer, supplier)]
        }
        let lines = contacts.compactMap { field, text, actor in
            text?.nonEmpty.flatMap { actor?.says($0) == true ? nil : "\(field): \($0)" }
        }
        if originator == supplier { originator = nil }
        return lines
    }
}

extension Element.Purpose {
    /// The purpose of a package that ships such files: a program, or else a library, or else neither.
    fileprivate init(_ shipped: ShippedFiles) {
        self = shipped.hasPrograms ? .application : shipped.hasLibraries ? .library : .other
    }

    /// The purpose that the section of a Debian package shows (Debian policy §2.4); nil if there is no section.
    fileprivate init?(section: String?) {
        // Ubuntu's sections begin with the archive area: `universe/libs`.
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
