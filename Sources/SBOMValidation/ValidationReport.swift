package import SBOMFormats

/// The violations that were found in a document.
package struct ValidationReport: Sendable {
    /// The family that the document states.
    package let format: DocumentFamily
    /// The version that the document states: `2.3`, `1.6`.
    package let version: String
    /// The violations in the order of the text.
    package let violations: [DocumentViolation]
    /// Whether there may be more violations, because the limit was reached.
    package let isTruncated: Bool

    /// The version of the SPDX License List that the document was judged by; nil if it has no identifiers of licenses.
    package let licenseList: String?

    /// Whether the document is valid by the official schema of its version.
    package var isSchemaValid: Bool { !violations.contains { $0.kind == .schema && $0.severity == .error } }

    /// Whether the document has no violations, or only warnings.
    package var isValid: Bool { !violations.contains { $0.severity == .error } }
}
