import SBOMModel
import Testing

@Suite struct PackageURLTypesTests {
    @Test(arguments: [
        ("pkg:deb/Debian/Curl@1A", "pkg:deb/debian/curl@1A"),
        ("pkg:rpm/Fedora/Curl@1A", "pkg:rpm/fedora/Curl@1A"),
        ("pkg:qpkg/BlackBerry/Com.qnx", "pkg:qpkg/blackberry/Com.qnx"),
        ("pkg:pypi/Django_All@1", "pkg:pypi/django-all@1"),
        ("pkg:maven/Org/Name@1", "pkg:maven/Org/Name@1"),
        ("pkg:huggingface/A/B@ABC", "pkg:huggingface/A/B@abc"),
        ("pkg:unlisted/A/B@C#D", "pkg:unlisted/A/B@C#D"),
    ])
    func `what is not case-sensitive is compared in lower case`(_ text: String, _ normalized: String) {
        #expect(PackageURL(parsing: text)?.normalized.description == normalized)
    }

    @Test func `a type says how its full name is joined and whether its namespace is a vendor`() {
        #expect(PackageURL.rules(for: "maven").nameSeparator == ":")
        #expect(PackageURL.rules(for: "npm").nameSeparator == "/")
        #expect(PackageURL.rules(for: "deb").nameSeparator == nil)
        #expect(PackageURL.rules(for: "deb").hasVendorNamespace && !PackageURL.rules(for: "npm").hasVendorNamespace)
    }
}

@Suite struct PackageURLFlawTests {
    @Test(
        arguments: [
            ("pkg:deb/debian/curl@7.50.3-1?arch=i386", nil), ("pkg:golang/github.com/a/b@v1#c/d", nil),
            ("pkg:julia/A?uuid=1", nil), ("pkg:swid/Acme/example.com/a@1?tag_id=1", nil), ("pkg:cpan/ACME/A-B@1", nil),
            ("pkg:chrome-extension/\(String(repeating: "ap", count: 16))@1.2.3.4", nil),
            ("pkg:cocoapods/A/b", .type(.prohibitedNamespace)),
            ("", .syntax), ("deb/a", .syntax), ("pkg:swift/a.b/c/@1", .syntax), ("pkg:npm//@1", .syntax),
            ("pkg:deb/debian/a?Arch=all", .keyInCapitals("Arch")),
            ("pkg:deb/debian/a?arch=ALL&x.Y=z#A=b", .keyInCapitals("x.Y")),
            ("pkg:golang/a%2Fb/c", .slashInSegment("a/b")), ("pkg:npm/a#b%2Fc", .slashInSegment("b/c")),
            ("pkg:mine/a", .unregisteredType),
            ("pkg:deb/a", .type(.missingNamespace)), ("pkg:swift/a@1", .type(.missingNamespace)),
            ("pkg:golang/nowhere", .type(.missingNamespace)), ("pkg:golang/stdlib", nil),
            ("pkg:rpm/a@1", .type(.missingNamespace)),
            ("pkg:vcpkg/a/b", .type(.prohibitedNamespace)), ("pkg:oci/a/b", .type(.prohibitedNamespace)),
            ("pkg:julia/A", .type(.missingQualifier("uuid"))), ("pkg:julia/A?uuid=", .type(.missingQualifier("uuid"))),
            ("pkg:swid/a/b/c/d?tag_id=1", .type(.longNamespace(2))),
            ("pkg:cpan/acme/A", .type(.namespaceInSmallLetters)),
            ("pkg:cpan/A::B", .type(.name("of a distribution, without \"::\""))),
            (
                "pkg:cocoapods/a%2Bb",
                .type(.name("without white space, without \"+\" and without a period at its beginning"))
            ),
            (
                "pkg:cocoapods/.a",
                .type(.name("without white space, without \"+\" and without a period at its beginning"))
            ),
            ("pkg:chrome-extension/dogs", .type(.name("of 32 letters from a to p"))),
            (
                "pkg:chrome-extension/\(String(repeating: "ap", count: 16))@1.2.3.4.5",
                .type(.version("of one to four numbers with periods between"))
            ),
        ] as [(String, PackageURL.Flaw?)])
    func `a package URL is held against the specification and its type`(_ text: String, _ flaw: PackageURL.Flaw?) {
        #expect(PackageURL.flaw(in: text) == flaw)
    }
}

@Suite struct LocatorTests {
    @Test(
        arguments: [
            ("cpe:/o:debian:debian_linux:12", "cpe22Type"), ("CPE:/a:b", "cpe22Type"), ("cpe:/x:b", nil),
            ("cpe:2.3:o:a:b:1:*:*:*:*:*:*:*", "cpe23Type"), ("cpe:2.3:o:a:b:1:*:*:*:*:*:*", nil),
            ("cpe:2.3:a:a:b\\:c:1:*:*:en:*:*:*:*", "cpe23Type"), ("cpe:2.3:a:a:b:1:*:*:*:*:*:*:\\", nil), ("", nil),
        ] as [(String, String?)])
    func `a CPE name has one of two forms`(_ text: String, _ type: String?) {
        #expect(CPEName(parsing: text)?.form.referenceType == type)
    }
}
