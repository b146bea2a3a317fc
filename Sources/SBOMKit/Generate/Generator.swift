package import ByteStreams
internal import ContainerImages
internal import PackageDatabases
internal import SBOMFormats
internal import SBOMModel

/// Makes software bills of materials of container images.
///
/// ```swift
/// let image = try await Generator().read("image-layout:latest")
/// print(image.summary.packageCount, "packages")
/// let spdx = try image.document(.spdx)
/// ```
///
/// Nothing is unpacked, nothing is fetched, no root is needed: the layers of an OCI layout are streamed once and the
/// package databases in them are read. The same image gives the same bytes.
public struct Generator: Sendable {
    /// What the caller may choose.
    public struct Options: Sendable {
        /// The platform of the image, `os/architecture[/variant]`; nil takes the only image, or the one for this machine.
        public var platform: String?
        /// Whether Recommends and Suggests are relationships too.
        public var withRecommends = false
        /// Whose code reads rpm databases.
        public var rpmReader = RPMReader.native
        /// Whether the keys that rpm lists as packages named `gpg-pubkey` are listed too.
        public var withPublicKeys = false
        /// Who supplies the image: `Organization: Name (mail)`, `Person: Name (mail)` or a name alone.
        public var supplier: String?
        /// Who makes the document, beside this tool, in the same form.
        public var creators: [String] = []
        /// The name of the image and its document; nil takes what the layout says.
        public var name: String?
        /// What the document's namespace begins with: an absolute URI without a fragment.
        public var namespaceBase = "https://spdx.org/spdxdocs/"
        /// When the document is made, in seconds since 1970 (`SOURCE_DATE_EPOCH`); nil takes the image's own time.
        public var sourceDateEpoch: String?

        /// The usual choices.
        public init() {}
    }

    /// Whose code reads rpm databases.
    public enum RPMReader: String, Sendable, CaseIterable {
        /// sbomkit's own: every kind of database, from memory, whatever is wrong with it.
        case native
        /// The librpm of the system, on a private copy of the database in `/tmp`: SQLite and Berkeley DB, in a build with
        /// the package trait `LibRPM`. What is promised of hostile input does not hold for it.
        case librpm
    }

    private let options: Options
    private let limits: Limits

    /// A generator with those options.
    public init(options: Options = Options()) {
        self.init(options: options, limits: Limits())
    }

    /// A generator with those options that refuses what goes past those limits.
    package init(options: Options, limits: Limits) {
        self.options = options
        self.limits = limits
    }

    /// The version of sbomkit, as documents name it.
    public static let version = "0.1.0"

    /// Reads an image, so that documents of it can be written.
    ///
    /// - Parameters:
    ///   - reference: `[oci:]DIR[:TAG|@DIGEST]`, an OCI layout on this machine.
    ///   - progress: Called from any thread with the bytes of layers read so far and the bytes there are.
    /// - Returns: What the image holds, and what there is to say about the reading.
    /// - Throws: ``SBOMError``.
    public func read(
        _ reference: String, progress: (@Sendable (_ read: Int, _ total: Int) -> Void)? = nil
    ) async throws -> ImageInventory {
        let context = try context()
        var platform: Platform?
        if let text = options.platform {
            platform = Platform(parsing: text)
            guard platform != nil else {
                throw SBOMError(.usage, "\(text): expected a platform such as linux/amd64 or linux/arm/v7")
            }
        }
        var rpmOptions = RPMDatabase.Options()
        rpmOptions.includePubkeys = options.withPublicKeys
        if options.rpmReader == .librpm {
            guard RPMDatabase.Reader.librpm.isAvailable else {
                throw SBOMError(.usage, "--rpm-reader librpm: this build has no librpm; build with --traits LibRPM")
            }
            rpmOptions.reader = .librpm
        }
        do {
            let reference = try ImageReference(parsing: reference)
            let image = try ImageLayout(folder: reference.folder, limits: limits)
                .image(reference.selector, platform: platform)
            let scan = try await ImageScan(
                image, withWeak: options.withRecommends, rpm: rpmOptions, limits: limits,
                progress: ProgressCounter(total: image.storedSize, report: progress))
            var bill = BillOfMaterials(scan, context)
            // The UUID is that of the content, so it is the last thing to be known.
            let content = ContentDigest.of(try SPDXJSONEncoder().encode(bill))
            bill.uuid = "\(NameUUID(inURLs: "\(image.descriptor.digest)\n\(content)"))"
            return ImageInventory(
                bill: bill, notices: scan.diagnostics.map(Notice.init),
                summary: ImageInventory.Summary(
                    image: bill.name, digest: image.descriptor.digest.description,
                    platform: image.configuration.platform.description,
                    operatingSystem: scan.system?.prettyName ?? scan.system?.distro ?? scan.system?.systemName,
                    packageCount: scan.packages.count,
                    dependencyCount: scan.graph.edges.count, unmetCount: scan.graph.unmet.count))
        } catch let error as ImageError {
            throw SBOMError(error)
        }
    }

