/// Every tag of SPDX 2.3 tag-value once, in the order in which they are written.
package let completeTagValue = """
    SPDXVersion: SPDX-2.3
    DataLicense: CC0-1.0
    SPDXID: SPDXRef-DOCUMENT
    DocumentName: everything
    DocumentNamespace: https://example.org/everything
    ExternalDocumentRef: DocumentRef-other https://example.org/other SHA1: 0123456789012345678901234567890123456789
    DocumentComment: <text>Of the document</text>
    LicenseListVersion: 3.20
    Creator: Person: Ann
    Creator: Tool: by-hand
    Created: 2024-05-06T07:08:09Z
    CreatorComment: <text>Of the creator,
    in two lines</text>

    Reviewer: Person: Bob
    ReviewDate: 2024-05-07T00:00:00Z
    ReviewComment: <text>Fine</text>

    Annotator: Person: Cid
    AnnotationDate: 2024-05-08T00:00:00Z
    AnnotationType: OTHER
    SPDXREF: SPDXRef-DOCUMENT
    AnnotationComment: <text>Of the document</text>

    FileName: ./loose.c
    SPDXID: SPDXRef-loose
    FileType: SOURCE
    FileType: TEXT
    FileChecksum: SHA1: 0123456789012345678901234567890123456789
    LicenseConcluded: MIT
    LicenseInfoInFile: MIT
    LicenseComments: <text>Looked up</text>
    FileCopyrightText: NONE
    FileComment: <text>Of no package</text>
    FileNotice: <text>Notice</text>
    FileContributor: Dan
    FileAttributionText: <text>Thanks</text>
    FileDependency: ./other.c

    ArtifactOfProjectName: project
    ArtifactOfProjectHomePage: https://example.org/project
    ArtifactOfProjectURI: https://example.org/project.rdf

    PackageName: one
    SPDXID: SPDXRef-one
    PackageVersion: 1.0
    PackageFileName: one.tar
    PackageSupplier: Organization: Ex
    PackageOriginator: NOASSERTION
    PackageDownloadLocation: NONE
    FilesAnalyzed: true
    PackageVerificationCode: 0123456789012345678901234567890123456789 (excludes: ./a, ./b)
    PackageChecksum: SHA256: ab
    PackageChecksum: MD5: cd
    PackageHomePage: https://example.org/one
    PackageSourceInfo: <text>From git</text>
    PackageLicenseConcluded: MIT
    PackageLicenseInfoFromFiles: MIT
    PackageLicenseInfoFromFiles: NONE
    PackageLicenseDeclared: LicenseRef-x
    PackageLicenseComments: <text>None</text>
    PackageCopyrightText: <text>Copyright Ex</text>
    PackageSummary: <text>One</text>
    PackageDescription: <text>The first</text>
    PackageComment: <text>Of the package</text>
    ExternalRef: PACKAGE-MANAGER purl pkg:generic/one@1.0
    ExternalRef: OTHER LocationRef-x a/b
    ExternalRefComment: <text>Of the reference</text>
    PackageAttributionText: <text>Thanks</text>
    PrimaryPackagePurpose: OPERATING-SYSTEM
    ReleaseDate: 2024-01-01T00:00:00Z
    BuiltDate: 2024-01-02T00:00:00Z
    ValidUntilDate: 2024-01-03T00:00:00Z

    Annotator: Tool: t
    AnnotationDate: 2024-05-08T00:00:00Z
    AnnotationType: REVIEW
    SPDXREF: SPDXRef-one
    AnnotationComment: <text>Of the package</text>

    FileName: ./inside.c
    SPDXID: SPDXRef-inside
    FileChecksum: SHA1: 0123456789012345678901234567890123456789

    SnippetSPDXID: SPDXRef-snippet
    SnippetFromFileSPDXID: SPDXRef-inside
    SnippetByteRange: 10:20
    SnippetLineRange: 1:2
    SnippetLicenseConcluded: MIT
    LicenseInfoInSnippet: MIT
    SnippetLicenseComments: <text>As the file</text>
    SnippetCopyrightText: NOASSERTION
    SnippetComment: <text>Of the snippet</text>
    SnippetName: part
    SnippetAttributionText: <text>Thanks</text>

    LicenseID: LicenseRef-x
    ExtractedText: <text>Do
    what you like</text>
    LicenseName: X
    LicenseCrossReference: https://example.org/x
    LicenseComment: <text>Of the licence</text>
    Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-one
    Relationship: SPDXRef-one DEPENDS_ON NOASSERTION
    RelationshipComment: <text>Nobody knows</text>

    """
