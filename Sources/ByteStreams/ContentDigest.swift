/// The digest that identifies a blob: an algorithm and its value (OCI image-spec, descriptor.md, "Digests").
package struct ContentDigest: Sendable, Hashable, CustomStringConvertible {
    /// The algorithms that OCI registers and that are computed here.
    package enum Algorithm: String, Sendable, CaseIterable {
        case sha256
        case sha512

        /// The size of a value in bytes.
        var byteCount: Int { self == .sha256 ? 32 : 64 }

        /// What computes it.
        var function: RunningHash.Function { self == .sha256 ? .sha256 : .sha512 }
    }

    /// How the value was computed.
    package let algorithm: Algorithm
    /// The value in lowercase hexadecimal digits.
    package let hex: String

    /// Parses `sha256:…`; nil unless the algorithm is known and the value has the right number of lowercase digits.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let algorithm = Algorithm(rawValue: String(text[..<colon])) else {
            return nil
        }
        let hex = text[text.index(after: colon)...]
        guard hex.utf8.count == algorithm.byteCount * 2, hex.utf8.allSatisfy(\.isASCIILowercaseHexDigit) else {
            return nil
        }
        self.algorithm = algorithm
        self.hex = String(hex)
    }

    /// A digest with that value, which has as many bytes as the algorithm makes.
    package init(_ algorithm: Algorithm, _ value: [UInt8]) {
        self.algorithm = algorithm
        hex = hexadecimal(value)
    }

    /// The digest of `bytes`.
    package static func of(_ bytes: [UInt8], _ algorithm: Algorithm = .sha256) -> ContentDigest {
        var hash = RunningHash(algorithm.function)
        hash.update(bytes.span)
        return ContentDigest(algorithm, hash.finish())
    }

    /// The algorithm, a colon and the value.
    package var description: String { "\(algorithm.rawValue):\(hex)" }
}

/// The bytes that hexadecimal digits stand for, two digits for each byte; nil if there is another character or an odd number.
package func bytes(hexadecimal digits: some Collection<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
        guard let value = digit.hexDigitValue else { return nil }
        if let first = high {
            bytes.append(first << 4 | value)
            high = nil
        } else {
            high = value
        }
    }
    return bytes
}

/// The bytes as lowercase hexadecimal digits, two for each byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
    return String(decoding: text, as: UTF8.self)
}
