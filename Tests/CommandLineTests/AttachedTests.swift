import ByteStreams
import TestSupport
import Testing

/// A way to attach a document to an image; `attach` writes it and returns the entries that index.json needs besides the image.
struct AttachedForm: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let attach: @Sendable (LayoutBuilder, ContentDigest, [UInt8]) throws -> [String]

    init(_ name: String, _ attach: @Sendable @escaping (LayoutBuilder, ContentDigest, [UInt8]) throws -> [String]) {
        testDescription = name
        self.attach = attach
    }
}

extension LayoutBuilder {
    static let emptyType = "application/vnd.oci.empty.v1+json"

    /// An artifact's manifest with these layers; returns its descriptor.
    func artifact(
        _ layers: [String], config: String = emptyType, members: String = "", _ more: String = ""
    ) throws -> String {
        let config = try blob("{}", type: config)
        return try blob(
            #"{"schemaVersion":2,"config":\#(config),"layers":[\#(layers.joined(separator: ","))]\#(members)}"#,
            type: Self.manifestType, more)
    }
}

/// An in-toto statement about an image, with a JSON document in it.
func statement(_ document: [UInt8], _ type: String, about digest: ContentDigest) -> String {
    #"{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"\#(type)","#
        + #""subject":[{"name":"image","digest":{"sha256":"\#(digest.hex)"}}],"#
        + #""predicate":\#(String(decoding: document, as: UTF8.self))}"#
}

/// A DSSE envelope around a statement.
func envelope(_ statement: String) throws -> String {
    let payload = try shell("base64 -w0", input: Array(statement.utf8)).text
    return #"{"payloadType":"application/vnd.in-toto+json","payload":"\#(payload)","signatures":[{"sig":"MEU="}]}"#
}

/// SBOMs that are attached to an image in a layout, as the input of all commands that read documents.
@Suite struct AttachedTests {
    static let spdx = "\(packageFolder)/Fixtures/expected/debian-small.spdx.json"
    static let cycloneDX = "\(packageFolder)/Fixtures/expected/debian-small.cdx.json"
    static let spdxType = "https://spdx.dev/Document"

