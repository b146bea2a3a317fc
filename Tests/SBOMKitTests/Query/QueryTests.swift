import ByteStreams
import SBOMKit
import TestSupport
import Testing

@Suite struct QueryTests {
    /// app contains lib and a file; lib needs core, written the other way round; core and loop need one another; nothing
    /// leads to stray, and island and reef only to one another.
    static let document = Array(
        """
        {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "d",
         "documentNamespace": "https://example.org/d", "documentDescribes": ["SPDXRef-app"],
         "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: t"]},
         "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-x", "name": "Our Own", "extractedText": "t"}],
         "packages": [
          {"SPDXID": "SPDXRef-app", "name": "app", "versionInfo": "1.0", "downloadLocation": "https://example.org/a,b",
           "supplier": "Organization: Example, \\"Ltd\\"", "originator": "Person: Ada", "licenseDeclared": "MIT",
           "hasFiles": ["SPDXRef-file"],
           "externalRefs": [{"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl",
                             "referenceLocator": "pkg:npm/%40scope/app@1.0?os=linux"}]},
          {"SPDXID": "SPDXRef-lib", "name": "lib core", "downloadLocation": "NOASSERTION",
           "licenseDeclared": "NOASSERTION", "licenseConcluded": "(GPL-2.0-only WITH Classpath-exception-2.0 OR MIT)",
           "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                             "referenceLocator": "pkg:deb/debian/lib@2.0-1?arch=amd64"}]},
          {"SPDXID": "SPDXRef-core", "name": "core", "downloadLocation": "NOASSERTION", "licenseDeclared": "LicenseRef-x"},
          {"SPDXID": "SPDXRef-loop", "name": "loop", "downloadLocation": "NOASSERTION"},
          {"SPDXID": "SPDXRef-stray", "name": "stray", "downloadLocation": "NOASSERTION"},
          {"SPDXID": "SPDXRef-island", "name": "island", "downloadLocation": "NOASSERTION"},
          {"SPDXID": "SPDXRef-reef", "name": "reef", "downloadLocation": "NOASSERTION"}],
         "files": [{"SPDXID": "SPDXRef-file", "fileName": "./bin/core", "licenseConcluded": "Zlib", "checksums": []}],
         "relationships": [
          {"spdxElementId": "SPDXRef-app", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-lib"},
          {"spdxElementId": "SPDXRef-core", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-lib"},
          {"spdxElementId": "SPDXRef-core", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-loop"},
          {"spdxElementId": "SPDXRef-loop", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-core"},
          {"spdxElementId": "SPDXRef-loop", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NOASSERTION"},
          {"spdxElementId": "SPDXRef-island", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-reef"},
          {"spdxElementId": "SPDXRef-reef", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-island"}]}
        """.utf8)

    @Test(
        arguments: [
            ("purl:pkg:golang/x/y@1#a", ["first"]), ("purl:pkg:golang/x/y@1#b/c", ["second"]),
            ("purl:pkg:golang/x/y@1", []),
            ("purl:pkg:golang/x/y#*", ["first", "second"]), ("purl:pkg:golang/x/y#b/*", ["second"]),
        ] as [(String, [String])])
    func `a subpath of a package URL must match`(query: String, names: [String]) throws {
        let packages = [("first", "a"), ("second", "b/c")].map { name, subpath in
            """
            {"SPDXID": "SPDXRef-\(name)", "name": "\(name)", "downloadLocation": "NOASSERTION",
             "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                               "referenceLocator": "pkg:golang/x/y@1#\(subpath)"}]}
            """
        }
        let document = #"{"spdxVersion": "SPDX-2.3", "packages": [\#(packages.joined(separator: ","))]}"#
        let matches = try Query(query).matches(in: Array(document.utf8))
        #expect(matches.lines([.name], namesArePurls: false) == names)
    }

    @Test func `a name in a license text that does not parse is found`() throws {
        let document =
            #"{"spdxVersion": "SPDX-2.3", "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "licenseDeclared": "MIT and GPLv2+"}]}"#
        for query in ["license:mit", "license:GPLv2*", "license:MIT*GPLv2+"] {
            #expect(try Query(query).matches(in: Array(document.utf8)).elements.count == 1, "\(query)")
        }
    }

