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
            --style bom prints byte for byte what "bom document outline" of Kubernetes' bom 0.7.1 does.
            """)

    @Argument(help: ArgumentHelp("The document; - is standard input.", valueName: "file"), completion: .file())
    var file: String

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
            "Draw only the ways to what came with that layer: its number, or how its digest begins.", valueName: "layer"))
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

    @Flag(name: [.short, .long], help: "Say nothing but errors.")
    var quiet = false

    /// Arguments with bom's way to switch versions off, which a flag has no place for.
    static func translated(_ arguments: [String]) -> [String] {
        guard arguments.first == "outline" else { return arguments }
        return arguments.map { $0 == "--version=false" ? "--no-version" : $0 == "--version=true" ? "--version" : $0 }
    }

    func validate() throws {
        if let width, width < 1 { throw ValidationError("--width needs a number of columns above 0.") }
    }

    func run() throws {
        let outline: Outline
        do throws(SBOMError) {
            outline = try Outline(file: file, for: style.outlined)
        } catch {
            Reporting.fail(error)
        }
        if !quiet { Reporting.show(outline.remarks, of: file) }
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
        options.width = width ?? (style == .bom ? nil : Terminal.width)
        options.isColoured = color.isColoured
        var lines = outline.lines(options)
        while let piece = lines.nextPiece() { Output.writeToStandardOutput(piece) }
    }
}
