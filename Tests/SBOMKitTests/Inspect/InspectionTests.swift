import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// What an inspection says of images made for one test.
@Suite struct InspectionTests {
    private func inspected(
        _ options: Inspector.Options = Inspector.Options(), _ build: (LayoutBuilder) throws -> Void
    ) async throws -> ImageInspection {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        try build(LayoutBuilder(folder))
        return try await Inspector(options: options).inspect(folder)
    }

    /// A tar archive with one file.
    private static func layer(_ name: String, _ size: Int = 1) throws -> [UInt8] {
        try withTemporaryFolder { folder in
            try write(Array(repeating: 0x61, count: size), toFile: "\(folder)/in/\(name)")
            try #require(shell("tar -cf '\(folder)/out' -C '\(folder)/in' '\(name)'").code == 0)
            return try bytes(ofFile: "\(folder)/out")
        }
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (1004, "1.00 kB"), (1005, "1.01 kB"), (9_994, "9.99 kB"),
        (9_995, "10.0 kB"), (99_949, "99.9 kB"), (99_950, "100 kB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
        (123_456_789, "123 MB"), (Int.max, "9.22 EB"),
    ])
    func `sizes have three digits`(bytes: Int, text: String) {
        #expect(ImageInspection.size(bytes) == text)
    }

