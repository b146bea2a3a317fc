internal import ByteStreams

/// The pages of an SQLite database in memory, and the rows of the tables in them (sqlite.org/fileformat2.html).
///
/// The tables are walked here and not by libsqlite3, whose work a hostile file can make arbitrarily large: a page may be
/// the child of many pages, and a schema may have triggers, checks and virtual tables. Here no page is visited twice, so
/// reading everything takes time in proportion to the size of the file. Nothing in the schema is executed.
struct SQLiteFile {
    static let magic = Array("SQLite format 3\u{0}".utf8)
    static let pageSizes = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
    /// The size of the head of a file, which page 1 begins with.
    static let headSize = 100

    let bytes: [UInt8]
    /// The size of a page, in bytes; 4096, which rpm uses, if the head states an impossible size.
    let pageSize: Int
    /// The size of a page without the bytes that extensions reserve at its end.
    let usable: Int
    /// Whether each page, by its number, was visited.
    private var visited: [Bool]

    /// The first byte of a page: its type (§1.6).
    private enum PageType {
        static let interiorTable: UInt8 = 5
        static let leafTable: UInt8 = 13
    }

    /// A cell of a leaf: one row of a table.
    struct Cell {
        /// The rowid.
        let row: Int64
        /// The size of the record, in bytes.
        let size: Int
        /// The range in ``SQLiteFile/bytes`` of the part of the record that is on the leaf.
        let local: Range<Int>
        /// The page that the record continues on; 0 if all of it is on the leaf.
        let overflow: Int
        /// The offset of the end of the cell.
        let end: Int
    }

    /// The page size that the head states, or nil if it is impossible.
    static func pageSize(of bytes: [UInt8]) -> Int? {
        // nil: shorter than the head
        guard let stated = try? bytes.integer(UInt16.self, at: 16, .big) else { return nil }
        let size = stated == 1 ? 65536 : Int(stated)
        return pageSizes.contains(size) ? size : nil
    }

