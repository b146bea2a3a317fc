internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// The packages and files that a ``Query`` found, in the order of the document: packages, then files.
public struct QueryMatches: Sendable {
    /// A field of an element.
    public enum Field: String, Sendable, CaseIterable {
        case name
        case version
        /// The declared license, or else the concluded one.
        case license
        /// The same with the names of licenses in place of `LicenseRef-` identifiers.
        case licenseName
        case supplier
        case originator
        /// The download location.
        case url
        case purl
        /// The `SPDXID`; for a CycloneDX component one that is derived from its `bom-ref`.
        case id
        /// `package` or `file`.
        case type
        /// The architecture in the package URL.
        case arch
        /// The layer of the image: its number if the document counts layers, or else the digest of its content.
        case layer
        /// The package that it was built from: `NAME@VERSION`, or the name alone.
        case source
        /// The path of a file; of a package its path in the image, or that of the database that lists it.
        case path

        /// Parses the name of a field; `licence` is accepted too.
        public init?(_ name: String) {
            self.init(rawValue: name == "licence" ? "license" : name)
        }
    }

    /// A package or file.
    public struct Element: Sendable {
        fileprivate let document: QueriedDocument
        fileprivate let number: Int32

        /// The value of a field; nil if the document does not state it, or states NOASSERTION.
        public func value(_ field: Field) -> String? {
            let elements = document.graph.elements
            let place = Int(number)
            let value =
                switch field {
                case .name: elements.names[place]
                case .version: elements.versions[place]
                case .license: elements.license(number)
                case .licenseName: document.graph.licenseName(number)
                case .supplier: elements.supplier(number)
                case .originator: elements.originator(number)
                case .url: elements.downloadLocations[place]
                case .purl: elements.packageURLs[place]
                case .id: elements.ids[place]
                case .type: elements.isFile(number) ? "file" : "package"
                case .arch: qualifier("arch") ?? ""
                case .layer: String(elements.layer(number).prefix { $0 != " " })
                case .source: source
                case .path: elements.isFile(number) ? elements.names[place] : elements.path(number)
                }
            return value.isEmpty ? nil : value
        }

        private func qualifier(_ key: String) -> String? {
            let text = document.graph.elements.packageURLs[Int(number)]
            guard text.hasBytes(of: key) else { return nil }
            return PackageURL(parsing: text)?.qualifiers[key]
        }

        /// What the document states, or else the qualifier `upstream` of the package URL: a name, a name and a version, or
        /// the name of a file with a source rpm.
        private var source: String {
            let stated = document.graph.elements.sourcePackage(number)
            guard stated.isEmpty else { return stated }
            guard let upstream = qualifier("upstream") else { return "" }
            let parts = upstream.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count > 2, parts[parts.count - 1].hasSuffix(".src.rpm") else { return upstream }
            let version = parts.suffix(2).joined(separator: "-").dropLast(".src.rpm".count)
            return "\(parts.dropLast(2).joined(separator: "-"))@\(version)"
        }
    }

    /// The matching elements.
    public let elements: [Element]
    /// What was unusual about the document, in its order, and the names in the query that it does not have.
    public let notices: [Notice]

    init(_ graph: DocumentGraph, _ found: [Int32], _ remarks: [Notice]) {
        let document = QueriedDocument(graph)
        elements = found.map { Element(document: document, number: $0) }
        notices = graph.notices.map(Notice.init) + remarks
    }

    /// A value for a person: licenses by their names instead of their identifiers.
    private func shown(_ field: Field, of element: Element, _ namesArePurls: Bool) -> String? {
        let name = field == .license ? element.value(.licenseName) : nil
        return name ?? value(field, of: element, namesArePurls)
    }

    private func value(_ field: Field, of element: Element, _ namesArePurls: Bool) -> String? {
        field == .name && namesArePurls ? element.value(.purl) ?? element.value(.name) : element.value(field)
    }

