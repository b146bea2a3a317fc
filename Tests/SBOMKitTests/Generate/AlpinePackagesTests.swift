import ByteStreams
import PackageDatabases
import SBOMKit
import SBOMModel
import StructuredText
import TestSupport
import Testing

/// Images whose packages apk or apko installed.
@Suite struct AlpinePackagesTests {
    static let wolfi = "ID=wolfi\nNAME=Wolfi\nVERSION_ID=20230201\n"
    static let record = """
        C:Q1TchuuLUfur0izvfZQZxgN/LJhB8=
        P:Busybox
        V:1.36.1_git1+x-r5
        A:x86_64
        L:GPL-2.0-only
        o:busybox-suite
        F:usr/bin
        R:busybox
        F:var/lib/db/sbom
        R:busybox-1.36.1-r5.spdx.json


        """

    private func image(_ files: KeyValuePairs<String, String>) -> TinyImage {
        var image = TinyImage(files)
        image.entries.append(("etc/os-release", .file(Array(Self.wolfi.utf8))))
        return image
    }

    @Test(arguments: [
        ("ID=alpine\nVERSION_ID=3.20.3\n", "alpine", "&distro=alpine-3.20.3"),
        ("ID=alpine\nVERSION_ID=3.23.0_alpha20251016\n", "alpine", "&distro=alpine-3.23.0_alpha20251016"),
        ("ID=wolfi\nVERSION_ID=20230201\n", "wolfi", "&distro=wolfi-20230201"),
        ("ID=chainguard\nVERSION_ID=20230214\n", "chainguard", "&distro=chainguard-20230214"),
        ("ID=OpenWrt\nVERSION_ID=25.12\n", "openwrt", "&distro=OpenWrt-25.12"), ("", "alpine", ""),
    ])
    func `a package is of its distribution, or of Alpine where that is not known`(
        release: String, namespace: String, distro: String
    ) {
        var package = InstalledPackage(
            ecosystem: .apk, name: "LibA", version: "1.0_p1~ab-r0", architecture: "x86_64", database: "installed")
        let system = OSRelease(parsing: Array(release.utf8))
        let url = "pkg:apk/\(namespace)/liba@1.0_p1~ab-r0?arch=x86_64\(distro)"
        #expect(PackageURL(package, system).description == url)
        package.source = .init(name: "LibA")
        #expect(PackageURL(package, system).description == url)
        package.source = .init(name: "suite")
        #expect(PackageURL(package, system).description == url + "&upstream=suite")
        package.architecture = nil
        #expect(PackageURL(package, nil).description == "pkg:apk/alpine/liba@1.0_p1~ab-r0?upstream=suite")
    }

