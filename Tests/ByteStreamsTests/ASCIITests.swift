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
}
