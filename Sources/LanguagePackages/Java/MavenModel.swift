internal import ByteStreams
internal import StructuredText

/// What is used of a `pom.xml` (Maven POM reference).
///
/// Values with variables count as missing, except where a variable stands for a value of the file itself: those of parents
/// are not in the image.
struct MavenModel {
    /// A package that is needed to run the one of the model.
    struct Dependency: Hashable {
        var group: String
        var artifact: String
        var isOptional: Bool
    }

    /// An entry of the list of licenses.
    struct License {
        var name: String?
        var url: String?
    }

    private(set) var group: String?
    private(set) var artifact: String?
    private(set) var version: String?
    private(set) var homepage: String?
    private(set) var organization: String?
    private(set) var licenses: [License] = []
    /// The dependencies with the scopes `compile` and `runtime`.
    private(set) var dependencies: [Dependency] = []
    /// Whether the package may have dependencies that the file does not state.
    private(set) var isPartial = false

    /// Reads a file.
    ///
    /// - Throws: ``XMLError`` if it is not well formed.
    init(parsing bytes: [UInt8], limits: Limits) throws(XMLError) {
        let root = try XMLDocument(parsing: bytes, limits: limits).root
        guard root.name.local == "project" else { return }
        let fields = Self.fields(root)
        let parent = fields["parent"].map(Self.fields) ?? [:]
        // Both are inherited (POM reference, "Inheritance").
        group = Self.value(fields["groupId"] ?? parent["groupId"])
        version = Self.value(fields["version"] ?? parent["version"])
        artifact = Self.value(fields["artifactId"])
        homepage = Self.value(fields["url"])
        organization = Self.value(fields["organization"].flatMap { Self.fields($0)["name"] })
        // A parent may state further dependencies, and a profile may have been active.
        isPartial = fields["parent"] != nil || fields["profiles"] != nil
        for license in fields["licenses"]?.elements.filter({ $0.name.local == "license" }) ?? [] {
            let license = Self.fields(license)
            licenses.append(License(name: Self.value(license["name"]), url: Self.value(license["url"])))
        }
        for element in fields["dependencies"]?.elements.filter({ $0.name.local == "dependency" }) ?? [] {
            read(Self.fields(element))
        }
    }

    private mutating func read(_ fields: [String: XMLElement]) {
        let scope = fields["scope"].map { Self.value($0) ?? "${}" } ?? "compile"
        guard scope == "compile" || scope == "runtime" else {
            if scope == "${}" { isPartial = true }
            return
        }
        let isOwn = fields["groupId"].map { Self.ownGroup.contains($0.text.filter { !$0.isWhitespace }) } ?? false
        guard let group = isOwn ? group : Self.value(fields["groupId"]), let artifact = Self.value(fields["artifactId"])
        else {
            isPartial = true
            return
        }
        let isOptional = Self.value(fields["optional"]) == "true"
        dependencies.append(Dependency(group: group, artifact: artifact, isOptional: isOptional))
    }

    private static let ownGroup: Set<String> = ["${project.groupId}", "${pom.groupId}", "${groupId}"]

    /// The child elements by their names; the first one of a name counts.
    private static func fields(_ element: XMLElement) -> [String: XMLElement] {
        Dictionary(element.elements.map { ($0.name.local, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func value(_ element: XMLElement?) -> String? { statedText(element?.text) }
}
