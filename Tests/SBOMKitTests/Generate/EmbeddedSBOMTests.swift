import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// SBOMs that are inside of an image.
@Suite struct EmbeddedSBOMTests {
    /// A document as Bitnami writes it: it has the identifier of its first package.
    static let redis = """
        {"SPDXID": "SPDXRef-redis", "spdxVersion": "SPDX-2.3", "name": "redis", "dataLicense": "CC0-1.0",
         "documentNamespace": "redis-7.4.0", "documentDescribes": ["SPDXRef-redis"],
         "creationInfo": {"created": "2024-08-08T11:12:35Z", "creators": ["Organization: Example"]},
         "packages": [
          {"SPDXID": "SPDXRef-redis", "name": "redis", "versionInfo": "7.4.0-0", "filesAnalyzed": false,
           "downloadLocation": "http://download.example.org/redis-7.4.0.tar.gz",
           "licenseConcluded": "RSALv2", "licenseDeclared": "RSALv2", "copyrightText": "NOASSERTION",
           "externalRefs": [
            {"referenceCategory": "SECURITY", "referenceType": "cpe23Type",
             "referenceLocator": "cpe:2.3:*:redis:redis:7.4.0:*:*:*:*:*:*:*"},
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
             "referenceLocator": "pkg:bitnami/redis@7.4.0-0?arch=arm64&distro=debian-12"}]},
          {"SPDXID": "SPDXRef-lua", "name": "lua", "versionInfo": "5.1", "downloadLocation": "NOASSERTION",
           "licenseDeclared": "LicenseRef-mine OR MIT", "copyrightText": "Copyright Example"},
          {"SPDXID": "SPDXRef-jar", "name": "inner", "versionInfo": "1", "downloadLocation": "NONE"}],
         "hasExtractedLicensingInfos": [
          {"licenseId": "LicenseRef-mine", "name": "My License", "extractedText": "Do what you like."}],
         "files": [{"SPDXID": "SPDXRef-file", "fileName": "./share/inner.jar", "checksums": []}],
         "relationships": [
          {"spdxElementId": "SPDXRef-redis", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-lua"},
          {"spdxElementId": "SPDXRef-jar", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-file"}]}
        """

    /// A document as melange writes it for an apk package.
    static let sed = """
        {"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3", "name": "apk-sed", "dataLicense": "CC0-1.0",
         "documentNamespace": "https://example.org/melange/753938d7", "documentDescribes": ["SPDXRef-apk"],
         "creationInfo": {"created": "0001-01-01T00:00:00Z", "creators": ["Tool: melange (devel)"]},
         "packages": [
          {"SPDXID": "SPDXRef-system", "name": "wolfi", "downloadLocation": "NOASSERTION",
           "primaryPackagePurpose": "OPERATING-SYSTEM"},
          {"SPDXID": "SPDXRef-apk", "name": "sed", "versionInfo": "4.9-r8", "downloadLocation": "NOASSERTION",
           "licenseDeclared": "GPL-3.0-or-later", "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
             "referenceLocator": "pkg:apk/wolfi/sed@4.9-r8?arch=x86_64&distro=wolfi"}]},
          {"SPDXID": "SPDXRef-recipe", "name": "sed.yaml", "downloadLocation": "NOASSERTION"},
          {"SPDXID": "SPDXRef-source", "name": "git/sed", "versionInfo": "v4.9", "downloadLocation": "NOASSERTION",
           "primaryPackagePurpose": "SOURCE"}],
         "relationships": [
          {"spdxElementId": "SPDXRef-apk", "relationshipType": "DESCRIBED_BY", "relatedSpdxElement": "SPDXRef-recipe"},
          {"spdxElementId": "SPDXRef-apk", "relationshipType": "GENERATED_FROM", "relatedSpdxElement": "SPDXRef-source"}
         ]}
        """

