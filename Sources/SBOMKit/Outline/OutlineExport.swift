internal import SBOMFormats
internal import StructuredText

extension Outline {
    /// A format of graphs for other programs.
    public enum GraphFormat: String, Sendable, CaseIterable {
        /// Elements and relationships, in the direction in which they are followed.
        case json
        /// For Graphviz.
        case dot
        /// For Mermaid, as GitHub and GitLab draw it in Markdown, up to ``mermaidEdges`` relationships and
        /// ``mermaidSize`` characters.
        case mermaid
        /// A page with a table, a tree and a picture, to filter and to search. It needs no network.
        case html

        /// The number of relationships that Mermaid draws by default (`maxEdges`).
        public static let mermaidEdges = 500
        /// The length of a text that Mermaid accepts by default, in characters (`maxTextSize`).
        public static let mermaidSize = 50_000

        /// Whether the text exceeds the default limits of the programs that draw the format.
        public func isTooLarge(_ text: [UInt8]) -> Bool {
            guard self == .mermaid else { return false }
            // Names contain no arrow, because `>` is escaped in them.
            let arrows = text.split(separator: UInt8(ascii: "\n")).count { line in
                line.indices.dropLast(2).contains { line[$0...].starts(with: "-->".utf8) }
            }
            return text.count > Self.mermaidSize || arrows > Self.mermaidEdges
        }
    }

    /// The graph in a format for other programs or for a browser.
    public func graph(_ format: GraphFormat, _ options: Options = Options()) -> [UInt8] {
        let part = GraphPart(graph, options)
        return switch format {
        case .json: part.json
        case .dot: part.dot
        case .mermaid: part.mermaid
        case .html: part.page
        }
    }
}

/// The elements of a graph that the options select, each once, and the relationships between them.
struct GraphPart {
    let graph: DocumentGraph
    let links: RelationshipIndex
    let options: Outline.Options
    /// The elements, in the order of their distance from the elements that the document describes.
    let elements: [Int32]
    let roots: [Int32]
    let strays: [Int32]
    private let isIn: [Bool]

    init(_ graph: DocumentGraph, _ options: Outline.Options) {
        let links = RelationshipIndex(graph, types: options.types)
        let search = OutlineSearch(options)
        let leads = search.map { search in links.leading(to: search.matches(in: graph)) }
        func isWanted(_ element: Int32) -> Bool {
            (leads.map { $0[Int(element)] } ?? true)
                && !(options.collapsesFiles && graph.elements.isFile(element))
        }
        let depth = options.depth.flatMap { $0 > 0 ? $0 : nil }
        self.graph = graph
        self.links = links
        self.options = options
        elements = links.reached(from: links.roots + links.strays, depth: depth, where: isWanted)
        var isIn = Array(repeating: false, count: graph.elements.count)
        for element in elements { isIn[Int(element)] = true }
        self.isIn = isIn
        roots = links.roots.filter { isIn[Int($0)] }
        strays = links.strays.filter { isIn[Int($0)] }
    }

    func links(of element: Int32) -> some Sequence<RelationshipIndex.Link> {
        links.links(of: element).filter { $0.target >= 0 && isIn[Int($0.target)] }
    }

    func label(_ element: Int32) -> String {
        let (name, purl) = (graph.elements.names[Int(element)], graph.elements.packageURLs[Int(element)])
        if options.showsIDs { return graph.elements.ids[Int(element)] }
        if options.showsPURLs, !purl.isEmpty { return purl }
        return options.showsVersions || name.isEmpty ? graph.elements.label(element) : name
    }

    var json: [UInt8] {
        let columns = graph.elements
        let items = elements.map { number -> JSONValue in
            var object = JSONObject()
            object.append("id", .string(columns.ids[Int(number)]))
            object.append("kind", columns.isFile(number) ? "file" : "package")
            let members = [
                ("name", columns.names[Int(number)]), ("version", columns.versions[Int(number)]),
                ("purl", columns.packageURLs[Int(number)]), ("license", columns.license(number)),
                ("licenseName", graph.statedLicenseName(number) ?? ""),
                ("supplier", columns.supplier(number)), ("layer", columns.layer(number)),
            ]
            for (name, text) in members where !text.isEmpty { object.append(name, .string(text)) }
            return .object(object)
        }
        let edges = elements.flatMap { number in
            links(of: number).map { link -> JSONValue in
                let kind = links.kinds[Int(link.kind)]
                var object = JSONObject()
                object.append("from", .string(columns.ids[Int(number)]))
                object.append("type", .string(kind.word))
                if !kind.qualifier.isEmpty { object.append("note", .string(kind.qualifier)) }
                object.append("to", .string(columns.ids[Int(link.target)]))
                return .object(object)
            }
        }
        func ids(_ list: [Int32]) -> JSONValue { .array(list.map { .string(columns.ids[Int($0)]) }) }
        let value: JSONValue = [
            "schema": "sbomkit-graph/1", "format": .string(graph.format.rawValue),
            "version": .string(graph.version), "name": .string(graph.name),
            "describes": ids(roots), "unreachable": ids(strays), "elements": .array(items),
            "relationships": .array(edges),
        ]
        return JSONWriter.bytes(of: value, .pretty)
    }

    /// Text for a program that draws: with visible characters only, and cut if it is too long for a picture.
    ///
    /// Graphviz accepts texts of 16,384 bytes at most.
    private static func drawn(_ text: String) -> String {
        let longest = 500
        let text = VisibleText.of(text)
        let scalars = text.unicodeScalars
        return scalars.count <= longest ? text : String(String.UnicodeScalarView(scalars.prefix(longest - 1))) + "…"
    }

    var dot: [UInt8] {
        func quoted(_ text: String) -> String {
            var result = "\""
            for scalar in Self.drawn(text).unicodeScalars {
                switch scalar {
                case "\"", "\\": result += "\\\(scalar)"
                // Graphviz resolves HTML entities in every text.
                case "&": result += "&amp;"
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result + "\""
        }
        var text = "digraph \(quoted(graph.name)) {\n  rankdir=LR;\n  node [shape=box];\n"
        for number in elements {
            let shape = graph.elements.isFile(number) ? ", shape=note" : ""
            text += "  n\(number) [label=\(quoted(label(number)))\(shape)];\n"
        }
        for number in elements {
            for link in links(of: number) {
                text += "  n\(number) -> n\(link.target) [label=\(quoted(links.kinds[Int(link.kind)].word))];\n"
            }
        }
        return Array((text + "}\n").utf8)
    }

    var mermaid: [UInt8] {
        func quoted(_ text: String) -> String {
            var result = "\""
            for scalar in Self.drawn(text).unicodeScalars {
                switch scalar {
                // Mermaid's own escapes; `<` and `&` are HTML's, `%%{` begins a directive anywhere and `$$`
                // mathematics.
                case "\"", "#", "<", ">", "&", "`", "\\", "%", "$": result += "#\(scalar.value);"
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result + "\""
        }
        func word(_ text: String) -> String { String(text.filter { $0.isASCII && ($0.isLetter || $0 == "_") }) }
        var text = "graph LR\n"
        for number in elements { text += "  n\(number)[\(quoted(label(number)))]\n" }
        for number in elements {
            for link in links(of: number) {
                let kind = word(links.kinds[Int(link.kind)].word)
                text +=
                    kind.isEmpty ? "  n\(number) --> n\(link.target)\n" : "  n\(number) -->|\(kind)| n\(link.target)\n"
            }
        }
        return Array(text.utf8)
    }
}
