/// A tag of SPDX 2 tag-value, and the member of the JSON form that it corresponds to.
///
/// Reading and writing both go by the one table ``all``; neither has a list of tags of its own.
package struct SPDXTag: Sendable {
    /// A kind of object of the JSON form, for which some tags give the members.
    package enum Section: Int, Sendable, CaseIterable {
        case document, creation, review, annotation, package, file, artifact, snippet, license, relationship
        /// Members that no tag has, because the order of the sections implies them.
        case elsewhere
    }

    /// How a value is spelled.
    enum Form: Sendable {
        /// The first tag of an object; its value is one line.
        case start
        /// `SPDXID`, which documents, packages and files share.
        case id
        /// One line.
        case line
        /// One line that is not written if it is empty, since others refuse the document for it.
        case version
        /// A text, which may have many.
        case text
        /// One line for each element of an array.
        case lines
        /// A text for each element of an array.
        case texts
        /// `true` or `false`.
        case flag
        /// A primary purpose, whose blank is a hyphen here and `_` in JSON (SPDX 2.3 §7.24).
        case purpose
        case checksums
        case verificationCode
        case externalReferences
        case externalReferenceComment
        case externalDocuments
        /// The first tag of a relationship, which holds three members.
        case relationship
        case byteRange
        case lineRange
        /// `SPDXREF`: the annotated element, in which JSON nests the annotation.
        case annotated
    }

    package let name: String
    package let section: Section
    /// The member of the section's object.
    package let member: String
    let form: Form
    /// The number of the member within the section.
    let slot: Int
    /// Where ``all`` has the first tag of the same name.
    let index: Int
    let utf8: [UInt8]

    /// Whether its values are texts, which are written with `<text>` around them.
    var isText: Bool {
        switch form {
        case .text, .texts, .externalReferenceComment: true
        case .start, .id, .line, .version, .lines, .flag, .purpose, .checksums, .verificationCode, .externalReferences,
            .externalDocuments, .relationship, .byteRange, .lineRange, .annotated:
            false
        }
    }

    /// Whether its values are one line of any content, and not put together of parts.
    package var isLine: Bool {
        switch form {
        case .start, .id, .line, .version, .lines, .purpose: true
        case .text, .texts, .flag, .checksums, .verificationCode, .externalReferences, .externalReferenceComment,
            .externalDocuments, .relationship, .byteRange, .lineRange, .annotated:
            false
        }
    }

    /// All tags, in the order in which they are written.
    package static let all: [SPDXTag] = {
        var tags: [SPDXTag] = []
        var slots: [Section: [String: Int]] = [:]
        var indexes: [String: Int] = [:]
        for (section, rows) in table {
            for (name, member, form) in rows {
                let slot = slots[section]?[member] ?? slots[section]?.count ?? 0
                slots[section, default: [:]][member] = slot
                let index = indexes[name] ?? tags.count
                indexes[name] = index
                tags.append(
                    SPDXTag(
                        name: name, section: section, member: member, form: form, slot: slot, index: index,
                        utf8: Array(name.utf8)))
            }
        }
        return tags
    }()

    /// The places in ``all`` of each section's tags, by the section's number.
    static let bySection: [[Int]] = Section.allCases.map { section in
        all.indices.filter { all[$0].section == section }
    }

    /// The slots of each section's members, by the section's number; `elsewhere` for what other sections say.
    static let slots: [[String: Int]] = Section.allCases.map { section in
        var slots: [String: Int] = [:]
        for index in bySection[section.rawValue] { slots[all[index].member] = all[index].slot }
        for member in membersElsewhere[section] ?? [] { slots[member] = elsewhere }
        return slots
    }

    /// The slot of members that have no tag of their own.
    static let elsewhere = 31
    /// How many slots a section has.
    static let slotCount = 32

    /// The array of the document that the objects of a section stand in.
    package static func list(of section: Section) -> String {
        switch section {
        case .document, .elsewhere: ""
        case .creation: "creationInfo"
        case .review: "revieweds"
        case .annotation: "annotations"
        case .package: "packages"
        case .file: "files"
        case .artifact: "artifactOfs"
        case .snippet: "snippets"
        case .license: "hasExtractedLicensingInfos"
        case .relationship: "relationships"
        }
    }

    private static let membersElsewhere: [Section: [String]] = [
        .document: [
            "annotations", "creationInfo", "documentDescribes", "files", "hasExtractedLicensingInfos", "packages",
            "relationships", "revieweds", "snippets",
        ],
        .package: ["annotations", "hasFiles"],
        .file: ["annotations", "artifactOfs"],
        .snippet: ["annotations"],
        .relationship: ["spdxElementId", "relationshipType", "relatedSpdxElement"],
    ]

    // The order of SPDX 2.3 chapters 6 to 13.
    private static let table: [(Section, [(String, String, Form)])] = [
        (
            .document,
            [
                ("SPDXVersion", "spdxVersion", .line), ("DataLicense", "dataLicense", .line), ("SPDXID", "SPDXID", .id),
                ("DocumentName", "name", .line), ("DocumentNamespace", "documentNamespace", .line),
                ("ExternalDocumentRef", "externalDocumentRefs", .externalDocuments),
                ("DocumentComment", "comment", .text),
            ]
        ),
        (
            .creation,
            [
                ("LicenseListVersion", "licenseListVersion", .version), ("Creator", "creators", .lines),
                ("Created", "created", .line), ("CreatorComment", "comment", .text),
            ]
        ),
        (
            .review,
            [
                ("Reviewer", "reviewer", .start), ("ReviewDate", "reviewDate", .line),
                ("ReviewComment", "comment", .text),
            ]
        ),
        (
            .annotation,
            [
                ("Annotator", "annotator", .start), ("AnnotationDate", "annotationDate", .line),
                ("AnnotationType", "annotationType", .line), ("SPDXREF", "#SPDXREF", .annotated),
                ("AnnotationComment", "comment", .text),
            ]
        ),
        (
            .package,
            [
                ("PackageName", "name", .start), ("SPDXID", "SPDXID", .id), ("PackageVersion", "versionInfo", .line),
                ("PackageFileName", "packageFileName", .line), ("PackageSupplier", "supplier", .line),
                ("PackageOriginator", "originator", .line), ("PackageDownloadLocation", "downloadLocation", .line),
                ("FilesAnalyzed", "filesAnalyzed", .flag),
                ("PackageVerificationCode", "packageVerificationCode", .verificationCode),
                ("PackageChecksum", "checksums", .checksums), ("PackageHomePage", "homepage", .line),
                ("PackageSourceInfo", "sourceInfo", .text), ("PackageLicenseConcluded", "licenseConcluded", .line),
                ("PackageLicenseInfoFromFiles", "licenseInfoFromFiles", .lines),
                ("PackageLicenseDeclared", "licenseDeclared", .line),
                ("PackageLicenseComments", "licenseComments", .text), ("PackageCopyrightText", "copyrightText", .text),
                ("PackageSummary", "summary", .text), ("PackageDescription", "description", .text),
                ("PackageComment", "comment", .text), ("ExternalRef", "externalRefs", .externalReferences),
                ("ExternalRefComment", "externalRefs", .externalReferenceComment),
                ("PackageAttributionText", "attributionTexts", .texts),
                ("PrimaryPackagePurpose", "primaryPackagePurpose", .purpose), ("ReleaseDate", "releaseDate", .line),
                ("BuiltDate", "builtDate", .line), ("ValidUntilDate", "validUntilDate", .line),
            ]
        ),
        (
            .file,
            [
                ("FileName", "fileName", .start), ("SPDXID", "SPDXID", .id), ("FileType", "fileTypes", .lines),
                ("FileChecksum", "checksums", .checksums), ("LicenseConcluded", "licenseConcluded", .line),
                ("LicenseInfoInFile", "licenseInfoInFiles", .lines), ("LicenseComments", "licenseComments", .text),
                ("FileCopyrightText", "copyrightText", .text), ("FileComment", "comment", .text),
                ("FileNotice", "noticeText", .text), ("FileContributor", "fileContributors", .lines),
                ("FileAttributionText", "attributionTexts", .texts), ("FileDependency", "fileDependencies", .lines),
            ]
        ),
        (
            .artifact,
            [
                ("ArtifactOfProjectName", "name", .start), ("ArtifactOfProjectHomePage", "homePage", .line),
                ("ArtifactOfProjectURI", "projectUri", .line),
            ]
        ),
        (
            .snippet,
            [
                ("SnippetSPDXID", "SPDXID", .start), ("SnippetFromFileSPDXID", "snippetFromFile", .line),
                ("SnippetByteRange", "ranges", .byteRange), ("SnippetLineRange", "ranges", .lineRange),
                ("SnippetLicenseConcluded", "licenseConcluded", .line),
                ("LicenseInfoInSnippet", "licenseInfoInSnippets", .lines),
                ("SnippetLicenseComments", "licenseComments", .text), ("SnippetCopyrightText", "copyrightText", .text),
                ("SnippetComment", "comment", .text), ("SnippetName", "name", .line),
                ("SnippetAttributionText", "attributionTexts", .texts),
            ]
        ),
        (
            .license,
            [
                ("LicenseID", "licenseId", .start), ("ExtractedText", "extractedText", .text),
                ("LicenseName", "name", .line), ("LicenseCrossReference", "seeAlsos", .lines),
                ("LicenseComment", "comment", .text),
            ]
        ),
        (
            .relationship,
            [("Relationship", "#Relationship", .relationship), ("RelationshipComment", "comment", .text)]
        ),
    ]
}

