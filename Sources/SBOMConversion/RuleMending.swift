internal import ByteStreams
internal import SBOMFormats
internal import SBOMValidation
internal import StructuredText

/// Makes a document valid by the rules that no schema can express: changes what violates one.
///
/// A value that has a valid spelling gets it, a reference to nothing is removed, and text that is no license expression becomes a license with these words.
/// Nothing is lost: the caller compares the result with the original document and carries the difference.
struct RuleMending {
    /// How often a document is judged: a change may let something else violate a rule.
    private static let rounds = 16

    let family: DocumentFamily
    let version: String
    let defaults: DocumentDefaults

    /// Whether a document violates a rule in a way that can be mended.
    func isNeeded(by content: JSONObject) -> Bool {
        !violations(in: content, limit: 1).isEmpty
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
            let found = violations(in: judged, limit: Limits.schemaViolations)
            // Where as many are found as can be, there are more.
            guard !found.isEmpty, found.count < last || found.count == Limits.schemaViolations else { break }
            last = found.count
            let hasEdits =
                switch family {
                case .spdx: SPDXMending.mend(found, in: &content, version: version, defaults)
                case .cycloneDX: CycloneDXMending.mend(found, in: &content)
                }
            guard hasEdits else { break }
            isChanged = true
            // A list may have lost its last element.
            try SchemaPruning(family: family, version: version, isStrict: false, defaults).fit(&content)
        }
        return isChanged
    }

    /// The violations that can be mended.
    ///
    /// Two are kept. What the type of a package URL demands is not invented: scanners know the package by what it has. A file
    /// must have a checksum, so it keeps a malformed one. Notes on the spelling of the source are not part of the document.
    private func violations(in content: JSONObject, limit: Int) -> [DocumentViolation] {
        DocumentValidator.ruleErrors(in: content, of: family, limit: limit) { rule, pointer in
            if rule == .packageURLType { return true }
            let tokens = pointer.tokens
            if rule == .checksum, tokens.count == 3, tokens[0] == "files" { return true }
            return tokens.contains { $0.hasPrefix("#") }
        }
    }
}
