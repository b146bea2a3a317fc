internal import StructuredText

/// Makes a document valid by taking out what the schema of its version does not allow.
///
/// What is taken out is not lost: whoever calls compares with the document as it was, and carries the difference.
struct SchemaPruning {
    /// How often the document is looked at; each time something goes, what is around it may have to go too.
    private static let rounds = 60

    private let schema: JSONSchema
    private let family: DocumentFamily
    private let defaults: DocumentDefaults

    /// Prunes to the schema of a version.
    ///
    /// CycloneDX publishes some schemas in a lax and a strict edition; `isStrict` selects the latter. Members that the schema
    /// requires and the document lacks are filled from `defaults`.
    init(family: DocumentFamily, version: String, isStrict: Bool, _ defaults: DocumentDefaults) throws {
        self.family = family
        self.defaults = defaults
        let edition =
            switch (family, version) {
            case (.spdx, "2.2"): "2.2.2"
            case (.spdx, _): "2.3.1"
            case (.cycloneDX, _): version
            }
        schema = try ValidationSchemas.schema(family, version: edition, isStrict: isStrict)
    }

    /// Takes out what does not fit, and fills what has to be there.
    func fit(_ content: inout JSONObject) {
        var value = JSONValue.object(content)
        for _ in 0..<Self.rounds {
            let violations = schema.violations(in: value, mayRepeatNames: true, limit: 100_000)
                .filter { !$0.isRemark && !Self.isReserved($0.pointer) }
            guard !violations.isEmpty else { break }
            var doomed = Tree()
            for violation in violations { plan(violation, &doomed, in: value) }
            doomed.apply(to: &value, depth: 0)
        }
        if case .object(let fitted) = value { content = fitted }
    }

    /// Members whose names begin with `#` are not written as they stand.
    private static func isReserved(_ pointer: JSONPointer) -> Bool {
        pointer.tokens.contains { $0.hasPrefix("#") }
    }

    private func plan(_ violation: SchemaViolation, _ doomed: inout Tree, in root: JSONValue) {
        let tokens = violation.pointer.tokens
        switch violation.keyword {
        case "required":
            // The violation names the member between quotation marks.
            if let name = violation.expected.dropping(prefix: "a member \"")?.dropLast(), !name.contains("\"") {
                let list = tokens.last { Int($0) == nil } ?? ""
                if let value = filling(of: String(name), in: list, isRoot: tokens.isEmpty) {
                    doomed.plan(tokens[...]) { $0.filled.append((String(name), value)) }
                    return
                }
            }
            if tokens.isEmpty { return }
            doomed.plan(tokens[...]) { $0.isDoomed = true }
        default:
            guard !tokens.isEmpty else { return }
            doomed.plan(tokens[...]) { $0.isDoomed = true }
        }
    }

    /// What stands for a member that has to be there and is not; nil where the whole object goes instead.
    private func filling(of name: String, in list: String, isRoot: Bool) -> JSONValue? {
        switch (family, list, name) {
        case (.cycloneDX, "components", "type"), (.cycloneDX, "component", "type"): "library"
        case (.cycloneDX, "components", "name"), (.cycloneDX, "component", "name"), (.cycloneDX, "services", "name"): ""
        case (.cycloneDX, "components", "version"), (.cycloneDX, "component", "version"): ""
        case (.cycloneDX, "ancestors", "version"), (.cycloneDX, "descendants", "version"),
            (.cycloneDX, "variants", "version"):
            ""
        case (.cycloneDX, "externalReferences", "type"): "other"
        case (.cycloneDX, "", "version") where isRoot: 1
        case (.cycloneDX, "", "bomFormat") where isRoot: "CycloneDX"
        case (.spdx, "packages", "downloadLocation"), (.spdx, "packages", "licenseConcluded"),
            (.spdx, "packages", "licenseDeclared"), (.spdx, "packages", "copyrightText"),
            (.spdx, "files", "licenseConcluded"), (.spdx, "files", "copyrightText"):
            .string(SPDXElementCodec.noAssertion)
        case (.spdx, "files", "licenseInfoInFiles"): [.string(SPDXElementCodec.noAssertion)]
        case (.spdx, "relationships", "relationshipType"): "OTHER"
        case (.spdx, "packages", "name"), (.spdx, "files", "fileName"): ""
        case (.spdx, "hasExtractedLicensingInfos", "extractedText"): .string(SPDXElementCodec.noAssertion)
        case (.spdx, "creationInfo", "created"): .string(defaults.created)
        case (.spdx, "creationInfo", "creators"): [.string(PatchCarrier.tool)]
        case (.spdx, "", "creationInfo") where isRoot:
            ["created": .string(defaults.created), "creators": [.string(PatchCarrier.tool)]]
        case (.spdx, "", "name") where isRoot: "sbom"
        case (.spdx, "", "SPDXID") where isRoot: "SPDXRef-DOCUMENT"
        case (.spdx, "", "dataLicense") where isRoot: "CC0-1.0"
        case (.spdx, "", "documentNamespace") where isRoot: .string("https://spdx.org/spdxdocs/sbom-\(defaults.uuid)")
        default: nil
        }
    }

    /// What is to happen where, as a tree like the document's.
    private struct Tree {
        var isDoomed = false
        var filled: [(String, JSONValue)] = []
        var inner: [String: Tree] = [:]

        mutating func plan(_ way: ArraySlice<String>, _ change: (inout Tree) -> Void) {
            guard let token = way.first else {
                change(&self)
                return
            }
            inner[token, default: Tree()].plan(way.dropFirst(), change)
        }

        // As deep as the document, for which there is a limit.
        func apply(to value: inout JSONValue, depth: Int) {
            switch value {
            case .object(var object):
                value = .null
                if !inner.isEmpty {
                    var kept: [JSONObject.Member] = []
                    kept.reserveCapacity(object.members.count)
                    for var member in object.members {
                        guard let tree = inner[member.name] else {
                            kept.append(member)
                            continue
                        }
                        if tree.isDoomed { continue }
                        tree.apply(to: &member.value, depth: depth + 1)
                        kept.append(member)
                    }
                    object.members = kept
                }
                for (name, filling) in filled where object[name] == nil { object.append(name, filling) }
                value = .object(object)
            case .array(let items):
                value = .null
                var kept: [JSONValue] = []
                kept.reserveCapacity(items.count)
                for (index, var item) in items.enumerated() {
                    if let tree = inner.isEmpty ? nil : inner[String(index)] {
                        if tree.isDoomed { continue }
                        tree.apply(to: &item, depth: depth + 1)
                    }
                    kept.append(item)
                }
                value = .array(kept)
            case .null, .bool, .number, .string: break
            }
        }
    }
}
