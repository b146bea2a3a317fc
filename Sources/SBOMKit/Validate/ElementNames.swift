internal import ByteStreams
internal import SBOMFormats
internal import SBOMValidation
internal import StructuredText

/// The names of the packages, components and files in which violations are.
struct ElementNames {
    private let root: JSONValue
    private let isWrapped: Bool

    /// Reads the document again; nil if that fails, because a document may be too broken for it.
    init?(_ bytes: [UInt8], limits: Limits) {
        guard let document = try? ParsedDocument(opening: bytes, limits: limits, admitsAnyVersion: true) else {
            return nil
        }
        root = .object(document.content)
        isWrapped = document.isWrapped
    }

    /// The lists whose items are named.
    private static let lists: Set<String> = ["packages", "files", "components", "services", "snippets"]

    /// The name, with the version, of the innermost element at the place of a violation; nil if it is in none.
    func name(at violation: DocumentViolation) -> String? {
        var steps = violation.path.map(Self.steps(ofXML:)) ?? violation.pointer.tokens[...]
        if isWrapped, steps.first == "Document" { steps = steps.dropFirst() }
        var value = root
        var list = ""
        var name: String?
        while let step = steps.popFirst() {
            switch value {
            case .object(let object):
                guard let member = object[step] else { return name }
                value = member
                // The component that a document is about.
                if list == "metadata", step == "component" { name = Self.name(of: member) ?? name }
                list = step
            case .array(let items):
                guard let index = Int(step), items.indices.contains(index) else { return name }
                value = items[index]
                if Self.lists.contains(list) { name = Self.name(of: value) ?? name }
            case .null, .bool, .number, .string: return name
            }
        }
        return name
    }

    private static func name(of value: JSONValue) -> String? {
        guard case .object(let object) = value, let name = object.text("name") ?? object.text("fileName"), !name.isEmpty
        else { return nil }
        let version = object.text("versionInfo") ?? object.text("version") ?? ""
        return version.isEmpty ? name : "\(name)@\(version)"
    }

    /// The way in JSON to an element of XML: `components`, `2` for `/bom/components/component[3]`.
    private static func steps(ofXML path: String) -> ArraySlice<String> {
        var steps: [String] = []
        var list = Substring()
        for part in path.split(separator: "/").dropFirst() {
            let name = part.prefix { $0 != "[" }
            let isItem = list == "\(name)s" && lists.contains(String(list))
            if isItem {
                let number = Int(part.dropFirst(name.count).dropFirst().dropLast()) ?? 1
                steps.append(String(max(number, 1) - 1))
            } else {
                steps.append(String(name))
            }
            list = name
        }
        return steps[...]
    }
}
