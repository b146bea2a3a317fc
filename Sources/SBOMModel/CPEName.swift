internal import ByteStreams

/// The name of a product in the Common Platform Enumeration, in one of the two forms that SPDX knows.
package struct CPEName: Sendable, Hashable {
    /// The two forms of a name.
    package enum Form: Sendable, Hashable {
        /// A URI: `cpe:/o:debian:debian_linux:12` (NIST IR 7695 §6.1).
        case uri
        /// A formatted string: `cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*` (NIST IR 7695 §6.2).
        case formattedString

        /// The type of an external reference with such a name (SPDX 2.3 annex F.2).
        package var referenceType: String {
            switch self {
            case .uri: "cpe22Type"
            case .formattedString: "cpe23Type"
            }
        }
    }

    /// The name as it was written.
    package let text: String
    package let form: Form

    /// Checks a name; nil if it does not parse.
    package init?(parsing text: String) {
        let bytes = Array(text.utf8)
        if text.lowercased().hasPrefix("cpe:/") {
            guard Self.isURI(bytes[5...]) else { return nil }
            form = .uri
        } else {
            guard text.hasPrefix("cpe:2.3:"), Self.isFormattedString(bytes[8...]) else { return nil }
            form = .formattedString
        }
        self.text = text
    }

    /// Checks a name, and completes one that has fewer than the eleven attributes of a formatted string: distributions leave
    /// out those at the end, which are any value then.
    package init?(padding text: String) {
        var text = text
        if text.hasPrefix("cpe:2.3:"), let attributes = Self.attributes(Array(text.utf8)[8...]), attributes.count < 11 {
            text += String(repeating: ":*", count: 11 - attributes.count)
        }
        self.init(parsing: text)
    }

    private static func isURI(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let part = parts.first ?? []
        return parts.count <= 7 && part.count <= 1 && part.allSatisfy({ "ahoAHO".utf8.contains($0) })
            && parts.dropFirst().joined().allSatisfy {
                $0.isASCIILetter || $0.isASCIIDigit || "._-~%".utf8.contains($0)
            }
    }

    // Distributions write names with fewer than the eleven attributes that NIST IR 7695 §6.2 requires.
    private static func isFormattedString(_ text: ArraySlice<UInt8>) -> Bool {
        guard let attributes = attributes(text), attributes.count == 11, let part = attributes.first, part.count == 1,
            part.allSatisfy({ "aho*-".utf8.contains($0) }), isLanguage(attributes[6])
        else { return false }
        return attributes.allSatisfy(isAttribute)
    }

    /// Splits a formatted string at the colons that are not quoted (NIST IR 7695 §6.2); nil if a backslash ends it.
    private static func attributes(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var attributes: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var next = start
        while next < text.endIndex {
            if text[next] == UInt8(ascii: "\\") { next += 1 }
            guard next < text.endIndex else { return nil }
            if text[next] == UInt8(ascii: ":"), next == text.startIndex || text[next - 1] != UInt8(ascii: "\\") {
                attributes.append(text[start..<next])
                start = next + 1
            }
            next += 1
        }
        return attributes + [text[start...]]
    }

    /// Whether an attribute is `*`, `-`, or a word with quoted punctuation and with wildcards at its ends only.
    private static func isAttribute(_ attribute: ArraySlice<UInt8>) -> Bool {
        if isUnspecified(attribute) { return true }
        var rest = attribute
        for _ in 0..<2 {
            let marks = rest.prefix { $0 == UInt8(ascii: "?") }
            rest = marks.isEmpty && rest.first == UInt8(ascii: "*") ? rest.dropFirst() : rest.dropFirst(marks.count)
            rest = rest.isEmpty ? rest : ArraySlice(rest.reversed())
        }
        // The word was reversed twice. A quoted wildcard at its end belongs to it.
        if rest.last == UInt8(ascii: "\\") { rest = attribute.drop { $0 == UInt8(ascii: "?") } }
        guard !rest.isEmpty else { return false }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\") {
                guard let quoted = rest.popFirst(), Self.quotable[quoted] else {
                    return false
                }
            } else {
                guard byte.isASCIILetter || byte.isASCIIDigit || "._-".utf8.contains(byte) else { return false }
            }
        }
        return true
    }

    private static let quotable = ASCIISet("\\*?!\"#$%&'()+,/:;<=>@[]^`{|}~")

    private static func isLanguage(_ attribute: ArraySlice<UInt8>) -> Bool {
        isUnspecified(attribute) || (2...3).contains(attribute.count) && attribute.allSatisfy(\.isASCIILetter)
    }

    private static func isUnspecified(_ attribute: ArraySlice<UInt8>) -> Bool {
        attribute.elementsEqual("*".utf8) || attribute.elementsEqual("-".utf8)
    }
}
