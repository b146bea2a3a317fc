package import ByteStreams
internal import SBOMConversion
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// Converts SBOM documents between SPDX and CycloneDX, their versions and their syntaxes.
///
/// What the new format has no place for is carried in it, so that converting back gives the same document again.
public struct Converter: Sendable {
    /// What a conversion does beyond writing the document.
    public struct Options: Sendable {
        /// Whether information without a place in the new format is carried as properties or annotations.
        public var carries = true
        /// The time of a document that must have one and states none; nil means 1970-01-01T00:00:00Z.
        public var sourceDateEpoch: SourceDateEpoch?
        /// Whether ``Conversion/members`` also names members that have a place of their own in the new format.
        public var reports = false

        /// The default options.
        public init() {}
    }

    /// A document that was converted.
    public struct Conversion: Sendable {
        /// What it was: `SPDX 2.3 JSON`.
        public let source: String
        fileprivate let document: ConvertedDocument
        /// The document as a whole; each call writes it anew.
        public var bytes: [UInt8] { document.bytes }
        /// What was unusual about the source, in its order.
        public let notices: [Notice]
        /// What became of everything that the source says.
        public let members: [Member]
        /// The first of what is ignored because it does not agree with the document; ``members`` counts all of it.
        public let rejections: [Rejection]

        /// Hands the document to a sink in pieces that follow each other: JSON while it is made, so that only a few parts of
        /// the text are in memory at a time, other texts in one piece.
        ///
        /// The sink is called from several threads, but never by two at once.
        ///
        /// - Throws: What the sink throws; nothing more is handed to it then.
        public func write(to sink: @escaping @Sendable ([UInt8]) throws -> Void) throws {
            try document.write(to: sink)
        }

        /// How many members had that fate.
        public func count(_ fate: Fate) -> Int { members.filter { $0.fate == fate }.reduce(0) { $0 + $1.count } }

        /// The report as a JSON document: what the source was, and `members`, each with format, path, fate and count.
        public var reportJSON: String {
            let list = members.map { member -> JSONValue in
                [
                    "format": .string(member.format), "path": .string(member.path),
                    "fate": .string(member.fate.rawValue),
                    "count": .number(JSONNumber(member.count)),
                ]
            }
            let report: JSONValue = ["source": .string(source), "members": .array(list)]
            return String(decoding: JSONWriter.bytes(of: report, .pretty), as: UTF8.self)
        }
    }

    /// What became of a member.
    public enum Fate: String, Sendable, CaseIterable {
        /// It has a place of its own in the new document.
        case mapped
        /// The new document carries it as a property or annotation.
        case carried
        /// It is not in the new document.
        case dropped
        /// It was carried from an earlier conversion, but what it belongs to has been edited since: the edit counts.
        case superseded
        /// It was carried, but does not agree with what the document says without it, and is ignored.
        case rejected
    }

    /// Something carried that is ignored because it does not agree with the document.
    public struct Rejection: Sendable, Hashable {
        /// The identifier of the element that carries it; nil for the document itself.
        public let element: String?
        /// The place in the element or document that it is about.
        public let path: String
    }

    /// A kind of member, and what became of all of that kind.
    public struct Member: Sendable {
        /// The format whose member it is: `SPDX`.
        public let format: String
        /// The way to it from the document, a package or a component, with `*` for numbers: `licenses/*/license`.
        public let path: String
        /// What became of it.
        public let fate: Fate
        /// How often.
        public let count: Int
    }

    private let options: Options
    private let limits: Limits

    /// A converter with the options.
    public init(options: Options = Options()) {
        self.init(options: options, limits: Limits())
    }

    /// A converter with the options that refuses input beyond the limits.
    package init(options: Options = Options(), limits: Limits) {
        self.options = options
        self.limits = limits
    }

    /// Converts a document, also one in an in-toto statement or DSSE envelope.
    ///
    /// The format is detected from the content.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - format: The format to write.
    /// - Returns: The document in that format.
    /// - Throws: ``SBOMError`` if the bytes are not a document of a known format.
    public func convert(_ bytes: [UInt8], to format: DocumentFormat) throws(SBOMError) -> Conversion {
        let created = options.sourceDateEpoch?.time ?? .unknown
        let source = try ParsedDocument(admitting: bytes, limits: limits)
        let name = source.kind
        let notices = source.notices.map(Notice.init)
        do {
            let converter = DocumentConverter(
                carries: options.carries, created: created, reports: options.reports, limits: limits)
            let document = try converter.convert(consume source, to: format.target)
            return Conversion(
                source: name, document: document, notices: notices, members: Self.members(document.report),
                rejections: document.report.rejections.map { rejection in
                    Rejection(element: rejection.element.isEmpty ? nil : rejection.element, path: rejection.path)
                })
        } catch {
            throw SBOMError(writing: error)
        }
    }

    /// Converts a file.
    ///
    /// - Parameters:
    ///   - path: The file; `-` stands for standard input, and an image for the only SBOM that is attached to it.
    ///   - format: The format to write.
    /// - Returns: The document in that format.
    /// - Throws: ``SBOMError`` if there is no such file, or it is no document that is known.
    public func convert(file path: String, to format: DocumentFormat) throws(SBOMError) -> Conversion {
        try InputDocument(at: path).parsed { bytes throws(SBOMError) in try convert(bytes, to: format) }
    }

    private static func members(_ report: ConversionReport) -> [Member] {
        report.counts.flatMap { fate, members in
            members.map { member, count in
                Member(
                    format: member.family.rawValue, path: member.path, fate: Fate(rawValue: fate.rawValue) ?? .dropped,
                    count: count)
            }
        }.sorted { ($0.fate.rawValue, $0.format, $0.path) < ($1.fate.rawValue, $1.format, $1.path) }
    }
}
