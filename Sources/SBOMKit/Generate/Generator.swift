package import ByteStreams
internal import ContainerImages
package import PackageDatabases
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
    private let systems: [any PackageSystem.Type]

    /// A generator with those options.
    public init(options: Options = Options()) {
        self.init(options: options, limits: Limits())
    }

    /// A generator with those options that refuses what exceeds those limits, and reads the databases of `systems`.
    package init(options: Options, limits: Limits, systems: [any PackageSystem.Type] = PackageSystems.all) {
        self.options = options
        self.limits = limits
        self.systems = systems
    }

    /// The version of sbomkit, as documents name it.
    public static let version = "0.1.0"

    /// Reads an image, so that documents of it can be written.
    ///
    /// - Parameters:
    ///   - reference: `[oci:]DIR[:TAG|@DIGEST]`, an OCI layout on this machine.
    ///   - progress: Called from any thread with the bytes of layers read so far and the bytes there are.
    /// - Returns: The contents of the image, and notices about the reading.
    /// - Throws: ``SBOMError`` if the options are not possible, or the image cannot be read.
    public func read(
        _ reference: String, progress: (@Sendable (_ read: Int, _ total: Int) -> Void)? = nil
    ) async throws(SBOMError) -> ImageInventory {
        let context = try context()
        var platform: Platform?
        if let text = options.platform {
            platform = Platform(parsing: text)
            guard platform != nil else {
                throw SBOMError(.usage, "\(text): expected a platform such as linux/amd64 or linux/arm/v7")
            }
        }
        var systemOptions = PackageSystems.Options()
        systemOptions.rpm.includePubkeys = options.withPublicKeys
        if options.rpmReader == .librpm {
            guard RPMDatabase.Reader.librpm.isAvailable else {
                throw SBOMError(.usage, "this build has no librpm", remedy: .buildWithLibRPM)
            }
            systemOptions.rpm.reader = .librpm
        }
        do {
            let (layout, selector) = try ImageLocation(parsing: reference).layout(limits: limits)
            let image = try layout.image(selector, platform: platform)
            let scan = try await ImageScan(
                image, systems: systems, withWeak: options.withRecommends, options: systemOptions, limits: limits,
                progress: ProgressCounter(total: image.storedSize, report: progress))
            let bill = BillOfMaterials(scan, context)
            return ImageInventory(
                bill: bill, limits: limits, notices: (scan.diagnostics + scan.unmet).map(Notice.init),
                sourceNotices: image.diagnostics.map(Notice.init),
                summary: ImageInventory.Summary(
                    image: bill.metadata.name ?? "", digest: image.facts.digest?.description,
                    platform: image.facts.platform?.description,
                    operatingSystem: scan.system?.prettyName ?? scan.system?.distro ?? scan.system?.systemName,
                    packageCount: scan.packages.count,
                    dependencyCount: scan.graph.edges.count, unmetCount: scan.graph.unmetCount))
        } catch let error as ImageError {
            throw SBOMError(error)
        } catch {
            throw SBOMError(fault: error)
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
