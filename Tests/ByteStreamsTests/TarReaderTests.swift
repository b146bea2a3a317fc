import ByteStreams
import TestSupport
import Testing

/// Everything that a tar says, contents of files included.
func entries(of tar: [UInt8], limits: Limits = Limits()) throws -> [(entry: TarEntry, contents: [UInt8])] {
    var reader = TarReader(MemorySource(tar), limits: limits)
    var result: [(entry: TarEntry, contents: [UInt8])] = []
    while let entry = try reader.next() {
        result.append((entry, entry.kind == .file ? try reader.contents(limit: limits.capturedFileSize) : []))
    }
    try reader.drain()
    return result
}

@Suite struct TarReaderTests {
    /// A tree with long names, links, an empty file, a sparse one and a name that is not ASCII.
    static let tree = """
        set -e; mkdir -p T/etc T/usr/share/$(printf 'deep/%.0s' {1..40}); cd T
        printf hello > etc/file; : > etc/empty; ln -s ../usr etc/link; ln etc/file etc/hard
        name=$(printf 'long-%.0s' {1..30}); echo long > usr/share/$name; ln -s usr/share/$name etc/longlink
        ln usr/share/$name usr/hard; echo ünï > etc/ünïcode; mkfifo etc/pipe
        """

    @Test(arguments: ["v7", "oldgnu", "gnu", "ustar", "pax"])
    func `every format of GNU tar is read as tar itself lists it`(format: String) throws {
        let names = format == "v7" || format == "ustar" ? "etc/file etc/empty etc/link etc/hard etc/ünïcode" : "etc usr"
        try withTemporaryFolder { folder in
            let tar = try shell(
                "cd \(folder); \(Self.tree); tar --format=\(format) -cf - \(names)")
            try #require(tar.code == 0, "\(tar.errors)")
            let listed = try shell("tar --quoting-style=literal -tf -", input: tar.output).text.split(separator: "\n")
            let found = try entries(of: tar.output)
            #expect(found.map { String(decoding: $0.entry.path, as: UTF8.self) } == listed.map(String.init))
            for (entry, contents) in found where entry.kind == .file {
                let path = String(decoding: entry.path, as: UTF8.self)
                #expect(try contents == bytes(ofFile: "\(folder)/T/\(path)"), "\(path)")
            }
            let link = found.first { $0.entry.path == Array("etc/link".utf8) }?.entry
            #expect(link?.kind == .symbolicLink && link?.linkTarget == Array("../usr".utf8))
            #expect(found.contains { $0.entry.kind == .hardLink })
        }
    }

