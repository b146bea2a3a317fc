import ByteStreams
import StructuredText
import TestSupport
import Testing

@testable import SBOMFormats

private func parsed(_ text: String) throws -> XMLDocument {
    try XMLDocument(parsing: Array(text.utf8), limits: Limits())
}

/// A document of one version with that inside of its root.
func bom(_ inner: String, _ version: String = "1.6", attributes: String = "") -> String {
    "<bom xmlns=\"http://cyclonedx.org/schema/bom/\(version)\" version=\"1\"\(attributes)>\(inner)</bom>"
}

func component(_ inner: String, _ version: String = "1.6") -> String {
    bom("<components><component type=\"library\"><name>a</name>\(inner)</component></components>", version)
}

private func value(_ json: String) throws -> JSONObject {
    let value = try JSONValue(parsing: Array(json.utf8), limits: Limits())
    guard case .object(let object) = value else { return JSONObject() }
    return object
}

/// Reading gives XML back that is the same.
private func expectRoundTrip(_ text: String, _ location: SourceLocation = #_sourceLocation) throws -> JSONObject {
    let document = try parsed(text)
    let reading = try CycloneDXXML.read(document, limits: Limits())
    let written = try CycloneDXXML.write(reading.content, version: reading.version, limits: Limits())
    let again = try XMLDocument(parsing: written.bytes, limits: Limits())
    #expect(
        again.isEquivalent(to: document), "\(text)\n\(String(decoding: written.bytes, as: UTF8.self))",
        sourceLocation: location)
    #expect(written.omissions.isEmpty, "\(written.omissions)", sourceLocation: location)
    return reading.content
}

/// Copies of a document that are still XML: elements and attributes renamed, left out, doubled or moved.
func disarranged(_ text: String, _ seed: Int) -> [[UInt8]] {
    var random = SeededGenerator(seed: UInt64(seed))
    let names = [
        "name", "version", "ref", "license", "hash", "component", "x", "text", "url", "type", "id", "expression",
        "value",
    ]
    // Between any two pieces something can be put in; each piece is a tag or a text.
    let pieces = text.replacing("<", with: "\u{1}<").replacing(">", with: ">\u{1}").split(separator: "\u{1}").map {
        String($0)
    }
    return (0..<20).map { _ in
        var copy = pieces
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 1..<copy.count, using: &random)
            let name = names.randomElement(using: &random) ?? "x"
            switch Int.random(in: 0..<7, using: &random) {
            case 0: copy.insert("<\(name)/>", at: place)
            case 1: copy.insert("<\(name)> \(place) </\(name)>", at: place)
            case 2:
                copy.insert(
                    ["text", " ", "1", "<?a b?>", "<!-- c -->", "<![CDATA[d]]>"].randomElement(using: &random) ?? "",
                    at: place)
            case 3 where copy[place].hasPrefix("<") && !copy[place].hasPrefix("</"):
                copy[place] = copy[place].replacing(">", with: " \(name)\(place)=\"1\">").replacing("/ ", with: " ")
                    .replacing("/>", with: "/>")
            case 4 where !copy[place].hasPrefix("<"):
                copy[place] = ["", " ", "true", "-5", "1e3", "x y"].randomElement(using: &random) ?? ""
            case 5 where copy[place].hasSuffix("/>"): copy.remove(at: place)
            case 6 where copy[place].hasSuffix("/>"): copy.insert(copy[place], at: place)
            default: copy.insert("<z:\(name) xmlns:z=\"urn:z\" z:a=\"b\"><\(name)/>c</z:\(name)>", at: place)
            }
        }
        return Array(copy.joined().utf8)
    }
}

