internal import ByteStreams

/// The forms of the identifiers in SPDX 2 documents.
package enum SPDXIdentifier {
    /// The identifier of every document (SPDX 2.3 §6.3).
    package static let document = "SPDXRef-DOCUMENT"

    /// Whether a text is the identifier of a package, a file or a snippet (SPDX 2.3 §7.2, §8.2, §9.1).
    package static func isElement(_ text: String) -> Bool { has("SPDXRef-", text) }

    /// Whether a text is the identifier of an extracted license (SPDX 2.3 §10.1).
    package static func isLicense(_ text: String) -> Bool { has("LicenseRef-", text) }

    /// Whether a text is the identifier of an exception whose text is in a document (SPDX 3.0.1 annex B).
    package static func isAddition(_ text: String) -> Bool { has("AdditionRef-", text) }

    /// Whether a text is the name of an external document, which may have plus signs (SPDX 2.3 §6.6).
    package static func isExternalDocument(_ text: String) -> Bool {
        has("DocumentRef-", text, allowing: UInt8(ascii: "+"))
    }

    /// Whether a text is an `idstring`: at least one letter, digit, hyphen or period (SPDX 2.3 annex D.1).
    package static func isWord(_ text: String) -> Bool { has("", text) }

    private static func has(_ prefix: String, _ text: String, allowing sign: UInt8? = nil) -> Bool {
        let (start, bytes) = (prefix.utf8.span, text.utf8.span)
        guard bytes.count > start.count else { return false }
        for place in start.indices where bytes[place] != start[place] { return false }
        for place in start.count..<bytes.count {
            let byte = bytes[place]
            guard
                byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                    || byte == sign
            else { return false }
        }
        return true
    }
}
