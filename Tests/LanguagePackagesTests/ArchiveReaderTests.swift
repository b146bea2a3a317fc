import ByteStreams
import ContainerImages
import LanguagePackages
import TestSupport
import Testing

/// What is kept of a file that arrives in pieces.
func archiveExtract(_ bytes: [UInt8], limits: Limits = Limits(), piece: Int = 70_000) -> FileExtract? {
    let reader = ArchiveReader(limits: limits)
    for start in stride(from: 0, to: bytes.count, by: piece) {
        reader.read(bytes.span.extracting(start..<min(start + piece, bytes.count)))
    }
    return reader.finish()
}

@Suite struct ArchiveReaderTests {
    private static let manifest = "META-INF/MANIFEST.MF"
    private static let properties = "META-INF/maven/org.a/b/pom.properties"

    private static let small = ZipBuilder(
        .init("META-INF/", ""),
        .init(manifest, "Manifest-Version: 1.0\r\nA: b\r\n\r\nName: x\r\nSHA-256-Digest: y\r\n"),
        .deflated(properties, Array("groupId=org.a\nartifactId=b\nversion=1\n".utf8)),
        .init("META-INF/maven/org.a/b/pom.xml", "<project/>"), .init("org/a/B.class", "\u{1}\u{2}"),
        .init("META-INF/maven/org.a/pom.properties", "no"), .init("x/META-INF/MANIFEST.MF", "no"))

    private func names(_ extract: FileExtract?) -> [String] { extract?.parts.map(\.name) ?? [] }

    private func codes(_ extract: FileExtract?) -> [String] { extract?.diagnostics.map(\.code.rawValue) ?? [] }

    private func messages(_ extract: FileExtract?) -> [String] {
        extract?.diagnostics.map { "\($0.place): \($0.message)" } ?? []
    }

    // MARK: What is kept

    @Test(arguments: [1, 7, 70_000], [false, true])
    func `what describes packages is kept`(_ piece: Int, _ isLarge: Bool) throws {
        var builder = Self.small
        builder.isLarge = isLarge
        let extract = try #require(archiveExtract(builder.bytes, piece: piece))
        #expect(names(extract) == [Self.manifest, Self.properties, "META-INF/maven/org.a/b/pom.xml"])
        #expect(extract[Self.manifest] == Array("Manifest-Version: 1.0\r\nA: b\r\n".utf8))
        #expect(extract[Self.properties] == Array("groupId=org.a\nartifactId=b\nversion=1\n".utf8))
        #expect(extract.diagnostics == [])
        #expect(extract.archives.map(\.path) == [""])
        #expect(extract.archives.map(\.sha256) == [try #require(hash(builder.bytes, .sha256))])
        #expect(extract.archives.map(\.sha1) == [try #require(hash(builder.bytes, .sha1))])
    }

    private func hash(_ bytes: [UInt8], _ function: RunningHash.Function) -> [UInt8]? {
        var hash = RunningHash(function)
        hash.update(bytes.span)
        return hash.finish()
    }

    @Test(arguments: [false, true])
    func `a program may stand before the archive, and a comment after it`(_ isLarge: Bool) throws {
        var builder = Self.small
        builder.isLarge = isLarge
        builder.prefix = Array("#!/bin/sh\nexec java -jar $0\n".utf8)
        builder.comment = Array("PK\u{5}\u{6} is no end".utf8) + [UInt8](repeating: 0x20, count: 30)
        #expect(names(archiveExtract(builder.bytes)).count == 3)
        #expect(names(archiveExtract(builder.bytes + [0, 0, 0])).count == 3)
    }

