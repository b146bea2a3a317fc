import Foundation
import SBOMKit
import TestSupport
import Testing

/// The whole way: an image in, its document and its notices as `Fixtures/expected` has them out.
///
/// `make accept` rewrites what is expected; then the difference is to be reviewed.
@Suite struct GoldenTests {
    static let isAccepting = ProcessInfo.processInfo.environment["SBOMKIT_ACCEPT"] == "1"

    @Test(arguments: Fixture.all)
    func `a fixture gives the expected document and notices`(fixture: Fixture) async throws {
        let generated = try await fixture.generated()
        let notices = generated.notices.map { $0.line + "\n" }.joined()
        if Self.isAccepting {
            try write(generated.spdx, toFile: fixture.expected("spdx.json"))
            try write(Array(notices.utf8), toFile: fixture.expected("notices.txt"))
        }
        #expect(try String(decoding: bytes(ofFile: fixture.expected("notices.txt")), as: UTF8.self) == notices)
        // By lines, so that a failure shows where they differ and not all of both.
        let expected = try lines(bytes(ofFile: fixture.expected("spdx.json")))
        let found = lines(try generated.spdx)
        let difference = zip(expected, found).enumerated().first { $1.0 != $1.1 }
        #expect(
            difference == nil, "\(fixture): line \((difference?.offset ?? 0) + 1) of \(expected.count) is another")
        #expect(expected.count == found.count)
    }

    @Test(arguments: Fixture.all.filter { ["debian-small", "rpm-small"].contains($0.name) })
    func `a fixture gives the expected CycloneDX document`(fixture: Fixture) async throws {
        let found = try await fixture.generated().document(.cycloneDX(.v1_6))
        if Self.isAccepting { try write(found, toFile: fixture.expected("cdx.json")) }
        #expect(try lines(bytes(ofFile: fixture.expected("cdx.json"))) == lines(found))
    }

    @Test(.disabled(if: isAccepting, "the files are being written"))
    func `nothing is expected of a fixture that no test reads`() {
        let kinds = [".spdx.json", ".notices.txt"]
        let expected = names(inFolder: "\(packageFolder)/Fixtures/expected").compactMap { name in
            kinds.first(where: name.hasSuffix).map { String(name.dropLast($0.count)) }
        }
        #expect(Set(expected) == Set(Fixture.all.map(\.name)))
    }

    private func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
