internal import ByteStreams
internal import PackageDatabases
internal import SBOMModel

/// The order of the versions of one type of package.
enum VersionOrder: Sendable, Hashable {
    /// The order of dpkg.
    case debian
    /// The order of rpm.
    case rpm
    /// The order of apk.
    case apk
    /// For all types without an order of their own.
    ///
    /// Runs of digits are numbers, runs of letters are words, and all other characters separate them. A `v` before the
    /// first number is ignored. A number is newer than a word. A longer version is newer than its beginning, unless the
    /// rest begins with a word for a pre-release: dev, snapshot; alpha; beta; milestone; pre, preview; rc, cr; and
    /// before a number a, b and m. The part after a `+` counts only between versions that are otherwise equal.
    case natural

    /// The order for a type of package URL.
    init(type: String?) {
        switch type {
        case "deb": self = .debian
        case "rpm": self = .rpm
        case "apk": self = .apk
        default: self = .natural
        }
    }

    /// The order of two versions.
    enum Outcome: Sendable {
        case before
        case same
        case after
    }

    /// The order of two versions; nil if they cannot be ordered, such as digests.
    func compare(_ one: String, _ other: String) -> Outcome? {
        if one == other { return .same }
        switch self {
        case .debian:
            guard let left = DebianVersion(parsing: one), let right = DebianVersion(parsing: other) else {
                return Self.natural(one, other)
            }
            return left < right ? .before : right < left ? .after : .same
        case .rpm:
            return switch RPMVersion(one).order(to: RPMVersion(other)) {
            case .older: .before
            case .same: .same
            case .newer: .after
            }
        case .apk:
            let (left, right) = (APKVersion(one), APKVersion(other))
            guard left.isValid, right.isValid else { return Self.natural(one, other) }
            return switch left.order(to: right) {
            case .older: .before
            case .same: .same
            case .newer: .after
            }
        case .natural:
            return Self.isDigest(one) || Self.isDigest(other) ? nil : Self.natural(one, other)
        }
    }

    /// A spelling shared by equal versions, as far as it can be derived from one of them alone.
    func canonical(_ version: String) -> String {
        switch self {
        case .debian: return DebianVersion(parsing: version)?.description ?? version
        case .rpm: return version.hasPrefix("0:") ? String(version.dropFirst(2)) : version
        case .apk: return version
        case .natural:
            let rest = version.dropFirst()
            guard version.first == "v", rest.first.map({ ("0"..."9").contains($0) }) == true else { return version }
            return String(rest)
        }
    }

    /// Whether the text is a digest, or the hash of a commit.
    private static func isDigest(_ text: String) -> Bool {
        let hex = text.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        return hex.utf8.count >= 32 && hex.utf8.allSatisfy(\.isASCIIHexDigit)
    }

    // MARK: The natural order

    private enum Part {
        /// A word for a pre-release, with its rank.
        case early(Int)
        case end
        case word(ArraySlice<UInt8>)
        /// The digits of a number without leading zeros.
        case number(ArraySlice<UInt8>)

        var rank: Int {
            switch self {
            case .early: 0
            case .end: 1
            case .word: 2
            case .number: 3
            }
        }
    }

    private static func natural(_ one: String, _ other: String) -> Outcome? {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        let (oneEnd, otherEnd) = (end(of: one), end(of: other))
        let main = order(one[..<oneEnd], other[..<otherEnd])
        if main != .same { return main }
        let build = order(one[oneEnd...], other[otherEnd...])
        // Versions that differ only in zeros and separators cannot be ordered.
        return build == .same ? nil : build
    }

    private static func end(of version: [UInt8]) -> Int {
        version.firstIndex(of: UInt8(ascii: "+")) ?? version.endIndex
    }

    private static func order(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Outcome {
        var (one, other) = (withoutMark(one), withoutMark(other))
        while true {
            let (left, right) = (part(&one), part(&other))
            if left.rank != right.rank { return left.rank < right.rank ? .before : .after }
            switch (left, right) {
            case (.early(let left), .early(let right)):
                if left != right { return left < right ? .before : .after }
            case (.word(let left), .word(let right)):
                if !left.elementsEqual(right) { return left.lexicographicallyPrecedes(right) ? .before : .after }
            case (.number(let left), .number(let right)):
                // Numbers are compared by length and then as text, so that none is too large.
                if left.count != right.count { return left.count < right.count ? .before : .after }
                if !left.elementsEqual(right) { return left.lexicographicallyPrecedes(right) ? .before : .after }
            case (.end, _), (_, .end): return .same
            case (.early, _), (.word, _), (.number, _): return .same
            }
        }
    }

    private static func withoutMark(_ version: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = version.first, first | 0x20 == UInt8(ascii: "v"), let next = version.dropFirst().first,
            next.isASCIIDigit
        else { return version }
        return version.dropFirst()
    }

    /// Removes the next run of digits or letters from the front.
    private static func part(_ rest: inout ArraySlice<UInt8>) -> Part {
        rest = rest.drop { !$0.isASCIIDigit && !isLetter($0) }
        guard let first = rest.first else { return .end }
        if first.isASCIIDigit {
            let run = rest.prefix(while: \.isASCIIDigit)
            rest = rest[run.endIndex...]
            return .number(run.drop { $0 == UInt8(ascii: "0") })
        }
        let run = rest.prefix(while: isLetter)
        rest = rest[run.endIndex...]
        let isBeforeNumber = rest.first?.isASCIIDigit ?? false
        switch String(decoding: run, as: UTF8.self).lowercased() {
        case "dev", "snapshot": return .early(0)
        case "alpha": return .early(1)
        // Without a number after it, the letter is a patch release: OpenSSL 1.0.2a.
        case "a" where isBeforeNumber: return .early(1)
        case "beta": return .early(2)
        case "b" where isBeforeNumber: return .early(2)
        case "milestone": return .early(3)
        case "m" where isBeforeNumber: return .early(3)
        case "pre", "preview": return .early(4)
        case "rc", "cr": return .early(5)
        default: return .word(run)
        }
    }

    /// Bytes that are not ASCII count as letters: they are part of a word.
    private static func isLetter(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte >= 0x80 }
}
