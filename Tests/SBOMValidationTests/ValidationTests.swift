import ByteStreams
import SBOMFormats
import SBOMValidation
import StructuredText
import TestSupport
import Testing

private func report(_ text: String) throws -> ValidationReport {
    try DocumentValidator(limits: Limits(), violationLimit: 100).validate(Array(text.utf8))
}

private let spdx = #"""
    {
      "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "n",
      "documentNamespace": "https://example.org/n",
      "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: t"]},
      "packages": [
        {"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE", "licenseConcluded": "MIT OR LicenseRef-b",
         "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/a@1"}]},
        {"SPDXID": "SPDXRef-b", "name": "b", "downloadLocation": "NONE"}
      ],
      "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-b", "extractedText": "text"}],
      "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"},
        {"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-b"}
      ]
    }
    """#

private let cycloneDX = #"""
    {
      "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
      "metadata": {"timestamp": "2024-01-01T00:00:00Z", "component": {"type": "container", "name": "c", "bom-ref": "r"}},
      "components": [
        {"type": "library", "name": "a", "bom-ref": "a", "purl": "pkg:deb/debian/a@1", "licenses": [{"license": {"id": "MIT"}}]},
        {"type": "library", "name": "b", "bom-ref": "b", "licenses": [{"expression": "MIT OR Apache-2.0"}]}
      ],
      "dependencies": [{"ref": "r", "dependsOn": ["a", "b"]}, {"ref": "a", "dependsOn": []}]
    }
    """#

@Suite struct ValidationTests {
    @Test(arguments: [spdx, cycloneDX].map(TestText.init))
    func `a sound document has no violations`(_ sample: TestText) throws {
        let report = try report(sample.text)
        #expect(report.violations.isEmpty, "\(report.violations)")
        #expect(report.isValid && report.isSchemaValid && !report.isTruncated)
    }

    @Test func `the schema of every version can be made ready, and says nothing but rules`() throws {
        for family in [try ValidationSchemas.spdx(), try ValidationSchemas.cycloneDX()] {
            for version in family.versions {
                for isStrict in [false, true] {
                    let plain = try family.schema(version: version, isStrict: isStrict)
                    let schema = try JSONSchema(compiling: plain, vocabularies: ["spdx-license-id": { _ in true }])
                    #expect(!schema.accepts([]), "\(version)")
                    let text = String(decoding: JSONWriter.bytes(of: plain, .compact), as: UTF8.self)
                    for prose in [#""title":""#, #""description":""#, #""examples":["#, #""$comment":""#] {
                        #expect(!text.contains(prose), "\(version): \(prose)")
                    }
                }
            }
        }
    }

    @Test func `an identifier in the wrong case is told the right one`() throws {
        let report = try report(cycloneDX.replacing(#""id": "MIT""#, with: #""id": "mit""#))
        #expect(report.violations.first?.expected == #"an identifier of SPDX's license list; is "MIT" meant?"#)
    }

    @Test func `a long text is not repeated in full`() throws {
        let long = String(repeating: "x", count: 100_000)
        for text in [
            spdx.replacing("MIT OR LicenseRef-b", with: long), spdx.replacing("pkg:deb", with: long),
            cycloneDX.replacing(#""id": "MIT""#, with: #""id": "\#(long)""#), spdx.replacing("DEPENDS_ON", with: long),
        ] {
            let violations = try report(text).violations
            #expect(!violations.isEmpty)
            for violation in violations { #expect(violation.expected.count + (violation.found ?? "").count < 500) }
        }
    }

    @Test func `format and version are found in the content`() throws {
        #expect(try report(spdx).format == .spdx)
        #expect(try report(spdx).version == "2.3")
        #expect(try report(spdx.replacing("SPDX-2.3", with: "SPDX-2.2")).version == "2.2")
        #expect(try report(#"{"Document":{"spdxVersion":"SPDX-2.2"}}"#).version == "2.2")
        #expect(try report(cycloneDX).version == "1.6")
        #expect(try report(#"{"$schema":"http://cyclonedx.org/schema/bom-1.5.schema.json"}"#).version == "1.5")
        #expect(try report(#"{"bomFormat":"Other","specVersion":"1.4","version":1}"#).isSchemaValid == false)
    }

    @Test func `there is a schema for every version`() throws {
        #expect(try ValidationSchemas.cycloneDX().versions == CycloneDXVersion.allCases.map(\.rawValue))
        for version in CycloneDXVersion.allCases {
            let document = #"{"bomFormat": "CycloneDX", "specVersion": "\#(version.rawValue)", "version": 1}"#
            #expect(try report(document).version == version.rawValue)
        }
        for version in SPDXVersion.allCases {
            #expect(try report(#"{"spdxVersion": "SPDX-\#(version.rawValue)"}"#).version == version.rawValue)
        }
        let versions = CycloneDXVersion.allCases
        for (number, version) in versions.enumerated().dropFirst() { #expect(versions[number - 1] < version) }
    }

    @Test(arguments: [
        ("[1", ValidationError.Code.json), ("[]", .unknownFormat), ("{}", .unknownFormat),
        (#"{"spdxVersion":"SPDX-2.1"}"#, .unknownVersion), ("SPDXVersion: SPDX-2.1", .unknownVersion),
        (#"{"bomFormat":"CycloneDX","specVersion":"9"}"#, .unknownVersion),
        (#"{"bomFormat":"CycloneDX"}"#, .unknownVersion),
        (#"{"Document":{"spdxVersion":"SPDX-2.3"}}"#, .unknownVersion),
    ])
    func `what cannot be judged is said`(_ text: String, _ code: ValidationError.Code) throws {
        let error = #expect(throws: ValidationError.self) { try report(text) }
        #expect(error?.code == code)
    }

    @Test(arguments: [
        (#""name": "a", "download"#, #""name": 1, "download"#, "type", "/packages/0/name"),
        (#""downloadLocation": "NONE", "licenseConcluded""#, #""licenseConcluded""#, "required", "/packages/0"),
        ("PACKAGE-MANAGER", "PACKAGEMANAGER", "enum", "/packages/0/externalRefs/0/referenceCategory"),
        ("DEPENDS_ON", "DEPENDS-ON", "enum", "/relationships/1/relationshipType"),
        ("extractedText", "extractedtext", "required", "/hasExtractedLicensingInfos/0"),
        (#"["Tool: t"]"#, "[]", "minItems", "/creationInfo/creators"),
        // What no schema says.
        (#""SPDXRef-b", "name""#, #""SPDXRef-a", "name""#, "duplicate-identifier", "/packages/1/SPDXID"),
        (
            #""relatedSpdxElement": "SPDXRef-b""#, #""relatedSpdxElement": "SPDXRef-c""#, "dangling-reference",
            "/relationships/1/relatedSpdxElement"
        ),
        (
            #""relatedSpdxElement": "SPDXRef-b""#, #""relatedSpdxElement": "DocumentRef-x:SPDXRef-b""#,
            "dangling-reference", "/relationships/1/relatedSpdxElement"
        ),
        ("MIT OR LicenseRef-b", "MIT OR LicenseRef-c", "missing-license-text", "/packages/0/licenseConcluded"),
        ("MIT OR LicenseRef-b", "MIT OR", "license-expression", "/packages/0/licenseConcluded"),
        ("MIT OR LicenseRef-b", "MIT and BSD", "license-expression", "/packages/0/licenseConcluded"),
        ("MIT OR LicenseRef-b", "MIT OR Mine-1.0", "unknown-license", "/packages/0/licenseConcluded"),
        ("pkg:deb/debian/a@1", "deb/debian/a@1", "package-url", "/packages/0/externalRefs/0/referenceLocator"),
        ("DESCRIBES", "DESCRIBED_BY", "missing-describes", ""),
    ])
    func `each thing wrong with an SPDX document is named where it is`(
        _ good: String, _ bad: String, _ name: String, _ pointer: String
    ) throws {
        let report = try report(spdx.replacing(good, with: bad, maxReplacements: 1))
        let first = report.violations.first { $0.name == name }
        #expect(first?.pointer.description == pointer, "\(report.violations)")
        #expect(first?.place != nil)
        #expect(report.isSchemaValid == (first?.kind == .rule))
    }

    @Test(arguments: [
        (#""id": "MIT""#, #""id": "mit""#, "vocabulary", "/components/0/licenses/0/license/id"),
        (#""type": "library", "name": "a""#, #""name": "a""#, "required", "/components/0"),
        (#""purl": "pkg"#, #""Purl": "pkg"#, "additionalProperties", "/components/0/Purl"),
        (#""expression": "MIT OR Apache-2.0""#, #""expression": 1"#, "type", "/components/1/licenses/0/expression"),
        ("2024-01-01T00:00:00Z", "yesterday", "format", "/metadata/timestamp"),
        (#""dependsOn": ["a", "b"]"#, #""dependsOn": ["a", "a"]"#, "uniqueItems", "/dependencies/0/dependsOn/1"),
        (#""bom-ref": "b""#, #""bom-ref": "a""#, "duplicate-identifier", "/components/1/bom-ref"),
        (#""dependsOn": ["a", "b"]"#, #""dependsOn": ["a", "c"]"#, "dangling-reference", "/dependencies/0/dependsOn/1"),
        (#""ref": "a", "#, #""ref": "c", "#, "dangling-reference", "/dependencies/1/ref"),
        ("MIT OR Apache-2.0", "MIT OR Mine", "unknown-license", "/components/1/licenses/0/expression"),
        ("MIT OR Apache-2.0", "MIT OR (Apache-2.0", "license-expression", "/components/1/licenses/0/expression"),
        ("MIT OR Apache-2.0", "MIT/Apache-2.0", "license-expression", "/components/1/licenses/0/expression"),
        ("MIT OR Apache-2.0", "MIT OR LicenseRef-GPLv2+", "license-expression", "/components/1/licenses/0/expression"),
        ("MIT OR Apache-2.0", "NOASSERTION", "license-expression", "/components/1/licenses/0/expression"),
        ("pkg:deb/debian/a@1", "pkg:deb", "package-url", "/components/0/purl"),
        ("pkg:deb/debian/a@1", "pkg:deb/debian/a@1?Arch=all", "package-url", "/components/0/purl"),
        ("pkg:deb/debian/a@1", "pkg:deb/a@1", "package-url-type", "/components/0/purl"),
        ("pkg:deb/debian/a@1", "pkg:mine/a@1", "package-url-type", "/components/0/purl"),
    ])
    func `each thing wrong with a CycloneDX document is named where it is`(
        _ good: String, _ bad: String, _ name: String, _ pointer: String
    ) throws {
        let report = try report(cycloneDX.replacing(good, with: bad, maxReplacements: 1))
        let first = report.violations.first { $0.name == name }
        #expect(first?.pointer.description == pointer, "\(report.violations)")
        #expect(first?.place != nil)
    }

    @Test(
        arguments: [
            ("PackageVersion: 1", "PackageVersion: 1\nPackageVersion: 2", "repeated-tag", 10, "PackageVersion", ""),
            ("PackageVersion: 1", "Packageversion: 1", "unknown-tag", 9, "Packageversion", ""),
            ("PackageVersion: 1", "PackageKind: 1", "unknown-tag", 9, "PackageKind", ""),
            ("PackageVersion: 1", "version one", "unknown-tag", 9, nil, ""),
            ("PackageVersion: 1", "FileComment: 1", "misplaced-tag", 9, "FileComment", ""),
            ("PackageVersion: 1", "FilesAnalyzed: perhaps", "malformed-value", 9, "FilesAnalyzed", ""),
            ("PackageVersion: 1", "PackageComment: <text>one", "malformed-value", 9, "PackageComment", ""),
            (
                "PackageVersion: 1", "PrimaryPackagePurpose: LIB", "enum", 9, "PrimaryPackagePurpose",
                "/packages/0/primaryPackagePurpose"
            ),
            ("PackageDownloadLocation: NONE\n", "", "required", 8, "PackageName", "/packages/0"),
            (
                "DESCRIBES SPDXRef-a", "DESCRIBES SPDXRef-b", "dangling-reference", 12, "Relationship",
                "/relationships/0/relatedSpdxElement"
            ),
            (
                "PackageLicenseDeclared: MIT", "PackageLicenseDeclared: MIT OR", "license-expression", 11,
                "PackageLicenseDeclared", "/packages/0/licenseDeclared"
            ),
            ("Creator: Tool: t\n", "", "required", 6, "Created", "/creationInfo"),
        ] as [(String, String, String, Int, String?, String)])
    func `each thing wrong with a document in tag-value is named with its line and tag`(
        _ good: String, _ bad: String, _ name: String, _ line: Int, _ tag: String?, _ pointer: String
    ) throws {
        let sound = """
            SPDXVersion: SPDX-2.3
            DataLicense: CC0-1.0
            SPDXID: SPDXRef-DOCUMENT
            DocumentName: n
            DocumentNamespace: https://example.org/n
            Creator: Tool: t
            Created: 2024-01-01T00:00:00Z
            PackageName: a
            PackageVersion: 1
            PackageDownloadLocation: NONE
            PackageLicenseDeclared: MIT
            Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a
            SPDXID: SPDXRef-a

            """
        #expect(try report(sound).violations.isEmpty)
        let report = try report(sound.replacing(good, with: bad))
        let first = try #require(report.violations.first { $0.name == name }, "\(report.violations)")
        #expect(first.place?.line == line && first.tag == tag && first.pointer.description == pointer, "\(first)")
        #expect(!report.isValid && report.format == .spdx && report.version == "2.3")
    }

    @Test func `what tag-value lacks is named by its tag`() throws {
        let violations = try report("SPDXVersion: SPDX-2.2\nPackageName: a\nPrimaryPackagePurpose: SOURCE\n").violations
        #expect(violations.contains { $0.expected == "the tag PackageDownloadLocation" && $0.tag == "PackageName" })
        #expect(violations.contains { $0.expected == "a tag that SPDX 2.2 has" && $0.tag == "PrimaryPackagePurpose" })
        #expect(violations.contains { $0.expected == "the tag DocumentName" })
    }

    @Test func `violations come in the order of the text, with line and column`() throws {
        let text = spdx.replacing(#""name": "b", "#, with: "").replacing(#""name": "n","#, with: #""name": 1, "x": 2,"#)
        let violations = try report(text).violations
        #expect(violations.map { $0.pointer.description } == ["/name", "/x", "/packages/1"])
        #expect(violations.first?.place?.line == 2)
        #expect(violations.last?.place?.line == 8)
        #expect(violations.last?.place?.column == 5)
        #expect(violations.last?.expected == #"a member "name""#)
    }

    @Test func `what only the strict edition of a version forbids is a warning`() throws {
        let text =
            #"{"bomFormat":"CycloneDX","specVersion":"1.3","version":1,"more":true,"components":[{"type":"library"}]}"#
        let report = try report(text)
        #expect(report.violations.filter { $0.severity == .warning }.map { $0.pointer.description } == ["/more"])
        #expect(
            report.violations.filter { $0.severity == .error }.map { $0.pointer.description } == [
                "/components/0", "/components/0",
            ])
    }

    @Test func `no more is reported than was asked for, and that is said`() throws {
        let packages = Array(repeating: "{}", count: 50).joined(separator: ",")
        let text = #"{"spdxVersion":"SPDX-2.3","packages":[\#(packages)]}"#
        let report = try DocumentValidator(limits: Limits(), violationLimit: 10).validate(Array(text.utf8))
        #expect(report.isTruncated)
        #expect(report.violations.count { $0.kind == .schema } == 10)
    }

    @Test func `components nested as deep as the limit are judged on a small stack`() throws {
        let count = Limits().documentDepth / 2 - 2
        let text =
            #"{"bomFormat":"CycloneDX","specVersion":"1.7","components":["#
            + String(repeating: #"{"type":"library","name":"a","components":["#, count: count)
            + String(repeating: "]}", count: count) + "]}"
        #expect(
            onSmallStack {
                guard let report = try? report(text) else { return false }
                return report.violations.isEmpty
            })
    }

    @Test(arguments: [spdx, cycloneDX])
    func `damaged documents are judged or refused, and nothing else happens`(_ text: String) throws {
        let seed: UInt64 = 20_240_229
        let validator = DocumentValidator(limits: Limits(), violationLimit: 100)
        for mutation in mutations(of: Array(text.utf8), count: 400, seed: seed) {
            _ = try? validator.validate(mutation)
        }
    }

    @Test func `documents whose values were swapped are judged too`() throws {
        // Damage to bytes mostly gives no JSON at all; this keeps it JSON and moves values to where they do not belong.
        var random = SeededGenerator(seed: 7)
        let validator = DocumentValidator(limits: Limits(), violationLimit: 100)
        for text in [spdx, cycloneDX] {
            let parts = text.split(separator: "\"", omittingEmptySubsequences: false).map { String($0) }
            for _ in 0..<200 {
                var mixed = parts
                for _ in 0..<3 {
                    let odd = Int.random(in: 0..<parts.count / 2, using: &random) * 2 + 1
                    mixed[odd] = parts[Int.random(in: 0..<parts.count / 2, using: &random) * 2 + 1]
                }
                if let report = try? validator.validate(Array(mixed.joined(separator: "\"").utf8)) {
                    #expect(report.violations.allSatisfy { $0.place != nil })
                }
            }
        }
    }
}

@Suite(.serialized) struct OfficialVerdictTests {
    /// What the official schemas are asked, and what we say.
    private struct Comparison {
        private let validator = DocumentValidator(limits: Limits(), violationLimit: 10_000)
        private var questions: [(schema: String, document: String)] = []
        private var ours: [OfficialSchemas.Verdict] = []
        private(set) var refused = 0

        /// Documents in which the official schema has alternatives where ours has one that covers them.
        private static let explained: Set<String> = ["CycloneDX+cyclonedx-core-java/bom-1.5.json"]

        /// Takes a document in, by the path of its file.
        mutating func add(_ path: String) throws {
            guard let report = try? validator.validate(try bytes(ofFile: path)) else {
                refused += 1
                return
            }
            let edition =
                switch (report.format, report.version) {
                case (.spdx, "2.2"): "2.2.2"
                case (.spdx, _): "2.3.1"
                case (.cycloneDX, let version): version
                }
            questions.append((OfficialSchemas.path(report.format.rawValue, edition), path))
            ours.append(
                OfficialSchemas.Verdict(isValid: report.isSchemaValid, places: Self.places(of: report, .error)))
            if report.format == .cycloneDX, ["1.2", "1.3"].contains(report.version) {
                questions.append((OfficialSchemas.path("CycloneDX", report.version + "-strict"), path))
                let isValid = !report.violations.contains { $0.kind == .schema && $0.name != "format" }
                ours.append(OfficialSchemas.Verdict(isValid: isValid, places: Self.places(of: report, .warning)))
            }
        }

        /// Keyword and pointer of violations, as the official validator has them.
        private static func places(
            of report: ValidationReport, _ least: DocumentViolation.Severity
        ) -> Set<String> {
            var places: Set<String> = []
            for violation in report.violations where violation.kind == .schema && violation.alternative == nil {
                if violation.name == "format" || (least == .error && violation.severity == .warning) { continue }
                var pointer = violation.pointer.description
                switch violation.name {
                case "oneOf", "anyOf", "not": continue
                case "additionalProperties", "uniqueItems":
                    // We point to the member or the element, the other to what it stands in.
                    pointer = pointer.split(separator: "/").dropLast().map { "/" + $0 }.joined()
                default: break
                }
                places.insert((violation.name == "vocabulary" ? "enum" : violation.name) + " " + pointer)
            }
            return places
        }

        /// Expects the same verdict on all, and the same violations if places are compared, and gives their number.
        func finish(comparesPlaces: Bool) throws -> Int {
            let theirs = try OfficialSchemas.verdicts(questions)
            try #require(theirs.count == questions.count)
            var counts: [String: (valid: Int, invalid: Int, differing: Int)] = [:]
            for (index, question) in questions.enumerated() {
                let name = question.document.split(separator: "/").suffix(2).joined(separator: "/")
                let isSame = theirs[index]?.isValid == ours[index].isValid
                counts[question.schema, default: (0, 0, 0)].valid += ours[index].isValid ? 1 : 0
                counts[question.schema, default: (0, 0, 0)].invalid += ours[index].isValid ? 0 : 1
                counts[question.schema, default: (0, 0, 0)].differing += isSame ? 0 : 1
                #expect(
                    isSame,
                    "\(name): \(question.schema) says \(String(describing: theirs[index]?.isValid)), we \(ours[index].isValid)"
                )
                guard comparesPlaces, let theirs = theirs[index]?.places, !Self.explained.contains(name) else {
                    continue
                }
                let ours = ours[index].places
                #expect(theirs.subtracting(ours) == [], "\(name): found by \(question.schema) only")
                #expect(ours.subtracting(theirs) == [], "\(name): not found by \(question.schema)")
            }
            for (schema, count) in counts.sorted(by: { $0.key < $1.key }) {
                print("\(schema): \(count.valid) valid, \(count.invalid) invalid, \(count.differing) differing")
            }
            return questions.count
        }
    }

    @Test(
        .needsCorpus, .needs(OfficialSchemas.hasValidator, "the validators, which .ci/setup test installs"),
        arguments: ["spdx-json", "cyclonedx-json"])
    func `the verdict is the official schema's on every document of the corpus`(_ folder: String) throws {
        var comparison = Comparison()
        for path in OfficialSchemas.documents(folder) { try comparison.add(path) }
        let count = try comparison.finish(comparesPlaces: true)
        print("\(folder): \(count) verdicts, \(comparison.refused) documents refused")
        #expect(count > 300)
    }

    @Test(
        .needsCorpus, .needs(OfficialSchemas.hasValidator, "the validators, which .ci/setup test installs"),
        arguments: ["spdx-json", "cyclonedx-json"])
    func `the verdict is the official schema's on documents with a value changed`(_ folder: String) throws {
        let seed: UInt64 = 1_207
        var random = SeededGenerator(seed: seed)
        try withTemporaryFolder { temporary in
            var comparison = Comparison()
            for (number, path) in OfficialSchemas.documents(folder).enumerated() {
                let bytes = try bytes(ofFile: path)
                guard bytes.count < 60_000, let root = try? JSONValue(parsing: bytes, limits: Limits()) else {
                    continue
                }
                for copy in 0..<3 {
                    let changed = JSONWriter.bytes(of: ValueChange.changed(root, using: &random), .compact)
                    let file = "\(temporary)/\(number)-\(copy).json"
                    try write(changed, toFile: file)
                    try comparison.add(file)
                }
            }
            let count = try comparison.finish(comparesPlaces: false)
            print("\(folder), changed with seed \(seed): \(count) verdicts, \(comparison.refused) documents refused")
            #expect(count > 500)
        }
    }
}

/// Changes one value or member of a document into something that may or may not be allowed there.
private enum ValueChange {
    static func changed(_ value: JSONValue, using random: inout SeededGenerator) -> JSONValue {
        // Down a few levels, then something happens.
        switch value {
        case .object(var object) where !object.isEmpty && Int.random(in: 0..<6, using: &random) > 0:
            let index = Int.random(in: 0..<object.count, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: object.members.remove(at: index)
            case 1: object.members[index].name += "x"
            case 2: object.append("unknown", 1)
            case 3: object.append(object.members[index].name, object.members[index].value)
            default: object.members[index].value = changed(object.members[index].value, using: &random)
            }
            return .object(object)
        case .array(var items) where !items.isEmpty && Int.random(in: 0..<8, using: &random) > 0:
            let index = Int.random(in: 0..<items.count, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: items.append(items[index])
            case 1: items = []
            default: items[index] = changed(items[index], using: &random)
            }
            return .array(items)
        case .string(let text):
            let others: [JSONValue] = [
                .string(text + " "), .string(text.uppercased()), .string(text.lowercased()), "", "x", .null, 1,
                .array([.string(text)]), .object(JSONObject([.init(name: "name", value: .string(text))])),
            ]
            return others.randomElement(using: &random) ?? .null
        case .number, .bool, .null, .object, .array:
            let others: [JSONValue] = [0, -1, 1, true, "1", .null, [], [:], ["x"], ["name": "x"], 7]
            return others.randomElement(using: &random) ?? .null
        }
    }
}
