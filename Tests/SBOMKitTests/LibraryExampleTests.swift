import Foundation
import SBOMKit
import TestSupport
import Testing

@Suite struct LibraryExampleTests {
    /// The example of the README, except for its first lines, which import the library.
    private func example() async throws -> [UInt8] {
        // The example begins.
        var options = Generator.Options()
        options.platform = ImagePlatform("linux/amd64")
        options.supplier = Contact("Organization: Example (sbom@example.com)")
        let image = try await Generator(options: options).read("Fixtures/distroless")
        for notice in image.notices where notice.severity == .blind {
            print("not described: \(notice.place): \(notice.message)")
        }
        print("\(image.summary.packageCount) packages in \(image.summary.image)")
        let document = try image.document(.spdx)
        // The example ends.
        return document
    }

    @Test func `the example of the README is the one that is compiled`() throws {
        let readme = String(decoding: try bytes(ofFile: "\(packageFolder)/README.md"), as: UTF8.self)
        let source = String(decoding: try bytes(ofFile: #filePath), as: UTF8.self)
        let shown = try #require(lines(of: readme, from: "```swift", to: "```"))
        let compiled = try #require(
            lines(of: source, from: "        // The example begins.", to: "        // The example ends."))
        #expect(shown.prefix(2) == ["import SBOMKit", ""])
        #expect(shown.dropFirst(2) == compiled.map { $0.hasPrefix("        ") ? $0.dropFirst(8) : $0 }[...])
    }

    private func lines(of text: String, from first: Substring, to last: Substring) -> [Substring]? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: first), let end = lines[(start + 1)...].firstIndex(of: last) else {
            return nil
        }
        return Array(lines[(start + 1)..<end])
    }

    @Test func `a program makes a document with the library alone`() async throws {
        // The example names a fixture from the folder of the package.
        try #require(FileManager.default.changeCurrentDirectoryPath(packageFolder))
        let text = String(decoding: try await example(), as: UTF8.self)
        #expect(text.contains("\"supplier\": \"Organization: Example (sbom@example.com)\""))
    }

    @Test func `an error has a code`() async {
        let error = await #expect(throws: SBOMError.self) { try await Generator().read("no/such/layout") }
        #expect(error?.code == .noInput)
    }
}
