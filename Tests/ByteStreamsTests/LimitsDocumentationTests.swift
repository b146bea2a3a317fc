import ByteStreams
import Foundation
import Testing

@Suite struct LimitsDocumentationTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")

    private func limits() throws -> [String] {
        let source = try String(
            contentsOf: Self.package.appending(path: "Sources/ByteStreams/Limits.swift"), encoding: .utf8)
        return source.matches(of: #/package (?:static let|var) (\w+)(?:: [A-Za-z]+)? = /#).map {
            String($0.output.1)
        }
    }

    @Test func `docs list every limit, and no other`() throws {
        let page = try String(contentsOf: Self.package.appending(path: "docs/limits.md"), encoding: .utf8)
        let limits = try limits()
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let documented = rows.flatMap { row in
            row.dropFirst(2).prefix { $0 != "|" }.matches(of: #/`(\w+)`/#).map { String($0.output.1) }
        }
        #expect(limits.count > 30)
        #expect(Set(documented) == Set(limits))
        #expect(documented.count == limits.count)
    }

    /// That a test names a limit does not prove that it reaches it, but a limit that none names is reached by none.
    @Test func `every limit is named by a test`() throws {
        let tests = Self.package.appending(path: "Tests")
        let paths = try #require(FileManager.default.enumerator(atPath: tests.path)).compactMap { $0 as? String }
        var words: Set<String> = []
        for path in paths where path.hasSuffix(".swift") {
            let text = try String(contentsOf: tests.appending(path: path), encoding: .utf8)
            for word in text.utf8.split(whereSeparator: { !$0.isASCIILetter && !$0.isASCIIDigit }) {
                words.insert(String(decoding: word, as: UTF8.self))
            }
        }
        #expect(try limits().filter { !words.contains($0) } == [])
    }
}
