internal import SBOMFormats
internal import StructuredText

/// The packages and files that a ``Query`` found, in the order of the document: packages, then files.
public struct QueryMatches: Sendable {
    /// A field of an element.
    public enum Field: String, Sendable, CaseIterable {
        case name
        case version
        /// The declared license, or else the concluded one.
        case license
        /// The same with the names of licenses in place of `LicenseRef-` identifiers; nil if it has none of those.
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
                case .licenseName: document.graph.statedLicenseName(number) ?? ""
                case .supplier: elements.supplier(number)
                case .originator: elements.originator(number)
                case .url: elements.downloadLocations[place]
                case .purl: elements.packageURLs[place]
                case .id: elements.ids[place]
                case .type: elements.isFile(number) ? "file" : "package"
                }
            return value.isEmpty ? nil : value
        }
    }

    /// The matching elements.
    public let elements: [Element]
    /// What was unusual about the document, in its order.
    public let notices: [Notice]

    init(_ graph: DocumentGraph, _ found: [Int32]) {
        let document = QueriedDocument(graph)
        elements = found.map { Element(document: document, number: $0) }
        notices = graph.notices.map(Notice.init)
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
            VisibleText.of(
                fields.map { field in
                    // A person reads the lines, and not the identifiers of licenses.
                    let name = field == .license ? element.value(.licenseName) : nil
                    return name ?? value(field, of: element, namesArePurls) ?? "_"
                }.joined(separator: " "))
        }
    }

    /// Comma-separated values (RFC 4180), with the names of the fields in the first line.
    ///
    /// - Parameters:
    ///   - fields: The fields of each element, in that order.
    ///   - namesArePurls: Whether the package URL replaces the name.
    /// - Returns: The table, with Unix line ends.
    public func csv(_ fields: [Field], namesArePurls: Bool) -> String {
        func quoted(_ text: String) -> String {
            // Values with any line end of Unicode are quoted, because some readers split lines at each of them.
            let isPlain = text.unicodeScalars.allSatisfy { scalar in
                scalar != "," && scalar != "\"" && !Character(scalar).isNewline
            }
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
