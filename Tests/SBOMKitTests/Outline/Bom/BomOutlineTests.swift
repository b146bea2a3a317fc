import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// The outlines that bom made of real documents, and ours.
@Suite struct BomOutlineTests {
    struct Run {
        let input: String
        let arguments: [String]
        let exit: Int
        let output: String
    }

    @Test(.needsCorpus)
    func `every outline that bom can draw is drawn to the byte`() throws {
        var (good, same, failed, unreadable) = (0, 0, 0, 0)
        var different: [String] = []
        var read: (path: String, outline: Outline?) = ("", nil)
        for run in try runs() {
            let path = "\(corpus ?? "")/outline/\(run.input)"
            if read.path != path { read = (path, try? Outline(try bytes(ofFile: path), for: .bom)) }
            guard let outline = read.outline else {
                if run.exit == 0 {
                    good += 1
                    different.append("\(run.input) \(run.arguments): not read")
                } else {
                    unreadable += 1
                }
                continue
            }
            var lines = outline.lines(try #require(Self.options(run.arguments)))
            var drawn: [UInt8] = []
            while let piece = lines.nextPiece() { drawn += piece }
            guard run.exit == 0 else {
                failed += 1
                #expect(!drawn.isEmpty)
                continue
            }
            good += 1
            let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            if drawn == (try bytes(ofFile: "\(folder)/\(run.output)")) {
                same += 1
            } else {
                different.append("\(run.input) \(run.arguments)")
            }
        }
        print("bom outlines: \(same) of \(good) the same; of what bom failed at \(failed) drawn, \(unreadable) refused")
        #expect(different.isEmpty, "\(different.count): \(different.prefix(40).joined(separator: "\n"))")
        #expect(good > 1_000)
    }

    /// A document with a cycle, a repeated element, a file, and what belongs to another document.
    static let document = """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "example",
         "documentDescribes": ["SPDXRef-b", "SPDXRef-a"],
         "packages": [
          {"SPDXID": "SPDXRef-a", "name": "alpha", "versionInfo": "1"},
          {"SPDXID": "SPDXRef-b", "name": "bravo",
           "externalRefs": [{"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl",
            "referenceLocator": "PKG:deb/Debian/Bravo@1%2B2?b=c/d&a="}]},
          {"SPDXID": "SPDXRef-c", "versionInfo": "3"}],
         "files": [{"SPDXID": "SPDXRef-f", "fileName": "./f"}],
         "relationships": [
          {"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-c"},
          {"spdxElementId": "SPDXRef-c", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-a"},
          {"spdxElementId": "SPDXRef-c", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-f"},
          {"spdxElementId": "SPDXRef-c", "relationshipType": "CONTAINS", "relatedSpdxElement": "NOASSERTION"},
          {"spdxElementId": "SPDXRef-a", "relationshipType": "OTHER", "relatedSpdxElement": "DocumentRef-x:SPDXRef-y"}]}
        """

    @Test func `a cycle, a file and another document's element look as bom has them`() throws {
        var options = Outline.Options()
        options.style = .bom
        let lines = Array(try Outline(Array(Self.document.utf8)).lines(options))
        #expect(
            lines.dropFirst(7) == [
                " 📂 SPDX Document example", "  │ ", "  │ 📦 DESCRIBES 2 Packages", "  │ ", "  ├ alpha@1",
                "  │  │ 🔗 2 Relationships", "  │  ├ DEPENDS_ON PACKAGE SPDXRef-c", "  │  │  │ 🔗 2 Relationships",
                "  │  │  ├ DEPENDS_ON PACKAGE alpha@1", "  │  │  └ CONTAINS FILE ./f (./f)", "  │  │ ",
                "  │  └ OTHER SPDXRef-y (external)", "  │ ", "  ├ bravo", "  │  └ 🔗 0 Relationships",
                "  └ 📄 DESCRIBES 0 Files", "", "",
            ])
    }