/// Finds tags by their names, whatever the case of the letters.
struct SPDXTagNames: Sendable {
    static let all = SPDXTagNames()

    // By hash, with open addressing; more than ten times as many places as tags.
    private var places = [UInt8](repeating: .max, count: 1 << 10)

    private init() {
        for (index, tag) in SPDXTag.all.enumerated() where tag.index == index {
            var place = Self.hash(tag.utf8.span, 0..<tag.utf8.count)
            while places[place] != .max { place = (place + 1) & (places.count - 1) }
            places[place] = UInt8(index)
        }
    }

    /// The tag of that name, and whether its capitals are those of the specification; nil if no tag has that name.
    func find(_ text: Span<UInt8>, _ range: Range<Int>) -> (index: Int, isExact: Bool)? {
        guard range.count <= 32 else { return nil }
        var place = Self.hash(text, range)
        let tags = SPDXTag.all
        while places[place] != .max {
            let index = Int(places[place])
            if tags[index].utf8.count == range.count {
                var isEqual = true
                var isExact = true
                for (offset, letter) in tags[index].utf8.enumerated() {
                    let found = text[range.lowerBound + offset]
                    isExact = isExact && found == letter
                    isEqual = isEqual && found | 0x20 == letter | 0x20
                }
                if isEqual { return (index, isExact) }
            }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    private static func hash(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for index in range { hash = (hash ^ UInt32(text[index] | 0x20)) &* 16_777_619 }
        return Int((hash ^ hash >> 15) & 0x3FF)
    }
}
