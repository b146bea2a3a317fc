internal import ByteStreams

/// The modules that an executable of Go was built from, and the settings of the build (Go, `runtime/debug.BuildInfo`).
struct GoModules: Sendable {
    /// A module.
    struct Module: Sendable {
        /// The path of the module.
        var path: String
        /// The version, as Go writes it; empty if none is stated.
        var version: String
        /// The sum of its files: `h1:` and Base64; empty if none is stated.
        var sum: String
    }

    /// The path of the main package.
    private(set) var path: String?
    /// The module of the main package.
    private(set) var main: Module?
    /// The modules that the main package needs, and what each is replaced by.
    private(set) var dependencies: [(module: Module, replacement: Module?)] = []
    /// The settings of the build in the order of the lines.
    private(set) var settings: [(key: String, value: String)] = []
    /// The number of lines that are not as Go writes them.
    private(set) var damagedLines = 0

    /// Reads the lines.
    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            switch (fields[0], fields.count) {
            case ("path", 2): path = fields[1].isEmpty ? nil : fields[1]
            case ("mod", 3...4): main = Self.module(fields)
            // Old versions of Go write dependencies without a path.
            case ("dep", 3...4): if !fields[1].isEmpty { dependencies.append((Self.module(fields), nil)) }
            case ("=>", 3...4):
                guard let last = dependencies.indices.last else {
                    damagedLines += 1
                    continue
                }
                dependencies[last].replacement = Self.module(fields)
            case ("build", 2):
                guard let setting = Self.setting(fields[1]) else {
                    damagedLines += 1
                    continue
                }
                settings.append(setting)
            default: damagedLines += 1
            }
        }
    }

    /// The value of a setting.
    subscript(key: String) -> String? { settings.first { $0.key == key }?.value }

    /// The value that the linker was asked to give to the variable `version` of the main package; nil if there is none that
    /// looks like a version.
    var linkedVersion: String? {
        guard let flags = self["-ldflags"] else { return nil }
        var version: String?
        var words = Self.words(flags)[...]
        while let word = words.popFirst() {
            let definition: Substring
            if word == "-X" || word == "--X", let next = words.popFirst() {
                definition = next[...]
            } else if word.hasPrefix("-X=") {
                definition = word.dropFirst(3)
            } else {
                continue
            }
            // The linker takes the last of several.
            for name in ["main.version=", "main.Version="] where definition.hasPrefix(name) {
                version = String(definition.dropFirst(name.count))
            }
        }
        guard let version, !version.hasWhitespace else { return nil }
        let digits = version.utf8.drop { $0 == UInt8(ascii: "v") }
        return digits.count + 1 >= version.utf8.count && digits.first?.isASCIIDigit == true ? version : nil
    }

    private static func module(_ fields: [String]) -> Module {
        Module(path: fields[1], version: fields[2], sum: fields.count > 3 ? fields[3] : "")
    }

    /// A setting `KEY=VALUE`, each of which may be a quoted string of Go.
    private static func setting(_ text: String) -> (key: String, value: String)? {
        var rest = Array(text.utf8)[...]
        var key: String
        if rest.first == UInt8(ascii: "\"") {
            guard let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")),
                let unquoted = unquoted(rest[...end])
            else { return nil }
            key = unquoted
            rest = rest[(end + 1)...]
            guard rest.first == UInt8(ascii: "=") else { return nil }
        } else {
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            key = String(decoding: rest[..<equals], as: UTF8.self)
            rest = rest[equals...]
        }
        rest = rest.dropFirst()
        let isQuoted = rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "`")
        guard isQuoted else { return (key, String(decoding: rest, as: UTF8.self)) }
        return unquoted(rest).map { (key, $0) }
    }

    /// The value of a string literal of Go; nil if it is none (Go specification, "String literals").
    private static func unquoted(_ text: ArraySlice<UInt8>) -> String? {
        guard text.count >= 2, let quote = text.first, text.last == quote else { return nil }
        var rest = text.dropFirst().dropLast()
        guard quote == UInt8(ascii: "\"") else { return String(decoding: rest, as: UTF8.self) }
        var result: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte != quote else { return nil }
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case UInt8(ascii: "a"): result.append(0x07)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "v"): result.append(0x0B)
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): result.append(escape)
            case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"):
                let count = escape == UInt8(ascii: "x") ? 2 : escape == UInt8(ascii: "u") ? 4 : 8
                let digits = rest.prefix(count)
                guard digits.count == count, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return nil }
                rest = rest.dropFirst(count)
                if count == 2 {
                    result.append(UInt8(truncatingIfNeeded: value))
                } else {
                    guard let scalar = Unicode.Scalar(value) else { return nil }
                    result += Array(String(scalar).utf8)
                }
            default: return nil
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The words of the flags for the linker: blanks separate them, unless they are in quotes.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var rest = Array(text.utf8)[...]
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while true {
            rest = rest.drop(while: isBlank)
            guard let first = rest.first else { return words }
            if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
                guard let end = rest.dropFirst().firstIndex(of: first) else { return words }
                words.append(String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self))
                rest = rest[(end + 1)...]
            } else {
                let word = rest.prefix { !isBlank($0) }
                words.append(String(decoding: word, as: UTF8.self))
                rest = rest[word.endIndex...]
            }
        }
    }
}
