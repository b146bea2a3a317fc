import Foundation
import SBOMKitCLI
import TestSupport
import Testing

/// The commands and the code in the README and in `docs`, as a reader runs them.
@Suite struct DocumentationTests {
    /// A fenced block of a page.
    struct Block: Sendable, CustomTestStringConvertible {
        let page: String
        let line: Int
        let language: String
        let lines: [String]

        var testDescription: String { "\(page):\(line)" }

        /// The commands of a `console` block, each with the output below it.
        var commands: [(line: String, output: String)] {
            var found: [(line: String, output: String)] = []
            var isContinued = false
            for line in lines {
                if let last = found.indices.last, isContinued {
                    found[last].line += "\n\(line)"
                    isContinued = line.hasSuffix("\\")
                } else if line.hasPrefix("$ ") {
                    found.append((String(line.dropFirst(2)), ""))
                    isContinued = line.hasSuffix("\\")
                } else if let last = found.indices.last {
                    found[last].output += "\(line)\n"
                }
            }
            return found
        }
    }

    static let pages: [String] =
        ["README.md"]
        + names(inFolder: "\(packageFolder)/docs").filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }

    static func blocks(of page: String) throws -> [Block] {
        let text = String(decoding: try bytes(ofFile: "\(packageFolder)/\(page)"), as: UTF8.self)
        var blocks: [Block] = []
        var open: (line: Int, language: String, lines: [String])?
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            .enumerated()
        {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(Block(page: page, line: block.line, language: block.language, lines: block.lines))
                    open = nil
                } else {
                    open = (number + 1, String(line.dropFirst(3)), [])
                }
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }

    /// A folder that looks like a clone, with `sbomkit` in the path.
    private func inClone(_ body: (_ run: (String) throws -> ShellResult) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let setUp = """
                mkdir '\(folder)/bin' '\(folder)/clone' && ln -s '\(program)' '\(folder)/bin/sbomkit' && cd '\(folder)/clone' && \
                for name in Fixtures Schemas README.md CHANGELOG.md docs; do ln -s '\(packageFolder)'/$name $name; done
                """
            try #require(try shell(setUp).code == 0)
            try body { line in
                try shell(
                    """
                    cd '\(folder)/clone'; unset SOURCE_DATE_EPOCH NO_COLOR; export XDG_CONFIG_HOME=/dev/null LC_ALL=C.UTF-8
                    PATH='\(folder)/bin':$PATH; exec 2>&1; \(line)
                    """)
            }
        }
    }

    @Test(arguments: pages)
    func `each console block prints what stands below it`(page: String) throws {
        let blocks = try Self.blocks(of: page).filter { $0.language == "console" }
        guard !blocks.isEmpty else { return }
        try inClone { run in
            for block in blocks {
                #expect(!block.commands.isEmpty, "\(block.testDescription): no command")
                for command in block.commands {
                    let result = try run(command.line)
                    // A page cannot show that the last line has no end.
                    let text = result.text.isEmpty || result.text.hasSuffix("\n") ? result.text : result.text + "\n"
                    #expect(text == command.output, "\(block.testDescription): \(command.line)")
                }
            }
        }
    }

    /// Commands that need a registry, another program or root are not run, but their options must exist.
    @Test(arguments: pages)
    func `each sbomkit command in a sh block parses`(page: String) throws {
        for block in try Self.blocks(of: page) where block.language == "sh" {
            // Everything but sbomkit does nothing, and sbomkit writes down its arguments.
            let stub = """
                PATH=/nonexistent; exec 3>&1; command_not_found_handle() { :; }; .build/release/sbomkit() { sbomkit "$@"; }
                sbomkit() { printf '%s\\n' "$@" "" >&3; }; source() { :; }; cd() { :; }; exit() { :; }
                """
            let lines = block.lines.joined(separator: "\n")
            let result = try shell("exec 2>/dev/null </dev/null; \(stub)\n\(lines)\n:")
            for arguments in result.text.split(separator: "\n\n", omittingEmptySubsequences: true) {
                let words = arguments.split(separator: "\n").map(String.init)
                #expect(Program.usageProblem(of: words) == nil, "\(block.testDescription): \(words)")
            }
            let hasCommand = block.lines.contains { $0.hasPrefix("sbomkit ") }
            #expect(!hasCommand || !result.text.isEmpty, "\(block.testDescription): no command was seen")
        }
    }

    /// The code of docs/library.md, block by block, compiled against the library that was built with the tests.
    @Test func `the Swift code of the docs compiles`() throws {
        let blocks = try Self.pages.flatMap(Self.blocks).filter { $0.language == "swift" }
        #expect(blocks.count > 3)
        let products = URL(fileURLWithPath: program).deletingLastPathComponent().path
        try withTemporaryFolder { folder in
            for (number, block) in blocks.enumerated() {
                let file = "\(folder)/example\(number).swift"
                try Data(block.lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
                let result = try shell(
                    """
                    cd '\(packageFolder)'; flags=$(pkg-config --cflags-only-I libxml-2.0 | sed 's/-I/-Xcc -I/g')
                    for map in Sources/*/module.modulemap '\(products)'/*.build/module.modulemap; do
                        flags="$flags -Xcc -fmodule-map-file=$map"
                    done
                    swiftc -typecheck -swift-version 6 -warnings-as-errors -enable-upcoming-feature MemberImportVisibility \
                        -I '\(products)/Modules' $flags '\(file)'
                    """)
                #expect(result.code == 0, "\(block.testDescription): \(result.errors)")
            }
        }
    }

    @Test func `links between pages lead somewhere`() throws {
        for page in Self.pages {
            let text = String(decoding: try bytes(ofFile: "\(packageFolder)/\(page)"), as: UTF8.self)
            let folder = URL(fileURLWithPath: "\(packageFolder)/\(page)").deletingLastPathComponent()
            for match in text.matches(of: /\]\(([^)#\s]*)(?:#([^)]*))?\)/) {
                let target =
                    match.output.1.isEmpty ? URL(fileURLWithPath: page).lastPathComponent : String(match.output.1)
                guard !target.contains(":") else { continue }
                let path = folder.appendingPathComponent(target).path
                #expect(FileManager.default.fileExists(atPath: path), "\(page): \(target)")
                guard let anchor = match.output.2, path.hasSuffix(".md") else { continue }
                let other = String(decoding: try bytes(ofFile: path), as: UTF8.self)
                #expect(Self.anchors(of: other).contains(String(anchor)), "\(page): \(target)#\(anchor)")
            }
        }
    }

    /// The anchors of the headings of a page, as GitHub makes them.
    private static func anchors(of text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                let title = line.drop { $0 == "#" }.trimmingPrefix(" ").lowercased()
                return String(title.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }).replacing(
                    " ", with: "-")
            })
    }
}
