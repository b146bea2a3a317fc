package import ByteStreams
internal import SBOMConversion
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// Converts SBOM documents between SPDX and CycloneDX, their versions and their syntaxes.
///
/// Information for which the new format has no place is stored in the new document, so that converting back restores
/// the source.
public struct Converter: Sendable {
    /// The options of a conversion.
    public struct Options: Sendable {
        /// Whether information without a place in the new format is carried as properties or annotations.
        public var carries = true
        /// The creation time for a document that states none but must have one; nil for 1970-01-01T00:00:00Z.
        public var sourceDateEpoch: SourceDateEpoch?
        /// Whether ``Conversion/members`` also names members that have a place of their own in the new format.
        public var reports = false

        /// The program that the document is for, whose names it gets; nil keeps the names.
        ///
        /// For ``DocumentConsumer/gitLab`` the new format must be CycloneDX JSON.
        public var consumer: DocumentConsumer?

        /// The default options.
        public init() {}
    }

    /// A document that was converted.
    public struct Conversion: Sendable {
        /// The format of the source: `SPDX 2.3 JSON`.
        public let source: String
        fileprivate let document: ConvertedDocument
        /// The whole document; each call writes it again.
        public var bytes: [UInt8] { document.bytes }
        /// What was unusual about the source, in its order.
        public let notices: [Notice]
        /// The members of the source, and what the conversion did with them.
        public let members: [Member]
        /// The first carried values that were rejected because they contradict the document; ``members`` counts all.
        public let rejections: [Rejection]

        /// Passes the document to a sink in consecutive pieces.
        ///
        /// JSON is passed on while it is written, so that only a few parts of the text are in memory at a time. Other
        /// texts are one piece. The sink is called from several threads, but never by two at once.
        ///
        /// - Throws: The error that the sink throws; after that the sink is not called again.
        public func write(to sink: @escaping @Sendable ([UInt8]) throws -> Void) throws {
            try document.write(to: sink)
        }

        /// The number of members with a fate.
        public func count(_ fate: Fate) -> Int { members.filter { $0.fate == fate }.reduce(0) { $0 + $1.count } }

        /// The report as a JSON document: the format of the source, and `members`, each with format, path, fate and
        /// count.
        public var reportJSON: String {
            let list = members.map { member -> JSONValue in
                [
                    "format": .string(member.format), "path": .string(member.path),
                    "fate": .string(member.fate.rawValue),
                    "count": .number(JSONNumber(member.count)),
                ]
            }
            let report: JSONValue = [
                "schema": "sbomkit-conversion/1", "source": .string(source), "members": .array(list),
            ]
            return String(decoding: JSONWriter.bytes(of: report, .pretty), as: UTF8.self)
        }
    }

    /// What a conversion did with a member.
    public enum Fate: String, Sendable, CaseIterable {
        /// The member has a corresponding member in the new document.
        case mapped
        /// The new document carries the member as a property or annotation.
        case carried
        /// The member is not in the new document.
        case dropped
        /// The member was carried from an earlier conversion, but its element was edited since then; the edit counts.
        case superseded
        /// The member was carried, but it contradicts the rest of the document, and is ignored.
        case rejected
    }

    /// A carried value that is ignored because it contradicts the document.
    public struct Rejection: Sendable, Hashable {
        /// The identifier of the element that carries the value; nil for the document itself.
        public let element: String?
        /// The path in the element or document that the value is for.
        public let path: String
    }

    /// All members with the same path and the same fate.
    public struct Member: Sendable {
        /// The format of the member: `SPDX`.
        public let format: String
        /// The path from the document, a package or a component, with `*` for indices: `licenses/*/license`.
        public let path: String
        /// What the conversion did with the members.
        public let fate: Fate
        /// The number of members.
        public let count: Int
    }

    private let options: Options
    private let limits: Limits

    /// Creates a converter.
    public init(options: Options = Options()) {
        self.init(options: options, limits: Limits())
    }

    /// Creates a converter that refuses input that exceeds the limits.
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
    /// - Throws: ``SBOMError`` if the bytes are not a document of a known format, or if the consumer does not read the new one.
    public func convert(_ bytes: [UInt8], to format: DocumentFormat) throws(SBOMError) -> Conversion {
        let created = options.sourceDateEpoch?.time ?? .unknown
        if options.consumer == .gitLab {
            guard case .cycloneDX = format else { throw SBOMError(.usage, "GitLab reads CycloneDX JSON only") }
        }
        var source = try ParsedDocument(admitting: bytes, limits: limits)
        let name = source.kind
        let notices = source.notices.map(Notice.init)
        do {
            let converter = DocumentConverter(
                carries: options.carries, created: created, reports: options.reports, limits: limits)
            if let consumer = options.consumer {
                source = try ConsumerAdaptation.adapted(source, for: consumer, limits: limits)
            }
            var document = try converter.convert(consume source, to: format.target)
            let report = document.report
            if options.consumer == .gitLab {
                let plain = try ParsedDocument(parsing: document.bytes, limits: limits)
                document = try converter.convert(
                    ConsumerAdaptation.withGitLabProperties(plain, limits: limits), to: format.target)
            }
            return Conversion(
                source: name, document: document, notices: notices, members: Self.members(report),
                rejections: report.rejections.map { rejection in
                    Rejection(element: rejection.element.isEmpty ? nil : rejection.element, path: rejection.path)
                })
        } catch {
            throw SBOMError(writing: error)
        }
    }

    /// Converts a file.
    ///
    /// - Parameters:
    ///   - path: The file; `-` for standard input; or an image, for the only SBOM attached to it.
    ///   - format: The format to write.
    /// - Returns: The document in that format.
    /// - Throws: ``SBOMError`` if the file does not exist, or is not a document of a known format.
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
