internal import ByteStreams
internal import SBOMModel
internal import StructuredText

/// A simple type of XML Schema 1.0: what a text must look like, and what of its white space counts.
///
/// Only the built-in types and facets that CycloneDX's schemas use. Where the recommendation leaves room, or libxml2
/// reads it otherwise, libxml2 is followed, since it is what documents are judged by everywhere.
///
/// A class so that a look at one, of which there is one for each text, costs no more than a reference.
package final class XMLSchemaType: Sendable {
    /// The built-in type that a type comes down to (XML Schema part 2 §3).
    package enum Primitive: String, Sendable {
        case string, normalizedString, token, anyURI, boolean, integer, nonNegativeInteger, positiveInteger, decimal
        case dateTime, date
        /// Any content at all.
        case anyType
        /// Any of several types.
        case union
    }

    /// How JSON says it.
    enum Shape: Sendable {
        case text, number, bool
    }

    /// What narrows a built-in type down.
    struct Facets: Sendable {
        /// The texts that are allowed; nil if that is not a closed list.
        var values: Set<String>?
        var minLength = 0
        var maxLength = Int.max
        var pattern: JSONSchemaPattern?
        var minimum: Int?
        var maximum: Int?
        /// Whether the text has to be an identifier of SPDX's license list.
        var isLicense = false
    }

    package let primitive: Primitive
    let facets: Facets
    /// Of a union, the types it is of.
    let members: [XMLSchemaType]
    let shape: Shape
    /// Whether white space at the ends, and more than one space anywhere, is no part of the value (§4.3.6).
    let collapses: Bool
    /// Whether there is no text that it does not accept.
    let acceptsAll: Bool

    init(_ primitive: Primitive, _ facets: Facets = Facets(), members: [XMLSchemaType] = []) {
        self.primitive = primitive
        self.facets = facets
        self.members = members
        switch primitive {
        case .boolean: shape = .bool
        case .integer, .nonNegativeInteger, .positiveInteger, .decimal: shape = .number
        case .string, .normalizedString, .token, .anyURI, .dateTime, .date, .anyType, .union: shape = .text
        }
        switch primitive {
        case .string, .normalizedString, .token, .anyType:
            collapses = primitive == .token
            acceptsAll =
                facets.values == nil && facets.minLength == 0 && facets.maxLength == .max && facets.pattern == nil
                && !facets.isLicense
        case .anyURI, .boolean, .integer, .nonNegativeInteger, .positiveInteger, .decimal, .dateTime, .date:
            collapses = true
            acceptsAll = false
        case .union:
            collapses = members.allSatisfy(\.collapses)
            acceptsAll = members.contains(where: \.acceptsAll)
        }
    }

    /// Text of any kind.
    static let text = XMLSchemaType(.string)

    /// Whether a text, as written in the document, is a value of the type.
    package func accepts(_ raw: String) -> Bool {
        if acceptsAll { return true }
        if primitive == .union { return members.contains { $0.accepts(raw) } }
        let text =
            collapses ? Self.collapsed(raw) : primitive == .normalizedString ? Self.lined(raw) : raw
        if facets.minLength > 0 || facets.maxLength < .max {
            let length =
                text.utf8.count <= facets.maxLength && facets.minLength <= 1
                ? text.utf8.count : text.unicodeScalars.count
            guard length >= facets.minLength, length <= facets.maxLength else { return false }
        }
        // Swift's equality is by canonical equivalence, under which U+212A is a K; no value has other than ASCII.
        if let values = facets.values, !values.contains(text) || !text.utf8.allSatisfy({ $0 < 0x80 }) { return false }
        if let pattern = facets.pattern, !pattern.matches(text) { return false }
        if facets.isLicense, !LicenseList.isInSchemas(text) { return false }
        switch primitive {
        case .string, .normalizedString, .token, .anyType, .union: return true
        case .anyURI: return Self.isReference(text)
        case .boolean: return ["true", "false", "1", "0"].contains(text)
        case .integer: return Self.isDecimal(text, isWhole: true) && isInBounds(text)
        case .nonNegativeInteger:
            return Self.isDecimal(text, isWhole: true) && isInBounds(text)
                && (!text.hasPrefix("-") || text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "0") })
        case .positiveInteger:
            return Self.isDecimal(text, isWhole: true) && isInBounds(text) && !text.hasPrefix("-")
                && text.utf8.contains { $0 > UInt8(ascii: "0") }
        case .decimal: return Self.isDecimal(text, isWhole: false) && isInBounds(text)
        // White space before a date does not belong to its value (§3.2.7), but libxml2 refuses it.
        case .dateTime: return raw.utf8.first == text.utf8.first && XMLSchemaDate.isDateTime(text)
        case .date: return raw.utf8.first == text.utf8.first && XMLSchemaDate.isDate(text)
        }
    }

    /// What a person would call a text of the type.
    package var expected: String {
        if facets.isLicense { return "an identifier of SPDX's license list" }
        if let values = facets.values {
            let sorted = values.sorted()
            return sorted.count <= 12
                ? "one of " + sorted.joined(separator: ", ")
                : "one of " + sorted.prefix(8).joined(separator: ", ") + " and \(sorted.count - 8) more"
        }
        if let pattern = facets.pattern { return "text that matches \(pattern.source.dropFirst(4).dropLast(2))" }
        var bounds = ""
        if let minimum = facets.minimum { bounds += " from \(minimum)" }
        if let maximum = facets.maximum { bounds += " to \(maximum)" }
        switch primitive {
        case .string, .normalizedString, .token, .anyType:
            if facets.minLength > 0, facets.maxLength < .max {
                return "text of \(facets.minLength) to \(facets.maxLength) characters"
            }
            if facets.maxLength < .max { return "text of at most \(facets.maxLength) characters" }
            return facets.minLength > 0 ? "text that is not empty" : "text"
        case .anyURI: return "a URI"
        case .boolean: return "true or false"
        case .integer: return "a whole number\(bounds)"
        case .nonNegativeInteger: return "a whole number from 0"
        case .positiveInteger: return "a whole number from 1"
        case .decimal: return "a decimal number\(bounds)"
        case .dateTime: return "a date and time such as 2024-02-29T12:00:00Z"
        case .date: return "a date such as 2024-02-29"
        case .union: return members.map(\.expected).joined(separator: ", or ")
        }
    }

    /// The text without white space at the ends, and with a space for any run of it within.
    package static func collapsed(_ text: String) -> String { collapse(text) ?? text }

    /// The same; nil if nothing changes.
    static func collapse(_ text: String) -> String? {
        let bytes = text.utf8Span.span
        // Nearly all have none at all.
        var hasSpace: UInt8 = 0
        for index in bytes.indices { hasSpace |= bytes[index] <= 0x20 ? 1 : 0 }
        guard hasSpace != 0 else { return nil }
        var isBehindSpace = true
        var isCollapsed = true
        for index in bytes.indices {
            let isSpace = Self.isSpace(bytes[index])
            if isSpace && (isBehindSpace || bytes[index] != 0x20) { isCollapsed = false }
            isBehindSpace = isSpace
        }
        if isCollapsed, !isBehindSpace || text.isEmpty { return nil }
        return text.utf8.split(whereSeparator: Self.isSpace).map { String(decoding: $0, as: UTF8.self) }
            .joined(separator: " ")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// The text with a space for each white space (§4.3.6, replace).
    private static func lined(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return String(decoding: text.utf8.map { isSpace($0) ? 0x20 : $0 }, as: UTF8.self)
    }

    private func isInBounds(_ text: String) -> Bool {
        guard facets.minimum != nil || facets.maximum != nil else { return true }
        // Bounds are small, and where a double is not exact it is far from them or on the same side.
        guard let value = Double(text.hasSuffix(".") ? text + "0" : text) else { return false }
        return value >= Double(facets.minimum ?? .min) && value <= Double(facets.maximum ?? .max)
    }

    // Part 2 §3.2.3. A processor may set a limit to digits (§5.3.1); libxml2's is 24, leading zeros not counted.
    private static func isDecimal(_ text: String, isWhole: Bool) -> Bool {
        var digits = 0
        var significant = 0
        var points = 0
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                if significant > 0 || points > 0 || byte != UInt8(ascii: "0") { significant += 1 }
            case UInt8(ascii: "+"), UInt8(ascii: "-"): guard place == 0 else { return false }
            case UInt8(ascii: "."):
                points += 1
                guard points == 1, !isWhole else { return false }
            default: return false
            }
        }
        return digits > 0 && significant <= 24
    }
}

