import ByteStreams
import ContainerImages
import TestSupport
import Testing

/// Reads all of the image that a folder's layout has; the error, or nil.
func failure(reading folder: String, limits: Limits = Limits(), platform: Platform? = nil) async -> ImageError? {
    do throws(ImageError) {
        let image = try ImageLayout(folder: folder, limits: limits).image(.any, platform: platform)
        _ = try await image.rootFileSystem(of: PathPatterns(["a", "var/lib/dpkg/status", "d/*"]))
        return nil
    } catch {
        return error
    }
}

@Suite struct DamageTests {
    @Test(arguments: [
        ("wrong-digest", "blob sha256:"), ("truncated-layer", "blob sha256:"), ("truncated-gzip", "blob sha256:"),
        ("missing-blob", "blob sha256:"), ("wrong-diffid", "diff ID sha256:"), ("size-mismatch", "blob sha256:"),
        ("bad-index-json", "index.json"), ("no-image", "no image"), ("two-images", "several images fit"),
        ("not-a-layout", "index.json"),
    ])
    func `a damaged fixture gives one clear error`(name: String, word: String) async throws {
        let error = try #require(await failure(reading: "\(packageFolder)/Fixtures/damaged/\(name)"))
        #expect(error.place.contains("damaged/\(name)"))
        #expect(error.description.contains(word), "\(error)")
        #expect(error.code == .unresolved || !error.description.contains("\n"))
    }

