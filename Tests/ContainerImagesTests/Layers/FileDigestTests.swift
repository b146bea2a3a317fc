import ByteStreams
import ContainerImages
import RegistryClient
import TestSupport
import Testing

@Suite struct FileDigestTests {
    /// The entries by their paths.
    private func entries(
        _ layers: [[Entry]], keeping paths: [String] = [], limits: Limits = Limits()
    ) async throws -> [String: FileSystemEntry] {
        try await merged(layers, keeping: paths, recordsDigests: true, limits: limits).files.byPath
    }

    @Test func `every file has the digests of its contents`() async throws {
        let large = String(repeating: "0123456789abcdef", count: 50_000)
        let found = try await entries(
            [
                [.folder("etc"), .file("etc/abc", "abc"), .file("large", large), .file("gone", "gone")],
                [
                    .file("kept", "abc"), .hardLink("same", to: "kept"), .hardLink("below", to: "etc/abc"),
                    .link("link", to: "kept"), .pipe("pipe"), .whiteout("gone"), .hole("hole", 100_000),
                ],
            ], keeping: ["kept"])
        #expect(found.keys.sorted() == ["below", "etc", "etc/abc", "hole", "kept", "large", "link", "pipe", "same"])
        for path in ["etc/abc", "kept", "same", "below"] {
            let digests = try #require(found[path]?.digests)
            #expect(digests.md5.map(hexadecimal) == "900150983cd24fb0d6963f7d28e17f72")
            #expect(hexadecimal(digests.sha1) == "a9993e364706816aba3e25717850c26c9cd0d89d")
            #expect(hexadecimal(digests.sha256) == ContentDigest.of(Array("abc".utf8)).hex)
            #expect(found[path]?.size == 3)
        }
        #expect(found["large"]?.digests.map { hexadecimal($0.sha256) } == ContentDigest.of(Array(large.utf8)).hex)
        let zeros = [UInt8](repeating: 0, count: 100_000)
        #expect(found["hole"]?.digests.map { hexadecimal($0.sha256) } == ContentDigest.of(zeros).hex)
        #expect(found["hole"]?.size == 100_000)
        #expect(found["etc"]?.kind == .directory && found["pipe"]?.kind == .other)
        #expect(found["link"]?.kind == .symbolicLink && found["link"]?.linkTarget == Array("kept".utf8))
        #expect(found["etc/abc"]?.layer == 0 && found["kept"]?.layer == 1 && found["below"]?.layer == 0)
        #expect(found["link"]?.digests == nil && found["pipe"]?.digests == nil && found["etc"]?.layer == nil)
    }

    @Test func `no digest is taken unless it is asked for`() async throws {
        let found = try await merged([[.file("a", "abc")]]).files.byPath
        #expect(found["a"]?.kind == .file && found["a"]?.digests == nil)
    }

    @Test func `a file on this machine has the digests of its contents`() async throws {
        try await inTemporaryFolder { folder in
            _ = try shell("cd \(folder); printf abc > a; mkdir etc; printf '' > etc/empty; ln -s a link")
            let location = try ImageLocation(parsing: "rootfs:" + folder)
            let image = try location.image(platform: nil, registries: RegistryOptions(), limits: Limits())
            let found = try await image.rootFileSystem(of: [], recordsDigests: true).files.byPath
            #expect(found["a"]?.digests.map { hexadecimal($0.sha1) } == "a9993e364706816aba3e25717850c26c9cd0d89d")
            #expect(
                found["etc/empty"]?.digests.map { hexadecimal($0.sha1) } == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
            #expect(found["link"]?.digests == nil)
        }
    }

    @Test func `files with digests have a limit over all layers`() async throws {
        var limits = Limits()
        limits.digestCount = 3
        let (one, two) = ((0..<2).map { Entry.file("a\($0)") }, (0..<2).map { Entry.file("b\($0)") })
        #expect(try await entries([one], limits: limits).count == 2)
        for layers in [[one, two], [one + two]] {
            let error = await #expect(throws: ImageError.self) { try await entries(layers, limits: limits) }
            #expect(error?.message.contains("limit digestCount ") == true)
        }
    }

    @Test func `a file with larger holes than hashedHoleSize has no digests, and that is said`() async throws {
        var limits = Limits()
        limits.hashedHoleSize = 1_000
        let read = try await merged(
            [[.hole("small", 1_000), .hole("large", 1_001)]], keeping: [], recordsDigests: true, limits: limits)
        let found = read.files.byPath
        #expect(found["small"]?.digests != nil && found["large"]?.digests == nil && found["large"]?.size == 1_001)
        #expect(read.diagnostics.map(\.code) == [.noDigest])
        #expect(read.diagnostics.first?.message.contains("limit hashedHoleSize") == true)
    }

    @Test func `holes count as bytes of layers`() async throws {
        var limits = Limits()
        (limits.expansionRatio, limits.expansionAllowance) = (1, 1 << 20)
        let layer = (0..<20).map { Entry.hole("a\($0)", 100_000) }
        #expect(try await merged([layer], keeping: [], limits: limits).files.list.count == 20)
        let error = await #expect(throws: ImageError.self) { try await entries([layer], limits: limits) }
        #expect(error?.message.contains("limit expansionRatio ") == true)
    }

    @Test func `a damaged layer has digests or is refused`() async throws {
        let layer = tar([.file("a", String(repeating: "a", count: 3_000)), .hole("b", 1_000), .file("c")])
        for damaged in mutations(of: layer, count: 200, seed: 12) {
            let store = try MemoryBlobStore { builder in try builder.write(index: [try builder.image([damaged])]) }
            do throws(ImageError) {
                let image = try ImageLayout(store, limits: Limits()).image(.any, platform: nil)
                _ = try await image.rootFileSystem(of: [], recordsDigests: true)
            } catch {
                #expect(error.code == .malformed)
            }
        }
    }
}

extension RootFileSystem {
    /// Everything below the root, by its path.
    fileprivate var byPath: [String: FileSystemEntry] {
        var result: [String: FileSystemEntry] = [:]
        forEachEntry { path, entry in result[String(decoding: path, as: UTF8.self)] = entry }
        return result
    }
}
