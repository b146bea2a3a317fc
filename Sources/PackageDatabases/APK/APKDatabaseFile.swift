internal import ByteStreams

/// Splits apk's database into records, in one pass and without copying (apk-tools src/database.c, apk_db_fdb_read).
///
/// A line is a letter, a colon and a value, and a line of less than two bytes ends a record. Where apk refuses the whole
/// database, only the line is left out. A record whose `C` or `P` is repeated ends before that line, because the line
/// between two records must have been lost.
struct APKDatabaseFile {
    /// The fields of a package that are read; the raw value is the letter.
    enum Field: Character, CaseIterable {
        case identity = "C"
        case name = "P"
        case version = "V"
        case architecture = "A"
        case installedSize = "I"
        case summary = "T"
        case homepage = "U"
        case license = "L"
        case origin = "o"
        case maintainer = "m"
        case buildTime = "t"
        case commit = "c"
        case needs = "D"
        case provides = "p"
        case installIf = "i"
        case flags = "f"

        /// The place of the field in ``Record``; nil for a letter that is no field.
        fileprivate static let places: [Int?] = {
            var places = [Int?](repeating: nil, count: 256)
            for (number, field) in allCases.enumerated() {
                if let letter = field.rawValue.asciiValue { places[Int(letter)] = number }
            }
            return places
        }()
    }

    /// The fields of one package.
    struct Record {
        /// The number of its first line, counted from 1; 0 before that.
        fileprivate(set) var line = 0
        /// The place of the record in the file.
        fileprivate(set) var range = 0..<0
        /// The first line that is not a letter, a colon and a value, or ends in a carriage return.
        fileprivate(set) var malformed: (line: Int, range: Range<Int>)?
        /// The first line with a capital letter that apk does not know.
        fileprivate(set) var unknown: (line: Int, range: Range<Int>)?
        /// The first line about a file or folder that does not follow one.
        fileprivate(set) var misplaced: (line: Int, range: Range<Int>)?
        /// Whether the next record follows without an empty line.
        fileprivate(set) var runsOn = false
        /// Whether the record lists files.
        fileprivate(set) var hasFiles = false
        private var values = [Range<Int>?](repeating: nil, count: Field.allCases.count)

        /// The place of the value of a field, or nil if it is absent or empty; if the field is repeated, the last one.
        subscript(field: Field) -> Range<Int>? {
            field.rawValue.asciiValue.flatMap { Field.places[Int($0)] }.flatMap { values[$0] }
        }

        fileprivate func has(_ place: Int) -> Bool { values[place] != nil }

        fileprivate mutating func set(_ place: Int, _ range: Range<Int>) {
            values[place] = range.isEmpty ? nil : range
        }
    }

    let bytes: [UInt8]
    private var offset = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The offset of the next line, in bytes.
    var position: Int { offset }

    /// Reads the next record, or returns nil at the end.
    mutating func next() -> Record? {
        var record = Record()
        var folder = FileLine.none
        while offset < bytes.count {
            let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let range = offset..<end
            if range.count >= 2 {
                if startsNext(range, after: record) {
                    record.runsOn = true
                    return record
                }
                if record.line == 0 {
                    record.line = line
                    record.range = range
                }
                record.range = record.range.lowerBound..<range.upperBound
                take(range, into: &record, after: &folder)
            }
            offset = min(end + 1, bytes.count)
            line += 1
            if range.count < 2, record.line != 0 { return record }
        }
        return record.line == 0 ? nil : record
    }

    /// What the last line about a file was.
    private enum FileLine {
        case none, folder, file
    }

    /// Whether a line begins another record although no empty line came before it.
    private func startsNext(_ range: Range<Int>, after record: Record) -> Bool {
        let letter = bytes[range.lowerBound]
        guard letter == UInt8(ascii: "C") || letter == UInt8(ascii: "P"),
            bytes[range.lowerBound + 1] == UInt8(ascii: ":"),
            let place = Field.places[Int(letter)]
        else { return false }
        return record.has(place)
    }

    private func take(_ range: Range<Int>, into record: inout Record, after last: inout FileLine) {
        let letter = bytes[range.lowerBound]
        guard bytes[range.lowerBound + 1] == UInt8(ascii: ":"), bytes[range.upperBound - 1] != UInt8(ascii: "\r") else {
            if record.malformed == nil { record.malformed = (line, range) }
            return
        }
        if let place = Field.places[Int(letter)] {
            record.set(place, range.dropFirst(2))
            return
        }
        switch letter {
        case UInt8(ascii: "F"):
            last = .folder
        case UInt8(ascii: "R") where last != .none:
            last = .file
            record.hasFiles = true
        case UInt8(ascii: "M") where last == .folder, UInt8(ascii: "a") where last == .file,
            UInt8(ascii: "Z") where last == .file:
            break
        case UInt8(ascii: "R"), UInt8(ascii: "M"), UInt8(ascii: "a"), UInt8(ascii: "Z"):
            if record.misplaced == nil { record.misplaced = (line, range) }
        // The size of the package file; what apk reads and no document needs; what later versions of apk may add.
        case UInt8(ascii: "S"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            break
        default:
            if record.unknown == nil { record.unknown = (line, range) }
        }
    }
}

/// The files that the record of a package lists, one at a time.
struct APKFileLines: Sequence, IteratorProtocol {
    /// A file, or a link.
    struct File {
        /// The path of the folder without a slash at the beginning; empty for the root.
        var folder: ArraySlice<UInt8>
        var name: ArraySlice<UInt8>
        /// The digest as it is written; nil if there is none.
        var digest: ArraySlice<UInt8>?
    }

    private let record: ArraySlice<UInt8>
    private var offset: Int
    private var folder: ArraySlice<UInt8>?
    private var open: File?

    init(_ record: ArraySlice<UInt8>) {
        self.record = record
        offset = record.startIndex
    }

    mutating func next() -> File? {
        while offset < record.endIndex {
            let end = record[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? record.endIndex
            let line = record[offset..<end]
            offset = end < record.endIndex ? end + 1 : end
            guard line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: ":"), line.last != UInt8(ascii: "\r")
            else { continue }
            let value = line.dropFirst(2)
            switch line.first {
            case UInt8(ascii: "F"):
                folder = value
                if let file = take() { return file }
            case UInt8(ascii: "R"):
                guard let folder else { continue }
                let finished = take()
                if !value.isEmpty { open = File(folder: folder, name: value) }
                if let finished { return finished }
            case UInt8(ascii: "Z"):
                open?.digest = value
            default: continue
            }
        }
        return take()
    }

    private mutating func take() -> File? {
        defer { open = nil }
        return open
    }
}
