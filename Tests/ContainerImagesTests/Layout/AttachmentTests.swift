import ByteStreams
import ContainerImages
import TestSupport
import Testing

/// What is attached to images, and how much of it is looked at.
@Suite struct AttachmentTests {
    /// An image with an artifact of these layers attached to it.
    private func withLayers(_ texts: [String], _ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            let image = try layout.image([])
            let layers = try texts.map { try layout.blob($0, type: "text/plain") }.joined(separator: ",")
            let artifact = try layout.blob(
                #"{"artifactType":"a/b","layers":[\#(layers)],"subject":\#(image)}"#, type: LayoutBuilder.manifestType)
            // What is listed again and again is attached once.
            try layout.write(index: [image] + Array(repeating: artifact, count: 5))
            try body(folder)
        }
    }

    @Test func `the number of blobs has a limit`() throws {
        try withLayers((0..<20).map(String.init)) { folder in
            var limits = Limits()
            limits.attachmentCount = 20
            let found = try ImageLayout(folder: folder, limits: limits).attachments(.any, platform: nil)
            #expect(found.attached.count == 20)
            #expect(found.attached.allSatisfy { $0.relation == .subject && $0.artifactType == "a/b" })
            limits.attachmentCount = 19
            let error = #expect(throws: ImageError.self) {
                try ImageLayout(folder: folder, limits: limits).attachments(.any, platform: nil)
            }
            #expect(error?.message.contains("limit attachmentCount") == true)
        }
    }

    @Test func `a blob is read as far as a document may be long, and only if it is text`() throws {
        try withLayers(["{\"a\":1234567890}", "a\0b", "\u{FEFF}<a/>", " \n"]) { folder in
            var limits = Limits()
            let layout = ImageLayout(folder: folder, limits: limits)
            let found = try layout.attachments(.any, platform: nil).attached
            let contents = try found.map { try layout.contents(of: $0) }
            #expect(contents == [Array("{\"a\":1234567890}".utf8), nil, Array("\u{FEFF}<a/>".utf8), nil])
            limits.documentSize = 15
            let error = #expect(throws: ImageError.self) {
                try ImageLayout(folder: folder, limits: limits).contents(of: found[0])
            }
            #expect(error?.message.contains("limit documentSize") == true)
        }
    }

    @Test(arguments: [1, 100, Limits().glanceSize])
    func `the first bytes of a blob tell whether it is text`(size: Int) throws {
        var limits = Limits()
        limits.glanceSize = size
        let letters = String(repeating: "a", count: size - 1)
        try withLayers([letters + "\0", letters + "a\0"]) { folder in
            let layout = ImageLayout(folder: folder, limits: limits)
            let found = try layout.attachments(.any, platform: nil).attached
            #expect(try found.map { try layout.contents(of: $0) } == [nil, Array((letters + "a\0").utf8)])
        }
    }

    @Test func `damaged indexes and manifests never trap`() throws {
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            let image = try layout.image([])
            let layer = try layout.blob("{}", type: "text/plain")
            let artifact = try layout.blob(
                #"{"artifactType":"a/b","layers":[\#(layer)],"subject":\#(image)}"#, type: LayoutBuilder.manifestType,
                #""annotations":{"vnd.docker.reference.digest":"sha256:1","org.opencontainers.image.ref.name":"sha256-0.att"}"#
            )
            try layout.write(index: [image, artifact])
            let index = try bytes(ofFile: folder + "/index.json")
            var found = 0
            for damaged in mutations(of: index, count: 400, seed: 5) {
                try write(damaged, toFile: folder + "/index.json")
                do {
                    _ = try ImageLayout(folder: folder, limits: Limits()).attachments(.any, platform: nil)
                    found += 1
                } catch is ImageError {}
            }
            #expect(found > 0)
        }
    }
}
