internal import StructuredText

/// Numbers as JSON and as XML Schema spell them.
enum CycloneDXXMLDecimal {
    /// Whether a number's digits are as fine in XML as in JSON: there are no powers of ten, and no points in integers.
    static func isIdentical(to number: JSONNumber, like type: XMLSchemaType) -> Bool {
        !number.digits.utf8.contains {
            $0 | 0x20 == UInt8(ascii: "e") || $0 == UInt8(ascii: ".") && type.primitive != .decimal
        }
    }

    /// What JSON makes of a decimal that is spelled as JSON would not: `+5`, `007`, `.5`, `5.`.
    static func number(_ text: String) -> JSONNumber? {
        var digits = text
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first else { return nil }
        let kept = whole.drop { $0 == "0" }
        let fraction = parts.count == 2 ? parts[1] : ""
        return JSONNumber(
            (isNegative ? "-" : "") + (kept.isEmpty ? "0" : kept) + (fraction.isEmpty ? "" : "." + fraction))
    }

    /// The digits of a JSON number as XML Schema takes them; nil if that is too long to be meant.
    static func text(_ number: JSONNumber, _ type: XMLSchemaType) -> String? {
        if isIdentical(to: number, like: type) { return number.digits }
        var digits = Substring(number.digits)
        let isNegative = digits.hasPrefix("-")
        if isNegative { digits.removeFirst() }
        let halves = digits.split { $0 == "e" || $0 == "E" }
        guard let mantissa = halves.first, let power = Int(halves.dropFirst().first ?? "0"), abs(power) <= 64 else {
            return nil
        }
        let parts = mantissa.split(separator: ".")
        var whole = Array((parts.first ?? "0").utf8)
        var fraction = Array((parts.dropFirst().first ?? "").utf8)
        for _ in 0..<max(power, 0) { whole.append(fraction.isEmpty ? 0x30 : fraction.removeFirst()) }
        for _ in 0..<max(-power, 0) { fraction.insert(whole.popLast() ?? 0x30, at: 0) }
        while fraction.last == 0x30 { fraction.removeLast() }
        whole = Array(whole.drop { $0 == 0x30 })
        let text =
            (whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self))
            + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
        return (isNegative ? "-" : "") + text
    }
}
