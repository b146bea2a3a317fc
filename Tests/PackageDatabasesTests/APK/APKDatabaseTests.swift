import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct APKDatabaseTests {
    static let installed = """
        C:Q1YCAH7jdO2W816b85sUh9Z8av4Cc=
        P:busybox
        V:1.36.1-r5
        A:x86_64
        S:509600
        I:962560
        T:Size optimized toolbox of many common UNIX utilities
        U:https://busybox.net/
        L:GPL-2.0-only
        o:busybox-source
        m:Ada Example <ada@example.org>
        t:1700000000
        c:1b5a1c5b1d6b37b0bd8a4ae4a0cb4b8fcb5bcb5a
        k:100
        D:so:libc.musl-x86_64.so.1 !other>=2
        p:/bin/sh cmd:busybox=1.36.1-r5
        i:docs musl
        r:busybox-initscripts
        q:1000
        s:edge
        g:example:tag
        F:bin
        M:0:0:755
        R:busybox
        a:0:0:755
        Z:Q1TchuuLUfur0izvfZQZxgN/LJhB8=
        R:bbsuid
        F:
        R:top

        P:musl
        V:1.2.4-r2
        p:so:libc.musl-x86_64.so.1=1

        C:Q1aaa
        P:.build-deps
        V:20260101.120000
        A:noarch
        T:virtual meta package
        I:0
        D:musl
        """

    static func database(_ text: String, world: String? = nil, limits: Limits = Limits()) throws -> APKDatabase {
        var files = ["lib/apk/db/installed": text]
        files["etc/apk/world"] = world
        return try #require(try APKDatabase(in: MemoryTree(files), limits: limits))
    }

    @Test func `all fields of an installed package are read`() throws {
        let database = try Self.database(Self.installed)
        let package = try #require(database.packages.first)
        #expect(package.ecosystem == .apk)
        #expect(package.name == "busybox")
        #expect(package.version == "1.36.1-r5")
        #expect(package.architecture == "x86_64")
        #expect(package.source == InstalledPackage.Source(name: "busybox-source"))
        #expect(package.maintainer == "Ada Example <ada@example.org>")
        #expect(package.homepage == "https://busybox.net/")
        #expect(package.summary == "Size optimized toolbox of many common UNIX utilities")
        #expect(package.license == "GPL-2.0-only")
        #expect(package.installedSize == 962_560)
        #expect(package.buildTime == 1_700_000_000)
        #expect(package.sourceCommit == "1b5a1c5b1d6b37b0bd8a4ae4a0cb4b8fcb5bcb5a")
        #expect(package.installIf == "docs musl")
        #expect(
            package.recordDigests == [.init(tag: "ApkIdentity", hex: "602007ee374ed96f35e9bf39b1487d67c6afe027")])
        #expect(package.database == "lib/apk/db/installed")
        #expect(database.packages.map(\.name) == ["busybox", "musl", ".build-deps"])
        #expect(database.packages.map(\.architecture) == ["x86_64", nil, "noarch"])
        #expect(database.packages[2].recordDigests.isEmpty)
        #expect(database.diagnostics.isEmpty)
    }

    @Test func `relations are kept beside the packages`() throws {
        let relations = try Self.database(Self.installed).relations
        #expect(relations[0].needs.map(\.name) == ["so:libc.musl-x86_64.so.1"])
        #expect(relations[0].provides.map(\.name) == ["/bin/sh", "cmd:busybox"])
        #expect(relations[0].provides.map(\.relation) == [nil, .equal])
    }

    @Test func `the database of a system whose lib is in usr is read once`() throws {
        let tree = LinkedTree(
            files: ["usr/lib/apk/db/installed": "P:a\nV:1\n"],
            links: ["lib/apk/db/installed": "usr/lib/apk/db/installed"])
        let database = try #require(try APKDatabase(in: tree, limits: Limits()))
        #expect(database.packages.map(\.database) == ["usr/lib/apk/db/installed"])
        #expect(database.diagnostics.isEmpty)
        #expect(try APKDatabase(in: MemoryTree(["etc/apk/world": "a\n"]), limits: Limits()) == nil)
    }

    @Test func `the packages of OpenWrt's volumes are read too`() throws {
        let tree = MemoryTree(["lib/apk/db/installed": "P:a\nV:1\n", "lib/apk/db-uvol/installed": "P:b\nV:2\n"])
        let database = try #require(try APKDatabase(in: tree, limits: Limits()))
        #expect(database.packages.map(\.name) == ["a", "b"])
    }

    @Test(arguments: [
        ("P:a\nV:1", ["a 1"], []), ("P:a\nV:1\n\n\n\nP:b\nV:2\n", ["a 1", "b 2"], []),
        ("\n\nP:a\nV:1\n\n", ["a 1"], []), ("", [], []), ("\n", [], []), ("V:1\nP:a\n", ["a 1"], []),
        // What a later version of apk adds has a small letter.
        ("P:a\nV:1\nx:y\n", ["a 1"], []), ("P:a\nV:1\nX:y\n", ["a 1"], ["unknown-field"]),
        ("P:a\nV:1\n?:y\n", ["a 1"], ["unknown-field"]),
        // A damaged record costs itself.
        ("P:a\n\nP:b\nV:2\n", ["b 2"], ["missing-field"]), ("V:1\n\nP:b\nV:2\n", ["b 2"], ["missing-field"]),
        ("P:a\nV:\n\nP:b\nV:2\n", ["b 2"], ["missing-field"]), ("P:a b\nV:1\n\nP:b\nV:2\n", ["b 2"], ["missing-field"]),
        ("P:-a\nV:1\n", [], ["missing-field"]), ("P:ä\nV:1\n", [], ["missing-field"]),
        ("nonsense\nP:a\nV:1\n", ["a 1"], ["malformed-line"]), ("P:a\nV:1\nno\nne\n", ["a 1"], ["malformed-line"]),
        ("P:a\r\nV:1\r\n\r\nP:b\nV:2\n", ["b 2"], ["malformed-line", "missing-field"]),
        ("P:a\nV:one\n", ["a one"], ["malformed-version"]),
        ("P:a\nV:1\nR:x\n", ["a 1"], ["misplaced-line"]), ("P:a\nV:1\nF:x\nZ:y\n", ["a 1"], ["misplaced-line"]),
        ("P:a\nV:1\nF:x\nR:y\nM:0:0:755\n", ["a 1"], ["misplaced-line"]),
        ("P:a\nV:1\nf:S\n", ["a 1"], []), ("P:a\nV:1\nf:fS\n", ["a 1"], ["broken-package"]),
        ("P:a\nV:1\nD:b =1 c\n", ["a 1"], ["malformed-relation"]),
        // The empty line between two records is lost.
        ("C:x\nP:a\nV:1\nC:y\nP:b\nV:2\n", ["a 1", "b 2"], ["missing-blank-line"]),
        ("P:a\nV:1\nP:b\nV:2\n", ["a 1", "b 2"], ["missing-blank-line"]),
        // apk has one version of a package.
        ("P:a\nV:1\n\nP:b\nV:2\n\nP:a\nV:3\n", ["a 3", "b 2"], ["repeated-package"]),
        ("P:a\nV:1\n\nP:a\nV:1\n", ["a 1"], ["repeated-package"]),
    ])
    func `a damaged record costs at most itself`(text: String, packages: [String], codes: [String]) throws {
        let database = try Self.database(text)
        #expect(database.packages.map { "\($0.name) \($0.version)" } == packages)
        #expect(database.diagnostics.map(\.code.rawValue) == codes)
        let lost = database.diagnostics.filter { $0.severity == .blind }.map(\.code.rawValue)
        #expect(lost == codes.filter { $0 == "missing-field" })
    }

    @Test(arguments: [
        ("a\nb\n", ["a", "b"]), ("a b", ["a", "b"]), ("a@edge\n!b\n", ["a"]), ("a=1 b>2", ["a"]), ("a~1", ["a"]),
        ("cmd:a", ["a"]), ("so:x", ["a", "b"]), ("", []), ("c\n", []), ("a><Q1YCAH7jdO2W816b85sUh9Z8av4Cc=", ["a"]),
        ("b><Q1YCAH7jdO2W816b85sUh9Z8av4Cc=", []), ("= a", ["a"]),
    ])
    func `what the world names is requested`(world: String, requested: [String]) throws {
        let text = """
            C:Q1YCAH7jdO2W816b85sUh9Z8av4Cc=
            P:a
            V:1
            p:cmd:a=1 so:x=1

            P:b
            V:2
            p:so:x
            """
        let packages = try Self.database(text, world: world).packages
        #expect(packages.filter(\.isRequested).map(\.name) == requested)
    }

    @Test func `more records or relations than the limits allow are refused`() throws {
        var limits = Limits()
        limits.packageCount = 1
        limits.relationCount = 3
        #expect(try Self.database("P:a\nV:1\nD:x y z\n", limits: limits).packages.count == 1)
        #expect(throws: ParseError(.limit("packageCount"), at: 17)) {
            try Self.database("P:a\nV:1\n\nP:b\nV:2\n", limits: limits)
        }
        #expect(throws: ParseError(.limit("relationCount"), at: 10)) {
            try Self.database("P:a\nV:1\np:x y\nD:y z\nfoo:", limits: limits)
        }
        #expect(throws: ParseError(.limit("relationCount"), at: 6)) {
            try Self.database("P:a\nV:1\n", world: "a b c d", limits: limits)
        }
    }

    @Test func `many names of the world with many providers are refused`() throws {
        let text = (0..<20).map { "P:p\($0)\nV:1\np:x=1\n\n" }.joined()
        var limits = Limits()
        limits.resolutionSteps = 20 * 20
        let names = Array(repeating: "x", count: 20)
        #expect(try Self.database(text, world: names.joined(separator: "\n"), limits: limits).packages.count == 20)
        #expect(throws: ParseError(.limit("resolutionSteps"), at: 40)) {
            try Self.database(text, world: (names + ["x"]).joined(separator: "\n"), limits: limits)
        }
    }

    @Test func `diagnostics are counted where there are many`() throws {
        let count = 300
        let database = try Self.database(String(repeating: "P:a\n\n", count: count))
        let limit = Limits().diagnosticCount
        #expect(database.diagnostics.count { $0.code == .missingField } == limit)
        #expect(database.diagnostics.last?.message == "\(count - limit) more diagnostics like this (missing-field)")
    }

    @Test func `a long list of what a package provides is read in linear time`() throws {
        let provides = (0..<100_000).map { "so:lib\($0).so.1=1" }.joined(separator: " ")
        let needs = (0..<100_000).map { "so:lib\($0).so.1" }.joined(separator: " ")
        let database = try Self.database("P:a\nV:1\np:\(provides)\n\nP:b\nV:1\nD:\(needs)\n")
        #expect(try database.dependencies().edges == [.init(from: 1, to: 0)])
    }

    @Test func `damaged databases are read without a trap`() throws {
        for bytes in mutations(of: Array(Self.installed.utf8), count: 3000, seed: 29) {
            let tree = MemoryTree(["lib/apk/db/installed": bytes, "etc/apk/world": Array(bytes.prefix(60))])
            guard let database = try APKDatabase(in: tree, limits: Limits()) else { continue }
            _ = try database.dependencies()
            _ = try database.recordedFiles(in: tree)
            _ = database.shippedFiles(in: tree)
            _ = database.licenses(in: tree)
            _ = database.owners(of: ["bin/busybox"], in: tree)
        }
    }

    // MARK: Files

    @Test func `files belong to the packages that list them`() throws {
        let database = try Self.database(Self.installed)
        let tree = MemoryTree([String: String]())
        let ownership = database.owners(of: ["bin/busybox", "top", "bin/other"], in: tree)
        #expect(ownership.owner(of: "bin/busybox") == 0)
        #expect(ownership.owner(of: "top") == 0)
        #expect(ownership.owner(of: "bin/other") == nil)
        #expect(!ownership.lacksLists)
        #expect(try Self.database("P:a\nV:1\n").owners(of: ["x"], in: tree).lacksLists)
        #expect(try !Self.database("").owners(of: ["x"], in: tree).lacksLists)
        let shipped = database.shippedFiles(in: tree)
        #expect(shipped[0]?.hasPrograms == true)
        #expect(shipped[1] == ShippedFiles())
    }

    @Test func `digests are named for what they are`() throws {
        let text = """
            P:old
            V:1
            F:usr/bin
            R:a
            Z:Q1TchuuLUfur0izvfZQZxgN/LJhB8=
            R:b

            P:new
            V:1
            f:S
            F:etc
            R:c
            a:0:0:600
            Z:Q1TchuuLUfur0izvfZQZxgN/LJhB8=
            F:etc/apk
            R:d
            Z:Q1nonsense
            """
        let files = try Self.database(text).recordedFiles(in: MemoryTree([String: String]()))
        #expect(files.map(\.path) == ["usr/bin/a", "usr/bin/b", "etc/c", "etc/apk/d"])
        #expect(files.map(\.package) == [0, 0, 1, 1])
        #expect(files.map(\.digest?.algorithm) == [.sha1, nil, .sha256Cut, nil])
        #expect(files[0].digest?.value.count == 20)
        #expect(files.map(\.traits) == [[], [], .configuration, []])
        #expect(files.allSatisfy { $0.kind == nil })
    }

    @Test func `more files than the limit are refused`() throws {
        var limits = Limits()
        limits.recordedFileCount = 2
        let error = #expect(throws: PackageDatabaseError.self) {
            try Self.database(Self.installed, limits: limits).recordedFiles(in: MemoryTree([String: String]()))
        }
        #expect(error?.message.contains("recordedFileCount") == true)
    }
}

/// A root file system with files, and links to them.
private struct LinkedTree: FileTree {
    let files: [String: String]
    let links: [String: String]

    func contents(of path: String) -> [UInt8]? { target(of: path).flatMap { files[$0] }.map { Array($0.utf8) } }

    func names(in directory: String) -> [String] { [] }

    func canonical(_ path: String) -> String { path }

    func target(of path: String) -> String? { files[path] == nil ? links[path] : path }
}
