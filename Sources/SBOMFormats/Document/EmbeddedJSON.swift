internal import StructuredText

extension JSONValue {
    /// The value as compact JSON that can stand inside of a text of another format.
    ///
    /// `</` would end a text of tag-value, and XML cannot hold U+FFFE and U+FFFF; all of them are escaped.
    var embeddedText: String {
        let bytes = JSONWriter.bytes(of: self, .compact)
        let text = String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == 0xEF }) else { return text }
        return text.replacing("</", with: "<\\/").replacing("\u{FFFE}", with: "\\ufffe")
            .replacing("\u{FFFF}", with: "\\uffff")
    }
}
