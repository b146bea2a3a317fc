import ByteStreams
import Testing

@Suite struct PathPatternsTests {
    @Test(arguments: [
        ("var/lib/dpkg/status", "var/lib/dpkg/status", true),
        ("var/lib/dpkg/status", "lib/dpkg/status", false),
        ("var/lib/dpkg/status", "var/lib/dpkg/status/more", false),
        ("d/*", "d/a", true), ("d/*", "d/a/b", false), ("d/*", "d", false), ("d/*", "e/a", false),
        ("d/*.list", "d/a.list", true), ("d/*.list", "d/.list", true), ("d/*.list", "d/a.list.bak", false),
        ("d/ab*ba", "d/aba", false), ("d/ab*ba", "d/abba", true), ("d/ab*ba", "d/abcba", true),
        ("var/**/desc", "var/desc", true), ("var/**/desc", "var/a/b/desc", true), ("var/**/desc", "a/var/desc", false),
        ("**/*.jar", "a.jar", true), ("**/*.jar", "opt/app/a.jar", true), ("**/*.jar", "a.jar/b", false),
        ("**/conda-meta/*.json", "conda-meta/a.json", true),
        ("**/conda-meta/*.json", "opt/conda-meta/a.json", true),
        ("**/conda-meta/*.json", "opt/conda-meta/x/a.json", false),
        ("**/node_modules/@*/*/package.json", "app/node_modules/@types/node/package.json", true),
        ("**/node_modules/@*/*/package.json", "app/node_modules/types/node/package.json", false),
        ("lib/opkg/**", "lib/opkg/a/b", true), ("lib/opkg/**", "usr/lib/opkg/a", false),
        ("lib/opkg/**", "lib/opkg", false), ("lib/opkg/**", "lib/opkga/a", false), ("lib/*/**", "lib/a/b", true),
        ("lib/*/**", "lib/a", false), ("**/*.a.b", "x/y.a.b", true), ("**/*.a.b", "x/y.b", false),
        ("**/*-db", "x/y-db", true), ("**/*-db", "x/y", false), ("*/x/*", "a/x/b", true), ("*/x/*", "a/y/b", false),
        ("*", "a", true), ("*", "a/b", false), ("a.d/*", "a.d/b", true), ("a.d/*", "b", false),
    ])
    func `a pattern matches whole paths`(pattern: String, path: String, isMatch: Bool) {
        let patterns = PathPatterns([pattern])
        let bytes = Array(path.utf8)
        #expect(patterns.matches(bytes[...]) == isMatch)
        #expect(patterns.matches(bytes.split(separator: UInt8(ascii: "/"))) == isMatch)
        #expect(!PathPatterns([]).matches(bytes[...]))
    }

    @Test func `names that are not UTF-8 match too`() {
        #expect(PathPatterns(["d/*"]).matches([0x64, 0x2F, 0xFF]))
    }

    @Test func `sets add up, and know their exact paths and folders`() {
        let patterns: PathPatterns = ["a/b", "d/*", "d/*.list", "**/x"]
        let sum = patterns + ["a/b", "c", "e/f/*"]
        #expect(sum.exactPaths == ["a/b", "c"])
        #expect(sum.folders == ["d", "e/f"])
        for path in ["a/b", "d/y", "z/x", "c", "e/f/g"] { #expect(sum.matches(Array(path.utf8)[...])) }
        #expect(sum.matches(Array("g".utf8)[...], in: "e/f"))
        #expect(!sum.matches(Array("g".utf8)[...], in: "e"))
    }
}
