internal import StructuredText

extension JSONValue {
    /// The value as compact JSON that another format can contain as text.
    ///
    /// `</` would end a text of tag-value, and XML cannot hold U+FFFE and U+FFFF; all of them are escaped.
    package var embeddedText: String {
        let bytes = JSONWriter.bytes(of: self, .compact)
        let text = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
        guard text.contains(where: { $0 == UInt8(ascii: "<") || $0 == 0xEF }) else {
            return String(decoding: text, as: UTF8.self)
        }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.count)
        for (place, byte) in zip(text.indices, text) {
            let before = text[..<place].suffix(2)
            switch byte {
            case UInt8(ascii: "/") where before.last == UInt8(ascii: "<"): escaped += "\\/".utf8
            case 0xBE where before.elementsEqual([0xEF, 0xBF]), 0xBF where before.elementsEqual([0xEF, 0xBF]):
                escaped.removeLast(2)
                escaped += (byte == 0xBE ? "\\ufffe" : "\\uffff").utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
