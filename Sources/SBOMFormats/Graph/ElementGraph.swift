package import ByteStreams
internal import SBOMModel
internal import StructuredText

/// The elements of a document of any format and how they stand to each other, in SPDX's words and in the order of the
/// document: no more of each than drawing it takes.
///
/// A document of tens of megabytes is drawn from this in little memory: the tree that it was read from is taken apart on
/// the way. A CycloneDX document is put into SPDX's shape first: what is inside of a component it CONTAINS, what something
/// needs it DEPENDS_ON, and an image or an operating system CONTAINS what it needs.
package struct ElementGraph: Sendable {
    /// A package or file; what the document does not say of it is empty.
    package struct Element: Sendable {
        /// The `SPDXID`; of a CycloneDX component one that is made from its `bom-ref`.
        package let id: String
        package let isFile: Bool
        /// `name` of a package, `fileName` of a file.
        package let name: String
        package let version: String
        /// The last package URL that it has, as it is written.
        package let purl: String
        /// The declared licence unless nothing is said by it, else the concluded one.
        package let licence: String
        package let supplier: String
        /// `CONTAINER`, `LIBRARY`.
        package let purpose: String
        /// The layer of the image that it came with: digests, and its number if the document counts them.
        package let layer: String
    }

    /// A relationship as it is written.
    package struct Relationship: Sendable {
        /// The number of the element it is of; ``document`` for the document, below that for what is none of its elements.
        package let source: Int32
        /// The number of the element it leads to; as for ``source``.
        package let target: Int32
        /// The number of its type in ``ElementGraph/kinds``.
        package let kind: Int32
        /// The number of the text in ``ElementGraph/foreign`` that is its target, if that is none of the document's
        /// elements; else -1.
        package let foreign: Int32
        /// Whether it is of what has the identifier of the document, be that an element too or not.
        package let isOfDocument: Bool

        /// Stands for the document where an element could.
        package static let document: Int32 = -1
    }

    package let format: DocumentFamily
    package let version: String
    package let syntax: DocumentSyntax
    /// The `SPDXID` of the document; empty if it has none.
    package let documentID: String
    package let name: String
    /// Packages, then files, each in the order of the document.
    package private(set) var elements: [Element] = []
    /// All relationships in the order of the document.
    package private(set) var relationships: [Relationship] = []
    /// What `hasFiles` of packages says, which is another way to say CONTAINS.
    package private(set) var contained: [(outer: Int32, inner: Int32)] = []
    /// The types of relationships, each once.
    package private(set) var kinds: [String] = []
    /// Targets that are none of the document's elements, as they are written, each once.
    package private(set) var foreign: [String] = []
    /// What `documentDescribes` lists, in its order, as far as it is there.
    package private(set) var describes: [Int32] = []
    /// Which element an identifier stands for: the last package that has it, else the last file.
    package private(set) var numbers: [String: Int32] = [:]
    /// What was odd about the document.
    package private(set) var notices: [ParsedDocument.Notice]

    /// The graph of a document.
    package init(_ source: consuming ParsedDocument, limits: Limits) {
        var content = source.takeContent()
        var layers: [String: LayerMarks] = [:]
        if source.family == .cycloneDX {
            layers = LayerMarks.ofComponents(content)
            var options = FamilyConversion.Options(
                defaults: DocumentDefaults(created: Timestamp.unknown.description, uuid: ""))
            options.carries = false
            options.limits = limits
            var conversion = FamilyConversion(options: options)
            content = conversion.spdx(from: content, version: CycloneDXVersion(rawValue: source.version) ?? .v1_6)
        }
        self.init(content, source.family, source.version, source.syntax, source.notices, layers)
    }

    /// The graph of any JSON object that has "spdxVersion" somewhere in it; nil for anything else.
    ///
    /// bom takes that for an SPDX document, a schema of SPDX's for example, and finds nothing in it.
    package init?(mentioningSPDX bytes: [UInt8], limits: Limits) {
        let mark = Array("\"spdxVersion\"".utf8)
        let isMentioned = bytes.indices.contains { place in
            bytes[place] == mark[0] && bytes[place...].starts(with: mark)
        }
        // What is no JSON is nothing of the kind.
        guard isMentioned, case .object(let content)? = try? JSONValue(parsing: bytes, limits: limits) else {
            return nil
        }
        self.init(content, .spdx, "", .json, [], [:])
    }

    private init(
        _ content: consuming JSONObject, _ format: DocumentFamily, _ version: String, _ syntax: DocumentSyntax,
        _ notices: [ParsedDocument.Notice], _ layers: [String: LayerMarks]
    ) {
        self.format = format
        self.version = version
        self.syntax = syntax
        self.notices = notices
        var (packages, files, relationships): ([JSONValue], [JSONValue], [JSONValue]) = ([], [], [])
        var (id, name) = ("", "")
        var described: [JSONValue] = []
        for place in content.members.indices {
            let member = content.members[place]
            content.members[place].value = .null
            switch member.value {
            case .string(let text):
                if member.name.isFolded("SPDXID") { id = text } else if member.name.isFolded("name") { name = text }
            case .array(let items):
                if member.name.isFolded("packages") { packages = items }
                if member.name.isFolded("files") { files = items }
                if member.name.isFolded("relationships") { relationships = items }
                if member.name.isFolded("documentDescribes") { described = items }
            case .null, .bool, .number, .object: break
            }
        }
        (documentID, self.name) = (id, name)
        var owned: [(outer: Int32, files: [JSONValue])] = []
        elements.reserveCapacity(packages.count + files.count)
        numbers.reserveCapacity(packages.count + files.count)
        for place in packages.indices { read(&packages[place], isFile: false, &owned, layers) }
        packages = []
        let packageCount = elements.count
        for place in files.indices { read(&files[place], isFile: true, &owned, [:]) }
        files = []
        // A file with the identifier of a package gives way to it; so files are numbered first.
        for index in elements.indices.dropFirst(packageCount) { numbers[elements[index].id] = Int32(index) }
        for index in elements.indices.prefix(packageCount) { numbers[elements[index].id] = Int32(index) }
        noteDuplicates()
        for (outer, files) in owned {
            for file in files {
                if case .string(let id) = file, let inner = numbers[id] { contained.append((outer, inner)) }
            }
        }
        read(&relationships)
        describes = described.compactMap { item in
            guard case .string(let id) = item else { return nil }
            return numbers[id]
        }
    }

    private mutating func noteDuplicates() {
        let lost = elements.indices.filter { numbers[elements[$0].id] != Int32($0) }
        guard let first = lost.first else { return }
        let more = lost.count == 1 ? "" : ", and \(lost.count - 1) more like that"
        notices.append(
            ParsedDocument.Notice(
                place: nil,
                message: "two elements have the SPDXID \"\(elements[first].id)\"; relationships are of the last\(more)")
        )
    }

    /// The graph without packages that have no name: each gives what it says to the one before it.
    ///
    /// That is what becomes of them in tag-value if a line without a value is passed over, as bom does.
    package func foldingUnnamed() -> ElementGraph {
        var graph = self
        graph.elements = []
        graph.numbers = [:]
        var places: [Int32] = []
        for element in elements {
            if !element.isFile, element.name.isEmpty, let last = graph.elements.last {
                graph.elements[graph.elements.count - 1] = Element(
                    id: element.id, isFile: false, name: last.name,
                    version: element.version.isEmpty ? last.version : element.version,
                    purl: element.purl.isEmpty ? last.purl : element.purl, licence: last.licence,
                    supplier: last.supplier, purpose: last.purpose, layer: last.layer)
            } else {
                graph.elements.append(element)
            }
            places.append(Int32(graph.elements.count - 1))
        }
        for (index, element) in graph.elements.enumerated() { graph.numbers[element.id] = Int32(index) }
        graph.relationships = relationships.map { relationship in
            Relationship(
                source: relationship.source < 0 ? relationship.source : places[Int(relationship.source)],
                target: relationship.target < 0 ? relationship.target : places[Int(relationship.target)],
                kind: relationship.kind, foreign: relationship.foreign, isOfDocument: relationship.isOfDocument)
        }
        graph.contained = contained.map { (places[Int($0.outer)], places[Int($0.inner)]) }
        graph.describes = describes.map { places[Int($0)] }
        return graph
    }

    private mutating func read(
        _ value: inout JSONValue, isFile: Bool, _ owned: inout [(outer: Int32, files: [JSONValue])],
        _ layers: [String: LayerMarks]
    ) {
        guard case .object(let object) = value else { return }
        value = .null
        var (id, name, version, purl) = ("", "", "", "")
        var (declared, concluded, supplier, purpose) = ("", "", "", "")
        var layer = LayerMarks()
        for member in object.members {
            switch member.value {
            case .string(let text):
                switch member.name {
                case "SPDXID": id = text
                case "name": if !isFile { name = text }
                case "fileName": if isFile { name = text }
                case "versionInfo": version = text
                case "licenseDeclared": declared = text
                case "licenseConcluded": concluded = text
                case "supplier": supplier = text
                case "primaryPackagePurpose": purpose = text
                case "comment", "sourceInfo": layer.read(text)
                default:
                    // As bom reads it: in whatever case.
                    if member.name.isFolded("SPDXID") { id = text }
                    if member.name.isFolded(isFile ? "fileName" : "name") { name = text }
                    if member.name.isFolded("versionInfo") { version = text }
                }
            case .array(let items):
                switch member.name {
                case "externalRefs": for item in items { if let found = Self.purl(item) { purl = found } }
                case "hasFiles": if !items.isEmpty { owned.append((Int32(elements.count), items)) }
                case "attributionTexts":
                    for case .string(let text) in items { layer.read(text) }
                case "annotations":
                    for case .object(let annotation) in items {
                        if let text = annotation.text("comment") { layer.read(text) }
                    }
                default: break
                }
            case .null, .bool, .number, .object: break
            }
        }
        let licence =
            Self.says(declared) ? declared : Self.says(concluded) ? concluded : ""
        elements.append(
            Element(
                id: id, isFile: isFile, name: name, version: version, purl: purl, licence: licence,
                supplier: Self.says(supplier) ? supplier : "", purpose: purpose,
                layer: layers[purl]?.text ?? layer.text))
    }

    private static func says(_ text: String) -> Bool { !text.isEmpty && text != "NOASSERTION" && text != "NONE" }

    private static func purl(_ reference: JSONValue) -> String? {
        guard case .object(let object) = reference, object.text("referenceType") == "purl",
            let category = object.text("referenceCategory"),
            category == "PACKAGE-MANAGER" || category == "PACKAGE_MANAGER"
        else { return nil }
        return object.text("referenceLocator")
    }

    private mutating func read(_ items: inout [JSONValue]) {
        var kindNumbers: [String: Int32] = [:]
        var foreignNumbers: [String: Int32] = [:]
        relationships.reserveCapacity(items.count)
        for place in items.indices {
            guard case .object(let object) = items[place] else { continue }
            items[place] = .null
            var (from, kind, to): (String?, String?, String?)
            for member in object.members {
                guard case .string(let text) = member.value else { continue }
                switch member.name {
                case "spdxElementId": from = text
                case "relationshipType": kind = text
                case "relatedSpdxElement": to = text
                default:
                    if member.name.isFolded("spdxElementId") { from = text }
                    if member.name.isFolded("relationshipType") { kind = text }
                    if member.name.isFolded("relatedSpdxElement") { to = text }
                }
            }
            guard let from, let to else { continue }
            let target = number(to)
            relationships.append(
                Relationship(
                    source: number(from), target: target,
                    kind: Self.number(kind ?? "", in: &kinds, &kindNumbers),
                    foreign: target >= 0 ? -1 : Self.number(to, in: &foreign, &foreignNumbers),
                    isOfDocument: from.isIdentical(to: documentID)))
        }
    }

    private func number(_ id: String) -> Int32 {
        numbers[id] ?? (id.isIdentical(to: documentID) ? Relationship.document : Relationship.document - 1)
    }

    private static func number(_ text: String, in list: inout [String], _ numbers: inout [String: Int32]) -> Int32 {
        if let number = numbers[text] { return number }
        let number = Int32(list.count)
        list.append(text)
        numbers[text] = number
        return number
    }
}

