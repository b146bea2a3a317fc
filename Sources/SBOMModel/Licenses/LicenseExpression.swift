internal import ByteStreams

/// A license expression of SPDX, as a tree and as it was written (SPDX 2.3 annex D; SPDX 3.0.1 annex B).
///
/// ```swift
/// let expression = LicenseExpression(parsing: "(mit OR Apache-2.0) AND LicenseRef-Fonts")
/// print(expression?.description ?? "")   // (MIT OR Apache-2.0) AND LicenseRef-Fonts
/// ```
///
/// Operators are upper case, as SPDX 2.3 requires. Case is ignored in the names of licenses and exceptions; a name on the
/// SPDX License List gets the spelling of the list.
public struct LicenseExpression: Sendable, Hashable, CustomStringConvertible {
    /// A part of an expression, without its parentheses.
    public indirect enum Node: Sendable, Hashable {
        /// A license of the SPDX License List, or a name that is not on it. `orLater` is the operator `+`.
        ///
        /// A deprecated identifier of the list that ends with a plus sign, such as `GPL-2.0+`, is a name.
        case license(String, orLater: Bool)
        /// A license whose text is in a document: `LicenseRef-` and its name. If the text is in another document, with
        /// `DocumentRef-` and the name of that document.
        case reference(String, document: String?)
        /// A license with an exception.
        case with(Node, exception: Exception)
        /// All of two or more expressions apply (AND).
        case all([Node])
        /// One of two or more expressions applies (OR).
        case any([Node])
    }

    /// An exception to a license: what follows `WITH`.
    public enum Exception: Sendable, Hashable, CustomStringConvertible {
        /// An exception of the SPDX License List, or a name that is not on it.
        case named(String)
        /// An exception whose text is in a document: `AdditionRef-` and its name. If the text is in another document, with
        /// `DocumentRef-` and the name of that document. SPDX 2.3 does not have it.
        case addition(String, document: String?)

        /// The exception as it is written in an expression.
        public var description: String {
            switch self {
            case .named(let name): name
            case .addition(let name, let document): document.map { "\($0):\(name)" } ?? name
            }
        }
    }

    /// The expression as it was written.
    public let text: String
    /// The tree, whose operands are grouped as the text groups them.
    public let root: Node
    /// The names of licenses and exceptions that are not on the SPDX License List, in the order of the text.
    public let unknownNames: [String]

    /// Parses an expression of known names; nil if it does not parse, or has a name that is neither on the SPDX License
    /// List nor a reference.
    public init?(parsing text: String) {
        self.init(parsingAnyNames: text)
        guard unknownNames.isEmpty else { return nil }
    }

    /// Parses an expression with any names; nil if it does not parse.
    ///
    /// A text that is longer or nested deeper than the limits allow does not parse.
    public init?(parsingAnyNames text: String) {
        do throws(Flaw) {
            try self.init(checking: text)
        } catch {
            return nil
        }
    }

    /// Parses an expression with any names, and states why a text is none.
    ///
    /// - Throws: ``Flaw``, the first in the order of the text.
    public init(checking text: String) throws(Flaw) {
        guard text.utf8.count <= Limits.licenseExpressionLength else { throw .structure }
        // Most expressions are one license.
        if let license = LicenseList.license(text) {
            self.text = text
            root = .license(license, orLater: false)
            unknownNames = []
            return
        }
        var parser = Parser(text)
        guard let root = parser.any(depth: 0), parser.next == nil else { throw parser.flaw ?? .structure }
        self.text = text
        self.root = root
        unknownNames = parser.unknownNames
    }

    /// The expression of a tree; its text is the ``description``.
    package init(_ root: Node) {
        var unknown: [String] = []
        func note(_ node: Node) {
            switch node {
            case .license(let name, _): if LicenseList.license(name) == nil { unknown.append(name) }
            case .reference: break
            case .with(let license, let exception):
                note(license)
                if case .named(let name) = exception, LicenseList.exception(name) == nil { unknown.append(name) }
            case .all(let parts), .any(let parts): for part in parts { note(part) }
            }
        }
        note(root)
        self.root = root
        text = Self.text(root)
        unknownNames = unknown
    }

    /// The reason why a text is no expression (SPDX 2.3 annex D.1).
    public enum Flaw: Error, Sendable, Hashable {
        /// An operator, a name or a parenthesis is missing or at a wrong place, or the text exceeds a limit.
        case structure
        /// The name is neither an identifier, with a plus sign at its end at most, nor a reference.
        case malformedName(String)
        /// `NONE` or `NOASSERTION`, which stand in the place of an expression and are no part of one.
        case absence(String)
        /// An exception of the SPDX License List in the place of a license.
        case exceptionAsLicense(String)
        /// A license or a reference to one in the place of an exception.
        case licenseAsException(String)
    }

    /// The names of licenses, references and exceptions in a text, in their order and as they are written.
    ///
    /// The text need not parse: every word is a name that is not an operator.
    package static func names(in text: String) -> [String] {
        var tokens = Tokens(text)
        var names: [String] = []
        while let token = tokens.pop() {
            if case .name(let name) = token { names.append(name) }
        }
        return names
    }

