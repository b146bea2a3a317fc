internal import ArgumentParser
internal import SBOMKit

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "List the packages and files of an SBOM that match a query.",
        discussion: """
            A query consists of words with spaces between them. They are applied one after the other to a set. The set \
            begins with what the document describes and with what no relationship leads to.

              all                 everything in the set and below it
              depth:N             elements exactly N steps below
              name:REGEXP         elements with a matching name (RE2 syntax, unanchored)
              purl:PURL           packages with a matching package URL; * is a wildcard
              license:TEXT        elements below with a license: MIT, GPL-2.0, GPL, BSD-*
              type:package        packages in the set and below it
              type:file           files in the set and below it
              type:DEPENDS_ON     elements reached over relationships of this type
              type:DEPENDENCY_OF  the same in the other direction

            name: and purl: do not search below a match; "all name:lib" searches everything. Put a value with spaces in \
            double quotes. If nothing matches, a warning is printed and the exit code is 0.

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

    @Argument(help: ArgumentHelp("The query. (default: the top of the document)", valueName: "query"))
    var query = ""

    @OptionGroup var source: DocumentOptions

    @Option(help: ArgumentHelp("The format of the output.", valueName: "text|csv|json"))
    var format = Format.text

    @Option(
        help: ArgumentHelp(
            "Fields to print: name, version, license, licenseName, supplier, originator, url, purl, id, type.",
            valueName: "field,..."))
    var fields = "name"

    @Flag(help: "Print the package URL in place of the name.")
    var purl = false

    @Flag(name: [.short, .long], help: "Print errors only.")
    var quiet = false

    private func wantedFields() throws -> [QueryMatches.Field] {
        try fields.split(separator: ",").map { name in
            guard let field = QueryMatches.Field(String(name)) else {
                let known = QueryMatches.Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--fields \(name): expected some of \(known).")
            }
            return field
        }
    }

    func validate() throws {
        if try wantedFields().isEmpty { throw ValidationError("--fields: expected the name of a field.") }
    }

    func run() async throws {
        let fields = try wantedFields()
        let query = try Query(query)
        let input = try await DocumentOrImage(at: file, choosing: source.choice(reading: [file]))
        let (matches, name): (QueryMatches, String)
        switch input {
        case .document(let document):
            name = document.name
            matches = try document.parsed { bytes throws(SBOMError) in try query.matches(in: bytes) }
        case .image(let image): (matches, name) = (try query.matches(in: image), file)
        }
        if !quiet {
            Reporting.show(input.notices + matches.notices, of: name)
            if matches.elements.isEmpty { Reporting.say("warning", "\(file): nothing matches the query") }
        }
        let text: String
        switch format {
        case .text:
            text = matches.lines(fields, namesArePurls: purl).map { $0 + "\n" }.joined()
        case .csv: text = matches.csv(fields, namesArePurls: purl)
        case .json: text = matches.json(fields, namesArePurls: purl)
        }
        Output.writeToStandardOutput(Array(text.utf8))
    }
}
