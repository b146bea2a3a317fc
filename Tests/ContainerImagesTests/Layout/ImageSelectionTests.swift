import ByteStreams
import ContainerImages
import RegistryClient
import TestSupport
import Testing

@Suite struct ImageLocationTests {
    @Test func `folder, tag and digest are told apart by the folders that exist`() throws {
        try withTemporaryFolder { folder in
            try #require(shell("cd \(folder) && mkdir img img:1 a@b 'with space'").code == 0)
            let digest = "sha256:" + String(repeating: "ab", count: 32)
            let value = try #require(ContentDigest(digest))
            let table: [(text: String, folder: String, selector: ImageLayout.Selector)] = [
                ("img", "img", .any), ("img///", "img", .any), ("img:latest", "img", .tag("latest")),
                ("img:1", "img:1", .any), ("img:1:2", "img:1", .tag("2")), ("img:1:2:3", "img:1", .tag("2:3")),
                ("img:registry.example:5000/a/b:1.0", "img", .tag("registry.example:5000/a/b:1.0")),
                ("img:registry.example/a@b", "img", .tag("registry.example/a@b")),
                ("img@\(digest)", "img", .digest(value)),
                ("img:1@\(digest)", "img:1", .digest(value)), ("a@b", "a@b", .any),
                ("a@b@\(digest)", "a@b", .digest(value)),
                ("with space:x y", "with space", .tag("x y")), ("img/../img:t", "img/../img", .tag("t")),
            ]
            for row in table {
                for prefix in ["", "oci:"] {
                    let reference = try LayoutReference(parsing: "\(prefix)\(folder)/\(row.text)").resolved(as: .folder)
                    #expect(reference.folder == "\(folder)/\(row.folder)", "\(row.text)")
                    #expect(reference.selector == row.selector, "\(row.text)")
                }
            }
            #expect(try LayoutReference(parsing: "/").resolved(as: .folder).folder == "/")
        }
    }

    @Test(arguments: [
        ("", ImageError.Code.missing), ("oci:", .missing), ("/none", .missing), ("/none:tag", .missing),
        ("/etc/passwd", .malformed),
        ("/etc:", .missing), ("/etc@sha256:ab", .malformed), ("/etc@tag", .malformed), ("/\u{0}", .missing),
        (":", .missing), ("@", .missing),
    ])
    func `what is no reference is said in a line`(text: String, code: ImageError.Code) {
        let error = #expect(throws: ImageError.self) {
            try ImageLocation(parsing: text).layout(platform: nil, registries: RegistryOptions(), limits: Limits())
        }
        #expect(error?.code == code)
        #expect(error?.message.contains("\n") == false)
    }

    @Test func `parsing looks nothing up`() throws {
        #expect(try ImageLocation(parsing: "/none/such:tag") == ImageLocation(parsing: "/none/such:tag"))
        #expect(try ImageLocation(parsing: "/none/such:tag") != ImageLocation(parsing: "/none/such"))
    }

    @Test func `a folder with an index or a marker is an image, a file never is`() throws {
        try withTemporaryFolder { folder in
            for name in ["index.json", "oci-layout"] { try write([], toFile: "\(folder)/\(name)-only/\(name)") }
            try write([], toFile: "\(folder)/oci:file")
            try #require(shell("mkdir \(folder)/empty").code == 0)
            for name in ["index.json-only", "oci-layout-only"] {
                for text in [name, name + ":tag", name + "@sha256:" + String(repeating: "0", count: 64), name + "/"] {
                    #expect(ImageLocation.isImage("\(folder)/\(text)"), "\(text)")
                }
            }
            for text in ["empty", "none", "empty:tag", "oci:file", "index.json-only/index.json"] {
                #expect(!ImageLocation.isImage("\(folder)/\(text)"), "\(text)")
            }
            #expect(ImageLocation.isImage("oci:none"))
            #expect(!ImageLocation.isImage("-"))
        }
    }

    @Test func `platforms`() {
        #expect(Platform(parsing: "linux/arm/v7") == Platform(os: "linux", architecture: "arm", variant: "v7"))
        for text in ["", "linux", "linux/", "/amd64", "linux/arm/", "a/b/c/d"] {
            #expect(Platform(parsing: text) == nil)
        }
    }
}

