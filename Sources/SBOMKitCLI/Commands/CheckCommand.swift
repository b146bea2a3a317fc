internal import ArgumentParser
internal import SBOMKit

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check what scanners read of SBOM documents, and what standards miss in them.",
        discussion: """
            Reads documents of any tool (SPDX 2.2 and 2.3, CycloneDX 1.2 to 1.7, in any syntax). The document is judged by \
            rules; no other program runs, and no network is used. The profiles are:

              scanner   what trivy and grype take from a document, and what they drop
              ntia      the minimum elements of NTIA (2021)
              cisa      the minimum elements of CISA (2026); cisa@2025, the draft
              bsi       BSI TR-03183-2, version 2.1.0
              telco     OpenChain Telco SBOM Guide, version 1.2; telco@1.1
              cra       the Cyber Resilience Act, Annex I Part II (1)

            Of each scanner there is a line: the packages in the document, how many of them it reads, of how many it \
            finds the source package, and the operating system. Of each field of a standard there is a line: what was \
            judged, and how much of it has the field. A line for each kind of problem follows, with the first packages \
            and the name of the rule. The exit code is 1 if a package is lost or misunderstood, or if a required field is \
            missing.

            \(DocumentOptions.discussion)
            """)

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

    @Option(
        help: ArgumentHelp(
            "The rules: scanner, ntia, cisa, bsi, telco or cra. Can be repeated. (default: scanner)",
            valueName: "profile"), completion: .list(ProfileArgument.allValueStrings))
    var profile: [ProfileArgument] = []

    @OptionGroup var source: DocumentOptions

    @Option(help: ArgumentHelp("The format of the output.", valueName: "text|json|markdown"))
    var format = Format.text

    @Flag(name: [.short, .long], help: "Print errors only. The exit code has the result.")
    var quiet = false

    func run() throws {
        let choice = try source.choice(reading: files)
        let profiles = profile.isEmpty ? [.scanner] : profile.map(\.profile)
        var report = CheckReport()
        var failure: SBOMError?
        for file in files {
            do throws(SBOMError) {
                let document = try InputDocument(at: file, choosing: choice)
                let checks = try document.parsed { bytes throws(SBOMError) in
                    try DocumentCheck.checks(of: bytes, against: profiles)
                }
                if !quiet { Reporting.show(document.notices + (checks.first?.notices ?? []), of: document.name) }
                for check in checks { report.append(check, of: document.name) }
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
