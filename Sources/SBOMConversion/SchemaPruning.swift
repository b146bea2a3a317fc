internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import SBOMValidation
internal import StructuredText

/// Makes a document valid: removes what the schema of its version does not allow, and writes strings in its spelling.
///
/// Nothing is lost: the caller compares the result with the original document and carries the difference.
struct SchemaPruning {
    /// How much around a violation each round removes: first only the value that violates the schema.
    ///
    /// A removal may make its container invalid.
    private static let gentle = Array(repeating: Int.max, count: 8)
    /// Then the member of an element, the element, and the member of the document, in which a violation is.
    private static let harsh = [3, 2, 1, 1]
    /// How many elements of a list are pruned together if there are too many violations in all.
    private static let group = 512

    private let schema: JSONSchema
    private let family: DocumentFamily
    private let defaults: DocumentDefaults
    private let version: String

    /// Prunes to the schema of a version.
    ///
    /// CycloneDX publishes some schemas in a lax and a strict edition; `isStrict` selects the latter. Members that the schema
    /// requires and the document lacks are filled from `defaults`.
    init(family: DocumentFamily, version: String, isStrict: Bool, _ defaults: DocumentDefaults) throws {
        self.family = family
        self.defaults = defaults
        self.version = version
        let edition =
            switch family {
            case .spdx: SPDXVersion(rawValue: version)?.schemaRevision(isWrapped: false) ?? version
            case .cycloneDX: version
            }
        schema = try ValidationSchemas.schema(family, version: edition, isStrict: isStrict)
    }

    /// Removes what the schema does not allow, and adds what it requires.
    ///
    /// The work is linear in the size of the document.
    ///
    /// - Throws: ``DocumentError`` if the document does not become valid.
    func fit(_ content: inout JSONObject) throws {
        var value = JSONValue.object(content)
        content = JSONObject()
        var outcome = prune(&value, depths: Self.gentle, endsAtOverflow: true)
        if outcome == .overflow {
            pruneElements(of: &value)
            outcome = prune(&value, depths: Self.gentle)
        }
        if outcome != .valid { outcome = prune(&value, depths: Self.harsh) }
        guard outcome == .valid else {
            throw DocumentError(
                .notConvertible,
                reason: "expected a document that can be made valid by the schema of \(family.rawValue) \(version)")
        }
        if case .object(let fitted) = value { content = fitted }
    }

    private enum Outcome {
        case valid
        case invalid
        /// There are more violations than ``Limits/schemaViolations``.
        case overflow
    }

    /// Removes violations, in one round for each of `depths`: the number of steps from the document to the value that is
    /// removed, if the violation is deeper.
    ///
    /// Requirements on a whole document are not applied to a part.
    private func prune(
        _ value: inout JSONValue, depths: [Int], endsAtOverflow: Bool = false, isPart: Bool = false
    ) -> Outcome {
        for depth in depths + [0] {
            let violations = schema.violations(in: value, mayRepeatNames: true, limit: Limits.schemaViolations)
            let overflows = violations.count >= Limits.schemaViolations
            let own = violations.filter {
                !$0.isRemark && !Self.isReserved($0.pointer) && !(isPart && $0.pointer.tokens.isEmpty)
            }
            if own.isEmpty, !overflows { return .valid }
            if overflows, endsAtOverflow { return .overflow }
            guard depth > 0 else { break }
            var doomed = Tree()
            for violation in own { plan(violation, &doomed, depth: depth) }
            doomed.apply(to: &value, depth: 0)
        }
        return .invalid
    }

