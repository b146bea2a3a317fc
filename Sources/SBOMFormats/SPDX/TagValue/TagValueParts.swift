internal import ByteStreams
internal import StructuredText

/// Values of several parts, taken apart and put together.
///
/// Each is put together only if it will be taken apart into the same parts.
enum TagValueParts {
    /// The parts between blanks.
    static func words(_ value: String) -> [Substring] {
        value.utf8.split { TagValueSpelling.isBlank($0) || $0 == 0x0A }.map { Substring($0) }
    }

    /// A purpose as JSON has it.
    static func purpose(fromTag value: String) -> String {
        value == "OPERATING-SYSTEM" ? "OPERATING_SYSTEM" : value
    }

    /// A purpose as it is written in a tag.
    static func purpose(fromJSON value: String) -> String {
        value == "OPERATING_SYSTEM" ? "OPERATING-SYSTEM" : value
    }

    /// Reads `SHA1: da39…`.
    static func checksum(_ value: Substring) -> JSONValue? {
        guard let colon = value.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let algorithm = trimmed(value[..<colon])
        let digest = trimmed(value[value.utf8.index(after: colon)...])
        guard !algorithm.isEmpty, !digest.isEmpty else { return nil }
        return ["algorithm": .string(String(algorithm)), "checksumValue": .string(String(digest))]
    }

    /// A checksum as one value.
    static func spelled(algorithm: String, digest: String) -> String? {
        guard isPart(algorithm), isPart(digest), !algorithm.utf8.contains(UInt8(ascii: ":")) else { return nil }
        return "\(algorithm): \(digest)"
    }

    /// Reads `da39… (excludes: ./a, ./b)`.
    static func verificationCode(_ value: String) -> JSONValue? {
        guard let parenthesis = value.utf8.firstIndex(of: UInt8(ascii: "(")) else {
            return ["packageVerificationCodeValue": .string(String(trimmed(value[...])))]
        }
        let code = trimmed(value[..<parenthesis])
        var inner = trimmed(value[value.utf8.index(after: parenthesis)...])
        guard inner.utf8.last == UInt8(ascii: ")") else { return nil }
        inner = trimmed(Substring(inner.utf8.dropLast()))
        if inner.utf8.starts(with: excludes.utf8) {
            inner = trimmed(Substring(inner.utf8.dropFirst(excludes.utf8.count)))
        }
        let files = inner.utf8.split(separator: UInt8(ascii: ",")).map { trimmed(Substring($0)) }
            .filter { !$0.isEmpty }
        var object = JSONObject()
        object.append("packageVerificationCodeValue", .string(String(code)))
        if !files.isEmpty {
            object.append("packageVerificationCodeExcludedFiles", .array(files.map { .string(String($0)) }))
        }
        return .object(object)
    }

    /// A verification code as one value.
    static func spelled(code: String, excluded: [String]) -> String? {
        // Without files there may be no code, of which some tools make an empty one.
        guard isPart(code) || code.isEmpty, !code.utf8.contains(UInt8(ascii: "(")) else { return nil }
        guard !excluded.isEmpty else { return code }
        for file in excluded where !isPart(file) || file.utf8.contains(UInt8(ascii: ",")) { return nil }
        return "\(code) (\(excludes) \(excluded.joined(separator: ", ")))"
    }

    /// Reads `DocumentRef-other https://… SHA1: da39…`.
    static func externalDocument(_ value: String) -> JSONValue? {
        guard let (id, address, rest) = three(value), let checksum = checksum(rest) else { return nil }
        return [
            "externalDocumentId": .string(String(id)), "spdxDocument": .string(String(address)), "checksum": checksum,
        ]
    }

    /// Reads `SECURITY cpe23Type cpe:2.3:…`.
    static func externalReference(_ value: String) -> JSONValue? {
        guard let (category, type, locator) = three(value) else { return nil }
        return [
            "referenceCategory": .string(String(category)), "referenceType": .string(String(type)),
            "referenceLocator": .string(String(locator)),
        ]
    }

    /// Two words and a rest as one value.
    static func spelled(_ one: String, _ two: String, _ rest: String) -> String? {
        guard isWord(one), isWord(two), isPart(rest) else { return nil }
        return joined(one, two, rest)
    }

    /// A locator without blanks, which are not found in any that is one.
    static func word(_ locator: String) -> String {
        guard !isWord(locator) else { return locator }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in locator.utf8 {
            if TagValueSpelling.isBlank(byte) || byte == 0x0A {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads `310:420`.
    static func range(_ value: String, _ form: SPDXTag.Form) -> JSONValue? {
        guard let colon = value.utf8.firstIndex(of: UInt8(ascii: ":")),
            let start = number(value[..<colon]), let end = number(value[value.utf8.index(after: colon)...])
        else { return nil }
        let member = form == .byteRange ? "offset" : "lineNumber"
        return ["startPointer": [member: .number(start)], "endPointer": [member: .number(end)]]
    }

    /// A whole number without a sign.
    static func number(_ text: Substring) -> JSONNumber? {
        text.utf8.allSatisfy(\.isASCIIDigit) ? JSONNumber(String(text)) : nil
    }

    /// Whether something is not empty and has no blanks.
    static func isWord(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains { TagValueSpelling.isBlank($0) || $0 == 0x0A }
    }

    /// Three parts with blanks between; for what there is most of, faster than an interpolation.
    static func joined(_ one: String, _ two: String, _ three: String) -> String {
        var text = one
        text.reserveCapacity(one.utf8.count + two.utf8.count + three.utf8.count + 2)
        text += " "
        text += two
        text += " "
        text += three
        return text
    }

    private static let excludes = "excludes:"

    // Not empty, and without blanks at either end.
    private static func isPart(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return ![first, last].contains { TagValueSpelling.isBlank($0) || $0 == 0x0A }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var bytes = text.utf8
        while let first = bytes.first, TagValueSpelling.isBlank(first) || first == 0x0A { bytes.removeFirst() }
        while let last = bytes.last, TagValueSpelling.isBlank(last) || last == 0x0A { bytes.removeLast() }
        return Substring(bytes)
    }

    private static func three(_ value: String) -> (Substring, Substring, Substring)? {
        let isBlank = { (byte: UInt8) in TagValueSpelling.isBlank(byte) || byte == 0x0A }
        let parts = trimmed(value[...]).utf8.split(maxSplits: 1, whereSeparator: isBlank)
        guard parts.count == 2 else { return nil }
        let more = trimmed(Substring(parts[1])).utf8.split(maxSplits: 1, whereSeparator: isBlank)
        guard more.count == 2 else { return nil }
        return (Substring(parts[0]), Substring(more[0]), trimmed(Substring(more[1])))
    }
}
