import ByteStreams
import SBOMKit
import TestSupport
import Testing

/// Why something is in a document.
@Suite struct ReasonTests {
    /// A document of an image with the packages, and what needs what: `a>b` or `a CONTAINS b`.
    static func image(_ packages: [String], _ needs: [String]) -> [UInt8] {
        let items = packages.map { #"{"SPDXID": "SPDXRef-\#($0)", "name": "\#($0)", "versionInfo": "1"}"# }
        func edge(_ from: String, _ type: String, _ to: String) -> String {
            """
            {"spdxElementId": "SPDXRef-\(from)", "relationshipType": "\(type)", "relatedSpdxElement": "SPDXRef-\(to)"}
            """
        }
        var edges = [edge("DOCUMENT", "DESCRIBES", "image"), edge("image", "CONTAINS", "os")]
        edges += packages.map { edge("os", "CONTAINS", $0) }
        edges += needs.map { need in
            let words = need.split(separator: " ").map(String.init)
            if words.count == 3 { return edge(words[0], words[1], words[2]) }
            let ends = need.split(separator: ">").map(String.init)
            return edge(ends[0], "DEPENDS_ON", ends[1])
        }
        return Array(
            """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "packages": [
             {"SPDXID": "SPDXRef-image", "name": "image", "primaryPackagePurpose": "CONTAINER"},
             {"SPDXID": "SPDXRef-os", "name": "os", "primaryPackagePurpose": "OPERATING-SYSTEM"},
             \(items.joined(separator: ","))], "relationships": [\(edges.joined(separator: ","))]}
            """.utf8)
    }

    private func lines(
        _ document: [UInt8], _ text: String, chains: Int? = nil, _ change: (inout Outline.Options) -> Void = { _ in }
    ) throws -> [String] {
        var options = Outline.Options()
        options.isASCII = true
        change(&options)
        return try Outline(document).reasons(for: text, options, chains: chains)
            .lines(options, isComplete: chains != nil, moreHint: " (hint)")
    }

    @Test func `the answer says how many need it, and which top-level packages pull it in`() throws {
        let document = Self.image(
            ["ssl", "curl", "app", "tool", "lib", "other"],
            ["lib>ssl", "curl>lib", "app>curl", "app>lib", "tool>ssl", "other>app", "tool>curl"])
        #expect(
            try lines(document, "ssl") == [
                "ssl@1: 2 packages need it directly, 5 in all", "  directly: tool, lib",
                "  2 top-level packages pull it in:", "    tool@1  -> ssl", "    other@1 -> app -> lib -> ssl",
            ])
        #expect(
            try lines(document, "ssl", chains: 4).dropFirst(2) == [
                "  2 top-level packages pull it in, by 4 chains:", "    tool@1  -> ssl",
                "    tool@1  -> curl -> lib -> ssl",
                "    other@1 -> app -> lib -> ssl", "    other@1 -> app -> curl -> lib -> ssl",
            ])
        #expect(
            try lines(document, "ssl", chains: 1).dropFirst(2) == [
                "  2 top-level packages pull it in:", "    tool@1 -> ssl", "    and 1 more (hint)",
            ])
    }

    @Test func `what nothing needs is shown with what contains it`() throws {
        let document = Self.image(["app", "lib"], ["app>lib"])
        #expect(try lines(document, "app") == ["app@1: no package needs it", "  os CONTAINS it"])
        #expect(
            try lines(document, "image") == [
                "image: no package needs it", "  no relationship leads to it from another element",
            ])
    }

    @Test func `a package needs what it contains, and a circle that nothing needs is on top`() throws {
        let document = Self.image(
            ["jar", "inner", "a", "b", "c"], ["jar CONTAINS inner", "a>b", "b>a", "b>inner", "inner>c", "c>inner"])
        #expect(
            try lines(document, "inner") == [
                "inner@1: 3 packages need it directly, 4 in all", "  directly: jar, b, c",
                "  3 top-level packages pull it in:", "    jar@1 -CONTAINS-> inner", "    b@1   -> inner (cycle)",
                "    c@1   -> inner (cycle)",
            ])
    }

    @Test func `the types of relationships can be chosen`() throws {
        let document = Self.image(["app", "lib"], ["app>lib"])
        #expect(
            try lines(document, "lib") { $0.types = ["CONTAINS"] } == [
                "lib@1: 1 package leads to it directly, 2 in all", "  directly: os",
                "  1 top-level package leads to it:",
                "    image -CONTAINS-> os -CONTAINS-> lib",
            ])
    }

    @Test func `a name that is only similar is said, and many matches are a line each`() throws {
        let document = Self.image(["ssl1", "ssl2", "ssl3", "ssl4", "curl"], ["curl>ssl1"])
        #expect(try Outline(document).reasons(for: "sls1").nearest == ["ssl1"])
        #expect(try Outline(document).reasons(for: "nothing-like-it").nearest.isEmpty)
        #expect(
            try lines(document, "ssl") == [
                "ssl1@1: 1 package needs it directly", "ssl2@1: no package needs it", "ssl3@1: no package needs it",
                "ssl4@1: no package needs it", "what pulls them in is left out (hint)",
            ])
    }

    @Test func `many top-level packages fit a screen`() throws {
        let names = (0..<200).map { "p\($0)" }
        let text = try lines(Self.image(["lib"] + names, names.map { "\($0)>lib" }), "lib")
        #expect(text.count == 3 + Outline.defaultChains + 1)
        #expect(text[1] == "  directly: p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11 and 188 more")
        #expect(text.last == "    and \(200 - Outline.defaultChains) more (hint)")
    }

    @Test func `chains are searched for some elements, and further matches are counted`() throws {
        let found = try Outline(Self.image((0..<Limits.chainTargets + 10).map { "p\($0)" }, [])).reasons(for: "p")
        #expect(found.reasons.count == Limits.chainTargets)
        #expect(found.others == 10)
    }

    @Test func `there may be more chains than anybody can count`() throws {
        // Each of 40 levels of two packages needs both of the next.
        let needs = (0..<78).flatMap { from in [0, 1].map { "p\(from)>p\(from / 2 * 2 + 2 + $0)" } }
        let document = Self.image((0..<80).map { "p\($0)" }, needs)
        let found = try Outline(document).reasons(for: "p79", chains: 7).reasons
        let chains = found[0].topLevel.flatMap(\.chains)
        #expect(chains.count == 7)
        #expect(chains.allSatisfy { $0.steps.count == 40 })
        #expect(found[0].hasMore)
    }

    @Test(.timeLimit(.minutes(10)))
    func `a long chain is found, and not written for all that stand at its end`() throws {
        // What each needs, and a way back to the second from each, which leads into nothing but circles.
        let length = 3_000
        let packages = (0..<length).map {
            #"{"SPDXID": "SPDXRef-\#($0)", "name": "\#($0 + 1 < length ? "n" : "last")"}"#
        }
        let needs = (1..<length).flatMap { number in
            [(number - 1, number), (number, 1)].map { from, to in
                let ends = #""spdxElementId": "SPDXRef-\#(from)", "relatedSpdxElement": "SPDXRef-\#(to)""#
                return "{\(ends), \"relationshipType\": \"DEPENDS_ON\"}"
            }
        }
        let document = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "documentDescribes": ["SPDXRef-0"],
             "packages": [\(packages.joined(separator: ","))], "relationships": [\(needs.joined(separator: ","))]}
            """
        let outline = try Outline(Array(document.utf8))
        let last = outline.reasons(for: "last", chains: 7).reasons
        #expect(last.map { $0.topLevel.flatMap(\.chains).map(\.steps.count) } == [[length]])
        let all = outline.reasons(for: "n", chains: 1_000)
        #expect(all.reasons.count + all.others == length - 1)
        let steps = all.reasons.flatMap(\.topLevel).flatMap(\.chains).reduce(0) { $0 + $1.steps.count }
        #expect(steps <= Limits.chainSteps + length * Limits.chainTargets)
    }

    @Test func `a name cannot forge a line, and JSON has the shape that is documented`() throws {
        let document = Array(
            String(decoding: Self.image(["app", "lib"], ["app>lib"]), as: UTF8.self)
                .replacing("\"name\": \"app\"", with: "\"name\": \"a\\u001b[31m\\nb\"").utf8)
        #expect(try lines(document, "lib").last == "    a\\u{1b}[31m\\u{a}b@1 -> lib")
        let json = try Outline(Self.image(["app", "lib"], ["app>lib"])).reasons(for: "lib").json
        #expect(
            json.split(separator: "\n").map { $0.drop { $0 == " " } }.joined() == """
                {"schema": "sbomkit-why/1","asked": "lib","packages": [{"name": "lib","version": "1","id": "SPDXRef-lib",\
                "direct": [{"name": "app","version": "1","id": "SPDXRef-app"}],"dependants": 1,\
                "topLevel": [{"name": "app","version": "1","id": "SPDXRef-app","cycle": false,"chains": [[\
                {"name": "app","version": "1","id": "SPDXRef-app"},\
                {"type": "DEPENDS_ON","name": "lib","version": "1","id": "SPDXRef-lib"}]]}],"otherTopLevel": 0,\
                "otherRelationships": [{"type": "CONTAINS","from": {"name": "os","id": "SPDXRef-os"}}],"hasMore": false}],\
                "otherMatches": 0}
                """)
    }

    @Test func `a damaged document is an error or answered, never a crash`() {
        let document = Self.image(["a", "b", "c"], ["a>b", "b>a", "b>c", "a CONTAINS c"])
        for (number, damaged) in mutations(of: document, count: 300, seed: 13).enumerated() {
            do throws(SBOMError) {
                let outline = try Outline(damaged)
                for text in ["c", "*"] { _ = outline.reasons(for: text, chains: 3).json }
            } catch {
                #expect(error.code == .badInput, "\(number): \(error)")
            }
        }
    }
}