    /// Prunes the elements of lists in groups, so that each group has few violations.
    private func pruneElements(of value: inout JSONValue) {
        guard case .object(var document) = value else { return }
        value = .null
        let order =
            switch family {
            case .spdx: SPDXOrder.document
            case .cycloneDX: CycloneDXOrder.document
            }
        if document.count > Self.group { document.members.removeAll { !order.knows($0.name) } }
        for index in document.members.indices {
            guard case .array(let items) = document.members[index].value else { continue }
            document.members[index].value = .null
            var kept: [JSONValue] = []
            kept.reserveCapacity(items.count)
            for start in stride(from: 0, to: items.count, by: Self.group) {
                let group = items[start..<min(start + Self.group, items.count)]
                prune(group, of: document.members[index].name, into: &kept)
            }
            document.members[index].value = .array(kept)
        }
        value = .object(document)
    }

    private func prune(_ items: ArraySlice<JSONValue>, of list: String, into kept: inout [JSONValue]) {
        func document(_ items: ArraySlice<JSONValue>) -> JSONValue {
            .object(JSONObject([.init(name: list, value: .array(Array(items)))]))
        }
        var part = document(items)
        if prune(&part, depths: Self.gentle, endsAtOverflow: true, isPart: true) == .overflow {
            guard items.count == 1 else {
                let middle = items.startIndex + items.count / 2
                prune(items[..<middle], of: list, into: &kept)
                prune(items[middle...], of: list, into: &kept)
                return
            }
            part = document(ArraySlice(items.map(withoutUnknownMembers)))
            _ = prune(&part, depths: Self.harsh, isPart: true)
        }
        if case .object(let pruned) = part { kept += pruned[list]?.arrayContent ?? [] }
    }

    /// An element without members that the specification does not define, which may be many.
    private func withoutUnknownMembers(_ element: JSONValue) -> JSONValue {
        guard case .object(var object) = element else { return element }
        let order =
            switch family {
            case .spdx: SPDXOrder.element
            case .cycloneDX: CycloneDXOrder.component
            }
        if object.count > Self.group { object.members.removeAll { !order.knows($0.name) } }
        return .object(object)
    }

    /// Members whose names begin with `#` are internal and not written.
    private static func isReserved(_ pointer: JSONPointer) -> Bool {
        pointer.tokens.contains { $0.hasPrefix("#") }
    }

    private func plan(_ violation: SchemaViolation, _ doomed: inout Tree, depth: Int) {
        let tokens = violation.pointer.tokens
        let isElement = Self.isElement(tokens)
        let doom = { (tree: inout Tree) in
            if isElement { tree.kept = keptMembers } else { tree.isDoomed = true }
        }
        if let nearest = violation.nearest {
            doomed.plan(tokens[...]) { $0.spelling = nearest }
            return
        }
        switch violation.keyword {
        case "required":
            if let name = violation.missingMember {
                let list = tokens.last { Int($0) == nil } ?? ""
                if let value = filling(of: name, in: list, isRoot: tokens.isEmpty) {
                    doomed.plan(tokens[...]) { $0.filled.append((name, value)) }
                    return
                }
            }
            if !tokens.isEmpty { doomed.plan(tokens.prefix(depth), doom) }
        default:
            if !tokens.isEmpty { doomed.plan(tokens.prefix(depth), doom) }
        }
    }

    /// The members that an invalid element keeps: those that identify it.
    private var keptMembers: Set<String> {
        switch family {
        case .spdx: Self.keptOfSPDX
        case .cycloneDX: Self.keptOfCycloneDX
        }
    }

    private static let keptOfSPDX: Set = [
        "SPDXID", "name", "fileName", "versionInfo", "supplier", "originator", "downloadLocation", "filesAnalyzed",
        "checksums", "licenseConcluded", "licenseDeclared", "licenseInfoInFiles", "copyrightText", "externalRefs",
        "annotations",
    ]
    private static let keptOfCycloneDX: Set = [
        "type", "bom-ref", "supplier", "author", "group", "name", "version", "hashes", "licenses", "cpe", "purl",
        "components", "properties",
    ]

