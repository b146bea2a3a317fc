import Foundation
import TestSupport
import Testing

/// The pages of the manual, beside what the program says of itself.
@Suite struct ManualTests {
    static let folder = packageFolder + "/docs/man"
    static let pages = names(inFolder: folder)

    /// A command, as the argument parser describes it; "" is the program.
    struct Command {
        let name: String
        /// The spellings of each option that help shows.
        let options: [[String]]
        /// The spellings that help does not show.
        let hidden: [String]

        var page: String { name.isEmpty ? "sbomkit.1" : "sbomkit-\(name).1" }
    }

    private static func description() throws -> [String: Any] {
        let text = try sbomkit("--experimental-dump-help").output
        let root = try #require(JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
        return try #require(root["command"] as? [String: Any])
    }

    /// The program and its commands.
    static func commands() throws -> [Command] {
        let root = try description()
        let others = try #require(root["subcommands"] as? [[String: Any]])
        return try ([root] + others.filter { $0["commandName"] as? String != "help" }).map { command in
            let arguments = command["arguments"] as? [[String: Any]] ?? []
            let options = arguments.filter { $0["kind"] as? String != "positional" }
            func spellings(_ option: [String: Any]) -> [String] {
                (option["names"] as? [[String: String]] ?? []).compactMap { name in
                    name["name"].map { (name["kind"] == "long" ? "--" : "-") + $0 }
                }
            }
            let isShown = { (option: [String: Any]) in option["shouldDisplay"] as? Bool == true }
            let name = try #require(command["commandName"] as? String)
            return Command(
                name: name == "sbomkit" ? "" : name, options: options.filter(isShown).map(spellings),
                hidden: options.filter { !isShown($0) }.flatMap(spellings))
        }
    }

