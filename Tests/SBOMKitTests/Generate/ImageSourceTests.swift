import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// Every form in which an image comes on this machine, made of one image by skopeo, umoci and tar.
@Suite(.needs(have("skopeo", "umoci", "zstd"), "skopeo, umoci and zstd, which .ci/setup test installs"))
struct ImageSourceTests {
    /// What a document states of packages and dependencies, without what only the form decides: digests and layers.
    private struct Contents: Equatable {
        var packages: [String]
        var edges: [String]

        init(_ inventory: ImageInventory) throws {
            let document = try Document(inventory)
            let installed = document.installed
            let names = Dictionary(uniqueKeysWithValues: installed.map { ($0["SPDXID"].text, $0.purl) })
            packages = names.values.sorted()
            edges = document.relationships.filter { $0["relationshipType"].text == "DEPENDS_ON" }.map {
                "\(names[$0["spdxElementId"].text] ?? "") \(names[$0["relatedSpdxElement"].text] ?? "")"
            }.sorted()
        }
    }

    /// The forms: the commands that make them in a folder with the layout `$FIXTURE`, and the argument.
    static let forms: [(name: String, commands: String, argument: String)] = [
        ("layout", "cp -r $FIXTURE layout", "layout"),
        ("syft's prefix", "cp -r $FIXTURE layout", "oci-dir:layout:latest"),
        (
            "oci-archive", "skopeo copy -q oci:$FIXTURE:latest oci-archive:a.tar:example.org/x/app:1",
            "oci-archive:a.tar"
        ),
        ("archive without a prefix", "skopeo copy -q oci:$FIXTURE:latest oci-archive:a.tar", "a.tar"),
        (
            "docker-archive", "skopeo copy -q oci:$FIXTURE:latest docker-archive:a.tar:example.org/x/app:1",
            "docker-archive:a.tar"
        ),
        (
            "docker-archive by its tag",
            "skopeo copy -q oci:$FIXTURE:latest docker-archive:a.tar:example.org/x/app:1", "docker-archive:a.tar:1"
        ),
        (
            "docker-archive by its name",
            "skopeo copy -q oci:$FIXTURE:latest docker-archive:a.tar:example.org/x/app:1",
            "docker-archive:a.tar:example.org/x/app:1"
        ),
        ("no tag", "skopeo copy -q oci:$FIXTURE:latest docker-archive:a.tar", "docker-archive:a.tar"),
        ("gzip", "skopeo copy -q oci:$FIXTURE:latest docker-archive:a.tar:app:1; gzip a.tar", "a.tar.gz"),
        ("zstd", "skopeo copy -q oci:$FIXTURE:latest oci-archive:a.tar; zstd -q a.tar", "oci-archive:a.tar.zst"),
        ("dir", "skopeo copy -q oci:$FIXTURE:latest dir:a", "dir:a"),
        ("dir without a prefix", "skopeo copy -q oci:$FIXTURE:latest dir:a", "a"),
        ("docker-dir", "skopeo copy -q --format v2s2 oci:$FIXTURE:latest dir:a", "dir:a"),
        ("rootfs", "umoci raw unpack --rootless --image $FIXTURE:latest a", "rootfs:a"),
        (
            "layers",
            "skopeo copy -q oci:$FIXTURE:latest docker-archive:a.tar; mkdir a b; tar -xf a.tar -C b; "
                + "n=0; for layer in $(python3 -c 'import json; print(*json.load(open(\"b/manifest.json\"))[0][\"Layers\"])'); "
                + "do cp b/$layer a/$n; n=$((n+1)); done", "layers:a"
        ),
        (
            "unpacked layers",
            "skopeo copy -q oci:$FIXTURE:latest docker-archive:a.tar; mkdir a b; tar -xf a.tar -C b; "
                + "n=0; for layer in $(python3 -c 'import json; print(*json.load(open(\"b/manifest.json\"))[0][\"Layers\"])'); "
                + "do mkdir a/$n; tar -xf b/$layer -C a/$n --no-same-owner; n=$((n+1)); done", "layers:a"
        ),
    ]

    @Test(arguments: forms)
    func `every form has the same packages and dependencies`(
        form: (name: String, commands: String, argument: String)
    ) async throws {
        for fixture in ["debian-small", "rpm-small"] {
            let path = "\(packageFolder)/Fixtures/\(fixture)"
            let expected = try Contents(await Generator().read(path))
            let folder = try shell("mktemp -d").text.trimmed
            defer { _ = try? shell("chmod -R u+rwX \(folder); rm -r \(folder)") }
            let made = try shell("set -e; cd \(folder); export FIXTURE=\(path); \(form.commands)")
            #expect(made.code == 0, "\(made.errors)")
            let argument = Self.absolute(form.argument, in: folder)
            let inventory = try await Generator().read(argument)
            #expect(try Contents(inventory) == expected, "\(fixture)")
            #expect(!expected.packages.isEmpty)
        }
    }

