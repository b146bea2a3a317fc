internal import ByteStreams
internal import SBOMModel
internal import StructuredText

extension DocumentGraph {
    /// Decodes the components and dependencies of a CycloneDX document in the shape of its JSON.
    ///
    /// The document describes its main component (`metadata.component`). If it has none, it describes the components
    /// that no other component needs or contains. The main component contains each component to which no relationship
    /// leads.
    mutating func read(
        cycloneDX content: consuming JSONObject, size: Int?, _ limits: Limits
    ) throws(DocumentError) {
        var components: [JSONValue] = []
        var dependencies: [JSONValue] = []
        var main: JSONObject?
        var header = JSONObject()
        for place in content.members.indices {
            let member = content.members[place]
            content.members[place].value = .null
            switch (member.name, member.value) {
            case ("components", .array(let items)): components = items
            case ("dependencies", .array(let items)): dependencies = items
            case ("compositions", .array(let items)):
                let isIncomplete = items.contains { item in
                    guard let item = item.objectContent, let aggregate = item.text("aggregate") else { return false }
                    return aggregate.hasPrefix("incomplete") && item["assemblies"]?.arrayContent?.isEmpty == false
                }
                if isIncomplete { incompleteness = "" }
            case ("metadata", .object(var metadata)):
                main = metadata.take("component")?.objectContent
                header.set("metadata", .object(metadata))
            default: break
            }
        }
        try limits.admit(elements: ParsedDocument.componentCount(of: components, main), inBytes: size)
        let mainName = main?.text("name")
        let metadata = DocumentMetadata(cycloneDX: header, DocumentDefaults(created: .unknown, uuid: ""))
        name = metadata.name ?? mainName ?? "sbom"
        tools = Set(metadata.tools.map { $0.name.lowercased() })
        var reader = CycloneDXGraphReader(version: CycloneDXVersion(rawValue: version) ?? .v1_6, limits: limits)
        reader.readLicenses(in: header)
        reader.read(main, consume components)
        kinds = [.describes, .contains, .dependsOn]
        (elements, licenseNames) = reader.elements()
        edges = reader.edges(dependencies)
    }
}

/// Decodes the components of CycloneDX: the main component, then each component before those nested in it.
private struct CycloneDXGraphReader {
    private let codec: CycloneDXComponentCodec
    private let licenses = ExtractedLicenses()
    private var ids = UniqueIDs(0)
    private var packages = ElementColumns()
    private var files: [ElementColumns.Row] = []
    /// The position of each component among the packages, or as a negative number among the files.
    private var places: [Int32] = []
    /// The component in which each component is nested; -1 for none.
    private var parents: [Int32] = []
    /// Whether each is an image or an operating system.
    private var isSystem: [Bool] = []
    /// The first component that has each `bom-ref`.
    private var references: [ExactString: Int32] = [:]
    private var hasMain = false

    init(version: CycloneDXVersion, limits: Limits) {
        codec = CycloneDXComponentCodec(
            version: version,
            setting: CodecContext(created: "", tool: "", licenses: licenses, limits: limits), use: .reading)
    }

    /// Reads the licenses that the document states apart from its components.
    func readLicenses(in header: JSONObject) { licenses.readTable(in: header) }

    mutating func read(_ main: JSONObject?, _ components: consuming [JSONValue]) {
        var rest: [(items: [JSONValue], next: Int, parent: Int32)] = []
        packages.reserve(components.count + 1)
        places.reserveCapacity(components.count + 1)
        parents.reserveCapacity(components.count + 1)
        isSystem.reserveCapacity(components.count + 1)
        rest.append((components, 0, -1))
        components = []
        if let main {
            hasMain = true
            rest.append(([.object(main)], 0, -1))
        }
        while let last = rest.indices.last {
            let place = rest[last].next
            guard place < rest[last].items.count else {
                rest.removeLast()
                continue
            }
            rest[last].next += 1
            // Each object is freed as soon as it is decoded.
            guard case .object(var component) = rest[last].items[place] else { continue }
            rest[last].items[place] = .null
            let number = Int32(places.count)
            parents.append(rest[last].parent)
            let inner = component.isEmpty ? nil : component.take("components")
            read(component, number)
            if case .array(let items)? = inner, !items.isEmpty { rest.append((items, 0, number)) }
        }
    }

