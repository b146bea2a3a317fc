import ByteStreams
import Foundation
import TestSupport
import Testing

/// `sbomkit inspect` as a user meets it, held against skopeo and tar.
@Suite struct InspectTests {
    private struct JSON {
        let value: Any?

        init(_ value: Any?) { self.value = value }

        init(_ result: ShellResult) throws {
            try #require(result.code == 0, "\(result.errors)")
            value = try JSONSerialization.jsonObject(with: Data(result.output))
        }

        subscript(_ name: String) -> JSON { JSON((value as? [String: Any])?[name]) }
        var list: [JSON] { (value as? [Any] ?? []).map { JSON($0) } }
        var text: String? { value as? String }
        var number: Int? { value as? Int }
    }

    @Test(
        .needs(have("skopeo"), "skopeo"),
        arguments: ["debian-layers", "multiarch", "scratch", "compressions"])
    func `raw bytes are those that skopeo shows`(fixture: String) throws {
        let theirs = try shell("cd '\(fixtures)'; skopeo inspect --raw oci:\(fixture):latest")
        try #require(theirs.code == 0, "\(theirs.errors)")
        let ours = try sbomkit("inspect --raw \(fixture):latest")
        #expect(ours.code == 0 && ours.errors == "")
        #expect(ours.output == theirs.output)
    }

    @Test func `raw with a platform is the manifest of that image`() throws {
        let index = try JSON(sbomkit("inspect --raw multiarch"))
        let digests = index["manifests"].list.map { $0["digest"].text ?? "" }
        for (number, platform) in ["linux/amd64", "linux/arm64"].enumerated() {
            let raw = try sbomkit("inspect --raw multiarch --platform \(platform)").output
            #expect(ContentDigest.of(raw).description == digests[number])
            #expect(try sbomkit("inspect --raw multiarch@\(digests[number])").output == raw)
        }
    }

