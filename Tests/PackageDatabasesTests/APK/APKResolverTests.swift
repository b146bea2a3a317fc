import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct APKResolverTests {
    /// The edges and the unmet needs of a database, by the names of the packages.
    private func resolved(_ text: String, limits: Limits = Limits()) throws -> (edges: [String], unmet: [String]) {
        let database = try APKDatabaseTests.database(text, limits: limits)
        let graph = try database.dependencies()
        let names = database.packages.map(\.name)
        return (
            graph.edges.map { "\(names[$0.from])-\(names[$0.to])" },
            graph.unmet.map { "\(names[$0.package]): \($0.need)" }
        )
    }

    private func packages(_ lines: (name: String, version: String, rest: String)...) -> String {
        lines.map { "P:\($0.name)\nV:\($0.version)\n\($0.rest)\n\n" }.joined()
    }

    @Test(arguments: [
        ("b", ["a-b"]), ("b=1.6.3-r0", ["a-b"]), ("b=1.6.3", []), ("b~1.6", ["a-b"]), ("b~1.6.3", ["a-b"]),
        ("b~1.7", []),
        ("b<2", ["a-b"]), ("b<~1.6", ["a-b"]), ("b>~1.7", []), ("b>=1.6.3-r0", ["a-b"]), ("b>1.6.3-r0", []),
        ("b@edge", ["a-b"]), ("b@edge>1", ["a-b"]), ("!b", []), ("!b c", ["a-c"]), ("b b>1 b", ["a-b"]),
        // A version that apk cannot compare is never the wanted one.
        ("b>=foo", []), ("b<foo", []), ("b=", []),
        // Provisions have a version of their own, or an empty one.
        ("so:x", ["a-b"]), ("so:x=5", ["a-b"]), ("so:x=1.6.3-r0", []), ("so:x<6", ["a-b"]), ("cmd:y", ["a-b", "a-c"]),
        ("cmd:y<1", ["a-b"]), ("cmd:y<=1", ["a-b"]), ("cmd:y>=1", ["a-c"]), ("cmd:y=2", ["a-c"]), ("cmd:y~2", ["a-c"]),
        ("/bin/z", ["a-c"]), ("/usr/bin/c", []),
        // The identity is that of the record.
        ("b><Q1TchuuLUfur0izvfZQZxgN/LJhB8=", ["a-b"]), ("b><X14dc86eb8b51fbabd22cef7d9419c6037f2c9841f", ["a-b"]),
        ("c><Q1TchuuLUfur0izvfZQZxgN/LJhB8=", []), ("b><nonsense", []),
        ("so:x><Q1TchuuLUfur0izvfZQZxgN/LJhB8=", ["a-b"]),
        // What the package itself provides makes no edge.
        ("own", []), ("a", []), ("a=1 b", ["a-b"]), ("shared", ["a-c"]),
    ])
    func `needs are resolved as apk does`(needs: String, edges: [String]) throws {
        let text = packages(
            ("a", "1", "D:\(needs)\np:own shared=1"),
            ("b", "1.6.3-r0", "C:Q1TchuuLUfur0izvfZQZxgN/LJhB8=\np:so:x=5 cmd:y"),
            ("c", "2", "p:cmd:y=2 /bin/z shared\nF:usr/bin\nR:c"))
        #expect(try resolved(text).edges == edges)
    }

    @Test func `a need that no package meets is unmet, each once`() throws {
        let text = packages(
            ("a", "1", "D:b c c>=2 c>=2 !d a>=2 e~x f a"), ("b", "1", ""), ("f", "1", "i:nobody\nD:"))
        let found = try resolved(text)
        #expect(found.edges == ["a-b", "a-f"])
        #expect(found.unmet == ["a: c", "a: c>=2", "a: a>=2", "a: e~x"])
    }

    @Test func `a condition to install a package is no dependency`() throws {
        let found = try resolved(packages(("a-doc", "1", "i:a docs"), ("a", "1", ""), ("docs", "1", "")))
        #expect(found.edges.isEmpty && found.unmet.isEmpty)
    }

    @Test(arguments: [
        (nil, nil), ("a", "d, e"), ("a\nd", nil), ("", "a, b, d, e"), ("e", "a, b, d"), ("d", "a, b"),
        ("nobody", "a, b, d, e"),
    ])
    func `packages that world does not name and nothing needs are noted`(world: String?, orphans: String?) throws {
        let text = packages(
            ("a", "1", "D:b"), ("b", "1", "D:a"), ("c", "1", "i:a"), ("d", "1", "D:e"), ("e", "1", "D:nothing"))
        let notices = try APKDatabaseTests.database(text, world: world).dependencies().notices
        #expect(
            notices.map(\.message)
                == [orphans.map { "packages that it does not name and that no package it names needs: \($0)" }]
                .compactMap {
                    $0
                })
        #expect(notices.allSatisfy { $0.severity == .note && $0.code == .orphanedPackages })
    }

    @Test func `of many packages that world does not name the first are named`() throws {
        let text = (0..<9).map { "P:p\($0)\nV:1\n\n" }.joined()
        let notices = try APKDatabaseTests.database(text, world: "p0\n").dependencies().notices
        #expect(notices.first?.message.hasSuffix(": p1, p2, p3, p4, p5 and 3 more") == true)
    }

    @Test func `work and edges beyond the limits are refused`() throws {
        let names = (0..<20).map { "p\($0)" }
        let text = names.map { "P:\($0)\nV:1\np:all\nD:\(names.map { _ in "all" }.joined(separator: " "))\n\n" }
            .joined()
        #expect(try resolved(text).edges.count == 20 * 19)
        var limits = Limits()
        limits.edgeCount = 20 * 19 - 1
        #expect(throws: ParseError(.limit("edgeCount"), at: 0)) { try resolved(text, limits: limits) }
        limits = Limits()
        limits.resolutionSteps = 20 * 20 * 20 - 1
        #expect(throws: ParseError(.limit("resolutionSteps"), at: 0)) { try resolved(text, limits: limits) }
    }

    @Test func `unmet needs are counted where there are many`() throws {
        let needs = (0..<300).map { "need-\($0)" }.joined(separator: " ")
        let graph = try APKDatabaseTests.database("P:a\nV:1\nD:\(needs) need-0\n").dependencies()
        #expect(graph.unmetCount == 300)
        #expect(graph.unmet.count == Limits().diagnosticCount)
    }
}

