package import ByteStreams
internal import SBOMFormats
package import StructuredText

/// Validates documents against the schema of their format and version, and against rules that no schema can express.
package struct DocumentValidator: Sendable {
    let limits: Limits
    let violationLimit: Int

    /// A validator that stops after `violationLimit` violations of the schema, and after as many of the rules.
    package init(limits: Limits, violationLimit: Int) {
        self.limits = limits
        self.violationLimit = max(violationLimit, 1)
    }

    /// Parses a document and validates it.
    ///
    /// SPDX in tag-value is validated in its JSON form, and against the rules of its syntax. If a document is in an
    /// attestation, places are relative to the extracted document.
    ///
    /// - Throws: ``ValidationError`` if the text does not parse, or if the format or version is unknown.
    package func validate(_ bytes: [UInt8]) throws(ValidationError) -> ValidationReport {
        try validate(bytes, isOpened: false)
    }

    private func validate(_ bytes: [UInt8], isOpened: Bool) throws(ValidationError) -> ValidationReport {
        let syntax: DocumentSyntax
        do throws(DocumentError) {
            syntax = try DocumentDetection.syntax(of: bytes)
        } catch {
            throw ValidationError(error)
        }
        switch syntax {
        case .xml: return try validate(xml: bytes)
        case .tagValue: return try validate(tagValue: bytes)
        case .json: return try validate(json: bytes, isOpened: isOpened)
        }
    }

    private func validate(json bytes: [UInt8], isOpened: Bool) throws(ValidationError) -> ValidationReport {
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
                throw ValidationError(error)
            }
            guard let inner else { throw error }
            return try validate(inner, isOpened: true)
        }
    }

    /// Validates a parsed document.
    package func validate(_ document: JSONDocument) throws(ValidationError) -> ValidationReport {
        let subject = try ValidationSubject(document.root)
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
            isTruncated: isTruncated || rules.isTruncated, licenseList: rules.licenseList)
    }

    func schemaViolations(
        in root: JSONValue, mayRepeatNames: Bool, of subject: ValidationSubject
    ) throws(ValidationError) -> [DocumentViolation] {
        func violations(isStrict: Bool) throws(ValidationError) -> [SchemaViolation] {
            do {
                return try ValidationSchemas.schema(subject.format, version: subject.edition, isStrict: isStrict)
                    .violations(in: root, mayRepeatNames: mayRepeatNames, limit: violationLimit)
            } catch {
                throw ValidationError(code: .schema, place: nil, reason: "\(error)")
            }
        }
        let hasStrictEdition: Bool
        do {
            hasStrictEdition = try ValidationSchemas.family(subject.format).hasStrictEdition(subject.edition)
        } catch {
            throw ValidationError(code: .schema, place: nil, reason: "\(error)")
        }
        var found = try violations(isStrict: false).map {
            DocumentViolation($0, severity: $0.isRemark ? .warning : .error)
        }
        if hasStrictEdition {
            let known = Set(found.map { $0.identity })
            found += try violations(isStrict: true).map { DocumentViolation($0, severity: .warning) }
                .filter { !known.contains($0.identity) }
        }
        return found
    }
}

/// The reason why a document cannot be validated at all.
package struct ValidationError: Error, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Code: Sendable, Hashable {
        /// The JSON does not parse.
        case json
        /// The tag-value document exceeds a limit.
        case tagValue
        /// The XML does not parse.
        case xml
        /// The document is neither SPDX nor CycloneDX.
        case unknownFormat
        /// No schema is known for the version.
        case unknownVersion
        /// A schema or table of the program cannot be used; the document is not to blame.
        case schema
    }

    package let code: Code
    /// The place of the failure; nil if it has none.
    package let place: TextPlace?
    package let reason: String

    init(code: Code, place: TextPlace?, reason: String) {
        self.code = code
        self.place = place
        self.reason = reason
    }

    init(_ error: DocumentError) {
        code =
            switch error.code {
            case .syntax, .unknownFormat, .notConvertible: .unknownFormat
            case .unknownVersion: .unknownVersion
            case .internalFailure: .schema
            }
        place = error.place
        reason = error.reason
    }

    package var description: String { reason }
}