    @Test func `an uncompressed layer that is damaged is not said to have a wrong diff ID`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let layer = tar([.file("a", "1")])
            try builder.write(index: [try builder.image([layer])])
            try write(
                layer.map { $0 == UInt8(ascii: "1") ? UInt8(ascii: "2") : $0 },
                toFile: "\(folder)/blobs/sha256/\(ContentDigest.of(layer).hex)")
            let error = try #require(await failure(reading: folder))
            #expect(error.message.hasPrefix("expected the digest"))
        }
    }

    @Test func `the lowest damaged layer is named, every time`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let layers = (0..<8).map { tar([.file("a", "\($0)")]) }
            try builder.write(index: [try builder.image(layers)])
            for layer in layers[3...] { try write([], toFile: "\(folder)/blobs/sha256/\(ContentDigest.of(layer).hex)") }
            for _ in 0..<5 {
                #expect(await failure(reading: folder)?.place.contains(ContentDigest.of(layers[3]).hex) == true)
            }
        }
    }

    @Test func `layers and diff IDs are as many`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let config = try builder.blob(#"{"rootfs":{"diff_ids":[]}}"#, type: LayoutBuilder.configType)
            let layer = try builder.blob(tar([]), type: LayoutBuilder.layerType)
            try builder.write(index: [try builder.blob(#"{"config":\#(config),"layers":[\#(layer)]}"#, type: nil)])
            #expect(
                await failure(reading: folder)?.message == "the manifest has 1 layers, its configuration 0 diff_ids")
        }
    }

    static let seed: UInt64 = 5

    @Test func `a damaged index is read or refused`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let image = try builder.image([tar([.file("a", "1")])], LayoutBuilder.tag("x"))
            try builder.write(index: [image, try builder.index([image])])
            for damaged in mutations(of: try bytes(ofFile: folder + "/index.json"), count: 400, seed: Self.seed) {
                try write(damaged, toFile: folder + "/index.json")
                if let error = await failure(reading: folder) { #expect(!error.place.isEmpty) }
            }
        }
    }

    @Test func `a damaged manifest is read or refused`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let layer = tar([.file("a", "1")])
            let config = try builder.blob(
                #"{"rootfs":{"diff_ids":["\#(ContentDigest.of(layer))"]}}"#, type: LayoutBuilder.configType)
            let manifest =
                #"{"config":\#(config),"layers":[\#(try builder.blob(layer, type: LayoutBuilder.layerType))]}"#
            for damaged in mutations(of: Array(manifest.utf8), count: 400, seed: Self.seed) {
                try builder.write(index: [try builder.blob(damaged, type: LayoutBuilder.manifestType)])
                if let error = await failure(reading: folder) { #expect(error.place.hasPrefix(folder)) }
            }
        }
    }

    @Test func `a damaged configuration is read or refused`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let layer = tar([.file("a", "1")])
            let stored = try builder.blob(layer, type: LayoutBuilder.layerType)
            let config =
                #"{"os":"linux","config":{"Labels":{"a":"b"}},"rootfs":{"diff_ids":["\#(ContentDigest.of(layer))"]}}"#
            for damaged in mutations(of: Array(config.utf8), count: 400, seed: Self.seed) {
                let config = try builder.blob(damaged, type: LayoutBuilder.configType)
                try builder.write(index: [try builder.blob(#"{"config":\#(config),"layers":[\#(stored)]}"#, type: nil)])
                if let error = await failure(reading: folder) { #expect(error.place.hasPrefix(folder)) }
            }
        }
    }

    static let layer: [Entry] = [
        .folder("d"), .file("d/x", "1"), .link("l", to: "d"), .file("l/y", "2"), .hardLink("a", to: "l/x"),
        .whiteout("e"),
        .opaque("d"), .file("f/g/h", "3"), .file("f", "4"), .file(String(repeating: "n", count: 150), "5"), .pipe("p"),
    ]

    @Test(arguments: [false, true])
    func `a damaged layer is read or refused`(withRightDiffID: Bool) async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let layer = tar(Self.layer)
            let lower = tar([.link("f", to: "t"), .file("t/x", "1"), .link("d", to: "t")])
            let diffIDs = "\"\(ContentDigest.of(lower))\",\"\(ContentDigest.of(layer))\""
            let config = try builder.blob(#"{"rootfs":{"diff_ids":[\#(diffIDs)]}}"#, type: LayoutBuilder.configType)
            let stored = try builder.blob(lower, type: LayoutBuilder.layerType)
            for damaged in mutations(of: layer, count: 400, seed: Self.seed) {
                if withRightDiffID {
                    try builder.write(index: [try builder.image([lower, withChecksums(damaged)])])
                    _ = await failure(reading: folder)
                } else {
                    let blob = try builder.blob(damaged, type: LayoutBuilder.layerType)
                    try builder.write(index: [
                        try builder.blob(#"{"config":\#(config),"layers":[\#(stored),\#(blob)]}"#, type: nil)
                    ])
                    if damaged != layer { #expect(await failure(reading: folder) != nil) }
                }
            }
        }
    }

    /// The archive with the checksum that each header should have, so that damage is read and not refused at once.
    private func withChecksums(_ tar: [UInt8]) -> [UInt8] {
        var tar = tar
        for start in stride(from: 0, to: tar.count - 511, by: 512)
        where tar[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8) {
            for place in 148..<156 { tar[start + place] = UInt8(ascii: " ") }
            let digits = String(tar[start..<start + 512].reduce(0) { $0 + Int($1) }, radix: 8)
            let text = String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "\0 "
            for (number, byte) in text.utf8.enumerated() { tar[start + 148 + number] = byte }
        }
        return tar
    }

    @Test(.needsCorpus)
    func `layouts of the corpus give an image or say why not`() async throws {
        let corpus = try #require(corpus)
        let layouts = names(inFolder: corpus + "/oci/layouts").flatMap { owner in
            names(inFolder: "\(corpus)/oci/layouts/\(owner)").map { "\(corpus)/oci/layouts/\(owner)/\($0)" }
        }
        let all = layouts + names(inFolder: corpus + "/oci/derived").map { "\(corpus)/oci/derived/\($0)" }
        try #require(all.count > 30)
        var errors: [String: ImageError] = [:]
        for folder in all {
            guard let error = await failure(reading: folder) else { continue }
            errors[folder] = error
            // The choices, which the description has too, are lines of their own.
            let line = error.message.prefix { $0 != "\n" }
            #expect(!line.isEmpty && line.utf8.count < 500 && error.place.hasPrefix(folder), "\(error)")
        }
        print("\(all.count) layouts of the corpus: \(all.count - errors.count) images, \(errors.count) errors")
        for (folder, error) in errors { print("  \(folder.dropFirst(corpus.count)): \(error.message.prefix(160))") }
    }
}
