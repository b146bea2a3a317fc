package import ByteStreams

/// The identity of an operating system (os-release(5)).
package struct OSRelease: Sendable, Hashable {
    /// The paths of the file; only the first one that exists is read.
    package static let filesOfInterest = ["etc/os-release", "usr/lib/os-release"]

    /// An assignment.
    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    /// Where the identity comes from: `os-release`, or the path of the file that stands in for it.
    package private(set) var source = "os-release"

    /// The assignments in the order of the file.
    ///
    /// A name that is assigned twice has its last value, in its first position.
    package private(set) var fields: [Field] = []

    /// Reads the os-release of a file system, or returns nil if it has none.
    ///
    /// - Throws: ``ParseError`` if it is larger than ``Limits/osReleaseSize``.
    package init?(in tree: some FileTree, limits: Limits) throws(ParseError) {
        guard let bytes = Self.filesOfInterest.lazy.compactMap({ tree.contents(of: $0) }).first else { return nil }
        guard bytes.count <= limits.osReleaseSize else {
            throw ParseError(.limit("osReleaseSize"), at: limits.osReleaseSize)
        }
        self.init(parsing: bytes)
    }

    /// The identity of a system of which only the ID is known.
    package init(id: String) {
        fields = [Field(name: "ID", value: id)]
    }

    /// The identity of a system that another file than os-release names.
    init(id: String, versionID: String? = nil, source: String) {
        self.init(id: id)
        if let versionID { fields.append(Field(name: "VERSION_ID", value: versionID)) }
        self.source = source
    }

    /// Reads assignments as a shell does, but without expansions; any other line is skipped.
    package init(parsing bytes: [UInt8]) {
        var places: [String: Int] = [:]
        for line in ByteLines(bytes) {
            guard let field = Self.field(line) else { continue }
            if let place = places[field.name] {
                fields[place] = field
            } else {
                places[field.name] = fields.count
                fields.append(field)
            }
        }
    }

    /// The value of the field with exactly that name, such as `ID`.
    package subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    package var name: String? { self["NAME"] }
    package var id: String? { self["ID"] }
    package var idLike: String? { self["ID_LIKE"] }
    package var prettyName: String? { self["PRETTY_NAME"] }
    package var version: String? { self["VERSION"] }
    package var versionID: String? { self["VERSION_ID"] }
    package var versionCodename: String? { self["VERSION_CODENAME"] }
    package var variantID: String? { self["VARIANT_ID"] }
    package var vendorName: String? { self["VENDOR_NAME"] }
    package var vendorURL: String? { self["VENDOR_URL"] }
    package var homeURL: String? { self["HOME_URL"] }
    package var documentationURL: String? { self["DOCUMENTATION_URL"] }
    package var supportURL: String? { self["SUPPORT_URL"] }
    package var bugReportURL: String? { self["BUG_REPORT_URL"] }
    /// The first day without support: `2026-05-13`.
    package var supportEnd: String? { self["SUPPORT_END"] }
    package var cpeName: String? { self["CPE_NAME"] }

    private static func field(_ line: ArraySlice<UInt8>) -> Field? {
        let line = line.drop(while: DpkgControlFile.isBlank)
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")), equals > line.startIndex,
            let value = value(line[(equals + 1)...])
        else { return nil }
        let name = line[..<equals]
        for (offset, byte) in name.enumerated() {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): break
            case UInt8(ascii: "0")...UInt8(ascii: "9") where offset > 0: break
            default: return nil
            }
        }
        return Field(name: String(decoding: name, as: UTF8.self), value: value)
    }

    /// The value without its quotes and backslashes; nil if a quote is not closed.
    private static func value(_ text: ArraySlice<UInt8>) -> String? {
        var value: [UInt8] = []
        var quote: UInt8?
        // The length of the part of the value that was quoted, whose blanks stay.
        var kept = 0
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            switch (byte, quote) {
            case (UInt8(ascii: "\""), nil), (UInt8(ascii: "'"), nil):
                quote = byte
            case (_, byte):
                quote = nil
                kept = value.count
            case (UInt8(ascii: "\\"), nil) where index < text.endIndex:
                value.append(text[index])
                index += 1
                kept = value.count
            case (UInt8(ascii: "\\"), UInt8(ascii: "\"")) where index < text.endIndex && isEscapable(text[index]):
                value.append(text[index])
                index += 1
            default:
                value.append(byte)
            }
        }
        guard quote == nil else { return nil }
        while value.count > kept, let last = value.last, DpkgControlFile.isBlank(last) { value.removeLast() }
        return String(decoding: value, as: UTF8.self)
    }

    /// Whether a backslash escapes the byte inside double quotes (os-release(5)).
    private static func isEscapable(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"): true
        default: false
        }
    }
}
