internal import ByteStreams

/// A table of an SQLite database whose rows can be read: the root page of its b-tree, and the names of its columns.
struct SQLiteTable {
    let root: Int
    /// The names in lower case, in the order in which a row stores the columns.
    let columns: [String]
}

extension SQLiteFile {
    /// The tables with the given names; the rest of the schema is ignored.
    ///
    /// Views and virtual tables are left out, because they have no rows of their own. Tables with computed columns are
    /// left out too.
    mutating func tables(named names: Set<String>, limits: Limits) -> (tables: [String: SQLiteTable], problem: String?)
    {
        // §1.3.13: rpm writes UTF-8.
        if let encoding = number(UInt32.self, at: 56), encoding > 1 {
            return ([:], "the text encoding \(encoding) is not UTF-8")
        }
        var cells: [Cell] = []
        var problem = forEachRow(root: 1) { cell in
            if cell.size <= limits.schemaRowSize { cells.append(cell) }
            return cells.count < limits.schemaRowCount
        }
        var tables: [String: SQLiteTable] = [:]
        for cell in cells {
            // §2.6: type, name, table, root page, statement.
            guard let bytes = record(of: cell), let row = SQLiteRecord(bytes[...], columns: 5) else {
                problem = problem ?? "a row of the schema is damaged"
                continue
            }
            guard case .text(let type) = row.values[0], bytes[type].elementsEqual("table".utf8),
                case .text(let nameRange) = row.values[1], case .integer(let root) = row.values[3], root > 0,
                let root = Int(exactly: root), case .text(let statement) = row.values[4]
            else { continue }
            let name = String(decoding: bytes[nameRange], as: UTF8.self)
            guard names.contains(name), let columns = SQLiteColumns(parsing: bytes[statement]) else { continue }
            if tables[name] != nil { problem = problem ?? "there are two tables \(name)" }
            tables[name] = tables[name] ?? SQLiteTable(root: root, columns: columns.names)
        }
        return (tables, problem)
    }
}

/// The names of the columns in a `CREATE TABLE` statement.
///
/// Only the syntax of rpm's own statements is supported. A statement with comments, computed columns or `WITHOUT ROWID`
/// is refused; tables without rowid store their rows differently.
struct SQLiteColumns {
    /// The names in lower case.
    private(set) var names: [String] = []

    private enum Token: Equatable {
        /// A keyword or a name without quotes, in lower case.
        case word(String)
        /// A name or text in quotes, in lower case.
        case quoted(String)
        case sign(UInt8)
    }

    init?(parsing statement: ArraySlice<UInt8>) {
        guard let tokens = Self.tokens(statement),
            let open = tokens.firstIndex(of: .sign(UInt8(ascii: "("))),
            tokens.starts(with: [.word("create"), .word("table")])
        else { return nil }
        var depth = 1
        var isFirst = true
        var isColumn = true
        var index = open + 1
        while index < tokens.count, depth > 0 {
            defer { index += 1 }
            switch tokens[index] {
            case .sign(UInt8(ascii: "(")): depth += 1
            case .sign(UInt8(ascii: ")")): depth -= 1
            case .sign(UInt8(ascii: ",")) where depth == 1: isFirst = true
            case .word(let word) where isFirst && Self.constraints.contains(word):
                // The constraints of the table follow its columns.
                isColumn = false
                isFirst = false
            case .word(let name) where isFirst, .quoted(let name) where isFirst:
                guard isColumn else { return nil }
                names.append(name)
                isFirst = false
            case .word("as"), .word("generated"): if depth == 1 { return nil }
            case .word, .quoted, .sign: break
            }
        }
        // `WITHOUT ROWID` and `STRICT` come after the last bracket.
        guard depth == 0, index == tokens.count, !names.isEmpty else { return nil }
    }

    private static let constraints: Set<String> = ["constraint", "primary", "unique", "check", "foreign"]

    private static func tokens(_ text: ArraySlice<UInt8>) -> [Token]? {
        var tokens: [Token] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case 9...13, UInt8(ascii: " "):
                index += 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "["):
                let close = byte == UInt8(ascii: "[") ? UInt8(ascii: "]") : byte
                guard let end = text[(index + 1)...].firstIndex(of: close) else { return nil }
                tokens.append(.quoted(String(decoding: text[(index + 1)..<end], as: UTF8.self).lowercased()))
                index = end + 1
            case UInt8(ascii: "-"), UInt8(ascii: "/"):
                return nil
            default:
                let word = text[index...].prefix(while: isPartOfWord)
                tokens.append(
                    word.isEmpty ? .sign(byte) : .word(String(decoding: word, as: UTF8.self).lowercased()))
                index += max(word.count, 1)
            }
        }
        return tokens
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
