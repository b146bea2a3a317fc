internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

extension RuleChecker {
    /// Validates an SPDX document against the rules that its schema cannot express.
    mutating func judgeSPDX(_ content: JSONValue, at pointer: JSONPointer) {
        guard let document = content.objectContent else { return }
        var names = SPDXNames()
        names.document = document.text("SPDXID") ?? "SPDXRef-DOCUMENT"
        collectIdentifiers(document, &names, at: pointer)
        judgeDescription(document, names, at: pointer)
        judgeReferences(document, names, at: pointer)
        judgeLicenses(document, names, at: pointer)
        for (index, package) in document.objects("packages") {
            for (place, reference) in package.objects("externalRefs")
            where reference.text("referenceType")?.hasSuffix("purl") == true {
                guard let locator = reference.text("referenceLocator") else { continue }
                judge(
                    packageURL: locator,
                    at: pointer.appending("packages").appending(index).appending("externalRefs").appending(place)
                        .appending("referenceLocator"))
            }
        }
    }

    /// The identifiers that references in a document may name.
    private struct SPDXNames {
        var document = ""
        /// The SPDXIDs of elements and of the document.
        var elements: Set<String> = []
        /// The names of external documents.
        var documents: Set<String> = []
        /// The identifiers of extracted licenses.
        var licenses: Set<String> = []
    }

    private mutating func collectIdentifiers(_ document: JSONObject, _ names: inout SPDXNames, at pointer: JSONPointer)
    {
        names.elements = [names.document]
        for list in ["packages", "files", "snippets"] {
            for (index, element) in document.objects(list) {
                guard let id = element.text("SPDXID") else { continue }
                if !names.elements.insert(id).inserted {
                    add(
                        .duplicateIdentifier, at: pointer.appending(list).appending(index).appending("SPDXID"),
                        expected: "an SPDXID that nothing before has", found: id)
                }
            }
        }
        for (index, reference) in document.objects("externalDocumentRefs") {
            guard let id = reference.text("externalDocumentId") else { continue }
            if !names.documents.insert(id).inserted {
                add(
                    .duplicateIdentifier,
                    at: pointer.appending("externalDocumentRefs").appending(index).appending("externalDocumentId"),
                    expected: "an identifier that no document before has", found: id)
            }
        }
        for (index, license) in document.objects("hasExtractedLicensingInfos") {
            guard let id = license.text("licenseId") else { continue }
            if !names.licenses.insert(id).inserted {
                add(
                    .duplicateIdentifier,
                    at: pointer.appending("hasExtractedLicensingInfos").appending(index).appending("licenseId"),
                    expected: "an identifier that no license before has", found: id)
            }
        }
    }

    // SPDX 2.3 §11.1: a document with several packages states which of them it describes.
    private mutating func judgeDescription(_ document: JSONObject, _ names: SPDXNames, at pointer: JSONPointer) {
        if !document.texts("documentDescribes").isEmpty || !document.texts("describesPackages").isEmpty { return }
        if document.objects("packages").count == 1 { return }
        for (_, relationship) in document.objects("relationships") {
            switch relationship.text("relationshipType").map(Relationship.Kind.init(rawValue:)) {
            case .describes where relationship.text("spdxElementId") == names.document: return
            case .describedBy where relationship.text("relatedSpdxElement") == names.document: return
            default: break
            }
        }
        add(
            .missingDescribes, at: pointer,
            expected: "a relationship DESCRIBES from \(names.document), as there is not exactly one package")
    }

