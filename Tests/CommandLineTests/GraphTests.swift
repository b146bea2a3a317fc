import Foundation
import TestSupport
import Testing

/// What `outline` writes for Graphviz, read by Graphviz.
@Suite(.needs(have("dot"), "dot, which .ci/setup test installs with graphviz"))
struct GraphTests {
    @Test(arguments: ["debian-small.spdx.json", "debian-small.cdx.json", "debian-layers.spdx.json", "links.spdx.json"])
    func `Graphviz draws a fixture with all that is in it`(file: String) throws {
        let path = "\(fixtures)/expected/\(file)"
        let drawn = try shell("set -o pipefail; '\(program)' outline --quiet --format dot '\(path)' | dot -Tsvg")
        #expect(drawn.code == 0 && drawn.errors.isEmpty, "\(drawn.errors)")
        let graph = try JSONSerialization.jsonObject(with: Data(try sbomkit("outline --format json '\(path)'").output))
        let object = try #require(graph as? [String: Any])
        let nodes = try #require(object["elements"] as? [Any]).count
        let edges = try #require(object["relationships"] as? [Any]).count
        #expect(drawn.text.split(separator: "class=\"node\"").count - 1 == nodes)
        #expect(drawn.text.split(separator: "class=\"edge\"").count - 1 == edges)
    }

    static let names = [
        "quote \" and \\", "ends with \\", "\\N \\G \\l", "a\nb\tc", "\u{1B}[31m\u{0}", "\u{202E}gpj", "<b>bold</b>",
        "<<br>>",
        "&amp; &#60; & &quot;", "</svg>", "]; } digraph x {", "// no /* comment */ #", "ü 漢 😀", "", "%s%n",
        "{a|b|<p>c}",
        "\u{FFFE}\u{E000}", "\u{2028}x", "a:b:c", "e\u{301}", String(repeating: "x", count: 20_000),
    ]

    @Test func `Graphviz shows hostile names and obeys none`() throws {
        let packages = Self.names.enumerated().map { number, name -> [String: Any] in
            ["SPDXID": "SPDXRef-\(number)", "name": name, "downloadLocation": "NONE"]
        }
        let document: [String: Any] = [
            "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "\"]; <x> \\", "dataLicense": "CC0-1.0",
            "documentDescribes": ["SPDXRef-0"], "packages": packages,
            "relationships": Self.names.indices.map {
                [
                    "spdxElementId": "SPDXRef-0", "relatedSpdxElement": "SPDXRef-\($0)",
                    "relationshipType": $0 == 3 ? "\"]; x -> y [label=\"" : "CONTAINS",
                ]
            },
        ]
        let input = Array(try JSONSerialization.data(withJSONObject: document))
        let line = "set -o pipefail; '\(program)' outline --quiet --format dot - | tee /dev/stderr | dot -Tsvg"
        let drawn = try shell(line, input: input)
        #expect(drawn.code == 0)
        #expect(drawn.errors.hasSuffix("}\n"), "Graphviz has something to say: \(drawn.errors.suffix(300))")
        #expect(drawn.text.split(separator: "class=\"node\"").count - 1 == Self.names.count)
        // What XML shows for the names, as a parser of XML reads it.
        let reader = """
            import sys, xml.etree.ElementTree as tree
            for text in tree.parse(sys.stdin.buffer).iter("{http://www.w3.org/2000/svg}text"): print(text.text)
            """
        let shown = try shell("PYTHONIOENCODING=utf-8 python3 -c '\(reader)'", input: drawn.output).text
        for name in [
            "quote \" and \\", "ends with \\", "\\N \\G \\l", "<b>bold</b>", "&amp; &#60; & &quot;", "</svg>",
            "]; } digraph x {", "ü 漢 😀", "{a|b|<p>c}", "%s%n",
        ] {
            #expect(shown.split(separator: "\n").contains { $0 == name }, "\(name)")
        }
    }
}
