/// One entry of a tar archive, with what pax and GNU extension headers say put in its place.
package struct TarEntry: Sendable, Hashable {
    /// What the entry is.
    package enum Kind: Sendable, Hashable {
        case file
        case directory
        case symbolicLink
        case hardLink
        /// A device, pipe or socket, or something of a vendor's own.
        case other
    }

    package let kind: Kind
    /// The name as written in the archive.
    package let path: [UInt8]
    /// The target of a symbolic or hard link as written in the archive; empty for other entries.
    package let linkTarget: [UInt8]
    /// The size of the contents in bytes, of a sparse file with its holes; 0 if it is not a file.
    package let size: Int
    /// How many bytes of the contents the archive does not hold: the holes of a sparse file.
    package let holeSize: Int

    package init(kind: Kind, path: [UInt8], linkTarget: [UInt8], size: Int, holeSize: Int) {
        self.kind = kind
        self.path = path
        self.linkTarget = linkTarget
        self.size = size
        self.holeSize = holeSize
    }
}

/// Walks a tar archive that is streamed once: POSIX ustar and pax, GNU, old V7; sparse files in all their forms.
///
/// Follows what Go's archive/tar does where writers differ, because container engines read layers by it: links have no
/// contents, whatever their size field says, and what follows the end marker is passed over.
package struct TarReader: ~Copyable {
    private static let blockSize = 512

    private var source: BufferedSource
    private let limits: Limits
    /// How many bytes of the current entry's contents and padding are still to come.
    private var pending = 0
    private var current = Contents.plain(0)
    private var global = Extensions()
    private var isFinished = false

    /// How the bytes in the archive become the contents of the file.
    private enum Contents {
        case plain(Int)
        /// The pieces that are not holes, in order; `map` says whether the archive holds the map before them (GNU.sparse 1.0).
        case sparse([SparsePiece], size: Int, stored: Int)
    }

    private struct SparsePiece {
        let offset: Int
        let size: Int
    }

    /// The offset in the archive of the contents of the entry that ``next()`` returned last, until they are read.
    package var offset: Int { source.offset }

    /// How the archive was compressed before it became `source`; nil if that is not known.
    package let compression: Compression?

    package init(
        _ source: consuming any ByteSource & ~Copyable, compression: Compression? = nil, limits: Limits
    ) {
        self.source = BufferedSource(source)
        self.compression = compression
        self.limits = limits
    }

    /// The next entry, or nil at the end of the archive.
    ///
    /// - Throws: ``ParseError`` with the offset in the archive, or what the source throws.
    package mutating func next() throws -> TarEntry? {
        guard !isFinished else { return nil }
        var local = Extensions()
        while true {
            try skip(pending)
            pending = 0
            let start = source.offset
            guard let header = try block() else {
                isFinished = true
                return nil
            }
            try header.verifyChecksum(at: start)
            let size = try header.number(124, 12, at: start)
            switch header.type {
            case UInt8(ascii: "x"), UInt8(ascii: "X"):
                try local.parsePax(try extensionData(size, at: start), at: start)
                // Any number of headers may follow each other, each adding to the map.
                guard local.sparseNumbers.count <= limits.tarExtensionSize else {
                    throw ParseError(.limit("tarExtensionSize"), at: start)
                }
            case UInt8(ascii: "g"):
                try global.parsePax(try extensionData(size, at: start), at: start)
                global.sparseNumbers = []
            case UInt8(ascii: "L"):
                local.path = withoutTrailingZeros(try extensionData(size, at: start))
            case UInt8(ascii: "K"):
                local.linkTarget = withoutTrailingZeros(try extensionData(size, at: start))
            case UInt8(ascii: "V"), UInt8(ascii: "M"), UInt8(ascii: "N"):
                // A volume's label or continuation, long names of the oldest GNU tar: nothing that an unpacked tree has.
                pending = try padded(size, at: start)
                local = Extensions()
            default:
                return try entry(header, size, local.over(global), at: start)
            }
        }
    }

    /// The contents of the entry that ``next()`` returned last.
    ///
    /// Ask once, before the next entry.
    ///
    /// - Throws: ``ParseError`` if they are larger than `limit` bytes or end too early.
    package mutating func contents(limit: Int) throws -> [UInt8] {
        let start = source.offset
        switch current {
        case .plain(let size):
            guard size <= limit else { throw ParseError(.limit("capturedFileSize"), at: start) }
            var bytes: [UInt8] = []
            // The size is a claim: memory is taken as the bytes arrive, and never more than the size.
            while bytes.count < size {
                let piece = min(size - bytes.count, max(1 << 20, bytes.count))
                bytes.reserveCapacity(bytes.count + piece)
                guard try source.read(piece, onto: &bytes) else { throw ParseError(.truncated, at: source.offset) }
            }
            pending -= size
            current = .plain(0)
            return bytes
        case .sparse(let pieces, let size, let stored):
            guard size <= limit else { throw ParseError(.limit("capturedFileSize"), at: start) }
            var bytes: [UInt8] = []
            var left = stored
            for piece in pieces where piece.size > 0 {
                guard piece.offset >= bytes.count, piece.size <= size, piece.offset <= size - piece.size,
                    piece.size <= left
                else { throw ParseError(.malformed(expected: "a map of a sparse file in order"), at: start) }
                bytes.append(contentsOf: repeatElement(0, count: piece.offset - bytes.count))
                guard try source.read(piece.size, onto: &bytes) else { throw ParseError(.truncated, at: source.offset) }
                left -= piece.size
            }
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
            pending -= stored - left
            current = .plain(0)
            return bytes
        }
    }

    /// Passes the contents of the entry that ``next()`` returned last to `body`, piece by piece.
    ///
    /// Ask once, before the next entry, and not after ``contents(limit:)``. Holes of a sparse file are passed as zeros.
    ///
    /// - Returns: true: contents that are not all there are an error.
    /// - Throws: ``ParseError`` if they end too early, what the source throws, and what `body` throws.
    package mutating func readContents(_ body: (Span<UInt8>) throws -> Void) throws -> Bool {
        let start = source.offset
        switch current {
        case .plain(let size):
            guard try source.read(size, body) else { throw ParseError(.truncated, at: source.offset) }
            pending -= size
        case .sparse(let pieces, let size, let stored):
            let zeros = [UInt8](repeating: 0, count: 64 << 10)
            func passHole(_ count: Int) throws {
                var left = count
                while left > 0 {
                    let piece = min(left, zeros.count)
                    try body(zeros.span.extracting(..<piece))
                    left -= piece
                }
            }
            var place = 0
            var left = stored
            for piece in pieces where piece.size > 0 {
                guard piece.offset >= place, piece.size <= size, piece.offset <= size - piece.size, piece.size <= left
                else { throw ParseError(.malformed(expected: "a map of a sparse file in order"), at: start) }
                try passHole(piece.offset - place)
                guard try source.read(piece.size, body) else { throw ParseError(.truncated, at: source.offset) }
                left -= piece.size
                place = piece.offset + piece.size
            }
            try passHole(size - place)
            pending -= stored - left
        }
        current = .plain(0)
        return true
    }

    /// The first bytes of the entry that ``next()`` returned last, or all of them if they are fewer; they are not used up.
    ///
    /// Ask before ``contents(limit:)``. An archive that ends too early gives fewer bytes here, and is refused where the rest
    /// is read.
    ///
    /// - Parameter count: How many bytes; the window of the source, 256 KiB, is the most.
    /// - Returns: The bytes, with zeros for the holes of a sparse file.
    /// - Throws: What the source throws.
    package mutating func leadingBytes(_ count: Int) throws -> [UInt8] {
        switch current {
        case .plain(let size):
            let count = min(count, size)
            _ = try source.fill(count)
            return Array(source.window.prefix(count))
        case .sparse(let pieces, let size, let stored):
            let count = min(count, size)
            _ = try source.fill(min(count, stored))
            var window = source.window.prefix(min(count, stored))
            var bytes: [UInt8] = []
            for piece in pieces where piece.size > 0 && piece.offset >= bytes.count && piece.offset < count {
                bytes.append(contentsOf: repeatElement(0, count: piece.offset - bytes.count))
                let part = window.prefix(min(piece.size, count - bytes.count))
                bytes += part
                window = window[part.endIndex...]
            }
            bytes.append(contentsOf: repeatElement(0, count: max(0, count - bytes.count)))
            return bytes
        }
    }

    /// Reads to the end of the source, so that whatever it promises is checked to the last byte.
    package mutating func drain() throws {
        isFinished = true
        try source.drain()
    }

    // MARK: Headers

    private mutating func entry(
        _ header: Block, _ headerSize: Int, _ extensions: Extensions, at start: Int
    ) throws -> TarEntry {
        let path = extensions.sparseName ?? extensions.path ?? header.path
        guard path.count <= limits.pathLength else { throw ParseError(.limit("pathLength"), at: start) }
        var kind: TarEntry.Kind
        switch header.type {
        case UInt8(ascii: "1"): kind = .hardLink
        case UInt8(ascii: "2"): kind = .symbolicLink
        case UInt8(ascii: "5"), UInt8(ascii: "D"): kind = .directory
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"): kind = .file
        default: kind = .other
        }
        if kind == .file, path.last == UInt8(ascii: "/") { kind = .directory }
        let isLink = kind == .hardLink || kind == .symbolicLink
        let linkTarget = isLink ? extensions.linkTarget ?? header.field(157, 100) : []
        guard linkTarget.count <= limits.pathLength else { throw ParseError(.limit("pathLength"), at: start) }

        // GNU's dump folders (D) have contents: the names in them.
        let isBare = isLink || header.type == UInt8(ascii: "5") || (0x33...0x36).contains(header.type)
        let stored = isBare ? 0 : extensions.size ?? headerSize
        pending = try padded(stored, at: start)
        current = .plain(stored)
        if kind == .file {
            if header.type == UInt8(ascii: "S") {
                try readOldSparseMap(header, stored, at: start)
            } else if extensions.isSparse {
                try readPaxSparseMap(extensions, stored, at: start)
            }
        }
        guard kind == .file else {
            return TarEntry(kind: kind, path: path, linkTarget: linkTarget, size: 0, holeSize: 0)
        }
        guard case .sparse(_, let size, let held) = current else {
            return TarEntry(kind: kind, path: path, linkTarget: linkTarget, size: stored, holeSize: 0)
        }
        return TarEntry(kind: kind, path: path, linkTarget: linkTarget, size: size, holeSize: max(0, size - held))
    }

    /// The sparse header of the old GNU format: pairs in the header, then blocks of more pairs (tar.h, `struct sparse_header`).
    private mutating func readOldSparseMap(_ header: Block, _ stored: Int, at start: Int) throws {
        let size = try header.number(483, 12, at: start)
        var pieces = try Self.sparsePieces(header, from: 386, count: 4, at: start)
        var isExtended = header.bytes[482] != 0
        while isExtended {
            guard let more = try rawBlock() else { throw ParseError(.truncated, at: source.offset) }
            pieces += try Self.sparsePieces(more, from: 0, count: 21, at: start)
            isExtended = more.bytes[504] != 0
            guard pieces.count <= limits.tarExtensionSize / 24 else {
                throw ParseError(.limit("tarExtensionSize"), at: start)
            }
        }
        current = .sparse(pieces, size: size, stored: stored)
    }

    private static func sparsePieces(_ block: Block, from: Int, count: Int, at start: Int) throws -> [SparsePiece] {
        var pieces: [SparsePiece] = []
        for place in stride(from: from, to: from + count * 24, by: 24) where block.bytes[place] != 0 {
            pieces.append(
                SparsePiece(
                    offset: try block.number(place, 12, at: start), size: try block.number(place + 12, 12, at: start)))
        }
        return pieces
    }

    /// The sparse maps of pax headers: 0.0 and 0.1 in the header, 1.0 in front of the contents (GNU tar manual, "Sparse formats").
    private mutating func readPaxSparseMap(_ extensions: Extensions, _ stored: Int, at start: Int) throws {
        let malformed = ParseError(.malformed(expected: "a map of a sparse file"), at: start)
        var numbers = extensions.sparseNumbers
        var left = stored
        if extensions.isSparseMapInContents {
            var line: [UInt8] = []
            var wanted: Int?
            while wanted.map({ numbers.count < $0 }) ?? true {
                guard left >= Self.blockSize, let block = try rawBlock() else { throw malformed }
                left -= Self.blockSize
                pending -= Self.blockSize
                for byte in block.bytes where wanted.map({ numbers.count < $0 }) ?? true {
                    guard byte == UInt8(ascii: "\n") else {
                        line.append(byte)
                        guard line.count < 20 else { throw malformed }
                        continue
                    }
                    guard let number = decimal(line) else { throw malformed }
                    line = []
                    if wanted == nil {
                        guard number <= limits.tarExtensionSize / 24 else {
                            throw ParseError(.limit("tarExtensionSize"), at: start)
                        }
                        wanted = number * 2
                    } else {
                        numbers.append(number)
                    }
                }
            }
        }
        guard numbers.count % 2 == 0, let size = extensions.sparseSize ?? extensions.size else { throw malformed }
        let pieces = stride(from: 0, to: numbers.count, by: 2).map {
            SparsePiece(offset: numbers[$0], size: numbers[$0 + 1])
        }
        current = .sparse(pieces, size: size, stored: left)
    }

    // MARK: Bytes

    /// The next block; nil at the end of the source or at the end marker, which is two blocks of zeros.
    private mutating func block() throws -> Block? {
        guard let first = try rawBlock() else { return nil }
        guard first.isZero else { return first }
        guard let second = try rawBlock() else { return nil }
        guard second.isZero else {
            throw ParseError(
                .malformed(expected: "a second block of zeros at the end of the archive"), at: source.offset)
        }
        return nil
    }

    private mutating func rawBlock() throws -> Block? {
        guard try source.fill(Self.blockSize) else {
            guard source.isAtEnd else { throw ParseError(.truncated, at: source.offset) }
            return nil
        }
        let block = Block(bytes: Array(source.window.prefix(Self.blockSize)))
        source.use(Self.blockSize)
        return block
    }

    private mutating func extensionData(_ size: Int, at start: Int) throws -> [UInt8] {
        guard size <= limits.tarExtensionSize else { throw ParseError(.limit("tarExtensionSize"), at: start) }
        var data: [UInt8] = []
        guard try source.read(size, onto: &data) else { throw ParseError(.truncated, at: source.offset) }
        try skip(try padded(size, at: start) - size)
        return data
    }

    private mutating func skip(_ count: Int) throws {
        guard try source.skip(count) else { throw ParseError(.truncated, at: source.offset) }
    }

    private func padded(_ size: Int, at start: Int) throws(ParseError) -> Int {
        let (sum, overflow) = size.addingReportingOverflow(Self.blockSize - 1)
        guard !overflow else { throw ParseError(.outOfRange, at: start) }
        return sum & ~(Self.blockSize - 1)
    }
}

