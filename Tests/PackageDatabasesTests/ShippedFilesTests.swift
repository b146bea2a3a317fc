import ByteStreams
import PackageDatabases
import Testing

/// What kinds of files packages ship.
@Suite struct ShippedFilesTests {
    private func kinds(_ paths: String...) -> String {
        var shipped = ShippedFiles()
        for path in paths {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            shipped.add(
                folder: Array(parts.dropLast().joined(separator: "/").utf8)[...],
                name: Array((parts.last ?? "").utf8)[...])
        }
        return (shipped.hasPrograms ? "programs " : "") + (shipped.hasLibraries ? "libraries" : "")
    }

    @Test(arguments: [
        "/bin/sh", "/usr/bin/python3.11", "usr/sbin/adduser", "/usr/games/nethack", "/usr/local/bin/app",
        "/usr/libexec/git-core/git-add", "/sbin/ldconfig", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java",
        "/opt/app/bin/app",
    ])
    func `a file in a folder for programs is a program`(path: String) {
        #expect(kinds(path) == "programs ")
    }

    @Test(arguments: [
        "/lib/x86_64-linux-gnu/libc.so.6", "/usr/include/stdio.h", "/usr/lib/python3/dist-packages/json.py",
        "usr/lib/x86_64-linux-gnu/libz.a", "/usr/share/perl5/Foo.pm", "/usr/share/javascript/p/p.js",
        "/usr/share/java/a.jar", "/lib/modules/6.1/kernel/e1000.ko.xz", "/usr/lib/x/libssl.so.1.1.1",
        "/usr/lib/node_modules/a/bin/a.js",
    ])
    func `a library, a header or a module is a library`(path: String) {
        #expect(kinds(path) == "libraries")
    }

    @Test(arguments: [
        "/usr/bin", "/etc/protocols", "/usr/share/doc/a/examples/a.py", "/usr/share/man/man1/a.1.gz", "/a.py",
        "/etc/init.d/x.py", "/usr/share/zoneinfo/UTC", "/usr/lib/locale/C.utf8", "/usr/share/icons/a.5", "", "/",
    ])
    func `anything else is neither`(path: String) {
        #expect(kinds(path) == "")
    }

    @Test func `dpkg's lists and lists of digests are read`() throws {
        func record(_ name: String) -> String {
            "Package: \(name)\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
        }
        let files = [
            "var/lib/dpkg/status": record("a") + record("b") + record("c"),
            "var/lib/dpkg/info/a.list": "/.\n/usr\n/usr/bin\n/usr/bin/a\n/usr/lib/liba.so\n",
            "var/lib/dpkg/info/b:amd64.list": "/.\n/usr/lib/libb.so.1\n",
        ]
        let tree = RPMTestTree(files: files.mapValues { Array($0.utf8) })
        let shipped = try #require(try DpkgDatabase(in: tree, limits: Limits())).shippedFiles(in: tree)
        #expect(shipped.map { $0?.hasPrograms } == [true, false, nil])
        #expect(shipped.map { $0?.hasLibraries } == [true, true, nil])

        let digests = [
            "var/lib/dpkg/status.d/a": record("a"),
            "var/lib/dpkg/status.d/a.md5sums": "00  usr/bin/a\n11 *usr/lib/a/a.so\n",
        ]
        let other = RPMTestTree(files: digests.mapValues { Array($0.utf8) })
        let distroless = try #require(try DpkgDatabase(in: other, limits: Limits())).shippedFiles(in: other)
        #expect(distroless.map { $0?.hasPrograms } == [true] && distroless.map { $0?.hasLibraries } == [true])
    }
}
