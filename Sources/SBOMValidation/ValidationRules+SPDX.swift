internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

extension RuleChecker {
    /// Validates an SPDX document against the rules that its schema cannot express.
    mutating func judgeSPDX(_ content: JSONValue, at pointer: JSONPointer) {
        guard let document = content.objectContent else { return }
        judgeFields(document, isBefore2_3: document.text("spdxVersion") == "SPDX-2.2", at: pointer)
        var names = SPDXNames()
        names.document = document.text("SPDXID") ?? "SPDXRef-DOCUMENT"
        collectIdentifiers(document, &names, at: pointer)
        judgeDescription(document, names, at: pointer)
        judgeReferences(document, names, at: pointer)
        judgeFiles(document, names, at: pointer)
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
        /// The SPDXIDs of files.
        var files: Set<String> = []
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
                if list == "files" { names.files.insert(id) }
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

    // SPDX 2.3 §11.1: DESCRIBES is mandatory if there is more than one package or set of files that are in no package.
    private mutating func judgeDescription(_ document: JSONObject, _ names: SPDXNames, at pointer: JSONPointer) {
        if !document.texts("documentDescribes").isEmpty || !document.texts("describesPackages").isEmpty { return }
        if document.objects("packages").count == 1, !hasLooseFiles(document, names) { return }
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

    private func hasLooseFiles(_ document: JSONObject, _ names: SPDXNames) -> Bool {
        var loose = names.files
        for (_, package) in document.objects("packages") where !loose.isEmpty {
            for (_, file) in package.texts("hasFiles") { loose.remove(file) }
        }
        for (_, relationship) in document.objects("relationships") where !loose.isEmpty {
            let file: String? =
                switch relationship.text("relationshipType") {
                case "CONTAINS": relationship.text("relatedSpdxElement")
                case "CONTAINED_BY": relationship.text("spdxElementId")
                default: nil
                }
            if let file { loose.remove(file) }
        }
        return !loose.isEmpty
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
            if let id = snippet.text("snippetFromFile"), !names.files.contains(id) {
                if names.elements.contains(id) {
                    add(
                        .danglingReference, at: place.appending("snippetFromFile"),
                        expected: "the SPDXID of a file (SPDX 2.3 §9.2)", found: id)
                } else {
                    judge(reference: id, names, at: place.appending("snippetFromFile"))
                }
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
            let element = String(id[id.index(after: colon)...])
            if !names.documents.contains(String(id[..<colon])) {
                add(
                    .danglingReference, at: pointer, expected: "a document that externalDocumentRefs names", found: id)
            } else if !SPDXIdentifier.isElement(element), !SPDXIdentifier.isLicense(element) {
                add(
                    .identifierForm, at: pointer,
                    expected: "an SPDXID of letters, digits, \".\" and \"-\" behind the document (SPDX 2.3 §11.1)",
                    found: id)
            }
        } else if id.hasPrefix("DocumentRef-"), names.documents.contains(id) {
            // SPDX 2.3 §6.3: the whole document is DocumentRef-…:SPDXRef-DOCUMENT.
            add(
                .identifierForm, .warning, at: pointer, expected: "\(id):\(SPDXIdentifier.document) (SPDX 2.3 §6.3)",
                found: id)
        } else {
            add(.danglingReference, at: pointer, expected: "the SPDXID of something in the document", found: id)
        }
    }

    // SPDX 2.3 §7.8: a package whose files were not analyzed contains none.
    private mutating func judgeFiles(_ document: JSONObject, _ names: SPDXNames, at pointer: JSONPointer) {
        guard !names.files.isEmpty else { return }
        var packages: Set<String> = []
        for (_, package) in document.objects("packages") {
            if case .bool(false) = package["filesAnalyzed"], let id = package.text("SPDXID") { packages.insert(id) }
        }
        guard !packages.isEmpty else { return }
        for (index, relationship) in document.objects("relationships") {
            let ends: (package: String, file: String)
            switch relationship.text("relationshipType") {
            case "CONTAINS": ends = ("spdxElementId", "relatedSpdxElement")
            case "CONTAINED_BY": ends = ("relatedSpdxElement", "spdxElementId")
            default: continue
            }
            guard let package = relationship.text(ends.package), packages.contains(package),
                let file = relationship.text(ends.file), names.files.contains(file)
            else { continue }
            add(
                .filesNotAnalyzed, at: pointer.appending("relationships").appending(index),
                expected:
                    "no file in \(DocumentViolation.shortened(package)), whose filesAnalyzed is false (SPDX 2.3 §7.8)",
                found: file)
        }
    }

    private mutating func judgeLicenses(_ document: JSONObject, _ names: SPDXNames, at pointer: JSONPointer) {
        let lists = [
            ("packages", ["licenseConcluded", "licenseDeclared", "licenseInfoFromFiles"]),
            ("files", ["licenseConcluded", "licenseInfoInFiles"]),
            ("snippets", ["licenseConcluded", "licenseInfoInSnippets"]),
        ]
        for (list, members) in lists {
            for (index, element) in document.objects(list) {
                for member in members {
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
        for word in judge(expression: text, in: .spdx, at: pointer()) {
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
