import CSQLite
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Writes the headers of a test as each kind of database has them.
enum RPMTestStore: String, CaseIterable, CustomTestStringConvertible {
    case sqlite = "rpmdb.sqlite"
    case ndb = "Packages.db"
    case berkeley = "Packages"
    case berkeleyBigEndian = "Packages, big-endian"
    case btree = "Packages, B-tree"

    var testDescription: String { rawValue }

    /// Where rpm has it.
    var path: String { "var/lib/rpm/" + rawValue.prefix { $0 != "," } }

    func write(_ headers: [[UInt8]]) throws -> [UInt8] {
        switch self {
        case .sqlite: try Self.sqlite(headers)
        case .ndb: Self.ndb(headers)
        case .berkeley: Self.berkeley(headers)
        case .berkeleyBigEndian: Self.berkeley(headers, isBigEndian: true)
        case .btree: Self.berkeley(headers, isBTree: true)
        }
    }

    private static func words(_ words: [UInt32], isBigEndian: Bool = false) -> [UInt8] {
        words.flatMap { RPMTestHeader.words([isBigEndian ? $0 : $0.byteSwapped]) }
    }

    // MARK: SQLite

    /// A database by the real libsqlite3, with the index of names as rpm has it.
    static func sqlite(_ headers: [[UInt8]], hasIndex: Bool = true, isWAL: Bool = false, pageSize: Int = 4096) throws
        -> [UInt8]
    {
        try inTemporaryFolder { folder in
            try sqlite(headers, hasIndex: hasIndex, isWAL: isWAL, pageSize: pageSize, in: folder)
            return try bytes(ofFile: folder + "/rpmdb.sqlite")
        }
    }

    /// A database that some statements make.
    static func sqlite(statements: [String]) throws -> [UInt8] {
        try inTemporaryFolder { folder in
            let database = try TestDatabase(folder + "/rpmdb.sqlite")
            for statement in statements { try database.run(statement) }
            return try bytes(ofFile: folder + "/rpmdb.sqlite")
        }
    }

    /// A database from which all packages but the first `kept` were removed again, their pages left free.
    static func sqliteWithRemovals(_ headers: [[UInt8]], kept: Int) throws -> [UInt8] {
        try inTemporaryFolder { folder in
            try sqlite(headers, hasIndex: true, isWAL: false, pageSize: 4096, in: folder)
            let database = try TestDatabase(folder + "/rpmdb.sqlite")
            try database.run("DELETE FROM Packages WHERE hnum > \(kept)")
            try database.run("DELETE FROM Name WHERE hnum > \(kept)")
            return try bytes(ofFile: folder + "/rpmdb.sqlite")
        }
    }

    /// A database whose last `late` packages are only in its write-ahead log.
    static func hotSQLite(_ headers: [[UInt8]], late: Int) throws -> (database: [UInt8], log: [UInt8]) {
        try inTemporaryFolder { folder in
            let early = headers.dropLast(late)
            try sqlite(Array(early), hasIndex: true, isWAL: true, pageSize: 4096, in: folder)
            let database = try TestDatabase(folder + "/rpmdb.sqlite")
            try database.run("PRAGMA wal_autocheckpoint = 0")
            for (index, header) in headers.enumerated().dropFirst(early.count) {
                try database.insert(header, number: index + 1)
            }
            return (try bytes(ofFile: folder + "/rpmdb.sqlite"), try bytes(ofFile: folder + "/rpmdb.sqlite-wal"))
        }
    }

    private static func sqlite(_ headers: [[UInt8]], hasIndex: Bool, isWAL: Bool, pageSize: Int, in folder: String)
        throws
    {
        let database = try TestDatabase(folder + "/rpmdb.sqlite")
        try database.run("PRAGMA synchronous = OFF")
        try database.run("PRAGMA page_size = \(pageSize)")
        if isWAL { try database.run("PRAGMA journal_mode = WAL") }
        try database.run("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        if hasIndex {
            try database.run("CREATE TABLE 'Name' (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)")
            try database.run("CREATE INDEX 'Name_key_idx' ON 'Name'(key ASC)")
        }
        try database.run("BEGIN")
        for (index, header) in headers.enumerated() {
            try database.insert(header, number: index + 1)
            if hasIndex { try database.run("INSERT INTO Name VALUES ('name\(index)', \(index + 1), 0)") }
        }
        try database.run("COMMIT")
    }

