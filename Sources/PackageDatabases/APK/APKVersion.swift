internal import ByteStreams

/// A version of Alpine's package manager, ordered as apk-tools 3 orders it.
///
/// The grammar is `NUMBER{.NUMBER}[LETTER]{_SUFFIX[NUMBER]}[~HASH][-rNUMBER]` (apk-package(5)). Every text is accepted,
/// because apk compares texts that are not valid too: they end where they stop being valid.
package struct APKVersion: Sendable {
    private let text: ArraySlice<UInt8>

    package init(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
    }

    /// Whether the grammar allows the whole text; apk refuses to install a package with another version.
    package var isValid: Bool {
        var scanner = Scanner(text)
        while scanner.part < .end { scanner.advance() }
        return scanner.part == .end
    }

    /// The order of one version to another.
    package enum Order: Int, Sendable {
        case older = -1
        case same = 0
        case newer = 1
    }

    /// The order to `other` (apk-tools src/version.c, apk_version_compare).
    package func order(to other: APKVersion) -> Order { order(to: other, beginning: false) }

    /// Whether `self relation other` is true; `self` is what is installed.
    ///
    /// In a relation with `~`, a version is the same as its beginning: `1.6.3` as `1.6`.
    package func holds(_ relation: APKRelation, _ other: APKVersion) -> Bool {
        switch order(to: other, beginning: relation.contains(.beginning)) {
        case .older: relation.contains(.less)
        case .same: relation.contains(.equal)
        case .newer: relation.contains(.greater)
        }
    }

    /// The length in bytes, which bounds the work of a comparison.
    var length: Int { text.count }

    private func order(to other: APKVersion, beginning: Bool) -> Order {
        var left = Scanner(text)
        var right = Scanner(other.text)
        while left.part == right.part, left.part < .end {
            let order = left.order(to: right)
            if order != .same { return order }
            left.advance()
            right.advance()
        }
        if left.part == right.part || beginning && right.part == .end { return .same }
        // The longer version is newer, unless what it has more is a suffix for a pre-release.
        if left.isPreRelease { return .older }
        if right.isPreRelease { return .newer }
        return left.part < right.part ? .newer : .older
    }

    /// The parts of a version, in the order in which they may follow each other.
    ///
    /// Where the parts of two versions differ, the version with the earlier kind of part is the newer one.
    private enum Part: Int, Comparable {
        case firstNumber, number, letter, suffix, suffixNumber, hash, revision, end, invalid

        static func < (left: Part, right: Part) -> Bool { left.rawValue < right.rawValue }
    }

    /// Reads a version part by part.
    private struct Scanner {
        private(set) var part = Part.firstNumber
        private var rest: ArraySlice<UInt8>
        /// The text of the current part without the sign before it.
        private var value: ArraySlice<UInt8> = []
        /// The value of a number; the rank of a suffix.
        private var number: UInt64 = 0

        init(_ text: ArraySlice<UInt8>) {
            rest = text
            takeNumber(.firstNumber)
        }

        var isPreRelease: Bool { part == .suffix && number < UInt64(Self.suffixesBeforeRelease) }

        mutating func advance() {
            guard let first = rest.first else {
                part = part == .invalid ? .invalid : .end
                return
            }
            switch first {
            case UInt8(ascii: "a")...UInt8(ascii: "z") where part <= .number:
                take(.letter, 1)
            case UInt8(ascii: ".") where part <= .number:
                rest.removeFirst()
                takeNumber(.number)
            case UInt8(ascii: "0")...UInt8(ascii: "9") where part == .suffix:
                takeNumber(.suffixNumber)
            case UInt8(ascii: "_") where part <= .suffixNumber:
                rest.removeFirst()
                take(.suffix, rest.prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }.count)
                let rank = Self.suffixes.firstIndex { value.elementsEqual($0.utf8) }
                number = UInt64(rank ?? 0)
                if rank == nil { part = .invalid }
            case UInt8(ascii: "~") where part < .hash:
                rest.removeFirst()
                take(.hash, rest.prefix(while: \.isASCIILowercaseHexDigit).count)
                if value.isEmpty { part = .invalid }
            case UInt8(ascii: "-") where part < .revision && rest.dropFirst().first == UInt8(ascii: "r"):
                rest = rest.dropFirst(2)
                takeNumber(.revision)
            default:
                part = .invalid
            }
        }

        /// The order of two parts of the same kind.
        func order(to other: Scanner) -> Order {
            switch part {
            case .number where value.first == UInt8(ascii: "0") || other.value.first == UInt8(ascii: "0"), .hash,
                .letter,
                .end, .invalid:
                if value.elementsEqual(other.value) { return .same }
                return value.lexicographicallyPrecedes(other.value) ? .older : .newer
            case .firstNumber, .number, .suffix, .suffixNumber, .revision:
                return number < other.number ? .older : number > other.number ? .newer : .same
            }
        }

        private mutating func take(_ part: Part, _ count: Int) {
            self.part = part
            value = rest.prefix(count)
            rest = rest.dropFirst(count)
        }

        private mutating func takeNumber(_ part: Part) {
            take(part, rest.prefix(while: \.isASCIIDigit).count)
            // As in apk, a number that does not fit into 64 bits loses its highest bits.
            number = value.reduce(0) { $0 &* 10 &+ UInt64($1 - UInt8(ascii: "0")) }
            if value.isEmpty { self.part = .invalid }
        }

        /// The suffixes from the earliest on.
        private static let suffixes = ["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"]
        private static let suffixesBeforeRelease = 4
    }
}

/// How a dependency restricts the versions that satisfy it: a set of `<`, `=`, `>` and `~`.
package struct APKRelation: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let less = APKRelation(rawValue: 1)
    package static let equal = APKRelation(rawValue: 2)
    package static let greater = APKRelation(rawValue: 4)
    /// The version is compared as far as the wanted one goes.
    package static let beginning = APKRelation(rawValue: 8)

    /// The identity of the package is compared, and not its version: `><`.
    package static let identity: APKRelation = [.less, .greater]

    /// Parses signs such as `>=`; nil if there is another character.
    package init?(signs: some Sequence<UInt8>) {
        var relation: APKRelation = []
        for sign in signs {
            switch sign {
            case UInt8(ascii: "<"): relation.insert(.less)
            case UInt8(ascii: "="): relation.insert(.equal)
            case UInt8(ascii: ">"): relation.insert(.greater)
            // `~`, `=~` and `~=` are the same (apk-package(5)).
            case UInt8(ascii: "~"): relation.formUnion([.beginning, .equal])
            default: return nil
            }
        }
        self = relation
    }
}
