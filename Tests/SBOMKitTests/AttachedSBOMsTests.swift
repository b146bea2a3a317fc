import ByteStreams
import SBOMKit
import TestSupport
import Testing

@Suite struct AttachedSBOMsTests {
    @Test func `what is attached to an image is read up to a size`() throws {
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            let image = try layout.image([])
            let layers = try (0..<4).map { try layout.blob("{\"number\":\($0)}", type: "application/spdx+json") }
            let artifact = try layout.blob(
                #"{"artifactType":"a/b","layers":[\#(layers.joined(separator: ","))],"subject":\#(image)}"#,
                type: LayoutBuilder.manifestType)
            try layout.write(index: [image, artifact])
            var limits = Limits()
            limits.attachmentsSize = 47
            let error = #expect(throws: SBOMError.self) {
                try AttachedSBOMs(of: folder, InputDocument.Choice(), limits: limits)
            }
            #expect(error?.description.contains("limit attachmentsSize") == true)
            limits.attachmentsSize = 48
            _ = try AttachedSBOMs(of: folder, InputDocument.Choice(), limits: limits)
        }
    }
}
