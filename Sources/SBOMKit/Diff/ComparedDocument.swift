internal import SBOMFormats
internal import SBOMModel

/// A document as it is compared with another: each package and file in each of its versions once.
///
/// What two tools write differently of the same thing is not part of what it is told by: the epoch, the distribution and
/// the source package in a package URL, the case of names that have none, the order of licences.
struct ComparedDocument {
    /// A package in a version, or a file with a content; all elements of the document that are that.
    struct Entry {
        var facts: ElementFacts
        /// What it is known by, apart from its version.
        let identity: Identity
        /// The version as it is shown, the epoch in it.
        let version: String?
        /// The version, or of a file the digest, in a spelling that does not depend on the tool.
        let canonicalVersion: String
        let order: VersionOrder
        var declared: Set<String> = []
        var concluded: Set<String> = []
        var suppliers: [Actor] = []
        var checksums: [String: Set<String>] = [:]
        /// The name as the document has it, in lower case; of a file its path.
        let plainName: String
        /// What puts entries into a fixed order, by name first.
        let sortKey: String

        init(
            _ facts: ElementFacts, _ identity: Identity, version: String?, canonicalVersion: String, order: VersionOrder
        ) {
            self.facts = facts
            self.identity = identity
            self.version = version
            self.canonicalVersion = canonicalVersion
            self.order = order
            plainName = identity.isFile ? identity.name : facts.name.lowercased()
            let qualifiers = identity.qualifiers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            sortKey = [
                plainName, identity.type ?? "", identity.namespace, identity.name, identity.architecture,
                identity.isFile ? "file" : "", identity.purpose, qualifiers.joined(separator: "&"), canonicalVersion,
            ].joined(separator: "\0")
        }
    }

    /// What a package is known by, from all that its package URL says to the name alone.
    struct Identity: Hashable {
        let isFile: Bool
        /// The type of its package URL, and what of it tells packages apart.
        let type: String?
        let namespace: String
        let name: String
        /// The architecture; empty if it is not said.
        let architecture: String
        let qualifiers: [String: String]
        /// What it is for, if it has no package URL.
        let purpose: String
        /// Without the vendor that packages of operating systems have for a namespace, and all qualifiers.
        var withoutVendor: String? {
            guard let type else { return nil }
            let isVendor = ["alpm", "apk", "deb", "rpm", "generic", "oci", "docker"].contains(type)
            return "\(type)/\(isVendor ? "" : namespace)/\(name)"
        }
    }

    let entries: [Entry]
    /// Which entry each element is part of.
    let entryOfElement: [Int]
    /// The entries that the document describes.
    let described: Set<Int>
    /// The place of each entry in the order of names.
    let ranks: [Int]

    init(_ reading: DocumentReading) {
        var entries: [Entry] = []
        var places: [Key: Int] = [:]
        var entryOfElement: [Int] = []
        let names = reading.graph.licenseNames
        for facts in reading.facts {
            let entry = Self.entry(facts)
            let key = Key(identity: entry.identity, version: entry.canonicalVersion)
            let place = places[key] ?? entries.count
            if place == entries.count {
                places[key] = place
                entries.append(entry)
            }
            entryOfElement.append(place)
            if let text = facts.licenseDeclared { entries[place].declared.insert(Self.license(text, names)) }
            if let text = facts.licenseConcluded { entries[place].concluded.insert(Self.license(text, names)) }
            if let actor = facts.providingActor, !entries[place].suppliers.contains(actor) {
                entries[place].suppliers.append(actor)
            }
            for checksum in facts.checksums {
                entries[place].checksums[checksum.algorithm, default: []].insert(checksum.value)
            }
        }
        self.entries = entries
        self.entryOfElement = entryOfElement
        described = Set(reading.described.map { entryOfElement[$0] })
        let keys = entries.map(\.sortKey)
        var ranks = Array(repeating: 0, count: keys.count)
        for (rank, entry) in keys.indices.sorted(by: { keys[$0] < keys[$1] }).enumerated() { ranks[entry] = rank }
        self.ranks = ranks
    }

    private struct Key: Hashable {
        let identity: Identity
        let version: String
    }

    private static func entry(_ facts: ElementFacts) -> Entry {
        guard !facts.isFile else {
            let digest = facts.checksums.min { ($0.algorithm, $0.value) < ($1.algorithm, $1.value) }
            let identity = Identity(
                isFile: true, type: nil, namespace: "", name: path(facts.name), architecture: "", qualifiers: [:],
                purpose: "")
            return Entry(
                facts, identity, version: nil, canonicalVersion: digest.map { "\($0.algorithm):\($0.value)" } ?? "",
                order: .natural)
        }
        guard let purl = facts.packageURL?.spelledForComparison else {
            let identity = Identity(
                isFile: false, type: nil, namespace: "", name: facts.name, architecture: "", qualifiers: [:],
                purpose: facts.purpose?.replacing("_", with: "-") ?? "")
            return Entry(
                facts, identity, version: facts.version,
                canonicalVersion: facts.version.map(VersionOrder.natural.canonical) ?? "", order: .natural)
        }
        let order = VersionOrder(type: purl.type)
        let version = Self.version(facts, purl, order)
        let identity = Identity(
            isFile: false, type: purl.type, namespace: purl.namespace.joined(separator: "/"), name: purl.name,
            architecture: purl.qualifiers["arch"] ?? "",
            // What says which of several builds it is; the rest says where it is from, and tools differ in that.
            qualifiers: purl.qualifiers.filter { ["classifier", "type", "platform", "ext"].contains($0.key) },
            purpose: "")
        return Entry(
            facts, identity, version: version, canonicalVersion: version.map(order.canonical) ?? "",
            order: order)
    }

    /// The version with its epoch, which some tools have only in the package URL.
    private static func version(_ facts: ElementFacts, _ purl: PackageURL, _ order: VersionOrder) -> String? {
        guard let version = facts.version ?? purl.version else { return nil }
        guard order != .natural, let epoch = purl.qualifiers["epoch"].flatMap({ Int($0) }), epoch > 0,
            !version.contains(":")
        else { return version }
        return "\(epoch):\(version)"
    }

    /// A path without the `./` that SPDX puts before it, or the `/` that others do.
    private static func path(_ name: String) -> String {
        let rest = name.hasPrefix("./") ? name.dropFirst(2) : name.hasPrefix("/") ? name.dropFirst() : name[...]
        return rest.isEmpty ? name : String(rest)
    }

    /// A licence as it is compared: the same operands in the same order, and the words behind a reference instead of it.
    private static func license(_ text: String, _ names: [String: String]) -> String {
        guard let expression = LicenseExpression(parsing: text) else { return names[text] ?? text }
        return expression.sorted(naming: { names[$0] ?? $0 })
    }
}
