internal import ByteStreams
package import SBOMModel

/// A license as the `LICENSE` tag of an rpm package or the label of an image states it.
///
/// rpm prescribes no form, and labels often have another form than SPDX prescribes. New packages of most distributions have SPDX expressions. Older ones have the names and the
/// operators in lower case of Fedora's former rules ("Licensing:Main" in the Fedora wiki), which Amazon, Mageia and
/// Mariner use too. So a tag is read term by term: a term that names one license becomes its identifier, and every other
/// term becomes a reference.
package struct LicenseTag: Sendable, Hashable {
    /// A term that does not name one license of the SPDX License List.
    package struct Term: Sendable, Hashable {
        /// The reference in the expression: `LicenseRef-Public-Domain`.
        package let reference: String
        /// The term as the tag has it: `Public Domain`.
        package let words: String
    }

    /// The license expression.
    package let expression: LicenseExpression
    /// The terms that are references in the expression, each once, in the order of the tag.
    package let terms: [Term]

    /// Reads a tag; nil if it states nothing.
    package init?(_ tag: String) {
        let text = tag.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        // rpm writes this for a tag without a value.
        guard !text.isEmpty, text != "(none)" else { return nil }
        if let expression = LicenseExpression(parsing: text) {
            self.expression = expression
            terms = []
            return
        }
        var reader = TermReader(text)
        if text.utf8.count <= Limits.licenseExpressionLength, let root = reader.read() {
            expression = LicenseExpression(root)
        } else {
            // Parentheses or operators are missing: the tag is one term.
            reader = TermReader("")
            expression = LicenseExpression(reader.reference(to: text))
        }
        terms = reader.terms
    }
}

/// Reads the terms of a License tag and the operators between them.
private struct TermReader {
    private enum Token: Equatable {
        case open, close, and, or
        case word(Substring)
    }

    private let tokens: [Token]
    private var place = 0
    private(set) var terms: [LicenseTag.Term] = []

    init(_ text: String) {
        tokens = Self.tokens(text)
    }

    /// The whole expression; nil if operators or parentheses are missing.
    mutating func read() -> LicenseExpression.Node? {
        guard let root = any(depth: 0), place == tokens.count else { return nil }
        return root
    }

    private mutating func any(depth: Int) -> LicenseExpression.Node? {
        guard depth < Limits.licenseExpressionDepth else { return nil }
        return operands(.or, { $0.all(depth: depth) }).map { $0.count == 1 ? $0[0] : .any($0) }
    }

    private mutating func all(depth: Int) -> LicenseExpression.Node? {
        operands(.and, { $0.simple(depth: depth) }).map { $0.count == 1 ? $0[0] : .all($0) }
    }

    private mutating func operands(
        _ operation: Token, _ operand: (inout Self) -> LicenseExpression.Node?
    ) -> [LicenseExpression.Node]? {
        var operands: [LicenseExpression.Node] = []
        repeat {
            guard let next = operand(&self) else { return nil }
            operands.append(next)
        } while take(operation)
        return operands
    }

    private mutating func simple(depth: Int) -> LicenseExpression.Node? {
        if take(.open) {
            guard let inner = any(depth: depth + 1), take(.close) else { return nil }
            return inner
        }
        var words: [Substring] = []
        while place < tokens.count {
            if case .word(let word) = tokens[place] {
                words.append(word)
                place += 1
            } else if tokens[place] == .open, !words.isEmpty {
                guard let remark = takeRemark() else { return nil }
                words.append(remark)
            } else {
                break
            }
        }
        return words.isEmpty ? nil : node(words.joined(separator: " "))
    }

    /// Takes parentheses inside a term, such as `BSD (3-Clause)`; nil if they do not end or have operators.
    private mutating func takeRemark() -> Substring? {
        var words: [Substring] = []
        place += 1
        while place < tokens.count, case .word(let word) = tokens[place] {
            words.append(word)
            place += 1
        }
        guard take(.close) else { return nil }
        return "(\(words.joined(separator: " ")))"
    }

    private mutating func take(_ token: Token) -> Bool {
        guard place < tokens.count, tokens[place] == token else { return false }
        place += 1
        return true
    }

    /// The license of a term, or a reference to it.
    private mutating func node(_ term: String) -> LicenseExpression.Node {
        if let known = LegacyLicenseNames.license(term) { return known }
        let words = term.split(separator: " ")
        if let with = words.lastIndex(where: { $0.lowercased() == "with" }), words.count == with + 2,
            let license = LegacyLicenseNames.license(words[..<with].joined(separator: " ")),
            let exception = LicenseList.exception(words[with + 1])
        {
            return .with(license, exception: .named(exception))
        }
        return reference(to: term)
    }

    /// A reference that is named for the words of a term.
    mutating func reference(to words: String) -> LicenseExpression.Node {
        if let known = terms.first(where: { $0.words == words }) { return .reference(known.reference, document: nil) }
        let name = LicenseExpression.reference(named: words)
        var reference = name
        var number = 2
        while terms.contains(where: { $0.reference == reference }) {
            reference = "\(name)-\(number)"
            number += 1
        }
        terms.append(LicenseTag.Term(reference: reference, words: words))
        return .reference(reference, document: nil)
    }

    /// Splits a tag at blanks, parentheses, and the operators `&` and `|` of Yocto.
    private static func tokens(_ text: String) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            switch first {
            case " ": rest.removeFirst()
            case "(":
                tokens.append(.open)
                rest.removeFirst()
            case ")":
                tokens.append(.close)
                rest.removeFirst()
            case "&", "|":
                let token = first == "&" ? Token.and : .or
                // Either may be doubled.
                rest = rest.dropFirst(rest.dropFirst().first == first ? 2 : 1)
                tokens.append(token)
            default:
                let word = rest.prefix { !" ()&|".contains($0) }
                rest = rest[word.endIndex...]
                switch word.lowercased() {
                case "and": tokens.append(.and)
                case "or" where !isPartOfName(rest): tokens.append(.or)
                default: tokens.append(.word(word))
                }
            }
        }
        return tokens
    }

    /// Whether an "or" before a text belongs to a name, as in "version 2 or later".
    private static func isPartOfName(_ rest: Substring) -> Bool {
        let next = rest.drop { $0 == " " }.prefix { !" ()&|".contains($0) }.lowercased()
        return ["later", "newer", "greater", "higher", "any"].contains(next)
    }
}
