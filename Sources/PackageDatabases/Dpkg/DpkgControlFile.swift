/// Splits a control file into stanzas, in one pass and without copying (deb-control(5), lib/dpkg/parse.c parse_stanza).
///
/// It accepts some files that dpkg refuses: lines may end in CR LF, the last line need not end, and a line of blanks
/// ends a stanza like an empty one. A second `Package` field starts a new stanza, because the blank line before it must
/// have been lost.
struct DpkgControlFile {
    /// The fields that can be read; all others are skipped.
    enum Field: Int, CaseIterable {
        case package, status, version, architecture, multiArch, source, maintainer, originalMaintainer
        case sourceOriginalMaintainer, origin, homepage, section, installedSize, description
        case preDepends, depends, recommends, suggests, provides, builtUsing, staticBuiltUsing
        case conffiles, license

        /// The fields that describe a package in the status file.
        static let ofPackages = allCases.filter { $0 != .conffiles && $0 != .license }

        /// The name that dpkg writes; upper and lower case are equal when it is read.
        var name: String {
            switch self {
            case .package: "Package"
            case .status: "Status"
            case .version: "Version"
            case .architecture: "Architecture"
            case .multiArch: "Multi-Arch"
            case .source: "Source"
            case .maintainer: "Maintainer"
            case .originalMaintainer: "Original-Maintainer"
            case .sourceOriginalMaintainer: "XSBC-Original-Maintainer"
            case .origin: "Origin"
            case .homepage: "Homepage"
            case .section: "Section"
            case .installedSize: "Installed-Size"
            case .description: "Description"
            case .preDepends: "Pre-Depends"
            case .depends: "Depends"
            case .recommends: "Recommends"
            case .suggests: "Suggests"
            case .provides: "Provides"
            case .conffiles: "Conffiles"
            case .license: "License"
            case .builtUsing: "Built-Using"
            case .staticBuiltUsing: "Static-Built-Using"
            }
        }
    }

    /// The place of the value of a field, with its continuation lines and without the blanks around it.
    struct Value {
        var range: Range<Int>
        var line: Int
    }

    /// The fields of one package.
    struct Stanza {
        /// The line on which it starts, counted from 1; 0 before its first line.
        var line = 0
        /// The first line that is neither a field nor the continuation of one.
        var malformed: Value?
        /// Whether the next stanza follows without a blank line.
        var runsOn = false
        private var values = [Value?](repeating: nil, count: Field.allCases.count)

        /// The value of a field, or nil if it is absent or empty; if the field is repeated, the last one.
        subscript(field: Field) -> Value? {
            get { values[field.rawValue] }
            set { values[field.rawValue] = newValue }
        }

        mutating func clear() {
            line = 0
            malformed = nil
            runsOn = false
            for index in values.indices { values[index] = nil }
        }
    }

    let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    /// All names in lower case, one after another.
    ///
    /// One array with a range for each name is faster to search than many arrays.
    private let names: [UInt8]
    private let fields: [(field: Field, name: Range<Int>)]

    /// A file of which some fields are read.
    init(_ bytes: [UInt8], fields: [Field]) {
        self.bytes = bytes
        var names: [UInt8] = []
        self.fields = fields.map { field in
            let start = names.count
            names += field.name.lowercased().utf8
            return (field, start..<names.count)
        }
        self.names = names
    }

    /// The offset of the next line, in bytes.
    var position: Int { offset }

