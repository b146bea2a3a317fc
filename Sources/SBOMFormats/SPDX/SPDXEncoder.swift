package import SBOMModel
package import StructuredText

/// Writes a bill of materials as SPDX 2.3 JSON, members in the order of the specification's chapters.
package struct SPDXJSONEncoder: Sendable {
    package init() {}

    /// The bytes of the document: two spaces a level, a line feed at the end.
    package func encode(_ bill: BillOfMaterials) throws -> [UInt8] {
        JSONWriter.bytes(of: .object(tree(bill)), .pretty)
    }

    /// The document in the shape of SPDX's JSON.
    package func tree(_ bill: BillOfMaterials) -> JSONObject {
        var document = JSONObject()
        document.append("spdxVersion", "SPDX-2.3")
        document.append("dataLicense", "CC0-1.0")
        document.append("SPDXID", "SPDXRef-DOCUMENT")
        document.append("name", .string(bill.name))
        document.append("documentNamespace", .string(bill.namespace))
        var info = JSONObject()
        info.append("created", .string(bill.created))
        info.append("creators", .array((bill.creators.map(\.spdx) + [bill.tool.spdx]).map { .string($0) }))
        info.appendText("comment", bill.creatorComment)
        // The list matters only where an expression names something on it.
        if bill.elements.contains(where: { $0.licenseDeclared != nil }) {
            info.append("licenseListVersion", .string(LicenseList.version))
        }
        document.append("creationInfo", .object(info))
        document.appendText("comment", bill.comment)
        document.appendItems(
            "hasExtractedLicensingInfos",
            bill.extractedLicenses.map { license in
                [
                    "licenseId": .string(license.id), "extractedText": .string(license.text),
                    "name": .string(license.name),
                ]
            })
        let codec = SPDXElementCodec(
            setting: CodecContext(created: bill.created, tool: bill.tool.spdx, licenses: ExtractedLicenses()))
        document.append("packages", .array(bill.elements.map { .object(codec.object($0)) }))
        let described = bill.roots.map {
            relationship("SPDXRef-DOCUMENT", Relationship.Kind.describes.rawValue, "SPDXRef-\($0)", comment: nil)
        }
        let others = bill.relationships.map {
            relationship("SPDXRef-\($0.from)", $0.kind.rawValue, "SPDXRef-\($0.to)", comment: $0.comment)
        }
        document.append("relationships", .array(described + others))
        return document
    }

    private func relationship(_ from: String, _ kind: String, _ to: String, comment: String?) -> JSONValue {
        var object = JSONObject()
        object.append("spdxElementId", .string(from))
        object.append("relationshipType", .string(kind))
        object.append("relatedSpdxElement", .string(to))
        object.appendText("comment", comment)
        return .object(object)
    }
}

extension BillOfMaterials {
    /// The URI that identifies the document: the base, the name and the UUID (SPDX 2.3 §6.5).
    ///
    /// Characters of the name that an identifier cannot have are hyphens.
    var namespace: String {
        let base = namespaceBase + (namespaceBase.hasSuffix("/") ? "" : "/")
        return "\(base)\(Element.word(name))-\(uuid)"
    }
}
