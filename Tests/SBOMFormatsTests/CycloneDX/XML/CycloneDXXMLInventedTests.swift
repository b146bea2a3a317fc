import ByteStreams
import SBOMFormats
import SBOMValidation
import StructuredText
import TestSupport
import Testing

/// Makes documents up that are valid by a JSON schema, of every construct that it knows.
private struct Inventor {
    let definitions: JSONObject
    let version: String
    var random: SeededGenerator
    var number = 0

    /// A value for a schema; nil where the schema is deeper than is asked for.
    mutating func value(_ schema: JSONObject, name: String, depth: Int) -> JSONValue? {
        guard depth < 14 else { return nil }
        if case .string(let reference) = schema["$ref"], let definition = reference.split(separator: "/").last,
            case .object(let object) = definitions[String(definition)]
        {
            return value(object, name: name, depth: depth + 1)
        }
        if case .array(let values) = schema["enum"] { return values.randomElement(using: &random) }
        var schema = schema
        for keyword in ["oneOf", "anyOf"] {
            guard case .array(let alternatives) = schema[keyword],
                case .object(let chosen) = alternatives.randomElement(using: &random)
            else { continue }
            guard case .array(let required) = chosen["required"], chosen["properties"] == nil else {
                let made = value(chosen, name: name, depth: depth + 1)
                guard case .object(var party) = made, name == "asserter" || name == "patentAssignee" else {
                    return made
                }
                // A name alone would be both a person and an organization.
                let isTelling = party.members.contains {
                    ["email", "phone", "url", "address", "contact"].contains($0.name)
                }
                if !isTelling { party.append("email", "a@example.org") }
                return .object(party)
            }
            schema = without(required, of: alternatives, schema)
        }
        switch schema["type"] {
        case "object": return object(schema, depth)
        case "array": return array(schema, name, depth)
        case "integer": return .number(JSONNumber(Int.random(in: 1...6, using: &random)))
        case "number": return JSONNumber("0.\(Int.random(in: 1...9, using: &random))0").map { .number($0) }
        case "boolean": return .bool(Bool.random(using: &random))
        case "string": return .string(text(schema, name))
        default: return schema["properties"] == nil ? nil : object(schema, depth)
        }
    }

    /// The schema with what one alternative requires, and without what only others do.
    private func without(_ required: [JSONValue], of alternatives: [JSONValue], _ schema: JSONObject) -> JSONObject {
        var others: [JSONValue] = []
        for case .object(let other) in alternatives {
            guard case .array(let names) = other["required"] else { continue }
            others += names.filter { !required.contains($0) }
        }
        var changed = JSONObject()
        for member in schema.members {
            if member.name == "properties", case .object(let properties) = member.value {
                let kept = properties.members.filter { !others.contains(.string($0.name)) }
                changed.append("properties", .object(JSONObject(kept)))
            } else if member.name != "required" {
                changed.append(member.name, member.value)
            }
        }
        var all = required
        if case .array(let names) = schema["required"] { all += names }
        changed.append("required", .array(all))
        return changed
    }

    private mutating func object(_ schema: JSONObject, _ depth: Int) -> JSONValue? {
        guard case .object(let properties) = schema["properties"] else { return nil }
        var required: [JSONValue] = []
        if case .array(let names) = schema["required"] { required = names }
        var object = JSONObject()
        for property in properties.members.shuffled(using: &random) where property.name != "signature" {
            guard case .object(let inner) = property.value else { continue }
            let isRequired = required.contains(.string(property.name))
            guard isRequired || Int.random(in: 0..<depth + 2, using: &random) < 3 else { continue }
            guard let value = value(inner, name: property.name, depth: depth + 1) else {
                if isRequired { return nil }
                continue
            }
            object.append(property.name, value)
        }
        // What is of a version is of no range, and some things are of one kind only.
        if object["version"] != nil { object.members.removeAll { $0.name == "versionRange" } }
        if object["versionRange"] != nil {
            object.members.removeAll { $0.name == "isExternal" }
            object.append("isExternal", true)
        }
        return .object(object)
    }

    private mutating func array(_ schema: JSONObject, _ name: String, _ depth: Int) -> JSONValue? {
        var items: [JSONObject] = []
        if case .object(let item) = schema["items"] {
            items = Array(repeating: item, count: Int.random(in: 1...2, using: &random))
        }
        if case .array(let fixed) = schema["items"] {
            items = fixed.compactMap { if case .object(let item) = $0 { item } else { nil } }
        }
        if schema["items"] == nil { return [.string("https://example.org/\(number)")] }
        return .array(items.compactMap { value($0, name: name, depth: depth + 1) })
    }