    /// One line for each element: the fields separated by a space, `_` for a field without a value, and licenses by their
    /// names.
    ///
    /// Control characters and invisible characters are escaped: `\u{202e}`.
    ///
    /// - Parameters:
    ///   - fields: The fields of each element, in that order.
    ///   - namesArePurls: Whether the package URL replaces the name.
    /// - Returns: The lines, without line ends.
    public func lines(_ fields: [Field], namesArePurls: Bool) -> [String] {
        elements.map { element in
            VisibleText.of(fields.map { shown($0, of: element, namesArePurls) ?? "_" }.joined(separator: " "))
        }
    }

    /// A table for a terminal: the same lines with aligned columns, below the names of the fields if there are several.
    ///
    /// - Parameters:
    ///   - fields: The fields of each element, in that order.
    ///   - namesArePurls: Whether the package URL replaces the name.
    ///   - isColored: Whether the lines have colors.
    /// - Returns: The lines, without line ends.
    public func table(_ fields: [Field], namesArePurls: Bool, isColored: Bool) -> [String] {
        let hasHead = fields.count > 1 && !elements.isEmpty
        let head = hasHead ? [fields.map { $0.rawValue.uppercased() }] : []
        let rows = elements.map { element in fields.map { shown($0, of: element, namesArePurls) ?? "_" } }
        return AlignedColumns.lines(head + rows, isColored: isColored) { row, column in
            if hasHead, row == 0 { return .bold }
            switch fields[column] {
            case .version: return .version
            case .license, .licenseName: return .word
            case .name, .supplier, .originator, .url, .purl, .id, .type, .arch, .layer, .source, .path: return .plain
            }
        }
    }

    /// The text that a template makes of each element.
    public func text(_ template: QueryTemplate, namesArePurls: Bool) -> String {
        elements.map { element in template.text { shown($0, of: element, namesArePurls) } }.joined()
    }

    /// Comma-separated values (RFC 4180), with the names of the fields in the first line.
    ///
    /// Control characters and invisible characters are escaped, so that each element is one line. A value that a
    /// spreadsheet would take for a formula gets an apostrophe in front: it begins with `=`, `+`, `-`, `@`, a tab or a
    /// carriage return.
    ///
    /// - Parameters:
    ///   - fields: The fields of each element, in that order.
    ///   - namesArePurls: Whether the package URL replaces the name.
    /// - Returns: The table, with Unix line ends.
    public func csv(_ fields: [Field], namesArePurls: Bool) -> String {
        func quoted(_ value: String) -> String {
            let isFormula = value.unicodeScalars.first.map { "=+-@\t\r\n".unicodeScalars.contains($0) } ?? false
            let text = (isFormula ? "'" : "") + VisibleText.of(value)
            let isPlain = !text.unicodeScalars.contains { $0 == "," || $0 == "\"" }
            return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
        }
        let rows = elements.map { element in
            fields.map { quoted(value($0, of: element, namesArePurls) ?? "") }.joined(separator: ",") + "\n"
        }
        return fields.map(\.rawValue).joined(separator: ",") + "\n" + rows.joined()
    }

    /// A JSON array with an object for each element; unknown values are left out.
    ///
    /// - Parameters:
    ///   - fields: The fields of each element, in that order.
    ///   - namesArePurls: Whether the package URL replaces the name.
    /// - Returns: The document.
    public func json(_ fields: [Field], namesArePurls: Bool) -> String {
        let list = elements.map { element -> JSONValue in
            .object(
                JSONObject(
                    fields.compactMap { field in
                        value(field, of: element, namesArePurls).map {
                            JSONObject.Member(name: field.rawValue, value: .string($0))
                        }
                    }))
        }
        return String(decoding: JSONWriter.bytes(of: .array(list), .pretty), as: UTF8.self)
    }
}

/// The document of the matches.
///
/// A class, because each of a million matches refers to it.
private final class QueriedDocument: Sendable {
    let graph: DocumentGraph

    init(_ graph: DocumentGraph) {
        self.graph = graph
    }
}
