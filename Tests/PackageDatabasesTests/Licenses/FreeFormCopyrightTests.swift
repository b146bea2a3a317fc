import ByteStreams
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

/// Copyright files in plain English, of which only what is stated plainly is taken.
@Suite struct FreeFormCopyrightTests {
    private static func finding(_ text: String) -> LicenseFinding {
        LicenseFinding(copyrightFile: Array(text.utf8), at: "usr/share/doc/a/copyright", commonLicenses: [:])
    }

    static let grant = "Frob is free software; it may be redistributed under the terms of the "
    static let gpl = grant + "GNU General Public License"

    static let statements: [(String, String?)] = [
        (gpl + ", version 2, or (at your option) any later version.", "GPL-2.0-or-later"),
        (gpl + "; either version 2 of\nthe License, or any later\nversion.", "GPL-2.0-or-later"),
        (gpl + ", version 3.", "GPL-3.0-only"),
        (gpl + " v2 or newer.", "GPL-2.0-or-later"), (gpl + " version 2 or above.", "GPL-2.0-or-later"),
        (gpl + " version 2+.", "GPL-2.0-or-later"), (gpl + " version 2 or another one.", nil),
        (grant + "GNU Lesser General Public Licence, version 2.1 or later.", "LGPL-2.1-or-later"),
        (grant + "GNU Library General Public License, version 2.", "LGPL-2.0-only"),
        (grant + "GNU Affero General Public License, version 3 or later.", "AGPL-3.0-or-later"),
        (grant + "Mozilla Public License, version 2.0.", "MPL-2.0"),
        (grant + "Artistic License, see /usr/share/common-licenses/Artistic.", "Artistic-1.0-Perl"),
        (
            grant + "GNU Free Documentation License, version 1.3 or any later version, with no Invariant Sections, "
                + "no Front-Cover Texts and no Back-Cover Texts.", "GFDL-1.3-no-invariants-or-later"
        ),
        // No version, a version that is not on the list, or two of them.
        (gpl + ".", nil), (gpl + ", version 9.", nil), (gpl + ", version 2 or version 3.", nil),
        (grant + "GNU Free Documentation License, version 1.3 or any later version.", nil),
        // More than one license, a part only, or a condition.
        (grant + "GNU General Public License, version 2, or the Artistic License.", nil),
        ("Parts of frob may be redistributed under the terms of the GNU General Public License, version 2.", nil),
        (gpl + ", version 2, with the exception that it may be linked with everything.", nil),
        (gpl + ", version 2.\n\nThe icons must not be sold; their license is another one.", nil),
        (gpl + ", version 2 or later.\n\nSee /usr/share/common-licenses/LGPL-2.1.", nil),
        // What says nothing more.
        (
            gpl + ", version 2 or later.\n\nOn Debian systems the full text is in /usr/share/common-licenses/GPL-2.",
            "GPL-2.0-or-later"
        ),
        (
            gpl + ", version 2 or later.\n\nOn Debian systems, the complete text can be found in "
                + "`/usr/share/common-licenses/GPL-2'.", "GPL-2.0-or-later"
        ),
        ("Author: A\n\nLicense:\n\n" + gpl + ", version 2.\n\nIt was found on a server.\n", "GPL-2.0-only"),
        (gpl + ", version 2.\n\nEverything is covered by the GNU GPL.", "GPL-2.0-only"),
        (
            gpl
                + ", version 2.\n\nThe Debian packaging is licensed under the LGPL, see `/usr/share/common-licenses/LGPL'.",
            "GPL-2.0-only"
        ),
        (
            gpl + ", version 2 or later.\n\n" + grant + "GNU Lesser General Public License, version 3 or later.",
            "GPL-2.0-or-later AND LGPL-3.0-or-later"
        ),
        ("Nothing is stated here.", nil), ("", nil), ("All rights reserved.", nil),
        ("It is in the public domain.", nil),
    ]

    @Test(arguments: statements)
    func `only what is stated plainly is taken`(text: String, expected: String?) {
        let finding = Self.finding(text)
        #expect(finding.declared?.description == expected, "\(text)")
        #expect(finding.rule == (expected == nil ? .none : .commonLicense))
    }

    @Test func `the place of the evidence is that of the statements`() {
        let finding = Self.finding("A\n\nB.\n" + Self.gpl + ",\nversion 2.\n\nC\n")
        #expect(finding.source == "common-licenses-reference usr/share/doc/a/copyright:4-5")
        #expect(Self.finding("A").source == "none usr/share/doc/a/copyright")
    }

