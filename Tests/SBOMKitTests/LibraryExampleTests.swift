import Foundation
import SBOMKit
import TestSupport
import Testing

@Suite struct LibraryExampleTests {
    /// What docs/library.md shows; `DocumentationTests` compile the text of the page.
    private func example() async throws -> [UInt8] {
        var options = Generator.Options()
        options.platform = ImagePlatform("linux/amd64")
        options.supplier = Contact("Organization: Example (sbom@example.com)")
        let image = try await Generator(options: options).read("Fixtures/distroless")
        for notice in image.notices where notice.severity == .blind {
            print("not described: \(notice.place): \(notice.message)")
        }
        print("\(image.summary.packageCount) packages in \(image.summary.image)")
        return try image.document(.spdx)
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
