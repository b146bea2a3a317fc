internal import ByteStreams
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
        /// The whole document, with closed corners, and marks on elements that were shown before.
        case sbomkit
        /// The output of `bom document outline` of Kubernetes' bom 0.7.1, byte by byte, with the top-level elements
        /// sorted by identifier.
        case bom
    }

    /// The selection of elements to draw, and their look.
    public struct Options: Sendable {
        /// The style.
        public var style = Style.sbomkit
        /// The number of levels of relationships that are drawn; 0 for all.
        ///
        /// Nil means all in the style of bom. In the style of sbomkit, nil means all levels of a tree of up to
        /// ``deepest`` levels. Of a deeper tree, ``defaultDepth`` levels are drawn, with a remark.
        public var depth: Int?
        /// Draws only the paths to elements whose name or package URL contains the text.
        ///
        /// Case does not matter. A text with `*`, `?` or `[…]` is a pattern that must match the whole name or package
        /// URL. In the style of bom the text must equal the name.
        public var find: String?
        /// Draws only the paths to elements with a license, and shows the licenses.
        ///
        /// It has the meaning of the word `license:` of a ``Query``.
        public var license: String?
        /// Draws only the paths to elements that came with a layer, given by its number or the beginning of its digest.
        public var layer: String?
        /// The types of relationships that are followed; empty for all.
        ///
        /// A type includes its inverse: `DEPENDS_ON` includes `DEPENDENCY_OF`.
        public var types: Set<String> = []
        /// Shows the number of files that an element contains instead of each file.
        public var collapsesFiles = false
        /// Shows package URLs instead of names and versions.
        public var showsPURLs = false
        /// Shows identifiers instead of names.
        public var showsIDs = false
        /// Shows versions after names.
        public var showsVersions = true
        /// The maximum length of lines, in columns.
        ///
        /// In the style of bom it counts bytes, and only for lines that show a relationship.
        public var width: Int?
        /// Whether lines have colors, for a terminal.
        public var isColored = false
        /// Whether lines contain only ASCII.
        public var isASCII = false
        /// A hint how to draw more levels, shown in the line with the number of levels that are drawn.
        public var depthHint = ""

        /// The depth up to which a tree is drawn completely by default, in levels.
        public static let deepest = 24
        /// The number of levels that are drawn by default if the tree is deeper.
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
    ///   - style: The style of the tree. With the style of bom, everything is accepted that bom reads as an SPDX
    ///     document.
    /// - Throws: ``SBOMError`` if the format is unknown, or the document is damaged or exceeds a limit.
    public init(_ bytes: [UInt8], for style: Style = .sbomkit) throws(SBOMError) {
        graph = try DocumentGraph(reading: bytes, style == .bom ? .bom : .standard, limits: Limits())
    }

    /// The outline of an image.
    ///
    /// bom reads SPDX documents alone, so with its style the document of the image is read as bom reads it.
    ///
    /// - Throws: ``SBOMError`` if the image has more packages than a document may have.
    public init(_ image: ImageInventory, for style: Style = .sbomkit) throws(SBOMError) {
        graph =
            switch style {
            case .sbomkit: try image.graph()
            case .bom: try DocumentGraph(reading: image.document(.spdx), .bom, limits: Limits())
            }
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file; `-` for standard input; or an image, for the only SBOM attached to it.
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
