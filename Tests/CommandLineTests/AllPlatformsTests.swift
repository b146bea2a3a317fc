import ByteStreams
import StructuredText
import TestSupport
import Testing

/// `generate --all-platforms`: a document for each platform, and one that relates them.
@Suite struct AllPlatformsTests {
    private func document(_ path: String) throws -> JSONObject {
        try #require(JSONValue(parsing: bytes(ofFile: path), limits: Limits()).objectContent)
    }

    @Test func `each platform has the document that --platform writes, and the index names them`() throws {
        try withTemporaryFolder { folder in
            let result = try sbomkit(
                "generate multiarch:latest --all-platforms -o '\(folder)/sbom-{os}-{arch}{variant}.json'")
            #expect(result.code == 0, "\(result.errors)")
            #expect(
                names(inFolder: folder) == ["sbom-index.json", "sbom-linux-amd64.json", "sbom-linux-arm64v8.json"])
            for (platform, name) in [("linux/amd64", "linux-amd64"), ("linux/arm64", "linux-arm64v8")] {
                let alone = try sbomkit("generate -q --platform \(platform) multiarch:latest")
                #expect(try bytes(ofFile: "\(folder)/sbom-\(name).json") == alone.output)
            }
            #expect(result.errors.contains("multiarch:latest: the index of 2 images"), "\(result.errors)")
            let outline = try sbomkit("outline -q \(folder)/sbom-index.json")
            #expect(!outline.text.contains("nothing leads to"), "\(outline.text)")
            let index = try document("\(folder)/sbom-index.json")
            let images = index.objects("packages").map(\.object)
            #expect(images.count == 3)
            let namespaces = try ["linux-amd64", "linux-arm64v8"].map {
                try document("\(folder)/sbom-\($0).json").text("documentNamespace")
            }
            let locators = images.flatMap { $0.objects("externalRefs").map(\.object) }
                .filter { $0.text("referenceType") == "bom" }.map { $0.text("referenceLocator") }
            #expect(Set(locators) == Set(namespaces))
            #expect(index.objects("relationships").count { $0.object.text("relationshipType") == "VARIANT_OF" } == 2)
            #expect(try sbomkit("validate \(folder)/sbom-index.json").code == 0)
        }
    }

    @Test(arguments: ["cyclonedx", "cyclonedx-xml", "spdx-tag-value"])
    func `all documents are valid in each format`(format: String) throws {
        try withTemporaryFolder { folder in
            let line = "generate -q multiarch:latest --all-platforms -o \(format)='\(folder)/{os}_{arch}'"
            #expect(try sbomkit(line).code == 0)
            let first = try names(inFolder: folder).map { try bytes(ofFile: "\(folder)/\($0)") }
            #expect(first.count == 3)
            for name in names(inFolder: folder) {
                let verdict = try sbomkit("validate \(folder)/\(name)")
                #expect(verdict.code == 0, "\(name): \(verdict.text)")
            }
            #expect(try sbomkit(line).code == 0)
            #expect(try names(inFolder: folder).map { try bytes(ofFile: "\(folder)/\($0)") } == first)
        }
    }

    @Test(arguments: [
        ("generate multiarch --all-platforms", "expected -o with a name such as"),
        ("generate multiarch --all-platforms -o sbom.json", "expected -o with a name such as"),
        ("generate multiarch --all-platforms --platform linux/amd64 -o '{arch}'", "exclude each other"),
        (
            "generate multiarch:latest --all-platforms -o 'no/such/{os}'",
            "two documents would be written to no/such/linux"
        ),
    ])
    func `what would not give a document for each platform is refused`(line: String, said: String) throws {
        let result = try sbomkit(line)
        #expect(result.code == 64, "\(result.code)")
        #expect(result.errors.contains(said), "\(result.errors)")
    }

    @Test func `an image does not choose the folder`() throws {
        try withTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder + "/image")
            let images = try ["../../up/..", "linux/a b"].map { try builder.image([], platform: $0) }
            try builder.write(index: images)
            try #require(shell("mkdir \(folder)/out").code == 0)
            let result = try sbomkit("generate -q \(folder)/image --all-platforms -o '\(folder)/out/{os}-{arch}'")
            #expect(result.code == 0, "\(result.errors)")
            #expect(names(inFolder: "\(folder)/out").count == 3)
            #expect(names(inFolder: folder) == ["image", "out"])
        }
    }

    @Test func `an image of one platform has its document and the index`() throws {
        try withTemporaryFolder { folder in
            let result = try sbomkit("generate -q debian-small --all-platforms -o '\(folder)/{os}-{arch}.json'")
            #expect(result.code == 0, "\(result.errors)")
            #expect(names(inFolder: folder) == ["index.json", "linux-amd64.json"])
        }
    }
}
