internal import ByteStreams

/// Why an archive or a member of it cannot be read.
enum ZipError: Error, Hashable, CustomStringConvertible {
    /// The file has no end of a central directory.
    case notAnArchive
    /// The file is not as the format prescribes.
    case damaged(String)
    /// A limit of ``Limits`` is exceeded.
    case limit(String)
    /// The member is encrypted.
    case encrypted
    /// The member is compressed by a method other than deflate.
    case method(UInt16)

    var description: String {
        switch self {
        case .notAnArchive: "not a zip archive"
        case .damaged(let what): "damaged zip archive: \(what)"
        case .limit(let name): LimitError(name: name).description
        case .encrypted: "encrypted"
        case .method(let number): "compression method \(number) is not supported"
        }
    }
}

/// What may still be read of the zip archives in one file of an image, those inside of it included.
struct ZipBudget {
    private var entries: Int
    private var directoryBytes: Int
    private var inflated: Int
    private var kept: Int
    private let inflatedLimit: String
    /// How many archives may be inside of one another.
    let depth: Int
    /// The largest member that is kept, in bytes.
    let partSize: Int

    /// - Parameters:
    ///   - size: The size of the file.
    ///   - limits: The bounds.
    init(size: Int, limits: Limits) {
        entries = limits.zipEntryCount
        directoryBytes = limits.zipDirectorySize
        kept = limits.zipPartsSize
        depth = limits.zipDepth
        partSize = limits.zipPartSize
        let product = size.multipliedReportingOverflow(by: limits.zipRatio)
        let byRatio = max(product.overflow ? .max : product.partialValue, limits.zipAllowance)
        (inflated, inflatedLimit) =
            byRatio < limits.zipInflatedSize ? (byRatio, "zipRatio") : (limits.zipInflatedSize, "zipInflatedSize")
    }

    mutating func useDirectory(_ count: Int) throws(ZipError) {
        try Self.use(count, of: &directoryBytes, "zipDirectorySize")
    }

    mutating func useEntry() throws(ZipError) { try Self.use(1, of: &entries, "zipEntryCount") }

    mutating func inflate(_ count: Int) throws(ZipError) { try Self.use(count, of: &inflated, inflatedLimit) }

    mutating func keep(_ count: Int) throws(ZipError) { try Self.use(count, of: &kept, "zipPartsSize") }

    private static func use(_ count: Int, of left: inout Int, _ name: String) throws(ZipError) {
        guard count <= left else { throw .limit(name) }
        left -= count
    }
}

/// The central directory of a zip archive, and the contents of its members (PKWARE APPNOTE.TXT 6.3.10).
///
/// Whatever stands before the first member belongs to no member: an executable archive begins with a program.
struct ZipDirectory {
    /// A member as the central directory describes it (4.3.12).
    struct Entry {
        /// The path as it is written, in UTF-8 or code page 437.
        var name: [UInt8]
        var flags: UInt16
        var method: UInt16
        var crc: UInt32
        var compressedSize: Int
        var size: Int
        /// The offset of its local header in the file.
        var offset: Int
    }

    private let file: SpooledFile
    /// Where the members may be in the file: up to the central directory.
    private let members: Range<Int>
    /// The wanted members, in the order of the directory; of equal names the last one, as Java reads them.
    private(set) var entries: [Entry] = []

    /// Reads a directory.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - range: The part of the file that is the archive.
    ///   - budget: What may still be read.
    ///   - isWanted: Whether a member with that name is kept in ``entries``.
    /// - Throws: ``ZipError``, or the error of the system.
    init(
        in file: SpooledFile, _ range: Range<Int>, budget: inout ZipBudget, isWanted: (ArraySlice<UInt8>) -> Bool
    ) throws {
        let place = try Self.place(in: file, range)
        self.file = file
        members = range.lowerBound..<place.offset
        try budget.useDirectory(place.size)
        let directory = try file.bytes(at: place.offset, count: place.size)
        var extents: [Range<Int>] = []
        var next = 0
        while next < directory.count {
            try budget.useEntry()
            let name: ArraySlice<UInt8>
            var entry: Entry
            do throws(ParseError) {
                (entry, name) = try Self.entry(in: directory, at: &next, base: place.base)
            } catch {
                throw ZipError.damaged("central directory, \(error)")
            }
            // The local header has the name again and may have more. A wrong extent is noticed when it is read.
            let end = entry.offset.addingReportingOverflow(30 + name.count)
            let stop = end.partialValue.addingReportingOverflow(entry.compressedSize)
            if !end.overflow, !stop.overflow, stop.partialValue <= members.upperBound {
                extents.append(entry.offset..<stop.partialValue)
            }
            if isWanted(name) {
                entry.name = Array(name)
                entries.append(entry)
            }
        }
        extents.sort { $0.lowerBound < $1.lowerBound }
        for (one, next) in zip(extents, extents.dropFirst()) where next.lowerBound < one.upperBound {
            throw ZipError.damaged("members overlap")
        }
        dropRepeatedNames()
    }

