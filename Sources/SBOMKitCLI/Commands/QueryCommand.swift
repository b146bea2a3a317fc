internal import ArgumentParser
internal import Glibc
internal import SBOMKit

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "List the packages and files of an SBOM that match a query.",
        discussion: """
            A query consists of words with spaces between them. They are applied one after the other to a set. The set \
            begins with what the document describes and with what no relationship leads to.

              all                 everything in the set and below it
              packages            packages below, apart from images and systems
              depth:N             elements exactly N steps below
              name:REGEXP         elements with a matching name (RE2 syntax, unanchored)
              purl:PURL           packages with a matching package URL; * is a wildcard
              license:TEXT        elements below with a license: MIT, GPL-2.0, GPL, BSD-*
              type:package        packages in the set and below it
              type:file           files in the set and below it
              type:DEPENDS_ON     elements reached over relationships of this type
              type:DEPENDENCY_OF  the same in the other direction
              needs:NAME/N        what NAME needs, over N steps at most (without /N: any)
              needed-by:NAME/N    what needs NAME, likewise; /1 is what needs it directly

            name: and purl: do not search below a match; "all name:lib" searches everything. Put a value with spaces in \
            double quotes. If nothing matches, a warning is printed and the exit code is 0.

            --template prints for each element text with {FIELD}, or {FIELD|TEXT} with TEXT where the document does not \
            state the field; \\n, \\t, \\0 and \\\\ are escapes, and {{ and }} braces.

            \(DocumentOptions.discussion)

            \(DocumentOptions.imageDiscussion)
            """)

    /// The format of the output.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case csv
        case json
    }

    @Argument(help: ArgumentHelp("\(DocumentOptions.place)", valueName: "file"), completion: .file())
    var file: String

    @Argument(help: ArgumentHelp("The words of the query. (default: the top of the document)", valueName: "query"))
    var query: [String] = []

    @OptionGroup var source: DocumentOptions

    @Option(
        help: ArgumentHelp("The format of the output. (default: text)", valueName: "text|csv|json"))
    var format: Format?

    @Option(
        help: ArgumentHelp(
            "Fields to print: name, version, license, licenseName, supplier, originator, url, purl, id, type, arch, layer, source, path; or all. (default: name)",
            valueName: "field,..."))
    var fields: String?

    @Option(
        help: ArgumentHelp("Print text for each element: '{name}@{version}\\n'.", valueName: "text"),
        transform: QueryCommand.template)
    var template: QueryTemplate?

    @Flag(help: "Print the package URL in place of the name.")
    var purl = false

    @OptionGroup var colors: ColorOptions

    @OptionGroup var matching: MatchOptions

    @Flag(name: [.short, .long], help: "Print errors only.")
    var quiet = false

    private static func template(_ text: String) throws -> QueryTemplate {
        do throws(SBOMError) {
            return try QueryTemplate(text)
        } catch {
            throw ValidationError(error.message)
        }
    }

    private func wantedFields() throws -> [QueryMatches.Field] {
        guard let fields else { return [.name] }
        var wanted: [QueryMatches.Field] = []
        for name in fields.split(separator: ",") {
            if name == "all" {
                wanted += QueryMatches.Field.allCases
                continue
            }
            do throws(SBOMError) {
                wanted.append(try QueryMatches.Field(naming: String(name)))
            } catch {
                throw ValidationError("--fields \(error.message)")
            }
        }
        return wanted
    }

    func validate() throws {
        if try wantedFields().isEmpty { throw ValidationError("--fields: expected the name of a field.") }
        if template != nil, format != nil || fields != nil {
            throw ValidationError("--template has neither --format nor --fields beside it.")
        }
    }

    func run() async throws {
        let fields = try wantedFields()
        let query = try Query(query.joined(separator: " "))
        let input = try await source.read(file, quiet: quiet)
        let (matches, name): (QueryMatches, String)
        switch input {
        case .document(let document):
            name = document.name
            matches = try document.parsed { bytes throws(SBOMError) in try query.matches(in: bytes) }
        case .image(let image): (matches, name) = (try query.matches(in: image), file)
        }
        // A gate must not pass because of a misspelt license: with --fail-on-match it is an error.
        let unknown = matching.failOnMatch ? matches.notices.first { $0.code == "unknown-license" } : nil
        if !quiet {
            Reporting.show(input.notices + matches.notices.filter { $0 != unknown }, of: name)
            // With --fail-on-match an empty result is success.
            if matches.elements.isEmpty, !matching.failOnMatch {
                Reporting.say("warning", "\(file): nothing matches the query")
            }
        }
        Output.writeToStandardOutput(Array(text(of: matches, fields).utf8))
        if let unknown {
            Reporting.say("error", "\(unknown.message) (--fail-on-match)")
            throw ExitCode(EX_USAGE)
        }
        try matching.judge(matchCount: matches.elements.count, in: file)
    }

    private func text(of matches: QueryMatches, _ fields: [QueryMatches.Field]) -> String {
        if let template { return matches.text(template, namesArePurls: purl) }
        switch format ?? .text {
        case .csv: return matches.csv(fields, namesArePurls: purl)
        case .json: return matches.json(fields, namesArePurls: purl)
        case .text:
            // A program that reads lines gets single spaces.
            let lines =
                Terminal.width != nil || colors.isColored
                ? matches.table(fields, namesArePurls: purl, isColored: colors.isColored)
                : matches.lines(fields, namesArePurls: purl)
            return lines.map { $0 + "\n" }.joined()
        }
    }
}
