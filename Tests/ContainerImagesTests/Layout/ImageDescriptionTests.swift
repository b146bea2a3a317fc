import ByteStreams
import ContainerImages
import RegistryClient
import TestSupport
import Testing

/// What a source lists, and what is attached to the image that is described.
@Suite struct ImageDescriptionTests {
    private func described(
        platform: Platform? = nil, limits: Limits = Limits(), reference: String = "",
        _ build: (LayoutBuilder) throws -> Void
    ) throws -> ImageDescription {
        try withTemporaryFolder { folder in
            try build(LayoutBuilder(folder))
            return try ImageLocation(parsing: folder + reference).description(
                platform: platform, registries: RegistryOptions(), limits: limits)
        }
    }

    private static func digest(_ descriptor: String) throws -> String {
        String(try #require(descriptor.firstMatch(of: #/sha256:[0-9a-f]{64}/#)).output)
    }

    /// A layout with an image, and a signature of cosign with that payload.
    private static func signed(_ layout: LayoutBuilder, _ payload: (_ digest: String) -> String) throws {
        let image = try layout.image([], LayoutBuilder.tag("latest"))
        let digest = try digest(image)
        let layer = try layout.blob(payload(digest), type: SignedPayload.mediaType)
        let config = try layout.blob("{}", type: LayoutBuilder.configType)
        let signature = try layout.blob(
            #"{"schemaVersion":2,"config":\#(config),"layers":[\#(layer)]}"#, type: LayoutBuilder.manifestType,
            LayoutBuilder.tag(digest.replacing(":", with: "-") + ".sig"))
        try layout.write(index: [image, signature])
    }

    private static func payload(_ digest: String) -> String {
        #"{"critical":{"identity":{"docker-reference":"example.com/a"},"image":{"docker-manifest-digest":"\#(digest)"},"#
            + #""type":"cosign container image signature"},"optional":null}"#
    }

    @Test func `a signature says what it signs, and whether that is the image`() throws {
        let right = try #require(described { try Self.signed($0, Self.payload) }.attached.first)
        #expect(right.payload?.reference == "example.com/a" && right.isAboutImage == true && right.problem == nil)
        let other = "sha256:" + String(repeating: "0", count: 64)
        let wrong = try #require(described { try Self.signed($0) { _ in Self.payload(other) } }.attached.first)
        #expect(wrong.payload?.digest == other && wrong.isAboutImage == false)
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"critical":[]}"#, #"{"critical":{"image":7}}"#])
    func `a payload that is none is a problem of the signature alone`(text: String) throws {
        let description = try described { try Self.signed($0) { _ in text } }
        #expect(description.selection != nil)
        let attached = try #require(description.attached.first)
        #expect(attached.payload == nil && attached.problem?.message.contains("not the payload of a signature") == true)
    }

    @Test func `the payload of a signature has a limit`() throws {
        var limits = Limits()
        func first() throws -> ImageDescription.Attached? {
            try described(limits: limits) { try Self.signed($0, Self.payload) }.attached.first
        }
        let size = try #require(first()?.attachment.descriptor.size)
        limits.signedPayloadSize = size
        #expect(try first()?.payload != nil)
        limits.signedPayloadSize = size - 1
        #expect(try first()?.problem?.message.contains("limit signedPayloadSize") == true)
    }

    @Test func `indexes are listed with what they list`() throws {
        let description = try described(platform: Platform(os: "linux", architecture: "arm64")) { layout in
            let images = try ["linux/amd64", "linux/arm64"].map { try layout.image([], platform: $0) }
            let inner = try layout.index(images)
            try layout.write(index: [try layout.index([inner], LayoutBuilder.tag("v1")), images[0]])
        }
        #expect(description.manifests.map(\.kind) == [.index, .image])
        #expect(description.manifests[0].names == ["v1"])
        let inner = description.manifests[0].manifests
        #expect(inner.map(\.kind) == [.index])
        #expect(inner[0].manifests.map(\.platform?.description) == ["linux/amd64", "linux/arm64"])
        #expect(inner[0].manifests.map(\.isSelected) == [false, true])
        #expect(description.selection?.isOneOfSeveral == true)
    }

    @Test func `where nothing says which image is meant all are listed`() throws {
        let description = try described { layout in
            try layout.write(index: try ["a", "b"].map { try layout.image([tar([.file($0)])], LayoutBuilder.tag($0)) })
        }
        #expect(description.selection == nil && description.problem?.remedy == .selectImage)
        #expect(description.manifests.map(\.names) == [["a"], ["b"]])
    }

    @Test func `a platform that is not there, and a tag that is not, are errors`() throws {
        func build(_ layout: LayoutBuilder) throws {
            try layout.write(index: [try layout.image([], LayoutBuilder.tag("a"))])
        }
        for (platform, reference) in [(Platform(os: "a", architecture: "b"), ""), (nil, ":none")] {
            let error = #expect(throws: ImageError.self) {
                try described(platform: platform, reference: reference, build)
            }
            #expect(error?.code == .unresolved)
        }
    }

    @Test func `an image without its configuration is listed as unreadable, and chosen it is an error`() throws {
        let missing = LayoutBuilder.descriptor(ContentDigest.of([1]), size: 1, type: LayoutBuilder.configType)
        func build(_ layout: LayoutBuilder, _ more: [String]) throws {
            let broken = try layout.blob(
                #"{"schemaVersion":2,"config":\#(missing),"layers":[]}"#, type: LayoutBuilder.manifestType)
            try layout.write(index: [broken] + more)
        }
        let error = #expect(throws: ImageError.self) { try described { try build($0, []) } }
        #expect(error?.message == "not in the layout")
        let description = try described(reference: ":ok") { layout in
            try build(layout, [try layout.image([], LayoutBuilder.tag("ok"))])
        }
        #expect(description.manifests.count == 2)
        guard case .unreadable = description.manifests[0].kind else {
            Issue.record("\(description.manifests[0].kind)")
            return
        }
    }

    @Test func `an artifact that is named shows its own blobs`() throws {
        let description = try described { layout in
            let layer = try layout.blob(Self.payload("sha256:00"), type: SignedPayload.mediaType)
            try layout.write(index: [
                try layout.blob(#"{"artifactType":"a/b","layers":[\#(layer)]}"#, type: LayoutBuilder.manifestType)
            ])
        }
        #expect(description.selection == nil && description.problem != nil)
        #expect(description.manifests.map(\.kind) == [.artifact(type: "a/b")])
        #expect(description.attached.first?.payload?.digest == "sha256:00")
        #expect(description.attached.first?.isAboutImage == false)
    }

    @Test func `members of the configuration of another type are passed over`() throws {
        let description = try described { layout in
            let config = try layout.blob(
                #"""
                {"author":7,"config":{"Env":["A=1",2],"Cmd":"sh","User":[],"ExposedPorts":{"80/tcp":{},"443/tcp":{}},
                "Volumes":["/a"],"Healthcheck":{"Test":["NONE"]}},"rootfs":{"type":"layers","diff_ids":[]}}
                """#, type: LayoutBuilder.configType)
            try layout.write(index: [
                try layout.blob(
                    #"{"schemaVersion":2,"config":\#(config),"layers":[]}"#, type: LayoutBuilder.manifestType)
            ])
        }
        let execution = try #require(description.selection?.configuration?.execution)
        #expect(execution.author == nil && execution.user == nil && execution.command == [] && execution.volumes == [])
        #expect(execution.environment == ["A=1"] && execution.exposedPorts == ["443/tcp", "80/tcp"])
        #expect(execution.healthCheck == ["NONE"])
    }
}
