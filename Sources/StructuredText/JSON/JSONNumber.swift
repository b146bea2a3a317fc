/// A number by the digits it was written with (RFC 8259 §6).
///
/// `1.0` stays `1.0`, and `12345678901234567890` loses no digit. The code that reads the value chooses the conversion.
/// Two numbers are equal if their digits are equal.
package struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The digits as they were written.
    package let digits: String

    /// Parses a number by the grammar of RFC 8259 §6; nil if it does not parse.
    package init?(_ digits: String) {
        let bytes = Array(digits.utf8)
        guard JSONParser.endOfNumber(bytes.span, from: 0) == .end(bytes.count) else { return nil }
        self.digits = digits
    }

    /// An integer in decimal digits.
    package init(_ integer: some BinaryInteger) {
        digits = String(integer)
    }

    /// The shortest digits that give the same number; nil for numbers that JSON cannot express (infinities, NaN).
    package init?(_ double: Double) {
        guard double.isFinite else { return nil }
        digits = "\(double)"
    }

    /// A number with digits that the parser has checked.
    init(checked digits: String) {
        self.digits = digits
    }

    package var description: String { digits }

    /// The value as an integer, if it is one and fits: `10`, `1e1` and `10.0` are all 10.
    package var int: Int? {
        if let plain = Int(digits) { return plain }
        guard let (mantissa, exponent) = scientific, exponent >= 0, exponent <= 18 else { return nil }
        var value = 0
        let isNegative = digits.utf8.first == UInt8(ascii: "-")
        for digit in mantissa + Array(repeating: 0, count: exponent) {
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, alsoTooLarge) = tens.addingReportingOverflow(isNegative ? -Int(digit) : Int(digit))
            guard !tooLarge, !alsoTooLarge else { return nil }
            value = sum
        }
        return value
    }

    /// Whether the value is whole, however large: JSON Schema calls `1.0` and `1e400` integers.
    package var isWhole: Bool {
        guard let (_, exponent) = scientific else { return false }
        return exponent >= 0
    }

    /// The nearest double; infinite if the number is too large.
    package var double: Double {
        // Double parses everything that the grammar of JSON allows.
        Double(digits) ?? .nan
    }

    // The digits without zeros at either end, and the power of ten to multiply them with. Nil if the exponent does not
    // fit into an Int; such a number is treated as not whole.
    private var scientific: (mantissa: [UInt8], exponent: Int)? {
        let parts = digits.split { $0 == "e" || $0 == "E" }
        guard let written = parts.first else { return nil }
        var mantissa = written.utf8.filter { $0 >= UInt8(ascii: "0") }.map { $0 - UInt8(ascii: "0") }
        var fraction = written.split(separator: ".").dropFirst().first?.utf8.count ?? 0
        while mantissa.last == 0 {
            mantissa.removeLast()
            fraction -= 1
        }
        mantissa = Array(mantissa.drop { $0 == 0 })
        if mantissa.isEmpty { return ([], 0) }
        guard let power = Int(parts.dropFirst().first ?? "0") else { return nil }
        let (exponent, overflow) = power.subtractingReportingOverflow(fraction)
        return overflow ? nil : (mantissa, exponent)
    }
}
