package import ByteStreams

/// The header of an rpm package: everything that rpm stores about it, as tags with values.
///
/// A header is an index of entries (tag, type, offset, count) and the data that they point into. The first entry is
/// usually a region: the entries that were in the package file and are covered by its digest. Entries after the region
/// were added at installation ("dribbles"), and replace those of the region with the same tag. Old headers have no
/// region.
package struct RPMHeader: Sendable {
    private let bytes: [UInt8]
    private let entries: [Entry]
    private let region: Region?

    /// Where the value of a tag is; checked once, when the header is parsed.
    private struct Entry {
        let tag: UInt32
        let type: ValueType
        /// Where its data is in `bytes`.
        let range: Range<Int>
        let count: Int

        /// Whether the type is the one that rpm gives the tag; any of the string types fits a tag with strings.
        ///
        /// rpm5 has other types for some tags. rpm does not list such packages, and they are not listed here.
        var hasExpectedType: Bool {
            switch Tag(rawValue: tag) {
            case nil: true
            case .fileStates: type == .char
            // Nothing but the comparison of files needs these, which takes values of another type for absent.
            case .fileSizes, .fileModes, .fileDigests, .fileLinks, .fileFlags, .fileVerifyFlags, .longFileSizes,
                .fileDigestAlgorithm:
                true
            case .sigMD5: type == .binary
            case .epoch, .size, .requireFlags, .provideFlags, .recommendFlags, .suggestFlags, .supplementFlags,
                .enhanceFlags,
                .dirIndexes:
                type == .int32
            default: type.size == nil
            }
        }
    }

    /// The part of a header that its digests are computed over.
    private struct Region {
        let tag: UInt32
        /// The entries in `bytes`, the region's own included.
        let entries: Range<Int>
        /// The data in `bytes`, the region's trailer included.
        let data: Range<Int>
    }

    // rpm include/rpm/rpmtag.h, rpmTagType_e
    private enum ValueType: UInt32 {
        case char = 1
        case int8 = 2
        case int16 = 3
        case int32 = 4
        case int64 = 5
        case string = 6
        case binary = 7
        case stringArray = 8
        case i18nString = 9

        /// The size of one element, which is also its alignment; nil for strings.
        var size: Int? {
            switch self {
            case .char, .int8, .binary: 1
            case .int16: 2
            case .int32: 4
            case .int64: 8
            case .string, .stringArray, .i18nString: nil
            }
        }
    }

    /// Whether `bytes` begin with the sizes of a header of exactly their length: a cheap check that few other data
    /// pass.
    static func isPlausible(_ bytes: ArraySlice<UInt8>, limits: Limits) -> Bool {
        var reader = ByteReader(Array(bytes.prefix(8)))
        guard let entryCount = try? reader.bigEndian(UInt32.self), let dataSize = try? reader.bigEndian(UInt32.self)
        else {
            return false  // fewer than eight bytes
        }
        return entryCount > 0 && entryCount <= limits.headerEntryCount
            && 8 + 16 * UInt64(entryCount) + UInt64(dataSize) == UInt64(bytes.count)
    }

    /// Parses a header in the form that a database stores, which is without the magic number of package files.
    ///
    /// Everything that rpm checks when it loads a header is checked here, so taking values cannot fail.
    ///
    /// - Throws: ``ParseError`` if the header is damaged or exceeds a limit.
    package init(parsing bytes: [UInt8], limits: Limits) throws(ParseError) {
        // rpm lib/header.c, hdrblobInit
        var reader = ByteReader(bytes)
        let entryCount = Int(try reader.bigEndian(UInt32.self))
        let dataSize = Int(try reader.bigEndian(UInt32.self))
        guard entryCount <= limits.headerEntryCount else { throw ParseError(.limit("headerEntryCount"), at: 0) }
        guard bytes.count <= limits.headerSize else { throw ParseError(.limit("headerSize"), at: 0) }
        guard entryCount > 0, 8 + 16 * entryCount + dataSize == bytes.count else {
            throw ParseError(.malformed(expected: "a header of \(bytes.count) bytes"), at: 0)
        }
        let dataStart = 8 + 16 * entryCount
        let region = try Self.region(of: bytes.span, entryCount: entryCount, dataStart: dataStart)
        var entries: [Entry] = []
        entries.reserveCapacity(entryCount)
        // Where the dribbles begin, in `entries`.
        let dribbles = region.map { ($0.entries.count / 16) - 1 } ?? entryCount
        var end = dataStart
        for place in stride(from: region == nil ? 8 : 24, to: dataStart, by: 16) {
            let entry = try Self.entry(at: place, in: bytes.span, dataStart: dataStart, after: end, limits: limits)
            end = entry.range.upperBound
            if let region {
                // A value must not reach into the region's trailer.
                guard end <= region.data.upperBound - 16 || entry.range.lowerBound >= region.data.upperBound else {
                    throw ParseError(.outOfRange, at: place + 8)
                }
                // rpm lib/header.c, hdrchkTagType
                guard entry.hasExpectedType else {
                    throw ParseError(.malformed(expected: "another type of tag \(entry.tag)"), at: place + 4)
                }
            }
            entries.append(entry)
        }
        if entries.count > dribbles {
            // rpm lib/header.c, hdrblobImport: dribbles replace entries of the region.
            var replaced = Set(entries[dribbles...].map(\.tag))
            if replaced.contains(Tag.baseNames.rawValue) { replaced.insert(Tag.oldFileNames.rawValue) }
            let kept = entries[..<dribbles].filter { !replaced.contains($0.tag) }
            entries = kept + entries[dribbles...]
        }
        self.bytes = bytes
        self.entries = entries
        self.region = region
    }

    // rpm lib/header.c, hdrblobVerifyRegion
    private static func region(
        of bytes: Span<UInt8>, entryCount: Int, dataStart: Int
    ) throws(ParseError) -> Region? {
        guard let tag = bytes.word(at: 8), Tag.regions.contains(tag) else { return nil }
        guard bytes.word(at: 12) == ValueType.binary.rawValue, bytes.word(at: 20) == 16,
            let offset = bytes.word(at: 16).map(Int.init)
        else { throw ParseError(.malformed(expected: "a region"), at: 8) }
        guard offset <= bytes.count - dataStart - 16 else { throw ParseError(.outOfRange, at: 16) }
        let trailer = dataStart + offset
        guard bytes.word(at: trailer) == tag, bytes.word(at: trailer + 4) == ValueType.binary.rawValue,
            let back = bytes.word(at: trailer + 8), bytes.word(at: trailer + 12) == 16
        else { throw ParseError(.malformed(expected: "the trailer of the region"), at: trailer) }
        // Its offset counts back from here to the first entry.
        let size = -Int(Int32(bitPattern: back))
        guard size >= 16, size % 16 == 0, size / 16 <= entryCount else {
            throw ParseError(.outOfRange, at: trailer + 8)
        }
        return Region(tag: tag, entries: 8..<8 + size, data: dataStart..<trailer + 16)
    }

    // rpm lib/header.c, hdrblobVerifyInfo
    private static func entry(
        at place: Int, in bytes: Span<UInt8>, dataStart: Int, after end: Int, limits: Limits
    ) throws(ParseError) -> Entry {
        guard let tag = bytes.word(at: place), let type = bytes.word(at: place + 4),
            let offset = bytes.word(at: place + 8).map(Int.init), let count = bytes.word(at: place + 12).map(Int.init)
        else { throw ParseError(.truncated, at: place) }
        guard tag >= Tag.i18nTable, tag <= Int32.max else {
            throw ParseError(.malformed(expected: "a tag of a package"), at: place)
        }
        guard let type = ValueType(rawValue: type) else {
            throw ParseError(.malformed(expected: "a type from 1 to 9"), at: place + 4)
        }
        let start = dataStart + offset
        // Values lie in the order of their entries: what overlaps the one before is an attack or damage.
        guard start >= end, start <= bytes.count, count > 0 else { throw ParseError(.outOfRange, at: place + 8) }
        guard let size = type.size else {
            guard type != .string || count == 1 else { throw ParseError(.outOfRange, at: place + 12) }
            guard count <= limits.headerStringCount else {
                throw ParseError(.limit("headerStringCount"), at: place + 12)
            }
            let stop = try Self.endOfStrings(count, in: bytes, from: start)
            return Entry(tag: tag, type: type, range: start..<stop, count: count)
        }
        guard offset % size == 0 else { throw ParseError(.malformed(expected: "an aligned offset"), at: place + 8) }
        guard count <= (bytes.count - start) / size else { throw ParseError(.outOfRange, at: place + 12) }
        return Entry(tag: tag, type: type, range: start..<start + count * size, count: count)
    }

    // rpm lib/header.c, strtaglen
    private static func endOfStrings(_ count: Int, in bytes: Span<UInt8>, from start: Int) throws(ParseError) -> Int {
        guard count <= bytes.count - start else { throw ParseError(.outOfRange, at: start) }
        var left = count
        var start = start
        let words = unsafe bytes.bytes
        while start <= bytes.count - 8 {
            // SAFETY: the loop's condition keeps the eight bytes inside.
            let word = unsafe words.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            // The highest bit of each byte that is zero.
            let zeros = ~((word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F | word | 0x7F7F_7F7F_7F7F_7F7F)
            guard zeros.nonzeroBitCount < left else { break }
            left -= zeros.nonzeroBitCount
            start += 8
        }
        for index in start..<bytes.count where bytes[index] == 0 {
            left -= 1
            if left == 0 { return index + 1 }
        }
        throw ParseError(.unterminated, at: start)
    }
}

// Taking values: a value of an unexpected type counts as absent, as in rpm.

extension RPMHeader {
    private func entry(_ tag: Tag) -> Entry? {
        entries.first { $0.tag == tag.rawValue }
    }

    /// A string, or the first of several; if the string has translations, the original ("C") text.
    func string(_ tag: Tag) -> RPMString? {
        guard let entry = entry(tag), entry.type.size == nil else { return nil }
        let data = bytes[entry.range]
        return RPMString(data.prefix { $0 != 0 })
    }

    /// All strings of an array.
    func strings(_ tag: Tag) -> [RPMString] {
        guard let entry = entry(tag), entry.type.size == nil else { return [] }
        var strings: [RPMString] = []
        strings.reserveCapacity(entry.count)
        var start = entry.range.lowerBound
        let data = bytes.span
        for index in entry.range where data[index] == 0 {
            strings.append(RPMString(bytes[start..<index]))
            start = index + 1
        }
        return strings
    }

    /// All numbers of an array of up to 32 bits each.
    func numbers(_ tag: Tag) -> [UInt32] {
        guard let entry = entry(tag), let size = entry.type.size, size <= 4, entry.type != .binary else { return [] }
        let data = bytes.span
        return stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: size).map { start in
            var number: UInt32 = 0
            for index in start..<start + size { number = number << 8 | UInt32(data[index]) }
            return number
        }
    }

    /// All numbers of an array of 64 bits each.
    func longNumbers(_ tag: Tag) -> [UInt64] {
        guard let entry = entry(tag), entry.type == .int64 else { return [] }
        let data = bytes.span
        return stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: 8).map { start in
            (start..<start + 8).reduce(0) { $0 << 8 | UInt64(data[$1]) }
        }
    }

    /// The bytes of a binary value.
    func binary(_ tag: Tag) -> ArraySlice<UInt8>? {
        guard let entry = entry(tag), entry.type == .binary else { return nil }
        return bytes[entry.range]
    }

    /// The number of dependencies of a kind.
    func count(_ kind: DependencyTags) -> Int {
        entry(kind.names).map { $0.type.size == nil ? $0.count : 0 } ?? 0
    }

    /// The dependencies of a kind; names, flags and versions are three arrays of the same length.
    func dependencies(_ kind: DependencyTags) -> [RPMDependency] {
        let names = strings(kind.names)
        guard !names.isEmpty else { return [] }
        let flags = numbers(kind.flags), versions = strings(kind.versions)
        return names.indices.map { index in
            RPMDependency(
                name: names[index],
                sense: RPMSense(rawValue: index < flags.count ? flags[index] : 0),
                version: index < versions.count ? versions[index] : RPMString([])
            )
        }
    }

    /// The parts of the header that its own digests are computed over, or nil if it has no immutable region.
    ///
    /// The magic number of package files comes before them (rpm lib/rpmvs.c, and lib/package.c, hdrblobDigestUpdate).
    var signedParts: [ArraySlice<UInt8>]? {
        guard let region, region.tag == Tag.immutableRegion else { return nil }
        let sizes = [UInt32(region.entries.count / 16), UInt32(region.data.count)]
        var head: [UInt8] = [0x8E, 0xAD, 0xE8, 0x01, 0, 0, 0, 0]
        for size in sizes {
            for shift in [24, 16, 8, 0] as [UInt32] { head.append(UInt8(truncatingIfNeeded: size >> shift)) }
        }
        return [head[...], bytes[region.entries], bytes[region.data]]
    }
}

