import ByteStreams
import ContainerImages
import TestSupport
import Testing

@Suite struct CodeProbeTests {
    static let samples: [(name: String, head: [UInt8], expected: CodeType?)] = [
        ("app", Array(CodeSamples.elf(type: 1).utf8), .elf), ("app", Array(CodeSamples.elf(type: 2).utf8), .elf),
        ("app", Array(CodeSamples.elf(type: 3).utf8), .elf), ("core", Array(CodeSamples.elf(type: 4).utf8), nil),
        // Big-endian.
        ("app", Array("\u{7F}ELF".utf8) + [2, 2, 1] + Array(repeating: 0, count: 9) + [0, 3, 0, 22], .elf),
        ("app", Array("\u{7F}ELF".utf8) + [2, 2, 1] + Array(repeating: 0, count: 9) + [3, 0, 0, 22], nil),
        ("app", Array("\u{7F}ELF".utf8), nil), ("app", Array("\u{7F}EL".utf8), nil),
        ("a.exe", Array(CodeSamples.portableExecutable.utf8), .portableExecutable),
        ("a.txt", Array(("MZ is how this text begins" + String(repeating: ".", count: 100)).utf8), nil),
        ("MZ", Array("MZ".utf8), nil),
        ("a", [0xCF, 0xFA, 0xED, 0xFE], .machO), ("a", [0xFE, 0xED, 0xFA, 0xCE], .machO),
        ("A.class", [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 61], .javaClass),
        ("a", [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2], .machO), ("a", [0xCA, 0xFE, 0xBA, 0xBE], nil),
        ("a.wasm", [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0], .webAssembly),
        ("liba.a", Array("!<arch>\na.o/            ".utf8), .objectArchive),
        ("a.deb", Array("!<arch>\ndebian-binary   ".utf8), nil), ("liba.a", Array("!<thin>\na.o/".utf8), nil),
        ("a.jar", Array(CodeSamples.zip.utf8), .codeArchive), ("A.JAR", Array(CodeSamples.zip.utf8), .codeArchive),
        ("a-1-py3-none-any.whl", Array(CodeSamples.zip.utf8), .codeArchive),
        ("a.zip", Array(CodeSamples.zip.utf8), nil), ("jar", Array(CodeSamples.zip.utf8), nil),
        ("a.jar", Array("no archive".utf8), nil),
        ("java.base.jmod", [0x4A, 0x4D, 1, 0, 0x50, 0x4B, 3, 4], .codeArchive),
        ("a.jmod", [0x4A, 0x4D, 1, 0, 0, 0, 0, 0], nil),
        ("a.sh", Array("#!/bin/sh\n".utf8), .script), ("a.pyz", Array("#!/usr/bin/python3\n".utf8), .codeArchive),
        ("README", Array("# Title\n".utf8), nil), ("empty", [], nil),
        // What the compilers of Python write is no program of its own, and every interpreter writes it anew.
        ("a.pyc", [0xA7, 0x0D, 0x0D, 0x0A, 0, 0, 0, 0], nil),
    ]

    @Test(arguments: samples.indices)
    func `the first bytes show what a file is`(number: Int) {
        let (name, bytes, expected) = Self.samples[number]
        let probe = CodeProbe()
        let name1 = Array(name.utf8)[...]
        let head = Array(bytes.prefix(Limits().probeSize))
        let found = probe.wants(name1, size: bytes.count) ? probe.evidence(in: head, of: name1, size: bytes.count) : nil
        #expect(found == expected.map(FileEvidence.code), "\(name)")
    }

    @Test func `damaged first bytes are of some kind or of none`() {
        let probe = CodeProbe()
        for (name, bytes, _) in Self.samples {
            for damaged in mutations(of: bytes, count: 400, seed: 7) {
                let head = Array(damaged.prefix(Limits().probeSize))
                for size in [0, damaged.count, Int.max] {
                    let first = probe.evidence(in: head, of: Array(name.utf8)[...], size: size)
                    #expect(first == probe.evidence(in: head, of: Array(name.utf8)[...], size: size))
                }
            }
        }
    }
}

@Suite struct FileProbeTests {
    /// The paths in which the probe found something, sorted.
    private func found(_ layers: [[Entry]], limits: Limits = Limits()) async throws -> [String] {
        let files = try await merged(layers, keeping: ["kept"], probe: CodeProbe(), limits: limits).files
        var result: [String] = []
        files.forEachFile { path, evidence in
            if evidence != nil { result.append(String(decoding: path, as: UTF8.self)) }
        }
        return result.sorted()
    }

    private static let elf = CodeSamples.elf()

    @Test func `what was found stays with the file through the merge`() async throws {
        let lower: [Entry] = [
            .file("a", Self.elf), .file("b", Self.elf), .file("c", "text"), .file("d/e", Self.elf),
            .file("gone", Self.elf), .file("o/lower", Self.elf), .link("link", to: "a"), .file("kept", Self.elf),
            .hardLink("same", to: "a"),
        ]
        let upper: [Entry] = [
            .file("b", "text"), .file("c", Self.elf), .whiteout("gone"), .opaque("o"), .file("o/upper", Self.elf),
            .hardLink("below", to: "d/e"), .hardLink("text", to: "b"),
        ]
        #expect(try await found([lower]) == ["a", "b", "d/e", "gone", "kept", "o/lower", "same"])
        #expect(try await found([lower, upper]) == ["a", "below", "c", "d/e", "kept", "o/upper", "same"])
    }

    @Test func `what is below an implied directory moves with it`() async throws {
        let lower: [Entry] = [.folder("usr/bin"), .link("bin", to: "usr/bin")]
        #expect(try await found([lower, [.file("bin/app", Self.elf)]]) == ["usr/bin/app"])
    }

    @Test func `a file that is kept is looked at too, and whole`() async throws {
        let files = try await merged([[.file("kept", Self.elf)]], keeping: ["kept"], probe: CodeProbe()).files
        #expect(files.text("kept") == Self.elf)
    }

    @Test func `the holes of a sparse file are zeros`() async throws {
        #expect(try await found([[.hole("a", 1_000), .file("b", Self.elf)]]) == ["b"])
    }

    @Test func `what probeSize leaves out is not seen`() async throws {
        var limits = Limits()
        limits.probeSize = 16
        #expect(try await found([[.file("a", Self.elf), .file("b", "#!/bin/sh")]], limits: limits) == ["b"])
    }

    @Test func `files of code have a limit over all layers`() async throws {
        var limits = Limits()
        limits.evidenceCount = 3
        let (one, two) = (
            (0..<2).map { Entry.file("a\($0)", Self.elf) }, (0..<2).map { Entry.file("b\($0)", Self.elf) }
        )
        #expect(try await found([one], limits: limits).count == 2)
        for layers in [[one, two], [one + two]] {
            let error = await #expect(throws: ImageError.self) { try await found(layers, limits: limits) }
            #expect(error?.message.contains("limit evidenceCount ") == true)
        }
    }

    @Test func `a damaged layer is looked at or refused`() async throws {
        let layer = tar([.file("a", Self.elf), .hole("b", 1_000), .file("c.jar", CodeSamples.zip)])
        for damaged in mutations(of: layer, count: 200, seed: 11) {
            let store = try MemoryBlobStore { builder in try builder.write(index: [try builder.image([damaged])]) }
            do throws(ImageError) {
                let image = try ImageLayout(store, limits: Limits()).image(.any, platform: nil)
                _ = try await image.rootFileSystem(of: [], probe: CodeProbe())
            } catch {
                #expect(error.code == .malformed)
            }
        }
    }
}
