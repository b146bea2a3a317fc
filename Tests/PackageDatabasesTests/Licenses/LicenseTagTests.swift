import ByteStreams
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@Suite struct LicenseTagTests {
    @Test(
        arguments: [
            // Expressions stay as they are, deprecated identifiers too.
            ("MIT", "MIT"),
            ("GPL-2.0-only WITH Linux-syscall-note OR ISC", "GPL-2.0-only WITH Linux-syscall-note OR ISC"),
            ("GPL-2.0+ and LGPL-2.1+", "GPL-2.0+ AND LGPL-2.1+"),
            ("bsd-3-clause or gpl-2.0", "BSD-3-Clause OR GPL-2.0"),
            // Names of Fedora, SUSE, Mageia and Mariner.
            ("GPLv2+", "GPL-2.0-or-later"), ("GPLv3", "GPL-3.0-only"),
            ("GPLV2+ or LGPLv3+", "GPL-2.0-or-later OR LGPL-3.0-or-later"),
            ("ASL 2.0", "Apache-2.0"), ("LGPLv2.1 & GPLv2+", "LGPL-2.1-only AND GPL-2.0-or-later"),
            ("GPLv2 || zlib", "GPL-2.0-only OR Zlib"), ("MPLv2.0", "MPL-2.0"), ("BSD (3-Clause)", "BSD-3-Clause"),
            ("Apache License, Version 2.0", "Apache-2.0"), ("Mozilla Public License 2.0", "MPL-2.0"),
            ("GPL v2 or later", "GPL-2.0-or-later"),
            ("(GPLv3+ or BSL-1.0) and MIT", "(GPL-3.0-or-later OR BSL-1.0) AND MIT"),
            ("GPLv2 with Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
            ("((GPLv2))", "GPL-2.0-only"), ("MIT and (ISC and zlib)", "MIT AND (ISC AND Zlib)"),
        ] as [(String, String)])
    func `terms that name one license become identifiers`(_ tag: String, _ expression: String) throws {
        let read = try #require(LicenseTag(tag))
        #expect(read.expression.description == expression)
        #expect(read.terms.isEmpty)
        #expect(LicenseExpression(parsing: expression) != nil)
    }

    @Test(
        arguments: [
            ("BSD", "LicenseRef-BSD", ["BSD"]), ("GPL+", "LicenseRef-GPL-plus", ["GPL+"]),
            ("LGPLv2+", "LicenseRef-LGPLv2-plus", ["LGPLv2+"]),
            ("GPL+ and GPL", "LicenseRef-GPL-plus AND LicenseRef-GPL", ["GPL+", "GPL"]),
            (
                "GPLv2+ and GPLv2+ with exceptions and Public Domain",
                "GPL-2.0-or-later AND LicenseRef-GPLv2-plus-with-exceptions AND LicenseRef-Public-Domain",
                ["GPLv2+ with exceptions", "Public Domain"]
            ),
            (
                "LGPL-2.1-or-later AND BSD-2-Clause AND SUSE-Public-Domain",
                "LGPL-2.1-or-later AND BSD-2-Clause AND LicenseRef-SUSE-Public-Domain", ["SUSE-Public-Domain"]
            ),
            (
                "Public Domain or Public-Domain", "LicenseRef-Public-Domain OR LicenseRef-Public-Domain-2",
                ["Public Domain", "Public-Domain"]
            ),
            ("BSD and BSD", "LicenseRef-BSD AND LicenseRef-BSD", ["BSD"]),
            // Parentheses or operators are missing.
            ("GPLv2 and", "LicenseRef-GPLv2-and", ["GPLv2 and"]), ("(MIT", "LicenseRef-MIT", ["(MIT"]),
            ("MIT)", "LicenseRef-MIT", ["MIT)"]), ("+", "LicenseRef-plus", ["+"]), ("§", "LicenseRef-unnamed", ["§"]),
            ("MIT (see A and B)", "LicenseRef-MIT-see-A-and-B", ["MIT (see A and B)"]),
        ] as [(String, String, [String])])
    func `other terms become references with their words`(_ tag: String, _ expression: String, _ words: [String]) throws
    {
        let read = try #require(LicenseTag(tag))
        #expect(read.expression.description == expression)
        #expect(read.terms.map(\.words) == words)
        #expect(LicenseExpression(parsing: expression) != nil)
    }

    @Test(arguments: ["", " \n", "(none)"])
    func `a tag without a value states nothing`(_ tag: String) {
        #expect(LicenseTag(tag) == nil)
    }

    @Test func `a tag beyond the limits is one term`() throws {
        let deep = String(repeating: "(", count: 100_000) + "BSD" + String(repeating: ")", count: 100_000)
        let long = String(repeating: "BSD and ", count: Limits.licenseExpressionLength / 8 + 1) + "MIT"
        for tag in [deep, long] { #expect(try #require(LicenseTag(tag)).terms.map(\.words) == [tag]) }
        let wide = String(repeating: "BSD and ", count: 10_000) + "MIT"
        #expect(try #require(LicenseTag(wide)).terms.map(\.words) == ["BSD"])
    }

    @Test(.enabled(if: corpus != nil, "there is no corpus"))
    func `each License tag of the corpus gives a valid expression`() throws {
        let lists = try shell("find -L '\(corpus ?? "")/rpmdb/EXPECTED' -name '*.tsv' | sort").text.split(
            separator: "\n")
        var tags: Set<String> = []
        for list in lists {
            let text = String(decoding: try bytes(ofFile: String(list)), as: UTF8.self)
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
                if fields.count > 6 { tags.insert(String(fields[6])) }
            }
        }
        #expect(tags.count > 50)
        for tag in tags where !tag.isEmpty {
            let read = LicenseTag(tag)
            #expect(read != nil || tag == "(none)", "\(tag)")
            #expect(read.map { LicenseExpression(parsing: $0.expression.text) != nil } ?? true, "\(tag)")
        }
    }
}
