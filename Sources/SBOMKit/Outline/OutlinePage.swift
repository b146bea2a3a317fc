internal import CPages
internal import SBOMFormats
internal import StructuredText

extension GraphPart {
    /// A page that needs nothing but a browser: a tree to fold and search, and a picture.
    var page: [UInt8] {
        var places: [Int32: Int] = [:]
        for (place, element) in elements.enumerated() { places[element] = place }
        func numbers(_ list: [Int32]) -> JSONValue {
            .array(list.compactMap { places[$0] }.map { .number(JSONNumber($0)) })
        }
        let items = elements.map { number -> JSONValue in
            let columns = graph.elements
            let texts = [
                label(number), columns.packageURLs[Int(number)], graph.licenseName(number), columns.supplier(number),
                columns.layer(number), columns.ids[Int(number)],
            ]
            return .array([columns.isFile(number) ? 1 : 0] + texts.map { .string(VisibleText.of($0)) })
        }
        let edges = elements.map { number -> JSONValue in
            var flat: [JSONValue] = []
            for link in links(of: number) {
                guard let place = places[link.target] else { continue }
                flat += [.number(JSONNumber(place)), .number(JSONNumber(link.kind))]
            }
            return .array(flat)
        }
        let kinds = links.kinds.map { kind -> JSONValue in
            .string(VisibleText.of(kind.qualifier.isEmpty ? kind.word : "\(kind.word) (\(kind.qualifier))"))
        }
        let name = VisibleText.of(graph.name.isEmpty ? graph.documentID : graph.name)
        let value: JSONValue = [
            "name": .string(name), "format": .string("\(graph.format.rawValue) \(VisibleText.of(graph.version))"),
            "elements": .array(items), "links": .array(edges), "kinds": .array(kinds), "roots": numbers(roots),
            "strays": numbers(strays),
        ]
        var result = Array(Self.parts.head)
        // `<` can end the script or begin a comment in HTML. JSON can escape it.
        for byte in JSONWriter.bytes(of: value, .compact) {
            if byte == UInt8(ascii: "<") { result += "\\u003c".utf8 } else { result.append(byte) }
        }
        result += Self.parts.tail
        return result
    }

    /// The parts of the page before and after the data.
    private static let parts: (head: ArraySlice<UInt8>, tail: ArraySlice<UInt8>) = {
        // SAFETY: an array of the program that never changes, of exactly that length.
        let page = unsafe Array(
            UnsafeBufferPointer(start: sbomkit_outline_page(), count: sbomkit_outline_page_length()))
        let mark = Array("{{sbom}}".utf8)
        guard let place = page.indices.first(where: { page[$0...].starts(with: mark) }) else { return (page[...], []) }
        return (page[..<place], page[(place + mark.count)...])
    }()
}
