internal import ByteStreams

/// The short form of a license in a machine-readable copyright file, as a tree of names
/// (Debian, "Machine-readable debian/copyright file", version 1.0, §7.2).
///
/// `or` and `and` join names, `and` binds more strongly, and a comma before one of them binds less: `A or B, and C` means
/// that C applies whichever of A and B is chosen. Parentheses, which the specification does not have, group too.
indirect enum LicenseSynopsis {
    case name(String)
    case all([LicenseSynopsis])
    case any([LicenseSynopsis])

    /// Takes a synopsis apart; nil if it has no such form.
    init?(_ text: String) {
        guard text.utf8.count <= Limits.licenseSynopsisLength else { return nil }
        var parser = Parser(text)
        guard let tree = parser.list(depth: 0), parser.isAtEnd else { return nil }
        self = tree
    }

    private enum Token: Equatable {
        case word(String)
        case and
        case or
        case comma
        case open
        case close
    }

    private struct Parser {
        private var tokens: ArraySlice<Token>

        var isAtEnd: Bool { tokens.isEmpty }

        init(_ text: String) {
            var tokens: [Token] = []
            var opened = 0
            for word in text.split(whereSeparator: \.isWhitespace) {
                var word = word
                // A parenthesis opens a group only where a name can begin.
                while word.first == "(", tokens.last.map(Self.mayPrecedeGroup) ?? true {
                    tokens.append(.open)
                    opened += 1
                    word = word.dropFirst()
                }
                var ends: [Token] = []
                trailing: while let last = word.last {
                    switch last {
                    case "," where ends.isEmpty || ends.last == .close: ends.append(.comma)
                    case ")" where opened > 0:
                        ends.append(.close)
                        opened -= 1
                    default: break trailing
                    }
                    word = word.dropLast()
                }
                switch word.lowercased() {
                case "": break
                case "and": tokens.append(.and)
                case "or": tokens.append(.or)
                default: tokens.append(.word(String(word)))
                }
                tokens += ends.reversed()
            }
            self.tokens = tokens[...]
        }

        private static func mayPrecedeGroup(_ token: Token) -> Bool {
            switch token {
            case .and, .or, .comma, .open: true
            case .word, .close: false
            }
        }

        /// Parts with commas between them.
        mutating func list(depth: Int) -> LicenseSynopsis? {
            guard depth < Limits.licenseSynopsisDepth, let first = any(depth: depth) else { return nil }
            var parts = [first]
            var operators: [Token?] = []
            while tokens.first == .comma {
                tokens.removeFirst()
                var joint: Token?
                if tokens.first == .and || tokens.first == .or { joint = tokens.removeFirst() }
                guard let next = any(depth: depth) else { return nil }
                operators.append(joint)
                parts.append(next)
            }
            guard !operators.isEmpty else { return first }
            // In `A, B, and C` the word counts for both commas, and in `A, B and C` for the comma too.
            guard let last = operators.last else { return first }
            var joint = last
            if joint == nil {
                switch parts[parts.count - 1] {
                case .all: joint = .and
                case .any: joint = .or
                case .name: return nil
                }
            }
            for index in operators.indices.reversed() {
                if operators[index] == nil { operators[index] = joint } else { joint = operators[index] }
            }
            // The same precedence again: first what `and` joins.
            var alternatives: [[LicenseSynopsis]] = [[parts[0]]]
            for (joint, part) in zip(operators, parts.dropFirst()) {
                if joint == .or {
                    alternatives.append([part])
                } else {
                    alternatives[alternatives.count - 1].append(part)
                }
            }
            return LicenseSynopsis.joined(
                alternatives.map { LicenseSynopsis.joined($0, LicenseSynopsis.all) }, LicenseSynopsis.any)
        }

        private mutating func any(depth: Int) -> LicenseSynopsis? {
            guard let first = all(depth: depth) else { return nil }
            var parts = [first]
            while tokens.first == .or {
                tokens.removeFirst()
                guard let next = all(depth: depth) else { return nil }
                parts.append(next)
            }
            return LicenseSynopsis.joined(parts, LicenseSynopsis.any)
        }

        private mutating func all(depth: Int) -> LicenseSynopsis? {
            guard let first = name(depth: depth) else { return nil }
            var parts = [first]
            while tokens.first == .and {
                tokens.removeFirst()
                guard let next = name(depth: depth) else { return nil }
                parts.append(next)
            }
            return LicenseSynopsis.joined(parts, LicenseSynopsis.all)
        }

        /// A group, or a name of one or more words.
        private mutating func name(depth: Int) -> LicenseSynopsis? {
            if tokens.first == .open {
                tokens.removeFirst()
                guard let group = list(depth: depth + 1), tokens.first == .close else { return nil }
                tokens.removeFirst()
                return group
            }
            var words: [String] = []
            while case .word(let word) = tokens.first {
                // That several of something apply, or one, or any: the word does not tell.
                guard word.lowercased() != "and/or", words.count < Limits.licenseNameWords else { return nil }
                words.append(word)
                tokens.removeFirst()
            }
            return words.isEmpty ? nil : .name(words.joined(separator: " "))
        }
    }

    private static func joined(
        _ parts: [LicenseSynopsis], _ join: ([LicenseSynopsis]) -> LicenseSynopsis
    ) -> LicenseSynopsis {
        parts.count == 1 ? parts[0] : join(parts)
    }

    /// The expression of SPDX, with `name` for each name.
    func expression(_ name: (String) -> String) -> String {
        switch self {
        case .name(let text): return name(text)
        case .all(let parts):
            return parts.map { $0.operand(of: true, name) }.joined(separator: " AND ")
        case .any(let parts):
            return parts.map { $0.operand(of: false, name) }.joined(separator: " OR ")
        }
    }

    private func operand(of isAnd: Bool, _ name: (String) -> String) -> String {
        let text = expression(name)
        switch self {
        case .name: return isAnd && text.contains(" OR ") ? "(\(text))" : text
        case .all: return text
        case .any: return isAnd ? "(\(text))" : text
        }
    }
}
