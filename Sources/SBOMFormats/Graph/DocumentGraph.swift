package import ByteStreams
internal import SBOMModel
package import StructuredText

/// The elements of a document of any format and how they stand to each other, in SPDX's words and in the order of the
/// document.
///
/// A CycloneDX document is put into SPDX's shape first: what is inside of a component it CONTAINS, what something needs
/// it DEPENDS_ON, and an image or an operating system CONTAINS what it needs.
package struct DocumentGraph: Sendable {
    /// A package or file.
    package struct Node: Sendable {
        /// The `SPDXID`; of a CycloneDX component one that is made from its `bom-ref`.
        package let id: String
        package let isFile: Bool
        /// The package or file in the shape of SPDX's JSON.
        package let object: JSONObject

        /// `name` of a package, `fileName` of a file; empty if there is none.
        package var name: String { object.text(isFile ? "fileName" : "name") ?? "" }
        /// `versionInfo`; nil if there is none or it is empty.
        package var version: String? { object.text("versionInfo").flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// A relationship as it is written.
    package struct Edge: Sendable {
        /// The number of the element it is of; -1 for the document, -2 for what is none of its elements.
        package let from: Int
        /// The type: `DEPENDS_ON`.
        package let kind: String
        /// The number of the element it leads to; -1 for the document, -2 for what is none of its elements.
        package let to: Int
        /// Both ends as they are written.
        package let source: String
        package let target: String
        package let comment: String?
    }

    package let format: DocumentFamily
    package let version: String
    package let syntax: DocumentSyntax
    /// The document without its packages, files and relationships, in the shape of SPDX's JSON.
    package let header: JSONObject
    package let documentID: String
    package let name: String
    /// Packages, then files, each in the order of the document.
    package let nodes: [Node]
    /// All relationships in the order of the document.
    package let edges: [Edge]
    /// What `documentDescribes` lists, in its order, as far as it is there.
    package let describes: [Int]
    /// What was odd about the document.
    package let notices: [ParsedDocument.Notice]

    /// The graph of a document.
    package init(_ source: consuming ParsedDocument, limits: Limits) {
        format = source.family
        version = source.version
        syntax = source.syntax
        notices = source.notices
        var content = source.takeContent()
        if format == .cycloneDX {
            var options = FamilyConversion.Options(
                defaults: DocumentDefaults(created: Timestamp.unknown.description, uuid: ""))
            options.carries = false
            options.onlyReads = true
            options.limits = limits
            var conversion = FamilyConversion(options: options)
            content = conversion.spdx(from: content, version: CycloneDXVersion(rawValue: version) ?? .v1_6)
        }
        documentID = content.text("SPDXID") ?? "SPDXRef-DOCUMENT"
        name = content.text("name") ?? ""
        var parts = SPDXParts(content)
        let ids = parts.ids
        let indices = SPDXParts.indices(ids, documentID: documentID)
        nodes = zip(parts.units, zip(ids, parts.forms)).map { unit, rest in
            Node(id: rest.0, isFile: rest.1 == .file, object: unit)
        }
        let documentID = documentID
        func number(_ id: String) -> Int { id == documentID ? -1 : indices[id] ?? -2 }
        edges = parts.takeRelationships().all().map { from, kind, target, comment in
            Edge(
                from: number(from), kind: kind, to: number(target), source: from, target: target, comment: comment)
        }
        describes = parts.header.texts("documentDescribes").compactMap { indices[$0.text] }
        header = parts.header
    }
}
