import ByteStreams
import PackageDatabases
import SBOMKit
import TestSupport
import Testing

@Suite struct BlindSpotsTests {
    static let paths: KeyValuePairs<String, String?> = [
        "lib/apk/db/installed": "apk", "usr/lib/apk/db/installed": "apk", "opt/lib/apk/db/installed": nil,
        "var/lib/dpkg/status": "dpkg", "var/lib/dpkg/arch": nil, "var/lib/rpm/Packages": "rpm",
        "var/lib/rpm/rpmdb.sqlite": "rpm", "usr/lib/sysimage/rpm/Packages.db": "rpm",
        "usr/share/rpm/rpmdb.sqlite": "rpm", "var/lib/rpmmanifest/container-manifest-2": "rpm",
        "var/lib/rpm/rpmdb.sqlite-wal": nil, "var/lib/rpm/sub/Packages": nil, "home/x/var/lib/rpm/Packages": nil,
        "var/lib/pacman/local/bash-5.2-1/desc": "pacman", "var/lib/pacman/local/bash-5.2-1/files": nil,
        "var/db/pkg/sys-apps/sed-4.9/CONTENTS": "portage", "usr/lib/opkg/status": "opkg",
        "opt/lib/opkg/status": "entware",
        "opt/share/lib/opkg/status": "entware", "var/lib/opkg/status": "opkg", "lib/opkg/status": nil,
        "nix/var/nix/db/db.sqlite": "nix",
        "usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA": "python",
        "usr/lib/python3/dist-packages/six.egg-info/PKG-INFO": "python",
        "usr/lib/python3/dist-packages/six-1.16.0.dist-info/RECORD": nil,
        "usr/lib/python3/dist-packages/six-1.16.0.egg-info": "python",
        "opt/conda/conda-meta/python-3.12.json": "conda", "opt/conda/conda-meta/history": nil, "conda-meta.json": nil,
        "app/node_modules/left-pad/package.json": "node", "app/node_modules/@types/node/package.json": "node",
        "app/package.json": nil, "app/node_modules/left-pad/lib/package.json": nil,
        "node_modules/a/node_modules/b/package.json": "node",
        "usr/lib/ruby/gems/3.1.0/specifications/rake-13.gemspec": "ruby", "app/x.gemspec": nil,
        "usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.gemspec": "ruby",
        "app/app.jar": "java", "app/app.war": "java", "app/app.ear": "java", "app/jar": nil, "app/ajar": nil,
        "app/vendor/composer/installed.json": "php", "app/App.deps.json": "dotnet",
        "usr/lib/R/site-library/Rcpp/Meta/package.rds": "r", "etc/passwd": nil, "": nil,
        "var/db/xbps/pkgdb-0.38.plist": "xbps", "var/db/xbps/htable.plist": nil,
        "var/lib/pkgtools/packages/bash-5.2-x86_64-1": "slackware", "usr/share/clear/bundles/os-core": "swupd",
        "var/lib/eopkg/package/bash-5.2-1-1/metadata.xml": "eopkg", "var/db/pkg/local.sqlite": "freebsd",
        "var/lib/chisel/manifest.wall": "chisel", "var/lib/db/sbom/bash-5.2-r1.spdx.json": "apko",
        "nix/store/0a1b-hello-2.12/bin/hello": "nix", "nix/store": nil, "gnu/store/0a1b-hello-2.12/bin/hello": "guix",
        "opt/bitnami/redis/.spdx-redis.spdx": "bitnami", "opt/bitnami/.bitnami_components.json": "bitnami",
        "home/linuxbrew/.linuxbrew/Cellar/jq/1.7/INSTALL_RECEIPT.json": "homebrew", "INSTALL_RECEIPT.json": nil,
        "var/lib/flatpak/app/org.x/x86_64/stable/0a1b/metadata": "flatpak", "app/metadata": nil,
        "home/a/.local/share/flatpak/app/org.x/x86_64/stable/0a1b/metadata": "flatpak",
        "var/lib/snapd/snaps/core_1.snap": "snap", "snap/core/1/meta/snap.yaml": "snap", "app/test/a.snap": nil,
        "opt/spack/.spack-db/index.json": "spack", "opt/spack/zlib-1/.spack/spec.json": "spack",
        "app/.yarn/cache/a-npm-1.zip": "node",
        "root/.cache/deno/npm/registry.npmjs.org/chalk/5.0.0/package.json": "node",
        "deno-dir/deno/npm/registry.npmjs.org/@std/fs/1.0.0/package.json": "node",
        "app/deps/x/hex_metadata.config": "hex", "usr/local/lib/erlang/lib/kernel-9/ebin/kernel.app": "hex",
        "usr/local/lib/luarocks/rocks-5.4/x/1-1/x-1-1.rockspec": "lua",
        "usr/local/lib/perl5/5.38/auto/JSON/.packlist": "perl",
        "root/.cabal/store/ghc-9/package.db/package.conf.d/a.conf": "haskell",
        "root/.opam/default/.opam-switch/packages/dune.3/opam": "opam",
        "root/.julia/packages/JSON/0a1b/Project.toml": "julia", "app/Project.toml": nil,
        "root/.pub-cache/hosted/pub.dev/path-1.9/pubspec.yaml": "dart", "app/pubspec.yaml": nil,
        "root/go/pkg/mod/cache/download/golang.org/x/net/@v/v0.1.0.mod": "go", "app/go.sum": "go", "app/go.mod": nil,
        "app/Cargo.lock": "lock-file", "app/bun.lock": "lock-file", "app/yarn.lock": "lock-file",
        "app/x.lock": nil, "app/apk.lock": nil, "opt/app/lib/a.jpi": "java",
    ]

