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
            element, in tag-value the tag); and what was expected there. What the text of a specification demands and its \
            schema does not is a rule: references and identifiers, the form of license expressions, package URLs, times, \
            names, addresses and checksums, and more. Its violations end with the name of the rule; docs/validation.md \
            lists all. The verdict names the SPDX License List that licenses were looked for on. The exit code is 1 if a \
            document is not valid.

            \(DocumentOptions.discussion)
            """)

    @Argument(
        help: ArgumentHelp(
            "Documents, - for standard input, or images with an attached SBOM.", valueName: "file"),
        completion: .file())
    var files: [String]

    @OptionGroup var source: DocumentOptions

    @Flag(name: [.short, .long], help: "Print errors only.")
    var quiet = false

    func run() throws {
        let choice = try source.choice(reading: files)
        var isInvalid = false
        var failure: SBOMError?
        for file in files {
            do throws(SBOMError) {
                let document = try InputDocument(at: file, choosing: choice)
                let report = try document.parsed(Validator().validate)
                if !quiet { Reporting.show(document.notices, of: document.name) }
                isInvalid = isInvalid || !report.isValid
                show(report, of: document.name)
            } catch {
                Reporting.say(error)
                failure = failure ?? error
            }
        }
        if let failure { throw ExitCode(Program.exitCode(for: failure)) }
        if isInvalid { throw ExitCode(1) }
    }

    private func show(_ report: Validator.Report, of file: String) {
        var lines = report.violations.filter { $0.isError || !quiet }.map { violation in
            let place = "\(file):\(violation.line):\(violation.column)"
            let found = violation.found.map { ", found \($0)" } ?? ""
            let name = violation.isFromSchema ? "" : " [\(violation.name)]"
            let subject = violation.tag ?? (violation.pointer.isEmpty ? "the document" : violation.pointer)
            return "\(place): \(violation.isError ? "error" : "warning"): \(subject): "
                + "expected \(violation.expected)\(found)\(name)"
        }
        if report.isTruncated { lines.append("\(file): there may be more than is listed") }
        if !quiet {
            let count = report.violations.count(where: \.isError)
            let verdict = count == 0 ? "valid" : "not valid, \(count) \(count == 1 ? "error" : "errors")"
            let list = report.licenseList.map { " (SPDX License List \($0))" } ?? ""
            lines.append("\(file): \(report.format): \(verdict)\(list)")
        }
        Output.writeToStandardOutput(Array(lines.map { VisibleText.of($0) + "\n" }.joined().utf8))
    }
}
