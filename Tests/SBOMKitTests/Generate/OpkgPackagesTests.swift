import SBOMKit
import TestSupport
import Testing

/// Images whose packages opkg installed.
@Suite struct OpkgPackagesTests {
    static let status = """
        Package: busybox
        Version: 1.36.1-1
        Depends: libc
        Status: install user installed
        Architecture: x86_64

        Package: libc
        Version: 1.2.4-4
        Status: install user installed
        Architecture: x86_64


        """

    @Test func `packages of OpenWrt have generic package URLs`() async throws {
        let generated = try await generated(
            TinyImage([
                "etc/os-release": "ID=\"openwrt\"\nVERSION_ID=\"23.05.3\"\n", "usr/lib/opkg/status": Self.status,
                "usr/lib/opkg/info/busybox.list": "/bin/busybox\n",
                "usr/lib/opkg/info/busybox.postinst": "#!/bin/sh\n", "bin/busybox": "\u{7F}ELF\u{2}\u{1}\u{1}",
            ]))
        let document = try Document(generated)
        #expect(
            document.package("busybox")?.purl
                == "pkg:generic/busybox@1.36.1-1?arch=x86_64&distro=openwrt-23.05.3")
        #expect(document.edges.contains("busybox DEPENDS_ON libc"))
        #expect(generated.notices.isEmpty)
    }

    @Test func `a database beside that of the system is a blind spot`() async throws {
        let generated = try await generated(
            TinyImage([
                "etc/os-release": "ID=openwrt\nVERSION_ID=23.05.3\n", "usr/lib/opkg/status": Self.status,
                "opt/lib/opkg/status": Self.status,
            ]))
        #expect(generated.summary.packageCount == 2)
        #expect(generated.notices.map(\.code) == ["not-read-entware"])
    }
}