    private func lines(of page: String) throws -> [String] {
        try String(contentsOfFile: "\(Self.folder)/\(page)", encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The lines of a section.
    private func section(_ name: String, of page: String) throws -> [String] {
        let lines = try lines(of: page)
        let start = try #require(lines.firstIndex(of: ".Sh \(name)"), "\(page) has no \(name)")
        return Array(lines[(start + 1)...].prefix { !$0.hasPrefix(".Sh ") })
    }

    /// The lines about options for registries.
    private func registries(of page: String) throws -> [String] {
        Array(try section("OPTIONS", of: page).drop { $0 != ".Ss Registries" })
    }

    /// The options that a line in mdoc(7) names: `--output` and `-o` in `.It Fl o Ar FILE , Fl -output Ar FILE`.
    private func options(in line: String) -> [String] {
        let words = line.split(separator: " ")
        return zip(words, words.dropFirst()).filter { $0.0 == "Fl" || $0.0 == ".Fl" }.map { "-\($0.1)" }
    }

    @Test func `each command has a page, and each page a command`() throws {
        let commands = try Self.commands()
        #expect(commands.count > 10)
        #expect(commands.map(\.page).sorted() == Self.pages)
    }

    @Test(arguments: pages)
    func `a page has every option of its command, and no other`(page: String) throws {
        let commands = try Self.commands()
        let command = try #require(commands.first { $0.page == page })
        let listed = try lines(of: page).filter { $0.hasPrefix(".It Fl ") }.map(options)
        for option in command.options {
            // The page of the program has what all commands have in common, too.
            #expect(listed.contains { Set($0).isSuperset(of: option) }, "\(page) lacks \(option)")
        }
        let known = command.name.isEmpty ? commands : [command]
        let spellings = Set(known.flatMap { $0.options.flatMap(\.self) + $0.hidden })
        for option in listed.flatMap(\.self) {
            #expect(spellings.contains(option), "\(page) has \(option)")
        }
    }

    @Test(arguments: pages)
    func `the synopsis has every option`(page: String) throws {
        let command = try #require(try Self.commands().first { $0.page == page })
        let synopsis = try section("SYNOPSIS", of: page)
        let shown = Set(synopsis.flatMap(options))
        let registries = synopsis.contains(".Op Ar REGISTRY-OPTIONS") ? try registries(of: page) : []
        let listed = Set(registries.flatMap(options))
        for option in command.options where !option.contains("--help") {
            #expect(!shown.union(listed).isDisjoint(with: option), "the synopsis of \(page) lacks \(option)")
        }
    }

    @Test(arguments: pages)
    func `a page names itself and what there is`(page: String) throws {
        let name = String(page.dropLast(".1".count))
        let lines = try lines(of: page)
        #expect(lines[1] == ".Dt \(name.uppercased()) 1")
        #expect(try section("NAME", of: page).first == ".Nm \(name)")
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "SEE ALSO"] {
            #expect(lines.contains(".Sh \(section)"), "\(page) has no \(section)")
        }
        // What is named in this manual is in it.
        let references = lines.filter { $0.hasPrefix(".Xr sbomkit") || $0.hasPrefix(".It Xr sbomkit") }
        for line in references {
            let target = try #require(line.split(separator: " ").first { $0.hasPrefix("sbomkit") })
            #expect(Self.pages.contains("\(target).1"), "\(page): \(line)")
        }
        #expect(page == "sbomkit.1" || references.contains { $0.hasPrefix(".Xr sbomkit 1") })
    }

    @Test func `the page of the program lists the commands`() throws {
        let listed = try section("COMMANDS", of: "sbomkit.1").filter { $0.hasPrefix(".It Xr ") }
        let names = try Self.commands().map(\.name).filter { !$0.isEmpty }
        #expect(listed == names.map { ".It Xr sbomkit-\($0) 1" })
    }

    @Test func `the options for registries are explained in one way`() throws {
        let commands = try Self.commands().filter { $0.options.contains(["--authfile"]) }
        let texts = try commands.map { try registries(of: $0.page).joined(separator: "\n") }
        #expect(texts.count > 7 && Set(texts).count == 1)
    }

    /// The lines of the examples of a page that are run here: those of sbomkit up to a pipe, and those that make folders.
    private func examples(of page: String) throws -> [String] {
        var blocks: [[String]] = []
        var isLiteral = false
        for line in try section("EXAMPLES", of: page) {
            if line.hasPrefix(".Bd ") { blocks.append([]) }
            isLiteral = isLiteral && line != ".Ed" || line.hasPrefix(".Bd ")
            guard isLiteral, !line.hasPrefix(".") else { continue }
            blocks[blocks.count - 1].append(line.replacing("\\e", with: "\\"))
        }
        let commands = blocks.flatMap { block in
            block.joined(separator: "\n").replacing("\\\n", with: " ").split(separator: "\n").map(String.init)
        }
        return commands.filter { $0.hasPrefix("sbomkit ") || $0.hasPrefix("mkdir ") }.map { command in
            command.firstRange(of: " | ").map { String(command[..<$0.lowerBound]) } ?? command
        }
    }

    @Test(arguments: pages)
    func `the examples work`(page: String) throws {
        let examples = try examples(of: page)
        #expect(page == "sbomkit-buildkit-scan.1" || !examples.isEmpty)
        let files = [
            ("debian", "debian-small"), ("app", "multiarch"), ("debian.spdx.json", "expected/debian-small.spdx.json"),
            ("debian.cdx.json", "expected/debian-small.cdx.json"),
            ("old.spdx.json", "expected/debian-layers.spdx.json"), ("new.spdx.json", "expected/links.spdx.json"),
            ("vendor.cdx.json", "documents/observatory-1.6.cdx.json"),
        ]
        try withTemporaryFolder { folder in
            for (name, fixture) in files {
                #expect(try shell("cp -R '\(fixtures)/\(fixture)' '\(folder)/\(name)'").code == 0)
            }
            let programs = (program as NSString).deletingLastPathComponent
            for example in examples {
                // No test asks a registry.
                let isOffline = !example.contains("docker://")
                let line = example.replacing("docker://", with: "oci:absent/")
                let result = try shell(
                    "cd '\(folder)'; export HOME=$PWD XDG_CONFIG_HOME=$PWD PATH='\(programs)':$PATH; \(line)")
                let isExpected = isOffline ? [0, 1].contains(result.code) : result.code == 66
                #expect(isExpected, "\(page): \(line): \(result.errors)")
            }
        }
    }
}
