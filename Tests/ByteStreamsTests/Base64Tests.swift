import ByteStreams
import Testing

@Suite struct Base64Tests {
    /// RFC 4648 §10, and what readers meet beside it.
    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"), ("Zg", "f"), ("Zm9v\nYmFy\n", "foobar"), ("Pz8_", "???"), ("Pz8/", "???"),
    ])
    func `text is decoded`(text: String, bytes: String) {
        #expect(Base64.decoded(text) == Array(bytes.utf8))
    }

    @Test(arguments: ["Zm9v!", "Zg==Zg", "é", "Zm\u{0}v"])
    func `other text is refused`(text: String) {
        #expect(Base64.decoded(text) == nil)
    }
}
