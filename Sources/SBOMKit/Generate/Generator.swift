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
/// Nothing is unpacked, no root is needed: the layers are streamed once and the package databases in them are read. Nothing is
/// fetched unless the caller names an image in a registry, see ``RegistryAccess``. The same image gives the same bytes.
public struct Generator: Sendable {
    /// The options of a generator.
    public struct Options: Sendable {
        /// The platform of the image; nil selects the only image, or the one for this machine.
        public var platform: ImagePlatform?
        /// Whether Recommends and Suggests become relationships too.
        public var withRecommends = false
        /// The reader of rpm databases.
        public var rpmReader = RPMReader.native
        /// Whether the public keys that rpm stores as packages named `gpg-pubkey` are listed too.
        public var withPublicKeys = false
        /// The supplier of the image.
        public var supplier: Contact?
        /// Whether the supplier of the operating system is that of each package for which the database names none.
        public var supplierFromDistribution = false
        /// The creators of the document, in addition to this tool.
        public var creators: [Contact] = []
        /// The name of the image and its document, one line of text; nil takes the name in the layout.
        public var name: String?
        /// The first part of the document's namespace.
        public var namespaceBase = NamespaceBase.spdx
        /// The time of the document; nil takes ``sourceDateEpoch``.
        public var created: CreationTime?
        /// The time of the document if ``created`` is nil; nil takes the time that the image states.
        public var sourceDateEpoch: SourceDateEpoch?
        /// The program or platform that the document is for; nil writes what all of them read.
        public var consumer: DocumentConsumer?
        /// The standards that the document is for: what they want and the image can prove is written too.
        public var profiles: [DocumentCheck.Profile] = []
        /// How images in registries are reached.
        public var registry = RegistryAccess()

        /// Whether packages are listed that only lower layers of the image have.
        public var hidden = HiddenPackages.none
        /// Whether the source packages are listed that packages were built from.
        public var sources = false

        /// Which kinds of packages are listed.
        public var packages = PackageSelection.all
        /// Whether packages are listed that are parts of a package of the operating system.
        public var includeOwned = false

        /// What becomes of the SBOMs inside of the image.
        public var embeddedSBOMs = EmbeddedSBOMs.list

        /// Which files of the image the document lists.
        public var files = Files.none
        /// Whether packages have the verification code of their files (SPDX 2.3 §7.9) although ``files`` lists none; those
        /// of ``profiles`` that want a hash of each package have the same effect.
        public var verificationCodes = false

        /// The image that the image is built on, as ``Generator/read(_:progress:)`` takes it; nil marks no packages.
        public var base: String?
        /// The bytes of the SBOM of the base image, to which the document refers; nil refers to none.
        public var baseSBOM: [UInt8]?

        /// The default options.
        public init() {}
    }

    /// Which packages a document lists of those that an upper layer of the image removes or replaces.
    public enum HiddenPackages: String, Sendable, CaseIterable {
        /// The hidden packages beside the installed ones.
        case include
        /// The hidden packages alone.
        case only
        /// The installed packages alone.
        case none
    }

    /// What becomes of SBOMs that builders of an image or of its packages put into it.
    ///
    /// They are looked for where Bitnami, Wolfi and Chainguard, Python (PEP 770), Red Hat and Konflux put them.
    public enum EmbeddedSBOMs: String, Sendable, CaseIterable {
        /// The document refers to each by its digest.
        case list
        /// The document refers to each, and lists the packages that nothing else in the image describes.
        case merge
        /// They are not read.
        case ignore
    }

    /// Which files of an image a document lists.
    public enum Files: String, Sendable, CaseIterable {
        /// No files.
        case none
        /// The files that no database describes: those whose contents differ from what a database records, and
        /// executables, libraries and archives of code that no package owns. Each is a package of its own.
        case modified
        /// The files that packages own, with their digests and the verification code of each package.
        case owned
        /// All regular files. Executables, libraries and archives of code that no package owns are packages of their own.
        case all
    }

