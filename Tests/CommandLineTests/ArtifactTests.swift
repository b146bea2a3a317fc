import ByteStreams
import TestSupport
import Testing

/// Artifacts that are no image: `generate` describes their blobs.
@Suite struct ArtifactTests {
    /// Writes a layout with one artifact, and returns the digest of its manifest.
    @discardableResult
    private func layout(
        _ folder: String, config: String = #"{"name":"harbor","version":"1.2.3"}"#,
        configType: String = "application/vnd.cncf.helm.config.v1+json", layers: [(name: String?, text: String)],
        annotations: String = "", _ more: (LayoutBuilder) throws -> [String] = { _ in [] }
    ) throws -> String {
        let builder = try LayoutBuilder(folder)
        let config = try builder.blob(config, type: configType)
        let layers = try layers.map { name, text in
            let title = name.map { #""annotations":{"org.opencontainers.image.title":"\#($0)"}"# } ?? ""
            return try builder.blob(text, type: "application/vnd.example.part", title)
        }
        let manifest = Array(
            #"{"schemaVersion":2,"config":\#(config),"layers":[\#(layers.joined(separator: ","))],"annotations":{\#(annotations)}}"#
                .utf8)
        let descriptor = try builder.blob(manifest, type: LayoutBuilder.manifestType)
        try builder.write(index: [descriptor] + more(builder))
        return ContentDigest.of(manifest).description
    }

    @Test(arguments: ["spdx", "cyclonedx", "cyclonedx-xml", "spdx-tag-value"])
    func `the artifact and each of its blobs are described, and the document is valid`(format: String) throws {
        try withTemporaryFolder { folder in
            let digest = try layout(
                folder + "/chart", layers: [("harbor-1.2.3.tgz", "chart"), (nil, "provenance")])
            let result = try sbomkit("generate --format \(format) \(folder)/chart -o \(folder)/document")
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.errors.contains("no image (application/vnd.cncf.helm.config.v1+json)"), "\(result.errors)")
            #expect(result.errors.contains("harbor (no image: application/vnd.cncf.helm.config.v1+json): 3 blobs"))
            #expect(try sbomkit("validate -q \(folder)/document").code == 0)
            let found = try sbomkit(
                "query -q \(folder)/document all --format csv --fields name,version,purl")
            #expect(found.text.contains("harbor,1.2.3,pkg:oci/harbor@\(digest)"), "\(found.text)")
            #expect(found.text.contains("harbor-1.2.3.tgz"))
            let text = try shell("cat \(folder)/document").text
            for word in ["chart", "provenance"] { #expect(text.contains(ContentDigest.of(Array(word.utf8)).hex)) }
            #expect(text.contains("application/vnd.example.part"))
        }
    }

    @Test func `titles and versions in annotations come before the chart's`() throws {
        try withTemporaryFolder { folder in
            try layout(
                folder, layers: [],
                annotations:
                    #""org.opencontainers.image.title":"pier","org.opencontainers.image.version":"9","org.opencontainers.image.created":"2025-01-02T03:04:05Z""#
            )
            let result = try sbomkit("generate -q \(folder)")
            #expect(result.text.contains(#""name": "pier""#))
            #expect(result.text.contains(#""versionInfo": "9""#))
            #expect(result.text.contains(#""created": "2025-01-02T03:04:05Z""#))
            #expect(result.text.contains("Created is the time that the annotations state."))
        }
    }

    @Test func `a blob that is not there is named, and a damaged one is an error`() throws {
        try withTemporaryFolder { folder in
            try layout(folder, layers: [("one", "first"), ("two", "second")])
            let second = ContentDigest.of(Array("second".utf8))
            try #require(shell("rm \(folder)/blobs/sha256/\(second.hex)").code == 0)
            let partial = try sbomkit("generate \(folder)")
            #expect(partial.code == 0)
            #expect(partial.errors.contains("blob \(second): not there"), "\(partial.errors)")
            #expect(partial.text.contains("The blob is not there"))
            #expect(try sbomkit("generate -q --fail-on-blind \(folder)").code == 1)
            let first = ContentDigest.of(Array("first".utf8))
            try #require(shell("echo other > \(folder)/blobs/sha256/\(first.hex)").code == 0)
            let damaged = try sbomkit("generate \(folder)")
            #expect(damaged.code == 65)
            #expect(damaged.errors.contains("blob \(first)"), "\(damaged.errors)")
        }
    }

    @Test func `a configuration that is no chart names nothing, and an empty one is not listed`() throws {
        try withTemporaryFolder { folder in
            for (number, config) in ["[]", "nonsense", #"{"name":1}"#].enumerated() {
                try layout("\(folder)/\(number)", config: config, layers: [])
                let result = try sbomkit("generate -q \(folder)/\(number)")
                #expect(result.code == 0, "\(result.errors)")
                #expect(result.text.contains("Nothing names the artifact: artifact is a placeholder"))
            }
            try layout(
                "\(folder)/empty", config: "{}", configType: "application/vnd.oci.empty.v1+json",
                layers: [("hello.txt", "hello")])
            let result = try sbomkit(
                "query -q - all --format csv --fields name < <('\(program)' generate -q \(folder)/empty)")
            #expect(result.text.split(separator: "\n").count == 3, "\(result.text)")
        }
    }

    @Test func `of several artifacts one must be named, and beside an image none is taken`() throws {
        try withTemporaryFolder { folder in
            try layout(folder + "/two", layers: []) { builder in
                let config = try builder.blob("{}", type: "application/vnd.example.config")
                return [
                    try builder.blob(
                        #"{"schemaVersion":2,"config":\#(config),"layers":[]}"#, type: LayoutBuilder.manifestType,
                        LayoutBuilder.tag("other"))
                ]
            }
            let several = try sbomkit("generate \(folder)/two")
            #expect(several.code == 65)
            #expect(several.errors.contains("no image: application/vnd.example.config"), "\(several.errors)")
            let one = try sbomkit("generate -q \(folder)/two:other")
            #expect(one.code == 0 && one.text.contains("ArtifactType: application/vnd.example.config"))
            try layout(folder + "/image", layers: []) { builder in [try builder.image([], platform: "linux/amd64")] }
            #expect(try !sbomkit("generate -q \(folder)/image").text.contains("ArtifactType"))
        }
    }

    @Test func `the fixture with a chart is described`() throws {
        let result = try sbomkit("generate damaged/no-image")
        #expect(result.code == 0)
        #expect(result.text.contains("ArtifactType: application/vnd.cncf.helm.config.v1+json"))
        #expect(try sbomkit("diff damaged/no-image damaged/no-image").code == 0)
    }
}
