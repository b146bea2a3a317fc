import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct DpkgResolverTests {
    /// A package of a database that is written down: `a 1 amd64`, and lines of its record.
    private func record(_ package: String, _ lines: String...) -> String {
        let parts = package.split(separator: " ")
        let head =
            "Package: \(parts[0])\nVersion: \(parts[1])\nArchitecture: \(parts[2])\nStatus: install ok installed\n"
        return head + lines.map { $0 + "\n" }.joined() + "\n"
    }

    private func database(_ records: String..., arch: String = "amd64\n", limits: Limits = Limits()) throws
        -> DpkgDatabase
    {
        let files = ["var/lib/dpkg/status": records.joined(), "var/lib/dpkg/arch": arch]
        return try #require(try DpkgDatabase(in: MemoryTree(files), limits: limits))
    }

    /// `a b` for each edge from the first to the second, with `?` behind a weak one.
    private func edges(_ database: DpkgDatabase, weak: Bool = false) throws -> [String] {
        try database.dependencies(includingWeak: weak).edges.map { edge in
            "\(database.packages[edge.from].name) \(database.packages[edge.to].name)\(edge.isWeak ? "?" : "")"
        }
    }

    @Test func `every installed package that satisfies an alternative is one edge`() throws {
        let database = try database(
            record("a 1 amd64", "Depends: c | b | none, c (>= 1)", "Pre-Depends: b"),
            record("b 1 amd64"), record("c 1 amd64", "Depends: a, c"))
        #expect(try edges(database) == ["a b", "a c", "c a"])
        #expect(try database.dependencies(includingWeak: false).unmet.isEmpty)
    }

    @Test(arguments: [
        ("<< 1.0", false), ("<= 1.0", true), ("= 1.0", true), (">= 1.0", true), (">> 1.0", false), ("< 1.0", true),
        ("> 1.0", true), (">= 1:0", false), (">= 1.0~rc1", true), ("= 1.0-0", true),
    ])
    func `a version must do`(relation: String, isMet: Bool) throws {
        let database = try database(record("a 1 amd64", "Depends: b (\(relation))"), record("b 1.0 amd64"))
        let graph = try database.dependencies(includingWeak: false)
        #expect(graph.edges == (isMet ? [DependencyGraph.Edge(from: 0, to: 1)] : []))
        #expect(graph.unmet.map(\.need) == (isMet ? [] : ["b (\(relation))"]))
    }

    @Test func `a provision without a version satisfies only a dependency without one`() throws {
        let database = try database(
            record("a 1 amd64", "Depends: mta, awk (>= 2), sh (>= 2), sh (>= 3)"),
            record("exim 9 amd64", "Provides: mta, awk, sh (= 2.5)"),
            record("postfix 9 amd64", "Provides: mta (= 1)"))
        #expect(try edges(database) == ["a exim", "a postfix"])
        #expect(try database.dependencies(includingWeak: false).unmet.map(\.need) == ["awk (>= 2)", "sh (>= 3)"])
    }

    @Test func `a dependency without a qualifier means the own architecture, or a foreign package`() throws {
        let database = try database(
            record("a 1 i386", "Depends: lib, tool, script"),
            record("lib 1 amd64", "Multi-Arch: same"), record("lib 1 i386", "Multi-Arch: same"),
            record("tool 1 amd64", "Multi-Arch: foreign"), record("script 1 all"), arch: "amd64\ni386\n")
        let graph = try database.dependencies(includingWeak: false)
        #expect(graph.edges.map(\.to) == [2, 3])
        #expect(graph.unmet.map(\.need) == ["script"])
    }

    @Test func `a package for all architectures counts as a native one`() throws {
        let database = try database(
            record("a 1 all", "Depends: lib, data"), record("lib 1 amd64"), record("lib 1 i386"), record("data 1 all"))
        #expect(try database.dependencies(includingWeak: false).edges.map(\.to) == [1, 3])
    }

    @Test func `a qualifier decides`() throws {
        let database = try database(
            record("a 1 i386", "Depends: perl:any, perl:native, perl:i386, lib:any, tool:amd64, tool:i386, perl:arm64"),
            record("perl 1 amd64", "Multi-Arch: allowed"), record("perl 1 i386", "Multi-Arch: allowed"),
            record("lib 1 i386", "Multi-Arch: foreign"), record("tool 1 amd64", "Multi-Arch: foreign"))
        let graph = try database.dependencies(includingWeak: false)
        #expect(graph.edges.map(\.to) == [1, 2, 4])
        #expect(graph.unmet.map(\.need) == ["lib:any", "tool:i386", "perl:arm64"])
    }

    @Test func `a dependency that the package itself satisfies is met and makes no edge`() throws {
        let database = try database(record("a 1 amd64", "Depends: a, virtual", "Provides: virtual"))
        #expect(try database.dependencies(includingWeak: true) == DependencyGraph())
    }

    @Test func `an unmet dependency has the text of the record`() throws {
        let database = try database(
            record("a 1 amd64", "Depends: none  (>= 1) |\n  other:any, b", "Recommends: nothing", "Pre-Depends: gone"),
            record("b 1 amd64", "Depends: a, none"))
        let expected = [
            DependencyGraph.UnmetNeed(package: 0, field: "Depends", need: "none (>= 1) | other:any"),
            DependencyGraph.UnmetNeed(package: 0, field: "Pre-Depends", need: "gone"),
            DependencyGraph.UnmetNeed(package: 1, field: "Depends", need: "none"),
        ]
        #expect(try database.dependencies(includingWeak: true).unmet == expected)
    }

    @Test func `recommendations are weak edges on request`() throws {
        let database = try database(
            record("a 1 amd64", "Suggests: c, b", "Recommends: b, d", "Depends: b"),
            record("b 1 amd64"), record("c 1 amd64"), record("d 1 amd64"))
        #expect(try edges(database) == ["a b"])
        #expect(try edges(database, weak: true) == ["a b", "a c?", "a d?"])
    }

    @Test func `a package that is not installed satisfies nothing`() throws {
        let gone = "Package: b\nVersion: 1\nArchitecture: amd64\nStatus: deinstall ok config-files\n\n"
        let database = try database(record("a 1 amd64", "Depends: b"), gone)
        #expect(try database.dependencies(includingWeak: false).unmet.map(\.need) == ["b"])
    }

    @Test func `more edges than the limit are refused`() throws {
        var limits = Limits()
        limits.edgeCount = 2
        let records = [record("a 1 amd64", "Depends: b, c"), record("b 1 amd64"), record("c 1 amd64")]
        #expect(try database(records.joined(), limits: limits).dependencies(includingWeak: false).edges.count == 2)
        limits.edgeCount = 1
        let database = try database(records.joined(), limits: limits)
        let error = #expect(throws: ParseError.self) { try database.dependencies(includingWeak: false) }
        #expect(error?.kind == .limit("edgeCount"))
    }

    @Test(
        arguments: [("x (= 2),x (= 2),x (= 2)", "1"), ("x (= \(digits))", "1"), ("x (= 1)", digits)].map {
            (needs: TestText($0.0), version: TestText($0.1))
        })
    func `work that exceeds the limit is refused even if it makes no edge`(
        needs: TestText, version: TestText
    ) throws {
        var limits = Limits()
        limits.resolutionSteps = 125
        let providers = (0..<50).map { record("p\($0) 1 amd64", "Provides: x (= \(version.text))") }
        let records = record("a 1 amd64", "Depends: \(needs.text)") + providers.joined()
        let database = try database(records, limits: limits)
        let error = #expect(throws: ParseError.self) { try database.dependencies(includingWeak: false) }
        #expect(error?.kind == .limit("resolutionSteps"))
        #expect(try self.database(records).dependencies(includingWeak: false).edges.isEmpty)
    }

    private static let digits = String(repeating: "0", count: 6_000) + "2"
}
