import SBOMKit
import TestSupport
import Testing

@Suite struct DocumentDifferenceTests {
    /// An SPDX document with those packages, each `type/name version` with what else is to be said of it.
    static func spdx(
        _ packages: [(purl: String, more: String)], relationships: [(String, String, String)] = [], more: String = ""
    ) -> [UInt8] {
        let items = packages.enumerated().map { number, package in
            let name = package.purl.split(separator: "/").last?.split(separator: "@").first ?? ""
            let version = package.purl.split(separator: "@").last?.prefix { $0 != "?" && $0 != "#" } ?? ""
            return """
                {"SPDXID": "SPDXRef-\(number)", "name": "\(name)", "versionInfo": "\(version)",
                 "downloadLocation": "NOASSERTION"\(package.more.isEmpty ? "" : ", ")\(package.more),
                 "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                   "referenceLocator": "\(package.purl)"}]}
                """
        }
        let edges = relationships.map { from, kind, to in
            """
            {"spdxElementId": "SPDXRef-\(from)", "relationshipType": "\(kind)", "relatedSpdxElement": "SPDXRef-\(to)"}
            """
        }
        return Array(
            """
            {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "d",
             "documentNamespace": "https://example.org/d", \(more.isEmpty ? "" : more + ",")
             "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: t"]},
             "packages": [\(items.joined(separator: ","))], "relationships": [\(edges.joined(separator: ","))]}
            """.utf8)
    }

    static func difference(_ old: [String], _ new: [String]) throws -> DocumentDifference {
        try DocumentDifference(from: spdx(old.map { ($0, "") }), to: spdx(new.map { ($0, "") }))
    }

    // MARK: What is the same

    @Test(arguments: names(inFolder: "\(packageFolder)/Fixtures/documents").filter { !$0.hasPrefix(".") })
    func `a document is equal to itself`(name: String) throws {
        let bytes = try bytes(ofFile: "\(packageFolder)/Fixtures/documents/\(name)")
        let difference = try DocumentDifference(from: bytes, to: bytes)
        #expect(difference.isEmpty, "\(difference.lines)")
    }

    @Test(arguments: ["debian-small", "rpm-small", "debian-layers", "distroless", "links"])
    func `all documents of an image are equal to it`(name: String) async throws {
        let place = "\(packageFolder)/Fixtures/\(name)"
        let image = try await Generator().read(place)
        let formats: [DocumentFormat] = [.spdx, .spdxTagValue(.v2_2), .cycloneDX(.v1_6), .cycloneDXXML(.v1_4)]
        let spdx = try image.document(.spdx)
        for format in formats {
            let difference = try DocumentDifference(from: spdx, to: image.document(format))
            #expect(difference.isEmpty, "\(format): \(difference.lines)")
        }
        #expect(try await DocumentDifference.between(place, and: "oci:\(place)").isEmpty)
    }

    @Test func `packages with another subpath are different`() throws {
        let difference = try Self.difference(["pkg:golang/x/y@1#a"], ["pkg:golang/x/y@1#b"])
        #expect(difference.added.count == 1 && difference.removed.count == 1, "\(difference.lines)")
        #expect(try Self.difference(["pkg:golang/x/y@1#a/b"], ["pkg:golang/x/y@1#/a//b/"]).isEmpty)
    }

