internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// A member whose value has a form that SPDX's schema does not demand.
private struct SPDXField {
    let member: String
    let form: SPDXFieldForm
    /// The clause of SPDX 2.3.
    let clause: String

    init(_ member: String, _ form: SPDXFieldForm, _ clause: String) {
        self.member = member
        self.form = form
        self.clause = clause
    }

    static let document = [
        SPDXField("SPDXID", .documentIdentifier, "6.3"), SPDXField("dataLicense", .dataLicense, "6.2"),
        SPDXField("documentNamespace", .namespace, "6.5"),
    ]
    static let creation = [SPDXField("created", .time, "6.9"), SPDXField("licenseListVersion", .listVersion, "6.7")]
    static let creators = SPDXField("creators", .creator, "6.8")
    static let externalDocument = [
        SPDXField("externalDocumentId", .externalDocumentIdentifier, "6.6"),
        SPDXField("spdxDocument", .namespace, "6.6"),
    ]
    static let package = [
        SPDXField("SPDXID", .elementIdentifier, "7.2"), SPDXField("supplier", .supplier, "7.5"),
        SPDXField("originator", .supplier, "7.6"), SPDXField("downloadLocation", .downloadLocation, "7.7"),
        SPDXField("homepage", .homepage, "7.11"), SPDXField("releaseDate", .time, "7.25"),
        SPDXField("builtDate", .time, "7.26"), SPDXField("validUntilDate", .time, "7.27"),
    ]
    static let verificationCode = SPDXField("packageVerificationCodeValue", .verificationCode, "7.9")
    static let excludedFiles = SPDXField("packageVerificationCodeExcludedFiles", .fileName, "7.9")
    static let file = [
        SPDXField("SPDXID", .elementIdentifier, "8.2"), SPDXField("fileName", .fileName, "8.1"),
    ]
    static let snippet = [SPDXField("SPDXID", .elementIdentifier, "9.1")]
    static let license = [
        SPDXField("licenseId", .licenseIdentifier, "10.1"), SPDXField("extractedText", .licenseText, "10.2"),
    ]
    static let crossReferences = SPDXField("seeAlsos", .address, "10.4")
    static let annotation = [
        SPDXField("annotator", .creator, "12.2"), SPDXField("annotationDate", .time, "12.3"),
    ]
    static let review = [SPDXField("reviewer", .creator, "13.1"), SPDXField("reviewDate", .time, "13.2")]
}

extension RuleChecker {
    /// Validates the values of an SPDX document whose form its schema does not demand.
    mutating func judgeFields(_ document: JSONObject, isBefore2_3: Bool, at pointer: JSONPointer) {
        judge(document, SPDXField.document, at: pointer)
        judgeAnnotations(document, at: pointer)
        if let creation = document["creationInfo"]?.objectContent {
            let place = pointer.appending("creationInfo")
            judge(creation, SPDXField.creation, at: place)
            judge(texts: creation, SPDXField.creators, at: place)
        }
        for (index, reference) in document.objects("externalDocumentRefs") {
            let place = { pointer.appending("externalDocumentRefs").appending(index) }
            judge(reference, SPDXField.externalDocument, at: place())
            if let checksum = reference["checksum"]?.objectContent {
                judge(checksum: checksum, "6.6", at: place().appending("checksum"))
            }
        }
        for (index, package) in document.objects("packages") {
            judge(package: package, isBefore2_3: isBefore2_3, at: pointer.appending("packages").appending(index))
        }
        for (index, file) in document.objects("files") {
            judge(file: file, at: pointer.appending("files").appending(index))
        }
        for (index, snippet) in document.objects("snippets") {
            judge(snippet: snippet, at: pointer.appending("snippets").appending(index))
        }
        for (index, license) in document.objects("hasExtractedLicensingInfos") {
            let place = { pointer.appending("hasExtractedLicensingInfos").appending(index) }
            judge(license, SPDXField.license, at: place())
            judge(texts: license, SPDXField.crossReferences, at: place())
        }
        for (index, review) in document.objects("revieweds") {
            judge(review, SPDXField.review, at: pointer.appending("revieweds").appending(index))
        }
    }

