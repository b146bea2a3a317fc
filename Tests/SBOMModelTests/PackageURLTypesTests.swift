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
