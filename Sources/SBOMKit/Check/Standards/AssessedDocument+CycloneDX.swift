internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

extension AssessedDocument {
    mutating func read(cycloneDX content: JSONObject) {
        let metadata = content["metadata"]?.objectContent ?? JSONObject()
        for (_, author) in metadata.objects("authors") {
            authors.append(Party(kind: .person, name: author.text("name") ?? "", email: author.text("email")))
        }
        for member in ["manufacturer", "manufacture"] {
            if let party = Self.party(metadata[member]?.objectContent) { authors.append(party) }
        }
        authors.removeAll { $0.name.nonEmpty == nil && !$0.isReachable }
        readTools(metadata["tools"])
        timestamp = metadata.text("timestamp") ?? ""
        context = metadata.objects("lifecycles")
            .compactMap { $0.object.text("phase") ?? $0.object.text("name") }.joined(separator: ", ")
        if content["version"] != nil { identity = content.text("serialNumber")?.nonEmpty }
        isSigned = content["signature"]?.objectContent?.isEmpty == false
        hasVulnerabilities = content["vulnerabilities"]?.arrayContent?.isEmpty == false
        let main = metadata["component"]?.objectContent
        hasRoot = main != nil
        if let main { readComponents([.object(main)]) }
        let mainParts = components.count
        readComponents(content["components"]?.arrayContent ?? [])
        readGraph(content, main: main?.text("bom-ref"), mainParts: mainParts)
    }

    private mutating func readTools(_ value: JSONValue?) {
        let listed: [JSONValue]? =
            switch value {
            case .array(let items): items
            case .object(let object):
                (object["components"]?.arrayContent ?? []) + (object["services"]?.arrayContent ?? [])
            default: nil
            }
        for case .object(let tool) in listed ?? [] {
            guard let name = tool.text("name")?.nonEmpty else { continue }
            tools.append(Tool(name: name, version: tool.text("version") ?? ""))
        }
    }

    /// Reads components and those in them, without recursion.
    private mutating func readComponents(_ items: [JSONValue]) {
        var pending: [(items: [JSONValue], next: Int)] = [(items, 0)]
        while let last = pending.indices.last {
            let place = pending[last].next
            guard place < pending[last].items.count else {
                pending.removeLast()
                continue
            }
            pending[last].next += 1
            guard case .object(let object) = pending[last].items[place] else { continue }
            if !Self.isFile(object) { components.append(Self.component(cycloneDX: object)) }
            if let inner = object["components"]?.arrayContent, !inner.isEmpty { pending.append((inner, 0)) }
        }
    }

    /// Whether a component is a file, and no package that consists of one: SPDX has such files apart from packages.
    private static func isFile(_ object: JSONObject) -> Bool {
        guard object.text("type") == "file", !object.objects("hashes").isEmpty,
            ["version", "purl", "cpe", "group", "supplier", "licenses"].allSatisfy({ object[$0] == nil })
        else { return false }
        return !object.objects("properties").contains { _, property in
            property.text("name") == "sbomkit:form" && property.text("value") == "package"
        }
    }

    /// Reads `dependencies` and `compositions`.
    ///
    /// The document contains all its components, so each of them is connected with what it is about.
    private mutating func readGraph(_ content: JSONObject, main: String?, mainParts: Int) {
        var listed: Set<ExactString> = []
        var needs = mainParts > 1
        for case .object(let dependency) in content["dependencies"]?.arrayContent ?? [] {
            guard let reference = dependency.text("ref") else { continue }
            listed.insert(ExactString(reference))
            if let main, reference.isIdentical(to: main) {
                needs = needs || !dependency.texts("dependsOn").isEmpty || !dependency.texts("provides").isEmpty
            }
        }
        var completed: Set<ExactString> = []
        for case .object(let composition) in content["compositions"]?.arrayContent ?? [] {
            guard composition.text("aggregate")?.nonEmpty != nil else { continue }
            for list in ["assemblies", "dependencies"] {
                for (_, reference) in composition.texts(list) { completed.insert(ExactString(reference)) }
            }
        }
        hasTopLevel = needs
        for place in components.indices {
            let id = ExactString(components[place].id)
            components[place].isInGraph = listed.contains(id)
            components[place].hasCompleteness = completed.contains(id)
            components[place].isConnected = true
        }
    }

