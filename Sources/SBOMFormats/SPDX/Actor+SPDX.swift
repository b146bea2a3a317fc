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

    /// Splits `name-version` at the last hyphen before a digit.
    init(spdx text: Substring) {
        let bytes = Array(text.utf8)
        let hyphen = bytes.indices.dropLast().last { index in
            bytes[index] == UInt8(ascii: "-") && index > 0 && bytes[index + 1].isASCIIDigit
        }
        guard let hyphen else {
            self.init(name: String(text), version: "")
            return
        }
        self.init(
            name: String(decoding: bytes[..<hyphen], as: UTF8.self),
            version: String(decoding: bytes[(hyphen + 1)...], as: UTF8.self))
    }
}
