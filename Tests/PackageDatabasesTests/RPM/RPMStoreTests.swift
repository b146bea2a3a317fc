import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct RPMStoreTests {
    /// Packages of several sizes: some take one page of a database, some many.
    static func headers(_ count: Int) -> [[UInt8]] {
        (0..<count).map { index in
            var header = RPMTestHeader("package-\(index)", "1.\(index)", arch: "x86_64")
            header.own((0..<(index * 7 % 40) * 5).map { "/usr/share/package-\(index)/file-\($0)" })
            return header.encoded()
        }
    }

    static func read(_ files: [String: [UInt8]], limits: Limits = Limits()) throws -> RPMDatabase {
        try #require(try RPMDatabase(in: RPMTestTree(files: files), limits: limits))
    }

    static func names(_ count: Int) -> [String] {
        (0..<count).map { "package-\($0)" }
    }

    @Test(arguments: RPMTestStore.allCases)
    func `every kind of database gives its packages in order`(store: RPMTestStore) throws {
        let database = try Self.read([store.path: try store.write(Self.headers(60))])
        #expect(database.packages.map(\.name) == Self.names(60))
        #expect(database.diagnostics.filter { $0.severity != .note } == [])
        #expect(database.path == store.path)
    }

    @Test(arguments: RPMTestStore.allCases)
    func `a database without packages is read`(store: RPMTestStore) throws {
        let database = try Self.read([store.path: try store.write([])])
        #expect(database.packages == [])
        #expect(database.diagnostics.filter { $0.severity != .note } == [])
    }

    @Test(arguments: [512, 1024, 4096, 16384, 65536], [UInt32(7), 8, 9, 10])
    func `Berkeley DB's page sizes and versions are read in both byte orders`(pageSize: Int, version: UInt32) throws {
        for isBigEndian in [false, true] {
            let bytes = RPMTestStore.berkeley(
                Self.headers(30), pageSize: pageSize, version: version, isBigEndian: isBigEndian)
            let database = try Self.read(["var/lib/rpm/Packages": bytes])
            #expect(database.packages.map(\.name) == Self.names(30))
            #expect(database.diagnostics == [])
        }
    }

    @Test(arguments: [512, 4096, 65536])
    func `SQLite's page sizes are read, and a database without an index`(pageSize: Int) throws {
        let bytes = try RPMTestStore.sqlite(Self.headers(30), hasIndex: false, pageSize: pageSize)
        let database = try Self.read(["var/lib/rpm/rpmdb.sqlite": bytes])
        #expect(database.packages.map(\.name) == Self.names(30))
        #expect(database.diagnostics == [])
    }

    @Test func `a database is recognized by its first bytes under any name`() throws {
        let database = try Self.read(["usr/lib/sysimage/rpm/Packages": RPMTestStore.ndb(Self.headers(3))])
        #expect(database.format == "ndb")
        #expect(database.packages.count == 3)
    }

    @Test(arguments: RPMTestStore.allCases)
    func `a database with a damaged mark is recognized by its name`(store: RPMTestStore) throws {
        var bytes = try store.write(Self.headers(20))
        // The marks of all kinds lie in the first 16 bytes.
        bytes.replaceSubrange(0..<4, with: [9, 9, 9, 9])
        bytes.replaceSubrange(12..<14, with: [9, 9])
        let database = try? Self.read([store.path: bytes])  // a B-tree and a big-endian table cannot be known by name
        if store == .btree || store == .ndb { return }
        #expect(database?.packages.map(\.name) == Self.names(20))
        #expect(database?.diagnostics.isEmpty == false)
    }

    @Test func `a database with more packages than the limit is refused`() throws {
        var limits = Limits()
        limits.packageCount = 5
        for store in RPMTestStore.allCases {
            let bytes = try store.write(Self.headers(6))
            let error = #expect(throws: PackageDatabaseError.self) {
                try Self.read([store.path: bytes], limits: limits)
            }
            #expect(error?.code == .limit)
        }
    }

    @Test func `keys are listed only on request`() throws {
        let bytes = RPMTestStore.ndb([RPMTestHeader("gpg-pubkey", "1964c5fc", "58e63918").encoded()] + Self.headers(1))
        let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": bytes])
        #expect(try RPMDatabase(in: tree, limits: Limits())?.packages.map(\.name) == ["package-0"])
        var options = RPMDatabase.Options()
        options.includePubkeys = true
        #expect(try RPMDatabase(in: tree, options: options, limits: Limits())?.packages.count == 2)
    }
}

