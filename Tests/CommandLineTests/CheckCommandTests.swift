import TestSupport
import Testing

/// `sbomkit check` as a user meets it.
@Suite struct CheckCommandTests {
    @Test func `our own document passes`() throws {
        let result = try sbomkit("check expected/debian-small.spdx.json")
        #expect(result.code == 0 && result.errors == "")
        #expect(
            result.text == """
                expected/debian-small.spdx.json: trivy: packages 19, read 19, sources 19, system debian 12
                expected/debian-small.spdx.json: grype: packages 19, read 19, sources 5, system debian-12
                expected/debian-small.spdx.json: SPDX 2.3 JSON: scanner: passes

                """)
    }

    @Test func `one document that fails makes the command fail`() throws {
        try withTemporaryFolder { folder in
            let text = #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}"#
            try write(Array(text.utf8), toFile: "\(folder)/a")
            let result = try sbomkit("check expected/rpm-small.cdx.json \(folder)/a")
            #expect(result.code == 1)
            #expect(
                result.text.contains(
                    "\(folder)/a: grype: error: grype fails on a document without the member components [components]\n")
            )
            #expect(result.text.hasSuffix("CycloneDX 1.6 JSON: scanner: fails, 1 error\n"))
            #expect(try sbomkit("check -q \(folder)/a").text == "")
            #expect(try sbomkit("check --format json \(folder)/a").text.hasPrefix("{\n  \"passes\": false,\n"))
            #expect(try sbomkit("check --format markdown \(folder)/a").text.hasPrefix("| document | format | reader |"))
        }
    }

    @Test func `generate checks what it writes`() throws {
        let passed = try sbomkit("generate -q --profile scanner debian-small -o /dev/null")
        #expect(passed.code == 0 && passed.errors == "")
        // trivy reads no CycloneDX XML.
        let failed = try sbomkit("generate -q --profile scanner --format cyclonedx-xml debian-small -o /dev/null")
        #expect(failed.code == 1)
        #expect(failed.lines == ["sbomkit: error: /dev/null: trivy: trivy does not read CycloneDX XML [format]"])
    }

    @Test func `a file that cannot be read does not hide the others`() throws {
        let result = try sbomkit("check no-such-file expected/debian-small.cdx.json")
        #expect(result.code == 66 && result.lines.count == 1)
        #expect(result.text.hasSuffix("expected/debian-small.cdx.json: CycloneDX 1.6 JSON: scanner: passes\n"))
        #expect(try sbomkit("check --profile nothing expected/debian-small.cdx.json").code == 64)
        #expect(try sbomkit("check").code == 64)
    }
}
