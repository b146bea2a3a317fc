/// A licence expression of SPDX whose every name is known (SPDX 2.3 annex D).
///
/// Names are compared without regard to case and spelled as the list has them; operators are upper case, as the
/// specification demands: `and` in a text of another origin belongs to that origin's own notation.
package struct LicenseExpression: Sendable, Hashable, CustomStringConvertible {
    /// The parts of an expression.
    private indirect enum Node: Sendable, Hashable {
        case license(String, exception: String?)
        case all([Node])
        case any([Node])
    }

    private let root: Node

    /// How deep parentheses may be nested.
    private static let depthLimit = 100

    /// Reads an expression; nil if it is none, or names what is neither on the list nor a `LicenseRef-`.
    package init?(parsing text: String) {
        var tokens = Tokens(text)
        guard let root = Self.any(&tokens, depth: 0), tokens.next == nil else { return nil }
        self.root = root
    }

    /// The expression as SPDX spells it, with parentheses only where they are needed.
    package var description: String { Self.text(root) }

    /// The expression with the operands of AND and OR in alphabetical order and each once, as the order says nothing.
    ///
    /// - Parameter name: What to write for a licence.
    /// - Returns: The expression as text.
    package func sorted(naming name: (String) -> String) -> String { Self.sorted(root, name).text }

    private static func sorted(_ node: Node, _ name: (String) -> String) -> (text: String, isChoice: Bool) {
        switch node {
        case .license(let license, nil): return (name(license), false)
        case .license(let license, let exception?): return ("\(name(license)) WITH \(exception)", false)
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

    private static func any(_ tokens: inout Tokens, depth: Int) -> Node? {
        guard depth < depthLimit, var last = all(&tokens, depth: depth) else { return nil }
        var parts: [Node] = []
        while tokens.take("OR") {
            parts.append(last)
            guard let next = all(&tokens, depth: depth) else { return nil }
            last = next
        }
        return parts.isEmpty ? last : .any(parts + [last])
    }

    private static func all(_ tokens: inout Tokens, depth: Int) -> Node? {
        guard var last = simple(&tokens, depth: depth) else { return nil }
        var parts: [Node] = []
        while tokens.take("AND") {
            parts.append(last)
            guard let next = simple(&tokens, depth: depth) else { return nil }
            last = next
        }
        return parts.isEmpty ? last : .all(parts + [last])
    }

    private static func simple(_ tokens: inout Tokens, depth: Int) -> Node? {
        if tokens.take("(") {
            guard let inner = any(&tokens, depth: depth + 1), tokens.take(")") else { return nil }
            return inner
        }
        guard let name = tokens.pop() else { return nil }
        let license: String
        if isReference(name) {
            license = String(name)
        } else if let known = LicenseList.license(name) {
            license = known
        } else if name.hasSuffix("+"), let known = LicenseList.license(name.dropLast()) {
            license = known + "+"
        } else {
            return nil
        }
        guard tokens.take("WITH") else { return .license(license, exception: nil) }
        guard let name = tokens.pop(), let exception = LicenseList.exception(name) else { return nil }
        return .license(license, exception: exception)
    }

    private static func isReference(_ name: Substring) -> Bool {
        var rest = name
        if rest.hasPrefix("DocumentRef-"), let colon = rest.firstIndex(of: ":") {
            rest = rest[rest.index(after: colon)...]
        }
        guard rest.hasPrefix("LicenseRef-") else { return false }
        let reference = rest.dropFirst("LicenseRef-".count)
        return !reference.isEmpty
            && reference.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E: true
                default: false
                }
            }
    }

    private static func text(_ node: Node) -> String {
        switch node {
        case .license(let license, nil): license
        case .license(let license, let exception?): "\(license) WITH \(exception)"
        case .any(let parts): parts.map { text($0) }.joined(separator: " OR ")
        case .all(let parts):
            parts.map { part in
                if case .any = part { "(\(text(part)))" } else { text(part) }
            }.joined(separator: " AND ")
        }
    }

    /// The words and parentheses of a text, one after the other.
    private struct Tokens {
        private var rest: Substring
        private(set) var next: Substring?

        init(_ text: String) {
            rest = text[...]
            advance()
        }

        mutating func take(_ token: String) -> Bool {
            guard let next, next == token else { return false }
            advance()
            return true
        }

        mutating func pop() -> Substring? {
            guard let word = next, word != "(", word != ")", word != "AND", word != "OR", word != "WITH" else {
                return nil
            }
            advance()
            return word
        }

        private mutating func advance() {
            rest = rest.drop(while: \.isWhitespace)
            guard let first = rest.first else {
                next = nil
                return
            }
            let end =
                first == "(" || first == ")"
                ? rest.index(after: rest.startIndex)
                : rest.firstIndex { $0.isWhitespace || $0 == "(" || $0 == ")" } ?? rest.endIndex
            next = rest[..<end]
            rest = rest[end...]
        }
    }
}
