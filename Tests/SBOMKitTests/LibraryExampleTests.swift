import Foundation
import SBOMKit
import Testing

@Suite struct LibraryExampleTests {
    /// As the README has it: all that a program needs is `import SBOMKit`.
    func example(layout: String) async throws -> String {
        var options = Generator.Options()
        options.platform = "linux/amd64"
        options.supplier = "Organization: Example Corporation (sbom@example.com)"

        let generated = try await Generator(options: options).read(layout)
        for notice in generated.notices where notice.severity == .blind {
            print("not described: \(notice.place): \(notice.message)")
        }
        print("\(generated.summary.packageCount) packages in \(generated.summary.image)")
        return String(decoding: try generated.document(.spdx), as: UTF8.self)
    }

    @Test func `a program makes a document with the library alone`() async throws {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures")
        let text = try await example(layout: fixtures.path + "/distroless:latest")
        #expect(text.contains("\"supplier\": \"Organization: Example Corporation (sbom@example.com)\""))
    }

    @Test func `what cannot be is an error that says what kind it is`() async {
        let error = await #expect(throws: SBOMError.self) { try await example(layout: "no/such/layout") }
        #expect(error?.code == .noInput)
    }
}
