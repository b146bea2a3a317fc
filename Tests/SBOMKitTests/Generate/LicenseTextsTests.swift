import ByteStreams
import PackageDatabases
import SBOMKit
import SBOMModel
import Testing

/// The licenses of a document that are on no list: their identifiers, and what a package states about them.
@Suite struct LicenseTextsTests {
    @Test func `an identifier is made of the words of the name`() {
        var texts = LicenseTexts()
        #expect(texts.identifier(name: "public-domain", text: "a") == "LicenseRef-public-domain")
        #expect(
            texts.identifier(name: "GPL-2+ with OpenSSL exception", text: "b")
                == "LicenseRef-GPL-2-plus-with-OpenSSL-exception")
        #expect(texts.identifier(name: "(?)", text: nil) == "LicenseRef-unnamed")
        #expect(texts.identifier(name: "Lizénz.1", text: nil) == "LicenseRef-Liz-nz.1")
        #expect(texts.licenses.map(\.name) == ["public-domain", "GPL-2+ with OpenSSL exception", "(?)", "Lizénz.1"])
        #expect(texts.licenses.map(\.text) == ["a", "b", LicenseTexts.unknownText, LicenseTexts.unknownText])
    }

    @Test func `another text with the same name gets a suffix, and the same text stands once`() {
        var texts = LicenseTexts()
        #expect(texts.identifier(name: "PD", text: "one  text\n of two lines") == "LicenseRef-PD")
        #expect(texts.identifier(name: "PD", text: "another") == "LicenseRef-PD-2")
        #expect(texts.identifier(name: "PD", text: " one text of two lines\n") == "LicenseRef-PD")
        // The name with the suffix is taken already, and case does not tell identifiers apart.
        #expect(texts.identifier(name: "pd", text: "third") == "LicenseRef-pd-3")
        #expect(texts.identifier(name: "PD 2", text: "fourth") == "LicenseRef-PD-2-2")
        #expect(texts.identifier(name: "P+D", text: "a") == "LicenseRef-P-plus-D")
        #expect(texts.identifier(name: "P_D", text: "a") == "LicenseRef-P-D")
        #expect(texts.identifier(name: "P D", text: "a") == "LicenseRef-P-D-2")
        #expect(Set(texts.licenses.map(\.id)).count == texts.licenses.count)
    }

    @Test func `the name in an identifier ends at the limit licenseNameLength`() {
        var texts = LicenseTexts()
        let name = String(repeating: "x", count: Limits.licenseNameLength + 1)
        let identifier = texts.identifier(name: name, text: "a")
        #expect(identifier.utf8.count == "LicenseRef-".utf8.count + Limits.licenseNameLength)
        #expect(texts.identifier(name: name + "y", text: "b") == identifier + "-2")
        #expect(texts.licenses.first?.name == name)
    }

    @Test func `texts beyond licenseTextsSize are left out`() {
        var texts = LicenseTexts()
        let text = String(repeating: "x", count: Limits.licenseTextsSize / 2)
        for name in ["a", "b", "c"] { _ = texts.identifier(name: name, text: text) }
        #expect(texts.licenses.map { $0.text == text } == [true, true, false])
        #expect(texts.licenses.last?.text == LicenseTexts.leftOutText)
    }

    @Test func `an element states the finding with the identifiers of the document`() throws {
        var texts = LicenseTexts()
        _ = texts.identifier(name: "PD", text: "of another package")
        var finding = LicenseFinding(.dep5, at: "usr/share/doc/a/copyright", lines: 3...9)
        finding.declared = LicenseExpression(parsing: "MIT AND (LicenseRef-x OR Zlib)")
        finding.texts = [.init("LicenseRef-x", name: "PD", text: "of this one")]
        finding.copyright = "2001 A"
        finding.parts = [.init(try #require(LicenseExpression(parsing: "ISC")), patterns: ["a/*", "b.c"])]
        var element = Element(id: "a", name: "a")
        element.state(finding, &texts)
        #expect(element.licenseDeclared == "MIT AND (LicenseRef-PD-2 OR Zlib)")
        #expect(element.licenseComments == "dep5 usr/share/doc/a/copyright:3-9")
        #expect(element.copyright == "2001 A")
        #expect(element.properties == [.init("LicenseOfFiles", "ISC: a/* b.c")])
    }

    @Test func `the licenses of some files are bounded by licenseParts and licensePatternsLength`() throws {
        var finding = LicenseFinding(.dep5, at: "a")
        let license = try #require(LicenseExpression(parsing: "ISC"))
        let pattern = String(repeating: "p", count: Limits.licensePatternsLength / 2)
        finding.parts = Array(
            repeating: .init(license, patterns: [pattern, "b", pattern, "c"]), count: Limits.licenseParts + 2)
        var (element, texts) = (Element(id: "a", name: "a"), LicenseTexts())
        element.state(finding, &texts)
        #expect(element.properties.count == Limits.licenseParts + 1)
        #expect(element.properties.first?.value == "ISC: \(pattern) b (2 more)")
        #expect(element.properties.last?.value == "2 more licenses")
    }
}
