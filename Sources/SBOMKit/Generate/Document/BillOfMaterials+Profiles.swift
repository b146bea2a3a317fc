internal import PackageDatabases
internal import SBOMFormats
internal import SBOMModel

extension BillOfMaterials {
    /// Adds what standards want and the image proves.
    ///
    /// `packages` are those of package databases, by the identifiers of their elements.
    mutating func fit(_ profiles: [DocumentCheck.Profile], to packages: [Element.ID: InstalledPackage]) {
        guard !profiles.isEmpty else { return }
        let system = elements.first { $0.purpose == .operatingSystem }
        if profiles.contains(.bsi) {
            for place in elements.indices {
                if let package = packages[elements[place].id] { elements[place].describeFile(of: package) }
            }
            if !elements.isEmpty { elements[0].describeArchive() }
            for place in elements.indices { elements[place].addSupplierAddress(of: system) }
        }
        for place in elements.indices where elements[place].form == .package {
            elements[place].stateUnknowns(for: profiles)
        }
    }
}

extension Element {
    /// Describes the file that a package was installed from (BSI TR-03183-2 2.1.0 §5.2.2).
    ///
    /// Packages of dpkg, rpm and apk are archives that list what is in them, and no programs.
    fileprivate mutating func describeFile(of package: InstalledPackage) {
        packageFileName = package.fileName
        if let packageFileName { properties.append(Property("bsi:component:filename", packageFileName, .cycloneDX)) }
        describeArchive()
    }

    /// Describes a package or an image as the archive that it is delivered as.
    fileprivate mutating func describeArchive() {
        properties.append(Property("bsi:component:executable", "non-executable", .cycloneDX))
        properties.append(Property("bsi:component:archive", "archive", .cycloneDX))
        properties.append(Property("bsi:component:structured", "structured", .cycloneDX))
    }

    /// Adds the home page of the operating system as the address of its supplier, if the element has the same one and no
    /// address of it.
    fileprivate mutating func addSupplierAddress(of system: Element?) {
        guard let supplier, supplier.email == nil, let system, system.supplier?.name == supplier.name,
            let homepage = system.homepage, !properties.contains(where: { $0.name == "SupplierURL" })
        else { return }
        properties.append(Property("SupplierURL", homepage))
    }

    /// States what nothing in the image says of the element, in the fields that have words for it or else as the property
    /// `Unknown`: `hash`, `producer`; `sha512`, the digest that BSI wants of the file that a component is delivered as.
    fileprivate mutating func stateUnknowns(for profiles: [DocumentCheck.Profile]) {
        let isForCISA = profiles.contains(.cisa2025) || profiles.contains(.cisa2026)
        var unknowns: [String] = []
        if profiles.contains(.bsi), purpose != .operatingSystem { unknowns.append("sha512") }
        if isForCISA {
            if checksums.isEmpty, verificationCode == nil { unknowns.append("hash") }
            // CycloneDX leaves it out otherwise.
            if licenseDeclared == nil { licenseDeclared = Self.noAssertion }
            if supplier == nil, originator == nil { unknowns.append("producer") }
        }
        if !unknowns.isEmpty { properties.append(Property("Unknown", unknowns.joined(separator: ", "))) }
    }
}

extension InstalledPackage {
    /// The name of the file that a package is distributed as; nil for what comes in no file.
    ///
    /// It has no epoch (dpkg-name(1), rpm's default `_build_name_fmt`, apk-index(8)).
    fileprivate var fileName: String? {
        guard let architecture, !architecture.isEmpty else { return nil }
        let plain = version.firstIndex(of: ":").map { String(version[version.index(after: $0)...]) } ?? version
        let name =
            switch ecosystem {
            case .dpkg: "\(name)_\(plain)_\(architecture).deb"
            case .rpm: "\(name)-\(plain).\(architecture).rpm"
            case .opkg: "\(name)_\(plain)_\(architecture).ipk"
            // What `apk add --virtual` made never was a file.
            case .apk: name.hasPrefix(".") ? "" : "\(name)-\(version).apk"
            }
        return name.isEmpty || name.contains("/") ? nil : name
    }
}
