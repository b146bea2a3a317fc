internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// Makes license expressions of an SPDX document valid, with the texts of the licenses that they name.
struct SPDXLicenseMending {
    private static let list = "hasExtractedLicensingInfos"

    /// The places of the licenses that the document defines.
    private var defined: [String: Int] = [:]
    private var documents: Set<String> = []
    /// The licenses that the document does not define yet: words by identifier.
    private var added: [String: String] = [:]
    /// The places of the licenses of the document whose identifiers cannot be; ``ExtractedLicense`` says what they become.
    private(set) var renamed: [String: Int] = [:]

    init(_ document: JSONObject) {
        for (index, license) in document.objects(Self.list) {
            if let id = license.text("licenseId"), defined[id] == nil { defined[id] = index }
        }
        documents = Set(document.objects("externalDocumentRefs").compactMap { $0.object.text("externalDocumentId") })
    }

    /// An expression whose references all have texts; text that does not parse becomes one license with these words.
    mutating func mended(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 > 0x20 }) else { return Element.noAssertion }
        var mended = text
        if LicenseExpression.names(in: text).contains(where: { replacement(of: $0) != $0 }) {
            let repaired = LicenseExpression.replacingNames(in: text, replacement)
            if LicenseExpression(parsingAnyNames: repaired) != nil { mended = repaired }
        }
        guard let expression = LicenseExpression(parsingAnyNames: mended), !expression.hasAddition else {
            let id = ExtractedLicense.identifier(name: text, text: nil)
            add(id, words: text)
            return id
        }
        for name in LicenseExpression.names(in: text) {
            let new = replacement(of: name)
            if new != name, let place = defined[name] {
                renamed[name] = place
            } else if new.hasPrefix("LicenseRef-") {
                add(new, words: name)
            }
        }
        return mended
    }

    /// A reference in the place of a name that looks like one and cannot be, or that is of an unknown document.
    private func replacement(of name: String) -> String {
        if name.hasPrefix("DocumentRef-") {
            guard let colon = name.firstIndex(of: ":"), documents.contains(String(name[..<colon])) else {
                return ExtractedLicense.identifier(name: name, text: nil)
            }
            return name
        }
        guard name.hasPrefix("LicenseRef-"), LicenseExpression(parsing: name) == nil else { return name }
        return ExtractedLicense.identifier(name: name, text: nil)
    }

    private mutating func add(_ id: String, words: String) {
        if defined[id] == nil, added[id] == nil { added[id] = words }
    }

    /// Adds the licenses that the document does not define.
    func define(in document: inout JSONObject) {
        guard !added.isEmpty else { return }
        let licenses = added.sorted { $0.key < $1.key }.map { id, words -> JSONValue in
            .object(
                JSONObject([
                    .init(name: "licenseId", value: .string(id)), .init(name: "extractedText", value: .string(words)),
                    .init(name: "name", value: .string(words)),
                ]))
        }
        document.set(Self.list, .array((document[Self.list]?.arrayContent ?? []) + licenses))
    }
}
