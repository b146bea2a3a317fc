internal import ByteStreams

/// The `[epoch:]version[-release]` of a package or a dependency, compared as librpm compares it.
///
/// There is no `==`, because versions that rpm treats as equal may be different text.
package struct RPMVersion: Sendable {
    /// The order of one version to another.
    package enum Order: Int, Sendable {
        case older = -1
        case same = 0
        case newer = 1
    }

    private let epoch: ArraySlice<UInt8>?
    private let version: ArraySlice<UInt8>
    private let release: ArraySlice<UInt8>?

    /// Splits `text`; every text is accepted.
    package init(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    // rpm rpmio/rpmver.c, parseEVR
    init(_ text: ArraySlice<UInt8>) {
        let digits = text.prefix(while: \.isASCIIDigit)
        var rest = text
        if digits.endIndex < text.endIndex, text[digits.endIndex] == UInt8(ascii: ":") {
            epoch = digits.isEmpty ? [UInt8(ascii: "0")] : digits
            rest = text[(digits.endIndex + 1)...]
        } else {
            epoch = nil
        }
        if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
            version = rest[..<dash]
            release = rest[(dash + 1)...]
        } else {
            version = rest
            release = nil
        }
    }

    /// The order to `other`; a missing epoch is 0, and a missing release is older than any.
    package func order(to other: RPMVersion) -> Order {
        // rpm rpmio/rpmver.c, rpmverCmp
        let zero: ArraySlice<UInt8> = [UInt8(ascii: "0")]
        let byEpoch = Self.order(epoch ?? zero, other.epoch ?? zero)
        if byEpoch != .same { return byEpoch }
        let byVersion = Self.order(version, other.version)
        if byVersion != .same { return byVersion }
        return switch (release, other.release) {
        case (nil, nil): .same
        case (_?, nil): .newer
        case (nil, _?): .older
        case (let release?, let other?): Self.order(release, other)
        }
    }

    /// Whether two ranges have a version in common: `>= 1` and `< 2` do, `< 1` and `= 2` do not.
    ///
    /// A side that compares for equality and has no release means any release.
    func overlaps(_ sense: RPMSense, _ other: RPMVersion, _ otherSense: RPMSense) -> Bool {
        // rpm rpmio/rpmver.c, rpmverOverlap
        var order = Order.same
        switch (epoch, other.epoch) {
        case (let epoch?, let other?): order = Self.order(epoch, other)
        case (let epoch?, nil): if Self.isPositive(epoch) { order = .newer }
        case (nil, let other?): if Self.isPositive(other) { order = .older }
        case (nil, nil): break
        }
        if order == .same {
            order = Self.order(version, other.version)
        }
        if order == .same {
            let release = release ?? [], otherRelease = other.release ?? []
            if !release.isEmpty && !otherRelease.isEmpty {
                order = Self.order(release, otherRelease)
            } else if !release.isEmpty && otherSense.contains(.equal) || !otherRelease.isEmpty && sense.contains(.equal)
            {
                return true
            }
        }
        return switch order {
        case .older: sense.contains(.greater) || otherSense.contains(.less)
        case .newer: sense.contains(.less) || otherSense.contains(.greater)
        case .same: !sense.intersection(otherSense).isDisjoint(with: .comparison)
        }
    }

    /// The order of two versions or releases, compared segment by segment.
    package static func order(_ left: String, _ right: String) -> Order {
        order(Array(left.utf8)[...], Array(right.utf8)[...])
    }

    // rpm rpmio/rpmvercmp.c, rpmvercmp
    static func order(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Order {
        if left == right { return .same }
        var one = left, two = right
        while !one.isEmpty || !two.isEmpty {
            one = one.drop(while: isSeparator)
            two = two.drop(while: isSeparator)
            // A tilde is older than everything, even than the end.
            if one.first == UInt8(ascii: "~") || two.first == UInt8(ascii: "~") {
                guard one.first == UInt8(ascii: "~") else { return .newer }
                guard two.first == UInt8(ascii: "~") else { return .older }
                one = one.dropFirst()
                two = two.dropFirst()
                continue
            }
            // A caret is newer than the end and older than everything else.
            if one.first == UInt8(ascii: "^") || two.first == UInt8(ascii: "^") {
                if one.isEmpty { return .older }
                if two.isEmpty { return .newer }
                guard one.first == UInt8(ascii: "^") else { return .newer }
                guard two.first == UInt8(ascii: "^") else { return .older }
                one = one.dropFirst()
                two = two.dropFirst()
                continue
            }
            guard let first = one.first, !two.isEmpty else { break }
            let isNumber = first.isASCIIDigit
            let segment = one.prefix { isNumber ? $0.isASCIIDigit : $0.isASCIILetter }
            let other = two.prefix { isNumber ? $0.isASCIIDigit : $0.isASCIILetter }
            // A number is newer than a word.
            if other.isEmpty { return isNumber ? .newer : .older }
            let byText = isNumber ? orderOfNumbers(segment, other) : orderOfText(segment, other)
            if byText != .same { return byText }
            one = one[segment.endIndex...]
            two = two[other.endIndex...]
        }
        return one.isEmpty ? two.isEmpty ? .same : .older : .newer
    }

    private static func orderOfNumbers(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Order {
        let left = left.drop { $0 == UInt8(ascii: "0") }, right = right.drop { $0 == UInt8(ascii: "0") }
        // Numbers are compared by length and then as text, so that none is too large.
        if left.count != right.count { return left.count < right.count ? .older : .newer }
        return orderOfText(left, right)
    }

    private static func orderOfText(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Order {
        if left.elementsEqual(right) { return .same }
        return left.lexicographicallyPrecedes(right) ? .older : .newer
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        !byte.isASCIIDigit && !byte.isASCIILetter && byte != UInt8(ascii: "~") && byte != UInt8(ascii: "^")
    }

    private static func isPositive(_ epoch: ArraySlice<UInt8>) -> Bool { epoch.contains { $0 != UInt8(ascii: "0") } }
}

/// The flags of a dependency, which include how it compares versions.
struct RPMSense: OptionSet, Sendable, Hashable {
    let rawValue: UInt32

    // rpm include/rpm/rpmds.h, rpmsenseFlags_e
    static let less = RPMSense(rawValue: 1 << 1)
    static let greater = RPMSense(rawValue: 1 << 2)
    static let equal = RPMSense(rawValue: 1 << 3)
    static let comparison: RPMSense = [.less, .greater, .equal]
    /// The dependency is met even if nothing satisfies it.
    static let missingOK = RPMSense(rawValue: 1 << 19)

    /// The comparison of signs such as `>=`, or nil if they do not parse.
    init?(signs: ArraySlice<UInt8>) {
        // rpm lib/rpmds.c, rpmParseDSFlags
        switch String(decoding: signs, as: UTF8.self) {
        case "<": self = .less
        case ">": self = .greater
        case "=", "==": self = .equal
        case "<=", "=<": self = [.less, .equal]
        case ">=", "=>": self = [.greater, .equal]
        default: return nil
        }
    }

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The signs that rpm prints; empty if the version does not matter.
    var signs: String {
        (contains(.less) ? "<" : "") + (contains(.greater) ? ">" : "") + (contains(.equal) ? "=" : "")
    }
}

/// A requirement or provision of a package: a name, and perhaps a range of versions.
struct RPMDependency: Sendable, Hashable {
    let name: RPMString
    let sense: RPMSense
    let version: RPMString

    /// The same dependency with only those flags that compare versions.
    var comparison: RPMDependency {
        RPMDependency(name: name, sense: sense.intersection(.comparison), version: version)
    }

    /// The text that rpm prints: `libfoo >= 2`.
    var text: String {
        // rpm lib/rpmds.c, rpmdsNewDNEVR
        var text = name.text
        if !sense.signs.isEmpty { text += " " + sense.signs }
        if !version.bytes.isEmpty { text += " " + version.text }
        return text
    }

    /// Whether a provision satisfies `need`, if the names are equal.
    ///
    /// If one side has no version, the name is enough: unlike in dpkg, a provision without a version satisfies any.
    func answers(_ need: RPMDependency, version needed: RPMVersion) -> Bool {
        // rpm lib/rpmds.c, rpmdsCompareIndex
        guard !sense.isDisjoint(with: .comparison), !need.sense.isDisjoint(with: .comparison) else { return true }
        guard !version.bytes.isEmpty, !need.version.bytes.isEmpty else { return true }
        return RPMVersion(version.bytes).overlaps(sense, needed, need.sense)
    }
}