    @Test(.needs(have("skopeo"), "skopeo"), arguments: ["debian-layers", "debian-small"])
    func `the configuration and the layers are those that skopeo shows`(fixture: String) throws {
        let ours = try JSON(sbomkit("inspect --json \(fixture)"))["image"]
        let config = try JSON(shell("cd '\(fixtures)'; skopeo inspect --config oci:\(fixture):latest"))
        #expect(ours["configuration"]["created"].text == config["created"].text)
        #expect(ours["configuration"]["command"].list.map(\.text) == config["config"]["Cmd"].list.map(\.text))
        #expect(ours["layers"].list.map { $0["diffID"].text } == config["rootfs"]["diff_ids"].list.map(\.text))
        #expect(
            ours["layers"].list.map { $0["createdBy"].text } == config["history"].list.map { $0["created_by"].text })
        let summary = try JSON(shell("cd '\(fixtures)'; skopeo inspect oci:\(fixture):latest"))
        #expect(ours["manifest"]["digest"].text == summary["Digest"].text)
        #expect(ours["layers"].list.map { $0["digest"].text } == summary["Layers"].list.map(\.text))
    }

    @Test(arguments: ["debian-layers", "debian-small", "docker-types"])
    func `a layer unpacks to what tar lists`(fixture: String) throws {
        for layer in try JSON(sbomkit("inspect --json \(fixture)"))["image"]["layers"].list {
            let blob = (layer["digest"].text ?? "").replacing(":", with: "/")
            let stored = try bytes(ofFile: "\(fixtures)/\(fixture)/blobs/\(blob)").count
            #expect(layer["storedSize"].number == stored)
            let listed = try shell(
                "zcat '\(fixtures)/\(fixture)/blobs/\(blob)' | tar -tvf - | awk '/^-/ { sum += $3 } END { print sum + 0 }'"
            )
            #expect("\(layer["unpackedSize"].number ?? -1)\n" == listed.text)
            let names = try shell(
                "zcat '\(fixtures)/\(fixture)/blobs/\(blob)' | tar -tf - | sort -u | grep -v '/$' | grep -vc '\\(^\\|/\\)\\.wh\\.'"
            )
            let files = layer["files"]
            #expect("\((files["added"].number ?? 0) + (files["changed"].number ?? 0))\n" == names.text)
        }
    }

    @Test(.needs(have("skopeo"), "skopeo"))
    func `each form of an image has the same layers`() throws {
        try withTemporaryFolder { folder in
            var places = ["debian-layers"]
            for (form, place) in [
                ("dir:\(folder)/dir", "dir:\(folder)/dir"), ("oci-archive:\(folder)/oci.tar", "\(folder)/oci.tar"),
                ("docker-archive:\(folder)/docker.tar:example.com/a:1", "docker-archive:\(folder)/docker.tar"),
            ] {
                let result = try shell(
                    "cd '\(fixtures)'; skopeo copy -q --insecure-policy oci:debian-layers:latest \(form)")
                try #require(result.code == 0, "\(result.errors)")
                places.append(place)
            }
            let images = try places.map { try JSON(sbomkit("inspect --json \($0)"))["image"] }
            func row(_ image: JSON) -> [String] {
                image["layers"].list.map { layer in
                    [
                        layer["diffID"].text ?? "", "\(layer["unpackedSize"].number ?? -1)",
                        "\(layer["hiddenSize"].number ?? -1)", layer["createdBy"].text ?? "",
                    ].joined(separator: " ")
                }
            }
            for (image, place) in zip(images, places) { #expect(row(image) == row(images[0]), "\(place)") }
            #expect(images.map { $0["manifest"].value is NSNull } == [false, false, false, true])
            let archive = try sbomkit("inspect docker-archive:\(folder)/docker.tar")
            #expect(archive.text.contains("└─ example.com/a:1  linux/amd64  configuration sha256:"))
            #expect(archive.text.contains("not compressed"))
            let list = try sbomkit("inspect --raw docker-archive:\(folder)/docker.tar")
            #expect(try list.output == shell("tar -xOf \(folder)/docker.tar manifest.json").output)
            #expect(
                try sbomkit("inspect --raw dir:\(folder)/dir").output == bytes(ofFile: "\(folder)/dir/manifest.json"))
            let docker = try shell(
                "cd '\(fixtures)'; skopeo copy -q --insecure-policy --format v2s2 oci:debian-layers:latest dir:\(folder)/d"
            )
            try #require(docker.code == 0, "\(docker.errors)")
            let raw = try sbomkit("inspect --raw dir:\(folder)/d").output
            #expect(try raw == shell("skopeo inspect --raw dir:\(folder)/d").output)
            #expect(try sbomkit("inspect dir:\(folder)/d").text.contains("─ Docker manifest, "))
            #expect(try sbomkit("inspect - < \(folder)/oci.tar").text.contains("6 layers: "))
        }
    }

    @Test(.needs(have("python3"), "python3"))
    func `an image in a registry is what its layout is, and nothing is fetched twice`() throws {
        let layout = try JSON(sbomkit("inspect --json multiarch --platform linux/amd64"))
        try withTemporaryFolder { folder in
            try #require(shell("cp -r '\(fixtures)/multiarch' '\(folder)/a'").code == 0)
            let registry = try ScriptedRegistry(folder + "/a")
            let result = try registry.sbomkit("inspect --json docker://HOST/a:latest --platform linux/amd64")
            let remote = try JSON(result)
            for name in ["layers", "configuration", "manifest"] {
                #expect(remote["image"][name].value as? NSObject == layout["image"][name].value as? NSObject, "\(name)")
            }
            #expect(remote["attached"].value as? NSObject == layout["attached"].value as? NSObject)
            let listed = remote["manifests"].list[0]["manifests"].list
            #expect(listed.map { $0["platform"].text } == ["linux/amd64", "linux/arm64/v8", "unknown/unknown"])
            let requests = try registry.requests().map(\.path).filter { $0.contains("/blobs/") }
            #expect(requests.count == Set(requests).count, "\(requests)")
            // The manifest of the other platform is listed by its index and not needed.
            let other = listed[1]["digest"].text ?? "?"
            #expect(try !registry.requests().contains { $0.path.contains(other) })
            let raw = try registry.sbomkit("inspect --raw docker://HOST/a:latest")
            #expect(try raw.output == sbomkit("inspect --raw multiarch:latest").output)
            let missing = try registry.sbomkit("inspect docker://HOST/a:none")
            #expect(missing.code == 66 && missing.output.isEmpty, "\(missing.errors)")
        }
    }

    @Test func `several images are listed, and a note says how to choose`() throws {
        let result = try sbomkit("inspect damaged/two-images")
        #expect(result.code == 0)
        #expect(result.text.split(separator: "\n").map { $0.prefix(6) } == ["damage", "├─ old", "└─ new"])
        #expect(
            result.lines == [
                "sbomkit: note: no image is described: damaged/two-images: several images fit; "
                    + "name one by :TAG, @DIGEST or --platform"
            ])
        #expect(try sbomkit("inspect -q damaged/two-images").errors == "")
        #expect(try sbomkit("inspect damaged/two-images:old").errors == "")
    }

    @Test(arguments: [
        ("inspect", 64), ("inspect --raw --json debian-small", 64), ("inspect --raw --width 3 debian-small", 64),
        ("inspect --json --ascii debian-small", 64), ("inspect --width 0 debian-small", 64),
        ("inspect no-such-image", 66), ("inspect multiarch --platform linux/riscv64", 65),
        ("inspect --raw multiarch --platform linux/riscv64", 65), ("inspect --raw damaged/two-images", 65),
        ("inspect debian-small:none", 65),

        ("inspect damaged/bad-index-json", 65),
        ("inspect damaged/not-a-layout", 65),
        ("inspect --raw rootfs:debian-small", 65),
    ])
    func `what cannot be shown is an error in one line`(line: String, code: Int) throws {
        let result = try sbomkit(line)
        #expect(result.code == code, "\(result.errors)")
        #expect(result.output.isEmpty && !result.errors.isEmpty)
        if code != 64 { #expect(result.lines.count { $0.hasPrefix("sbomkit: error: ") } == 1) }
    }

    @Test(arguments: [
        "wrong-digest", "truncated-layer", "truncated-gzip", "wrong-diffid", "missing-blob", "size-mismatch",
    ])
    func `a damaged layer is an error, and what the manifest states is shown`(fixture: String) throws {
        let result = try sbomkit("inspect damaged/\(fixture)")
        #expect(result.code == 65)
        #expect(result.lines.count { $0.hasPrefix("sbomkit: error: ") } == 1, "\(result.errors)")
        #expect(result.text.contains("stored with the manifest, not read\n"), "\(result.text)")
        #expect(result.text.contains("configuration  sha256:"))
        let json = try sbomkit("inspect --json damaged/\(fixture)")
        let image = JSON(try JSONSerialization.jsonObject(with: Data(json.output)))
        #expect(json.code == 65 && image["layersProblem"].text != nil && image["image"]["unpackedSize"].value is NSNull)
    }

    @Test func `the page about inspect shows what is printed`() throws {
        let page = String(decoding: try bytes(ofFile: "\(packageFolder)/docs/inspect.md"), as: UTF8.self)
        let blocks = page.split(separator: "```console\n").dropFirst().compactMap { $0.split(separator: "```").first }
        #expect(blocks.count > 1)
        for block in blocks {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
            let command = try #require(lines.first?.wholeMatch(of: #/\$ sbomkit (.+)/#)).output.1
            let result = try shell("cd '\(packageFolder)'; '\(program)' \(command)")
            // A manifest has no line feed at its end; the page has.
            #expect(
                [result.text, result.text + "\n"].contains(lines.dropFirst().joined(separator: "\n")), "\(command)")
        }
    }

    @Test func `the tree is in ASCII where the locale is not UTF-8`() throws {
        func tree(_ variables: String) throws -> ShellResult {
            try shell("unset LC_ALL LC_CTYPE LANG; \(variables) '\(program)' inspect '\(fixtures)/debian-small'")
        }
        #expect(try tree("LC_ALL=C").text.utf8.allSatisfy { $0 < 0x80 })
        #expect(try !tree("LC_ALL=C.UTF-8").text.utf8.allSatisfy { $0 < 0x80 })
    }
}
