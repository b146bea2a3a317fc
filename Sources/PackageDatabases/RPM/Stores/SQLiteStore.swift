internal import ByteStreams
internal import CSQLite

/// rpm's database since 4.16: a table `Packages` of numbers and headers, and one more for each index.
///
/// libsqlite3 reads it from memory: nothing is written, no file of the machine is opened. Where it gives up, the pages of
/// the file are looked through for rows (``SQLitePages``), and the index of names tells whether any are still missing.
enum SQLiteStore {
    static let magic = Array("SQLite format 3\u{0}".utf8)
    static let pageSizes = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]

    static func read(
        _ bytes: [UInt8], log: [UInt8]?, path: String, limits: Limits
    ) throws(PackageDatabaseError) -> RPMStoreContents {
        var contents = RPMStoreContents()
        var image = bytes
        if let log {
            var log = WriteAheadLog(reading: log, path: path + "-wal")
            log.apply(to: &image, path: path + "-wal")
            contents.diagnostics += log.diagnostics
        }
        guard image.count >= 512 else {
            throw PackageDatabaseError(
                .unreadable, path: path, "expected an SQLite database, found \(image.count) bytes")
        }
        func report(_ code: Diagnostic.Code, _ message: String) {
            contents.diagnostics.append(Diagnostic(.blind, code: code, at: path, message))
        }
        for repair in repairs(of: &image) { report(.rpmDamagedDatabase, repair) }

        let scan = scan(&image, limits: limits)
        if scan.isOverLimit {
            throw PackageDatabaseError(.limit, path: path, "more packages than the limit packageCount allows")
        }
        contents.records = scan.records
        let listed = Set(scan.records.map(\.number))
        var missing = scan.indexed.map { $0.subtracting(listed) } ?? []
        if scan.failure != nil || !missing.isEmpty {
            let found = SQLitePages(image)?.records(limit: limits.packageCount) ?? []
            // What the index of names does not have was removed: its page is free, and has not been used again.
            let wanted = found.filter { !listed.contains($0.number) && scan.indexed?.contains($0.number) ?? true }
            contents.records += wanted
            missing.subtract(wanted.map(\.number))
            let failure = scan.failure ?? "rows of the table Packages can't be reached"
            report(
                .rpmDamagedDatabase,
                "\(failure); \(scan.records.count) packages were read and \(wanted.count) more found on single pages")
            if contents.records.isEmpty && scan.indexed?.isEmpty != true {
                throw PackageDatabaseError(.unreadable, path: path, failure)
            }
        }
        if !missing.isEmpty {
            report(
                .rpmLostPackages,
                "packages that the index of names has are not to be found: \(list(missing.sorted()))")
        }
        return contents
    }

    /// Makes the head what libsqlite3 accepts in memory, and names what was wrong with it.
    private static func repairs(of image: inout [UInt8]) -> [String] {
        var repairs: [String] = []
        if !image.holds(magic, at: 0) {
            image.replaceSubrange(0..<magic.count, with: magic)
            repairs.append("the mark of an SQLite database is damaged")
        }
        // sqlite.org/fileformat2.html §1.3.3: 2 means that a log belongs to it, which has been applied or is not there.
        for place in [18, 19] where image[place] != 1 {
            if image[place] != 2 { repairs.append("expected a file format of 1 or 2, found \(image[place])") }
            image[place] = 1
        }
        guard let stated = SQLitePages.pageSize(of: image) else {
            repairs.append("expected a page size from 512 to 65536")
            return repairs
        }
        let pages = image.count / stated
        // §1.3.7: the size stands for something only if it was written by the last one to write.
        let isCurrent = image[24..<28] == image[92..<96]
        if let count = try? image.integer(UInt32.self, at: 28, .big), Int(count) != pages, isCurrent, count != 0 {
            // nil cannot be: the file has 512 bytes
            if Int(count) > pages {
                repairs.append("expected \(count) pages of \(stated) bytes, found \(pages)")
            } else {
                repairs.append("expected \(pages) pages of \(stated) bytes, found \(count) stated")
            }
            // Else libsqlite3 opens nothing at all.
            for byte in 0..<4 { image[28 + byte] = UInt8(truncatingIfNeeded: pages >> (24 - 8 * byte)) }
        } else if image.count % stated != 0 {
            repairs.append("the file ends inside a page of \(stated) bytes")
        }
        return repairs
    }

    /// What libsqlite3 makes of it.
    private struct Scan {
        var records: [RPMRecord] = []
        /// The numbers that the index of names has; nil if there is none that can be read to its end.
        var indexed: Set<UInt32>?
        /// Why reading ended early.
        var failure: String?
        var isOverLimit = false
    }

    private static func scan(_ image: inout [UInt8], limits: Limits) -> Scan {
        var scan = Scan()
        let size = image.count
        do throws(SQLiteFailure) {
            // SAFETY: the connection is closed before the buffer ends, and does not change it.
            try unsafe image.withUnsafeMutableBufferPointer { buffer throws(SQLiteFailure) in
                let connection = try unsafe SQLiteConnection.open(buffer)
                scan.indexed = indexedNumbers(connection, size: size)
                try readPackages(connection, size: size, limits: limits, to: &scan)
                // Without a whole index, rows that a damaged page hides would be missed by nobody.
                let isIndexed = scan.indexed.map { $0.count >= scan.records.count } ?? false
                if !isIndexed && scan.failure == nil { scan.failure = check(connection) }
            }
        } catch {
            scan.failure = error.message
        }
        return scan
    }

    private static func readPackages(
        _ connection: borrowing SQLiteConnection, size: Int, limits: Limits, to scan: inout Scan
    ) throws(SQLiteFailure) {
        // A view or a virtual table of that name would run what a stranger wrote.
        var isTable = false
        try connection.rows("SELECT 1 FROM sqlite_master WHERE name = 'Packages' AND type = 'table' AND rootpage > 0") {
            _ in
            isTable = true
            return false
        }
        guard isTable else { throw SQLiteFailure(message: "there is no table Packages") }
        // Nor do columns that are computed: what they would take to compute has no bound.
        var stored: Set<String> = []
        try connection.rows("PRAGMA table_xinfo('Packages')") { row in
            if row.integer(6) == 0 { stored.insert(row.text(1)) }
            return true
        }
        guard stored.isSuperset(of: ["hnum", "blob"]) else {
            throw SQLiteFailure(message: "the table Packages has no columns hnum and blob")
        }
        var last: Int64 = 0
        var total = 0
        var problem: String?
        var found = scan
        try connection.rows("SELECT hnum, blob FROM Packages") { row in
            let number = row.integer(0)
            // Pages that lead to themselves or to one another would make rows without end.
            guard number > last, let hnum = UInt32(exactly: number) else {
                problem = "the row \(number) of the table Packages is out of order"
                return false
            }
            last = number
            guard let blob = row.blob(1) else {
                problem = "the row \(number) of the table Packages has no header"
                return true
            }
            total += blob.count
            guard total <= size else {
                problem = "the rows of the table Packages are longer than the file"
                return false
            }
            guard found.records.count < limits.packageCount else {
                found.isOverLimit = true
                return false
            }
            found.records.append(RPMRecord(number: hnum, blob: blob))
            return true
        } onFailure: { failure in
            problem = failure.message
        }
        found.failure = problem
        scan = found
    }

    private static func indexedNumbers(_ connection: borrowing SQLiteConnection, size: Int) -> Set<UInt32>? {
        var numbers: Set<UInt32> = []
        var isWhole = true
        var count = 0
        do throws(SQLiteFailure) {
            var isTable = false
            try connection.rows("SELECT 1 FROM sqlite_master WHERE name = 'Name' AND type = 'table' AND rootpage > 0") {
                _ in
                isTable = true
                return false
            }
            guard isTable else { return nil }
            var isStored = false
            try connection.rows("PRAGMA table_xinfo('Name')") { row in
                if row.integer(6) == 0 && row.text(1) == "hnum" { isStored = true }
                return true
            }
            guard isStored else { return nil }
            try connection.rows("SELECT hnum FROM Name") { row in
                count += 1
                // A row takes more than four bytes.
                guard count <= size / 4, let number = UInt32(exactly: row.integer(0)) else {
                    isWhole = false
                    return false
                }
                numbers.insert(number)
                return true
            }
        } catch {
            return nil
        }
        return isWhole ? numbers : nil
    }

    private static func check(_ connection: borrowing SQLiteConnection) -> String? {
        var problem: String?
        do throws(SQLiteFailure) {
            try connection.rows("PRAGMA quick_check('Packages')") { row in
                let text = row.text(0)
                if text != "ok" { problem = text }
                return false
            }
        } catch {
            return error.message
        }
        return problem
    }
}