    /// The argument with its path in `folder`.
    private static func absolute(_ argument: String, in folder: String) -> String {
        let prefixes = ["oci-dir:", "oci-archive:", "docker-archive:", "dir:", "rootfs:", "layers:"]
        let prefix = prefixes.first(where: argument.hasPrefix) ?? ""
        return "\(prefix)\(folder)/\(argument.dropFirst(prefix.count))"
    }

    @Test func `an archive names its image, and states no digest that it does not have`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        let layout = "\(packageFolder)/Fixtures/debian-small"
        let made = try shell(
            "cd \(folder) && skopeo copy -q oci:\(layout):latest docker-archive:a.tar:example.org/x/app:1 "
                + "&& skopeo copy -q oci:\(layout):latest dir:d")
        #expect(made.code == 0, "\(made.errors)")
        let archive = try await Generator().read("docker-archive:\(folder)/a.tar")
        #expect(archive.summary.image == "app:1" && archive.summary.digest == nil)
        let package = try Document(archive).packages.first { $0["SPDXID"].text.hasPrefix("SPDXRef-Image-") }
        // The tag is the only version that it states.
        #expect(package?["checksums"] == .null && package?["versionInfo"].text == "1")
        #expect(package?["annotations"].array.contains { $0["comment"].text.hasPrefix("ImageID: sha256:") } == true)
        // The manifest in a `dir:` folder is the one of the layout.
        let own = try await Generator().read(layout)
        #expect(try await Generator().read("dir:\(folder)/d").summary.digest == own.summary.digest)
    }

    @Test func `an archive with an empty index is read by its list of images`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        let made = try shell(
            """
            cd \(folder) && skopeo copy -q oci:\(packageFolder)/Fixtures/debian-small:latest docker-archive:a.tar:app:1
            mkdir a && tar -xf a.tar -C a && printf '{"schemaVersion": 2, "manifests": null}' > a/index.json
            printf '{"imageLayoutVersion": "1.0.0"}' > a/oci-layout && tar -cf b.tar -C a .
            """)
        #expect(made.code == 0, "\(made.errors)")
        #expect(try await Generator().read("\(folder)/b.tar").summary.packageCount == 19)
    }

    @Test func `of several images in an archive one is chosen`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        let fixtures = "\(packageFolder)/Fixtures"
        let made = try shell(
            """
            cd \(folder) && mkdir a && for f in debian-small rpm-small; do
              skopeo copy -q oci:\(fixtures)/$f:latest docker-archive:$f.tar:$f:1 && tar -xf $f.tar -C a && cp a/manifest.json $f.json
            done
            python3 -c 'import json; print(json.dumps([json.load(open(f"{f}.json"))[0] for f in ("debian-small", "rpm-small")]))' > m
            mv m a/manifest.json && tar -cf all.tar -C a .
            """)
        #expect(made.code == 0, "\(made.errors)")
        let all = "docker-archive:\(folder)/all.tar"
        let error = await #expect(throws: SBOMError.self) { try await Generator().read(all) }
        #expect(
            error?.choices.count == 2 && error?.choices.first?.hasPrefix("docker.io/library/debian-small:1  ") == true)
        #expect(try await Generator().read("\(all):rpm-small:1").summary.image == "rpm-small:1")
        #expect(try await Generator().read("\(all):docker.io/library/debian-small:1").summary.image == "debian-small:1")
        await #expect(throws: SBOMError.self) { try await Generator().read("\(all):none") }
    }
}

