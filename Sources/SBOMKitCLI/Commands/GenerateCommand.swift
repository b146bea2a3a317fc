internal import ArgumentParser
internal import SBOMKit

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

/// What becomes of the SBOMs inside of an image.
enum EmbeddedSBOMs: String, CaseIterable, ExpressibleByArgument {
    case list
    case merge
    case ignore

    var choice: Generator.EmbeddedSBOMs {
        switch self {
        case .list: .list
        case .merge: .merge
        case .ignore: .ignore
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
            "The format to write: spdx or spdx-tag-value (2.3, or @2.2), cyclonedx or cyclonedx-xml (1.6, or @1.2 to @1.7), or a list of packages: table, purls or github-json. (default: spdx; cyclonedx --for gitlab and dependency-track and with --profile bsi)"
        ), completion: .list(GeneratedFormat.spellings), transform: GeneratedFormat.parse)
    var format: GeneratedFormat?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write atomically to FILE, in the format that its ending names (.spdx.json, .spdx, .cdx.json, .cdx.xml). FORMAT alone writes to standard output. Can be repeated.",
            valueName: "file|format|format=file"),
        completion: .file(), transform: OutputTarget<GeneratedFormat>.init(parsing:))
    var output: [OutputTarget<GeneratedFormat>] = []

    @Option(
        help: ArgumentHelp(
            "The platform to read from a multi-platform image.", valueName: "os/arch[/variant]"),
        completion: .list(OptionValues.platforms), transform: OptionValues.platform)
    var platform: ImagePlatform?

    @Flag(
        help: """
            Write a document for each platform, and one that relates them. The FILE of -o has {os}, {arch} and {variant} \
            in its name, such as sbom-{os}-{arch}{variant}.json; the last one has index in their place.
            """)
    var allPlatforms = false

    @Option(
        help: ArgumentHelp(
            "The kinds of packages to list, with commas between them: os for those of the operating system, all, or \(PackageSelection.names.dropFirst(2).joined(separator: ", ")).",
            valueName: "os|all|kind,…"),
        completion: .list(PackageSelection.names), transform: OptionValues.packages)
    var packages: PackageSelection?

    @Flag(
        help: """
            Also list packages of languages that are part of a package of the operating system, such as the modules in \
            Debian's python3-requests.
            """)
    var includeOwned = false

    @Option(
        name: .customLong("embedded-sboms"),
        help: ArgumentHelp(
            "Refer to the SBOMs that are inside of the image (list), also list packages that only they describe (merge), or do not read them.",
            valueName: "list|merge|ignore"))
    var embeddedSBOMs = EmbeddedSBOMs.list

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
            valueName: "profile"), completion: .list(ProfileArgument.allValueStrings))
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
        for target in output { try target.validate(chosen: format) }
        if Set(output.map(\.place)).count < output.count {
            throw ValidationError("Several -o have the same file, or are written to standard output.")
        }
        let formats = output.isEmpty ? [chosenFormat(nil)] : output.map(chosenFormat)
        if !profile.isEmpty || allPlatforms, let list = formats.first(where: { $0.document == nil }) {
            throw ValidationError(
                "\(allPlatforms ? "--all-platforms writes" : "--profile checks") documents, and \(list.name) is a list."
            )
        }
        try registry.validate(reading: [image] + (base.map { [$0] } ?? []))
        if [image, base, baseSBOM].count(where: { $0 == "-" }) > 1 {
            throw ValidationError("Standard input is named twice.")
        }
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
        guard allPlatforms else { return }
        if platform != nil { throw ValidationError("--all-platforms and --platform exclude each other.") }
        guard !output.isEmpty, output.allSatisfy({ $0.path.map { PlatformPath($0).hasPlaceholder } == true }) else {
            throw ValidationError(
                "--all-platforms: expected -o with a name such as sbom-{os}-{arch}{variant}.json")
        }
    }

    func run() async throws {
        // Nothing is read if the list cannot be written.
        if format == .githubSnapshot || output.contains(where: { $0.format == .githubSnapshot }) {
            _ = try Environment.workflowRun(submitting: "")
        }
        var options = Generator.Options()
        options.platform = platform
        options.withRecommends = withRecommends
        options.withPublicKeys = includePubkeys
        options.rpmReader = rpmReader.choice
        options.hidden = hidden.choice
        options.files = files.choice
        options.sources = sources
        if let packages { options.packages = packages }
        options.includeOwned = includeOwned
        options.embeddedSBOMs = embeddedSBOMs.choice
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
        let generator = Generator(options: options)
        guard !allPlatforms else {
            return try write(
                await ProgressBar.during(quiet: quiet) { try await generator.readAllPlatforms(image, progress: $0) })
        }
        let contents = try await ProgressBar.during(quiet: quiet) { try await generator.read(image, progress: $0) }
        if !quiet { Reporting.show(contents.notices, all: verbose) }
        var passes = true
        if output.isEmpty, format == nil, Terminal.width != nil {
            // A person wants to know what is in the image, not to see a document of 250 KB pass by.
            Output.writeToStandardOutput(Array((Reporting.overview(of: contents.summary) + "\n").utf8))
            if !quiet {
                Reporting.say(
                    "hint",
                    "-o FILE.spdx.json or -o FILE.cdx.json writes the document, --format table lists the packages")
            }
            if !profile.isEmpty { passes = try check(bytes(of: contents, chosenFormat(nil)), named: image) }
        } else if output.isEmpty {
            passes = try write(contents, to: .standardOutput, chosenFormat(nil))
        }
        for target in output {
            passes = try write(contents, to: target.place, chosenFormat(target)) && passes
        }
        if !passes { throw ExitCode(1) }
        try failIfBlind(contents.isBlind)
    }

    /// Writes the document of each platform, and the one that relates them.
    private func write(_ contents: PlatformInventories) throws {
        var targets: [(contents: ImageInventory, path: String, format: GeneratedFormat)] = []
        for target in output {
            guard let path = target.path.map(PlatformPath.init) else { continue }
            let format = chosenFormat(target)
            var contents = contents
            if let maxSize, let document = format.document { contents = try contents.fitting(maxSize, as: document) }
            for image in contents.images {
                targets.append((image, path.resolved(for: image.summary.platform), format))
            }
            targets.append((contents.index, path.ofIndex, format))
        }
        var paths: Set<String> = []
        for target in targets where !paths.insert(target.path).inserted {
            throw ValidationError("--all-platforms: two documents would be written to \(target.path)")
        }
        var passes = true
        for image in contents.images where !quiet { Reporting.show(image.notices, all: verbose) }
        for target in targets {
            passes = try write(target.contents, to: .file(target.path), target.format) && passes
        }
        if !passes { throw ExitCode(1) }
        try failIfBlind(contents.images.contains(where: \.isBlind))
    }

    /// Writes a document or a list, and returns whether it passes the profile.
    private func write(
        _ contents: ImageInventory, to place: OutputTarget<GeneratedFormat>.Place, _ format: GeneratedFormat
    ) throws -> Bool {
        let bytes = try bytes(of: contents, format)
        switch place {
        case .standardOutput:
            Output.writeToStandardOutput(bytes)
            return try check(bytes, named: image)
        case .file(let path):
            Output.write(bytes, to: path)
            let passes = try check(bytes, named: path)
            if !quiet { Reporting.show(contents.summary, path: path, format: Self.unnamed(format, path)) }
            return passes
        }
    }

    /// The format of a file whose ending does not name it.
    private static func unnamed(_ format: GeneratedFormat, _ path: String) -> String? {
        GeneratedFormat(endingOf: path) == nil ? format.document?.description ?? format.name : nil
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

    /// The bytes of a document or a list.
    private func bytes(of contents: ImageInventory, _ format: GeneratedFormat) throws -> [UInt8] {
        switch format {
        case .document(let format):
            let contents = try maxSize.map { try contents.fitting($0, as: format) } ?? contents
            return try contents.document(format) { notice in
                if !quiet { Reporting.show([notice], all: true) }
            }
        case .table: return Array(try contents.table().map { $0 + "\n" }.joined().utf8)
        case .packageURLs: return Array(try contents.packageURLs().map { $0 + "\n" }.joined().utf8)
        case .githubSnapshot:
            return try contents.dependencySnapshot(of: Environment.workflowRun(submitting: contents.summary.image))
        }
    }

    /// The format of a target; nil for one without `-o`.
    private func chosenFormat(_ output: OutputTarget<GeneratedFormat>?) -> GeneratedFormat {
        let usual = target.consumer?.format ?? profile.lazy.compactMap(\.profile.format).first ?? .spdx
        guard let output else { return format ?? .document(usual) }
        return output.format(chosen: format, usual: .document(usual))
    }
}