    private mutating func judge(_ object: JSONObject, _ fields: [SPDXField], at pointer: @autoclosure () -> JSONPointer)
    {
        for field in fields {
            guard let text = object.text(field.member), !field.form.accepts(text) else { continue }
            add(field, text, at: pointer().appending(field.member))
        }
    }

    private mutating func judge(
        texts object: JSONObject, _ field: SPDXField, at pointer: @autoclosure () -> JSONPointer
    ) {
        for (index, text) in object.texts(field.member) where !field.form.accepts(text) {
            add(field, text, at: pointer().appending(field.member).appending(index))
        }
    }

    private mutating func add(_ field: SPDXField, _ text: String, at pointer: JSONPointer) {
        add(
            field.form.rule, field.form.severity, at: pointer,
            expected: "\(field.form.expected) (SPDX 2.3 §\(field.clause))",
            found: text.isEmpty ? "\"\"" : text)
    }

    private mutating func judgeAnnotations(_ element: JSONObject, at pointer: @autoclosure () -> JSONPointer) {
        for (index, annotation) in element.objects("annotations") {
            judge(annotation, SPDXField.annotation, at: pointer().appending("annotations").appending(index))
        }
    }

    private mutating func judge(package: JSONObject, isBefore2_3: Bool, at pointer: @autoclosure () -> JSONPointer) {
        judge(package, SPDXField.package, at: pointer())
        judgeAnnotations(package, at: pointer())
        judgeChecksums(package, "7.10", at: pointer())
        if let location = package.text("downloadLocation"), location.utf8.contains(UInt8(ascii: "@")),
            let uri = AbsoluteURI(location), uri.hasUser, Self.isVersionControl(uri.scheme)
        {
            add(
                .address, .warning, at: pointer().appending("downloadLocation"),
                expected: "a location without the name of a user (SPDX 2.3 §7.7)", found: location)
        }
        for (index, reference) in package.objects("externalRefs") {
            judge(
                reference: reference, isBefore2_3: isBefore2_3,
                at: pointer().appending("externalRefs").appending(index))
        }
        if case .bool(false) = package["filesAnalyzed"] {
            judge(notAnalyzed: package, at: pointer())
        } else if let code = package["packageVerificationCode"]?.objectContent {
            let place = pointer().appending("packageVerificationCode")
            judge(code, [SPDXField.verificationCode], at: place)
            judge(texts: code, SPDXField.excludedFiles, at: place)
        }
    }

    private static func isVersionControl(_ scheme: String) -> Bool {
        ["git", "hg", "svn", "bzr"].contains { scheme == $0 || scheme.hasPrefix("\($0)+") }
    }

    /// The members of a package that come from its files, and the clauses of SPDX 2.3.
    private static let membersOfFiles = [
        ("packageVerificationCode", "7.9"), ("licenseInfoFromFiles", "7.14"), ("hasFiles", "7.8"),
    ]

    private mutating func judge(notAnalyzed package: JSONObject, at pointer: @autoclosure () -> JSONPointer) {
        for (member, clause) in Self.membersOfFiles {
            switch package[member] {
            case .array(let items) where items.isEmpty: continue
            case .array, .object:
                add(
                    .filesNotAnalyzed, at: pointer().appending(member),
                    expected: "no \(member) where filesAnalyzed is false (SPDX 2.3 §\(clause))")
            case nil, .null, .bool, .number, .string: continue
            }
        }
    }

    private mutating func judge(file: JSONObject, at pointer: @autoclosure () -> JSONPointer) {
        judge(file, SPDXField.file, at: pointer())
        judgeAnnotations(file, at: pointer())
        judgeChecksums(file, "8.4", at: pointer())
        // The schema demands checksums, but none in particular.
        let checksums = file.objects("checksums")
        if !checksums.isEmpty, !checksums.contains(where: { $0.object.text("algorithm") == "SHA1" }) {
            add(.checksum, at: pointer().appending("checksums"), expected: "a checksum with SHA1 (SPDX 2.3 §8.4)")
        }
    }

