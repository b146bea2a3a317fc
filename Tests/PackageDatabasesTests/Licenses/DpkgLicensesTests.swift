import ByteStreams
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

/// Where dpkg's packages have their copyright files.
@Suite struct DpkgLicensesTests {
    private static func record(_ name: String, _ architecture: String = "amd64") -> String {
        "Package: \(name)\nStatus: install ok installed\nVersion: 1\nArchitecture: \(architecture)\n\n"
    }

    private static func copyright(_ license: String) -> [UInt8] {
        Array("Format: x\n\nFiles: *\nCopyright: A\nLicense: \(license)\n".utf8)
    }

    private static func licenses(_ tree: some FileTree) throws -> [LicenseFinding?] {
        try #require(try DpkgDatabase(in: tree, limits: Limits())).licenses(in: tree)
    }

    @Test func `the file of a package is found by its name, also compressed, and for all architectures`() throws {
        var tree = MemoryTree([
            "var/lib/dpkg/status": Array(
                (Self.record("a") + Self.record("a", "i386") + Self.record("b") + Self.record("c")).utf8),
            "usr/share/doc/a/copyright": Self.copyright("ISC"),
        ])
        let compressed = try shell("gzip -c", input: Self.copyright("Zlib")).output
        tree.files["usr/share/doc/b/copyright.gz"] = compressed
        let findings = try Self.licenses(tree)
        #expect(findings.map { $0?.declared?.description } == ["ISC", "ISC", "Zlib", nil])
        #expect(
            findings.map { $0?.path } == [
                "usr/share/doc/a/copyright", "usr/share/doc/a/copyright", "usr/share/doc/b/copyright.gz", nil,
            ])
        tree.files["usr/share/doc/b/copyright.gz"] = Array(compressed.dropLast(9))
        #expect(try Self.licenses(tree)[2]?.source == "none usr/share/doc/b/copyright.gz")
    }

    @Test func `a compressed file larger than copyrightFileSize tells nothing`() throws {
        let text = "Format: x\\n\\nFiles: *\\nLicense: ISC\\n"
        let bytes = try shell("{ printf '\(text)'; head -c \(Limits.copyrightFileSize) /dev/zero; } | gzip").output
        let tree = MemoryTree([
            "var/lib/dpkg/status": Array(Self.record("a").utf8), "usr/share/doc/a/copyright.gz": bytes,
        ])
        #expect(try Self.licenses(tree).map { $0?.rule } == [LicenseFinding.Rule.none])
    }

    @Test func `packages of distroless images have their files in the same place`() throws {
        let tree = MemoryTree([
            "var/lib/dpkg/status.d/a": Array("Package: a\nVersion: 1\nArchitecture: amd64\n".utf8),
            "usr/share/doc/a/copyright": Self.copyright("ISC"),
        ])
        #expect(try Self.licenses(tree).first??.declared?.description == "ISC")
    }

    @Test func `the files of interest are the copyright files and the common licenses`() {
        func matches(_ path: String) -> Bool { DpkgDatabase.licensePaths.matches(Array(path.utf8)[...]) }
        #expect(matches("usr/share/doc/a/copyright") && matches("usr/share/doc/a/copyright.gz"))
        #expect(matches("usr/share/common-licenses/GPL-2"))
        #expect(!matches("usr/share/doc/a/b/copyright") && !matches("usr/share/doc/a/changelog.gz"))
    }
}
