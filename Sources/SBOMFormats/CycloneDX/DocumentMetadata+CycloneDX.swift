internal import SBOMModel
package import StructuredText

extension DocumentMetadata {
    // MARK: Reading

    /// Reads the members of a CycloneDX document.
    ///
    /// `refs` are the `bom-ref`s of all components in the order of the document. `main` is the `bom-ref` of the
    /// component that the document is about. Without them the completeness is not read.
    package init(cycloneDX header: JSONObject, _ defaults: DocumentDefaults, refs: [String] = [], main: String? = nil) {
        self.init(
            uuid: header.text("serialNumber").flatMap(NameUUID.uuid(ofSerialNumber:)) ?? defaults.uuid,
            created: defaults.created)
        if let items = header["compositions"]?.arrayContent {
            completeness = Completeness(compositions: items, refs: refs, main: main)
        }
        guard let metadata = header["metadata"]?.objectContent else { return }
        created = metadata.text("timestamp").flatMap(Timestamp.init(rfc3339:)) ?? defaults.created
        readCreators(metadata)
        readTools(metadata["tools"])
        if isOurs, metadata["timestamp"] == nil { created = .unknown }
        readPhases(metadata["lifecycles"])
        for (_, property) in metadata.objects("properties") {
            guard let name = property.text("name"), let value = property.text("value") else { continue }
            read(property: name, value)
        }
    }

    /// Whether this program made the document of an image.
    private var isOurs: Bool { tools.first?.name == Self.imageTool }
    private static let imageTool = "sbomkit"

    private mutating func readCreators(_ metadata: JSONObject) {
        for (_, author) in metadata.objects("authors") {
            guard let name = author.text("name"), !name.isEmpty else { continue }
            creators.append(Actor(.person, name: name, email: author.text("email")))
        }
        for member in ["manufacture", "manufacturer"] {
            guard let maker = metadata[member]?.objectContent, let name = maker.text("name"), !name.isEmpty else {
                continue
            }
            let contact = maker["contact"]?.arrayContent?.first?.objectContent
            creators.append(Actor(.organization, name: name, email: contact?.text("email")))
        }
    }

    private mutating func readTools(_ value: JSONValue?) {
        let listed: [JSONValue]? =
            switch value {
            case .array(let items): items
            case .object(let object): object["components"]?.arrayContent
            default: nil
            }
        for case .object(let tool) in listed ?? [] {
            guard let name = tool.text("name"), !name.isEmpty else { continue }
            tools.append(Tool(name: name, version: tool.text("version") ?? ""))
        }
    }

    // A list is read completely or not at all. Phases with a description, and phases without an SPDX type, are not
    // read.
    private mutating func readPhases(_ value: JSONValue?) {
        guard let items = value?.arrayContent else { return }
        let phases = items.compactMap { item -> LifecyclePhase? in
            guard let object = item.objectContent, object.count == 1 else { return nil }
            return object.text("phase").flatMap(LifecyclePhase.init(rawValue:))
        }
        if phases.count == items.count { lifecyclePhases = phases }
    }

    private mutating func read(property name: String, _ value: String) {
        switch name {
        case "spdx:document:name": self.name = value
        case "spdx:document:document-namespace": namespace = value
        case "spdx:document:comment": comment = value
        case "spdx:creation-info:comment": creatorComment = value
        case "spdx:creation-info:license-list-version": licenseListVersion = value
        case "cdx:reproducible": isReproducible = value == "true"
        case "sbomkit:creator":
            if let actor = Actor(spdx: value) { creators.append(actor) }
        case "sbomkit:lifecycle-phase":
            if let phase = LifecyclePhase(rawValue: value) { lifecyclePhases.append(phase) }
        default: break
        }
    }

    // MARK: Writing

    /// The members of a CycloneDX document.
    ///
    /// `mainName` and `main` are the name and the `bom-ref` of the component that the document is about. `refs` are the
    /// `bom-ref`s of all components in the order of the document. `licenses` are the licenses of the components.
    package func cycloneDX(
        version: CycloneDXVersion, mainName: String?, licenses: ExtractedLicenses, refs: [String] = [],
        main: String? = nil
    ) -> JSONObject {
        var header = JSONObject()
        header.append("$schema", .string(version.schemaAddress))
        header.append("bomFormat", "CycloneDX")
        header.append("specVersion", .string(version.rawValue))
        header.append("serialNumber", .string("urn:uuid:\(uuid)"))
        header.append("version", 1)
        var metadata = JSONObject()
        // A time that is not known can be left out here, where SPDX requires one.
        if created != .unknown || !isOurs { metadata.append("timestamp", .string(created.description)) }
        if version >= .v1_5 {
            metadata.appendItems("lifecycles", lifecyclePhases.map { ["phase": .string($0.rawValue)] })
        }
        if let tools = Self.tools(tools, version) { metadata.append("tools", tools) }
        let organization = creators.first { $0.kind == .organization }.map {
            CycloneDXComponentCodec.entity($0)
        }
        if version >= .v1_6, let organization { metadata.append("manufacturer", organization) }
        metadata.appendItems("authors", creators.filter { $0.kind == .person }.map(CycloneDXComponentCodec.contact))
        if version < .v1_6, let organization { metadata.append("manufacture", organization) }
        // Version 1.2 has no properties and no compositions.
        if version >= .v1_3 {
            let table = licenses.cycloneDXTable.map { CycloneDXComponentCodec.property($0.name, $0.value) }
            metadata.appendItems("properties", properties(version, mainName) + table)
        }
        header.append("metadata", .object(metadata))
        if version >= .v1_3, let completeness, let main {
            header.append("compositions", .array(completeness.compositions(refs: refs, main: main)))
        }
        return header
    }