    private mutating func judgeChecksums(
        _ element: JSONObject, _ clause: String, at pointer: @autoclosure () -> JSONPointer
    ) {
        for (index, checksum) in element.objects("checksums") {
            judge(checksum: checksum, clause, at: pointer().appending("checksums").appending(index))
        }
    }

    private mutating func judge(checksum: JSONObject, _ clause: String, at pointer: @autoclosure () -> JSONPointer) {
        guard let algorithm = checksum.text("algorithm"), let value = checksum.text("checksumValue"),
            !SPDXFieldForm.isChecksum(value, algorithm: algorithm)
        else { return }
        add(
            .checksum, at: pointer().appending("checksumValue"),
            expected: "as many hexadecimal digits as \(algorithm) gives, none of them a capital (SPDX 2.3 §\(clause))",
            found: value)
    }

    private mutating func judge(reference: JSONObject, isBefore2_3: Bool, at pointer: @autoclosure () -> JSONPointer) {
        guard let category = reference.text("referenceCategory"), let type = reference.text("referenceType"),
            let locator = reference.text("referenceLocator")
        else { return }
        if locator.hasWhitespace {
            add(
                .externalReference, at: pointer().appending("referenceLocator"),
                expected: "a locator without spaces (SPDX 2.3 §7.21)", found: locator)
        }
        guard category != "OTHER" else { return }
        let address = "http://spdx.org/rdf/references/"
        let form = SPDXReferenceForm(rawValue: type.hasPrefix(address) ? String(type.dropFirst(address.count)) : type)
        // The schema of SPDX 2.2 spells categories with an underscore.
        func isIn(_ form: SPDXReferenceForm) -> Bool {
            form.category == category || form.category == category.replacing("_", with: "-")
        }
        guard let form, isIn(form), !form.isNew || !isBefore2_3 else {
            let types = SPDXReferenceForm.allCases.filter { isIn($0) && !($0.isNew && isBefore2_3) }
            // Categories that SPDX does not have are the schema's business.
            guard !types.isEmpty else { return }
            add(
                .externalReference, at: pointer().appending("referenceType"),
                expected: "\(types.map(\.rawValue).joined(separator: ", ")) (SPDX 2.3 annex F)", found: type)
            return
        }
        if form.rawValue != type {
            add(
                .externalReference, .warning, at: pointer().appending("referenceType"),
                expected: "\(form.rawValue), which is the name of the type (SPDX 2.3 annex F)", found: type)
        }
        if !form.accepts(locator) {
            add(
                .externalReference, at: pointer().appending("referenceLocator"),
                expected: "\(form.expected) (SPDX 2.3 annex F)", found: locator)
        }
    }

    private mutating func judge(snippet: JSONObject, at pointer: JSONPointer) {
        judge(snippet, SPDXField.snippet, at: pointer)
        judgeAnnotations(snippet, at: pointer)
        let ranges = snippet.objects("ranges")
        var hasBytes = false
        for (index, range) in ranges {
            for (member, clause) in [("offset", "9.3"), ("lineNumber", "9.4")] {
                let ends = ["startPointer", "endPointer"].map { range[$0]?.objectContent?[member] }
                guard case .number(let first) = ends[0], case .number(let last) = ends[1] else { continue }
                hasBytes = hasBytes || member == "offset"
                guard let start = first.int, let end = last.int, start < 1 || start > end else { continue }
                add(
                    .snippetRange, at: pointer.appending("ranges").appending(index),
                    expected: "a range that begins at 1 or later and does not end before it (SPDX 2.3 §\(clause))",
                    found: "\(start):\(end)")
            }
        }
        if !ranges.isEmpty, !hasBytes {
            add(.snippetRange, at: pointer.appending("ranges"), expected: "a range of bytes (SPDX 2.3 §9.3)")
        }
    }
}