    private static func component(cycloneDX object: JSONObject) -> Component {
        var component = Component()
        component.id = object.text("bom-ref") ?? ""
        component.name = object.text("name")?.nonEmpty ?? ""
        component.version = stated(object.text("version"))
        component.purpose = object.text("type").flatMap { purposes[$0] }
        component.supplier = stated(party: object["supplier"]?.objectContent)
        component.producer = producer(object)
        // The manufacturer or publisher of a component counts as its supplier where the document names no supplier.
        if !component.supplier.isSaid { component.supplier = component.producer }
        component.hasPackageURL = object.text("purl")?.nonEmpty != nil
        let texts = ["purl", "cpe"].contains { object.text($0)?.nonEmpty != nil }
        let lists = ["omniborId", "swhid"].contains { !object.texts($0).isEmpty }
        component.hasIdentifier = texts || lists || object["swid"]?.objectContent?.text("tagId")?.nonEmpty != nil
        read(hashes: object, to: &component.digests)
        readLicenses(object["licenses"]?.arrayContent ?? [], to: &component)
        component.copyright = stated(object.text("copyright"))
        for (_, reference) in object.objects("externalReferences") {
            guard let url = reference.text("url")?.nonEmpty, let type = reference.text("type") else { continue }
            switch type {
            case "distribution", "distribution-intake":
                component.location = .value(url)
                var digests: Set<String> = []
                read(hashes: reference, to: &digests)
                if digests.contains("SHA512") { component.hasDistributionDigest = true }
            case "source-distribution", "vcs": component.hasSourceAddress = true
            default: break
            }
        }
        for (_, property) in object.objects("properties") {
            guard let name = property.text("name"), let value = property.text("value") else { continue }
            if let word = name.dropping(prefix: "bsi:component:") {
                component.properties[String(word), default: []].append(value)
            } else if name == "spdx:package:verification-code:value" {
                component.hasVerificationCode = value.nonEmpty != nil
            } else if name == "sbomkit:Unknown" {
                component.unknowns.formUnion(unknowns(value))
            }
        }
        return component
    }

    private static func read(hashes object: JSONObject, to digests: inout Set<String>) {
        for (_, hash) in object.objects("hashes") {
            guard let name = hash.text("alg"), let content = hash.text("content") else { continue }
            // SPDX and CycloneDX name SHA-1 and SHA-2 otherwise.
            let isSHA = name.hasPrefix("SHA-")
            add(isSHA ? "SHA" + name.dropFirst(4) : name, content, to: &digests)
        }
    }

    /// The licenses with AND between them, apart for those that are concluded.
    ///
    /// Before 1.6 no license states whether it is declared; it is taken for that.
    private static func readLicenses(_ items: [JSONValue], to component: inout Component) {
        var (declared, concluded): ([String], [String]) = ([], [])
        var isUnknown = false
        for case .object(let choice) in items {
            let license = choice["license"]?.objectContent
            let isConcluded = (license ?? choice).text("acknowledgement") == "concluded"
            let words = [choice.text("expression"), license?.text("id"), license?.text("name")].compactMap { $0 }
            guard let text = words.first?.nonEmpty else { continue }
            if Self.isUnknown(text) {
                isUnknown = true
            } else if isConcluded {
                concluded.append(text)
            } else {
                declared.append(text)
            }
        }
        func joined(_ texts: [String]) -> Stated<String> {
            switch texts.count {
            case 0: isUnknown ? .unknown : .absent
            case 1: .value(texts[0])
            default: .value(texts.map { "(\($0))" }.joined(separator: " AND "))
            }
        }
        component.declared = joined(declared)
        component.concluded = joined(concluded)
    }

    /// An organization; nil without a name and without an address.
    private static func party(_ object: JSONObject?) -> Party? {
        guard let object else { return nil }
        let emails = object.objects("contact").compactMap { $0.object.text("email")?.nonEmpty }
        let url = object.texts("url").first?.text.nonEmpty
        let party = Party(
            kind: .organization, name: object.text("name")?.nonEmpty ?? "", email: emails.first, url: url)
        return party.name.isEmpty && !party.isReachable ? nil : party
    }

    private static func stated(party object: JSONObject?) -> Stated<Party> {
        guard let party = party(object) else { return .absent }
        return isUnknown(party.name) && !party.isReachable ? .unknown : .value(party)
    }

    private static func producer(_ object: JSONObject) -> Stated<Party> {
        if case .value(let party) = stated(party: object["manufacturer"]?.objectContent) { return .value(party) }
        for (_, author) in object.objects("authors") {
            let party = Party(kind: .person, name: author.text("name")?.nonEmpty ?? "", email: author.text("email"))
            if !party.name.isEmpty || party.isReachable { return .value(party) }
        }
        for member in ["author", "publisher"] {
            guard case .value(let text) = stated(object.text(member)) else { continue }
            // `Name <mail>`
            let email = text.split(separator: "<").dropFirst().first.map { String($0.prefix { $0 != ">" }) }
            return .value(Party(name: text, email: email))
        }
        return .absent
    }

    private static let purposes: [String: Element.Purpose] = [
        "application": .application, "framework": .framework, "library": .library, "container": .container,
        "operating-system": .operatingSystem, "device": .device, "firmware": .firmware, "file": .file,
    ]
}