    @Test func `lines with an identifier are taken if each parses`() {
        let finding = Self.finding("A\n# SPDX-License-Identifier: MIT OR ISC\n * SPDX-License-Identifier: Zlib */\n")
        #expect(finding.declared?.description == "(MIT OR ISC) AND Zlib")
        #expect(finding.source == "spdx-license-identifier usr/share/doc/a/copyright:2-3")
        #expect(Self.finding("SPDX-License-Identifier: MIT\nSPDX-License-Identifier: Foo\n").declared == nil)
        #expect(Self.finding("SPDX-License-Identifier: MIT\nMore may be permitted.\n").declared == nil)
    }

    // MARK: Known notices

    /// A license in the form of SPDX's list whose text nobody wrote before.
    static let template = """
        <<beginOptional>>Frob License<<endOptional>> <<var;name="copyright";original="Copyright (c) A";match=".{0,500}">>
        Frobs may be carried by any-body, any where, and the carrier's licence is this line.

           <<var;name="bullet";original="1.";match=".{0,20}">> Carry them with <<beginOptional>>great <<endOptional>>care 2.5 times.

        The frob of <<var;name="owner";original="A";match=".+">> must not be dropped.
        """

    /// The row that the script writes for a template.
    private static func row(_ template: String) throws -> String {
        try withTemporaryFolder { folder in
            let json =
                "{\"standardLicenseTemplate\": \""
                + template.replacing("\"", with: "\\\"")
                .replacing("\n", with: "\\n") + "\"}"
            try write(Array(json.utf8), toFile: "\(folder)/Frob.json")
            let script = "\(packageFolder)/Tests/licenses/known-notices.py"
            let result = try shell("python3 '\(script)' '\(folder)' Frob")
            #expect(result.code == 0, "\(result.errors)")
            return result.text.replacing(" \\\n", with: " ")
        }
    }

    @Test func `a notice is recognized by the hashes that the script makes`() throws {
        let notices = KnownNotices(try Self.row(Self.template))
        #expect(notices.count == 1)
        func matches(_ text: String) -> Int { notices.matches(in: NoticeWords(Array(text.utf8)[...])).count }
        let text = """
            FROBS may be carried by anybody, any where, and the carriers license is
            this line.
              (a) Carry them with care 2.5 times.
            The frob of Ada, of London and of all, must not be dropped
            """
        #expect(matches(text) == 1)
        #expect(matches("Before.\n" + text + ". After.\n" + text) == 2)
        #expect(matches(text.replacing("with care", with: "with great care")) == 1)
        #expect(matches(text.split(separator: "\n").map { "# \($0)\r" }.joined(separator: "\n")) == 1)
        #expect(matches(text.replacing("carried by anybody", with: "car-\nried by any-\n  body")) == 1)
        #expect(matches(text.replacing("(a) Carry", with: "Copyright 2001 A. Carry")) == 1)
        #expect(matches(text.replacing("(a)", with: "Copyright (c) 2001 A\n2.")) == 1)
        #expect(matches(text.replacing("must not", with: "must")) == 0)
        #expect(matches(text.replacing("2.5", with: "25")) == 0)
        #expect(matches(text.replacing("with care", with: "with little care")) == 0)
        #expect(matches(String(text.dropLast(8))) == 0)
    }

    @Test func `the table of notices is whole`() {
        #expect(KnownNotices.common.count == 120)
    }

    @Test func `a text with more than noticeWords words is not understood`() {
        let blanks = String(repeating: "a ", count: Limits.noticeWords)
        #expect(Self.finding(Self.gpl + ", version 2.").declared != nil)
        #expect(Self.finding(Self.gpl + ", version 2. " + blanks).declared == nil)
        #expect(NoticeWords(Array(blanks.utf8)[...]).count == Limits.noticeWords)
    }

    @Test func `the search for notices ends at noticeSteps`() throws {
        // Each word begins the notice, and each gap is tried with each length.
        let gap = "<<var;name=\"n\";original=\"b\";match=\".+\">>"
        let notices = KnownNotices(
            try Self.row("a " + Array(repeating: "\(gap) a", count: 30).joined(separator: " ") + " z"))
        let words = NoticeWords(Array(String(repeating: "a ", count: 5_000).utf8)[...])
        let clock = ContinuousClock()
        let time = clock.measure { #expect(notices.matches(in: words).isEmpty) }
        #expect(Limits.noticeSteps <= 1_000_000)
        #expect(time < .seconds(60))
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `a damaged file is read without a trap`(seed: UInt64) {
        let text = Self.statements.map(\.0).joined(separator: "\n\n")
        for bytes in mutations(of: Array(text.utf8), count: 200, seed: seed) {
            _ = LicenseFinding(copyrightFile: bytes, at: "a", commonLicenses: [:])
        }
    }
}