    private mutating func dropRepeatedNames() {
        var last: [[UInt8]: Int] = [:]
        for (number, entry) in entries.enumerated() { last[entry.name] = number }
        guard last.count < entries.count else { return }
        entries = entries.indices.filter { last[entries[$0].name] == $0 }.map { entries[$0] }
    }

    // MARK: The directory

    /// Where the central directory is in the file, and what its offsets count from.
    private static func place(in file: SpooledFile, _ range: Range<Int>) throws -> (offset: Int, size: Int, base: Int) {
        // The end record has 22 bytes and a comment of at most 65,535.
        let tail = try file.bytes(
            at: max(range.lowerBound, range.upperBound - 22 - 0xFFFF), count: min(range.count, 22 + 0xFFFF))
        let first = range.upperBound - tail.count
        var problem = ZipError.notAnArchive
        var start = tail.count - 22
        var tries = 0
        while start >= 0 {
            defer { start -= 1 }
            guard tail[start] == 0x50, tail[start..<start + 4].elementsEqual([0x50, 0x4B, 5, 6]) else { continue }
            let comment = Int(tail[start + 20]) | Int(tail[start + 21]) << 8
            // Something may follow the comment, and the comment may have the signature in it.
            guard start + 22 + comment <= tail.count else { continue }
            tries += 1
            guard tries <= Limits.zipEndRecords else { break }
            do throws(ParseError) {
                var record = ByteReader(Array(tail[start..<start + 22]))
                return try place(endingAt: first + start, &record, in: file, range)
            } catch {
                problem = .damaged("end of the central directory, \(error)")
            }
        }
        throw problem
    }

    /// What an end record states (4.3.16), with the one of zip64 (4.3.14) if that is needed.
    private static func place(
        endingAt end: Int, _ record: inout ByteReader, in file: SpooledFile, _ range: Range<Int>
    ) throws(ParseError) -> (offset: Int, size: Int, base: Int) {
        try record.skip(10)
        var count = UInt64(try record.littleEndian(UInt16.self))
        var size = UInt64(try record.littleEndian(UInt32.self))
        var offset = UInt64(try record.littleEndian(UInt32.self))
        var end = end
        if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF,
            let large = try largeRecord(before: end, in: file, range)
        {
            end = large.start
            var record = large.record
            try record.skip(32)
            count = try record.littleEndian(UInt64.self)
            size = try record.littleEndian(UInt64.self)
            offset = try record.littleEndian(UInt64.self)
        }
        guard let bytes = Int(exactly: size), bytes <= end - range.lowerBound else {
            throw ParseError(.outOfRange, at: end)
        }
        let start = end - bytes
        guard let offset = Int(exactly: offset), offset <= start - range.lowerBound else {
            throw ParseError(.outOfRange, at: end)
        }
        let signature = (try? file.bytes(at: start, count: 4)) ?? []
        guard bytes == 0 || signature == [0x50, 0x4B, 1, 2] else {
            throw ParseError(.malformed(expected: "a central directory"), at: start)
        }
        return (start, bytes, start - offset)
    }

    /// The end record of zip64, if its locator (4.3.15) is before the end record.
    private static func largeRecord(
        before end: Int, in file: SpooledFile, _ range: Range<Int>
    ) throws(ParseError) -> (start: Int, record: ByteReader)? {
        let locator = end - 20
        guard locator >= range.lowerBound, let bytes = try? file.bytes(at: locator, count: 20),
            bytes.starts(with: [0x50, 0x4B, 6, 7])
        else { return nil }
        var reader = ByteReader(bytes)
        try reader.skip(8)
        let offset = try reader.littleEndian(UInt64.self)
        // The stated offset is wrong by what stands before the archive; then the record is usually right before.
        let stated = Int(exactly: offset).map { $0.addingReportingOverflow(range.lowerBound) }
        for start in [stated.flatMap { $0.overflow ? nil : $0.partialValue } ?? -1, locator - 56]
        where start >= range.lowerBound && start <= locator - 56 {
            if let record = try? file.bytes(at: start, count: 56), record.starts(with: [0x50, 0x4B, 6, 6]) {
                return (start, ByteReader(record))
            }
        }
        throw ParseError(.malformed(expected: "the end record of zip64"), at: locator)
    }

