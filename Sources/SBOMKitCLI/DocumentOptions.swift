internal import ArgumentParser
internal import SBOMKit

/// The options that select an SBOM of an image, for all commands that read documents.
struct DocumentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Select one of several attached SBOMs by number, format, predicate type or digest.",
            valueName: "which"))
    var attached: String?

    @Option(
        help: ArgumentHelp(
            "Read an SBOM that is attached to the image of this platform.", valueName: "os/arch[/variant]"),
        completion: .list(OptionValues.platforms), transform: OptionValues.platform)
    var platform: ImagePlatform?

    @OptionGroup(title: "Registry Options") var registry: RegistryArguments

    /// The help text of the argument.
    static let place = "A document, - for standard input, or an image with an attached SBOM."
    /// The paragraph about the argument in the discussion of a command.
    static let discussion = """
        FILE can also be an image in an OCI layout, [oci:]DIR[:TAG|@DIGEST], or in a registry, docker://REFERENCE. Then the command reads the SBOM that is \
        attached to the image by cosign or BuildKit or as a referrer, signed or not. An artifact that is an SBOM is \
        read too. If several SBOMs are attached, the error lists them, and --attached selects one.
        """

    /// The paragraph about images without an SBOM, for commands that read those themselves.
    static let imageDiscussion = """
        An image to which no SBOM is attached is read as `generate` reads it, and a warning says so. So is each other \
        image that `generate` reads, named by its prefix.
        """

    func validate() throws {
        if attached?.isEmpty == true { throw ValidationError("--attached: expected a number, format or digest.") }
    }

    /// What selects the SBOM of an image; to be called once, because it reads the password.
    func choice(reading places: [String]) throws -> InputDocument.Choice {
        try registry.validate(reading: places)
        var choice = InputDocument.Choice()
        choice.attached = attached
        choice.platform = platform
        choice.registry = try registry.access()
        return choice
    }

    /// Reads a document, or an image to which no SBOM is attached.
    func read(_ place: String, quiet: Bool) async throws -> DocumentOrImage {
        let choice = try choice(reading: [place])
        return try await ProgressBar.during(quiet: quiet) { progress in
            try await DocumentOrImage(at: place, choosing: choice, progress: progress)
        }
    }
}
