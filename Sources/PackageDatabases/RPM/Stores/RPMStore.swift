internal import ByteStreams

/// A package as its database stores it: a number and a header that is not parsed yet.
struct RPMRecord: Sendable {
    /// rpm's number of the package in this database (`hnum`, the instance).
    let number: UInt32
    let blob: [UInt8]
}

/// The records of one database file, and diagnostics about damage.
struct RPMStoreContents: Sendable {
    /// The records; ``RPMStoreFormat/read(_:log:reader:path:limits:)`` sorts them by number, each number once.
    var records: [RPMRecord] = []
    var diagnostics: DiagnosticLog

    init(limits: Limits) {
        diagnostics = DiagnosticLog(limits: limits)
    }
}

/// The database formats that rpm has used.
enum RPMStoreFormat: String, Sendable, CaseIterable {
    case sqlite
    case ndb
    case berkeleyHash = "bdb hash"
    case berkeleyBTree = "bdb btree"

    /// The format according to the first bytes of a file, or nil.
    init?(recognizing bytes: [UInt8]) {
        if bytes.holds(SQLiteFile.magic, at: 0) {
            self = .sqlite
        } else if bytes.holds(NDBStore.magic, at: 0) {
            self = .ndb
        } else if let kind = BerkeleyStore.kind(of: bytes) {
            self = kind == .hash ? .berkeleyHash : .berkeleyBTree
        } else {
            return nil
        }
    }

    /// The format that a file of this name usually has, for a file whose first bytes are damaged.
    init?(fileName: some StringProtocol) {
        switch fileName {
        case "rpmdb.sqlite": self = .sqlite
        case "Packages.db": self = .ndb
        case "Packages": self = .berkeleyHash
        default: return nil
        }
    }

    /// Reads all records.
    ///
    /// `log` is the file next to the database with the suffix `-wal`; only SQLite has one.
    func read(
        _ bytes: [UInt8], log: [UInt8]?, reader: RPMDatabase.Reader, path: String, limits: Limits
    ) throws(PackageDatabaseError) -> RPMStoreContents {
        if reader == .librpm {
            #if LibRPM
                return try LibRPMStore.read(bytes, log: log, format: self, path: path, limits: limits)
            #else
                throw PackageDatabaseError(.unsupported, path: path, "this program was built without librpm")
            #endif
        }
        var contents =
            switch self {
            case .sqlite: try SQLiteStore.read(bytes, log: log, path: path, limits: limits)
            case .ndb: try NDBStore.read(bytes, path: path, limits: limits)
            case .berkeleyHash: try BerkeleyStore.read(bytes, kind: .hash, path: path, limits: limits)
            case .berkeleyBTree: try BerkeleyStore.read(bytes, kind: .btree, path: path, limits: limits)
            }
        contents.removeRepeatedNumbers(path: path)
        return contents
    }
}

extension RPMStoreContents {
    /// Adds a record.
    ///
    /// - Throws: ``PackageDatabaseError`` if there are more than `limits.packageCount`.
    mutating func append(_ record: RPMRecord, path: String, limits: Limits) throws(PackageDatabaseError) {
        guard records.count < limits.packageCount else {
            throw PackageDatabaseError(.limit, path: path, "more packages than the limit packageCount allows")
        }
        records.append(record)
    }

    fileprivate mutating func removeRepeatedNumbers(path: String) {
        records.sort { $0.number < $1.number }
        var kept: [RPMRecord] = []
        kept.reserveCapacity(records.count)
        var repeated: [UInt32] = []
        for record in records {
            guard let last = kept.last, last.number == record.number else {
                kept.append(record)
                continue
            }
            if last.blob != record.blob { repeated.append(record.number) }
        }
        records = kept
        if !repeated.isEmpty {
            diagnostics.append(
                .warning, code: .rpmRepeatedNumber, at: path,
                "several records have the same number, only the first is listed: \(list(repeated))")
        }
    }
}

/// The numbers of a list as text; of more than five, the first five and the count of all.
func list(_ numbers: some Collection<UInt32>) -> String {
    let first = numbers.prefix(5).map(String.init).joined(separator: ", ")
    return numbers.count > 5 ? "\(first), … (\(numbers.count) in all)" : first
}
