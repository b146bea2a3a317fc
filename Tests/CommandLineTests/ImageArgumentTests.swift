import TestSupport
import Testing

/// The ways to name an image that only a shell can try.
@Suite struct ImageArgumentTests {
    @Test func `an archive on standard input gives the document of the archive`() throws {
        try withTemporaryFolder { folder in
            try #require(shell("tar -cf '\(folder)/a.tar' -C '\(fixtures)/debian-small' .").code == 0)
            let file = try sbomkit("generate -q --name a oci-archive:\(folder)/a.tar")
            #expect(file.code == 0, "\(file.errors)")
            let input = try sbomkit("generate -q --name a - < \(folder)/a.tar")
            #expect(input.code == 0, "\(input.errors)")
            #expect(input.output == file.output)
            let compressed = try sbomkit("generate -q --name a - < <(gzip -c \(folder)/a.tar)")
            #expect(compressed.code == 0, "\(compressed.errors)")
            #expect(compressed.output == file.output)
        }
    }

    @Test func `a bare folder is not taken for a root file system, and the message says how to name one`() throws {
        try withTemporaryFolder { folder in
            try #require(
                shell("mkdir -p '\(folder)/root/var/lib/dpkg'; touch '\(folder)/root/var/lib/dpkg/status'").code == 0)
            let result = try sbomkit("generate \(folder)/root")
            #expect(result.code == 65, "\(result.code)")
            #expect(result.errors.contains("a root file system is given as rootfs:DIR"), "\(result.errors)")
            #expect(try sbomkit("generate -q rootfs:\(folder)/root").code == 0)
        }
    }

    @Test(arguments: ["rootfs:DIR/root", "layers:DIR/layers", "docker-archive:DIR/a.tar"])
    func `images that nothing can be attached to are read by outline and query, and refused by gates`(
        argument: String
    ) throws {
        try withTemporaryFolder { folder in
            let made = try shell(
                """
                set -e; cd \(folder); skopeo copy -q oci:\(fixtures)/debian-small:latest docker-archive:a.tar:app:1
                umoci raw unpack --rootless --image \(fixtures)/debian-small:latest root
                mkdir layers; cp -r root layers/0
                """)
            try #require(made.code == 0, "\(made.errors)")
            let place = argument.replacing("DIR", with: folder)
            let query = try sbomkit("query \(place) name:^alpha$ --fields name,version")
            #expect(query.code == 0 && query.text.contains("alpha"), "\(query.errors)")
            #expect(query.errors.contains("the image itself is read"))
            #expect(try sbomkit("outline -q \(place) --depth 2").code == 0)
            let gate = try sbomkit("validate \(place)")
            #expect(gate.code == 65 && gate.errors.contains("no SBOM can be attached to it"), "\(gate.errors)")
        }
    }

    @Test func `standard input is read once, also where no image is chosen`() throws {
        try withTemporaryFolder { folder in
            let made = try shell(
                """
                set -e; cd \(folder); cp -r \(fixtures)/damaged/two-images two; cp -r \(fixtures)/damaged/no-image chart
                tar -cf two.tar -C two .; tar -cf chart.tar -C chart .
                skopeo copy -q oci:\(fixtures)/debian-small:latest docker-archive:docker.tar:app:1
                """)
            try #require(made.code == 0, "\(made.errors)")
            let several = try sbomkit("generate - < <(cat \(folder)/two.tar)")
            #expect(several.code == 65)
            #expect(several.errors.contains("several images fit"), "\(several.errors)")
            let chart = try sbomkit("generate -q - < <(cat \(folder)/chart.tar)")
            #expect(chart.code == 0 && chart.text.contains("ArtifactType:"), "\(chart.errors)")
            for archive in ["docker.tar", "two.tar"] {
                let all = try sbomkit(
                    "generate -q - --all-platforms -o '\(folder)/\(archive)-{os}-{arch}.json' < <(cat \(folder)/\(archive))"
                )
                // Both images of the second are for one platform.
                #expect(all.code == (archive == "two.tar" ? 64 : 0), "\(all.errors)")
            }
        }
    }
}
