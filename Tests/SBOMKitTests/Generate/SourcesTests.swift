import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// The source packages that packages were built from, as elements of their own.
@Suite struct SourcesTests {
    private static func options() -> Generator.Options {
        var options = Generator.Options()
        options.sources = true
        return options
    }

    private static let status: KeyValuePairs = [
        "etc/os-release": "ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": """
        Package: a
        Status: install ok installed
        Version: 1:1.2-3+b1
        Architecture: amd64
        Maintainer: Ada Example <ada@example.org>
        Source: aa (1:1.2-3)
        Built-Using: used (= 4-5), aa (= 1:1.2-3)
        Static-Built-Using: rust-used (= 0.1-1)

        Package: b
        Status: install ok installed
        Version: 1:1.2-3+b1
        Architecture: amd64
        Source: aa (1:1.2-3)

        Package: c
        Status: install ok installed
        Version: 2.0-1+b12
        Architecture: amd64

        Package: d
        Status: install ok installed
        Version: 2.0-1+bpo
        Architecture: all

        """,
    ]

    @Test func `each package is generated from its sources, and each source stands once`() async throws {
        let document = try Document(await generated(TinyImage(Self.status), Self.options()))
        let sources = document.packages.filter { $0["primaryPackagePurpose"].text == "SOURCE" }
        let urls = sources.map { $0["externalRefs"].array.first?["referenceLocator"].text ?? "" }
        #expect(
            urls == [
                "pkg:deb/debian/aa@1:1.2-3?arch=source&distro=debian-12",
                "pkg:deb/debian/used@4-5?arch=source&distro=debian-12",
                "pkg:deb/debian/rust-used@0.1-1?arch=source&distro=debian-12",
                // As dpkg, which states the version of the source of a rebuild.
                "pkg:deb/debian/c@2.0-1%2Bb12?arch=source&distro=debian-12",
                "pkg:deb/debian/d@2.0-1%2Bbpo?arch=source&distro=debian-12",
            ])
        #expect(sources.map { $0["versionInfo"].text } == ["1:1.2-3", "4-5", "0.1-1", "2.0-1+b12", "2.0-1+bpo"])
        #expect(sources.first?["supplier"].text == "Person: Ada Example (ada@example.org)")
        let names = Dictionary(
            document.packages.map { ($0["SPDXID"].text, $0["name"].text) }, uniquingKeysWith: { first, _ in first })
        let edges = document.relationships.filter { $0["relationshipType"].text == "GENERATED_FROM" }.map { edge in
            [
                names[edge["spdxElementId"].text] ?? "", names[edge["relatedSpdxElement"].text] ?? "",
                edge["comment"].text,
            ]
        }
        #expect(
            edges == [
                ["a", "aa", ""], ["a", "used", "Built-Using"], ["a", "rust-used", "Built-Using"], ["b", "aa", ""],
                ["c", "c", ""], ["d", "d", ""],
            ])
    }

    @Test func `components of CycloneDX name what they are generated from`() async throws {
        let image = try await generated(TinyImage(Self.status), Self.options())
        let json = try JSONValue(parsing: image.document(.cycloneDX(.v1_6)), limits: Limits())
        let components = json["components"].array
        let references = Set(components.map { $0["bom-ref"].text })
        let named = components.flatMap { component in
            component["properties"].array.filter { $0["name"].text == "sbomkit:GeneratedFrom" }.map { $0["value"].text }
        }
        #expect(named.count == 6 && Set(named).count == 5 && Set(named).isSubset(of: references))
    }

    @Test(arguments: [Fixture("debian-small"), Fixture("rpm-small"), Fixture("distroless")])
    func `a document with sources is valid, and has the packages of one without`(fixture: Fixture) async throws {
        let (plain, image) = (try await fixture.generated(), try await fixture.generated(Self.options()))
        let (one, other) = (try Document(plain), try Document(image))
        let sources = other.packages.filter { $0["primaryPackagePurpose"].text == "SOURCE" }
        #expect(!sources.isEmpty && one.packages.count + sources.count == other.packages.count)
        #expect(
            sources.allSatisfy { source in
                let url = source["externalRefs"].array.first?["referenceLocator"].text ?? ""
                return url.contains("?arch=source&") || url.contains("?arch=src&")
            })
        for format in [DocumentFormat.spdx, .cycloneDX(.v1_6), .cycloneDXXML(.v1_6)] {
            #expect(try Validator().validate(image.document(format)).isValid)
        }
    }
}
