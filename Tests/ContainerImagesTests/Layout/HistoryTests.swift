import ByteStreams
import ContainerImages
import RegistryClient
import TestSupport
import Testing

/// Which command made which layer (`history` of a configuration).
@Suite struct HistoryTests {
    static let steps = """
        {"created":"2025-01-01T00:00:00Z","created_by":"ADD rootfs.tar /","comment":"base"},\
        {"created_by":"ENV A=1","empty_layer":true},{"created_by":"RUN make","empty_layer":false}
        """

    private func image(_ history: String?, layers: Int = 2) throws -> Image {
        let store = try MemoryBlobStore { builder in
            let layers = (0..<layers).map { tar([.file("a\($0)")]) }
            try builder.write(index: [try builder.image(layers, history: history)])
        }
        return try ImageLayout(store, limits: Limits()).image(.any, platform: nil)
    }

    @Test func `each layer has the command of its step, and steps without a layer are passed over`() throws {
        let image = try image("[\(Self.steps)]")
        #expect((0..<2).map(image.command) == ["ADD rootfs.tar /", "RUN make"])
        #expect(image.facts.layerSteps.map(\.comment) == ["base", nil])
        #expect(image.facts.layerSteps.map(\.created) == ["2025-01-01T00:00:00Z", nil])
        #expect(image.command(ofLayer: 2) == nil)
        #expect(image.command(ofLayer: -1) == nil)
    }

    @Test(arguments: [
        nil, "null", "[]", "{}", #""RUN make""#, "[1,2]", #"[{"created_by":"RUN make"}]"#,
        #"[{"created_by":"a"},"b",{"created_by":"c"}]"#,
        #"[{"created_by":"a","empty_layer":true},{"created_by":"b"}]"#,
        #"[{"created_by":"a"},{"created_by":"b"},{"created_by":"c"}]"#,
        #"[{"created_by":"a","empty_layer":"true"},{"created_by":"b"},{"created_by":"c"}]"#,
    ])
    func `a history that does not match the layers gives no command, and the image is read`(history: String?) throws {
        let image = try image(history)
        #expect(image.layers.count == 2)
        #expect(image.facts.layerSteps.isEmpty)
        #expect(image.command(ofLayer: 0) == nil)
    }

    @Test func `a step without a usable command has none`() throws {
        let image = try image(#"[{"created_by":7,"created":[]},{"created_by":""}]"#)
        #expect((0..<2).map(image.command) == [nil, nil])
        #expect(image.facts.layerSteps.map(\.created) == [nil, nil])
    }

    @Test func `an image without layers has no commands`() throws {
        #expect(try image("[\(Self.steps)]", layers: 0).facts.layerSteps.isEmpty)
        #expect(try image(nil, layers: 0).command(ofLayer: 0) == nil)
    }

    @Test func `umoci's history is read as it wrote it`() throws {
        let image = try ImageLocation(parsing: "\(packageFolder)/Fixtures/debian-layers")
            .image(platform: nil, registries: RegistryOptions(), limits: Limits())
        #expect(image.layers.indices.map(image.command) == (1...6).map { "layers-\($0)" })
    }
}
