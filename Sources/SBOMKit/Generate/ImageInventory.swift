internal import ByteStreams
internal import ContainerImages
internal import SBOMConversion
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// The contents of an image, ready to be written as a document of any format.
public struct ImageInventory: Sendable {
    private(set) var bill: BillOfMaterials
    let identity: DocumentIdentity
    private let limits: Limits
    /// What was unusual, damaged or unreadable, in the order in which it was found.
    public let notices: [Notice]
    /// The figures of the contents.
    public let summary: Summary
    /// Those of the notices that are about the place where the image was found.
    let sourceNotices: [Notice]

    init(
        bill: BillOfMaterials, identity: DocumentIdentity, limits: Limits, notices: [Notice], sourceNotices: [Notice],
        summary: Summary
    ) {
        self.bill = bill
        self.identity = identity
        self.limits = limits
        self.notices = notices
        self.sourceNotices = sourceNotices
        self.summary = summary
    }

    /// The inventory of an artifact that is no image.
    init(_ artifact: Artifact, _ context: DocumentContext, limits: Limits) {
        let bill = BillOfMaterials(artifact, context)
        self.init(
            bill: bill, identity: DocumentIdentity(artifact.facts.digest, context), limits: limits,
            notices: (artifact.diagnostics + artifact.notices).map(Notice.init),
            sourceNotices: artifact.diagnostics.map(Notice.init),
            summary: Summary(
                image: bill.metadata.name ?? "", digest: artifact.facts.digest?.description, platform: nil,
                operatingSystem: nil, packageCount: artifact.blobs.count, dependencyCount: 0, unmetCount: 0,
                artifactType: artifact.kind))
    }

    /// Writes the document in a format.
    ///
    /// The same contents give the same bytes.
    ///
    /// - Parameter format: The format to write.
    /// - Returns: The document.
    /// - Throws: ``SBOMError`` with ``SBOMError/Code/internal``: every image has a document in every format.
    public func document(_ format: DocumentFormat) throws(SBOMError) -> [UInt8] {
        try document(format) { _ in }
    }

    /// Writes the document in a format, and reports what the format cannot hold.
    ///
    /// - Parameters:
    ///   - format: The format to write.
    ///   - report: Called for each loss.
    /// - Returns: The document.
    /// - Throws: ``SBOMError`` with ``SBOMError/Code/internal``: every image has a document in every format.
    public func document(_ format: DocumentFormat, report: (Notice) -> Void) throws(SBOMError) -> [UInt8] {
        do {
            return try encoded(format, report: report)
        } catch {
            throw SBOMError(fault: error)
        }
    }

    /// The inventory with as few details left out as its document in a format needs to have a size.
    ///
    /// Files of documentation are left out first, then files that are no code, then files of code, then changed files and
    /// files that no package owns, then the long and at last the short descriptions of packages. Packages and
    /// relationships between them are never left out. The comment of the document says what was left out, and the document
    /// has another identity.
    ///
    /// - Parameters:
    ///   - size: The largest size of the document, in bytes.
    ///   - format: The format of the document.
    /// - Returns: The inventory.
    /// - Throws: ``SBOMError`` with ``SBOMError/Code/tooLarge`` if the document is larger whatever is left out.
    public func fitting(_ size: Int, as format: DocumentFormat) throws(SBOMError) -> ImageInventory {
        var inventory = self
        var details = DocumentDetail.allCases[...]
        while true {
            let count = try inventory.document(format).count
            guard count > size else { return inventory }
            var isSmaller = false
            while !isSmaller, let detail = details.popFirst() {
                isSmaller = inventory.bill.leaveOut(detail, toFit: size)
            }
            guard isSmaller else {
                throw SBOMError(
                    .tooLarge,
                    "the \(format) document has \(count) bytes with nothing but packages and relationships; "
                        + "expected \(size) at most")
            }
            inventory.bill.identify(as: identity)
        }
    }

    /// The number of bytes of an attestation that BuildKit reads at most (moby/buildkit).
    public static let statementSizeOfBuildKit = 40 << 20

