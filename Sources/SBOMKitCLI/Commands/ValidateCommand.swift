internal import ArgumentParser
internal import SBOMKit

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check whether SBOM documents are valid.",
        discussion: """
            Reads SPDX 2.2 and 2.3 (JSON, tag-value) and CycloneDX 1.2 to 1.7 (JSON, XML). The format is detected from the \
            content. Of an in-toto statement or DSSE envelope the document in it is checked, with positions in that document.

            Each violation is one line: file, line and column; the JSON Pointer of the place (in XML the path of the \
            element, in tag-value the tag) with the name of the package; and what was expected there. Equal violations are \
            one line with their number. What the text of a specification demands and its \
            schema does not is a rule: references and identifiers, the form of license expressions, package URLs, times, \
            names, addresses and checksums, and more. Its violations end with the name of the rule; docs/validation.md \
            lists all. The verdict names the SPDX License List that licenses were looked for on. The exit code is 1 if a \
            document is not valid.

            --format sarif writes SARIF 2.1.0 for code scanning, and github the workflow commands of GitHub Actions. \
            docs/output.md has the shape of json.

            \(DocumentOptions.discussion)
            """)

    /// The format of the output.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case sarif
        case github
    }

    @Argument(
        help: ArgumentHelp(
            "Documents, - for standard input, or images with an attached SBOM.", valueName: "file"),
        completion: .file())
    var files: [String]

    @OptionGroup var source: DocumentOptions

    @Option(help: ArgumentHelp("The format of the output.", valueName: "text|json|sarif|github"))
    var format = Format.text

    @OptionGroup var colors: ColorOptions

    @Flag(name: [.short, .long], help: "Print errors only.")
    var quiet = false

    func run() throws {
        let choice = try source.choice(reading: files)
        var isInvalid = false
        var failure: SBOMError?
        var results = ValidationResults()
        for file in files {
            do throws(SBOMError) {
                let document = try InputDocument(at: file, choosing: choice)
                let report = try document.parsed(Validator().validate)
                if !quiet { Reporting.show(document.notices, of: document.name) }
                isInvalid = isInvalid || !report.isValid
                if format == .text { show(report, of: document.name) } else { results.add(report, of: document.name) }
            } catch {
                Reporting.say(error)
                results.add(error, of: file)
                failure = failure ?? error
            }
        }
        switch format {
        case .text: break
        case .json: Output.writeToStandardOutput(Array(results.json.utf8))
        case .sarif: Output.writeToStandardOutput(Array(results.sarif.utf8))
        case .github:
            let lines = results.workflowCommands(errorsOnly: quiet).map { $0 + "\n" }.joined()
            Output.writeToStandardOutput(Array(lines.utf8))
        }
        if let failure { throw ExitCode(Program.exitCode(for: failure)) }
        if isInvalid { throw ExitCode(1) }
    }

    private func show(_ report: Validator.Report, of file: String) {
        let lines = ValidationResults.lines(
            report, of: file, errorsOnly: quiet, isColored: colors.isColored)
        Output.writeToStandardOutput(Array(lines.map { $0 + "\n" }.joined().utf8))
    }
}
