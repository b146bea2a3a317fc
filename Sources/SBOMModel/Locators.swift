extension Element {
    /// The text if it is an address of the web that validators accept, else nil.
    ///
    /// RFC 3986 allows more: pyspdxtools wants a domain name with a top level of letters.
    package static func webAddress(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        let start = text.prefix(8).lowercased()
        guard let scheme = ["https://", "http://", "ftp://"].first(where: start.hasPrefix) else { return nil }
        let authority = bytes[scheme.utf8.count...].prefix { !"/?#".utf8.contains($0) }
        let parts = authority.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, isDomain(host),
            parts.count == 1 || (1...5).contains(parts[1].count) && parts[1].allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        var rest = bytes[authority.endIndex...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, rest.prefix(2).allSatisfy({ isHexadecimal($0) }) else { return nil }
            } else {
                guard isAlphanumeric(byte) || "-._~:/?#@!$&'()*+,;=".utf8.contains(byte) else { return nil }
            }
        }
        return text
    }

    /// What SPDX calls the kind of CPE name that the text is; nil if it is none (SPDX 2.3 Annex F.2).
    package static func referenceType(ofCPE text: String) -> String? {
        let bytes = Array(text.utf8)
        if text.lowercased().hasPrefix("cpe:/") {
            let parts = bytes[5...].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            let isName =
                parts.count <= 7 && (parts.first ?? []).allSatisfy({ "ahoAHO".utf8.contains($0) })
                && (parts.first ?? []).count <= 1
                && parts.dropFirst().joined().allSatisfy { isAlphanumeric($0) || "._-~%".utf8.contains($0) }
            return isName ? "cpe22Type" : nil
        }
        // Distributions write shorter ones than NIST IR 7695 §6.2 has it: all eleven attributes have to be there.
        guard text.hasPrefix("cpe:2.3:"), let attributes = attributes(bytes[8...]), attributes.count == 11,
            let part = attributes.first, part.count == 1, part.allSatisfy({ "aho*-".utf8.contains($0) }),
            isLanguage(attributes[6])
        else { return nil }
        let isName = attributes.allSatisfy(isAttribute)
        return isName ? "cpe23Type" : nil
    }

    /// Labels of letters and digits with single hyphens between them, the last of two letters or more.
    private static func isDomain(_ host: ArraySlice<UInt8>) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count > 1, let last = labels.last, last.count >= 2,
            last.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) })
        else { return false }
        return labels.allSatisfy { label in
            label.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAlphanumeric) }
        }
    }

    /// Takes a formatted string apart at the colons that are not quoted (NIST IR 7695 §6.2); nil if a quote ends it.
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

    /// `*`, `-`, or a word in which punctuation is quoted, with wildcards at its ends.
    private static func isAttribute(_ attribute: ArraySlice<UInt8>) -> Bool {
        if attribute.elementsEqual("*".utf8) || attribute.elementsEqual("-".utf8) { return true }
        var rest = attribute
        for _ in 0..<2 {
            let marks = rest.prefix { $0 == UInt8(ascii: "?") }
            rest = marks.isEmpty && rest.first == UInt8(ascii: "*") ? rest.dropFirst() : rest.dropFirst(marks.count)
            rest = rest.isEmpty ? rest : ArraySlice(rest.reversed())
        }
        // Turned round twice, so it is as it was; a quoted wildcard at the end belongs to the word.
        if let last = rest.last, last == UInt8(ascii: "\\") {
            rest = attribute.drop { $0 == UInt8(ascii: "?") }
        }
        guard !rest.isEmpty else { return false }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\") {
                guard let quoted = rest.popFirst(), "\\*?!\"#$%&'()+,/:;<=>@[]^`{|}~".utf8.contains(quoted) else {
                    return false
                }
            } else {
                guard isAlphanumeric(byte) || "._-".utf8.contains(byte) else { return false }
            }
        }
        return true
    }

    private static func isLanguage(_ attribute: ArraySlice<UInt8>) -> Bool {
        if attribute.elementsEqual("*".utf8) || attribute.elementsEqual("-".utf8) { return true }
        return (2...3).contains(attribute.count) && attribute.allSatisfy { (0x61...0x7A).contains($0 | 0x20) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
