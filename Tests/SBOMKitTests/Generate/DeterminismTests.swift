import SBOMKit
import TestSupport
import Testing

@Suite struct DeterminismTests {
    @Test(arguments: Fixture.all)
    func `a second run gives the same`(fixture: Fixture) async throws {
        let (one, other) = (try await fixture.generated(), try await fixture.generated())
        #expect(try one.spdx == other.spdx)
        #expect(one.notices == other.notices)
    }

    @Test(arguments: Fixture.all)
    func `neither the place nor the name of the folder is in the document`(fixture: Fixture) async throws {
        let expected = try await fixture.generated()
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r '\(folder)'") }
        // Copied back to front, so that folders list their files in another order.
        let copied = try shell(
            """
            set -e; mkdir -p '\(folder)/another name:1/blobs/sha256'; cd '\(fixture.path)'
            cp oci-layout index.json '\(folder)/another name:1'
            for blob in $(ls -r blobs/sha256); do cp blobs/sha256/$blob '\(folder)/another name:1/blobs/sha256'; done
            """)
        try #require(copied.code == 0, "\(copied.errors)")
        var options = Generator.Options()
        options.platform = fixture.platform.flatMap { ImagePlatform($0) }
        let found = try await Generator(options: options).read("oci:\(folder)/another name:1:latest")
        #expect(try found.spdx == expected.spdx)
        #expect(found.notices == expected.notices)
        let text = String(decoding: try found.spdx, as: UTF8.self)
        for place in [folder, packageFolder, "another name"] { #expect(!text.contains(place)) }
    }

    @Test(arguments: ["linux/amd64", "linux/arm64", "linux/arm64/v8"])
    func `the order of the manifests makes no difference`(platform: String) async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r '\(folder)'") }
        let reversed = try shell(
            """
            set -e; cp -r '\(packageFolder)/Fixtures/multiarch' \(folder)/layout; cd \(folder)/layout
            python3 - <<'PYTHON'
            import hashlib, json
            index = json.load(open("index.json"))
            for entry in index["manifests"]:
                if entry["mediaType"].endswith("index.v1+json"):
                    nested = json.load(open("blobs/" + entry["digest"].replace(":", "/")))
                    nested["manifests"].reverse()
                    data = json.dumps(nested).encode()
                    entry["digest"], entry["size"] = "sha256:" + hashlib.sha256(data).hexdigest(), len(data)
                    open("blobs/" + entry["digest"].replace(":", "/"), "wb").write(data)
            index["manifests"].reverse()
            json.dump(index, open("index.json", "w"))
            PYTHON
            """)
        try #require(reversed.code == 0, "\(reversed.errors)")
        var options = Generator.Options()
        options.platform = ImagePlatform(platform)
        let generator = Generator(options: options)
        let expected = try await generator.read("\(packageFolder)/Fixtures/multiarch")
        #expect(try await generator.read("\(folder)/layout").spdx == expected.spdx)
    }

    @Test func `the order of the records makes no difference`() async throws {
        let records = [
            "Package: a\nDepends: b, c\n", "Package: b\nDepends: c | d\n", "Package: c\nDepends: a\n", "Package: d\n",
            "Package: e\nDepends: d, nothing\n",
        ].map { $0 + "Status: install ok installed\nVersion: 1\nArchitecture: amd64\n\n" }
        var random = SeededGenerator(seed: 5)
        var documents: Set<[UInt8]> = []
        for _ in 0..<5 {
            let image = TinyImage(["var/lib/dpkg/status": records.shuffled(using: &random).joined()])
            var packages = try Document(await generated(image)).packages
            // The image and the layer are others, and so is what names them.
            packages.removeAll { !$0["SPDXID"].text.contains("Package-") }
            let described = packages.map { "\($0["SPDXID"].text) \($0["comment"].text) \($0["sourceInfo"].text)" }
            documents.insert(Array(described.joined(separator: "\n").utf8))
        }
        #expect(documents.count == 1)
    }
}