    @Test(arguments: paths.map { ($0.key, $0.value) })
    func `the name of a file shows the package manager`(path: String, expected: String?) {
        let kinds = BlindSpots(systems: PackageSystems.all).kinds.filter { $0.matches(Array(path.utf8)[...]) }.map(
            \.code)
        #expect(kinds == (expected.map { [$0] } ?? []))
    }

    /// The options that read no packages of languages.
    private static var systemAlone: Generator.Options {
        var options = Generator.Options()
        options.packages = .os
        return options
    }

    @Test func `only what no package owns is a blind spot`() async throws {
        let metadata = "Metadata-Version: 2.1\nName: x\nVersion: 1\n"
        let image = TinyImage([
            "var/lib/dpkg/status":
                "Package: python3-six\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n",
            "var/lib/dpkg/info/python3-six.list":
                "/.\n/usr\n/usr/lib/python3/dist-packages/six-1.dist-info/METADATA\n/lib/python3/dist-packages/linked-1.dist-info/METADATA\n",
            "etc/os-release": "ID=debian\n",
            "usr/lib/python3/dist-packages/six-1.dist-info/METADATA": metadata,
            "usr/lib/python3/dist-packages/linked-1.dist-info/METADATA": metadata,
            "usr/local/lib/python3.11/site-packages/pip-23.dist-info/METADATA": metadata,
            "usr/local/lib/python3.11/site-packages/six-1.dist-info/METADATA": metadata,
        ])
        var linked = image
        linked.entries.append(("lib", .link(to: "usr/lib")))
        let generated = try await generated(linked, Self.systemAlone)
        #expect(
            generated.notices.map(\.line) == [
                "blind not-read-python usr/local/lib/python3.11/site-packages/pip-23.dist-info/METADATA: "
                    + "Python packages that no system package owns are not read (2 found)"
            ])
        #expect(generated.isBlind)
        // Without the link the list speaks of another file.
        let unlinked = try await SBOMKitTests.generated(image, Self.systemAlone)
        #expect(unlinked.notices.first?.message.hasSuffix("(3 found)") == true)
    }

    @Test func `what packages of a distroless image own is no blind spot`() async throws {
        let image = TinyImage([
            "var/lib/dpkg/status.d/openjdk": "Package: openjdk\nVersion: 17\nArchitecture: amd64\n",
            "var/lib/dpkg/status.d/openjdk.md5sums":
                "d41d8cd98f00b204e9800998ecf8427e  usr/lib/jvm/rt.jar\n0123456789abcdef0123456789abcdef *opt/with a blank.jar\n",
            "etc/os-release": "ID=debian\n", "usr/lib/jvm/rt.jar": "", "opt/with a blank.jar": "",
        ])
        let owned = try await generated(image)
        #expect(owned.notices.isEmpty)
        #expect(try Document(owned).json["comment"].text.hasPrefix("Completeness: complete"))
        var other = image
        other.entries.append(("app/app.jar", .file([])))
        let blind = try await generated(other, Self.systemAlone)
        #expect(blind.notices.map(\.code) == ["not-read-java"])
        #expect(try Document(blind).json["comment"].text.hasPrefix("Completeness: incomplete."))
    }

    @Test(
        arguments: ["debian-small", "debian-layers", "links", "distroless", "docker-types", "compressions", "alpine"])
    func `images that are read whole are not called incomplete`(name: String) async throws {
        let generated = try await Fixture(name).generated()
        #expect(!generated.isBlind)
    }

    @Test(arguments: ["blind", "scratch", "foreign", "encrypted"])
    func `images that are not read whole are called incomplete`(name: String) async throws {
        let generated = try await Fixture(name).generated()
        #expect(generated.isBlind)
        let comment = try Document(generated).json["comment"].text
        #expect(comment.hasPrefix("Completeness: incomplete.\nNot described: "))
        for notice in generated.notices where notice.severity == .blind {
            #expect(comment.contains("Not described: \(notice.place): \(notice.message)."))
        }
    }
}

/// What must not be said of an image, and what must.
@Suite struct HonestyTests {
    @Test func `a package that is listed twice is reported`() async throws {
        let record = "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: "
        let image = try await generated(TinyImage(["var/lib/dpkg/status": record + "1\n\n" + record + "2\n"]))
        #expect(image.notices.map(\.code).contains("repeated-package"))
        #expect(image.summary.packageCount == 2)
    }

    @Test func `layers of origin that exceed a limit are left out and reported`() async throws {
        let path = "\(packageFolder)/Fixtures/debian-layers"
        var limits = Limits()
        limits.historySize = 1_000
        let image = try await Generator(options: .init(), limits: limits).read(path)
        #expect(image.notices.map(\.code).contains("no-layers"))
        #expect(!String(decoding: try image.spdx, as: UTF8.self).contains("LayerDiffID"))
        let whole = try await Generator().read(path)
        #expect(!whole.notices.map(\.code).contains("no-layers"))
        #expect(String(decoding: try whole.spdx, as: UTF8.self).contains("LayerDiffID"))
        #expect(image.summary.packageCount == whole.summary.packageCount)
    }

    @Test func `an os-release that is too large is not reported as absent`() async throws {
        let image = try await generated(
            TinyImage(["etc/os-release": "ID=debian\n" + String(repeating: "#", count: 1 << 20)]))
        #expect(image.notices.map(\.code).contains("os-release"))
        #expect(!image.notices.map(\.code).contains("no-os-release"))
        #expect(image.isBlind)
    }
}
