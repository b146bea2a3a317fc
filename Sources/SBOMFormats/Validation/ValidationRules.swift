internal import ByteStreams
internal import SBOMModel
internal import StructuredText

/// What the specifications ask for beyond what a schema can say.
package enum ValidationRule: String, Sendable, CaseIterable {
    /// Two things have the same identifier.
    case duplicateIdentifier = "duplicate-identifier"
    /// A reference leads to nothing in the document.
    case danglingReference = "dangling-reference"
    /// A licence is named by a `LicenseRef-` whose text is not in the document.
    case missingLicenseText = "missing-license-text"
    /// A licence expression breaks the grammar.
    case licenseExpression = "license-expression"
    /// A licence expression names what is not on SPDX's list.
    case unknownLicense = "unknown-license"
    /// A package URL is none.
    case packageURL = "package-url"
    /// Nothing says what the document describes.
    case missingDescribes = "missing-describes"
    /// A line of tag-value has no tag, or one that SPDX does not have.
    case unknownTag = "unknown-tag"
    /// A tag stands away from what it is about.
    case misplacedTag = "misplaced-tag"
    /// A tag that may stand once is given again.
    case repeatedTag = "repeated-tag"
    /// A value is not what its tag asks for, or its text has no end.
    case malformedValue = "malformed-value"
    /// A text in tag-value is not in UTF-8.
    case encoding = "encoding"
}

/// Collects what the rules find, up to a limit.
struct RuleChecker {
    private(set) var found: [DocumentViolation] = []
    private(set) var isTruncated = false
    private let limit: Int
    // What was said of an expression before: documents repeat the same few.
    private var verdicts: [String: (ValidationRule, DocumentViolation.Severity, String)?] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(
        _ rule: ValidationRule, _ severity: DocumentViolation.Severity = .error, at pointer: JSONPointer,
        expected: String, found value: String? = nil
    ) {
        guard found.count < limit else {
            isTruncated = true
            return
        }
        found.append(DocumentViolation(rule, severity: severity, at: pointer, expected: expected, found: value))
    }

    /// Judges a licence expression; `pointer` is made only if there is something to say.
    mutating func judge(expression text: String, at pointer: @autoclosure () -> JSONPointer) {
        let verdict: (ValidationRule, DocumentViolation.Severity, String)?
        if let known = verdicts[text] {
            verdict = known
        } else {
            verdict = Self.verdict(text)
            if verdicts.count < Limits.rememberedExpressions { verdicts[text] = .some(verdict) }
        }
        guard let (rule, severity, expected) = verdict else { return }
        add(rule, severity, at: pointer(), expected: expected, found: text)
    }

    private static func verdict(_ text: String) -> (ValidationRule, DocumentViolation.Severity, String)? {
        guard let expression = LicenseExpression(parsingAnyNames: text) else {
            return (.licenseExpression, .error, "a licence expression (SPDX 2.3 annex D)")
        }
        guard let name = expression.unknownNames.first(where: { !ValidationSchemas.isLicense($0) }) else { return nil }
        return (
            .unknownLicense, .warning,
            "licences of SPDX's list or a LicenseRef-, not \(DocumentViolation.shortened(name))"
        )
    }

    mutating func judge(packageURL text: String, at pointer: @autoclosure () -> JSONPointer) {
        if PackageURL(parsing: text) == nil {
            add(.packageURL, at: pointer(), expected: "a package URL (ECMA-427)", found: text)
        }
    }
}
