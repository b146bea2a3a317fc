import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct DpkgDatabaseTests {
    static let status = """
        Package: libgcc-s1
        Status: install ok installed
        Priority: optional
        Section: libs
        Maintainer: Debian GCC Maintainers <debian-gcc@lists.debian.org>
        XSBC-Original-Maintainer: Someone <else@example.org>
        Architecture: amd64
        Multi-Arch: same
        Source: gcc-12 (12.2.0-14)
        Origin: Debian
        Version: 1:12.2.0-14+b1
        Pre-Depends: gcc-12-base (= 12.2.0-14)
        Depends: libc6 (>= 2.35) | libc6.1,
         libfoo [amd64] <!nocheck>
        Provides: libgcc1 (= 1:12.2.0-14)
        Conffiles:
         /etc/a 0123456789abcdef
        Description: GCC support library
         Shared version of
           the support library.
         .
         Second paragraph.
        Homepage: http://gcc.gnu.org/

        Package: tzdata
        Status: install ok config-files
        Architecture: all
        Version: 2024a-0

        Package: half
        Status: install reinstreq half-installed
        Architecture: amd64
        Version: 1

        Package: dpkg
        Status: hold ok triggers-pending
        Architecture: amd64
        Version: 1.21.22

        """

    private func database(_ status: String, limits: Limits = Limits()) throws -> DpkgDatabase {
        try #require(try DpkgDatabase(in: MemoryTree(["var/lib/dpkg/status": status]), limits: limits))
    }

    /// An installed package with these lines in its record.
    private func record(_ lines: String) -> String {
        "Status: install ok installed\nArchitecture: amd64\n\(lines)\n\n"
    }

    @Test func `all fields of an installed package are read`() throws {
        let package = try #require(try database(Self.status).packages.first)
        #expect(package.ecosystem == .dpkg)
        #expect(package.name == "libgcc-s1")
        #expect(package.version == "1:12.2.0-14+b1")
        #expect(package.epoch == nil)
        #expect(package.architecture == "amd64")
        #expect(package.source == InstalledPackage.Source(name: "gcc-12", version: "12.2.0-14"))
        #expect(package.maintainer == "Debian GCC Maintainers <debian-gcc@lists.debian.org>")
        #expect(package.originalMaintainer == "Someone <else@example.org>")
        #expect(package.vendor == "Debian")
        #expect(package.homepage == "http://gcc.gnu.org/")
        #expect(package.section == "libs")
        #expect(package.summary == "GCC support library")
        #expect(package.description == "Shared version of\n  the support library.\n\nSecond paragraph.")
        #expect(package.database == "var/lib/dpkg/status")
    }

    @Test func `relations are kept beside the packages`() throws {
        let relations = try #require(try database(Self.status).relations.first)
        #expect(relations.multiArch == .same)
        #expect(relations.fields.map(\.name) == ["Pre-Depends", "Depends"])
        #expect(relations.fields.last?.needs.map(\.text) == ["libc6 (>= 2.35) | libc6.1", "libfoo [amd64] <!nocheck>"])
        #expect(relations.fields.last?.alternatives.map(\.name) == ["libc6", "libc6.1", "libfoo"])
        #expect(relations.provides.map(\.name) == ["libgcc1"])
        #expect(relations.provides.first?.version?.description == "1:12.2.0-14")
    }

    @Test(arguments: [
        ("installed", true), ("triggers-pending", true), ("triggers-awaited", true), ("half-configured", true),
        ("unpacked", true), ("Installed", true), ("config-files", false), ("not-installed", false),
    ])
    func `a package is listed in each state in which its files are there`(state: String, isListed: Bool) throws {
        let database = try database("Package: a\nVersion: 1\nStatus: install ok \(state)\n")
        #expect(database.packages.map(\.name) == (isListed ? ["a"] : []))
        #expect(database.diagnostics.isEmpty)
    }

    @Test func `a half-installed package is not listed but reported`() throws {
        let database = try database(Self.status)
        #expect(database.packages.map(\.name) == ["libgcc-s1", "dpkg"])
        let message = "half 1 is half-installed, so it is not listed"
        let place = "var/lib/dpkg/status:30"
        #expect(database.diagnostics == [Diagnostic(.warning, code: "half-installed", at: place, message)])
    }

    @Test func `a file system without a database has none`() throws {
        #expect(try DpkgDatabase(in: MemoryTree([String: String]()), limits: Limits()) == nil)
        #expect(try DpkgDatabase(in: MemoryTree(["var/lib/dpkg/arch": "amd64\n"]), limits: Limits()) == nil)
        let sums = MemoryTree(["var/lib/dpkg/status.d/base.md5sums": "0  etc/a\n"])
        #expect(try DpkgDatabase(in: sums, limits: Limits()) == nil)
    }

    @Test(arguments: ["", "\n", "\n \n\t\r\n\n"])
    func `an empty status file is a database without packages`(status: String) throws {
        let database = try database(status)
        #expect(database.packages.isEmpty)
        #expect(database.diagnostics.isEmpty)
    }

    @Test func `control files of status.d need no status`() throws {
        let tree = MemoryTree([
            "var/lib/dpkg/status.d/bGliYzY=": "Package: libc6\nVersion: 2.36-9\nArchitecture: amd64",
            "var/lib/dpkg/status.d/bGliYzY=.md5sums": "0123  lib/libc.so.6\n",
            "var/lib/dpkg/status.d/gone": "Package: gone\nVersion: 1\nStatus: deinstall ok config-files\n",
        ])
        let database = try #require(try DpkgDatabase(in: tree, limits: Limits()))
        #expect(database.packages.map(\.name) == ["libc6"])
        #expect(database.packages.first?.database == "var/lib/dpkg/status.d/bGliYzY=")
        #expect(database.diagnostics.isEmpty)
    }

    @Test func `status and status.d count both, and what is in both stands once`() throws {
        let both = "Package: both\nVersion: 1\nArchitecture: amd64\n"
        let tree = MemoryTree([
            "var/lib/dpkg/status": "\(both)Status: install ok installed\n",
            "var/lib/dpkg/status.d/both": both,
            "var/lib/dpkg/status.d/only": "Package: only\nVersion: 1\n",
        ])
        let database = try #require(try DpkgDatabase(in: tree, limits: Limits()))
        #expect(database.packages.map(\.name) == ["both", "only"])
        #expect(database.packages.map(\.database) == ["var/lib/dpkg/status", "var/lib/dpkg/status.d/only"])
    }

    @Test func `a record that is there twice stands once`() throws {
        let one = record("Package: a\nVersion: 1")
        #expect(try database(one + one + record("Package: a\nVersion: 2")).packages.map(\.version) == ["1", "2"])
    }

    @Test(arguments: [
        "package: a\nVERSION: 1\nstatus: install ok installed\n\nPACKAGE: b\nversion: 1\nStAtUs: install ok installed",
        "Package: a\r\nVersion: 1\r\nStatus: install ok installed\r\n\r\nPackage: b\r\nVersion: 1\r\nStatus: install ok installed",
        "\n\nPackage: a\nVersion:1\nStatus: install ok installed\n \t \nPackage : b\nVersion:\n 1\nStatus:install ok installed",
        "X-: 1\nPackage: a\nVersion: 1\nX: é\n y\nStatus: install ok installed\n\n\n\nPackage:\tb\nVersion: 1\nStatus: install ok installed\n",
    ])
    func `odd spellings are read as dpkg reads them, or would`(status: String) throws {
        let database = try database(status)
        #expect(database.packages.map(\.name) == ["a", "b"])
        #expect(database.packages.map(\.version) == ["1", "1"])
        #expect(database.diagnostics.isEmpty)
    }

    @Test func `names are in lower case and versions have no redundant epoch`() throws {
        let package = try #require(try database(record("Package: FOO\nVersion: 0:1-1")).packages.first)
        #expect(package.name == "foo")
        #expect(package.version == "1-1")
    }

    @Test func `text that is not UTF-8 is repaired`() throws {
        let bytes = Array(record("Package: a\nVersion: 1\nMaintainer: J").utf8.dropLast(2)) + [0xF6, 0x72, 0x67, 0x0A]
        let tree = MemoryTree(["var/lib/dpkg/status": bytes])
        let database = try #require(try DpkgDatabase(in: tree, limits: Limits()))
        #expect(database.packages.first?.maintainer == "J\u{FFFD}rg")
    }

    @Test(arguments: [
        ("Package: b\nVersion:", "missing-field", 6), ("Version: 2", "missing-field", 6),
        ("Package:\nVersion: 2", "missing-field", 6), ("Package: b c\nVersion: 2", "missing-field", 6),
        ("Package: b (= 1)\nVersion: 2", "missing-field", 6), ("Package: -b\nVersion: 2", "missing-field", 6),
        ("Package: b\nVersion: 2\nStatus: install ok strange", "unknown-status", 10),
        ("Package: b\nVersion: 2\nStatus: ", "missing-field", 6),
    ])
    func `a damaged record costs itself, and what it held is called unknown`(lines: String, code: String, line: Int)
        throws
    {
        let whole = record("Package: a\nVersion: 1")
        let database = try database(whole + record(lines) + record("Package: c\nVersion: 1"))
        #expect(database.packages.map(\.name) == ["a", "c"])
        #expect(database.diagnostics.map(\.code.rawValue) == [code])
        #expect(database.diagnostics.map(\.place) == ["var/lib/dpkg/status:\(line)"])
        #expect(database.diagnostics.allSatisfy { $0.severity == .blind })
    }

    @Test(arguments: [
        ("junk\n of several\n lines", "malformed-line", 8), ("-X: 1", "malformed-line", 8),
        (": 1", "malformed-line", 8),
        ("Depends: c, (>= 1), d (= ), libe (<> 1) | f", "malformed-relation", 8),
        ("Version: 1-", "malformed-version", 4),
    ])
    func `a damaged line leaves a warning, and the package listed`(line: String, code: String, place: Int) throws {
        let database = try database("\n\n\n" + record("Package: a\nVersion: 1\n\(line)\nDescription: last"))
        #expect(database.packages.map(\.name) == ["a"])
        #expect(database.packages.first?.summary == "last")
        #expect(database.diagnostics.map(\.code.rawValue) == [code])
        #expect(database.diagnostics.map(\.place) == ["var/lib/dpkg/status:\(place)"])
    }

    @Test func `a stanza that begins with a continuation leaves a warning`() throws {
        let database = try database(" lost\n" + record("Package: a\nVersion: 1"))
        #expect(database.packages.map(\.name) == ["a"])
        #expect(database.diagnostics.map(\.place) == ["var/lib/dpkg/status:1"])
    }

    @Test func `what is left of a damaged relation is kept`() throws {
        let lines = "Package: a\nVersion: 1\nDepends: b, ,(>= 1), c (= 1 2), d (<> 1) | e, f (1.0), g (=2), h:any (> 1)"
        let field = try #require(try database(record(lines)).relations.first?.fields.first)
        #expect(field.needs.map(\.text) == ["b", "d (<> 1) | e", "f (1.0)", "g (=2)", "h:any (> 1)"])
        #expect(field.alternatives.map(\.name) == ["b", "e", "f", "g", "h"])
        #expect(field.alternatives.map(\.relation) == [nil, nil, .equal, .equal, .laterOrEqual])
        #expect(field.alternatives.map(\.qualifier) == [nil, nil, nil, nil, "any"])
    }

    @Test func `two packages in one stanza are separated`() throws {
        let one = "Package: a\nVersion: 1\nStatus: install ok installed\n"
        let database = try database(one + one.replacing("Package: a", with: "Package: b"))
        #expect(database.packages.map(\.name) == ["a", "b"])
        #expect(database.diagnostics.map(\.code) == ["missing-blank-line"])
    }

    @Test(
        arguments: [
            ("a", nil), ("a\n", nil), ("a\n .", nil), ("a\n b\n .\n .\n  c \n\td", "b\n\n\n c\nd"), ("a\n .b", ".b"),
        ] as [(String, String?)])
    func `a description is text without the marks of the control file`(value: String, description: String?) throws {
        let package = try database(record("Package: a\nVersion: 1\nDescription: \(value)")).packages.first
        #expect(package?.summary == "a")
        #expect(package?.description == description)
    }

    @Test func `a description may have no summary`() throws {
        let package = try database(record("Package: a\nVersion: 1\nDescription:\n text")).packages.first
        #expect(package?.summary == nil)
        #expect(package?.description == "text")
    }

    @Test(
        arguments: [
            ("glibc", "glibc", nil), ("gcc-12 (12.2.0-14)", "gcc-12", "12.2.0-14"), ("a ( 1 )", "a", "1"),
            ("a(1", "a", "1"),
            ("a ()", "a", nil),
        ] as [(String, String, String?)])
    func `a source may have a version of its own`(value: String, name: String, version: String?) throws {
        let package = try database(record("Package: a\nVersion: 1\nSource: \(value)")).packages.first
        #expect(package?.source == InstalledPackage.Source(name: name, version: version))
    }

    @Test func `more records than the limit are refused`() throws {
        var limits = Limits()
        limits.packageCount = 4
        #expect(try database(Self.status, limits: limits).packages.count == 2)
        limits.packageCount = 3
        let error = #expect(throws: ParseError.self) { try database(Self.status, limits: limits) }
        #expect(error?.kind == .limit("packageCount"))
    }

    @Test func `more relations than the limit are refused`() throws {
        let status =
            record("Package: a\nVersion: 1\nDepends: b, c\nProvides: d") + record("Package: b\nVersion: 1\nDepends: c")
        var limits = Limits()
        limits.relationCount = 4
        #expect(try database(status, limits: limits).packages.count == 2)
        limits.relationCount = 3
        let error = #expect(throws: ParseError.self) { try database(status, limits: limits) }
        #expect(error?.kind == .limit("relationCount"))
    }

    @Test func `complaints about a file of nothing but damage come to an end`() throws {
        let database = try database(String(repeating: "x\n\n", count: 5_000))
        // One for the line, and one for the package that it has no name of.
        #expect(database.diagnostics.count == 202)
        #expect(database.diagnostics.suffix(2).map(\.code) == [.moreDiagnostics, .moreDiagnostics])
    }

    @Test func `no message has a line end or is long`() throws {
        let long = String(repeating: "x\u{1B}y", count: 10_000)
        let database = try database("\(long)\n" + record("Package: \(long)\nVersion: 1\nStatus: a\n \(long)"))
        #expect(!database.diagnostics.isEmpty)
        for diagnostic in database.diagnostics {
            #expect(diagnostic.message.utf8.count < 300)
            #expect(!diagnostic.message.utf8.contains { $0 < 0x20 })
        }
    }

    @Test(
        arguments: [
            ("arm64\namd64\n", ["amd64"], "arm64"), ("\n\n", ["amd64", "amd64", "i386"], "amd64"),
            ("?\n", ["i386", "amd64"], "amd64"), ("", ["all", "all", "s390x"], "s390x"), ("", ["all"], nil),
        ] as [(String, [String], String?)])
    func `the native architecture is dpkg's first, or that of most packages`(
        file: String, architectures: [String], native: String?
    ) throws {
        let records = architectures.enumerated().map { number, name in
            "Package: p\(number)\nVersion: 1\nStatus: install ok installed\nArchitecture: \(name)\n\n"
        }
        let tree = MemoryTree(["var/lib/dpkg/status": records.joined(), "var/lib/dpkg/arch": file])
        #expect(try DpkgDatabase(in: tree, limits: Limits())?.nativeArchitecture == native)
    }

    @Test func `the architecture of the package dpkg goes before that of most`() throws {
        let others = (0..<3).map { "Package: p\($0)\nVersion: 1\nStatus: install ok installed\nArchitecture: i386\n\n" }
        #expect(try database(others.joined() + Self.status).nativeArchitecture == "amd64")
    }

    @Test func `a status file cut at any length is read or refused`() throws {
        let bytes = Array(Self.status.utf8)
        for length in 0...bytes.count {
            let tree = MemoryTree(["var/lib/dpkg/status": Array(bytes[..<length])])
            let database = try #require(try DpkgDatabase(in: tree, limits: Limits()))
            #expect(database.packages.count <= 2)
        }
    }

    @Test func `a damaged status file is read or refused`() throws {
        for bytes in mutations(of: Array(Self.status.utf8), count: 400, seed: 20_260_101) {
            for path in ["var/lib/dpkg/status", "var/lib/dpkg/status.d/a"] {
                let database = try #require(try DpkgDatabase(in: MemoryTree([path: bytes]), limits: Limits()))
                #expect(database.packages.count == database.relations.count)
                _ = try database.dependencies(includingWeak: true)
            }
        }
    }
}

