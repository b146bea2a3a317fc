import ByteStreams
import TestSupport
import Testing

/// SBOMs that are attached to an image in a registry.
@Suite(.needs(have("python3"), "python3")) struct RegistryAttachmentTests {
    /// The ways that a registry can have: by its own list, or by tags.
    static let forms = AttachedTests.forms.filter { form in
        !["cosign save", "wrong media type", "by itself", "BuildKit"].contains { form.testDescription.contains($0) }
    }

    @Test(arguments: forms, [#"{"referrers": true}"#, #"{"referrers": "pages"}"#, "{}"])
    func `an SBOM is found however it is attached, by all commands`(form: AttachedForm, script: String) throws {
        // Only a list of referrers leads to a manifest that nothing else names.
        let isListed = script != "{}"
        let needsList = ["referrer", "artifact manifest", "sigstore"].contains {
            form.testDescription.hasPrefix($0) && !form.testDescription.contains("tag schema")
        }
        // A registry with the list needs no tag for it.
        guard needsList == isListed || form.testDescription.contains("tag schema") == !isListed else { return }
        let spdx = try bytes(ofFile: AttachedTests.spdx)
        let outline = try sbomkit("outline '\(AttachedTests.spdx)'").text
        try AttachedTests.withLayout({ try form.attach($0, $1, spdx) }) { folder, image in
            let registry = try ScriptedRegistry(folder, script)
            for place in ["a/b:app", "a/b@\(image)"] {
                let drawn = try registry.sbomkit("outline docker://HOST/\(place) -q")
                #expect(drawn.text == outline, "\(drawn.errors)")
            }
            let verdict = try registry.sbomkit("validate docker://HOST/a/b:app")
            #expect(verdict.code == 0 && verdict.text.contains(": SPDX 2.3: valid\n"), "\(verdict.errors)")
            #expect(verdict.text.hasPrefix("\(registry.host)/a/b:app: blob sha256:"), "\(verdict.text)")
            #expect(
                try registry.sbomkit("query docker://HOST/a/b:app 'name:^alpha$' --fields name,version").text
                    == "alpha 1:2.3-4\n")
            let converted = try registry.sbomkit("convert docker://HOST/a/b:app --to cyclonedx")
            #expect(converted.output == (try sbomkit("convert '\(AttachedTests.spdx)' --to cyclonedx").output))
        }
    }

    @Test func `each platform has its own, of BuildKit or for the index`() throws {
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            var entries: [String] = []
            var attestations: [String] = []
            for (platform, file) in [("linux/amd64", "multiarch-amd64"), ("linux/s390x", "multiarch-arm64")] {
                let image = try layout.image([Array(platform.utf8)], platform: platform)
                let digest = try AttachedTests.digest(in: image)
                let document = try bytes(ofFile: "\(fixtures)/expected/\(file).spdx.json")
                let layer = try layout.blob(
                    statement(document, AttachedTests.spdxType, about: digest), type: "application/vnd.in-toto+json")
                let annotations =
                    #""annotations":{"vnd.docker.reference.digest":"\#(digest)","vnd.docker.reference.type":"attestation-manifest"}"#
                entries.append(image)
                attestations.append(
                    try layout.artifact(
                        [layer], #""platform":{"os":"unknown","architecture":"unknown"},\#(annotations)"#))
            }
            let index = try layout.index(entries + attestations, LayoutBuilder.tag("multi"))
            try layout.write(index: [index])
            let registry = try ScriptedRegistry(folder)
            let other = try sbomkit("outline expected/multiarch-arm64.spdx.json").text
            let drawn = try registry.sbomkit("outline docker://HOST/a:multi --platform linux/s390x -q")
            #expect(drawn.text == other, "\(drawn.errors)")
            // Nothing of the other platform is fetched.
            let manifests = try registry.requests().filter { $0.path.contains("/manifests/sha256:") }
            #expect(Set(manifests.map(\.path)).count == 2)
            let none = try registry.sbomkit("outline docker://HOST/a:multi --platform plan9/mips")
            #expect(none.errors.contains("there is no image for plan9/mips in it; there is:"), "\(none.errors)")
            // One for the index counts for each of its images.
            let document = try layout.blob(try bytes(ofFile: AttachedTests.spdx), type: "application/spdx+json")
            let whole = try AttachedTests.digest(in: index)
            let attached = try layout.artifact([document], LayoutBuilder.tag("sha256-\(whole.hex).sbom"))
            try layout.write(index: [index, attached])
            let both = try registry.sbomkit("outline docker://HOST/a:multi --platform linux/s390x")
            #expect(both.code == 65)
            #expect(both.errors.contains("several SBOMs are attached"))
            #expect(both.errors.contains("cosign, sha256-\(whole.hex).sbom, "), "\(both.errors)")
        }
    }

    @Test(.needsRegistry) func `a registry without a list of referrers has them under a tag`() throws {
        let spdx = try bytes(ofFile: AttachedTests.spdx)
        let outline = try sbomkit("outline '\(AttachedTests.spdx)'").text
        try AttachedTests.withLayout({ layout, image in
            let layer = try layout.blob(spdx, type: "application/spdx+json")
            let subject = LayoutBuilder.descriptor(image, size: 1, type: LayoutBuilder.manifestType)
            let config = try layout.blob("{}", type: LayoutBuilder.configType)
            // Registries keep what they know: the manifest names its type.
            let manifest = try layout.blob(
                #"{"schemaVersion":2,"mediaType":"\#(LayoutBuilder.manifestType)","config":\#(config),"#
                    + #""layers":[\#(layer)],"subject":\#(subject)}"#,
                type: LayoutBuilder.manifestType)
            return [try layout.index([manifest], LayoutBuilder.tag("sha256-\(image.hex)"))]
        }) { folder, image in
            let registry = try DebianRegistry()
            try registry.push("oci:\(folder):app", as: "app:1", options: "--preserve-digests")
            try registry.push("oci:\(folder):sha256-\(image.hex)", as: "app:sha256-\(image.hex)", options: "--all")
            let drawn = try registry.sbomkit("outline docker://HOST/app:1 -q")
            #expect(drawn.text == outline, "\(drawn.errors)")
            let none = try registry.sbomkit("outline docker://HOST/app:sha256-\(image.hex) -q")
            #expect(none.text == outline, "\(none.errors)")
        }
    }

    @Test(arguments: [400, 403, 405, 406])
    func `a registry refuses a list that it does not have in many ways`(status: Int) throws {
        let spdx = try bytes(ofFile: AttachedTests.spdx)
        let form = try #require(AttachedTests.forms.first { $0.testDescription.contains("tag schema") })
        try AttachedTests.withLayout({ try form.attach($0, $1, spdx) }) { folder, _ in
            let registry = try ScriptedRegistry(folder, #"{"referrers": \#(status)}"#)
            let drawn = try registry.sbomkit("outline docker://HOST/a:app -q")
            #expect(drawn.text == (try sbomkit("outline '\(AttachedTests.spdx)'").text), "\(drawn.errors)")
        }
    }

    @Test func `an artifact in a registry is described as one in a layout`() throws {
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            let layer = try layout.blob(
                "text", type: "text/plain", #""annotations":{"org.opencontainers.image.title":"a.txt"}"#)
            let artifact = try layout.artifact(
                [layer], members: #","artifactType":"application/x""#, LayoutBuilder.tag("1"))
            try layout.write(index: [artifact])
            let registry = try ScriptedRegistry(folder)
            let pulled = try registry.sbomkit("generate docker://HOST/some/thing:1")
            #expect(pulled.code == 0, "\(pulled.errors)")
            #expect(pulled.text.contains(#""name": "a.txt""#))
            #expect(pulled.text.contains("tag=1") && pulled.text.contains("some%2Fthing"))
            #expect(pulled.text.contains("\(ContentDigest.of(Array("text".utf8)))"))
            // The name is that of the reference, and no annotation says it.
            #expect(!pulled.text.contains("Annotations:io.containerd"))
        }
    }

    @Test func `an image without an SBOM says how to make one`() throws {
        try AttachedTests.withLayout({ _, _ in [] }) { folder, _ in
            for script in ["{}", #"{"referrers": true}"#] {
                let registry = try ScriptedRegistry(folder, script)
                let result = try registry.sbomkit("validate docker://HOST/a:app")
                #expect(result.code == 65)
                #expect(
                    result.lines == [
                        "sbomkit: error: docker://\(registry.host)/a:app: no SBOM is attached to the image; `sbomkit generate` makes one of what is in it"
                    ])
            }
        }
    }
}

/// What happens without a registry: nothing of the kind.
@Suite struct NoNetworkTests {
    @Test(.needs(have("strace"), "strace")) func `reading a layout opens no socket and loads no libcurl`() throws {
        try withTemporaryFolder { folder in
            let trace = "\(folder)/trace"
            func run(_ line: String) throws -> String {
                let result = try shell(
                    "cd '\(fixtures)' && strace -f -o '\(trace)' -e trace=%network,openat,execve '\(program)' \(line)")
                #expect(result.code == 0, "\(result.errors)")
                return String(decoding: try bytes(ofFile: trace), as: UTF8.self)
            }
            for line in [
                "generate debian-small", "diff debian-small rpm-small -q || true",
                "outline expected/rpm-small.spdx.json",
            ] {
                let calls = try run(line)
                #expect(calls.contains("openat("))
                #expect(!calls.contains("socket("), "\(line)")
                #expect(!calls.contains("libcurl"), "\(line)")
                #expect(calls.split(separator: "\n").count { $0.contains("execve(") } == 1, "\(line)")
            }
            // The trace would show it.
            let registry = try ScriptedRegistry("\(fixtures)/debian-small")
            let calls = try run("generate docker://\(registry.host)/a:latest --anonymous")
            #expect(calls.contains("socket(AF_INET") && calls.contains("libcurl"))
        }
    }
}
