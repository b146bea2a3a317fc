import ByteStreams
import StructuredText
import TestSupport
import Testing

/// The image that `make scanner-image` stages, without a build of its own: it holds the program of these tests.
@Suite struct ScannerImageTests {
    /// Runs the program with a folder as its root, and with /proc in it, as all builders do.
    ///
    /// Swift programs need /proc for their arguments. The mount ends with the process.
    private func run(_ arguments: String, in root: String, _ variables: String = "") throws -> ShellResult {
        try shell(
            """
            mkdir -p \(root)/proc; unshare --mount sh -c 'mount -t proc proc \(root)/proc && \
                exec env -i \(variables) /usr/sbin/chroot \(root) /usr/bin/sbomkit \(arguments)'
            """)
    }

    @Test func `the staged files are all that the program needs, and the image runs as BuildKit's scanner`() throws {
        try withTemporaryFolder { folder in
            let staged = try shell("'\(packageFolder)/Packaging/stage' '\(program)' \(folder)/root")
            try #require(staged.code == 0, "\(staged.errors)")
            #expect(try shell("find \(folder)/root -name 'libcurl.so.4' | grep -q .").code == 0)
            #expect(try shell("'\(packageFolder)/Packaging/stage' '\(program)' \(folder)/root").code == 73)
            // Only who may mount can run it as a builder does.
            guard try shell("unshare --mount mount -t proc proc \(folder)/root/tmp").code == 0 else { return }
            let version = try run("--version", in: folder + "/root")
            #expect(version.code == 0 && version.text.hasPrefix("0."), "\(version.text)\(version.errors)")
            // The library for registries is found: what fails is the connection.
            let registry = try run("generate docker://127.0.0.1:1/nothing", in: folder + "/root")
            #expect(registry.code != 0 && registry.errors.contains("127.0.0.1:1"), "\(registry.errors)")
            #expect(!registry.errors.contains("not installed"))

            let buildah = "buildah --root \(folder)/storage --runroot \(folder)/run --storage-driver vfs"
            guard try shell("\(buildah) from scratch").code == 0 else { return }
            let built = try shell(
                """
                set -e; cd \(folder)/root
                rmdir proc; \(buildah) bud --quiet --isolation chroot -f '\(packageFolder)/Packaging/Containerfile' -t scanner .
                \(buildah) push --quiet scanner oci:\(folder)/image:latest
                """)
            try #require(built.code == 0, "\(built.errors)")
            let config = try shell("skopeo inspect --config oci:\(folder)/image:latest")
            let object = try #require(JSONValue(parsing: config.output, limits: Limits()).objectContent)
            let settings = try #require(object["config"]?.objectContent)
            #expect(settings["Entrypoint"] == ["/usr/bin/sbomkit"] && settings["Cmd"] == ["buildkit-scan"])
            // What the image holds, run with its entry point and command as BuildKit runs it.
            let unpacked = try shell(
                """
                set -e; umoci raw unpack --image \(folder)/image:latest \(folder)/unpacked
                mkdir -p \(folder)/unpacked/run/src/core/sbom/var/lib/dpkg \(folder)/unpacked/run/out
                touch \(folder)/unpacked/run/src/core/sbom/var/lib/dpkg/status
                """)
            try #require(unpacked.code == 0, "\(unpacked.errors)")
            let scan = try run(
                "buildkit-scan", in: folder + "/unpacked",
                "BUILDKIT_SCAN_SOURCE=/run/src/core/sbom BUILDKIT_SCAN_DESTINATION=/run/out/")
            #expect(scan.code == 0, "\(scan.errors)")
            #expect(names(inFolder: "\(folder)/unpacked/run/out") == ["sbom.spdx.json"])
        }
    }
}