/// Write-ahead logs of SQLite.
extension RPMStoreTests {
    private static let path = "usr/lib/sysimage/rpm/rpmdb.sqlite"

    @Test func `a database that was left in WAL mode is read`() throws {
        let bytes = try RPMTestStore.sqlite(Self.headers(10), isWAL: true)
        #expect(bytes[18] == 2)
        let database = try Self.read([Self.path: bytes, Self.path + "-wal": []])
        #expect(database.packages.count == 10)
        #expect(database.diagnostics == [])
    }

    @Test func `packages that are only in the log are listed`() throws {
        let (bytes, log) = try RPMTestStore.hotSQLite(Self.headers(20), late: 5)
        #expect(try Self.read([Self.path: bytes]).packages.map(\.name) == Self.names(15))
        let database = try Self.read([Self.path: bytes, Self.path + "-wal": log])
        #expect(database.packages.map(\.name) == Self.names(20))
        #expect(database.diagnostics == [])
    }

    @Test func `a database whose packages are all in the log is read`() throws {
        let (bytes, log) = try RPMTestStore.hotSQLite(Self.headers(8), late: 8)
        #expect(try Self.read([Self.path: bytes]).packages == [])
        #expect(try Self.read([Self.path: bytes, Self.path + "-wal": log]).packages.map(\.name) == Self.names(8))
    }

    @Test func `a damaged log is applied up to its last complete commit and reported`() throws {
        let (bytes, log) = try RPMTestStore.hotSQLite(Self.headers(20), late: 5)
        for place in stride(from: 32, to: log.count, by: 997) {
            var damaged = log
            damaged[place] ^= 0x10
            let database = try Self.read([Self.path: bytes, Self.path + "-wal": damaged])
            #expect(database.packages.count >= 15)
            let names = database.packages.map(\.name)
            #expect(names == Self.names(names.count))
            if names.count < 20 { #expect(database.diagnostics.map(\.code) == ["rpm-damaged-log"]) }
        }
    }

    @Test func `a log cut at any frame gives whole commits`() throws {
        let (bytes, log) = try RPMTestStore.hotSQLite(Self.headers(20), late: 5)
        for count in stride(from: 0, to: log.count, by: 24 + 4096) {
            let database = try Self.read([Self.path: bytes, Self.path + "-wal": Array(log[..<count])])
            #expect((15...20).contains(database.packages.count))
        }
    }

    @Test func `a log that asks for more pages than it has is not applied`() throws {
        let (bytes, log) = try RPMTestStore.hotSQLite(Self.headers(20), late: 5)
        for damaged in mutations(of: log, count: 200, seed: 3) {
            let database = try Self.read([Self.path: bytes, Self.path + "-wal": damaged])
            #expect(database.packages.count >= 15 || !database.diagnostics.isEmpty)
        }
    }

    @Test func `an unfinished transaction is reported`() throws {
        let bytes = try RPMTestStore.sqlite(Self.headers(3))
        let database = try Self.read([Self.path: bytes, Self.path + "-journal": [0xD9, 0xD5, 5, 0xF9]])
        #expect(database.diagnostics.map(\.code) == ["rpm-unfinished-transaction"])
        // What SQLite leaves of one that was.
        #expect(try Self.read([Self.path: bytes, Self.path + "-journal": [0, 0, 0, 0]]).diagnostics == [])
    }
}

/// Which of several databases counts.
extension RPMStoreTests {
    private static func only(_ name: String) -> [UInt8] {
        RPMTestStore.ndb([RPMTestHeader(name).encoded()])
    }

    @Test func `the folder that newer systems use comes first, and the other is named`() throws {
        let database = try Self.read([
            "var/lib/rpm/Packages.db": Self.only("old"), "usr/lib/sysimage/rpm/Packages.db": Self.only("new"),
        ])
        #expect(database.packages.map(\.name) == ["new"])
        #expect(database.diagnostics.map(\.code) == ["rpm-other-database"])
        #expect(database.diagnostics.map(\.place) == ["var/lib/rpm/Packages.db"])
    }

