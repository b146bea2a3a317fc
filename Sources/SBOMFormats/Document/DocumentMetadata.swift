internal import SBOMModel
internal import StructuredText

/// What a document says of itself, without its elements.
struct DocumentMetadata {
    var name: String?
    /// The URI that stands for the document.
    var namespace: String?
    /// The UUID of the document, in lower case: that of the serial number or the namespace.
    var uuid: String
    /// When it was made; SPDX's form where the text is a time at all.
    var created: String
    var creators: [Actor] = []
    var tools: [Tool] = []
    var creatorComment: String?
    var licenseListVersion: String?
    var comment: String?

    /// The first tool, as it signs annotations.
    var tool: String { (tools.first ?? Tool(name: "sbomkit", version: "")).spdx }

    // MARK: SPDX

    /// Reads the members of an SPDX document.
    init(spdx header: JSONObject, _ defaults: DocumentDefaults) {
        name = header.text("name")
        namespace = header.text("documentNamespace")
        uuid = namespace.flatMap(NameUUID.uuid(ofNamespace:)) ?? defaults.uuid
        comment = header.text("comment")
        created = defaults.created
        guard let info = header["creationInfo"]?.objectContent else { return }
        created = Self.time(info.text("created")) ?? defaults.created
        creatorComment = info.text("comment")
        licenseListVersion = info.text("licenseListVersion")
        for (_, text) in info.texts("creators") {
            if let actor = Actor(spdx: text) {
                creators.append(actor)
            } else if let tool = text.dropping(prefix: "Tool: "), !tool.isEmpty {
                tools.append(Tool(spdx: tool))
            }
        }
    }

    /// The members of an SPDX document; `mainName` is that of the element it describes.
    func spdx(mainName: String?, licenses: ExtractedLicenses) -> JSONObject {
        let name = name ?? mainName ?? "sbom"
        var header = JSONObject()
        header.append("spdxVersion", "SPDX-2.3")
        header.append("dataLicense", "CC0-1.0")
        header.append("SPDXID", "SPDXRef-DOCUMENT")
        header.append("name", .string(name))
        header.append("documentNamespace", .string(namespace ?? naturalNamespace(named: name)))
        var info = JSONObject()
        info.append("created", .string(created))
        let makers = creators.map(\.spdx) + tools.map(\.spdx)
        info.append("creators", .array((makers.isEmpty ? [PatchCarrier.tool] : makers).map { .string($0) }))
        info.appendText("comment", creatorComment)
        info.appendText("licenseListVersion", licenseListVersion)
        header.append("creationInfo", .object(info))
        header.appendText("comment", comment)
        header.appendItems(
            "hasExtractedLicensingInfos",
            licenses.order.map { id in
                let entry = licenses.entries[id]
                return .object(
                    JSONObject([
                        .init(name: "licenseId", value: .string(id)),
                        .init(name: "extractedText", value: .string(entry?.text ?? entry?.name ?? id)),
                        .init(name: "name", value: .string(entry?.name ?? id)),
                    ]))
            })
        return header
    }

    // MARK: CycloneDX

    /// Reads the members of a CycloneDX document.
    init(cycloneDX header: JSONObject, _ defaults: DocumentDefaults) {
        uuid = header.text("serialNumber").flatMap(NameUUID.uuid(ofSerialNumber:)) ?? defaults.uuid
        created = defaults.created
        guard let metadata = header["metadata"]?.objectContent else { return }
        created = Self.time(metadata.text("timestamp")) ?? defaults.created
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
        let listed: [JSONValue]? =
            switch metadata["tools"] {
            case .array(let items): items
            case .object(let object): object["components"]?.arrayContent
            default: nil
            }
        for case .object(let tool) in listed ?? [] {
            guard let name = tool.text("name"), !name.isEmpty else { continue }
            tools.append(Tool(name: name, version: tool.text("version") ?? ""))
        }
        for (_, property) in metadata.objects("properties") {
            guard let value = property.text("value") else { continue }
            switch property.text("name") {
            case "spdx:document:name": name = value
            case "spdx:document:document-namespace": namespace = value
            case "spdx:document:comment": comment = value
            case "spdx:creation-info:comment": creatorComment = value
            case "spdx:creation-info:license-list-version": licenseListVersion = value
            case "sbomkit:creator":
                if let actor = Actor(spdx: value) { creators.append(actor) }
            default: break
            }
        }
    }

    /// The members of a CycloneDX document; `mainName` is that of the component it is about.
    func cycloneDX(version: CycloneDXVersion, mainName: String?) -> JSONObject {
        var header = JSONObject()
        header.append("$schema", .string(version.schemaAddress))
        header.append("bomFormat", "CycloneDX")
        header.append("specVersion", .string(version.rawValue))
        header.append("serialNumber", .string("urn:uuid:\(uuid)"))
        header.append("version", 1)
        var metadata = JSONObject()
        metadata.append("timestamp", .string(created))
        if let tools = Self.tools(tools, version) { metadata.append("tools", tools) }
        metadata.appendItems("authors", creators.filter { $0.kind == .person }.map(CycloneDXComponentCodec.contact))
        let organizations = creators.filter { $0.kind == .organization }
        if let first = organizations.first {
            metadata.append(version >= .v1_6 ? "manufacturer" : "manufacture", CycloneDXComponentCodec.entity(first))
        }
        var properties: [JSONValue] = []
        func append(_ name: String, _ value: String?) {
            if let value { properties.append(CycloneDXComponentCodec.property(name, value)) }
        }
        for organization in organizations.dropFirst() { append("sbomkit:creator", organization.spdx) }
        append("spdx:document:name", name == mainName ? nil : name)
        let natural = naturalNamespace(named: name ?? mainName ?? "sbom")
        append("spdx:document:document-namespace", namespace == natural ? nil : namespace)
        append("spdx:creation-info:comment", creatorComment)
        append("spdx:creation-info:license-list-version", licenseListVersion)
        append("spdx:document:comment", comment)
        if version >= .v1_3 { metadata.appendItems("properties", properties) }
        header.append("metadata", .object(metadata))
        return header
    }

    private static func tools(_ tools: [Tool], _ version: CycloneDXVersion) -> JSONValue? {
        guard !tools.isEmpty else { return nil }
        var items: [JSONValue] = []
        var seen: Set<String> = []
        for tool in tools {
            // Among components none may stand twice.
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

    // MARK: Pieces

    /// The namespace of a document that states none (SPDX 2.3 §6.5).
    private func naturalNamespace(named name: String) -> String {
        "https://spdx.org/spdxdocs/\(Element.word(name))-\(uuid)"
    }

    /// The time as SPDX spells it; a text that is not a time stays as it is.
    private static func time(_ text: String?) -> String? {
        text.map { Timestamp(rfc3339: $0)?.description ?? $0 }
    }
}

extension CycloneDXVersion {
    /// Whether a component may have that version: from 1.6 on it has no more than 1,024 characters.
    func holds(componentVersion text: String) -> Bool {
        self < .v1_6 || text.utf8.count <= 1_024 || text.unicodeScalars.count <= 1_024
    }
}
