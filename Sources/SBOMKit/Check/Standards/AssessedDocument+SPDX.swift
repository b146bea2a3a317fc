internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

extension AssessedDocument {
    mutating func read(spdx content: JSONObject) {
        let info = content["creationInfo"]?.objectContent ?? JSONObject()
        for (_, creator) in info.texts("creators") {
            if let actor = Actor(spdx: creator) {
                authors.append(Party(kind: actor.kind, name: actor.name, email: actor.email))
            } else if let tool = creator.dropping(prefix: "Tool: "), String(tool).nonEmpty != nil {
                tools.append(Tool(spdx: tool))
            }
        }
        timestamp = info.text("created") ?? ""
        context = info.text("comment") ?? ""
        identity = content.text("documentNamespace")?.nonEmpty
        var places: [ExactString: Int] = [:]
        for case .object(let object) in content["packages"]?.arrayContent ?? [] {
            let component = Self.component(spdx: object)
            // The first of several packages with one identifier counts.
            if places[ExactString(component.id)] == nil { places[ExactString(component.id)] = components.count }
            components.append(component)
        }
        connect(spdx: content, places)
    }

    /// Follows the relationships from what the document describes.
    ///
    /// Files may stand between packages, so they are followed too.
    private mutating func connect(spdx content: JSONObject, _ places: [ExactString: Int]) {
        let documentID = content.text("SPDXID") ?? "SPDXRef-DOCUMENT"
        var roots = content.texts("documentDescribes").map { ExactString($0.text) }
        var links: [ExactString: [ExactString]] = [:]
        for case .object(let object) in content["relationships"]?.arrayContent ?? [] {
            guard let source = object.text("spdxElementId"), let target = object.text("relatedSpdxElement"),
                let kind = object.text("relationshipType").map(Relationship.Kind.init(rawValue:))
            else { continue }
            let forward = kind.forward
            let (from, to) = forward.isReversed ? (target, source) : (source, target)
            if forward.kind == .describes {
                if from.isIdentical(to: documentID) { roots.append(ExactString(to)) }
            } else if forward.kind.structure != nil {
                links[ExactString(from), default: []].append(ExactString(to))
            }
        }
        for case .object(let object) in content["packages"]?.arrayContent ?? [] {
            guard let id = object.text("SPDXID") else { continue }
            for (_, file) in object.texts("hasFiles") { links[ExactString(id), default: []].append(ExactString(file)) }
        }
        hasRoot = roots.contains { places[$0] != nil }
        hasTopLevel = roots.contains { root in links[root]?.isEmpty == false }
        var seen = Set(roots)
        var pending = roots
        while let id = pending.popLast() {
            if let place = places[id] { components[place].isConnected = true }
            for next in links[id] ?? [] where seen.insert(next).inserted { pending.append(next) }
        }
    }

    private static func component(spdx object: JSONObject) -> Component {
        var component = Component()
        component.id = object.text("SPDXID") ?? ""
        component.name = object.text("name")?.nonEmpty ?? ""
        component.version = stated(object.text("versionInfo"))
        component.purpose = object.text("primaryPackagePurpose").flatMap(Element.Purpose.init(spdx:))
        component.supplier = party(object.text("supplier"))
        component.producer = party(object.text("originator"))
        for case .object(let reference) in object["externalRefs"]?.arrayContent ?? [] {
            guard let category = reference.text("referenceCategory"), let type = reference.text("referenceType"),
                reference.text("referenceLocator")?.nonEmpty != nil
            else { continue }
            if SPDXElementCodec.isPackageURL(category: category, type: type) { component.hasPackageURL = true }
            let known = SPDXElementCodec.knownReference(type)?.type ?? type
            if identifierTypes.contains(known) { component.hasIdentifier = true }
        }
        for case .object(let checksum) in object["checksums"]?.arrayContent ?? [] {
            guard let algorithm = checksum.text("algorithm"), let value = checksum.text("checksumValue") else {
                continue
            }
            add(algorithm, value, to: &component.digests)
        }
        component.hasVerificationCode =
            object["packageVerificationCode"]?.objectContent?.text("packageVerificationCodeValue")?.nonEmpty != nil
        component.declared = stated(object.text("licenseDeclared"))
        component.concluded = stated(object.text("licenseConcluded"))
        component.copyright = stated(object.text("copyrightText"))
        component.location = stated(object.text("downloadLocation"))
        if let name = object.text("packageFileName")?.nonEmpty { component.properties["filename"] = [name] }
        for case .object(let annotation) in object["annotations"]?.arrayContent ?? [] {
            guard let words = annotation.text("comment")?.dropping(prefix: "Unknown: ") else { continue }
            component.unknowns.formUnion(unknowns(words))
        }
        return component
    }

    /// A supplier or originator; a text that is not written as SPDX wants it is taken for a name.
    private static func party(_ text: String?) -> Stated<Party> {
        switch stated(text) {
        case .absent: return .absent
        case .unknown: return .unknown
        case .value(let text):
            guard let actor = Actor(spdx: text) else { return .value(Party(name: text)) }
            return .value(Party(kind: actor.kind, name: actor.name, email: actor.email))
        }
    }

    private static let identifierTypes: Set<String> = ["purl", "cpe22Type", "cpe23Type", "swid", "swh", "gitoid"]
}