    @Test func `a long command is cut in the tree and complete in JSON`() async throws {
        #expect(Limits.shownCommand == 200)
        let command = String(repeating: "é", count: 100_000)
        let inspection = try await inspected { layout in
            let image = try layout.image([try Self.layer("a")], history: #"[{"created_by":"\#(command)"}]"#)
            try layout.write(index: [image])
        }
        #expect(inspection.image?.layers.first?.createdBy == command)
        #expect(inspection.json.contains(command))
        let line = try #require(inspection.tree().split(separator: "\n").first { $0.contains("é") })
        #expect(line.hasSuffix(String(repeating: "é", count: 200) + "… (100000 characters)"))
    }

    @Test func `no text of an image controls a terminal or makes a line`() async throws {
        let evil = #"a\u001b[31m\nb\u202ec"#
        let inspection = try await inspected { layout in
            let image = try layout.image(
                [try Self.layer("a")], history: #"[{"created_by":"\#(evil)","comment":"\#(evil)"}]"#,
                LayoutBuilder.tag(evil))
            try layout.write(index: [image])
        }
        for isASCII in [false, true] {
            var options = ImageInspection.TreeOptions()
            options.isASCII = isASCII
            let tree = inspection.tree(options)
            #expect(!tree.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
            #expect(tree.contains(#"a\u{1b}[31m\u{a}b\u{202e}c"#))
            #expect(!isASCII || tree.unicodeScalars.allSatisfy(\.isASCII))
        }
        var options = ImageInspection.TreeOptions()
        options.width = 40
        #expect(inspection.tree(options).split(separator: "\n").allSatisfy { $0.count <= 40 })
    }

    @Test func `a history that does not match gives no command`() async throws {
        let inspection = try await inspected { layout in
            let image = try layout.image([try Self.layer("a")], history: #"[{"created_by":"x"},{"created_by":"y"}]"#)
            try layout.write(index: [image])
        }
        #expect(inspection.image?.layers.map(\.createdBy) == [nil])
    }

    @Test func `a layer that the image has twice is stored once`() async throws {
        let layer = try Self.layer("a", 5000)
        let inspection = try await inspected { layout in
            try layout.write(index: [try layout.image([layer, layer])])
        }
        let image = try #require(inspection.image)
        #expect(image.unpackedSize == 10_000 && image.hiddenSize == 5_000)
        #expect(image.layers.map(\.storedSize) == [layer.count, layer.count])
        let manifest = try #require(image.manifest?.size), configuration = try #require(image.configuration?.size)
        #expect(image.storedSize == layer.count + manifest + configuration)
        #expect(inspection.manifests.first?.storedSize == layer.count + configuration)
    }

    @Test func `the format is known by media types, and what a manifest does not state is said`() async throws {
        let docker = "application/vnd.docker."
        let rows: [(types: (manifest: String?, config: String?, layer: String?), format: ImageInspection.Format?)] = [
            ((LayoutBuilder.manifestType, LayoutBuilder.configType, LayoutBuilder.layerType), .oci),
            ((nil, LayoutBuilder.configType, nil), .oci), ((nil, nil, nil), nil),
            ((docker + "distribution.manifest.v2+json", docker + "container.image.v1+json", nil), .docker),
        ]
        for row in rows {
            let inspection = try await inspected { layout in
                try layout.write(index: [try layout.image([], types: row.types)])
            }
            #expect(inspection.image?.manifest?.format == row.format)
            #expect(inspection.image?.manifest?.statesMediaType == false)
            #expect(inspection.tree().contains("it does not state its media type"))
        }
        #expect(ImageInspection.Format.docker.lacks.contains("subjects"))
    }

    @Test func `what is attached is told apart by its types`() async throws {
        let types: [(type: String, more: String, kind: ImageInspection.AttachedBlob.Kind)] = [
            ("application/vnd.dev.cosign.simplesigning.v1+json", "", .signature),
            ("application/vnd.cncf.notary.signature", "", .signature),
            ("application/spdx+json", "", .sbom),
            (
                "application/vnd.in-toto+json",
                #","annotations":{"in-toto.io/predicate-type":"https://spdx.dev/Document"}"#, .sbom
            ),
            (
                "application/vnd.in-toto+json",
                #","annotations":{"in-toto.io/predicate-type":"https://slsa.dev/provenance/v1"}"#, .attestation
            ),
            ("application/vnd.dev.sigstore.bundle.v0.3+json", "", .attestation),
            ("text/plain", "", .other),
        ]
        let inspection = try await inspected { layout in
            let image = try layout.image([])
            let layers = try types.enumerated().map { number, row in
                try layout.blob("{\"n\":\(number)}", type: row.type, String(row.more.dropFirst()))
            }
            let artifact = try layout.blob(
                #"{"artifactType":"a/b","layers":[\#(layers.joined(separator: ","))],"subject":\#(image)}"#,
                type: LayoutBuilder.manifestType)
            try layout.write(index: [image, artifact])
        }
        #expect(inspection.attached.map(\.kind) == types.map(\.kind))
        #expect(inspection.attached.map(\.relation) == types.map { _ in "referrer" })
        #expect(inspection.manifests.last?.attachedTo == [inspection.image?.manifest?.digest].compactMap(\.self))
        #expect(inspection.tree().contains("signature, not verified"))
    }

    @Test(arguments: [
        ("https://sigstore.dev/cosign/sign/v1", ImageInspection.AttachedBlob.Kind.signature),
        ("https://cyclonedx.org/bom", .sbom), ("https://slsa.dev/provenance/v1", .attestation),
    ])
    func `a bundle of sigstore is what the annotation of its manifest says`(
        type: String, kind: ImageInspection.AttachedBlob.Kind
    ) async throws {
        let inspection = try await inspected { layout in
            let image = try layout.image([])
            let layer = try layout.blob("{}", type: "application/vnd.dev.sigstore.bundle.v0.3+json")
            let artifact = try layout.blob(
                #"{"artifactType":"a/b","layers":[\#(layer)],"subject":\#(image),"annotations":{"dev.sigstore.bundle.predicateType":"\#(type)"}}"#,
                type: LayoutBuilder.manifestType)
            try layout.write(index: [image, artifact])
        }
        #expect(inspection.attached.map(\.kind) == [kind] && inspection.attached.map(\.predicateType) == [type])
    }

    @Test func `a root file system and a folder of layers have no manifest`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        try write(Array("12345".utf8), toFile: "\(folder)/root/a/b")
        try write(Self.layer("c", 700), toFile: "\(folder)/layers/2.tar")
        try write(Array("12345".utf8), toFile: "\(folder)/layers/1/a/b")
        let root = try await Inspector().inspect("rootfs:\(folder)/root")
        #expect(root.manifests.isEmpty && root.image?.manifest == nil && root.image?.configuration == nil)
        #expect(root.image?.layers.map(\.storedSize) == [nil] && root.image?.unpackedSize == 5)
        #expect(root.image?.layers.map(\.compression) == [nil])
        let layers = try await Inspector().inspect("layers:\(folder)/layers")
        #expect(layers.image?.layers.map(\.files?.unpackedSize) == [5, 700])
        #expect(layers.image?.layers.map(\.compression) == [nil, "none"])
        #expect(layers.tree().contains("2  layer 2.tar  "))
        let error = #expect(throws: SBOMError.self) { try Inspector().storedManifest(of: "rootfs:\(folder)/root") }
        #expect(error?.message.hasSuffix("it has no manifest") == true)
    }

    @Test func `JSON is the same every time, and is JSON`() async throws {
        let path = Fixture("debian-small").path
        let json = try await Inspector().inspect(path).json
        #expect(try await Inspector().inspect(path).json == json)
        let value = try JSONValue(parsing: Array(json.utf8), limits: Limits())
        #expect(value["image"]["layers"].array.count > 0)
    }
}