    @Test func `the order of names that are not on the list has no meaning`() throws {
        func document(_ license: String) -> [UInt8] {
            Self.spdx([("pkg:npm/a@1", #""licenseDeclared": "\#(license)""#)])
        }
        #expect(
            try DocumentDifference(from: document("Foo OR (MIT AND Bar)"), to: document("(Bar AND mit) OR Foo")).isEmpty
        )
        #expect(try !DocumentDifference(from: document("Foo OR Bar"), to: document("Foo AND Bar")).isEmpty)
    }

    @Test(
        arguments: [
            (
                "pkg:deb/debian/a@1:2-3?arch=amd64&distro=debian-12",
                "pkg:deb/debian/a@2-3?arch=amd64&distro=debian-12.5&epoch=1"
            ),
            ("pkg:rpm/redhat/a@1-2?arch=x86_64&upstream=a-1-2.src.rpm", "pkg:rpm/rhel/a@1-2?arch=x86_64&epoch=0"),
            ("pkg:deb/ubuntu/a@1?arch=amd64", "pkg:deb/ubuntu/a@1"),
            ("pkg:pypi/A_b@1", "pkg:pypi/a-b@1"),
            ("pkg:npm/%40s/a@1", "pkg:npm/@s/a@1"),
            ("pkg:golang/example.com/A@v1", "pkg:golang/example.com/a@1"),
        ])
    func `what tools write differently of the same package is no difference`(one: String, other: String) throws {
        let difference = try Self.difference([one], [other])
        #expect(difference.isEmpty, "\(difference.lines)")
    }

    @Test(
        arguments: [
            ("pkg:deb/debian/a@1?arch=amd64", "pkg:deb/debian/a@1?arch=arm64"),
            ("pkg:npm/%40s/a@1", "pkg:npm/%40t/a@1"),
            ("pkg:npm/a@1", "pkg:pypi/a@1"),
            ("pkg:maven/g/a@1?classifier=sources", "pkg:maven/g/b@1"),
        ])
    func `what is another package is added and removed`(one: String, other: String) throws {
        let difference = try Self.difference([one, "pkg:npm/x@1"], [other, "pkg:npm/x@1"])
        #expect(difference.added.map(\.purl) == [other])
        #expect(difference.removed.map(\.purl) == [one])
        #expect(difference.changed.isEmpty)
    }

    @Test func `what has no package URL is found by its name`() throws {
        let plain = Array(
            """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
              {"type": "library", "name": "a", "version": "1"}, {"type": "application", "name": "B", "version": "2"}]}
            """.utf8)
        let difference = try DocumentDifference(
            from: plain, to: Self.spdx([("pkg:npm/a@1", ""), ("pkg:npm/b@3", "")]), in: [.packages])
        #expect(difference.lines == ["packages: 1 upgraded", "  ~ B 2 -> b 3 (upgraded)"])
    }

    // MARK: What is different

    @Test func `of several versions those that both have are the same`() throws {
        func kernel(_ version: String) -> String { "pkg:rpm/fedora/kernel@\(version)?arch=x86_64" }
        let one = try Self.difference([kernel("5.9"), kernel("5.10")], [kernel("5.10"), kernel("5.11")])
        #expect(one.lines.prefix(2) == ["packages: 1 upgraded", "  ~ kernel 5.9 -> 5.11 (upgraded)"])
        let two = try Self.difference([kernel("5.9")], [kernel("5.11"), kernel("5.9"), kernel("5.10")])
        #expect(two.added.map(\.version) == ["5.10", "5.11"])
        #expect(two.changed.isEmpty && two.removed.isEmpty)
        let three = try Self.difference([kernel("5.9"), kernel("5.8")], [kernel("5.10")])
        #expect(three.changed.map { "\($0.old.version ?? "")-\($0.new.version ?? "")" } == ["5.9-5.10"])
        #expect(three.removed.map(\.version) == ["5.8"])
    }

    @Test func `a package that is listed twice is one`() throws {
        let purl = "pkg:npm/a@1"
        #expect(try Self.difference([purl, "pkg:npm/b@1"], [purl, purl, "pkg:npm/b@1", purl]).isEmpty)
    }

    @Test func `licences and suppliers are compared by what they say`() throws {
        let refs = """
            "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-x", "name": "Own", "extractedText": "t"}]
            """
        let other = refs.replacing("LicenseRef-x", with: "LicenseRef-y")
        let old = Self.spdx(
            [
                ("pkg:npm/order@1", #""licenseDeclared": "MIT AND (Zlib OR ISC)""#),
                ("pkg:npm/reference@1", #""licenseDeclared": "LicenseRef-x""#),
                ("pkg:npm/concluded@1", #""licenseDeclared": "NOASSERTION", "licenseConcluded": "MIT""#),
                ("pkg:npm/kind@1", #""supplier": "Person: Some One (a@example.org)""#),
                ("pkg:npm/licence@1", #""licenseDeclared": "MIT""#),
                ("pkg:npm/supplier@1", #""supplier": "Organization: One""#),
            ], more: refs)
        let new = Self.spdx(
            [
                ("pkg:npm/order@1", #""licenseDeclared": "((ISC OR Zlib) AND mit)""#),
                ("pkg:npm/reference@1", #""licenseDeclared": "LicenseRef-y""#),
                ("pkg:npm/concluded@1", #""licenseDeclared": "MIT""#),
                ("pkg:npm/kind@1", #""supplier": "Organization: some one""#),
                ("pkg:npm/licence@1", #""licenseDeclared": "Apache-2.0""#),
                ("pkg:npm/supplier@1", ""),
            ], more: other)
        let difference = try DocumentDifference(from: old, to: new)
        #expect(
            difference.lines == [
                "licenses: 1 changed", "  ~ licence: MIT -> Apache-2.0", "suppliers: 1 changed",
                "  ~ supplier: One -> none",
            ])
    }

    @Test func `relationships are compared whichever way round they are written`() throws {
        let packages = [("pkg:npm/a@1", ""), ("pkg:npm/b@1", ""), ("pkg:npm/c@1", "")]
        let old = Self.spdx(packages, relationships: [("1", "DEPENDENCY_OF", "0"), ("0", "CONTAINS", "2")])
        let new = Self.spdx(packages, relationships: [("0", "DEPENDS_ON", "1"), ("2", "DEPENDS_ON", "1")])
        let difference = try DocumentDifference(from: old, to: new)
        #expect(difference.lines == ["edges: 1 added, 1 removed", "  + c DEPENDS_ON b", "  - a CONTAINS c"])
        #expect(try DocumentDifference(from: old, to: new, in: [.packages, .licenses]).isEmpty)
    }

    @Test func `relationships that come with a package are counted and not shown`() throws {
        let old = Self.spdx(
            [("pkg:oci/i@1", ""), ("pkg:npm/a@1", "")], relationships: [("DOCUMENT", "DESCRIBES", "0")])
        let new = Self.spdx(
            [("pkg:oci/i@1", ""), ("pkg:npm/a@1", ""), ("pkg:npm/b@1", "")],
            relationships: [
                ("DOCUMENT", "DESCRIBES", "0"), ("0", "CONTAINS", "2"), ("2", "DEPENDS_ON", "1"),
                ("1", "DEPENDS_ON", "2"),
            ])
        let difference = try DocumentDifference(from: old, to: new)
        #expect(difference.addedEdges.map(\.isImplied) == [false, true])
        #expect(
            difference.lines == [
                "packages: 1 added", "  + b 1", "edges: 2 added", "  + a DEPENDS_ON b",
                "  (1 of them come and go with packages and files)",
            ])
    }

    /// A document of an image by one tool: the image contains the operating system, which contains the packages.
    static func nested(_ tool: String, image: String, system: String, _ packages: String, more: String = "") -> [UInt8]
    {
        Array(
            """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {
              "tools": {"components": [{"type": "application", "name": "\(tool)", "version": "\(image)"}]},
              "component": {"type": "container", "name": "\(image)", "version": "\(image)", "bom-ref": "image",
                            "purl": "pkg:oci/\(image)@sha256:\(image)"}},
             "components": [{"type": "operating-system", "name": "debian", "version": "\(system)", "bom-ref": "os"},
              \(packages)],
             "dependencies": [{"ref": "image", "dependsOn": ["os"]}, {"ref": "os", "dependsOn": ["a", "b"]}\(more)]}
            """.utf8)
    }

    /// The same by another tool: the image contains the packages.
    static func flat(
        _ tool: String, image: String, _ packages: [(purl: String, more: String)], _ edges: [(String, String, String)]
    ) -> [UInt8] {
        let root = (purl: "pkg:oci/\(image)@\(image)", more: #""primaryPackagePurpose": "CONTAINER""#)
        let text = String(
            decoding: spdx(
                [root] + packages,
                relationships: [("DOCUMENT", "DESCRIBES", "0")]
                    + packages.indices.map { ("0", "CONTAINS", "\($0 + 1)") } + edges),
            as: UTF8.self)
        return Array(text.replacing("Tool: t", with: "Tool: \(tool)-1.0").utf8)
    }

    static let packages = """
        {"type": "library", "name": "a", "version": "1", "bom-ref": "a", "purl": "pkg:deb/debian/a@1",
         "licenses": [{"license": {"id": "MIT"}}], "supplier": {"name": "Ann <ann@example.org>"}},
        {"type": "library", "name": "b", "version": "1", "bom-ref": "b", "purl": "pkg:deb/debian/b@1"}
        """

    @Test func `the images' own identity is no difference unless everything is compared`() throws {
        let old = Self.nested("t", image: "one", system: "12", Self.packages)
        let new = Self.nested("t", image: "two", system: "13", Self.packages)
        let difference = try DocumentDifference(from: old, to: new)
        #expect(difference.isEmpty, "\(difference.lines)")
        #expect(try DocumentDifference(from: old, to: new, in: [.packages]).isEmpty)
        let all = try DocumentDifference(from: old, to: new, comparing: .everything)
        #expect(
            all.lines == [
                "packages: 1 upgraded, 1 changed", "  ~ debian 12 -> 13 (upgraded)", "  ~ one one -> two two (changed)",
            ], "\(all.lines)")
        try Self.expectOpposites(old, new)
    }

    @Test func `another shape of containment is no difference unless everything is compared`() throws {
        let old = Self.nested(
            "t", image: "one", system: "12", Self.packages, more: #", {"ref": "a", "dependsOn": ["b"]}"#)
        let new = Self.flat(
            "t", image: "one",
            [
                ("pkg:deb/debian/a@1", #""licenseDeclared": "MIT", "supplier": "Organization: Ann (ann@example.org)""#),
                ("pkg:deb/debian/b@1", ""),
            ], [("1", "DEPENDS_ON", "2")])
        let difference = try DocumentDifference(from: old, to: new)
        #expect(difference.isEmpty, "\(difference.lines)")
        let all = try DocumentDifference(from: old, to: new, comparing: .everything)
        #expect(all.removed.map(\.name) == ["debian"], "\(all.lines)")
        #expect(all.addedEdges.contains { $0.type == "CONTAINS" })
    }

    @Test func `of documents of different tools only what both state is compared`() throws {
        let old = Self.nested(
            "trivy", image: "one", system: "12", Self.packages, more: #", {"ref": "a", "dependsOn": ["b"]}"#)
        let new = Self.flat("syft", image: "uno", [("pkg:deb/debian/a@1", ""), ("pkg:deb/debian/b@1", "")], [])
        let difference = try DocumentDifference(from: old, to: new)
        #expect(
            difference.lines == [
                "no difference in packages, files, edges", "not compared: licenses, which only the old document states",
                "not compared: suppliers, which only the old document states",
                "not compared: edges of type DEPENDS_ON, which only the old document states",
            ])
        #expect(difference.json.contains("\"notCompared\": ["))
        #expect(difference.json.contains("\"schema\": \"sbomkit-diff/1\""))
        // What both state of some packages only, is compared of these.
        let some = Self.flat(
            "syft", image: "uno",
            [("pkg:deb/debian/a@1", ""), ("pkg:deb/debian/b@1", #""licenseDeclared": "ISC""#)],
            [("2", "DEPENDS_ON", "1")])
        #expect(
            try DocumentDifference(from: old, to: some).lines.prefix(3) == [
                "edges: 1 added, 1 removed", "  + b DEPENDS_ON a", "  - a DEPENDS_ON b",
            ])
        // Documents of one tool and format are compared whatever they state.
        let silent = Self.flat("syft", image: "uno", [("pkg:deb/debian/a@1", ""), ("pkg:deb/debian/b@1", "")], [])
        let same = try DocumentDifference(from: silent, to: some)
        #expect(same.summary(.licenses) == "1 changed" && same.summary(.edges) == "1 added" && same.omissions.isEmpty)
        let packages = try DocumentDifference(from: old, to: new, in: [.packages])
        #expect(packages.isEmpty && packages.omissions.isEmpty)
    }

    @Test func `files are compared by path and digest`() throws {
        func document(_ files: [(String, String)]) -> [UInt8] {
            let items = files.enumerated().map { number, file in
                """
                {"SPDXID": "SPDXRef-f\(number)", "fileName": "\(file.0)",
                 "checksums": [{"algorithm": "SHA1", "checksumValue": "\(file.1)"}]}
                """
            }
            let text = String(decoding: Self.spdx([("pkg:npm/a@1", "")]), as: UTF8.self)
            return Array(
                text.replacing("\"packages\"", with: "\"files\": [\(items.joined(separator: ","))], \"packages\"").utf8)
        }
        let difference = try DocumentDifference(
            from: document([("./same", "aa"), ("./other", "bb"), ("./gone", "cc")]),
            to: document([("/new", "dd"), ("same", "AA"), ("./other", "ee")]))
        #expect(difference.lines == ["files: 1 added, 1 removed, 1 changed", "  + /new", "  - ./gone", "  ~ ./other"])
    }

    // MARK: Properties

    @Test(arguments: [
        ("telescope-2.3.spdx.json", "sundial-2.2.spdx.json"), ("observatory-1.6.cdx.json", "brewery-1.5.cdx.json"),
        ("compass-2.3.spdx", "bicycle-1.4.cdx.xml"), ("lighthouse-1.7.cdx.json", "observatory-1.6.cdx.json"),
    ])
    func `the other way round it is the opposite`(one: String, other: String) throws {
        let documents = try [one, other].map { try bytes(ofFile: "\(packageFolder)/Fixtures/documents/\($0)") }
        try Self.expectOpposites(documents[0], documents[1])
    }

    @Test func `made-up documents differ in opposite ways, and the order of their packages does not count`() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            func packages() -> [(purl: String, more: String)] {
                (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                    let type =
                        ["deb/debian", "deb/ubuntu", "rpm/fedora", "npm", "npm/%40s"].randomElement(using: &random)
                        ?? ""
                    let name = ["a", "b"].randomElement(using: &random) ?? ""
                    let version = ["1", "1.0", "2", "2~rc1", "1:1"].randomElement(using: &random) ?? ""
                    let arch = ["", "?arch=amd64", "?arch=i386"].randomElement(using: &random) ?? ""
                    let licence = ["", #""licenseDeclared": "MIT""#, #""licenseDeclared": "ISC""#]
                    return ("pkg:\(type)/\(name)@\(version)\(arch)", licence.randomElement(using: &random) ?? "")
                }
            }
            func edges(_ count: Int) -> [(String, String, String)] {
                guard count > 0 else { return [] }
                return (0..<5).map { _ in
                    (
                        String(Int.random(in: 0..<count, using: &random)), "DEPENDS_ON",
                        String(Int.random(in: 0..<count, using: &random))
                    )
                }
            }
            let (one, other) = (packages(), packages())
            let (old, new) = (
                Self.spdx(one, relationships: edges(one.count)), Self.spdx(other, relationships: edges(other.count))
            )
            #expect(try DocumentDifference(from: old, to: old).isEmpty)
            try Self.expectOpposites(old, new)
            let shuffled = Self.spdx(other.shuffled(using: &random))
            #expect(
                try DocumentDifference(from: old, to: Self.spdx(other), in: [.packages, .licenses]).lines
                    == DocumentDifference(from: old, to: shuffled, in: [.packages, .licenses]).lines)
        }
    }

    static func expectOpposites(_ one: [UInt8], _ other: [UInt8]) throws {
        let there = try DocumentDifference(from: one, to: other)
        let back = try DocumentDifference(from: other, to: one)
        #expect(there.added == back.removed)
        #expect(there.removed == back.added)
        #expect(there.addedFiles == back.removedFiles)
        #expect(Set(there.changed.map { [$0.old, $0.new] }) == Set(back.changed.map { [$0.new, $0.old] }))
        #expect(there.summary(.packages).contains("upgraded") == back.summary(.packages).contains("downgraded"))
        #expect(
            Set(there.licenses.map { [$0.subject, $0.old, $0.new] })
                == Set(back.licenses.map { [$0.subject, $0.new, $0.old] }))
        #expect(there.suppliers.count == back.suppliers.count)
        #expect(there.addedEdges == back.removedEdges)
        #expect(there.removedEdges == back.addedEdges)
    }

    @Test func `a damaged document is an error or compared, never a crash`() throws {
        let whole = try bytes(ofFile: "\(packageFolder)/Fixtures/documents/compass-2.3.spdx")
        for (number, damaged) in mutations(of: whole, count: 200, seed: 12).enumerated() {
            do throws(SBOMError) {
                let difference = try DocumentDifference(from: damaged, to: whole)
                #expect(difference.json.isEmpty == false && difference.markdown.isEmpty == false)
            } catch {
                #expect(error.code == .badInput, "\(number): \(error)")
            }
        }
    }

    @Test(.needsCorpus)
    func `documents of the corpus are equal to themselves`() throws {
        // Every twentieth: all of them take a release build and a minute.
        let files = try shell("find -L '\(corpus ?? "")/sbom' -type f -size -400k | sort | awk 'NR % 20 == 0'").text
        for path in files.split(separator: "\n") {
            let bytes = try bytes(ofFile: String(path))
            do throws(SBOMError) {
                let difference = try DocumentDifference(from: bytes, to: bytes)
                #expect(difference.isEmpty, "\(path)")
                _ = try Query("all name:a").matches(in: bytes)
            } catch {
                #expect(error.code == .badInput)
            }
        }
    }
}
