internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// The requirements of the specifications that a schema cannot express.
package enum ValidationRule: String, Sendable, CaseIterable {
    /// Two elements have the same identifier.
    case duplicateIdentifier = "duplicate-identifier"
    /// A reference names nothing in the document.
    case danglingReference = "dangling-reference"
    /// The text of a `LicenseRef-` is not in the document, or empty.
    case missingLicenseText = "missing-license-text"
    /// A license expression does not parse.
    case licenseExpression = "license-expression"
    /// A license expression has a name that is not on the SPDX License List.
    case unknownLicense = "unknown-license"
    /// A package URL does not parse, or is not written as the specification demands.
    case packageURL = "package-url"
    /// A package URL violates the definition of its type, or its type is not registered.
    case packageURLType = "package-url-type"
    /// An identifier has other letters than SPDX allows, or lacks its prefix.
    case identifierForm = "identifier-form"
    /// The license of the data is not CC0-1.0.
    case dataLicense = "data-license"
    /// A version of the license list is not of two numbers.
    case licenseListVersion = "license-list-version"
    /// A time is not in UTC, or not written as SPDX demands.
    case time = "time"
    /// A person, an organization or a tool lacks the word that states which it is, or a name.
    case actor = "actor"
    /// An address is no URL, or a namespace no URI without a fragment.
    case address = "address"
    /// The name of a file is not relative.
    case fileName = "file-name"
    /// A checksum does not have the digits of its algorithm, or the one that a file must have is missing.
    case checksum = "checksum"
    /// A package whose files were not analyzed has what comes from its files.
    case filesNotAnalyzed = "files-not-analyzed"
    /// The type of an external reference does not belong to its category, or its locator does not have the form.
    case externalReference = "external-reference"
    /// The range of a snippet is empty, begins before 1, or is missing.
    case snippetRange = "snippet-range"
    /// The document does not state what it describes.
    case missingDescribes = "missing-describes"
    /// A line of tag-value has no tag, or an unknown one.
    case unknownTag = "unknown-tag"
    /// A tag is not next to the element that it belongs to.
    case misplacedTag = "misplaced-tag"
    /// A tag that may occur once is repeated.
    case repeatedTag = "repeated-tag"
    /// A value does not fit its tag, or its text has no end.
    case malformedValue = "malformed-value"
    /// A tag has no value.
    case emptyValue = "empty-value"
    /// The text of a tag-value document is not UTF-8.
    case encoding = "encoding"
}

/// Collects violations of the rules, up to a limit.
struct RuleChecker {
    private(set) var found: [DocumentViolation] = []
    private(set) var isTruncated = false
    /// Whether the document has licenses that were looked for on the SPDX License List.
    var usesLicenseList = false
    /// The version of that list, if the document has such licenses.
    var licenseList: String? { usesLicenseList ? LicenseList.version : nil }
    private let limit: Int
    private let isIgnored: (ValidationRule, DocumentViolation.Severity, JSONPointer) -> Bool
    let memory: Int
    // The results for license expressions, of which documents repeat the same few.
    private(set) var verdicts: [String: ExpressionVerdict] = [:]

    /// Creates a checker that keeps `limit` violations, and caches the results for `memory` license expressions.
    ///
    /// `isIgnored` is whether a violation does not count.
    init(
        limit: Int, remembering memory: Int = Limits.rememberedExpressions,
        passingOver isIgnored: @escaping (ValidationRule, DocumentViolation.Severity, JSONPointer) -> Bool = {
            _, _, _ in
            false
        }
    ) {
        self.limit = limit
        self.isIgnored = isIgnored
        self.memory = memory
    }

    mutating func add(
        _ rule: ValidationRule, _ severity: DocumentViolation.Severity = .error, at pointer: JSONPointer,
        expected: String, found value: String? = nil
    ) {
        guard !isIgnored(rule, severity, pointer) else { return }
        guard found.count < limit else {
            isTruncated = true
            return
        }
        found.append(DocumentViolation(rule, severity: severity, at: pointer, expected: expected, found: value))
    }

    /// What is to be said of a license expression.
    struct ExpressionVerdict {
        /// The rule that it violates, the weight of that and what was expected; nil if it violates none.
        var violation: (rule: ValidationRule, severity: DocumentViolation.Severity, expected: String)?
        /// The names in it that may refer to a license of this or another document.
        var references: [String] = []
    }

