internal import ByteStreams

/// A Debian version in its three parts, ordered as dpkg orders it.
///
/// The initializers accept the versions that dpkg accepts in its own database (lib/dpkg/parsehelp.c, parseversion). A
/// version for which dpkg only warns, such as one with an invalid character, is accepted. A version that dpkg refuses
/// gives nil. Versions are equal if dpkg treats them as equal, such as `1.0` and `1.00-0`.
package struct DebianVersion: Sendable {
    /// The number before the first colon; 0 if there is none.
    package let epoch: Int32
    /// The version of the upstream project.
    package let upstream: String
    /// The text after the last hyphen; empty if there is none, which compares like `0`.
    package let revision: String

    /// Parses `[epoch:]upstream[-revision]`, with blanks around it (deb-version(7)).
    package init?(parsing text: String) {
        self.init(parsing: Array(text.utf8)[...])
    }

    /// Parses bytes; those that are not UTF-8 become U+FFFD.
    init?(parsing text: ArraySlice<UInt8>) {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = text.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        guard !rest.contains(where: isBlank) else { return nil }
        var epoch: Int32 = 0
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            // dpkg accepts a sign, because it uses strtol, and refuses numbers above INT_MAX.
            guard let number = Int32(String(decoding: rest[..<colon], as: UTF8.self)), number >= 0 else { return nil }
            epoch = number
            rest = rest[(colon + 1)...]
        }
        var revision = rest.suffix(0)
        if let hyphen = rest.lastIndex(of: UInt8(ascii: "-")) {
            revision = rest[(hyphen + 1)...]
            rest = rest[..<hyphen]
            guard !revision.isEmpty else { return nil }
        }
        guard !rest.isEmpty else { return nil }
        self.epoch = epoch
        upstream = String(decoding: rest, as: UTF8.self)
        self.revision = revision.isEmpty ? "" : String(decoding: revision, as: UTF8.self)
    }

    /// How a dependency restricts the versions that satisfy it.
    package enum Relation: Sendable, Hashable {
        case earlier
        case earlierOrEqual
        case equal
        case laterOrEqual
        case later

        /// Reads the sign; the old `<` and `>` mean `<=` and `>=` (deb-control(5), lib/dpkg/fields.c).
        package init?(parsing sign: String) {
            switch sign {
            case "<<": self = .earlier
            case "<=", "<": self = .earlierOrEqual
            case "=": self = .equal
            case ">=", ">": self = .laterOrEqual
            case ">>": self = .later
            default: return nil
            }
        }
    }

    /// Whether `self relation other` is true (lib/dpkg/version.c, dpkg_version_relate).
    package func holds(_ relation: Relation, _ other: DebianVersion) -> Bool {
        switch relation {
        case .earlier: self < other
        case .earlierOrEqual: self <= other
        case .equal: self == other
        case .laterOrEqual: self >= other
        case .later: self > other
        }
    }
}

extension DebianVersion: Comparable {
    package static func == (left: DebianVersion, right: DebianVersion) -> Bool {
        left.compared(to: right) == 0
    }

    package static func < (left: DebianVersion, right: DebianVersion) -> Bool {
        left.compared(to: right) < 0
    }

    /// Negative, 0 or positive, as in lib/dpkg/version.c, dpkg_version_compare.
    private func compared(to other: DebianVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let order = Self.order(upstream.utf8Span.span, other.upstream.utf8Span.span)
        return order != 0 ? order : Self.order(revision.utf8Span.span, other.revision.utf8Span.span)
    }

    /// Compares runs of other characters and runs of digits in turn (lib/dpkg/version.c, verrevcmp).
    ///
    /// Digits are compared as text after their leading zeros, so a number of any length is never computed.
    private static func order(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
        var l = 0
        var r = 0
        while l < left.count || r < right.count {
            while (l < left.count && !left[l].isASCIIDigit) || (r < right.count && !right[r].isASCIIDigit) {
                let difference = weight(left, l) - weight(right, r)
                if difference != 0 { return difference }
                // Only the end and digits have the weight 0. Here the weights are equal and not 0, so both texts have a
                // further character.
                l += 1
                r += 1
            }
            while l < left.count && left[l] == UInt8(ascii: "0") { l += 1 }
            while r < right.count && right[r] == UInt8(ascii: "0") { r += 1 }
            var firstDifference = 0
            while l < left.count && r < right.count && left[l].isASCIIDigit && right[r].isASCIIDigit {
                if firstDifference == 0 { firstDifference = Int(left[l]) - Int(right[r]) }
                l += 1
                r += 1
            }
            if l < left.count && left[l].isASCIIDigit { return 1 }
            if r < right.count && right[r].isASCIIDigit { return -1 }
            if firstDifference != 0 { return firstDifference }
        }
        return 0
    }

    /// `~` before the end and digits, then letters, then the rest (lib/dpkg/version.c, order).
    private static func weight(_ text: Span<UInt8>, _ index: Int) -> Int {
        guard index < text.count else { return 0 }
        let byte = text[index]
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return 0
        case UInt8(ascii: "~"): return -1
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): return Int(byte)
        // A char is signed on most architectures, so dpkg adds 256 to a negative number.
        case 0x80...0xFF: return Int(byte)
        default: return Int(byte) + 256
        }
    }
}

extension DebianVersion: CustomStringConvertible {
    /// The text that dpkg writes, with an epoch of 0 only if the rest has a colon (lib/dpkg/parsehelp.c,
    /// varbufversion).
    package var description: String {
        let needsEpoch = epoch != 0 || upstream.utf8.contains(UInt8(ascii: ":"))
        return (needsEpoch ? "\(epoch):" : "") + upstream + (revision.isEmpty ? "" : "-" + revision)
    }

    /// The length, in bytes, which bounds the work of a comparison.
    var length: Int { upstream.utf8.count + revision.utf8.count }
}
