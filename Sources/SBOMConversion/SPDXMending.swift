internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import SBOMValidation
internal import StructuredText

/// Changes in an SPDX document what violates a rule.
///
/// What is done depends on the place alone, so that it does not matter how many rules there are for it.
struct SPDXMending {
    private let root: JSONValue
    private let content: JSONObject
    private let version: String
    private let defaults: DocumentDefaults
    private var edits = ValueEdits()
    private var licenses: SPDXLicenseMending
    /// The new identifiers of elements and of the document, by the old ones, for the references to them.
    private var renamed: [String: String] = [:]
    private var ids: UniqueIDs?
    private var lacksDescription = false
    /// The packages that contain files although they say that these were not analyzed.
    private var analyzed: Set<String> = []

    /// Changes a document, and returns whether there was something to change.
    static func mend(
        _ violations: [DocumentViolation], in content: inout JSONObject, version: String, _ defaults: DocumentDefaults
    ) -> Bool {
        var mending = SPDXMending(content, version, defaults)
        for violation in violations {
            mending.plan(violation.pointer.tokens, isDuplicate: violation.isDuplicate)
        }
        guard mending.hasPlans else { return false }
        content = mending.result()
        return true
    }

    // What else it changes follows from an edit.
    private var hasPlans: Bool { !edits.isEmpty || !analyzed.isEmpty || lacksDescription }

    private init(_ content: JSONObject, _ version: String, _ defaults: DocumentDefaults) {
        self.content = content
        self.version = version
        self.defaults = defaults
        root = .object(content)
        licenses = SPDXLicenseMending(content)
    }

    // MARK: Planning

    private mutating func plan(_ tokens: [String], isDuplicate: Bool) {
        switch tokens.first {
        case nil: lacksDescription = true
        case "SPDXID":
            edits.plan(tokens, .value("SPDXRef-DOCUMENT"))
            renamed[content.text("SPDXID") ?? ""] = "SPDXRef-DOCUMENT"
        case "dataLicense": edits.plan(tokens, .value("CC0-1.0"))
        case "documentNamespace":
            let namespace = DocumentMetadata.namespace(
                base: "https://spdx.org/spdxdocs/", name: content.text("name") ?? "sbom", uuid: defaults.uuid)
            edits.plan(tokens, .value(.string(namespace)))
        case "creationInfo":
            if tokens.last == "created" {
                edits.plan(tokens, .value(.string(time(at: tokens) ?? defaults.created.description)))
            } else {
                edits.plan(tokens, .removal)
            }
        case "relationships":
            if tokens.count == 2 { noteAnalyzed(tokens) } else { edits.plan(tokens.prefix(2), .removal) }
        case "hasExtractedLicensingInfos": planLicense(tokens, isDuplicate: isDuplicate)
        case "externalDocumentRefs":
            // Without the entry, what refers to that document would refer to nothing.
            if tokens.last != "checksumValue" {
                edits.plan(tokens.prefix(2), .removal)
            } else {
                _ = planChecksum(tokens)
            }
        case "packages", "files", "snippets":
            if tokens.count > 2 { planElement(tokens, isDuplicate: isDuplicate) }
        case "annotations", "revieweds": planRemark(tokens, depth: 2)
        default: edits.plan(tokens.prefix(2), .removal)
        }
    }

