internal import SBOMFormats
internal import StructuredText

extension DocumentValidator {
    /// Validates a document in tag-value: its JSON form against the schema and the rules, and its syntax.
    func validate(tagValue bytes: [UInt8]) throws(ValidationError) -> ValidationReport {
        let reading: SPDXTagValueReading
        do throws(SPDXTagValueError) {
            reading = try SPDXTagValue.read(bytes, limits: limits, making: .places)
        } catch {
            throw ValidationError(code: .tagValue, place: nil, reason: error.description)
        }
        let root = JSONValue.object(reading.content)
        let subject = try ValidationSubject(root)
        var found = try schemaViolations(in: root, mayRepeatNames: false, of: subject)
        var isTruncated = found.count >= violationLimit || reading.noticeCount > reading.notices.count
        var rules = RuleChecker(limit: violationLimit)
        rules.judgeSPDX(root, at: .root)
        rules.judgeEmptyLines(reading.content)
        isTruncated = isTruncated || rules.isTruncated
        found += rules.found
        for (index, place) in reading.places(of: found.map { $0.pointer }).enumerated() {
            found[index].place = place?.place
            found[index].tag = place?.tag
            if let tag = Self.missingTag(found[index]) { found[index].expected = "the tag \(tag)" }
            if found[index].kind == .schema, found[index].name == "additionalProperties" {
                found[index].expected = "a tag that SPDX \(subject.version) has"
            }
        }
        found += reading.notices.map { DocumentViolation($0) }
        let order = found.indices.sorted { one, other in
            let (left, right) = (found[one].place?.offset ?? 0, found[other].place?.offset ?? 0)
            return left == right ? one < other : left < right
        }
        return ValidationReport(
            format: .spdx, version: subject.version, violations: order.map { found[$0] }, isTruncated: isTruncated,
            licenseList: rules.licenseList)
    }

    /// The tag of a required member that is missing.
    private static func missingTag(_ violation: DocumentViolation) -> String? {
        guard let member = violation.missingMember else { return nil }
        let lists = violation.pointer.tokens.filter { Int($0) == nil }
        let section =
            SPDXTag.Section.allCases.last { !lists.isEmpty && SPDXTag.list(of: $0) == lists.last } ?? .document
        // `creationInfo` is an object without a tag; its first required member is the time.
        if section == .document, member == "creationInfo" { return "Created" }
        return SPDXTag.all.first { $0.section == section && $0.member == member }?.name
    }
}

extension RuleChecker {
    /// Finds the tags of one line without a value, unless the field has a form that says more.
    fileprivate mutating func judgeEmptyLines(_ document: JSONObject) {
        let judged = Set(found.filter { $0.found == "\"\"" || $0.found == "" }.map(\.pointer))
        for tag in SPDXTag.all where tag.isLine {
            let list = SPDXTag.list(of: tag.section)
            let places: [JSONPointer]
            switch tag.section {
            case .document:
                places = document.text(tag.member)?.isEmpty == true ? [.root.appending(tag.member)] : []
            case .package, .file, .snippet, .license:
                places = document.objects(list).filter { $0.object.text(tag.member)?.isEmpty == true }.map { index, _ in
                    .root.appending(list).appending(index).appending(tag.member)
                }
            case .creation, .review, .annotation, .artifact, .relationship, .elsewhere: places = []
            }
            for place in places where !judged.contains(place) {
                add(.emptyValue, .warning, at: place, expected: "a value, or no tag")
            }
        }
    }
}

extension DocumentViolation {
    /// A violation of the syntax of tag-value.
    fileprivate init(_ notice: SPDXTagValueNotice) {
        let (rule, severity, expected): (ValidationRule, Severity, String) =
            switch notice.kind {
            case .byteOrderMark: (.encoding, .warning, "UTF-8 without a byte order mark")
            case .utf16: (.encoding, .warning, "UTF-8, not UTF-16")
            case .invalidUTF8: (.encoding, .error, "UTF-8")
            case .noTag: (.unknownTag, .error, "a tag, a colon and a value, or a comment")
            case .unknownTag: (.unknownTag, .error, "a tag that SPDX has")
            case .tagSpelling(let name): (.unknownTag, .error, "the tag \(name)")
            case .unterminatedText: (.malformedValue, .error, "\"</text>\" somewhere after \"<text>\"")
            case .textAfterEnd: (.malformedValue, .error, "nothing after \"</text>\"")
            case .misplaced: (.misplacedTag, .error, "the element that the tag belongs to before the tag")
            case .late: (.misplacedTag, .error, "the tag with the others of its element, before the next element")
            case .repeated: (.repeatedTag, .error, "the tag once")
            case .flagSpelling: (.malformedValue, .error, "\"true\" or \"false\", in small letters")
            case .malformed(let expected): (.malformedValue, .error, expected)
            case .annotationOfNothing: (.danglingReference, .error, "an SPDXREF to something in the document")
            case .annotationWithoutReference: (.misplacedTag, .error, "an annotation with the tag SPDXREF")
            }
        self.init(rule, severity: severity, at: .root, expected: expected)
        place = notice.place
        tag = notice.tag.isEmpty ? nil : notice.tag
    }
}