    @Test func `finding something in a cycle ends`() throws {
        var options = Outline.Options()
        options.style = .bom
        options.find = "./f"
        let lines = Array(try Outline(Array(Self.document.utf8)).lines(options))
        #expect(
            lines.dropFirst(9).dropLast(3) == [
                "  │ 📦 DESCRIBES 1 Packages", "  │ ", "  ├ alpha@1", "  │  └ DEPENDS_ON PACKAGE SPDXRef-c",
                "  │  │  ├ DEPENDS_ON PACKAGE alpha@1", "  │  │  └ CONTAINS FILE ./f (./f)", "  │  │ ", "  │ ",
            ])
    }

    /// bom visits every way through the cycles, of which there are more than anybody can wait for.
    @Test func `a search that visits too much ignores the depth`() throws {
        let count = 20
        let packages = (0..<count).map { #"{"SPDXID": "SPDXRef-\#($0)", "name": "p\#($0)"}"# }.joined(separator: ",")
        var needs: [String] = []
        for from in 0..<count - 1 {
            // The last one is found from all but the first.
            for to in 0..<(from == 0 ? count - 1 : count) {
                needs.append(
                    #"{"spdxElementId": "SPDXRef-\#(from)", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-\#(to)"}"#
                )
            }
        }
        let document = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "documentDescribes": ["SPDXRef-0"],
             "packages": [\(packages)], "relationships": [\(needs.joined(separator: ","))]}
            """
        let outline = try Outline(Array(document.utf8))
        func found(_ name: String, depth: Int?) -> [String] {
            var options = Outline.Options()
            options.style = .bom
            options.find = name
            options.depth = depth
            var lines = outline.lines(options)
            var all: [String] = []
            while let line = lines.next() { all.append(line) }
            return all
        }
        // There are some 10^14 ways.
        #expect(Limits.bomSearchSteps < 100_000_000)
        #expect(found("no such", depth: 16) == found("no such", depth: nil))
    }

    @Test func `package URLs are spelled as bom spells them`() throws {
        var options = Outline.Options()
        options.style = .bom
        options.showsPURLs = true
        let lines = Array(try Outline(Array(Self.document.utf8)).lines(options))
        #expect(lines.contains("  ├ pkg:deb/debian/bravo@1%2B2?b=c%2Fd"))
    }

    @Test func `thousands of levels are drawn without a stack`() throws {
        let count = 20_000
        let packages = (0..<count).map { #"{"SPDXID": "SPDXRef-\#($0)", "name": "p"}"# }.joined(separator: ",")
        let needs = (1..<count).map {
            #"{"spdxElementId": "SPDXRef-\#($0 - 1)", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-\#($0)"}"#
        }.joined(separator: ",")
        let document = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "deep", "documentDescribes": ["SPDXRef-0"],
             "packages": [\(packages)], "relationships": [\(needs)]}
            """
        let outline = try Outline(Array(document.utf8))
        for style in Outline.Style.allCases {
            var options = Outline.Options()
            options.style = style
            options.find = "p"
            options.depth = 100
            var lines = outline.lines(options)
            #expect(lines.nextPiece() != nil)
            options.find = "no such"
            options.depth = nil
            lines = outline.lines(options)
            #expect(lines.nextPiece() != nil)
        }
        var options = Outline.Options()
        options.style = .bom
        var lines = outline.lines(options)
        var size = 0
        for _ in 0..<1_000 { size += lines.nextPiece()?.count ?? 0 }
        #expect(size > 64_000_000)
    }

    private func runs() throws -> [Run] {
        let manifest = try JSONValue(
            parsing: bytes(ofFile: "\(corpus ?? "")/outline/manifest.json"), limits: Limits())
        guard case .array(let inputs) = manifest else { return [] }
        var runs: [Run] = []
        for case .object(let input) in inputs {
            guard case .string(let path) = input["input"], case .array(let list) = input["runs"] else { continue }
            for case .object(let run) in list {
                guard case .array(let arguments) = run["args"], case .number(let exit) = run["exit"],
                    case .string(let output) = run["output"]
                else { continue }
                let words = arguments.compactMap { if case .string(let word) = $0 { word } else { nil } }
                runs.append(Run(input: path, arguments: words, exit: exit.int ?? -1, output: output))
            }
        }
        return runs
    }

    /// What bom's arguments are in ours; nil for one that is not known.
    private static func options(_ arguments: [String]) -> Outline.Options? {
        var options = Outline.Options()
        options.style = .bom
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--depth", "-d": options.depth = rest.popFirst().flatMap { Int($0) }
            case "--find", "-f": options.find = rest.popFirst()
            case "--purl": options.showsPURLs = true
            case "--spdx-ids": options.showsIDs = true
            case "--version=false": options.showsVersions = false
            default: return nil
            }
        }
        return options
    }
}
