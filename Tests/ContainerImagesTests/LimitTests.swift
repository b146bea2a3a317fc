import ByteStreams
import ContainerImages
import TestSupport
import Testing

/// A limit set low, and what passes it.
struct LimitCase: Sendable, CustomTestStringConvertible {
    let name: String
    let set: @Sendable (inout Limits) -> Void
    let layers: [[Entry]]

    init(_ name: String, _ layers: [[Entry]], _ set: @Sendable @escaping (inout Limits) -> Void) {
        self.name = name
        self.layers = layers
        self.set = set
    }

    var testDescription: String { "\(name), \(layers.count) layers" }
}

@Suite struct LimitTests {
    static let many = (0..<20).map { Entry.file("a\($0)", "1234567890") }
    /// As much again, in layers that are others: the same one is read only once.
    static let others = (0..<20).map { Entry.file("b\($0)", "1234567890") }
    static let more = (0..<20).map { Entry.file("c\($0)", "1234567890") }
    static let deep = Entry.file(String(repeating: "d/", count: 20) + "a")

    static let cases = [
        LimitCase("layerCount", [many, [], []]) { $0.layerCount = 2 },
        LimitCase("layerSize", [many]) { $0.layerSize = 2_000 },
        LimitCase("entryCount", [many]) { $0.entryCount = 19 },
        LimitCase("entryCount", [many, others, more]) { $0.entryCount = 59 },
        LimitCase("entryCount", [[deep]]) { $0.entryCount = 5 },
        LimitCase("nameBytes", [many]) { $0.nameBytes = 40 },
        LimitCase("nameBytes", [many, others]) { $0.nameBytes = 70 },
        LimitCase("nameBytes", [[.link("a", to: "1234567890")]]) { $0.nameBytes = 5 },
        LimitCase("pathLength", [[deep]]) { $0.pathLength = 40 },
        LimitCase("pathLength", [[.link("a", to: String(repeating: "b", count: 41))]]) { $0.pathLength = 40 },
        LimitCase("pathDepth", [[deep]]) { $0.pathDepth = 19 },
        LimitCase("pathSteps", [[deep]]) { $0.pathSteps = 19 },
        LimitCase("pathSteps", [[.file("a")] + (0..<20).map { .hardLink("\($0)", to: "a") }]) { $0.pathSteps = 19 },
        LimitCase("lookupCount", [[.file("d/d/a"), .file("e")], (0..<9).map { .hardLink("\($0)", to: "d/d/a") }]) {
            $0.lookupCount = 26
        },
        LimitCase("lookupCount", [[.file("d/x"), .link("l", to: "d/../d"), .hardLink("h", to: "l/x")]]) {
            $0.lookupCount = 3
        },
        LimitCase("pathSteps", [[.link("l", to: "t")], [.file("l/a/b/c/d")]]) { $0.pathSteps = 5 },
        LimitCase("tarExtensionSize", [[.file(String(repeating: "b", count: 120))]]) { $0.tarExtensionSize = 100 },
        LimitCase("capturedFileSize", [[.file("a", "1234567890")]]) { $0.capturedFileSize = 9 },
        LimitCase("capturedSize", [many]) { $0.capturedSize = 199 },
        LimitCase("capturedSize", [many, others]) { $0.capturedSize = 399 },
        LimitCase("capturedRatio", [many, others]) {
            $0.capturedRatio = 0
            $0.capturedAllowance = 399
        },
        LimitCase("holeSize", [[.hole("a", 1_000)], [.hole("b", 1_001)]]) { $0.holeSize = 2_000 },
        LimitCase("expansionRatio", [many, others]) {
            $0.expansionRatio = 0
            $0.expansionAllowance = 30_000
        },
    ]

    @Test(arguments: cases)
    func `a limit is an error that names it`(example: LimitCase) async throws {
        var limits = Limits()
        example.set(&limits)
        let error = await #expect(throws: ImageError.self) { try await merged(example.layers, limits: limits) }
        #expect(error?.message.contains("limit \(example.name) ") == true, "\(error?.description ?? "")")
        #expect(error?.place.contains("blob sha256:") == true)
        _ = try await merged(example.layers)
    }