    /// Whether an exception has its text in a document (`AdditionRef-`), for which SPDX 2.3 has no place.
    package var hasAddition: Bool {
        func isFound(_ node: Node) -> Bool {
            switch node {
            case .license, .reference, .with(_, .named): false
            case .with(_, .addition): true
            case .all(let parts), .any(let parts): parts.contains(where: isFound)
            }
        }
        return isFound(root)
    }

    /// A text with other names of licenses, references and exceptions; operators and parentheses stay.
    package static func replacingNames(in text: String, _ replacement: (String) -> String) -> String {
        var tokens = Tokens(text)
        var words: [String] = []
        while let token = tokens.pop() {
            switch token {
            case .open: words.append("(")
            case .close: words.append(")")
            case .and: words.append("AND")
            case .or: words.append("OR")
            case .with: words.append("WITH")
            case .name(let name): words.append(replacement(name))
            }
        }
        return words.joined(separator: " ").replacing("( ", with: "(").replacing(" )", with: ")")
    }

    /// A text with the names of licenses in place of the references to them, for a person to read.
    ///
    /// - Parameters:
    ///   - text: An expression; it need not parse.
    ///   - names: The names by the identifiers of the references.
    /// - Returns: The text; a name that has blanks is in quotes if it is not all of the expression.
    package static func naming(_ text: String, _ names: [String: String]) -> String {
        guard text.hasBytes(of: "LicenseRef-") else { return text }
        if let name = names[text] { return name }
        return replacingNames(in: text) { word in
            guard let name = names[word] else { return word }
            return name.contains(where: \.isWhitespace) ? "\"\(name)\"" : name
        }
    }

    /// The expression in the spelling of the SPDX License List, with the parentheses that the tree needs.
    ///
    /// Operands are not regrouped, reordered or removed: `A AND (B AND C)` stays as it is.
    public var description: String { Self.text(root) }

    /// The expression with the operands of AND and OR in alphabetical order and each once, because order and repetition
    /// have no meaning.
    ///
    /// - Parameter name: The text to write for a license or reference.
    /// - Returns: The expression as text.
    package func sorted(naming name: (String) -> String) -> String { Self.sorted(root, name).text }

    private static func sorted(_ node: Node, _ name: (String) -> String) -> (text: String, isChoice: Bool) {
        switch node {
        case .license, .reference: return (name(text(node)), false)
        case .with(let license, let exception): return ("\(sorted(license, name).text) WITH \(exception)", false)
        case .any(let parts):
            let texts = Set(parts.map { sorted($0, name).text }).sorted()
            return (texts.joined(separator: " OR "), texts.count > 1)
        case .all(let parts):
            let texts = Set(
                parts.map { part in
                    let (text, isChoice) = sorted(part, name)
                    return isChoice && parts.count > 1 ? "(\(text))" : text
                })
            if texts.count == 1, parts.count > 1 { return sorted(parts[0], name) }
            return (texts.sorted().joined(separator: " AND "), false)
        }
    }

    private static func text(_ node: Node) -> String {
        switch node {
        case .license(let name, let orLater): orLater ? name + "+" : name
        case .reference(let name, let document): document.map { "\($0):\(name)" } ?? name
        case .with(let license, let exception): "\(text(license)) WITH \(exception)"
        case .any(let parts):
            parts.map { part in
                if case .any = part { "(\(text(part)))" } else { text(part) }
            }.joined(separator: " OR ")
        case .all(let parts):
            parts.map { part in
                switch part {
                case .any, .all: "(\(text(part)))"
                case .license, .reference, .with: text(part)
                }
            }.joined(separator: " AND ")
        }
    }

    /// A parser by recursive descent; parentheses nest as deep as the limit allows.
    private struct Parser {
        private var tokens: Tokens
        private(set) var next: Tokens.Token?
        private(set) var unknownNames: [String] = []
        private(set) var flaw: Flaw?

        init(_ text: String) {
            tokens = Tokens(text)
            next = tokens.pop()
        }

        mutating func any(depth: Int) -> Node? {
            guard depth < Limits.licenseExpressionDepth, var last = all(depth: depth) else { return nil }
            var parts: [Node] = []
            while take(.or) {
                parts.append(last)
                guard let next = all(depth: depth) else { return nil }
                last = next
            }
            return parts.isEmpty ? last : .any(parts + [last])
        }

        private mutating func all(depth: Int) -> Node? {
            guard var last = simple(depth: depth) else { return nil }
            var parts: [Node] = []
            while take(.and) {
                parts.append(last)
                guard let next = simple(depth: depth) else { return nil }
                last = next
            }
            return parts.isEmpty ? last : .all(parts + [last])
        }

        private mutating func simple(depth: Int) -> Node? {
            if take(.open) {
                guard let inner = any(depth: depth + 1), take(.close) else { return nil }
                return inner
            }
            guard let name = takeName(), let license = license(name) else { return nil }
            guard take(.with) else { return license }
            guard let name = takeName(), let exception = exception(name) else { return nil }
            return .with(license, exception: exception)
        }

