import TestSupport
import Testing

@Suite struct HelpTests {
    static let commands = [
        "", "generate ", "convert ", "validate ", "outline ", "query ", "diff ", "check ", "inspect ", "buildkit-scan ",
        "version ", "completion ",
    ]

    @Test(arguments: commands)
    func `help fits 80 columns`(command: String) throws {
        let help = try sbomkit("\(command)--help").text
        #expect(help.contains("USAGE: sbomkit"))
        for line in help.split(separator: "\n") where !line.hasPrefix("USAGE:") {
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test(arguments: commands)
    func `help lists each option once`(command: String) throws {
        let lines = try sbomkit("\(command)--help").text.split(separator: "\n")
        let options = lines.filter { $0.hasPrefix("  -") }.flatMap { line in
            line.dropFirst(2).split(separator: " ").prefix { $0.hasPrefix("-") }.flatMap {
                $0.split { ",/".contains($0) }
            }
        }
        #expect(options.count > 1)
        #expect(Set(options).count == options.count, "\(options)")
    }

    @Test func `the words of a query stand in a table`() throws {
        let lines = try sbomkit("query --help").text.split(separator: "\n").map(String.init)
        let first = try #require(lines.firstIndex { $0.hasPrefix("  all  ") })
        let table = lines[first...].prefix { $0.hasPrefix("  ") }
        #expect(table.count == 12)
        // All explanations begin in the same column.
        #expect(table.allSatisfy { $0.dropFirst(21).prefix(2).first == " " && $0.dropFirst(22).first != " " })
    }

    @Test func `options are shown in American spelling and accepted in British`() throws {
        let help = try sbomkit("outline --help").text
        #expect(help.contains("--license <text>") && help.contains("--color <color>"))
        #expect(!help.lowercased().contains("licence") && !help.lowercased().contains("colour"))
        let file = "expected/debian-small.spdx.json"
        let american = try sbomkit("outline --license GPL --color always \(file)")
        #expect(american.code == 0)
        for line in ["--licence GPL --colour always", "--licence=GPL --colour=always"] {
            let british = try sbomkit("outline \(line) \(file)")
            #expect(british.output == american.output && british.code == 0)
        }
        for word in ["license", "licence"] {
            #expect(try sbomkit("query \(file) all --fields \(word)").code == 0)
            #expect(try sbomkit("query \(file) 'all \(word):*'").code == 0)
        }
        for word in ["licenses", "licences"] {
            #expect(try sbomkit("diff \(file) \(file) --only \(word)").code == 0)
        }
        // After `--` everything is an argument.
        #expect(try sbomkit("outline -- --licence").errors.contains("--licence: "))
    }

    @Test func `version is about the program, and in outline about names`() throws {
        let version = try sbomkit("--version").text
        for command in ["generate", "convert", "validate", "query", "diff", "check", "inspect"] {
            #expect(try sbomkit("\(command) --version").text == version)
        }
        let help = try sbomkit("outline --help").text
        #expect(help.contains("--no-version") && !help.contains(" --version"))
        let file = "expected/debian-small.spdx.json"
        let shown = try sbomkit("outline \(file)").text
        let hidden = try sbomkit("outline --no-version \(file)").text
        #expect(shown != hidden && shown.hasPrefix("📂"))
        for (flags, text) in [
            ("--version", shown), ("--version=true", shown), ("--version=false", hidden),
            ("--no-version --version", shown), ("--version --no-version", hidden),
        ] {
            #expect(try sbomkit("outline \(flags) \(file)").text == text, "\(flags)")
        }
    }
}