    @Test(arguments: ["lib", "usr/lib"])
    func `the database is read in both places`(folder: String) async throws {
        var tiny = image(["\(folder)/apk/db/installed": Self.record])
        if folder != "lib" { tiny.entries.append(("lib", .link(to: "usr/lib"))) }
        let generated = try await generated(tiny)
        #expect(generated.notices.map(\.code) == ["malformed-version"])
        let package = try #require(try Document(generated).package("Busybox"))
        #expect(
            package.purl
                == "pkg:apk/wolfi/busybox@1.36.1_git1%2Bx-r5?arch=x86_64&distro=wolfi-20230201&upstream=busybox-suite")
        #expect(package["licenseDeclared"].text == "GPL-2.0-only")
        #expect(package["checksums"].array.isEmpty)
    }

    @Test(arguments: [
        ("https://dl-cdn.alpinelinux.org/alpine/v3.20/main\n", "alpine-3.20", "&distro=alpine-3.20"),
        ("# x/alpine/v1.2/main\n@t http://x/alpine/edge/main\n", "alpine", "&distro=alpine"),
        (
            "http://x/alpine/latest/main\nhttp://x/alpine/v3.9.1/main\nhttp://x/alpine/v3.9\n", "alpine-3.9",
            "&distro=alpine-3.9"
        ),
        ("https://packages.wolfi.dev/os\n", nil, ""), ("http://x/alpine\n", nil, ""),
    ])
    func `without os-release the repositories name the system`(
        repositories: String, name: String?, distro: String
    ) async throws {
        let generated = try await generated(
            TinyImage(["lib/apk/db/installed": "P:a\nV:1\nA:noarch\n", "etc/apk/repositories": repositories]))
        let document = try Document(generated)
        #expect(document.package("a")?.purl == "pkg:apk/alpine/a@1?arch=noarch\(distro)")
        let notice = try #require(generated.notices.first { $0.code == "no-os-release" })
        #expect(
            notice.message.hasSuffix(
                name.map { "; etc/apk/repositories names \($0)" } ?? "package URLs have no distro"))
        let system = document.packages.first { $0["SPDXID"].text.hasPrefix("SPDXRef-OperatingSystem-alpine") }
        #expect(
            system?["sourceInfo"].text == name.map { _ in "etc/apk/repositories; apk database lib/apk/db/installed" })
    }

    @Test func `the SBOMs of packages that the database lists are no blind spot`() async throws {
        let path = "var/lib/db/sbom/busybox-1.36.1-r5.spdx.json"
        let listed = try await generated(image(["lib/apk/db/installed": Self.record, path: "{}"]))
        #expect(!listed.isBlind)
        // apko can leave out the database.
        let alone = try await generated(image([path: "{}"]))
        #expect(alone.notices.map(\.code) == ["embedded-sboms", "not-read-apko"])
    }

    @Test func `packages of several package managers are reported`() async throws {
        let status = "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
        let both = try await generated(
            image(["lib/apk/db/installed": Self.record, "var/lib/dpkg/status": status]))
        let notice = try #require(both.notices.first { $0.code == "several-systems" })
        #expect(notice.message == "packages of several package managers are installed: dpkg (1), apk (1)")
        #expect(both.summary.packageCount == 2)
        let one = try await generated(image(["lib/apk/db/installed": Self.record, "var/lib/dpkg/status": "\n"]))
        #expect(!one.notices.contains { $0.code == "several-systems" })
    }

    @Test func `a database beyond a limit is a blind spot`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        try image(["lib/apk/db/installed": "P:a\nV:1\nD:x y\n"]).write(toFolder: "\(folder)/layout")
        var limits = Limits()
        limits.relationCount = 1
        let inventory = try await Generator(options: .init(), limits: limits, systems: PackageSystems.all)
            .read("\(folder)/layout")
        #expect(inventory.notices.first?.code == "apk-database")
        #expect(inventory.isBlind)
    }

    @Test func `files that packages own are compared with their digests`() async throws {
        let options = {
            var options = Generator.Options()
            options.files = .modified
            return options
        }()
        let digest = try shell("printf contents | openssl dgst -sha1 -binary | base64").text.trimmed
        let cut = try shell("printf contents | openssl dgst -sha256 -binary | head -c 20 | base64").text.trimmed
        let target = try shell("printf /usr/bin/a | openssl dgst -sha1 -binary | base64").text.trimmed
        func files(_ flags: String, _ value: String) -> String {
            """
            P:a
            V:1
            \(flags)F:usr/bin
            R:a
            Z:Q1\(value)
            R:link
            Z:Q1\(flags.isEmpty ? target : value)


            """
        }
        func changes(_ database: String, _ contents: String) async throws -> [String] {
            var tiny = image(["lib/apk/db/installed": database, "usr/bin/a": contents])
            tiny.entries.append(("usr/bin/link", .link(to: "/usr/bin/a")))
            return try Document(try await generated(tiny, options)).packages.flatMap { package in
                package["annotations"].array.map(\.["comment"].text).filter {
                    $0.hasPrefix("FileState") || $0.hasPrefix("RecordedDigest") || $0.hasPrefix("ChangedLink")
                }
            }
        }
        #expect(try await changes(files("", digest), "contents").isEmpty)
        #expect(
            try await changes(files("", digest), "other").map { $0.prefix(21) } == [
                "FileState: changed", "RecordedDigest: SHA1:",
            ])
        let link = "ChangedLink: /usr/bin/link leads to /usr/bin/a"
        #expect(try await changes(files("f:S\n", cut), "contents") == [link])
        #expect(
            try await changes(files("f:S\n", cut), "other").map { $0.prefix(28) } == [
                link.prefix(28), "FileState: changed", "RecordedDigest: SHA256-160: ",
            ])
    }

    @Test func `syft and grype find the sources in CycloneDX too`() async throws {
        let generated = try await Fixture("alpine").generated()
        let json = try JSONValue(parsing: generated.document(.cycloneDX(.v1_6)), limits: Limits())
        func property(_ name: String, of package: String) -> String? {
            json["components"].array.first { $0["name"].text == package }?["properties"].array
                .first { $0["name"].text == name }?["value"].text
        }
        #expect(property("syft:package:metadataType", of: "libmini") == "apk-db-entry")
        #expect(property("syft:metadata:originPackage", of: "libmini") == "mini")
        #expect(property("syft:metadata:originPackage", of: "alpha") == nil)
        let check = try DocumentCheck(generated.document(.cycloneDX(.v1_6)), against: .scanner)
        let grype = try #require(check.sections.first { $0.name == "grype" })
        let sources = grype.facts.first { $0.name == "sources" }?.value
        #expect(sources == .number(3))
        #expect(check.sections.flatMap(\.findings).isEmpty)
    }

    @Test func `a source has no package URL`() async throws {
        var options = Generator.Options()
        options.sources = true
        let generated = try await Fixture("alpine").generated(options)
        let source = try #require(
            try Document(generated).packages.first { $0["SPDXID"].text.hasPrefix("SPDXRef-Source-apk-mini-") })
        #expect(source["versionInfo"].text == "1.2.5-r0")
        #expect(source["externalRefs"].array.isEmpty)
    }
}