/// The records of pax extended headers that matter here (POSIX pax, "pax Extended Header"; GNU tar for sparse files).
private struct Extensions {
    var path: [UInt8]?
    var linkTarget: [UInt8]?
    var size: Int?
    var sparseName: [UInt8]?
    var sparseSize: Int?
    var sparseNumbers: [Int] = []
    var isSparse = false
    var isSparseMapInContents = false

    /// These, and what `other` says where these are silent.
    func over(_ other: Extensions) -> Extensions {
        var result = self
        result.path = path ?? other.path
        result.linkTarget = linkTarget ?? other.linkTarget
        result.size = size ?? other.size
        return result
    }

    /// Reads `length key=value\n` again and again.
    mutating func parsePax(_ data: [UInt8], at start: Int) throws(ParseError) {
        var rest = data[...]
        while let first = rest.first, first != 0 {
            let malformed = ParseError(.malformed(expected: "a pax record"), at: start + data.count - rest.count)
            guard let blank = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")), let length = decimal(rest[..<blank]),
                length <= rest.count, length > blank - rest.startIndex + 1,
                rest[rest.startIndex + length - 1] == UInt8(ascii: "\n")
            else { throw malformed }
            let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
            rest = rest[(rest.startIndex + length)...]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { throw malformed }
            guard try take(String(decoding: record[..<equals], as: UTF8.self), record[(equals + 1)...], malformed)
            else {
                throw malformed
            }
        }
    }

