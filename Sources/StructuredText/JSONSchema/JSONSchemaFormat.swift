internal import ByteStreams

/// A value of the keyword `format`.
///
/// Most validators treat it as an annotation; here a violation is a remark.
enum JSONSchemaFormat: String, Sendable {
    case dateTime = "date-time"
    case date
    case email = "idn-email"
    case uri
    case iriReference = "iri-reference"
    /// The word `string`, which is not a format but occurs in some schemas.
    case string

    /// The expected text, for messages.
    var expected: String {
        switch self {
        case .dateTime: "a date and time such as 2024-02-29T12:00:00Z (RFC 3339)"
        case .date: "a date such as 2024-02-29 (RFC 3339)"
        case .email: "an e-mail address"
        case .uri: "a URI (RFC 3986)"
        case .iriReference: "a URL or another reference (RFC 3987)"
        case .string: "a string"
        }
    }

    func accepts(_ text: String) -> Bool {
        switch self {
        case .dateTime: Self.isDateTime(Array(text.utf8))
        case .date: Self.isDate(Array(text.utf8)[...])
        case .email: text.utf8.contains(UInt8(ascii: "@"))
        case .uri: Self.isReference(text) && Self.hasScheme(text)
        case .iriReference: Self.isReference(text)
        case .string: true
        }
    }

    // RFC 3339 §5.6.
    private static func isDateTime(_ text: [UInt8]) -> Bool {
        guard text.count >= 20, isDate(text[..<10]), text[10] | 0x20 == UInt8(ascii: "t"),
            let hour = number(text[11..<13]), hour < 24, text[13] == UInt8(ascii: ":"),
            let minute = number(text[14..<16]), minute < 60, text[16] == UInt8(ascii: ":"),
            let second = number(text[17..<19]), second <= 60
        else { return false }
        var rest = text[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let fraction = rest.prefix(while: \.isASCIIDigit)
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count)
        }
        if rest.count == 1 { return rest[rest.startIndex] | 0x20 == UInt8(ascii: "z") }
        let zone = Array(rest)
        guard zone.count == 6, zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
            let hours = number(zone[1..<3]), hours < 24, zone[3] == UInt8(ascii: ":"),
            let minutes = number(zone[4..<6]), minutes < 60
        else { return false }
        return true
    }

    private static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
        let text = Array(text)
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = number(text[..<4]), let month = number(text[5..<7]), let day = number(text[8...])
        else { return false }
        return Calendar.hasDay(year: year, month: month, day: day)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard digit.isASCIIDigit else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    // RFC 3987 §2.2: characters that no reference may contain, and escapes with `%`.
    private static func isReference(_ text: String) -> Bool {
        var fragments = 0
        var escaped = 0
        for byte in text.utf8 {
            if escaped > 0 {
                guard byte.isASCIIHexDigit else { return false }
                escaped -= 1
                continue
            }
            switch byte {
            case 0...0x20, 0x7F: return false
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "}"),
                UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"):
                return false
            case UInt8(ascii: "%"): escaped = 2
            case UInt8(ascii: "#"):
                fragments += 1
                if fragments > 1 { return false }
            default: break
            }
        }
        return escaped == 0
    }

    // RFC 3986 §3.1.
    private static func hasScheme(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), let first = text.utf8.first,
            first.isASCIILetter
        else { return false }
        return text.utf8[..<colon].allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: ".")
        }
    }
}
