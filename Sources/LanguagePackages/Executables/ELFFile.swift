internal import ByteStreams

/// The header of an ELF file (System V ABI, chapter 4, "ELF Header").
struct ELFHeader: Sendable {
    /// What an ELF file begins with.
    static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
    /// The size of the longer form of the header, that of 64-bit files, in bytes.
    static let longestSize = 64

    /// How the numbers of the file are written.
    let format: ELFFormat
    /// The offset of the program headers.
    let segmentsOffset: UInt64
    /// The size of one program header, in bytes.
    let segmentEntrySize: Int
    /// How many program headers there are.
    let segmentCount: Int
    /// The offset of the section headers; 0 if there are none.
    let sectionsOffset: UInt64
    /// The size of one section header, in bytes.
    let sectionEntrySize: Int
    /// How many section headers there are.
    let sectionCount: Int
    /// The number of the section that has the names of the sections.
    let nameSection: Int

    /// Reads the header of an executable or a shared library; nil for any other file.
    init?(_ head: [UInt8]) {
        guard head.count > 16, head.starts(with: Self.magic), let format = ELFFormat(head[4], head[5]),
            let header = try? Self(format, ByteReader(head))
        else { return nil }
        self = header
    }

    private init?(_ format: ELFFormat, _ bytes: ByteReader) throws(ParseError) {
        var fields = ELFFields(bytes, format)
        try fields.skip(16)
        // ET_EXEC and ET_DYN: object files and core dumps are no installed programs.
        guard [2, 3].contains(try fields.half()) else { return nil }
        try fields.skip(2 + 4)
        try fields.skip(format.addressSize)
        self.format = format
        segmentsOffset = try fields.address()
        sectionsOffset = try fields.address()
        try fields.skip(4 + 2)
        segmentEntrySize = Int(try fields.half())
        segmentCount = Int(try fields.half())
        sectionEntrySize = Int(try fields.half())
        sectionCount = Int(try fields.half())
        nameSection = Int(try fields.half())
    }

    /// Where the program headers are; nil if they are not in a file of that size.
    func segmentTable(in size: Int) -> Range<Int>? {
        guard segmentEntrySize >= format.segmentSize else { return nil }
        return fileRange(segmentsOffset, UInt64(segmentCount * segmentEntrySize), in: size)
    }

    /// Where the section headers are; nil if there are none in a file of that size.
    func sectionTable(in size: Int) -> Range<Int>? {
        guard sectionsOffset > 0, sectionCount > 0, sectionEntrySize >= format.sectionSize else { return nil }
        return fileRange(sectionsOffset, UInt64(sectionCount * sectionEntrySize), in: size)
    }

    /// Reads the program headers.
    func segments(_ table: [UInt8]) -> [ELFSegment] {
        entries(table, segmentEntrySize, segmentCount) { fields throws(ParseError) in try ELFSegment(&fields) }
    }

    /// Reads the section headers.
    func sections(_ table: [UInt8]) -> [ELFSection] {
        entries(table, sectionEntrySize, sectionCount) { fields throws(ParseError) in try ELFSection(&fields) }
    }

    private func entries<Entry>(
        _ table: [UInt8], _ size: Int, _ count: Int, _ entry: (inout ELFFields) throws(ParseError) -> Entry
    ) -> [Entry] {
        var reader = ByteReader(table)
        var result: [Entry] = []
        while result.count < count, let bytes = try? reader.take(size) {
            var fields = ELFFields(bytes, format)
            guard let entry = try? entry(&fields) else { break }
            result.append(entry)
        }
        return result
    }
}

/// How the numbers of an ELF file are written.
struct ELFFormat: Sendable {
    /// Whether addresses and offsets have 64 bits.
    let is64Bit: Bool
    /// Whether the most significant byte of a number comes first.
    let isBigEndian: Bool

    /// The format for the values of `EI_CLASS` and `EI_DATA`; nil for values that are not defined.
    init?(_ fileClass: UInt8, _ encoding: UInt8) {
        guard (1...2).contains(fileClass), (1...2).contains(encoding) else { return nil }
        is64Bit = fileClass == 2
        isBigEndian = encoding == 2
    }

    /// The size of an address, in bytes.
    var addressSize: Int { is64Bit ? 8 : 4 }
    /// The size of a program header, in bytes.
    var segmentSize: Int { is64Bit ? 56 : 32 }
    /// The size of a section header, in bytes.
    var sectionSize: Int { is64Bit ? 64 : 40 }
}

/// A program header: a part of the file that is used when the program runs.
struct ELFSegment: Sendable {
    /// What the part is for.
    let type: UInt32
    /// Its rights in memory: 1 to run, 2 to write, 4 to read.
    let flags: UInt32
    /// Its offset in the file.
    let offset: UInt64
    /// Its address in memory.
    let address: UInt64
    /// Its size in the file, in bytes.
    let size: UInt64
    /// Its alignment, in bytes.
    let alignment: UInt64