    /// A text of the kind that a member has; numbered, so that nothing stands twice that must not.
    private mutating func text(_ schema: JSONObject, _ name: String) -> String {
        number += 1
        if schema["vocabulary"] != nil || schema["enum"] != nil { return "MIT" }
        switch schema["format"] {
        case "date-time": return "2024-02-29T12:00:0\(number % 10)Z"
        case "date": return "2024-02-29"
        case "iri-reference": return "https://example.org/\(number)?a=b#c"
        case "idn-email": return "a\(number)@example.org"
        default: break
        }
        if case .string(let pattern) = schema["pattern"] {
            if pattern.contains("urn:uuid") { return "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" }
            if pattern.contains("{32}") { return "0123456789abcdef0123456789abcdef" }
            if pattern.contains("CRE:") { return "CRE:\(number)-1" }
            if pattern.contains("[A-Z]{2}$") && !pattern.contains("?$") { return "US" }
            if pattern.contains("a-z]{2})") { return "en-US" }
            if pattern.contains("{0,28}") { return "US \(number)" }
            if pattern.contains("/[-+") { return "text/plain" }
        }
        switch name {
        case "cpe": return "cpe:2.3:a:b:c:\(number):*:*:*:*:*:*:*"
        case "version", "name": return "\(name) \(number)"
        default:
            // 1.2 has texts of one line only.
            if version == "1.2" { return "a & b < \(number)" }
            return ["a & b < \(number)", " \(number)\n", "é\u{1F600}\(number)", "\(name)-\(number)"].randomElement(
                using: &random) ?? ""
        }
    }
}

@Suite struct CycloneDXXMLInventedTests {
    @Test(arguments: ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"])
    func `invented documents come back from XML, and that is valid`(version: String) throws {
        guard case .object(let schema) = try ValidationSchemas.cycloneDX().schema(version: version, isStrict: true),
            case .object(let definitions) = schema["definitions"], case .object(let root) = definitions["root"]
        else {
            Issue.record("no schema")
            return
        }
        var inventor = Inventor(definitions: definitions, version: version, random: SeededGenerator(seed: 7))
        var kept: [[UInt8]] = []
        var lost: Set<String> = []
        for _ in 0..<120 {
            guard case .object(var content) = inventor.value(root, name: "", depth: 0) else { continue }
            content.members.removeAll { ["$schema", "bomFormat", "specVersion"].contains($0.name) }
            content.append("bomFormat", "CycloneDX")
            content.append("specVersion", .string(version))
            let json = JSONWriter.bytes(of: .object(content), .compact)
            let report = try DocumentValidator(limits: Limits(), violationLimit: 10).validate(json)
            // Some that are made up break a rule of more than one member; there are enough of the others.
            guard report.isSchemaValid else { continue }
            let (bytes, omissions) = try CycloneDXXML.write(content, version: version, limits: Limits())
            for omission in omissions where omission.reason == .noPlace {
                lost.insert(omission.pointer.tokens.last ?? "")
            }
            kept.append(bytes)
            let reading = try CycloneDXXML.read(try XMLDocument(parsing: bytes, limits: Limits()), limits: Limits())
            let expected = ShapeComparison(omissions, version: version).expected(of: content)
            let isSame = reading.content.isEquivalent(to: expected)
            #expect(
                isSame,
                "\(version): \(isSame ? "" : difference(.object(reading.content), .object(expected), "") ?? "?")")
        }
        // Signatures, which are not made up, and what 1.7 has in JSON only.
        let inJSONOnly: Set<String> = ["expressionDetails", "properties", "relatedCryptographicAssets"]
        #expect(lost.subtracting(version == "1.7" ? inJSONOnly : []).isEmpty, "\(lost)")
        #expect(kept.count > 60)
        guard OfficialXMLSchemas.isInstalled else { return }
        try withTemporaryFolder { folder in
            var files: [(path: String, version: String)] = []
            for (number, bytes) in kept.enumerated() {
                files.append(("\(folder)/\(number).xml", version))
                try write(bytes, toFile: "\(folder)/\(number).xml")
            }
            for verdict in try OfficialXMLSchemas.verdicts(files, in: folder) {
                #expect(verdict.isValid, "\(verdict.errors.prefix(2))")
            }
        }
    }
}
