import Foundation
import Testing

@Suite struct LimitsDocumentationTests {
    @Test func `docs list every limit, and no other`() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let source = try String(
            contentsOf: package.appending(path: "Sources/ByteStreams/Limits.swift"), encoding: .utf8)
        let page = try String(contentsOf: package.appending(path: "docs/limits.md"), encoding: .utf8)
        let limits = source.matches(of: #/package (?:static let|var) (\w+)(?:: [A-Za-z]+)? = /#).map {
            String($0.output.1)
        }
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let documented = rows.flatMap { row in
            row.dropFirst(2).prefix { $0 != "|" }.matches(of: #/`(\w+)`/#).map { String($0.output.1) }
        }
        #expect(limits.count > 30)
        #expect(Set(documented) == Set(limits))
        #expect(documented.count == limits.count)
    }
}
