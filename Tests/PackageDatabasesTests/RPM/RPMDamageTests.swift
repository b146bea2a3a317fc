import ByteStreams
import PackageDatabases
import TestSupport
import Testing

/// Damaged databases: what is undamaged is listed, and what is lost is said.
@Suite struct RPMDamageTests {
    private static let count = 40
    private static let headers = RPMStoreTests.headers(count)

    /// The names that are left, and whether anything was said.
    private static func read(_ files: [String: [UInt8]]) -> (names: Set<String>, isSaid: Bool) {
        do {
            let database = try RPMStoreTests.read(files)
            return (Set(database.packages.map { $0.name + $0.version }), !database.diagnostics.isEmpty)
        } catch {
            return ([], true)
        }
    }

    private static let all = Set(RPMStoreTests.names(count).enumerated().map { $1 + "1.\($0)-1" })

    @Test(arguments: RPMTestStore.allCases)
    func `no package is lost from a damaged database without a diagnostic`(store: RPMTestStore) throws {
        let bytes = try store.write(Self.headers)
        for (index, damaged) in mutations(of: bytes, count: 400, seed: 7).enumerated() {
            let (names, isSaid) = Self.read([store.path: damaged])
            #expect(names.isSuperset(of: Self.all) || isSaid, "mutation \(index) of seed 7")
        }
    }

    @Test(arguments: RPMTestStore.allCases)
    func `a changed byte costs one package`(store: RPMTestStore) throws {
        let bytes = try store.write(Self.headers)
        var random = SeededGenerator(seed: 8)
        for _ in 0..<400 {
            var damaged = bytes
            // Heads and tables are looked at below: a page of slots or of pairs is all that tells of its packages.
            let place = Int.random(in: 8192..<bytes.count, using: &random)
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let (names, isSaid) = Self.read([store.path: damaged])
            let lost = Self.all.subtracting(names)
            #expect(lost.count <= (store == .sqlite ? 4 : 1), "byte \(place)")
            #expect(lost.isEmpty || isSaid, "byte \(place)")
        }
    }

    @Test(arguments: RPMTestStore.allCases)
    func `a database cut short keeps what comes before`(store: RPMTestStore) throws {
        let bytes = try store.write(Self.headers)
        for eighths in 2..<8 {
            let cut = Array(bytes[..<(bytes.count * eighths / 8)])
            let (names, isSaid) = Self.read([store.path: cut])
            // The headers grow and shrink by turns, so a part of the file holds about as much of the packages.
            #expect(names.count >= Self.count * (eighths - 2) / 8)
            #expect(isSaid)
        }
    }

    @Test func `SQLite's packages are found without its schema or its tree`() throws {
        let bytes = try RPMTestStore.sqlite(Self.headers)
        for page in [0, 1] {
            var damaged = bytes
            let start = page == 0 ? 100 : page * 4096
            damaged.replaceSubrange(start..<(page + 1) * 4096, with: repeatElement(0, count: (page + 1) * 4096 - start))
            let (names, isSaid) = Self.read(["var/lib/rpm/rpmdb.sqlite": damaged])
            #expect(names == Self.all, "page \(page)")
            #expect(isSaid)
        }
    }

    @Test func `removed packages are not found on SQLite's free pages`() throws {
        let bytes = try RPMTestStore.sqliteWithRemovals(Self.headers, kept: 30)
        #expect(Self.read(["var/lib/rpm/rpmdb.sqlite": bytes]).names.count == 30)
        var damaged = bytes
        damaged.replaceSubrange(100..<4096, with: repeatElement(0, count: 3996))
        let (names, isSaid) = Self.read(["var/lib/rpm/rpmdb.sqlite": damaged])
        #expect(names.count == 30)
        #expect(isSaid)
    }

    @Test func `a blob of NDB is found without its slot`() throws {
        var bytes = RPMTestStore.ndb(Self.headers)
        bytes.replaceSubrange(32..<48, with: repeatElement(0, count: 16))
        let (names, isSaid) = Self.read(["var/lib/rpm/Packages.db": bytes])
        #expect(names == Self.all)
        #expect(isSaid)
    }