        private mutating func license(_ name: String) -> Node? {
            if let known = LicenseList.license(name) { return .license(known, orLater: false) }
            if let reference = LicenseExpression.reference(name) { return reference }
            let base = name.hasSuffix("+") ? name.dropLast() : name[...]
            if !LicenseExpression.isIdentifier(base) {
                flaw = .malformedName(name)
            } else if name == "NONE" || name == "NOASSERTION" {
                flaw = .absence(name)
            } else if LicenseList.exception(base) != nil {
                flaw = .exceptionAsLicense(name)
            }
            guard flaw == nil else { return nil }
            if base.endIndex < name.endIndex, let known = LicenseList.license(base) {
                return .license(known, orLater: true)
            }
            unknownNames.append(name)
            return .license(name, orLater: false)
        }

        private mutating func exception(_ name: String) -> Exception? {
            if let known = LicenseList.exception(name) { return .named(known) }
            if let (addition, document) = LicenseExpression.textElsewhere(name, isIdentifier: SPDXIdentifier.isAddition)
            {
                return .addition(addition, document: document)
            }
            if LicenseList.license(name) != nil || LicenseExpression.reference(name) != nil {
                flaw = .licenseAsException(name)
            } else if !LicenseExpression.isIdentifier(name[...]) {
                flaw = .malformedName(name)
            } else if name == "NONE" || name == "NOASSERTION" {
                flaw = .absence(name)
            }
            guard flaw == nil else { return nil }
            unknownNames.append(name)
            return .named(name)
        }

        private mutating func take(_ token: Tokens.Token) -> Bool {
            guard next == token else { return false }
            next = tokens.pop()
            return true
        }

        private mutating func takeName() -> String? {
            guard case .name(let name) = next else { return nil }
            next = tokens.pop()
            return name
        }
    }

    /// `LicenseRef-…`, or `DocumentRef-…:LicenseRef-…` (SPDX 2.3 annex D.1); nil for another name.
    private static func reference(_ text: String) -> Node? {
        textElsewhere(text, isIdentifier: SPDXIdentifier.isLicense).map { .reference($0, document: $1) }
    }

    /// An identifier of a text in a document, and perhaps the name of the other document that has the text.
    ///
    /// The name of a document may have a plus sign (§6.6).
    private static func textElsewhere(
        _ text: String, isIdentifier: (String) -> Bool
    ) -> (identifier: String, document: String?)? {
        guard text.hasPrefix("DocumentRef-"), let colon = text.firstIndex(of: ":") else {
            return isIdentifier(text) ? (text, nil) : nil
        }
        let (document, identifier) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        guard SPDXIdentifier.isExternalDocument(document), isIdentifier(identifier) else { return nil }
        return (identifier, document)
    }

    /// The reference that is named for the words of a license: `LicenseRef-Public-Domain`, and for `GPL+`
    /// `LicenseRef-GPL-plus`.
    ///
    /// Different words may give the same reference.
    package static func reference(named words: String) -> String {
        let prefix = "LicenseRef-"
        let words = words.hasPrefix(prefix) ? words.dropFirst(prefix.count) : words[...]
        var name: [UInt8] = []
        var isApart = false
        for byte in words.utf8.prefix(Limits.licenseNameLength) {
            guard byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
            else {
                isApart = true
                continue
            }
            // A plus sign has a meaning.
            let isPlus = byte == UInt8(ascii: "+")
            if isApart || isPlus, !name.isEmpty { name.append(UInt8(ascii: "-")) }
            if isPlus { name += Array("plus".utf8) } else { name.append(byte) }
            isApart = isPlus
        }
        return prefix + (name.isEmpty ? "unnamed" : String(decoding: name, as: UTF8.self))
    }

    /// Whether a name may be on the SPDX License List: a license whose text is in a document has a reference instead.
    private static func isIdentifier(_ name: Substring) -> Bool {
        SPDXIdentifier.isWord(String(name))
            && !["LicenseRef-", "DocumentRef-", "AdditionRef-"].contains { name.hasPrefix($0) }
    }

    /// Splits a text at blanks and parentheses.
    private struct Tokens {
        enum Token: Equatable {
            case open, close, and, or, with
            case name(String)
        }

        private var rest: Substring.UTF8View

        init(_ text: String) {
            rest = text[...].utf8
        }

        mutating func pop() -> Token? {
            rest = rest.drop(while: Self.isBlank)
            switch rest.first {
            case nil: return nil
            case UInt8(ascii: "("):
                rest = rest.dropFirst()
                return .open
            case UInt8(ascii: ")"):
                rest = rest.dropFirst()
                return .close
            default:
                let word = rest.prefix { !Self.isBlank($0) && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")") }
                rest = rest[word.endIndex...]
                switch String(Substring(word)) {
                case "AND": return .and
                case "OR": return .or
                case "WITH": return .with
                case let name: return .name(name)
                }
            }
        }

        private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    }
}
