internal import ArgumentParser
internal import Glibc
internal import SBOMKit

/// The style of a tree.
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

/// The format of the output.
enum OutlineFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case dot
    case mermaid
    case html

    /// The format that the name of a file ends with.
    init?(endingOf path: String) {
        let endings: [(ending: String, format: Self)] = [
            (".html", .html), (".htm", .html), (".dot", .dot), (".gv", .dot), (".mmd", .mermaid),
            (".mermaid", .mermaid),
            (".json", .json), (".txt", .text),
        ]
        let path = path.lowercased()
        guard let match = endings.first(where: { path.hasSuffix($0.ending) }) else { return nil }
        self = match.format
    }

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

/// Whether names are drawn with versions.
enum VersionDisplay: EnumerableFlag {
    case shown
    case hidden

    static func name(for value: VersionDisplay) -> NameSpecification {
        value == .shown ? .customLong("show-version") : .customLong("no-version")
    }

    static func help(for value: VersionDisplay) -> ArgumentHelp? {
        // The default needs no flag; it is for those who take `--no-version` back.
        value == .shown
            ? ArgumentHelp("Draw names with versions.", visibility: .hidden)
            : "Draw names without versions."
    }
}

struct OutlineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outline",
        abstract: "Draw an SBOM as a tree.",
        discussion: """
            Reads SPDX 2.2 and 2.3 (JSON, tag-value) and CycloneDX 1.2 to 1.7 (JSON, XML), also in an in-toto statement or \
            a DSSE envelope. The format is detected from the content. With --style bom the output is byte for byte that \
            of "bom document outline" of Kubernetes' bom 0.7.1, unless it goes to a terminal, where control characters \
            are escaped.

            \(DocumentOptions.discussion)

            \(DocumentOptions.imageDiscussion)
            """)

    @Argument(help: ArgumentHelp("\(DocumentOptions.place)", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var source: DocumentOptions

    @Option(help: ArgumentHelp("The style of the tree: sbomkit or bom.", valueName: "style"))
    var style = OutlineStyle.sbomkit

    @Option(
        name: [.short, .long], help: ArgumentHelp("Draw N levels of relationships, or all with 0.", valueName: "n"))
    var depth: Int?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Show only paths to elements whose name or package URL contains TEXT or matches it as a pattern (*, ?).",
            valueName: "text"))
    var find: String?

    @Flag(help: "Show package URLs instead of names and versions.")
    var purl = false

    @Flag(help: "Show identifiers instead of names.")
    var spdxIds = false

    @Flag(exclusivity: .chooseLast)
    var versions = VersionDisplay.shown

    @Option(
        help: ArgumentHelp(
            "Show only paths to elements with a license, as license: of query does: MIT, GPL-2.0, GPL, 'BSD-*'.",
            valueName: "text"))
    var license: String?

    @Option(
        help: ArgumentHelp(
            "Show only paths to elements of a layer: its number, or the beginning of its digest.", valueName: "layer"))
    var layer: String?

    @Option(
        help: ArgumentHelp(
            "Follow only relationships of these types: DEPENDS_ON,CONTAINS. Inverse types such as DEPENDENCY_OF match too.",
            valueName: "types"))
    var type: String?

    @Flag(help: "Count files instead of drawing each.")
    var collapse = false

    @Option(
        help: ArgumentHelp(
            "Cut longer lines. (default: the width of the terminal, if there is one)", valueName: "columns"))
    var width: Int?

    @OptionGroup var colors: ColorOptions

    @Flag(help: "Draw in ASCII only, as in a locale that is not UTF-8.")
    var ascii = false

    @Option(
        help: ArgumentHelp(
            "Print why a package is in the document instead of the tree: what needs it.", valueName: "package"))
    var why: String?

    @Option(
        help: ArgumentHelp(
            "Print up to N chains with --why: first one of each top-level package, then longer ones. (default: 15, of the first kind only)",
            valueName: "n"))
    var chains: Int?

    @Flag(help: "Print counts instead of the tree, of what --find, --license, --layer and --type leave.")
    var summary = false

    @Option(
        help: ArgumentHelp(
            "The format: text, or the graph as json, dot, mermaid or html. (default: that of the ending of -o, or else text)",
            valueName: "format"))
    var format: OutlineFormat?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write atomically to FILE instead of standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @OptionGroup var matching: MatchOptions

    @Flag(name: [.short, .long], help: "Print errors only.")
    var quiet = false

    func validate() throws {
        if output?.isEmpty == true { throw ValidationError("-o: expected the name of a file.") }
        if let chains, chains < 1 { throw ValidationError("--chains: expected a number above 0.") }
        if why != nil || summary, ![.text, .json].contains(chosenFormat) {
            throw ValidationError("--why and --summary have the formats text and json only.")
        }
        let isMore =
            why != nil || summary || license != nil || layer != nil || type != nil || collapse || matching.isGiven
        if style == .bom, chosenFormat != .text || isMore {
            throw ValidationError(
                "--style bom has no other options than --depth, --find, --purl, --spdx-ids, --no-version and --width.")
        }
        if matching.isGiven, find == nil && license == nil && layer == nil {
            throw ValidationError("--fail-on-empty and --fail-on-match need --find, --license or --layer.")
        }
        if let width, width < 1 { throw ValidationError("--width: expected a number of columns above 0.") }
    }

    func run() async throws {
        let outline = try await read()
        var options = Outline.Options()
        options.style = style.outlined
        options.depth = depth
        options.find = find
        options.showsPURLs = purl
        options.showsIDs = spdxIds
        options.showsVersions = versions == .shown
        options.license = license
        options.layer = layer
        options.types = try outline.types((type ?? "").split(separator: ",").map(String.init))
        options.collapsesFiles = collapse
        options.isASCII = ascii || style == .sbomkit && TextLocale.isLimited
        options.depthHint = "--depth N draws more, --depth 0 all of them"
        options.width = width ?? (style == .bom || output != nil ? nil : Terminal.width)
        options.isColored = colors.color == .auto && output != nil ? false : colors.isColored
        let matchCount = style == .bom ? nil : outline.matchCount(options)
        if matchCount == 0, why == nil, !quiet, !matching.failOnMatch { warnOfNothing(in: outline, options) }
        if let why {
            write(Array(try reasons(in: outline, for: why, options).utf8))
        } else if summary {
            let summary = outline.summary(options)
            write(Array((chosenFormat == .json ? summary.json : Self.text(of: summary)).utf8))
        } else if let graph = chosenFormat.graph {
            write(outline.graph(graph, options), as: graph)
        } else {
            draw(outline.lines(options))
        }
        if matchCount == 0, matching.failOnMatch, let question = outline.unknownLicense(options) {
            Reporting.say("error", "\(question) (--fail-on-match)")
            throw ExitCode(EX_USAGE)
        }
        if let matchCount { try matching.judge(matchCount: matchCount, in: file) }
    }

    private func warnOfNothing(in outline: Outline, _ options: Outline.Options) {
        let searches = [("--find", find), ("--license", license), ("--layer", layer)].compactMap { name, text in
            text.map { "\(name) \($0)" }
        }
        let question = Spelling.question(about: outline.nearestNames(options))
        let unknown = outline.unknownLicense(options).map { "; \($0)" } ?? ""
        Reporting.say("warning", "\(file): nothing matches \(searches.joined(separator: " "))\(question)\(unknown)")
    }

    private func draw(_ lines: Outline.Lines) {
        var lines = lines
        guard output == nil else {
            var text: [UInt8] = []
            while let piece = lines.nextPiece() { text += piece }
            return write(text)
        }
        // bom prints what the document has, but a terminal would obey it.
        if style == .bom, Terminal.width != nil {
            for line in lines { Output.writeToStandardOutput(Array((VisibleText.of(line) + "\n").utf8)) }
            return
        }
        while let piece = lines.nextPiece() { Output.writeToStandardOutput(piece) }
    }

    private func write(_ text: [UInt8], as graph: Outline.GraphFormat) {
        if !quiet, graph.isTooLarge(text) {
            Reporting.say(
                "warning",
                "\(file): Mermaid draws at most \(Outline.GraphFormat.mermaidEdges) relationships and "
                    + "\(Outline.GraphFormat.mermaidSize) characters; --find, --type and --depth leave less")
        }
        write(text)
    }

    /// Reads the document and keeps only its graph.
    private func read() async throws -> Outline {
        let input = try await source.read(file, quiet: quiet)
        let (outline, name): (Outline, String)
        switch input {
        case .document(let document):
            name = document.name
            outline = try document.parsed { bytes throws(SBOMError) in try Outline(bytes, for: style.outlined) }
        case .image(let image): (outline, name) = (try Outline(image, for: style.outlined), file)
        }
        if !quiet { Reporting.show(input.notices + outline.notices, of: name) }
        return outline
    }

    private func write(_ bytes: [UInt8]) {
        guard let output else { return Output.writeToStandardOutput(bytes) }
        Output.write(bytes, to: output)
        if !quiet { Reporting.say("wrote \(output)", "\(chosenFormat.rawValue) of \(file)") }
    }

    private var chosenFormat: OutlineFormat {
        // bom's output is text, whatever its file is called.
        format ?? (style == .bom ? nil : output.flatMap(OutlineFormat.init(endingOf:))) ?? .text
    }

    private func reasons(in outline: Outline, for text: String, _ options: Outline.Options) throws -> String {
        let found = outline.reasons(for: text, options, chains: chains)
        guard !found.reasons.isEmpty else {
            let question = Spelling.question(about: found.nearest)
            Reporting.say("error", "\(file): nothing in it matches \(text)\(question)")
            throw ExitCode(1)
        }
        if found.others > 0, !quiet {
            let count = found.reasons.count
            Reporting.say("warning", "\(file): \(count + found.others) match \(text); this is about the first \(count)")
        }
        if chosenFormat == .json { return found.json }
        var options = options
        // The end of a chain is what it is about, so a chain is cut on demand only.
        options.width = width
        let lines = found.lines(options, isComplete: chains != nil, moreHint: "; --chains N shows more")
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
                        + (count.name.isEmpty ? "(not stated)" : count.name))
            }
        }
        return lines.map { VisibleText.of($0) + "\n" }.joined()
    }
}