    /// The reader of rpm databases.
    public enum RPMReader: String, Sendable, CaseIterable {
        /// The reader of this library: all kinds of databases, from memory, with bounds on hostile input.
        case native
        /// The librpm of the system, on a private copy of the database in `/tmp`: SQLite and Berkeley DB, in builds with
        /// the package trait `LibRPM`. The promises about hostile input do not hold for it.
        case librpm
    }

    private let options: Options
    /// Whether packages have verification codes although no files may be listed.
    private var givesCodes: Bool {
        options.verificationCodes || options.profiles.contains(where: \.wantsVerificationCodes)
    }
    private let limits: Limits
    private let systems: [any PackageSystem.Type]

    /// A generator with the options.
    public init(options: Options = Options()) {
        self.init(options: options, limits: Limits())
    }

    /// A generator with those options that refuses what exceeds those limits, and reads the databases of `systems`.
    package init(options: Options, limits: Limits, systems: [any PackageSystem.Type] = PackageSystems.all) {
        self.options = options
        self.limits = limits
        self.systems = systems
    }

    /// The version of sbomkit, as it is named in documents.
    public static let version = "0.2.0"

    /// Reads an image, so that documents of it can be written.
    ///
    /// - Parameters:
    ///   - reference: `[oci:]DIR[:TAG|@DIGEST]`, an OCI layout on this machine; `oci-archive:FILE[:TAG|@DIGEST]` or
    ///     `docker-archive:FILE[:TAG|@DIGEST]`, an archive, also compressed; a file or `-` for standard input, an archive of
    ///     either kind; `dir:DIR`, a manifest with its blobs; `rootfs:DIR`, a root file system; `layers:DIR`, unpacked or
    ///     archived layers; `docker://[HOST[:PORT]/]PATH[:TAG][@DIGEST]`, an image in a registry.
    ///   - progress: Called from any thread with the bytes of layers read so far and the bytes there are.
    /// - Returns: The contents of the image, and notices about the reading.
    /// - Throws: ``SBOMError`` if the options are not possible, or the image cannot be read.
    public func read(
        _ reference: String, progress: (@Sendable (_ read: Int, _ total: Int) -> Void)? = nil
    ) async throws(SBOMError) -> ImageInventory {
        let context = try context()
        let systemOptions = try systemOptions()
        do {
            switch try ImageLocation(parsing: reference).content(
                platform: options.platform?.platform, registries: options.registry.options, limits: limits)
            {
            case .image(let image):
                return try await inventory(
                    of: image, context, systemOptions, ProgressCounter(total: image.storedSize, report: progress))
            case .artifact(let artifact): return ImageInventory(artifact, context, limits: limits)
            }
        } catch {
            throw Self.explained(error)
        }
    }

    /// Reads the images of all platforms that a reference leads to, one after the other.
    ///
    /// The option ``Options/platform`` has no effect.
    ///
    /// - Parameters:
    ///   - reference: As for ``read(_:progress:)``.
    ///   - progress: Called from any thread with the bytes of the layers of all images read so far and the bytes there are.
    /// - Returns: The images, in the order of the index.
    /// - Throws: ``SBOMError`` if the options are not possible, or one of the images cannot be read.
    public func readAllPlatforms(
        _ reference: String, progress: (@Sendable (_ read: Int, _ total: Int) -> Void)? = nil
    ) async throws(SBOMError) -> PlatformInventories {
        let context = try context()
        let systemOptions = try systemOptions()
        do {
            let (images, index) = try ImageLocation(parsing: reference).images(
                registries: options.registry.options, limits: limits)
            let sizes = images.map(\.storedSize)
            // The sizes are claims, whose sum need not fit.
            let total = sizes.reduce(0) { sum, size in sum + min(size, Int.max - sum) }
            var before = 0
            var inventories: [ImageInventory] = []
            for (image, size) in zip(images, sizes) {
                let start = before
                var report: (@Sendable (Int, Int) -> Void)?
                if let progress { report = { read, _ in progress(start + min(read, total - start), total) } }
                let counter = ProgressCounter(total: size, report: report)
                inventories.append(try await inventory(of: image, context, systemOptions, counter))
                before += min(size, total - before)
            }
            let name = ImageName(images.first?.facts ?? ImageFacts(), named: options.name)
            return PlatformInventories(inventories, of: name, index: index, context, limits: limits)
        } catch {
            throw Self.explained(error)
        }
    }

