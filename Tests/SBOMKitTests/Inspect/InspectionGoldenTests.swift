import Foundation
import SBOMKit
import TestSupport
import Testing

/// The descriptions of fixtures, as `Fixtures/inspected` has them; `make accept` rewrites them.
@Suite struct InspectionGoldenTests {
    static let fixtures = [
        Fixture("debian-layers"), Fixture("compressions"), Fixture("docker-types"), Fixture("encrypted"),
        Fixture("multiarch-arm64", folder: "multiarch", platform: "linux/arm64"),
    ]

    @Test(arguments: fixtures)
    func `a fixture gives the expected tree and JSON`(fixture: Fixture) async throws {
        var options = Inspector.Options()
        options.platform = fixture.platform.flatMap { ImagePlatform($0) }
        let inspection = try await Inspector(options: options).inspect(fixture.path)
        // The path is another on each machine.
        func portable(_ text: String) -> String { text.replacing(fixture.path, with: fixture.folder) }
        for (kind, text) in [("txt", portable(inspection.tree())), ("json", portable(inspection.json))] {
            let path = "\(packageFolder)/Fixtures/inspected/\(fixture.name).\(kind)"
            if GoldenTests.isAccepting { try write(Array(text.utf8), toFile: path) }
            let expected = String(decoding: try bytes(ofFile: path), as: UTF8.self)
            #expect(text == expected, "\(fixture) \(kind)")
        }
    }

    @Test(.disabled(if: GoldenTests.isAccepting, "the files are being written"))
    func `nothing is expected of a fixture that is not inspected`() {
        let expected = names(inFolder: "\(packageFolder)/Fixtures/inspected")
        #expect(Set(expected) == Set(Self.fixtures.flatMap { ["\($0.name).txt", "\($0.name).json"] }))
    }
}
