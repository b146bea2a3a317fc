internal import ByteStreams

/// A package as its database stores it: a number and a header that nobody has looked into yet.
struct RPMRecord: Sendable {
    /// rpm's number of the package in this database (`hnum`, the instance).
    let number: UInt32
    let blob: [UInt8]
}

/// What was read from one database file: all records that could be, and what is wrong with the rest.
struct RPMStoreContents: Sendable {
    /// Sorted by number; each number stands once.
    var records: [RPMRecord] = []
    var diagnostics: [Diagnostic] = []
}

/// The kinds of database that rpm has used.
enum RPMStoreFormat: String, Sendable, CaseIterable {
    case sqlite
    case ndb
    case berkeleyHash = "bdb hash"
    case berkeleyBTree = "bdb btree"

    /// The kind that the first bytes of a file tell, or nil.
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

    /// The kind that a file of this name usually is: a damaged file may no longer tell.
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
    /// `log` is what stands beside the file with `-wal` after its name; only SQLite has one.
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
    /// Adds a record, unless the database has more of them than anybody's.
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
                Diagnostic(
                    .warning, code: .rpmRepeatedNumber, at: path,
                    "several records have the same number, only the first is listed: \(list(repeated))"))
        }
    }
}

/// The first few of some numbers, and how many there are.
func list(_ numbers: some Collection<UInt32>) -> String {
    let first = numbers.prefix(5).map(String.init).joined(separator: ", ")
    return numbers.count > 5 ? "\(first), … (\(numbers.count) in all)" : first
}
