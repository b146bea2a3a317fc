import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

@Suite struct UnownedCodeTests {
    private static let elf = CodeSamples.elf()
    private static let record =
        "Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"

    /// A distribution with one package that owns a program and a script, and what stands beside it.
    private func image(_ more: [(path: String, text: String)], list: String? = "/bin/owned\n/usr/bin/script\n")
        -> TinyImage
    {
        var image = TinyImage([
            "etc/os-release": "ID=debian\n", "var/lib/dpkg/status": Self.record, "usr/bin/owned": Self.elf,
            "usr/bin/script": "#!/bin/sh\n", "var/lib/dpkg/info/base.postinst": "#!/bin/sh\n",
        ])
        image.entries.append(("bin", .link(to: "usr/bin")))
        // A link holds no code of its own.
        image.entries.append(("usr/bin/link", .link(to: "owned")))
        if let list { image.entries.append(("var/lib/dpkg/info/base.list", .file(Array(list.utf8)))) }
        image.entries += more.map { ($0.path, .file(Array($0.text.utf8))) }
        return image
    }

    private func aggregate(_ inventory: ImageInventory) throws -> String {
        let document = try JSONValue(parsing: try inventory.document(.cycloneDX(.v1_6)), limits: Limits())
        return document["compositions"].array.first?["aggregate"].text ?? ""
    }

    @Test func `an image whose code is all of packages is complete`() async throws {
        let inventory = try await generated(image([("etc/motd", "hello"), ("usr/lib/a.pyc", "\u{16}\r\r\n")]))
        #expect(inventory.notices.isEmpty)
        #expect(try Document(inventory).json["comment"].text.hasPrefix("Completeness: complete"))
        #expect(try aggregate(inventory) == "complete")
    }

