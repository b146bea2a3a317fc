import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct RecordedFileTests {
    private static func record(_ name: String, _ architecture: String = "amd64", conffiles: String = "") -> String {
        """
        Package: \(name)
        Status: install ok installed
        Architecture: \(architecture)
        Version: 1
        \(conffiles.isEmpty ? "" : "Conffiles:\n" + conffiles)Description: d


        """
    }

    private static let abc = "900150983cd24fb0d6963f7d28e17f72"
    private static let empty = "d41d8cd98f00b204e9800998ecf8427e"

    private static func dpkg(_ files: [String: String], links: [String: String] = [:]) -> RPMTestTree {
        RPMTestTree(files: files.mapValues { Array($0.utf8) }, links: links)
    }

    /// What is recorded of each file, a line for each.
    private func lines(_ files: [RecordedFile], _ packages: [InstalledPackage]) -> [String] {
        files.map { file in
            let kind = file.kind.map { "\($0)" } ?? "-"
            let digest = file.digest.map { "\($0.algorithm.rawValue):\(hexadecimal($0.value).prefix(8))" } ?? "-"
            let size = file.size.map(String.init) ?? "-"
            let target = file.linkTarget.map { " -> " + String(decoding: $0, as: UTF8.self) } ?? ""
            let traits: [(RecordedFile.Traits, String)] = [
                (.configuration, "c"), (.documentation, "d"), (.optional, "o"), (.foreign, "f"),
            ]
            let marks = traits.filter { file.traits.contains($0.0) }.map(\.1).joined()
            return "\(packages[file.package].name) \(file.path)\(target) \(kind) \(digest) \(size) \(marks)"
        }
    }

    private func dpkgLines(_ tree: RPMTestTree, limits: Limits = Limits()) throws -> [String] {
        let database = try #require(try DpkgDatabase(in: tree, limits: limits))
        return lines(try database.recordedFiles(in: tree), database.packages)
    }

    @Test func `dpkg records paths, MD5 digests and configuration`() throws {
        let tree = Self.dpkg(
            [
                "var/lib/dpkg/status": Self.record(
                    "a",
                    conffiles: " /etc/a b.conf \(Self.abc)\n /etc/old \(Self.empty) obsolete\n /etc/new newconffile\n")
                    + Self.record("libc6") + Self.record("libc6", "i386", conffiles: " /etc/ld \(Self.abc)\n"),
                "var/lib/dpkg/info/a.list": "/.\n/bin\n/bin/x\n/bin/y\n/etc/a b.conf\n/etc/old\n/etc/new\n/bin/z\n",
                "var/lib/dpkg/info/a.md5sums": "\(Self.abc)  bin/x\n\(Self.empty) *bin/y\nnonsense\n\nzz  bin/z\n",
                "var/lib/dpkg/info/libc6:i386.list": "/etc/ld\n",
            ], links: ["bin": "usr/bin"])
        #expect(
            try dpkgLines(tree) == [
                "a bin - - - ", "a usr/bin/x file MD5:90015098 - ", "a usr/bin/y file MD5:d41d8cd9 - ",
                "a etc/a b.conf file MD5:90015098 - c", "a etc/old file MD5:d41d8cd9 - c", "a etc/new - - - c",
                "a usr/bin/z - - - ", "libc6 etc/ld file MD5:90015098 - c",
            ])
    }

    @Test func `a diverted file is recorded where the diversion puts it`() throws {
        let tree = Self.dpkg([
            "var/lib/dpkg/status": Self.record("a") + Self.record("b"),
            "var/lib/dpkg/info/a.list": "/bin/x\n", "var/lib/dpkg/info/a.md5sums": "\(Self.abc)  bin/x\n",
            "var/lib/dpkg/info/b.list": "/bin/x\n", "var/lib/dpkg/diversions": "/bin/x\n/bin/x.real\nb\n",
        ])
        #expect(try dpkgLines(tree) == ["a bin/x.real file MD5:90015098 - ", "b bin/x - - - "])
    }

    @Test func `the digests of distroless images are recorded`() throws {
        let tree = Self.dpkg([
            "var/lib/dpkg/status.d/base": "Package: base\nVersion: 1\n",
            "var/lib/dpkg/status.d/base.md5sums": "\(Self.abc)  etc/x\n\(Self.abc)  ./usr/y\n",
        ])
        #expect(try dpkgLines(tree) == ["base etc/x file MD5:90015098 - ", "base usr/y file MD5:90015098 - "])
    }

    @Test func `files have a limit over all packages of a database`() throws {
        var limits = Limits()
        limits.recordedFileCount = 3
        var files = [
            "var/lib/dpkg/status": Self.record("a") + Self.record("b"), "var/lib/dpkg/info/a.list": "/1\n/2\n",
            "var/lib/dpkg/info/b.list": "/3\n",
        ]
        #expect(try dpkgLines(Self.dpkg(files), limits: limits).count == 3)
        files["var/lib/dpkg/info/b.list"] = "/3\n/4\n"
        let error = #expect(throws: PackageDatabaseError.self) { try dpkgLines(Self.dpkg(files), limits: limits) }
        #expect(error?.code == .limit && error?.message.contains("recordedFileCount") == true)
        var header = RPMTestHeader("a")
        header.own(["/1", "/2", "/3", "/4"])
        let rpmError = try #require(throws: PackageDatabaseError.self) {
            try rpmLines([header.encoded()], limits: limits)
        }
        #expect(rpmError.code == .limit)
    }

    private func rpmLines(_ headers: [[UInt8]], limits: Limits = Limits()) throws -> [String] {
        let tree = RPMTestTree(
            files: ["var/lib/rpm/rpmdb.sqlite": try RPMTestStore.sqlite(headers)], links: ["bin": "usr/bin"])
        let database = try #require(try RPMDatabase(in: tree, limits: limits))
        return lines(try database.recordedFiles(in: tree), database.packages)
    }

    /// A header with a file for each thing that rpm records.
    private static func header() -> RPMTestHeader {
        let files: [(path: String, mode: UInt32, flags: UInt32, verify: UInt32, state: UInt8, link: String)] = [
            ("/bin/x", 0o100755, 0, .max, 0, ""), ("/bin/link", 0o120777, 0, .max, 0, "x"),
            ("/etc/c", 0o100644, 17, .max, 0, ""), ("/usr/doc", 0o100644, 2, .max, 0, ""),
            ("/var/ghost", 0o100644, 64, .max, 0, ""), ("/etc/m", 0o100644, 9, .max, 0, ""),
            ("/etc/v", 0o100644, 1, ~3, 0, ""), ("/etc/s", 0o100644, 1, ~1, 0, ""),
            ("/var/lib", 0o040755, 0, .max, 0, ""), ("/dev/null", 0o020666, 0, .max, 0, ""),
            ("/r", 0o100644, 0, .max, 1, ""), ("/n", 0o100644, 0, .max, 2, ""), ("/s", 0o100644, 0, .max, 3, ""),
            ("/w", 0o100644, 0, .max, 4, ""), ("/ghost-link", 0o120777, 64, .max, 0, "x"),
        ]
        var header = RPMTestHeader("a")
        header.own(files.map(\.path), states: files.map(\.state))
        header.values[1028] = .numbers(files.indices.map { UInt32($0) })
        header.values[1030] = .halves(files.map { UInt16($0.mode) })
        header.values[1035] = .strings(files.map { $0.mode >> 12 == 8 ? Self.abc : "" })
        header.values[1036] = .strings(files.map(\.link))
        header.values[1037] = .numbers(files.map(\.flags))
        header.values[1045] = .numbers(files.map(\.verify))
        return header
    }

    @Test func `rpm records kinds, digests, sizes, links and what may differ`() throws {
        #expect(
            try rpmLines([Self.header().encoded()]) == [
                "a usr/bin/x file MD5:90015098 0 ", "a usr/bin/link -> x symbolicLink - - ",
                "a etc/c file MD5:90015098 2 c", "a usr/doc file MD5:90015098 3 d", "a var/ghost file - - o",
                "a etc/m file MD5:90015098 5 co", "a etc/v file - - c", "a etc/s file - 7 c",
                "a var/lib directory - - ", "a dev/null other - - ", "a r - - - f", "a s - - - o", "a w file - - f",
                "a ghost-link symbolicLink - - o",
            ])
    }

    @Test func `the algorithm of rpm's digests is stated`() throws {
        for (number, hex, expected) in [
            (2 as UInt32, "a9993e364706816aba3e25717850c26c9cd0d89d", "SHA1:a9993e36"),
            (8, ContentDigest.of(Array("abc".utf8)).hex, "SHA256:ba7816bf"),
            // SHA-512 is not compared; a value of another size is none.
            (10, String(repeating: "0", count: 128), "-"), (8, Self.abc, "-"), (1, Self.abc, "MD5:90015098"),
        ] {
            var header = RPMTestHeader("a")
            header.own(["/x"])
            header.values[1030] = .halves([0o100644])
            header.values[1035] = .strings([hex])
            header.values[5011] = .numbers([number])
            header.values[5008] = .longNumbers([1 << 33])
            #expect(try rpmLines([header.encoded()]) == ["a x file \(expected) 8589934592 "])
        }
    }

    @Test func `arrays of a header that are too short or of another type record nothing`() throws {
        var header = Self.header()
        for tag in [1028, 1030, 1035, 1036, 1037, 1045] as [UInt32] { header.values[tag] = .string("x") }
        let found = try rpmLines([header.encoded()])
        #expect(found.first == "a usr/bin/x - - - ")
        #expect(found.count == 14)
        header = Self.header()
        header.values[1116] = .numbers([0, 400, 2])
        #expect(
            try rpmLines([header.encoded()]) == ["a usr/bin/x file MD5:90015098 0 ", "a etc/c file MD5:90015098 2 c"])
    }

    @Test func `a damaged header or list records something or nothing`() throws {
        for damaged in mutations(of: Self.header().encoded(), count: 300, seed: 14) { _ = try? rpmLines([damaged]) }
        let list = Array("/bin/x\n/etc/y\n".utf8)
        let digests = Array("\(Self.abc)  bin/x\n".utf8)
        let status = Array(Self.record("a", conffiles: " /etc/y \(Self.abc)\n").utf8)
        for seed in 0..<100 as Range<UInt64> {
            var tree = RPMTestTree()
            for (path, bytes) in [("status", status), ("info/a.list", list), ("info/a.md5sums", digests)] {
                tree.files["var/lib/dpkg/" + path] = mutations(of: bytes, count: 1, seed: seed).first ?? []
            }
            if let database = try? DpkgDatabase(in: tree, limits: Limits()) {
                #expect(try database.recordedFiles(in: tree).count < 10)
            }
        }
    }
}