extension String {
    /// Whether both are the same but for the case of ASCII letters.
    fileprivate func isFolded(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { one, other in
            one == other || (one ^ other == 0x20 && (one | 0x20) >= 0x61 && (one | 0x20) <= 0x7A)
        }
    }
}

/// What texts about an element say about the layer that it came with.
private struct LayerMarks {
    private(set) var text = ""

    /// What the properties of CycloneDX components say, which have no place in SPDX, by the package URLs.
    static func ofComponents(_ document: JSONObject) -> [String: LayerMarks] {
        var marks: [String: LayerMarks] = [:]
        var pending = document["components"]?.arrayContent ?? []
        while let value = pending.popLast() {
            guard case .object(let component) = value else { continue }
            pending += component["components"]?.arrayContent ?? []
            guard let purl = component.text("purl"), let properties = component["properties"]?.arrayContent else {
                continue
            }
            for case .object(let property) in properties {
                guard let name = property.text("name"), let text = property.text("value"), text.hasPrefix("sha256:")
                else { continue }
                marks[purl, default: LayerMarks()].read("\(name): \(text)")
            }
        }
        return marks
    }

    /// Looks for `Layer…: sha256:…` and `layer 3 of 5`.
    mutating func read(_ words: String) {
        // Few texts have it, and each of a large document is looked at.
        guard words.utf8.contains(UInt8(ascii: "y")) else { return }
        let bytes = Array(words.utf8)
        let mark = Array("ayer".utf8)
        var at = 0
        while at + mark.count < bytes.count {
            guard bytes[at] == mark[0], bytes[at..<(at + mark.count)].elementsEqual(mark) else {
                at += 1
                continue
            }
            at += mark.count
            let rest = bytes[at...].prefix(100)
            if rest.first == 0x20 {
                let digits = rest.dropFirst().prefix { $0 >= 0x30 && $0 <= 0x39 }
                if !digits.isEmpty { add(digits) }
            }
            let digest = Array("sha256:".utf8)
            if let start = rest.indices.first(where: { rest[$0...].starts(with: digest) }) {
                let hex = bytes[(start + digest.count)...].prefix(64)
                if hex.count == 64 { add(bytes[start..<(start + digest.count + 64)]) }
            }
        }
    }

    private mutating func add(_ word: ArraySlice<UInt8>) {
        let word = String(decoding: word, as: UTF8.self)
        guard !text.split(separator: " ").contains(word[...]) else { return }
        text += text.isEmpty ? word : " " + word
    }
}
