import SBOMKit
import Testing

@Suite struct SpellingTests {
    static let words = ["spdx", "spdx-tag-value", "cyclonedx", "cyclonedx-xml", "table"]

    @Test(arguments: [
        ("spdxx", "spdx"), ("sdpx", "spdx"), ("cylconedx", "cyclonedx"), ("CYCLONEDX", "cyclonedx"), ("tabel", "table"),
        ("cyclonedx-xm", "cyclonedx-xml"), ("cyclone", "cyclonedx"),
    ])
    func `a misspelt word has a nearest one`(text: String, word: String) {
        #expect(Spelling.nearest(to: text, among: Self.words) == word)
    }

    @Test(arguments: ["", "x", "swid", "syft-json", String(repeating: "s", count: 100_000)])
    func `a word that is like none has none`(text: String) {
        #expect(Spelling.nearest(to: text, among: Self.words) == nil)
    }

    @Test func `several words may be equally near, and a question names them`() {
        #expect(Spelling.words(near: "bat", in: ["cat", "hat", "rat", "bats", "dog"]) == ["cat", "hat", "rat"])
        #expect(Spelling.question("bat", in: ["cat", "hat"]) == "; did you mean \"cat\" or \"hat\"?")
        #expect(Spelling.question("lice", in: ["name", "license"]) == "; did you mean \"license\"?")
        #expect(Spelling.question("x", in: ["name"]) == "")
    }

    @Test func `long names cost nothing, and a letter of many marks is as many letters`() {
        let marks = "a" + String(repeating: "\u{301}", count: 100_000)
        #expect(Spelling.words(near: "abc", in: [marks, String(repeating: "abc", count: 100_000)]) == [])
        #expect(Spelling.nearest(to: marks, among: ["abc"]) == nil)
    }
}
