package import ByteStreams
internal import SBOMModel
package import StructuredText

/// Judges documents by the schema of their format and version, and by what no schema can say.
package struct DocumentValidator: Sendable {
    let limits: Limits
    let violationLimit: Int

    /// Stops looking once there are `violationLimit` violations of the schema, and likewise of the rules.
    package init(limits: Limits, violationLimit: Int) {
        self.limits = limits
        self.violationLimit = max(violationLimit, 1)
    }

    /// Reads a document and judges it.
    ///
    /// SPDX in tag-value is judged as the JSON that it stands for, and its spelling besides. What is neither that nor
    /// JSON nor XML, of no known format or of a version there is no schema of is thrown.
    ///
    /// What is in an attestation is judged as if it stood by itself; places are those of the document as it was taken out.
    package func validate(_ bytes: [UInt8]) throws(ValidationError) -> ValidationReport {
        try validate(bytes, isOpened: false)
    }

    private func validate(_ bytes: [UInt8], isOpened: Bool) throws(ValidationError) -> ValidationReport {
        if Self.isXML(bytes) { return try validateXML(bytes) }
        if SPDXTagValue.isTagValue(bytes) { return try validate(tagValue: bytes) }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: bytes, limits: limits)
        } catch {
            throw ValidationError(code: .json, place: error.place, reason: error.description)
        }
        do throws(ValidationError) {
            return try validate(document)
        } catch {
            guard error.code == .unknownFormat, !isOpened else { throw error }
            let inner: [UInt8]?
            do throws(DocumentError) {
                inner = try Attestation.document(in: bytes, limits)
            } catch {
                throw ValidationError(code: .unknownFormat, place: nil, reason: error.description)
            }
            guard let inner else { throw error }
            return try validate(inner, isOpened: true)
        }
    }

    /// Judges a document that was read already.
    package func validate(_ document: JSONDocument) throws(ValidationError) -> ValidationReport {
        let subject = try DocumentIdentity(document.root)
        var found = try schemaViolations(in: document.root, mayRepeatNames: document.noteCount > 0, of: subject)
        let isTruncated = found.count >= violationLimit
        var rules = RuleChecker(limit: violationLimit)
        switch subject.format {
        case .spdx: rules.judgeSPDX(subject.content, at: subject.pointer)
        case .cycloneDX: rules.judgeCycloneDX(document.root)
        }
        found += rules.found
        let places = document.places(of: found.map { $0.pointer })
        for index in found.indices { found[index].place = places[index] }
        let order = found.indices.sorted { one, other in
            let (left, right) = (found[one].place?.offset ?? 0, found[other].place?.offset ?? 0)
            return left == right ? one < other : left < right
        }
        return ValidationReport(
            format: subject.format, version: subject.version, violations: order.map { found[$0] },
            isTruncated: isTruncated || rules.isTruncated)
    }

    func schemaViolations(
        in root: JSONValue, mayRepeatNames: Bool, of subject: DocumentIdentity
    ) throws(ValidationError) -> [DocumentViolation] {
        func violations(isStrict: Bool) throws(ValidationError) -> [SchemaViolation] {
            do {
                return try ValidationSchemas.schema(subject.format, version: subject.edition, isStrict: isStrict)
                    .violations(in: root, mayRepeatNames: mayRepeatNames, limit: violationLimit)
            } catch {
                throw ValidationError(code: .schema, place: nil, reason: "\(error)")
            }
        }
        var found = try violations(isStrict: false).map {
            DocumentViolation($0, severity: $0.isRemark ? .warning : .error)
        }
        if subject.hasStrictEdition {
            let known = Set(found.map { $0.identity })
            found += try violations(isStrict: true).map { DocumentViolation($0, severity: .warning) }
                .filter { !known.contains($0.identity) }
        }
        return found
    }
}