    /// Creates a file from its bytes; nil if they are shorter than the smallest page.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 512 else { return nil }
        self.bytes = bytes
        let stated = Self.pageSize(of: bytes)
        pageSize = stated ?? 4096
        let reserved = stated == nil ? 0 : Int(bytes[20])
        // §1.3.4: the usable size is at least 480.
        usable = pageSize - (reserved <= 32 ? reserved : 0)
        visited = Array(repeating: false, count: bytes.count / pageSize + 1)
    }

    var pageCount: Int { bytes.count / pageSize }

    /// The offset of a page.
    func start(of page: Int) -> Int { (page - 1) * pageSize }

    /// Marks a page as visited; false if there is no such page, or if it was visited before.
    private mutating func enter(_ page: Int) -> Bool {
        guard page > 0, page < visited.count, !visited[page] else { return false }
        visited[page] = true
        return true
    }

    // MARK: Numbers

    func number<T: FixedWidthInteger & UnsignedInteger>(_: T.Type, at offset: Int) -> T? {
        try? bytes.integer(T.self, at: offset, .big)  // nil: outside of the file
    }

    // MARK: Rows

    /// Calls `visit` for the rows of the table whose b-tree has that root, in the order of the tree, until it returns
    /// false.
    ///
    /// A damaged page costs its own rows and those of the pages below it.
    ///
    /// - Returns: The first damage, or nil if the tree is sound.
    mutating func forEachRow(root: Int, _ visit: (Cell) -> Bool) -> String? {
        var problem: String?
        guard enter(root) else { return "page \(root) is not the root of a table" }
        var waiting = [root]
        while let page = waiting.popLast() {
            let start = start(of: page)
            let head = page == 1 ? start + Self.headSize : start
            guard head + 8 <= bytes.count else { return problem ?? "page \(page) is damaged" }
            switch bytes[head] {
            case PageType.leafTable:
                let (cells, isSound) = leafCells(head: head, page: start)
                if !isSound { problem = problem ?? "page \(page) is damaged" }
                for cell in cells where !visit(cell) { return problem }
            case PageType.interiorTable:
                let (children, isSound) = children(head: head, page: start)
                if !isSound { problem = problem ?? "page \(page) is damaged" }
                for child in children.reversed() {
                    if enter(child) {
                        waiting.append(child)
                    } else {
                        problem = problem ?? "page \(page) leads to page \(child), which is not one of its own"
                    }
                }
            default:
                problem = problem ?? "page \(page) is not a page of a table"
            }
        }
        return problem
    }

    /// The offsets of the cells of a page, from its array of pointers; nil if the array does not fit on the page.
    private func cellOffsets(head: Int, headSize: Int, page start: Int) -> [Int]? {
        guard let count = number(UInt16.self, at: head + 3) else { return nil }
        let array = head + headSize
        guard array + 2 * Int(count) <= start + usable else { return nil }
        return (0..<Int(count)).compactMap { number(UInt16.self, at: array + 2 * $0).map { start + Int($0) } }
    }

    private func leafCells(head: Int, page start: Int) -> (cells: [Cell], isSound: Bool) {
        guard let offsets = cellOffsets(head: head, headSize: 8, page: start) else { return ([], false) }
        let cells = offsets.compactMap { cell(at: $0, page: start) }
        let ranges = zip(offsets, cells).map { offset, cell in offset..<max(cell.end, offset + 4) }
        let isSound =
            cells.count == offsets.count
            && isAccountedFor(ranges, head: head, arrayEnd: head + 8 + 2 * offsets.count, page: start)
        return (cells, isSound)
    }

    /// The pages below an interior page, from left to right.
    private func children(head: Int, page start: Int) -> (pages: [Int], isSound: Bool) {
        guard let offsets = cellOffsets(head: head, headSize: 12, page: start),
            let last = number(UInt32.self, at: head + 8)
        else { return ([], false) }
        var pages: [Int] = []
        var ranges: [Range<Int>] = []
        for offset in offsets {
            var end = offset + 4
            guard offset < start + usable, let child = number(UInt32.self, at: offset), bytes.varint(at: &end) != nil
            else {
                continue
            }
            pages.append(Int(child))
            ranges.append(offset..<end)
        }
        let isSound =
            pages.count == offsets.count
            && isAccountedFor(ranges, head: head, arrayEnd: head + 12 + 2 * offsets.count, page: start)
        return (pages + [Int(last)], isSound)
    }

    /// Whether cells and free blocks fill the content area of a page without overlap, except for as many bytes as the
    /// page states as fragments.
    ///
    /// This detects a damaged count of cells (SQLite src/btree.c, checkTreePage).
    private func isAccountedFor(_ cells: [Range<Int>], head: Int, arrayEnd: Int, page start: Int) -> Bool {
        guard let content = number(UInt16.self, at: head + 5), var free = number(UInt16.self, at: head + 1) else {
            return false
        }
        var ranges = cells
        while free != 0 {
            let block = start + Int(free)
            guard let next = number(UInt16.self, at: block), let size = number(UInt16.self, at: block + 2), size >= 4,
                next == 0 || Int(next) >= Int(free) + Int(size)
            else { return false }
            ranges.append(block..<block + Int(size))
            free = next
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        // 65536 does not fit into 16 bits.
        var place = start + (content == 0 ? 65536 : Int(content))
        guard place >= arrayEnd else { return false }
        var gaps = 0
        for range in ranges {
            guard range.lowerBound >= place else { return false }
            gaps += range.lowerBound - place
            place = range.upperBound
        }
        guard place <= start + usable else { return false }
        gaps += start + usable - place
        return gaps == Int(bytes[head + 7])
    }

    /// The cell of a leaf at an offset, or nil if it does not fit on the page (§1.6).
    func cell(at offset: Int, page start: Int) -> Cell? {
        var place = offset
        guard offset < start + usable, let size = bytes.varint(at: &place).flatMap({ Int(exactly: $0) }),
            let row = bytes.varint(at: &place), size <= bytes.count
        else { return nil }
        // A long record is only partly on the leaf. The rest is on a chain of overflow pages.
        let most = usable - 35
        let least = (usable - 12) * 32 / 255 - 23
        var count = size
        if size > most {
            let fitting = least + (size - least) % (usable - 4)
            count = fitting <= most ? fitting : least
        }
        let end = place + count + (count < size ? 4 : 0)
        guard end <= start + usable, end <= bytes.count else { return nil }
        let overflow = count < size ? number(UInt32.self, at: place + count).map(Int.init) : 0
        guard let overflow else { return nil }
        return Cell(
            row: Int64(bitPattern: row), size: size, local: place..<place + count, overflow: overflow, end: end)
    }

    // MARK: Records

    /// The pages that the record of a cell continues on, each entered only once; nil if the chain ends early.
    mutating func overflowPages(of cell: Cell) -> [Int]? {
        var pages: [Int] = []
        var missing = cell.size - cell.local.count
        var page = cell.overflow
        while missing > 0 {
            guard enter(page), let next = number(UInt32.self, at: start(of: page)) else { return nil }
            pages.append(page)
            missing -= usable - 4
            page = Int(next)
        }
        return pages
    }

    /// The bytes of a record; nil if its chain of pages ends early or leads to a page that was visited.
    mutating func record(of cell: Cell) -> [UInt8]? {
        guard let pages = overflowPages(of: cell) else { return nil }
        var record: [UInt8] = []
        record.reserveCapacity(cell.size)
        record += bytes[cell.local]
        for page in pages {
            let data = start(of: page) + 4
            record += bytes[data..<data + min(usable - 4, cell.size - record.count)]
        }
        return record
    }
}

