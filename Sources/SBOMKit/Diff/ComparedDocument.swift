internal import SBOMFormats
internal import SBOMModel

/// A document prepared for comparison: each package and file in each of its versions once.
///
/// Tools write some facts about the same package differently, and these do not count: the epoch, the distribution and
/// the source package in a package URL, the case of names without a package URL, the order of licenses.
struct ComparedDocument {
    /// A package in one version, or a file with one content.
    ///
    /// Several elements of the document can be the same entry.
    struct Entry {
        /// The name of the first element of the entry; ``id`` and ``purl`` are from that element too.
        let name: String
        let id: String
        let purl: String?
        /// The identity of the entry, without its version.
        let identity: Identity
        /// The version for output, with the epoch.
        let version: String?
        /// The version, or for a file the digest, in a spelling that does not depend on the tool.
        let canonicalVersion: String
        let order: VersionOrder
        /// Whether it is an image or an operating system, and not something in it.
        ///
        /// It stands here because it takes no memory beside a value of one byte: there are as many entries as elements.
        var isSystem = false
        var declared: Set<String> = []
        var concluded: Set<String> = []
        var suppliers: [Actor] = []
        var checksums: [String: Set<String>] = [:]
        /// The name in the document, in lower case; for a file its path.
        let plainName: String

        init(
            _ element: Int32, of elements: ElementColumns, _ identity: Identity, version: String?,
            canonicalVersion: String, order: VersionOrder
        ) {
            name = elements.names[Int(element)]
            id = elements.ids[Int(element)]
            purl = ComparedDocument.stated(elements.packageURLs[Int(element)])
            self.identity = identity
            self.version = version
            self.canonicalVersion = canonicalVersion
            self.order = order
            plainName = identity.isFile ? identity.name : name.lowercased()
        }

        /// The key for sorting entries; it begins with the name.
        var sortKey: String {
            let qualifiers = identity.qualifiers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return [
                plainName, identity.type ?? "", identity.namespace, identity.name, identity.architecture,
                identity.isFile ? "file" : "", identity.purpose, qualifiers.joined(separator: "&"), identity.subpath,
                canonicalVersion,
            ].joined(separator: "\0")
        }
    }

    /// The identity of a package: its package URL, or else its name.
    struct Identity: Hashable {
        let isFile: Bool
        /// The type of the package URL; the members below are its other parts that distinguish packages.
        let type: String?
        let namespace: String
        let name: String
        /// The architecture; empty if it is unknown.
        let architecture: String
        let qualifiers: [String: String]
        /// The path within the package; empty for the package as a whole.
        let subpath: String
        /// The purpose of a package without a package URL; else empty.
        let purpose: String
        /// Type, namespace and name, without a namespace that is only the vendor, as in packages of operating systems.
        var withoutVendor: String? {
            guard let type else { return nil }
            let isVendor = PackageURL.rules(for: type).hasVendorNamespace
            return "\(type)/\(isVendor ? "" : namespace)/\(name)" + (subpath.isEmpty ? "" : "#\(subpath)")
        }
    }

    let entries: [Entry]
    /// The entry of each element.
    let entryOfElement: [Int]
    /// The entries that the document describes.
    let described: Set<Int>
    /// The place of each entry in the order of names.
    let ranks: [Int]

    init(_ graph: DocumentGraph) {
        var entries: [Entry] = []
        var places: [Key: Int] = [:]
        var entryOfElement: [Int] = []
        entryOfElement.reserveCapacity(graph.elements.count)
        var statements = Statements(licenseNames: graph.licenseNames)
        let elements = graph.elements
        for element in 0..<Int32(elements.count) {
            let checksums = elements.checksums(element).map {
                Element.Checksum(algorithm: $0.algorithm, value: $0.value.lowercased())
            }
            let entry = Self.entry(element, of: elements, checksums)
            let key = Key(identity: entry.identity, version: entry.canonicalVersion)
            let place = places[key] ?? entries.count
            if place == entries.count {
                places[key] = place
                entries.append(entry)
            }
            entryOfElement.append(place)
            if elements.isSystem(element) { entries[place].isSystem = true }
            if let license = statements.license(elements.licenseDeclared(element)) {
                entries[place].declared.insert(license)
            }
            if let license = statements.license(elements.licenseConcluded(element)) {
                entries[place].concluded.insert(license)
            }
            // Some tools write the same maintainer as supplier in one format and as publisher in another.
            let provider = Self.stated(elements.supplier(element)) ?? elements.originator(element)
            if let actor = statements.actor(provider), !entries[place].suppliers.contains(actor) {
                entries[place].suppliers.append(actor)
            }
            for checksum in checksums {
                entries[place].checksums[checksum.algorithm, default: []].insert(checksum.value)
            }
        }
        self.entries = entries
        self.entryOfElement = entryOfElement
        described = Set(graph.described.map { entryOfElement[Int($0)] })
        let keys = entries.map(\.sortKey)
        var ranks = Array(repeating: 0, count: keys.count)
        for (rank, entry) in keys.indices.sorted(by: { keys[$0] < keys[$1] }).enumerated() { ranks[entry] = rank }
        self.ranks = ranks
    }

