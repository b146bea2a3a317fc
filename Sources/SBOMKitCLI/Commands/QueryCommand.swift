internal import ArgumentParser
internal import SBOMKit

struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "List the packages and files of an SBOM that fit.",
        discussion: """
            A query is words with blanks between them, applied one after the other to a set that begins as what the \
            document describes and what nothing leads to:

              all             everything below
              depth:N         what is exactly N steps below
              name:REGEXP     what has such a name (RE2 notation, found anywhere in it)
              purl:PURL       packages with such a package URL; * stands for anything
              licence:TEXT    what is below under such a licence; * stands for anything
              type:package    packages below, type:file files below
              type:DEPENDS_ON what is below over relationships of that type; type:DEPENDENCY_OF what needs it

            name: and purl: do not look below what fits; "all name:lib" looks at everything. A value with blanks stands \
            in double quotes. If nothing fits, that is a warning, and the exit code is 0.

            \(DocumentOptions.discussion)
            """)

    /// How a list is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case csv
        case json
    }

    @Argument(help: ArgumentHelp("\(DocumentOptions.place)", valueName: "file"), completion: .file())
    var file: String

    @Argument(help: ArgumentHelp("What is asked for; without it, the top of the document.", valueName: "query"))
    var query = ""

    @OptionGroup var source: DocumentOptions

    @Option(help: ArgumentHelp("How the list is written.", valueName: "text|csv|json"))
    var format = Format.text

    @Option(
        help: ArgumentHelp(
            "What to say of each: name, version, license, supplier, originator, url, purl, id, type.",
            valueName: "field,..."))
    var fields = "name"

    @Flag(help: "Say the package URL in the place of the name.")
    var purl = false

    @Flag(name: [.short, .long], help: "Say nothing but errors.")
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
        if try wantedFields().isEmpty { throw ValidationError("--fields needs the name of a field.") }
    }

    func run() throws {
        let fields = try wantedFields()
        let query = try Query(query)
        let document = try source.read(file)
        let matches = try document.parsed(query.matches)
        if !quiet {
            Reporting.show(document.notices + matches.notices, of: document.name)
            if matches.elements.isEmpty { Reporting.say("warning", "\(file): nothing fits the query") }
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
