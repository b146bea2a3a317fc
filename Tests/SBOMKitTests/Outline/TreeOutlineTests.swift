import SBOMKit
import TestSupport
import Testing

@Suite struct TreeOutlineTests {
    /// What the tests of bom's style have, and reverse relationships, control characters, and what nothing leads to.
    static let document = """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "example",
         "documentDescribes": ["SPDXRef-b", "SPDXRef-a"],
         "packages": [
          {"SPDXID": "SPDXRef-a", "name": "alpha", "versionInfo": "1", "licenseDeclared": "MIT"},
          {"SPDXID": "SPDXRef-b", "name": "bravo", "externalRefs": [{"referenceCategory": "PACKAGE_MANAGER",
           "referenceType": "purl", "referenceLocator": "pkg:deb/debian/bravo@1"}]},
          {"SPDXID": "SPDXRef-c", "versionInfo": "3"},
          {"SPDXID": "SPDXRef-d", "name": "del\\u001bta"},
          {"SPDXID": "SPDXRef-e", "name": "日本語",
           "attributionTexts": ["LayerDigest: sha256:\(String(repeating: "a0", count: 32))"]}],
         "files": [{"SPDXID": "SPDXRef-f", "fileName": "./f"}],
         "relationships": [
          {"spdxElementId": "SPDXRef-e", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-d"},
          {"spdxElementId": "SPDXRef-c", "relationshipType": "BUILD_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-b"},
          {"spdxElementId": "SPDXRef-b", "relationshipType": "OTHER", "relatedSpdxElement": "SPDXRef-nowhere"},
          {"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-c"},
          {"spdxElementId": "SPDXRef-c", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-a"},
          {"spdxElementId": "SPDXRef-f", "relationshipType": "CONTAINED_BY", "relatedSpdxElement": "SPDXRef-c"},
          {"spdxElementId": "SPDXRef-a", "relationshipType": "OTHER", "relatedSpdxElement": "DocumentRef-x:SPDXRef-y"}]}
        """

    private func draw(_ change: (inout Outline.Options) -> Void = { _ in }) throws -> [String] {
        var options = Outline.Options()
        change(&options)
        return Array(try Outline(Array(Self.document.utf8)).lines(options))
    }

    @Test func `everything is drawn once, and marked where it comes again`() throws {
        #expect(
            try draw() == [
                "📂 SPDX document example", " │", " │ 📦 DESCRIBES 2 packages", " │", " ├ bravo",
                " │  │ 🔗 2 relationships",
                " │  ├ DEPENDS_ON PACKAGE SPDXRef-c (build)", " │  │  │ 🔗 2 relationships",
                " │  │  ├ DEPENDS_ON PACKAGE alpha@1", " │  │  │  │ 🔗 2 relationships",
                " │  │  │  ├ DEPENDS_ON PACKAGE SPDXRef-c ↻ cycle",
                " │  │  │  └ OTHER DocumentRef-x:SPDXRef-y (external)", " │  │  └ CONTAINS FILE ./f",
                " │  └ OTHER SPDXRef-nowhere (not in the document)", " ├ alpha@1 ↑ shown above", " │",
                " │ ❓ 1 package that nothing leads to", " │", " └ del\\u{1b}ta", "    │ 🔗 1 relationship",
                "    └ DEPENDS_ON PACKAGE 日本語",
            ])
    }

    @Test func `in ASCII nothing else is printed`() throws {
        let lines = try draw { $0.isASCII = true }
        #expect(lines.joined().utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        #expect(lines.last == "     `- DEPENDS_ON PACKAGE \\u{65e5}\\u{672c}\\u{8a9e}")
    }

    @Test func `lines are cut by columns, not by bytes`() throws {
        #expect(try draw { $0.width = 26 }.last == "    └ DEPENDS_ON PACKAGE …")
        #expect(try draw { $0.width = 28 }.last == "    └ DEPENDS_ON PACKAGE 日…")
        #expect(try draw { $0.width = 31 }.last == "    └ DEPENDS_ON PACKAGE 日本語")
    }

    @Test(arguments: ["日本", "*本?", "[!a-z]本语", "ALPHA", "debian/brav"])
    func `all ways to what is looked for are drawn`(text: String) throws {
        let lines = try draw { $0.find = text }
        switch text {
        case "ALPHA":
            #expect(lines.contains(" │  └ DEPENDS_ON PACKAGE SPDXRef-c (build)"))
            #expect(lines.contains(" └ alpha@1 ↑ shown above"))
        case "debian/brav": #expect(lines.last == " └ bravo")
        case "[!a-z]本语": #expect(lines.last == "nothing in it matches")
        default: #expect(lines.suffix(2) == [" └ del\\u{1b}ta", "    └ DEPENDS_ON PACKAGE 日本語"])
        }
    }

    @Test func `a licence and a layer can be looked for`() throws {
        #expect(try draw { $0.license = "mit" }.contains(" └ alpha@1 [MIT] ↑ shown above"))
        #expect(try draw { $0.layer = "a0a0a0" }.last == "    └ DEPENDS_ON PACKAGE 日本語")
        #expect(try draw { $0.layer = "b0a0a0" }.last == "nothing in it matches")
    }

    @Test func `only some types of relationships are followed`() throws {
        let lines = try draw { $0.types = ["CONTAINS"] }
        #expect(!lines.contains { $0.contains("DEPENDS_ON") })
    }

    @Test func `files are counted instead of drawn`() throws {
        #expect(try draw { $0.collapsesFiles = true }.contains(" │  │  └ 1 file"))
    }

    @Test func `a deep tree is drawn in part and says so`() throws {
        let count = 100
        let packages = (0..<count).map { #"{"SPDXID": "SPDXRef-\#($0)", "name": "p"}"# }.joined(separator: ",")
        let needs = (1..<count).map {
            #"{"spdxElementId": "SPDXRef-\#($0 - 1)", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-\#($0)"}"#
        }.joined(separator: ",")
        let document = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "deep", "documentDescribes": ["SPDXRef-0"],
             "packages": [\(packages)], "relationships": [\(needs)]}
            """
        let outline = try Outline(Array(document.utf8))
        let lines = Array(outline.lines())
        #expect(lines.last == "8 of 100 levels are drawn")
        var options = Outline.Options()
        options.depth = 0
        #expect(Array(outline.lines(options)).count > 2 * count)
    }
}
