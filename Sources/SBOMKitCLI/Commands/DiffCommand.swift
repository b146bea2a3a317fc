internal import ArgumentParser
internal import SBOMKit

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what is different between two SBOMs or images.",
        discussion: """
            Each of the two is a document (SPDX 2.2 or 2.3, CycloneDX 1.2 to 1.7, in any syntax) or an image: oci:DIR, or a \
            folder that is an OCI layout. Of an image it is what is in it that is compared, not an SBOM attached to it. Packages are the same by their package URLs without version, distribution, epoch \
            and source package, else by their names; files by their paths. Versions are ordered as dpkg orders them for \
            pkg:deb, as rpm does for pkg:rpm, and else number by number. + is what only NEW has, - what only OLD has, \
            ~ what is another. The exit code is 1 if anything is different.
            """)

    /// How a difference is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case markdown
    }

    @Argument(
        help: ArgumentHelp("The document or image that comes first; - is standard input.", valueName: "old"),
        completion: .file())
    var old: String

    @Argument(
        help: ArgumentHelp("What is held against it; - is standard input.", valueName: "new"), completion: .file())
    var new: String

    @Option(help: ArgumentHelp("How the difference is written.", valueName: "text|json|markdown"))
    var format = Format.text

    @Option(
        help: ArgumentHelp(
            "Compare only these: packages, licences, suppliers, files, edges.", valueName: "part,..."))
    var only: String?

    @Option(help: ArgumentHelp("Which image of a multi-platform one.", valueName: "os/arch[/variant]"))
    var platform: String?

    @Flag(name: [.short, .long], help: "Say nothing but errors; the exit code tells.")
    var quiet = false

    private func parts() throws -> Set<DocumentDifference.Part> {
        guard let only else { return Set(DocumentDifference.Part.allCases) }
        return Set(
            try only.split(separator: ",").map { name in
                guard let part = DocumentDifference.Part(rawValue: name == "licenses" ? "licences" : String(name))
                else {
                    let known = DocumentDifference.Part.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--only \(name): expected some of \(known).")
                }
                return part
            })
    }

    func validate() throws {
        if try parts().isEmpty { throw ValidationError("--only needs the name of a part.") }
    }

    func run() async throws {
        var options = Generator.Options()
        options.platform = platform
        let difference = try await DocumentDifference.between(old, and: new, in: parts(), readingImages: options)
        if !quiet {
            Reporting.show(difference.oldNotices, of: old)
            Reporting.show(difference.newNotices, of: new)
            let text: String
            switch format {
            case .text: text = difference.lines.map { $0 + "\n" }.joined()
            case .json: text = difference.json
            case .markdown: text = difference.markdown
            }
            Output.writeToStandardOutput(Array(text.utf8))
        }
        if !difference.isEmpty { throw ExitCode(1) }
    }
}