/// What dpkg-query lists of real status files.
@Suite(.needsCorpus) struct DpkgCorpusTests {
    /// Of a present package: name, version, architecture, source, its version, maintainer.
    private static let present: Set<Substring> = [
        "installed", "triggers-pending", "triggers-awaited", "half-configured", "unpacked",
    ]

    /// Each list of the corpus with the status file that it was made from, where that is there.
    static let cases: [(list: String, status: String)] = {
        guard let corpus, let manifest = try? bytes(ofFile: corpus + "/MANIFEST.tsv") else { return [] }
        return String(decoding: manifest, as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            let made = "dpkg-query on "
            guard fields.count > 4, fields[0].hasSuffix(".dpkg-query.tsv"), fields[4].hasPrefix(made) else {
                return nil
            }
            let status = corpus + "/" + fields[4].dropFirst(made.count)
            let list = corpus + "/" + fields[0]
            let areThere = [status, list].allSatisfy { (try? bytes(ofFile: $0)) != nil }
            return areThere ? (list, status) : nil
        }
    }()

    @Test func `the corpus has lists to compare with`() {
        #expect(Self.cases.count >= 10)
    }

    @Test(arguments: cases)
    func `the packages are those that dpkg-query lists`(list: String, status: String) throws {
        let rows = String(decoding: try bytes(ofFile: list), as: UTF8.self).split(separator: "\n").dropFirst()
        let expected = rows.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
            .filter { Self.present.contains($0[4]) }
            .map { [$0[0], $0[1], $0[2], $0[5], $0[6], $0[8]].map { String($0) } }
        let tree = MemoryTree(["var/lib/dpkg/status": try bytes(ofFile: status)])
        let database = try #require(try DpkgDatabase(in: tree, limits: Limits()))
        let listed = database.packages.map { package in
            [
                package.name, package.version, package.architecture ?? "", package.source?.name ?? package.name,
                package.source?.version ?? package.version, package.maintainer ?? "",
            ]
        }
        let inOrder = { (rows: [[String]]) in rows.sorted { $0.lexicographicallyPrecedes($1) } }
        #expect(inOrder(listed) == inOrder(expected))
    }
}
