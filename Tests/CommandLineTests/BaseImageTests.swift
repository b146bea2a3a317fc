import ByteStreams
import StructuredText
import TestSupport
import Testing

/// `generate --base`: which packages come from the image that another one is built on.
@Suite struct BaseImageTests {
    /// Writes `folder`/base with the lowest layer of `folder`/app, and an image with another layer.
    private func write(_ folder: String) throws {
        func tar(_ packages: [String]) throws -> [UInt8] {
            let status = packages.map {
                "Package: \($0)\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDescription: a package\n"
            }.joined(separator: "\n")
            try TestSupport.write(Array(status.utf8), toFile: "\(folder)/\(packages.count)/var/lib/dpkg/status")
            return try shell("tar --sort=name --mtime=@0 -C \(folder)/\(packages.count) -cf - .").output
        }
        let (lower, upper) = (try tar(["anchor"]), try tar(["anchor", "buoy"]))
        for (name, layers) in [("base", [lower]), ("app", [lower, upper]), ("other", [upper])] {
            let builder = try LayoutBuilder("\(folder)/\(name)")
            try builder.write(index: [
                try builder.image(layers, LayoutBuilder.tag("registry.example/\(name):1"))
            ])
        }
    }

    @Test func `packages are inherited or added, and the image descends from its base`() throws {
        try withTemporaryFolder { folder in
            try write(folder)
            let result = try sbomkit("generate \(folder)/app --base \(folder)/base -o \(folder)/app.json")
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.errors.contains("2 packages (1 of the base image), 0 dependencies"), "\(result.errors)")
            let document = try #require(
                JSONValue(parsing: bytes(ofFile: folder + "/app.json"), limits: Limits()).objectContent)
            var marks: [String: String] = [:]
            for (_, package) in document.objects("packages") {
                for (_, annotation) in package.objects("annotations") {
                    let comment = annotation.text("comment") ?? ""
                    if comment.hasPrefix("FromBaseImage: ") { marks[package.text("name") ?? ""] = comment }
                }
            }
            #expect(marks == ["anchor": "FromBaseImage: true", "buoy": "FromBaseImage: false"])
            let descent = document.objects("relationships").map(\.object).first {
                $0.text("relationshipType") == "DESCENDANT_OF"
            }
            #expect(descent?.text("spdxElementId")?.hasPrefix("SPDXRef-Image-app-") == true)
            #expect(descent?.text("relatedSpdxElement")?.hasPrefix("SPDXRef-Base-base-") == true)
            for format in ["spdx", "cyclonedx", "cyclonedx-xml", "spdx-tag-value"] {
                #expect(
                    try sbomkit(
                        "generate -q --format \(format) \(folder)/app --base \(folder)/base -o \(folder)/document"
                    )
                    .code == 0)
                let verdict = try sbomkit("validate \(folder)/document")
                #expect(verdict.code == 0, "\(verdict.text)")
            }
            #expect(try !sbomkit("generate -q \(folder)/app").text.contains("FromBaseImage"))
        }
    }

    @Test func `an image that is not built on the base is refused`() throws {
        try withTemporaryFolder { folder in
            try write(folder)
            for (image, base) in [("app", "other"), ("base", "app"), ("rootfs:\(folder)/1", "base")] {
                let place = image.contains(":") ? image : "\(folder)/\(image)"
                let result = try sbomkit("generate \(place) --base \(folder)/\(base)")
                #expect(result.code == 65 && result.output.isEmpty, "\(image) \(base): \(result.errors)")
                let isKnown = !image.contains(":")
                #expect(
                    result.errors.contains(
                        isKnown ? "not built on \(folder)/\(base): expected layer" : "nothing identifies"),
                    "\(result.errors)")
            }
            #expect(try sbomkit("generate \(folder)/app --base \(folder)/none").code == 66)
        }
    }

    @Test(arguments: ["spdx", "cyclonedx"])
    func `the SBOM of the base is referred to by its name and digest`(format: String) throws {
        try withTemporaryFolder { folder in
            try write(folder)
            #expect(try sbomkit("generate -q --format \(format) \(folder)/base -o \(folder)/base.json").code == 0)
            let bytes = try bytes(ofFile: folder + "/base.json")
            let base = try #require(JSONValue(parsing: bytes, limits: Limits()).objectContent)
            let name = try #require(base.text(format == "spdx" ? "documentNamespace" : "serialNumber"))
            for option in ["", "--base \(folder)/base"] {
                let text = try sbomkit("generate -q \(folder)/app \(option) --base-sbom \(folder)/base.json").text
                #expect(text.contains("\"referenceLocator\": \"\(name)\""), "\(text)")
                #expect(text.contains("BaseSBOM: \(ContentDigest.of(bytes))"))
            }
            try TestSupport.write(Array("nonsense".utf8), toFile: folder + "/nonsense")
            #expect(try sbomkit("generate \(folder)/app --base-sbom \(folder)/nonsense").code == 65)
            #expect(try sbomkit("generate - --base-sbom - < /dev/null").code == 64)
        }
    }
}
