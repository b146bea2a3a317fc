internal import ByteStreams

/// A boolean dependency: `((a or b >= 2) and c if d else e)`.
///
/// A chain of one operator is one list, so that a long chain is not deeply nested.
indirect enum RPMRichDependency<Atom> {
    case simple(Atom)
    case all([RPMRichDependency])
    case any([RPMRichDependency])
    /// `if`: the value if the condition is met, else the alternative, or nothing.
    case when(RPMRichDependency, condition: RPMRichDependency, otherwise: RPMRichDependency?)
    /// `unless`: the value if the condition is not met, else the alternative, or nothing.
    case unless(RPMRichDependency, condition: RPMRichDependency, otherwise: RPMRichDependency?)
    /// A single package that satisfies all operands.
    case with([RPMRichDependency])
    /// A package that satisfies the first operand and not the second.
    case without(RPMRichDependency, RPMRichDependency)
}

/// Reads boolean dependencies (rpm lib/rpmds.c, rpmrichParse; rpm docs/manual/boolean_dependencies.md).
struct RPMRichDependencyParser {
    private let text: ArraySlice<UInt8>
    private var place: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        place = text.startIndex
    }

    /// The dependency with `make` applied to each simple part, or nil if it does not parse.
    mutating func parse<Atom>(_ make: (RPMDependency) -> Atom) -> RPMRichDependency<Atom>? {
        guard let dependency = group(depth: 0, make), place == text.endIndex else { return nil }
        return dependency
    }

    private mutating func group<Atom>(depth: Int, _ make: (RPMDependency) -> Atom) -> RPMRichDependency<Atom>? {
        guard depth < Limits.richDependencyDepth, take("(") else { return nil }
        skipBlanks()
        guard let first = operand(depth: depth, make) else { return nil }
        skipBlanks()
        if take(")") { return first }
        guard let name = word() else { return nil }
        var operands = [first]
        var alternative: RPMRichDependency<Atom>?
        let isChain = ["and", "or", "with"].contains(name)
        while true {
            skipBlanks()
            guard let next = operand(depth: depth, make) else { return nil }
            operands.append(next)
            skipBlanks()
            if take(")") { break }
            guard let again = word() else { return nil }
            if isChain && again == name { continue }
            guard again == "else", name == "if" || name == "unless" else { return nil }
            skipBlanks()
            guard let other = operand(depth: depth, make) else { return nil }
            alternative = other
            skipBlanks()
            guard take(")") else { return nil }
            break
        }
        let second = operands[1]
        return switch name {
        case "and": .all(operands)
        case "or": .any(operands)
        case "with": .with(operands)
        case "without": .without(first, second)
        case "if": .when(first, condition: second, otherwise: alternative)
        case "unless": .unless(first, condition: second, otherwise: alternative)
        default: nil
        }
    }

    private mutating func operand<Atom>(
        depth: Int, _ make: (RPMDependency) -> Atom
    ) -> RPMRichDependency<Atom>? {
        if place < text.endIndex, text[place] == UInt8(ascii: "(") { return group(depth: depth + 1, make) }
        let name = token()
        guard !name.isEmpty else { return nil }
        let afterName = place
        skipBlanks()
        guard let sense = RPMSense(signs: token()) else {
            place = afterName
            return .simple(make(RPMDependency(name: RPMString(name), sense: [], version: RPMString([]))))
        }
        skipBlanks()
        let version = token()
        guard !version.isEmpty else { return nil }
        return .simple(make(RPMDependency(name: RPMString(name), sense: sense, version: RPMString(version))))
    }

    /// The text up to a blank or an unmatched closing bracket, so that `libc.so.6()(64bit)` is one token.
    private mutating func token() -> ArraySlice<UInt8> {
        let start = place
        var open = 0
        while place < text.endIndex, !Self.isBlank(text[place]) {
            if text[place] == UInt8(ascii: "(") {
                open += 1
            } else if text[place] == UInt8(ascii: ")") {
                guard open > 0 else { break }
                open -= 1
            }
            place += 1
        }
        return text[start..<place]
    }

    private mutating func word() -> String? {
        let start = place
        while place < text.endIndex, !Self.isBlank(text[place]), text[place] != UInt8(ascii: ")") { place += 1 }
        return start == place ? nil : String(decoding: text[start..<place], as: UTF8.self)
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard place < text.endIndex, text[place] == UInt8(ascii: sign) else { return false }
        place += 1
        return true
    }

    private mutating func skipBlanks() {
        while place < text.endIndex, Self.isBlank(text[place]) { place += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") || (9...13).contains(byte)
    }
}