    @Test func `a folder that is a link to another counts once`() throws {
        var tree = RPMTestTree(files: ["usr/lib/sysimage/rpm/Packages.db": Self.only("it")])
        tree.links = ["var/lib/rpm": "../../usr/lib/sysimage/rpm"]
        let database = try #require(try RPMDatabase(in: tree, limits: Limits()))
        #expect(database.packages.map(\.name) == ["it"])
        #expect(database.diagnostics == [])
    }

    @Test func `rpm's own configuration decides on the folder and the kind`() throws {
        let macros = Array("%_dbpath\t\t%{_var}/lib/rpm\n%_db_backend\t      bdb\n".utf8)
        let database = try Self.read([
            "usr/lib/rpm/macros": macros, "usr/lib/sysimage/rpm/Packages.db": Self.only("a"),
            "var/lib/rpm/Packages.db": Self.only("b"),
            "var/lib/rpm/Packages": RPMTestStore.berkeley([RPMTestHeader("c").encoded()]),
        ])
        #expect(database.packages.map(\.name) == ["c"])
        #expect(database.diagnostics.map(\.place) == ["var/lib/rpm/Packages.db", "usr/lib/sysimage/rpm/Packages.db"])
    }

    @Test func `a database without packages gives way to one with some`() throws {
        let database = try Self.read([
            "var/lib/rpm/rpmdb.sqlite": try RPMTestStore.sqlite([]), "var/lib/rpm/Packages.db": Self.only("it"),
        ])
        #expect(database.packages.map(\.name) == ["it"])
        #expect(database.diagnostics.map(\.place) == ["var/lib/rpm/rpmdb.sqlite"])
    }

    @Test func `a database that cannot be read gives way, and is named`() throws {
        let database = try Self.read([
            "var/lib/rpm/rpmdb.sqlite": [],
            "var/lib/rpm/Packages": RPMTestStore.berkeley([RPMTestHeader("it").encoded()]),
        ])
        #expect(database.packages.map(\.name) == ["it"])
        #expect(database.diagnostics.map(\.code) == ["rpm-unreadable-database"])
        #expect(database.diagnostics.map(\.severity) == [.blind])
    }

    @Test func `a database past a limit does not give way to a smaller one`() throws {
        var limits = Limits()
        limits.packageCount = 5
        let files = [
            "var/lib/rpm/Packages.db": RPMTestStore.ndb(Self.headers(6)),
            "usr/share/rpm/Packages.db": Self.only("small"),
        ]
        let error = #expect(throws: PackageDatabaseError.self) { try Self.read(files, limits: limits) }
        #expect(error?.code == .limit)
    }

    @Test func `a database that cannot be read at all is an error, and no database is nil`() throws {
        #expect(throws: PackageDatabaseError.self) { try Self.read(["var/lib/rpm/rpmdb.sqlite": []]) }
        let noise = [UInt8](repeating: 0x55, count: 9000)
        for name in ["rpmdb.sqlite", "Packages.db", "Packages"] {
            #expect(throws: PackageDatabaseError.self) { try Self.read(["var/lib/rpm/" + name: noise]) }
        }
        #expect(try RPMDatabase(in: RPMTestTree(), limits: Limits()) == nil)
    }

    @Test func `the list of a distroless image is read where there is no database`() throws {
        let list = """
            filesystem\t1.1-9.cm2\t1653816591\t1653628924\tMicrosoft Corporation\t(none)\t7596\tx86_64\t0\tfilesystem-1.1-9.cm2.src.rpm
            vim\t9.0-1.cm2\t1653816591\t1653753130\tMicrosoft Corporation\t2\t45000\tx86_64\t2\tvim-9.0-1.cm2.src.rpm
            broken\t1
            """
        let path = "var/lib/rpmmanifest/container-manifest-2"
        let database = try Self.read([path: Array(list.utf8)])
        #expect(database.packages.map(\.version) == ["1.1-9.cm2", "2:9.0-1.cm2"])
        #expect(database.packages.map(\.epoch) == [nil, 2])
        #expect(database.packages.map(\.architecture) == ["x86_64", "x86_64"])
        #expect(database.packages.first?.source?.name == "filesystem-1.1-9.cm2.src.rpm")
        #expect(database.packages.first?.vendor == "Microsoft Corporation")
        #expect(database.diagnostics.map(\.place) == [path, "\(path): line 3"])
        #expect(RPMDatabase.databasePaths.matches(Array(path.utf8)[...]))
    }
}
