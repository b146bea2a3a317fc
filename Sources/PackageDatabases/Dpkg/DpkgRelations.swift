internal import ByteStreams

/// The relations of a dpkg record to other packages, in the form that resolving needs.
///
/// Names are in lower case, as dpkg reads them (lib/dpkg/pkg-hash.c).
package struct DpkgRelations: Sendable {
    /// Whether the package can satisfy dependencies of packages with other architectures (deb-control(5)).
    package enum MultiArch: String, Sendable {
        case no
        case same
        case foreign
        case allowed
    }

    /// One package that would satisfy a dependency, or one that is provided.
    package struct Alternative: Sendable {
        package var name: String
        /// The word after the colon: `any`, `native` or an architecture.
        package var qualifier: String?
        package var relation: DebianVersion.Relation?
        package var version: DebianVersion?
    }

    /// One of the dependencies that commas separate; any of its alternatives satisfies it.
    package struct Need: Sendable {
        /// The text in the database, with blanks folded.
        package var text: String
        /// The range of its alternatives among those of the field.
        package var alternatives: Range<Int>
    }

    /// A field of dependencies, or the field of provisions.
    package struct Field: Sendable {
        /// The name that dpkg writes: `Pre-Depends`.
        package var name: String
        package var isWeak: Bool
        package var needs: [Need] = []
        package var alternatives: [Alternative] = []
    }

    package var multiArch = MultiArch.no
    /// The version for comparisons; nil if dpkg could not read it.
    package var version: DebianVersion?
    /// Pre-Depends, Depends, Recommends and Suggests, in the order of the record.
    package var fields: [Field] = []
    /// The provisions, with a version only where the field states one.
    package var provides: [Alternative] = []

    /// A legal package name in lower case, or nil if it is not legal (lib/dpkg/pkg.c pkg_name_is_illegal,
    /// lib/dpkg/pkg-hash.c).
    static func packageName(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let first = bytes.first, isAlphanumeric(first) else { return nil }
        var hasCapitals = false
        for byte in bytes {
            guard isPartOfName(byte) else { return nil }
            if UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte { hasCapitals = true }
        }
        let name = String(decoding: bytes, as: UTF8.self)
        return hasCapitals ? name.lowercased() : name
    }

    fileprivate static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: isAlphanumeric(byte)
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

/// Reads `libfoo (>= 2) | libbar:any, …` (deb-control(5), lib/dpkg/fields.c f_dependency).
///
/// Where dpkg refuses the file, only the alternative that does not parse is left out. Restrictions in brackets, which
/// belong to source packages, are skipped.
struct DpkgRelationParser {
    private let bytes: [UInt8]
    private var index: Int
    private let end: Int
    /// The first alternative that does not parse.
    private(set) var malformed: Range<Int>?

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    /// Reads the whole value into `field`.
    ///
    /// An alternative takes about fifty times the memory of its shortest text.
    ///
    /// - Throws: ``ParseError`` if there are more than `limit` alternatives.
    mutating func read(into field: inout DpkgRelations.Field, limit: Int) throws(ParseError) {
        while true {
            skip { Self.isWhite($0) || $0 == UInt8(ascii: ",") }
            guard index < end else { return }
            let start = index
            let first = field.alternatives.count
            repeat {
                skip(Self.isWhite)
                let start = index
                if let alternative = alternative(), isAtSeparator {
                    guard field.alternatives.count < limit else {
                        throw ParseError(.limit("relationCount"), at: index)
                    }
                    field.alternatives.append(alternative)
                } else {
                    skip { !Self.isSeparator($0) }
                    if malformed == nil { malformed = start..<index }
                }
            } while take(UInt8(ascii: "|"))
            if field.alternatives.count > first {
                let text = DpkgControlFile.folded(bytes[start..<index])
                field.needs.append(DpkgRelations.Need(text: text, alternatives: first..<field.alternatives.count))
            }
        }
    }

    private mutating func alternative() -> DpkgRelations.Alternative? {
        guard let name = DpkgRelations.packageName(word()) else { return nil }
        var alternative = DpkgRelations.Alternative(name: name)
        if take(UInt8(ascii: ":")) {
            let qualifier = word()
            guard !qualifier.isEmpty else { return nil }
            alternative.qualifier = String(decoding: qualifier, as: UTF8.self)
        }
        skip(Self.isWhite)
        if take(UInt8(ascii: "(")) {
            skip(Self.isWhite)
            guard let relation = relation() else { return nil }
            skip(Self.isWhite)
            let start = index
            skip { !Self.isWhite($0) && $0 != UInt8(ascii: ")") && $0 != UInt8(ascii: "(") }
            guard let version = DebianVersion(parsing: bytes[start..<index]) else { return nil }
            skip(Self.isWhite)
            guard take(UInt8(ascii: ")")) else { return nil }
            alternative.relation = relation
            alternative.version = version
            skip(Self.isWhite)
        }
        while let close = restriction() {
            skip { $0 != close && !Self.isSeparator($0) }
            guard take(close) else { return nil }
            skip(Self.isWhite)
        }
        return alternative
    }

    /// No sign means `=` (lib/dpkg/fields.c: "implicit exact match").
    private mutating func relation() -> DebianVersion.Relation? {
        let start = index
        skip { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ">") }
        if start == index { return .equal }
        return DebianVersion.Relation(parsing: String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func restriction() -> UInt8? {
        if take(UInt8(ascii: "[")) { return UInt8(ascii: "]") }
        return take(UInt8(ascii: "<")) ? UInt8(ascii: ">") : nil
    }

    private var isAtSeparator: Bool {
        index == end || Self.isSeparator(bytes[index])
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while index < end && isSkipped(bytes[index]) { index += 1 }
    }

    private mutating func word() -> ArraySlice<UInt8> {
        let start = index
        skip(DpkgRelations.isPartOfName)
        return bytes[start..<index]
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "|")
    }

    private static func isWhite(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || DpkgControlFile.isBlank(byte)
    }
}
