internal import SBOMModel
package import StructuredText

extension DocumentMetadata {
    /// The first tool, in the form of an annotator.
    package var tool: String { (tools.first ?? .converter).spdx }

    /// The namespace of a document that states none (SPDX 2.3 §6.5).
    func naturalNamespace(named name: String) -> String {
        Self.namespace(base: "https://spdx.org/spdxdocs/", name: name, uuid: uuid)
    }

    /// A namespace of the base, the name and the UUID (SPDX 2.3 §6.5).
    ///
    /// In the name, a hyphen replaces each character that an identifier cannot have.
    package static func namespace(base: String, name: String, uuid: String) -> String {
        "\(base)\(base.hasSuffix("/") ? "" : "/")\(Element.word(name))-\(uuid)"
    }

    // MARK: Reading

    /// Reads the members of an SPDX document.
    package init(spdx header: JSONObject, _ defaults: DocumentDefaults) {
        let namespace = header.text("documentNamespace")
        self.init(
            uuid: namespace.flatMap(NameUUID.uuid(ofNamespace:)) ?? defaults.uuid, created: defaults.created)
        name = header.text("name")
        self.namespace = namespace
        comment = header.text("comment")
        if let info = header["creationInfo"]?.objectContent {
            created = info.text("created").flatMap(Timestamp.init(rfc3339:)) ?? defaults.created
            (lifecyclePhases, creatorComment) = Self.phases(inComment: info.text("comment"))
            licenseListVersion = info.text("licenseListVersion")
            for (_, text) in info.texts("creators") {
                if let actor = Actor(spdx: text) {
                    creators.append(actor)
                } else if let tool = text.dropping(prefix: "Tool: "), !tool.isEmpty {
                    tools.append(Tool(spdx: tool))
                }
            }
        }
        readAnnotations(header)
    }

    /// Reads the statements that the tool of the document makes in annotations of the document.
    private mutating func readAnnotations(_ header: JSONObject) {
        let (tool, date) = (tool, created.description)
        for (_, annotation) in header.objects("annotations") {
            guard annotation.count == 4, annotation.text("annotationType") == "OTHER",
                annotation.text("annotator") == tool, annotation.text("annotationDate") == date,
                let comment = annotation.text("comment")
            else { continue }
            if let text = comment.dropping(prefix: Self.completenessWord), completeness == nil {
                completeness = Completeness.Aggregate(rawValue: String(text)).map { Completeness($0) }
            } else if let text = comment.dropping(prefix: Self.incompleteWord) {
                completeness?.incompleteDependencies = Self.elements(text)
            } else if let text = comment.dropping(prefix: Self.unknownWord) {
                completeness?.unknownDependencies = Self.elements(text)
            } else if comment == Self.reproducibleWord {
                isReproducible = true
            }
        }
    }

    private static func elements(_ text: Substring) -> [Element.ID] {
        text.split(separator: " ").compactMap { $0.utf8.starts(with: "SPDXRef-".utf8) ? String($0.dropFirst(8)) : nil }
    }

    /// Removes the lines with types of SBOMs from the end or the beginning of a creator comment.
    private static func phases(inComment comment: String?) -> (phases: [LifecyclePhase], rest: String?) {
        guard let comment else { return ([], nil) }
        var phases: [LifecyclePhase] = []
        var rest = comment[...]
        while !rest.isEmpty {
            let start = rest.utf8.lastIndex(of: 0x0A).map { rest.utf8.index(after: $0) } ?? rest.startIndex
            let line = rest[start...]
            guard let phase = LifecyclePhase.allCases.first(where: { line == typeWord + $0.type }) else { break }
            phases.append(phase)
            rest = start > rest.startIndex ? rest[..<rest.utf8.index(before: start)] : ""
        }
        guard phases.isEmpty else { return (phases.reversed(), rest.isEmpty ? nil : String(rest)) }
        while rest.utf8.starts(with: typeWord.utf8) {
            let end = rest.utf8.firstIndex(of: 0x0A) ?? rest.endIndex
            let type = rest[rest.utf8.index(rest.startIndex, offsetBy: typeWord.utf8.count)..<end]
            guard let phase = LifecyclePhase.allCases.first(where: { $0.type == type }) else { break }
            phases.append(phase)
            rest = end < rest.endIndex ? rest[rest.utf8.index(after: end)...] : ""
        }
        return (phases, rest.isEmpty ? nil : String(rest))
    }

    // MARK: Writing

    /// The members of an SPDX 2.3 document; `mainName` is the name of the element that the document describes.
    package func spdx(mainName: String?, licenses: ExtractedLicenses) -> JSONObject {
        let name = name ?? mainName ?? "sbom"
        var header = JSONObject()
        header.append("spdxVersion", "SPDX-2.3")
        header.append("dataLicense", "CC0-1.0")
        header.append("SPDXID", "SPDXRef-DOCUMENT")
        header.append("name", .string(name))
        header.append("documentNamespace", .string(namespace ?? naturalNamespace(named: name)))
        var info = JSONObject()
        info.append("created", .string(created.description))
        let makers = creators.map(\.spdx) + tools.map(\.spdx)
        info.append("creators", .array((makers.isEmpty ? [Tool.converter.spdx] : makers).map { .string($0) }))
        // The types stand at the end: lib4sbom takes everything up to the next blank for the type, and reads no package of a
        // document with a type that it does not know.
        let types = lifecyclePhases.map { Self.typeWord + $0.type }
        info.appendText("comment", ([creatorComment].compactMap { $0 } + types).joined(separator: "\n"))
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
        header.appendItems(
            "annotations", remarks.map { SPDXElementCodec.annotation($0, by: tool, on: created.description) })
        return header
    }

    /// The comments of the annotations of the document.
    private var remarks: [String] {
        var remarks: [String] = []
        if let completeness {
            remarks.append(Self.completenessWord + completeness.aggregate.rawValue)
            let lists = [
                (Self.incompleteWord, completeness.incompleteDependencies),
                (Self.unknownWord, completeness.unknownDependencies),
            ]
            for (word, ids) in lists where !ids.isEmpty {
                remarks.append(word + ids.map { "SPDXRef-\($0)" }.joined(separator: " "))
            }
        }
        if isReproducible { remarks.append(Self.reproducibleWord) }
        return remarks
    }

    // The form is that of trivy's annotations: a word, a colon and a value.
    private static let completenessWord = "Completeness: "
    private static let incompleteWord = "IncompleteDependencies: "
    private static let unknownWord = "UnknownDependencies: "
    private static let reproducibleWord = "Reproducible: true"
    private static let typeWord = "SBOM Type: "
}

extension LifecyclePhase {
    /// The type of SBOM for the phase (CISA, "Types of Software Bill of Material Documents", 2023).
    fileprivate var type: String {
        switch self {
        case .design: "Design"
        case .preBuild: "Source"
        case .build: "Build"
        case .postBuild: "Analyzed"
        case .operations: "Deployed"
        }
    }
}