/// Why a document cannot be judged at all.
package struct ValidationError: Error, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: Sendable, Hashable {
        /// It is no JSON.
        case json
        /// It is tag-value that goes past a limit.
        case tagValue
        /// It is no XML.
        case xml
        /// It is neither SPDX nor CycloneDX.
        case unknownFormat
        /// There is no schema of its version.
        case unknownVersion
        /// A schema of ours cannot be used, which is our own mistake.
        case schema
    }

    package let code: Code
    /// Where it shows; nil if nowhere in particular.
    package let place: TextPlace?
    package let reason: String

    package var description: String { reason }
}

/// What was found in a document.
package struct ValidationReport: Sendable {
    /// What the document says it is.
    package let format: DocumentFamily
    /// The version as the document has it: `2.3`, `1.6`.
    package let version: String
    /// What is wrong, in the order of the text.
    package let violations: [DocumentViolation]
    /// Whether there may be more, because as many as were asked for were found.
    package let isTruncated: Bool

    /// Whether the official schema of the version would call the document valid.
    package var isSchemaValid: Bool { !violations.contains { $0.kind == .schema && $0.severity == .error } }

    /// Whether nothing is wrong beyond what only deserves a warning.
    package var isValid: Bool { !violations.contains { $0.severity == .error } }
}

/// One thing that is wrong with a document.
package struct DocumentViolation: Sendable, Hashable {
    /// What says so.
    package enum Kind: Sendable, Hashable {
        /// The schema.
        case schema
        /// The specification's text, which a schema cannot express.
        case rule
    }

    /// How much it matters.
    package enum Severity: Sendable, Hashable {
        /// The document is not valid.
        case error
        /// The document is valid, but a reader may stumble.
        case warning
    }

    package let kind: Kind
    package let severity: Severity
    /// The keyword of the schema (`required`), or the name of the rule (``ValidationRule``).
    package let name: String
    /// Where it is in the document; in XML, in the shape of the JSON.
    package let pointer: JSONPointer
    /// In XML, the way to the element or attribute.
    package private(set) var path: String?
    /// In XML, where it is in the text.
    private(set) var offset = 0
    /// The same as line and column.
    package internal(set) var place: TextPlace?
    /// The tag that it is about, in tag-value.
    package internal(set) var tag: String?
    /// What should be there, to follow the word "expected".
    package internal(set) var expected: String
    /// What is there, if that says more.
    package let found: String?
    /// Where the keyword stands in the schema; nil for rules.
    package let schemaPointer: JSONPointer?
    /// Which of several alternatives of the schema was taken to be meant.
    package let alternative: SchemaViolation.Alternative?

    init(_ violation: SchemaViolation, severity: Severity) {
        kind = .schema
        self.severity = severity
        name = violation.keyword
        pointer = violation.pointer
        place = nil
        if violation.keyword == "vocabulary" {
            let id = violation.found.map { String($0.dropFirst().dropLast()) } ?? ""
            let meant = LicenseList.license(id) ?? LicenseList.exception(id)
            expected = "an identifier of SPDX's licence list" + (meant.map { "; is \"\($0)\" meant?" } ?? "")
        } else {
            expected = violation.expected
        }
        found = violation.found
        schemaPointer = violation.rule
        alternative = violation.alternative
    }

    init(
        _ rule: ValidationRule, severity: Severity = .error, at pointer: JSONPointer, expected: String,
        found: String? = nil
    ) {
        kind = .rule
        self.severity = severity
        name = rule.rawValue
        self.pointer = pointer
        place = nil
        self.expected = expected
        self.found = found.map { Self.shortened($0) }
        schemaPointer = nil
        alternative = nil
    }

    /// A violation in XML.
    init(_ kind: Kind, name: String, at path: String, offset: Int, expected: String, found: String?) {
        self.kind = kind
        severity = .error
        self.name = name
        pointer = .root
        self.path = path
        self.offset = offset
        place = nil
        self.expected = expected
        self.found = found
        schemaPointer = nil
        alternative = nil
    }

    /// The same in XML, there.
    func placed(at path: String, offset: Int) -> DocumentViolation {
        var placed = self
        placed.path = path
        placed.offset = offset
        return placed
    }

    /// The same with its line and column.
    func placed(at place: TextPlace) -> DocumentViolation {
        var placed = self
        placed.place = place
        return placed
    }

    /// What is shown of a text, which may be as long as its author liked.
    static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        return scalars.count > 80 ? String(String.UnicodeScalarView(scalars.prefix(77))) + "…" : text
    }

    fileprivate struct Identity: Hashable {
        let name: String
        let pointer: JSONPointer
        let expected: String
    }

    /// What makes a violation of the strict edition the same as one of the lax edition.
    fileprivate var identity: Identity { Identity(name: name, pointer: pointer, expected: expected) }
}

