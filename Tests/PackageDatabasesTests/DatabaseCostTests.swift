import ByteStreams
import PackageDatabases
import TestSupport
import Testing

/// What a hostile database may cost: of damaged records and of unmet dependencies only the first are kept, the rest is counted.
@Suite struct DatabaseCostTests {
    private static let sizes = [200, 400, 800]

    private static func headers(_ count: Int) -> [[UInt8]] {
        let header = RPMTestHeader("a").encoded()
        return Array(repeating: header, count: count)
    }

    /// How many diagnostics are listed of each code, and what the last line of each code says.
    private func expectBounded(_ diagnostics: [Diagnostic], _ code: Diagnostic.Code, count: Int) {
        let limit = Limits().diagnosticCount
        #expect(diagnostics.count { $0.code == code } == limit)
        let more = diagnostics.filter { $0.code == .moreDiagnostics && $0.message.contains(code.rawValue) }
        #expect(more.map(\.message) == ["\(count - limit) more diagnostics like this (\(code.rawValue))"])
        #expect(more.first?.severity == .blind)
    }

    @Test(arguments: sizes)
    func `bad lines of a manifest are counted`(count: Int) throws {
        let path = "var/lib/rpmmanifest/container-manifest-2"
        let bytes = Array(String(repeating: "x\n", count: count).utf8)
        expectBounded(try RPMStoreTests.read([path: bytes]).diagnostics, .rpmDamagedRecord, count: count)
    }

    @Test(arguments: sizes)
    func `bad slots of an NDB database are counted`(count: Int) throws {
        func words(_ words: [UInt32]) -> [UInt8] { RPMTestHeader.words(words.map(\.byteSwapped)) }
        var bytes = RPMTestStore.ndb(Self.headers(count))
        // Every slot after the first one points into the table of slots.
        for slot in 1..<count { bytes.replaceSubrange(40 + 16 * slot..<44 + 16 * slot, with: words([1])) }
        let database = try RPMStoreTests.read(["var/lib/rpm/Packages.db": bytes])
        expectBounded(database.diagnostics, .rpmDamagedRecord, count: count - 1)
        // Their blobs are found without the slots.
        #expect(database.packages.count == count)
    }

    @Test(arguments: sizes)
    func `lost packages of a Berkeley DB are counted`(count: Int) throws {
        var bytes = RPMTestStore.berkeley(Self.headers(count), pageSize: 512)
        // The pages that the headers are on lose their numbers.
        let pages = bytes.count / 512
        let pairPages = count / ((512 - 26) / 21) + 1
        for page in (pairPages + 4)..<pages { bytes[page * 512 + 8] ^= 0xFF }
        let database = try RPMStoreTests.read(["var/lib/rpm/Packages": bytes])
        expectBounded(database.diagnostics, .rpmDamagedRecord, count: count - database.packages.count)
    }

    @Test(arguments: sizes)
    func `unmet dependencies of an rpm package are counted`(count: Int) throws {
        var header = RPMTestHeader("a")
        header.require((0..<count).map { ("need-\($0)", "", "") })
        // The same dependency again is not another one.
        header.require([("need-0", "", ""), ("need-1", "", "")])
        let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": RPMTestStore.ndb([header.encoded()])])
        let graph = try #require(try RPMDatabase(in: tree, limits: Limits()))
            .dependencies(includingWeak: false, in: tree)
        #expect(graph.unmetCount == count)
        #expect(graph.unmet.map(\.need) == (0..<Limits().diagnosticCount).map { "need-\($0)" })
    }

    @Test(arguments: sizes)
    func `unmet dependencies of a Debian package are counted`(count: Int) throws {
        let needs = (0..<count).map { "need-\($0)" }.joined(separator: ", ")
        let record =
            "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: \(needs), need-0\n"
        let tree = MemoryTree(["var/lib/dpkg/status": record])
        let graph = try #require(try DpkgDatabase(in: tree, limits: Limits())).dependencies(includingWeak: false)
        #expect(graph.unmetCount == count)
        #expect(graph.unmet.map(\.need) == (0..<Limits().diagnosticCount).map { "need-\($0)" })
    }

    @Test(arguments: [[("need-0", "", ""), ("need-1", "", "")], [("(a or b or c or d or e or f)", "", "")]])
    func `more dependencies of rpm packages than the limit are refused`(
        needs: [(name: String, sign: String, version: String)]
    ) throws {
        var header = RPMTestHeader("a")
        header.require(needs)
        let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": RPMTestStore.ndb([header.encoded()])])
        var limits = Limits()
        limits.relationCount = needs.count
        let database = try #require(try RPMDatabase(in: tree, limits: limits))
        let error = #expect(throws: PackageDatabaseError.self) {
            try database.dependencies(includingWeak: false, in: tree)
        }
        #expect(error?.code == .limit)
        #expect(error?.message.contains("relationCount") == true)
    }

    @Test(arguments: ["schemaRowCount", "schemaRowSize"])
    func `a schema that exceeds a limit is not read to its end`(limit: String) throws {
        let bytes = try RPMTestStore.sqlite(statements: [
            "CREATE TABLE a (x)", "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)",
        ])
        var limits = Limits()
        #expect(try RPMStoreTests.read(["var/lib/rpm/rpmdb.sqlite": bytes], limits: limits).packages.isEmpty)
        if limit == "schemaRowCount" { limits.schemaRowCount = 1 } else { limits.schemaRowSize = 80 }
        #expect(throws: PackageDatabaseError.self) {
            try RPMStoreTests.read(["var/lib/rpm/rpmdb.sqlite": bytes], limits: limits)
        }
    }

    @Test func `a database of nothing but damage has a short error`() throws {
        var bytes = RPMTestStore.ndb(Self.headers(400))
        bytes.replaceSubrange(8192..<bytes.count, with: repeatElement(0, count: bytes.count - 8192))
        let error = #expect(throws: PackageDatabaseError.self) {
            try RPMStoreTests.read(["var/lib/rpm/Packages.db": bytes])
        }
        #expect(error?.message.hasSuffix("; and 98 more") == true)
    }

    @Test func `the list of architectures is read up to a limit`() throws {
        var limits = Limits()
        limits.architectureListSize = 6
        let tree = MemoryTree(["var/lib/dpkg/status": "", "var/lib/dpkg/arch": "amd64\ni386\n"])
        #expect(try DpkgDatabase(in: tree, limits: limits)?.architectures == ["amd64"])
    }
}