    private func context() throws(SBOMError) -> DocumentContext {
        func actor(_ text: String, _ option: String) throws(SBOMError) -> Actor {
            guard let actor = Actor(argument: text) else {
                throw SBOMError(.usage, "\(option): expected \"Organization: Name (mail)\" or \"Person: Name (mail)\"")
            }
            return actor
        }
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
        let base = options.namespaceBase
        // RFC 3986 §3.1
        guard let colon = base.firstIndex(of: ":"), base.utf8.first.map(isLetter) == true,
            base[..<colon].utf8.allSatisfy({ isLetter($0) || "0123456789+-.".utf8.contains($0) }),
            base.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"#<>\"{}|\\^`".utf8.contains($0) })
        else { throw SBOMError(.usage, "--namespace-base: expected an absolute URI without a fragment") }
        var created: Timestamp?
        if let text = options.sourceDateEpoch {
            created = Timestamp(sourceDateEpoch: text)
            guard created != nil else {
                throw SBOMError(.usage, "SOURCE_DATE_EPOCH: expected whole seconds since 1970")
            }
        }
        if let name = options.name, name.isEmpty || name.contains(where: \.isNewline) {
            throw SBOMError(.usage, "--name: expected one line of text")
        }
        var supplier: Actor?
        if let text = options.supplier {
            supplier = try actor(text, "--supplier")
        }
        var creators: [Actor] = []
        for text in options.creators { creators.append(try actor(text, "--creator")) }
        return DocumentContext(
            toolVersion: Self.version, name: options.name, namespaceBase: base, supplier: supplier, creators: creators,
            created: created)
    }
}

/// What an image holds, ready to be written as documents of any format.
public struct ImageInventory: Sendable {
    private let bill: BillOfMaterials
    /// What was odd, damaged or could not be read, in the order it was found.
    public let notices: [Notice]
    /// What is in it.
    public let summary: Summary

    init(bill: BillOfMaterials, notices: [Notice], summary: Summary) {
        self.bill = bill
        self.notices = notices
        self.summary = summary
    }

    /// The document in that format; the same contents give the same bytes.
    public func document(_ format: DocumentFormat) throws -> [UInt8] {
        try document(format) { _ in }
    }

    /// The document in that format; what the format cannot hold is reported.
    public func document(_ format: DocumentFormat, report: (Notice) -> Void) throws -> [UInt8] {
        switch format {
        case .spdxJSON(.v2_3): return try SPDXJSONEncoder().encode(bill)
        case .spdxJSON, .spdxTagValue:
            return try Self.converter.write(SPDXJSONEncoder().tree(bill), .spdx, to: format.target)
        case .cycloneDX(let version) where version.spelled >= .v1_4:
            return CycloneDXEncoder(version: version.spelled).encodeJSON(bill)
        case .cycloneDXXML(let version) where version.spelled >= .v1_4:
            let (bytes, replacements) = try CycloneDXEncoder(version: version.spelled).encodeXML(bill)
            if replacements > 0 {
                report(
                    Notice(
                        Diagnostic(
                            .warning, code: .notInXML, at: "document",
                            "\(replacements) control characters, which XML cannot hold, are U+FFFD in it")))
            }
            return bytes
        case .cycloneDX, .cycloneDXXML:
            // From the oldest in which all that an image's document needs has a place down to what is older.
            return try Self.converter.write(
                CycloneDXEncoder(version: .v1_4).tree(bill), .cycloneDX, to: format.target)
        }
    }

    private static let converter = DocumentConverter(carries: false, created: "", reports: false, limits: Limits())

    /// Whether something that is in the image could not be read: a layer, a database, a kind of package.
    public var isBlind: Bool { notices.contains { $0.severity == .blind } }

    /// What a document is about, in a few figures.
    public struct Summary: Sendable {
        /// The name and tag of the image.
        public let image: String
        /// The digest of its manifest.
        public let digest: String
        /// `os/architecture[/variant]`.
        public let platform: String
        /// The name of the operating system, if the image says it.
        public let operatingSystem: String?
        /// How many packages are installed.
        public let packageCount: Int
        /// How many pairs of packages there are of which one needs the other.
        public let dependencyCount: Int
        /// How many needs nothing installed answers.
        public let unmetCount: Int
    }
}

/// Something a reader found that did not stop it.
public struct Notice: Sendable, Hashable {
    /// How much it matters.
    public enum Severity: Sendable, Hashable {
        /// Nothing is missing because of it.
        case note
        /// Something is odd, damaged or left out.
        case warning
        /// Something that is there could not be read, so the document is incomplete.
        case blind
    }

    /// How much it matters.
    public let severity: Severity
    /// A word with hyphens for what it is about, the same for all notices of a kind.
    public let code: String
    /// Where: a path in the image with its line, or the digest of a layer.
    public let place: String
    /// What was found: one line.
    public let message: String

    init(_ diagnostic: Diagnostic) {
        switch diagnostic.severity {
        case .note: severity = .note
        case .warning: severity = .warning
        case .blind: severity = .blind
        }
        code = diagnostic.code.rawValue
        place = diagnostic.place
        message = diagnostic.message
    }
}

/// Why there is no document.
public struct SBOMError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Code: Sendable {
        /// The caller asked for something that cannot be.
        case usage
        /// There is nothing at the place that was named.
        case noInput
        /// What is there is damaged, or not what it should be, or fits several images or none.
        case badInput
    }

    /// What kind of trouble it is.
    public let code: Code
    /// Where, and what was expected; a first line, and perhaps a list of what there is.
    public let description: String

    /// The line and column of a document, counted from 1, where there is one to name.
    let place: (line: Int, column: Int)?

    init(_ code: Code, _ description: String, place: (line: Int, column: Int)? = nil) {
        self.code = code
        self.description = description
        self.place = place
    }

    /// The same of a file, which is named with the place.
    func of(_ path: String) -> SBOMError {
        SBOMError(code, "\(path)\(place.map { ":\($0.line):\($0.column)" } ?? ""): \(description)")
    }
}
