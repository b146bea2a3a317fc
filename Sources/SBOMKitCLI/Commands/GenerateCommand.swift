internal import ArgumentParser
internal import SBOMKit

/// The name of a format in `--format`, `--to` and `-o`.
struct OutputFormat: ExpressibleByArgument {
    let format: DocumentFormat

    init?(argument: String) {
        guard let format = DocumentFormat(argument) else { return nil }
        self.format = format
    }

    static var allValueStrings: [String] { DocumentFormat.spellings }
}

/// A file to write, with its format if that is given: `FILE` or `FORMAT=FILE`.
struct OutputTarget: ExpressibleByArgument {
    let format: DocumentFormat?
    let path: String

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].contains("/") else {
            format = nil
            path = argument
            return
        }
        // A word before the sign that names no format is a typing error. A file of such a name can be given as ./WORD=…
        guard let format = DocumentFormat(parts[0]), !parts[1].isEmpty else { return nil }
        self.format = format
        path = parts[1]
    }
}

/// The reader of rpm databases.
enum RPMReader: String, CaseIterable, ExpressibleByArgument {
    case native
    case librpm

    var choice: Generator.RPMReader { self == .native ? .native : .librpm }
}

/// Which packages are listed of those that upper layers remove or replace.
enum HiddenPackages: String, CaseIterable, ExpressibleByArgument {
    case include
    case only
    case none

    var choice: Generator.HiddenPackages {
        switch self {
        case .include: .include
        case .only: .only
        case .none: .none
        }
    }
}

/// Which files are listed.
enum ListedFiles: String, CaseIterable, ExpressibleByArgument {
    case none
    case modified
    case owned
    case all