    /// Nil for an empty text.
    private static func stated(_ text: String) -> String? { text.isEmpty ? nil : text }

    private struct Key: Hashable {
        let identity: Identity
        let version: String
    }

    private static func entry(
        _ element: Int32, of elements: ElementColumns, _ checksums: [Element.Checksum]
    ) -> Entry {
        let (name, version) = (elements.names[Int(element)], stated(elements.versions[Int(element)]))
        guard !elements.isFile(element) else {
            let digest = checksums.min { ($0.algorithm, $0.value) < ($1.algorithm, $1.value) }
            let identity = Identity(
                isFile: true, type: nil, namespace: "", name: path(name), architecture: "", qualifiers: [:],
                subpath: "", purpose: "")
            return Entry(
                element, of: elements, identity, version: nil,
                canonicalVersion: digest.map { "\($0.algorithm):\($0.value)" } ?? "", order: .natural)
        }
        guard let purl = PackageURL(parsing: elements.packageURLs[Int(element)])?.normalized else {
            let identity = Identity(
                isFile: false, type: nil, namespace: "", name: name, architecture: "", qualifiers: [:],
                subpath: "", purpose: elements.purpose(element).replacing("_", with: "-"))
            return Entry(
                element, of: elements, identity, version: version,
                canonicalVersion: version.map(VersionOrder.natural.canonical) ?? "", order: .natural)
        }
        let order = VersionOrder(type: purl.type)
        let full = Self.version(version, purl, order)
        let identity = Identity(
            isFile: false, type: purl.type, namespace: purl.namespace.joined(separator: "/"), name: purl.name,
            architecture: purl.qualifiers["arch"] ?? "",
            // These qualifiers distinguish builds. The others state where a package comes from, and tools differ in
            // them.
            qualifiers: purl.qualifiers.filter { ["classifier", "type", "platform", "ext"].contains($0.key) },
            subpath: purl.subpath.joined(separator: "/"), purpose: "")
        return Entry(
            element, of: elements, identity, version: full, canonicalVersion: full.map(order.canonical) ?? "",
            order: order)
    }

    /// The version with its epoch, which some tools state only in the package URL.
    private static func version(_ stated: String?, _ purl: PackageURL, _ order: VersionOrder) -> String? {
        guard let version = stated ?? purl.version else { return nil }
        guard order != .natural, let epoch = purl.qualifiers["epoch"].flatMap({ Int($0) }), epoch > 0,
            !version.contains(":")
        else { return version }
        return "\(epoch):\(version)"
    }

    /// A path without the `./` that SPDX puts in front of it, or the `/` of other tools.
    private static func path(_ name: String) -> String {
        let rest = name.hasPrefix("./") ? name.dropFirst(2) : name.hasPrefix("/") ? name.dropFirst() : name[...]
        return rest.isEmpty ? name : String(rest)
    }
}

/// The licenses and suppliers of documents in a form that can be compared; each text is parsed once.
private struct Statements {
    let licenseNames: [String: String]
    private var licenses: [String: String] = [:]
    private var actors: [String: Actor?] = [:]

    init(licenseNames: [String: String]) {
        self.licenseNames = licenseNames
    }

    /// A license with its operands sorted, and names instead of references; nil for an empty text.
    mutating func license(_ text: String) -> String? {
        if text.isEmpty { return nil }
        if let known = licenses[text] { return known }
        let names = licenseNames
        let license =
            LicenseExpression(parsingAnyNames: text)?.sorted(naming: { names[$0] ?? $0 }) ?? names[text] ?? text
        licenses[text] = license
        return license
    }

    /// The supplier; nil for a text that is not spelled as SPDX specifies it.
    mutating func actor(_ text: String) -> Actor? {
        if text.isEmpty { return nil }
        if let known = actors[text] { return known }
        let actor = Actor(spdx: text).map(Self.withAddress)
        actors[text] = actor
        return actor
    }

    /// Takes an address out of the name, as databases of packages and some tools write it: `Name <mail>`.
    private static func withAddress(_ actor: Actor) -> Actor {
        guard actor.email == nil, actor.name.hasSuffix(">"), let open = actor.name.lastIndex(of: "<") else {
            return actor
        }
        let address = actor.name[actor.name.index(after: open)...].dropLast()
        let name = actor.name[..<open].reversed().drop { $0 == " " }.reversed()
        guard address.contains("@"), !name.isEmpty else { return actor }
        return Actor(actor.kind, name: String(name), email: String(address))
    }
}
