internal import StructuredText

/// A position in the text of a document.
public struct TextPosition: Sendable, Hashable, CustomStringConvertible {
    /// The line, counted from 1.
    public let line: Int
    /// The column in Unicode scalars, counted from 1.
    public let column: Int

    /// A position; both numbers count from 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init(_ place: TextPlace) {
        self.init(line: place.line, column: place.column)
    }

    /// `LINE:COLUMN`.
    public var description: String { "\(line):\(column)" }
}
