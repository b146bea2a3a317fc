internal import Glibc

/// Builds lines for a terminal or a file: cut at a width, colored, and without control characters for a terminal.
struct LineWriter: Sendable {
    enum Color: String, Sendable {
        case plain = ""
        case faint = "2"
        case bold = "1"
        case word = "36"
        case version = "32"
        case mark = "33"
        case added = "1;32"
        case removed = "31"
    }

    private let width: Int?
    private let isColored: Bool
    private let isASCII: Bool
    private var line: [UInt8] = []
    private var pieces: [(end: Int, color: Color)] = []

    init(width: Int?, isColored: Bool, isASCII: Bool) {
        self.width = width
        self.isColored = isColored
        self.isASCII = isASCII
    }

    /// Adds text that does not come from the document.
    mutating func add(_ text: [UInt8], _ color: Color = .plain) {
        line += text
        endPiece(color)
    }

    /// Adds text that does not come from the document.
    mutating func add(_ text: String, _ color: Color = .plain) {
        line += text.utf8
        endPiece(color)
    }

    private mutating func endPiece(_ color: Color) {
        if pieces.last?.color == color { pieces.removeLast() }
        pieces.append((line.count, color))
    }

    /// Adds text from the document, made visible.
    mutating func addForeign(_ text: String, _ color: Color = .plain) {
        let start = line.count
        var isPlain = true
        for byte in text.utf8 {
            line.append(byte)
            if byte < 0x20 || byte >= 0x7F { isPlain = false }
        }
        if !isPlain {
            line.removeSubrange(start...)
            for scalar in text.unicodeScalars {
                let isShown = VisibleText.isShown(scalar) && (scalar.isASCII || !isASCII)
                line += (isShown ? String(scalar) : VisibleText.escaped(scalar)).utf8
            }
        }
        endPiece(color)
    }

    /// Ends the line and appends it.
    mutating func end(to text: inout [UInt8]) {
        defer {
            line.removeAll(keepingCapacity: true)
            pieces.removeAll(keepingCapacity: true)
        }
        while line.last == 0x20 { line.removeLast() }
        var end = line.count
        var isCut = false
        if let width, line.count > width, let place = Self.cut(line, width) {
            end = place
            isCut = true
        }
        if isColored {
            var start = 0
            for piece in pieces {
                let stop = min(piece.end, end)
                guard stop > start else { continue }
                if piece.color == .plain {
                    text += line[start..<stop]
                } else {
                    text += "\u{1B}[\(piece.color.rawValue)m".utf8
                    text += line[start..<stop]
                    text += "\u{1B}[0m".utf8
                }
                start = stop
            }
        } else {
            text += line[..<end]
        }
        if isCut { text += (isASCII ? "~" : "…").utf8 }
        text.append(0x0A)
    }

    // The offset to cut at, so that the ellipsis fits too; nil if the whole line fits.
    private static func cut(_ line: [UInt8], _ width: Int) -> Int? {
        var columns = 0
        var place = 0
        var last = 0
        for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
            if columns <= width - 1 { last = place }
            columns += Self.columns(scalar)
            if columns > width { return last }
            place += UTF8.width(scalar)
        }
        return nil
    }

    /// The number of terminal columns of a text.
    static func columns(of text: String) -> Int {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + columns($1) }
    }

    /// The number of terminal columns of a character.
    static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2FF: return 1
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }
}
