internal import ByteStreams

/// What a distribution of Python requires (PyPA specifications, "Dependency specifiers", formerly PEP 508).
struct PythonRequirement: Sendable, Hashable {
    /// The name of the required distribution, as it is written.
    let name: String
    /// The clauses for its version; empty if any version will do.
    let specifiers: String
    /// The extras that are required of it.
    let extras: [String]
    /// The condition under which it is required; nil if there is none.
    let marker: Marker?

    /// Parses the value of `Requires-Dist`; nil if it is not one.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Limits.requirementLength else { return nil }
        let parts = text.split(separator: ";", maxSplits: 1)
        guard var rest = parts.first.map({ Substring($0).trimmed }) else { return nil }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard !name.isEmpty else { return nil }
        self.name = String(name)
        rest = rest.dropFirst(name.count).trimmed
        var extras: [String] = []
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            extras = rest[..<end].dropFirst().split(separator: ",").map { String($0.trimmed) }
            rest = rest[rest.index(after: end)...].trimmed
        }
        self.extras = extras
        if rest.first == "@" {
            // The distribution at an address has whatever version it has.
            specifiers = ""
        } else {
            if rest.first == "(", rest.last == ")" { rest = rest.dropFirst().dropLast() }
            specifiers = String(rest.trimmed)
        }
        if parts.count > 1 {
            guard let marker = Marker(parts[1]) else { return nil }
            self.marker = marker
        } else {
            marker = nil
        }
    }

    /// The name by which distributions are compared (PyPA specifications, "Names and normalization").
    static func normalized(_ name: some StringProtocol) -> String {
        var result = ""
        var isSeparated = false
        for character in name.lowercased() {
            if "-_.".contains(character) {
                isSeparated = !result.isEmpty
            } else {
                if isSeparated { result += "-" }
                isSeparated = false
                result.append(character)
            }
        }
        return result
    }
}

/// What the markers of requirements are evaluated for; a variable that is nil is not known.
struct PythonEnvironment: Sendable, Hashable {
    /// `3.11`.
    var version: String?
    /// `3.11.4`.
    var fullVersion: String?
    /// `x86_64`, as uname(1) prints it.
    var machine: String?

    /// The value of a variable of a marker; nil if it is not known.
    func value(of variable: String) -> String? {
        switch variable {
        case "os_name": "posix"
        case "sys_platform": "linux"
        case "platform_system": "Linux"
        case "platform_machine": machine
        case "python_version": version
        case "python_full_version": fullVersion
        default: nil
        }
    }
}

/// A condition such as `python_version < "3.8" and sys_platform == "linux"`.
indirect enum Marker: Sendable, Hashable {
    /// A variable or a quoted text.
    enum Value: Sendable, Hashable {
        case variable(String)
        case text(String)
    }

    case comparison(Value, String, Value)
    case all([Marker])
    case any([Marker])

    /// Parses a marker; nil if it is not one, or nested deeper than ``Limits/markerDepth``.
    init?(_ text: some StringProtocol) {
        var parser = MarkerParser(text)
        guard let marker = parser.any(depth: 0), parser.isAtEnd else { return nil }
        self = marker
    }

    /// Whether the condition holds; nil if that depends on a variable that is not known.
    ///
    /// - Parameters:
    ///   - environment: The values of variables.
    ///   - extra: The extra that is asked for; empty for none.
    /// - Returns: The truth.
    func holds(in environment: PythonEnvironment, extra: String = "") -> Bool? {
        switch self {
        case .all(let markers):
            let values = markers.map { $0.holds(in: environment, extra: extra) }
            return values.contains(false) ? false : values.contains(nil) ? nil : true
        case .any(let markers):
            let values = markers.map { $0.holds(in: environment, extra: extra) }
            return values.contains(true) ? true : values.contains(nil) ? nil : false
        case .comparison(let left, let operation, let right):
            func text(_ value: Value) -> String? {
                switch value {
                case .text(let text): text
                case .variable("extra"): extra
                case .variable(let name): environment.value(of: name)
                }
            }
            guard let one = text(left), let other = text(right) else { return nil }
            if [left, right].contains(.variable("extra")) {
                let isEqual = PythonRequirement.normalized(one) == PythonRequirement.normalized(other)
                return operation == "==" ? isEqual : operation == "!=" ? !isEqual : nil
            }
            return Self.compare(one, operation, other)
        }
    }

    /// Compares as versions if both sides are versions, else as texts ("Environment markers").
    private static func compare(_ left: String, _ operation: String, _ right: String) -> Bool? {
        switch operation {
        case "in": return right.contains(left)
        case "not in": return !right.contains(left)
        default: break
        }
        if let version = PythonVersion(left), let holds = version.satisfies("\(operation)\(right)") { return holds }
        return switch operation {
        case "==", "===": left == right
        case "!=": left != right
        case "<": left < right
        case "<=": left <= right
        case ">": left > right
        case ">=": left >= right
        default: nil
        }
    }

    /// Whether the condition asks for an extra.
    var asksForExtra: Bool {
        switch self {
        case .comparison(let left, _, let right): [left, right].contains(.variable("extra"))
        case .all(let markers), .any(let markers): markers.contains(where: \.asksForExtra)
        }
    }
}

