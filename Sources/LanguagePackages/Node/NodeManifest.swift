internal import ByteStreams
internal import PackageDatabases
internal import SBOMModel
internal import StructuredText

/// What a `package.json` states, as far as it is used (npm documentation, "package.json").
struct NodeManifest {
    /// The name; nil if there is none or it is not text.
    var name: String?
    /// The version; nil if there is none or it is not text.
    var version: String?
    /// Whether the package is not to be published, so that no registry has it.
    var isPrivate: Bool
    /// Who made it: a name, with or without an address in angle brackets.
    var author: String?
    /// The address of its page.
    var homepage: String?
    /// The short description.
    var summary: String?
    /// What it states about its license, as an expression where there are several; nil if it states nothing.
    var license: String?
    /// What it needs when it is used; each name once.
    var needs: [DependencyCollector.Need]
    /// What is needed to develop it; each name once, none of ``needs``.
    var developmentNeeds: [DependencyCollector.Need]

    init(_ object: JSONObject) {
        func text(_ name: String) -> String? { object.text(name).flatMap { $0.isEmpty ? nil : $0 } }
        name = text("name")
        version = text("version")
        isPrivate = object["private"] == .bool(true)
        homepage = text("homepage")
        summary = text("description").map(Self.line)
        author = object["author"].flatMap(Self.person)
        license = (object["license"] ?? object["licenses"]).flatMap(Self.licenseText)

        var optionalPeers: Set<String> = []
        for member in object["peerDependenciesMeta"]?.objectContent?.members ?? []
        where member.value.objectContent?["optional"] == .bool(true) {
            optionalPeers.insert(member.name)
        }
        var seen: Set<String> = []
        func needs(in field: String, isWeak: (String) -> Bool) -> [DependencyCollector.Need] {
            // Of members with the same name the last one counts.
            let members = (object[field]?.objectContent?.members ?? []).reversed()
            return members.compactMap { member in
                guard !member.name.isEmpty, seen.insert(member.name).inserted else { return nil }
                let range = member.value.textContent ?? ""
                return DependencyCollector.Need(
                    name: member.name, text: range.isEmpty ? member.name : "\(member.name) \(range)", field: field,
                    isWeak: isWeak(member.name))
            }.reversed()
        }
        // What is optional overrides what is required.
        let optional = needs(in: "optionalDependencies") { _ in true }
        let required = needs(in: "dependencies") { _ in false }
        let peers = needs(in: "peerDependencies") { optionalPeers.contains($0) }
        self.needs = required + optional + peers
        developmentNeeds = needs(in: "devDependencies") { _ in true }
    }

    /// The fields that ``init(_:)`` reads.
    private static let fields: Set<String> = [
        "name", "version", "private", "author", "homepage", "description", "license", "licenses", "dependencies",
        "optionalDependencies", "peerDependencies", "peerDependenciesMeta", "devDependencies",
    ]

    /// A `package.json` with the fields that are read and no others; empty if it has neither a name nor a dependency, and
    /// the same bytes if it does not parse.
    static func reduced(_ bytes: [UInt8]) -> [UInt8] {
        guard let value = try? JSONValue(parsing: bytes, limits: Limits()), let object = value.objectContent else {
            return bytes
        }
        let kept = JSONObject(object.members.filter { fields.contains($0.name) })
        let isUsed = kept.members.contains { $0.name == "name" || $0.name.hasSuffix("ependencies") }
        return isUsed ? JSONWriter.bytes(of: .object(kept), .compact) : []
    }

    /// The license of a file with that text for it.
    static func finding(_ license: String, at path: String) -> LicenseFinding? {
        var finding: LicenseFinding?
        if license.uppercased().hasPrefix("SEE LICENSE IN") {
            finding = LicenseFinding(.packageMetadata, at: path)
            finding?.tag = line(license)
        } else {
            finding = LicenseFinding(licenseTag: license, rule: .packageMetadata)
            finding?.path = path
        }
        return finding
    }

    /// The text for a license: a name or expression, `{"type": …}`, or an array of these, of which one may be chosen.
    private static func licenseText(_ value: JSONValue) -> String? {
        func single(_ value: JSONValue) -> String? {
            let text = value.textContent ?? value.objectContent?.text("type") ?? value.objectContent?.text("name")
            return text.flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let items = value.arrayContent else { return single(value) }
        return LicenseFinding.choice(items.compactMap(single))
    }

    /// A person: a text or an object.
    private static func person(_ value: JSONValue) -> String? {
        if let text = value.textContent {
            // `Name <address> (page)`
            let name = line(text.prefix { $0 != "(" })
            return name.isEmpty ? nil : name
        }
        guard let object = value.objectContent, let name = object.text("name").map(line), !name.isEmpty else {
            return nil
        }
        guard let address = object.text("email").map(line), !address.isEmpty else { return name }
        return "\(name) <\(address)>"
    }

    /// A text as one line.
    private static func line(_ text: some StringProtocol) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension LicenseFinding {
    /// The expression for licenses of which one may be chosen; nil if there is none.
    static func choice(_ licenses: [String]) -> String? {
        if licenses.count < 2 { return licenses.first }
        return licenses.map { $0.hasWhitespace ? "(\($0))" : $0 }.joined(separator: " OR ")
    }
}