/// The columns of one row (§2.1).
struct SQLiteRecord {
    /// The value of a column.
    enum Value {
        case null
        case integer(Int64)
        case text(Range<Int>)
        case blob(Range<Int>)
        /// A floating-point number, which no column that is read has.
        case real
    }

    /// The values; ranges are indices of the bytes that the record was parsed from.
    let values: [Value]

    /// Reads the first `count` columns of a record, or returns nil if it does not have as many or is damaged.
    init?(_ bytes: ArraySlice<UInt8>, columns count: Int) {
        var place = bytes.startIndex
        guard let headSize = bytes.varint(at: &place).flatMap({ Int(exactly: $0) }), headSize <= bytes.count else {
            return nil
        }
        var values: [Value] = []
        let headEnd = bytes.startIndex + headSize
        var data = headEnd
        while values.count < count {
            guard place < headEnd, let type = bytes.varint(at: &place), let size = Self.size(ofType: type),
                size <= bytes.endIndex - data
            else { return nil }
            let range = data..<data + size
            switch type {
            case 0: values.append(.null)
            case 1...6:
                var value = Int64(Int8(bitPattern: bytes[data]))
                for index in range.dropFirst() { value = value << 8 | Int64(bytes[index]) }
                values.append(.integer(value))
            case 7: values.append(.real)
            case 8, 9: values.append(.integer(Int64(type) - 8))
            case _ where type % 2 == 0: values.append(.blob(range))
            default: values.append(.text(range))
            }
            data += size
        }
        self.values = values
    }

    /// The size of a value of that serial type, or nil for the types that are reserved.
    private static func size(ofType type: UInt64) -> Int? {
        switch type {
        case 0...4: Int(type)
        case 5: 6
        case 6, 7: 8
        case 8, 9: 0
        case 10, 11: nil
        default: Int(exactly: (type - 12) / 2)
        }
    }
}

extension RandomAccessCollection<UInt8> where Index == Int {
    /// The number that begins at `place`, which is moved behind it; nil if the bytes end before it does.
    ///
    /// It has one to nine bytes, of seven bits each except the ninth (§1.6).
    func varint(at place: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard place >= startIndex, place < endIndex else { return nil }
            let byte = self[place]
            place += 1
            if index == 8 { return value << 8 | UInt64(byte) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
        }
        return value
    }
}