    @Test func `code that no package owns makes a document incomplete`() async throws {
        let inventory = try await generated(
            image([
                ("usr/local/bin/app", Self.elf), ("opt/vendor/bin/server", Self.elf),
                ("opt/lib/a.whl", CodeSamples.zip),
            ])
        )
        let line =
            "image: 3 executables, libraries or archives of code that no package owns: opt/lib/a.whl, "
            + "opt/vendor/bin/server, usr/local/bin/app"
        #expect(inventory.notices.map(\.line) == ["blind unowned-code \(line)"])
        #expect(inventory.isBlind)
        let comment = try Document(inventory).json["comment"].text
        #expect(
            comment == """
                Completeness: incomplete.
                Not described: \(line).
                Unknown: the license of each package and the hash of the file that each package was installed from.
                """)
        #expect(try aggregate(inventory) == "incomplete")
    }

    @Test func `of the folder of dpkg's database only the scripts of packages do not count`() async throws {
        let folder = "var/lib/dpkg/info"
        let inventory = try await generated(
            image([
                ("\(folder)/base.preinst", Self.elf), ("\(folder)/tool", Self.elf), ("\(folder)/x.list", Self.elf),
            ]))
        #expect(
            inventory.notices.map(\.message) == [
                "2 executables, libraries or archives of code that no package owns: \(folder)/tool, \(folder)/x.list"
            ])
    }

    @Test func `the first few are named and the others counted`() async throws {
        let count = Limits.namedFiles + 4
        let inventory = try await generated(image((1...count).map { ("opt/\($0)", Self.elf) }))
        let names = (1...Limits.namedFiles).map { "opt/\($0)" }.joined(separator: ", ")
        #expect(
            inventory.notices.map(\.message) == [
                "\(count) executables, libraries or archives of code that no package owns: \(names) and 4 more"
            ])
    }

    @Test(arguments: [
        ("opt/a\nCompleteness: complete", elf), ("opt/a\nCompleteness: complete/x.rockspec", "package = 1"),
    ])
    func `a name cannot write a line of its own`(path: String, text: String) async throws {
        let inventory = try await generated(image([(path, text)]))
        let comment = try Document(inventory).json["comment"].text
        #expect(comment.split(separator: "\n").count == 3)
    }

    @Test func `scripts are counted apart and do not make it incomplete`() async throws {
        let inventory = try await generated(
            image([("entrypoint.sh", "#!/bin/sh\n"), ("usr/local/bin/run", "#!/bin/sh\n")]))
        let line = "image: 2 scripts that no package owns: entrypoint.sh, usr/local/bin/run"
        #expect(inventory.notices.map(\.line) == ["note unowned-scripts \(line)"])
        #expect(!inventory.isBlind)
        let comment = try Document(inventory).json["comment"].text
        #expect(comment.hasPrefix("Completeness: complete"))
        #expect(comment.contains("\nNot described: \(line).\n"))
        #expect(try aggregate(inventory) == "complete")
    }

    @Test func `scripts below etc of distroless images may be configuration files`() async throws {
        let inventory = try await generated(
            TinyImage([
                "etc/os-release": "ID=debian\n",
                "var/lib/dpkg/status.d/base": "Package: base\nVersion: 1\nArchitecture: all\n",
                "var/lib/dpkg/status.d/base.md5sums": "00  usr/bin/owned\n", "usr/bin/owned": Self.elf,
                "etc/update-motd.d/10-uname": "#!/bin/sh\n", "etc/app": Self.elf, "run.sh": "#!/bin/sh\n",
            ]))
        #expect(
            inventory.notices.map(\.line) == [
                "blind unowned-code image: 1 executable, library or archive of code that no package owns: etc/app",
                "note unowned-scripts image: 1 script that no package owns: run.sh",
            ])
    }

    @Test func `what Mono makes of the code of packages is described, and nothing else beside it`() async throws {
        let list = "/usr/bin/owned\n/usr/bin/script\n/usr/lib/cli/a-1/a.dll\n/usr/lib/mono/4.5/mscorlib.dll\n"
        let code = CodeSamples.portableExecutable
        let inventory = try await generated(
            image(
                [
                    ("usr/lib/cli/a-1/a.dll", code), ("usr/lib/mono/gac/a/1.0__0a/a.dll", code),
                    ("usr/lib/mono/4.5/mscorlib.dll", code), ("usr/lib/mono/aot-cache/amd64/mscorlib.dll.so", Self.elf),
                    ("usr/lib/mono/gac/b/1.0__0a/b.dll", code), ("usr/lib/mono/aot-cache/amd64/b.dll.so", Self.elf),
                    ("usr/lib/mono/a.dll", code),
                ], list: list))
        #expect(
            inventory.notices.map(\.message) == [
                "3 executables, libraries or archives of code that no package owns: usr/lib/mono/a.dll, "
                    + "usr/lib/mono/aot-cache/amd64/b.dll.so, usr/lib/mono/gac/b/1.0__0a/b.dll"
            ])
    }

    @Test func `a file that shows a kind of software counts once`() async throws {
        let image = image([("app/app.jar", CodeSamples.zip)])
        var options = Generator.Options()
        options.packages = .os
        #expect(try await generated(image, options).notices.map(\.code) == ["not-read-java"])
        let read = try await generated(image)
        #expect(read.isBlind && read.notices.count == 1 && read.notices.first?.place.description == "app/app.jar")
    }

    @Test func `without lists of files it is unknown what packages own`() async throws {
        let inventory = try await generated(image([], list: nil))
        #expect(inventory.notices.map(\.code) == ["no-file-lists"])
        #expect(!inventory.isBlind)
        #expect(try aggregate(inventory) == "unknown")
        #expect(try Document(inventory).json["comment"].text.hasPrefix("Completeness: unknown; "))
    }

    @Test func `packages of a database that is not read may own the code`() async throws {
        let inventory = try await generated(
            image([
                ("var/lib/pacman/local/a-1-1/desc", ""), ("usr/bin/a", Self.elf), ("entrypoint.sh", "#!/bin/sh\n"),
            ]))
        #expect(inventory.notices.map(\.code) == ["not-read-pacman"])
        let store = try await generated(
            image([("nix/store/a/bin/hello", Self.elf), ("usr/local/bin/app", Self.elf)]))
        #expect(
            store.notices.map(\.line) == [
                "blind not-read-nix nix/store/a/bin/hello: Nix store paths are installed, and their database is not read",
                "blind unowned-code image: 1 executable, library or archive of code that no package owns: "
                    + "usr/local/bin/app",
            ])
    }

    @Test func `an image without packages names its program`() async throws {
        let inventory = try await generated(TinyImage(["app": Self.elf]))
        #expect(inventory.notices.map(\.code) == ["unowned-code", "no-database", "no-os-release"])
    }
}