@Suite struct ImageSelectionTests {
    /// What is chosen of manifests for those platforms, by its place in the list; nil where it is an error.
    @Test(
        arguments: [
            (["linux/s390x"], nil, 0), (["linux/s390x"], "linux/amd64", nil),
            (["linux/amd64", "linux/arm64"], "linux/arm64", 1),
            (["linux/arm/v6", "linux/arm/v7"], "linux/arm/v6", 0), (["linux/arm/v6", "linux/arm/v7"], "linux/arm", 1),
            (["linux/arm/v5", "linux/arm/v6"], "linux/arm", nil), (["linux/arm/v6"], "linux/arm", 0),
            (["linux/arm/v6"], "linux/arm/v7", nil),
            (["linux/arm", "linux/arm/v7"], "linux/arm/v7", 1), (["linux/arm64/v8"], "linux/arm64", 0),
            (["linux/arm64"], "linux/arm64/v8", 0),
            (["linux/arm64", "linux/arm64/v9"], "linux/arm64/v8", 0),
            (["linux/arm64/v9", "linux/arm64/v8"], "linux/arm64", 1),
            (["linux/amd64", "linux/amd64/v3"], "linux/amd64/v3", 1),
            (["linux/amd64", "linux/amd64/v3"], "linux/amd64", 0),
            (["linux/amd64", "windows/amd64"], "linux/amd64", 0), (["linux/amd64", "linux/amd64"], "linux/amd64", nil),
            ([], nil, nil),
        ] as [([String], String?, Int?)])
    func `the platform chooses`(platforms: [String], asked: String?, chosen: Int?) async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let manifests = try platforms.enumerated().map { number, platform in
                try builder.image([tar([.file("\(number)", "x")])], platform: platform)
            }
            try builder.write(index: manifests)
            let platform = try asked.map { try #require(Platform(parsing: $0)) }
            let layout = ImageLayout(folder: folder, limits: Limits())
            guard let chosen else {
                let error = #expect(throws: ImageError.self) { try layout.image(.any, platform: platform) }
                #expect(error?.code == .unresolved)
                // What there is to choose from is listed with platform and digest.
                for platform in platforms { #expect(error?.description.contains(platform) == true) }
                #expect(error?.choices.count(where: { $0.contains("sha256:") }) == platforms.count)
                return
            }
            let image = try layout.image(.any, platform: platform)
            #expect(manifests[chosen].contains(image.facts.digest?.hex ?? "none"))
        }
    }

