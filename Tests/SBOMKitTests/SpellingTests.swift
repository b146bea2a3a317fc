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
}