    /// Whether a pointer leads to an element of a document.
    private static func isElement(_ tokens: [String]) -> Bool {
        if tokens == ["metadata", "component"] { return true }
        guard let last = tokens.last, Int(last) != nil, tokens.count > 1 else { return false }
        return ["components", "packages", "files"].contains(tokens[tokens.count - 2])
    }

    /// The value for a required member that is missing; nil if the object is removed instead.
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
        case (.cycloneDX, "", "specVersion") where isRoot: .string(version)
        case (.spdx, "", "spdxVersion") where isRoot: .string("SPDX-\(version)")
        case (.spdx, "packages", "downloadLocation"), (.spdx, "packages", "licenseConcluded"),
            (.spdx, "packages", "licenseDeclared"), (.spdx, "packages", "copyrightText"),
            (.spdx, "files", "licenseConcluded"), (.spdx, "files", "copyrightText"):
            .string(Element.noAssertion)
        case (.spdx, "files", "licenseInfoInFiles"): [.string(Element.noAssertion)]
        case (.spdx, "relationships", "relationshipType"): "OTHER"
        case (.spdx, "packages", "name"), (.spdx, "files", "fileName"): ""
        // Where several get it, the rules make the others different.
        case (.spdx, "packages", "SPDXID"), (.spdx, "files", "SPDXID"): "SPDXRef-unidentified"
        case (.spdx, "hasExtractedLicensingInfos", "extractedText"): .string(Element.noAssertion)
        case (.spdx, "creationInfo", "created"): .string(defaults.created.description)
        case (.spdx, "creationInfo", "creators"): [.string(Tool.converter.spdx)]
        case (.spdx, "", "creationInfo") where isRoot:
            ["created": .string(defaults.created.description), "creators": [.string(Tool.converter.spdx)]]
        case (.spdx, "", "name") where isRoot: "sbom"
        case (.spdx, "", "SPDXID") where isRoot: "SPDXRef-DOCUMENT"
        case (.spdx, "", "dataLicense") where isRoot: "CC0-1.0"
        case (.spdx, "", "documentNamespace") where isRoot: .string("https://spdx.org/spdxdocs/sbom-\(defaults.uuid)")
        default: nil
        }
    }

    /// The planned changes, as a tree that mirrors the document.
    private struct Tree {
        var isDoomed = false
        /// The string that takes the place of one in another spelling.
        var spelling: String?
        /// The members that an element keeps; an element that has no others is removed.
        var kept: Set<String>?
        var filled: [(String, JSONValue)] = []
        var inner: [String: Tree] = [:]

        mutating func plan(_ way: ArraySlice<String>, _ change: (inout Tree) -> Void) {
            guard let token = way.first else {
                change(&self)
                return
            }
            inner[token, default: Tree()].plan(way.dropFirst(), change)
        }

        /// Whether an element has only members that it would keep, and so is removed.
        func takesAll(of value: JSONValue) -> Bool {
            guard let kept, inner.isEmpty, filled.isEmpty else { return false }
            guard case .object(let object) = value else { return true }
            return object.members.allSatisfy { kept.contains($0.name) }
        }

        // The recursion is as deep as the document, whose depth is bounded.
        func apply(to value: inout JSONValue, depth: Int) {
            switch value {
            case .object(var object):
                value = .null
                if let kept { object.members.removeAll { !kept.contains($0.name) } }
                if !inner.isEmpty {
                    var kept: [JSONObject.Member] = []
                    kept.reserveCapacity(object.members.count)
                    for var member in object.members {
                        guard let tree = inner[member.name] else {
                            kept.append(member)
                            continue
                        }
                        if tree.isDoomed || tree.takesAll(of: member.value) { continue }
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
                        if tree.isDoomed || tree.takesAll(of: item) { continue }
                        tree.apply(to: &item, depth: depth + 1)
                    }
                    kept.append(item)
                }
                value = .array(kept)
            case .string: if let spelling { value = .string(spelling) }
            case .null, .bool, .number: break
            }
        }
    }
}
