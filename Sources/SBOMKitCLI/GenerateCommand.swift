internal import ArgumentParser
internal import Glibc
internal import SBOMKit

/// The formats that `generate` writes.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case spdx
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

    @Option(name: .long, help: "The format of the document: spdx (SPDX 2.3 JSON).")
    var format = OutputFormat.spdx

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write to FILE, whole or not at all, instead of standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Which platform's image to take from a multi-platform layout.", valueName: "os/arch[/variant]"))
    var platform: String?

    @Flag(help: "Write Recommends and Suggests as relationships too.")
    var withRecommends = false

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
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
        if output?.isEmpty == true { throw ValidationError("--output: expected the name of a file.") }
    }

    func run() async throws {
        var options = Generator.Options()
        options.platform = platform
        options.withRecommends = withRecommends
        options.supplier = supplier
        options.creators = creator
        options.name = name
        if let namespaceBase { options.namespaceBase = namespaceBase }
        if let epoch = unsafe getenv("SOURCE_DATE_EPOCH").map({ unsafe String(cString: $0) }), !epoch.isEmpty {
            options.sourceDateEpoch = epoch
        }
        let bar = quiet ? nil : ProgressBar()
        let generated: GeneratedDocument
        do {
            generated = try await Generator(options: options).generate(image) { bar?.show($0, of: $1) }
            bar?.clear()
        } catch let error as SBOMError {
            bar?.clear()
            Reporting.fail(error)
        }
        if !quiet { Reporting.show(generated.notices, all: verbose) }
        if let output {
            Output.write(generated.bytes, to: output)
            if !quiet { Reporting.show(generated.summary, path: output) }
        } else {
            Output.writeToStandardOutput(generated.bytes)
        }
        if failOnBlind && generated.isBlind {
            Reporting.say("error", "something in the image could not be read (--fail-on-blind)")
            throw ExitCode(1)
        }
    }
}
