import ByteStreams
import SBOMFormats
import SBOMValidation
import StructuredText
import TestSupport
import Testing

private let validator = DocumentValidator(limits: Limits(), violationLimit: 1_000)

@Suite struct CycloneDXXMLValidationTests {
    // The path of each violation once took as long as its element has siblings.
    @Test(.timeLimit(.minutes(10)))
    func `many violations in one list take no longer than the list is`() throws {
        let text =
            #"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>"#
            + String(repeating: "<component/>", count: 100_000) + "</components></bom>"
        let report = try DocumentValidator(limits: Limits(), violationLimit: 1_000).validate(Array(text.utf8))
        #expect(report.isTruncated)
        #expect(report.violations.last?.path?.hasPrefix("/bom/components/component[") == true)
    }

    /// Documents, and what is to be said of them.
    static let cases: [(text: String, path: String, expected: String)] = [
        (component("<version>1</version><name>b</name>"), "/bom/components/component/name[2]", "description"),
        (component("<x/>"), "/bom/components/component/x", "version"),
        (component("<scope>never</scope>"), "/bom/components/component/scope", "one of excluded, optional, required"),
        (component("<modified x=\"1\">true</modified>"), "/bom/components/component/modified/@x", "no attribute x"),
        (component("<modified>yes</modified>"), "/bom/components/component/modified", "true or false"),
        (component("text"), "/bom/components/component", "only elements in it"),
        (
            component("<hashes><hash>0123456789abcdef0123456789abcdef</hash></hashes>"),
            "/bom/components/component/hashes/hash", "the attribute alg in it"
        ),
        (
            component("<swid name=\"a\" tagId=\"b\" tagVersion=\"x\"/>"),
            "/bom/components/component/swid/@tagVersion", "a whole number"
        ),
        (
            component("<licenses><license><id>mit</id></license></licenses>"),
            "/bom/components/component/licenses/license/id", "an identifier of SPDX's license list"
        ),
        (
            component("<licenses><license><id>MIT</id></license><expression>MIT</expression></licenses>"),
            "/bom/components/component/licenses/expression", "license"
        ),
        (
            component("<pedigree><notes><b/></notes></pedigree>"),
            "/bom/components/component/pedigree/notes/b", "only text in notes"
        ),
        (bom("<components><component type=\"library\"/></components>"), "/bom/components/component", "supplier"),
        (bom("<metadata><timestamp>yesterday</timestamp></metadata>"), "/bom/metadata/timestamp", "a date and time"),
        (bom("<components/><metadata/>"), "/bom/metadata", "services"),
        (
            bom("<vulnerabilities><vulnerability xml:lang=\"en\"/></vulnerabilities>"),
            "/bom/vulnerabilities/vulnerability/@xml:lang", "no attribute xml:lang"
        ),
        (
            bom(
                "<compositions><composition><assemblies><assembly ref=\"a\"> </assembly></assemblies></composition></compositions>"
            ),
            "/bom/compositions/composition/assemblies", "aggregate"
        ),
        (
            bom("<services xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>"),
            "/bom/services/@xsi:nil", "no attribute nil"
        ),
        (bom("<x:a xmlns:x=\"urn:x\"><bom version=\"0\"/></x:a>"), "/bom/x:a/bom/@version", "a whole number from 1"),
        (
            bom(
                "<components><component type=\"library\" bom-ref=\"a\"><name>a</name></component>"
                    + "<component type=\"library\" bom-ref=\"a\"><name>b</name></component></components>"),
            "/bom/components/component[2]/@bom-ref", "a bom-ref that nothing before has"
        ),
    ]

    @Test(arguments: cases.map { (sample: TestText($0.0), path: $0.1, expected: $0.2) })
    func `a violation has the path of its element, and what was expected`(
        sample: TestText, path: String, expected: String
    ) throws {
        let report = try validator.validate(Array(sample.text.utf8))
        #expect(!report.isSchemaValid)
        let violation = try #require(report.violations.first { $0.path == path }, "\(report.violations.map(\.path))")
        #expect(violation.expected.hasPrefix(expected), "\(violation.expected)")
        #expect(violation.kind == .schema && violation.severity == .error)
        #expect(violation.place?.line == 1 && violation.place?.column ?? 0 > 1)
    }