    /// Keeps one record; false if its value is not what its key demands.
    private mutating func take(_ key: String, _ value: ArraySlice<UInt8>, _ malformed: ParseError) throws(ParseError)
        -> Bool
    {
        switch key {
        case "path": path = value.isEmpty ? nil : Array(value)
        case "linkpath": linkTarget = value.isEmpty ? nil : Array(value)
        case "size":
            guard let number = decimal(value) else { return false }
            size = number
        case "GNU.sparse.name": sparseName = Array(value)
        case "GNU.sparse.size", "GNU.sparse.realsize":
            guard let number = decimal(value) else { return false }
            sparseSize = number
            isSparse = true
        case "GNU.sparse.major":
            isSparse = true
            isSparseMapInContents = value.elementsEqual([UInt8(ascii: "1")])
        case "GNU.sparse.map":
            isSparse = true
            for part in value.split(separator: UInt8(ascii: ",")) {
                guard let number = decimal(part) else { return false }
                sparseNumbers.append(number)
            }
        case "GNU.sparse.offset", "GNU.sparse.numbytes":
            guard let number = decimal(value) else { return false }
            isSparse = true
            sparseNumbers.append(number)
        default: break
        }
        return true
    }
}

/// A header block.
private struct Block {
    let bytes: [UInt8]