    static let forms = [
        AttachedForm("cosign attach sbom") { layout, image, document in
            let layer = try layout.blob(document, type: "text/spdx+json")
            return [
                try layout.artifact(
                    [layer], config: LayoutBuilder.configType, LayoutBuilder.tag("sha256-\(image.hex).sbom"))
            ]
        },
        AttachedForm("cosign attach sbom, by a whole reference, of a wrong media type") { layout, image, document in
            let layer = try layout.blob(document, type: "application/vnd.syft+json")
            let name = "registry.example:5000/repo/name:sha256-\(image.hex).sbom"
            return [try layout.artifact([layer], #""annotations":{"io.containerd.image.name":"\#(name)"}"#)]
        },
        AttachedForm("cosign attest, after provenance") { layout, image, document in
            let layers = try [("https://slsa.dev/provenance/v0.2", Array("{}".utf8)), (spdxType, document)].map {
                try layout.blob(
                    try envelope(statement($1, $0, about: image)), type: "application/vnd.dsse.envelope.v1+json",
                    #""annotations":{"dev.cosignproject.cosign/signature":"","predicateType":"\#($0)"}"#)
            }
            return [
                try layout.artifact(
                    layers, config: LayoutBuilder.configType, LayoutBuilder.tag("sha256-\(image.hex).att"))
            ]
        },
        AttachedForm("cosign save") { layout, image, document in
            let layer = try layout.blob(
                try envelope(statement(document, spdxType, about: image)), type: "application/vnd.dsse.envelope.v1+json"
            )
            return [
                try layout.artifact(
                    [layer], config: LayoutBuilder.configType,
                    #""annotations":{"kind":"dev.cosignproject.cosign/atts"}"#)
            ]
        },
        AttachedForm("referrer") { layout, image, document in
            let layer = try layout.blob(document, type: "application/spdx+json")
            let subject = LayoutBuilder.descriptor(image, size: 1, type: LayoutBuilder.manifestType)
            return [
                try layout.artifact(
                    [layer], members: #","artifactType":"application/spdx+json","subject":\#(subject)"#)
            ]
        },
        AttachedForm("referrer in the index of the tag schema, beside a signature") { layout, image, document in
            let subject = LayoutBuilder.descriptor(image, size: 1, type: LayoutBuilder.manifestType)
            let signature = try layout.artifact(
                [try layout.blob("signed", type: "application/jose+json")],
                members: #","artifactType":"application/vnd.cncf.notary.signature","subject":\#(subject)"#)
            // Only the tag of the index says what it is about.
            let sbom = try layout.artifact([try layout.blob(document, type: "application/octet-stream")])
            return [try layout.index([signature, sbom], LayoutBuilder.tag("sha256-\(image.hex)"))]
        },
        AttachedForm("artifact manifest of OCI 1.1's release candidates") { layout, image, document in
            let layer = try layout.blob(document, type: "application/json")
            let subject = LayoutBuilder.descriptor(image, size: 1, type: LayoutBuilder.manifestType)
            let type = "application/vnd.oci.artifact.manifest.v1+json"
            return [
                try layout.blob(
                    #"{"mediaType":"\#(type)","artifactType":"sbom/example","blobs":[\#(layer)],"subject":\#(subject)}"#,
                    type: type)
            ]
        },
        AttachedForm("sigstore bundle") { layout, image, document in
            let type = "application/vnd.dev.sigstore.bundle.v0.3+json"
            let envelope = try envelope(statement(document, spdxType, about: image))
            let layer = try layout.blob(
                #"{"mediaType":"\#(type)","verificationMaterial":{},"dsseEnvelope":\#(envelope)}"#, type: type)
            let subject = LayoutBuilder.descriptor(image, size: 1, type: LayoutBuilder.manifestType)
            return [try layout.artifact([layer], members: #","artifactType":"\#(type)","subject":\#(subject)"#)]
        },
        AttachedForm("BuildKit, beside provenance") { layout, image, document in
            let layers = try [("https://slsa.dev/provenance/v0.2", Array("{}".utf8)), (spdxType, document)].map {
                try layout.blob(
                    statement($1, $0, about: image), type: "application/vnd.in-toto+json",
                    #""annotations":{"in-toto.io/predicate-type":"\#($0)"}"#)
            }
            let annotations =
                #""vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"\#(image)""#
            return [
                try layout.artifact(
                    layers, config: LayoutBuilder.configType,
                    #""platform":{"os":"unknown","architecture":"unknown"},"annotations":{\#(annotations)}"#)
            ]
        },
        AttachedForm("compressed with gzip") { layout, image, document in
            let layer = try layout.blob(try shell("gzip -n", input: document).output, type: "application/spdx+json")
            return [try layout.artifact([layer], LayoutBuilder.tag("sha256-\(image.hex).sbom"))]
        },
        AttachedForm("compressed with zstd") { layout, image, document in
            let layer = try layout.blob(try shell("zstd -q", input: document).output, type: "application/spdx+zstd")
            return [try layout.artifact([layer], LayoutBuilder.tag("sha256-\(image.hex).sbom"))]
        },
        AttachedForm("an artifact by itself, after a picture") { layout, _, document in
            let picture = try layout.blob([0x89, 0x50, 0x4E, 0x47, 0, 0, 0], type: "image/png")
            let layer = try layout.blob(
                document, type: "application/vnd.oci.image.layer.v1.tar",
                #""annotations":{"org.opencontainers.image.title":"sbom.json"}"#)
            return [try layout.artifact([picture, layer], members: #","artifactType":"application/x""#)]
        },
    ]

    /// A layout of an image and what `attach` attaches to it; `body` gets its folder and the image's digest.
    static func withLayout(
        _ attach: (LayoutBuilder, ContentDigest) throws -> [String],
        _ body: (String, ContentDigest) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            let more =
                #""annotations":{"kind":"dev.cosignproject.cosign/image","#
                + #""org.opencontainers.image.ref.name":"app"}"#
            let descriptor = try layout.image([Array("layer".utf8)], more)
            let digest = try digest(in: descriptor)
            try layout.write(index: [descriptor] + attach(layout, digest))
            try body(folder, digest)
        }
    }

    static func digest(in descriptor: String) throws -> ContentDigest {
        // The first quoted text of a digest's length.
        try #require(descriptor.split(separator: "\"").lazy.compactMap { ContentDigest(String($0)) }.first)
    }

    @Test(arguments: forms)
    func `an SBOM is found however it is attached, by all commands`(form: AttachedForm) throws {
        let document = try bytes(ofFile: Self.spdx)
        let outline = try sbomkit("outline '\(Self.spdx)'").text
        try Self.withLayout({ try form.attach($0, $1, document) }) { folder, image in
            let drawn = try sbomkit("outline '\(folder)'")
            #expect(drawn.text == outline, "\(drawn.errors)")
            #expect(drawn.errors.isEmpty)
            if form.testDescription.hasPrefix("an artifact by itself") { return }
            for place in ["\(folder):app", "oci:\(folder)", "\(folder)@\(image)", "\(folder)/:app"] {
                #expect(try sbomkit("outline '\(place)' --platform linux/amd64").text == outline, "\(place)")
            }
            let verdict = try sbomkit("validate '\(folder)'")
            #expect(verdict.code == 0 && verdict.text.contains(": SPDX 2.3: valid\n"), "\(verdict.text)")
            #expect(verdict.text.hasPrefix("\(folder): blob sha256:"))
            #expect(
                try sbomkit("query '\(folder)' 'name:^alpha$' --fields name,version").text == "alpha 1:2.3-4\n")
            let converted = try sbomkit("convert '\(folder)' --to cyclonedx")
            #expect(converted.output == (try sbomkit("convert '\(Self.spdx)' --to cyclonedx").output))
        }
    }

    @Test func `of several one is chosen, and the error lists them`() throws {
        let (spdx, cycloneDX) = (try bytes(ofFile: Self.spdx), try bytes(ofFile: Self.cycloneDX))
        try Self.withLayout({ layout, image in
            let one = try layout.blob(spdx, type: "text/spdx+json")
            let other = try layout.blob(
                statement(cycloneDX, "https://cyclonedx.org/bom", about: image), type: "application/vnd.in-toto+json",
                #""annotations":{"in-toto.io/predicate-type":"https://cyclonedx.org/bom"}"#)
            let annotations = #""vnd.docker.reference.digest":"\#(image)""#
            return [
                try layout.artifact([one], LayoutBuilder.tag("sha256-\(image.hex).sbom")),
                try layout.artifact([other], #""annotations":{\#(annotations)}"#),
                // The same bytes again are no other SBOM.
                try layout.artifact([one], members: #","artifactType":"again""#, #""annotations":{\#(annotations)}"#),
            ]
        }) { folder, image in
            let refused = try sbomkit("outline '\(folder)'")
            #expect(refused.code == 65)
            let digest = ContentDigest.of(spdx)
            #expect(
                refused.lines.first
                    == "sbomkit: error: \(folder): several SBOMs are attached; choose with --attached by number, format or digest; there is:"
            )
            #expect(refused.lines.count == 3)
            #expect(
                refused.lines[1]
                    == "  1  SPDX 2.3 JSON  \(digest)  app linux/amd64  cosign, sha256-\(image.hex).sbom, text/spdx+json"
            )
            #expect(refused.lines[2].hasPrefix("  2  CycloneDX 1.6 JSON  sha256:"))
            #expect(
                refused.lines[2].hasSuffix(
                    "  app linux/amd64  BuildKit, application/vnd.in-toto+json, https://cyclonedx.org/bom"))
            let first = try sbomkit("outline '\(Self.spdx)'").text
            let second = try sbomkit("outline '\(Self.cycloneDX)'").text
            for choice in ["1", "spdx", "SPDX", "\(digest)", String(digest.hex.prefix(8))] {
                #expect(try sbomkit("outline '\(folder)' --attached '\(choice)'").text == first, "\(choice)")
            }
            for choice in ["2", "cyclonedx", "https://cyclonedx.org/bom"] {
                #expect(try sbomkit("outline '\(folder)' --attached '\(choice)'").text == second, "\(choice)")
            }
            // The blob can be named at once, too.
            #expect(try sbomkit("outline '\(folder)@\(digest)'").text == first)
            let none = try sbomkit("outline '\(folder)' --attached 3")
            #expect(none.code == 65 && none.lines.count == 3)
            #expect(none.lines.first?.contains("no attached SBOM fits 3; there is:") == true)
            #expect(
                try sbomkit("outline '\(folder)' --attached json").lines.first?.contains("several attached SBOMs fit")
                    == true)
        }
    }

    @Test(arguments: ["outline debian-small", "query debian-small all", "outline --summary debian-small"])
    func `an image without an SBOM is read itself where that is no gate`(command: String) throws {
        let result = try sbomkit(command)
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.errors.contains("no SBOM is attached to the image, so the image itself is read"))
        let made = try shell(
            "cd '\(fixtures)'; '\(program)' generate -q debian-small | '\(program)' \(command.replacing("debian-small", with: "-")) 2>&1"
        )
        #expect(result.text == made.text)
        #expect(try sbomkit("\(command) --attached spdx").code == 65)
    }

    @Test func `an image without an SBOM says how to make one`() throws {
        try Self.withLayout({ layout, image in
            let signature = try layout.blob(
                "{\"critical\":{}}", type: "application/vnd.dev.cosign.simplesigning.v1+json")
            return [try layout.artifact([signature], LayoutBuilder.tag("sha256-\(image.hex).sig"))]
        }) { folder, image in
            let message = "\(folder): no SBOM is attached to the image"
            for command in ["validate '\(folder)'", "convert '\(folder)' --to cyclonedx", "check '\(folder)'"] {
                let result = try sbomkit(command)
                #expect(result.code == 65, "\(command)")
                #expect(
                    result.lines == ["sbomkit: error: \(message); `sbomkit generate` makes one of what is in it"])
            }
            #expect(
                try sbomkit("outline '\(folder):sha256-\(image.hex).sig'").lines.first?.hasSuffix(
                    "there is no SBOM in it") == true)
            #expect(try sbomkit("outline '\(folder):other'").code == 65)
            let platform = try sbomkit("outline '\(folder)' --platform linux/s390x")
            #expect(platform.lines.first?.contains("there is no image for linux/s390x in it") == true)
            #expect(try sbomkit("outline '\(folder)' --platform nonsense").code == 64)
        }
    }

    @Test func `each platform has its own`() throws {
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            var entries: [String] = []
            var digests: [String: ContentDigest] = [:]
            for (platform, file) in [("linux/amd64", "multiarch-amd64"), ("linux/s390x", "multiarch-arm64")] {
                let image = try layout.image([Array(platform.utf8)], platform: platform)
                let digest = try Self.digest(in: image)
                digests[platform] = digest
                let document = try bytes(ofFile: "\(fixtures)/expected/\(file).spdx.json")
                let layer = try layout.blob(
                    statement(document, Self.spdxType, about: digest), type: "application/vnd.in-toto+json")
                let annotations = #""annotations":{"vnd.docker.reference.digest":"\#(digest)"}"#
                entries += [image, try layout.artifact([layer], annotations)]
            }
            let index = try layout.index(entries, LayoutBuilder.tag("multi"))
            try layout.write(index: [index])
            let other = try sbomkit("outline expected/multiarch-arm64.spdx.json").text
            #expect(try sbomkit("outline '\(folder):multi' --platform linux/s390x").text == other)
            let s390x = try #require(digests["linux/s390x"])
            #expect(try sbomkit("outline '\(folder)@\(s390x)'").text == other)
            let mine = try sbomkit("outline '\(folder)' --platform linux/amd64").text
            #expect(mine == (try sbomkit("outline expected/multiarch-amd64.spdx.json").text))
            #if arch(x86_64)
                #expect(try sbomkit("outline '\(folder)'").text == mine)
            #endif
            // One for the index counts for each of its images.
            let document = try layout.blob(try bytes(ofFile: Self.spdx), type: "application/spdx+json")
            let whole = try Self.digest(in: index)
            try layout.write(index: [
                index, try layout.artifact([document], LayoutBuilder.tag("sha256-\(whole.hex).sbom")),
            ])
            let both = try sbomkit("outline '\(folder):multi' --platform linux/s390x")
            #expect(both.lines.count == 3, "\(both.errors)")
            // What only the index has is for no platform in particular.
            #expect(both.lines.last?.contains("  multi  cosign, sha256-\(whole.hex).sbom, ") == true)
        }
    }

    @Test func `what is damaged is an error with its place, unless there is a sound one`() throws {
        try Self.withLayout({ layout, image in
            let layer = try layout.blob("{\"spdxVersion\":\n \"SPDX-2.3\",,", type: "application/spdx+json")
            return [try layout.artifact([layer], LayoutBuilder.tag("sha256-\(image.hex).sbom"))]
        }) { folder, _ in
            let result = try sbomkit("outline '\(folder)'")
            #expect(result.code == 65)
            #expect(result.lines.count == 1)
            #expect(result.lines.first?.hasPrefix("sbomkit: error: \(folder): blob sha256:") == true)
            #expect(result.lines.first?.contains(":2:13: ") == true, "\(result.errors)")
        }
        let document = try bytes(ofFile: Self.spdx)
        try Self.withLayout({ layout, image in
            let broken = LayoutBuilder.descriptor(.of([1]), size: 1, type: "application/spdx+json")
            let sound = try layout.blob(document, type: "application/spdx+json")
            return [
                try layout.artifact([broken], LayoutBuilder.tag("sha256-\(image.hex).sbom")),
                try layout.artifact([sound], LayoutBuilder.tag("sha256-\(image.hex).att")),
            ]
        }) { folder, _ in
            let result = try sbomkit("outline '\(folder)'")
            #expect(result.code == 0)
            #expect(result.lines.count == 1)
            #expect(result.lines.first?.contains("warning: ") == true)
            #expect(
                result.lines.first?.contains("another SBOM is attached and cannot be read: not in the layout") == true)
            #expect(try sbomkit("outline '\(folder)' --attached 1").lines.first?.contains("not in the layout") == true)
        }
        // Bytes that are not those of the digest.
        try Self.withLayout({ layout, image in
            let layer = try layout.blob(document, type: "application/spdx+json")
            let path = "blobs/sha256/\(ContentDigest.of(document).hex)"
            try layout.put(path, document.map { $0 == UInt8(ascii: "a") ? UInt8(ascii: "b") : $0 })
            return [try layout.artifact([layer], LayoutBuilder.tag("sha256-\(image.hex).sbom"))]
        }) { folder, _ in
            let result = try sbomkit("outline '\(folder)'")
            #expect(result.lines.first?.contains("expected the digest sha256:") == true)
        }
    }

    @Test func `an artifact is read without the image that it is about`() throws {
        let document = try bytes(ofFile: Self.spdx)
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            let image = ContentDigest.of([1, 2, 3])
            let subject = LayoutBuilder.descriptor(image, size: 3, type: LayoutBuilder.manifestType)
            let layer = try layout.blob(document, type: "application/spdx+json")
            try layout.write(index: [try layout.artifact([layer], members: #","subject":\#(subject)"#)])
            let outline = try sbomkit("outline '\(Self.spdx)'").text
            #expect(try sbomkit("outline '\(folder)'").text == outline)
            #expect(try sbomkit("outline '\(folder)@\(image)'").text == outline)
        }
    }

    @Test func `a difference is one of what images hold, not of what is attached to them`() throws {
        let document = try bytes(ofFile: Self.spdx)
        try Self.withLayout({ layout, image in
            let layer = try layout.blob(document, type: "application/spdx+json")
            return [try layout.artifact([layer], LayoutBuilder.tag("sha256-\(image.hex).sbom"))]
        }) { folder, _ in
            // The image's layer is no tar, so that reading it is an error.
            let result = try sbomkit("diff '\(folder)' '\(Self.spdx)'")
            #expect(result.lines.first?.contains("not a readable tar") == true)
        }
    }

    @Test func `a file that is called like an image is a file, and takes no choice`() throws {
        try withTemporaryFolder { folder in
            _ = try LayoutBuilder(folder + "/image")
            try write(try bytes(ofFile: Self.spdx), toFile: folder + "/image:tag")
            #expect(try sbomkit("outline '\(folder)/image:tag'").text == (try sbomkit("outline '\(Self.spdx)'").text))
            #expect(try sbomkit("outline '\(folder)/image:tag' --attached 1").code == 64)
            #expect(try sbomkit("outline '\(folder)/image' --attached ''").code == 64)
            #expect(try sbomkit("outline '\(folder)'").lines == ["sbomkit: error: \(folder): Is a directory"])
        }
    }

    @Test func `statements and envelopes are judged and converted by what is in them`() throws {
        let text = statement(try bytes(ofFile: Self.cycloneDX), "https://cyclonedx.org/bom", about: .of([]))
        for input in [text, try envelope(text)] {
            try withTemporaryFolder { folder in
                try write(Array(input.utf8), toFile: folder + "/a.json")
                #expect(try sbomkit("validate '\(folder)/a.json'").text.hasSuffix("a.json: CycloneDX 1.6: valid\n"))
                let converted = try sbomkit("convert '\(folder)/a.json' --to spdx")
                #expect(converted.output == (try sbomkit("convert '\(Self.cycloneDX)' --to spdx").output))
            }
        }
        let other = statement(Array("{}".utf8), "https://slsa.dev/provenance/v1", about: .of([]))
        let refused = try shell("'\(program)' validate -", input: Array(other.utf8))
        #expect(refused.code == 65)
        #expect(refused.lines.first?.contains("expected an SBOM in the in-toto statement, found https://slsa") == true)
    }
}
