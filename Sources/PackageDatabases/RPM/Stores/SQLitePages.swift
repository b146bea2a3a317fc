internal import ByteStreams

/// The rows of the table `Packages` on the pages of a damaged SQLite database, found without its tree.
///
/// A row is recognized by its form: a rowid whose column holds nothing, and a blob with the sizes of a header. Pages on
/// the list of free pages are left out, because they hold packages that were removed (sqlite.org/fileformat2.html
/// §1.5).
struct SQLitePages {
    private let file: SQLiteFile
    private let limits: Limits

    init(_ file: SQLiteFile, limits: Limits) {
        self.file = file
        self.limits = limits
    }

    /// The rows found, at most ``Limits/packageCount``.
    func records() -> [RPMRecord] {
        let free = freePages()
        var records: [RPMRecord] = []
        // No page belongs to two headers. So the work for chains that share pages is bounded by the size of the file.
        var used: Set<Int> = []
        // Several pointers of a page may lead to one row, but the rows together must not be longer than the file.
        var budget = file.bytes.count
        for page in 1...max(1, file.pageCount) where !free.contains(page) {
            let start = file.start(of: page)
            let head = page == 1 ? start + SQLiteFile.headSize : start
            // 13 is a leaf of a table.
            guard file.bytes.holds([13], at: head), let count = file.number(UInt16.self, at: head + 3) else { continue }
            for index in 0..<Int(count) {
                let pointer = head + 8 + 2 * index
                guard pointer + 2 <= start + file.usable, let offset = file.number(UInt16.self, at: pointer),
                    records.count < limits.packageCount
                else { break }
                if let record = record(at: start + Int(offset), page: start, used: &used, budget: &budget) {
                    records.append(record)
                }
            }
        }
        return records
    }

    // §1.5: trunk pages list leaf pages.
    private func freePages() -> Set<Int> {
        var free: Set<Int> = []
        var trunk = file.number(UInt32.self, at: 32).map(Int.init) ?? 0
        while trunk > 0, trunk <= file.pageCount, free.insert(trunk).inserted {
            let start = file.start(of: trunk)
            let count = file.number(UInt32.self, at: start + 4).map(Int.init) ?? 0
            for index in 0..<min(count, file.usable / 4 - 2) {
                guard let leaf = file.number(UInt32.self, at: start + 8 + 4 * index), leaf <= file.pageCount else {
                    continue
                }
                free.insert(Int(leaf))
            }
            trunk = file.number(UInt32.self, at: start).map(Int.init) ?? 0
        }
        return free
    }

    private func record(at offset: Int, page: Int, used: inout Set<Int>, budget: inout Int) -> RPMRecord? {
        guard let cell = file.cell(at: offset, page: page), let number = UInt32(exactly: cell.row), number > 0,
            cell.size > 8, cell.local.count > 0
        else { return nil }
        var head = cell.local.lowerBound
        let bytes = file.bytes
        guard let headSize = bytes.varint(at: &head), let first = bytes.varint(at: &head),
            let second = bytes.varint(at: &head),
            headSize == UInt64(head - cell.local.lowerBound), first == 0, second >= 12, second % 2 == 0,
            head <= cell.local.upperBound
        else { return nil }
        let length = cell.size - (head - cell.local.lowerBound)
        let onPage = cell.local.upperBound - head
        // Enough of the blob to recognize a header is on the page, however small the page is.
        guard Int(exactly: (second - 12) / 2) == length, onPage >= 8 || onPage == length, cell.size <= budget else {
            return nil
        }
        budget -= cell.size
        var blob = Array(file.bytes[head..<cell.local.upperBound])
        var next = cell.overflow
        while blob.count < length {
            guard next > 0, next <= file.pageCount, used.insert(next).inserted else { return nil }
            let start = file.start(of: next)
            let wanted = min(file.usable - 4, length - blob.count)
            blob += file.bytes[start + 4..<start + 4 + wanted]
            next = file.number(UInt32.self, at: start).map(Int.init) ?? 0
        }
        guard RPMHeader.isPlausible(blob[...], limits: limits) else { return nil }
        return RPMRecord(number: number, blob: blob)
    }
}
