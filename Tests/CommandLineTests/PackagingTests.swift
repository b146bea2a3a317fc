import Foundation
import TestSupport
import Testing

/// The packages that `make deb` and `make dist` make, here of the program of these tests.
@Suite struct PackagingTests {
    private static let packaging = packageFolder + "/Packaging"
    /// The libraries of Swift, which the program of these tests is linked with, are in no package.
    private static let debOptions = "--ignore-missing-info"
    /// The time that files of packages get in these tests.
    private static let time = "1700000000"

    /// The pages of the manual in the sources.
    private var pages: [String] { names(inFolder: "\(packageFolder)/docs/man") }

    private func make(_ script: String, _ arguments: String, _ variables: String = "") throws -> String {
        let made = try shell(
            """
            SOURCE_DATE_EPOCH=\(Self.time) DPKG_DEB_COMPRESSOR_LEVEL=0 \(variables) \
                '\(Self.packaging)/\(script)' '\(program)' \(arguments)
            """)
        try #require(made.code == 0, "\(made.errors)")
        return made.text.trimmingCharacters(in: .newlines)
    }

    private func lines(_ command: String) throws -> [String] {
        let result = try shell(command)
        try #require(result.code == 0, "\(command): \(result.errors)")
        return result.text.split(separator: "\n").map(String.init)
    }