@Suite struct CycloneDXXMLSpellingTests {
    /// What stands in a component of 1.6 or 1.7, and what JSON makes of it.
    static let constructs: [(version: String, xml: String, json: String)] = [
        (
            "1.6", "<hashes><hash alg=\"MD5\">0123456789abcdef0123456789abcdef</hash></hashes>",
            #"{"hashes": [{"alg": "MD5", "content": "0123456789abcdef0123456789abcdef"}]}"#
        ),
        ("1.6", "<hashes/>", #"{"hashes": []}"#),
        (
            "1.6",
            "<licenses><license bom-ref=\"l\"><id>MIT</id></license><license><name>x</name></license></licenses>",
            #"{"licenses": [{"license": {"bom-ref": "l", "id": "MIT"}}, {"license": {"name": "x"}}]}"#
        ),
        (
            "1.6",
            "<licenses><expression acknowledgement=\"declared\" bom-ref=\"e\">MIT OR ISC</expression></licenses>",
            #"{"licenses": [{"acknowledgement": "declared", "bom-ref": "e", "expression": "MIT OR ISC"}]}"#
        ),
        (
            "1.4", "<licenses><expression>MIT OR ISC</expression></licenses>",
            #"{"licenses": [{"expression": "MIT OR ISC"}]}"#
        ),
        (
            "1.7",
            """
            <licenses><license><id>MIT</id></license><expression>ISC</expression>\
            <expression-detailed expression="LicenseRef-a"><details license-identifier="LicenseRef-a"><url>https://a</url>\
            </details></expression-detailed></licenses>
            """,
            #"""
            {"licenses": [{"license": {"id": "MIT"}}, {"expression": "ISC"},
              {"expression": "LicenseRef-a", "expressionDetails": [{"licenseIdentifier": "LicenseRef-a", "url": "https://a"}]}]}
            """#
        ),
        (
            "1.6",
            "<swid tagId=\"t\" name=\"n\" tagVersion=\"3\" patch=\"true\"><text content-type=\"text/xml\" encoding=\"base64\">YQ==</text></swid>",
            #"{"swid": {"tagId": "t", "name": "n", "tagVersion": 3, "patch": true, "text": {"contentType": "text/xml", "encoding": "base64", "content": "YQ=="}}}"#
        ),
        (
            "1.6",
            "<pedigree><commits><commit><uid>u</uid></commit></commits><patches><patch type=\"backport\"><resolves><issue type=\"security\"><references><url>https://a</url></references></issue></resolves></patch></patches><notes>n</notes></pedigree>",
            #"{"pedigree": {"commits": [{"uid": "u"}], "patches": [{"type": "backport", "resolves": [{"type": "security", "references": ["https://a"]}]}], "notes": "n"}}"#
        ),
        (
            "1.6",
            "<evidence><identity><field>purl</field><confidence>0.50</confidence><tools><tool ref=\"t\"/></tools></identity><copyright><text>(c)</text></copyright></evidence>",
            #"{"evidence": {"identity": [{"field": "purl", "confidence": 0.50, "tools": ["t"]}], "copyright": [{"text": "(c)"}]}}"#
        ),
        (
            "1.5", "<evidence><identity><field>purl</field></identity></evidence>",
            #"{"evidence": {"identity": {"field": "purl"}}}"#
        ),
        (
            "1.6",
            "<modelCard><modelParameters><datasets><ref>d</ref><dataset><type>dataset</type></dataset></datasets><inputs><input><format>f</format></input></inputs></modelParameters></modelCard>",
            #"{"modelCard": {"modelParameters": {"datasets": [{"ref": "d"}, {"type": "dataset"}], "inputs": [{"format": "f"}]}}}"#
        ),
        (
            "1.6",
            "<data><type>dataset</type><governance><owners><owner><individual><name>n</name></individual></owner></owners></governance></data>",
            #"{"data": [{"type": "dataset", "governance": {"owners": [{"contact": {"name": "n"}}]}}]}"#
        ),
        (
            "1.6",
            "<cryptoProperties><assetType>protocol</assetType><protocolProperties><ikev2TransformTypes><encr>a</encr><encr>b</encr><esn>false</esn></ikev2TransformTypes><cryptoRef>c</cryptoRef></protocolProperties></cryptoProperties>",
            #"{"cryptoProperties": {"assetType": "protocol", "protocolProperties": {"ikev2TransformTypes": {"encr": ["a", "b"], "esn": false}, "cryptoRefArray": ["c"]}}}"#
        ),
        (
            "1.7",
            "<cryptoProperties><assetType>protocol</assetType><protocolProperties><ikev2TransformTypes><encr>a</encr><encr><name>n</name><keyLength>128</keyLength></encr></ikev2TransformTypes></protocolProperties></cryptoProperties>",
            #"{"cryptoProperties": {"assetType": "protocol", "protocolProperties": {"ikev2TransformTypes": {"encr": ["a", {"name": "n", "keyLength": 128}]}}}}"#
        ),
        (
            "1.7",
            "<patentAssertions><patentAssertion><assertionType>license</assertionType><patentRefs><bom-ref>p</bom-ref></patentRefs><asserter><ref>o</ref></asserter></patentAssertion></patentAssertions>",
            #"{"patentAssertions": [{"assertionType": "license", "patentRefs": ["p"], "asserter": "o"}]}"#
        ),
        ("1.6", "<tags><tag>a</tag><tag>b</tag></tags>", #"{"tags": ["a", "b"]}"#),
    ]

    @Test(arguments: constructs.map { (version: $0.0, xml: TestText($0.1), json: TestText($0.2)) })
    func `a construct is spelled in both`(version: String, xml: TestText, json: TestText) throws {
        let content = try expectRoundTrip(component(xml.text, version))
        #expect(content["#xml"] == nil)
        var expected = try value(json.text)
        expected.members += [.init(name: "type", value: "library"), .init(name: "name", value: "a")]
        let whole: JSONValue = .object(
            JSONObject([
                .init(name: "bomFormat", value: "CycloneDX"), .init(name: "specVersion", value: .string(version)),
                .init(name: "version", value: 1), .init(name: "components", value: [.object(expected)]),
            ]))
        #expect(JSONValue.object(content).isEquivalent(to: whole))
        guard case .object(let object) = whole else { return }
        let written = try CycloneDXXML.write(object, version: version, limits: Limits())
        #expect(written.omissions.isEmpty, "\(written.omissions)")
        #expect(
            try XMLDocument(parsing: written.bytes, limits: Limits()).isEquivalent(
                to: try parsed(component(xml.text, version))))
    }

    /// Parts of a document that stand beside the components.
    static let parts: [(version: String, xml: String, json: String)] = [
        (
            "1.6",
            "<metadata><supplier><name>n</name><url>https://a</url><url>https://b</url><contact><email>e</email></contact></supplier></metadata>",
            #"{"metadata": {"supplier": {"name": "n", "url": ["https://a", "https://b"], "contact": [{"email": "e"}]}}}"#
        ),
        (
            "1.4", "<metadata><tools><tool><name>t</name></tool></tools></metadata>",
            #"{"metadata": {"tools": [{"name": "t"}]}}"#
        ),
        (
            "1.6",
            "<metadata><tools><components><component type=\"application\"><name>t</name></component></components></tools></metadata>",
            #"{"metadata": {"tools": {"components": [{"type": "application", "name": "t"}]}}}"#
        ),
        ("1.6", "<metadata><tools/></metadata>", #"{"metadata": {"tools": []}}"#),
        (
            "1.6",
            "<metadata><lifecycles><lifecycle><phase>build</phase></lifecycle><lifecycle><name>n</name></lifecycle></lifecycles></metadata>",
            #"{"metadata": {"lifecycles": [{"phase": "build"}, {"name": "n"}]}}"#
        ),
        (
            "1.6",
            "<dependencies><dependency ref=\"a\"><dependency ref=\"b\"/><dependency ref=\"c\"/><provides ref=\"d\"/></dependency></dependencies>",
            #"{"dependencies": [{"ref": "a", "dependsOn": ["b", "c"], "provides": ["d"]}]}"#
        ),
        (
            "1.6",
            "<compositions><composition><aggregate>complete</aggregate><assemblies><assembly ref=\"a\"/></assemblies></composition></compositions>",
            #"{"compositions": [{"aggregate": "complete", "assemblies": ["a"]}]}"#
        ),
        (
            "1.4",
            "<services><service><name>s</name><endpoints><endpoint>https://a</endpoint></endpoints><x-trust-boundary>true</x-trust-boundary><data><classification flow=\"inbound\">PII</classification></data></service></services>",
            #"{"services": [{"name": "s", "endpoints": ["https://a"], "x-trust-boundary": true, "data": [{"flow": "inbound", "classification": "PII"}]}]}"#
        ),
        (
            "1.6",
            "<services><service><name>s</name><data><dataflow name=\"d\"><classification flow=\"inbound\">PII</classification><source><url>https://a</url></source></dataflow></data></service></services>",
            #"{"services": [{"name": "s", "data": [{"name": "d", "flow": "inbound", "classification": "PII", "source": ["https://a"]}]}]}"#
        ),
        (
            "1.6",
            "<vulnerabilities><vulnerability><ratings><rating><score>9.80</score></rating></ratings><cwes><cwe>79</cwe></cwes><analysis><responses><response>update</response></responses></analysis><affects><target><ref>a</ref><versions><version><range>vers:npm/*</range><status>affected</status></version></versions></target></affects></vulnerability></vulnerabilities>",
            #"{"vulnerabilities": [{"ratings": [{"score": 9.80}], "cwes": [79], "analysis": {"response": ["update"]}, "affects": [{"ref": "a", "versions": [{"range": "vers:npm/*", "status": "affected"}]}]}]}"#
        ),
        (
            "1.6",
            "<annotations><annotation><subjects><subject ref=\"a\"/></subjects><annotator><individual><name>n</name></individual></annotator><timestamp>2024-01-01T00:00:00Z</timestamp><text>t</text></annotation></annotations>",
            #"{"annotations": [{"subjects": ["a"], "annotator": {"individual": {"name": "n"}}, "timestamp": "2024-01-01T00:00:00Z", "text": "t"}]}"#
        ),
        (
            "1.6",
            "<formulation><formula><workflows><workflow bom-ref=\"w\"><uid>u</uid><taskTypes><taskType>build</taskType></taskTypes><inputs><input><environmentVars><environmentVar name=\"n\">v</environmentVar><value>x</value></environmentVars></input></inputs><runtimeTopology><dependency ref=\"a\"/></runtimeTopology></workflow></workflows></formula></formulation>",
            #"{"formulation": [{"workflows": [{"bom-ref": "w", "uid": "u", "taskTypes": ["build"], "inputs": [{"environmentVars": [{"name": "n", "value": "v"}, "x"]}], "runtimeTopology": [{"ref": "a"}]}]}]}"#
        ),
        (
            "1.6",
            "<declarations><attestations><attestation><map><claims><claim>c</claim></claims><conformance><score>1</score></conformance></map></attestation></attestations><claims><claim><evidence>e</evidence></claim></claims></declarations>",
            #"{"declarations": {"attestations": [{"map": [{"claims": ["c"], "conformance": {"score": 1}}]}], "claims": [{"evidence": ["e"]}]}}"#
        ),
        (
            "1.7",
            "<definitions><patents><patent><patentNumber>US123</patentNumber><jurisdiction>US</jurisdiction><patentLegalStatus>granted</patentLegalStatus><patentAssignee><individual><email>e</email></individual></patentAssignee></patent><patentFamily><familyId>f</familyId></patentFamily></patents></definitions>",
            #"{"definitions": {"patents": [{"patentNumber": "US123", "jurisdiction": "US", "patentLegalStatus": "granted", "patentAssignee": [{"email": "e"}]}, {"familyId": "f"}]}}"#
        ),
        (
            "1.7",
            "<citations><citation><pointers><pointer>/a</pointer></pointers><timestamp>2024-01-01T00:00:00Z</timestamp><process>p</process></citation></citations>",
            #"{"citations": [{"pointers": ["/a"], "timestamp": "2024-01-01T00:00:00Z", "process": "p"}]}"#
        ),
    ]

    @Test(arguments: parts.map { (version: $0.0, xml: TestText($0.1), json: TestText($0.2)) })
    func `a part of a document is spelled in both`(version: String, xml: TestText, json: TestText) throws {
        let content = try expectRoundTrip(bom(xml.text, version))
        #expect(content["#xml"] == nil)
        var expected = try value(json.text)
        expected.members += [
            .init(name: "bomFormat", value: "CycloneDX"), .init(name: "specVersion", value: .string(version)),
            .init(name: "version", value: 1),
        ]
        #expect(content.isEquivalent(to: expected))
        let written = try CycloneDXXML.write(expected, version: version, limits: Limits())
        #expect(written.omissions.isEmpty, "\(written.omissions)")
        #expect(
            try XMLDocument(parsing: written.bytes, limits: Limits()).isEquivalent(
                to: try parsed(bom(xml.text, version))))
    }

    @Test(
        arguments: [
            component("<x:y xmlns:x=\"urn:x\" z=\"1\">t<x:z/>u</x:y>"),
            component("<purl xml:lang=\"en\"> pkg:npm/a </purl>"),
            component("<modified>1</modified>"), component("<scope/>", "1.5"),
            component("<unknown><name>b</name></unknown>"),
            component("<name>b</name>"), component("text<version>1</version> more"),
            component("<?target data?><version/>"),
            component("<version>1</version><supplier><name>n</name></supplier>"),
            component("<description>a <b>c</b> d</description>"),
            component("<description>  </description>"),
            component("<description><![CDATA[a]]><!-- c --> b</description>"),
            component("<hashes x=\"1\"><hash alg=\"none\">zz</hash><other/></hashes>"),
            component("<licenses><id>MIT</id></licenses>"),
            component("<hashes><hash alg=\"MD5\"> 0123456789abcdef0123456789abcdef\n</hash></hashes>"),
            component("<licenses><expression>MIT</expression><license><id>ISC</id></license></licenses>"),
            component("<properties><property name=\"n\">a<b/></property><property/></properties>"),
            component("<component type=\"x\"/>"),
            component("<evidence><callstack><tools><tool ref=\"a\"/></tools></callstack></evidence>"),
            component("<y xmlns=\"\"><name xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/></y>"),
            component("<data><type>x</type></data><data><type>y</type></data>", "1.5"),
            bom("<metadata><timestamp>yesterday</timestamp></metadata>"), bom("<components/><metadata/>"),
            bom("", "1.2"),
            bom("<metadata><supplier><name>a</name></supplier><supplier><name>b</name></supplier></metadata>", "1.2"),
            bom("<metadata><tools><tool/><components/></tools></metadata>"),
            bom(
                "<dependencies><dependency ref=\"a\"><provides ref=\"b\"/><dependency ref=\"c\"><dependency ref=\"d\"/></dependency></dependency><dependency/></dependencies>"
            ),
            bom(
                "<vulnerabilities><vulnerability><cwes><cwe>+079</cwe></cwes><ratings><rating><score>1e5</score></rating><rating><score>.5</score></rating></ratings></vulnerability></vulnerabilities>"
            ),
            bom(
                "<components><component type=\"library\" bom-ref=\"a\"><name>a</name></component><component type=\"library\" bom-ref=\"a\"><name/></component></components>"
            ),
            "<?before it?><b:bom xmlns:b=\"http://cyclonedx.org/schema/bom/1.5\" b:version=\"2\" version=\" 1 \"><b:components><x:c xmlns:x=\"urn:x\" b:d=\"e\"/></b:components></b:bom><?after it?>",
            bom("<definitions><patents><patent><patentAssignee/></patent></patents></definitions>", "1.7"),
            component(
                "<patentAssertions><patentAssertion><asserter><contact><name>n</name></contact></asserter></patentAssertion></patentAssertions>",
                "1.7"),
            component(
                "<cryptoProperties><protocolProperties><ikev2TransformTypes><encr>a<name>n</name>b</encr><encr x=\"y\">c</encr></ikev2TransformTypes></protocolProperties></cryptoProperties>",
                "1.7"),
        ].map(TestText.init))
    func `whatever stands in a document comes back`(sample: TestText) throws {
        let content = try expectRoundTrip(sample.text)
        // And once more, through JSON.
        let bytes = JSONWriter.bytes(of: .object(content), .compact)
        guard case .object(let again) = try JSONValue(parsing: bytes, limits: Limits()),
            case .string(let version) = again["specVersion"]
        else {
            Issue.record("no object")
            return
        }
        let written = try CycloneDXXML.write(again, version: version, limits: Limits())
        #expect(try XMLDocument(parsing: written.bytes, limits: Limits()).isEquivalent(to: try parsed(sample.text)))
    }

    @Test(arguments: [
        (
            #"{"components": [{"type": "library", "name": "a", "signature": {}}]}"#, "/components/0/signature",
            CycloneDXXMLOmission.Reason.noPlace
        ),
        (##"{"#note": 1}"##, "/#note", .noPlace), (#"{"metadata": null}"#, "/metadata", .null),
        (
            #"{"metadata": {"timestamp": "yesterday"}}"#, "/metadata/timestamp",
            .value("a date and time such as 2024-02-29T12:00:00Z")
        ),
        (#"{"components": [{"type": "library", "name": "a\u0007"}]}"#, "/components/0/name", .characters),
        (#"{"components": {}}"#, "/components", .kind("an array")),
        (
            #"{"components": [{"type": "a", "name": "a"}]}"#, "/components/0",
            .member(
                "type",
                "one of application, container, cryptographic-asset, data, device, device-driver, file, firmware and 5 more"
            )
        ),
        (#"{"components": [{"type": "library"}]}"#, "/components/0", .filled("name")),
        (
            #"{"components": [{"type": "library", "name": "a", "bom-ref": "r"}, {"type": "library", "name": "b", "bom-ref": "r"}]}"#,
            "/components/1/bom-ref", .duplicate
        ),
        (
            #"{"components": [{"type": "library", "name": "a", "licenses": [{"expression": "MIT"}, {"expression": "ISC"}]}]}"#,
            "/components/0/licenses/1", .alternative
        ),
        (##"{"#xml": {"extras": [[0, "<a>"]]}}"##, "", .piece),
    ])
    func `what cannot be written is said`(json: String, pointer: String, reason: CycloneDXXMLOmission.Reason) throws {
        let written = try CycloneDXXML.write(try value(json), version: "1.6", limits: Limits())
        #expect(written.omissions.map(\.pointer.description) == [pointer])
        #expect(written.omissions.map(\.reason) == [reason])
        _ = try XMLDocument(parsing: written.bytes, limits: Limits())
    }

    @Test func `a number is spelled as the XML schema takes it`() throws {
        let json =
            #"{"vulnerabilities": [{"ratings": [{"score": 1.5e1}, {"score": 5E-1}, {"score": 1e99}], "cwes": [7.0]}]}"#
        let written = try CycloneDXXML.write(try value(json), version: "1.6", limits: Limits())
        let content = try CycloneDXXML.read(XMLDocument(parsing: written.bytes, limits: Limits()), limits: Limits())
            .content
        #expect(
            content["vulnerabilities"]
                == (try value(#"{"v": [{"ratings": [{"score": 15}, {"score": 0.5}, {}], "cwes": [7]}]}"#)["v"]))
        #expect(written.omissions.map(\.pointer.description) == ["/vulnerabilities/0/ratings/2/score"])
    }

    @Test(arguments: ["<bom/>", "<a xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>", bom("", "1.1"), bom("", "2.0")])
    func `another root is refused`(text: String) throws {
        let document = try parsed(text)
        #expect(throws: CycloneDXXMLError.self) { try CycloneDXXML.read(document, limits: Limits()) }
    }

    @Test func `what is off is noted with its place`() throws {
        let document = try parsed(component("<x/><scope>never</scope>"))
        let many =
            #"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>"# + String(repeating: "<a/>", count: 300)
            + "<component/></components></bom>"
        let counted = try CycloneDXXML.read(
            try XMLDocument(parsing: Array(many.utf8), limits: Limits()), limits: Limits())
        #expect(counted.notices.count { $0.kind == .element("a") } == Limits.noticeCount)
        #expect(counted.omittedNoticeCount == 300 - Limits.noticeCount)
        let source = try ParsedDocument(parsing: Array(many.utf8), limits: Limits())
        #expect(source.notices.last?.message == "200 more like these")
        let notices = try CycloneDXXML.read(document, limits: Limits()).notices
        #expect(notices.map(\.kind) == [.element("x"), .value("scope")])
        #expect(document.place(at: notices.first?.offset ?? 0).column == 114)
    }

    @Test func `depth is no matter of the stack`() throws {
        let depth = 480
        let nested =
            String(repeating: "<components><component type=\"library\"><name>a</name>", count: depth)
            + String(repeating: "</component></components>", count: depth)
        let strange = String(repeating: "<x>", count: 990) + String(repeating: "</x>", count: 990)
        for text in [
            bom(nested), bom(strange),
            bom(
                String(repeating: "<dependencies><dependency ref=\"a\">", count: 400)
                    + String(repeating: "</dependency></dependencies>", count: 400)),
        ] {
            #expect(
                onSmallStack {
                    guard let document = try? parsed(text),
                        let reading = try? CycloneDXXML.read(document, limits: Limits()),
                        let written = try? CycloneDXXML.write(reading.content, version: "1.6", limits: Limits()),
                        let again = try? XMLDocument(parsing: written.bytes, limits: Limits())
                    else { return false }
                    return again.isEquivalent(to: document)
                })
        }
    }

    @Test func `namespaces too many to declare are no trouble`() throws {
        let many = (0..<2 * Limits.declaredNamespaces + 100).map { "<x:a xmlns:x=\"urn:x\($0)\"/>" }.joined()
        let content = try expectRoundTrip(bom(many))
        guard case .object(let note) = content["#xml"] else {
            Issue.record("nothing is kept")
            return
        }
        #expect(note["document"] != nil)
    }

    @Test func `a long namespace is kept once`() throws {
        let long = "urn:" + String(repeating: "x", count: 10_000)
        let content = try expectRoundTrip(
            bom(String(repeating: "<x:a/>", count: 1_000), attributes: " xmlns:x=\"\(long)\""))
        #expect(JSONWriter.bytes(of: .object(content), .compact).count < 60_000)
    }

    @Test(arguments: 0..<20)
    func `a list that is read in parts is read as if in one`(seed: Int) throws {
        var (read, count) = (0, 0)
        for version in ["1.4", "1.6", "1.7"] {
            let pieces = Self.constructs.filter { $0.version <= version }.map(\.xml) + ["", "x", "<?a b?>", "<z:a/>"]
            let components = pieces.enumerated().map { number, xml in
                "<component type=\"library\" bom-ref=\"r\(number == 20 ? 3 : number)\"><name> a</name>\(xml)</component>"
            }
            let sample = bom(
                "<components>\(components.prefix(seed * 3 + 1).joined())</components>", version,
                attributes: " xmlns:z=\"urn:z\"")
            for text in [Array(sample.utf8)] + disarranged(sample, seed) {
                guard let document = try? XMLDocument(parsing: text, limits: Limits()) else { continue }
                read += 1
                let grammar = try CycloneDXXMLGrammar.grammar(of: version)
                var whole = CycloneDXXMLReader(document, grammar, dividing: nil)
                var parted = CycloneDXXMLReader(document, grammar, dividing: 1)
                let isSame =
                    whole.read() == parted.read() && whole.notices == parted.notices
                    && whole.isSound == parted.isSound && whole.isUnusual == parted.isUnusual
                    && whole.prefixes.all.map(\.prefix) == parted.prefixes.all.map(\.prefix)
                if !isSame { Issue.record("\(String(decoding: text, as: UTF8.self))") }
                if parted.partCount > 0 { count += 1 }
            }
        }
        #expect(read > 30)
        #expect(count > 10)
    }

    @Test(arguments: 0..<20)
    func `damaged documents come back equal or are refused`(seed: Int) throws {
        let samples = Self.constructs.map { component($0.xml, $0.version) } + Self.parts.map { bom($0.xml, $0.version) }
        var read = 0
        for (index, sample) in samples.enumerated() {
            for damaged in mutations(of: Array(sample.utf8), count: 20, seed: UInt64(seed * 1_000 + index))
                + disarranged(sample, seed)
            {
                guard let document = try? XMLDocument(parsing: damaged, limits: Limits()),
                    let reading = try? CycloneDXXML.read(document, limits: Limits())
                else { continue }
                read += 1
                let written = try CycloneDXXML.write(reading.content, version: reading.version, limits: Limits())
                let again = try XMLDocument(parsing: written.bytes, limits: Limits())
                #expect(again.isEquivalent(to: document), "seed \(seed): \(String(decoding: damaged, as: UTF8.self))")
            }
        }
        #expect(read > 100)
    }
}
