internal import ByteStreams

/// The pages that SQLite committed but did not write into the database yet.
///
/// They are in a file next to it with the suffix `-wal` (sqlite.org/fileformat2.html §4).
struct WriteAheadLog {
    /// The pages of the last commit, by their number from 1.
    private var pages: [UInt32: Range<Int>] = [:]
    /// The number of pages of the database after the last commit, or nil if there is no commit.
    private var pageCount: UInt32?
    private var pageSize = 0
    private let bytes: [UInt8]
    private(set) var diagnostics: [Diagnostic] = []

    private static let headSize = 32
    private static let frameHeadSize = 24

    /// Reads the frames up to the last complete commit.
    ///
    /// Later frames are damaged or were never committed; the two look the same, and SQLite drops both.
    init(reading bytes: [UInt8], path: String) {
        self.bytes = bytes
        guard !bytes.isEmpty else { return }
        do throws(ParseError) {
            try read(path: path)
        } catch {
            diagnostics.append(
                Diagnostic(.blind, code: .rpmDamagedLog, at: path, "the write-ahead log is not applied: \(error)"))
        }
    }

    private mutating func read(path: String) throws(ParseError) {
        let magic = try bytes.integer(UInt32.self, at: 0, .big)
        guard magic & ~1 == 0x377F_0682 else { throw ParseError(.malformed(expected: "a write-ahead log"), at: 0) }
        let order: ByteOrder = magic & 1 == 0 ? .little : .big
        pageSize = Int(try bytes.integer(UInt32.self, at: 8, .big))
        guard SQLiteFile.pageSizes.contains(pageSize) else { throw ParseError(.outOfRange, at: 8) }
        let salts = try bytes.slice(16, count: 8)
        var sum = try Checksum().adding(bytes.slice(0, count: 24), order)
        guard
            sum
                == Checksum(
                    first: try bytes.integer(UInt32.self, at: 24, .big),
                    second: try bytes.integer(UInt32.self, at: 28, .big))
        else { throw ParseError(.malformed(expected: "the checksum of the log's head"), at: 24) }

        var offset = Self.headSize
        var pending: [UInt32: Range<Int>] = [:]
        var isWhole = true
        while offset + Self.frameHeadSize + pageSize <= bytes.count {
            // Frames of an earlier round of the log have other salts, and their pages are in the database already.
            guard bytes.holds(salts, at: offset + 8) else { break }
            let data = offset + Self.frameHeadSize..<offset + Self.frameHeadSize + pageSize
            sum = try sum.adding(bytes.slice(offset, count: 8), order).adding(bytes[data], order)
            let stored = Checksum(
                first: try bytes.integer(UInt32.self, at: offset + 16, .big),
                second: try bytes.integer(UInt32.self, at: offset + 20, .big))
            let page = try bytes.integer(UInt32.self, at: offset, .big)
            guard sum == stored, page > 0 else {
                isWhole = false
                break
            }
            pending[page] = data
            let size = try bytes.integer(UInt32.self, at: offset + 4, .big)
            if size > 0 {
                pages.merge(pending) { _, new in new }
                pending = [:]
                pageCount = size
            }
            offset = data.upperBound
        }
        if offset < bytes.count && bytes.holds(salts, at: offset + 8) { isWhole = false }
        if !isWhole || !pending.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .warning, code: .rpmDamagedLog, at: path,
                    "the write-ahead log is applied up to its last complete commit; what follows byte \(offset) is damaged or was never committed"
                ))
        }
    }

    /// Puts the pages into the bytes of the database, which get the size of the last commit.
    mutating func apply(to database: inout [UInt8], path: String) {
        guard let pageCount else { return }
        // If the database grew, the log has every new page.
        let limit = UInt64(database.count / pageSize) + UInt64(pages.count)
        guard UInt64(pageCount) <= limit else {
            diagnostics.append(
                Diagnostic(
                    .blind, code: .rpmDamagedLog, at: path,
                    "the write-ahead log is not applied: expected at most \(limit) pages, found \(pageCount)"))
            return
        }
        let size = Int(pageCount) * pageSize
        if database.count > size {
            database.removeLast(database.count - size)
        } else {
            database += repeatElement(0, count: size - database.count)
        }
        for (page, data) in pages where page <= pageCount {
            let start = (Int(page) - 1) * pageSize
            database.replaceSubrange(start..<start + pageSize, with: bytes[data])
        }
    }

    /// The running sums over pairs of 32-bit numbers (sqlite.org/fileformat2.html §4.2).
    private struct Checksum: Equatable {
        var first: UInt32 = 0
        var second: UInt32 = 0

        func adding(_ bytes: ArraySlice<UInt8>, _ order: ByteOrder) -> Checksum {
            var sum = self
            var index = bytes.startIndex
            func next() -> UInt32 {
                defer { index += 4 }
                let number = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[index + $1]) }
                return order == .big ? number : number.byteSwapped
            }
            while index <= bytes.endIndex - 8 {
                sum.first &+= next() &+ sum.second
                sum.second &+= next() &+ sum.first
            }
            return sum
        }
    }
}