    @Test func `what is just within a limit is read`() async throws {
        var limits = Limits()
        limits.layerCount = 2
        limits.entryCount = 40
        limits.capturedSize = 400
        limits.capturedFileSize = 10
        limits.capturedRatio = 1
        limits.capturedAllowance = 0
        limits.expansionRatio = 1
        limits.expansionAllowance = 0
        limits.pathDepth = 21
        _ = try await merged([Self.many, Self.others], limits: limits)
        var three = limits
        three.layerCount = 3
        // A layer that is there several times is read and counted once.
        _ = try await merged([Self.many, Self.many, Self.others], limits: three)
        limits.entryCount = 21
        #expect(try await merged([[Self.deep]], limits: limits).files.list.count == 1)
    }

    @Test func `links beyond linkCount lead nowhere`() async throws {
        var limits = Limits()
        limits.linkCount = 2
        let layers: [[Entry]] = [[.file("0", "1")] + (1...3).map { .link("\($0)", to: "\($0 - 1)") }]
        let files = try await merged(layers, limits: limits).files
        #expect(files.text("2") == "1")
        #expect(files.text("3") == nil)
    }

    @Test func `manifests, indexes and configurations have a size`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let filler = String(repeating: " ", count: 1_000)
            let config = try builder.blob(#"{"rootfs":{"diff_ids":[]}}"# + filler, type: LayoutBuilder.configType)
            let manifest = try builder.blob(#"{"config":\#(config),"layers":[]}"#, type: nil)
            try builder.write(index: [manifest])
            var limits = Limits()
            limits.manifestSize = 1_000
            #expect(await failure(reading: folder, limits: limits)?.message.contains("limit manifestSize") == true)
            limits.manifestSize = 1_026
            #expect(await failure(reading: folder, limits: limits) == nil)
            limits.manifestSize = 100
            let error = await failure(reading: folder, limits: limits)
            #expect(error?.description.contains("index.json: more than the limit manifestSize") == true)
        }
    }

    @Test func `all manifests and configurations that are looked at have a size together`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let descriptors = try (0..<10).map { try builder.image([tar([.file("\($0)")])]) }
            try builder.write(index: descriptors)
            var limits = Limits()
            limits.manifestsSize = 2_000
            #expect(await failure(reading: folder, limits: limits)?.description.contains("limit manifestsSize") == true)
            try builder.write(index: Array(repeating: descriptors[0], count: 10))
            #expect(await failure(reading: folder, limits: limits) == nil)
        }
    }

    @Test func `indexes in indexes end somewhere`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            var descriptor = try builder.image([])
            for _ in 0..<3 { descriptor = try builder.index([descriptor]) }
            try builder.write(index: [descriptor])
            var limits = Limits()
            limits.indexDepth = 4
            #expect(await failure(reading: folder, limits: limits) == nil)
            limits.indexDepth = 3
            #expect(await failure(reading: folder, limits: limits)?.message.contains("limit indexDepth") == true)
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `an index that lists the same again and again is refused before it is walked`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            var descriptor = try builder.image([])
            for _ in 0..<7 { descriptor = try builder.index(Array(repeating: descriptor, count: 500)) }
            try builder.write(index: [descriptor])
            #expect(await failure(reading: folder)?.message == "more than the limit manifestCount allows")
            var limits = Limits()
            limits.manifestCount = 3
            try builder.write(index: Array(repeating: try builder.image([]), count: 4))
            #expect(
                await failure(reading: folder, limits: limits)?.message == "more than the limit manifestCount allows")
            limits.manifestCount = 4
            #expect(await failure(reading: folder, limits: limits) == nil)
        }
    }

    @Test func `a decoder's memory has a limit`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let layer = tar([.file("a", String(repeating: "1", count: 3_000_000))])
            let compressed = try shell("zstd -q -19 --long=21 --no-check", input: layer).output
            let config = try builder.blob(#"{"rootfs":{"diff_ids":["\#(ContentDigest.of(layer))"]}}"#, type: nil)
            let stored = try builder.blob(compressed, type: LayoutBuilder.layerType)
            try builder.write(index: [try builder.blob(#"{"config":\#(config),"layers":[\#(stored)]}"#, type: nil)])
            var limits = Limits()
            #expect(await failure(reading: folder, limits: limits) == nil)
            limits.decoderMemory = 1 << 20
            #expect(await failure(reading: folder, limits: limits)?.message.contains("limit decoderMemory") == true)
        }
    }
}
