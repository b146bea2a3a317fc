internal import ArgumentParser
internal import SBOMKit

/// A format of output, which has a name on the command line.
protocol NamedFormat: Equatable, Sendable {
    /// The names that help and errors list, without versions.
    static var names: [String] { get }
    /// All names with versions, for the completion of a shell.
    static var spellings: [String] { get }
    /// The name that is nearest to a text that names no format; nil if no name is near.
    static func nearest(to text: String) -> String?

    init?(_ text: String)
    /// The format that the name of a file ends with.
    init?(endingOf path: String)
    /// The name of the format, without its version.
    var name: String { get }
}

extension NamedFormat {
    /// The value of an option that names a format.
    ///
    /// - Throws: `ValidationError` with the names, and the one that may be meant.
    static func parse(_ text: String) throws -> Self {
        guard let format = Self(text) else { throw ValidationError(expectation(instead: text)) }
        return format
    }

    /// What was expected in place of a text.
    static func expectation(instead text: String) -> String {
        let name = text.split(separator: "@", maxSplits: 1).first.map(String.init) ?? text
        if text.contains("@"), let format = Self(name) {
            let versions = spellings.filter { $0.hasPrefix("\(format.name)@") }
            if !versions.isEmpty { return "expected one of \(versions.joined(separator: ", "))" }
        }
        let meant = nearest(to: text).map { "; did you mean \($0)?" } ?? ""
        return "expected one of \(names.joined(separator: ", "))\(meant)"
    }
}

extension DocumentFormat: NamedFormat {}

/// What `generate` writes: a document, or a list of packages.
enum GeneratedFormat: NamedFormat {
    case document(DocumentFormat)
    /// A table of packages for a person.
    case table
    /// A package URL on each line.
    case packageURLs
    /// A snapshot for GitHub's dependency submission API.
    case githubSnapshot

    private static let lists: [(name: String, format: Self)] = [
        ("table", .table), ("purls", .packageURLs), ("github-json", .githubSnapshot),
    ]

    init?(_ text: String) {
        if let list = Self.lists.first(where: { $0.name == text.lowercased() }) {
            self = list.format
        } else if let format = DocumentFormat(text) {
            self = .document(format)
        } else {
            return nil
        }
    }

    init?(endingOf path: String) {
        guard let format = DocumentFormat(endingOf: path) else { return nil }
        self = .document(format)
    }

    var name: String {
        switch self {
        case .document(let format): format.name
        case .table: "table"
        case .packageURLs: "purls"
        case .githubSnapshot: "github-json"
        }
    }

    /// The format of the document; nil for a list.
    var document: DocumentFormat? {
        if case .document(let format) = self { format } else { nil }
    }

    static let names = DocumentFormat.names + lists.map(\.name)
    static let spellings = DocumentFormat.spellings + lists.map(\.name)

    static func nearest(to text: String) -> String? {
        Spelling.nearest(to: text, among: lists.map(\.name)) ?? DocumentFormat.nearest(to: text)
    }
}

/// Where something is written, with its format if that is given: the value of `-o`.
///
/// `FORMAT` is that format on standard output, `FILE` the usual format or that of its ending, and `FORMAT=FILE` both. A file
/// that has the name of a format can be written as `./FORMAT`, and `-` is standard output.
struct OutputTarget<Format: NamedFormat>: Sendable {
    enum Place: Hashable, Sendable {
        case standardOutput
        case file(String)
    }

    let format: Format?
    let place: Place

    /// - Throws: `ValidationError` if there is no file or no known format.
    init(parsing text: String) throws {
        guard !text.isEmpty else { throw ValidationError("expected a file, a format or FORMAT=FILE") }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, !parts[0].contains("/") {
            // A word before the sign that names no format is a typing error.
            let format = try Format.parse(parts[0])
            guard !parts[1].isEmpty else { throw ValidationError("expected a file after \(parts[0])=") }
            self.init(format, parts[1])
        } else if let format = Format(text) {
            self.init(format, "-")
        } else {
            // Such a word is hardly the name of a file, and the wrong document would be written into it.
            if !text.contains("/"), !text.contains("."), let nearest = Format.nearest(to: text) {
                throw ValidationError("is \(nearest) meant? A file of that name is ./\(text)")
            }
            self.init(nil, text)
        }
    }

    private init(_ format: Format?, _ path: String) {
        self.format = format
        place = path == "-" ? .standardOutput : .file(path)
    }

    /// The path of the file; nil for standard output.
    var path: String? {
        if case .file(let path) = place { path } else { nil }
    }

    /// The format: that of the target, or else the chosen one, or else that of the ending, or else the usual one.
    func format(chosen: Format?, usual: Format) -> Format {
        format ?? chosen ?? path.flatMap(Format.init(endingOf:)) ?? usual
    }

    /// Checks that the file does not end like one of another format.
    ///
    /// - Parameter chosen: The format of the option for it.
    /// - Throws: `ValidationError`.
    func validate(chosen: Format?) throws {
        guard let path else { return }
        guard let format = format ?? chosen else {
            let ending = otherEndings.first { path.lowercased().hasSuffix($0) }
            guard let ending, Format(endingOf: path) == nil else { return }
            throw ValidationError(
                "-o \(path): the ending \(ending) names no format that is known; expected --format, or one of the endings .spdx.json, .spdx, .cdx.json and .cdx.xml"
            )
        }
        guard let named = Format(endingOf: path), named.name != format.name else { return }
        throw ValidationError("-o \(path): the ending is that of \(named.name), and the format is \(format.name).")
    }
}

/// Endings of files that hold neither JSON nor plain text, or SBOMs in a form that is not written.
private let otherEndings = [
    ".xml", ".cdx", ".html", ".htm", ".csv", ".tsv", ".xlsx", ".yaml", ".yml", ".rdf", ".ttl", ".md", ".pdf", ".proto",
    ".dot",
    ".svg", ".zip", ".gz", ".tar",
]