extension RPMHeader {
    // rpm include/rpm/rpmtag.h
    /// The tags that are read.
    enum Tag: UInt32 {
        case sigMD5 = 261
        case sha1Header = 269
        case sha256Header = 273
        case name = 1000
        case version = 1001
        case release = 1002
        case epoch = 1003
        case summary = 1004
        case description = 1005
        case size = 1009
        case vendor = 1011
        case license = 1014
        case packager = 1015
        case group = 1016
        case url = 1020
        case arch = 1022
        case oldFileNames = 1027
        case fileSizes = 1028
        case fileStates = 1029
        case fileModes = 1030
        case fileDigests = 1035
        case fileLinks = 1036
        case fileFlags = 1037
        case sourceRPM = 1044
        case fileVerifyFlags = 1045
        case provideName = 1047
        case requireFlags = 1048
        case requireName = 1049
        case requireVersion = 1050
        case provideFlags = 1112
        case provideVersion = 1113
        case dirIndexes = 1116
        case baseNames = 1117
        case dirNames = 1118
        case longFileSizes = 5008
        case fileDigestAlgorithm = 5011
        case recommendName = 5046
        case recommendVersion = 5047
        case recommendFlags = 5048
        case suggestName = 5049
        case suggestVersion = 5050
        case suggestFlags = 5051
        case supplementName = 5052
        case supplementVersion = 5053
        case supplementFlags = 5054
        case enhanceName = 5055
        case enhanceVersion = 5056
        case enhanceFlags = 5057
        case modularityLabel = 5096

        /// `HEADERIMAGE`, `HEADERSIGNATURES`, `HEADERIMMUTABLE`: only the first entry may have one of them.
        static let regions: ClosedRange<UInt32> = 61...63
        /// `HEADERIMMUTABLE`.
        static let immutableRegion: UInt32 = 63
        /// `HEADERI18NTABLE`, below which no tag of a package lies.
        static let i18nTable: UInt32 = 100
    }

    /// The three tags that make up one kind of dependency.
    struct DependencyTags {
        let names: Tag
        let flags: Tag
        let versions: Tag

        static let provides = DependencyTags(names: .provideName, flags: .provideFlags, versions: .provideVersion)
        static let requires = DependencyTags(names: .requireName, flags: .requireFlags, versions: .requireVersion)
        static let recommends = DependencyTags(
            names: .recommendName, flags: .recommendFlags, versions: .recommendVersion)
        static let suggests = DependencyTags(names: .suggestName, flags: .suggestFlags, versions: .suggestVersion)
        static let supplements = DependencyTags(
            names: .supplementName, flags: .supplementFlags, versions: .supplementVersion)
        static let enhances = DependencyTags(names: .enhanceName, flags: .enhanceFlags, versions: .enhanceVersion)
    }
}
