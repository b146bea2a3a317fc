import TestSupport
import Testing

/// `sbomkit validate` as a user meets it.
@Suite struct ValidateTests {
    static let expected = "\(packageFolder)/Fixtures/expected"

    @Test func `our own documents are valid`() throws {
        let result = try sbomkit("validate --quiet \(Self.expected)/*.spdx.json \(Self.expected)/*.cdx.json")
        #expect(result.code == 0, "\(result.text)")
        #expect(result.text == "")
    }

    @Test func `a violation has a place, a pointer and what was expected`() throws {
        try withTemporaryFolder { folder in
            let text = """
                {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
                 "components": [{"type": "library", "bom-ref": "a"}, {"type": "lib", "name": "b", "bom-ref": "a"}]}
                """
            try write(Array(text.utf8), toFile: "\(folder)/x.json")
            let result = try sbomkit("validate \(folder)/x.json")
            #expect(result.code == 1)
            let lines = result.text.split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.contains("x.json:2:17: error: /components/0: expected a member \"name\"") })
            #expect(
                lines.contains {
                    $0.contains("/components/1/type (b): expected one of") && $0.contains("found \"lib\"")
                })
            #expect(lines.contains { $0.contains("[duplicate-identifier]") })
            #expect(lines.last?.hasSuffix(": CycloneDX 1.6: not valid, 3 errors") == true, "\(lines)")
        }
    }

    @Test func `a violation in tag-value has a place and a tag`() throws {
        try withTemporaryFolder { folder in
            let text = """
                SPDXVersion: SPDX-2.3
                DataLicense: CC0-1.0
                SPDXID: SPDXRef-DOCUMENT
                DocumentName: n
                DocumentNamespace: https://example.org/n
                Creator: Tool: t
                Created: 2024-01-01T00:00:00Z
                PackageName: a
                SPDXID: SPDXRef-a
                PackageHomepage: https://example.org

                """
            try write(Array(text.utf8), toFile: "\(folder)/x.spdx")
            let result = try sbomkit("validate \(folder)/x.spdx")
            #expect(result.code == 1)
            #expect(
                result.text.replacing("\(folder)/", with: "") == """
                    x.spdx:8:1: error: PackageName (a): expected the tag PackageDownloadLocation
                    x.spdx:10:1: error: PackageHomepage: expected the tag PackageHomePage [unknown-tag]
                    x.spdx: SPDX 2.3: not valid, 2 errors

                    """)
        }
    }

    @Test func `a violation in XML has the path of its element`() throws {
        try withTemporaryFolder { folder in
            let text = """
                <bom xmlns="http://cyclonedx.org/schema/bom/1.6">
                  <components><component type="library"><version>1</version></component></components>
                </bom>
                """
            try write(Array(text.utf8), toFile: "\(folder)/x.xml")
            let result = try sbomkit("validate \(folder)/x.xml")
            #expect(result.code == 1)
            let lines = result.text.split(separator: "\n").map(String.init)
            #expect(lines.first?.contains("x.xml:2:41: error: /bom/components/component/version: expected") == true)
            #expect(lines.first?.hasSuffix("found version") == true, "\(lines)")
            #expect(lines.last?.hasSuffix(": CycloneDX 1.6: not valid, 1 error") == true)
        }
    }

    /// A document with equal violations in three components, and one in a service.
    static let vendor = """
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
          {"type": "library", "name": "a", "version": "1", "purl": "x"},
          {"type": "library", "name": "b", "hashes": [{"alg": "MD5", "content": "0"}]},
          {"type": "library", "name": "c,\\u001b", "hashes": [{"alg": "MD5", "content": "0"}]},
          {"type": "library", "name": "d", "hashes": [{"alg": "MD5", "content": "0"}]}]}
        """

    @Test func `equal violations are one line with a count, and the element has its name`() throws {
        try withTemporaryFolder { folder in
            try write(Array(Self.vendor.utf8), toFile: "\(folder)/x.json")
            let result = try sbomkit("validate \(folder)/x.json")
            #expect(result.code == 1)
            let lines = result.text.replacing("\(folder)/", with: "").split(separator: "\n").map(String.init)
            #expect(lines.count == 3, "\(lines)")
            #expect(
                lines.first?.hasPrefix("x.json:2:") == true
                    && lines.first?.contains("/components/0/purl (a@1): expected") == true)
            #expect(
                lines.dropFirst().first?.contains("/components/1/hashes/0/content (b): expected") == true
                    && lines.dropFirst().first?.hasSuffix(" (and 2 more like it, the last at 5:73)") == true, "\(lines)"
            )
            #expect(lines.last == "x.json: CycloneDX 1.6: not valid, 4 errors")
            #expect(try sbomkit("validate --color always \(folder)/x.json").text.contains("\u{1B}[31merror: "))
        }
    }

    @Test func `the element has its name in XML and in tag-value too`() throws {
        try withTemporaryFolder { folder in
            let xml = """
                <bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>
                <component type="library"><name>one</name></component>
                <component type="library"><name>two</name><version>3</version><purl>x</purl></component>
                </components></bom>
                """
            try write(Array(xml.utf8), toFile: "\(folder)/x.xml")
            #expect(
                try sbomkit("validate \(folder)/x.xml").text
                    .contains("/bom/components/component[2]/purl (two@3): expected"))
            let tagValue = try bytes(ofFile: "\(packageFolder)/Fixtures/documents/compass-2.3.spdx")
            let text = String(decoding: tagValue, as: UTF8.self).replacing(
                "PackageDownloadLocation: ", with: "PackageDownloadPlace: ")
            try write(Array(text.utf8), toFile: "\(folder)/x.spdx")
            let lines = try sbomkit("validate \(folder)/x.spdx").text.split(separator: "\n")
            #expect(lines.contains { $0.contains("PackageName (") }, "\(lines)")
        }
    }

    @Test func `JSON has what is documented`() throws {
        try withTemporaryFolder { folder in
            try write(Array(Self.vendor.utf8), toFile: "\(folder)/x.json")
            let result = try sbomkit("validate --format json \(folder)/x.json no-such-file")
            #expect(result.code == 66)
            let script = """
                import json, sys
                value = json.load(sys.stdin)
                print(value["schema"], [d.get("valid") for d in value["documents"]], value["documents"][1]["failure"][:12])
                for v in value["documents"][0]["violations"]:
                    print(v["severity"], v["rule"], v["count"], [(p["line"], p["pointer"], p["element"]) for p in v["places"]])
                """
            let read = try shell("python3 -c '\(script)'", input: result.output)
            #expect(
                read.text == """
                    sbomkit-validation/1 [False, None] no-such-file
                    error package-url 1 [(2, '/components/0/purl', 'a@1')]
                    error schema/pattern 3 [(3, '/components/1/hashes/0/content', 'b'), (4, '/components/2/hashes/0/content', 'c,\\x1b'), (5, '/components/3/hashes/0/content', 'd')]

                    """, "\(read.errors)")
        }
    }

    @Test func `SARIF has the members that its schema requires`() throws {
        try withTemporaryFolder { folder in
            try write(Array(Self.vendor.utf8), toFile: "\(folder)/a b.json")
            let result = try sbomkit("validate --format sarif '\(folder)/a b.json' no-such-file")
            #expect(result.code == 66)
            let script = """
                import json, sys
                value = json.load(sys.stdin)
                run, = value["runs"]
                driver = run["tool"]["driver"]
                print(value["version"], driver["name"], [r["id"] for r in driver["rules"]], run["columnKind"])
                invocation, = run["invocations"]
                print(invocation["executionSuccessful"], [n["level"] for n in invocation["toolExecutionNotifications"]])
                for r in run["results"]:
                    place, = r["locations"]
                    region = place["physicalLocation"]["region"]
                    assert driver["rules"][r["ruleIndex"]]["id"] == r["ruleId"] and r["message"]["text"]
                    assert place["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")
                    assert place["physicalLocation"]["artifactLocation"]["uri"].endswith("/a%20b.json")
                    print(r["ruleId"], r["level"], region["startLine"], region["startColumn"] > 0, place["logicalLocations"][0])
                """
            let read = try shell("python3 -c '\(script)'", input: result.output)
            #expect(
                read.text.split(separator: "\n").prefix(4).map(String.init) == [
                    "2.1.0 sbomkit ['package-url', 'schema/pattern'] unicodeCodePoints", "False ['error']",
                    "package-url error 2 True {'name': 'a@1', 'fullyQualifiedName': '/components/0/purl'}",
                    "schema/pattern error 3 True {'name': 'b', 'fullyQualifiedName': '/components/1/hashes/0/content'}",
                ], "\(read.text) \(read.errors)")
            let clean = try sbomkit("validate --format sarif \(Self.expected)/debian-small.spdx.json")
            #expect(clean.code == 0 && clean.text.contains("\"results\": []"))
        }
    }

    @Test func `GitHub gets workflow commands with escapes`() throws {
        try withTemporaryFolder { folder in
            try write(Array(Self.vendor.utf8), toFile: "\(folder)/a,b:c%.json")
            let result = try sbomkit("validate --format github '\(folder)/a,b:c%.json'")
            let lines = result.text.replacing("\(folder)/", with: "").split(separator: "\n").map(String.init)
            #expect(lines.count == 2)
            #expect(
                lines.first?.hasPrefix("::error file=a%2Cb%3Ac%25.json,line=2,col=") == true
                    && lines.first?.contains(",title=package-url::/components/0/purl (a@1): expected ") == true,
                "\(lines)")
            #expect(lines.last?.hasSuffix(" (and 2 more like it)") == true)
        }
    }

    @Test func `standard input, a missing file and what is no document have their codes`() throws {
        let document = "\(Self.expected)/debian-small.cdx.json"
        #expect(try sbomkit("validate - < \(document)").text == "-: CycloneDX 1.6: valid\n")
        #expect(try sbomkit("validate no/such/file").code == 66)
        #expect(try sbomkit("validate \(packageFolder)/README.md").code == 65)
        // What can be judged is, though another file cannot be read.
        let both = try sbomkit("validate no/such/file \(document)")
        #expect(both.code == 66)
        #expect(both.text.hasSuffix(": CycloneDX 1.6: valid\n"))
    }

    @Test func `a document larger than the limit is refused`() throws {
        try withTemporaryFolder { folder in
            _ = try shell("truncate -s 257M '\(folder)/x.json'")
            let result = try sbomkit("validate \(folder)/x.json")
            #expect(result.code == 65)
            #expect(result.errors.contains("limit documentSize"))
        }
    }

    @Test func `control characters of a document are shown, not obeyed`() throws {
        try withTemporaryFolder { folder in
            let text = #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": "\u001b[31m"}"#
            try write(Array(text.utf8), toFile: "\(folder)/x.json")
            #expect(try !sbomkit("validate \(folder)/x.json").output.contains(0x1B))
        }
    }
}
