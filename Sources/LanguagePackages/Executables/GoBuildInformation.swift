internal import ByteStreams

/// What the linker of Go writes into executables about the build (Go, `debug/buildinfo`).
struct GoBuildInformation: Sendable, Equatable {
    /// What the information begins with.
    static let magic: [UInt8] = [0xFF, 0x20, 0x47, 0x6F, 0x20, 0x62, 0x75, 0x69, 0x6C, 0x64, 0x69, 0x6E, 0x66, 0x3A]
    /// The unit in which the address of the information is aligned, in bytes.
    static let alignment = 16
    /// The size of the header before the strings, in bytes.
    static let headerSize = 32

    /// The version of Go: `go1.22.3`.
    var version: [UInt8]
    /// The lines about the modules and the build, without the sentinels around them; empty if there are none.
    var modules: [UInt8]

    /// Takes the strings as they stand in the file.
    init(version: [UInt8], framedModules: [UInt8]) {
        self.version = version
        // 16 bytes of a sentinel stand before and after the lines; anything else is not what the linker of Go writes.
        let isFramed = framedModules.count >= 33 && framedModules[framedModules.count - 17] == UInt8(ascii: "\n")
        modules = isFramed ? Array(framedModules[16..<framedModules.count - 16]) : []
    }

    /// How far the information at the start of some bytes can be read.
    enum Progress: Equatable {
        /// At least so many bytes are necessary.
        case needs(Int)
        /// It stands there as a whole, as Go 1.18 and later write it.
        case complete(GoBuildInformation)
        /// Pointers to the strings stand there, as Go 1.13 to 1.17 write it.
        case pointers
        /// It is larger than the limit.
        case tooLarge
        /// It is not as Go writes it.
        case damaged
    }

    /// Reads the information that begins with the first byte.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - limit: How large it may be.
    /// - Returns: What could be read.
    static func read(_ bytes: [UInt8], limit: Int) -> Progress {
        guard bytes.count >= headerSize else { return .needs(headerSize) }
        guard bytes.starts(with: magic) else { return .damaged }
        guard bytes[15] & 2 != 0 else { return .pointers }
        var start = headerSize
        var texts: [[UInt8]] = []
        for _ in 0..<2 {
            var (count, shift) = (0, 0)
            while true {
                guard start < bytes.count else { return .needs(start + 1) }
                let byte = bytes[start]
                start += 1
                // Four bytes of 7 bits are more than any limit, and the shift stays small.
                guard shift < 28 else { return .tooLarge }
                count |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            guard start <= limit, count <= limit - start else { return .tooLarge }
            guard count <= bytes.count - start else { return .needs(start + count) }
            texts.append(Array(bytes[start..<start + count]))
            start += count
        }
        return texts[0].isEmpty
            ? .damaged : .complete(GoBuildInformation(version: texts[0], framedModules: texts[1]))
    }
}

/// Looks for the build information of Go in the data of an executable, piece by piece.
struct GoBuildScanner {
    private let limit: Int
    private var candidate: [UInt8] = []
    private var needed = GoBuildInformation.headerSize
    /// What was found; nil as long as nothing was.
    private(set) var result: GoBuildInformation.Progress?

    /// Looks for information up to a size, in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a candidate was begun and is not complete.
    var isUnfinished: Bool { result == nil && candidate.count >= GoBuildInformation.magic.count }

    /// Takes the next bytes of a segment.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - address: The address of the first byte, of which only the alignment matters.
    mutating func scan(_ bytes: Span<UInt8>, address: UInt64) {
        guard result == nil else { return }
        var place = 0
        if !candidate.isEmpty {
            place = extend(bytes, from: 0)
            if candidate.isEmpty {
                // A candidate that ends within the magic is shorter than a unit: nothing was passed over.
                let unit = UInt64(GoBuildInformation.alignment)
                place = Int((unit - address % unit) % unit)
            }
        } else {
            let unit = UInt64(GoBuildInformation.alignment)
            place = Int((unit - address % unit) % unit)
        }
        while result == nil, candidate.isEmpty, place < bytes.count {
            // Two bytes are looked at first: rows of 0xFF are common.
            guard bytes[place] == 0xFF,
                place + 1 == bytes.count || bytes[place + 1] == GoBuildInformation.magic[1]
            else {
                place += GoBuildInformation.alignment
                continue
            }
            let end = extend(bytes, from: place)
            place = candidate.isEmpty ? place + GoBuildInformation.alignment : end
        }
    }

    /// A segment has ended: nothing of the next one belongs to a candidate of this one.
    mutating func endSegment() {
        guard result == nil else { return }
        if isUnfinished { result = .damaged }
        candidate = []
    }

    /// Adds bytes to the candidate, and returns the place behind them.
    ///
    /// The candidate is empty if it turned out to be none.
    private mutating func extend(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var place = start
        while result == nil {
            let count = min(needed - candidate.count, bytes.count - place)
            candidate.append(contentsOf: bytes, place..<place + count)
            place += count
            let known = min(candidate.count, GoBuildInformation.magic.count)
            guard candidate[..<known].elementsEqual(GoBuildInformation.magic[..<known]) else {
                candidate.removeAll(keepingCapacity: true)
                return place
            }
            guard candidate.count >= needed else { return place }
            switch GoBuildInformation.read(candidate, limit: limit) {
            case .needs(let count): needed = count
            case let end: result = end
            }
        }
        return place
    }
}

extension [UInt8] {
    /// Appends some bytes of a span.
    mutating func append(contentsOf bytes: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        append(addingCapacity: range.count) { output in _ = output.append(fitting: bytes.extracting(range)) }
    }
}