    @Test(
        arguments: [
            bom("", "1.2"), component("<scope/>", "1.5"), component("<x:a xmlns:x=\"urn:x\" b=\"c\"><d/>e</x:a>"),
            component("<version/><?a b?><!-- c -->"), component("<evidence><callstack/></evidence>"),
            bom(
                "<vulnerabilities><vulnerability><source><url>https://a</url><name>a</name></source></vulnerability></vulnerabilities>"
            ),
        ].map(TestText.init))
    func `a sound document has no violations`(sample: TestText) throws {
        let report = try validator.validate(Array(sample.text.utf8))
        #expect(report.violations.isEmpty, "\(report.violations)")
        #expect(report.format == .cycloneDX && report.isValid)
    }

    /// What no schema can say, and where.
    static let rules: [(text: String, path: String, rule: ValidationRule)] = [
        (component("<purl>npm/a</purl>"), "/bom/components/component/purl", .packageURL),
        (
            component("<licenses><expression>MIT OR</expression></licenses>"),
            "/bom/components/component/licenses/expression", .licenseExpression
        ),
        (
            component(
                "<licenses><expression-detailed expression=\"MIT OR\"><properties/></expression-detailed></licenses>",
                "1.7"),
            "/bom/components/component/licenses/expression-detailed/@expression", .licenseExpression
        ),
        (
            bom("<dependencies><dependency ref=\"a\"/></dependencies>"), "/bom/dependencies/dependency/@ref",
            .danglingReference
        ),
        (
            bom(
                "<components><component type=\"library\" bom-ref=\"a\"><name>a</name></component></components><dependencies>"
                    + "<dependency ref=\"a\"><dependency ref=\"b\"/><dependency ref=\"a\"/></dependency></dependencies>"
            ),
            "/bom/dependencies/dependency/dependency[1]/@ref", .danglingReference
        ),
        (
            bom(
                "<compositions><composition><aggregate>complete</aggregate><assemblies><assembly ref=\"a\"/></assemblies>"
                    + "</composition></compositions>"), "/bom/compositions/composition/assemblies/assembly/@ref",
            .danglingReference
        ),
        (
            bom(
                "<vulnerabilities><vulnerability><affects><target><ref>a</ref></target></affects></vulnerability></vulnerabilities>"
            ),
            "/bom/vulnerabilities/vulnerability/affects/target/ref", .danglingReference
        ),
        (
            bom(
                "<metadata><tools><components><component type=\"library\"><name>a</name><purl>x</purl></component></components>"
                    + "</tools></metadata>"), "/bom/metadata/tools/components/component/purl", .packageURL
        ),
    ]

    @Test(arguments: rules.map { (sample: TestText($0.text), path: $0.path, rule: $0.rule) })
    func `a rule that no schema can state has the path of its element`(
        sample: TestText, path: String, rule: ValidationRule
    ) throws {
        let report = try validator.validate(Array(sample.text.utf8))
        #expect(report.violations.map(\.name) == [rule.rawValue])
        #expect(report.violations.map(\.path) == [path])
        #expect(report.isSchemaValid && !report.isValid)
    }

    @Test(arguments: [
        ("<bom/>", ValidationError.Code.unknownFormat), (bom("", "1.1"), .unknownVersion), ("<bom", .xml),
        ("<a/>", .unknownFormat),
        ("<!DOCTYPE bom><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>", .xml), ("\u{FEFF}  <a", .xml),
    ])
    func `what cannot be judged is refused`(text: String, code: ValidationError.Code) throws {
        let error = #expect(throws: ValidationError.self) { try validator.validate(Array(text.utf8)) }
        #expect(error?.code == code)
    }

    @Test func `no more is listed than was asked for`() throws {
        let text = bom("<components>" + String(repeating: "<component/>", count: 100) + "</components>")
        let report = try DocumentValidator(limits: Limits(), violationLimit: 10).validate(Array(text.utf8))
        #expect(report.violations.count == 10 && report.isTruncated)
    }

    @Test func `depth is no matter of the stack`() {
        let depth = 480
        let nested =
            String(repeating: "<components><component type=\"library\"><name>a</name>", count: depth)
            + String(repeating: "</component></components>", count: depth)
        #expect(onSmallStack { (try? validator.validate(Array(bom(nested).utf8)))?.isValid == true })
    }

