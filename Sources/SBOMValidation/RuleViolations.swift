package import SBOMFormats
package import StructuredText

extension DocumentValidator {
    /// Judges a document in the shape of its family's JSON by the rules that no schema can express.
    ///
    /// - Parameters:
    ///   - content: The document.
    ///   - family: The family of its format.
    ///   - limit: The number of violations after which the search ends.
    ///   - isIgnored: Whether violations of a rule at a place do not count.
    /// - Returns: The violations that make it invalid, without their places in a text.
    package static func ruleErrors(
        in content: JSONObject, of family: DocumentFamily, limit: Int,
        passingOver isIgnored: @escaping (ValidationRule, JSONPointer) -> Bool
    ) -> [DocumentViolation] {
        var rules = RuleChecker(limit: limit) { $1 == .warning || isIgnored($0, $2) }
        switch family {
        case .spdx: rules.judgeSPDX(.object(content), at: .root)
        case .cycloneDX: rules.judgeCycloneDX(.object(content))
        }
        return rules.found
    }
}