/// Root file systems and archives that somebody made to do harm, and mistakes.
@Suite struct HostileSourceTests {
    private func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("chmod -R u+rwX \(folder); rm -r \(folder)") }
        return try await body(folder)
    }

    private static let status = "Package: a\\nStatus: install ok installed\\nArchitecture: all\\nVersion: 1\\n"

    @Test func `nothing leads out of a root file system`() async throws {
        try await withFolder { folder in
            let made = try shell(
                """
                cd \(folder) && mkdir -p root/var/lib/dpkg root/etc outside && printf 'ID=secret\\n' > outside/os-release
                printf '\(Self.status)' > root/var/lib/dpkg/status
                ln -s ../../outside/os-release root/etc/os-release && ln -s / root/host && mkfifo root/pipe
                ln -s \(folder)/outside root/link && ln -s . root/loop
                """)
            #expect(made.code == 0, "\(made.errors)")
            let inventory = try await Generator().read("rootfs:\(folder)/root")
            #expect(inventory.summary.packageCount == 1 && inventory.summary.operatingSystem == nil)
        }
    }

    @Test func `deep folders are reported`() async throws {
        try await withFolder { folder in
            let made = try shell(
                "mkdir -p \(folder)/root/$(printf 'd/%.0s' $(seq 300)) && mkdir -p \(folder)/root/var/lib/dpkg "
                    + "&& printf '\(Self.status)' > \(folder)/root/var/lib/dpkg/status")
            #expect(made.code == 0, "\(made.errors)")
            let inventory = try await Generator().read("rootfs:\(folder)/root")
            #expect(inventory.summary.packageCount == 1)
            #expect(inventory.notices.contains { $0.code == "unreadable-file" && $0.message.contains("folderDepth") })
            #expect(inventory.isBlind)
        }
    }

    @Test func `links in an archive do not leave it`() async throws {
        try await withFolder { folder in
            let made = try shell(
                """
                cd \(folder) && mkdir a && printf '[{"Config": "c.json", "Layers": ["l/layer.tar"]}]' > a/manifest.json
                printf '{"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": ["sha256:%064d"]}}' 0 > a/c.json
                mkdir a/l && ln -s /etc/passwd a/l/layer.tar && tar -cf x.tar -C a . && ln -sf ../../../etc/passwd a/l/layer.tar
                tar -cf y.tar -C a .  && ln -sf ../l/layer.tar a/l/layer.tar && tar -cf z.tar -C a .
                """)
            #expect(made.code == 0, "\(made.errors)")
            for name in ["x", "y", "z"] {
                let error = await #expect(throws: SBOMError.self) {
                    try await Generator().read("\(folder)/\(name).tar")
                }
                #expect(error?.message.hasSuffix("the layer l/layer.tar is not in the archive") == true)
            }
        }
    }

    /// The errors for an archive whose layer is reached over `count` links.
    private func missing(links count: Int, _ folder: String) async throws -> String {
        let made = try shell(
            """
            cd \(folder) && rm -rf a && mkdir a && printf '[{"Config": "c.json", "Layers": ["0"]}]' > a/manifest.json
            printf '{"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": ["sha256:%064d"]}}' 0 > a/c.json
            for n in $(seq \(count)); do ln -s $n a/$((n-1)); done; : > a/\(count); tar -cf x.tar -C a .
            """)
        #expect(made.code == 0, "\(made.errors)")
        let error = await #expect(throws: SBOMError.self) { try await Generator().read("\(folder)/x.tar") }
        return error?.message ?? ""
    }

    @Test func `links in an archive are followed up to archiveLinks`() async throws {
        try await withFolder { folder in
            let within = try await missing(links: Limits.archiveLinks, folder)
            let beyond = try await missing(links: Limits.archiveLinks + 1, folder)
            #expect(within.contains("the digest") && beyond.contains("is not in the archive"))
        }
    }

    @Test func `an archive is refused beyond archiveMembers, and expanded up to archiveSize`() async throws {
        try await withFolder { folder in
            let made = try shell(
                """
                cd \(folder) && python3 -c '
                import tarfile
                tar = tarfile.open("many.tar", "w", format=tarfile.USTAR_FORMAT)
                for number in range(\(Limits.archiveMembers) + 1): tar.addfile(tarfile.TarInfo(f"{number}"))
                tar.close()' && head -c 4096 /dev/zero | gzip > zeros.gz
                """)
            #expect(made.code == 0, "\(made.errors)")
            let many = await #expect(throws: SBOMError.self) { try await Generator().read("\(folder)/many.tar") }
            #expect(many?.message.contains("archiveMembers") == true)
            var limits = Limits()
            limits.archiveSize = 4095
            let generator = Generator(options: Generator.Options(), limits: limits)
            let large = await #expect(throws: SBOMError.self) { try await generator.read("\(folder)/zeros.gz") }
            #expect(large?.message.contains("archiveSize") == true)
        }
    }

    static let mistakes: [(String, String)] = [
        ("rootfs:none", "no such folder"), ("dir:none", "no such folder"), ("layers:none", "no such folder"),
        ("oci-archive:none", "no such file"), ("docker-archive:none", "no such file"),
        ("dir:.", "no manifest.json in it"),
        ("layers:empty", "there is no layer in it"), ("rootfs:file", "not a folder"),
        ("file", "not a readable tar archive: the file is empty"),
        ("rootfs:", "expected a folder"), ("docker-archive:empty", "not a regular file"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is explained`(argument: String, expected: String) async throws {
        try await withFolder { folder in
            let made = try shell("cd \(folder) && mkdir empty && : > file")
            #expect(made.code == 0)
            let colon = argument.lastIndex(of: ":").map { argument.index(after: $0) } ?? argument.startIndex
            let place = argument[colon...]
            let whole = argument[..<colon] + (place.isEmpty ? "" : "\(folder)/\(place)")
            let error = await #expect(throws: SBOMError.self) { try await Generator().read(String(whole)) }
            #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
        }
    }
}
