import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

@Suite struct CreatedTests {
    private func creation(_ created: String?, epoch: String? = nil) async throws -> (created: String, comment: String) {
        var image = TinyImage(["etc/os-release": "ID=debian\n"])
        image.created = created
        var options = Generator.Options()
        options.sourceDateEpoch = try epoch.map { try #require(SourceDateEpoch($0)) }
        let information = try await Document(generated(image, options)).json["creationInfo"]
        return (information["created"].text, information["comment"].text)
    }

    @Test func `SOURCE_DATE_EPOCH goes before the image's own time`() async throws {
        let found = try await creation("2020-01-01T00:00:00Z", epoch: "1760000000")
        #expect(found.created == "2025-10-09T08:53:20Z")
        #expect(found.comment.contains("SOURCE_DATE_EPOCH gave"))
    }

    @Test func `the image's own time is taken`() async throws {
        let found = try await creation("2020-01-01T02:00:00.123+02:00")
        #expect(found.created == "2020-01-01T00:00:00Z")
        // lib4sbom reads no package if anything but a blank follows the type.
        #expect(found.comment.hasSuffix("\nSBOM Type: Analyzed"))
        #expect(found.comment.contains("image's configuration states for the image"))
    }

    @Test func `a time that the caller gives goes before all`() async throws {
        var image = TinyImage(["etc/os-release": "ID=debian\n"])
        image.created = "2020-01-01T00:00:00Z"
        var options = Generator.Options()
        options.sourceDateEpoch = SourceDateEpoch("1760000000")
        options.created = CreationTime("2021-01-01T01:00:00+01:00") as CreationTime?
        let document = try Document(await generated(image, options)).json
        #expect(document["creationInfo"]["created"].text == "2021-01-01T00:00:00Z")
        #expect(document["creationInfo"]["comment"].text.contains("that was given for the document"))
        #expect(document["annotations"].array.contains { $0["comment"].text == "Reproducible: true" })
    }

    @Test func `the time of making is the clock's, and not reproducible`() async throws {
        var options = Generator.Options()
        options.created = .now
        let document = try Document(await generated(TinyImage(["etc/os-release": "ID=debian\n"]), options)).json
        #expect(document["creationInfo"]["created"].text > "2025-11-01T00:00:00Z")
        #expect(document["creationInfo"]["comment"].text.contains("at which the document was made"))
        #expect(!document["annotations"].array.contains { $0["comment"].text == "Reproducible: true" })
    }

    @Test(arguments: ["", "tomorrow", "1760000000", "2026-01-31", "Now"])
    func `what is neither now nor a time is not taken for one`(text: String) {
        #expect(CreationTime(text) == nil)
    }

    @Test func `CycloneDX has no time where none is known`() async throws {
        var image = TinyImage(["etc/os-release": "ID=debian\n"])
        image.created = nil
        let found = try await generated(image)
        var options = Converter.Options()
        options.carries = false
        let converter = Converter(options: options)
        for format in [DocumentFormat.cycloneDX(.v1_6), .cycloneDX(.v1_4)] {
            let document = try found.document(format)
            let json = try JSONValue(parsing: document, limits: Limits())
            #expect(json["metadata"]["timestamp"] == .null)
            #expect(json["metadata"]["tools"] != .null)
            let back = try JSONValue(parsing: converter.convert(document, to: .spdx).bytes, limits: Limits())
            #expect(back["creationInfo"]["created"].text == "1970-01-01T00:00:00Z")
            #expect(try converter.convert(found.spdx, to: format).bytes == document)
        }
    }

    @Test func `an unknown time is 1970, and is said to be unknown`() async throws {
        let found = try await creation(nil)
        #expect(found.created == "1970-01-01T00:00:00Z")
        #expect(found.comment.contains("Created is not known: the image's configuration states no time"))
    }

    @Test func `a time that is none is said to be none`() async throws {
        let found = try await creation("last Tuesday")
        #expect(found.created == "1970-01-01T00:00:00Z")
        #expect(found.comment.contains("Created is not known: the image's configuration states \"last Tuesday\""))
    }

    @Test(arguments: ["-1", "tomorrow", "1.0", "253402300800", " "])
    func `what is not a number of seconds is not an epoch`(epoch: String) {
        #expect(SourceDateEpoch(epoch) == nil)
    }

    @Test func `annotations have the document's time`() async throws {
        let document = try await Document(Fixture("debian-small").generated())
        let times = document.packages.flatMap { $0["annotations"].array }.map { $0["annotationDate"].text }
        #expect(Set(times) == ["2025-10-09T08:53:20Z"])
    }

    static let mistakes: [@Sendable (inout Generator.Options) -> Void] = [
        { $0.name = "" }, { $0.name = "a\nb" },
    ]

    @Test func `values of options are parsed once, into types`() {
        for text in ["", "Person:", "Tool: x"] { #expect(Contact(text) == nil, "\(text)") }
        for text in [
            "", "no-colon", "https://example.org/#x", "https://example.org/a b", "://example.org", "1x:y", "a/b:c",
        ] {
            #expect(NamespaceBase(text) == nil, "\(text)")
        }
        for text in ["", "linux", "linux/", "a/b/c/d"] { #expect(ImagePlatform(text) == nil, "\(text)") }
        #expect(ImagePlatform("linux/arm64/v8")?.description == "linux/arm64/v8")
    }

    @Test(arguments: mistakes.indices)
    func `what cannot be is refused before anything is read`(number: Int) async {
        var options = Generator.Options()
        Self.mistakes[number](&options)
        let generator = Generator(options: options)
        let error = await #expect(throws: SBOMError.self) { try await generator.read("no/such/layout") }
        #expect(error?.code == .usage)
    }

    @Test func `who asks is in the document`() async throws {
        var options = Generator.Options()
        options.supplier = Contact("Example Ltd")
        options.creators = ["Organization: Example (UK)", "Person: Ada Example <ada@example.org>"].compactMap {
            Contact($0)
        }
        options.namespaceBase = try #require(NamespaceBase("https://example.org/sboms"))
        let document = try await Document(Fixture("scratch").generated(options))
        #expect(document.packages[0]["supplier"].text == "Organization: Example Ltd")
        #expect(
            document.json["creationInfo"]["creators"].array.map(\.text) == [
                "Organization: Example (UK) ()", "Person: Ada Example (ada@example.org)",
                "Tool: sbomkit-\(Generator.version)",
            ])
        #expect(document.json["documentNamespace"].text.hasPrefix("https://example.org/sboms/scratch-latest-"))
    }
}