    private mutating func judgeReferences(_ document: JSONObject, _ names: SPDXNames, at pointer: JSONPointer) {
        for (index, relationship) in document.objects("relationships") {
            for end in ["spdxElementId", "relatedSpdxElement"] {
                guard let id = relationship.text(end), !names.elements.contains(id) else { continue }
                // SPDX 2.3 §11.1: the related element may be NONE or NOASSERTION.
                if end == "relatedSpdxElement", id == "NONE" || id == "NOASSERTION" { continue }
                judge(reference: id, names, at: pointer.appending("relationships").appending(index).appending(end))
            }
        }
        for name in ["documentDescribes", "describesPackages"] {
            for (index, id) in document.texts(name) where !names.elements.contains(id) {
                judge(reference: id, names, at: pointer.appending(name).appending(index))
            }
        }
        for (list, members) in [("packages", ["hasFiles"]), ("files", ["fileDependencies"])] {
            for (index, element) in document.objects(list) {
                for member in members {
                    for (place, id) in element.texts(member) where !names.elements.contains(id) {
                        // In SPDX 1, `fileDependencies` are file names.
                        if member == "fileDependencies", !id.hasPrefix("SPDXRef-") { continue }
                        judge(
                            reference: id, names,
                            at: pointer.appending(list).appending(index).appending(member).appending(place))
                    }
                }
            }
        }
        for (index, snippet) in document.objects("snippets") {
            let place = pointer.appending("snippets").appending(index)
            if let id = snippet.text("snippetFromFile"), !names.elements.contains(id) {
                judge(reference: id, names, at: place.appending("snippetFromFile"))
            }
            for (number, range) in snippet.objects("ranges") {
                for end in ["startPointer", "endPointer"] {
                    guard let id = range[end]?.objectContent?.text("reference"), !names.elements.contains(id) else {
                        continue
                    }
                    judge(
                        reference: id, names,
                        at: place.appending("ranges").appending(number).appending(end).appending("reference"))
                }
            }
        }
    }

    private mutating func judge(reference id: String, _ names: SPDXNames, at pointer: JSONPointer) {
        if let colon = id.firstIndex(of: ":"), id.hasPrefix("DocumentRef-") {
            if names.documents.contains(String(id[..<colon])) { return }
            add(
                .danglingReference, at: pointer, expected: "a document that externalDocumentRefs names", found: id)
        } else if id.hasPrefix("DocumentRef-"), names.documents.contains(id) {
            return
        } else {
            add(.danglingReference, at: pointer, expected: "the SPDXID of something in the document", found: id)
        }
    }

    private mutating func judgeLicenses(_ document: JSONObject, _ names: SPDXNames, at pointer: JSONPointer) {
        let members = [
            "packages": ["licenseConcluded", "licenseDeclared", "licenseInfoFromFiles"],
            "files": ["licenseConcluded", "licenseInfoInFiles"],
            "snippets": ["licenseConcluded", "licenseInfoInSnippets"],
        ]
        for list in ["packages", "files", "snippets"] {
            for (index, element) in document.objects(list) {
                for member in members[list] ?? [] {
                    switch element[member] {
                    case .string(let text):
                        judge(
                            license: text, names, at: pointer.appending(list).appending(index).appending(member))
                    case .array(let items):
                        for (place, item) in items.enumerated() {
                            guard let text = item.textContent else { continue }
                            judge(
                                license: text, names,
                                at: pointer.appending(list).appending(index).appending(member).appending(place))
                        }
                    case nil, .null, .bool, .number, .object: break
                    }
                }
            }
        }
    }

    private mutating func judge(license text: String, _ names: SPDXNames, at pointer: @autoclosure () -> JSONPointer) {
        if text == "NONE" || text == "NOASSERTION" { return }
        judge(expression: text, at: pointer())
        guard text.contains("LicenseRef-") else { return }
        for word in LicenseExpression.names(in: text) {
            // The text of `DocumentRef-…:LicenseRef-…` is in the other document.
            if word.hasPrefix("DocumentRef-"), let colon = word.firstIndex(of: ":") {
                if !names.documents.contains(String(word[..<colon])) {
                    add(
                        .danglingReference, at: pointer(), expected: "a document that externalDocumentRefs names",
                        found: word)
                }
            } else if word.hasPrefix("LicenseRef-"), !names.licenses.contains(word) {
                add(
                    .missingLicenseText, at: pointer(),
                    expected: "a license whose text is in hasExtractedLicensingInfos",
                    found: word)
            }
        }
    }
}