    /// Reads the next stanza, or returns false at the end.
    mutating func read(_ stanza: inout Stanza) -> Bool {
        stanza.clear()
        var open: Field?
        var isContinuable = false
        while offset < bytes.count {
            let start = offset
            let next = endOfLine(from: start)
            let end = trimmedEnd(of: start..<next)
            if start == end {
                offset = next
                line += 1
                if stanza.line == 0 { continue }
                return true
            }
            if Self.isBlank(bytes[start]) {
                if stanza.line == 0 { stanza.line = line }
                if !isContinuable {
                    if stanza.malformed == nil { stanza.malformed = Value(range: start..<end, line: line) }
                } else if let open {
                    extend(&stanza, open, to: end, from: start)
                }
            } else if let colon = endOfName(in: start..<end) {
                let field = self.field(named: start..<colon.name)
                if field == .package && stanza[.package] != nil {
                    stanza.runsOn = true
                    return true
                }
                if stanza.line == 0 { stanza.line = line }
                open = field
                isContinuable = true
                if let field {
                    let value = firstNonBlank(in: colon.value..<end)
                    stanza[field] = value == end ? nil : Value(range: value..<end, line: line)
                }
            } else {
                if stanza.line == 0 { stanza.line = line }
                if stanza.malformed == nil { stanza.malformed = Value(range: start..<end, line: line) }
                open = nil
                // Continuation lines belong to the malformed line, and one diagnostic is enough.
                isContinuable = true
            }
            offset = next
            line += 1
        }
        return stanza.line != 0
    }

    private func extend(_ stanza: inout Stanza, _ field: Field, to end: Int, from start: Int) {
        if let value = stanza[field] {
            stanza[field] = Value(range: value.range.lowerBound..<end, line: value.line)
        } else {
            // The line with the name has no text. The blank before the text stays, because it shows that the text is a
            // description and not a summary.
            stanza[field] = Value(range: start..<end, line: line)
        }
    }

    private func endOfLine(from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { return index + 1 }
            index += 1
        }
        return index
    }

    private func trimmedEnd(of range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound && (Self.isBlank(bytes[end - 1]) || bytes[end - 1] == UInt8(ascii: "\n")) {
            end -= 1
        }
        return end
    }

    private func firstNonBlank(in range: Range<Int>) -> Int {
        var start = range.lowerBound
        while start < range.upperBound && Self.isBlank(bytes[start]) { start += 1 }
        return start
    }

    /// The end of the name and the start of the value of a field, or nil if the line is not a field.
    ///
    /// Blanks may precede the colon, and no name starts with `-`.
    private func endOfName(in range: Range<Int>) -> (name: Int, value: Int)? {
        guard bytes[range.lowerBound] != UInt8(ascii: "-") else { return nil }
        var end = range.lowerBound
        while end < range.upperBound && bytes[end] != UInt8(ascii: ":") && !Self.isBlank(bytes[end]) { end += 1 }
        let colon = firstNonBlank(in: end..<range.upperBound)
        guard end > range.lowerBound, colon < range.upperBound, bytes[colon] == UInt8(ascii: ":") else { return nil }
        return (end, colon + 1)
    }

    private func field(named range: Range<Int>) -> Field? {
        for (field, name) in fields where name.count == range.count {
            var index = 0
            while index < name.count && bytes[range.lowerBound + index] | 0x20 == names[name.lowerBound + index] {
                index += 1
            }
            if index == name.count { return field }
        }
        return nil
    }

    /// Whether the byte is white space inside a line.
    static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0B, 0x0C: true
        default: false
        }
    }

    /// The text of several lines as one line: each run of blanks and line ends becomes one blank, or none at the two
    /// ends.
    static func folded(_ bytes: ArraySlice<UInt8>) -> String {
        if isFolded(bytes) { return String(decoding: bytes, as: UTF8.self) }
        var folded: [UInt8] = []
        folded.reserveCapacity(bytes.count)
        for byte in bytes {
            if isBlank(byte) || byte == UInt8(ascii: "\n") {
                if let last = folded.last, last != UInt8(ascii: " ") { folded.append(UInt8(ascii: " ")) }
            } else {
                folded.append(byte)
            }
        }
        if folded.last == UInt8(ascii: " ") { folded.removeLast() }
        return String(decoding: folded, as: UTF8.self)
    }

    private static func isFolded(_ bytes: ArraySlice<UInt8>) -> Bool {
        var wasBlank = true
        for byte in bytes {
            let isBlank = byte == UInt8(ascii: " ")
            if isBlank && wasBlank || !isBlank && (Self.isBlank(byte) || byte == UInt8(ascii: "\n")) { return false }
            wasBlank = isBlank
        }
        return !wasBlank
    }
}