    /// Writes the document as the predicate of an in-toto statement, on one line
    /// (in-toto attestation framework, spec/v0.1/README.md, "Statement").
    ///
    /// The statement has no subject: who attaches it to an image adds that.
    ///
    /// - Parameter format: SPDX or CycloneDX in JSON.
    /// - Returns: The statement.
    /// - Throws: ``SBOMError`` with ``SBOMError/Code/usage`` for a format that is not JSON.
    public func statement(_ format: DocumentFormat) throws(SBOMError) -> [UInt8] {
        guard format.target.syntax == .json else {
            throw SBOMError(.usage, "a statement holds a document in JSON, not \(format)")
        }
        let predicateType =
            format.target.family == .spdx ? "https://spdx.dev/Document" : "https://cyclonedx.org/bom"
        let document: JSONValue
        do {
            document = try JSONValue(parsing: try self.document(format), limits: limits)
        } catch {
            throw SBOMError(fault: error)
        }
        let statement = JSONObject([
            .init(name: "_type", value: "https://in-toto.io/Statement/v0.1"), .init(name: "subject", value: .array([])),
            .init(name: "predicateType", value: .string(predicateType)), .init(name: "predicate", value: document),
        ])
        return JSONWriter.bytes(of: .object(statement), .compact)
    }

    private func encoded(_ format: DocumentFormat, report: (Notice) -> Void) throws -> [UInt8] {
        let converter = DocumentConverter(
            carries: false, created: bill.metadata.created, reports: false, limits: limits)
        let (bytes, replacements) = try converter.write(bill, as: format.target)
        if replacements > 0 {
            report(
                Notice(
                    .warning, code: .notInXML, at: .document,
                    "\(replacements) control characters are replaced by U+FFFD: XML cannot hold them"))
        }
        return bytes
    }

    /// The document as a graph, without the text in between.
    ///
    /// - Throws: ``SBOMError`` if the image has more packages than a document may have.
    func graph() throws(SBOMError) -> DocumentGraph {
        do throws(DocumentError) {
            return try DocumentGraph(ParsedDocument(bill), limits: limits)
        } catch {
            throw SBOMError(error)
        }
    }

    /// Whether something in the image is not described: a layer or a database that could not be read, packages of an
    /// unsupported kind, or code that no package owns.
    public var isBlind: Bool { notices.contains { $0.severity == .blind } }

    /// The counts of files; a path that several packages list counts once.
    public struct FileCounts: Sendable, Hashable {
        /// Regular files.
        public var regular = 0
        /// Regular files that a package owns.
        public var owned = 0
        /// Files that differ from what a database records, configuration included.
        public var changed = 0
        /// Configuration files that differ.
        public var configuration = 0
        /// Files and folders that a database records and that are missing, apart from documentation.
        public var missing = 0
        /// Documentation and translations that a database records and that are missing, with their folders.
        public var missingDocumentation = 0
        /// Owned files whose contents no database records.
        public var unverified = 0
        /// Executables, libraries and archives of code that no package owns.
        public var unownedCode = 0
    }

    /// The figures of an image's contents.
    public struct Summary: Sendable {
        /// The name and tag of the image.
        public let image: String
        /// The digest of its manifest; nil if it has none.
        public let digest: String?
        /// `os/architecture[/variant]`; nil if the image does not state it.
        public let platform: String?
        /// The name of the operating system; nil if the image does not state it.
        public let operatingSystem: String?
        /// The number of installed packages, of the blobs of an artifact that is no image, or of the images of an index.
        public let packageCount: Int
        /// The number of pairs of packages of which one depends on the other.
        public let dependencyCount: Int
        /// The number of dependencies that no installed package satisfies.
        public let unmetCount: Int
        /// The number of packages that lower layers have and the image as a whole does not.
        public var hiddenCount = 0
        /// The number of packages that come from the base image; nil if no base was named.
        public var inheritedCount: Int?
        /// The counts of files; nil unless files were asked for.
        public var files: FileCounts?
        /// Whether the document relates the images of an index.
        public var isIndex = false
        /// What an artifact is that is no image; nil for an image.
        public var artifactType: String?
    }
}
