import SBOMKit
import SBOMModel
import Testing

@Suite struct ActorTests {
    /// A contact, and the actor that it is in SPDX's spelling without the escape for parentheses.
    static let contacts: KeyValuePairs<String, String?> = [
        "Ada Example <ada@example.org>": "Person: Ada Example <ada@example.org>",
        "Debian GCC Maintainers <debian-gcc@lists.debian.org>":
            "Organization: Debian GCC Maintainers <debian-gcc@lists.debian.org>",
        "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>":
            "Organization: Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>",
        "GNU Libc Maintainers <debian-glibc@lists.debian.org>":
            "Organization: GNU Libc Maintainers <debian-glibc@lists.debian.org>",
        "Matthias Klose <doko@debian.org>": "Person: Matthias Klose <doko@debian.org>",
        "Michael Biebl <biebl@debian.org>": "Person: Michael Biebl <biebl@debian.org>",
        // Told by the address alone.
        "Berkeley DB <pkg-db@alioth-lists.debian.net>": "Organization: Berkeley DB <pkg-db@alioth-lists.debian.net>",
        "Util Linux <util-linux@packages.debian.org>": "Organization: Util Linux <util-linux@packages.debian.org>",
        "Aptitude <team+apt@tracker.debian.org>": "Organization: Aptitude <team+apt@tracker.debian.org>",
        // People and companies of Debian.
        "Ada Example (Debian/GNU) <ada@debian.org>": "Person: Ada Example (Debian/GNU) <ada@debian.org>",
        "Ada T. Example (Debian packages)": "Person: Ada T. Example (Debian packages)",
        "Ada Example <atop@packages.debian.org>": "Person: Ada Example <atop@packages.debian.org>",
        "Atop <atop@packages.debian.org>": "Organization: Atop <atop@packages.debian.org>",
        "Team (home)": "Organization: Team (home)", "Example (Debian)": "Organization: Example (Debian)",
        "Athena Capital Research": "Organization: Athena Capital Research",
        "Simtec Electronics <linux@example.org>": "Organization: Simtec Electronics <linux@example.org>",
        "NodeSource Support": "Organization: NodeSource Support",
        "TransNexus <support@transnexus.com>": "Organization: TransNexus <support@transnexus.com>",
        "Ada <ada@example.org>": "Person: Ada <ada@example.org>",
        "Example GmbH": "Organization: Example GmbH",
        "\"Example, Inc.\" <packages@example.com>": "Organization: Example, Inc. <packages@example.com>",
        "Ada Example": "Person: Ada Example",
        "ada@example.org": "Person: ada@example.org <ada@example.org>",
        "<ada@example.org>": "Person: ada@example.org <ada@example.org>",
        "Ada Example <>": "Person: Ada Example",
        "  Ada \t Example   <ada@example.org>  ": "Person: Ada Example <ada@example.org>",
        "Ada (the First) Example <ada@example.org>": "Person: Ada (the First) Example <ada@example.org>",
        "Ada Example (home)": "Person: Ada Example (home)",
        "Łukasz Żółć <lukasz@example.org>": "Person: Łukasz Żółć <lukasz@example.org>",
        "山田 太郎 <taro@example.jp>": "Person: 山田 太郎 <taro@example.jp>",
        "Ada\nExample\u{2028}<ada@example.org>": "Person: Ada Example <ada@example.org>",
        // Of several the first; the document says what else there was.
        "Ada Example <ada@example.org>, Bob Example <bob@example.org>": "Person: Ada Example <ada@example.org>",
        "Ada Example <ada@example.org> Bob": "Person: Ada Example <ada@example.org>",
        // What would be read as another name or address is no address.
        "Ada Example <ada(at)example.org>": "Person: Ada Example <ada(at)example.org>",
        "Ada Example <ada": "Person: Ada Example <ada",
        "": nil, " ": nil, "<>": nil, "NOASSERTION": nil, "NONE": nil, "\"\"": nil, "noassertion": nil,
    ]

    @Test(arguments: contacts.map { ($0.key, $0.value) })
    func `a contact is a person or an organization`(text: String, expected: String?) {
        #expect(Actor(contact: text).map(Self.inWords) == expected)
    }

    static let arguments: KeyValuePairs<String, String?> = [
        "Organization: Example (sbom@example.com)": "Organization: Example <sbom@example.com>",
        "Organization: Ada Example <ada@example.org>": "Organization: Ada Example <ada@example.org>",
        "Person: Example Team": "Person: Example Team",
        "Person:Ada": "Person: Ada",
        "Organization: Example (UK)": "Organization: Example (UK)",
        "Organization: Example ()": "Organization: Example",
        "Organization: Example (UK) (a@example.com)": "Organization: Example (UK) <a@example.com>",
        "Tool: builder-1.0": nil,
        "Example Ltd": "Organization: Example Ltd",
        "Ada Example (ada@example.org)": "Person: Ada Example <ada@example.org>",
        "Person:": nil, "Organization:  ": nil, "": nil, "Person: <>": nil,
    ]

    @Test(arguments: arguments.map { ($0.key, $0.value) })
    func `what a user gives is taken at its word`(text: String, expected: String?) {
        #expect(Actor(argument: text).map(Self.inWords) == expected)
    }

    private static func inWords(_ actor: Actor) -> String {
        "\(actor.kind.rawValue): \(actor.name)" + (actor.email.map { " <\($0)>" } ?? "")
    }
}
