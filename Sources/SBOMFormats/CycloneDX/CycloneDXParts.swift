internal import SBOMModel
package import StructuredText

/// The parts of a CycloneDX document: its components, their nesting and dependencies, and the rest.
package struct CycloneDXParts {
    /// The document without its components and dependencies.
    package var header: JSONObject
    /// The components, each without its nested components, which follow it.
    ///
    /// The component that the document is about is first.
    package var units: [JSONObject] = []
    /// The `bom-ref` of each component; empty if it has none.
    package var refs: [String] = []
    package var links: CycloneDXLinks
    /// The entry of each component in `dependencies`, without its `ref`; nil if there is none.
    package var entries: [JSONObject?] = []
    /// The order of `dependencies`: `["0-5 7", "!6", {…}]`.
    ///
    /// A text has the numbers of components, with `!` before those without `dependsOn`. An object is an entry that
    /// belongs to no component.
    package private(set) var dependencyOrder: [JSONValue] = []
    private(set) var lists: [String] = []

    private var indices: [String: Int] = [:]

    package init(_ document: consuming JSONObject) {
        header = JSONObject()
        links = CycloneDXLinks(main: nil, parents: [], needs: [])
        var components: [JSONValue] = []
        var dependencies: [JSONObject]?
        var main: JSONObject?
        let members = document.members
        document = JSONObject()
        for (place, member) in members.enumerated() {
            // Evaluated for three names only, and it stops at the next member of the same name.
            var isLast: Bool { !members[(place + 1)...].contains { $0.name.isIdentical(to: member.name) } }
            switch (member.name, member.value) {
            case ("metadata", .object(var metadata)) where isLast:
                lists.append("metadata")
                if case .object(let component) = metadata["component"] {
                    main = component
                    _ = metadata.take("component")
                }
                header.append("metadata", .object(metadata))
            case ("components", .array(let items)) where isLast && items.allSatisfy { $0.objectContent != nil }:
                lists.append("components")
                components = items
            case ("dependencies", .array(let items))
            where isLast && items.allSatisfy { $0.objectContent?.text("ref") != nil }:
                lists.append("dependencies")
                dependencies = items.compactMap(\.objectContent)
            default: header.members.append(member)
            }
        }
        var pending: [(value: JSONValue, parent: Int)] = components.reversed().map { ($0, -1) }
        if let main {
            links.main = 0
            pending.append((.object(main), -1))
        }
        components = []
        while let (value, parent) = pending.popLast() {
            guard case .object(var object) = value else { continue }
            let index = units.count
            links.parents.append(parent)
            if case .array(let inner) = object["components"], !inner.isEmpty,
                inner.allSatisfy({ $0.objectContent != nil })
            {
                _ = object.take("components")
                for value in inner.reversed() { pending.append((value, index)) }
            }
            units.append(object)
        }
        refs = units.map { $0.text("bom-ref") ?? "" }
        indices = Self.indices(refs)
        links.needs = Array(repeating: [], count: units.count)
        entries = Array(repeating: nil, count: units.count)
        readDependencies(dependencies ?? [])
    }

    package static func indices(_ refs: [String]) -> [String: Int] {
        var indices: [String: Int] = Dictionary(minimumCapacity: refs.count)
        for (index, ref) in refs.enumerated() where !ref.isEmpty && indices[ref] == nil { indices[ref] = index }
        return indices
    }

    private mutating func readDependencies(_ dependencies: [JSONObject]) {
        var run: [Int] = []
        var runIsBare = false
        func close(_ order: inout [JSONValue]) {
            guard !run.isEmpty else { return }
            order.append(.string((runIsBare ? "!" : "") + NumberRuns.text(run)))
            run = []
        }
        for dependency in dependencies {
            guard let ref = dependency.text("ref"), let index = indices[ref], entries[index] == nil else {
                close(&dependencyOrder)
                dependencyOrder.append(.object(dependency))
                continue
            }
            let isBare = dependency["dependsOn"] == nil
            if isBare != runIsBare { close(&dependencyOrder) }
            runIsBare = isBare
            run.append(index)
            var entry = dependency
            _ = entry.take("ref")
            links.needs[index] = Self.needs(entry, of: index, indices)
            entries[index] = entry
        }
        close(&dependencyOrder)
    }

    /// The numbers of the components that an entry names.
    package static func needs(_ entry: JSONObject, of index: Int, _ indices: [String: Int]) -> [Int] {
        var needs: [Int] = []
        var seen: Set<Int> = []
        for (_, ref) in entry.texts("dependsOn") {
            if let other = indices[ref], other != index, seen.insert(other).inserted { needs.append(other) }
        }
        return needs
    }

    /// The entry in `dependencies` of a component that needs these components.
    package static func entry(_ needs: [Int], _ refs: [String]) -> JSONObject {
        JSONObject([.init(name: "dependsOn", value: list(needs, refs))])
    }

    private static func list(_ needs: [Int], _ refs: [String]) -> JSONValue {
        // A component without a `bom-ref` cannot be named.
        .array(needs.lazy.filter { !refs[$0].isEmpty }.map { .string(refs[$0]) })
    }

    /// Whether the entry of a component states that it needs these components and nothing else.
    package func isPlain(_ index: Int, _ needs: [Int]) -> Bool {
        guard let entry = entries[index] else { return needs.isEmpty }
        guard let list = entry["dependsOn"] else { return entry.isEmpty && needs.isEmpty }
        guard entry.count == 1, case .array(let items) = list, items.count == needs.count else { return false }
        return zip(items, needs).allSatisfy { item, need in
            if case .string(let ref) = item { ref.isIdentical(to: refs[need]) } else { false }
        }
    }

    /// The names of the lists that the document has, as one text.
    package var presentLists: String { lists.sorted().joined(separator: " ") }
    package static let naturalLists = "components dependencies metadata"

    /// Assembles a document.
    ///
    /// The header has all members except the components, and two pseudo-members: `#lists` with the names of the lists,
    /// and `#dependencies` with the order of the dependencies. `entries` has the entries in `dependencies` that are not
    /// derived from `links`. `order` has the numbers of the components, each before its nested components.
    package static func document(
        _ header: consuming JSONObject, units: consuming [JSONObject], _ links: CycloneDXLinks,
        entries: [Int: JSONObject], refs: [String], order: [Int]
    ) -> JSONObject {
        let lists = Set((header.take("#lists")?.textContent ?? "").split(separator: " ").map(String.init))
        let dependencyOrder = header.take("#dependencies")?.arrayContent ?? []
        var document = header
        // Backwards, so that a component is complete before it is nested in another.
        var inside: [[JSONValue]] = Array(repeating: [], count: units.count)
        var top: [JSONValue] = []
        for index in order.reversed() {
            if !inside[index].isEmpty {
                units[index].place("components", .array(inside[index].reversed()), order: CycloneDXOrder.component)
                inside[index] = []
            }
            let object = JSONValue.object(units[index])
            units[index] = JSONObject()
            if index == links.main {
                var metadata = document["metadata"]?.objectContent ?? JSONObject()
                metadata.place("component", object, order: CycloneDXOrder.metadata)
                document.set("metadata", .object(metadata))
            } else if links.parents[index] >= 0 {
                inside[links.parents[index]].append(object)
            } else {
                top.append(object)
            }
        }
        if document["metadata"]?.objectContent?.isEmpty == true, !lists.contains("metadata") {
            _ = document.take("metadata")
        }
        if lists.contains("components") || !top.isEmpty {
            document.place("components", .array(top.reversed()), order: CycloneDXOrder.document)
        }
        let dependencies = dependencies(dependencyOrder, links, entries: entries, refs: refs, order: order)
        if lists.contains("dependencies") || !dependencies.isEmpty {
            document.place("dependencies", .array(dependencies), order: CycloneDXOrder.document)
        }
        return document
    }

    /// The list `dependencies`: the entries in the order that `listed` states, then those of other components that need
    /// something.
    private static func dependencies(
        _ listed: [JSONValue], _ links: CycloneDXLinks, entries: [Int: JSONObject], refs: [String], order: [Int]
    ) -> [JSONValue] {
        var dependencies: [JSONValue] = []
        var isListed = Array(repeating: false, count: refs.count)
        func append(_ index: Int, isBare: Bool) {
            guard !isListed[index], !refs[index].isEmpty else { return }
            isListed[index] = true
            var entry = JSONObject()
            entry.members.reserveCapacity(2)
            entry.append("ref", .string(refs[index]))
            if let said = entries[index] {
                let isEmpty = said["dependsOn"]?.arrayContent?.isEmpty == true
                entry.members += isBare && isEmpty ? said.members.filter { $0.name != "dependsOn" } : said.members
            } else if !isBare || !links.needs[index].isEmpty {
                entry.append("dependsOn", Self.list(links.needs[index], refs))
            }
            dependencies.append(.object(entry))
        }
        for item in listed {
            switch item {
            case .string(let text):
                let isBare = text.hasPrefix("!")
                let runs = isBare ? String(text.dropFirst()) : text
                for place in NumberRuns.numbers(runs, limit: order.count + 1) ?? [] where place < order.count {
                    append(order[place], isBare: isBare)
                }
            case .object: dependencies.append(item)
            case .null, .bool, .number, .array: break
            }
        }
        for index in order
        where !isListed[index]
            && (entries[index].map { $0["dependsOn"]?.arrayContent?.isEmpty == false } ?? !links.needs[index].isEmpty)
        {
            append(index, isBare: false)
        }
        return dependencies
    }
}
