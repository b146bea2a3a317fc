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
            let report = try sbomkit("check --format json \(folder)/a").text
            #expect(report.hasPrefix("{\n  \"schema\": \"sbomkit-check/1\",\n  \"passes\": false,\n"))
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

    @Test func `each field of a standard has a line`() throws {
        let result = try sbomkit("check --profile cra --profile ntia expected/rpm-small.cdx.json")
        let lines = result.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 6 + 9 + 2 + lines.count { $0.contains(": error: ") || $0.contains(": warning: ") })
        #expect(lines.allSatisfy { $0.hasPrefix("expected/rpm-small.cdx.json: ") })
        #expect(
            lines.contains(
                "expected/rpm-small.cdx.json: root: 1 of 1, required (CRA, Annex I, Part II (1), components of the product)"
            )
        )
        #expect(lines.contains("expected/rpm-small.cdx.json: CycloneDX 1.6 JSON: cra: passes"))
    }

    @Test func `a document that is made for a standard has what the image proves`() throws {
        let who = "\"Organization: Example (sbom@example.org)\""
        for profile in ["ntia", "telco@1.1", "cisa", "cra"] {
            let result = try sbomkit(
                "generate -q --profile \(profile) --supplier \(who) --creator \(who) debian-small -o /dev/null")
            #expect(result.code == 0 && result.errors == "", "\(profile): \(result.errors)")
        }
        try withTemporaryFolder { folder in
            let result = try sbomkit(
                "generate -q --profile bsi --supplier \(who) --creator \(who) debian-small -o \(folder)/a.json")
            #expect(result.code == 1)
            // What no image proves.
            #expect(
                result.lines.compactMap { $0.split(separator: "[").last?.split(separator: "]").first.map(String.init) }
                    == ["filename", "distribution-license", "hash"])
            let text = try sbomkit("convert --to cyclonedx \(folder)/a.json").text
            for property in [
                #""name": "bsi:component:filename",\s*"value": "alpha_2\.3-4_amd64\.deb""#,
                #""name": "bsi:component:archive",\s*"value": "archive""#,
                #""name": "sbomkit:Unknown",\s*"value": "sha512""#,
            ] {
                #expect(try Regex(property).firstMatch(in: text) != nil, "\(property)")
            }
        }
    }

    @Test func `what only the user can state is said`() throws {
        let result = try sbomkit("generate --profile cisa debian-small -o /dev/null")
        #expect(result.code == 1)
        #expect(
            result.lines.contains(
                "sbomkit: error: /dev/null: author: no person or organization stands for the document [author]; --creator \"Organization: NAME\" names one"
            ))
        #expect(
            result.lines.contains(
                "sbomkit: warning: /dev/null: signature: no signature stands in the document; one beside it is not seen [signature]; sbomkit signs nothing: sign the document where it is published"
            ))
    }

    @Test func `a file that cannot be read does not hide the others`() throws {
        let result = try sbomkit("check no-such-file expected/debian-small.cdx.json")
        #expect(result.code == 66 && result.lines.count == 1)
        #expect(result.text.hasSuffix("expected/debian-small.cdx.json: CycloneDX 1.6 JSON: scanner: passes\n"))
        #expect(try sbomkit("check --profile nothing expected/debian-small.cdx.json").code == 64)
        #expect(try sbomkit("check").code == 64)
    }
}
