import ByteStreams
import ContainerImages
import TestSupport
import Testing

/// What small images may cost that are made to be expensive: as much as their size explains, or they are refused.
///
/// The limits are lower than usual, so that the tests take no time; the images have the same shape.
@Suite struct CostTests {
    /// Links each of which leads through a folder thousands of times before it leads to the next: a lookup of `var` walks
    /// through all of them.
    private static func mazes(_ count: Int) -> [[Entry]] {
        let way = String(repeating: "d/../", count: 500)
        return (0..<count).map { layer in
            [.folder("d"), .file("realvar/lib/dpkg/status", "\(layer)"), .link("var", to: "m0")]
                + (0..<38).map { .link("m\($0)", to: "\(way)m\($0 + 1)") } + [.link("m38", to: "realvar")]
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: [1, 4, 8])
    func `links that lead through millions of folders are refused`(layers: Int) async throws {
        var limits = Limits()
        limits.lookupCount = 20_000
        let error = await #expect(throws: ImageError.self) {
            try await merged(Self.mazes(layers), keeping: ["var/lib/dpkg/status", "var/lib/dpkg/*"], limits: limits)
        }
        #expect(error?.message == "the layers have more than the limit lookupCount allows")
    }

    @Test func `a few lookups through them are allowed`() async throws {
        let files = try await merged(Self.mazes(1), keeping: ["var/lib/dpkg/status"]).files
        #expect(files.text("var/lib/dpkg/status") == "0")
        #expect(!files.isOutOfLookups)
    }

    /// The lists of files that packages own are looked up line by line, after the layers were merged.
    @Test(.timeLimit(.minutes(10)), arguments: [10, 100, 1_000])
    func `lookups that came too late find nothing, and are noticed`(count: Int) async throws {
        var limits = Limits()
        limits.lookupCount = 30_000
        let files = try await merged(Self.mazes(1), keeping: ["none"], limits: limits).files
        for number in 0..<count { _ = files.canonical("m0/\(number)") }
        #expect(files.isOutOfLookups)
        #expect(files.text("realvar/lib/dpkg/status") == nil)
        #expect(files.names(in: "").isEmpty)
    }

    @Test(.timeLimit(.minutes(10)), arguments: [1, 3, 6])
    func `holes are refused before they are filled`(layers: Int) async throws {
        let size = 511 << 20
        let error = await #expect(throws: ImageError.self) {
            try await merged(
                (0..<layers).map { [.file("n\($0)"), .hole("var/lib/dpkg/status", size), .hole("a", size)] },
                keeping: ["var/lib/dpkg/status", "a"])
        }
        #expect(error?.message == "the layers have more than the limit holeSize allows")
    }

    @Test func `holes of ordinary size are zeros`() async throws {
        let files = try await merged([[.hole("a", 100_000)]]).files
        #expect(files.file("a") == .bytes(Array(repeating: 0, count: 100_000)))
    }

    /// Two files of different layers, the larger part of the folders they are in being in every layer.
    @Test(.timeLimit(.minutes(10)), arguments: [4, 8, 16])
    func `folders that all layers have cost lookups`(layers: Int) async throws {
        var limits = Limits()
        limits.lookupCount = 40_000
        let all: [[Entry]] = (0..<layers).map { layer in
            [.folder("d"), .file("var/lib/dpkg/status", "\(layer)")]
                + (0..<200).map { .folder("d/\(layer)-\($0)") } + (0..<50).map { .file("d/0-\($0)/\(layer)") }
        }
        let files = try await merged(all, keeping: ["var/lib/dpkg/status"], limits: limits).files
        for _ in 0..<40 { files.forEachFile { _, _ in } }
        #expect(files.isOutOfLookups)
    }
}