    /// A document as auditwheel puts it into a wheel (PEP 770).
    static let wheel = """
        {"bomFormat": "CycloneDX", "specVersion": "1.4", "version": 1,
         "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
         "metadata": {"component": {"type": "library", "bom-ref": "foo", "name": "foo", "version": "1.0",
          "purl": "pkg:pypi/foo@1.0?file_name=foo-1.0.whl"}},
         "components": [{"type": "library", "bom-ref": "gfortran", "name": "libgfortran", "version": "8.5.0",
          "purl": "pkg:rpm/almalinux/libgfortran@8.5.0"}],
         "dependencies": [{"ref": "foo", "dependsOn": ["gfortran"]}]}
        """

    static let release = "ID=wolfi\nVERSION_ID=20230201\nNAME=Wolfi\n"
    static let redisPath = "opt/bitnami/redis/.spdx-redis.spdx"
    static let sedPath = "var/lib/db/sbom/sed-4.9-r8.spdx.json"
    static let wheelPath = "usr/lib/python3/site-packages/foo-1.0.dist-info/sboms/auditwheel.cdx.json"

    static let all = TinyImage([
        "etc/os-release": release, redisPath: redis, "opt/bitnami/redis/share/inner.jar": "",
        "opt/bitnami/redis/bin/redis": CodeSamples.elf(), "opt/bitnami/.bitnami_components.json": "{}",
        sedPath: sed, wheelPath: wheel,
        "usr/lib/python3/site-packages/foo-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n",
    ])

    private func read(
        _ image: TinyImage, _ mode: Generator.EmbeddedSBOMs, limits: Limits = Limits(),
        _ change: (inout Generator.Options) -> Void = { _ in }
    ) async throws -> ImageInventory {
        var options = Generator.Options()
        options.embeddedSBOMs = mode
        change(&options)
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        try image.write(toFolder: "\(folder)/layout")
        return try await Generator(options: options, limits: limits).read("\(folder)/layout")
    }

    /// The values of the properties of an element with a name.
    private func values(_ name: String, _ element: JSONValue?) -> [String] {
        (element?["annotations"].array ?? []).compactMap { annotation in
            let comment = annotation["comment"].text
            return comment.hasPrefix("\(name): ") ? String(comment.dropFirst(name.count + 2)) : nil
        }
    }

    static let formats = [
        "spdx", "spdx@2.2", "spdx-tag-value", "cyclonedx@1.2", "cyclonedx@1.4", "cyclonedx", "cyclonedx@1.7",
        "cyclonedx-xml",
    ].compactMap { DocumentFormat($0) }

    // MARK: List and ignore

