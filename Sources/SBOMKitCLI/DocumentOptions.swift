internal import ArgumentParser
internal import SBOMKit

/// Which SBOM of an image is meant, the same for all commands that read documents.
struct DocumentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Of several SBOMs attached to an image, the one with that number, format, predicate type or digest.",
            valueName: "which"))
    var attached: String?

    @Option(help: ArgumentHelp("Which platform's image the SBOM is attached to.", valueName: "os/arch[/variant]"))
    var platform: String?

    /// How the argument is explained.
    static let place = "A document; - is standard input; or an image in an OCI layout that an SBOM is attached to."
    /// How the discussion of a command puts it.
    static let discussion = """
        FILE may also be an image, [oci:]DIR[:TAG|@DIGEST], in an OCI layout: then an SBOM is read that is attached to it, \
        by cosign, BuildKit or as a referrer, signed or not; or an artifact that is one. If there are several, the error \
        lists them, and --attached chooses.
        """

    func validate() throws {
        if attached?.isEmpty == true { throw ValidationError("--attached needs a number, format or digest.") }
    }

    /// Reads a document.
    func read(_ place: String) throws(SBOMError) -> InputDocument {
        var choice = InputDocument.Choice()
        choice.attached = attached
        choice.platform = platform
        return try InputDocument(at: place, choosing: choice)
    }
}
