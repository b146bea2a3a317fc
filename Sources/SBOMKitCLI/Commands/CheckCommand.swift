internal import ArgumentParser
internal import SBOMKit

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check what scanners read of SBOM documents.",
        discussion: """
            Reads documents of any tool (SPDX 2.2 and 2.3, CycloneDX 1.2 to 1.7, in any syntax). The profile scanner \
            states what the vulnerability scanners trivy and grype take from a document, what they drop, and why. The \
            document is judged by their rules; no scanner runs, and no network is used.

            Of each scanner there is a line: the packages in the document, how many of them it reads, of how many it \
            finds the source package, and the operating system. A line for each kind of problem follows, with the first \
            packages and the name of the rule. The exit code is 1 if a package is lost or misunderstood.

            \(DocumentOptions.discussion)
            """)

    /// The rules that documents are checked against.
    enum Profile: String, CaseIterable, ExpressibleByArgument {
        case scanner

        var rules: DocumentCheck.Profile {
            switch self {
            case .scanner: .scanner
            }
        }
    }

    /// The format of the output.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case markdown
    }

    @Argument(
        help: ArgumentHelp(
            "Documents, - for standard input, or images with an attached SBOM.", valueName: "file"),
        completion: .file())
    var files: [String]

    @Option(help: ArgumentHelp("The rules: scanner.", valueName: "profile"))
    var profile = Profile.scanner

    @OptionGroup var source: DocumentOptions

    @Option(help: ArgumentHelp("The format of the output.", valueName: "text|json|markdown"))
    var format = Format.text

    @Flag(name: [.short, .long], help: "Print errors only. The exit code has the result.")
    var quiet = false

    func run() throws {
        let choice = try source.choice(reading: files)
        var report = CheckReport()
        var failure: SBOMError?
        for file in files {
            do throws(SBOMError) {
                let document = try InputDocument(at: file, choosing: choice)
                let check = try document.parsed { bytes throws(SBOMError) in
                    try DocumentCheck(bytes, against: profile.rules)
                }
                if !quiet { Reporting.show(document.notices + check.notices, of: document.name) }
                report.append(check, of: document.name)
            } catch {
                Reporting.say(error)
                failure = failure ?? error
            }
        }
        if !quiet {
            let text: String
            switch format {
            case .text:
                text = report.checks.flatMap { CheckReport.lines($0.check, of: $0.name) }.map { $0 + "\n" }.joined()
            case .json: text = report.json
            case .markdown: text = report.markdown
            }
            Output.writeToStandardOutput(Array(text.utf8))
        }
        if let failure { throw ExitCode(Program.exitCode(for: failure)) }
        if !report.passes { throw ExitCode(1) }
    }
}
