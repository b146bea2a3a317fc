import ByteStreams
import PackageDatabases
import SBOMModel
import StructuredText
import TestSupport
import Testing

@testable import SBOMKit

/// What vulnerability scanners read of documents: trivy, and syft's decoders, which grype uses.
@Suite struct ScannerTests {
    private static func status(_ fields: String) -> TinyImage {
        TinyImage([
            "etc/os-release": "ID=debian\nVERSION_ID=12\n",
            "var/lib/dpkg/status": "Package: a\nStatus: install ok installed\nArchitecture: amd64\n\(fields)\n\n",
        ])
    }

    static let sources: KeyValuePairs<String, String> = [
        "Version: 1:2-3\n": "built package from: a 1:2-3",
        "Version: 2-3+b1\nSource: src (2-3)\n": "built package from: src 2-3",
        "Version: 2-3\nSource: src\n": "built package from: src 2-3",
        "Version: 0:2\n": "built package from: a 2",
    ]

    @Test(arguments: sources.map { ($0.key, $0.value) })
    func `sourceInfo is exactly what trivy reads`(fields: String, expected: String) async throws {
        let package = try #require(try Document(await generated(Self.status(fields))).package("a"))
        #expect(package["sourceInfo"].text == expected)
    }

    @Test func `what sourceInfo cannot say is said by annotations`() async throws {
        let image = try await generated(Self.status("Version: 2\nSource: src (v1-2)\n"))
        let package = try #require(try Document(image).package("a"))
        let comments = package["annotations"].array.map { $0["comment"].text }
        // dpkg only warns of a version that does not begin with a digit; trivy cannot read it in a sourceInfo.
        #expect(package["sourceInfo"] == .null)
        for comment in ["PkgID: a@2.amd64", "SrcName: src", "SrcVersion: v1", "SrcRelease: 2"] {
            #expect(comments.contains(comment))
        }
    }

    static let sourceFiles: KeyValuePairs<String, SourcePackage?> = [
        "bash-4.4.20-1.el8_4.src.rpm": SourcePackage(name: "bash", epoch: "7", version: "4.4.20", release: "1.el8_4"),
        "python-a-b-1-2.nosrc.rpm": SourcePackage(name: "python-a-b", epoch: "7", version: "1", release: "2"),
        "bash-4.4.src.rpm": nil, "-1-2.src.rpm": nil, "a--2.src.rpm": nil, "bash": nil, "a-1-2.x86_64.rpm": nil,
    ]

    @Test(arguments: sourceFiles.map { ($0.key, $0.value) })
    func `the name of a source rpm is taken apart`(file: String, expected: SourcePackage?) {
        var package = InstalledPackage(
            ecosystem: .rpm, name: "x", version: "7:1-1", architecture: "noarch", database: "rpmdb.sqlite")
        package.epoch = 7
        package.source = .init(name: file)
        #expect(SourcePackage(of: package) == expected)
        package.source = nil
        #expect(SourcePackage(of: package) == nil)
    }

    @Test func `CycloneDX has the words of trivy and syft`() async throws {
        let image = try await generated(
            Self.status("Version: 1:2-3+b1\nSource: src (1:2-3)\nInstalled-Size: 42\n"))
        let json = try JSONValue(parsing: image.document(.cycloneDX(.v1_6)), limits: Limits())
        let component = try #require(json["components"].array.first { $0["name"].text == "a" })
        let properties = component["properties"].array.map { "\($0["name"].text)=\($0["value"].text)" }
        for expected in [
            "aquasecurity:trivy:SrcName=src", "aquasecurity:trivy:SrcVersion=2", "aquasecurity:trivy:SrcRelease=3",
            "aquasecurity:trivy:SrcEpoch=1", "aquasecurity:trivy:PkgID=a@1:2-3+b1.amd64",
            "syft:package:metadataType=dpkg-db-entry", "syft:metadata:source=src",
            "syft:metadata:sourceVersion=1:2-3", "syft:metadata:installedSize=42",
            "syft:location:0:path=/var/lib/dpkg/status",
        ] {
            #expect(properties.contains(expected), "\(expected)")
        }
        #expect(!properties.contains { $0.hasPrefix("spdx:package:source-info") })
    }

    private static func system(_ release: String, for consumer: DocumentConsumer? = nil) async throws -> JSONValue {
        var options = Generator.Options()
        options.consumer = consumer
        let packages = try Document(await generated(TinyImage(["etc/os-release": release]), options)).packages
        return try #require(packages.first { $0["SPDXID"].text.hasPrefix("SPDXRef-OperatingSystem-") })
    }

