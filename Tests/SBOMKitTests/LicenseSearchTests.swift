import SBOMKit
import Testing

/// What a person means by a license, in `query` and in `outline`.
@Suite struct LicenseSearchTests {
    static let licenses = [
        "GPL-2.0-only", "GPL-2.0-or-later", "GPL-2.0+", "GPL-3.0-or-later", "GPLv2+", "LGPL-2.1-only", "AGPL-3.0-only",
        "LGPLv2", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "0BSD", "Apache-2.0",
        "CC-BY-4.0", "CC-BY-SA-4.0", "MPL-2.0-no-copyleft-exception", "Python-2.0.1", "GPL+", "X11",
        "X11-distribute-modifications-variant", "LicenseRef-GPL-with-Classpath-exception", "LicenseRef-own",
    ]

    /// A document with a package for each of the licenses, which also is its name.
    static let document = Array(
        """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d",
         "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-own", "name": "Our Own v2", "extractedText": "t"}],
         "packages": [\((licenses + ["MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)", "NOASSERTION"]).enumerated()
            .map { #"{"SPDXID": "SPDXRef-\#($0)", "name": "\#($1)", "licenseDeclared": "\#($1)"}"# }
            .joined(separator: ","))]}
        """.utf8)

    static let choice = "MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)"

    static let table: [(word: String, found: [String])] = [
        (
            "GPL",
            [
                "GPL-2.0-only", "GPL-2.0-or-later", "GPL-2.0+", "GPL-3.0-or-later", "GPLv2+", "GPL+",
                "LicenseRef-GPL-with-Classpath-exception", choice,
            ]
        ),
        ("gpl-2.0", ["GPL-2.0-only", "GPL-2.0-or-later", "GPL-2.0+", "GPLv2+", choice]),
        ("GPL-2", ["GPL-2.0-only", "GPL-2.0-or-later", "GPL-2.0+", "GPLv2+", choice]),
        ("GPLv2", ["GPL-2.0-only", "GPL-2.0-or-later", "GPL-2.0+", "GPLv2+", choice]),
        ("GPL-2.0-only", ["GPL-2.0-only", choice]),
        ("GPL-2.0-or-later", ["GPL-2.0-or-later", "GPL-2.0+", "GPLv2+"]),
        ("LGPL", ["LGPL-2.1-only", "LGPLv2"]),
        ("AGPL", ["AGPL-3.0-only"]),
        ("MIT", ["MIT", choice]),
        ("BSD", ["BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear"]),
        ("BSD-3", ["BSD-3-Clause", "BSD-3-Clause-Clear"]),
        ("BSD-3-Clause", ["BSD-3-Clause"]),
        ("Apache", ["Apache-2.0"]),
        ("Apache-2", ["Apache-2.0"]),
        ("CC-BY", ["CC-BY-4.0"]),
        ("MPL-2.0", ["MPL-2.0-no-copyleft-exception"]),
        ("Python-2.0", []),
        ("X11", ["X11"]),
        ("Classpath-exception", [choice]),
        ("LicenseRef-own", ["LicenseRef-own"]),
        ("own", ["LicenseRef-own"]),
        ("our own v2", ["LicenseRef-own"]),
        ("GPL*", licenses.filter { $0.hasPrefix("GPL") } + [choice]),
        ("*GPL*", licenses.filter { $0.contains("GPL") } + [choice]),
        (choice.lowercased(), [choice]),
        ("NOASSERTION", ["NOASSERTION"]),
        ("", []),
    ]

    @Test(arguments: table)
    func `query and outline find what the word means`(_ row: (word: String, found: [String])) throws {
        let found = try Query("license:\"\(row.word)\"").matches(in: Self.document)
        #expect(found.elements.map { $0.value(.name) ?? "" } == row.found)
        var options = Outline.Options()
        options.license = row.word
        #expect(try Outline(Self.document).matchCount(options) == row.found.count)
    }
}