    @Test func `a document refers to each SBOM by its digest, layer and path`() async throws {
        let generated = try await read(Self.all, .list)
        let document = try Document(generated)
        let image = document.packages.first
        let references = values("EmbeddedSBOM", image)
        #expect(references.count == 3)
        #expect(references[0].hasPrefix("\(ContentDigest.of(Array(Self.redis.utf8))) sha256:"))
        #expect(
            references.map { $0.split(separator: " ").last } == [
                Self.redisPath[...], Self.wheelPath[...], Self.sedPath[...],
            ])
        // The namespace of Bitnami's is no URI.
        #expect(
            image?["externalRefs"].array.filter { $0["referenceType"].text == "bom" }.map {
                $0["referenceLocator"].text
            }
                == ["urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "https://example.org/melange/753938d7"])
        #expect(
            generated.notices.filter { $0.code == "embedded-sboms" }.map(\.line) == [
                "note embedded-sboms image: 3 SBOMs are inside; packages that only SBOMs describe are not listed"
            ])
        #expect(document.installed.map { $0["name"].text } == ["foo"])
        #expect(generated.notices.contains { $0.code == "not-read-bitnami" })
        #expect(generated.notices.contains { $0.code == "not-read-apko" })
    }

    @Test func `the packages of the system alone need no more than references`() async throws {
        let generated = try await read(Self.all, .list) { $0.packages = .os }
        #expect(try values("EmbeddedSBOM", Document(generated).packages.first).count == 3)
        #expect(try Document(generated).installed.isEmpty)
    }

    @Test func `SBOMs that are ignored leave no trace`() async throws {
        let generated = try await read(Self.all, .ignore)
        #expect(try values("EmbeddedSBOM", Document(generated).packages.first).isEmpty)
        #expect(!generated.notices.contains { $0.code.hasPrefix("embedded") })
        #expect(try !Document(generated).json["comment"].text.contains("SBOMs inside"))
    }

    @Test func `a hard link to an SBOM is one too`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        try write(Array(Self.wheel.utf8), toFile: "\(folder)/root/a.json")
        let made = try shell(
            """
            cd \(folder)/root && mkdir -p usr/share/sbom && ln a.json usr/share/sbom/b.json && tar cf ../l.tar a.json usr
            """)
        #expect(made.code == 0)
        let builder = try LayoutBuilder("\(folder)/layout")
        try builder.write(index: [builder.image([bytes(ofFile: "\(folder)/l.tar")])])
        var options = Generator.Options()
        options.embeddedSBOMs = .merge
        let generated = try await Generator(options: options).read("\(folder)/layout")
        #expect(try Document(generated).installed.map { $0["name"].text } == ["foo", "libgfortran"])
    }

    // MARK: Merge

    @Test func `packages of SBOMs are listed with what the SBOMs say of them`() async throws {
        let generated = try await read(Self.all, .merge)
        let document = try Document(generated)
        #expect(document.installed.map { $0["name"].text } == ["foo", "redis", "lua", "inner", "libgfortran", "sed"])
        #expect(generated.summary.packageCount == 6)
        let redis = document.package("redis")
        #expect(redis?.purl == "pkg:bitnami/redis@7.4.0-0?arch=arm64&distro=debian-12")
        #expect(redis?["sourceInfo"].text == "package of the SBOM \(Self.redisPath)")
        #expect(redis?["licenseConcluded"].text == "LicenseRef-RSALv2")
        #expect(redis?["externalRefs"].array.count == 2)
        #expect(values("FoundBy", redis) == ["manifest-analysis"])
        #expect(values("FilePath", redis) == [Self.redisPath])
        #expect(values("FilePath", document.package("inner")) == ["opt/bitnami/redis/share/inner.jar"])
        let lua = document.package("lua")
        #expect(values("PartOf", lua) == ["pkg:bitnami/redis@7.4.0-0?arch=arm64&distro=debian-12"])
        #expect(lua?["licenseDeclared"].text == "LicenseRef-My-License OR MIT")
        #expect(lua?["copyrightText"].text == "Copyright Example")
        #expect(
            document.json["hasExtractedLicensingInfos"].array.contains {
                $0["extractedText"].text == "Do what you like."
            })
        #expect(document.edges.contains("redis DEPENDS_ON lua"))
        // Nothing in the SBOM contains or needs it, so it is a part of what the SBOM describes.
        #expect(document.edges.contains("redis DEPENDS_ON inner"))
        #expect(document.edges.contains("foo DEPENDS_ON libgfortran"))
        #expect(
            document.edges.contains("latest CONTAINS redis")
                || document.edges.contains { $0.hasSuffix("CONTAINS redis") })
        #expect(document.json["comment"].text.contains("SBOMs inside of the image: 3."))
    }

    @Test func `what merged SBOMs describe is no blind spot`() async throws {
        let generated = try await read(Self.all, .merge)
        #expect(!generated.isBlind)
        var other = Self.all
        other.entries.append(("opt/bitnami/common/bin/other", .file(Array(CodeSamples.elf().utf8))))
        other.entries.append(("lib/apk/db/installed", .file(Array("P:a\nV:1\nA:x86_64\nF:bin\nR:a\n\n".utf8))))
        #expect(try await read(other, .merge).notices.contains { $0.code == "unowned-code" })
    }

    @Test func `a package of a database is not listed a second time`() async throws {
        var image = Self.all
        image.entries.append(("lib/apk/db/installed", .file(Array("P:sed\nV:4.9-r8\nA:x86_64\n\n".utf8))))
        let generated = try await read(image, .merge) { $0.sources = true }
        let document = try Document(generated)
        #expect(document.installed.count { $0["name"].text == "sed" } == 1)
        #expect(values("FoundBy", document.package("sed")).isEmpty)
        #expect(document.edges.contains("sed GENERATED_FROM git/sed"))
        #expect(!document.edges.contains { $0.hasSuffix("CONTAINS git/sed") })
        #expect(!document.packages.contains { $0["name"].text == "sed.yaml" })
        #expect(document.packages.count { $0["primaryPackagePurpose"].text == "OPERATING_SYSTEM" } == 1)
        let cycloneDX = try JSONValue(parsing: generated.document(.cycloneDX(.v1_6)), limits: Limits())
        #expect(cycloneDX["components"].array.contains { $0["name"].text == "git/sed" })
    }

    @Test func `another architecture is another package`() async throws {
        var image = Self.all
        image.entries.append(("lib/apk/db/installed", .file(Array("P:sed\nV:4.9-r8\nA:aarch64\n\n".utf8))))
        #expect(try await Document(read(image, .merge)).installed.count { $0["name"].text == "sed" } == 2)
    }

    @Test func `a package of a language counts only in the folder of the SBOM`() async throws {
        let metadata = "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n"
        let image = TinyImage([
            "etc/os-release": Self.release, "opt/other/site-packages/foo-1.0.dist-info/METADATA": metadata,
            Self.wheelPath: Self.wheel,
        ])
        #expect(
            try await Document(read(image, .merge)).installed.map { $0["name"].text } == ["foo", "foo", "libgfortran"])
    }

    @Test func `two SBOMs of one place have a package once`() async throws {
        let image = TinyImage([
            "etc/os-release": Self.release, "usr/share/sbom/a.json": Self.wheel, "usr/share/sbom/b.json": Self.wheel,
        ])
        let document = try await Document(read(image, .merge))
        #expect(document.installed.map { $0["name"].text } == ["foo", "libgfortran"])
        #expect(values("EmbeddedSBOM", document.packages.first).count == 2)
    }

    @Test func `the packages of an image that an SBOM describes are in the image`() async throws {
        let konflux = Self.wheel.replacing(
            #""type": "library", "bom-ref": "foo""#, with: #""type": "container", "bom-ref": "foo""#)
        let folder = "root/buildinfo/content_manifests"
        let image = TinyImage([
            "etc/os-release": "ID=rhel\nVERSION_ID=9.4\n", "\(folder)/sbom-cyclonedx.json": konflux,
            "\(folder)/sbom-purl.json": #"{"image_contents": {"dependencies": []}}"#,
            "\(folder)/ubi9.json": #"{"content_sets": ["rhel-9-for-x86_64-baseos-rpms"]}"#,
        ])
        let generated = try await read(image, .merge)
        let document = try Document(generated)
        #expect(document.installed.map { $0["name"].text } == ["libgfortran"])
        #expect(values("EmbeddedSBOM", document.packages.first).count == 1)
        #expect(!generated.isBlind)
    }

    @Test func `packages that are not asked for keep the dependencies of others`() async throws {
        var image = Self.all
        let status = "Status: install ok installed\nArchitecture: all\nVersion: 1\n"
        image.entries.append(
            ("var/lib/dpkg/status", .file(Array("Package: a\n\(status)Depends: b\n\nPackage: b\n\(status)\n".utf8))))
        let generated = try await read(image, .merge) { $0.packages = PackageSelection("python") ?? .all }
        let edges = try Document(generated).edges
        #expect(edges.contains("foo DEPENDS_ON libgfortran"))
        #expect(!edges.contains("a DEPENDS_ON b"))
    }

    @Test func `hidden packages alone have no packages of SBOMs beside them`() async throws {
        #expect(try await Document(read(Self.all, .merge) { $0.hidden = .only }).installed.isEmpty)
    }

    @Test func `values that would make the document invalid are left out`() async throws {
        let odd = """
            {"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.2", "name": "odd", "dataLicense": "CC0-1.0",
             "documentNamespace": "not a URI", "creationInfo": {"created": "x", "creators": []},
             "packages": [
              {"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "<here>", "homepage": "ftp:nowhere",
               "supplier": "Person:  (", "licenseDeclared": "DocumentRef-x:LicenseRef-y", "licenseConcluded": "((",
               "checksums": [{"algorithm": "SHA1", "checksumValue": "12"}, {"algorithm": "X", "checksumValue": "ab"},
                {"algorithm": "MD5", "checksumValue": "D41D8CD98F00B204E9800998ECF8427E"}],
               "externalRefs": [
                {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                 "referenceLocator": "pkg:golang/nowhere@1.22.7"},
                {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:x"}]},
              {"SPDXID": "SPDXRef-b", "name": "", "downloadLocation": "NOASSERTION"}],
             "relationships": [
              {"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-a"},
              {"spdxElementId": "SPDXRef-a", "relationshipType": "TEST_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-b"},
              {"spdxElementId": "SPDXRef-a", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-gone"}]}
            """
        let generated = try await read(
            TinyImage(["etc/os-release": Self.release, "usr/share/sbom/odd.json": odd]), .merge)
        let document = try Document(generated)
        #expect(document.installed.count == 1)
        let package = document.package("a")
        #expect(package?.purl == "")
        #expect(package?["downloadLocation"].text == "NOASSERTION")
        #expect(package?["checksums"].array.map { $0["algorithm"].text } == ["MD5"])
        try expectValid(generated)
    }

    // MARK: Documents

    private func expectValid(_ generated: ImageInventory) throws {
        for format in Self.formats {
            let report = try Validator().validate(generated.document(format))
            #expect(report.violations.filter(\.isError) == [], "\(format)")
        }
    }

    @Test(arguments: Generator.EmbeddedSBOMs.allCases)
    func `documents are valid in all formats`(mode: Generator.EmbeddedSBOMs) async throws {
        try expectValid(await read(Self.all, mode) { $0.sources = true })
        try expectValid(
            await read(Self.all, mode) {
                $0.consumer = .trivy
                $0.profiles = [.bsi, .cisa2025]
            })
    }

    @Test func `the same image gives the same bytes`() async throws {
        #expect(try await read(Self.all, .merge).spdx == read(Self.all, .merge).spdx)
    }

    @Test func `a document with packages of SBOMs survives conversion`() async throws {
        let spdx = try await read(Self.all, .merge).spdx
        let cycloneDX = try Converter().convert(spdx, to: .cycloneDX(.v1_6)).bytes
        #expect(try Converter().convert(cycloneDX, to: .spdx).bytes == spdx)
    }

    @Test func `a document with packages of SBOMs can be made smaller`() async throws {
        let full = try await read(Self.all, .merge)
        #expect(throws: SBOMError.self) { try full.fitting(1_000, as: .spdx) }
        #expect(try full.fitting(1 << 20, as: .spdx).spdx == full.spdx)
    }

    // MARK: Hostile input

    @Test func `a damaged SBOM costs itself`() async throws {
        var image = Self.all
        image.entries.append(("usr/share/sbom/damaged.json", .file(Array("{".utf8))))
        let generated = try await read(image, .merge)
        #expect(generated.notices.filter { $0.severity == .blind }.map(\.code) == ["embedded-sbom"])
        #expect(generated.summary.packageCount == 6)
        #expect(try values("EmbeddedSBOM", Document(generated).packages.first).count == 4)
        #expect(try await read(image, .list).notices.count { $0.code == "embedded-sbom" } == 0)
    }

    @Test(arguments: [redis, sed, wheel])
    func `damaged copies of SBOMs give valid documents`(text: String) async throws {
        var image = TinyImage(["etc/os-release": Self.release])
        for (number, copy) in mutations(of: Array(text.utf8), count: 60, seed: 770).enumerated() {
            image.entries.append(("opt/bitnami/c\(number)/.spdx-c.spdx", .file(copy)))
        }
        let generated = try await read(image, .merge) { $0.sources = true }
        for format in [DocumentFormat.spdx, .cycloneDX(.v1_6)] {
            #expect(try Validator().validate(generated.document(format)).violations.filter(\.isError) == [])
        }
    }

    // MARK: Limits

    @Test func `more SBOMs than embeddedSBOMCount are counted`() async throws {
        var limits = Limits()
        limits.embeddedSBOMCount = 2
        let generated = try await read(Self.all, .list, limits: limits)
        #expect(try values("EmbeddedSBOM", Document(generated).packages.first).count == 2)
        #expect(
            generated.notices.contains {
                $0.severity == .warning
                    && $0.message == "3 SBOMs are inside, more than the limit embeddedSBOMCount of 2"
            })
        #expect(try await read(Self.all, .merge, limits: limits).isBlind)
        limits.embeddedSBOMCount = 3
        #expect(
            try await !read(Self.all, .list, limits: limits).notices.contains {
                $0.message.contains("embeddedSBOMCount")
            })
    }

    @Test func `an SBOM larger than embeddedSBOMSize is not read`() async throws {
        let image = TinyImage(["etc/os-release": Self.release, "usr/share/sbom/a.json": Self.wheel])
        var limits = Limits()
        limits.embeddedSBOMSize = Self.wheel.utf8.count
        #expect(try await read(image, .merge, limits: limits).summary.packageCount == 2)
        limits.embeddedSBOMSize -= 1
        let generated = try await read(image, .merge, limits: limits)
        #expect(generated.summary.packageCount == 0)
        #expect(
            generated.notices.contains { $0.severity == .blind && $0.message.contains("the limit embeddedSBOMSize of") }
        )
        #expect(try values("EmbeddedSBOM", Document(generated).packages.first).count == 1)
    }

    @Test func `an SBOM larger than listedSBOMSize is referred to by its digest alone`() async throws {
        let room = Limits.listedSBOMSize - Self.wheel.utf8.count
        for (blanks, count) in [(room, 1), (room + 1, 0)] {
            let text = Self.wheel + String(repeating: " ", count: blanks)
            let generated = try await read(
                TinyImage(["etc/os-release": Self.release, "usr/share/sbom/a.json": text]), .list)
            let image = try Document(generated).packages.first
            #expect(values("EmbeddedSBOM", image).first?.hasPrefix("\(ContentDigest.of(Array(text.utf8)))") == true)
            #expect(image?["externalRefs"].array.count { $0["referenceType"].text == "bom" } == count)
        }
    }

    @Test func `packages beyond languagePackageCount and edges beyond edgeCount are not listed`() async throws {
        var limits = Limits()
        limits.languagePackageCount = 2
        let few = try await read(Self.all, .merge, limits: limits)
        // The document with three packages is refused.
        #expect(few.notices.contains { $0.message.contains("languagePackageCount") && $0.severity == .blind })
        #expect(try Document(few).package("redis") == nil)
        limits = Limits()
        limits.edgeCount = 2
        let loose = try await read(Self.all, .merge, limits: limits)
        #expect(loose.notices.contains { $0.message.contains("edgeCount") && $0.severity == .blind })
        #expect(try !Document(loose).edges.contains { $0.contains("DEPENDS_ON") })
    }

    @Test func `a license of more texts than embeddedLicenses is unknown`() async throws {
        for (count, isKnown) in [(Limits.embeddedLicenses, true), (Limits.embeddedLicenses + 1, false)] {
            let license = (0..<count).map { "LicenseRef-\($0)" }.joined(separator: " AND ")
            let image = TinyImage([
                "etc/os-release": Self.release,
                Self.redisPath: Self.redis.replacing("LicenseRef-mine OR MIT", with: license),
            ])
            let package = try await Document(read(image, .merge)).package("lua")
            #expect((package?["licenseDeclared"].text != "NOASSERTION") == isKnown)
        }
    }
}
