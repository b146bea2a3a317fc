import ByteStreams
import PackageDatabases
import TestSupport
import Testing

#if LibRPM
    /// The two readers, one against the other.
    ///
    /// librpm has one configuration for the process: one test at a time.
    @Suite(.serialized) struct LibRPMTests {
        private static func read(_ tree: RPMTestTree, _ reader: RPMDatabase.Reader) throws -> RPMDatabase? {
            var options = RPMDatabase.Options()
            options.reader = reader
            options.includePubkeys = true
            return try RPMDatabase(in: tree, options: options, limits: Limits())
        }

        private static func expectAgreement(_ tree: RPMTestTree, _ place: String) throws {
            let native = try #require(try read(tree, .native)), librpm = try #require(try read(tree, .librpm))
            #expect(Set(native.packages) == Set(librpm.packages), "\(place)")
            #expect(native.packages.count == librpm.packages.count, "\(place)")
            #expect(librpm.diagnostics.filter { $0.severity != .note } == [], "\(place)")
            func edges(_ database: RPMDatabase) throws -> Set<[String]> {
                let graph = try database.dependencies(includingWeak: true, in: tree)
                return Set(
                    graph.edges.map { edge in
                        [edge.from, edge.to].map { "\(database.packages[$0].identity)" } + ["\(edge.isWeak)"]
                    })
            }
            #expect(try edges(native) == edges(librpm), "\(place)")
        }

        @Test(arguments: [RPMTestStore.sqlite, .berkeley, .berkeleyBigEndian])
        func `both readers agree on databases of tests`(store: RPMTestStore) throws {
            let bytes = try store.write(RPMStoreTests.headers(40))
            try Self.expectAgreement(RPMTestTree(files: [store.path: bytes]), store.path)
        }

        @Test func `both readers apply a write-ahead log`() throws {
            let (bytes, log) = try RPMTestStore.hotSQLite(RPMStoreTests.headers(20), late: 5)
            let path = "var/lib/rpm/rpmdb.sqlite"
            try Self.expectAgreement(RPMTestTree(files: [path: bytes, path + "-wal": log]), path)
        }

        @Test(.needsCorpus)
        func `both readers agree on every database that librpm reads`() throws {
            let root = try #require(corpus) + "/rpmdb/"
            var count = 0
            for kind in ["bdb", "derived", "sqlite"] {
                for name in names(inFolder: root + kind) {
                    // librpm reads neither hash version 7 (Berkeley DB 3) nor a table without entries.
                    if ["ltib-mx28", "empty-linux-x7"].contains(name) { continue }
                    for file in ["rpmdb.sqlite", "Packages"] {
                        guard names(inFolder: "\(root)\(kind)/\(name)").contains(file) else { continue }
                        let bytes = try bytes(ofFile: "\(root)\(kind)/\(name)/\(file)")
                        try Self.expectAgreement(RPMTestTree(files: ["var/lib/rpm/" + file: bytes]), "\(kind)/\(name)")
                        count += 1
                    }
                }
            }
            #expect(count >= 15)
        }

        @Test func `librpm does not get databases that it cannot read`() throws {
            let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": RPMTestStore.ndb([])])
            let error = #expect(throws: PackageDatabaseError.self) { try Self.read(tree, .librpm) }
            #expect(error?.code == .unsupported)
        }

        @Test func `a damaged database is reported, and nothing is left in the temporary folder`() throws {
            let bytes = try RPMTestStore.sqlite(RPMStoreTests.headers(20))
            let before = names(inFolder: "/tmp").count { $0.hasPrefix("sbomkit-") && !$0.hasPrefix("sbomkit-test-") }
            let tree = RPMTestTree(files: ["var/lib/rpm/rpmdb.sqlite": Array(bytes[..<(bytes.count / 2)])])
            #expect(throws: PackageDatabaseError.self) { try Self.read(tree, .librpm) }
            let after = names(inFolder: "/tmp").count { $0.hasPrefix("sbomkit-") && !$0.hasPrefix("sbomkit-test-") }
            #expect(before == after)
        }
    }
#else
    @Suite struct LibRPMTests {
        @Test func `librpm is refused by name where it is not built in`() throws {
            var options = RPMDatabase.Options()
            options.reader = .librpm
            let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": RPMTestStore.ndb([])])
            let error = #expect(throws: PackageDatabaseError.self) {
                try RPMDatabase(in: tree, options: options, limits: Limits())
            }
            #expect(error?.code == .unsupported)
        }
    }
#endif
