internal import ByteStreams

/// The pages of a damaged SQLite database, looked through for rows of the table `Packages` without regard to its tree.
///
/// A row is known by its form: a number without a value of its own, and a blob with the sizes of a header. Pages on the
/// list of free ones are passed over: they hold packages that were removed. (sqlite.org/fileformat2.html §1.5, §1.6, §2.1.)
struct SQLitePages {
    private let bytes: [UInt8]
    private let pageSize: Int
    /// The size of a page without what extensions reserve at its end.
    private let usable: Int

    /// The page size that the head states, or nil if it can be none.
    static func pageSize(of bytes: [UInt8]) -> Int? {
        // nil: shorter than the head
        guard let stated = try? bytes.integer(UInt16.self, at: 16, .big) else { return nil }
        let size = stated == 1 ? 65536 : Int(stated)
        return SQLiteStore.pageSizes.contains(size) ? size : nil
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 512 else { return nil }
        self.bytes = bytes
        let stated = Self.pageSize(of: bytes)
        // A size that cannot be is most often a damaged one of rpm's usual size.
        pageSize = stated ?? 4096
        let reserved = stated == nil ? 0 : Int(bytes[20])
        usable = pageSize - (reserved <= 32 ? reserved : 0)
    }

    /// All rows found, at most `limit`.
    func records(limit: Int) -> [RPMRecord] {
        let free = freePages()
        var records: [RPMRecord] = []
        // A header's pages belong to no other: so hostile chains cost no more than the size of the file.
        var used: Set<Int> = []
        // Nor can rows be longer together than the file; several pointers of a page may lead to one row.
        var budget = bytes.count
        for page in 1...max(1, bytes.count / pageSize) where !free.contains(page) {
            let start = (page - 1) * pageSize
            let head = page == 1 ? start + 100 : start
            // 13 is a leaf of a table.
            guard bytes.holds([13], at: head), let count = number(UInt16.self, at: head + 3) else { continue }
            for index in 0..<Int(count) {
                let pointer = head + 8 + 2 * index
                guard pointer + 2 <= start + usable, let offset = number(UInt16.self, at: pointer),
                    records.count < limit
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
        var trunk = number(UInt32.self, at: 32).map(Int.init) ?? 0
        while trunk > 0, trunk <= bytes.count / pageSize, free.insert(trunk).inserted {
            let start = (trunk - 1) * pageSize
            let count = number(UInt32.self, at: start + 4).map(Int.init) ?? 0
            for index in 0..<min(count, usable / 4 - 2) {
                if let leaf = number(UInt32.self, at: start + 8 + 4 * index) { free.insert(Int(leaf)) }
            }
            trunk = number(UInt32.self, at: start).map(Int.init) ?? 0
        }
        return free
    }

    // §1.6 and §2.1
    private func record(at offset: Int, page: Int, used: inout Set<Int>, budget: inout Int) -> RPMRecord? {
        var place = offset
        guard let size = varint(&place), let row = varint(&place), let number = UInt32(exactly: row), number > 0,
            let size = Int(exactly: size), size > 8, size <= bytes.count
        else { return nil }
        // How much of a long row is on this page; the rest is on a chain of overflow pages.
        let most = usable - 35
        let least = (usable - 12) * 32 / 255 - 23
        let fitting = least + (size - least) % (usable - 4)
        let local = size <= most ? size : fitting <= most ? fitting : least
        guard local > 0, place + local <= page + usable, place + local <= bytes.count else { return nil }

        var head = place
        guard let headSize = varint(&head), let first = varint(&head), let second = varint(&head),
            headSize == UInt64(head - place), first == 0, second >= 12, second % 2 == 0, head <= place + local,
            Int(exactly: (second - 12) / 2) == size - (head - place)
        else { return nil }
        // Enough of the blob to tell a header is on the page, however small.
        guard place + local - head >= 8 || local == size, size <= budget else { return nil }
        budget -= size
        var blob = Array(bytes[head..<place + local])
        if local < size {
            var next = self.number(UInt32.self, at: place + local).map(Int.init) ?? 0
            while blob.count < size - (head - place) {
                let start = (next - 1) * pageSize
                guard next > 0, start <= bytes.count - pageSize, used.insert(next).inserted else { return nil }
                let wanted = min(usable - 4, size - (head - place) - blob.count)
                blob += bytes[start + 4..<start + 4 + wanted]
                next = self.number(UInt32.self, at: start).map(Int.init) ?? 0
            }
        }
        guard RPMHeader.isPlausible(blob[...]) else { return nil }
        return RPMRecord(number: number, blob: blob)
    }

    /// A number of one to nine bytes, of seven bits each but for the last.
    private func varint(_ place: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard let byte = try? bytes.integer(UInt8.self, at: place, .big) else { return nil }  // nil: the end
            place += 1
            if index == 8 { return value << 8 | UInt64(byte) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
        }
        return value
    }

    private func number<T: FixedWidthInteger & UnsignedInteger>(_: T.Type, at offset: Int) -> T? {
        try? bytes.integer(T.self, at: offset, .big)  // nil: outside of the file
    }
}
