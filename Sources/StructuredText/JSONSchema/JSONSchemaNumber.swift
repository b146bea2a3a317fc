/// A number in exact decimal form, so that comparisons are exact and large exponents need no memory.
struct JSONSchemaNumber: Sendable, Hashable {
    private let isNegative: Bool
    // The digits without zeros at either end; empty for zero.
    private let digits: [UInt8]
    // The power of ten to multiply the integer of the digits with.
    private let exponent: Int

    /// The value for exponents that Int cannot hold.
    private static let exponentLimit = Int.max / 8

    init(_ number: JSONNumber) {
        var digits: [UInt8] = []
        var isNegative = false
        var fraction = 0
        var isBehindPoint = false
        var power = 0
        var powerIsNegative = false
        var isPower = false
        for byte in number.digits.utf8 {
            switch byte {
            case UInt8(ascii: "-"): if isPower { powerIsNegative = true } else { isNegative = true }
            case UInt8(ascii: "."): isBehindPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isPower = true
            case 0x30...0x39:
                if isPower {
                    power = min(power &* 10 &+ Int(byte - 0x30), Self.exponentLimit / 16)
                } else {
                    if isBehindPoint { fraction += 1 }
                    if byte != 0x30 || !digits.isEmpty { digits.append(byte - 0x30) }
                }
            default: break
            }
        }
        var exponent = (powerIsNegative ? -power : power) - fraction
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : exponent
        self.isNegative = isNegative && !digits.isEmpty
    }

    /// Whether the number has no fraction.
    var isWhole: Bool { exponent >= 0 }

    /// Whether the number is greater than zero.
    var isPositive: Bool { !isNegative && !digits.isEmpty }

    static func < (one: JSONSchemaNumber, other: JSONSchemaNumber) -> Bool {
        if one.isNegative != other.isNegative { return one.isNegative }
        let (small, large) = one.isNegative ? (other, one) : (one, other)
        if small.digits.isEmpty || large.digits.isEmpty { return small.digits.isEmpty && !large.digits.isEmpty }
        let (size, otherSize) = (small.digits.count + small.exponent, large.digits.count + large.exponent)
        if size != otherSize { return size < otherSize }
        return small.digits.lexicographicallyPrecedes(large.digits)
    }

    /// Whether the number is a multiple of `divisor`, which is positive and has at most 18 digits.
    func isMultiple(of divisor: JSONSchemaNumber) -> Bool {
        guard !digits.isEmpty else { return true }
        // The digits have no factor ten, so they cannot compensate for a smaller power of ten.
        guard exponent >= divisor.exponent else { return false }
        let modulus = divisor.digits.reduce(UInt64(0)) { $0 &* 10 &+ UInt64($1) }
        guard modulus > 0 else { return false }
        func times(_ one: UInt64, _ other: UInt64) -> UInt64 {
            modulus.dividingFullWidth(one.multipliedFullWidth(by: other)).remainder
        }
        var rest: UInt64 = 0
        for digit in digits { rest = (times(rest, 10) + UInt64(digit)) % modulus }
        var power = exponent - divisor.exponent
        var factor = 10 % modulus
        while power > 0 {
            if power & 1 == 1 { rest = times(rest, factor) }
            factor = times(factor, factor)
            power >>= 1
        }
        return rest == 0
    }

    /// The number of digits without zeros at either end.
    var digitCount: Int { digits.count }
}
