/// A template for the text that `query` prints for each element.
///
/// ```swift
/// let template = try QueryTemplate("{name}@{version|unknown}")
/// print(try Query("all").matches(in: bytes).text(template, namesArePurls: false))
/// ```
///
/// `{FIELD}` stands for the value of a field, and `{FIELD|TEXT}` for TEXT if the document does not state the value.
/// `{{` and `}}` are braces. `\n` is a line end, `\t` a tab, `\0` a zero byte and `\\` a backslash. A line end follows unless
/// the template ends with `\n` or `\0`.
public struct QueryTemplate: Sendable {
    private enum Part: Sendable {
        case text(String)
        case field(QueryMatches.Field, otherwise: String)
    }

    private var parts: [Part] = []

    /// Parses a template.
    ///
    /// - Throws: ``SBOMError`` that names the field or the escape that is not known.
    public init(_ text: String) throws(SBOMError) {
        guard !text.isEmpty else { throw SBOMError(.usage, "expected text with fields such as {name}") }
        var rest = text.unicodeScalars[...]
        var plain = ""
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\\": plain.unicodeScalars.append(try Self.escaped(rest.popFirst()))
            case "{" where rest.first == "{", "}" where rest.first == "}":
                rest.removeFirst()
                plain.unicodeScalars.append(scalar)
            case "}": throw SBOMError(.usage, "a } without a {; a brace by itself is }}")
            case "{":
                guard let end = rest.firstIndex(of: "}") else {
                    throw SBOMError(.usage, "a { without a }; a brace by itself is {{")
                }
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(try Self.field(String(rest[..<end])))
                rest = rest[rest.index(after: end)...]
            default: plain.unicodeScalars.append(scalar)
            }
        }
        let isEnded = ["\n", "\0"].contains(plain.unicodeScalars.last)
        parts.append(.text(isEnded ? plain : plain + "\n"))
    }

    private static func escaped(_ scalar: Unicode.Scalar?) throws(SBOMError) -> Unicode.Scalar {
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "0": return "\0"
        case "\\": return "\\"
        default:
            let found = scalar.map { "\\\($0)" } ?? "a backslash at the end"
            throw SBOMError(.usage, "expected \\n, \\t, \\0 or \\\\, found \(found)")
        }
    }

    private static func field(_ text: String) throws(SBOMError) -> Part {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let field = try QueryMatches.Field(naming: String(parts[0]))
        return .field(field, otherwise: parts.count > 1 ? String(parts[1]) : "")
    }

    /// The text for one element, without characters that a terminal obeys, apart from those of the template.
    func text(_ value: (QueryMatches.Field) -> String?) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .field(let field, let otherwise): value(field).map(VisibleText.of) ?? otherwise
            }
        }.joined()
    }
}

extension QueryMatches.Field {
    /// Parses the name of a field.
    ///
    /// - Throws: ``SBOMError`` that names all fields.
    public init(naming name: String) throws(SBOMError) {
        guard let field = QueryMatches.Field(name) else {
            let known = QueryMatches.Field.allCases.map(\.rawValue)
            throw SBOMError(
                .usage,
                "\(name): expected one of the fields \(known.joined(separator: ", "))\(Spelling.question(name, in: known))"
            )
        }
        self = field
    }
}
