import TestSupport
import Testing

/// A folder with an `index.json` and no `oci-layout` is an image for every command.
@Suite struct LayoutWithoutMarkerTests {
    private static let document =
        #"{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"a","#
        + #""documentNamespace":"https://example.org/a","creationInfo":{"created":"2025-01-01T00:00:00Z","creators":"#
        + #"["Tool: a"]},"packages":[{"SPDXID":"SPDXRef-a","name":"a","downloadLocation":"NOASSERTION"}],"#
        + #""relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","#
        + #""relatedSpdxElement":"SPDXRef-a"}]}"#

    @Test(arguments: [
        "generate DIR", "diff DIR DIR", "outline DIR", "query DIR name:a", "validate DIR", "convert DIR --to cyclonedx",
    ])
    func `it is read with a warning`(command: String) throws {
        try withTemporaryFolder { folder in
            let layout = try LayoutBuilder(folder)
            let image = try layout.image([], platform: "linux/amd64")
            let sbom = try layout.blob(Self.document, type: "application/spdx+json")
            let artifact = try layout.blob(
                #"{"artifactType":"application/spdx+json","layers":[\#(sbom)],"subject":\#(image)}"#,
                type: LayoutBuilder.manifestType)
            try layout.write(index: [image, artifact])
            let complete = try sbomkit(command.replacing("DIR", with: folder))
            #expect(complete.code == 0, "\(complete.errors)")
            #expect(!complete.errors.contains("oci-layout"))
            try #require(shell("rm \(folder)/oci-layout").code == 0)
            let result = try sbomkit(command.replacing("DIR", with: folder))
            #expect(result.code == 0, "\(result.errors)")
            // The document of an image has the warnings in it.
            if !command.hasPrefix("generate") { #expect(result.output == complete.output) }
            #expect(
                result.errors.contains(
                    "oci-layout: missing or unreadable; the folder is read as an OCI layout because it has an index.json"
                ), "\(result.errors)")
        }
    }
}
