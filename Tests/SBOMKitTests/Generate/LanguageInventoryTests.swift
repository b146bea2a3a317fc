import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// What documents say of the packages that files of an image show.
@Suite struct LanguageInventoryTests {
    private static let owned = "usr/lib/python3/dist-packages/owned-1.0.dist-info/METADATA"

    /// Debian with a package that owns a Python distribution, and with another distribution that pip installed.
    private static let image = TinyImage([
        "etc/os-release": "ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status":
            "Package: python3-owned\nStatus: install ok installed\nVersion: 1.0-2\nArchitecture: all\n\n",
        "var/lib/dpkg/info/python3-owned.list": "/.\n/\(owned)\n",
        Self.owned: "Name: owned\nVersion: 1.0\nRequires-Dist: absent\n",
        "usr/local/lib/python3.11/dist-packages/web-2.0.dist-info/METADATA":
            "Name: web\nVersion: 2.0\nRequires-Dist: owned\nRequires-Dist: gone\n",
        "usr/bin/python3.11": "\u{7F}ELF",
    ])

    @Test func `what a package of the system owns is named at it and not listed`() async throws {
        let generated = try await generated(Self.image)
        let document = try Document(generated)
        #expect(document.installed.map { $0["name"].text } == ["python3-owned", "web"])
        #expect(generated.summary.packageCount == 2)
        let owner = try #require(document.package("python3-owned"))
        #expect(owner["annotations"].array.map { $0["comment"].text }.contains("Contains: pkg:pypi/owned@1.0"))
        #expect(
            document.json["comment"].text.contains(
                "Packages of languages that packages of the operating system contain: 1."))
        // The dependency on it is one on its owner, and its own needs are those of the database.
        #expect(document.edges.contains("web DEPENDS_ON python3-owned"))
        #expect(
            generated.notices.filter { $0.code == "unmet" }.map(\.message) == ["unmet dependency (Requires-Dist): gone"]
        )
    }

    @Test func `owned packages are listed if they are asked for`() async throws {
        var options = Generator.Options()
        options.includeOwned = true
        let document = try Document(try await generated(Self.image, options))
        #expect(document.installed.map { $0["name"].text } == ["python3-owned", "owned", "web"])
        #expect(document.edges.contains("python3-owned CONTAINS owned"))
        #expect(document.edges.contains("web DEPENDS_ON owned"))
        let overlap = document.relationships.first { $0["relationshipType"].text == "OTHER" }
        #expect(overlap?["comment"].text.hasPrefix("ownership-by-file-overlap") == true)
        #expect(
            document.package("python3-owned")?["annotations"].array.contains {
                $0["comment"].text.hasPrefix("Contains")
            } == false)
    }

    @Test func `the kinds of packages can be chosen`() async throws {
        func names(_ list: String) async throws -> ([String], [String]) {
            var options = Generator.Options()
            options.packages = try #require(PackageSelection(list))
            let inventory = try await generated(Self.image, options)
            return (try Document(inventory).installed.map { $0["name"].text }, inventory.notices.map(\.code))
        }
        let system = try await names("os")
        #expect(system.0 == ["python3-owned"])
        #expect(system.1.contains("not-read-python"))
        let python = try await names("python")
        #expect(python.0 == ["web"])
        #expect(python.1.contains("not-read-dpkg"))
        #expect(try await names("python,dpkg").0 == ["python3-owned", "web"])
        #expect(try await names("all").0 == names("go,os,python").0)
        for list in ["", "pip", "os,", "OS"] { #expect(PackageSelection(list) == nil, "\(list)") }
    }

    @Test func `a package has its evidence in both formats`() async throws {
        let inventory = try await generated(Self.image)
        let web = try #require(try Document(inventory).package("web"))
        let path = "usr/local/lib/python3.11/dist-packages/web-2.0.dist-info/METADATA"
        #expect(web["sourceInfo"].text == "python package, manifest-analysis of \(path)")
        let annotations = web["annotations"].array.map { $0["comment"].text }
        #expect(annotations.contains("FilePath: \(path)") && annotations.contains("FoundBy: manifest-analysis"))
        for name in ["cyclonedx@1.6", "cyclonedx@1.5", "cyclonedx@1.4"] {
            let format = try #require(DocumentFormat(name))
            let document = try JSONValue(parsing: try inventory.document(format), limits: Limits())
            let evidence = document["components"].array.first { $0["name"].text == "web" }?["evidence"] ?? .null
            let version = document["specVersion"].text
            #expect((evidence["occurrences"].array.first?["location"].text == "/\(path)") == (version != "1.4"))
            #expect((evidence["identity"]["field"].text == "purl") == (version != "1.4"))
        }
    }

    @Test func `a description under a name that is a hard link is read`() async throws {
        try await withTemporaryLayout { folder in
            let script = """
                set -e; cd '\(folder)'; mkdir -p root/a root/usr/lib/python3/site-packages/x-1.dist-info
                printf 'Name: x\\nVersion: 1\\n' >root/a/store
                ln root/a/store root/usr/lib/python3/site-packages/x-1.dist-info/METADATA
                mkdir layers; tar -C root -cf layers/0.tar a usr
                """
            #expect(try shell(script).code == 0)
            let inventory = try await Generator().read("layers:\(folder)/layers")
            #expect(try Document(inventory).installed.map { $0["name"].text } == ["x"])
        }
    }

    @Test func `a description that is larger than the limit is a blind spot`() async throws {
        var limits = Limits()
        limits.manifestFileSize = 20
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        try Self.image.write(toFolder: "\(folder)/layout")
        let inventory = try await Generator(options: Generator.Options(), limits: limits).read("\(folder)/layout")
        let notice = inventory.notices.first { $0.code == "manifest-size" }
        #expect(notice?.severity == .blind)
        #expect(notice?.message.contains("manifestFileSize") == true)
    }

    @Test func `an owner names as many packages as the limit allows`() async throws {
        var image = Self.image
        var list = "/.\n"
        for number in 0..<(Limits.namedParts + 2) {
            let path = "usr/lib/python3/dist-packages/m\(number)-1.dist-info/METADATA"
            list += "/\(path)\n"
            image.entries.append((path, .file(Array("Name: m\(number)\nVersion: 1\n".utf8))))
        }
        image.entries.append(("var/lib/dpkg/info/python3-owned.list", .file(Array(list.utf8))))
        let owner = try #require(try Document(try await generated(image)).package("python3-owned"))
        let contained = owner["annotations"].array.map { $0["comment"].text }.filter { $0.hasPrefix("Contains: ") }
        #expect(contained.count == Limits.namedParts + 1)
        #expect(contained.contains("Contains: 2 more packages"))
    }

    @Test func `a package note of another distribution gives no second type of system packages`() async throws {
        let document = try Document(try await Fixture("languages").generated())
        let copied = try #require(document.package("coreutils"))
        #expect(copied.purl.isEmpty)
        let annotations = copied["annotations"].array.map { $0["comment"].text }
        #expect(annotations.contains("ElfPackageURL: pkg:rpm/fedora/coreutils@9.4-7.fc40?distro=fedora-40"))
    }

    @Test func `the packages of the fixture are those that its script writes`() async throws {
        let inventory = try await Fixture("languages").generated()
        #expect(!inventory.isBlind)
        let document = try Document(inventory)
        let purls = document.installed.map(\.purl).filter { !$0.isEmpty && !$0.hasPrefix("pkg:deb/") }
        #expect(
            Set(purls) == [
                "pkg:cargo/parser@1.4.2", "pkg:composer/example/clock@1.0.0", "pkg:composer/example/log@v1.2.3",
                "pkg:conda/zlibby@1.3?build=0&channel=main&subdir=linux-64&type=conda", "pkg:cran/curve@0.4-1",
                "pkg:gem/rackish@3.0.8", "pkg:gem/webby@1.1", "pkg:generic/python@3.12.4",
                "pkg:golang/example.org/fork/log@v0.9.1", "pkg:golang/example.org/router@v1.8.1",
                "pkg:golang/example.org/server@v1.2.0", "pkg:golang/stdlib@1.22.3",
                "pkg:maven/org.example/library@2.0", "pkg:maven/org.example/service@1.0", "pkg:npm/%40scope/a@1.0.2",
                "pkg:npm/app@3.0.0", "pkg:npm/b@2.0.0", "pkg:nuget/Example.Json@13.0.3", "pkg:pypi/util-lib@1.5",
                "pkg:pypi/web@2.2",
            ])
        for edge in [
            "web DEPENDS_ON util-lib", "app DEPENDS_ON @scope/a", "@scope/a DEPENDS_ON b",
            "org.example:service DEPENDS_ON org.example:library",
            "App DEPENDS_ON Example.Json", "webby DEPENDS_ON rackish", "example/log DEPENDS_ON example/clock",
            "tool DEPENDS_ON parser", "example.org/server DEPENDS_ON example.org/router",
        ] { #expect(document.edges.contains(edge), "\(edge)") }
    }
}

/// Runs a body with a folder of its own.
private func withTemporaryLayout(_ body: (String) async throws -> Void) async throws {
    let folder = try shell("mktemp -d").text.trimmed
    defer { _ = try? shell("rm -r \(folder)") }
    try await body(folder)
}
