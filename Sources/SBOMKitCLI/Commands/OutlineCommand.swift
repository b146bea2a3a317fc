internal import ArgumentParser
internal import SBOMKit

/// How a tree is drawn.
enum OutlineStyle: String, CaseIterable, ExpressibleByArgument {
    case sbomkit
    case bom

    var outlined: Outline.Style {
        switch self {
        case .sbomkit: .sbomkit
        case .bom: .bom
        }
    }
}

/// What is written of a document.
enum OutlineFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case dot
    case mermaid
    case html

    var graph: Outline.GraphFormat? {
        switch self {
        case .text: nil
        case .json: .json
        case .dot: .dot
        case .mermaid: .mermaid
        case .html: .html
        }
    }
}

/// When colours are used.
enum ColourChoice: String, CaseIterable, ExpressibleByArgument {
    case auto
    case always
    case never

    var isColoured: Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: Terminal.width != nil && !Terminal.refusesColours
        }
    }
}

struct OutlineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outline",
        abstract: "Draw an SBOM as a tree.",
        discussion: """
            Reads SPDX 2.2 and 2.3 (JSON, tag-value) and CycloneDX 1.2 to 1.7 (JSON, XML), told by their content. \
            It may be in an in-toto statement, bare or in a DSSE envelope. --style bom prints byte for byte what "bom document outline" of Kubernetes' bom 0.7.1 does.
            \(DocumentOptions.discussion)
            """)

    @Argument(help: ArgumentHelp("\(DocumentOptions.place)", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var source: DocumentOptions

    @Option(help: ArgumentHelp("sbomkit, or bom to the byte.", valueName: "style"))
    var style = OutlineStyle.sbomkit

    @Option(name: [.short, .long], help: ArgumentHelp("Draw N levels of relationships; 0 for all.", valueName: "n"))
    var depth: Int?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Draw only the ways to what has that in its name or package URL, or matches it as a pattern (*, ?).",
            valueName: "text"))
    var find: String?

    @Flag(help: "Show package URLs instead of names and versions.")
    var purl = false

    @Flag(help: "Show identifiers instead of names.")
    var spdxIds = false

    @Flag(inversion: .prefixedNo, help: "Show versions behind names.")
    var version = true

    @Option(help: ArgumentHelp("Draw only the ways to what has that in its licence.", valueName: "text"))
    var licence: String?

    @Option(
        help: ArgumentHelp(
            "Draw only the ways to what came with that layer: its number, or how its digest begins.", valueName: "layer"
        ))
    var layer: String?

    @Option(
        help: ArgumentHelp(
            "Follow only those types of relationships: DEPENDS_ON,CONTAINS. Reverse ones count.", valueName: "types"))
    var type: String?

    @Flag(help: "Count files instead of drawing each.")
    var collapse = false

    @Option(
        help: ArgumentHelp("Cut lines that are longer; on a terminal its width unless told.", valueName: "columns"))
    var width: Int?

    @Option(help: "When to use colours; NO_COLOR in the environment means never unless told.")
    var color = ColourChoice.auto

    @Flag(help: "Draw in ASCII only.")
    var ascii = false

    @Option(
        help: ArgumentHelp(
            "Instead of the tree say why a package is there: the shortest chains that lead to it.", valueName: "package"
        ))
    var why: String?

    @Option(help: ArgumentHelp("How many chains --why shows for each package.", valueName: "n"))
    var chains = 20

    @Flag(help: "Instead of the tree say how many there are of what.")
    var summary = false

    @Option(help: ArgumentHelp("text, or the graph as json, dot, mermaid or html.", valueName: "format"))
    var format = OutlineFormat.text

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write to FILE, whole or not at all, instead of standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(name: [.short, .long], help: "Say nothing but errors.")
    var quiet = false

    /// Arguments with bom's way to switch versions off, which a flag has no place for.
    static func translated(_ arguments: [String]) -> [String] {
        guard arguments.first == "outline" else { return arguments }
        return arguments.map { $0 == "--version=false" ? "--no-version" : $0 == "--version=true" ? "--version" : $0 }
    }

    func validate() throws {
        if output?.isEmpty == true { throw ValidationError("-o needs the name of a file.") }
        if chains < 1 { throw ValidationError("--chains needs a number above 0.") }
        if why != nil || summary, ![.text, .json].contains(format) {
            throw ValidationError("--why and --summary are written as text or json.")
        }
        let isMore = why != nil || summary || licence != nil || layer != nil || type != nil || collapse
        if style == .bom, format != .text || isMore {
            throw ValidationError(
                "--style bom has no more than --depth, --find, --purl, --spdx-ids, --version and --width.")
        }
        if let width, width < 1 { throw ValidationError("--width needs a number of columns above 0.") }
    }

    func run() throws {
        let outline = try read()
        var options = Outline.Options()
        options.style = style.outlined
        options.depth = depth
        options.find = find
        options.showsPURLs = purl
        options.showsIDs = spdxIds
        options.showsVersions = version
        options.licence = licence
        options.layer = layer
        options.types = Set((type ?? "").split(separator: ",").map { $0.uppercased() })
        options.collapsesFiles = collapse
        options.isASCII = ascii
        options.width = width ?? (style == .bom || output != nil ? nil : Terminal.width)
        options.isColoured = color == .auto && output != nil ? false : color.isColoured
        if let why {
            write(Array(try chains(in: outline, to: why, options).utf8))
        } else if summary {
            write(Array((format == .json ? outline.summary.json : Self.text(of: outline.summary)).utf8))
        } else if let graph = format.graph {
            let text = outline.graph(graph, options)
            if !quiet, graph.isTooLarge(text) {
                Reporting.say(
                    "warning",
                    "\(file): Mermaid draws at most \(Outline.GraphFormat.mermaidEdges) relationships and "
                        + "\(Outline.GraphFormat.mermaidSize) characters; --find, --type and --depth leave less")
            }
            write(text)
        } else {
            var lines = outline.lines(options)
            guard output == nil else {
                var text: [UInt8] = []
                while let piece = lines.nextPiece() { text += piece }
                return write(text)
            }
            while let piece = lines.nextPiece() { Output.writeToStandardOutput(piece) }
        }
    }

    /// Reads the document, of which nothing but its graph is kept.
    private func read() throws -> Outline {
        let document = try source.read(file)
        let outline = try document.parsed { bytes throws(SBOMError) in try Outline(bytes, for: style.outlined) }
        if !quiet { Reporting.show(document.notices + outline.notices, of: document.name) }
        return outline
    }

    private func write(_ bytes: [UInt8]) {
        if let output { Output.write(bytes, to: output) } else { Output.writeToStandardOutput(bytes) }
    }

    private func chains(in outline: Outline, to text: String, _ options: Outline.Options) throws -> String {
        let (reasons, others) = outline.chains(to: text, options, limit: chains)
        guard !reasons.isEmpty else {
            Reporting.say("error", "\(file): nothing in it matches \(text)")
            throw ExitCode(1)
        }
        if others > 0 {
            Reporting.say(
                "warning", "\(file): \(reasons.count + others) match \(text); this is about the first \(reasons.count)")
        }
        if format == .json { return Outline.json(reasons) }
        var lines: [String] = []
        for reason in reasons {
            let chains = reason.chains
            let number = "\(reason.hasMore ? "more than " : "")\(chains.count)"
            let count = "\(number) \(chains.count == 1 ? "chain leads" : "chains lead")"
            let isUnreachable = chains.isEmpty && !reason.hasMore
            lines.append("\(VisibleText.of(reason.name)): \(isUnreachable ? "nothing leads" : count) to it")
            for chain in chains {
                var line = "  "
                for step in chain.steps {
                    if !step.relationship.isEmpty {
                        let word = VisibleText.of(step.relationship)
                        line += ascii ? " -\(word)-> " : " ─\(word)→ "
                    }
                    line += VisibleText.of(step.name)
                }
                lines.append(line)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func text(of summary: Outline.Summary) -> String {
        var lines = [
            "\(summary.name): \(summary.format)", "\(summary.packageCount) packages, \(summary.fileCount) files",
        ]
        if summary.unreachableCount > 0 {
            lines.append("\(summary.unreachableCount) of them nothing leads to from what the document describes")
        }
        for (title, counts) in summary.tables where !counts.isEmpty {
            lines.append("\(title):")
            let width = counts.map { String($0.count).count }.max() ?? 1
            for count in counts {
                let number = String(count.count)
                lines.append(
                    "  \(String(repeating: " ", count: width - number.count))\(number)  "
                        + (count.name.isEmpty ? "(not said)" : count.name))
            }
        }
        return lines.map { VisibleText.of($0) + "\n" }.joined()
    }
}
