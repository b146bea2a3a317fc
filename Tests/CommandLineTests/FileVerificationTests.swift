import Foundation
import TestSupport
import Testing

/// Changed and missing files against `dpkg --verify` and `rpm -V`, on systems that dpkg and rpm installed.
@Suite(
    .needs(
        have("dpkg", "dpkg-deb", "rpm", "rpmbuild", "python3", "umoci") && getuid() == 0, "dpkg, rpm, umoci and root"))
struct FileVerificationTests {
    private static let comparison = packageFolder + "/Tests/verification/verification.py"

    private func compare(_ images: String) throws -> ShellResult {
        try shell("python3 \(Self.comparison) --sbomkit '\(program)' \(images)")
    }

    @Test func `what dpkg finds changed and missing is found`() throws {
        try withTemporaryFolder { folder in
            let made = try shell(
                """
                set -e; cd \(folder); mkdir -p p/DEBIAN p/etc p/usr/bin p/usr/share/doc/p p/usr/share/locale/de
                printf '%s\\n' 'Package: p' 'Version: 1' 'Architecture: all' 'Maintainer: A <a@example.org>' 'Description: p' \
                    > p/DEBIAN/control
                printf '/etc/%s.conf\\n' kept changed gone > p/DEBIAN/conffiles
                for file in etc/kept.conf etc/changed.conf etc/gone.conf usr/bin/kept usr/bin/changed usr/bin/gone usr/bin/diverted \
                    usr/bin/linked usr/bin/dangling usr/bin/none usr/share/doc/p/README usr/share/locale/de/p.mo
                do echo $file > p/$file; done
                ln -s kept p/usr/bin/link; ln -s kept p/usr/bin/gone-link
                (cd p; find usr -type f ! -name none | xargs md5sum > DEBIAN/md5sums)
                dpkg-deb --root-owner-group -b p p.deb
                mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates root/var/lib/dpkg/triggers; : > root/var/lib/dpkg/status
                mkdir -p root/usr/bin; ln -s usr/bin root/bin
                dpkg --root=root --log=/dev/null --path-exclude='/usr/share/doc/*' -i p.deb
                cd root; echo more >> usr/bin/changed; echo more >> usr/bin/none; echo more >> etc/changed.conf
                rm usr/bin/gone usr/bin/gone-link etc/gone.conf
                mv usr/bin/diverted usr/bin/diverted.real; echo other > usr/bin/diverted
                printf '%s\\n' /usr/bin/diverted /usr/bin/diverted.real : > var/lib/dpkg/diversions
                mv usr/bin/linked usr/bin/target; ln -s target usr/bin/linked
                rm usr/bin/dangling; ln -s nowhere usr/bin/dangling
                """)
            try #require(made.code == 0, "\(made.errors)")
            let result = try compare("rootfs:\(folder)/root")
            #expect(result.code == 0, "\(result.text)\(result.errors)")
            // Links that dpkg lists are looked for; what they lead to is not recorded.
            #expect(
                result.text.contains(
                    "sbomkit: 2 changed, 3 missing, 2 replaced, 0 links, 2 of documentation; "
                        + "dpkg: 2 changed, 3 missing, 2 replaced, 0 links, 2 of documentation"), "\(result.text)")
        }
    }

    @Test func `what rpm finds changed and missing is found`() throws {
        try withTemporaryFolder { folder in
            let spec = """
                Name: p
                Version: 1
                Release: 1
                Summary: p
                License: MIT
                %description
                p
                %install
                mkdir -p %{buildroot}/usr/bin %{buildroot}/etc %{buildroot}/usr/share/doc/p %{buildroot}/var/lib/p/gone
                for file in usr/bin/kept usr/bin/changed usr/bin/gone usr/bin/linked etc/kept etc/changed etc/gone etc/optional \\
                    etc/free etc/size var/lib/p/ghost usr/share/doc/p/README usr/share/doc/p/gone
                do echo $file > %{buildroot}/$file; done
                ln -s kept %{buildroot}/usr/bin/link; ln -s kept %{buildroot}/usr/bin/changed-link
                %files
                /usr/bin/*
                %config /etc/kept
                %config(noreplace) /etc/changed
                %config /etc/gone
                %config(missingok) /etc/optional
                %verify(not md5 size) /etc/free
                %verify(not md5) /etc/size
                %ghost /var/lib/p/ghost
                %dir /var/lib/p/gone
                %doc /usr/share/doc/p/README
                %doc /usr/share/doc/p/gone

                """
            try write(Array(spec.utf8), toFile: "\(folder)/p.spec")
            let made = try shell(
                """
                set -e; cd \(folder); export HOME=\(folder)
                rpmbuild -bb --target noarch --define '_topdir \(folder)/build' --define '_build_id_links none' \
                    --define '__os_install_post %{nil}' p.spec
                mkdir -p root/usr/lib/sysimage/rpm
                rpm --root \(folder)/root --dbpath /usr/lib/sysimage/rpm --nosignature -i build/RPMS/noarch/p-1-1.noarch.rpm
                cd root; for file in usr/bin/changed etc/changed etc/free etc/size; do echo more >> $file; done
                rm -f usr/bin/gone etc/gone etc/optional usr/share/doc/p/gone var/lib/p/ghost; rmdir var/lib/p/gone
                mv usr/bin/linked usr/bin/target; ln -s target usr/bin/linked
                rm usr/bin/changed-link; ln -s changed usr/bin/changed-link
                """)
            try #require(made.code == 0, "\(made.errors)")
            let result = try compare("rootfs:\(folder)/root")
            #expect(result.code == 0, "\(result.text)\(result.errors)")
            #expect(
                result.text.contains(
                    "sbomkit: 3 changed, 3 missing, 1 replaced, 1 links, 1 of documentation; rpm: 3 changed"),
                "\(result.text)")
        }
    }

    @Test(arguments: ["debian-small", "debian-layers", "rpm-small", "rpm-bdb"])
    func `the images of this package are as they were installed, and changes in them are found`(name: String) throws {
        // umoci takes no layout without a name; the first image is as good as another.
        let tag = try shell(
            "python3 -c 'import json; print(json.load(open(\"\(fixtures)/\(name)/index.json\"))[\"manifests\"][0][\"annotations\"][\"org.opencontainers.image.ref.name\"])'"
        ).text.split(separator: "\n").joined()
        let image = "\(fixtures)/\(name):\(tag)"
        for options in ["", "--change 1", "--change 2"] {
            let result = try compare("\(options) \(image)")
            #expect(result.code == 0, "\(options): \(result.text)\(result.errors)")
        }
    }
}

