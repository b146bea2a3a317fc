package import SBOMModel
package import StructuredText

/// Writes a bill of materials as CycloneDX, members in the order of the specification.
package struct CycloneDXEncoder: Sendable {
    package typealias Version = CycloneDXVersion

    private let version: Version

    package init(version: Version) {
        self.version = version
    }

    /// The bytes of the document as JSON: two spaces a level, a line feed at the end.
    package func encodeJSON(_ bill: BillOfMaterials) -> [UInt8] {
        JSONWriter.bytes(of: .object(tree(bill)), .pretty)
    }

    /// The bytes of the document as XML, and how many characters that XML cannot hold became U+FFFD in it.
    package func encodeXML(_ bill: BillOfMaterials) throws -> (bytes: [UInt8], replacements: Int) {
        let (bytes, omissions) = try CycloneDXXML.write(tree(bill), version: version.rawValue)
        return (bytes, omissions.count { $0.reason == .characters })
    }

    /// The document in the shape of CycloneDX's JSON.
    package func tree(_ bill: BillOfMaterials) -> JSONObject {
        let roots = Set(bill.roots)
        let licenses = ExtractedLicenses()
        // The words are the licence's name already.
        for license in bill.extractedLicenses { licenses.add(license.id, name: license.name, text: nil) }
        let codec = CycloneDXComponentCodec(
            version: version,
            setting: CodecContext(created: bill.created, tool: bill.tool.spdx, licenses: licenses))
        let main = bill.elements.first { roots.contains($0.id) }
        var document = JSONObject()
        document.append("$schema", .string("http://cyclonedx.org/schema/bom-\(version.rawValue).schema.json"))
        document.append("bomFormat", "CycloneDX")
        document.append("specVersion", .string(version.rawValue))
        document.append("serialNumber", .string("urn:uuid:\(bill.uuid)"))
        document.append("version", 1)
        document.append("metadata", metadata(bill, main.map { component($0, codec) }))
        let others = bill.elements.filter { $0.id != main?.id }
        document.append("components", .array(others.map { component($0, codec) }))
        document.append("dependencies", dependencies(bill))
        document.append("compositions", compositions(bill, main))
        return document
    }

    private func metadata(_ bill: BillOfMaterials, _ main: JSONValue?) -> JSONValue {
        var metadata = JSONObject()
        metadata.append("timestamp", .string(bill.created))
        if version >= .v1_5 { metadata.append("lifecycles", [["phase": "post-build"] as JSONValue]) }
        let tool: JSONValue = ["name": .string(bill.tool.name), "version": .string(bill.tool.version)]
        if version >= .v1_5, case .object(let members) = tool {
            let component = JSONObject([.init(name: "type", value: "application")] + members.members)
            metadata.append("tools", ["components": .array([.object(component)])])
        } else {
            metadata.append("tools", [tool])
        }
        let people = bill.creators.filter { $0.kind == .person }
        metadata.appendItems("authors", people.map(CycloneDXComponentCodec.contact))
        if let main { metadata.append("component", main) }
        if let organization = bill.creators.first(where: { $0.kind == .organization }) {
            metadata.append(
                version >= .v1_6 ? "manufacturer" : "manufacture", CycloneDXComponentCodec.entity(organization))
        }
        var properties = [property("cdx:reproducible", "true")]
        for organization in bill.creators.filter({ $0.kind == .organization }).dropFirst() {
            properties.append(property("sbomkit:creator", organization.spdx))
        }
        if bill.name != main?.objectContent?.text("name") {
            properties.append(property("spdx:document:name", bill.name))
        }
        if bill.namespace != "https://spdx.org/spdxdocs/\(Element.word(bill.name))-\(bill.uuid)" {
            properties.append(property("spdx:document:document-namespace", bill.namespace))
        }
        if let comment = bill.creatorComment { properties.append(property("spdx:creation-info:comment", comment)) }
        if let comment = bill.comment { properties.append(property("spdx:document:comment", comment)) }
        // Before 1.5 there is no phase to say it.
        if version < .v1_5 { properties.append(property("sbomkit:lifecycle-phase", "post-build")) }
        metadata.append("properties", .array(properties))
        return .object(metadata)
    }

    /// The component, and of layers what syft's readers look for.
    private func component(_ element: Element, _ codec: CycloneDXComponentCodec) -> JSONValue {
        var component = codec.component(element)
        guard let layer = element.details.first(where: { $0.name == "LayerDiffID" }),
            var properties = component["properties"]?.arrayContent,
            let place = properties.firstIndex(where: {
                $0.objectContent?.text("name") == "aquasecurity:trivy:LayerDiffID"
            })
        else { return .object(component) }
        properties.insert(property("syft:location:0:layerID", layer.value), at: place)
        component.set("properties", .array(properties))
        return .object(component)
    }

    /// What each element needs directly; who contains something needs it, and leaves have an empty list.
    private func dependencies(_ bill: BillOfMaterials) -> JSONValue {
        var needs: [Element.ID: [Element.ID]] = [:]
        for relationship in bill.relationships {
            guard relationship.kind.structure != nil else { continue }
            let isReversed = relationship.kind.forward.isReversed
            let (from, to) = (relationship.from, relationship.to)
            needs[isReversed ? to : from, default: []].append(isReversed ? from : to)
        }
        return .array(
            bill.elements.map { element in
                var seen: Set<Element.ID> = []
                let others = (needs[element.id] ?? []).filter { seen.insert($0).inserted }
                return [
                    "ref": .string(element.id), "dependsOn": .array(others.map { .string($0) }),
                ]
            })
    }

    /// Whether the document is whole: what the image is made of, and what each of its parts needs.
    private func compositions(_ bill: BillOfMaterials, _ main: Element?) -> JSONValue {
        let unknown = Set(bill.unknownDependencies)
        // Where something could not be read, nobody's dependencies are known to be whole.
        let incomplete =
            bill.completeness == .complete
            ? Set(bill.incompleteDependencies).subtracting(unknown) : Set(bill.elements.map(\.id)).subtracting(unknown)
        let groups: [(BillOfMaterials.Completeness, [Element])] = [
            (.complete, bill.elements.filter { !unknown.contains($0.id) && !incomplete.contains($0.id) }),
            (.incomplete, bill.elements.filter { incomplete.contains($0.id) }),
            (.unknown, bill.elements.filter { unknown.contains($0.id) }),
        ]
        var compositions: [JSONValue] = []
        if let main {
            compositions.append([
                "aggregate": .string(bill.completeness.rawValue), "assemblies": .array([.string(main.id)]),
            ])
        }
        for (aggregate, elements) in groups where !elements.isEmpty {
            compositions.append([
                "aggregate": .string(aggregate.rawValue), "dependencies": .array(elements.map { .string($0.id) }),
            ])
        }
        return .array(compositions)
    }

    private func property(_ name: String, _ value: String) -> JSONValue {
        CycloneDXComponentCodec.property(name, value)
    }
}