/// What libsqlite3 says went wrong, on one line.
struct SQLiteFailure: Error {
    let message: String
}

/// Owns one connection of libsqlite3 to a database in memory, and is the only code that may touch one.
@safe private struct SQLiteConnection: ~Copyable {
    private let handle: OpaquePointer

    private init(_ handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    /// Opens a database that lies in `image`, which must outlive the connection and is not changed.
    static func open(_ image: UnsafeMutableBufferPointer<UInt8>) throws(SQLiteFailure) -> SQLiteConnection {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(":memory:", &opened, flags, nil)
        guard let opened = unsafe opened else { throw SQLiteFailure(message: "libsqlite3 has no memory") }
        let connection = unsafe SQLiteConnection(opened)
        guard code == SQLITE_OK else { throw connection.failure() }
        try unsafe connection.load(image)
        return connection
    }

    private func load(_ image: UnsafeMutableBufferPointer<UInt8>) throws(SQLiteFailure) {
        // What a database may do by itself is switched off, before its bytes are there.
        for (option, on) in [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
            (SQLITE_DBCONFIG_ENABLE_VIEW, 0), (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
        ] as [(Int32, Int32)] {
            _ = unsafe sbomkit_sqlite3_set(handle, option, on)
        }
        for (limit, value) in [
            (SQLITE_LIMIT_LENGTH, Int32(clamping: min(image.count, RPMHeader.sizeLimit))),
            (SQLITE_LIMIT_SQL_LENGTH, 100_000), (SQLITE_LIMIT_COLUMN, 100), (SQLITE_LIMIT_EXPR_DEPTH, 50),
            (SQLITE_LIMIT_COMPOUND_SELECT, 2), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_FUNCTION_ARG, 8),
            (SQLITE_LIMIT_WORKER_THREADS, 0), (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        ] as [(Int32, Int32)] {
            _ = unsafe sqlite3_limit(handle, limit, value)
        }
        // SAFETY: no flag lets libsqlite3 free, grow or write the buffer, which outlives the connection.
        let loaded = unsafe sqlite3_deserialize(
            handle, "main", image.baseAddress, Int64(image.count), Int64(image.count),
            UInt32(SQLITE_DESERIALIZE_READONLY))
        guard loaded == SQLITE_OK else { throw failure() }
        // Sizes of cells are checked when a page is loaded; nothing is ever spilled to a file.
        try rows("PRAGMA cell_size_check = ON") { _ in true }
        try rows("PRAGMA temp_store = MEMORY") { _ in true }
    }

    deinit {
        unsafe sqlite3_close_v2(handle)
    }

    private func failure() -> SQLiteFailure {
        let text = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? "an unknown failure"
        return SQLiteFailure(message: "SQLite says: \(text)")
    }

    /// Calls `body` for each row, until it returns false; what was read before a failure has been seen by then.
    func rows(_ statement: String, _ body: (borrowing Row) -> Bool) throws(SQLiteFailure) {
        var failure: SQLiteFailure?
        try rows(statement, body) { failure = $0 }
        if let failure { throw failure }
    }

    /// The same; a failure after the first step is told to `onFailure`, and what body changed stays.
    func rows(
        _ statement: String, _ body: (borrowing Row) -> Bool, onFailure: (SQLiteFailure) -> Void
    ) throws(SQLiteFailure) {
        var prepared: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(handle, statement, -1, &prepared, nil) == SQLITE_OK,
            let prepared = unsafe prepared
        else { throw failure() }
        defer { unsafe sqlite3_finalize(prepared) }
        while true {
            switch unsafe sqlite3_step(prepared) {
            case SQLITE_ROW: if !body(unsafe Row(prepared)) { return }
            case SQLITE_DONE: return
            default: return onFailure(failure())
            }
        }
    }

    /// The row that a statement stands on.
    @safe struct Row: ~Copyable {
        private let statement: OpaquePointer

        fileprivate init(_ statement: OpaquePointer) {
            unsafe self.statement = statement
        }

        func integer(_ column: Int32) -> Int64 {
            unsafe sqlite3_column_int64(statement, column)
        }

        func text(_ column: Int32) -> String {
            unsafe sqlite3_column_text(statement, column).map { unsafe String(cString: $0) } ?? ""
        }

        /// A copy of a blob, or nil if it is of another type.
        func blob(_ column: Int32) -> [UInt8]? {
            guard unsafe sqlite3_column_type(statement, column) == SQLITE_BLOB else { return nil }
            // SAFETY: the pointer holds for as many bytes as libsqlite3 says, until the next step.
            guard let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
            let count = Int(unsafe sqlite3_column_bytes(statement, column))
            return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }
}