    @Test func `without a platform this machine's is taken`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let here = try builder.image([tar([.file("a")])], platform: Platform.host.description)
            try builder.write(index: [try builder.image([tar([])], platform: "plan9/mips"), here])
            let image = try ImageLayout(folder: folder, limits: Limits()).image(.any, platform: nil)
            #expect(here.contains(image.facts.digest?.hex ?? "none"))
            #expect(image.facts.platform == .host)
        }
    }

    @Test func `tags, whole references, digests and nested indexes`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let one = try builder.image([tar([.file("1")])], LayoutBuilder.tag("one"))
            let again = try builder.image([tar([.file("1")])], LayoutBuilder.tag("again"))
            let two = try builder.image(
                [tar([.file("2")])], LayoutBuilder.tag("registry.example:5000/team/two:2.0"))
            let three = try builder.image(
                [tar([.file("3")])],
                #""annotations":{"org.opencontainers.image.ref.name":"3.0","io.containerd.image.name":"docker.io/library/three:3.0"}"#
            )
            let four = try builder.image([tar([.file("4")])])
            let nested = try builder.index([try builder.index([four])], LayoutBuilder.tag("four"))
            try builder.write(index: [one, again, two, three, nested])
            let layout = ImageLayout(folder: folder, limits: Limits())
            func find(_ tag: String) throws -> Image { try layout.image(.tag(tag), platform: nil) }
            for (tag, descriptor) in [
                ("one", one), ("again", one), ("2.0", two), ("registry.example:5000/team/two:2.0", two), ("3.0", three),
                ("docker.io/library/three:3.0", three), ("four", four),
            ] {
                #expect(try descriptor.contains(find(tag).facts.digest?.hex ?? "none"), "\(tag)")
            }
            #expect(try find("four").facts.tag == "four")
            #expect(try find("3.0").facts.fullReference == "docker.io/library/three:3.0")
            for tag in ["five", "0", "", "three", "on", "sha256"] {
                #expect(throws: ImageError.self, "\(tag)") { try find(tag) }
            }
            for descriptor in [one, nested] {
                let hex = try #require(descriptor.firstRange(of: "sha256:")).upperBound
                let digest = try #require(ContentDigest("sha256:" + descriptor[hex...].prefix(64)))
                _ = try layout.image(.digest(digest), platform: nil)
            }
            let error = #expect(throws: ImageError.self) { try layout.image(.any, platform: nil) }
            #expect(error?.code == .unresolved)
            for word in ["one", "again", "registry.example:5000/team/two:2.0", "3.0", "four", "linux/amd64", "sha256:"]
            {
                #expect(error?.description.contains(word) == true, "\(word)")
            }
        }
    }

    @Test func `several tags of one image are not several images`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let layers = [tar([.file("1")])]
            try builder.write(index: [
                try builder.image(layers, LayoutBuilder.tag("a")), try builder.image(layers, LayoutBuilder.tag("b")),
            ])
            #expect(try ImageLayout(folder: folder, limits: Limits()).image(.any, platform: nil).facts.tag == "a")
        }
    }

    /// Manifests that are no image, beside one that is.
    @Test func `what is no image is never chosen`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let image = try builder.image([tar([.file("1")])])
            let config = try builder.blob(#"{"rootfs":{"diff_ids":[]}}"#, type: LayoutBuilder.configType)
            let empty = try builder.blob("{}", type: "application/vnd.oci.empty.v1+json")
            func manifest(_ config: String?, _ layerType: String, _ more: String = "", _ members: String = "") throws
                -> String
            {
                let layer = try builder.blob("{}", type: layerType)
                let parts = [#""schemaVersion":2"#, config.map { #""config":\#($0)"# }, #""layers":[\#(layer)]"#, more]
                return try builder.blob(
                    "{" + parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ",") + "}",
                    type: LayoutBuilder.manifestType, members)
            }
            let others = [
                try manifest(
                    config, "application/vnd.in-toto+json", "", #""platform":{"os":"unknown","architecture":"unknown"}"#
                ),
                try manifest(
                    config, "application/vnd.oci.image.layer.v1.tar", "",
                    #""annotations":{"vnd.docker.reference.type":"attestation-manifest"}"#),
                try manifest(
                    config, "application/vnd.dev.cosign.simplesigning.v1+json", "", LayoutBuilder.tag("sha256-ab.sig")),
                try manifest(config, "application/vnd.dsse.envelope.v1+json"),
                try manifest(empty, "application/spdx+json", #""artifactType":"application/spdx+json""#),
                try manifest(empty, "application/octet-stream", #""artifactType":"x/y","subject":\#(image)"#),
                try manifest(nil, "application/vnd.oci.image.layer.v1.tar"),
                try manifest(
                    try builder.blob("{}", type: "application/vnd.cncf.helm.config.v1+json"),
                    "application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
            ]
            try builder.write(index: others + [image])
            let layout = ImageLayout(folder: folder, limits: Limits())
            #expect(try image.contains(layout.image(.any, platform: nil).facts.digest?.hex ?? "none"))
            let error = #expect(throws: ImageError.self) { try layout.image(.tag("sha256-ab.sig"), platform: nil) }
            #expect(error?.description.contains("no image: application/vnd.dev.cosign") == true)
            try builder.write(index: others)
            #expect(throws: ImageError.self) { try layout.image(.any, platform: .host) }
        }
    }

    @Test func `manifests that a sparse layout lacks matter only if they are asked for`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let image = try builder.image([tar([.file("1")])])
            let lost = LayoutBuilder.descriptor(
                .of([1]), size: 1, type: LayoutBuilder.manifestType,
                #""platform":{"os":"linux","architecture":"arm64"}"#)
            try builder.write(index: [lost, image])
            let layout = ImageLayout(folder: folder, limits: Limits())
            let amd64 = try #require(Platform(parsing: "linux/amd64"))
            let arm64 = try #require(Platform(parsing: "linux/arm64"))
            #expect(try image.contains(layout.image(.any, platform: amd64).facts.digest?.hex ?? "none"))
            let error = #expect(throws: ImageError.self) { try layout.image(.any, platform: arm64) }
            #expect(error?.description.contains(ContentDigest.of([1]).description) == true)
            #expect(error?.message == "not in the layout")
        }
    }

    @Test(
        arguments: [
            (
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.docker.container.image.v1+json", "application/vnd.docker.image.rootfs.diff.tar.gzip"
            ),
            (nil, nil, nil),
            (LayoutBuilder.manifestType, LayoutBuilder.configType, "application/vnd.oci.image.layer.v1.tar+zstd"),
        ] as [(String?, String?, String?)])
    func `media types of others, or none`(manifest: String?, config: String?, layer: String?) async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            try builder.write(index: [
                try builder.image([tar([.file("a", "1")])], types: (manifest: manifest, config: config, layer: layer))
            ])
            let image = try ImageLayout(folder: folder, limits: Limits()).image(.any, platform: .host)
            #expect(try await image.rootFileSystem(of: PathPatterns(["a"])).files.text("a") == "1")
        }
    }

    @Test func `members that are null or empty are absent`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            let config = try builder.blob(
                #"{"os":"linux","architecture":"arm64","created":null,"config":{"Labels":null},"rootfs":{"type":"layers","diff_ids":null}}"#,
                type: nil)
            let manifest = try builder.blob(
                #"{"schemaVersion":2,"mediaType":null,"config":\#(config),"layers":[],"annotations":null}"#, type: nil,
                #""annotations":null,"platform":{"os":"","architecture":""},"urls":null"#)
            try builder.write(index: [manifest])
            let arm64 = try #require(Platform(parsing: "linux/arm64"))
            let image = try ImageLayout(folder: folder, limits: Limits()).image(.any, platform: arm64)
            #expect(image.layers.isEmpty)
            #expect(try await image.rootFileSystem(of: PathPatterns(["a"])).files.list.isEmpty)
        }
    }

    @Test(arguments: [
        "blake3:" + String(repeating: "6c", count: 32), "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
        "sha384:" + String(repeating: "0", count: 96),
        "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
    ])
    func `an entry with an unknown algorithm leaves the others readable`(digest: String) async throws {
        let named = LayoutBuilder.tag("this")
        let other = #"{"digest":"\#(digest)","size":500,"annotations":{"org.opencontainers.image.ref.name":"other"}}"#
        for isNested in [false, true] {
            let store = try MemoryBlobStore { builder in
                let entries = [other, try builder.image([tar([.file("a", "1")])], named)]
                try builder.write(index: isNested ? [try builder.index(entries)] : entries)
            }
            let layout = ImageLayout(store, limits: Limits())
            let image = try layout.image(.tag("this"), platform: nil)
            #expect(image.diagnostics.map(\.code) == ["unknown-digest"])
            #expect(image.diagnostics.first?.severity == .note)
            #expect(try await image.rootFileSystem(of: ["a"]).files.text("a") == "1")
            _ = try layout.image(.any, platform: nil)
            let error = #expect(throws: ImageError.self) { try layout.image(.tag("other"), platform: nil) }
            #expect(error?.choices.last == "other  cannot be read: the digest algorithm of \(digest) is not known")
        }
    }

    @Test(arguments: [
        "sha256:abc", "sha512:" + String(repeating: "0", count: 64), "blake3", "Blake3:aa", "a..b:c", "a:", ":a",
    ])
    func `what is no digest is an error`(digest: String) async throws {
        let store = try MemoryBlobStore { builder in
            try builder.write(index: [try builder.image([]), #"{"digest":"\#(digest)","size":500}"#])
        }
        let error = #expect(throws: ImageError.self) {
            try ImageLayout(store, limits: Limits()).image(.any, platform: nil)
        }
        #expect(error?.message.contains("/manifests/1/digest") == true)
    }

    @Test func `a manifest of schema 1 is named`() async throws {
        let store = try MemoryBlobStore { builder in
            try builder.write(index: [
                try builder.blob(
                    #"{"schemaVersion":1,"name":"a","tag":"1","architecture":"amd64","fsLayers":[{"blobSum":"sha256:00"}],"history":[]}"#,
                    type: "application/vnd.docker.distribution.manifest.v1+prettyjws")
            ])
        }
        let error = #expect(throws: ImageError.self) {
            try ImageLayout(store, limits: Limits()).image(.any, platform: nil)
        }
        #expect(error?.message.hasPrefix("a Docker manifest of schema 1, which is not read") == true)
    }

    @Test func `data in a descriptor stands for a blob that is missing`() async throws {
        let layer = tar([.file("a", "1")])
        let config =
            #"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["\#(ContentDigest.of(layer))"]}}"#
        func descriptor(_ bytes: [UInt8], _ type: String, data: String) -> String {
            LayoutBuilder.descriptor(.of(bytes), size: bytes.count, type: type, #""data":"\#(data)""#)
        }
        func base64(_ bytes: [UInt8]) throws -> String {
            try withTemporaryFolder { folder in
                try write(bytes, toFile: "\(folder)/a")
                return try shell("base64 -w0 \(folder)/a").text
            }
        }
        func image(_ layerData: String, more: (LayoutBuilder) throws -> Void = { _ in }) throws -> Image {
            let store = try MemoryBlobStore { builder in
                let members = [
                    #""config":"#
                        + descriptor(Array(config.utf8), LayoutBuilder.configType, data: try base64(Array(config.utf8))),
                    #""layers":["# + descriptor(layer, LayoutBuilder.layerType, data: layerData) + "]",
                ]
                let manifest = Array("{\(members.joined(separator: ","))}".utf8)
                let bare = LayoutBuilder.descriptor(
                    .of(manifest), size: manifest.count, type: LayoutBuilder.manifestType)
                try more(builder)
                // The same manifest is listed without its data before.
                try builder.write(index: [
                    bare, descriptor(manifest, LayoutBuilder.manifestType, data: try base64(manifest)),
                ])
            }
            return try ImageLayout(store, limits: Limits()).image(.any, platform: .host)
        }
        let whole = try image(try base64(layer))
        #expect(try await whole.rootFileSystem(of: ["a"]).files.text("a") == "1")
        for (data, message) in [
            ("", "expected"), ("no base64!", "not in the layout"),
            (try base64([1] + layer.dropFirst()), "expected the digest"),
        ] {
            let damaged = try image(data)
            let error = await #expect(throws: ImageError.self) { try await damaged.rootFileSystem(of: ["a"]) }
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
        // A blob that is there counts, whatever the descriptor has.
        let stored = try image("no base64!") { _ = try $0.blob(layer, type: nil) }
        #expect(try await stored.rootFileSystem(of: ["a"]).files.text("a") == "1")
    }

    @Test func `a layout without its marker is read with a warning`() async throws {
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder)
            try builder.write(index: [try builder.image([])])
            try #require(shell("rm \(folder)/oci-layout").code == 0)
            let image = try ImageLayout(folder: folder, limits: Limits()).image(.any, platform: nil)
            #expect(image.diagnostics.map(\.code) == ["no-oci-layout"])
        }
    }
}