    @Test func `an NDB blob that no slot points to is reported and not listed`() throws {
        var bytes = RPMTestStore.ndb(Self.headers)
        bytes.replaceSubrange(36..<48, with: repeatElement(0, count: 12))
        let database = try RPMStoreTests.read(["var/lib/rpm/Packages.db": bytes])
        #expect(database.packages.count == Self.count - 1)
        #expect(database.diagnostics.map(\.code) == ["rpm-blob-without-slot"])
    }

    @Test func `Berkeley DB's packages are found with a damaged head`() throws {
        for place in [12, 16, 20, 21, 25, 32] {
            var bytes = RPMTestStore.berkeley(Self.headers)
            bytes[place] ^= 0x40
            let (names, isSaid) = Self.read(["var/lib/rpm/Packages": bytes])
            #expect(names == Self.all, "byte \(place)")
            #expect(isSaid || place == 25, "byte \(place)")
        }
    }

    @Test func `a page of pairs makes up for a wrong offset, count, number or type`() throws {
        let bytes = RPMTestStore.berkeley(Self.headers)
        // In the second page: its number, counts and type, and offsets of keys and values.
        for place in [8, 20, 21, 22, 23, 25, 26, 28, 30, 33, 60, 61] {
            for value in [0, 0x13, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[4096 + place] = value
                let (names, isSaid) = Self.read(["var/lib/rpm/Packages": damaged])
                #expect(names == Self.all, "byte \(place)")
                #expect(isSaid || damaged == bytes, "byte \(place)")
            }
        }
    }

    @Test func `pages of Berkeley DB that lead in a circle end`() throws {
        var bytes = RPMTestStore.berkeley(Self.headers)
        // The next page of an overflow page is the page itself.
        for page in 2..<bytes.count / 4096 {
            bytes.replaceSubrange(page * 4096 + 16..<page * 4096 + 20, with: bytes[page * 4096 + 8..<page * 4096 + 12])
        }
        let (names, isSaid) = Self.read(["var/lib/rpm/Packages": bytes])
        // Headers of one page only are left.
        #expect(!names.isEmpty && names.count < Self.count)
        #expect(isSaid)
    }

    @Test func `blobs of NDB that overlap take no longer than the file is long`() {
        // Each block is the head of a blob that reaches almost to the end of the file.
        let blocks = 60_000
        var bytes = Array("RpmP".utf8) + Self.words([0, 1, UInt32(blocks * 16 / 4096), 1])
        bytes += repeatElement(0, count: 12)
        for number in 3...blocks {
            bytes += Array("Slot".utf8) + Self.words([UInt32(number), UInt32(blocks + number), 1])
        }
        bytes += repeatElement(0, count: blocks * 16 - bytes.count)
        for number in 0...blocks {
            bytes += Array("BlbS".utf8) + Self.words([UInt32(number), 0, UInt32((blocks - number) * 16)])
        }
        let clock = ContinuousClock()
        // 29 GB, if all were looked at.
        let duration = clock.measure { #expect(Self.read(["var/lib/rpm/Packages.db": bytes]).isSaid) }
        #expect(duration < .seconds(30))
    }

    @Test func `a table whose columns are computed is not read`() throws {
        let bytes = try RPMTestStore.sqlite(statements: [
            "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB GENERATED ALWAYS AS (zeroblob(1000)))",
            "INSERT INTO Packages VALUES (1)",
        ])
        #expect(throws: PackageDatabaseError.self) { try RPMStoreTests.read(["var/lib/rpm/rpmdb.sqlite": bytes]) }
        let view = try RPMTestStore.sqlite(statements: [
            "CREATE VIEW Packages AS SELECT 1 AS hnum, zeroblob(1000) AS blob"
        ])
        #expect(throws: PackageDatabaseError.self) { try RPMStoreTests.read(["var/lib/rpm/rpmdb.sqlite": view]) }
    }

    private static func words(_ words: [UInt32]) -> [UInt8] {
        RPMTestHeader.words(words.map(\.byteSwapped))
    }
}
