package import ByteStreams
internal import SBOMFormats
internal import SBOMValidation
internal import StructuredText

/// Validates SBOM documents against the schema of their format and version, and against rules that no schema can
/// express.
///
/// The formats are SPDX 2.2 and 2.3 in JSON and tag-value, and CycloneDX 1.2 to 1.7 in JSON and XML. The format is
/// detected from the content.
public struct Validator: Sendable {
    /// A violation of a schema or of a rule, at one place of a document.
    public struct Violation: Sendable, Hashable {
        /// The line, counted from 1.
        public let line: Int
        /// The column in Unicode scalars, counted from 1.
        public let column: Int
        /// The place as a JSON Pointer (RFC 6901); empty for the whole document.
        ///
        /// In XML it is the path of the element or attribute: `/bom/components/component[3]/name`.
        public let pointer: String
        /// The name, with the version, of the package, component or file at that place; nil if it is in none.
        public let element: String?
        /// The tag, in tag-value; nil in other syntaxes.
        public let tag: String?
        /// Whether the violation makes the document invalid; else it is a warning.
        public let isError: Bool
        /// Whether the violation is one of the schema; else it is one of a rule that no schema can express.
        public let isFromSchema: Bool
        /// The keyword of the schema, or the name of the rule.
        public let name: String
        /// The expected content.
        public let expected: String
        /// The content that was found, if it is short enough to show.
        public let found: String?
    }

    /// The result of a validation.
    public struct Report: Sendable {
        /// The format and version that the document states: `CycloneDX 1.6`.
        public let format: String
        /// The violations in the order of the document.
        public let violations: [Violation]
        /// Whether there may be more violations than listed, because the limit was reached.
        public let isTruncated: Bool
        /// The version of the SPDX License List that the document was judged by; nil if it has no licenses to look for.
        public let licenseList: String?

        /// Whether the document is valid, apart from warnings.
        public var isValid: Bool { !violations.contains(where: \.isError) }
    }

    private let limits: Limits

    /// Creates a validator.
    public init() {
        self.init(limits: Limits())
    }

    /// Creates a validator that refuses documents that exceed the limits.
    package init(limits: Limits) {
        self.limits = limits
    }

    /// Validates a document.
    ///
    /// If the document is in an attestation, places are relative to the extracted document.
    ///
    /// - Parameter bytes: The whole document.
    /// - Returns: The violations.
    /// - Throws: ``SBOMError`` if the syntax, the format or the version is unknown, or the document exceeds a limit.
    public func validate(_ bytes: [UInt8]) throws(SBOMError) -> Report {
        try limits.admit(document: bytes)
        do throws(ValidationError) {
            let report = try DocumentValidator(limits: limits, violationLimit: limits.violationCount).validate(bytes)
            let names = report.violations.isEmpty ? nil : ElementNames(bytes, limits: limits)
            return Report(
                format: "\(report.format.rawValue) \(report.version)",
                violations: report.violations.map { violation in
                    Violation(
                        line: violation.place?.line ?? 1, column: violation.place?.column ?? 1,
                        pointer: violation.path ?? violation.pointer.description,
                        element: names?.name(at: violation), tag: violation.tag,
                        isError: violation.severity == .error,
                        isFromSchema: violation.kind == .schema, name: violation.name, expected: violation.expected,
                        found: violation.found)
                },
                isTruncated: report.isTruncated, licenseList: report.licenseList)
        } catch {
            throw SBOMError(error)
        }
    }

    /// Validates a file.
    ///
    /// - Parameter path: The file; `-` for standard input; or an image, for the only SBOM attached to it.
    /// - Returns: The violations.
    /// - Throws: ``SBOMError`` if the file does not exist, or is not a document of a known format.
    public func validate(file path: String) throws(SBOMError) -> Report {
        try InputDocument(at: path).parsed(validate)
    }
}
