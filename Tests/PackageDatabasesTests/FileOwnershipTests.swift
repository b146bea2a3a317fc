import ByteStreams
import PackageDatabases
import Testing

@Suite struct FileOwnershipTests {
    private static func record(_ name: String, _ architecture: String = "amd64") -> String {
        "Package: \(name)\nStatus: install ok installed\nArchitecture: \(architecture)\nVersion: 1\n\n"
    }

    /// `PATH OWNER` of each path that has an owner.
    private func owners(_ tree: RPMTestTree, of paths: Set<String>) throws -> [String] {
        let database = try #require(try DpkgDatabase(in: tree, limits: Limits()))
        let ownership = database.owners(of: paths, in: tree)
        return paths.sorted().compactMap { path in
            ownership.owner(of: path).map { number in
                let package = database.packages[number]
                return "\(path) \(package.name):\(package.architecture ?? "")"
            }
        }
    }

    private func tree(_ files: [String: String], links: [String: String] = [:]) -> RPMTestTree {
        RPMTestTree(files: files.mapValues { Array($0.utf8) }, links: links)
    }

    @Test func `a list names files through links`() throws {
        let tree = tree(
            [
                "var/lib/dpkg/status": Self.record("dash") + Self.record("libc6") + Self.record("libc6", "i386"),
                "var/lib/dpkg/info/dash.list": "/.\n/bin\n/bin/dash\n",
                "var/lib/dpkg/info/libc6:amd64.list": "/lib/x/libc.so\n/usr/share/doc/libc6/copyright\n",
                "var/lib/dpkg/info/libc6:i386.list": "/lib/y/libc.so\n/usr/share/doc/libc6/copyright\n/top\n",
                "usr/bin/dash": "", "usr/lib/x/libc.so": "", "usr/lib/y/libc.so": "",
            ], links: ["bin": "usr/bin", "lib": "usr/lib"])
        let paths: Set = ["usr/bin/dash", "usr/lib/x/libc.so", "usr/lib/y/libc.so", "usr/bin/app", "bin/dash", "top"]
        #expect(
            try owners(tree, of: paths) == [
                "top libc6:i386", "usr/bin/dash dash:amd64", "usr/lib/x/libc.so libc6:amd64",
                "usr/lib/y/libc.so libc6:i386",
            ])
        #expect(
            try owners(tree, of: ["usr/share/doc/libc6/copyright"]) == ["usr/share/doc/libc6/copyright libc6:amd64"])
        #expect(try owners(tree, of: []) == [])
    }

    @Test func `a diverted file is where the diversion says`() throws {
        let tree = tree([
            "var/lib/dpkg/status": Self.record("a") + Self.record("b") + Self.record("c"),
            "var/lib/dpkg/info/a.list": "/usr/bin/x\n/usr/bin/y\n", "var/lib/dpkg/info/b.list": "/usr/bin/x\n",
            // The last one is not complete.
            "var/lib/dpkg/diversions":
                "/usr/bin/x\n/usr/lib/b/x.real\nb\n/usr/bin/y\n/usr/bin/y.distrib\n:\n/usr/bin/z\n",
        ])
        let paths: Set = ["usr/bin/x", "usr/lib/b/x.real", "usr/bin/y", "usr/bin/y.distrib"]
        #expect(
            try owners(tree, of: paths) == [
                "usr/bin/x b:amd64", "usr/bin/y.distrib a:amd64", "usr/lib/b/x.real a:amd64",
            ])
    }

    @Test func `the link of an alternative belongs to the package that it leads to`() throws {
        let tree = tree(
            [
                "var/lib/dpkg/status": Self.record("mawk"),
                "var/lib/dpkg/info/mawk.list": "/usr/bin/mawk\n/usr/share/man/mawk.1\n",
                "var/lib/dpkg/alternatives/awk":
                    "auto\n/usr/bin/awk\nawk.1\n/usr/share/man/awk.1\n\n/usr/bin/mawk\n5\n/usr/share/man/mawk.1\n",
                "usr/bin/mawk": "", "usr/share/man/mawk.1": "",
            ],
            links: [
                "usr/bin/awk": "/etc/alternatives/awk", "etc/alternatives/awk": "/usr/bin/mawk",
                "etc/alternatives/awk.1": "/usr/share/man/mawk.1", "usr/share/man/awk.1": "/etc/alternatives/awk.1",
                "usr/local/bin/awk": "/usr/bin/mawk",
            ])
        let paths: Set = [
            "usr/bin/awk", "etc/alternatives/awk", "etc/alternatives/awk.1", "usr/share/man/awk.1", "usr/local/bin/awk",
        ]
        #expect(
            try owners(tree, of: paths) == [
                "etc/alternatives/awk mawk:amd64", "etc/alternatives/awk.1 mawk:amd64", "usr/bin/awk mawk:amd64",
                "usr/share/man/awk.1 mawk:amd64",
            ])
    }

    @Test func `what a removed package left behind has no owner`() throws {
        let tree = tree([
            "var/lib/dpkg/status":
                "Package: old\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n"
                + Self.record("a"),
            "var/lib/dpkg/info/old.list": "/usr/bin/x\n", "var/lib/dpkg/info/a.list": "/usr/bin/y\n",
        ])
        #expect(try owners(tree, of: ["usr/bin/x", "usr/bin/y"]) == ["usr/bin/y a:amd64"])
    }

    @Test func `the digests of distroless images are lists`() throws {
        let tree = tree([
            "var/lib/dpkg/status.d/libc": "Package: libc6\nArchitecture: amd64\nVersion: 1\n",
            "var/lib/dpkg/status.d/libc.md5sums": "00  lib/libc.so\n00 *usr/bin/a b\n",
            "var/lib/dpkg/status.d/other.md5sums": "00  usr/bin/c\n",
        ])
        let paths: Set = ["lib/libc.so", "usr/bin/a b", "usr/bin/c"]
        #expect(try owners(tree, of: paths) == ["lib/libc.so libc6:amd64", "usr/bin/a b libc6:amd64"])
        let ownership = try #require(try DpkgDatabase(in: tree, limits: Limits())).owners(of: paths, in: tree)
        #expect(ownership.lacksConfiguration)
        #expect(!ownership.lacksLists)
    }

    @Test func `a header of rpm names files by their folders, and says which are installed`() throws {
        var (bash, old, other) = (RPMTestHeader("bash"), RPMTestHeader("old"), RPMTestHeader("other"))
        bash.own(["/bin/bash", "/usr/lib/libx.so", "/usr/share/doc/x", "/usr/lib/y.so"], states: [0, 3, 2, 1])
        // Before rpm 4 paths were stored whole.
        old.values[1027] = .strings(["/bin/old", "/top"])
        other.own(["/bin/bash", "/usr/lib/y.so"])
        let database = RPMTestStore.ndb([bash, old, other].map { $0.encoded() })
        let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": database], links: ["bin": "usr/bin"])
        let read = try #require(try RPMDatabase(in: tree, limits: Limits()))
        let paths: Set = [
            "usr/bin/bash", "usr/bin/old", "usr/lib/libx.so", "usr/share/doc/x", "usr/lib/y.so", "top", "bin/bash",
            "app",
        ]
        let ownership = read.owners(of: paths, in: tree)
        let names = paths.sorted().compactMap { path in
            ownership.owner(of: path).map { "\(path) \(read.packages[$0].name)" }
        }
        #expect(
            names == ["top old", "usr/bin/bash bash", "usr/bin/old old", "usr/lib/libx.so bash", "usr/lib/y.so other"])
        #expect(!ownership.lacksLists)
    }

    @Test func `a manifest of rpm has no lists`() throws {
        let line = "bash\t5.1-1\t1672531200\t1672531200\tMicrosoft\t(none)\t1024\tx86_64\t0\tbash-5.1-1.src.rpm\n"
        let tree = RPMTestTree(files: ["var/lib/rpmmanifest/container-manifest-2": Array(line.utf8)])
        let read = try #require(try RPMDatabase(in: tree, limits: Limits()))
        #expect(read.packages.count == 1)
        #expect(read.owners(of: ["usr/bin/bash"], in: tree).lacksLists)
    }

    @Test func `diversions, alternatives and folders have limits`() throws {
        let diversions = (0...Limits.diversionCount).map { "/d/\($0)\n/e/\($0)\nb\n" }.joined()
        let alternatives = (0..<Limits.alternativeCount).map { "/l/\($0)\n" }.joined()
        let folders = (0...Limits.rememberedFolders).map { "/f/\($0)/x\n" }.joined()
        let last = (Limits.diversionCount - 1, Limits.alternativeCount - 2, Limits.rememberedFolders)
        let tree = tree(
            [
                "var/lib/dpkg/status": Self.record("a"), "var/lib/dpkg/diversions": diversions,
                "var/lib/dpkg/alternatives/z": "auto\n" + alternatives,
                "var/lib/dpkg/info/a.list": "/d/\(last.0)\n/d/\(last.0 + 1)\n/usr/bin/t\n" + folders + "/f/0/y\n",
                "usr/bin/t": "",
            ], links: ["l/\(last.1)": "/usr/bin/t", "l/\(last.1 + 1)": "/usr/bin/t"])
        let paths: Set = [
            "e/\(last.0)", "e/\(last.0 + 1)", "d/\(last.0 + 1)", "l/\(last.1)", "l/\(last.1 + 1)", "f/0/y",
            "f/\(last.2)/x",
        ]
        let owned = ["d/\(last.0 + 1)", "e/\(last.0)", "f/0/y", "f/\(last.2)/x", "l/\(last.1)"]
        #expect(try owners(tree, of: paths) == owned.map { "\($0) a:amd64" })
    }

    @Test func `a database without lists is told apart from packages without files`() throws {
        let status = Self.record("a") + Self.record("b")
        let bare = try #require(try DpkgDatabase(in: MemoryTree(["var/lib/dpkg/status": status]), limits: Limits()))
        let some = MemoryTree(["var/lib/dpkg/status": status, "var/lib/dpkg/info/a.list": "/.\n"])
        let listed = try #require(try DpkgDatabase(in: some, limits: Limits()))
        #expect(bare.owners(of: [], in: MemoryTree(["a": ""])).lacksLists)
        #expect(!listed.owners(of: [], in: some).lacksLists)
        #expect(!listed.owners(of: [], in: some).lacksConfiguration)
        var both = FileOwnership(["x": 0], lacksLists: false)
        both.append(FileOwnership(["x": 0, "y": 1], lacksLists: true), offset: 10)
        #expect(both.owner(of: "x") == 0)
        #expect(both.owner(of: "y") == 11)
        #expect(both.owner(of: "z") == nil)
        #expect(both.lacksLists)
    }
}
