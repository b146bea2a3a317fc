import ByteStreams
import SBOMFormats
import SBOMModel
import SBOMValidation
import StructuredText
import TestSupport
import Testing

/// Walks an official schema and ours side by side, and names every fact that only one of them states.
private struct SchemaComparison {
    private struct Place {
        let file: String
        let pointer: JSONPointer
        let schema: JSONObject

        var key: String { file + "#" + pointer.description }
    }

    private let official: [String: JSONValue]
    private let ours: JSONValue
    private var seen: Set<String> = []
    private(set) var differences: [String] = []
    private(set) var count = 0

    init(official: [String: JSONValue], ours: JSONValue) {
        self.official = official
        self.ours = ours
    }

    mutating func compare() {
        var pending: [(Place, Place, String)] = []
        func push(_ one: (String, JSONPointer), _ other: (String, JSONPointer), _ path: String) {
            guard let left = place(one.0, one.1), let right = place(other.0, other.1) else {
                differences.append("\(path): a schema is missing")
                return
            }
            if seen.insert(left.key + " " + right.key).inserted { pending.append((left, right, path)) }
        }
        push(("", .root), ("ours", .root), "")
        while let (left, right, path) = pending.popLast() {
            count += 1
            for (name, fact) in facts(left.schema) {
                let other = facts(right.schema)[name]
                if other != fact { differences.append("\(path): \(name): official \(fact), ours \(other ?? "none")") }
            }
            for (name, fact) in facts(right.schema) where facts(left.schema)[name] == nil {
                differences.append("\(path): \(name): official none, ours \(fact)")
            }
            for keyword in ["properties", "patternProperties"] {
                guard case .object(let members) = left.schema[keyword], case .object(let others) = right.schema[keyword]
                else { continue }
                for member in members.members where others[member.name] != nil {
                    let step = { (place: Place) in
                        (place.file, place.pointer.appending(keyword).appending(member.name))
                    }
                    push(step(left), step(right), path + "." + member.name)
                }
            }
            for keyword in ["items", "additionalProperties", "additionalItems", "not", "if", "then", "else"] {
                guard case .object = left.schema[keyword], case .object = right.schema[keyword] else { continue }
                push(
                    (left.file, left.pointer.appending(keyword)), (right.file, right.pointer.appending(keyword)),
                    path + "<\(keyword)>")
            }
            for keyword in ["items", "anyOf", "oneOf", "allOf"] {
                guard case .array(let items) = left.schema[keyword], case .array(let others) = right.schema[keyword]
                else { continue }
                for index in 0..<min(items.count, others.count) {
                    push(
                        (left.file, left.pointer.appending(keyword).appending(index)),
                        (right.file, right.pointer.appending(keyword).appending(index)), path + "<\(keyword) \(index)>")
                }
            }
        }
    }

    /// The schema at a place, with references followed and what amounts to nothing taken away.
    private func place(_ file: String, _ pointer: JSONPointer) -> Place? {
        var (file, pointer) = (file, pointer)
        for _ in 0..<20 {
            guard let value = (file == "ours" ? ours : official[file])?[pointer] else { return nil }
            guard case .object(let schema) = value else {
                // `true`, in place of a schema that asks for nothing.
                return value == true ? Place(file: file, pointer: pointer, schema: JSONObject()) : nil
            }
            if case .string(let reference) = schema["$ref"] {
                let parts = reference.split(separator: "#", omittingEmptySubsequences: false)
                if let name = parts.first, !name.isEmpty { file = String(name) }
                guard let target = JSONPointer(parsing: parts.count > 1 ? String(parts[1]) : "") else { return nil }
                pointer = target
                continue
            }
            // All of one is that one; any of several kinds of strings of which the first is any string is the first.
            if case .array(let all) = schema["allOf"], all.count == 1, schema["properties"] == nil {
                pointer = pointer.appending("allOf").appending(0)
                continue
            }
            if case .array(let any) = schema["anyOf"], file != "ours",
                let first = place(file, pointer.appending("anyOf").appending(0)), first.schema["pattern"] == nil,
                any.indices.allSatisfy({ isText(file, pointer.appending("anyOf").appending($0)) })
            {
                return first
            }
            return Place(file: file, pointer: pointer, schema: schema)
        }
        return nil
    }

    private func isText(_ file: String, _ pointer: JSONPointer) -> Bool {
        guard let place = place(file, pointer) else { return false }
        if case .array(let any) = place.schema["anyOf"] {
            return any.indices.allSatisfy { isText(place.file, place.pointer.appending("anyOf").appending($0)) }
        }
        return place.schema["type"] == "string"
    }

