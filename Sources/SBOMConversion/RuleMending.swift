internal import ByteStreams
internal import SBOMFormats
internal import SBOMValidation
internal import StructuredText

/// Makes a document valid by the rules that no schema can express: changes what violates one.
///
/// What has a valid spelling gets it, what names nothing is removed, and what is no license becomes one with these words.
/// Nothing is lost: the caller compares the result with the original document and carries the difference.
struct RuleMending {
    /// How often a document is judged: a change may let something else violate a rule.
    private static let rounds = 16

    let family: DocumentFamily
    let version: String
    let defaults: DocumentDefaults

    /// Whether a document violates a rule.
    func isNeeded(by content: JSONObject) -> Bool {
        !DocumentValidator.ruleErrors(in: content, of: family, limit: 1).isEmpty
    }

    /// Changes what violates a rule, and returns whether there was something to change.
    ///
    /// The work is linear in the size of the document. What cannot be mended stays.
    func mend(_ content: inout JSONObject) throws -> Bool {
        var isChanged = false
        var last = Int.max
        for _ in 0..<Self.rounds {
            // In one order of the members, so that it is the same element that keeps an identifier in each syntax.
            var judged = content
            judged.arrange(family == .spdx ? SPDXOrder.document : CycloneDXOrder.document)
            let found = DocumentValidator.ruleErrors(in: judged, of: family, limit: Limits.schemaViolations)
                .filter { violation in !violation.pointer.tokens.contains { $0.hasPrefix("#") } }
            // Where as many are found as can be, there are more.
            guard !found.isEmpty, found.count < last || found.count == Limits.schemaViolations else { break }
            last = found.count
            isChanged = true
            switch family {
            case .spdx: SPDXMending.mend(found, in: &content, version: version, defaults)
            case .cycloneDX: CycloneDXMending.mend(found, in: &content)
            }
            // A list may have lost its last element.
            try SchemaPruning(family: family, version: version, isStrict: false, defaults).fit(&content)
        }
        return isChanged
    }
}
