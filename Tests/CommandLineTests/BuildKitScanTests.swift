import ByteStreams
import StructuredText
import TestSupport
import Testing

/// `buildkit-scan` as BuildKit runs it: variables instead of arguments, read-only sources, one statement per target.
@Suite struct BuildKitScanTests {
    /// A folder with sources as BuildKit mounts them, and an empty folder for the output.
    private func mounted(_ folder: String, extras: [String] = []) throws {
        for source in ["core/sbom"] + extras.map({ "extras/\($0)" }) {
            let status =
                "Package: \(source.hasPrefix("core") ? "anchor" : "buoy")\nStatus: install ok installed\n"
                + "Architecture: amd64\nVersion: 1\nDescription: a package\n"
            try write(Array(status.utf8), toFile: "\(folder)/src/\(source)/var/lib/dpkg/status")
            try write(
                Array("ID=debian\nVERSION_ID=12\n".utf8), toFile: "\(folder)/src/\(source)/etc/os-release")
        }
        try #require(shell("chmod -R a-w \(folder)/src; mkdir \(folder)/out").code == 0)
    }

    /// Runs it without a shell's variables and without a folder to work in.
    private func scan(_ folder: String, _ variables: String) throws -> ShellResult {
        let result = try shell("cd /; env -i \(variables) '\(program)' buildkit-scan")
        _ = try shell("chmod -R u+w \(folder)/src")
        return result
    }

    private func statement(_ path: String) throws -> JSONObject {
        try #require(JSONValue(parsing: bytes(ofFile: path), limits: Limits()).objectContent)
    }

    @Test func `one statement is written per target, and nothing else`() throws {
        try withTemporaryFolder { folder in
            try mounted(folder, extras: ["sbom-build", "sbom-context"])
            let result = try scan(
                folder,
                "BUILDKIT_SCAN_SOURCE=\(folder)/src/core/sbom BUILDKIT_SCAN_SOURCE_EXTRAS=\(folder)/src/extras/ "
                    + "BUILDKIT_SCAN_DESTINATION=\(folder)/out/ BUILDKIT_SCAN_type=sbom")
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(
                names(inFolder: "\(folder)/out")
                    == ["sbom-build.spdx.json", "sbom-context.spdx.json", "sbom.spdx.json"])
            let core = try statement("\(folder)/out/sbom.spdx.json")
            #expect(core.text("_type") == "https://in-toto.io/Statement/v0.1")
            #expect(core.text("predicateType") == "https://spdx.dev/Document")
            #expect(core["subject"] == .array([]))
            let document = try #require(core["predicate"]?.objectContent)
            #expect(document.text("spdxVersion") == "SPDX-2.3")
            #expect(document.objects("packages").contains { $0.object.text("name") == "anchor" })
            let extra = try statement("\(folder)/out/sbom-build.spdx.json")["predicate"]?.objectContent
            #expect(extra?.text("name") == "sbom-build")
            #expect(extra?.objects("packages").contains { $0.object.text("name") == "buoy" } == true)
            // One object, which our other commands read as BuildKit does.
            #expect(try sbomkit("validate -q \(folder)/out/sbom.spdx.json").code == 0)
        }
    }

    @Test(arguments: ["BUILDKIT_SCAN_FORMAT", "BUILDKIT_SCAN_format"])
    func `the parameter format selects CycloneDX`(variable: String) throws {
        try withTemporaryFolder { folder in
            try mounted(folder)
            let result = try scan(
                folder,
                "BUILDKIT_SCAN_SOURCE=\(folder)/src/core/sbom BUILDKIT_SCAN_DESTINATION=\(folder)/out \(variable)=cyclonedx"
            )
            #expect(result.code == 0, "\(result.errors)")
            #expect(names(inFolder: "\(folder)/out") == ["sbom.cdx.json"])
            let core = try statement("\(folder)/out/sbom.cdx.json")
            #expect(core.text("predicateType") == "https://cyclonedx.org/bom")
            #expect(core["predicate"]?.objectContent?.text("bomFormat") == "CycloneDX")
        }
    }

    @Test func `what cannot be done fails, and writes nothing`() throws {
        try withTemporaryFolder { folder in
            try mounted(folder)
            let (source, target) = (
                "BUILDKIT_SCAN_SOURCE=\(folder)/src/core/sbom", "BUILDKIT_SCAN_DESTINATION=\(folder)/out"
            )
            let failures: [(String, Int32, String)] = [
                ("", 64, "BUILDKIT_SCAN_SOURCE: not set"), (source, 64, "BUILDKIT_SCAN_DESTINATION: not set"),
                ("BUILDKIT_SCAN_SOURCE=\(folder)/none \(target)", 66, "none: no such folder"),
                ("\(source) \(target) BUILDKIT_SCAN_FORMAT=spdx-tag-value", 64, "a document in JSON"),
                ("\(source) \(target) BUILDKIT_SCAN_FORMAT=nonsense", 64, "expected spdx or cyclonedx"),
                ("\(source) \(target) BUILDKIT_SCAN_SOURCE_EXTRAS=\(folder)/none", 66, "none"),
                ("\(source) BUILDKIT_SCAN_DESTINATION=\(folder)/nowhere", 73, "nowhere"),
            ]
            for (variables, code, said) in failures {
                let result = try scan(folder, variables)
                #expect(result.code == code, "\(variables): \(result.code) \(result.errors)")
                #expect(result.errors.contains(said), "\(variables): \(result.errors)")
                #expect(names(inFolder: "\(folder)/out").isEmpty)
            }
        }
    }

    /// podman and buildah run a command without a shell, with {ROOTFS} and {OUTPUT} replaced, and merge the file with itself.
    @Test(arguments: ["spdx", "cyclonedx"])
    func `generate is a scanner command of podman and buildah`(format: String) throws {
        try withTemporaryFolder { folder in
            try mounted(folder)
            let command = "sbomkit generate rootfs:{ROOTFS} -o \(format)={OUTPUT}"
            let words = command.split(separator: " ").dropFirst().map {
                $0.replacing("{ROOTFS}", with: "\(folder)/src/core/sbom").replacing(
                    "{OUTPUT}", with: "\(folder)/out/scan1.json")
            }
            let result = try shell("cd /; env -i '\(program)' \(words.joined(separator: " "))")
            _ = try shell("chmod -R u+w \(folder)/src")
            #expect(result.code == 0, "\(result.errors)")
            let document = try statement("\(folder)/out/scan1.json")
            let list = document.objects(format == "spdx" ? "packages" : "components").map(\.object)
            #expect(list.contains { $0.text("name") == "anchor" })
            // Their list of package URLs takes those whose category has a hyphen.
            if format == "spdx" {
                let references = list.flatMap { $0.objects("externalRefs").map(\.object) }
                #expect(references.contains { $0.text("referenceCategory") == "PACKAGE-MANAGER" })
            }
        }
    }
}
