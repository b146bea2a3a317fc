internal import ByteStreams

/// The relations of a package to others, in the form that resolving needs.
package struct APKRelations: Sendable {
    /// The version that needs with the name of the package are compared with.
    package var version: APKVersion
    /// The identity of the package, at most 20 bytes long; nil if the record has none that can be read.
    package var identity: [UInt8]?
    /// What the package needs, without the conflicts.
    package var needs: [APKNeed] = []
    /// What it provides besides its own name.
    package var provides: [APKNeed] = []
}

/// A word of a list of dependencies: `NAME`, `NAME>=VERSION`, `!NAME`, `NAME@TAG` (apk-package(5), apk-world(5)).
package struct APKNeed: Sendable {
    /// The name of a package, or another name that packages provide: `so:libc.musl-x86_64.so.1`, `/bin/sh`.
    package let name: String
    /// How the version is compared; nil if any version will do.
    package let relation: APKRelation?
    /// The version, which is the empty one without a relation.
    package let version: APKVersion
    /// The identity that the package must have, where that is compared.
    let identity: [UInt8]?
    /// Whether the package must not be installed.
    package let isConflict: Bool
    /// The word as it is written.
    let text: ArraySlice<UInt8>

    /// Parses a word; nil if it has no name, or signs that are no relation.
    init?(_ text: ArraySlice<UInt8>) {
        isConflict = text.first == UInt8(ascii: "!")
        let word = isConflict ? text.dropFirst() : text
        let name = word.prefix { !Self.isSign($0) }
        let signs = word[name.endIndex...].prefix(while: Self.isSign)
        // Which repository a package comes from does not matter once it is installed.
        let plain = name.prefix { $0 != UInt8(ascii: "@") }
        guard !plain.isEmpty, let relation = APKRelation(signs: signs) else { return nil }
        self.text = text
        self.name = String(decoding: plain, as: UTF8.self)
        self.relation = signs.isEmpty ? nil : relation
        let value = word[signs.endIndex...]
        version = APKVersion(value)
        identity = relation == .identity ? APKDigest.identity(value) : nil
    }

    /// Whether apk can compare the version; a need whose version it cannot compare is never met.
    var isComparable: Bool {
        guard let relation, !relation.isSuperset(of: .identity) else { return true }
        return version.isValid
    }

    /// The words of a list.
    static func words(_ list: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        list.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }
    }

    private static func isSign(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "<") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "~")
    }
}

/// The digests of apk's database: `Q1` or `Q2` and Base64, `X1` or `X2` and hexadecimal digits, or the latter alone.
enum APKDigest {
    /// The bytes of a digest; nil if the text does not parse.
    ///
    /// A SHA-1 digest has 20 bytes, an MD5 digest of old databases 16, one of SHA-256 32.
    static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count <= 80, let first = text.first, let second = text.dropFirst().first else { return nil }
        let isMarked = second == UInt8(ascii: "1") || second == UInt8(ascii: "2")
        let value: [UInt8]?
        switch first {
        case UInt8(ascii: "Q") where isMarked:
            value = Base64.decoded(String(decoding: text.dropFirst(2), as: UTF8.self))
        case UInt8(ascii: "X") where isMarked:
            value = ByteStreams.bytes(hexadecimal: text.dropFirst(2))
        default:
            value = ByteStreams.bytes(hexadecimal: text)
        }
        return value.flatMap { [16, 20, 32].contains($0.count) ? $0 : nil }
    }

    /// The identity of a package, which is a digest of which no more than 160 bits count (apk-tools src/package.h,
    /// apk_pkg_hash_blob); nil if the text does not parse.
    static func identity(_ text: ArraySlice<UInt8>) -> [UInt8]? { bytes(text).map { Array($0.prefix(20)) } }
}
