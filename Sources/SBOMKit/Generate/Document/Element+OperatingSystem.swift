internal import PackageDatabases
internal import SBOMModel

extension Element {
    /// The operating system, as its os-release has it; nil if that gives it no name.
    ///
    /// `packages` are what is installed: the vendor of most of them is the vendor of the system.
    init?(operatingSystem system: OSRelease, _ packages: [InstalledPackage], for consumer: DocumentConsumer?) {
        guard let name = system.documentName(for: consumer) else { return nil }
        let version = system.release
        self.init(id: "OperatingSystem-" + Element.word(version.map { "\(name)-\($0)" } ?? name), name: name)
        self.version = version
        purpose = .operatingSystem
        takeSupplier(of: system, packages)
        homepage = system.homeURL.flatMap(WebAddress.init)?.text
        var remarks: [String] = []
        if homepage == nil, let text = system.homeURL?.nonEmpty { remarks.append("HOME_URL: \(text)") }
        summary = system.prettyName
        if let id = system.id?.nonEmpty {
            packageURL = PackageURL(type: "generic", name: id, version: version).description
        }
        if let cpe = Self.cpe(of: system) {
            externalReferences = [
                ExternalReference(category: "SECURITY", type: cpe.form.referenceType, locator: cpe.text)
            ]
        } else if let text = system.cpeName?.nonEmpty {
            remarks.append("CPE_NAME: \(text)")
        }
        remarks += takeAddresses(of: system)
        if let end = system.supportEnd?.nonEmpty {
            // The value is a day (os-release(5)), SPDX's is a time (SPDX 2.3 §7.27).
            validUntilDate = Timestamp(rfc3339: "\(end)T00:00:00Z")?.description
            if validUntilDate == nil { remarks.append("SUPPORT_END: \(end)") }
        }
        comment = remarks.isEmpty ? nil : remarks.joined(separator: "\n")
        properties += system.syftProperties.map { Property($0.name, $0.value, .other) }
    }

    /// Adds the addresses of documentation, support and bug tracker as references.
    ///
    /// - Returns: A line for each that is no address of the web.
    private mutating func takeAddresses(of system: OSRelease) -> [String] {
        var remarks: [String] = []
        for (name, text, type) in [
            ("DOCUMENTATION_URL", system.documentationURL, "documentation"),
            ("SUPPORT_URL", system.supportURL, "support"),
            ("BUG_REPORT_URL", system.bugReportURL, "issue-tracker"),
        ] {
            guard let text = text?.nonEmpty else { continue }
            if let address = WebAddress(text) {
                externalReferences.append(ExternalReference(category: "OTHER", type: type, locator: address.text))
            } else {
                remarks.append("\(name): \(text)")
            }
        }
        return remarks
    }

    /// Sets who supplies the system, with the address where it is stated.
    ///
    /// That is whom os-release states, or else who supplies most of the rpm packages, or else who is known to supply systems
    /// with that ID. NAME is the name of the product (os-release(5)).
    private mutating func takeSupplier(of system: OSRelease, _ packages: [InstalledPackage]) {
        var address: String?
        if let vendor = system.vendorName.flatMap(Actor.init(contact:)) {
            supplier = Actor(.organization, name: vendor.name, email: vendor.email)
            address = system.vendorURL.flatMap(WebAddress.init)?.text
        } else if let vendor = Self.mostFrequentVendor(of: packages) {
            (supplier, address) = (vendor.actor, vendor.address)
        } else if let id = system.id?.nonEmpty?.lowercased() {
            let known = Self.vendors[id] ?? (id.hasPrefix("opensuse") ? "openSUSE" : nil)
            supplier = known.map { Actor(.organization, name: $0) }
        }
        if let address { properties.append(Property("SupplierURL", address)) }
    }

    /// The vendor of more than half of the rpm packages.
    private static func mostFrequentVendor(of packages: [InstalledPackage]) -> VendorName? {
        var counts: [String: Int] = [:]
        let rpms = packages.filter { $0.ecosystem == .rpm }
        for package in rpms { if let vendor = package.vendor { counts[vendor, default: 0] += 1 } }
        return counts.first { $0.value * 2 > rpms.count }.flatMap { VendorName($0.key) }
    }

    private static let vendors = [
        "almalinux": "AlmaLinux OS Foundation", "alpine": "Alpine Linux", "amzn": "Amazon Web Services",
        "azurelinux": "Microsoft Corporation", "centos": "CentOS", "chainguard": "Chainguard, Inc.", "debian": "Debian",
        "fedora": "Fedora Project", "mariner": "Microsoft Corporation",
        "ol": "Oracle America", "photon": "VMware, Inc.", "raspbian": "Raspbian", "rhel": "Red Hat, Inc.",
        "rocky": "Rocky Enterprise Software Foundation", "sl-micro": "SUSE LLC", "sle-micro": "SUSE LLC",
        "sle_hpc": "SUSE LLC", "sled": "SUSE LLC", "sles": "SUSE LLC", "sles_sap": "SUSE LLC",
        "ubuntu": "Canonical Ltd.", "wolfi": "Chainguard, Inc.",
    ]

    /// The CPE name that os-release states, or else the one that NVD files the system's vulnerabilities under.
    private static func cpe(of system: OSRelease) -> CPEName? {
        if let text = system.cpeName?.nonEmpty { return CPEName(padding: text) }
        guard let id = system.id?.lowercased(), let product = products[id], let version = system.versionID?.nonEmpty
        else { return nil }
        return CPEName(padding: "cpe:2.3:o:\(product):\(version.lowercased())")
    }

    private static let products = [
        "alpine": "alpinelinux:alpine_linux", "debian": "debian:debian_linux", "photon": "vmware:photon_os",
        "ubuntu": "canonical:ubuntu_linux",
    ]
}

/// The vendor that rpm packages state: `SUSE LLC <https://www.suse.com/>`.
struct VendorName {
    /// An organization: a vendor is never a person, whatever its name looks like.
    let actor: Actor
    /// The address behind the name, which is no part of it.
    let address: String?

    /// Nil if the text has no name.
    init?(_ text: String) {
        var name = text
        var address: String?
        if let open = text.lastIndex(of: "<"), text.hasSuffix(">") {
            let inside = String(text[text.index(after: open)...].dropLast())
            let before = String(text[..<open])
            if WebAddress(inside) != nil, before.nonEmpty != nil { (name, address) = (before, inside) }
        }
        guard let actor = Actor(contact: name) else { return nil }
        self.actor = Actor(.organization, name: actor.name, email: actor.email)
        self.address = address
    }
}
