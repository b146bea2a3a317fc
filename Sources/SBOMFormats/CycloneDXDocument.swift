package import SBOMModel
internal import StructuredText

/// Writes a bill of materials as CycloneDX, members in the order of the specification.
package struct CycloneDXEncoder: Sendable {
    /// The versions that are written; 1.4 is the oldest in which all that an image's document needs has a place.
    package enum Version: String, Sendable, CaseIterable, Comparable {
        case v1_4 = "1.4"
        case v1_5 = "1.5"
        case v1_6 = "1.6"
        case v1_7 = "1.7"

        package static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

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
        let (bytes, omissions) = try CycloneDXXMLSpelling.write(tree(bill), version: version.rawValue)
        return (bytes, omissions.count { $0.reason == .characters })
    }

    /// The document in the shape of CycloneDX's JSON.
    private func tree(_ bill: BillOfMaterials) -> JSONObject {
        let roots = Set(bill.roots)
        let licenses = Dictionary(bill.extractedLicenses.map { ($0.id, $0) }) { first, _ in first }
        let main = bill.elements.first { roots.contains($0.id) }
        var document = JSONObject()
        document.append("$schema", .string("http://cyclonedx.org/schema/bom-\(version.rawValue).schema.json"))
        document.append("bomFormat", "CycloneDX")
        document.append("specVersion", .string(version.rawValue))
        document.append("serialNumber", .string("urn:uuid:\(bill.uuid)"))
        document.append("version", 1)
        document.append("metadata", metadata(bill, main.map { component($0, licenses) }))
        let others = bill.elements.filter { $0.id != main?.id }
        document.append("components", .array(others.map { component($0, licenses) }))
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
        metadata.appendArray("authors", people.map(contact))
        if let main { metadata.append("component", main) }
        if let organization = bill.creators.first(where: { $0.kind == .organization }) {
            metadata.append(version >= .v1_6 ? "manufacturer" : "manufacture", entity(organization))
        }
        var properties = [property("cdx:reproducible", "true")]
        for organization in bill.creators.filter({ $0.kind == .organization }).dropFirst() {
            properties.append(
                property("sbomkit:creator", organization.name + (organization.email.map { " <\($0)>" } ?? "")))
        }
        if let comment = bill.creatorComment { properties.append(property("spdx:creation-info:comment", comment)) }
        if let comment = bill.comment { properties.append(property("spdx:document:comment", comment)) }
        // Before 1.5 there is no phase to say it.
        if version < .v1_5 { properties.append(property("sbomkit:lifecycle-phase", "post-build")) }
        metadata.append("properties", .array(properties))
        return .object(metadata)
    }

    private func component(_ element: Element, _ licenses: [String: ExtractedLicense]) -> JSONValue {
        var component = JSONObject()
        component.append("type", .string(type(element.purpose)))
        component.append("bom-ref", .string(element.id))
        if let supplier = element.supplier { component.append("supplier", entity(supplier)) }
        if let originator = element.originator {
            switch (originator.kind, version >= .v1_6) {
            case (.organization, true): component.append("manufacturer", entity(originator))
            case (.person, true): component.append("authors", [contact(originator)])
            case (_, false): component.append("author", .string(text(originator)))
            }
        }
        component.append("name", .string(element.name))
        if let version = element.version { component.append("version", .string(version)) }
        if let description = element.description ?? element.summary {
            component.append("description", .string(description))
        }
        let hashes = element.checksums.compactMap { checksum -> JSONValue? in
            guard let name = Self.algorithms[checksum.algorithm] else { return nil }
            return ["alg": .string(name), "content": .string(checksum.value)]
        }
        component.appendArray("hashes", hashes)
        if let declared = element.licenseDeclared { component.append("licenses", [license(declared, licenses)]) }
        if let cpe = element.externalReferences.first(where: { $0.type.hasPrefix("cpe") }) {
            component.append("cpe", .string(cpe.locator))
        }
        if let purl = element.packageURL { component.append("purl", .string(purl.description)) }
        if let homepage = element.homepage {
            component.append("externalReferences", [["url": .string(homepage), "type": "website"]])
        }
        component.appendArray("properties", properties(element))
        return .object(component)
    }

    /// What a component's own members have no place for: names that trivy and syft read where they have one, the names
    /// that cyclonedx-cli gives to SPDX's fields, and our own for the rest.
    private func properties(_ element: Element) -> [JSONValue] {
        var properties: [JSONValue] = []
        if let summary = element.summary, element.description != nil {
            properties.append(property("spdx:package:summary", summary))
        }
        if let info = element.sourceInfo { properties.append(property("spdx:package:source-info", info)) }
        if let comment = element.comment { properties.append(property("spdx:comment", comment)) }
        if element.supplier?.kind == .person { properties.append(property("sbomkit:supplier-kind", "Person")) }
        if element.purpose == .other || element.purpose == .install || element.purpose == .source
            || element.purpose == .archive,
            let purpose = element.purpose
        {
            properties.append(property("spdx:package:primary-package-purpose", purpose.rawValue))
        }
        for checksum in element.checksums where Self.algorithms[checksum.algorithm] == nil {
            properties.append(property("spdx:checksum:\(checksum.algorithm)", checksum.value))
        }
        for detail in element.details {
            if detail.name == "LayerDiffID" { properties.append(property("syft:location:0:layerID", detail.value)) }
            let isRead = Self.triviesNames.contains(detail.name) || detail.name.hasPrefix("Labels:")
            properties.append(property((isRead ? "aquasecurity:trivy:" : "sbomkit:") + detail.name, detail.value))
        }
        return properties
    }

    /// Details whose names trivy's documents have, and its reader knows.
    private static let triviesNames: Set<String> = [
        "LayerDiffID", "LayerDigest", "DiffID", "ImageID", "RepoTag", "RepoDigest", "Modularitylabel",
    ]

    private static let algorithms = [
        "MD5": "MD5", "SHA1": "SHA-1", "SHA256": "SHA-256", "SHA384": "SHA-384", "SHA512": "SHA-512",
        "SHA3-256": "SHA3-256", "SHA3-384": "SHA3-384", "SHA3-512": "SHA3-512", "BLAKE2b-256": "BLAKE2b-256",
        "BLAKE2b-384": "BLAKE2b-384", "BLAKE2b-512": "BLAKE2b-512", "BLAKE3": "BLAKE3",
    ]

    private func type(_ purpose: Element.Purpose?) -> String {
        switch purpose {
        case .application, .install: "application"
        case .framework: "framework"
        case .container: "container"
        case .operatingSystem: "operating-system"
        case .device: "device"
        case .firmware: "firmware"
        case .file: "file"
        case .library, .source, .archive, .other, nil: "library"
        }
    }

    /// One entry of a component's licences: an identifier of the list, the words of one that is on no list, or an
    /// expression.
    private func license(_ declared: LicenseExpression, _ texts: [String: ExtractedLicense]) -> JSONValue {
        let spelled = declared.description
        var entry: JSONObject
        if let extracted = texts[spelled] {
            entry = JSONObject([
                .init(name: "license", value: withAcknowledgement(["name": .string(extracted.name)]))
            ])
        } else if LicenseList.license(spelled) == spelled {
            entry = JSONObject([.init(name: "license", value: withAcknowledgement(["id": .string(spelled)]))])
        } else {
            guard case .object(let expression) = withAcknowledgement(["expression": .string(spelled)]) else {
                return ["expression": .string(spelled)]
            }
            entry = expression
        }
        return .object(entry)
    }

    /// From 1.6 a licence says whether it is declared or concluded.
    private func withAcknowledgement(_ value: JSONValue) -> JSONValue {
        guard version >= .v1_6, case .object(var object) = value else { return value }
        object.append("acknowledgement", "declared")
        return .object(object)
    }

    /// What each element needs directly; who contains something needs it, and leaves have an empty list.
    private func dependencies(_ bill: BillOfMaterials) -> JSONValue {
        var needs: [Element.ID: [Element.ID]] = [:]
        for relationship in bill.relationships {
            switch relationship.kind {
            case .dependsOn, .contains:
                needs[relationship.from, default: []].append(relationship.to)
            case .optionalDependencyOf:
                needs[relationship.to, default: []].append(relationship.from)
            default:
                break
            }
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
        ["name": .string(name), "value": .string(value)]
    }

    private func entity(_ actor: Actor) -> JSONValue {
        var entity = JSONObject([.init(name: "name", value: .string(actor.name))])
        if actor.email != nil { entity.append("contact", [contact(actor)]) }
        return .object(entity)
    }

    private func contact(_ actor: Actor) -> JSONValue {
        var contact = JSONObject([.init(name: "name", value: .string(actor.name))])
        if let email = actor.email { contact.append("email", .string(email)) }
        return .object(contact)
    }

    private func text(_ actor: Actor) -> String { actor.name + (actor.email.map { " <\($0)>" } ?? "") }
}

extension JSONObject {
    /// An array that is left out where it is empty.
    fileprivate mutating func appendArray(_ name: String, _ values: [JSONValue]) {
        if !values.isEmpty { append(name, .array(values)) }
    }
}
