internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

extension Outline {
    /// Counts of what a document contains.
    public struct Summary: Sendable {
        /// A word and the number of elements or relationships that it applies to.
        public struct Count: Sendable {
            /// The word; empty for the elements for which the document states none.
            public let name: String
            /// The number of elements or relationships.
            public let count: Int
            /// The expression with the names of licenses in place of `LicenseRef-` identifiers, if ``name`` has some.
            public var licenseName: String?
        }

        /// The format of the document: `SPDX 2.3 JSON`.
        public let format: String
        /// The name of the document.
        public let name: String
        /// The number of packages.
        public let packageCount: Int
        /// The number of files.
        public let fileCount: Int
        /// Packages by the types of their package URLs.
        public let types: [Count]
        /// Packages by their licenses.
        public let licenses: [Count]
        /// Packages by their suppliers.
        public let suppliers: [Count]
        /// Relationships by their types, as the document spells them.
        public let relationships: [Count]
        /// The number of elements that cannot be reached from the elements that the document describes.
        public let unreachableCount: Int

        /// The counts with their titles, for reports.
        public var tables: [(title: String, counts: [Count])] {
            [
                ("packages by type", types), ("packages by license", namedLicenses),
                ("packages by supplier", suppliers),
                ("relationships", relationships),
            ]
        }

        /// The licenses by their names; licenses with the same name count as one.
        private var namedLicenses: [Count] {
            Outline.sorted(Dictionary(licenses.map { ($0.licenseName ?? $0.name, $0.count) }, uniquingKeysWith: +))
        }

        /// The summary as a JSON document.
        public var json: String {
            func list(_ counts: [Count]) -> JSONValue {
                .array(
                    counts.map { count in
                        var object = JSONObject([.init(name: "name", value: .string(count.name))])
                        if let name = count.licenseName { object.append("licenseName", .string(name)) }
                        object.append("count", .number(JSONNumber(count.count)))
                        return .object(object)
                    })
            }
            let value: JSONValue = [
                "schema": "sbomkit-summary/1",
                "format": .string(format), "name": .string(name), "packages": .number(JSONNumber(packageCount)),
                "files": .number(JSONNumber(fileCount)), "unreachable": .number(JSONNumber(unreachableCount)),
                "types": list(types), "licenses": list(licenses), "suppliers": list(suppliers),
                "relationships": list(relationships),
            ]
            return String(decoding: JSONWriter.bytes(of: value, .pretty), as: UTF8.self)
        }
    }

    /// The numbers of packages, files and relationships, by type, license and supplier.
    ///
    /// - Parameter options: What is counted: the elements that are searched for, and the relationships of the chosen
    ///   types that start from them or lead to them.
    /// - Returns: The numbers.
    public func summary(_ options: Options = Options()) -> Summary {
        var types: [String: Int] = [:]
        var licenses: [String: Int] = [:]
        var suppliers: [String: Int] = [:]
        let elements = graph.elements
        let isCounted = OutlineSearch(options)?.matches(in: graph)
        var (packageCount, fileCount) = (0, 0)
        for element in 0..<Int32(elements.count) where isCounted?[Int(element)] ?? true {
            if elements.isFile(element) {
                fileCount += 1
                continue
            }
            packageCount += 1
            let type = elements.packageURLs[Int(element)].dropFirst(4).prefix { $0 != "/" && $0 != "@" && $0 != "?" }
            types[String(type), default: 0] += 1
            licenses[elements.license(element), default: 0] += 1
            suppliers[elements.supplier(element), default: 0] += 1
        }
        let links = RelationshipIndex(graph)
        var isUnreachable = Array(repeating: true, count: elements.count)
        for element in links.reached(from: links.roots) { isUnreachable[Int(element)] = false }
        return Summary(
            format: "\(graph.format.rawValue) \(graph.version) \(graph.syntax.rawValue)", name: graph.name,
            packageCount: packageCount, fileCount: fileCount, types: Self.sorted(types),
            licenses: Self.sorted(licenses).map { count in
                let name = graph.licenseName(count.name)
                return name == count.name
                    ? count : Summary.Count(name: count.name, count: count.count, licenseName: name)
            }, suppliers: Self.sorted(suppliers),
            relationships: Self.sorted(relationshipCounts(options.types, of: isCounted)),
            unreachableCount: isUnreachable.indices.count { isUnreachable[$0] && isCounted?[$0] ?? true })
    }

    /// The numbers of relationships by type, as the document states them.
    private func relationshipCounts(_ types: Set<String>, of isCounted: [Bool]?) -> [String: Int] {
        func isCountedEnd(_ end: Int32) -> Bool { isCounted.map { end >= 0 && $0[Int(end)] } ?? true }
        let isWanted = graph.kinds.map { kind in
            types.isEmpty || types.contains(kind.rawValue) || types.contains(kind.forward.kind.rawValue)
        }
        var counts: [String: Int] = [:]
        for edge in graph.edges
        where isWanted[Int(edge.kind)] && (isCountedEnd(edge.source) || isCountedEnd(edge.target)) {
            counts[graph.kinds[Int(edge.kind)].rawValue, default: 0] += 1
        }
        return counts
    }

    fileprivate static func sorted(_ counts: [String: Int]) -> [Summary.Count] {
        counts.map { Summary.Count(name: $0.key, count: $0.value) }.sorted {
            $0.count == $1.count ? $0.name < $1.name : $0.count > $1.count
        }
    }
}
