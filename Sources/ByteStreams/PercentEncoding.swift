/// Percent-encoding of bytes (RFC 3986 §2.1).
package enum PercentEncoding {
    /// Writes every byte that is not kept as `%XX`, in upper case.
    ///
    /// - Parameters:
    ///   - bytes: The bytes to write.
    ///   - isKept: Whether a byte stays as it is.
    /// - Returns: The encoded text.
    package static func encoded(_ bytes: some Sequence<UInt8>, keeping isKept: (UInt8) -> Bool) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.underestimatedCount)
        for byte in bytes {
            if isKept(byte) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 15] { result.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes with every escape `%XX` resolved; nil if two hexadecimal digits do not follow a percent sign.
    package static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.contains(UInt8(ascii: "%")) else { return Array(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(\.hexDigitValue),
                let low = rest.popFirst().flatMap(\.hexDigitValue)
            else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
