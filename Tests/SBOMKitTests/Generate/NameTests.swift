import SBOMFormats
import SBOMKit
import SBOMModel
import StructuredText
import TestSupport
import Testing

@Suite struct NameTests {
    struct Parts: Equatable, Sendable {
        let repository, tag: String?
    }

    static let references: KeyValuePairs<String, Parts> = [
        "latest": Parts(repository: nil, tag: "latest"),
        "1.0": Parts(repository: nil, tag: "1.0"),
        "app:1.0": Parts(repository: "app", tag: "1.0"),
        "library/app": Parts(repository: "library/app", tag: nil),
        "docker.io/library/app:1.0": Parts(repository: "docker.io/library/app", tag: "1.0"),
        "localhost:5000/app": Parts(repository: "localhost:5000/app", tag: nil),
        "localhost:5000/app:1.0": Parts(repository: "localhost:5000/app", tag: "1.0"),
        "registry.example/app:1.0@sha256:00": Parts(repository: "registry.example/app", tag: "1.0"),
        "registry.example/app@sha256:00": Parts(repository: "registry.example/app", tag: nil),
        "app@sha256:00": Parts(repository: "app", tag: nil),
        "": Parts(repository: nil, tag: nil), ":": Parts(repository: nil, tag: nil),
        ":1": Parts(repository: nil, tag: "1"), "app:": Parts(repository: "app", tag: nil),
        "@sha256:00": Parts(repository: nil, tag: nil),
    ]

    @Test(arguments: references.map { ($0.key, $0.value) })
    func `a reference is taken apart`(text: String, expected: Parts) {
        let (repository, tag) = ImageName.parts(text)
        #expect(Parts(repository: repository, tag: tag) == expected)
    }

    /// Annotations, title, the document's name and the image's purl without its digest.
    static let named: [(annotations: [(name: String, value: String)], title: String?, name: String, purl: String)] = [
        ([], nil, "container-image", ""),
        ([], "My App", "My App", "pkg:oci/my%20app?arch=amd64"),
        ([], "", "container-image", ""),
        ([("org.opencontainers.image.ref.name", "2.0")], "app", "app:2.0", "pkg:oci/app?arch=amd64&tag=2.0"),
        (
            [("org.opencontainers.image.ref.name", "ghcr.io/team/App:2.0")], "title", "App:2.0",
            "pkg:oci/app?arch=amd64&repository_url=ghcr.io%2Fteam%2FApp&tag=2.0"
        ),
        (
            [
                ("org.opencontainers.image.ref.name", "2.0"),
                ("io.containerd.image.name", "docker.io/library/app:2.0"),
            ], nil, "app:2.0",
            "pkg:oci/app?arch=amd64&repository_url=docker.io%2Flibrary%2Fapp&tag=2.0"
        ),
        ([("org.opencontainers.image.ref.name", "team/app:2.0")], nil, "app:2.0", "pkg:oci/app?arch=amd64&tag=2.0"),
        ([], "two\nlines", "two lines", "pkg:oci/two%20lines?arch=amd64"),
    ]

    @Test(arguments: named.indices)
    func `an image is called what its layout calls it`(number: Int) async throws {
        let (annotations, title, name, purl) = Self.named[number]
        var image = TinyImage([:])
        image.annotations = annotations
        if let title { image.labels = [("org.opencontainers.image.title", title)] }
        let document = try await Document(generated(image))
        #expect(document.json["name"].text == name)
        let parts = try #require(document.packages.first).purl.split(separator: "@")
        let rest = parts.last.flatMap { $0.firstIndex(of: "?").map { i in parts.last?[i...] ?? "" } } ?? ""
        #expect("\(parts.first ?? "")\(rest)" == purl)
    }

    @Test func `a given name goes before all`() async throws {
        var options = Generator.Options()
        options.name = "my image"
        let generated = try await Fixture("scratch").generated(options)
        #expect(generated.summary.image == "my image:latest")
        let document = try Document(generated)
        #expect(document.json["documentNamespace"].text.hasPrefix("https://spdx.org/spdxdocs/my-image-latest-"))
        #expect(document.packages.first?.purl.hasPrefix("pkg:oci/my%20image@sha256:") == true)
    }

    @Test func `a UUID of a name is that of RFC 9562`() {
        // Appendix A.4.
        #expect(NameUUID(inDomains: "www.example.com").description == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
        #expect(NameUUID(inURLs: "http://www.example.com/").description == "fcde3c85-2270-590f-9e7c-ee003d65e0e2")
    }

    @Test(arguments: [
        ("a b/c", "a-b-c"), ("g++", "g--"), ("ä", "--"), ("a.B-9", "a.B-9"), ("", ""), ("a_b:c~", "a-b-c-"),
    ])
    func `identifiers have only letters, digits, dots and hyphens`(text: String, expected: String) {
        #expect(Element.word(text) == expected)
    }

    @Test func `packages that differ in what identifiers cannot have get different ones`() async throws {
        let record = "Status: install ok installed\nArchitecture: amd64\nMulti-Arch: same\n"
        let versions = ["1+1", "1~1", "1-1", "1:1", "1.1"]
        let status =
            versions.map { "Package: a+b\nVersion: \($0)\n\(record)\n" }.joined()
            + "Package: a-b\nVersion: 1+1\n\(record)\nPackage: a+b\nVersion: 9\nStatus: install ok installed\n\n"
            + "Package: a+b\nVersion: 9\nArchitecture:\nStatus: install ok installed\n\n"
        let document = try await Document(generated(TinyImage(["var/lib/dpkg/status": status])))
        let ids = document.packages.map { $0["SPDXID"].text }
        #expect(document.installed.count >= 7)
        #expect(Set(ids).count == ids.count)
    }

    static let addresses: KeyValuePairs<String, Bool> = [
        "https://www.debian.org/": true, "http://gcc.gnu.org": true, "ftp://ftp.example.org/pub/x-1.0.tar.gz": true,
        "https://example.org:8080/a?b=c&d#e": true, "http://example.org/~ada/(x)": true, "http://a.b-c.museum": true,
        "HTTPS://Example.ORG/": true, "http://example.org/%20": true,
        "": false, "www.example.org": false, "https://": false, "https:///x": false, "mailto:a@example.org": false,
        "http://localhost/": false, "http://10.0.0.1/": false, "http://under_score.example.org/": false,
        "http://exämple.org/": false, "http://example.org/a b": false, "http://example.org/<x>": false,
        "http://example.org/[x]": false, "http://example.org/%zz": false, "http://example.org/\u{1}": false,
        "http://-a.example.org/": false, "http://example..org/": false, "git://example.org/x.git": false,
        "http://example.org\"": false, "https://user@example.org/": false, "http://example.org:99999999/": false,
    ]

    @Test(arguments: addresses.map { ($0.key, $0.value) })
    func `only what every validator takes for a web address is one`(text: String, expected: Bool) {
        #expect((WebAddress(text)?.text == text) == expected)
    }
}
