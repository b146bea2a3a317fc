internal import ByteStreams
package import PackageDatabases
package import SBOMModel

/// The licenses of one document that are not on the SPDX License List, with the identifiers that the document gives them.
///
/// An identifier is made of the name of the license. Several packages may mean different texts by one name; then the second
/// text gets the suffix `-2`, in the order of the first mention in the document. So each text stands once in a document.
package struct LicenseTexts {
    /// A name with a text; two texts that differ in white space only are the same text.
    private struct Wording: Hashable {
        let name: String
        let words: [UInt8]
    }

    /// The licenses in the order of their first mention, each once.
    package private(set) var licenses: [ExtractedLicense] = []
    private var identifiers: [Wording: String] = [:]
    /// The identifiers in lower case: some readers ignore case.
    private var taken: Set<String> = []
    /// How many identifiers begin with the same words.
    private var counts: [String: Int] = [:]
    /// How many bytes of texts the document may still have.
    private var bytesLeft = Limits.licenseTextsSize

    package init() {}

    /// The identifier of a license in this document; a new license is added.
    ///
    /// - Parameters:
    ///   - name: The name of the license.
    ///   - text: Its text; nil if it is not known.
    /// - Returns: `LicenseRef-` and the words of the name, with a number if another text has the same words.
    package mutating func identifier(name: String, text: String?) -> String {
        let wording = Wording(name: name, words: Self.hash(ofWordsIn: text ?? ""))
        if let known = identifiers[wording] { return known }
        let base = LicenseExpression.reference(named: name)
        var identifier = base
        var number = counts[base.lowercased(), default: 0]
        repeat {
            number += 1
            identifier = number == 1 ? base : "\(base)-\(number)"
        } while taken.contains(identifier.lowercased())
        counts[base.lowercased()] = number
        taken.insert(identifier.lowercased())
        identifiers[wording] = identifier
        var text = text ?? Self.unknownText
        bytesLeft -= text.utf8.count
        if bytesLeft < 0 { text = Self.leftOutText }
        licenses.append(ExtractedLicense(id: identifier, name: name, text: text))
        return identifier
    }

    /// An expression of a finding with the identifiers of this document.
    package mutating func expression(_ expression: LicenseExpression, of finding: LicenseFinding) -> String {
        let text = expression.description
        guard text.hasBytes(of: "LicenseRef-") else { return text }
        return LicenseExpression.replacingNames(in: text) { reference in
            guard let license = finding.texts.first(where: { $0.reference == reference }) else { return reference }
            return identifier(name: license.name, text: license.text)
        }
    }

    /// What stands for a text that is not known; SPDX requires one (SPDX 2.3 §10.2).
    package static let unknownText = "Only the name of this license is known."

    /// What stands for a text once the texts of the document are longer than ``Limits/licenseTextsSize``.
    package static let leftOutText = "The texts of the licenses are longer than the limit licenseTextsSize."

    private static func hash(ofWordsIn text: String) -> [UInt8] {
        var folded: [UInt8] = []
        folded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                if let last = folded.last, last != 0x20 { folded.append(0x20) }
            } else {
                folded.append(byte)
            }
        }
        if folded.last == 0x20 { folded.removeLast() }
        var hash = RunningHash(.sha256)
        hash.update(folded.span)
        return hash.finish()
    }
}
