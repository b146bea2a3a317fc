import SBOMKit
import TestSupport
import Testing

/// What the documents list against what the real dpkg-query and rpm list.
@Suite struct PackageListTests {
    static let present: Set = ["installed", "unpacked", "half-configured", "triggers-pending", "triggers-awaited"]

    @Test(
        arguments: Fixture.all.filter {
            names(inFolder: "\(packageFolder)/Fixtures/expected").contains("\($0).packages.tsv")
        })
    func `the packages are those that the package manager lists`(fixture: Fixture) async throws {
        let text = try String(decoding: bytes(ofFile: fixture.expected("packages.tsv")), as: UTF8.self)
        let expected = text.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 4, Self.present.contains(String(fields[3])) else { return nil }
            return fields[..<3].joined(separator: " ")
        }
        try #require(!expected.isEmpty)
        let generated = try await fixture.generated()
        let found = try Document(generated).installed.map { package in
            let architecture = package.purl.split { "?&".contains($0) }.first { $0.hasPrefix("arch=") }?.dropFirst(5)
            return "\(package["name"].text) \(package["versionInfo"].text) \(architecture ?? "")"
        }
        #expect(found.sorted() == expected.sorted())
        #expect(generated.summary.packageCount == expected.count)
    }

    @Test func `every list of a package manager is compared with`() {
        let lists = names(inFolder: "\(packageFolder)/Fixtures/expected").filter { $0.hasSuffix(".packages.tsv") }
        #expect(Set(lists).isSubset(of: Fixture.all.map { "\($0).packages.tsv" }))
        #expect(lists.count >= 10)
    }
}
