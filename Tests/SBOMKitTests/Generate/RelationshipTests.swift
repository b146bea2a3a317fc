import SBOMKit
import StructuredText
import TestSupport
import Testing

@Suite struct RelationshipTests {
    @Test(arguments: Fixture.all)
    func `everything hangs together`(fixture: Fixture) async throws {
        let document = try await Document(fixture.generated())
        let ids = document.packages.map { $0["SPDXID"].text }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(id.hasPrefix("SPDXRef-"))
            #expect(
                id.utf8.allSatisfy {
                    "-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8.contains($0)
                })
        }
        struct Edge: Hashable { let from, kind, to: String }
        let edges = document.relationships.map {
            Edge(
                from: $0["spdxElementId"].text, kind: $0["relationshipType"].text, to: $0["relatedSpdxElement"].text)
        }
        #expect(Set(edges).count == edges.count, "no relationship twice")
        let image = try #require(ids.first { $0.hasPrefix("SPDXRef-Image-") })
        let system = ids.first { $0.hasPrefix("SPDXRef-OperatingSystem-") }
        #expect(
            edges.filter { $0.kind == "DESCRIBES" } == [Edge(from: "SPDXRef-DOCUMENT", kind: "DESCRIBES", to: image)])
        if let system { #expect(edges.contains(Edge(from: image, kind: "CONTAINS", to: system))) }
        for package in document.installed {
            let containers = edges.filter { $0.kind == "CONTAINS" && $0.to == package["SPDXID"].text }.map(\.from)
            // What files show is in the image, and not part of its operating system.
            let isInstalled = ["deb", "rpm", "apk", "generic"].contains {
                package["SPDXID"].text.hasPrefix("SPDXRef-Package-\($0)-")
            }
            #expect(containers == [isInstalled ? system ?? image : image])
        }
        var reached: Set = ["SPDXRef-DOCUMENT"]
        var waiting = ["SPDXRef-DOCUMENT"]
        let next = Dictionary(grouping: edges, by: \.from)
        while let id = waiting.popLast() {
            for edge in next[id] ?? [] where reached.insert(edge.to).inserted { waiting.append(edge.to) }
        }
        #expect(reached == Set(ids + ["SPDXRef-DOCUMENT"]))
        let dependencies = edges.filter { $0.kind == "DEPENDS_ON" }
        #expect(dependencies.allSatisfy { $0.from != $0.to })
        #expect(Set(dependencies.map { [$0.from, $0.to] }).count == dependencies.count)
    }

    static let small = [
        "alpha delta-data", "alpha gamma", "alpha gamma-lite", "alpha json-new", "alpha libbeta1", "alpha postbox",
        "alpha-tools alpha", "alpha-tools libbeta1", "cycle-data libcycle1", "legacy:i386 gamma",
        "legacy:i386 interpreter", "legacy:i386 libbeta1:i386", "legacy:i386 translator", "libcycle1 cycle-data",
        "script interpreter", "zeta libbeta1",
    ]

    @Test func `each dependency is an edge to every package that satisfies it`() async throws {
        let generated = try await Fixture("debian-small").generated()
        let document = try Document(generated)
        let edges = document.edges.filter { $0.contains(" DEPENDS_ON ") }
        #expect(edges.map { $0.replacing(" DEPENDS_ON ", with: " ") }.sorted() == Self.small)
        #expect(generated.summary.dependencyCount == Self.small.count)
        #expect(generated.summary.unmetCount == 3)
    }

    @Test func `an unmet dependency is in the comment of its package`() async throws {
        let document = try await Document(Fixture("debian-small").generated())
        let comments = document.installed.filter { $0["comment"] != .null }.map {
            "\($0["name"].text): \($0["comment"].text)"
        }
        #expect(
            comments == [
                "legacy-mail: Unmet dependency (Depends): mail-agent",
                "zeta: Unmet dependency (Depends): nowhere (>= 1.0)\nUnmet dependency (Depends): mail-agent (>= 1.0)",
            ])
    }

    @Test func `recommendations are relationships only on request`() async throws {
        var options = Generator.Options()
        options.withRecommends = true
        let usual = try await Document(Fixture("debian-small").generated())
        let document = try await Document(Fixture("debian-small").generated(options))
        #expect(!usual.edges.contains { $0.contains("OPTIONAL") })
        #expect(Set(document.edges).subtracting(usual.edges) == ["extras OPTIONAL_DEPENDENCY_OF alpha"])
        #expect(Set(usual.edges).isSubset(of: document.edges))
        // What nothing requires is not missing.
        #expect(document.package("alpha")?["comment"] == .null)
    }

    @Test func `a package that is required and recommended has one relationship`() async throws {
        var options = Generator.Options()
        options.withRecommends = true
        let record = "Status: install ok installed\nVersion: 1\nArchitecture: amd64\n"
        let image = TinyImage([
            "var/lib/dpkg/status":
                "Package: a\n\(record)Pre-Depends: b\nDepends: b (>= 1), b | c\nRecommends: b\nSuggests: c\n\nPackage: b\n\(record)\nPackage: c\n\(record)\n"
        ])
        let edges = try await Document(generated(image, options)).edges.filter { !$0.contains("CONTAINS") }
        #expect(edges.sorted() == ["DOCUMENT DESCRIBES container-image", "a DEPENDS_ON b", "a DEPENDS_ON c"])
    }

    @Test func `without an operating system the image contains the packages`() async throws {
        let image = TinyImage([
            "var/lib/dpkg/status": "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
        ])
        let generated = try await generated(image)
        let document = try Document(generated)
        #expect(document.edges == ["DOCUMENT DESCRIBES container-image", "container-image CONTAINS a"])
        #expect(document.json["comment"].text.contains("No os-release tells what the operating system is"))
        #expect(document.package("a")?.purl == "pkg:deb/debian/a@1?arch=amd64")
        #expect(generated.notices.map(\.code) == ["no-os-release"])
    }

    @Test(arguments: ["", "# nothing\n", "ID=\nNAME=\n", "VERSION_ID=12\n"])
    func `an os-release without a name of a system is reported`(text: String) async throws {
        let image = TinyImage([
            "etc/os-release": text,
            "var/lib/dpkg/status": "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n",
        ])
        let generated = try await generated(image)
        let document = try Document(generated)
        #expect(document.edges == ["DOCUMENT DESCRIBES container-image", "container-image CONTAINS a"])
        #expect(document.package("a")?.purl == "pkg:deb/debian/a@1?arch=amd64")
        #expect(document.json["comment"].text.contains("No os-release tells what the operating system is"))
        #expect(generated.notices.map(\.code) == ["no-os-release"])
    }
}
