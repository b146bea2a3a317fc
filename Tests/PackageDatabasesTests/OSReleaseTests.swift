import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct OSReleaseTests {
    private func release(_ text: String) -> OSRelease {
        OSRelease(parsing: Array(text.utf8))
    }

    @Test func `the fields of an os-release are read`() {
        let release = release(
            """
            # Debian
            PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
            NAME="Debian GNU/Linux"
            VERSION_ID="12"
            VERSION="12 (bookworm)"
            VERSION_CODENAME=bookworm
            ID=debian
            ID_LIKE="a b"
            HOME_URL="https://www.debian.org/"
            VENDOR_NAME=Debian
            CPE_NAME='cpe:/o:debian:debian_linux:12'
            VARIANT_ID=slim
            """)
        #expect(release.prettyName == "Debian GNU/Linux 12 (bookworm)")
        #expect(release.name == "Debian GNU/Linux")
        #expect(release.versionID == "12")
        #expect(release.version == "12 (bookworm)")
        #expect(release.versionCodename == "bookworm")
        #expect(release.id == "debian")
        #expect(release.idLike == "a b")
        #expect(release.homeURL == "https://www.debian.org/")
        #expect(release.vendorName == "Debian")
        #expect(release.cpeName == "cpe:/o:debian:debian_linux:12")
        #expect(release.variantID == "slim")
        #expect(release.fields.count == 11)
    }

    @Test(arguments: [
        ("debian", "debian"), ("\"a b\"", "a b"), ("'a b'", "a b"), (#""a\"\\\$\`b""#, #"a"\$`b"#),
        (#""a\nb""#, #"a\nb"#),
        (#"'a\b'"#, #"a\b"#), (#"a\ b"#, "a b"), ("\"a\"'b'c", "abc"), ("", ""), ("\"\"", ""), ("x  ", "x"),
        ("\"x  \" ", "x  "),
        ("x\r", "x"), ("\"x\"\r", "x"), ("\"it's\"", "it's"), (#"x\"#, #"x\"#), ("a=b", "a=b"), ("a#b", "a#b"),
    ])
    func `a value is read as a shell reads it`(value: String, read: String) {
        #expect(release("ID=\(value)\n").id == read)
    }

    @Test func `the last assignment counts`() {
        let release = release("ID=a\nNAME=n\nID=b\n")
        #expect(release.fields.map(\.name) == ["ID", "NAME"])
        #expect(release.fields.map(\.value) == ["b", "n"])
    }

    @Test(arguments: ["ID", "=debian", "I D=x", "1D=x", "# ID=x", "ID=\"x", "ID='x", "É=x", ""])
    func `a line that is no assignment is passed over`(line: String) {
        #expect(release("\(line)\nNAME=n").fields.map(\.name) == ["NAME"])
    }

    @Test func `the file in etc goes before the one in usr`() throws {
        let both = MemoryTree(["etc/os-release": "ID=a", "usr/lib/os-release": "ID=b"])
        #expect(try OSRelease(in: both, limits: Limits())?.id == "a")
        #expect(try OSRelease(in: MemoryTree(["usr/lib/os-release": "ID=b"]), limits: Limits())?.id == "b")
        #expect(try OSRelease(in: MemoryTree([String: String]()), limits: Limits()) == nil)
    }

    @Test func `a file that is too large is refused`() throws {
        let limits = Limits()
        var bytes = [UInt8](repeating: 0x23, count: limits.osReleaseSize)
        #expect(try OSRelease(in: MemoryTree(["etc/os-release": bytes]), limits: limits)?.fields == [])
        bytes.append(0x0A)
        #expect(throws: ParseError(.limit("osReleaseSize"), at: limits.osReleaseSize)) {
            try OSRelease(in: MemoryTree(["etc/os-release": bytes]), limits: limits)
        }
    }

    @Test func `a damaged file is read`() {
        let bytes = Array("NAME=\"a \\\"b\\\"\"\n# x\nID='debian'\nVERSION_ID=1\\ 2\n".utf8)
        for bytes in mutations(of: bytes, count: 400, seed: 20_260_102) {
            #expect(OSRelease(parsing: bytes).fields.count < 70)
        }
    }
}
