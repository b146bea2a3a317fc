internal import ByteStreams

/// The Berkeley DB file of rpm up to 4.15, and of rpm5.
///
/// rpm's table `Packages` is a hash (rpm5: a B-tree) from the number of a package to its header. All pages of the file
/// are read in turn, and not only those that the head of the table refers to. This is possible because each page states
/// its type, and Berkeley DB marks the pages that it frees. So damage to the head or to one page does not affect other
/// pages. (rpm lib/backend/bdb_ro.c; Berkeley DB dbinc/db_page.h for the layout of pages.)
struct BerkeleyStore {
    /// The structure of the table.
    enum Kind: Sendable {
        case hash
        case btree
    }

    /// A page's type, at byte 25.
    private enum PageType {
        static let free: UInt8 = 0
        static let unsortedHash: UInt8 = 2
        static let internalBTree: UInt8 = 3
        static let leafBTree: UInt8 = 5
        static let overflow: UInt8 = 7
        static let sortedHash: UInt8 = 13
    }

    private static let pageHeadSize = 26
    private static let pageSizes = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]

    private let bytes: [UInt8]
    private let order: ByteOrder
    private let pageSize: Int
    private let path: String
    private let limits: Limits
    private var contents: RPMStoreContents
    /// Pages that contradict their own type or number.
    private var damagedPages: [UInt32] = []
    /// Overflow pages that belong to a package; each can belong to one only.
    private var usedPages: Set<Int> = []
    /// The number of pages that were released again because their chain was broken.
    ///
    /// If a page number was damaged, the pages may belong to another package. The count is bounded, because hostile
    /// chains that share pages would take quadratic time.
    private var freedPages = 0
    /// The total size of the headers so far, in bytes.
    private var taken = 0

    /// The kind of table that the magic number states, in either byte order, or nil.
    static func kind(of bytes: [UInt8]) -> Kind? {
        recognize(bytes)?.kind
    }

    private static func recognize(_ bytes: [UInt8]) -> (kind: Kind, order: ByteOrder)? {
        for order in [ByteOrder.little, .big] {
            // nil: shorter than the head
            switch try? bytes.integer(UInt32.self, at: 12, order) {
            case 0x0006_1561: return (.hash, order)
            case 0x0005_3162: return (.btree, order)
            default: continue
            }
        }
        return nil
    }

    static func read(_ bytes: [UInt8], kind: Kind, path: String, limits: Limits) throws(PackageDatabaseError)
        -> RPMStoreContents
    {
        let recognized = recognize(bytes)
        let declared = recognized.flatMap { known in
            // nil: shorter than the head
            (try? bytes.integer(UInt32.self, at: 20, known.order)).map { (size: Int($0), order: known.order) }
        }
        guard let form = form(of: bytes, declared: declared) else {
            throw PackageDatabaseError(.unreadable, path: path, "expected a Berkeley DB table, found no page of one")
        }
        var store = BerkeleyStore(bytes: bytes, order: form.order, pageSize: form.size, path: path, limits: limits)
        if recognized == nil {
            store.report(.rpmDamagedDatabase, "the magic number of a Berkeley DB table is damaged")
        } else if let declared, declared.size != form.size {
            store.report(.rpmDamagedDatabase, "expected pages of \(form.size) bytes, found \(declared.size) stated")
        }
        store.checkHead(kind: kind)
        try store.readPages(kind: kind)
        store.reportDamage()
        return store.contents
    }

    private init(bytes: [UInt8], order: ByteOrder, pageSize: Int, path: String, limits: Limits) {
        self.bytes = bytes
        self.order = order
        self.pageSize = pageSize
        self.path = path
        self.limits = limits
        contents = RPMStoreContents(limits: limits)
    }

    /// The page size and byte order with which most pages have their own numbers.
    ///
    /// In a tie, the values of the head are used.
    private static func form(
        of bytes: [UInt8], declared: (size: Int, order: ByteOrder)?
    ) -> (size: Int, order: ByteOrder)? {
        func fits(_ size: Int, _ order: ByteOrder) -> Int {
            // The first pages are enough. Pages that were never written are all zeros.
            (1..<64).count { (try? bytes.integer(UInt32.self, at: $0 * size + 8, order)) == UInt32($0) }
        }
        var best: (size: Int, order: ByteOrder)?
        var most = 0
        if let declared, pageSizes.contains(declared.size) {
            best = declared
            most = fits(declared.size, declared.order)
        }
        for order in [ByteOrder.little, .big] {
            for size in pageSizes.reversed() {
                let count = fits(size, order)
                if count > most { (best, most) = ((size, order), count) }
            }
        }
        return best
    }

    /// Compares the head with the file.
    private mutating func checkHead(kind: Kind) {
        if let version = number(UInt32.self, at: 16) {
            // rpm 4.0 to 4.2 (Berkeley DB 3) write version 7; bdb_ro.c supports versions from 8.
            let known: ClosedRange<UInt32> = kind == .hash ? 7...10 : 8...10
            if !known.contains(version) {
                report(.rpmDamagedDatabase, "expected a version from 7 to 10, found \(version)")
            }
        }
        if let algorithm = number(UInt8.self, at: 24), algorithm != 0 {
            report(.rpmDamagedDatabase, "expected a table that is not encrypted")
        }
        let pages = bytes.count / pageSize
        if bytes.count % pageSize != 0 {
            report(.rpmDamagedDatabase, "the file ends inside a page of \(pageSize) bytes")
        }
        if let last = number(UInt32.self, at: 32), Int(last) != pages - 1 {
            report(.rpmDamagedDatabase, "expected \(UInt64(last) + 1) pages, found \(pages)")
        }
    }

    private mutating func readPages(kind: Kind) throws(PackageDatabaseError) {
        let pages = bytes.count / pageSize
        var overflowPages: [Int] = []
        for page in 1..<max(pages, 1) {
            let start = page * pageSize
            guard let own = number(UInt32.self, at: start + 8), let entries = number(UInt16.self, at: start + 20) else {
                continue
            }
            let type = bytes[start + 25]
            if type == PageType.free && entries == 0 {
                // The page was never written, or was freed.
                continue
            }
            let isHash = type == PageType.unsortedHash || type == PageType.sortedHash
            if own != UInt32(page) {
                damagedPages.append(UInt32(page))
                // A page of pairs with a damaged number still leads to packages.
                if isHash { try readHashPage(page, entries: Int(entries)) }
                continue
            }
            switch type {
            case PageType.unsortedHash, PageType.sortedHash:
                try readHashPage(page, entries: Int(entries))
            case PageType.leafBTree:
                try readLeafPage(page, entries: Int(entries))
            case PageType.internalBTree:
                continue
            case PageType.overflow:
                overflowPages.append(page)
            default:
                damagedPages.append(UInt32(page))
                if kind == .hash { try readHashPage(page, entries: Int(entries)) }
            }
        }
        let orphans = overflowPages.filter { !usedPages.contains($0) }
        if !orphans.isEmpty {
            report(
                .rpmLostPackages,
                "pages that belong to a package which was not found: \(list(orphans.map { UInt32($0) }))")
        }
    }

    /// Reads the pairs of a hash page: offsets at the front, keys and values from the end backwards.
    ///
    /// An item ends where the previous one begins, and most items have known sizes. So a damaged offset can be
    /// corrected. A damaged count can be corrected too, because the page also states where its free space ends.
    private mutating func readHashPage(_ page: Int, entries: Int) throws(PackageDatabaseError) {
        let start = page * pageSize
        func offset(_ index: Int) -> Int? {
            let place = Self.pageHeadSize + 2 * index
            return place + 2 <= pageSize ? number(UInt16.self, at: start + place).map(Int.init) : nil
        }
        // 65536 does not fit into 16 bits.
        let free = number(UInt16.self, at: start + 22).map { $0 == 0 && pageSize == 65536 ? pageSize : Int($0) }
        let isWhole = entries % 2 == 0 && (entries == 0 ? pageSize : offset(entries - 1)) == free
        var isDamaged = !isWhole
        var end = pageSize
        var index = 0
        while index < entries || !isWhole && free.map({ $0 < end }) ?? false {
            defer { index += 2 }
            guard let stated = offset(index), let statedValue = offset(index + 1) else {
                isDamaged = true
                break
            }
            // rpm lib/backend/bdb_ro.c, hash_getkv: 1 is an item on the page, 3 one on pages of its own.
            let key = [stated, end - 5].first { key in
                key > Self.pageHeadSize && key <= pageSize - 5 && bytes[start + key] == 1
                    && (key + 5 == end || statedValue + 12 == key)
            }
            guard let key, let number = number(UInt32.self, at: start + key + 1) else {
                isDamaged = true
                // A page with a damaged count ends at the first item that is not a pair.
                if index >= entries { break }
                end = statedValue
                continue
            }
            if key != stated || key + 5 != end { isDamaged = true }
            if statedValue < key, statedValue > Self.pageHeadSize, bytes[start + statedValue] == 1 {
                try take(bytes[start + statedValue + 1..<start + key], number: number)
                end = statedValue
            } else if key > Self.pageHeadSize + 12, bytes[start + key - 12] == 3 {
                if statedValue != key - 12 { isDamaged = true }
                try takeOverflow(at: start + key - 8, number: number)
                end = key - 12
            } else {
                lose(number, "its value on page \(page) is of an unknown kind")
                end = statedValue
            }
        }
        if isDamaged { damagedPages.append(UInt32(page)) }
    }

    /// Reads the pairs of a leaf of a B-tree; each item states its own length.
    private mutating func readLeafPage(_ page: Int, entries: Int) throws(PackageDatabaseError) {
        let room = Self.pageHeadSize + 2 * entries
        guard entries % 2 == 0, room <= pageSize else { return damagedPages.append(UInt32(page)) }
        for index in stride(from: 0, to: entries, by: 2) {
            guard let key = leafItem(index, of: page, room: room),
                let value = leafItem(index + 1, of: page, room: room),
                key.type == 1, key.data.count == 4
            else {
                damagedPages.append(UInt32(page))
                continue
            }
            // rpm5 stores the number with the most significant byte first, in either byte order of the table.
            let number = bytes[key.data].reduce(0) { $0 << 8 | UInt32($1) }
            switch value.type {
            case 1: try take(bytes[value.data], number: number)
            case 3: try takeOverflow(at: value.data.lowerBound, number: number)
            default: continue  // deleted
            }
        }
    }

    // rpm lib/backend/bdb_ro.c, btree_getkv
    private func leafItem(_ index: Int, of page: Int, room: Int) -> (type: UInt8, data: Range<Int>)? {
        let start = page * pageSize
        guard let offset = number(UInt16.self, at: start + Self.pageHeadSize + 2 * index).map(Int.init), offset >= room,
            offset <= pageSize - 3
        else { return nil }
        let item = start + offset
        let type = bytes[item + 2]
        guard type != 3 else { return offset <= pageSize - 12 ? (3, item + 4..<item + 12) : nil }
        guard let length = number(UInt16.self, at: item).map(Int.init), length <= pageSize - offset - 3 else {
            return nil
        }
        return (type, item + 3..<item + 3 + length)
    }

    private mutating func take(_ blob: ArraySlice<UInt8>, number: UInt32) throws(PackageDatabaseError) {
        // Record 0 has the highest number in use.
        guard number != 0 else { return }
        // Items do not overlap, except on a damaged page.
        taken += blob.count
        guard taken <= bytes.count else { return lose(number, "expected headers no longer than the file") }
        try contents.append(RPMRecord(number: number, blob: Array(blob)), path: path, limits: limits)
    }

    /// Collects a header from a chain of pages; the two numbers at `offset` are its first page and the length.
    private mutating func takeOverflow(at offset: Int, number record: UInt32) throws(PackageDatabaseError) {
        // rpm lib/backend/bdb_ro.c, ovfl_get
        guard var page = number(UInt32.self, at: offset), let length = number(UInt32.self, at: offset + 4),
            length <= bytes.count
        else { return lose(record, "expected a length that fits the file") }
        var blob: [UInt8] = []
        var trail: [Int] = []
        while blob.count < length {
            guard let start = start(ofOverflowPage: page), let count = number(UInt16.self, at: start + 22),
                let next = number(UInt32.self, at: start + 16), count > 0, Int(count) <= pageSize - Self.pageHeadSize,
                Int(count) <= Int(length) - blob.count, usedPages.insert(Int(page)).inserted
            else {
                freedPages += trail.count
                if freedPages <= bytes.count / pageSize { usedPages.subtract(trail) }
                return lose(record, "expected a part of it on page \(page), found \(blob.count) of \(length) bytes")
            }
            if trail.isEmpty { blob.reserveCapacity(Int(length)) }
            trail.append(Int(page))
            let data = start + Self.pageHeadSize
            blob += bytes[data..<data + Int(count)]
            page = next
        }
        try take(blob[...], number: record)
    }

    /// The offset of an overflow page, or nil if the page is of another type.
    private func start(ofOverflowPage page: UInt32) -> Int? {
        guard page > 0, Int(page) < bytes.count / pageSize else { return nil }
        let start = Int(page) * pageSize
        guard number(UInt32.self, at: start + 8) == page, bytes[start + 25] == PageType.overflow else { return nil }
        return start
    }

    private func number<T: FixedWidthInteger & UnsignedInteger>(_: T.Type, at offset: Int) -> T? {
        try? bytes.integer(T.self, at: offset, order)  // nil: outside of the file
    }

    private mutating func lose(_ number: UInt32, _ message: @autoclosure () -> String) {
        let path = path
        contents.diagnostics.append(.blind, code: .rpmDamagedRecord, at: "\(path): package \(number)", message())
    }

    private mutating func report(_ code: Diagnostic.Code, _ message: String) {
        let path = path
        contents.diagnostics.append(.blind, code: code, at: path, message)
    }

    private mutating func reportDamage() {
        guard !damagedPages.isEmpty else { return }
        report(.rpmDamagedDatabase, "these pages are damaged: \(list(Set(damagedPages).sorted()))")
    }
}
