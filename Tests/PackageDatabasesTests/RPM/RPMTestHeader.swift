import ByteStreams

/// A package of a test, and its header as rpm would store it.
struct RPMTestHeader {
    enum Value {
        case string(String)
        case strings([String])
        case translated([String])
        case chars([UInt8])
        case numbers([UInt32])
        case halves([UInt16])
        case longNumbers([UInt64])
        case binary([UInt8])
    }

    var values: [UInt32: Value]

    init(
        _ name: String, _ version: String = "1.0", _ release: String = "1", epoch: UInt32? = nil,
        arch: String = "noarch"
    ) {
        values = [
            100: .strings(["C", "de"]), 1000: .string(name), 1001: .string(version), 1002: .string(release),
            1004: .translated(["Summary of \(name)", "Zusammenfassung"]), 1005: .translated(["What \(name) is"]),
            1014: .string("MIT"), 1022: .string(arch), 1044: .string("\(name)-\(version)-\(release).src.rpm"),
        ]
        if let epoch { values[1003] = .numbers([epoch]) }
        let own = (epoch.map { "\($0):" } ?? "") + "\(version)-\(release)"
        provide([(name, "=", own)])
    }

    mutating func provide(_ list: [(name: String, sign: String, version: String)]) {
        set(list, names: 1047, flags: 1112, versions: 1113)
    }

    mutating func require(_ list: [(name: String, sign: String, version: String)]) {
        set(list, names: 1049, flags: 1048, versions: 1050)
    }

    /// Dependencies of any kind; they are added to what is there.
    mutating func set(
        _ list: [(name: String, sign: String, version: String)], names: UInt32, flags: UInt32, versions: UInt32
    ) {
        let signs: [String: UInt32] = ["": 0, "<": 2, ">": 4, "=": 8, "<=": 10, ">=": 12, "?": 1 << 19]
        var known: (names: [String], flags: [UInt32], versions: [String]) = ([], [], [])
        if case .strings(let old)? = values[names] { known.names = old }
        if case .numbers(let old)? = values[flags] { known.flags = old }
        if case .strings(let old)? = values[versions] { known.versions = old }
        values[names] = .strings(known.names + list.map(\.name))
        values[flags] = .numbers(known.flags + list.map { signs[$0.sign] ?? 0 })
        values[versions] = .strings(known.versions + list.map(\.version))
    }

    mutating func own(_ paths: [String], states: [UInt8]? = nil) {
        // A value without elements is none.
        if paths.isEmpty { return }
        let folders = paths.map { String($0.prefix(upTo: $0.index(after: $0.lastIndex(of: "/") ?? $0.startIndex))) }
        values[1116] = .numbers(paths.indices.map { UInt32($0) })
        values[1117] = .strings(zip(paths, folders).map { String($0.dropFirst($1.count)) })
        values[1118] = .strings(folders)
        if let states { values[1029] = .chars(states) }
    }

    /// A header with a region, and the digest of it added after it; `dribbles` replace or add values as at installation.
    func encoded(dribbles: [UInt32: Value] = [:], hasDigest: Bool = true) -> [UInt8] {
        var index: [UInt8] = [], data: [UInt8] = []
        for (tag, value) in values.sorted(by: { $0.key < $1.key }) { Self.append(tag, value, &index, &data) }
        let size = index.count + 16
        let region = Self.words([63, 7, UInt32(data.count), 16])
        data += Self.words([63, 7, UInt32(bitPattern: -Int32(size)), 16])
        var added = dribbles
        if hasDigest {
            let head: [UInt8] = [0x8E, 0xAD, 0xE8, 0x01, 0, 0, 0, 0]
            let signed = head + Self.words([UInt32(size / 16), UInt32(data.count)]) + region + index + data
            added[273] = .string(Self.sha256(signed))
        }
        for (tag, value) in added.sorted(by: { $0.key < $1.key }) { Self.append(tag, value, &index, &data) }
        return Self.words([UInt32(index.count / 16 + 1), UInt32(data.count)]) + region + index + data
    }

    /// A header as rpm before version 4 stored it.
    func encodedWithoutRegion() -> [UInt8] {
        var index: [UInt8] = [], data: [UInt8] = []
        for (tag, value) in values.sorted(by: { $0.key < $1.key }) { Self.append(tag, value, &index, &data) }
        return Self.words([UInt32(index.count / 16), UInt32(data.count)]) + index + data
    }

    static func words(_ words: [UInt32]) -> [UInt8] {
        words.flatMap { word in stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) } }
    }

    private static func append(_ tag: UInt32, _ value: Value, _ index: inout [UInt8], _ data: inout [UInt8]) {
        func text(_ strings: [String]) -> [UInt8] { strings.flatMap { Array($0.utf8) + [0] } }
        let (type, count, bytes): (UInt32, Int, [UInt8]) =
            switch value {
            case .string(let string): (6, 1, text([string]))
            case .strings(let strings): (8, strings.count, text(strings))
            case .translated(let strings): (9, strings.count, text(strings))
            case .chars(let chars): (1, chars.count, chars)
            case .numbers(let numbers): (4, numbers.count, words(numbers))
            case .halves(let halves):
                (
                    3, halves.count,
                    halves.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
                )
            case .longNumbers(let numbers):
                (
                    5, numbers.count,
                    words(numbers.flatMap { [UInt32(truncatingIfNeeded: $0 >> 32), UInt32(truncatingIfNeeded: $0)] })
                )
            case .binary(let bytes): (7, bytes.count, bytes)
            }
        let alignment = [3: 2, 4: 4, 5: 8][type] ?? 1
        data += repeatElement(0, count: (alignment - data.count % alignment) % alignment)
        index += words([tag, type, UInt32(data.count), UInt32(count)])
        data += bytes
    }

    static func sha256(_ bytes: [UInt8]) -> String {
        ContentDigest.of(bytes).hex
    }
}