/// What a document says it is.
struct DocumentIdentity {
    let format: DocumentFamily
    let version: String
    /// The version of the schema it is judged by, which for SPDX is the last revision.
    let edition: String
    let hasStrictEdition: Bool
    /// The document without what is wrapped around it, and where that is.
    let content: JSONValue
    let pointer: JSONPointer

    init(_ root: JSONValue) throws(ValidationError) {
        guard case .object(let object) = root else {
            throw ValidationError(
                code: .unknownFormat, place: nil, reason: "expected an SPDX or CycloneDX document, found \(root.kind)")
        }
        if let version = Self.text(object["spdxVersion"]) {
            try self.init(spdx: version, content: root, pointer: .root)
        } else if case .object(let inner) = object["Document"], let version = Self.text(inner["spdxVersion"]) {
            try self.init(spdx: version, content: .object(inner), pointer: .root.appending("Document"))
        } else if let version = Self.cycloneDXVersion(object) {
            guard ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"].contains(version) else {
                throw ValidationError(
                    code: .unknownVersion, place: nil, reason: "expected CycloneDX 1.2 to 1.7, found version \(version)"
                )
            }
            self.init(
                format: .cycloneDX, version: version, edition: version,
                hasStrictEdition: version == "1.2" || version == "1.3", content: root, pointer: .root)
        } else {
            throw ValidationError(
                code: .unknownFormat, place: nil,
                reason: "expected a member \"spdxVersion\", or \"bomFormat\" and \"specVersion\"")
        }
    }

    private init(spdx version: String, content: JSONValue, pointer: JSONPointer) throws(ValidationError) {
        let (number, edition): (String, String)
        switch (version, pointer == .root) {
        case ("SPDX-2.3", true): (number, edition) = ("2.3", "2.3.1")
        case ("SPDX-2.2", true): (number, edition) = ("2.2", "2.2.2")
        case ("SPDX-2.2", false): (number, edition) = ("2.2", "2.2")
        default:
            throw ValidationError(
                code: .unknownVersion, place: nil, reason: "expected SPDX-2.2 or SPDX-2.3, found \"\(version)\"")
        }
        self.init(
            format: .spdx, version: number, edition: edition, hasStrictEdition: false, content: content,
            pointer: pointer)
    }

    private init(
        format: DocumentFamily, version: String, edition: String, hasStrictEdition: Bool, content: JSONValue,
        pointer: JSONPointer
    ) {
        self.format = format
        self.version = version
        self.edition = edition
        self.hasStrictEdition = hasStrictEdition
        self.content = content
        self.pointer = pointer
    }

    private static func text(_ value: JSONValue?) -> String? {
        if case .string(let text) = value { text } else { nil }
    }

    private static func cycloneDXVersion(_ object: JSONObject) -> String? {
        if object["bomFormat"] != nil, let version = text(object["specVersion"]) { return version }
        // `http://cyclonedx.org/schema/bom-1.5.schema.json`
        let prefix = "http://cyclonedx.org/schema/bom-"
        guard let schema = text(object["$schema"]), schema.hasPrefix(prefix) else {
            return object["bomFormat"] != nil ? "" : nil
        }
        return String(schema.dropFirst(prefix.count).prefix { $0.isNumber || $0 == "." }.prefix(3))
    }
}
