import ByteStreams
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

/// Machine-readable copyright files of Debian (DEP-5).
@Suite struct MachineReadableCopyrightTests {
    static let format = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"

    static func finding(_ text: String, common: [String: String] = [:]) -> LicenseFinding {
        LicenseFinding(
            copyrightFile: Array(text.utf8), at: "usr/share/doc/a/copyright",
            commonLicenses: common.mapValues { Array($0.utf8) })
    }

    /// The expression with the names of the licenses in place of the references.
    static func license(_ finding: LicenseFinding) -> String? {
        finding.declared.map { named($0, finding) }
    }

    static func named(_ license: LicenseExpression, _ finding: LicenseFinding) -> String {
        LicenseExpression.replacingNames(in: license.description) { name in
            finding.texts.first { $0.reference == name }.map { "{\($0.name)}" } ?? name
        }
    }

    // MARK: Names

    static let names: [(String, String)] = [
        ("Expat", "MIT"), ("expat", "MIT"), ("GPL-2", "GPL-2.0-only"), ("GPL-2+", "GPL-2.0-or-later"),
        ("gpl-2.0+", "GPL-2.0-or-later"), ("GPL-3.0-or-later", "GPL-3.0-or-later"), ("GPLv2", "GPL-2.0-only"),
        ("GPL2", "GPL-2.0-only"), ("GPL-2.0.0", "GPL-2.0-only"), ("LGPL-2", "LGPL-2.0-only"),
        ("LGPL-2.1+", "LGPL-2.1-or-later"), ("AGPL-3", "AGPL-3.0-only"), ("GFDL-1.3", "GFDL-1.3-only"),
        ("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"), ("BSD-3-clause", "BSD-3-Clause"),
        ("Apache-2", "Apache-2.0"), ("Apache-2.0", "Apache-2.0"), ("MPL-1.1+", "MPL-1.1+"), ("CC0", "CC0-1.0"),
        ("CC-BY-SA-4", "CC-BY-SA-4.0"), ("Perl", "GPL-1.0-or-later OR Artistic-1.0-Perl"), ("Zope-2.1", "ZPL-2.1"),
        ("GPL-2+ with Font exception", "GPL-2.0-or-later WITH Font-exception-2.0"),
        ("GPL2 with Classpath exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("GPL-2+-with-libtool-exception", "GPL-2.0-or-later WITH Libtool-exception"),
        ("GPL-3+ with GCC-3.1 exception", "GPL-3.0-or-later WITH GCC-exception-3.1"),
        ("Apache-2.0 with LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
        // No name of one license: a reference to the text.
        ("MIT", "{MIT}"), ("BSD", "{BSD}"), ("GPL", "{GPL}"), ("GPL-9", "{GPL-9}"),
        ("public-domain", "{public-domain}"),
        ("GPL-2+ with OpenSSL exception", "{GPL-2+ with OpenSSL exception}"), ("Foo", "{Foo}"),
        ("BSD-3-clause~Foo", "{BSD-3-clause~Foo}"),
    ]

    @Test(arguments: names)
    func `a short name is a license of the list, or a reference`(name: String, expected: String) {
        let finding = Self.finding(Self.format + "\nFiles: *\nCopyright: A\nLicense: \(name)\n Do what you like.\n")
        #expect(Self.license(finding) == expected)
        #expect(finding.rule == .dep5)
        #expect(finding.texts.allSatisfy { $0.name == name && $0.text == "Do what you like." })
    }

    static let synopses: [(String, String?)] = [
        ("GPL-2+ or Expat", "GPL-2.0-or-later OR MIT"), ("GPL-2+ and Expat", "GPL-2.0-or-later AND MIT"),
        ("ISC or Zlib and Expat", "ISC OR Zlib AND MIT"), ("ISC or Zlib, and Expat", "(ISC OR Zlib) AND MIT"),
        ("ISC, and Zlib, or Expat", "ISC AND Zlib OR MIT"), ("ISC, Zlib, and Expat", "ISC AND Zlib AND MIT"),
        ("ISC, Zlib or Expat", "ISC OR Zlib OR MIT"), ("(ISC or Zlib) and Expat", "(ISC OR Zlib) AND MIT"),
        ("ISC OR Zlib", "ISC OR Zlib"), ("ISC and (Zlib or (Expat and FTL))", "ISC AND (Zlib OR MIT AND FTL)"),
        ("GPL-2+ with Font exception or Expat", "GPL-2.0-or-later WITH Font-exception-2.0 OR MIT"),
        ("Foo or Expat", "{Foo} OR MIT"), ("Perl and Expat", "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND MIT"),
        // What cannot be taken apart is one license with that name.
        ("ISC, Zlib", "{ISC, Zlib}"), ("ISC and/or Zlib", "{ISC and/or Zlib}"), ("ISC or", "{ISC or}"),
        ("ISC (see below)", "{ISC (see below)}"), ("(ISC", "{(ISC}"), ("ISC and (Zlib", "{ISC and (Zlib}"),
        ("none", nil), ("unknown", nil),
    ]

    @Test(arguments: synopses)
    func `a short form is taken apart by the precedence of the specification`(text: String, expected: String?) {
        let finding = Self.finding(Self.format + "\nFiles: *\nCopyright: A\nLicense: \(text)\n")
        #expect(Self.license(finding) == expected)
    }

    // MARK: Paragraphs

    @Test func `the last paragraph for all files counts, and the others are kept apart`() throws {
        let finding = Self.finding(
            Self.format + """

                Files: *
                Copyright: 2001 A
                License: ISC

                Files: a/* b.c
                Copyright: B
                License: Zlib

                Files: *
                Copyright: 2002 C
                  2003 D
                License: Expat

                Files: debian/*
                Copyright: E
                License: GPL-2+

                Files: c/*
                Copyright: B
                License: Zlib

                Files: d/*
                Copyright: B
                License: Expat

                """)
        #expect(finding.declared?.description == "MIT")
        #expect(finding.copyright == "2002 C\n2003 D")
        #expect(finding.source == "dep5 usr/share/doc/a/copyright:11-14")
        #expect(finding.parts.map(\.license.description) == ["ISC", "Zlib", "GPL-2.0-or-later"])
        #expect(finding.parts.map(\.patterns) == [["*"], ["a/*", "b.c", "c/*"], ["debian/*"]])
    }

    @Test func `without a paragraph for all files the header counts, or else all paragraphs`() {
        let files = "\nFiles: a\nCopyright: A\nLicense: Expat\n\nFiles: b\nCopyright: A\nLicense: ISC or Zlib\n"
        let packaging = "\nFiles: debian/* debian/b\nCopyright: A\nLicense: GPL-2\n"
        let all = Self.finding(Self.format + files + packaging)
        #expect(all.declared?.description == "MIT AND (ISC OR Zlib)")
        #expect(all.rule == .dep5AllFiles)
        #expect(all.parts.count == 3)
        let header = Self.finding(Self.format + "License: Zlib\nCopyright: B\n" + files)
        #expect(header.declared?.description == "Zlib")
        #expect(header.rule == .dep5Header)
        #expect(header.copyright == "B")
        #expect(Self.finding(Self.format + packaging).declared == nil)
        #expect(Self.finding(Self.format).rule == .none)
    }

    @Test func `texts are those of the paragraph, of a paragraph of their own, or of a common license`() {
        let finding = Self.finding(
            Self.format + """

                Files: *
                Copyright: A
                License: One and Two and Three
                 The text of all.

                Files: a
                Copyright: A
                License: Three
                 Its own text,
                 .
                   of two paragraphs.

                License: Two
                 The text that stands alone.

                License: Four
                 On Debian systems the text of the license can be found in /usr/share/common-licenses/GPL-1.

                Files: b
                Copyright: A
                License: Four

                """, common: ["GPL-1": "The text of the first one."])
        func text(_ name: String) -> [String?] { finding.texts.filter { $0.name == name }.map(\.text) }
        #expect(text("One") == ["The text of all."])
        #expect(text("Two") == ["The text that stands alone."])
        #expect(Set(text("Three")) == ["The text of all.", "Its own text,\n\n  of two paragraphs."])
        #expect(text("Four") == ["The text of the first one."])
        #expect(Self.license(finding) == "{One} AND {Two} AND {Three}")
    }

    @Test func `a name that means several licenses is told by its text`() {
        func license(_ name: String, _ text: String) -> String? {
            Self.license(Self.finding(Self.format + "\nFiles: *\nCopyright: A\nLicense: \(name)\n \(text)\n"))
        }
        let later =
            "It is distributed under the terms of the GNU General Public License, version 2 or (at your option) any later version."
        #expect(license("GPL", later) == "GPL-2.0-or-later")
        #expect(license("Foo", later) == "GPL-2.0-or-later")
        #expect(license("GPL", "It is distributed under the terms of the GNU General Public License.") == "{GPL}")
        #expect(license("Foo", later + " You may also link it with Foo.") == "GPL-2.0-or-later")
        #expect(license("Foo", later + " As an exception, permission is granted to link it with Foo.") == "{Foo}")
        #expect(license("Artistic", "See /usr/share/common-licenses/Artistic.") == "Artistic-1.0-Perl")
        #expect(license("BSD", "The text is in /usr/share/common-licenses/BSD.") == "{BSD}")
        #expect(license("BSD", "The full text can be found in /usr/share/common-licenses/BSD.") == "BSD-3-Clause")
    }

    @Test func `a text that plainly states another license than its name counts`() {
        let later = "It is distributed under the terms of the GNU General Public License, version 2 or later."
        func license(_ name: String, _ text: String) -> String? {
            Self.license(Self.finding(Self.format + "\nFiles: *\nLicense: \(name)\n \(text)\n"))
        }
        #expect(license("GPL-2", later) == "GPL-2.0-or-later")
        #expect(license("GPL-2", later + "\n .\n It may be sold.") == "GPL-2.0-only")
        #expect(license("GPL-2 with Font exception", later) == "GPL-2.0-only WITH Font-exception-2.0")
        #expect(license("GPL-3+", later) == "{GPL-3+}")
        #expect(license("LGPL-2", later) == "{LGPL-2}")
        #expect(license("ISC", later) == "GPL-2.0-or-later")
        #expect(license("GPL-2 or ISC", later) == "GPL-2.0-only OR ISC")
        let standAlone = "ISC and GPL-2\n\nLicense: GPL-2"
        #expect(license(standAlone, later) == "ISC AND GPL-2.0-or-later")
    }

    @Test func `more texts than rememberedStatements are read one by one`() {
        let texts = (0...Limits.rememberedStatements).map { number in
            "\nFiles: f\(number)\nCopyright: A\nLicense: GPL\n It is distributed under the terms of the GNU General Public "
                + "License, version 2.\n Number \(number).\n"
        }
        #expect(Self.finding(Self.format + texts.joined()).declared?.description == "GPL-2.0-only")
    }

    // MARK: Defects

    static let defects: [(String, String)] = [
        ("a byte-order mark", "\u{FEFF}" + format + "\nFiles: *\nLicense: Expat\n"),
        ("another field first", "Upstream-Name: a\n" + format + "\nFiles: *\nLicense: Expat\n"),
        ("the name of a draft", "Format-Specification: http://dep.debian.net/deps/dep5\n\nFiles: *\nLicense: Expat\n"),
        ("no format", "Files: *\nCopyright: A\nLicense: Expat\n"),
        ("lower case", "format: x\n\nfiles: *\ncopyright: A\nlicense: Expat\n"),
        ("British spelling", format + "\nFiles: *\nLicence: Expat\n"),
        ("no colon", format + "\nFiles *\nCopyright: A\nLicense Expat\n"),
        ("blanks before the colon", format + "\nFiles : *\nLicense : Expat\n"),
        ("CR LF", (format + "\nFiles: *\nLicense: Expat\n").replacing("\n", with: "\r\n")),
        ("comments", "# a\n" + format + "# b\n\n# c\nFiles: *\n# d\nLicense: Expat\n"),
        ("a blank line before the license", format + "\nFiles: *\nCopyright: A\n\nLicense: Expat\n Text\n"),
        ("blanks in empty lines", format + "  \t\nFiles: *\nCopyright: A\nLicense: Expat\n"),
        ("a blank line in a text", format + "\nFiles: *\nComment: a\n\n b\nLicense: Expat\n"),
        ("a short form in the next line", format + "\nFiles: *\nLicense:\n Expat\n Text\n"),
        ("the pattern in the next line", format + "\nFiles:\n *\nLicense: Expat\n"),
        ("no line feed at the end", format + "\nFiles: *\nLicense: Expat"),
        ("a longer pattern", format + "\nFiles: ./*\nLicense: Expat\n"),
        ("commas between patterns", format + "\nFiles: a, *, b\nLicense: Expat\n"),
    ]

    @Test(arguments: defects)
    func `a common defect costs nothing`(defect: String, text: String) {
        let finding = Self.finding(text)
        #expect(finding.declared?.description == "MIT", "\(defect)")
        #expect(finding.rule == .dep5, "\(defect)")
    }

    @Test func `a text with fields in it is not machine-readable`() {
        #expect(Self.finding("This is free.\n\nFiles: *\nCopyright: A\nLicense: Expat\n").declared == nil)
        #expect(Self.finding("Files in this package are free\nLicense to use it is given.\n").declared == nil)
    }

    // MARK: Limits

    @Test func `what is cut says so`() throws {
        let line = " " + String(repeating: "a", count: 99) + "\n"
        func finding(_ count: Int) -> LicenseFinding {
            Self.finding(
                Self.format + "\nFiles: *\nCopyright:\n" + String(repeating: line, count: count) + "License: Foo\n"
                    + String(repeating: line, count: count))
        }
        let small = finding(Limits.copyrightLength / 100)
        #expect(small.copyright?.contains("limit") == false)
        let large = finding(Limits.licenseTextLength / 100 + 1)
        let notice = try #require(large.copyright)
        #expect(notice.hasSuffix("\n[The notice is longer than the limit copyrightLength.]"))
        #expect(notice.utf8.count < Limits.copyrightLength + 100)
        let text = try #require(large.texts.first?.text)
        #expect(text.hasSuffix("\n[The text is longer than the limit licenseTextLength.]"))
        #expect(text.utf8.count < Limits.licenseTextLength + 100)
        #expect(small.texts.first?.text?.contains("limit") == false)
    }

    @Test func `a file larger than copyrightFileSize tells nothing`() {
        let text = Self.format + "\nFiles: *\nLicense: Expat\n"
        let blanks = String(repeating: " ", count: Limits.copyrightFileSize)
        #expect(Self.finding(text + blanks).rule == .none)
        #expect(Self.finding(text + blanks.dropLast(text.utf8.count)).rule == .dep5)
    }

    @Test func `paragraphs behind copyrightParagraphs are not read`() {
        let paragraph = "\nFiles: a\nLicense: ISC\n"
        let last = "\nFiles: *\nLicense: Expat\n"
        func finding(_ count: Int) -> LicenseFinding {
            Self.finding(Self.format + String(repeating: paragraph, count: count) + last)
        }
        #expect(finding(Limits.copyrightParagraphs - 2).declared?.description == "MIT")
        #expect(finding(Limits.copyrightParagraphs).declared?.description == "ISC")
    }

    @Test func `a short form that exceeds a limit is a name`() {
        func license(_ synopsis: String) -> String? {
            Self.license(Self.finding(Self.format + "\nFiles: *\nLicense: \(synopsis)\n"))
        }
        let long = "ISC" + String(repeating: " or ISC", count: Limits.licenseSynopsisLength / 7)
        #expect(license(long) == "{unnamed}")
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "ISC" + String(repeating: ")", count: depth)
        }
        #expect(license(nested(Limits.licenseSynopsisDepth - 1)) == "ISC")
        #expect(license(nested(Limits.licenseSynopsisDepth))?.hasPrefix("{(") == true)
        let words = Array(repeating: "x", count: Limits.licenseNameWords)
        #expect(license("ISC or " + words.joined(separator: " "))?.hasPrefix("ISC OR {x x") == true)
        #expect(license("ISC or " + (words + ["x"]).joined(separator: " ")) == "{unnamed}")
        let many = "ISC" + String(repeating: " or ISC", count: Limits.licenseParts)
        #expect(license(many) == "{\(many)}")
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a damaged file is read without a trap`(seed: UInt64) {
        let text =
            Self.format + """

                Files: *
                Copyright: 2001 A
                License: Foo or (GPL-2+ with Font exception, and Expat)
                 A text.
                 .
                 SPDX-License-Identifier: MIT

                Files: debian/*
                Copyright: B
                License: GPL

                License: GPL
                 On Debian systems see /usr/share/common-licenses/GPL-2.

                """
        for bytes in mutations(of: Array(text.utf8), count: 2_000, seed: seed) {
            let finding = LicenseFinding(copyrightFile: bytes, at: "a", commonLicenses: ["GPL-2": [0x41]])
            for license in [finding.declared].compactMap(\.self) + finding.parts.map(\.license) {
                let references = LicenseExpression.names(in: license.description).filter { $0.hasPrefix("LicenseRef-") }
                let known = Set(finding.texts.map(\.reference))
                #expect(known.isSuperset(of: references), "seed \(seed)")
            }
        }
        for count in 0..<text.utf8.count {
            _ = LicenseFinding(copyrightFile: Array(text.utf8.prefix(count)), at: "a", commonLicenses: [:])
        }
    }
}