    private static func inTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        var template = Array("/tmp/sbomkit-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw TestStoreError(what: "/tmp") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in names(inFolder: folder) { unsafe unlink(folder + "/" + name) }
            unsafe rmdir(folder)
        }
        return try body(folder)
    }

    // MARK: NDB

    /// One page of slots (or as many as are needed), the blobs after it.
    static func ndb(_ headers: [[UInt8]]) -> [UInt8] {
        let pages = (32 + 16 * headers.count + 4095) / 4096
        var table = Array("RpmP".utf8) + words([0, 1, UInt32(pages), UInt32(headers.count + 1)])
        table += repeatElement(0, count: 32 - table.count)
        var blobs: [UInt8] = []
        for (index, header) in headers.enumerated() {
            var blob = Array("BlbS".utf8) + words([UInt32(index + 1), 1, UInt32(header.count)]) + header
            blob += repeatElement(0, count: (16 - (blob.count + 12) % 16) % 16)
            var first: UInt32 = 1, second: UInt32 = 0
            for byte in blob {
                first = (first + UInt32(byte)) % 65521
                second = (second + first) % 65521
            }
            blob += words([second << 16 | first, UInt32(header.count)]) + Array("BlbE".utf8)
            let block = (pages * 4096 + blobs.count) / 16
            table += Array("Slot".utf8) + words([UInt32(index + 1), UInt32(block), UInt32(blob.count / 16)])
            blobs += blob
        }
        while table.count < pages * 4096 { table += Array("Slot".utf8) + words([0, 0, 0]) }
        return table + blobs
    }

    // MARK: Berkeley DB

    /// Pages of pairs, and a chain of overflow pages for each header.
    static func berkeley(
        _ headers: [[UInt8]], pageSize: Int = 4096, version: UInt32 = 9, isBigEndian: Bool = false,
        isBTree: Bool = false
    ) -> [UInt8] {
        func word(_ value: Int) -> [UInt8] { words([UInt32(value)], isBigEndian: isBigEndian) }
        func half(_ value: Int) -> [UInt8] {
            let bytes = [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
            return isBigEndian ? bytes : bytes.reversed()
        }
        func head(_ page: Int, next: Int = 0, entries: Int = 0, free: Int, type: UInt8) -> [UInt8] {
            [0, 0, 0, 0, 0, 0, 0, 0] + word(page) + word(0) + word(next) + half(entries) + half(free) + [1, type]
        }
        let room = pageSize - 26
        let pairsPerPage = isBTree ? room / 32 : room / 21
        let pairPages = headers.count / pairsPerPage + 1
        var pages = [[UInt8]](repeating: [], count: pairPages + 1)
        var records: [(key: Int, value: (page: Int, length: Int)?)] = [(0, nil)]
        for (index, header) in headers.enumerated() {
            records.append((index + 1, (pages.count, header.count)))
            for start in stride(from: 0, to: header.count, by: room) {
                let part = header[start..<min(start + room, header.count)]
                let next = part.endIndex == header.count ? 0 : pages.count + 1
                var page = head(pages.count, next: next, free: part.count, type: 7) + part
                page += repeatElement(0, count: pageSize - page.count)
                pages.append(page)
            }
        }
        for number in 1...pairPages {
            let own = records.prefix(pairsPerPage)
            records.removeFirst(own.count)
            var offsets: [UInt8] = [], items: [UInt8] = []
            for (key, value) in own {
                var pair: [[UInt8]] = []
                if isBTree {
                    pair.append(half(4) + [1] + RPMTestHeader.words([UInt32(key)]) + [0])
                    pair.append(
                        value.map { [0, 0, 3, 0] + word($0.page) + word($0.length) } ?? half(4) + [1, 0, 0, 0, 0, 0])
                } else {
                    pair.append([1] + word(key))
                    pair.append(value.map { [3, 0, 0, 0] + word($0.page) + word($0.length) } ?? [1, 9, 0, 0, 0])
                }
                for item in pair {
                    items = item + items
                    offsets += half(pageSize - items.count)
                }
            }
            let type: UInt8 = isBTree ? 5 : version < 9 ? 2 : 13
            var page =
                head(
                    number, next: number < pairPages ? number + 1 : 0, entries: own.count * 2,
                    free: pageSize - items.count, type: type) + offsets
            page += repeatElement(0, count: pageSize - page.count - items.count)
            pages[number] = page + items
        }
        let magic = isBTree ? 0x053162 : 0x061561
        var meta = [0, 0, 0, 0, 0, 0, 0, 0] + word(0) + word(magic) + word(Int(version)) + word(pageSize)
        meta += [0, isBTree ? 9 : 8, 0, 0] + word(0) + word(pages.count - 1)
        // One bucket, whose pages begin at page 1: its masks and number are 0, and so much is added to it.
        meta += repeatElement(0, count: 96 - meta.count) + word(1)
        pages[0] = meta + repeatElement(0, count: pageSize - meta.count)
        return pages.flatMap { $0 }
    }
}

/// A database of libsqlite3 in a file.
@safe private final class TestDatabase {
    private var handle: OpaquePointer?

    init(_ path: String) throws {
        guard unsafe sqlite3_open(path, &handle) == SQLITE_OK else { throw TestStoreError(what: path) }
    }

    deinit { unsafe sqlite3_close(handle) }

    func run(_ statement: String) throws {
        guard unsafe sqlite3_exec(handle, statement, nil, nil, nil) == SQLITE_OK else {
            throw TestStoreError(what: statement)
        }
    }

    func insert(_ header: [UInt8], number: Int) throws {
        let digits = header.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        try run("INSERT INTO Packages VALUES (\(number), x'\(digits)')")
    }
}

/// A database for a test that could not be made.
struct TestStoreError: Error {
    let what: String
}
