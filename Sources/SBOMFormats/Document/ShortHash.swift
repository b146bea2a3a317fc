internal import StructuredText

/// A running FNV-1a hash of 64 bits, shown as eight hexadecimal digits.
struct ShortHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    var digits: String {
        let folded = UInt32(truncatingIfNeeded: state ^ (state >> 32))
        let text = String(folded, radix: 16)
        return String(repeating: "0", count: 8 - text.utf8.count) + text
    }

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte: byte) }
        add(byte: 0xFF)
    }

    mutating func add(byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    mutating func add(_ value: JSONValue) {
        switch value {
        case .null: add(byte: 1)
        case .bool(let bool): add(byte: bool ? 2 : 3)
        case .number(let number):
            add(byte: 4)
            add(number.digits)
        case .string(let text):
            add(byte: 5)
            add(text)
        case .array(let items):
            add(byte: 6)
            for item in items { add(item) }
            add(byte: 7)
        case .object(let object):
            // The hashes of the members are added up, so that their order does not matter and no sorting is needed.
            add(byte: 8)
            var sum: UInt64 = 0
            for member in object.hasDuplicates ? object.lasts : object.members {
                var hash = ShortHash()
                hash.add(member.name)
                hash.add(member.value)
                sum = sum &+ hash.state
            }
            for shift in stride(from: UInt64(0), to: 64, by: 8) { add(byte: UInt8(truncatingIfNeeded: sum >> shift)) }
        }
    }
}

extension JSONValue {
    /// Eight hexadecimal digits that are equal for semantically equal values (FNV-1a).
    package var shortHash: String {
        var hash = ShortHash()
        hash.add(self)
        return hash.digits
    }
}