    /// Validates a license expression; `pointer` is evaluated only for a violation.
    ///
    /// - Parameters:
    ///   - text: The expression.
    ///   - family: The family of the document: the expressions of SPDX 2 have no `AdditionRef-`.
    ///   - pointer: Its place.
    /// - Returns: The names in it that may refer to a license of this or another document.
    @discardableResult
    mutating func judge(
        expression text: String, in family: DocumentFamily, at pointer: @autoclosure () -> JSONPointer
    ) -> [String] {
        let verdict: ExpressionVerdict
        if let known = verdicts[text] {
            verdict = known
        } else {
            verdict = Self.verdict(text, family)
            if verdicts.count < memory { verdicts[text] = verdict }
        }
        usesLicenseList = true
        if let (rule, severity, expected) = verdict.violation {
            add(rule, severity, at: pointer(), expected: expected, found: text)
        }
        return verdict.references
    }

    private static func verdict(_ text: String, _ family: DocumentFamily) -> ExpressionVerdict {
        var verdict = ExpressionVerdict()
        if text.hasBytes(of: "LicenseRef-") {
            verdict.references = LicenseExpression.names(in: text)
                .filter { $0.hasPrefix("LicenseRef-") || $0.hasPrefix("DocumentRef-") }
        }
        let expression: LicenseExpression
        do throws(LicenseExpression.Flaw) {
            expression = try LicenseExpression(checking: text)
        } catch {
            verdict.violation = (.licenseExpression, .error, expected(insteadOf: error))
            return verdict
        }
        if family == .spdx, expression.hasAddition {
            verdict.violation = (
                .licenseExpression, .error, "a license expression (SPDX 2.3 annex D), which has no AdditionRef-"
            )
        } else if let unknown = expression.unknownNames.first {
            let name = DocumentViolation.shortened(unknown)
            verdict.violation = (
                .unknownLicense, .warning,
                "licenses of SPDX's list \(LicenseList.version) or a LicenseRef-, not \(name)"
            )
        }
        return verdict
    }

    private static func expected(insteadOf flaw: LicenseExpression.Flaw) -> String {
        let reason =
            switch flaw {
            case .structure: ""
            case .malformedName(let name):
                ", with names of letters, digits, \"-\" and \".\", not \(DocumentViolation.shortened(name))"
            case .absence(let name): " without \(name)"
            case .exceptionAsLicense(let name): ", with \(name) behind WITH, because it is an exception"
            case .licenseAsException(let name):
                ", with an exception behind WITH, not \(DocumentViolation.shortened(name))"
            }
        return "a license expression (SPDX 2.3 annex D)\(reason)"
    }

    mutating func judge(packageURL text: String, at pointer: @autoclosure () -> JSONPointer) {
        guard let flaw = PackageURL.flaw(in: text) else { return }
        let type = { PackageURL(parsing: text)?.type ?? "" }
        switch flaw {
        case .syntax: add(.packageURL, at: pointer(), expected: "a package URL (ECMA-427)", found: text)
        case .keyInCapitals(let key):
            add(
                .packageURL, at: pointer(),
                expected:
                    "a package URL whose keys have no capitals (ECMA-427 §5.6.6), not \(DocumentViolation.shortened(key))",
                found: text)
        case .slashInSegment:
            add(
                .packageURL, at: pointer(), expected: "a package URL without a slash in a segment (ECMA-427 §5.6)",
                found: text)
        case .type(let flaw):
            // Of an image without os-release nothing names the distribution, and readers know rpm packages by the type.
            let isUnknown = flaw == .missingNamespace && type() == "rpm"
            add(
                .packageURLType, isUnknown ? .warning : .error, at: pointer(),
                expected: "a package URL of type \(DocumentViolation.shortened(type())) \(Self.demand(flaw))",
                found: text)
        case .unregisteredType:
            add(
                .packageURLType, .warning, at: pointer(),
                expected:
                    "a registered type of package URL (ECMA-427 §5.7), not \(DocumentViolation.shortened(type()))",
                found: text)
        }
    }

    private static func demand(_ flaw: PackageURL.TypeFlaw) -> String {
        switch flaw {
        case .missingNamespace: "with a namespace"
        case .prohibitedNamespace: "without a namespace"
        case .longNamespace(let count): "with a namespace of at most \(count) segments"
        case .namespaceInSmallLetters: "with a namespace in capitals"
        case .missingQualifier(let key): "with the qualifier \(key)"
        case .name(let form): "with a name \(form)"
        case .version(let form): "with a version \(form)"
        }
    }
}