    @Test func `the operating system has the words of syft and an identity`() async throws {
        let system = try await Self.system(
            "ID=rhel\nID_LIKE=\"fedora centos\"\nVERSION_ID=8.4\nPRETTY_NAME=\"Red Hat 8.4\"\nNAME=\"Red Hat\"\n"
                + "CPE_NAME=cpe:2.3:o:redhat:enterprise_linux:8.4:GA\n")
        #expect(system["name"].text == "redhat")
        #expect(system["supplier"].text == "Organization: Red Hat, Inc.")
        #expect(system.purl == "pkg:generic/rhel@8.4")
        let cpe = system["externalRefs"].array.first { $0["referenceType"].text == "cpe23Type" }
        #expect(cpe?["referenceLocator"].text == "cpe:2.3:o:redhat:enterprise_linux:8.4:GA:*:*:*:*:*:*")
        #expect(
            system["annotations"].array.map { $0["comment"].text } == [
                #"MISSING_CDX_PROPERTY:properties=[{"name":"syft:distro:id","value":"rhel"},"#
                    + #"{"name":"syft:distro:idLike:0","value":"fedora"},{"name":"syft:distro:idLike:1","value":"centos"},"#
                    + #"{"name":"syft:distro:prettyName","value":"Red Hat 8.4"},"#
                    + #"{"name":"syft:distro:versionID","value":"8.4"}]"#
            ])
    }

    static let cpes: KeyValuePairs<String, String> = [
        "ID=debian\nVERSION_ID=12\n": "cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*",
        "ID=ubuntu\nVERSION_ID=24.04\n": "cpe:2.3:o:canonical:ubuntu_linux:24.04:*:*:*:*:*:*:*",
        "ID=debian\nVERSION_CODENAME=trixie\n": "", "ID=debian\nVERSION_ID=\"1 2\"\n": "",
        "ID=amzn\nCPE_NAME=cpe:2.3:o:amazon:amazon_linux:2\n": "cpe:2.3:o:amazon:amazon_linux:2:*:*:*:*:*:*:*",
        "ID=ol\nCPE_NAME=cpe:/o:oracle:linux:9\n": "cpe:/o:oracle:linux:9", "ID=x\nCPE_NAME=cpe:2.3:\n": "",
    ]

    @Test(arguments: cpes.map { ($0.key, $0.value) })
    func `the CPE is that of os-release or of the NVD`(release: String, expected: String) async throws {
        let references = try await Self.system(release)["externalRefs"].array
        let found = references.filter { $0["referenceType"].text.hasPrefix("cpe") }
        #expect(found.map { $0["referenceLocator"].text } == (expected.isEmpty ? [] : [expected]))
    }

    @Test func `who supplies a system is not the name of the product`() async throws {
        let stated = try await Self.system("ID=debian\nNAME=\"Debian GNU/Linux\"\nVENDOR_NAME=\"Vendor, Inc.\"\n")
        #expect(stated["supplier"].text == "Organization: Vendor, Inc.")
        #expect(try await Self.system("ID=debian\nNAME=Product\n")["supplier"].text == "Organization: Debian")
        #expect(try await Self.system("ID=opensuse-leap\n")["supplier"].text == "Organization: openSUSE")
        #expect(try await Self.system("ID=other\nNAME=Product\n")["supplier"].text == "NOASSERTION")
    }

    @Test func `addresses and the end of support are those of os-release`() async throws {
        let system = try await Self.system(
            """
            ID=other
            VENDOR_NAME=Vendor
            VENDOR_URL=https://vendor.example.org/
            DOCUMENTATION_URL=https://docs.example.org/
            SUPPORT_URL=https://help.example.org/
            BUG_REPORT_URL=https://bugs.example.org/
            SUPPORT_END=2032-06-01

            """)
        #expect(
            system["externalRefs"].array.map { "\($0["referenceType"].text) \($0["referenceLocator"].text)" } == [
                "purl pkg:generic/other", "documentation https://docs.example.org/",
                "support https://help.example.org/", "issue-tracker https://bugs.example.org/",
            ])
        #expect(system["validUntilDate"].text == "2032-06-01T00:00:00Z")
        #expect(
            system["annotations"].array.contains { $0["comment"].text == "SupplierURL: https://vendor.example.org/" })
        #expect(system["comment"] == .null)
        let odd = try await Self.system(
            "ID=other\nSUPPORT_URL=mailto:a@b.example\nSUPPORT_END=soon\nVENDOR_URL=https://a.example\n")
        #expect(odd["comment"].text == "SUPPORT_URL: mailto:a@b.example\nSUPPORT_END: soon")
        #expect(odd["validUntilDate"] == .null && odd["externalRefs"].array.count == 1)
        // No vendor is named whose address it could be.
        #expect(!odd["annotations"].array.contains { $0["comment"].text.hasPrefix("SupplierURL") })
    }

    @Test func `in CycloneDX they are references of their types`() async throws {
        let image = try await generated(
            TinyImage([
                "etc/os-release":
                    "ID=debian\nSUPPORT_URL=https://help.example.org/\nBUG_REPORT_URL=https://bugs.example.org/\nSUPPORT_END=2032-06-01\n"
            ]))
        let json = try JSONValue(parsing: image.document(.cycloneDX(.v1_6)), limits: Limits())
        let system = try #require(json["components"].array.first)
        #expect(
            system["externalReferences"].array.map { "\($0["type"].text) \($0["url"].text)" } == [
                "support https://help.example.org/", "issue-tracker https://bugs.example.org/",
            ])
        #expect(
            system["properties"].array.contains {
                $0["name"].text == "spdx:package:valid-until-date" && $0["value"].text == "2032-06-01T00:00:00Z"
            })
    }

    @Test func `the distribution supplies packages that name nobody only if that is wanted`() async throws {
        let image = TinyImage([
            "etc/os-release": "ID=debian\n",
            "var/lib/dpkg/status":
                "Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\nStatus: install ok installed\nVersion: 1\nMaintainer: Ada Example <ada@example.org>\n",
        ])
        #expect(try Document(await generated(image)).package("a")?["supplier"].text == "NOASSERTION")
        var options = Generator.Options()
        options.supplierFromDistribution = true
        let document = try Document(await generated(image, options))
        let package = try #require(document.package("a"))
        #expect(package["supplier"].text == "Organization: Debian")
        #expect(package["annotations"].array.contains { $0["comment"].text == "SupplierFrom: os-release" })
        #expect(document.package("b")?["supplier"].text == "Person: Ada Example (ada@example.org)")
        // A system that nobody is known to supply supplies nothing.
        var other = image
        other.entries[0] = ("etc/os-release", .file(Array("ID=other\n".utf8)))
        #expect(try Document(await generated(other, options)).package("a")?["supplier"].text == "NOASSERTION")
    }

    @Test func `the address of a vendor is not in its name`() async throws {
        let vendor = try #require(VendorName("SUSE LLC <https://www.suse.com/>"))
        #expect(vendor.actor == Actor(.organization, name: "SUSE LLC"))
        #expect(vendor.address == "https://www.suse.com/")
        let mail = try #require(VendorName("Ada Example <ada@example.org>"))
        #expect(mail.actor == Actor(.organization, name: "Ada Example", email: "ada@example.org"))
        #expect(mail.address == nil)
        #expect(VendorName("<https://www.suse.com/>")?.address == nil)
        #expect(VendorName(" ") == nil)
        // The system has the address of whom it is supplied by.
        let packages = try Document(
            await generated(
                TinyImage([
                    "etc/os-release": "ID=sles\nVERSION_ID=15.4\n",
                    "var/lib/rpmmanifest/container-manifest-2":
                        "bash\t4.4-1\t1700000000\t1700000001\tSUSE LLC <https://www.suse.com/>\t(none)\t7738634\tx86_64\t0\tbash-4.4-1.src.rpm\n",
                ]))
        ).packages
        let system = try #require(packages.first { $0["SPDXID"].text.hasPrefix("SPDXRef-OperatingSystem-") })
        #expect(system["supplier"].text == "Organization: SUSE LLC")
        #expect(system["annotations"].array.contains { $0["comment"].text == "SupplierURL: https://www.suse.com/" })
    }

    @Test func `a document for GitLab has the properties of a container scan`() async throws {
        var image = TinyImage(["etc/os-release": "ID=debian\nVERSION_ID=12\n"])
        image.annotations = [("org.opencontainers.image.ref.name", "registry.example.org/team/app:1.2")]
        var options = Generator.Options()
        options.consumer = .gitLab
        let found = try await generated(image, options)
        let json = try JSONValue(parsing: found.document(.cycloneDX(.v1_6)), limits: Limits())
        let properties = json["metadata"]["properties"].array.map { "\($0["name"].text)=\($0["value"].text)" }
        #expect(
            properties.filter { $0.hasPrefix("gitlab:") } == [
                "gitlab:meta:schema_version=1",
                "gitlab:container_scanning:image:name=registry.example.org/team/app",
                "gitlab:container_scanning:image:tag=1.2",
                "gitlab:container_scanning:operating_system:name=debian",
                "gitlab:container_scanning:operating_system:version=12",
            ])
        #expect(!String(decoding: try found.spdx, as: UTF8.self).contains("gitlab:"))
        #expect(DocumentConsumer.gitLab.format == .cycloneDX(.v1_6))
    }

    @Test func `a document for Dependency-Track has the ID of os-release`() async throws {
        let system = try await Self.system("ID=rhel\nVERSION_ID=9\n", for: .dependencyTrack)
        #expect(system["name"].text == "rhel")
    }

    @Test func `an image that nothing names has no package URL`() async throws {
        let document = try Document(await generated(TinyImage(["etc/os-release": "ID=debian\n"])))
        #expect(document.packages[0]["name"].text == "container-image")
        #expect(document.packages[0].purl == "")
        #expect(
            document.packages[0]["comment"].text
                == "Nothing names the image: container-image is a placeholder, and there is no package URL."
        )
    }

    @Test func `components are listed even if there is none`() async throws {
        let json = try JSONValue(parsing: await generated(TinyImage([:])).document(.cycloneDX(.v1_6)), limits: Limits())
        #expect(json["components"] == .array([]))
    }

    @Test func `the databases are named once, at the operating system or else at the image`() async throws {
        func info(_ image: TinyImage, _ prefix: String) async throws -> String {
            let packages = try Document(await generated(image)).packages
            return packages.first { $0["SPDXID"].text.hasPrefix(prefix) }?["sourceInfo"].text ?? ""
        }
        let record = { (name: String) in "Package: \(name)\nVersion: 1\nArchitecture: all\n" }
        let folder = ["a", "b"].map { ("var/lib/dpkg/status.d/\($0)", TinyImage.Entry.file(Array(record($0).utf8))) }
        var image = TinyImage(["etc/os-release": "ID=debian\n"])
        image.entries += folder
        #expect(
            try await info(image, "SPDXRef-OperatingSystem-")
                == "os-release; dpkg database var/lib/dpkg/status.d (2 files)")
        image.entries.removeFirst()
        #expect(try await info(image, "SPDXRef-Image-") == "dpkg database var/lib/dpkg/status.d (2 files)")
        image.entries.removeFirst()
        #expect(try await info(image, "SPDXRef-Image-") == "dpkg database var/lib/dpkg/status.d/b")
    }

    /// An image with one rpm package, and a list of content sets.
    private static func redHat(_ manifest: String) -> TinyImage {
        TinyImage([
            "etc/os-release": "ID=rhel\nVERSION_ID=9.4\n",
            "var/lib/rpmmanifest/container-manifest-2":
                "bash\t5.1.8-9.el9\t1700000000\t1700000001\tRed Hat, Inc.\t(none)\t7738634\tx86_64\t0\tbash-5.1.8-9.el9.src.rpm\n",
            "root/buildinfo/content_manifests/ubi9-container-9.4.json": manifest,
        ])
    }

    @Test func `packages of Red Hat images have the content sets of their layer`() async throws {
        let manifest = #"{"metadata": {}, "content_sets": ["rhel-9-baseos", "rhel-9-appstream", "rhel-9-baseos"]}"#
        let image = try await generated(Self.redHat(manifest))
        let comments = try #require(try Document(image).package("bash"))["annotations"].array.map { $0["comment"].text }
        #expect(
            comments.filter { $0.hasPrefix("ContentSet: ") } == [
                "ContentSet: rhel-9-appstream", "ContentSet: rhel-9-baseos",
            ])
        let cycloneDX = String(decoding: try image.document(.cycloneDX(.v1_6)), as: UTF8.self)
        #expect(cycloneDX.contains(#""name": "aquasecurity:trivy:ContentSet""#))
        #expect(!image.notices.contains { $0.code == "content-sets" })
    }

    @Test(arguments: [
        "{", "{\"content_sets\": [\((0...Limits.contentSets).map { "\"s\($0)\"" }.joined(separator: ","))]}",
    ])
    func `a list of content sets that cannot be read is reported`(manifest: String) async throws {
        let image = try await generated(Self.redHat(manifest))
        #expect(image.notices.count { $0.code == "content-sets" } == 1)
        let package = try #require(try Document(image).package("bash"))
        let sets = package["annotations"].array.filter { $0["comment"].text.hasPrefix("ContentSet: ") }
        #expect(sets.count == (manifest.count > 1 ? Limits.contentSets : 0))
    }

    @Test func `the point release of Debian stands beside the version`() async throws {
        func comments(_ version: String, _ id: String = "debian") async throws -> [String] {
            let image = TinyImage([
                "etc/os-release": "ID=\(id)\nVERSION_ID=12\n", "etc/debian_version": version, "var/lib/dpkg/status": "",
            ])
            let system = try Document(await generated(image)).packages
                .first { $0["SPDXID"].text.hasPrefix("SPDXRef-OperatingSystem-") }
            return system?["annotations"].array.map { $0["comment"].text }.filter { $0.hasPrefix("DebianVersion") }
                ?? []
        }
        #expect(try await comments("12.15\n") == ["DebianVersion: 12.15"])
        #expect(try await comments("12\n") == [])
        #expect(try await comments("bookworm/sid\n", "ubuntu") == [])
    }

    @Test func `the image has the license and the addresses of its labels`() async throws {
        var image = TinyImage(["etc/os-release": "ID=debian\n", "var/lib/dpkg/status": ""])
        image.labels = [
            ("org.opencontainers.image.documentation", "https://docs.example.org/a"),
            ("org.opencontainers.image.licenses", "Apache-2.0 OR MIT"),
            ("org.opencontainers.image.source", "https://git.example.org/a"),
        ]
        let inventory = try await generated(image)
        let package = try Document(inventory).packages.first { $0["SPDXID"].text.hasPrefix("SPDXRef-Image-") }
        #expect(package?["licenseDeclared"].text == "Apache-2.0 OR MIT")
        let references = package?["externalRefs"].array.map {
            "\($0["referenceType"].text) \($0["referenceLocator"].text)"
        }
        #expect(references?.suffix(2) == ["vcs https://git.example.org/a", "documentation https://docs.example.org/a"])
        let cycloneDX = String(decoding: try inventory.document(.cycloneDX(.v1_6)), as: UTF8.self)
        #expect(cycloneDX.contains(#""type": "vcs""#) && cycloneDX.contains(#""type": "documentation""#))
        // What is no expression becomes a reference, and what is no address stays a label.
        image.labels = [
            ("org.opencontainers.image.licenses", "see LICENSE"), ("org.opencontainers.image.source", "unknown"),
        ]
        let other = try Document(await generated(image)).packages.first {
            $0["SPDXID"].text.hasPrefix("SPDXRef-Image-")
        }
        #expect(other?["licenseDeclared"].text == "LicenseRef-see-LICENSE")
    }

    @Test func `CycloneDX marks the dependencies that are only recommended`() async throws {
        let records = """
            Package: a
            Status: install ok installed
            Architecture: amd64
            Version: 1
            Depends: b
            Recommends: c

            Package: b
            Status: install ok installed
            Architecture: amd64
            Version: 1

            Package: c
            Status: install ok installed
            Architecture: amd64
            Version: 1

            """
        var options = Generator.Options()
        options.withRecommends = true
        let image = try await generated(
            TinyImage(["etc/os-release": "ID=debian\n", "var/lib/dpkg/status": records]), options)
        let document = try JSONValue(parsing: image.document(.cycloneDX(.v1_6)), limits: Limits())
        let component = try #require(document["components"].array.first { $0["name"].text == "a" })
        let marked = component["properties"].array.filter { $0["name"].text == "sbomkit:OptionalDependency" }
        let target = document["components"].array.first { $0["name"].text == "c" }?["bom-ref"].text
        #expect(marked.map { $0["value"].text } == [target])
    }

    @Test func `documents of rpm packages without a known distribution are valid`() async throws {
        var image = Self.redHat("{}")
        image.entries.removeFirst()
        let inventory = try await generated(image)
        for format in [DocumentFormat.spdx, .cycloneDX(.v1_6)] {
            let report = try Validator().validate(inventory.document(format))
            #expect(report.isValid)
            #expect(report.violations.map(\.name) == ["package-url-type"])
        }
    }
}