    private mutating func planElement(_ tokens: [String], isDuplicate: Bool) {
        switch tokens[2] {
        case "SPDXID": planIdentifier(tokens, isDuplicate: isDuplicate)
        case "licenseConcluded", "licenseDeclared", "licenseInfoFromFiles", "licenseInfoInFiles",
            "licenseInfoInSnippets":
            guard let text = root[pointer(tokens)]?.textContent else {
                edits.plan(tokens.prefix(2) + ["filesAnalyzed"], .value(true))
                return
            }
            edits.plan(tokens, .value(.string(licenses.mended(text))))
        case "downloadLocation": edits.plan(tokens, .value(.string(Element.noAssertion)))
        case "releaseDate", "builtDate", "validUntilDate":
            edits.plan(tokens, time(at: tokens).map { .value(.string($0)) } ?? .removal)
        case "packageVerificationCode" where tokens.count == 3, "hasFiles" where tokens.count == 3:
            edits.plan(tokens.prefix(2) + ["filesAnalyzed"], .value(true))
        case "fileName":
            let name = root[pointer(tokens)]?.textContent ?? ""
            edits.plan(tokens, .value(.string(SPDXElementCodec.relativeName(name))))
        case "checksums":
            // A file must have a checksum, and none is ever made up: a malformed one is better than no file.
            if tokens.count > 3, !planChecksum(tokens), tokens[0] != "files" { edits.plan(tokens.prefix(4), .removal) }
        case "externalRefs": planReference(tokens)
        case "annotations": planRemark(tokens, depth: 4)
        case "hasFiles", "fileDependencies": edits.plan(tokens, .removal)
        case _ where tokens[0] == "snippets": edits.plan(tokens.prefix(2), .removal)
        default: edits.plan(tokens.prefix(3), .removal)
        }
    }

    /// An element whose identifier is another's, or is none, gets a new one; references to the one mean the other.
    private mutating func planIdentifier(_ tokens: [String], isDuplicate: Bool) {
        let old = root[pointer(tokens)]?.textContent ?? ""
        if ids == nil {
            var known = UniqueIDs(0)
            for list in ["packages", "files", "snippets"] {
                for (_, element) in content.objects(list) {
                    if let id = element.text("SPDXID") { _ = known.unique(SPDXElementCodec.reference(id)) }
                }
            }
            ids = known
        }
        let word = CycloneDXComponentCodec.identifier(SPDXElementCodec.reference(old))
        let new = "SPDXRef-\(ids?.unique(word) ?? word)"
        edits.plan(tokens, .value(.string(new)))
        if !isDuplicate, !old.isEmpty, renamed[old] == nil { renamed[old] = new }
    }

    private mutating func planLicense(_ tokens: [String], isDuplicate: Bool) {
        guard tokens.count > 2 else { return }
        let license = root[pointer(tokens.prefix(2))]?.objectContent
        switch tokens[2] {
        case "licenseId" where !isDuplicate:
            guard let id = license?.text("licenseId"), !id.isEmpty else { fallthrough }
            edits.plan(tokens, .value(.string(ExtractedLicense.identifier(name: id, text: nil))))
        case "licenseId": edits.plan(tokens.prefix(2), .removal)
        case "extractedText":
            let words = [license?.text("name"), license?.text("licenseId")].compactMap { $0 }.first { !$0.isEmpty }
            edits.plan(tokens, .value(.string(words ?? Element.noAssertion)))
        default: edits.plan(tokens, .removal)
        }
    }

    /// Writes the digits of a checksum in small letters; returns whether that is enough.
    private mutating func planChecksum(_ tokens: [String]) -> Bool {
        guard tokens.last == "checksumValue", let digits = root[pointer(tokens)]?.textContent,
            digits.utf8.allSatisfy(\.isASCIIHexDigit), digits != digits.lowercased()
        else { return false }
        edits.plan(tokens, .value(.string(digits.lowercased())))
        return true
    }

    /// A reference of a type that its category does not have, or without the form of its type, is one of the category
    /// OTHER, which demands none.
    private mutating func planReference(_ tokens: [String]) {
        let way = tokens.prefix(4)
        guard let reference = root[pointer(way)]?.objectContent, let type = reference.text("referenceType"),
            let locator = reference.text("referenceLocator"), !locator.isEmpty,
            !locator.hasWhitespace
        else {
            edits.plan(way, .removal)
            return
        }
        let known = SPDXElementCodec.knownReference(type)
        if tokens.last == "referenceType", let known,
            known.type != type || known.category != reference.text("referenceCategory")
        {
            edits.plan(tokens, .value(.string(known.type)))
            edits.plan(way + ["referenceCategory"], .value(.string(known.category)))
        } else if known?.type == "purl" {
            guard let purl = PackageURL(parsing: locator) else { return edits.plan(way, .removal) }
            // What the definition of its type demands is not made up: scanners know the package by what it has.
            edits.plan(way + ["referenceLocator"], .value(.string(purl.description)))
        } else if reference.text("referenceCategory") == "OTHER" {
            edits.plan(way, .removal)
        } else {
            edits.plan(way + ["referenceCategory"], .value("OTHER"))
        }
    }