    static let table: [(query: String, names: [String])] = [
        ("", ["app", "stray", "island"]),
        ("all", ["app", "lib core", "core", "loop", "stray", "island", "reef", "./bin/core"]),
        ("depth:0", ["app", "stray", "island"]),
        ("depth:1", ["lib core", "reef", "./bin/core"]),
        ("depth:2", ["core", "island"]),
        ("depth:3", ["loop", "reef"]),
        ("depth:999", ["loop", "reef"]),
        ("depth:1 depth:1", ["core", "island"]),
        ("name:core", ["lib core", "./bin/core"]),
        ("all name:core", ["lib core", "core", "./bin/core"]),
        ("name:\"lib core\"", ["lib core"]),
        ("name:^core$", ["core"]),
        ("name:", ["app", "stray", "island"]),
        ("name:^APP", []),
        ("name:(?i)^APP", ["app"]),
        ("  name:lib\t depth:1  ", ["core"]),
        ("purl:pkg:deb/*/*@*", ["lib core"]),
        ("purl:pkg:deb/debian/lib", ["lib core"]),
        ("purl:pkg:deb/ubuntu/lib", []),
        ("purl:pkg:deb/lib@2.0-2", []),
        ("purl:pkg:deb/lib@2.*?arch=amd64", ["lib core"]),
        ("purl:pkg:deb/lib?arch=i386", []),
        ("purl:pkg:npm/app", ["app"]),
        ("purl:pkg:*/*", ["app"]),
        ("all purl:pkg:*/*", ["app", "lib core"]),
        ("purl:pkg:npm", ["app"]),
        ("licence:MIT", ["app", "lib core"]),
        ("license:gpl-*", ["lib core"]),
        ("licence:Classpath*", ["lib core"]),
        ("licence:LicenseRef-x", ["core"]),
        ("licence:\"our own\"", ["core"]),
        ("licence:zlib", ["./bin/core"]),
        ("licence:OR", []),
        ("licence:NOASSERTION", ["loop", "stray", "island", "reef"]),
        ("type:file", ["./bin/core"]),
        ("name:lib type:package", ["lib core", "core", "loop"]),
        ("name:lib type:depends-on", ["core", "loop"]),
        ("all type:CONTAINS", ["lib core", "./bin/core"]),
        ("name:^loop type:DEPENDENCY_OF", ["lib core", "core", "loop"]),
    ]

    static let needs: [(query: String, names: [String])] = [
        ("needs:app", []),
        ("needs:\"lib core\"", ["core", "loop"]),
        ("needs:\"lib core/1\"", ["core"]),
        ("needs:\"lib*\"", ["core", "loop"]),
        ("needed-by:loop/1", ["core"]),
        ("needed-by:loop/2", ["lib core", "core", "loop"]),
        ("needed-by:loop", ["lib core", "core", "loop"]),
        ("needed-by:reef/1", ["island"]),
        ("name:island needed-by:loop", []),
        ("needs:app@1.0", []),
        ("needed-by:nobody", []),
    ]

    @Test(arguments: needs)
    func `direct needs can be told from those of others`(_ row: (query: String, names: [String])) throws {
        let matches = try Query(row.query).matches(in: Self.document)
        #expect(matches.elements.map { $0.value(.name) } == row.names)
        let isUnknown = row.query == "needed-by:nobody"
        #expect(matches.notices.map(\.code) == (isUnknown ? ["unknown-name"] : []))
    }

    @Test func `images and operating systems need nothing, and packages what they contain`() throws {
        let document = """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
             "metadata": {"component": {"type": "container", "name": "image", "bom-ref": "image"}},
             "components": [{"type": "operating-system", "name": "os", "bom-ref": "os"},
              {"type": "library", "name": "jar", "bom-ref": "jar",
               "components": [{"type": "library", "name": "inner", "bom-ref": "inner"}]}],
             "dependencies": [{"ref": "image", "dependsOn": ["os"]}, {"ref": "os", "dependsOn": ["jar"]}]}
            """
        let found = try Query("needed-by:inner").matches(in: Array(document.utf8))
        #expect(found.elements.map { $0.value(.name) } == ["jar"])
    }