private struct MarkerParser {
    private var tokens: [Token] = []
    private var place = 0

    private enum Token: Equatable {
        case open, close
        case word(String)
        case text(String)
        case operation(String)
    }

    init(_ text: some StringProtocol) {
        var rest = Substring(text)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "(" || first == ")" {
                tokens.append(first == "(" ? .open : .close)
                rest.removeFirst()
            } else if first == "\"" || first == "'" {
                let inside = rest.dropFirst().prefix { $0 != first }
                tokens.append(.text(String(inside)))
                rest = rest.dropFirst(inside.count + 2)
            } else if "<>=!~".contains(first) {
                let operation = rest.prefix { "<>=!~".contains($0) }
                tokens.append(.operation(String(operation)))
                rest = rest.dropFirst(operation.count)
            } else {
                let word = rest.prefix { $0.isLetter || $0.isNumber || "_.".contains($0) }
                guard !word.isEmpty else {
                    tokens.append(.operation(String(first)))
                    rest.removeFirst()
                    continue
                }
                // Older tools write `os.name`.
                tokens.append(.word(word.split(separator: ".").joined(separator: "_")))
                rest = rest.dropFirst(word.count)
            }
        }
    }

    var isAtEnd: Bool { place == tokens.count }

    private mutating func take(_ token: Token) -> Bool {
        guard place < tokens.count, tokens[place] == token else { return false }
        place += 1
        return true
    }

    mutating func any(depth: Int) -> Marker? {
        guard depth < Limits.markerDepth, let first = all(depth: depth) else { return nil }
        var markers = [first]
        while take(.word("or")) {
            guard let next = all(depth: depth) else { return nil }
            markers.append(next)
        }
        return markers.count == 1 ? first : .any(markers)
    }

    private mutating func all(depth: Int) -> Marker? {
        guard let first = simple(depth: depth) else { return nil }
        var markers = [first]
        while take(.word("and")) {
            guard let next = simple(depth: depth) else { return nil }
            markers.append(next)
        }
        return markers.count == 1 ? first : .all(markers)
    }

    private mutating func simple(depth: Int) -> Marker? {
        if take(.open) {
            guard let inner = any(depth: depth + 1), take(.close) else { return nil }
            return inner
        }
        guard let left = value(), let operation = operation(), let right = value() else { return nil }
        return .comparison(left, operation, right)
    }

    private mutating func value() -> Marker.Value? {
        guard place < tokens.count else { return nil }
        defer { place += 1 }
        return switch tokens[place] {
        case .text(let text): .text(text)
        case .word(let word): .variable(word)
        case .open, .close, .operation: nil
        }
    }

    private mutating func operation() -> String? {
        if take(.word("in")) { return "in" }
        if take(.word("not")) { return take(.word("in")) ? "not in" : nil }
        guard place < tokens.count, case .operation(let name) = tokens[place] else { return nil }
        place += 1
        return name
    }
}