/// The options `--files` and `--max-size` of `generate`.
@Suite struct FilesOptionTests {
    @Test func `a summary counts files`() throws {
        try withTemporaryFolder { folder in
            let result = try sbomkit("generate --files owned debian-small -o \(folder)/a.json")
            #expect(result.code == 0)
            let summary = try #require(result.lines.last)
            #expect(summary.contains(" files owned"), "\(summary)")
            #expect(try sbomkit("validate \(folder)/a.json").code == 0)
        }
    }

    @Test(arguments: ["1", "100", "1KiB", "2kb"])
    func `a document that cannot fit is an error, and nothing is written`(size: String) throws {
        try withTemporaryFolder { folder in
            let result = try sbomkit("generate -q --max-size \(size) debian-small -o \(folder)/a.json")
            #expect(result.code == 1)
            #expect(result.lines.count == 1 && result.lines[0].contains("with nothing but packages and relationships"))
            #expect(try shell("ls \(folder)").text == "")
        }
    }

    @Test(arguments: ["", "0", "-1", "1.5MiB", "MiB", "16XB", "99999999999GiB"])
    func `a size that is none is refused`(size: String) throws {
        let result = try sbomkit("generate --max-size='\(size)' debian-small")
        #expect(result.code == 64)
        #expect(result.errors.contains("expected a size such as 16MiB"), "\(result.errors)")
    }

    @Test(arguments: ["1000000000", "1GB", "1GiB", "900MB", "900mib"])
    func `a document that fits is the same`(size: String) throws {
        #expect(
            try sbomkit("generate -q --max-size \(size) debian-small").output
                == sbomkit("generate -q debian-small").output)
    }

    @Test func `each document has at most the size, and the index refers to them`() throws {
        try withTemporaryFolder { folder in
            let options = "generate -q --all-platforms --files all multiarch"
            #expect(try sbomkit("\(options) -o '\(folder)/whole-{os}-{arch}{variant}.json'").code == 0)
            let sizes = try shell("stat -c %s \(folder)/whole-linux-*").text.split(separator: "\n").compactMap {
                Int($0)
            }
            let limit = try #require(sizes.max()) - 1
            let result = try sbomkit("\(options) --max-size \(limit) -o '\(folder)/small-{os}-{arch}{variant}.json'")
            #expect(result.code == 0)
            let found = try shell("stat -c %s \(folder)/small-*").text.split(separator: "\n").compactMap { Int($0) }
            #expect(found.count == 3 && found.allSatisfy { $0 <= limit })
            let names = try shell("grep -h documentNamespace \(folder)/small-linux-* | cut -d'\"' -f4").text
            let index = try shell("cat \(folder)/small-index*").text
            for name in names.split(separator: "\n") { #expect(index.contains(name)) }
        }
    }
}