/// Databases of real systems, against a resolver of its own that was written from the documentation of apk.
@Suite(.needsCorpus, .needs(have("python3"), "python3")) struct APKCorpusTests {
    /// The paths of the databases.
    private static let databases: [String] = {
        guard let corpus, let found = try? shell("cd '\(corpus)/apk' && grep -rlx 'P:[a-z].*' . | sort") else {
            return []
        }
        return found.text.split(separator: "\n").map { String($0.dropFirst(2)) }
    }()

    @Test func `the collection has databases`() {
        #expect(Self.databases.count >= 12)
    }

    @Test(arguments: databases)
    private func `packages and edges are those of the second resolver`(of name: String) throws {
        let path = try #require(corpus) + "/apk/" + name
        let bytes = try bytes(ofFile: path)
        let database = try #require(try APKDatabase(in: MemoryTree(["lib/apk/db/installed": bytes]), limits: Limits()))
        let graph = try database.dependencies()
        let names = database.packages.map(\.name)
        let rows =
            database.packages.map { "package\t\($0.name)\t\($0.version)\t\($0.architecture ?? "")" }
            + graph.edges.map { "edge\t\(names[$0.from])\t\(names[$0.to])" }
            + graph.unmet.map { "unmet\t\(names[$0.package])\t\($0.need)" }
        let second = try shell("'\(packageFolder)/Tests/apk/edges.py' '\(path)'")
        try #require(second.code == 0, "\(second.errors)")
        let expected = second.text.split(separator: "\n").map(String.init)
        #expect(Set(rows).subtracting(expected) == [], "not of the second resolver")
        #expect(Set(expected).subtracting(rows) == [], "of the second resolver only")
        #expect(rows.count == expected.count)
        // A record that is not listed is reported as lost.
        let records = String(decoding: bytes, as: UTF8.self).split(separator: "\n").count { $0.hasPrefix("P:") }
        #expect(records - names.count == database.diagnostics.count { $0.severity == .blind })
    }
}