    @Test func `the list of opened libraries has those that the sources open`() throws {
        let listed = try lines("cat '\(Self.packaging)/opened-libraries'").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "\t").map(String.init)
        }
        #expect(listed.allSatisfy { $0.count == 3 && $0[2].contains("lib") })
        let opening = try lines("grep -rlw --include='*.[ch]' --include='*.swift' dlopen '\(packageFolder)/Sources'")
        let library = #/"(lib[^"\s]+\.so(?:\.\d+)*)"/#
        let opened = try opening.flatMap { path in
            try String(contentsOfFile: path, encoding: .utf8).matches(of: library).map { String($0.output.1) }
        }
        #expect(opened == listed.map { $0[1] } && !opened.isEmpty)
    }

    @Test(.needs(have("readelf"), "the Debian package binutils"))
    func `the documentation names the libraries that the program needs`() throws {
        let text = try String(contentsOfFile: "\(packageFolder)/docs/install.md", encoding: .utf8)
        let needed = try lines("readelf -d '\(program)' | sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p'")
        // The libraries of Swift are part of the program that is installed, and popt comes with librpm.
        let others = ["swift", "Foundation", "dispatch", "BlocksRuntime", "ld-linux", "libpopt"]
        let named = needed.filter { library in !others.contains { library.contains($0) } }
        #expect(named.contains("libcrypto.so.3"))
        for library in named { #expect(text.contains("`\(library)`"), "\(library)") }
        for line in try lines("grep -v '^#' '\(Self.packaging)/opened-libraries'") {
            #expect(text.contains("`\(line.split(separator: "\t")[1])`"), "\(line)")
        }
    }

    @Test(.needs(have("dpkg-deb", "dpkg-shlibdeps", "strip"), "the Debian package dpkg-dev"))
    func `the Debian package has everything at its place, and the same bytes each time`() throws {
        try withTemporaryFolder { folder in
            let package = try make("deb", "\(folder)/one \(Self.debOptions)")
            let again = try make("deb", "\(folder)/two \(Self.debOptions)", "TZ=Asia/Tokyo LANG=de_DE.UTF-8")
            #expect(try shell("cmp '\(package)' '\(again)'").code == 0)

            let entries = try lines("dpkg-deb --fsys-tarfile '\(package)' | tar --list --verbose --numeric-owner --utc")
            #expect(entries.allSatisfy { $0.contains(" 0/0 ") && $0.contains(" 2023-11-14 22:13 ") }, "\(entries)")
            let files = entries.filter { $0.hasPrefix("-") }
            let names = files.compactMap { $0.split(separator: " ").last.map { String($0.dropFirst("./usr/".count)) } }
            let others = [
                "bin/sbomkit", "share/bash-completion/completions/sbomkit", "share/doc/sbomkit/changelog.Debian.gz",
                "share/doc/sbomkit/changelog.gz", "share/doc/sbomkit/copyright",
                "share/fish/vendor_completions.d/sbomkit.fish",
                "share/zsh/vendor-completions/_sbomkit",
            ]
            #expect(names.sorted() == (others + pages.map { "share/man/man1/\($0).gz" }).sorted())
            #expect(files.allSatisfy { $0.hasPrefix($0.hasSuffix("bin/sbomkit") ? "-rwxr-xr-x" : "-rw-r--r--") })

            #expect(try shell("dpkg-deb -x '\(package)' \(folder)/root").code == 0)
            for page in pages {
                let packed = "\(folder)/root/usr/share/man/man1/\(page).gz"
                let same = try shell("zcat '\(packed)' | cmp - '\(packageFolder)/docs/man/\(page)'")
                #expect(same.code == 0, "\(page)")
            }
            let version = try sbomkit("--version").text.trimmingCharacters(in: .newlines)
            let changes = try shell("zcat \(folder)/root/usr/share/doc/sbomkit/changelog.Debian.gz").text
            #expect(changes.hasPrefix("sbomkit (\(version)-1) ") && changes.contains("Tue, 14 Nov 2023 22:13:20 +0000"))
            let sums = "cd \(folder) && dpkg-deb -e '\(package)' && cd root && md5sum -c ../DEBIAN/md5sums"
            #expect(try shell(sums).code == 0)
            #expect(try shell("readelf -S \(folder)/root/usr/bin/sbomkit | grep -F .symtab").code == 1)
            #expect(try shell("\(folder)/root/usr/bin/sbomkit --version").text == version + "\n")
        }
    }

    @Test(.needs(have("dpkg-deb", "dpkg-shlibdeps", "strip"), "the Debian package dpkg-dev"))
    func `the Debian package states what the program needs, and who made it`() throws {
        try withTemporaryFolder { folder in
            let maintainer = "DEBFULLNAME='A B' DEBEMAIL=ab@debian.org"
            let package = try make("deb", "\(folder)/deb \(Self.debOptions)", maintainer)
            let depends = try shell("dpkg-deb -f '\(package)' Depends").text
            #expect(depends.contains("libc6 (>= ") && depends.contains("libzstd1 (>= "))
            #expect(depends.hasSuffix(", libcurl4 (>= 7.66) | libcurl3-gnutls (>= 7.66)\n"), "\(depends)")
            #expect(try shell("dpkg-deb -f '\(package)' Maintainer").text == "A B <ab@debian.org>\n")
            let size = try #require(Int(shell("dpkg-deb -f '\(package)' Installed-Size").text.dropLast()))
            let bytes = try #require(Int(lines("dpkg-deb --fsys-tarfile '\(package)' | wc -c")[0]))
            #expect(abs(size - bytes / 1024) < 50)
            #expect(!(try shell("dpkg-deb -f '\(package)'").text.contains("@VERSION@")))
            guard have("lintian") else { return }
            // The program of these tests looks for the libraries of Swift where the toolchain has them.
            let judged = try shell(
                "lintian --allow-root --fail-on error --suppress-tags custom-library-search-path '\(package)'")
            #expect(judged.code == 0, "\(judged.text)")
        }
    }

    @Test(.needs(have("strip"), "the Debian package binutils"))
    func `the archive has everything, its checksum and the same bytes each time`() throws {
        try withTemporaryFolder { folder in
            let archive = try make("dist", "\(folder)/one")
            let again = try make("dist", "\(folder)/two", "TZ=Asia/Tokyo LANG=de_DE.UTF-8")
            #expect(try shell("cmp '\(archive)' '\(again)'").code == 0)
            #expect(try shell("cd \(folder)/one && sha256sum -c SHA256SUMS").code == 0)
            let version = try sbomkit("--version").text.trimmingCharacters(in: .newlines)
            let name = "sbomkit-\(version)-linux-\(try lines("uname -m")[0])"
            #expect(archive == "\(folder)/one/\(name).tar.gz")
            let files = try lines("tar --list --file '\(archive)'").filter { !$0.hasSuffix("/") }
            let others = [
                "bin/sbomkit", "share/bash-completion/completions/sbomkit",
                "share/fish/vendor_completions.d/sbomkit.fish", "share/zsh/site-functions/_sbomkit", "CHANGELOG.md",
                "LICENSE", "README.md",
            ]
            #expect(files.sorted() == (others + pages.map { "share/man/man1/\($0)" }).map { "\(name)/\($0)" }.sorted())
        }
    }

    @Test func `what is installed is taken away again`() throws {
        try withTemporaryFolder { folder in
            let make = "make --no-print-directory -C '\(packageFolder)' binary='\(program)'"
            let place = "PREFIX=/usr DESTDIR='\(folder)/a b'"
            let installed = try shell("\(make) install \(place)")
            try #require(installed.code == 0, "\(installed.errors)")
            let files = try lines("cd '\(folder)/a b/usr' && find . -type f")
            #expect(files.count == pages.count + 4)
            #expect(try shell("cmp '\(folder)/a b/usr/bin/sbomkit' '\(program)'").code == 0)
            for (name, path) in [
                ("bash", "bash-completion/completions/sbomkit"), ("zsh", "zsh/site-functions/_sbomkit"),
                ("fish", "fish/vendor_completions.d/sbomkit.fish"),
            ] {
                let completions = try shell("cat '\(folder)/a b/usr/share/\(path)'").output
                #expect(try sbomkit("completion \(name)").output == completions)
                #expect(!completions.isEmpty)
            }
            #expect(try shell("\(make) uninstall \(place)").code == 0)
            #expect(try lines("find '\(folder)/a b' -type f").isEmpty)
        }
    }

    @Test(arguments: ["deb", "dist", "place", "stage", "try-deb"])
    func `scripts say how they are used`(script: String) throws {
        let result = try shell("'\(Self.packaging)/\(script)'")
        #expect(result.code == 64 && result.errors.hasPrefix("usage: Packaging/\(script) "))
    }

    @Test func `a binary that is not there is no input`() throws {
        try withTemporaryFolder { folder in
            for script in ["deb", "dist", "place"] {
                let result = try shell("'\(Self.packaging)/\(script)' \(folder)/absent \(folder)/out")
                #expect(result.code == 66 && result.errors.contains("is not there"), "\(script): \(result.errors)")
            }
        }
    }
}
