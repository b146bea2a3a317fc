internal import SBOMFormats
internal import SBOMModel
package import StructuredText

/// A violation of a schema or of a rule, at one place of a document.
package struct DocumentViolation: Sendable, Hashable {
    /// The origin of a requirement.
    package enum Kind: Sendable, Hashable {
        /// The schema of the version.
        case schema
        /// The text of the specification; a schema cannot express it.
        case rule
    }

    /// The weight of a violation.
    package enum Severity: Sendable, Hashable {
        /// The document is not valid.
        case error
        /// The document is valid, but some readers may fail on it.
        case warning
    }

    package let kind: Kind
    package let severity: Severity
    /// The keyword of the schema (`required`), or the name of the rule (``ValidationRule``).
    package let name: String
    /// The place in the document; for XML, the place in the equivalent JSON.
    package let pointer: JSONPointer
    /// The path of the element or attribute; nil in other syntaxes than XML.
    package private(set) var path: String?
    /// The offset in an XML text.
    private(set) var offset = 0
    /// Line and column.
    package internal(set) var place: TextPlace?
    /// The tag, in tag-value.
    package internal(set) var tag: String?
    /// The expected content, worded to follow "expected".
    package internal(set) var expected: String
    /// The content that was found, if that adds information.
    package let found: String?
    /// The name of the member that a schema requires and that is missing; nil for other violations.
    package let missingMember: String?
    /// The alternative of the schema that is closest to the value, if the schema has several.
    package let alternative: SchemaViolation.Alternative?

    /// A violation of a JSON Schema.
    init(_ violation: SchemaViolation, severity: Severity) {
        kind = .schema
        self.severity = severity
        name = violation.keyword
        pointer = violation.pointer
        if violation.keyword == "vocabulary" {
            let id = violation.text ?? ""
            let meant = LicenseList.license(id) ?? LicenseList.exception(id)
            expected = "an identifier of SPDX's license list" + (meant.map { "; is \"\($0)\" meant?" } ?? "")
        } else {
            expected = violation.expected
        }
        found = violation.found
        missingMember = violation.missingMember
        alternative = violation.alternative
    }

    /// A violation of a rule.
    init(
        _ rule: ValidationRule, severity: Severity = .error, at pointer: JSONPointer, expected: String,
        found: String? = nil
    ) {
        kind = .rule
        self.severity = severity
        name = rule.rawValue
        self.pointer = pointer
        self.expected = expected
        self.found = found.map { Self.shortened($0) }
        missingMember = nil
        alternative = nil
    }

    /// A violation of an XML schema.
    init(xmlRule name: String, at path: String, offset: Int, expected: String, found: String?) {
        kind = .schema
        severity = .error
        self.name = name
        pointer = .root
        self.path = path
        self.offset = offset
        self.expected = expected
        self.found = found
        missingMember = nil
        alternative = nil
    }

    /// The same violation at an element or attribute of an XML text.
    func placed(at path: String, offset: Int) -> DocumentViolation {
        var placed = self
        placed.path = path
        placed.offset = offset
        return placed
    }

    /// The same violation with its line and column.
    func placed(at place: TextPlace) -> DocumentViolation {
        var placed = self
        placed.place = place
        return placed
    }

    /// The beginning of a text, short enough for a message.
    static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        return scalars.count > 80 ? String(String.UnicodeScalarView(scalars.prefix(77))) + "…" : text
    }

    /// The identity of a violation, for comparing the results of the lax and the strict edition of a schema.
    struct Identity: Hashable {
        let name: String
        let pointer: JSONPointer
        let expected: String
    }

    var identity: Identity { Identity(name: name, pointer: pointer, expected: expected) }
}