    var choice: Generator.Files {
        switch self {
        case .none: .none
        case .modified: .modified
        case .owned: .owned
        case .all: .all
        }
    }
}

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write the SBOM of an image.",
        discussion: """
            IMAGE is one of these. The first three are detected without their prefix:

              oci:DIR[:TAG|@DIGEST]       a folder with an OCI layout; also oci-dir:
              oci-archive:FILE[:TAG]      an OCI layout in a tar archive
              docker-archive:FILE[:TAG]   an archive of docker save or podman save
              dir:DIR                     a manifest and its blobs, of skopeo or
                                          podman save --format docker-dir
              rootfs:DIR                  a root file system
              layers:DIR                  layers, unpacked or in archives, the lowest
                                          first in the order of their names
              -                           an archive from standard input
              docker://REFERENCE          [HOST[:PORT]/]PATH[:TAG][@DIGEST] in a registry;
                                          also registry:REFERENCE

            Archives may be compressed. If there are several images, TAG or DIGEST selects one, and --platform selects a \
            platform. Nothing of an image is run, only an image in a registry is downloaded, and root is not needed.

            The same image gives the same bytes, except with --created now. The time of the document is that of \
            --created, or else SOURCE_DATE_EPOCH if that is set, or else the time that the image states, or else \
            1970-01-01T00:00:00Z in SPDX and none in CycloneDX.
            """)

    @Argument(help: ArgumentHelp("The image.", valueName: "image"), completion: .file())
    var image: String

    @Option(
        help: ArgumentHelp(
            "The format to write: spdx or spdx-tag-value (2.3, or @2.2), cyclonedx or cyclonedx-xml (1.6, or @1.2 to @1.7). (default: spdx; cyclonedx --for gitlab and dependency-track and with --profile bsi)"
        ))
    var format: OutputFormat?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write atomically to FILE instead of standard output. Repeat FORMAT=FILE for several documents.",
            valueName: "[format=]file"),
        completion: .file())
    var output: [OutputTarget] = []

    @Option(
        help: ArgumentHelp(
            "The platform to read from a multi-platform image.", valueName: "os/arch[/variant]"),
        transform: OptionValues.platform)
    var platform: ImagePlatform?

    @Flag(
        help: """
            Write a document for each platform, and one that relates them. The FILE of -o has {os}, {arch} and {variant} \
            in its name, such as sbom-{os}-{arch}{variant}.json; the last one has index in their place.
            """)
    var allPlatforms = false

    @Flag(help: "Also write relationships for Recommends and Suggests.")
    var withRecommends = false

    @Option(
        help: "The reader of rpm databases: sbomkit's own, or the librpm of the system in builds with the trait LibRPM."
    )
    var rpmReader = RPMReader.native

    @Flag(help: "Also list the public keys that rpm stores as packages (gpg-pubkey).")
    var includePubkeys = false

    @Option(
        help: ArgumentHelp(
            "List packages that lower layers have and upper layers remove or replace: with the installed ones, without them, or not at all.",
            valueName: "include|only|none"))
    var hidden = HiddenPackages.none

    @Flag(
        help: """
            Also list the source packages that packages were built from. Some scanners take them for installed packages.
            """)
    var sources = false

    @Option(
        help: ArgumentHelp(
            "List files: those that no package database describes (modified), those that packages own (owned), all, or none.",
            valueName: "none|modified|owned|all"))
    var files = ListedFiles.none

    @Option(
        help: ArgumentHelp(
            "Leave files and descriptions out of a document that would be larger, such as 16MiB.", valueName: "size"),
        transform: OptionValues.size)
    var maxSize: Int?

    @Option(
        help: ArgumentHelp(
            "The image that this one is built on, named like it. Packages of its layers are marked as inherited, the others as added.",
            valueName: "image"),
        completion: .file())
    var base: String?

    @Option(
        name: .customLong("base-sbom"),
        help: ArgumentHelp("The SBOM of the base image, to which the document refers.", valueName: "file"),
        completion: .file())
    var baseSBOM: String?

    @Flag(
        help: """
            Exit with 1 if a layer, a database or a kind of package in the image cannot be read, or if no package owns code \
            in it.
            """)
    var failOnBlind = false

    @Option(
        help: ArgumentHelp(
            "The supplier of the image: \"Organization: NAME (EMAIL)\" or \"Person: NAME (EMAIL)\".", valueName: "who"),
        transform: OptionValues.contact)
    var supplier: Contact?

    @Flag(
        help: "Name the distribution as the supplier of packages for which the package database names none.")
    var supplierFromDistribution = false

    @Option(
        help: ArgumentHelp("A creator of the document, in addition to sbomkit. Can be repeated.", valueName: "who"),
        transform: OptionValues.contact)
    var creator: [Contact] = []

    @OptionGroup var target: ConsumerOptions

    @Option(
        help: ArgumentHelp(
            "Write what a profile of check wants and the image can prove, check the documents, and exit with 1 if one fails: scanner, ntia, cisa, bsi, telco or cra. Can be repeated.",
            valueName: "profile"))
    var profile: [ProfileArgument] = []

    @Option(
        help: ArgumentHelp(
            "The time of the document; takes precedence over SOURCE_DATE_EPOCH.", valueName: "now|time"),
        transform: OptionValues.creationTime)
    var created: CreationTime?

    @Option(
        help: "The name of the image and the document instead of the name in the layout.",
        transform: OptionValues.name)
    var name: String?

    @Option(
        help: ArgumentHelp("The first part of the namespace of the document.", valueName: "uri"),
        transform: OptionValues.namespaceBase)
    var namespaceBase: NamespaceBase?

    @OptionGroup(title: "Registry Options") var registry: RegistryArguments

    @Flag(name: [.short, .long], help: "Print errors only.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Print every warning, not only the first few of a kind.")
    var verbose = false

    func validate() throws {
        if format != nil && !output.isEmpty && output.allSatisfy({ $0.format != nil }) {
            throw ValidationError("--format has no effect if every -o has a format of its own.")
        }
        if output.count(where: { $0.format == nil }) > 1 {
            throw ValidationError("Only one -o can be without a format.")
        }
        if Set(output.map(\.path)).count < output.count {
            throw ValidationError("Several -o have the same file.")
        }
        try registry.validate(reading: [image] + (base.map { [$0] } ?? []))
        if [image, base, baseSBOM].count(where: { $0 == "-" }) > 1 {
            throw ValidationError("Standard input is named twice.")
        }
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
        guard allPlatforms else { return }
        if platform != nil { throw ValidationError("--all-platforms and --platform exclude each other.") }
        guard !output.isEmpty, output.allSatisfy({ PlatformPath($0.path).hasPlaceholder }) else {
            throw ValidationError(
                "--all-platforms: expected -o with a name such as sbom-{os}-{arch}{variant}.json")
        }
    }

    func run() async throws {
        var options = Generator.Options()
        options.platform = platform
        options.withRecommends = withRecommends
        options.withPublicKeys = includePubkeys
        options.rpmReader = rpmReader.choice
        options.hidden = hidden.choice
        options.files = files.choice
        options.sources = sources
        options.base = base
        if let baseSBOM { options.baseSBOM = try InputDocument(at: baseSBOM).bytes }
        options.supplier = supplier
        options.supplierFromDistribution = supplierFromDistribution
        options.creators = creator
        options.profiles = profile.map(\.profile)
        options.name = name
        if let namespaceBase { options.namespaceBase = namespaceBase }
        options.consumer = target.consumer
        options.registry = try registry.access()
        options.created = created
        // What is not used need not be right.
        if created == nil { options.sourceDateEpoch = try Environment.sourceDateEpoch() }
        let bar = quiet ? nil : ProgressBar()
        let generator = Generator(options: options)
        guard !allPlatforms else {
            let contents: PlatformInventories
            do {
                defer { bar?.clear() }
                contents = try await generator.readAllPlatforms(image) { bar?.show($0, of: $1) }
            }
            return try write(contents)
        }
        let contents: ImageInventory
        do {
            defer { bar?.clear() }
            contents = try await generator.read(image) { bar?.show($0, of: $1) }
        }
        if !quiet { Reporting.show(contents.notices, all: verbose) }
        var passes = true
        for target in output { passes = try write(contents, to: target.path, target.format) && passes }
        if output.isEmpty {
            let document = try document(contents, nil)
            Output.writeToStandardOutput(document)
            passes = try check(document, named: image)
        }
        if !passes { throw ExitCode(1) }
        try failIfBlind(contents.isBlind)
    }

    /// Writes the document of each platform, and the one that relates them.
    private func write(_ contents: PlatformInventories) throws {
        var targets: [(contents: ImageInventory, path: String, format: DocumentFormat?)] = []
        for target in output {
            let path = PlatformPath(target.path)
            let contents = try maxSize.map { try contents.fitting($0, as: format(target.format)) } ?? contents
            for image in contents.images {
                targets.append((image, path.resolved(for: image.summary.platform), target.format))
            }
            targets.append((contents.index, path.ofIndex, target.format))
        }
        var paths: Set<String> = []
        for target in targets where !paths.insert(target.path).inserted {
            throw ValidationError("--all-platforms: two documents would be written to \(target.path)")
        }
        var passes = true
        for image in contents.images where !quiet { Reporting.show(image.notices, all: verbose) }
        for target in targets {
            passes = try write(target.contents, to: target.path, target.format) && passes
        }
        if !passes { throw ExitCode(1) }
        try failIfBlind(contents.images.contains(where: \.isBlind))
    }

    /// Writes a document to a file, and returns whether it passes the profile.
    private func write(_ contents: ImageInventory, to path: String, _ format: DocumentFormat?) throws -> Bool {
        let document = try document(contents, format)
        Output.write(document, to: path)
        let passes = try check(document, named: path)
        if !quiet { Reporting.show(contents.summary, path: path) }
        return passes
    }

    private func failIfBlind(_ isBlind: Bool) throws {
        guard failOnBlind, isBlind else { return }
        Reporting.say("error", "something in the image is not described (--fail-on-blind)")
        throw ExitCode(1)
    }

    /// Whether a document passes the profiles; what does not pass is printed, with what the user can do about it.
    private func check(_ document: [UInt8], named name: String) throws(SBOMError) -> Bool {
        guard !profile.isEmpty else { return true }
        let checks = try DocumentCheck.checks(of: document, against: profile.map(\.profile))
        for check in checks {
            let place = checks.count > 1 ? "\(name): \(check.profile.rawValue)" : name
            for line in CheckReport.findings(check) where line.isError || !quiet {
                let advice = ProfileAdvice.of(line.rule, in: check.profile).map { "; \($0)" } ?? ""
                Reporting.say(line.isError ? "error" : "warning", "\(place): \(line.text)\(advice)")
            }
        }
        return checks.allSatisfy(\.passes)
    }

    /// The document in a format; nil for that of `--format`, or the usual one.
    private func document(_ contents: ImageInventory, _ format: DocumentFormat?) throws -> [UInt8] {
        let format = self.format(format)
        let contents = try maxSize.map { try contents.fitting($0, as: format) } ?? contents
        return try contents.document(format) { notice in
            if !quiet { Reporting.show([notice], all: true) }
        }
    }

    /// The format of a document for which `-o` states that format, or none.
    private func format(_ format: DocumentFormat?) -> DocumentFormat {
        format ?? self.format?.format ?? target.consumer?.format
            ?? profile.lazy.compactMap(\.profile.format).first ?? .spdx
    }
}
