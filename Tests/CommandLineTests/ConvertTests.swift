import TestSupport
import Testing

@Suite struct ConvertTests {
    private static let spdx = "expected/debian-small.spdx.json"

    @Test func `a document is converted to standard output, and from standard input`() throws {
        let there = try sbomkit("convert \(Self.spdx) --to cyclonedx")
        #expect(there.code == 0 && there.errors.isEmpty)
        let piped = try sbomkit("convert - --to cyclonedx < \(Self.spdx)")
        #expect(piped.output == there.output)
    }

    @Test func `the way back gives the file byte by byte`() throws {
        try withTemporaryFolder { folder in
            for format in ["cyclonedx", "cyclonedx-xml@1.4", "spdx-tag-value", "spdx-tag-value@2.2"] {
                #expect(try sbomkit("convert \(Self.spdx) --to \(format) -o \(folder)/there").code == 0)
                let back = try sbomkit("convert \(folder)/there --to spdx")
                #expect(back.output == (try bytes(ofFile: "\(fixtures)/\(Self.spdx)")), "\(format)")
            }
        }
    }

    @Test func `a report names what became of the members`() throws {
        try withTemporaryFolder { folder in
            let text = try sbomkit(
                "convert documents/telescope-2.3.spdx.json --to cyclonedx@1.5 -o \(folder)/x --report text")
            #expect(text.code == 0)
            #expect(text.text.contains("mapped\t"))
            #expect(text.text.contains("carried\t"))
            let json = try sbomkit(
                "convert documents/telescope-2.3.spdx.json --to cyclonedx@1.5 -o \(folder)/x --report json")
            #expect(json.text.contains("\"fate\": \"carried\""))
            let beside = try sbomkit("convert documents/telescope-2.3.spdx.json --to cyclonedx@1.5 --report text")
            #expect(beside.errors.contains("carried\t"))
        }
    }

    @Test func `strict writes nothing where something would be dropped`() throws {
        try withTemporaryFolder { folder in
            let result = try sbomkit("convert \(Self.spdx) --to cyclonedx@1.2 -o \(folder)/x --strict")
            #expect(result.code == 1)
            #expect(result.errors.contains("members would be dropped (--strict)"))
            #expect(names(inFolder: folder).isEmpty)
            let lax = try sbomkit("convert \(Self.spdx) --to cyclonedx@1.2 -o \(folder)/x")
            #expect(lax.code == 0)
            #expect(lax.errors.contains("members are dropped; --report lists them"))
            #expect(try sbomkit("convert \(Self.spdx) --to cyclonedx --strict --no-carry").code == 1)
        }
    }

    @Test func `a carrier that does not agree with the document is named, and strict refuses it`() throws {
        try withTemporaryFolder { folder in
            let bom = """
                {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [{"type": "library",
                 "bom-ref": "lodash", "name": "lodash", "properties": [
                  {"name": "sbomkit:spdx:versionInfo", "value": "\\"0.0.1\\""}]}]}
                """
            try write(Array(bom.utf8), toFile: "\(folder)/x.json")
            let lax = try sbomkit("convert \(folder)/x.json --to spdx --report text -o \(folder)/y.json")
            #expect(lax.code == 0)
            #expect(lax.text.contains("rejected\t1\tSPDX\tversionInfo\n"))
            #expect(lax.errors.contains("1 carried members do not agree with the document and are ignored"))
            #expect(lax.errors.contains("  lodash: versionInfo\n"))
            let strict = try sbomkit("convert \(folder)/x.json --to spdx --strict -o \(folder)/z.json")
            #expect(strict.code == 1)
            #expect(strict.errors.contains("(--strict)"))
            #expect(names(inFolder: folder).sorted() == ["x.json", "y.json"])
        }
    }

    @Test func `a time that must be there is that of SOURCE_DATE_EPOCH`() throws {
        try withTemporaryFolder { folder in
            let bom = "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"version\": 1}"
            try write(Array(bom.utf8), toFile: "\(folder)/x.json")
            let unset = try sbomkit("convert \(folder)/x.json --to spdx")
            #expect(unset.text.contains("\"created\": \"1970-01-01T00:00:00Z\""))
            let set = try sbomkit("convert \(folder)/x.json --to spdx", environment: ["SOURCE_DATE_EPOCH": "86400"])
            #expect(set.text.contains("\"created\": \"1970-01-02T00:00:00Z\""))
            try write(set.output, toFile: "\(folder)/y.json")
            #expect(!(try sbomkit("convert \(folder)/y.json --to cyclonedx").text.contains("timestamp")))
            let wrong = try sbomkit("convert \(folder)/x.json --to spdx", environment: ["SOURCE_DATE_EPOCH": "soon"])
            #expect(wrong.code == 64)
        }
    }

    @Test func `a time that another version requires is that of SOURCE_DATE_EPOCH`() throws {
        try withTemporaryFolder { folder in
            let document =
                "{\"spdxVersion\": \"SPDX-2.3\", \"SPDXID\": \"SPDXRef-DOCUMENT\", \"dataLicense\": \"CC0-1.0\", \"name\": \"d\"}"
            try write(Array(document.utf8), toFile: "\(folder)/x.json")
            let converted = try sbomkit(
                "convert \(folder)/x.json --to spdx@2.2", environment: ["SOURCE_DATE_EPOCH": "86400"])
            #expect(converted.text.contains("\"created\": \"1970-01-02T00:00:00Z\""))
        }
    }

    @Test func `bad input has a line, a column and a code`() throws {
        try withTemporaryFolder { folder in
            try write(Array("{\"bomFormat\": \"CycloneDX\",\n \"x\" 1}".utf8), toFile: "\(folder)/x.json")
            let broken = try sbomkit("convert \(folder)/x.json --to spdx")
            #expect(broken.code == 65)
            #expect(broken.lines.count == 1 && broken.errors.contains("x.json:2:6:"), "\(broken.errors)")
            try write(Array("hello".utf8), toFile: "\(folder)/y.json")
            #expect(try sbomkit("convert \(folder)/y.json --to spdx").code == 65)
            #expect(try sbomkit("convert \(folder)/no --to spdx").code == 66)
            #expect(try sbomkit("convert \(Self.spdx) --to yaml").code == 64)
            #expect(try sbomkit("convert \(Self.spdx) --to spdx -o \(folder)/no/such").code == 73)
        }
    }

    @Test func `generate writes every format that convert does, and they say the same`() throws {
        try withTemporaryFolder { folder in
            let direct = try sbomkit("generate debian-small --format spdx-tag-value -q")
            #expect(direct.code == 0)
            let by = try sbomkit("convert \(Self.spdx) --to spdx-tag-value -q")
            #expect(direct.output == by.output)
            for format in ["spdx@2.2", "cyclonedx@1.3", "cyclonedx-xml@1.2"] {
                #expect(try sbomkit("generate debian-small --format \(format) -q -o \(folder)/x").code == 0)
                #expect(try sbomkit("validate \(folder)/x").code == 0, "\(format)")
            }
        }
    }
}
