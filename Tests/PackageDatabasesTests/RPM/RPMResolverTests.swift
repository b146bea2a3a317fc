import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct RPMResolverTests {
    /// Resolves packages, and gives edges by name, with a `~` before weak ones, and unmet needs.
    private static func resolve(
        _ headers: [RPMTestHeader], links: [String: String] = [:], includingWeak: Bool = false
    ) throws -> (edges: [String], unmet: [String]) {
        let bytes = RPMTestStore.ndb(headers.map { $0.encoded() })
        let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": bytes], links: links)
        let database = try #require(try RPMDatabase(in: tree, limits: Limits()))
        let graph = try database.dependencies(includingWeak: includingWeak, in: tree)
        let names = database.packages.map(\.name)
        return (
            graph.edges.map { "\(names[$0.from]) \($0.isWeak ? "~" : "")\(names[$0.to])" },
            graph.unmet.map { "\(names[$0.package]) \($0.field) \($0.need)" }
        )
    }

    private static func header(
        _ name: String, _ version: String = "1.0", epoch: UInt32? = nil,
        provides: [(name: String, sign: String, version: String)] = [],
        requires: [(name: String, sign: String, version: String)] = []
    ) -> RPMTestHeader {
        var header = RPMTestHeader(name, version, epoch: epoch)
        if !provides.isEmpty { header.provide(provides) }
        if !requires.isEmpty { header.require(requires) }
        return header
    }

    /// What is provided, what is needed, and whether the one answers the other.
    @Test(
        arguments: [
            ("", "", "", "", true), ("", "", ">=", "2", true), ("=", "1", "", "", true), ("=", "2", ">=", "2", true),
            ("=", "1.9", ">=", "2", false), ("=", "2:1-1", ">=", "2", true), ("=", "1-1", "=", "1", true),
            ("=", "1", "=", "1-5", true), ("=", "1-1", "=", "1-2", false), ("=", "1-1", ">=", "1-2", false),
            (">=", "1", "<", "2", true), ("<", "1", ">", "2", false), ("<", "2", ">", "1", true),
            ("=", "0:1-1", "=", "1-1", true),
            ("=", "1~rc1", "<", "1", true), ("=", "1^git", ">", "1", true), ("=", "1-1", "<", "1", false),
            ("=", "", ">=", "2", true),
        ] as [(String, String, String, String, Bool)])
    func `a range of versions satisfies one that it overlaps`(
        sign: String, version: String, neededSign: String, needed: String, isAnswered: Bool
    ) throws {
        let (edges, unmet) = try Self.resolve([
            Self.header("provider", provides: [("cap", sign, version)]),
            Self.header("needer", requires: [("cap", neededSign, needed)]),
        ])
        #expect(edges == (isAnswered ? ["needer provider"] : []))
        #expect(unmet == (isAnswered ? [] : ["needer Requires cap \(neededSign) \(needed)"]))
    }

    @Test(.needs(RPMOracle.isThere, "python3-rpm"))
    func `thousands of generated ranges overlap as the real rpm has it`() throws {
        var random = SeededGenerator(seed: 5)
        let signs = ["", "<", ">", "=", "<=", ">="]
        let pieces = ["0:", "1:", "1", "2", "1.0", "1.1", "-1", "-2", "~a", "^b", ".", "-", "10"]
        func version() -> String {
            (0..<Int.random(in: 1...3, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
        func dependency() -> (sign: String, version: String) {
            let sign = signs.randomElement(using: &random) ?? ""
            return (sign, sign.isEmpty ? "" : version())
        }
        let pairs = (0..<3000).map { _ in (dependency(), dependency()) }
        let answers = try RPMOracle.answers(
            """
            s = {'<': rpm.RPMSENSE_LESS, '>': rpm.RPMSENSE_GREATER, '=': rpm.RPMSENSE_EQUAL}
                f = lambda x: sum(s[c] for c in x)
                print(int(bool(rpm.ds(('x', f(a), b), 'providename').Compare(rpm.ds(('x', f(rest[0]), rest[1]), 'requirename')))))
            """, to: pairs.map { "\($0.sign)\t\($0.version)\t\($1.sign)\t\($1.version)" })
        #expect(answers.count == pairs.count)
        // All in two databases of as many packages: one provides what the other needs.
        let providers = pairs.enumerated().map {
            Self.header("p\($0)", provides: [("cap-\($0)", $1.0.sign, $1.0.version)])
        }
        let needers = pairs.enumerated().map {
            Self.header("n\($0)", requires: [("cap-\($0)", $1.1.sign, $1.1.version)])
        }
        let edges = Set(try Self.resolve(providers + needers).edges)
        for (index, answer) in answers.enumerated() {
            #expect(edges.contains("n\(index) p\(index)") == (answer == "1"), "\(pairs[index])")
        }
    }

    @Test func `every provider counts, and a package never depends on itself`() throws {
        let (edges, unmet) = try Self.resolve([
            Self.header("a", provides: [("mta", "", "")], requires: [("mta", "", ""), ("a", "", "")]),
            Self.header("b", provides: [("mta", "=", "2")]),
            Self.header("c", requires: [("mta", "", ""), ("mta", ">=", "1")]),
        ])
        #expect(edges == ["a b", "c a", "c b"])
        #expect(unmet == [])
    }

    @Test func `features of rpm are met, and optional dependencies are never unmet`() throws {
        let (edges, unmet) = try Self.resolve([
            Self.header(
                "a",
                requires: [("rpmlib(PayloadIsZstd)", "<=", "5.4.18-1"), ("hint", "?", ""), ("ghost", ">", "1:2-3")])
        ])
        #expect(edges == [])
        #expect(unmet == ["a Requires ghost > 1:2-3"])
    }

    @Test func `an installed file satisfies a path through the links of the tree`() throws {
        var shell = Self.header("shell")
        shell.own(["/usr/bin/sh", "/bin/other", "/usr/bin/absent", "/usr/bin/other-color"], states: [0, 3, 1, 4])
        let old: RPMTestHeader = {
            var header = Self.header("old")
            header.values[1027] = .strings(["/sbin/fsck"])
            return header
        }()
        let (edges, unmet) = try Self.resolve(
            [
                shell, old, Self.header("a", requires: [("/bin/sh", "", "")]),
                Self.header("b", requires: [("/usr/bin/other", "", "")]),
                Self.header("c", requires: [("/usr/bin/absent", "", ""), ("/usr/bin/other-color", "", "")]),
                Self.header("d", requires: [("/usr/sbin/fsck", "", ""), ("(/bin/sh or nothing)", "", "")]),
                Self.header("e", provides: [("/opt/it", "", "")], requires: []),
                Self.header("f", requires: [("/opt/it", "", "")]),
            ], links: ["bin": "usr/bin", "sbin": "usr/sbin"])
        #expect(edges == ["a shell", "b shell", "d shell", "d old", "f e"].sortedLike(edges))
        #expect(unmet == ["c Requires /usr/bin/absent", "c Requires /usr/bin/other-color"])
    }

    /// Boolean dependencies, whom they need of a, b, c and d (which is not there), and whether they are met.
    @Test(arguments: [
        ("(a and b)", "a b", true), ("(a and d)", "a", false), ("(a or d)", "a", true), ("(a or b)", "a b", true),
        ("(d or e)", "", false), ("(a if b)", "a", true), ("(a if d)", "", true), ("(d if b)", "", false),
        ("(a if d else b)", "b", true), ("(a if b else c)", "a", true), ("(d if e else f)", "", false),
        ("(a unless b)", "", true), ("(a unless d)", "a", true), ("(a unless b else c)", "c", true),
        ("(cap with cap = 2)", "b", true), ("(cap without a)", "b", true), ("(cap without cap)", "", false),
        ("(cap with a with cap < 2)", "a", true), ("(a and b and c)", "a b c", true),
        ("((a or d) and (b if c))", "a b", true),
        ("(cap >= 2 or d)", "b", true), ("((((a))))", "a", true), ("(libx.so.6()(64bit) and a)", "a c", true),
        ("( a  and\tb )", "a b", true), ("(a, and b)", "a b", true), ("(a if (b and (c or d)))", "a", true),
        // Not well-formed: nothing answers them.
        ("(a and b or c)", "", false), ("(a", "", false), ("()", "", false), ("(a b)", "", false),
        ("(a and)", "", false),
        ("(a xor b)", "", false), ("(a >= )", "", false), ("(a) b", "", false), ("(a without b without c)", "", false),
    ])
    func `a boolean dependency is evaluated`(need: String, packages: String, isMet: Bool) throws {
        let (edges, unmet) = try Self.resolve([
            Self.header("a", provides: [("cap", "=", "1")]), Self.header("b", provides: [("cap", "=", "2")]),
            Self.header("c", provides: [("libx.so.6()(64bit)", "", "")]),
            Self.header("needer", requires: [(need, "", "")]),
        ])
        #expect(edges == packages.split(separator: " ").map { "needer \($0)" })
        #expect(unmet == (isMet ? [] : ["needer Requires \(need)"]))
    }

    @Test func `brackets may be nested only so deep`() throws {
        for (depth, isMet) in [
            (Limits.richDependencyDepth, true), (Limits.richDependencyDepth + 1, false), (100_000, false),
        ] {
            let need = String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
            let (edges, unmet) = try Self.resolve([Self.header("a"), Self.header("b", requires: [(need, "", "")])])
            #expect(edges == (isMet ? ["b a"] : []))
            #expect(unmet.isEmpty == isMet)
        }
        let chain = "(" + Array(repeating: "a", count: 100_000).joined(separator: " or ") + ")"
        #expect(try Self.resolve([Self.header("a"), Self.header("b", requires: [(chain, "", "")])]).edges == ["b a"])
    }

    @Test func `weak dependencies are edges on request, in their own direction`() throws {
        var a = Self.header("a", requires: [("b", "", "")])
        a.set([("c", "", ""), ("b", "", ""), ("ghost", "", "")], names: 5046, flags: 5048, versions: 5047)
        a.set([("d", "", "")], names: 5049, flags: 5051, versions: 5050)
        var e = Self.header("e")
        e.set([("(a and b)", "", "")], names: 5052, flags: 5054, versions: 5053)
        let headers = [a, Self.header("b"), Self.header("c"), Self.header("d"), e]
        #expect(try Self.resolve(headers).edges == ["a b"])
        let (edges, unmet) = try Self.resolve(headers, includingWeak: true)
        #expect(edges == ["a b", "a ~c", "a ~d", "a ~e", "b ~e"])
        #expect(unmet == [])
    }

    @Test func `long paths and long lists of dependencies are refused`() throws {
        var header = Self.header("a", requires: (0..<2000).map { ("need-\($0)", "", "") })
        header.own(["/" + String(repeating: "x", count: 40_000) + "/sh"])
        let tree = RPMTestTree(files: [
            "var/lib/rpm/Packages.db": RPMTestStore.ndb([
                header.encoded(), Self.header("b", requires: [("/bin/sh", "", "")]).encoded(),
            ])
        ])
        var limits = Limits()
        let database = try #require(try RPMDatabase(in: tree, limits: limits))
        #expect(try database.dependencies(includingWeak: false, in: tree).unmetCount == 2001)
        limits.resolutionSteps = 3000
        let small = try #require(try RPMDatabase(in: tree, limits: limits))
        #expect(throws: PackageDatabaseError.self) { try small.dependencies(includingWeak: false, in: tree) }
    }

    @Test func `more edges than the limit are refused`() throws {
        let headers = (0..<60).map {
            Self.header("p\($0)", provides: [("cap", "", "")], requires: [("cap", "", "")]).encoded()
        }
        let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": RPMTestStore.ndb(headers)])
        var limits = Limits()
        limits.edgeCount = 1000
        let database = try #require(try RPMDatabase(in: tree, limits: limits))
        let error = #expect(throws: PackageDatabaseError.self) {
            try database.dependencies(includingWeak: false, in: tree)
        }
        #expect(error?.code == .limit)
    }
}

extension [String] {
    /// The same strings in the order of `other` where it has them.
    fileprivate func sortedLike(_ other: [String]) -> [String] {
        other.filter { contains($0) } + filter { !other.contains($0) }
    }
}
