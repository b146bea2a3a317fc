internal import SBOMFormats

/// What an SBOM consists of, to be drawn as a tree.
///
/// ```swift
/// let outline = try Outline(file: "image.spdx.json")
/// for line in outline.lines() { print(line) }
/// ```
public struct Outline: Sendable {
    /// How a tree is drawn.
    public enum Style: String, Sendable, CaseIterable {
        /// With corners that close, marks on what was shown before, and everything that the document has.
        case sbomkit
        /// Byte for byte what `bom document outline` of Kubernetes' bom 0.7.1 prints, top-level elements by their identifiers.
        case bom
    }

    /// What is drawn, and how.
    public struct Options: Sendable {
        /// The style; the members below say to which of them they apply.
        public var style = Style.sbomkit
        /// How many levels of relationships are drawn, all of them if that is 0.
        ///
        /// Nil, too, stands for all in bom's style; in ours a tree of more than ``deepest`` levels is then drawn
        /// ``defaultDepth`` levels deep, and says so.
        public var depth: Int?
        /// Draws only the ways to elements with that in their names or package URLs.
        ///
        /// The case does not matter; with `*`, `?` or `[…]` in it, it is a pattern for the whole. In bom's style it is exactly
        /// the name.
        public var find: String?
        /// Draws only the ways to elements with that in their licences, or that match it; shows the licences.
        public var licence: String?
        /// Draws only the ways to elements that came with the layer of that number, or whose digest begins with that.
        public var layer: String?
        /// Which types of relationships are followed, `DEPENDS_ON` also for `DEPENDENCY_OF`; all if there is none.
        public var types: Set<String> = []
        /// Shows how many files something contains instead of each.
        public var collapsesFiles = false
        /// Shows package URLs instead of names and versions.
        public var showsPURLs = false
        /// Shows identifiers instead of names.
        public var showsIDs = false
        /// Shows versions behind names.
        public var showsVersions = true
        /// How long lines may be: columns, and bytes of lines that show a relationship in bom's style.
        public var width: Int?
        /// Whether lines have colours, for a terminal.
        public var isColoured = false
        /// Whether lines are in ASCII only.
        public var isASCII = false

        /// How many levels a tree may have to be drawn whole without being asked.
        public static let deepest = 24
        /// How many levels of a deeper one are drawn.
        public static let defaultDepth = 8

        /// The default options.
        public init() {}
    }

    let graph: DocumentGraph

    /// What was unusual about the document, in its order.
    public var notices: [Notice] { graph.notices.map(Notice.init) }

    /// Reads a document, whose format is told by its content.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - style: How it is to be drawn: for bom's style everything is read that bom takes for an SPDX document.
    /// - Throws: ``SBOMError`` if it is no document of a format that is known.
    public init(_ bytes: [UInt8], for style: Style = .sbomkit) throws(SBOMError) {
        graph = try DocumentGraph(reading: bytes, style == .bom ? .bom : .standard)
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file; `-` stands for standard input, and an image for the only SBOM that is attached to it.
    ///   - style: How it is to be drawn, as for ``init(_:for:)``.
    /// - Throws: ``SBOMError`` if there is no such file, or it is no document that is known.
    public init(file path: String, for style: Style = .sbomkit) throws(SBOMError) {
        self = try InputDocument(at: path).parsed { bytes throws(SBOMError) in try Outline(bytes, for: style) }
    }

    /// The tree, made line by line as it is asked for.
    public func lines(_ options: Options = Options()) -> Lines {
        switch options.style {
        case .bom: Lines(walk: BomOutline(graph, options))
        case .sbomkit: Lines(walk: TreeOutline(graph, options))
        }
    }

    /// The lines of a tree.
    public struct Lines: Sequence, IteratorProtocol {
        private var walk: any OutlineWalk
        private var pending: [UInt8] = []
        private var start = 0

        init(walk: any OutlineWalk) {
            self.walk = walk
        }

        /// The next line without its end.
        public mutating func next() -> String? {
            while true {
                if let end = pending[start...].firstIndex(of: 0x0A) {
                    defer { start = end + 1 }
                    return String(decoding: pending[start..<end], as: UTF8.self)
                }
                pending.removeSubrange(..<start)
                start = 0
                guard walk.append(to: &pending) else {
                    defer { pending = [] }
                    return pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self)
                }
            }
        }

        /// The next piece of the text in UTF-8, line ends and all; about 64 KiB unless it is the last one.
        public mutating func nextPiece() -> [UInt8]? {
            var piece = Array(pending[start...])
            pending = []
            start = 0
            piece.reserveCapacity(1 << 16)
            while piece.count < 1 << 16, walk.append(to: &piece) {}
            return piece.isEmpty ? nil : piece
        }
    }
}

/// Goes through a graph and draws it, a few lines at a time.
protocol OutlineWalk: Sendable {
    /// Appends some whole lines; false, with nothing appended, at the end.
    mutating func append(to text: inout [UInt8]) -> Bool
}
