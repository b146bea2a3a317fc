import ByteStreams
import PackageDatabases
import TestSupport
import Testing

/// What a hostile SQLite database may cost: no page is visited twice, and nothing in a schema is executed.
@Suite struct SQLiteCostTests {
    private static let path = "var/lib/rpm/rpmdb.sqlite"

    /// A b-tree in pages of 512 bytes, from page `first` on, each of whose interior pages names the next page 50 times.
    ///
    /// Walking it as a tree takes 50 to the power of `levels` steps.
    private static func repeatedPages(first: Int, levels: Int, leaf: [UInt8]) -> [UInt8] {
        (0..<levels).flatMap { level in
            let head = first + level == 1 ? 100 : 0
            var page = [UInt8](repeating: 0, count: 512)
            let child = RPMTestHeader.words([UInt32(first + level + 1)])
            page.replaceSubrange(head..<head + 5, with: [5, 0, 0, 0, 50])
            page.replaceSubrange(head + 8..<head + 12, with: child)
            for cell in 0..<50 {
                let offset = 512 - 5 * (cell + 1)
                page.replaceSubrange(offset..<offset + 5, with: child + [UInt8(cell)])
                page.replaceSubrange(
                    head + 12 + 2 * cell..<head + 14 + 2 * cell, with: [UInt8(offset >> 8), UInt8(offset & 0xFF)])
            }
            let content = 512 - 250
            page.replaceSubrange(head + 5..<head + 7, with: [UInt8(content >> 8), UInt8(content & 0xFF)])
            return page
        } + leaf
    }

    private static func withHead(_ pages: [UInt8]) -> [UInt8] {
        var head = Array("SQLite format 3\u{0}".utf8) + [2, 0, 1, 1, 0, 64, 32, 32]
        head += RPMTestHeader.words([1, UInt32(pages.count / 512), 0, 0, 1, 4, 0, 0, 1, 0, 0])
        head += repeatElement(0, count: 92 - head.count)
        head += RPMTestHeader.words([1, 3_040_001])
        var pages = pages
        pages.replaceSubrange(0..<100, with: head)
        return pages
    }

    private static let emptyLeaf: [UInt8] = [13, 0, 0, 0, 0, 2, 0, 0] + [UInt8](repeating: 0, count: 504)

    @Test(arguments: [5, 50, 5_000])
    func `a schema whose pages are named many times over is refused at once`(levels: Int) {
        let bytes = Self.withHead(Self.repeatedPages(first: 1, levels: levels, leaf: Self.emptyLeaf))
        let error = #expect(throws: PackageDatabaseError.self) { try RPMStoreTests.read([Self.path: bytes]) }
        #expect(error?.code == .unreadable)
    }

    @Test(arguments: [5, 50, 5_000])
    func `a table whose pages are named many times over is read once`(levels: Int) throws {
        // Real pages for the schema, then the table's root is replaced.
        let real = try RPMTestStore.sqlite(RPMStoreTests.headers(1), hasIndex: false, pageSize: 512)
        let root = 2
        var bytes = Array(real[..<(512 * (root - 1))])
        bytes += Self.repeatedPages(first: root, levels: levels, leaf: Self.emptyLeaf)
        bytes.replaceSubrange(28..<32, with: RPMTestHeader.words([UInt32(bytes.count / 512)]))
        #expect(throws: PackageDatabaseError.self) { try RPMStoreTests.read([Self.path: bytes]) }
    }

    @Test func `checks, triggers, indexes and views of a schema are not executed`() throws {
        let terms = (0..<500).map { "length(blob) <> 1000000\($0)" }.joined(separator: " AND ")
        let bytes = try RPMTestStore.sqlite(statements: [
            "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL, CHECK (\(terms)))",
            "CREATE VIEW Name AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS hnum FROM n",
            "CREATE INDEX i ON Packages(hex(blob))",
            "CREATE TABLE log (x)",
            "CREATE TRIGGER t AFTER INSERT ON Packages BEGIN INSERT INTO log SELECT hex(blob) FROM Packages; END",
            "INSERT INTO Packages VALUES (1, x'\(RPMStoreTests.headers(1)[0].map { hex($0) }.joined())')",
            "INSERT INTO Packages VALUES (2, zeroblob(4000000))",
        ])
        let database = try RPMStoreTests.read([Self.path: bytes])
        #expect(database.packages.map(\.name) == ["package-0"])
        #expect(database.diagnostics.map(\.code) == ["rpm-damaged-header"])
    }

    @Test(arguments: [
        "CREATE TABLE 'Packages' (x BLOB, \"blob\" BLOB NOT NULL, [hnum] INTEGER PRIMARY KEY)",
        "CREATE TABLE Packages (x 'DECIMAL(10, 5)' DEFAULT (1), blob, hnum INTEGER NOT NULL, UNIQUE (hnum, blob))",
    ])
    func `columns are found by their names`(statement: String) throws {
        let header = RPMStoreTests.headers(1)[0].map { hex($0) }.joined()
        let bytes = try RPMTestStore.sqlite(statements: [statement, "INSERT INTO Packages VALUES (1, x'\(header)', 7)"])
        #expect(try RPMStoreTests.read([Self.path: bytes]).packages.map(\.name) == ["package-0"])
    }

    @Test func `a table that is stored in another way is reported`() throws {
        let header = RPMStoreTests.headers(1)[0].map { hex($0) }.joined()
        let bytes = try RPMTestStore.sqlite(statements: [
            "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB) WITHOUT ROWID",
            "INSERT INTO Packages VALUES (1, x'\(header)')",
        ])
        #expect(throws: PackageDatabaseError.self) { try RPMStoreTests.read([Self.path: bytes]) }
    }
}

private func hex(_ byte: UInt8) -> String {
    String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
}
