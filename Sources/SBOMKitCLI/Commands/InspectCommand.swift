internal import ArgumentParser
internal import SBOMKit

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what an image consists of.",
        discussion: """
            Lists the manifests of an image as a tree, and of one of them the manifest, the configuration, the layers, and the \
            signatures, attestations and SBOMs attached to it. Of several platforms it is that of --platform or this machine.

            Of each layer the tree shows its size as it is stored and unpacked, its compression, the command that made it, \
            how many files it adds, changes and whites out, and the bytes of lower layers that it hides: they stay stored. \
            Signatures are shown and not verified.

            IMAGE is what "sbomkit generate" takes.
            """)

    @Argument(help: ArgumentHelp("The image.", valueName: "image"), completion: .file())
    var image: String

    @Option(
        help: ArgumentHelp("The platform to describe of a multi-platform image.", valueName: "os/arch[/variant]"),
        completion: .list(OptionValues.platforms), transform: OptionValues.platform)
    var platform: ImagePlatform?

    @Flag(
        help: """
            Print the manifest or index as it is stored, byte for byte: of what IMAGE leads to, or of the image for --platform.
            """)
    var raw = false

    @Flag(help: "Print JSON, with complete digests and commands.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Cut longer lines. (default: the width of the terminal, if there is one)", valueName: "columns"))
    var width: Int?

    @Flag(help: "Draw in ASCII only, as in a locale that is not UTF-8.")
    var ascii = false

    @OptionGroup(title: "Registry Options") var registry: RegistryArguments

    @Flag(name: [.short, .long], help: "Print errors only, and the result.")
    var quiet = false

    func validate() throws {
        try registry.validate(reading: [image])
        if raw && (json || ascii || width != nil) {
            throw ValidationError("--raw has no other option than --platform.")
        }
        if json && (ascii || width != nil) {
            throw ValidationError("--json and the options of the tree exclude each other.")
        }
        if let width, width < 1 { throw ValidationError("--width: expected a number of columns above 0.") }
    }

    func run() async throws {
        var options = Inspector.Options()
        options.platform = platform
        options.registry = try registry.access()
        let inspector = Inspector(options: options)
        if raw {
            Output.writeToStandardOutput(try inspector.storedManifest(of: image))
            return
        }
        let inspection = try await ProgressBar.during(quiet: quiet) { try await inspector.inspect(image, progress: $0) }
        if !quiet { Reporting.show(inspection.notices, of: image) }
        if json {
            Output.writeToStandardOutput(Array(inspection.json.utf8))
        } else {
            var tree = ImageInspection.TreeOptions()
            tree.width = width ?? Terminal.width
            tree.isASCII = ascii || TextLocale.isLimited
            Output.writeToStandardOutput(Array(inspection.tree(tree).utf8))
        }
        // What the manifest and the configuration say is known even so.
        if let problem = inspection.layersProblem { throw problem }
        // The list of manifests shows what there is to choose from.
        if !quiet, let problem = inspection.problem {
            Reporting.say("note", "no image is described: \(Reporting.text(of: problem))")
        }
    }
}
