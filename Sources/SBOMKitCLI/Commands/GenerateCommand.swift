internal import ArgumentParser
internal import Glibc
internal import SBOMKit

/// A format, as `--format` and `-o` name it.
struct OutputFormat: ExpressibleByArgument {
    let format: DocumentFormat

    init?(argument: String) {
        guard let format = DocumentFormat(argument) else { return nil }
        self.format = format
    }

    static var allValueStrings: [String] { DocumentFormat.spellings }
}

/// A file to write, and the format of it if that is given: `FILE` or `FORMAT=FILE`.
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
        // A word before the sign that is no format is a slip; a file of that name can be given as ./WORD=…
        guard let format = DocumentFormat(parts[0]), !parts[1].isEmpty else { return nil }
        self.format = format
        path = parts[1]
    }
}

/// Whose code reads rpm databases.
enum RPMReader: String, CaseIterable, ExpressibleByArgument {
    case native
    case librpm

    var choice: Generator.RPMReader { self == .native ? .native : .librpm }
}

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write the SBOM of an image in an OCI layout.",
        discussion: """
            IMAGE is a folder with an OCI image layout, as skopeo, umoci, podman, buildah and docker buildx write it. \
            Where it holds several images, DIR:TAG or DIR@sha256:… names one, and --platform chooses among platforms. \
            Nothing is unpacked, nothing is fetched, and no root is needed. The same image gives the same bytes: the \
            document's time is SOURCE_DATE_EPOCH if that is set, else the time that the image itself states, else \
            1970-01-01T00:00:00Z.
            """)

    @Argument(help: ArgumentHelp("The image: [oci:]DIR[:TAG|@DIGEST].", valueName: "image"), completion: .directory)
    var image: String

    @Option(
        help: ArgumentHelp(
            "The format: spdx or spdx-tag-value (2.3, or with @2.2), cyclonedx or cyclonedx-xml (1.6, or with @1.2 to @1.7).",
            discussion: "The default is spdx."))
    var format: OutputFormat?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write to FILE, whole or not at all, instead of standard output; FORMAT=FILE several times for several documents.",
            valueName: "[format=]file"),
        completion: .file())
    var output: [OutputTarget] = []

    @Option(
        help: ArgumentHelp(
            "Which platform's image to take from a multi-platform layout.", valueName: "os/arch[/variant]"))
    var platform: String?

    @Flag(help: "Write Recommends and Suggests as relationships too.")
    var withRecommends = false

    @Option(help: "Whose code reads rpm databases: sbomkit's own, or the system's librpm in builds that have it.")
    var rpmReader = RPMReader.native

    @Flag(help: "List rpm's public keys (gpg-pubkey) as packages too.")
    var includePubkeys = false

    @Flag(help: "Exit with 1 if something in the image cannot be read: a layer, a database, a kind of package.")
    var failOnBlind = false

    @Option(
        help: ArgumentHelp("Who supplies the image: \"Organization: Name (mail)\" or \"Person: …\".", valueName: "who"))
    var supplier: String?

    @Option(
        help: ArgumentHelp("Who makes the document, beside sbomkit; may be given several times.", valueName: "who"))
    var creator: [String] = []

    @Option(help: "The name of the image and of the document; else what the layout says.")
    var name: String?

    @Option(help: ArgumentHelp("What the document's namespace begins with.", valueName: "uri"))
    var namespaceBase: String?

    @Flag(name: [.short, .long], help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Show every warning, not only the first few of a kind.")
    var verbose = false

    func validate() throws {
        if format != nil && !output.isEmpty && output.allSatisfy({ $0.format != nil }) {
            throw ValidationError("--format says nothing where every -o has a format of its own.")
        }
        if output.count(where: { $0.format == nil }) > 1 {
            throw ValidationError("Of several -o only one may be without a format.")
        }
        if Set(output.map(\.path)).count < output.count {
            throw ValidationError("Several -o name the same file.")
        }
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
    }

    func run() async throws {
        var options = Generator.Options()
        options.platform = platform
        options.withRecommends = withRecommends
        options.withPublicKeys = includePubkeys
        options.rpmReader = rpmReader.choice
        options.supplier = supplier
        options.creators = creator
        options.name = name
        if let namespaceBase { options.namespaceBase = namespaceBase }
        if let epoch = unsafe getenv("SOURCE_DATE_EPOCH").map({ unsafe String(cString: $0) }), !epoch.isEmpty {
            options.sourceDateEpoch = epoch
        }
        let bar = quiet ? nil : ProgressBar()
        let contents: ImageInventory
        do {
            defer { bar?.clear() }
            contents = try await Generator(options: options).read(image) { bar?.show($0, of: $1) }
        }
        if !quiet { Reporting.show(contents.notices, all: verbose) }
        let chosen = format?.format ?? .spdx
        for target in output {
            Output.write(try document(contents, target.format ?? chosen), to: target.path)
            if !quiet { Reporting.show(contents.summary, path: target.path) }
        }
        if output.isEmpty { Output.writeToStandardOutput(try document(contents, chosen)) }
        if failOnBlind && contents.isBlind {
            Reporting.say("error", "something in the image could not be read (--fail-on-blind)")
            throw ExitCode(1)
        }
    }

    private func document(_ contents: ImageInventory, _ format: DocumentFormat) throws -> [UInt8] {
        try contents.document(format) { notice in
            if !quiet { Reporting.show([notice], all: true) }
        }
    }
}