    /// What a schema states itself, not by the schemas in it.
    private func facts(_ schema: JSONObject) -> [String: String] {
        var facts: [String: String] = [:]
        func texts(_ value: JSONValue?) -> [String]? {
            guard case .array(let items) = value else { return nil }
            return items.map { String(decoding: JSONWriter.bytes(of: $0, .compact), as: UTF8.self) }.sorted()
        }
        let isText = schema["type"] == "string" || schema["type"] == nil
        for member in schema.members {
            let text = String(decoding: JSONWriter.bytes(of: member.value, .compact), as: UTF8.self)
            switch member.name {
            case "type", "const", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems":
                facts[member.name] = text
            case "format": if text != "\"string\"" { facts["format"] = text }
            // A pattern beside a list of values that all have it, or of what is no string, asks for nothing.
            // Nor does one that asserts a format; docs/validation.md tells about the one there is.
            case "pattern": if isText, schema["enum"] == nil, schema["format"] != "uri" { facts["pattern"] = text }
            case "uniqueItems": if member.value == true { facts["uniqueItems"] = text }
            case "required": if let names = texts(member.value), !names.isEmpty { facts["required"] = "\(names)" }
            case "enum":
                let values = texts(member.value) ?? []
                facts["enum"] = values.count > 700 ? "a list of licences" : "\(values)"
            case "vocabulary": facts["enum"] = "a list of licences"
            case "additionalProperties": if member.value == false { facts["closed"] = "true" }
            case "properties":
                if case .object(let object) = member.value, !object.isEmpty {
                    facts["members"] = "\(object.members.map { $0.name }.sorted())"
                }
            case "oneOf", "anyOf", "allOf":
                if case .array(let items) = member.value { facts[member.name] = "\(items.count) schemas" }
            case "items":
                if case .array(let items) = member.value {
                    facts["items"] = "\(items.count) schemas"
                } else {
                    facts["items"] = "a schema"
                }
            case "not", "if", "then": facts[member.name] = "a schema"
            case "patternProperties", "dependencies", "propertyNames", "minProperties", "exclusiveMinimum",
                "multipleOf":
                facts[member.name] = "something"
            default: break
            }
        }
        return facts
    }
}

@Suite(.needsCorpus) struct SchemaFactsTests {
    @Test(arguments: ["1.2", "1.2-strict", "1.3", "1.3-strict", "1.4", "1.5", "1.6", "1.7"])
    func `our schema of CycloneDX states the facts of the official one, and no others`(_ edition: String) throws {
        let parts = edition.split(separator: "-")
        let ours = try ValidationSchemas.cycloneDX().schema(version: String(parts[0]), isStrict: parts.count > 1)
        try compare("CycloneDX", edition, with: ours)
    }

    @Test(arguments: ["2.2", "2.2.1", "2.2.2", "2.3", "2.3.1"])
    func `our schema of SPDX states the facts of the official one, and no others`(_ edition: String) throws {
        try compare("SPDX", edition, with: try ValidationSchemas.spdx().schema(version: edition, isStrict: false))
    }

    private func compare(_ format: String, _ edition: String, with ours: JSONValue) throws {
        let folder = try #require(OfficialSchemas.folder)
        func load(_ path: String) throws -> JSONValue {
            try JSONValue(parsing: try bytes(ofFile: "\(folder)/\(path)"), limits: Limits())
        }
        var official = ["": try load(OfficialSchemas.path(format, edition))]
        for name in ["spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"] {
            official[name] = try load("cyclonedx/" + name)
        }
        var comparison = SchemaComparison(official: official, ours: ours)
        comparison.compare()
        #expect(comparison.differences == [], "\(comparison.differences.joined(separator: "\n"))")
        #expect(comparison.count > 30, "\(comparison.count) schemas were compared")
    }

    @Test func `every licence that the official list has is accepted`() throws {
        let folder = try #require(OfficialSchemas.folder)
        let list = try JSONValue(parsing: try bytes(ofFile: folder + "/cyclonedx/spdx.schema.json"), limits: Limits())
        guard case .object(let object) = list, case .array(let ids) = object["enum"] else {
            Issue.record("no list")
            return
        }
        for case .string(let id) in ids { #expect(LicenseList.isInSchemas(id), "\(id)") }
        #expect(ids.count > 800)
        #expect(!LicenseList.isInSchemas("mit"))
        #expect(!LicenseList.isInSchemas("LicenseRef-x"))
    }
}