extension XMLSchemaType {
    /// Whether libxml2 takes a text for a URI reference (RFC 3986 §4.1).
    ///
    /// Characters that no URI may have are fine: XML Schema has them escaped first (part 2 §3.2.17).
    static func isReference(_ text: String) -> Bool {
        if isUsualReference(text) { return true }
        var bytes = Array(text.utf8)
        for index in bytes.indices {
            switch bytes[index] {
            case 0...0x20, 0x7F...0xFF, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "{"),
                UInt8(ascii: "}"), UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"):
                bytes[index] = UInt8(ascii: "_")
            default: break
            }
        }
        return XMLReference(bytes[...]).isReference
    }

    /// Whether a text is a URI as most are: a scheme, then characters of which none needs a closer look.
    private static func isUsualReference(_ text: String) -> Bool {
        let bytes = text.utf8Span.span
        var index = 0
        while index < bytes.count, bytes[index].isASCIILetter { index += 1 }
        guard index > 0, index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return false }
        index += 1
        let slash = UInt8(ascii: "/")
        if index + 1 < bytes.count, bytes[index] == slash, bytes[index + 1] == slash {
            index += 2
            while index < bytes.count, bytes[index] != slash {
                guard isUnreserved(bytes[index]) else { return false }
                index += 1
            }
        }
        while index < bytes.count {
            switch bytes[index] {
            case slash, UInt8(ascii: "@"), UInt8(ascii: "?"), UInt8(ascii: "="), UInt8(ascii: "&"), UInt8(ascii: "+"),
                UInt8(ascii: ":"):
                break
            default: guard isUnreserved(bytes[index]) else { return false }
            }
            index += 1
        }
        return true
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }
}