    fileprivate init(_ fields: inout ELFFields) throws(ParseError) {
        type = try fields.word()
        let flags64 = fields.format.is64Bit ? try fields.word() : 0
        offset = try fields.address()
        address = try fields.address()
        try fields.skip(fields.format.addressSize)
        size = try fields.address()
        try fields.skip(fields.format.addressSize)
        flags = fields.format.is64Bit ? flags64 : try fields.word()
        alignment = try fields.address()
    }

    /// Whether it is loaded into memory (`PT_LOAD`).
    var isLoaded: Bool { type == 1 }
    /// Whether it has notes (`PT_NOTE`).
    var isNotes: Bool { type == 4 }
    /// Whether it is loaded so that it can be written and not run: the data of the program.
    var isData: Bool { isLoaded && flags & 3 == 2 }
}

/// A section header: a named part of the file.
struct ELFSection: Sendable {
    /// The offset of its name in the section with the names.
    let name: Int
    /// What the part is.
    let type: UInt32
    /// Its offset in the file.
    let offset: UInt64
    /// Its size, in bytes.
    let size: UInt64

    fileprivate init(_ fields: inout ELFFields) throws(ParseError) {
        name = Int(try fields.word())
        type = try fields.word()
        try fields.skip(fields.format.addressSize)
        try fields.skip(fields.format.addressSize)
        offset = try fields.address()
        size = try fields.address()
    }

    /// Where its bytes are; nil if the file has none (`SHT_NOBITS`), or is too short.
    func range(in size: Int) -> Range<Int>? { type == 8 ? nil : fileRange(offset, self.size, in: size) }

    /// Whether the name of the section is that one.
    func isNamed(_ text: StaticString, in names: ArraySlice<UInt8>) -> Bool {
        guard name < names.count else { return false }
        let wanted = text.description.utf8
        let start = names.startIndex + name
        guard names.endIndex - start > wanted.count, names[start + wanted.count] == 0 else { return false }
        return names[start...].starts(with: wanted)
    }
}

/// A cursor over the fields of a header of an ELF file.
private struct ELFFields {
    private var bytes: ByteReader
    let format: ELFFormat

    init(_ bytes: ByteReader, _ format: ELFFormat) {
        self.bytes = bytes
        self.format = format
    }

    mutating func skip(_ count: Int) throws(ParseError) { try bytes.skip(count) }
    mutating func half() throws(ParseError) -> UInt16 { try number(UInt16.self) }
    mutating func word() throws(ParseError) -> UInt32 { try number(UInt32.self) }

    mutating func address() throws(ParseError) -> UInt64 {
        format.is64Bit ? try number(UInt64.self) : UInt64(try number(UInt32.self))
    }

    private mutating func number<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(ParseError) -> T {
        format.isBigEndian ? try bytes.bigEndian(T.self) : try bytes.littleEndian(T.self)
    }
}

/// The part of a file with that offset and size; nil if the file is too short.
func fileRange(_ offset: UInt64, _ count: UInt64, in size: Int) -> Range<Int>? {
    let (end, isTooLarge) = offset.addingReportingOverflow(count)
    guard !isTooLarge, end <= size else { return nil }
    return Int(offset)..<Int(end)
}

/// Notes in a segment of an ELF file.
enum ELFNotes {
    /// The text of the note about the package that the file was built for (systemd, "Package Metadata for Executable
    /// Files"); nil if there is none.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of the segment.
    ///   - alignment: Its alignment.
    ///   - format: How the numbers are written.
    /// - Returns: The JSON text, without the zero at its end.
    static func packageNote(_ bytes: [UInt8], alignment: UInt64, _ format: ELFFormat) -> [UInt8]? {
        let unit = alignment == 8 ? 8 : 4
        var fields = ELFFields(ByteReader(bytes), format)
        var offset = 0
        func padded(_ count: Int) -> Int { (count + unit - 1) / unit * unit }
        while let nameSize = try? Int(fields.word()), let size = try? Int(fields.word()), let type = try? fields.word()
        {
            let start = offset + padded(12 + nameSize)
            guard start <= bytes.count, size <= bytes.count - start else { return nil }
            if type == 0xCAFE_1A7E, nameSize == 4, bytes[(offset + 12)...].starts(with: [0x46, 0x44, 0x4F, 0]) {
                return Array(bytes[start..<start + size].prefix { $0 != 0 })
            }
            let next = start + padded(size)
            guard (try? fields.skip(next - offset - 12)) != nil else { return nil }
            offset = next
        }
        return nil
    }
}