    @Test func `archives inside of archives are read`() throws {
        let inner = Self.small.bytes
        let war = ZipBuilder(
            .init("BOOT-INF/lib/s.jar", inner), .deflated("WEB-INF/lib/d.JAR", inner), .init("lib/none.rar", "Rar!"),
            .init("lib/x.tgz", inner))
        let ear = ZipBuilder(.deflated("a.war", war.bytes)).bytes
        let extract = try #require(archiveExtract(ear))
        #expect(
            extract.archives.map(\.path) == [
                "", "a.war", "a.war!/BOOT-INF/lib/s.jar", "a.war!/WEB-INF/lib/d.JAR",
            ])
        #expect(extract.archives[2].sha256 == hash(inner, .sha256))
        #expect(extract.archives[3].sha256 == hash(inner, .sha256))
        #expect(extract["a.war!/WEB-INF/lib/d.JAR!/\(Self.properties)"] != nil)
        #expect(extract.parts.count == 6)
        #expect(extract.diagnostics == [])
    }

    @Test func `the metadata of Python distributions is kept`() {
        let egg = ZipBuilder(.init("EGG-INFO/PKG-INFO", "Name: a"), .init("a-1.dist-info/METADATA", "Name: b"))
        #expect(names(archiveExtract(egg.bytes)) == ["EGG-INFO/PKG-INFO", "a-1.dist-info/METADATA"])
    }

    @Test func `names decide what may be an archive`() {
        func isArchive(_ name: String, _ head: String = "PK\u{3}\u{4}") -> Bool {
            ArchiveReader.isArchive(Array(name.utf8)[...], head: Array(head.utf8))
        }
        for ending in ArchiveEnding.allCases { #expect(isArchive("a.\(ending.rawValue)")) }
        #expect(isArchive("a.JAR", "#!/bin/sh"))
        #expect(!isArchive("a.rar", "Rar!"))
        #expect(!isArchive("a.zip") && !isArchive("jar") && !isArchive(".jar") && !isArchive(""))
        #expect(archiveExtract(Array("#!/bin/sh\n".utf8)) == nil)
        #expect(archiveExtract([]) == nil)
    }

    @Test(.needs(have("java"), "java")) func `of members with the same name Java reads the last one`() throws {
        let bytes = ZipBuilder(.init(Self.manifest, "A: 1\n"), .init(Self.manifest, "A: 2\n")).bytes
        #expect(archiveExtract(bytes)?.parts.map(\.bytes) == [Array("A: 2\n".utf8)])
        let program = """
            public class T { public static void main(String[] a) throws Exception {
              try (var z = new java.util.zip.ZipFile(a[0])) {
                System.out.write(z.getInputStream(z.getEntry(a[1])).readAllBytes()); System.out.flush(); } } }
            """
        try withTemporaryFolder { folder in
            try write(bytes, toFile: folder + "/d.jar")
            try write(Array(program.utf8), toFile: folder + "/T.java")
            let result = try shell("cd '\(folder)' && java T.java d.jar \(Self.manifest)")
            #expect(result.text == "A: 2\n")
        }
    }

    // MARK: Hostile archives

    @Test func `a member with a wrong CRC or size is not believed`() {
        for change in [\ZipBuilder.Member.crc] {
            var builder = Self.small
            builder.members[1][keyPath: change] ^= 1
            #expect(codes(archiveExtract(builder.bytes)) == ["damaged-archive"])
            #expect(names(archiveExtract(builder.bytes)).count == 2)
        }
        for size: UInt64 in [0, 1, 10_000] {
            var builder = Self.small
            builder.members[2].size = size
            #expect(codes(archiveExtract(builder.bytes)) == ["damaged-archive"])
        }
    }

    @Test func `encrypted members and other methods are reported`() {
        var builder = Self.small
        builder.members[1].flags = 1
        builder.members[2].method = 12
        let extract = archiveExtract(builder.bytes)
        #expect(codes(extract) == ["encrypted-member", "unsupported-compression"])
        #expect(messages(extract)[1] == "\(Self.properties): compression method 12 is not supported")
    }

    @Test func `members that overlap refuse an archive`() {
        var builder = Self.small
        builder.members[4].offset = 40
        let extract = archiveExtract(builder.bytes)
        #expect(messages(extract) == [": damaged zip archive: members overlap"])
        #expect(extract?.archives == [] && extract?.parts == [])
    }

    @Test func `a member outside of the archive costs itself`() {
        for offset: UInt64 in [100_000, UInt64(UInt32.max), UInt64(Int.max), UInt64.max] {
            for isLarge in [false, true] {
                var builder = Self.small
                builder.isLarge = isLarge
                builder.members[1].offset = offset
                #expect(codes(archiveExtract(builder.bytes)) == ["damaged-archive"])
            }
        }
        var builder = Self.small
        builder.members[1].offset = 3
        #expect(codes(archiveExtract(builder.bytes)) == ["damaged-archive"])
    }

    @Test func `paths are kept as they are, and none looks like one of an inner archive`() {
        let inner = Self.small.bytes
        let bytes = ZipBuilder(
            .init("../../lib/a.jar", inner), .init("/etc/b.jar", inner), .init("a!/c.jar", inner),
            .init("a.jar!/x.dist-info/METADATA", "Name: x")
        ).bytes
        #expect(archiveExtract(bytes)?.archives.map(\.path) == ["", "../../lib/a.jar", "/etc/b.jar"])
        #expect(names(archiveExtract(bytes)).count == 6)
    }

    @Test func `an archive without an end is damaged`() {
        #expect(codes(archiveExtract(Self.small.bytes.dropLast(30))) == ["damaged-archive"])
        #expect(codes(archiveExtract(Array("PK\u{3}\u{4}".utf8))) == ["damaged-archive"])
    }

    @Test func `a comment of end records is not searched for ever`() {
        var builder = Self.small
        let wrong: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0x30, count: 16) + [0, 0]
        let record = Array([[UInt8]](repeating: wrong, count: Limits.zipEndRecords - 1).joined())
        builder.comment = record
        #expect(names(archiveExtract(builder.bytes)).count == 3)
        builder.comment = record + wrong
        #expect(codes(archiveExtract(builder.bytes)) == ["damaged-archive"])
    }

    // MARK: Limits

    @Test func `each limit has its message`() throws {
        let inner = Self.small.bytes
        let outer = ZipBuilder(.deflated("a.jar", inner), .deflated("b.jar", inner)).bytes
        func message(_ bytes: [UInt8], _ change: (inout Limits) -> Void) -> String? {
            var limits = Limits()
            change(&limits)
            return archiveExtract(bytes, limits: limits)?.diagnostics.first { $0.code == .archiveLimit }?.message
        }
        #expect(message(outer) { _ in } == nil)
        #expect(message(outer) { $0.zipEntryCount = 15 } == "more than the limit zipEntryCount allows")
        #expect(message(outer) { $0.zipDirectorySize = 1_000 } == "more than the limit zipDirectorySize allows")
        #expect(message(outer) { $0.zipDepth = 1 } == "more than the limit zipDepth allows")
        #expect(message(outer) { ($0.zipAllowance, $0.zipRatio) = (9, 0) } == "more than the limit zipRatio allows")
        #expect(message(outer) { $0.zipInflatedSize = 2_000 } == "more than the limit zipInflatedSize allows")
        #expect(message(outer) { $0.zipPartSize = 20 } == "more than the limit zipPartSize allows")
        #expect(message(outer) { $0.zipPartsSize = 800 } == "more than the limit zipPartsSize allows")
        #expect(
            message(outer) { $0.spoolSize = outer.count - 1 }
                == "an archive is not read: more than the limit spoolSize allows")
    }

    @Test func `archives that do not fit into memory are read from files`() {
        var limits = Limits()
        limits.spoolMemory = 100
        let bytes = ZipBuilder(.deflated("a.jar", Self.small.bytes), .init("b.jar", Self.small.bytes)).bytes
        #expect(archiveExtract(bytes, limits: limits) == archiveExtract(bytes))
    }

    @Test func `an archive nested deeper than zipDepth ends there`() {
        var bytes = Self.small.bytes
        for _ in 0..<9 { bytes = ZipBuilder(.init("a.jar", bytes)).bytes }
        let extract = archiveExtract(bytes)
        #expect(extract?.archives.count == Limits().zipDepth)
        #expect(codes(extract) == ["archive-limit"])
    }

    @Test(.needs(have("python3"), "python3")) func `bombs of nested archives are refused`() throws {
        // 16 archives of 16 archives, as in 42.zip: 16^4 members of 2 MB of zeros.
        let program = """
            import io, sys, zipfile
            def pack(name, data):
                out = io.BytesIO()
                with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
                    for i in range(16): z.writestr(name % i, data)
                return out.getvalue()
            data = pack("META-INF/maven/g/a%d/pom.xml", bytes(2 << 20))
            for level in range(3): data = pack("%d.jar", data)
            sys.stdout.buffer.write(data)
            """
        let bomb = try shell("python3 -", input: Array(program.utf8)).output
        #expect(bomb.count > 100 && bomb.count < 100_000)
        let extract = try #require(archiveExtract(bomb))
        #expect(extract.diagnostics.contains { $0.message == "more than the limit zipRatio allows" })
        #expect(extract.diagnostics.count <= 2 * (Limits().diagnosticCount + 1))
    }

    @Test(.needs(have("python3"), "python3")) func `an archive of as many members as zipEntryCount is read`() throws {
        let program = """
            import struct, sys
            n = int(sys.argv[1]); out = bytearray(); directory = bytearray()
            for i in range(n):
                name = b"%x" % i
                directory += b"PK\\1\\2" + struct.pack("<6H3I5H2I", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, len(out))
                directory += name
                out += b"PK\\3\\4" + struct.pack("<5H3I2H", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
            start = len(out); out += directory; place = len(out)
            out += b"PK\\6\\6" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, n, n, len(directory), start)
            out += b"PK\\6\\7" + struct.pack("<IQI", 0, place, 1) + b"PK\\5\\6" + struct.pack("<4H2IH", 0, 0, 65535, 65535, 2**32-1, 2**32-1, 0)
            sys.stdout.buffer.write(out)
            """
        let million = try shell("python3 - 200000", input: Array(program.utf8)).output
        var limits = Limits()
        limits.zipEntryCount = 200_000
        #expect(codes(archiveExtract(million, limits: limits)) == [])
        limits.zipEntryCount -= 1
        #expect(codes(archiveExtract(million, limits: limits)) == ["archive-limit"])
    }

    @Test func `damaged archives never stop the program`() {
        let inner = Self.small.bytes
        var builder = ZipBuilder(.init("a.jar", inner), .deflated("b.jar", inner), .init(Self.manifest, "A: b\n"))
        for isLarge in [false, true] {
            builder.isLarge = isLarge
            for copy in mutations(of: builder.bytes, count: 1_500, seed: isLarge ? 3 : 4) {
                if let extract = archiveExtract(copy) { #expect(extract.archives.count <= 3) }
            }
        }
        for copy in mutations(of: inner, count: 1_000, seed: 5) { _ = archiveExtract(copy) }
    }
}
