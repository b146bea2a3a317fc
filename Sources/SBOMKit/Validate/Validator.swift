package import ByteStreams
internal import SBOMFormats
internal import SBOMValidation
internal import StructuredText

/// Judges SBOM documents by the schema of their format and version, and by what no schema can say.
///
/// SPDX 2.2 and 2.3 JSON and tag-value, CycloneDX 1.2 to 1.7 JSON and XML; told by content, not by name.
public struct Validator: Sendable {
    /// What is wrong at one place of a document.
    public struct Violation: Sendable, Hashable {
        /// The line, counted from 1.
        public let line: Int
        /// The column in Unicode scalars, counted from 1.
        public let column: Int
        /// The place as a JSON Pointer (RFC 6901); the whole document is an empty one.
        ///
        /// In XML the way to the element or attribute: `/bom/components/component[3]/name`.
        public let pointer: String
        /// The tag that it is about, in tag-value; nil in other forms.
        public let tag: String?
        /// Whether the document is invalid because of it; else it is only odd.
        public let isError: Bool
        /// Whether a schema says so, or a rule that no schema can state.
        public let isFromSchema: Bool
        /// The keyword of the schema, or the name of the rule.
        public let name: String
        /// What was expected there.
        public let expected: String
        /// What is there instead, where that is short enough to say.
        public let found: String?
    }

    /// What was found out about a document.
    public struct Report: Sendable {
        /// The format and version that the document says it has: `CycloneDX 1.6`.
        public let format: String
        /// What is wrong, in the order of the document.
        public let violations: [Violation]
        /// Whether there are more than are listed.
        public let isTruncated: Bool

        /// Whether nothing makes the document invalid.
        public var isValid: Bool { !violations.contains(where: \.isError) }
    }

    private let limits: Limits

    /// A validator.
    public init() {
        self.init(limits: Limits())
    }

    /// A validator that refuses documents beyond the limits.
    package init(limits: Limits) {
        self.limits = limits
    }

    /// Judges a document; of an attestation the document in it, with places as if it stood by itself.
    ///
    /// - Parameter bytes: The whole document.
    /// - Returns: What is wrong with it.
    /// - Throws: ``SBOMError`` if it is neither JSON nor XML, or of no format or version that is known.
    public func validate(_ bytes: [UInt8]) throws(SBOMError) -> Report {
        try limits.admit(document: bytes)
        do throws(ValidationError) {
            let report = try DocumentValidator(limits: limits, violationLimit: limits.violationCount).validate(bytes)
            return Report(
                format: "\(report.format.rawValue) \(report.version)",
                violations: report.violations.map { violation in
                    Violation(
                        line: violation.place?.line ?? 1, column: violation.place?.column ?? 1,
                        pointer: violation.path ?? violation.pointer.description, tag: violation.tag,
                        isError: violation.severity == .error,
                        isFromSchema: violation.kind == .schema, name: violation.name, expected: violation.expected,
                        found: violation.found)
                },
                isTruncated: report.isTruncated)
        } catch {
            throw SBOMError(error)
        }
    }

    /// Judges a file.
    ///
    /// - Parameter path: The file; `-` stands for standard input, and an image for the only SBOM that is attached to it.
    /// - Returns: What is wrong with it.
    /// - Throws: ``SBOMError`` if there is no such file, or it is no document that is known.
    public func validate(file path: String) throws(SBOMError) -> Report {
        try InputDocument(at: path).parsed(validate)
    }
}