/// A URI reference taken apart by the grammar of RFC 3986, appendix A.
private struct XMLReference {
    private let text: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
    }

    var isReference: Bool {
        if text.first?.isASCIILetter == true,
            let colon = text.firstIndex(where: { !Self.isSchemeByte($0) }), text[colon] == UInt8(ascii: ":"),
            Self.isRest(text[(colon + 1)...], mayHaveColon: true)
        {
            return true
        }
        return Self.isRest(text, mayHaveColon: false)
    }

    /// What follows the scheme, or a whole relative reference.
    private static func isRest(_ text: ArraySlice<UInt8>, mayHaveColon: Bool) -> Bool {
        var rest = text
        var fragment: ArraySlice<UInt8>?
        var query: ArraySlice<UInt8>?
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            fragment = rest[(hash + 1)...]
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[(mark + 1)...]
            rest = rest[..<mark]
        }
        // Brackets libxml2 takes in fragments, against the grammar.
        if let query, !isText(query, also: "/?:@") { return false }
        if let fragment, !isText(fragment, also: "/?:@[]") { return false }
        if rest.starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")]) {
            let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
            return isAuthority(authority) && isText(rest[authority.endIndex...], also: "/:@")
        }
        // A first segment with a colon would be a scheme.
        let segment = rest.prefix { $0 != UInt8(ascii: "/") }
        if !mayHaveColon, segment.contains(UInt8(ascii: ":")) { return false }
        return isText(rest, also: "/:@")
    }

    private static func isAuthority(_ text: ArraySlice<UInt8>) -> Bool {
        var host = text
        if let at = text.firstIndex(of: UInt8(ascii: "@")) {
            guard isText(text[..<at], also: ":") else { return false }
            host = text[(at + 1)...]
        }
        if host.first == UInt8(ascii: "[") {
            guard let close = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            host = host[(close + 1)...]
        } else {
            let name = host.prefix { $0 != UInt8(ascii: ":") }
            guard isText(name, also: "") else { return false }
            host = host[name.endIndex...]
        }
        guard let colon = host.first else { return true }
        let port = host.dropFirst()
        // libxml2 wants digits behind the colon, and a number that fits an int.
        return colon == UInt8(ascii: ":") && port.allSatisfy(\.isASCIIDigit) && port.count < 10
            && !port.isEmpty
    }

    /// Whether all are unreserved, sub-delims, escapes or one of those.
    private static func isText(_ text: ArraySlice<UInt8>, also: StaticString) -> Bool {
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                continue
            case UInt8(ascii: "%"):
                guard index + 1 < text.endIndex, text[index].isASCIIHexDigit, text[index + 1].isASCIIHexDigit else {
                    return false
                }
                index += 2
            default:
                guard "-._~!$&'()*+,;=".utf8.contains(byte) || "\(also)".utf8.contains(byte) else { return false }
            }
        }
        return true
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }
}
