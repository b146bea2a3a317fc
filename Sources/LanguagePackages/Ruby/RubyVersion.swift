internal import ByteStreams

/// A version of a gem, ordered as RubyGems orders it (Gem::Version).
///
/// A run of letters makes a version one before the release: `1.0.a` is less than `1.0`, which is the same as `1`.
struct RubyVersion: Comparable {
    /// A run of digits or of letters.
    private enum Segment: Equatable {
        /// A number by its digits, without zeros in front; 0 has none.
        case number([UInt8])
        case text([UInt8])
    }

    /// The segments, a hyphen counted as `.pre.`.
    private let segments: [Segment]

    /// Parses a version; nil if RubyGems refuses it.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let release = parts.first else { return nil }
        let words = release.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        func isWord(_ word: ArraySlice<UInt8>, hasHyphens: Bool) -> Bool {
            !word.isEmpty
                && word.allSatisfy { $0.isASCIIDigit || $0.isASCIILetter || hasHyphens && $0 == UInt8(ascii: "-") }
        }
        guard words[0].allSatisfy(\.isASCIIDigit), words.allSatisfy({ isWord($0, hasHyphens: false) }) else {
            return nil
        }
        let rest = parts.dropFirst().first?.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) ?? []
        guard rest.allSatisfy({ isWord($0, hasHyphens: true) }) else { return nil }

        var segments: [Segment] = []
        var run: [UInt8] = []
        func end() {
            guard let first = run.first else { return }
            segments.append(first.isASCIIDigit ? .number(Array(run.drop { $0 == UInt8(ascii: "0") })) : .text(run))
            run = []
        }
        for byte in bytes {
            if let last = run.last, last.isASCIIDigit != byte.isASCIIDigit { end() }
            if byte.isASCIIDigit || byte.isASCIILetter {
                run.append(byte)
            } else {
                end()
                if byte == UInt8(ascii: "-") { segments.append(.text(Array("pre".utf8))) }
            }
        }
        end()
        self.segments = segments
    }

    private init(_ segments: [Segment]) {
        self.segments = segments
    }

    /// The number of segments.
    var count: Int { segments.count }

    /// Whether it is one before a release.
    var isPrerelease: Bool {
        segments.contains { if case .text = $0 { true } else { false } }
    }

    /// The numbers before the first letters: the version that it leads to.
    var release: RubyVersion {
        RubyVersion(Array(segments.prefix { if case .number = $0 { true } else { false } }))
    }

    /// The version that `~>` excludes: of the release the number before the last one, raised by one.
    var bumped: RubyVersion {
        var numbers = release.segments
        if numbers.count > 1 { numbers.removeLast() }
        if case .number(var digits) = numbers.popLast() {
            var place = digits.count
            while place > 0, digits[place - 1] == UInt8(ascii: "9") {
                digits[place - 1] = UInt8(ascii: "0")
                place -= 1
            }
            if place > 0 { digits[place - 1] += 1 } else { digits.insert(UInt8(ascii: "1"), at: 0) }
            numbers.append(.number(digits))
        }
        return RubyVersion(numbers)
    }

    /// The segments without the zeros at the end and without those before the first letters.
    private var canonical: [Segment] {
        func trimmed(_ segments: ArraySlice<Segment>) -> ArraySlice<Segment> {
            let end = segments.lastIndex { $0 != .number([]) }
            return segments[segments.startIndex..<(end.map { $0 + 1 } ?? segments.startIndex)]
        }
        let text = segments.firstIndex { if case .text = $0 { true } else { false } } ?? segments.endIndex
        return Array(trimmed(segments[..<text]) + trimmed(segments[text...]))
    }

    private static func order(_ left: RubyVersion, _ right: RubyVersion) -> Int {
        let (left, right) = (left.canonical, right.canonical)
        for place in 0..<max(left.count, right.count) {
            let one = place < left.count ? left[place] : .number([])
            let other = place < right.count ? right[place] : .number([])
            if one == other { continue }
            switch (one, other) {
            case (.text, .number): return -1
            case (.number, .text): return 1
            case (.number(let one), .number(let other)) where one.count != other.count:
                return one.count < other.count ? -1 : 1
            case (.number(let one), .number(let other)), (.text(let one), .text(let other)):
                return one.lexicographicallyPrecedes(other) ? -1 : 1
            }
        }
        return 0
    }

    static func < (left: RubyVersion, right: RubyVersion) -> Bool { order(left, right) < 0 }
    static func == (left: RubyVersion, right: RubyVersion) -> Bool { order(left, right) == 0 }
}

/// The versions of a gem that a dependency accepts (Gem::Requirement).
struct RubyRequirement {
    private var parts: [(sign: String, version: RubyVersion)] = []

    /// Parses requirements such as `~> 1.2`, all of which have to be met; nil if RubyGems refuses one.
    init?(_ texts: [String]) {
        for text in texts {
            let text = text.trimmedBlanks
            let sign = text.prefix { "=!<>~".contains($0) }
            guard let version = RubyVersion(text.dropFirst(sign.count).trimmedBlanks),
                ["", "=", "!=", ">", "<", ">=", "<=", "~>"].contains(sign)
            else { return nil }
            parts.append((sign.isEmpty ? "=" : String(sign), version))
        }
    }

    /// Whether it names a version before a release.
    var isPrerelease: Bool { parts.contains { $0.version.isPrerelease } }

    /// How many segments its versions have, as a measure of the work of a comparison.
    var count: Int { parts.reduce(0) { $0 + 1 + $1.version.count } }

    /// Whether a version is accepted.
    func accepts(_ version: RubyVersion) -> Bool {
        parts.allSatisfy { sign, wanted in
            switch sign {
            case "!=": version != wanted
            case ">": version > wanted
            case "<": version < wanted
            case ">=": version >= wanted
            case "<=": version <= wanted
            case "~>": version >= wanted && version.release < wanted.bumped
            default: version == wanted
            }
        }
    }
}

extension StringProtocol {
    /// The text without blanks at either end.
    fileprivate var trimmedBlanks: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