    private mutating func read(_ component: JSONObject, _ number: Int32) {
        let element = codec.element(component)
        var row = ElementColumns.Row()
        row.id = "SPDXRef-\(ids.unique(CycloneDXComponentCodec.identifier(ofComponent: component)))"
        isSystem.append(element.purpose == .container || element.purpose == .operatingSystem)
        if !component.isEmpty {
            row.name = SPDXElementCodec.fullName(element)
            row.version = element.version ?? ""
            row.packageURL =
                element.packageURL
                ?? element.externalReferences.first {
                    SPDXElementCodec.isPackageURL(category: $0.category, type: $0.type)
                }?.locator ?? ""
            row.downloadLocation = element.downloadLocation ?? ""
            row.licenseDeclared = element.licenseDeclared ?? ""
            row.licenseConcluded = element.licenseConcluded ?? ""
            row.supplier = element.supplier?.spdx ?? ""
            row.originator = element.originator?.spdx ?? ""
            row.purpose = element.purpose?.spdx ?? ""
            row.checksums = element.checksums
            var layer = LayerMarks()
            layer.read(cycloneDX: component, sourceInfo: element.sourceInfo)
            row.layer = layer.text
            row.layerStack = layer.stack
            if let info = element.sourceInfo, OriginMarks.isOrigin(info) { row.sourceInfo = info }
            row.path = element.packageFileName ?? OriginMarks.path(in: component["properties"]) ?? ""
            if let reference = component.text("bom-ref"), !reference.isEmpty,
                references[ExactString(reference)] == nil
            {
                references[ExactString(reference)] = number
            }
        }
        // A property does not turn a component of another type into a file.
        if element.form == .file, component.text("type") == "file" {
            files.append(row)
            places.append(-Int32(files.count))
        } else {
            places.append(Int32(packages.count))
            packages.append(row, isFile: false)
        }
    }

    /// The elements and the names of licenses that are not on the SPDX License List.
    mutating func elements() -> (elements: ElementColumns, licenseNames: [String: String]) {
        let count = Int32(packages.count)
        var elements = packages
        packages = ElementColumns()
        for row in files { elements.append(row, isFile: true) }
        files = []
        places = places.map { $0 < 0 ? count - 1 - $0 : $0 }
        var names: [String: String] = [:]
        for (id, entry) in licenses.contents { names[id] = entry.name ?? id }
        return (elements, names)
    }

    /// The relationships in the order of the elements that they start from, those of the document first.
    ///
    /// The numbers of their kinds are 0 for DESCRIBES, 1 for CONTAINS, 2 for DEPENDS_ON.
    func edges(_ dependencies: [JSONValue]) -> [DocumentGraph.Edge] {
        let count = Int32(places.count)
        let needs = needs(dependencies)
        var isTarget = parents.map { $0 >= 0 }
        for component in 0..<count {
            for link in needs[component] { isTarget[Int(link.target)] = true }
        }
        let inner = Adjacency(count: places.count) { emit in
            for component in 0..<count where parents[Int(component)] >= 0 {
                emit(parents[Int(component)], Adjacency.Link(target: component, kind: 1))
            }
        }
        var described = hasMain ? [0] : (0..<count).filter { !isTarget[Int($0)] }
        if described.isEmpty { described = (0..<count).filter { parents[Int($0)] < 0 } }
        var edges: [DocumentGraph.Edge] = []
        func add(_ source: Int32, _ kind: Int32, _ target: Int32) {
            edges.append(
                DocumentGraph.Edge(
                    source: source < 0 ? source : places[Int(source)], target: places[Int(target)], kind: kind,
                    isOfDocument: source < 0))
        }
        for component in described { add(DocumentGraph.Edge.document, 0, component) }
        // Packages, then files.
        var order: [Int32] = Array(repeating: 0, count: places.count)
        for component in 0..<count { order[Int(places[Int(component)])] = component }
        for component in order {
            for link in inner[component] { add(component, 1, link.target) }
            for link in needs[component] { add(component, isSystem[Int(component)] ? 1 : 2, link.target) }
            guard hasMain, component == 0 else { continue }
            for other in 1..<max(count, 1) where !isTarget[Int(other)] { add(component, 1, other) }
        }
        return edges
    }

    /// The components that each component depends on, each once.
    ///
    /// If a component has several entries, the first one counts.
    private func needs(_ dependencies: [JSONValue]) -> Adjacency {
        var entries: [(component: Int32, items: [JSONValue])] = []
        var isListed = Array(repeating: false, count: places.count)
        for case .object(let dependency) in dependencies {
            guard let reference = dependency.text("ref"), let component = references[ExactString(reference)],
                !isListed[Int(component)]
            else { continue }
            isListed[Int(component)] = true
            if case .array(let items)? = dependency["dependsOn"] { entries.append((component, items)) }
        }
        var targets: [(component: Int32, target: Int32)] = []
        for (component, items) in entries {
            for case .string(let reference) in items {
                guard let target = references[ExactString(reference)], target != component else { continue }
                targets.append((component, target))
            }
        }
        var needs = Adjacency(count: places.count) { emit in
            for (component, target) in targets { emit(component, Adjacency.Link(target: target, kind: 2)) }
        }
        needs.removeDuplicates()
        return needs
    }
}
