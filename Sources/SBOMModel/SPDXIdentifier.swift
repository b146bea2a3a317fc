internal import ByteStreams

/// The forms of the identifiers in SPDX 2 documents.
package enum SPDXIdentifier {
    /// The identifier of every document (SPDX 2.3 §6.3).
    package static let document = "SPDXRef-DOCUMENT"

    /// Whether a text is the identifier of a package, a file or a snippet (SPDX 2.3 §7.2, §8.2, §9.1).
    package static func isElement(_ text: some StringProtocol) -> Bool { has("SPDXRef-", text.utf8) }

    /// Whether a text is the identifier of an extracted license (SPDX 2.3 §10.1).
    package static func isLicense(_ text: some StringProtocol) -> Bool { has("LicenseRef-", text.utf8) }

    /// Whether a text is the name of an external document, which may have plus signs (SPDX 2.3 §6.6).
    package static func isExternalDocument(_ text: some StringProtocol) -> Bool {
        has("DocumentRef-", text.utf8, allowing: UInt8(ascii: "+"))
    }

    /// Whether a text is an `idstring`: at least one letter, digit, hyphen or period (SPDX 2.3 annex D.1).
    package static func isWord(_ text: some StringProtocol) -> Bool { has("", text.utf8) }

    private static func has(_ prefix: String, _ text: some Collection<UInt8>, allowing sign: UInt8? = nil) -> Bool {
        guard text.starts(with: prefix.utf8) else { return false }
        let word = text.dropFirst(prefix.utf8.count)
        return !word.isEmpty
            && word.allSatisfy { byte in
                byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                    || byte == sign
            }
    }
}
