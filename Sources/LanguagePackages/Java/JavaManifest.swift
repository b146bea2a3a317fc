internal import ByteStreams

/// The main section of the manifest of a Java archive (JAR File Specification, "Manifest Specification").
struct JavaManifest {
    private var values: [String: String] = [:]

    /// Reads the attributes; a line that is none is passed over.
    init(_ bytes: [UInt8]) {
        var name: String?
        var value: [UInt8] = []
        func lines() -> [ArraySlice<UInt8>] {
            Self.mainSection(of: bytes).split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        }
        for line in lines() {
            // A line ends after 72 bytes, in the middle of a character if need be; the next one continues it.
            if line.first == UInt8(ascii: " ") {
                value += line.dropFirst()
                continue
            }
            insert(name, value)
            name = nil
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            value = Array(line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") })
        }
        insert(name, value)
    }

    private mutating func insert(_ name: String?, _ value: [UInt8]) {
        guard let name else { return }
        values[name] = String(decoding: value, as: UTF8.self)
    }

    /// The value of an attribute, whose name is in letters of any case, without blanks at its ends; nil if it is missing
    /// or empty, or if it is a variable that was not replaced.
    subscript(name: String) -> String? { statedText(values[name.lowercased()]) }

    /// Whether there is an attribute of that name.
    func has(_ name: String) -> Bool { values[name.lowercased()] != nil }

    /// The bytes up to the first empty line; what follows is about single files.
    static func mainSection(of bytes: [UInt8]) -> [UInt8] {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            if end == start, start > 0 { return Array(bytes[..<start]) }
            let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
            start = end + (isPair ? 2 : 1)
        }
        return bytes
    }
}

/// A text of a description as a value: without white space at its ends; nil if it is empty or has a variable that was not
/// replaced when the archive was built, such as `${project.version}`.
func statedText(_ text: String?) -> String? {
    guard let text else { return nil }
    let value = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return value.isEmpty || value.hasBytes(of: "${") || value.hasBytes(of: "@{") ? nil : value
}

/// The pairs of a file of properties (java.util.Properties, `load`).
///
/// - Parameter bytes: The file, in ISO 8859-1 with escapes, or in UTF-8.
/// - Returns: The values by their keys; the last value of a key counts.
func javaProperties(_ bytes: [UInt8]) -> [String: String] {
    var pairs: [String: String] = [:]
    var logical: [UInt8] = []
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
        let text = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C }
        if logical.isEmpty, text.first == UInt8(ascii: "#") || text.first == UInt8(ascii: "!") { continue }
        logical += text
        // An odd number of backslashes at the end continues the line.
        let slashes = logical.reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        if !slashes.isMultiple(of: 2) {
            logical.removeLast()
            continue
        }
        insertProperty(logical, &pairs)
        logical = []
    }
    insertProperty(logical, &pairs)
    return pairs
}

private func insertProperty(_ line: [UInt8], _ pairs: inout [String: String]) {
    var key: [UInt8] = []
    var value: [UInt8] = []
    var isKey = true
    var index = 0
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }
    while index < line.count {
        var byte = line[index]
        index += 1
        if byte == UInt8(ascii: "\\"), index < line.count {
            byte = line[index]
            index += 1
            switch byte {
            case UInt8(ascii: "t"): byte = 0x09
            case UInt8(ascii: "n"): byte = 0x0A
            case UInt8(ascii: "r"): byte = 0x0D
            case UInt8(ascii: "f"): byte = 0x0C
            case UInt8(ascii: "u"):
                let digits = line[index..<min(index + 4, line.count)]
                if digits.count == 4, let pair = bytes(hexadecimal: digits) {
                    index += 4
                    let unit = UInt32(pair[0]) << 8 | UInt32(pair[1])
                    let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
                    if isKey { key += String(scalar).utf8 } else { value += String(scalar).utf8 }
                    continue
                }
            default: break
            }
            if isKey { key.append(byte) } else { value.append(byte) }
        } else if isKey, byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") || isBlank(byte) {
            isKey = false
            var hasSign = !isBlank(byte)
            while index < line.count {
                if isBlank(line[index]) {
                    index += 1
                } else if !hasSign, line[index] == UInt8(ascii: "=") || line[index] == UInt8(ascii: ":") {
                    hasSign = true
                    index += 1
                } else {
                    break
                }
            }
        } else if isKey {
            key.append(byte)
        } else {
            value.append(byte)
        }
    }
    guard !key.isEmpty else { return }
    pairs[String(decoding: key, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
}
