internal import ByteStreams
package import SBOMModel
package import StructuredText

/// Writes a bill of materials as an SPDX 2.3 document.
package struct SPDXDocumentWriter: Sendable {
    package init() {}

    /// The document in the shape of SPDX's JSON, members in the order of the specification's chapters.
    package func document(_ bill: BillOfMaterials) -> JSONObject {
        let codec = SPDXElementCodec(setting: bill.codecContext)
        let mainName = bill.main.map { bill.elements[$0].name }
        var header = bill.metadata.spdx(mainName: mainName, licenses: codec.setting.licenses)
        let forms = bill.elements.map(\.form)
        header.append("#lists", .string(SPDXParts.naturalLists(hasFiles: forms.contains(.file))))
        return SPDXParts.document(
            header, units: bill.elements.map(codec.object), forms: forms, ids: bill.elements.map { "SPDXRef-\($0.id)" },
            order: Array(bill.elements.indices), links: bill.links, others: nil)
    }
}

extension BillOfMaterials {
    /// The UUID of a document, derived from its name and from all of its content except its own identifiers.
    ///
    /// The content is hashed element by element, so that the text of the document is never in memory as a whole.
    package func uuid(named name: String) -> String {
        let codec = SPDXElementCodec(setting: codecContext)
        var hash = RunningHash(.sha256)
        func add(_ object: JSONObject) { hash.update(JSONWriter.bytes(of: .object(object), .compact).span) }
        var metadata = metadata
        (metadata.uuid, metadata.namespace) = ("", nil)
        add(metadata.spdx(mainName: nil, licenses: codec.setting.licenses))
        for element in elements { add(codec.object(element)) }
        for root in roots { hash.update(Array("DESCRIBES \(root)\n".utf8).span) }
        for relationship in relationships {
            let comment = relationship.comment.map { " \($0)" } ?? ""
            let text = "\(relationship.from) \(relationship.kind.rawValue) \(relationship.to)\(comment)\n"
            hash.update(Array(text.utf8).span)
        }
        return NameUUID(inURLs: "\(name)\nsha256:\(hexadecimal(hash.finish()))").description
    }

    /// The number of the element that the document is about; nil if the document describes several or none.
    var main: Int? {
        guard roots.count == 1 else { return nil }
        return elements.firstIndex { $0.id == roots[0] }
    }

    /// The context for the codecs of the elements.
    var codecContext: CodecContext {
        let licenses = ExtractedLicenses()
        for license in extractedLicenses { licenses.add(license.id, name: license.name, text: license.text) }
        if !extractedLicenses.isEmpty {
            for element in elements {
                for text in [element.licenseDeclared, element.licenseConcluded] {
                    if let text { licenses.use(text) }
                }
            }
        }
        // The context is only for writing, which checks no limits.
        return CodecContext(
            created: metadata.created.description, tool: metadata.tool, licenses: licenses, limits: Limits())
    }

    /// The relationships by their source, with the types of SPDX.
    var links: SPDXLinks {
        var indices: [Element.ID: Int] = Dictionary(minimumCapacity: elements.count)
        for (index, element) in elements.enumerated() where indices[element.id] == nil { indices[element.id] = index }
        var links = SPDXLinks(units: Array(repeating: [], count: elements.count))
        func link(_ kind: Relationship.Kind, to id: Element.ID, comment: String? = nil) -> Link {
            let index = indices[id] ?? -1
            return Link(
                kind, index, raw: index < 0 ? "SPDXRef-\(id)" : "",
                rest: comment.map { [JSONObject.Member(name: "comment", value: .string($0))] } ?? [])
        }
        links.document = roots.map { link(.describes, to: $0) }
        links.order = Array(repeating: -1, count: roots.count)
        links.order.reserveCapacity(roots.count + relationships.count)
        for relationship in relationships {
            guard let source = indices[relationship.from] else { continue }
            links.units[source].append(
                link(relationship.kind, to: relationship.to, comment: relationship.comment))
            links.order.append(Int32(source))
        }
        return links
    }
}
