/// The bounds on what reading an untrusted input may cost.
///
/// Images, databases and documents can come from anybody. Input that exceeds a limit is refused with an error that names
/// the limit; nothing is silently cut off. Every member has a test that reaches it.
package struct Limits: Sendable {
    /// The largest manifest, index or configuration, in bytes; registries stop at 4 MiB (OCI distribution-spec).
    package var manifestSize = 16 << 20
    /// How deep an index may point to an index.
    package var indexDepth = 8
    /// How many manifests all indexes of a layout may list together.
    package var manifestCount = 10_000
    /// How many bytes of manifests and configurations are read to find one image in a layout.
    package var manifestsSize = 128 << 20
    /// How many blobs that are attached to an image are examined to find its SBOMs.
    package var attachmentCount = 1_000
    /// How many leading bytes of such a blob are examined to detect whether it is text; only text is read.
    package var glanceSize = 512
    /// How many bytes of them are read for that, after decompression.
    package var attachmentsSize = 512 << 20
    /// The largest payload of a signature that is shown, in bytes; those of cosign have some 250.
    package var signedPayloadSize = 64 << 10
    /// How many layers an image may have; container engines stop at 127 or fewer.
    package var layerCount = 1_000
    /// The largest layer after decompression, in bytes.
    package var layerSize = 256 << 30
    /// How many entries the tars of all layers may have together.
    package var entryCount = 4_000_000
    /// How long the names and link targets of all entries may be together, in bytes.
    package var nameBytes = 512 << 20
    /// The longest path or link target, in bytes.
    package var pathLength = 32 << 10
    /// How deep folders may be nested.
    package var pathDepth = 1_000
    /// How many components the paths of a layer may have together, those of the links that they lead through included.
    package var pathSteps = 64_000_000
    /// How many names may be looked up to resolve the paths and links of one image, over all its layers and for every
    /// purpose.
    ///
    /// A component of a path is looked up in each layer that has its folder, and each component of the target of a
    /// symbolic link counts once more. An image of 5 KB can otherwise have links that lead through millions of folders.
    package var lookupCount = 16_000_000
    /// The largest pax or GNU extension header, in bytes.
    package var tarExtensionSize = 1 << 20
    /// How many symbolic links a path may lead through, as the Linux kernel has it (path_resolution(7)).
    package var linkCount = 40
    /// The largest file that is kept from a layer, in bytes.
    package var capturedFileSize = 512 << 20
    /// How many leading bytes of a file of a layer are looked at to tell what it is.
    ///
    /// Every signature that is looked for stands in them.
    package var probeSize = 64
    /// How many files of all layers together may be of a kind that is looked for by their leading bytes.
    ///
    /// Each path takes some hundred bytes while its owner is searched. The largest images have 100,000 files of code.
    package var evidenceCount = 1_000_000
    /// How many files of all layers together may have their digests kept, which takes 80 bytes a file.
    ///
    /// Digests are taken only if files are asked for. A document cannot have more elements than ``elementCount``.
    package var digestCount = 2_000_000
    /// How large the holes of a sparse file may be whose digests are taken, in bytes; a file with larger ones has none.
    ///
    /// The archive has no byte for a hole, but a digest takes time for each. The holes of all files count as bytes of
    /// layers, so that ``expansionRatio`` bounds them together.
    package var hashedHoleSize = 1 << 30
    /// How large all files kept from all layers may be together, in bytes.
    package var capturedSize = 1 << 30
    /// How many times as large as the stored layers of an image the files kept from all of them may be together.
    ///
    /// Package databases compress to a tenth; a file of zeros compresses to a thousandth.
    package var capturedRatio = 20
    /// How large the files kept from all layers may be together however small the stored layers are, in bytes.
    package var capturedAllowance = 128 << 20
    /// How large the holes of all sparse files that are kept may be together, in bytes: the archive has no byte for them.
    package var holeSize = 64 << 20
    /// How many times as large as the stored layers of an image all layers may be together after decompression.
    package var expansionRatio = 256
    /// How large all layers may be together after decompression however small the stored layers are, in bytes.
    package var expansionAllowance = 4 << 30
    /// How much memory a decoder may ask for its window, in bytes (zstd --ultra --long=27, xz -9 need less).
    package var decoderMemory = 192 << 20
    /// How many package records a database may have; all of Debian has 65,000 packages.
    package var packageCount = 100_000
    /// How many files the packages of a database may list together, where what is recorded of them is read.
    ///
    /// Each takes some 150 bytes. A system with all of a distribution's usual programs lists 500,000.
    package var recordedFileCount = 2_000_000
    /// How many dependencies and provisions the records of a database may state together.
    package var relationCount = 1_000_000
    /// The largest header of an rpm package, in bytes (rpm lib/header.c, headerMaxbytes).
    package var headerSize = 256 << 20
    /// How many entries the header of an rpm package may have (rpm lib/header.c, HEADER_TAGS_MAX).
    package var headerEntryCount = 0xFFFF
    /// How many strings one value in the header of an rpm package may have; the largest packages have 400,000 files.
    package var headerStringCount = 4 << 20
    /// The largest archive of images that is expanded into a temporary file, in bytes.
    package var archiveSize = 64 << 30
    /// The largest os-release, in bytes; real ones have a few hundred.
    package var osReleaseSize = 1 << 20
    /// How much of dpkg's list of architectures is read, in bytes; real ones have about ten.
    package var architectureListSize = 1 << 16
    /// How many rows of the schema of an SQLite database are read; rpm's have about 40.
    package var schemaRowCount = 1_000
    /// The largest row of the schema of an SQLite database that is read, in bytes; rpm's have about 200.
    package var schemaRowSize = 64 << 10
    /// The largest file with the description of a package that is kept, in bytes; such as npm's `package.json`.
    package var manifestFileSize = 16 << 20
    /// How much of an archive inside an image is kept in memory, in bytes; a larger one goes to a temporary file.
    package var spoolMemory = 8 << 20
    /// The largest archive inside an image that is read, in bytes.
    package var spoolSize = 1 << 30
    /// How many members the zip archives in one file of an image may have together.
    package var zipEntryCount = 1_000_000
    /// How large the central directories of the zip archives in one file of an image may be together, in bytes.
    ///
    /// Most of it are the paths of the members.
    package var zipDirectorySize = 128 << 20
    /// How many zip archives may be inside of one another, the outermost included.
    package var zipDepth = 5
    /// How many times as large as a file of an image everything may be that is inflated of its zip archives.
    package var zipRatio = 64
    /// How much may be inflated of the zip archives in one file of an image however small the file is, in bytes.
    package var zipAllowance = 64 << 20
    /// How much may be inflated of the zip archives in one file of an image, in bytes.
    package var zipInflatedSize = 4 << 30
    /// The largest member of a zip archive that is kept, in bytes; the manifest of a signed archive names each file.
    package var zipPartSize = 16 << 20
    /// How large all members may be together that are kept of the zip archives in one file of an image, in bytes.
    package var zipPartsSize = 64 << 20
    /// How large the notes of one executable may be together, in bytes; real ones have some hundred.
    package var noteSize = 1 << 20
    /// The largest build information of Go in an executable, in bytes; the largest programs have some 200 KB.
    package var goBuildInformationSize = 8 << 20
    /// The largest list of crates in an executable after decompression, in bytes.
    package var crateListSize = 8 << 20
    /// How many SBOMs inside of an image a document refers to; further ones are counted.
    package var embeddedSBOMCount = 10_000
    /// The largest SBOM inside of an image whose packages are read, in bytes; its tree takes several times as much memory.
    package var embeddedSBOMSize = 16 << 20
    /// How many packages of one kind may be found outside of the databases of the system.
    package var languagePackageCount = 200_000
    /// How many dependency edges a graph may have.
    package var edgeCount = 1_000_000
    /// How many steps finding the dependencies of one database may take: comparisons, and needs that are kept.
    package var resolutionSteps = 20_000_000
    /// How many bytes of package databases are read to tell which layer each package came with, over all layers.
    package var historySize = 1 << 30
    /// The largest SBOM document that is read, in bytes; its tree takes several times as much memory.
    package var documentSize = 256 << 20
    /// How deep JSON and XML may be nested.
    package var documentDepth = 1_000
    /// The number of packages and files of a document that is outlined, queried, compared or converted.
    ///
    /// A document of ``documentSize`` with the usual fields has fewer: a file with its digest and the relationship that
    /// it belongs to takes some 250 bytes.
    package var elementCount = 2_000_000
    /// The number of packages and files of a document that is outlined, queried, compared or converted, however small the
    /// document is.
    package var elementAllowance = 100_000
    /// The number of bytes of a document for which it may have a package or file, if that gives more than
    /// ``elementAllowance``.
    ///
    /// A package costs some kilobytes of memory whatever it states; `{}` takes 3 bytes. Documents with more than a few
    /// packages have 190 bytes for each, or more.
    package var elementSize = 108
    /// The number of JSON objects, XML elements or tags of a document that is outlined, queried, compared or converted,
    /// however small the document is.
    package var objectAllowance = 200_000
    /// The number of bytes of a document for which it may have a JSON object, an XML element or a tag, if that gives more
    /// than ``objectAllowance``.
    ///
    /// The densest documents have 38 bytes for each.
    package var objectSize = 16
    /// How many tags an SPDX document in tag-value may have.
    package var tagCount = 10_000_000
    /// The longest text between two tags of an XML document, in bytes.
    ///
    /// A CDATA section, comment or attribute value ends at libxml2's own 10 MB before that.
    package var documentTextSize = 256 << 20
    /// How many attributes and namespace declarations an XML element may have.
    ///
    /// libxml2 compares each attribute of an element with all before it.
    package var attributeCount = 1_000
    /// How many namespace declarations may hold at one place of an XML document.
    ///
    /// libxml2 goes through all of them for each name.
    package var namespaceCount = 256
    /// The number of different names of elements and attributes of an XML document; the tree has 27 bits for one.
    package var nameCount = 1 << 27
    /// The number of violations of the schema, and of the rules, that are reported; the document has more then, and the
    /// report says so.
    package var violationCount = 1_000
    /// The number of members that a converted document may carry, however small the document is that it is made from.
    ///
    /// A carried member takes some 250 bytes, and the document that it comes from may have spent 10 on it. What an element or
    /// the document has beyond the limit is dropped as a whole and reported.
    package var carriedEntries = 100_000
    /// The number of bytes of a document for which a member may be carried, if that gives more than ``carriedEntries``.
    package var carriedEntrySize = 64

    /// How many diagnostics of one code are kept; later ones are counted.
    package var diagnosticCount = 100
    /// How many bytes of the path of an odd entry of a layer are quoted.
    package var quotedPathLength = 1_000

    package init() {}

    // MARK: Bounds that change the result instead of refusing the input

    /// How many bytes of text a license may add to a document by being repeated in every component that has it; of a larger
    /// one only the name is written.
    package static let inlinedLicenseText = 4 << 20
    /// How deep components are nested to express what contains what.
    ///
    /// A deeper component is written next to its container, and the relationship is carried.
    package static let nestedComponents = 100
    /// How deep components are nested because a document carries that they were.
    ///
    /// A deeper component is written next to its container. A level is an object in an array, so that less than half of ``documentDepth`` can be read again.
    package static let carriedNesting = 490
    /// The number of levels of a pretty document that are indented; deeper lines have the indentation of the last of them.
    ///
    /// Otherwise the indentation of a document that is nested 500 deep would be a hundred times as long as its text.
    package static let indentedLevels = 64
    /// How many violations of a schema are handled at once to make a document valid; where there are more, the elements of
    /// a document are made valid in smaller groups.
    package static let schemaViolations = 100_000
    /// How many members an element may carry so that each is judged by itself once they do not agree with the document
    /// together; of an element that carries more, none is believed then.
    package static let carriedMembers = 16
    /// How often what is carried of relationships is judged, each time without what did not agree with the document;
    /// then none of it is believed.
    package static let carrierRounds = 3
    /// How many of the carried members that are not believed a report names; the rest is counted.
    package static let namedRejections = 100
    /// How many license expressions the rules remember, so that equal ones are judged once.
    package static let rememberedExpressions = 100_000
    /// The number of namespaces that the notes on the spelling of an XML document may declare at its root.
    ///
    /// With those of the elements they have to be within ``namespaceCount``. A document with more is kept as it is.
    package static let declaredNamespaces = 200
    /// The number of notices that are kept about a document in tag-value; the rest is counted.
    package static let tagValueNotices = 1_000
    /// The nesting of brackets in a boolean dependency of rpm; a deeper one counts as one that does not parse.
    ///
    /// rpm's documentation shows two, and the deepest in distributions is four.
    package static let richDependencyDepth = 64
    /// How many notices are kept about a JSON document, and of each kind about an XML document; the rest is counted.
    package static let noticeCount = 100
    /// How deep JSON and XML may be nested whatever ``documentDepth`` allows.
    ///
    /// Values are destroyed by recursion, and the smallest stack of a thread has 512 KB.
    package static let parserDepth = 2_000
    /// The longest license expression that is parsed, in bytes; a longer text counts as one that does not parse.
    package static let licenseExpressionLength = 1 << 20
    /// How deep parentheses in a license expression may be nested; a deeper one counts as one that does not parse.
    package static let licenseExpressionDepth = 100
    /// How many steps are taken to say why elements are in a document; those that nothing is left for have fewer chains.
    package static let chainSteps = 4_000_000

    /// How many diversions of dpkg are followed; real systems have some dozens.
    ///
    /// A file that a further one moves counts as a file without owner.
    package static let diversionCount = 10_000
    /// How many links of dpkg's alternatives are followed; all of Debian has a few thousand.
    ///
    /// Further ones count as files without owner.
    package static let alternativeCount = 100_000
    /// How many folders of listed files are remembered without links in them; where there are more, some are resolved again.
    package static let rememberedFolders = 100_000
    /// How many missing or replaced files a package of a document names; the rest is counted.
    package static let namedDifferences = 100
    /// The longest field of the description of a Python distribution that is joined from several lines, in bytes.
    package static let pythonFieldLength = 16 << 10
    /// The longest requirement of a Python distribution that is parsed, in bytes; a longer one counts as unmet.
    package static let requirementLength = 16 << 10
    /// How deep parentheses in the marker of a requirement may be nested; a deeper one counts as one that does not parse.
    package static let markerDepth = 50
    /// The largest SBOM inside of an image that is parsed only to refer to it, in bytes.
    ///
    /// The reference to a larger one has its digest and no namespace.
    package static let listedSBOMSize = 2 << 20
    /// How many licenses with texts the license of a package in an SBOM inside of an image may have; a license with more
    /// counts as unknown.
    package static let embeddedLicenses = 1_000
    /// How many packages of languages that a package of the system contains are named at it; the rest is counted.
    package static let namedParts = 1_000
    /// How many files that no package owns a notice names; the rest is counted.
    package static let namedFiles = 5
    /// The members that an archive of images may have; `docker save` writes three for each layer.
    package static let archiveMembers = 100_000
    /// The links that lead from one name in an archive of images to the next, until a member that is a file.
    package static let archiveLinks = 10
    /// How many end records of a zip archive are tried; only one is the end, and others are in its comment.
    package static let zipEndRecords = 100
    /// How long the version of an interpreter or a runtime may be, in bytes; a longer text is no version.
    package static let runtimeVersionLength = 128
    /// How large the table of the sections of one executable may be, in bytes, and so may their names.
    ///
    /// What sections a file with a larger one has is not known.
    package static let sectionTableSize = 4 << 20
    /// How deep the folders of a root file system on this machine are read.
    package static let folderDepth = 200
    /// The content sets that a layer of a Red Hat image may have; real ones have two to ten.
    package static let contentSets = 100
    /// How many characters of a command, a label or an annotation the tree of an image shows; JSON has all of them.
    package static let shownCommand = 200
    /// The largest copyright file of a package that is read, in bytes; the license of a package with a larger one is unknown.
    package static let copyrightFileSize = 4 << 20
    /// How many paragraphs of a machine-readable copyright file are read; the largest of Debian have some thousands.
    package static let copyrightParagraphs = 10_000
    /// The length of the copyright notice of a package, in bytes; a longer one ends with a line that says so.
    package static let copyrightLength = 2 << 10
    /// The length of the text of a license, in bytes; a longer one ends with a line that says so.
    package static let licenseTextLength = 64 << 10
    /// The length of the short form of a license in a copyright file, in bytes; a longer one counts as a name.
    package static let licenseSynopsisLength = 4 << 10
    /// How deep parentheses in the short form of a license may be nested; a deeper one counts as a name.
    package static let licenseSynopsisDepth = 20
    /// How many words a name in the short form of a license may have; a longer one is a text.
    package static let licenseNameWords = 8
    /// How many words of a text are searched for notices; what a longer text states counts as not understood.
    package static let noticeWords = 200_000
    /// How many steps are taken to compare a text with known notices; those that nothing is left for are not recognized.
    package static let noticeSteps = 1_000_000
    /// For how many texts of copyright files it is remembered what they state.
    package static let rememberedStatements = 1_000
    /// The length of the name of a license in its identifier, in bytes; the text of the license has a name of its own.
    package static let licenseNameLength = 80
    /// The length of all texts of licenses in a document, in bytes; those of further licenses are left out.
    package static let licenseTextsSize = 32 << 20
    /// For how many licenses of some of its files a package states the files; the others are counted.
    package static let licenseParts = 50
    /// The length of the patterns of the files that have one license, in bytes; the others are counted.
    package static let licensePatternsLength = 400
    /// The longest name of a license that is shown in place of its identifier, in bytes.
    package static let shownLicenseName = 100
    /// The packages that a finding about a document names; the others are counted.
    package static let namedPackages = 5

    // MARK: Registries

    /// How many redirects are followed from one request.
    package static let redirectCount = 10
    /// The largest header of an answer, in bytes.
    package static let responseHeadSize = 256 << 10
    /// How much of the answer that is an error is read, in bytes.
    package static let errorAnswerSize = 64 << 10
    /// The largest answer of a token service, in bytes.
    package static let tokenAnswerSize = 1 << 20
    /// How many pages of a list of referrers are read.
    package static let referrerPages = 100
    /// The largest file with credentials, in bytes.
    package static let credentialFileSize = 4 << 20
    /// The largest answer of a credential helper, in bytes.
    package static let helperOutputSize = 1 << 20
    /// The largest file with the certificates of authorities, in bytes.
    package static let certificatesSize = 16 << 20
    /// How many files of a folder with certificates are looked at.
    package static let certificateFiles = 1_000

    // MARK: Configuration

    /// The largest configuration file, in bytes.
    package static let configurationSize = 1 << 20

    // MARK: Queries and searches

    /// The largest depth that a query may ask for; on a cycle there is no end of steps.
    package static let queryDepth = 1_000
    /// The number of elements for which chains are searched; further matches are counted.
    package static let chainTargets = 50
    /// The number of elements that a search with a depth visits in the style of bom before it ignores the depth.
    package static let bomSearchSteps = 2_000_000
    /// The number of steps of a regular expression, with those that a count such as `{1000}` repeats.
    package static let patternSteps = 10_000
    /// The nesting of groups in a regular expression.
    package static let patternDepth = 100
    /// The largest count in a regular expression: `{1000}`.
    package static let patternCount = 1_000
}