    @Test(arguments: 0..<8)
    func `nothing in a damaged document traps`(seed: Int) {
        let samples = Self.cases.map(\.text) + Self.rules.map(\.text)
        for (index, sample) in samples.enumerated() {
            for damaged in mutations(of: Array(sample.utf8), count: 20, seed: UInt64(seed * 1_000 + index))
                + disarranged(sample, seed)
            {
                // Whatever is said of it, it is said.
                _ = try? validator.validate(damaged)
            }
        }
    }
}

@Suite(.needsCorpus, .needs(have("xmllint"), "xmllint"))
struct CycloneDXXMLVerdictTests {
    @Test func `every XML document is valid if, and only if, the official schema says so`() throws {
        try withTemporaryFolder { folder in
            var documents: [(path: String, version: String)] = []
            var reports: [ValidationReport] = []
            for (number, path) in OfficialSchemas.documents("cyclonedx-xml").enumerated() {
                let text = try bytes(ofFile: path)
                guard let report = try? validator.validate(text), report.format == .cycloneDX else { continue }
                // Names in the corpus have spaces and more in them.
                let copy = "\(folder)/\(number).xml"
                try write(text, toFile: copy)
                documents.append((copy, report.version))
                reports.append(report)
            }
            let verdicts = try OfficialXMLSchemas.verdicts(documents, in: folder)
            var (valid, invalid) = (0, 0)
            for ((document, report), verdict) in zip(zip(documents, reports), verdicts) {
                if verdict.isValid { valid += 1 } else { invalid += 1 }
                let isSame = verdict.isValid == report.isSchemaValid
                #expect(
                    isSame,
                    "\(document): we \(report.violations.filter { $0.kind == .schema }.prefix(2).map { "\($0.path ?? ""): expected \($0.expected) found \($0.found ?? "")" }), they \(verdict.errors.prefix(2))"
                )
            }
            print("XML documents judged alike: \(documents.count), of them valid \(valid), not valid \(invalid)")
            #expect(documents.count > 400)
        }
    }

    /// Texts that are of some simple type, or just not.
    private static let texts = [
        "", " ", "true", "false", "0", "1", " 1 ", "TRUE", "-1", "+1", "1.0", "1.", ".5", "1e5", "-0", "00", "0.5",
        "1.01", "7",
        "123456789012345678901234567890", "0.1234567890123456789012345678901", "x y", "a\tb", "\n",
        "2024-01-01T00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T24:00:00Z", "2024-01-01T24:00:01Z",
        "2024-02-30T00:00:00Z",
        "2024-01-01T00:00:00+14:00", "2024-01-01T00:00:00+14:01", "2024-01-01T00:00:00-13:59", "2024-01-01T23:59:60Z",
        "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.5Z", "0000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
        "12024-01-01T00:00:00Z", "02024-01-01T00:00:00Z", "2024-01-01", "2024-01-01Z", "2024-13-01",
        "2024-01-01t00:00:00z",
        " 2024-01-01T00:00:00Z ", "2024-1-1T00:00:00Z", "2024-01-01 00:00:00", "1900-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z",
        "2024-01-01T00:00Z", "2024-01-01T00:00:00+0100", "+2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00.123456789012345Z",
        "https://example.org/a?b#c", "http://[::1]/", "http://[::1", "a:b", ":", "a b", "%", "%41", "%4", "#", "##",
        "a#b#c", "//", "///",
        "http://a:80/", "http://a:/", "http://a:x/", "http://a:99999999999/", "http://a@b@c/", "http://a/[b]", "?[]",
        "é", "http://é/",
        "1a:b", "a/b:c", "<", "a\\b", "{}", "a|b", "^", "`", "http://a b/", "mailto:a@b", "urn:a:b", "pkg:a/b@1?c=d#e",
        "http:///a", "a:",
        "http://a:0080", "http://%41/", "http://a;b/", "http://a\"b/", "./a:b", "@", "a@b:c", "http://a:80a",
        "http://user:pw@h", "[", "]",
        "http://a/%zz", "http://a?%zz", "http://a#%zz", "http://a/?#?#", "ab:cd?x#[", "http:", "http://",
        "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1", "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#a",
        "0123456789abcdef0123456789abcdef", " 0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcde",
        "text/plain", "text", "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*", "cpe:/a:b:c", "cpe:2.3:a:b", "base64", "MIT", "mit",
        "en-US", "en", "EN",
        "kWh", "\u{212A}Wh", "required", " required", "library", "MD5", "CRE:1-2", "US", "US1234567", "declared",
        "inbound", "complete",
    ]

    /// Elements and attributes of every simple type.
    private static let holes: [(version: String, text: String)] = [
        ("1.6", component("<purl>@</purl>")), ("1.6", component("<cpe>@</cpe>")),
        ("1.6", component("<modified>@</modified>")),
        ("1.6", component("<scope>@</scope>")), ("1.4", component("<scope>@</scope>", "1.4")),
        ("1.6", component("<version>@</version>")),
        ("1.6", component("<tags><tag>@</tag></tags>")),
        ("1.6", component("<swid tagId=\"a\" name=\"b\" tagVersion=\"@\"/>")),
        ("1.6", component("<swid tagId=\"a\" name=\"b\" patch=\"@\"/>")),
        ("1.6", component("<hashes><hash alg=\"MD5\">@</hash></hashes>")),
        ("1.6", component("<hashes><hash alg=\"@\">0123456789abcdef0123456789abcdef</hash></hashes>")),
        ("1.6", component("<licenses><license acknowledgement=\"@\"><id>MIT</id></license></licenses>")),
        ("1.6", component("<licenses><license><id>@</id></license></licenses>")),
        (
            "1.6",
            component(
                "<licenses><license><id>MIT</id><text content-type=\"@\" encoding=\"base64\">@</text></license></licenses>"
            )
        ),
        ("1.6", component("<licenses><license><id>MIT</id><text encoding=\"@\"/></license></licenses>")),
        (
            "1.6",
            component("<externalReferences><reference type=\"website\"><url>@</url></reference></externalReferences>")
        ),
        (
            "1.4",
            component(
                "<externalReferences><reference type=\"website\"><url>@</url></reference></externalReferences>", "1.4")
        ),
        ("1.6", component("<evidence><identity><field>purl</field><confidence>@</confidence></identity></evidence>")),
        (
            "1.6",
            component(
                "<evidence><occurrences><occurrence><location>a</location><line>@</line></occurrence></occurrences></evidence>"
            )
        ),
        (
            "1.5",
            component(
                "<evidence><occurrences><occurrence><location>@</location></occurrence></occurrences></evidence>", "1.5"
            )
        ),
        (
            "1.6",
            component(
                "<evidence><callstack><frames><frame><module>a</module><line>@</line></frame></frames></callstack></evidence>"
            )
        ),
        ("1.6", component("<releaseNotes><type>a</type><timestamp>@</timestamp></releaseNotes>")),
        (
            "1.6",
            component(
                "<releaseNotes><type>a</type><notes><note><locale>@</locale><text>a</text></note></notes></releaseNotes>"
            )
        ),
        ("1.6", component("<data><type>dataset</type><sensitiveData>@</sensitiveData></data>")),
        (
            "1.6",
            component(
                "<cryptoProperties><assetType>algorithm</assetType><algorithmProperties><nistQuantumSecurityLevel>@</nistQuantumSecurityLevel></algorithmProperties></cryptoProperties>"
            )
        ),
        (
            "1.6",
            component(
                "<cryptoProperties><assetType>algorithm</assetType><algorithmProperties><classicalSecurityLevel>@</classicalSecurityLevel></algorithmProperties></cryptoProperties>"
            )
        ),
        ("1.6", bom("<metadata><timestamp>@</timestamp></metadata>")),
        ("1.2", bom("<metadata><timestamp>@</timestamp></metadata>", "1.2")),
        ("1.6", bom("<dependencies><dependency ref=\"@\"/></dependencies>")),
        ("1.4", bom("<dependencies><dependency ref=\"@\"/></dependencies>", "1.4")),
        (
            "1.6",
            bom("<dependencies><dependency ref=\"a\"><provides ref=\"b\">@</provides></dependency></dependencies>")
        ),
        ("1.6", bom("<compositions><composition><aggregate>@</aggregate></composition></compositions>")),
        (
            "1.6",
            bom(
                "<compositions><composition><aggregate>complete</aggregate><assemblies><assembly ref=\"a\">@</assembly></assemblies></composition></compositions>"
            )
        ),
        ("1.6", bom("<vulnerabilities><vulnerability><cwes><cwe>@</cwe></cwes></vulnerability></vulnerabilities>")),
        (
            "1.6",
            bom(
                "<vulnerabilities><vulnerability><ratings><rating><score>@</score></rating></ratings></vulnerability></vulnerabilities>"
            )
        ),
        (
            "1.6",
            bom(
                "<vulnerabilities><vulnerability><affects><target><ref>@</ref></target></affects></vulnerability></vulnerabilities>"
            )
        ),
        (
            "1.4",
            bom(
                "<services><service><name>a</name><data><classification flow=\"@\">@</classification></data></service></services>",
                "1.4")
        ),
        (
            "1.6",
            bom("<services><service><name>a</name><endpoints><endpoint>@</endpoint></endpoints></service></services>")
        ),
        (
            "1.6",
            bom(
                "<definitions><standards><standard><name>a</name><version>b</version><description>c</description><owner>d</owner><requirements><requirement><openCre>@</openCre></requirement></requirements></standard></standards></definitions>"
            )
        ),
        (
            "1.7",
            bom(
                "<definitions><patents><patent><patentNumber>@</patentNumber><jurisdiction>US</jurisdiction><filingDate>2024-01-01</filingDate><patentLegalStatus>granted</patentLegalStatus></patent></patents></definitions>",
                "1.7")
        ),
        (
            "1.7",
            bom(
                "<definitions><patents><patent><patentNumber>US12</patentNumber><jurisdiction>@</jurisdiction><patentLegalStatus>granted</patentLegalStatus></patent></patents></definitions>",
                "1.7")
        ),
        (
            "1.7",
            bom(
                "<definitions><patents><patent><patentNumber>US12</patentNumber><jurisdiction>US</jurisdiction><filingDate>@</filingDate><patentLegalStatus>granted</patentLegalStatus></patent></patents></definitions>",
                "1.7")
        ),
        ("1.7", bom("<metadata><distributionConstraints><tlp>@</tlp></distributionConstraints></metadata>", "1.7")),
        ("1.6", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" version=\"@\"/>"),
        ("1.4", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\" version=\"@\"/>"),
        ("1.6", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" serialNumber=\"@\"/>"),
        ("1.6", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" unknown=\"@\" xml:lang=\"en\"/>"),
    ]

    @Test func `texts are of a type if, and only if, xmllint says so`() throws {
        try judgeAlike(
            Self.holes.flatMap { hole in
                Self.texts.map { text in
                    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
                        "\"", with: "&quot;")
                    return (hole.version, Array(hole.text.replacing("@", with: escaped).utf8))
                }
            })
    }

    @Test(arguments: 0..<4)
    func `disarranged documents are judged as xmllint judges them`(seed: Int) throws {
        let samples =
            CycloneDXXMLSpellingTests.constructs.map { ($0.version, component($0.xml, $0.version)) }
            + CycloneDXXMLSpellingTests.parts.map { ($0.version, bom($0.xml, $0.version)) }
        try judgeAlike(samples.flatMap { sample in disarranged(sample.1, seed + 100).map { (sample.0, $0) } })
    }

    private func judgeAlike(_ documents: [(version: String, bytes: [UInt8])]) throws {
        try withTemporaryFolder { folder in
            var files: [(path: String, version: String)] = []
            var reports: [ValidationReport] = []
            for (number, document) in documents.enumerated() {
                guard let report = try? validator.validate(document.bytes) else { continue }
                files.append(("\(folder)/\(number).xml", document.version))
                try write(document.bytes, toFile: "\(folder)/\(number).xml")
                reports.append(report)
            }
            let verdicts = try OfficialXMLSchemas.verdicts(files, in: folder)
            var (same, valid) = (0, 0)
            for ((file, report), verdict) in zip(zip(files, reports), verdicts) {
                // libxml2 lets elements of other namespaces stand among the last that repeat (docs/validation.md).
                let isAmongLast = report.violations.contains {
                    ["contact", "map"].contains($0.found) && $0.expected.hasPrefix("no more elements")
                }
                if verdict.isValid == report.isSchemaValid || verdict.isValid && isAmongLast {
                    same += 1
                    if verdict.isValid { valid += 1 }
                    continue
                }
                let text = String(decoding: try bytes(ofFile: file.path), as: UTF8.self)
                Issue.record(
                    "\(text)\nwe \(report.violations.filter { $0.kind == .schema }.prefix(2).map { "\($0.path ?? ""): expected \($0.expected) found \($0.found ?? "")" }), they \(verdict.errors.prefix(2))"
                )
            }
            print("judged alike: \(same) of \(files.count), of them valid \(valid)")
        }
    }
}
