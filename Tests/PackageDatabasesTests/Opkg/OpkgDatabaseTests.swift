import ByteStreams
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@Suite struct OpkgDatabaseTests {
    static let status = """
        Package: libc
        Version: 1.2.4-4
        Status: install user installed
        Architecture: x86_64
        Installed-Size: 262144
        Installed-Time: 1700000000

        Package: LibCap
        Version: 2.69-1
        Depends: libc
        Provides: libcap-any
        Status: install ok installed
        Architecture: core2-64
        Conffiles:
         /etc/cap.conf 0123456789abcdef
        Installed-Time: 1700000000

        Package: ip-full
        Version: 6.3.0-1
        Depends: libc, libcap (>= 2.60), libcap-any, libcap (>= 3), kernel (=5.15.150-1-abc)
        Source: package/network/utils/iproute2
        Maintainer: Ada Example <ada@example.org>
        Status: install user installed
        Architecture: x86_64

        Package: gone
        Version: 1
        Status: deinstall ok not-installed
        Architecture: all

        """

    private func database(
        _ files: [String: String] = ["usr/lib/opkg/status": status], limits: Limits = Limits()
    ) throws -> (database: OpkgDatabase, tree: MemoryTree) {
        let tree = MemoryTree(files)
        return (try #require(try OpkgDatabase(in: tree, options: .init(), limits: limits)), tree)
    }

    @Test func `installed packages are listed under their own names`() throws {
        let packages = try database().database.packages
        #expect(packages.map { "\($0.name) \($0.version)" } == ["libc 1.2.4-4", "LibCap 2.69-1", "ip-full 6.3.0-1"])
        #expect(packages.allSatisfy { $0.ecosystem == .opkg && $0.source == nil })
        #expect(packages.map(\.architecture) == ["x86_64", "core2-64", "x86_64"])
        #expect(packages[0].installedSize == 262_144)
        #expect(packages[2].maintainer == "Ada Example <ada@example.org>")
        #expect(packages[0].database == "usr/lib/opkg/status")
    }

    @Test func `needs are met by packages of any architecture`() throws {
        let (database, tree) = try database()
        let graph = try database.dependencies(includingWeak: false, in: tree)
        #expect(graph.edges.map { "\($0.from)-\($0.to)" } == ["1-0", "2-0", "2-1"])
        #expect(graph.unmet.map(\.need) == ["libcap (>= 3)", "kernel (=5.15.150-1-abc)"])
    }

    @Test func `the first folder with a database counts`() throws {
        let other = "Package: a\nVersion: 1\nStatus: install ok installed\nArchitecture: all\n"
        #expect(try database(["var/lib/opkg/status": other]).database.packages.map(\.name) == ["a"])
        let both = try database(["var/lib/opkg/status": other, "usr/lib/opkg/status": Self.status])
        #expect(both.database.packages.count == 3)
        #expect(
            try OpkgDatabase(in: MemoryTree(["opt/lib/opkg/status": other]), options: .init(), limits: Limits()) == nil)
    }

    @Test func `lists of files and control files are read`() throws {
        let (database, tree) = try database([
            "usr/lib/opkg/status": Self.status, "usr/lib/opkg/info/libc.list": "/lib/libc.so\n/lib/ld.so\n",
            "usr/lib/opkg/info/LibCap.list": "/usr/sbin/setcap\t0100755\n/etc/cap.conf\t0100644\tx\n",
            "usr/lib/opkg/info/gone.list": "/usr/bin/gone\n",
            "usr/lib/opkg/info/libc.control": "Package: libc\nLicense: LGPL-2.1-only\nSection: libs\n",
            "usr/lib/opkg/info/LibCap.control": "Package: LibCap\nLicense: BSD-3-Clause & GPL-2.0-only\n",
            "usr/lib/opkg/info/ip-full.control": "Package: ip-full\n",
        ])
        let ownership = database.owners(of: ["lib/libc.so", "usr/sbin/setcap", "usr/bin/gone"], in: tree)
        #expect(ownership.owner(of: "lib/libc.so") == 0)
        #expect(ownership.owner(of: "usr/sbin/setcap") == 1)
        #expect(ownership.owner(of: "usr/bin/gone") == nil)
        #expect(!ownership.lacksLists)
        #expect(
            database.licenses(in: tree).map { $0?.declared?.description }
                == ["LGPL-2.1-only", "BSD-3-Clause AND GPL-2.0-only", nil])
        #expect(
            try database.recordedFiles(in: tree).map { "\($0.package) \($0.path)" }
                == ["1 usr/sbin/setcap", "1 etc/cap.conf", "0 lib/libc.so", "0 lib/ld.so"])
        let shipped = database.shippedFiles(in: tree)
        #expect(shipped[0]?.hasLibraries == true && shipped[1]?.hasPrograms == true && shipped[2] == nil)
        #expect(try self.database().database.owners(of: [], in: tree).lacksLists == false)
    }

    @Test func `a database beyond a limit is refused`() throws {
        var limits = Limits()
        limits.packageCount = 3
        let error = #expect(throws: PackageDatabaseError.self) { try self.database(limits: limits) }
        #expect(error?.path == "usr/lib/opkg/status" && error?.message.contains("packageCount") == true)
        limits = Limits()
        limits.recordedFileCount = 1
        let (database, tree) = try self.database(
            ["usr/lib/opkg/status": Self.status, "usr/lib/opkg/info/libc.list": "/a\n/b\n"], limits: limits)
        #expect(throws: PackageDatabaseError.self) { try database.recordedFiles(in: tree) }
    }

    @Test func `damaged databases are read without a trap`() throws {
        for bytes in mutations(of: Array(Self.status.utf8), count: 1000, seed: 31) {
            let tree = MemoryTree([
                "usr/lib/opkg/status": bytes, "usr/lib/opkg/info/libc.list": Array(bytes.prefix(80)),
                "usr/lib/opkg/info/libc.control": Array(bytes.suffix(80)),
            ])
            guard let database = try OpkgDatabase(in: tree, options: .init(), limits: Limits()) else { continue }
            _ = try database.dependencies(includingWeak: true, in: tree)
            _ = try database.recordedFiles(in: tree)
            _ = database.shippedFiles(in: tree)
            _ = database.licenses(in: tree)
            _ = database.owners(of: ["lib/libc.so"], in: tree)
        }
    }
}