    @Test(arguments: [
        ("licens:MIT", "did you mean \"license\"?"), ("nmae:x", "did you mean \"name\"?"),
        ("needed_by:x", "did you mean \"needed-by\"?"), ("al", "did you mean \"all\"?"),
        ("type:DEPENDS_OM", "did you mean \"DEPENDS_ON\"?"), ("type:dependson", "did you mean \"DEPENDS_ON\"?"),
        ("needs:x/0", "expected a number from 1 to 1000"), ("needs:/1", "expected the name of a package"),
    ])
    func `a misspelt word gets the nearest`(query: String, words: String) {
        let error = #expect(throws: SBOMError.self) { _ = try Query(query).matches(in: Self.document) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }

    @Test func `a misspelt name in a need gets the nearest`() throws {
        let notices = try Query("needs:islnd").matches(in: Self.document).notices
        #expect(notices.map(\.message) == ["no element has the name islnd; did you mean \"island\"?"])
    }

    @Test func `the architecture, layer, source and place of a package are said`() throws {
        let digest = "sha256:" + String(repeating: "a1", count: 32)
        func package(_ name: String, _ purl: String, _ more: String) -> String {
            """
            {"SPDXID": "SPDXRef-\(name)", "name": "\(name)", \(more) "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER",
             "referenceType": "purl", "referenceLocator": "\(purl)"}]}
            """
        }
        let packages = [
            package(
                "deb", "pkg:deb/debian/deb@1?arch=amd64",
                #""sourceInfo": "built package from: src 1:2.0-3", "attributionTexts": ["LayerDiffID: \#(digest)"],"#),
            package(
                "rpm", "pkg:rpm/fedora/rpm@1-2?arch=x86_64&upstream=glibc-common-2.3-4.src.rpm",
                #""packageFileName": "./rpm.rpm","#),
            package(
                "syft", "pkg:deb/debian/syft@1?upstream=other",
                #""sourceInfo": "acquired package info from DPKG DB: /var/lib/dpkg/status, /usr/x","#),
        ].joined(separator: ",")
        let document = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "packages": [\(packages)],
             "files": [{"SPDXID": "SPDXRef-f", "fileName": "./bin/f"}]}
            """
        let matches = try Query("all").matches(in: Array(document.utf8))
        #expect(
            matches.lines([.name, .arch, .layer, .source, .path], namesArePurls: false) == [
                "deb amd64 \(digest) src@1:2.0-3 _", "rpm x86_64 _ glibc-common@2.3-4 ./rpm.rpm",
                "syft _ _ other /var/lib/dpkg/status", "./bin/f _ _ _ ./bin/f",
            ])
    }

    @Test func `no value in a csv is a formula, and each element is one line`() throws {
        let names = ["=1+1", "+1", "-1", "@SUM(A1)", "\\t=1", "\\r=1", "a\\u001b[31m\\nb", "a=1", "a,\\\"b"]
        let packages = names.enumerated().map { #"{"SPDXID": "SPDXRef-\#($0)", "name": "\#($1)"}"# }
        let document = #"{"spdxVersion": "SPDX-2.3", "packages": [\#(packages.joined(separator: ","))]}"#
        let matches = try Query("all").matches(in: Array(document.utf8))
        #expect(
            matches.csv([.name], namesArePurls: false) == """
                name
                '=1+1
                '+1
                '-1
                '@SUM(A1)
                '\\u{9}=1
                '\\u{d}=1
                a\\u{1b}[31m\\u{a}b
                a=1
                "a,""b"

                """)
    }

    static let templates: [(template: String, text: String)] = [
        ("{name}@{version}", "app@1.0\n"), ("{name}\\n", "app\n"), ("{name}\\0", "app\0"), ("{{{name}}}", "{app}\n"),
        ("{layer}", "\n"), ("{layer|none}\\t{license}", "none\tMIT\n"), ("a\\\\b", "a\\b\n"), ("{licence}", "MIT\n"),
    ]

    @Test(arguments: templates)
    func `a template makes a line of each element`(_ row: (template: String, text: String)) throws {
        let matches = try Query("name:app").matches(in: Self.document)
        #expect(matches.text(try QueryTemplate(row.template), namesArePurls: false) == row.text)
    }

    @Test(arguments: ["", "{nmae}", "{name", "name}", "\\x", "{name}\\", "{}"])
    func `what is no template is an error that says so`(template: String) {
        let error = #expect(throws: SBOMError.self) { try QueryTemplate(template) }
        #expect(error?.code == .usage)
        if template == "{nmae}" {
            #expect(
                error?.message
                    == "nmae: expected one of the fields name, version, license, licenseName, supplier, originator, url, "
                    + "purl, id, type, arch, layer, source, path; did you mean \"name\"?")
        }
    }

    @Test func `a table has aligned columns below the names of the fields`() throws {
        let matches = try Query("depth:1").matches(in: Self.document)
        #expect(
            matches.table([.name, .version, .type], namesArePurls: false, isColored: false) == [
                "NAME        VERSION  TYPE", "lib core    _        package", "reef        _        package",
                "./bin/core  _        file",
            ])
        #expect(matches.table([.name], namesArePurls: false, isColored: false).first == "lib core")
    }

    @Test(arguments: table)
    func `a query finds what it describes`(_ row: (query: String, names: [String])) throws {
        let matches = try Query(row.query).matches(in: Self.document)
        #expect(matches.elements.map { $0.value(.name) } == row.names)
    }

    @Test(arguments: [
        "nothing", "nothing:x", "depth:-1", "depth:x", "depth:99999999999999999999", "name:(", "name:\"a",
        "purl:deb", "purl:", "type:", "needs:", "needs:x/0", "needed-by:x/99999999999999999999", "",
    ])
    func `what is no query is an error that says so`(query: String) {
        guard !query.isEmpty else { return }
        let error = #expect(throws: SBOMError.self) { try Query(query) }
        #expect(error?.code == .usage)
    }

    @Test func `a depth is asked for up to a limit`() throws {
        #expect(throws: Never.self) { try Query("depth:\(Limits.queryDepth)") }
        let error = #expect(throws: SBOMError.self) { try Query("depth:\(Limits.queryDepth + 1)") }
        #expect(error?.code == .usage)
        #expect(throws: Never.self) { try Query("needs:x/\(Limits.queryDepth)") }
        #expect(throws: SBOMError.self) { try Query("needs:x/\(Limits.queryDepth + 1)") }
    }

    @Test func `all that is known of an element can be said`() throws {
        let matches = try Query("name:app").matches(in: Self.document)
        let fields = QueryMatches.Field.allCases
        #expect(
            matches.csv(fields, namesArePurls: false) == """
                name,version,license,licenseName,supplier,originator,url,purl,id,type,arch,layer,source,path
                app,1.0,MIT,MIT,"Organization: Example, ""Ltd""\",Person: Ada,"https://example.org/a,b",\
                pkg:npm/%40scope/app@1.0?os=linux,SPDXRef-app,package,,,,

                """)
        #expect(
            matches.lines([.name, .version, .originator], namesArePurls: true)
                == ["pkg:npm/%40scope/app@1.0?os=linux 1.0 Person: Ada"])
        let all = try Query("depth:1").matches(in: Self.document)
        #expect(
            all.lines([.version, .license], namesArePurls: false).first
                == "_ (GPL-2.0-only WITH Classpath-exception-2.0 OR MIT)")
        #expect(
            all.json([.name, .url], namesArePurls: true) == """
                [
                  {
                    "name": "pkg:deb/debian/lib@2.0-1?arch=amd64"
                  },
                  {
                    "name": "reef"
                  },
                  {
                    "name": "./bin/core"
                  }
                ]

                """)
    }

    @Test func `a CycloneDX document is asked in the same words`() throws {
        let text = """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
             "metadata": {"component": {"type": "application", "name": "app", "bom-ref": "app"}},
             "components": [
              {"type": "library", "name": "a", "bom-ref": "a", "licenses": [{"license": {"id": "MIT"}}],
               "publisher": "Ada Example <ada@example.org>"},
              {"type": "library", "name": "b", "bom-ref": "b"}],
             "dependencies": [{"ref": "app", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b"]}]}
            """
        let matches = try Query("type:DEPENDS_ON licence:MIT").matches(in: Array(text.utf8))
        #expect(
            matches.lines([.name, .license, .originator], namesArePurls: false)
                == ["a MIT Person: Ada Example (ada@example.org)"])
        #expect(try Query("depth:2").matches(in: Array(text.utf8)).elements.map { $0.value(.name) } == ["b"])
    }

    @Test func `a damaged document is an error or answered, never a crash`() {
        for (number, damaged) in mutations(of: Self.document, count: 300, seed: 11).enumerated() {
            do throws(SBOMError) {
                for query in ["all depth:3", "name:o type:DEPENDENCY_OF licence:*", "needed-by:l* license:GPL needs:*"]
                {
                    _ = try Query(query).matches(in: damaged).csv([.name, .purl], namesArePurls: false)
                }
            } catch {
                #expect(error.code == .badInput, "\(number): \(error)")
            }
        }
    }
}
