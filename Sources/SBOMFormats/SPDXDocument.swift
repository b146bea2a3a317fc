package import SBOMModel
internal import StructuredText

/// Writes a bill of materials as SPDX 2.3 JSON, members in the order of the specification's chapters.
package struct SPDXJSONEncoder: Sendable {
    package init() {}

    /// The bytes of the document: two spaces a level, a line feed at the end.
    package func encode(_ bill: BillOfMaterials) throws -> [UInt8] {
        var writer = JSONWriter(.pretty)
        writer.beginObject()
        writer.member("spdxVersion", "SPDX-2.3")
        writer.member("dataLicense", "CC0-1.0")
        writer.member("SPDXID", "SPDXRef-DOCUMENT")
        writer.member("name", bill.name)
        writer.member("documentNamespace", namespace(bill))
        writer.name("creationInfo")
        writer.beginObject()
        writer.member("created", bill.created)
        writer.name("creators")
        writer.beginArray()
        for creator in bill.creators { writer.value(creator.spdx) }
        writer.value(bill.tool.spdx)
        writer.endArray()
        writer.optional("comment", bill.creatorComment)
        // The list matters only where an expression names something on it.
        if bill.elements.contains(where: { $0.licenseDeclared != nil }) {
            writer.member("licenseListVersion", LicenseList.version)
        }
        writer.endObject()
        writer.optional("comment", bill.comment)
        writer.array("hasExtractedLicensingInfos", bill.extractedLicenses) { license, writer in
            writer.member("licenseId", license.id)
            writer.member("extractedText", license.text)
            writer.member("name", license.name)
        }
        writer.name("packages")
        writer.beginArray()
        for element in bill.elements { write(element, of: bill, to: &writer) }
        writer.endArray()
        writer.name("relationships")
        writer.beginArray()
        for root in bill.roots {
            write(from: "SPDXRef-DOCUMENT", "DESCRIBES", to: "SPDXRef-\(root)", comment: nil, to: &writer)
        }
        for relationship in bill.relationships {
            write(
                from: "SPDXRef-\(relationship.from)", relationship.kind.rawValue, to: "SPDXRef-\(relationship.to)",
                comment: relationship.comment, to: &writer)
        }
        writer.endArray()
        writer.endObject()
        return try writer.finish()
    }

    /// The base, the name with what no identifier has made a hyphen, and the UUID (SPDX 2.3 §6.5).
    private func namespace(_ bill: BillOfMaterials) -> String {
        let base = bill.namespaceBase + (bill.namespaceBase.hasSuffix("/") ? "" : "/")
        return "\(base)\(Element.word(bill.name))-\(bill.uuid)"
    }

    // SPDX 2.3 §7. What is not known is said where the field is one that users look for (licences, copyright, supplier,
    // download location), and otherwise left out.
    private func write(_ element: Element, of bill: BillOfMaterials, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("SPDXID", "SPDXRef-\(element.id)")
        writer.member("name", element.name)
        writer.optional("versionInfo", element.version)
        writer.member("supplier", element.supplier?.spdx ?? "NOASSERTION")
        writer.optional("originator", element.originator?.spdx)
        writer.member("downloadLocation", "NOASSERTION")
        writer.member("filesAnalyzed", false)
        writer.array("checksums", element.checksums) { checksum, writer in
            writer.member("algorithm", checksum.algorithm)
            writer.member("checksumValue", checksum.value)
        }
        writer.optional("homepage", element.homepage)
        writer.optional("sourceInfo", element.sourceInfo)
        writer.member("licenseConcluded", "NOASSERTION")
        writer.member("licenseDeclared", element.licenseDeclared?.description ?? "NOASSERTION")
        writer.member("copyrightText", "NOASSERTION")
        writer.optional("summary", element.summary)
        writer.optional("description", element.description)
        writer.optional("comment", element.comment)
        var references = element.externalReferences
        if let purl = element.packageURL {
            references.insert(.init(category: "PACKAGE-MANAGER", type: "purl", locator: purl.description), at: 0)
        }
        writer.array("externalRefs", references) { reference, writer in
            writer.member("referenceCategory", reference.category)
            writer.member("referenceType", reference.type)
            writer.member("referenceLocator", reference.locator)
        }
        // The schema spells OPERATING_SYSTEM, the specification (§7.24) OPERATING-SYSTEM; readers of JSON go by the schema.
        writer.optional("primaryPackagePurpose", element.purpose?.rawValue.replacing("-", with: "_"))
        writer.array("annotations", element.details) { detail, writer in
            writer.member("annotationDate", bill.created)
            writer.member("annotationType", "OTHER")
            writer.member("annotator", bill.tool.spdx)
            writer.member("comment", "\(detail.name): \(detail.value)")
        }
        writer.endObject()
    }

    private func write(
        from: String, _ kind: String, to: String, comment: String?, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("spdxElementId", from)
        writer.member("relationshipType", kind)
        writer.member("relatedSpdxElement", to)
        writer.optional("comment", comment)
        writer.endObject()
    }
}

extension Actor {
    /// `Organization: Name (mail)`, as SPDX 2.3 §6.8 and §7.5 spell it.
    ///
    /// A name that itself ends with a parenthesis gets empty ones for the address, so that it is not read as one.
    fileprivate var spdx: String {
        let address = email.map { " (\($0))" } ?? (name.hasSuffix(")") ? " ()" : "")
        return "\(kind.rawValue): \(name)\(address)"
    }
}

extension Tool {
    /// `Tool: name-version`.
    fileprivate var spdx: String { "Tool: \(name)-\(version)" }
}

extension JSONWriter {
    /// A member that is left out where there is nothing to say.
    fileprivate mutating func optional(_ name: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        member(name, text)
    }

    /// An array of objects that is left out where it is empty.
    fileprivate mutating func array<Value>(
        _ name: String, _ values: [Value], _ members: (Value, inout JSONWriter) -> Void
    ) {
        guard !values.isEmpty else { return }
        self.name(name)
        beginArray()
        for value in values {
            beginObject()
            members(value, &self)
            endObject()
        }
        endArray()
    }
}
