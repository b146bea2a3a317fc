internal import ArgumentParser
internal import SBOMKit

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two SBOMs or images.",
        discussion: """
            Each of the two is a document (SPDX 2.2 or 2.3, CycloneDX 1.2 to 1.7, in any syntax) or an image: oci:DIR, or a \
            folder with an OCI layout, or what generate --help lists with its prefix. Of an image the contents are compared, not an attached SBOM.

            Packages are matched by their package URLs without version, distribution, epoch and source package, or else by \
            their names; files by their paths. Versions are ordered as dpkg does for pkg:deb, as rpm does for pkg:rpm, and \
            number by number for all others.

            What is in the images is compared: not their own names, versions and digests, nor their operating systems, nor \
            what contains the packages. If the documents come from different programs, or have different formats, only what both state is compared. \
            --all compares everything.

            A line with + is in NEW only, a line with - in OLD only, and a line with ~ has changed. The exit code is 0 if \
            there is no difference, 1 if there is one, and 64 or above if the two cannot be compared.
            """)

    /// The format of the output.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case markdown
    }

    @Argument(
        help: ArgumentHelp("The older document or image; - for standard input.", valueName: "old"),
        completion: .file())
    var old: String

    @Argument(
        help: ArgumentHelp("The newer document or image; - for standard input.", valueName: "new"),
        completion: .file())
    var new: String

    @Option(help: ArgumentHelp("The format of the output.", valueName: "text|json|markdown"))
    var format = Format.text

    @Option(
        help: ArgumentHelp(
            "Compare only these parts: packages, licenses, suppliers, files, edges.", valueName: "part,..."))
    var only: String?

    @Flag(
        help: "Compare everything: also images and operating systems, and what only one of them states.")
    var all = false

    @Option(
        help: ArgumentHelp("The platform to read from a multi-platform image.", valueName: "os/arch[/variant]"),
        transform: OptionValues.platform)
    var platform: ImagePlatform?

    @OptionGroup(title: "Registry Options") var registry: RegistryArguments

    @OptionGroup var colors: ColorOptions

    @Flag(name: [.short, .long], help: "Print errors only. The exit code has the result.")
    var quiet = false

    private func parts() throws -> Set<DocumentDifference.Part> {
        guard let only else { return Set(DocumentDifference.Part.allCases) }
        return Set(
            try only.split(separator: ",").map { name in
                guard let part = DocumentDifference.Part(rawValue: name == "licences" ? "licenses" : String(name))
                else {
                    let known = DocumentDifference.Part.allCases.map(\.rawValue)
                    let question = Spelling.question(String(name), in: known)
                    throw ValidationError(
                        "--only \(name): expected some of \(known.joined(separator: ", "))\(question)")
                }
                return part
            })
    }

    func validate() throws {
        try registry.validate(reading: [old, new])
        if try parts().isEmpty { throw ValidationError("--only: expected the name of a part.") }
    }

    func run() async throws {
        var options = Generator.Options()
        options.platform = platform
        options.registry = try registry.access()
        let difference = try await ProgressBar.during(quiet: quiet) { progress in
            try await DocumentDifference.between(
                old, and: new, in: parts(), comparing: all ? .everything : .contents, readingImages: options,
                progress: progress)
        }
        if !quiet {
            Reporting.show(difference.oldNotices, of: old)
            Reporting.show(difference.newNotices, of: new)
            let text: String
            switch format {
            case .text: text = difference.lines(isColored: colors.isColored).map { $0 + "\n" }.joined()
            case .json: text = difference.json
            case .markdown: text = difference.markdown
            }
            Output.writeToStandardOutput(Array(text.utf8))
        }
        if !difference.isEmpty { throw ExitCode(1) }
    }
}