    /// Plans what becomes of an annotation or a review; `depth` is the number of steps that lead to it.
    private mutating func planRemark(_ tokens: [String], depth: Int) {
        if tokens.last == "annotationDate" || tokens.last == "reviewDate", let time = time(at: tokens) {
            edits.plan(tokens, .value(.string(time)))
        } else {
            edits.plan(tokens.prefix(depth), .removal)
        }
    }

    private mutating func noteAnalyzed(_ tokens: [String]) {
        guard let relationship = root[pointer(tokens)]?.objectContent else { return }
        let end = relationship.text("relationshipType") == "CONTAINED_BY" ? "relatedSpdxElement" : "spdxElementId"
        if let id = relationship.text(end) { analyzed.insert(id) }
    }

    /// The time at a place in the spelling of SPDX; nil if it is none.
    private func time(at tokens: [String]) -> String? {
        root[pointer(tokens)]?.textContent.flatMap { Timestamp(rfc3339: $0) }?.description
    }

    private func pointer(_ tokens: some Sequence<String>) -> JSONPointer {
        tokens.reduce(.root) { $0.appending($1) }
    }

    // MARK: The result

    private consuming func result() -> JSONObject {
        if !analyzed.isEmpty {
            for (index, package) in content.objects("packages") {
                guard let id = package.text("SPDXID"), analyzed.contains(id) else { continue }
                edits.plan(["packages", String(index), "filesAnalyzed"], .value(true))
            }
        }
        for (old, index) in licenses.renamed {
            edits.plan(
                ["hasExtractedLicensingInfos", String(index), "licenseId"],
                .value(.string(ExtractedLicense.identifier(name: old, text: nil))))
        }
        var value = root
        edits.apply(to: &value)
        guard case .object(var document) = value else { return content }
        licenses.define(in: &document)
        if !renamed.isEmpty { rename(in: &document) }
        if lacksDescription {
            if document.text("SPDXID")?.isEmpty ?? true { document.set("SPDXID", "SPDXRef-DOCUMENT") }
            // The document states nothing about it, and this says so.
            let relationship: JSONValue = [
                "spdxElementId": .string(document.text("SPDXID") ?? "SPDXRef-DOCUMENT"),
                "relationshipType": "DESCRIBES", "relatedSpdxElement": .string(Element.noAssertion),
            ]
            document.set("relationships", .array((document["relationships"]?.arrayContent ?? []) + [relationship]))
        }
        document.arrange(SPDXOrder.document)
        return document
    }

    /// Changes the references to elements that have new identifiers.
    private func rename(in document: inout JSONObject) {
        func rename(_ name: String, in object: inout JSONObject) {
            switch object[name] {
            case .string(let id): if let new = renamed[id] { object.set(name, .string(new)) }
            case .array(let items) where items.contains(where: { renamed[$0.textContent ?? ""] != nil }):
                object.set(
                    name,
                    .array(items.map { item in item.textContent.flatMap { renamed[$0] }.map { .string($0) } ?? item }))
            case nil, .null, .bool, .number, .object, .array: break
            }
        }
        for name in ["documentDescribes", "describesPackages"] { rename(name, in: &document) }
        document.changeObjects("relationships") { relationship in
            for name in ["spdxElementId", "relatedSpdxElement"] { rename(name, in: &relationship) }
        }
        document.changeObjects("packages") { rename("hasFiles", in: &$0) }
        document.changeObjects("files") { rename("fileDependencies", in: &$0) }
        document.changeObjects("snippets") { snippet in
            rename("snippetFromFile", in: &snippet)
            snippet.changeObjects("ranges") { range in
                for end in ["startPointer", "endPointer"] { range.changeObject(end) { rename("reference", in: &$0) } }
            }
        }
    }
}

extension DocumentViolation {
    fileprivate var isDuplicate: Bool { name == ValidationRule.duplicateIdentifier.rawValue }
}
