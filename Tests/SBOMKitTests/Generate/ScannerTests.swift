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
}
