package import ByteStreams
package import SBOMModel
internal import StructuredText

/// The packages and files of a document of any format and the relationships between them, in the vocabulary of SPDX.
///
/// The codecs decode the elements, and free the tree of the document at the same time. In a CycloneDX document, a
/// component CONTAINS the components nested in it, and DEPENDS_ON the components that `dependencies` lists for it. An
/// image or an operating system CONTAINS the components that are listed for it. A conversion stores data in a document
/// for converting back. The graph does not apply these data, so that it shows what every other reader sees.
package struct DocumentGraph: Sendable {
    /// A relationship as the document states it.
    package struct Edge: Sendable {
        /// The number of the element that the relationship starts from, ``document``, or an end for ``foreign(_:)``.
        package let source: Int32
        /// The number of the element that the relationship leads to, ``document``, or an end for ``foreign(_:)``.
        package let target: Int32
        /// The number of the kind in ``DocumentGraph/kinds``.
        package let kind: Int32
        /// Whether the relationship starts from the identifier of the document, which an element can have too.
        package let isOfDocument: Bool

        /// The number that represents the document as an end.
        package static let document: Int32 = -1
    }

    package let format: DocumentFamily
    package let version: String
    package let syntax: DocumentSyntax
    /// What was unusual about the document.
    package internal(set) var notices: [ParsedDocument.Notice]
    /// The `SPDXID` of the document.
    package internal(set) var documentID = "SPDXRef-DOCUMENT"
    package internal(set) var name = ""
    /// What is missing, in the words of the document, if it states that it is incomplete; else nil.
    ///
    /// SPDX has an annotation of sbomkit for that, and says in the comment what is missing. CycloneDX has a composition with
    /// assemblies and the aggregate `incomplete` or one that begins so.
    package internal(set) var incompleteness: String?
    /// The names of the programs that made the document, without versions, in lower case.
    package internal(set) var tools: Set<String> = []
    package internal(set) var elements = ElementColumns()
    /// All relationships in the order of the document.
    package internal(set) var edges: [Edge] = []
    /// The pairs that `hasFiles` of packages lists, which means the same as CONTAINS.
    package internal(set) var contained: [(outer: Int32, inner: Int32)] = []
    /// The elements of the document that `documentDescribes` lists, in its order.
    package internal(set) var describes: [Int32] = []
    /// The kinds of relationships, each once.
    package internal(set) var kinds: [Relationship.Kind] = []
    /// The elements whose identifier refers to another element that has the same one.
    package internal(set) var duplicates: Set<Int32> = []
    /// The names of licenses that are not on the SPDX License List, or else their texts, by identifier.
    package internal(set) var licenseNames: [String: String] = [:] {
        didSet {
            shownNames = licenseNames.filter { _, name in
                name.utf8.count <= Limits.shownLicenseName && !name.contains(where: \.isNewline)
            }
        }
    }
    /// The names that are short enough to be shown in place of the identifiers.
    private var shownNames: [String: String] = [:]
    /// The ends of relationships that are not in the document, each once.
    var foreign: [String] = []

    init(
        format: DocumentFamily, version: String, syntax: DocumentSyntax, notices: [ParsedDocument.Notice]
    ) {
        self.format = format
        self.version = version
        self.syntax = syntax
        self.notices = notices
    }

    /// Decodes a document.
    ///
    /// - Throws: ``DocumentError`` if it has more elements than the limits allow.
    package init(
        _ document: consuming ParsedDocument, _ rules: ReadingRules = .standard, limits: Limits
    ) throws(DocumentError) {
        self.init(
            format: document.family, version: document.version, syntax: document.syntax, notices: document.notices)
        let content = document.takeContent()
        switch format {
        case .spdx: try read(spdx: content, rules, size: document.size, limits)
        case .cycloneDX: try read(cycloneDX: content, size: document.size, limits)
        }
        elements.finish()
        if rules.foldsUnnamedPackages, syntax == .tagValue,
            elements.names.prefix(elements.packageCount).contains(where: \.isEmpty)
        {
            foldUnnamedPackages()
        }
    }

    /// Parses and decodes a document, which may be in an attestation.
    ///
    /// - Throws: ``DocumentError`` if the format is unknown or the document is damaged or exceeds a limit.
    package init(parsing bytes: [UInt8], _ rules: ReadingRules = .standard, limits: Limits) throws(DocumentError) {
        do throws(DocumentError) {
            let document = try ParsedDocument(
                opening: bytes, limits: limits, admitsAnyVersion: rules.admitsAnyMention)
            if rules.admitsAnyMention, document.isWrapped,
                let graph = try DocumentGraph(mentioningSPDX: bytes, rules, limits: limits)
            {
                self = graph
            } else {
                self = try DocumentGraph(document, rules, limits: limits)
            }
        } catch {
            guard rules.admitsAnyMention,
                let graph = try DocumentGraph(mentioningSPDX: bytes, rules, limits: limits)
            else { throw error }
            self = graph
        }
    }

    /// The end of a relationship that is not in the document, as it is written; nil for an element or the document.
    package func foreign(_ end: Int32) -> String? { end < Edge.document ? foreign[Self.place(ofForeign: end)] : nil }

    /// All ends of relationships that are not in the document; `place(ofForeign:)` is the index for an end.
    package var foreignEnds: [String] { foreign }

    /// The index in ``foreignEnds`` of an end that is not in the document.
    package static func place(ofForeign end: Int32) -> Int { Int(Edge.document - 1 - end) }

    /// The elements that the document describes, in the order of its statements, each once.
    package var described: [Int32] {
        var seen: Set<Int32> = []
        var described: [Int32] = []
        func add(_ element: Int32) {
            if element >= 0, seen.insert(element).inserted { described.append(element) }
        }
        let forward = kinds.map(\.forward)
        for edge in edges {
            let kind = forward[Int(edge.kind)]
            guard kind.kind == .describes else { continue }
            let (source, target) = kind.isReversed ? (edge.target, edge.source) : (edge.source, edge.target)
            if source == Edge.document || !kind.isReversed && edge.isOfDocument { add(target) }
        }
        for element in describes { add(element) }
        return described
    }
}

extension DocumentGraph {
    /// The license of an element, with names in place of the references to licenses.
    package func licenseName(_ element: Int32) -> String { licenseName(elements.license(element)) }

    /// A license expression with names in place of the references to licenses.
    package func licenseName(_ expression: String) -> String { LicenseExpression.naming(expression, shownNames) }

    /// The license of an element with names in place of references; nil if it has no reference with a name.
    package func statedLicenseName(_ element: Int32) -> String? {
        let license = elements.license(element)
        guard license.hasBytes(of: "LicenseRef-") else { return nil }
        let name = licenseName(license)
        return name == license ? nil : name
    }
}
