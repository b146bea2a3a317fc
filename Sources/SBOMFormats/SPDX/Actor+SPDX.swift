internal import ByteStreams
package import SBOMModel

extension Actor {
    /// `Organization: Name (mail)`, as SPDX 2.3 §6.8 and §7.5 spell it.
    ///
    /// A name that ends with a parenthesis is followed by `()`, so that its end is not read as an address.
    var spdx: String {
        let address = email.map { " (\($0))" } ?? (name.hasSuffix(")") ? " ()" : "")
        return "\(kind.rawValue): \(name)\(address)"
    }

    /// Parses the text that ``spdx`` writes; nil for any other text, such as NOASSERTION or a tool.
    package init?(spdx text: String) {
        let kind: Kind
        let rest: Substring
        if let name = text.dropping(prefix: "Organization: ") {
            (kind, rest) = (.organization, name)
        } else if let name = text.dropping(prefix: "Person: ") {
            (kind, rest) = (.person, name)
        } else {
            return nil
        }
        var (name, email): (String, String?) = (String(rest), nil)
        // Byte by byte, because documents name thousands of actors.
        let bytes = name.utf8
        if bytes.last == UInt8(ascii: ")"), let open = bytes.lastIndex(of: UInt8(ascii: "(")), open > bytes.startIndex,
            bytes[bytes.index(before: open)] == UInt8(ascii: " ")
        {
            let address = bytes[bytes.index(after: open)...].dropLast()
            if address.isEmpty || address.contains(UInt8(ascii: "@")) {
                email = address.isEmpty ? nil : String(Substring(address))
                name = String(name[..<bytes.index(before: open)])
            }
        }
        guard !name.isEmpty else { return nil }
        self.init(kind, name: name, email: email)
    }
}

extension Element.Purpose {
    /// The spelling of SPDX's schema, which has no hyphen.
    var spdx: String { self == .operatingSystem ? "OPERATING_SYSTEM" : rawValue }

    /// Parses a purpose in the spelling of the schema or of the specification.
    package init?(spdx text: String) {
        self.init(rawValue: text == "OPERATING_SYSTEM" ? "OPERATING-SYSTEM" : text)
    }
}

extension Tool {
    /// The annotator of the annotations of a conversion, and the tool of a document that names none.
    package static let converter = Tool(name: "sbomkit", version: "")

    /// `Tool: name-version`.
    package var spdx: String { version.isEmpty ? "Tool: \(name)" : "Tool: \(name)-\(version)" }

    /// Splits `name-version` at the hyphen where the version begins.
    ///
    /// That is the first hyphen before a number with a dot, such as `1.2` or `v0.0.0-20241118154911-3ac9e36ad8d6+dirty`:
    /// a version may have hyphens itself. Without such a number it is the first hyphen behind which each part begins with a
    /// digit or names a pre-release.
    package init(spdx text: Substring) {
        let bytes = Array(text.utf8)
        let hyphens = bytes.indices.filter { $0 > 0 && bytes[$0] == UInt8(ascii: "-") }
        let dotted = hyphens.first { Self.isDotted(bytes[($0 + 1)...]) }
        // From the last part to the first, so that each part is looked at once.
        var whole: Int?
        if dotted == nil {
            var end = bytes.count
            for hyphen in hyphens.reversed() {
                let part = bytes[(hyphen + 1)..<end]
                if Self.number(part).isEmpty, !Self.isPreRelease(part) { break }
                if !Self.number(part).isEmpty { whole = hyphen }
                end = hyphen
            }
        }
        guard let hyphen = dotted ?? whole else {
            self.init(name: String(text), version: "")
            return
        }
        self.init(
            name: String(decoding: bytes[..<hyphen], as: UTF8.self),
            version: String(decoding: bytes[(hyphen + 1)...], as: UTF8.self))
    }

    /// The digits with which a part of a version begins, behind a `v` or not.
    private static func number(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = part.first.map { $0 | 0x20 } == UInt8(ascii: "v") ? part.dropFirst() : part
        return digits.prefix { (0x30...0x39).contains($0) }
    }

    private static func isDotted(_ text: ArraySlice<UInt8>) -> Bool {
        let digits = number(text)
        guard !digits.isEmpty, digits.endIndex + 1 < text.endIndex, text[digits.endIndex] == UInt8(ascii: ".") else {
            return false
        }
        return (0x30...0x39).contains(text[digits.endIndex + 1])
    }

    /// Whether a part of a version is a word such as `rc1` or `dev`.
    private static func isPreRelease(_ part: ArraySlice<UInt8>) -> Bool {
        let letters = part.prefix { (0x41...0x5A).contains($0 & 0xDF) }
        guard part[letters.endIndex...].allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) else {
            return false
        }
        return preReleases.contains(String(decoding: letters, as: UTF8.self).lowercased())
    }

    private static let preReleases: Set<String> = [
        "alpha", "beta", "rc", "pre", "preview", "dev", "snapshot", "next", "nightly",
    ]
}
