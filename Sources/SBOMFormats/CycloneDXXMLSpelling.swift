internal import StructuredText

/// How CycloneDX's JSON is spelled in XML: which members are attributes, which lists have an element around them, and
/// which member is an element's text.
///
/// Members are written in the order they stand in, which is that of the XML schema's sequences.
struct CycloneDXXMLSpelling {
    private let namespace: String

    init(version: CycloneDXEncoder.Version) {
        namespace = "http://cyclonedx.org/schema/bom/\(version.rawValue)"
    }

    /// The bytes of a document in the shape of CycloneDX's JSON, and how many characters XML could not hold.
    func bytes(of document: JSONObject) throws -> (bytes: [UInt8], replacements: Int) {
        var writer = XMLWriter(.pretty)
        writer.declaration(isStandalone: nil)
        writer.beginElement("bom")
        writer.namespace("", namespace)
        for name in ["serialNumber", "version"] {
            if let text = document[name].flatMap(Self.text) { writer.attribute(name, text) }
        }
        // What the namespace says already.
        let said = ["$schema", "bomFormat", "specVersion", "serialNumber", "version"]
        for member in document.members where !said.contains(member.name) {
            write(member.value, member.name, in: "bom", to: &writer)
        }
        writer.endElement()
        let replacements = writer.replacementCount
        return (try writer.finish(), replacements)
    }

    /// The members of an element that are its attributes.
    private static let attributes: [String: [String]] = [
        "component": ["type", "bom-ref", "mime-type"], "license": ["bom-ref", "acknowledgement"],
        "expression": ["bom-ref", "acknowledgement"], "hash": ["alg"], "reference": ["type"], "property": ["name"],
        "dependency": ["ref"], "author": ["bom-ref"], "contact": ["bom-ref"], "composition": ["bom-ref"],
    ]

    /// The member of an element that is its text.
    private static let texts = ["hash": "content", "property": "value", "expression": "expression"]

    /// What an item of a list is called; the list itself is an element around them.
    private static let items = [
        "components": "component", "authors": "author", "hashes": "hash", "externalReferences": "reference",
        "properties": "property", "dependencies": "dependency", "compositions": "composition",
        "lifecycles": "lifecycle", "tools": "tool", "assemblies": "assembly", "licenses": "license",
    ]

    private func write(_ value: JSONValue, _ name: String, in parent: String, to writer: inout XMLWriter) {
        switch value {
        case .null:
            break
        case .bool, .number, .string:
            writer.element(name, text: Self.text(value) ?? "")
        case .object(let object):
            write(object, as: name, to: &writer)
        case .array(let values):
            // `contact` stands as often as there are any, with nothing around it.
            guard let item = Self.items[name] else {
                for value in values { write(value, name, in: parent, to: &writer) }
                return
            }
            writer.beginElement(name)
            for value in values { write(item: value, as: item, to: &writer) }
            writer.endElement()
        }
    }

    private func write(item: JSONValue, as name: String, to writer: inout XMLWriter) {
        switch item {
        case .string(let reference):
            // Lists of references: assemblies, and what a composition says of dependencies.
            writer.beginElement(name)
            writer.attribute("ref", reference)
            writer.endElement()
        case .object(let object):
            // Of licences each entry says itself what it is.
            if let inner = object["license"], case .object(let license) = inner {
                write(license, as: "license", to: &writer)
            } else if object["expression"] != nil {
                write(object, as: "expression", to: &writer)
            } else {
                write(object, as: name, to: &writer)
            }
        case .null, .bool, .number, .array:
            break
        }
    }

    private func write(_ object: JSONObject, as name: String, to writer: inout XMLWriter) {
        writer.beginElement(name)
        let attributes = Self.attributes[name] ?? []
        for attribute in attributes {
            if let text = object[attribute].flatMap(Self.text) { writer.attribute(attribute, text) }
        }
        for member in object.members where !attributes.contains(member.name) {
            if member.name == Self.texts[name] {
                writer.text(Self.text(member.value) ?? "")
            } else if name == "dependency", member.name == "dependsOn", case .array(let others) = member.value {
                for other in others { write(item: other, as: "dependency", to: &writer) }
            } else {
                write(member.value, member.name, in: name, to: &writer)
            }
        }
        writer.endElement()
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.digits
        case .bool(let bool): bool ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
