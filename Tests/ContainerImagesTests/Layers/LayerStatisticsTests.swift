import ByteStreams
import ContainerImages
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What the layers of an image do to each other's files.
@Suite struct LayerStatisticsTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let layers: [[Entry]]
        /// Of each layer: unpacked bytes; files added, changed and removed; bytes that it hides and that are hidden of it.
        let expected: [[Int]]

        init(_ name: String, _ layers: [[Entry]], _ expected: [[Int]]) {
            (self.name, self.layers, self.expected) = (name, layers, expected)
        }

        var testDescription: String { name }
    }

    static let base: [Entry] = [.folder("d"), .file("d/a", "1234"), .file("d/b", "12"), .link("l", to: "d/a")]

    static let examples = [
        Example("one layer", [base], [[6, 3, 0, 0, 0, 0]]),
        Example("a file deleted later", [base, [.whiteout("d/a")]], [[6, 3, 0, 0, 0, 4], [0, 0, 0, 1, 4, 0]]),
        Example("a folder deleted later", [base, [.whiteout("d")]], [[6, 3, 0, 0, 0, 6], [0, 0, 0, 2, 6, 0]]),
        Example("a file again", [base, [.file("d/a", "1234")]], [[6, 3, 0, 0, 0, 4], [4, 0, 1, 0, 4, 0]]),
        Example(
            "new files", [base, [.file("d/c", "1"), .file("e/f/g", "12")]], [[6, 3, 0, 0, 0, 0], [3, 2, 0, 0, 0, 0]]),
        Example(
            "a folder emptied and filled again", [base, [.opaque("d"), .file("d/b", "123"), .file("d/x")]],
            [[6, 3, 0, 0, 0, 6], [3, 1, 1, 1, 6, 0]]),
        Example(
            "a folder deleted and made again", [base, [.whiteout("d"), .folder("d"), .file("d/a", "1")]],
            [[6, 3, 0, 0, 0, 6], [1, 0, 1, 1, 6, 0]]),
        Example(
            "a file in the place of a folder", [base, [.file("d", "1")]], [[6, 3, 0, 0, 0, 6], [1, 1, 0, 2, 6, 0]]),
        Example(
            "a folder in the place of a file", [base, [.folder("d/a"), .file("d/a/x", "1")]],
            [[6, 3, 0, 0, 0, 4], [1, 1, 0, 1, 4, 0]]),
        Example(
            "a folder in the place of a link", [base, [.folder("l"), .file("l/x", "1")]],
            [[6, 3, 0, 0, 0, 0], [1, 1, 0, 1, 0, 0]]),
        Example(
            "deleted, made, deleted", [base, [.whiteout("d/a")], [.file("d/a", "123")], [.whiteout("d/a")]],
            [[6, 3, 0, 0, 0, 4], [0, 0, 0, 1, 4, 0], [3, 1, 0, 0, 0, 3], [0, 0, 0, 1, 3, 0]]),
        Example(
            "hard links count once",
            [[.file("a", "1234"), .hardLink("b", to: "a")], [.whiteout("a")], [.whiteout("b")]],
            [[4, 2, 0, 0, 0, 4], [0, 0, 0, 1, 0, 0], [0, 0, 0, 1, 4, 0]]),
        Example(
            "a hard link to a lower layer", [[.file("a", "1234")], [.hardLink("b", to: "a"), .whiteout("a")]],
            [[4, 1, 0, 0, 0, 0], [0, 1, 0, 1, 0, 0]]),
        Example(
            "whiteouts of nothing", [[.whiteout("x"), .opaque("d")], [.whiteout("x")]],
            [[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]),
        Example(
            "holes have a size", [[.hole("h", 5000)], [.whiteout("h")]],
            [[5000, 1, 0, 0, 0, 5000], [0, 0, 0, 1, 5000, 0]]),
        Example(
            "the same layer again", [base, [.whiteout("d")], base],
            [[6, 3, 0, 0, 0, 6], [0, 0, 0, 2, 6, 0], [6, 2, 1, 0, 0, 0]]),
        Example("everything hidden", [base, [.opaque("")]], [[6, 3, 0, 0, 0, 6], [0, 0, 0, 3, 6, 0]]),
        Example(
            "written through a link of a lower layer",
            [[.folder("d"), .file("d/a", "1234"), .link("l", to: "d")], [.file("l/a", "12")]],
            [[4, 2, 0, 0, 0, 4], [2, 0, 1, 0, 4, 0]]),
        Example("no layer", [], []),
    ]

    private func statistics(_ layers: [[Entry]], limits: Limits = Limits()) async throws -> [LayerStatistics] {
        let store = try MemoryBlobStore { builder in
            try builder.write(index: [try builder.image(layers.map(tar))])
        }
        let image = try ImageLayout(store, limits: limits).image(.any, platform: nil)
        return try await image.layerStatistics(progress: nil).statistics
    }

    @Test(arguments: examples)
    func `each layer is counted against those below it`(example: Example) async throws {
        let found = try await statistics(example.layers)
        #expect(
            found.map { [$0.unpackedSize, $0.added, $0.changed, $0.removed, $0.hides, $0.hidden] } == example.expected)
    }

    @Test func `counting has the limit of all lookups`() async throws {
        var limits = Limits()
        let layers: [[Entry]] = [(0..<50).map { .file("d/\($0)") }, (0..<50).map { .file("d/\($0)") }]
        limits.lookupCount = 100
        let error = await #expect(throws: ImageError.self) { try await statistics(layers, limits: limits) }
        #expect(error?.message.contains("limit lookupCount") == true)
        limits.lookupCount = 1000
        _ = try await statistics(layers, limits: limits)
    }

    @Test func `generate records no sizes`() async throws {
        let files = try await merged([Self.base]).files
        #expect(try files.layerStatistics().map(\.unpackedSize) == [0])
    }

    /// The state after each layer is what umoci unpacks (``UnpackOracleTests``); here the counts are held against it.
    @Test(arguments: 0..<60)
    func `counts agree with the states that layers make`(seed: UInt64) async throws {
        var generator = StackGenerator(seed: seed)
        let layers = generator.stack()
        let said = Comment(rawValue: "seed \(seed): \(layers)")
        let store = try MemoryBlobStore { builder in
            try builder.write(index: [try builder.image(layers.map(tar))])
        }
        let image = try ImageLayout(store, limits: Limits()).image(.any, platform: nil)
        let (statistics, read) = try await image.layerStatistics(progress: nil)
        for (number, layer) in statistics.enumerated() {
            let (before, after) = (
                Set(read.files.after(layers: number).list), Set(read.files.after(layers: number + 1).list)
            )
            #expect(layer.added == after.subtracting(before).count, said)
            #expect(layer.removed == before.subtracting(after).count, said)
            #expect(layer.changed <= before.intersection(after).count, said)
        }
        #expect(statistics.map(\.hides).reduce(0, +) == statistics.map(\.hidden).reduce(0, +), said)
    }

    @Test(
        .needs(have("umoci") && getuid() == 0, "umoci, and root, as which umoci unpacks"), arguments: 100..<112)
    func `what is not hidden is what umoci unpacks`(seed: UInt64) async throws {
        var generator = StackGenerator(seed: seed)
        let layers = generator.stack()
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder + "/layout")
            try builder.write(index: [try builder.image(layers.map(tar), LayoutBuilder.tag("latest"))])
            let line = """
                umoci raw unpack --image \(folder)/layout:latest \(folder)/root && \
                find \(folder)/root -type f -printf '%i %s\\n' | sort -u | awk '{ sum += $2 } END { print sum + 0 }'
                """
            let result = try shell(line)
            try #require(result.code == 0, "\(result.errors)")
            let image = try ImageLayout(folder: folder + "/layout", limits: Limits()).image(.any, platform: nil)
            let statistics = try await image.layerStatistics(progress: nil).statistics
            let left = statistics.reduce(0) { $0 + $1.unpackedSize - $1.hidden }
            #expect("\(left)\n" == result.text, "seed \(seed): \(layers)")
        }
    }
}
