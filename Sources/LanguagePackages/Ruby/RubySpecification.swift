internal import ByteStreams

/// The specification of an installed gem, as RubyGems writes it: a program of Ruby with lines of a fixed form
/// (Gem::Specification, `to_ruby`).
struct RubySpecification {
    /// A gem that it needs.
    struct Dependency {
        var name: String
        /// The accepted versions, such as `~> 1.2`.
        var requirements: [String]
    }

    var name: String
    var version: String
    /// The platform; `ruby` for a gem that runs on any.
    var platform: String
    var licenses: [String] = []
    var authors: [String] = []
    var homepage: String?
    var summary: String?
    var dependencies: [Dependency] = []

    /// The lines that are read, by their beginnings.
    private static let prefixes = [
        "# stub: ", "s.name = ", "s.version = ", "s.platform = ", "s.licenses = ", "s.authors = ", "s.homepage = ",
        "s.summary = ", "s.add_runtime_dependency(", "s.add_dependency(", "else",
    ]

    /// The lines that are read and no others.
    static func reduced(_ bytes: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let trimmed = line.drop { $0 == UInt8(ascii: " ") }
            guard prefixes.contains(where: { trimmed.starts(with: $0.utf8) }) else { continue }
            kept += trimmed
            kept.append(UInt8(ascii: "\n"))
        }
        return kept.isEmpty && !bytes.isEmpty ? [UInt8(ascii: "\n")] : kept
    }

    /// Reads what ``reduced(_:)`` keeps; nil if it states no name or no version.
    init?(_ bytes: [UInt8]) {
        var (stub, name, version, platform): ([Substring], String?, String?, String?) = ([], nil, nil, nil)
        var isAlternative = false
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            var line = RubyLine(line.drop { $0 == UInt8(ascii: " ") })
            if line.skip("# stub: ") {
                // A second line of this form has the extensions.
                if stub.isEmpty { stub = line.rest.split(separator: " ", maxSplits: 3) }
            } else if line.skip("s.name = ") {
                name = line.text()
            } else if line.skip("s.version = ") {
                version = line.text()
            } else if line.skip("s.platform = ") {
                platform = line.text()
            } else if line.skip("s.licenses = ") {
                licenses = line.texts()
            } else if line.skip("s.authors = ") {
                authors = line.texts()
            } else if line.skip("s.homepage = ") {
                homepage = line.text()
            } else if line.skip("s.summary = ") {
                summary = line.text()
            } else if line.skip("else") {
                // For RubyGems that does not know dependencies of development, all of them follow once more.
                isAlternative = true
            } else if !isAlternative, line.skip("s.add_runtime_dependency(") || line.skip("s.add_dependency("),
                let name = line.text(), !name.isEmpty
            {
                _ = line.skip(", ")
                dependencies.append(Dependency(name: name, requirements: line.texts()))
            }
        }
        if stub.count == 4 {
            (name, version, platform) = (String(stub[0]), String(stub[1]), String(stub[2]))
        }
        guard let name, let version, !name.isEmpty, !version.isEmpty else { return nil }
        self.name = name
        self.version = version
        self.platform = platform ?? "ruby"
    }
}

/// Literals of Ruby in one line.
private struct RubyLine {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// The text from the current place on.
    var rest: String { String(decoding: bytes[place...], as: UTF8.self) }

    /// Skips a text if it is next.
    mutating func skip(_ text: StaticString) -> Bool {
        let text = text.description.utf8
        guard bytes[place...].starts(with: text) else { return false }
        place += text.count
        return true
    }

    /// A string, `"…"`, `%q<…>` or `%q{…}`, with or without `.freeze`; nil if none is next.
    mutating func text() -> String? {
        let end: UInt8
        var hasEscapes = false
        if skip("\"") {
            (end, hasEscapes) = (UInt8(ascii: "\""), true)
        } else if skip("%q<") {
            end = UInt8(ascii: ">")
        } else if skip("%q{") {
            end = UInt8(ascii: "}")
        } else {
            return nil
        }
        var text: [UInt8] = []
        while place < bytes.count, bytes[place] != end {
            if hasEscapes, bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count {
                place += 1
                escape(into: &text)
            } else {
                text.append(bytes[place])
                place += 1
            }
        }
        guard place < bytes.count else { return nil }
        place += 1
        _ = skip(".freeze")
        return String(decoding: text, as: UTF8.self)
    }

    /// The character that an escape of String#dump stands for.
    private mutating func escape(into text: inout [UInt8]) {
        let letter = bytes[place]
        place += 1
        switch letter {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "x"):
            if let value = hexadecimal(digits: 2) { text.append(UInt8(truncatingIfNeeded: value)) }
        case UInt8(ascii: "u"):
            let isOpen = skip("{")
            let value = hexadecimal(digits: isOpen ? 6 : 4) ?? 0
            if isOpen { _ = skip("}") }
            text += Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        default: text.append(letter)
        }
    }

    private mutating func hexadecimal(digits: Int) -> UInt32? {
        var (value, count): (UInt32, Int) = (0, 0)
        while count < digits, place < bytes.count, let digit = bytes[place].hexDigitValue {
            value = value << 4 | UInt32(digit)
            place += 1
            count += 1
        }
        return count == 0 ? nil : value
    }

    /// An array of strings; empty if none is next.
    mutating func texts() -> [String] {
        guard skip("[") else { return text().map { [$0] } ?? [] }
        var texts: [String] = []
        while let text = text() {
            texts.append(text)
            guard skip(", ") else { break }
        }
        return texts
    }
}