    var type: UInt8 { bytes[156] }
    var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

    /// The name, with the prefix of ustar (155 bytes) or star (131 bytes) before it; GNU's header has other things there.
    var path: [UInt8] {
        let name = field(0, 100)
        guard bytes[257..<263].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0]) else { return name }
        let isStar = bytes[508..<512].elementsEqual([0x74, 0x61, 0x72, 0])
        let prefix = field(345, isStar ? 131 : 155)
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// A string that ends at a zero byte or at the end of its field.
    func field(_ offset: Int, _ size: Int) -> [UInt8] {
        Array(bytes[offset..<offset + size].prefix { $0 != 0 })
    }

    /// A number: octal digits between blanks and zero bytes, or GNU's base 256.
    func number(_ offset: Int, _ size: Int, at start: Int) throws(ParseError) -> Int {
        let field = bytes[offset..<offset + size]
        let outOfRange = ParseError(.outOfRange, at: start + offset)
        if bytes[offset] & 0x80 != 0 {
            guard bytes[offset] & 0x40 == 0 else { throw outOfRange }
            var value = Int(bytes[offset] & 0x3F)
            for byte in field.dropFirst() {
                guard value <= Int.max >> 8 else { throw outOfRange }
                value = value << 8 | Int(byte)
            }
            return value
        }
        let isBlank = { (byte: UInt8) in byte == 0 || byte == UInt8(ascii: " ") }
        var value = 0
        let digits = field.drop(while: isBlank).prefix { !isBlank($0) }
        for digit in digits {
            guard (0x30...0x37).contains(digit) else {
                throw ParseError(.malformed(expected: "an octal number in a tar header"), at: start + offset)
            }
            value = value << 3 | Int(digit - 0x30)
        }
        return value
    }

    /// Compares the sum of all bytes with what the header says; old writers summed signed bytes.
    func verifyChecksum(at start: Int) throws(ParseError) {
        let malformed = ParseError(.malformed(expected: "a tar header"), at: start)
        let expected: Int
        do throws(ParseError) { expected = try number(148, 8, at: start) } catch { throw malformed }
        var unsigned = 0
        var signed = 0
        for (place, byte) in bytes.enumerated() {
            let byte = (148..<156).contains(place) ? UInt8(ascii: " ") : byte
            unsigned += Int(byte)
            signed += Int(Int8(bitPattern: byte))
        }
        guard expected == unsigned || expected == signed else { throw malformed }
    }
}

/// Parses a number of decimal digits; nil if it does not parse or is too large.
private func decimal(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for digit in digits {
        guard digit.isASCIIDigit else { return nil }
        let (product, over) = value.multipliedReportingOverflow(by: 10)
        let (sum, overToo) = product.addingReportingOverflow(Int(digit - 0x30))
        guard !over, !overToo else { return nil }
        value = sum
    }
    return value
}

private func withoutTrailingZeros(_ bytes: [UInt8]) -> [UInt8] {
    Array(bytes.prefix { $0 != 0 })
}
