internal import SBOMFormats

/// The elements of an SBOM and their relationships, to be drawn as a tree or exported.
///
/// ```swift
/// let outline = try Outline(file: "image.spdx.json")
/// for line in outline.lines() { print(line) }
/// ```
public struct Outline: Sendable {
    /// The look of a tree.
    public enum Style: String, Sendable, CaseIterable {
        /// With closed corners, marks on elements that were shown before, and everything in the document.
        case sbomkit
        /// The output of `bom document outline` of Kubernetes' bom 0.7.1 to the byte, top-level elements sorted by
        /// identifier.
        case bom
    }

    /// What is drawn, and how.
    public struct Options: Sendable {
        /// The style.
        public var style = Style.sbomkit
        /// The number of levels of relationships that are drawn; 0 for all.
        ///
        /// Nil stands for all in the style of bom. In the style of sbomkit a tree of more than ``deepest`` levels is
        /// then drawn
        /// ``defaultDepth`` levels deep, with a remark.
        public var depth: Int?
        /// Draws only the paths to elements whose name or package URL contains the text.
        ///
        /// The case does not matter. A text with `*`, `?` or `[…]` is a pattern that must match the whole. In the
        /// style of bom the text must be exactly
        /// the name.
        public var find: String?
        /// Draws only the paths to elements whose license contains or matches the text, and shows the licenses.
        public var license: String?
        /// Draws only the paths to elements that came with the layer of that number, or with a digest that begins with
        /// it.
        public var layer: String?
        /// The types of relationships that are followed, as `DEPENDS_ON`, which includes `DEPENDENCY_OF`; empty for all.
        public var types: Set<String> = []
        /// Shows the number of files that an element contains instead of each file.
        public var collapsesFiles = false
        /// Shows package URLs instead of names and versions.
        public var showsPURLs = false
        /// Shows identifiers instead of names.
        public var showsIDs = false
        /// Shows versions after names.
        public var showsVersions = true
        /// The largest length of lines: in columns, or in the style of bom in bytes, for lines that show a
        /// relationship.
        public var width: Int?
        /// Whether lines have colors, for a terminal.
        public var isColored = false
        /// Whether lines contain only ASCII.
        public var isASCII = false
        /// Words that say how to draw more levels, for the line with the number of levels that are drawn.
        public var depthHint = ""

        /// The number of levels up to which a tree is drawn completely by default.
        public static let deepest = 24
        /// The number of levels that are drawn of a deeper tree by default.
        public static let defaultDepth = 8

        /// The default options.
        public init() {}
    }

    let graph: DocumentGraph

    /// What was unusual about the document, in its order.
    public var notices: [Notice] { graph.notices.map(Notice.init) }

    /// Reads a document; its format is detected from the content.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - style: The style of the tree. For the style of bom, everything is read that bom accepts as an SPDX document.
    /// - Throws: ``SBOMError`` if the format is unknown, or the document is damaged or exceeds a limit.
    public init(_ bytes: [UInt8], for style: Style = .sbomkit) throws(SBOMError) {
        graph = try DocumentGraph(reading: bytes, style == .bom ? .bom : .standard)
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file; `-` stands for standard input, an image for the only SBOM attached to it.
    ///   - style: The style of the tree, as for ``init(_:for:)``.
    /// - Throws: ``SBOMError`` if the file does not exist, or is not a document that can be read.
    public init(file path: String, for style: Style = .sbomkit) throws(SBOMError) {
        self = try InputDocument(at: path).parsed { bytes throws(SBOMError) in try Outline(bytes, for: style) }
    }

    /// The tree, drawn lazily line by line.
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

        /// The next piece of the text in UTF-8, with line ends; about 64 KiB except for the last one.
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

/// Draws a graph, a few lines at a time.
protocol OutlineWalk: Sendable {
    /// Appends some complete lines; returns false at the end, with nothing appended.
    mutating func append(to text: inout [UInt8]) -> Bool
}