    /// The entry of the directory at an offset, which moves to its end; and its name, which is not copied.
    private static func entry(
        in directory: [UInt8], at next: inout Int, base: Int
    ) throws(ParseError) -> (Entry, ArraySlice<UInt8>) {
        let place = next
        guard directory.count - place >= 46 else { throw ParseError(.truncated, at: place) }
        // Archives have thousands of entries: the fields at fixed places are read without a cursor.
        func short(_ offset: Int) -> UInt16 {
            UInt16(directory[place + offset]) | UInt16(directory[place + offset + 1]) << 8
        }
        func long(_ offset: Int) -> UInt64 { UInt64(short(offset)) | UInt64(short(offset + 2)) << 16 }
        guard long(0) == 0x0201_4B50 else { throw ParseError(.malformed(expected: "an entry"), at: place) }
        var (compressed, size, offset) = (long(20), long(24), long(42))
        let name = place + 46..<place + 46 + Int(short(28))
        let extra = name.upperBound..<name.upperBound + Int(short(30))
        next = extra.upperBound + Int(short(32))
        guard next <= directory.count else { throw ParseError(.truncated, at: place) }
        if size == 0xFFFF_FFFF || compressed == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
            // The extra field of zip64 has those numbers that have no room elsewhere (4.5.3).
            var fields = ByteReader(Array(directory[extra]))
            while fields.remaining >= 4 {
                let kind = try fields.littleEndian(UInt16.self)
                var field = try fields.take(try fields.littleEndian(UInt16.self))
                guard kind == 1 else { continue }
                if size == 0xFFFF_FFFF { size = try field.littleEndian(UInt64.self) }
                if compressed == 0xFFFF_FFFF { compressed = try field.littleEndian(UInt64.self) }
                if offset == 0xFFFF_FFFF { offset = try field.littleEndian(UInt64.self) }
                break
            }
        }
        guard let compressedSize = Int(exactly: compressed), let fullSize = Int(exactly: size),
            let start = Int(exactly: offset), !start.addingReportingOverflow(base).overflow
        else { throw ParseError(.outOfRange, at: place) }
        let entry = Entry(
            name: [], flags: short(8), method: short(10), crc: UInt32(truncatingIfNeeded: long(16)),
            compressedSize: compressedSize, size: fullSize, offset: start + base)
        return (entry, directory[name])
    }

    // MARK: Members

    /// Where the bytes of a member are in the file.
    ///
    /// - Throws: ``ZipError`` if its local header (4.3.7) is not there, or the error of the system.
    func place(of entry: Entry) throws -> Range<Int> {
        guard entry.offset >= members.lowerBound, entry.offset <= members.upperBound - 30 else {
            throw ZipError.damaged("a member outside of the archive")
        }
        let header = try file.bytes(at: entry.offset, count: 30)
        guard header.count == 30, header.starts(with: [0x50, 0x4B, 3, 4]) else {
            throw ZipError.damaged("expected a local header")
        }
        let lengths = (Int(header[26]) | Int(header[27]) << 8) + (Int(header[28]) | Int(header[29]) << 8)
        let start = entry.offset + 30 + lengths
        guard start <= members.upperBound, entry.compressedSize <= members.upperBound - start else {
            throw ZipError.damaged("a member outside of the archive")
        }
        return start..<start + entry.compressedSize
    }

    /// Whether the bytes of a member are in the file as they are.
    static func isStored(_ entry: Entry) -> Bool { entry.method == 0 && entry.flags & 1 == 0 }

    /// Passes the contents of a member to `body`, piece by piece, and checks their size and CRC-32 at the end.
    ///
    /// - Throws: ``ZipError``, what `body` throws, or the error of the system.
    func read(_ entry: Entry, budget: inout ZipBudget, _ body: (Span<UInt8>) throws -> Void) throws {
        guard entry.flags & 1 == 0 else { throw ZipError.encrypted }
        guard entry.method == 0 || entry.method == 8 else { throw ZipError.method(entry.method) }
        let place = try place(of: entry)
        var (crc, count): (UInt32, Int) = (0, 0)
        func pass(_ piece: [UInt8]) throws {
            count += piece.count
            guard count <= entry.size else { throw ZipError.damaged("a member is larger than stated") }
            crc = crc32(piece.span, after: crc)
            try body(piece.span)
        }
        if entry.method == 0 {
            try forEachPiece(of: place) { piece in try pass(piece) }
        } else {
            var inflater = Inflater(.none)
            var output: [UInt8] = []
            output.reserveCapacity(Self.pieceSize)
            try forEachPiece(of: place) { piece in
                var used = 0
                while !inflater.isComplete {
                    output.removeAll(keepingCapacity: true)
                    let before = used
                    do throws(CompressionError.Kind) {
                        try output.append(addingCapacity: Self.pieceSize) { output throws(CompressionError.Kind) in
                            used += try inflater.inflate(piece.span.extracting(used...), onto: &output)
                        }
                    } catch {
                        throw ZipError.damaged("a member, deflate data: \(error)")
                    }
                    if output.isEmpty, used == before { break }
                    try budget.inflate(output.count)
                    try pass(output)
                }
            }
            guard inflater.isComplete else { throw ZipError.damaged("a member ends too early") }
        }
        guard count == entry.size else { throw ZipError.damaged("a member is smaller than stated") }
        guard crc == entry.crc else { throw ZipError.damaged("the CRC-32 of a member is wrong") }
    }

    private func forEachPiece(of range: Range<Int>, _ body: ([UInt8]) throws -> Void) throws {
        var start = range.lowerBound
        while start < range.upperBound {
            let piece = try file.bytes(at: start, count: min(Self.pieceSize, range.upperBound - start))
            guard !piece.isEmpty else { throw ZipError.damaged("the file ends too early") }
            start += piece.count
            try body(piece)
        }
    }

    private static let pieceSize = 64 << 10
}
