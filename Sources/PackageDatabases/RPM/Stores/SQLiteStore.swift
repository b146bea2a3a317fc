internal import ByteStreams

/// rpm's database since 4.16: an SQLite table `Packages` of numbers and headers, and a table for each index.
///
/// The tables are read by ``SQLiteFile``. If they are damaged, the pages of the file are searched for rows
/// (``SQLitePages``), and the index of names shows whether any are still missing.
enum SQLiteStore {
    static func read(
        _ bytes: [UInt8], log: [UInt8]?, path: String, limits: Limits
    ) throws(PackageDatabaseError) -> RPMStoreContents {
        var contents = RPMStoreContents(limits: limits)
        var image = bytes
        if let log {
            var log = WriteAheadLog(reading: log, path: path + "-wal")
            log.apply(to: &image, path: path + "-wal")
            contents.diagnostics.append(contentsOf: log.diagnostics)
        }
        guard var file = SQLiteFile(image) else {
            throw PackageDatabaseError(
                .unreadable, path: path, "expected an SQLite database, found \(image.count) bytes")
        }
        func report(_ code: Diagnostic.Code, _ message: String) {
            contents.diagnostics.append(.blind, code: code, at: path, message)
        }
        for damage in damage(toHeadOf: image) { report(.rpmDamagedDatabase, damage) }

        let scan = scan(&file, limits: limits)
        if scan.isOverLimit {
            throw PackageDatabaseError(.limit, path: path, "more packages than the limit packageCount allows")
        }
        contents.records = scan.records
        let listed = Set(scan.records.map(\.number))
        var missing = scan.indexed.map { $0.subtracting(listed) } ?? []
        if scan.failure != nil || !missing.isEmpty {
            let found = SQLitePages(file, limits: limits).records()
            // A package that is not in the index of names was removed. Its page is free, but was not used again.
            let wanted = found.filter { !listed.contains($0.number) && scan.indexed?.contains($0.number) ?? true }
            contents.records += wanted
            missing.subtract(wanted.map(\.number))
            let failure = scan.failure ?? "rows of the table Packages cannot be reached"
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
                "packages in the index of names were not found: \(list(missing.sorted()))")
        }
        return contents
    }

    /// The damage to the head of a file of at least 512 bytes.
    private static func damage(toHeadOf image: [UInt8]) -> [String] {
        var damage: [String] = []
        if !image.holds(SQLiteFile.magic, at: 0) { damage.append("the magic number of an SQLite database is damaged") }
        // sqlite.org/fileformat2.html §1.3.3: 1 for a rollback journal, 2 for a write-ahead log.
        for place in [18, 19] where image[place] != 1 && image[place] != 2 {
            damage.append("expected a file format of 1 or 2, found \(image[place])")
        }
        guard let stated = SQLiteFile.pageSize(of: image) else {
            return damage + ["expected a page size from 512 to 65536"]
        }
        let pages = image.count / stated
        // §1.3.7: the size is valid only if the last writer wrote it.
        let isCurrent = image[24..<28] == image[92..<96]
        // never nil, because the file has 512 bytes
        if let count = try? image.integer(UInt32.self, at: 28, .big), Int(count) != pages, isCurrent, count != 0 {
            damage.append("expected \(count) pages of \(stated) bytes, found \(pages)")
        } else if image.count % stated != 0 {
            damage.append("the file ends inside a page of \(stated) bytes")
        }
        return damage
    }

    /// The content of the tables.
    private struct Scan {
        var records: [RPMRecord] = []
        /// The numbers in the index of names; nil if the index is missing or damaged.
        var indexed: Set<UInt32>?
        /// The first damage, if any.
        var failure: String?
        var isOverLimit = false
    }

    private static func scan(_ file: inout SQLiteFile, limits: Limits) -> Scan {
        var scan = Scan()
        let (tables, problem) = file.tables(named: ["Packages", "Name"], limits: limits)
        if let names = tables["Name"] { scan.indexed = indexedNumbers(names, in: &file, limits: limits) }
        guard let packages = tables["Packages"] else {
            scan.failure = problem ?? "there is no table Packages"
            return scan
        }
        guard let hnum = packages.columns.firstIndex(of: "hnum"), let blob = packages.columns.firstIndex(of: "blob")
        else {
            scan.failure = "the table Packages has no columns hnum and blob"
            return scan
        }
        scan.failure = problem
        readPackages(packages.root, hnum: hnum, blob: blob, in: &file, limits: limits, to: &scan)
        return scan
    }

    private static func readPackages(
        _ root: Int, hnum: Int, blob: Int, in file: inout SQLiteFile, limits: Limits, to scan: inout Scan
    ) {
        var cells: [SQLiteFile.Cell] = []
        let damage = file.forEachRow(root: root) { cell in
            cells.append(cell)
            return cells.count <= limits.packageCount
        }
        if cells.count > limits.packageCount { scan.isOverLimit = true }
        guard !scan.isOverLimit else { return }
        if let damage { scan.failure = scan.failure ?? "the table Packages is damaged: \(damage)" }
        var last: Int64 = 0
        // The rows together must not be longer than the file, which overlapping rows could be.
        var bytesLeft = file.bytes.count
        for cell in cells {
            bytesLeft -= cell.size
            guard bytesLeft >= 0 else {
                scan.failure = scan.failure ?? "the rows of the table Packages are longer than the file"
                return
            }
            guard let record = file.record(of: cell),
                let row = SQLiteRecord(record[...], columns: max(hnum, blob) + 1)
            else {
                scan.failure = scan.failure ?? "the row \(cell.row) of the table Packages is damaged"
                continue
            }
            // §2.4: a column that is the rowid is stored as NULL.
            let value: Int64 = if case .integer(let value) = row.values[hnum] { value } else { cell.row }
            guard value > last, let number = UInt32(exactly: value) else {
                scan.failure = scan.failure ?? "the row \(value) of the table Packages is out of order"
                continue
            }
            last = value
            guard case .blob(let range) = row.values[blob] else {
                scan.failure = scan.failure ?? "the row \(value) of the table Packages has no header"
                continue
            }
            scan.records.append(RPMRecord(number: number, blob: Array(record[range])))
        }
    }

    /// The numbers of the packages in the index of names, or nil if it is damaged.
    private static func indexedNumbers(
        _ table: SQLiteTable, in file: inout SQLiteFile, limits: Limits
    ) -> Set<UInt32>? {
        guard let column = table.columns.firstIndex(of: "hnum") else { return nil }
        let bytes = file.bytes
        var numbers: Set<UInt32> = []
        var isWhole = true
        let damage = file.forEachRow(root: table.root) { cell in
            // A name fits on a page, so its row does not continue on others.
            guard cell.overflow == 0, let row = SQLiteRecord(bytes[cell.local], columns: column + 1),
                case .integer(let value) = row.values[column], let number = UInt32(exactly: value)
            else {
                isWhole = false
                return false
            }
            numbers.insert(number)
            if numbers.count > limits.packageCount { isWhole = false }
            return isWhole
        }
        return isWhole && damage == nil ? numbers : nil
    }
}
