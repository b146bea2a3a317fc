import ByteStreams
import Testing

@Suite struct ASCIITests {
    @Test func `every byte is what ASCII says`() {
        for byte in UInt8.min...UInt8.max {
            let character = Character(UnicodeScalar(byte))
            #expect(byte.isASCIIDigit == (byte < 0x80 && character.isNumber), "\(byte)")
            #expect(byte.isASCIILetter == (byte < 0x80 && character.isLetter), "\(byte)")
            #expect(byte.isASCIIHexDigit == (byte < 0x80 && character.isHexDigit), "\(byte)")
            #expect(
                byte.isASCIILowercaseHexDigit == (byte < 0x80 && character.isHexDigit && !character.isUppercase),
                "\(byte)")
            #expect(byte.hexDigitValue.map(Int.init) == (byte < 0x80 ? character.hexDigitValue : nil), "\(byte)")
        }
    }

    @Test func `a set has the characters that it was made of, and no other`() {
        let text: StaticString = "-._~:/?[]@!$&'()*+,;=aZ0"
        let set = ASCIISet(text)
        for byte in UInt8.min...UInt8.max {
            #expect(set[byte] == text.description.utf8.contains(byte), "\(byte)")
        }
    }

    @Test(arguments: ["", "a", "ab", "aab", "xaaab", "ba", "é", "aé b", "ab ab"], ["", "a", "ab", "aab", "é", "b"])
    func `bytes are found as a search of the characters finds them`(text: String, wanted: String) {
        #expect(text.hasBytes(of: wanted) == text.contains(wanted))
    }

    @Test(arguments: [
        ("", false), ("abc", false), ("a b", true), ("a\tb", true), ("é\u{00A0}", true), ("é", false),
        ("a\u{2028}", true), ("a\u{200B}", false),
    ])
    func `white space is that of Unicode`(text: String, isThere: Bool) {
        #expect(text.hasWhitespace == isThere)
    }
}