    @Test(arguments: [
        "--format=oldgnu", "--format=pax --sparse-version=0.0", "--format=pax --sparse-version=0.1",
        "--format=pax --sparse-version=1.0",
    ])
    func `a sparse file is read with its holes`(options: String) throws {
        try withTemporaryFolder { folder in
            let tar = try shell(
                """
                cd \(folder); truncate -s 3M sparse
                for place in 0 70 140 210 280 350 420 490 560; do printf data | dd of=sparse bs=4096 seek=$place conv=notrunc status=none; done
                echo after > after; tar -S \(options) -cf - sparse after
                """)
            try #require(tar.code == 0, "\(tar.errors)")
            let found = try entries(of: tar.output)
            #expect(found.map { String(decoding: $0.entry.path, as: UTF8.self) } == ["sparse", "after"])
            #expect(tar.output.count < 200_000)
            #expect(found[0].entry.size == 3 << 20)
            #expect(try found[0].contents == bytes(ofFile: folder + "/sparse"))
            #expect(found[1].contents == Array("after\n".utf8))
            // The same in pieces, without the whole in memory.
            var reader = TarReader(MemorySource(tar.output), limits: Limits())
            for (entry, contents) in found {
                #expect(try reader.next() == entry)
                var pieces: [UInt8] = []
                var longest = 0
                #expect(
                    try reader.readContents { piece in
                        longest = max(longest, piece.count)
                        for index in piece.indices { pieces.append(piece[index]) }
                    })
                #expect(pieces == contents)
                #expect(longest <= 256 << 10)
            }
            #expect(try reader.next() == nil)
        }
    }

    @Test func `contents in pieces end where the archive ends`() throws {
        let tar = try shell("cd $(mktemp -d); head -c 100000 /dev/urandom > a; tar -cf - a").output
        for count in [600, 50_000, 100_400] {
            var reader = TarReader(MemorySource(Array(tar.prefix(count))), limits: Limits())
            _ = try reader.next()
            #expect(throws: ParseError.self) { _ = try reader.readContents { _ in } }
        }
    }

    @Test func `contents that nobody asks for are passed over`() throws {
        let tar = try shell("cd $(mktemp -d); head -c 100000 /dev/zero > a; echo b > b; tar -cf - a b").output
        var reader = TarReader(MemorySource(tar), limits: Limits())
        #expect(try reader.next()?.path == [UInt8(ascii: "a")])
        #expect(try reader.next()?.path == [UInt8(ascii: "b")])
        #expect(try reader.contents(limit: 10) == Array("b\n".utf8))
        #expect(try reader.next() == nil)
    }

    @Test func `an archive that ends in the middle is an error`() throws {
        let tar = try shell("cd $(mktemp -d); head -c 2000 /dev/zero > a; tar -cf - a").output
        for count in [1, 511, 513, 1024, 2511] {
            #expect(throws: ParseError.self, "\(count)") { try entries(of: Array(tar.prefix(count))) }
        }
        // Without the end marker, but whole: engines accept it.
        #expect(try entries(of: Array(tar.prefix(512 + 2048))).count == 1)
        #expect(try entries(of: []).isEmpty)
    }

    @Test func `limits are errors`() throws {
        let tar = try shell("cd $(mktemp -d); head -c 2000 /dev/zero > a; tar -cf - a").output
        var limits = Limits()
        limits.capturedFileSize = 1999
        #expect(throws: ParseError(.limit("capturedFileSize"), at: 512)) { try entries(of: tar, limits: limits) }
        let long = try shell("cd $(mktemp -d); n=$(printf 'x%.0s' {1..200}); echo > $n; tar --format=pax -cf - $n")
            .output
        limits = Limits()
        limits.pathLength = 100
        #expect(throws: ParseError.self) { try entries(of: long, limits: limits) }
        limits = Limits()
        limits.tarExtensionSize = 100
        #expect(throws: ParseError(.limit("tarExtensionSize"), at: 0)) { try entries(of: long, limits: limits) }
    }

    @Test func `the map of a sparse file does not grow with every header`() throws {
        let script = #"""
            import sys, tarfile
            def header(type, size):
                info = tarfile.TarInfo("x"); info.type = type; info.size = size
                return info.tobuf(tarfile.USTAR_FORMAT)
            numbers = ",".join(["0"] * 1000)
            record = " GNU.sparse.map=%s\n" % numbers
            data = (str(len(record) + 4) + record).encode()
            for type in (b"x", b"g"):
                for number in range(60):
                    sys.stdout.buffer.write(header(type, len(data)) + data.ljust(-(-len(data) // 512) * 512, b"\0"))
            sys.stdout.buffer.write(header(b"0", 0) + bytes(1024))
            """#
        let tar = try shell("python3 -c '\(script)'")
        try #require(tar.code == 0, "\(tar.errors)")
        var limits = Limits()
        limits.tarExtensionSize = 50_000
        let error = #expect(throws: ParseError.self) { try entries(of: tar.output, limits: limits) }
        #expect(error?.kind == .limit("tarExtensionSize"))
    }

    @Test func `text is no tar`() {
        #expect(throws: ParseError(.malformed(expected: "a tar header"), at: 0)) {
            try entries(of: Array(repeating: UInt8(ascii: "x"), count: 1024))
        }
    }

    @Test(arguments: ["gnu", "pax", "gnu -S", "pax -S"])
    func `a damaged archive is read or refused, never a trap`(format: String) throws {
        try withTemporaryFolder { folder in
            let tar = try shell(
                "cd \(folder); \(Self.tree); truncate -s 1M etc/sparse; echo x >> etc/sparse; tar --format=\(format) -cf - etc usr"
            ).output
            // A damaged header may claim a hole of gigabytes. Reading its zeros takes minutes in a debug build.
            var limits = Limits()
            limits.capturedFileSize = 2 << 20
            // Past the first kilobytes the rest only repeats.
            for damaged in mutations(of: Array(tar.prefix(20_000)), count: 400, seed: 3) {
                _ = try? entries(of: damaged, limits: limits)
            }
        }
    }
}