    private static func explained(_ error: any Error) -> SBOMError {
        switch error {
        case let error as ImageError: SBOMError(error)
        case let error as SBOMError: error
        default: SBOMError(fault: error)
        }
    }

    private func inventory(
        of image: Image, _ context: DocumentContext, _ systemOptions: PackageSystems.Options,
        _ counter: ProgressCounter?
    ) async throws -> ImageInventory {
        let base = try base(of: image)
        let scan = try await ImageScan(
            image, systems: systems, selection: options.packages, listsOwned: options.includeOwned,
            sboms: options.embeddedSBOMs, withSources: options.sources, withWeak: options.withRecommends,
            withFiles: options.files != .none || givesCodes,
            options: systemOptions, limits: limits, progress: counter)
        let bill = try BillOfMaterials(scan, context, base: base, limits: limits)
        return ImageInventory(
            bill: bill, identity: DocumentIdentity(image.facts.digest, context), limits: limits,
            notices: (scan.diagnostics + scan.unmet).map(Notice.init),
            sourceNotices: image.diagnostics.map(Notice.init),
            summary: ImageInventory.Summary(
                image: bill.metadata.name ?? "", digest: image.facts.digest?.description,
                platform: image.facts.platform?.description,
                operatingSystem: scan.system?.prettyName ?? scan.system?.distro ?? scan.system?.systemName,
                packageCount: scan.listedPackages.count + scan.language.packages.count
                    + scan.embedded.packageCount,
                dependencyCount: scan.graph.edges.count, unmetCount: scan.graph.unmetCount,
                hiddenCount: scan.hidden.count,
                inheritedCount: base.flatMap { base in scan.origins?.count { $0 < base.layerCount } },
                files: scan.files?.counts))
    }

    /// The base of an image; nil if none is named.
    private func base(of image: Image) throws -> BaseImage? {
        guard let name = options.base else { return nil }
        let found = try ImageLocation(parsing: name).image(
            platform: image.facts.platform, registries: options.registry.options, limits: limits)
        return try BaseImage(found, of: image, named: name)
    }

    private func systemOptions() throws(SBOMError) -> PackageSystems.Options {
        var systemOptions = PackageSystems.Options()
        systemOptions.rpm.includePubkeys = options.withPublicKeys
        if options.rpmReader == .librpm {
            guard RPMDatabase.Reader.librpm.isAvailable else {
                throw SBOMError(.usage, "this build has no librpm", remedy: .buildWithLibRPM)
            }
            systemOptions.rpm.reader = .librpm
        }
        return systemOptions
    }

    private func context() throws(SBOMError) -> DocumentContext {
        if let name = options.name, name.isEmpty || name.contains(where: \.isNewline) {
            throw SBOMError(.usage, "name: expected one line of text")
        }
        let created: (time: Timestamp, source: CreationSource)? =
            switch options.created?.choice {
            case .now: (.now, .clock)
            case .time(let time): (time, .caller)
            case nil: options.sourceDateEpoch.map { ($0.time, .environment) }
            }
        return DocumentContext(
            toolVersion: Self.version, name: options.name, namespaceBase: options.namespaceBase.description,
            supplier: options.supplier?.actor, supplierFromDistribution: options.supplierFromDistribution,
            creators: options.creators.map(\.actor), consumer: options.consumer, profiles: options.profiles,
            hidden: options.hidden, files: options.files, verificationCodes: givesCodes, sources: options.sources,
            baseSBOM: options.baseSBOM,
            created: created)
    }
}