    private func properties(_ version: CycloneDXVersion, _ mainName: String?) -> [JSONValue] {
        var properties: [JSONValue] = []
        func append(_ name: String, _ value: String?) {
            if let value { properties.append(CycloneDXComponentCodec.property(name, value)) }
        }
        if isReproducible { append("cdx:reproducible", "true") }
        for organization in creators.filter({ $0.kind == .organization }).dropFirst() {
            append("sbomkit:creator", organization.spdx)
        }
        append("spdx:document:name", name == mainName ? nil : name)
        let natural = naturalNamespace(named: name ?? mainName ?? "sbom")
        append("spdx:document:document-namespace", namespace == natural ? nil : namespace)
        append("spdx:creation-info:comment", creatorComment)
        append("spdx:creation-info:license-list-version", licenseListVersion)
        append("spdx:document:comment", comment)
        if version < .v1_5 {
            for phase in lifecyclePhases { append("sbomkit:lifecycle-phase", phase.rawValue) }
        }
        for property in self.properties { append(property.name, property.value) }
        return properties
    }

    private static func tools(_ tools: [Tool], _ version: CycloneDXVersion) -> JSONValue? {
        guard !tools.isEmpty else { return nil }
        var items: [JSONValue] = []
        var seen: Set<String> = []
        for tool in tools {
            // The schema forbids equal components in a list.
            if version >= .v1_5, !seen.insert(tool.spdx).inserted { continue }
            var item = JSONObject()
            if version >= .v1_5 { item.append("type", "application") }
            item.append("name", .string(tool.name))
            if !tool.version.isEmpty, version.holds(componentVersion: tool.version) {
                item.append("version", .string(tool.version))
            }
            items.append(.object(item))
        }
        return version >= .v1_5 ? ["components": .array(items)] : .array(items)
    }
}

extension Completeness {
    /// Reads `compositions`; nil unless they are exactly what ``compositions(refs:main:)`` writes.
    init?(compositions items: [JSONValue], refs: [String], main: String?) {
        guard let main, let first = items.first?.objectContent,
            let aggregate = first.text("aggregate").flatMap(Aggregate.init(rawValue:))
        else { return nil }
        self.init(aggregate)
        for case .object(let item) in items.dropFirst() {
            let ids = item.texts("dependencies").map(\.text)
            switch item.text("aggregate") {
            case "incomplete" where aggregate == .complete: incompleteDependencies = ids
            case "unknown": unknownDependencies = ids
            default: break
            }
        }
        // SPDX can name only components whose identifiers SPDX allows too.
        let named = incompleteDependencies + unknownDependencies
        guard named.allSatisfy({ !$0.isEmpty && Element.word($0).isIdentical(to: $0) }),
            JSONValue.array(items).isSemanticallyEqual(to: .array(compositions(refs: refs, main: main)))
        else { return nil }
    }

    /// The `compositions` of a document: one for the assembly of the main component, the others for the dependencies of
    /// all components.
    func compositions(refs: [String], main: String) -> [JSONValue] {
        let unknown = Set(unknownDependencies)
        let incomplete = Set(incompleteDependencies)
        var groups: [(aggregate: Aggregate, refs: [JSONValue])] = [(.complete, []), (.incomplete, []), (.unknown, [])]
        for ref in refs where !ref.isEmpty {
            // If the list of components is not complete, a component may need one that is not listed.
            let isIncomplete = aggregate != .complete || incomplete.contains(ref)
            groups[unknown.contains(ref) ? 2 : isIncomplete ? 1 : 0].refs.append(.string(ref))
        }
        let assembly: JSONValue = ["aggregate": .string(aggregate.rawValue), "assemblies": [.string(main)]]
        return [assembly]
            + groups.filter { !$0.refs.isEmpty }.map { group in
                ["aggregate": .string(group.aggregate.rawValue), "dependencies": .array(group.refs)]
            }
    }
}

extension CycloneDXVersion {
    /// Whether a component can have this version: from 1.6 on, the schema allows 1,024 characters at most.
    func holds(componentVersion text: String) -> Bool {
        self < .v1_6 || text.utf8.count <= 1_024 || text.unicodeScalars.count <= 1_024
    }
}
