import ByteStreams
import Foundation
import TestSupport
import Testing

/// Options from configuration files and variables of the environment.
@Suite struct SettingsTests {
    /// Runs `sbomkit` in a folder of its own, with a configuration of the user and one of the folder.
    private func run(
        _ line: String, user: String? = nil, folder local: String? = nil, environment: String = ""
    ) throws -> ShellResult {
        try withTemporaryFolder { folder in
            _ = try shell("mkdir -p '\(folder)/home/sbomkit' '\(folder)/work'")
            if let user { try Data(user.utf8).write(to: URL(fileURLWithPath: "\(folder)/home/sbomkit/config.json")) }
            if let local { try Data(local.utf8).write(to: URL(fileURLWithPath: "\(folder)/work/.sbomkit.json")) }
            return try shell(
                """
                unset SOURCE_DATE_EPOCH; cd '\(folder)/work'; F='\(fixtures)'
                XDG_CONFIG_HOME='\(folder)/home' \(environment) '\(program)' \(line)
                """)
        }
    }

    private let generate = "generate -q $F/distroless"

    @Test func `the command line, variables, the folder and the user take precedence in this order`() throws {
        let user = #"{"generate": {"format": "spdx-tag-value"}}"#
        let local = #"{"generate": {"format": "cyclonedx-xml"}}"#
        let variable = "SBOMKIT_GENERATE_FORMAT=purls"
        #expect(try run(generate).text.hasPrefix("{"))
        #expect(try run(generate, user: user).text.hasPrefix("SPDXVersion: "))
        #expect(try run(generate, user: user, folder: local).text.hasPrefix("<?xml"))
        #expect(try run(generate, user: user, folder: local, environment: variable).text.hasPrefix("pkg:deb/"))
        let table = try run("\(generate) --format=table", user: user, folder: local, environment: variable)
        #expect(table.text.hasPrefix("NAME "))
        // A name with a format, or an ending that names one, is a statement of the command line too.
        #expect(try run("\(generate) -o table", user: user).text.hasPrefix("NAME "))
        #expect(try run("\(generate) -o a.cdx.xml && cat a.cdx.xml", user: user).text.hasPrefix("<?xml"))
        #expect(try run("\(generate) -o a.txt && cat a.txt", user: user).text.hasPrefix("SPDXVersion: "))
    }

    @Test func `a file sets options of all commands and of one, which takes precedence`() throws {
        let user = #"{"depth": 1, "quiet": true, "outline": {"color": "always"}, "query": {"fields": "version"}}"#
        let outline = try run("outline $F/expected/debian-small.spdx.json", user: user)
        #expect(outline.text.contains("\u{1B}[") && outline.text.split(separator: "\n").count < 9)
        #expect(try run("generate $F/debian-small", user: user).errors.isEmpty)
        #expect(try run("query $F/expected/debian-small.spdx.json name:^alpha$", user: user).text == "1:2.3-4\n")
        let off = #"{"quiet": true, "generate": {"quiet": false}}"#
        #expect(try run("generate $F/debian-small", user: off).errors.contains("unmet dependency"))
    }

    @Test func `repeated options take arrays`() throws {
        let user = #"{"generate": {"creator": ["Organization: One", "Person: Two"]}}"#
        let text = try run(generate, user: user).text
        #expect(text.contains("Organization: One") && text.contains("Person: Two"))
    }

    @Test func `without configuration no file is read`() throws {
        let user = #"{"generate": {"format": "purls"}}"#
        #expect(try run("generate -q --no-config $F/distroless", user: user, folder: "{").text.hasPrefix("{"))
        #expect(try run("--no-config generate -q $F/distroless", user: user, folder: "{").text.hasPrefix("{"))
    }

    @Test(arguments: [
        #"{"generate": {"output": "stolen.json"}}"#, #"{"generate": {"plain-http": true}}"#,
        #"{"generate": {"authfile": "/etc/passwd"}}"#, #"{"quiet": true}"#,
        #"{"generate": {"base": "docker://evil.example/a"}}"#,
    ])
    func `a file in the current folder sets only how results look`(text: String) throws {
        let result = try run("generate $F/debian-small > out.json; ls", folder: text)
        #expect(result.code == 0 && result.text == "out.json\n")
        #expect(result.lines.first?.contains(" is ignored: ") == true)
    }

    @Test(arguments: [
        (
            #"{"generate": {"formt": "spdx"}}"#,
            "formt: no such option of generate, and no command; did you mean format?"
        ),
        (#"{"genrate": {}}"#, "did you mean generate?"), (#"{"generate": 1}"#, "expected an object with options"),
        ("[]", "expected a JSON object"), (#"{"generate": {"#, ":1:15: "),
        (#"{"generate": {"sources": "yes"}}"#, "expected true or false, found a string"),
        (#"{"generate": {"name": ["a"]}}"#, "expected a string, found an array"),
        (#"{"generate": {"creator": [1, null]}}"#, "expected an array of strings"),
    ])
    func `a wrong file is an error with a hint`(text: String, words: String) throws {
        let result = try run(generate, user: text)
        #expect(result.code == 65 && result.output.isEmpty)
        #expect(
            result.lines.first?.contains("config.json") == true && result.errors.contains(words), "\(result.errors)")
        #expect(result.lines.last == "sbomkit: hint: --no-config reads no configuration file")
    }

    @Test func `a wrong value names the file`() throws {
        let result = try run(generate, user: #"{"generate": {"format": "swid"}}"#)
        #expect(result.code == 64)
        #expect(result.lines.last?.hasPrefix("sbomkit: hint: options were also read from ") == true)
    }

    @Test func `verbose names the files`() throws {
        let result = try run("generate -v $F/distroless", user: "{}", folder: "{}")
        #expect(result.lines.count { $0.contains("config.json: options are read from it") } == 1)
        #expect(result.lines.count { $0.contains(".sbomkit.json: options are read from it") } == 1)
    }

    @Test func `a file that is too large or no file is refused`() throws {
        let large = String(repeating: " ", count: Limits.configurationSize + 1)
        #expect(try run(generate, user: large).errors.contains("expected at most 1048576 bytes"))
        let result = try run("version; mkfifo .sbomkit.json; '\(program)' \(generate)")
        #expect(result.code == 65 && result.errors.contains(".sbomkit.json: cannot be read; expected a regular file"))
    }

    @Test func `variables set options of one command or of all`() throws {
        #expect(try run("generate $F/debian-small", environment: "SBOMKIT_QUIET=1").errors.isEmpty)
        #expect(try run("generate $F/debian-small", environment: "SBOMKIT_GENERATE_QUIET=true").errors.isEmpty)
        #expect(try !run("generate $F/debian-small", environment: "SBOMKIT_QUIET=false").errors.isEmpty)
        #expect(try run(generate, environment: "SBOMKIT_FORMAT=purls").text.hasPrefix("pkg:"))
        // The format of documents is none of a query.
        let query = "query $F/expected/debian-small.spdx.json name:^alpha$"
        #expect(try run(query, environment: "SBOMKIT_FORMAT=purls").code == 0)
        let wrong = try run(query, environment: "SBOMKIT_QUIET=maybe")
        #expect(wrong.code == 64 && wrong.errors.contains("SBOMKIT_QUIET: expected true or false"))
        // What no option is named for is for other programs.
        #expect(try run(query, environment: "SBOMKIT_OTHER=1").code == 0)
    }

    @Test func `options that exclude each other are not combined`() throws {
        let user = #"{"platform": "linux/arm64", "quiet": true}"#
        #expect(try run("generate $F/multiarch --all-platforms -o 'a-{arch}.json' && ls", user: user).code == 0)
        let quiet = #"{"quiet": true}"#
        #expect(try run("generate -v $F/debian-small", user: quiet).errors.contains("unmet dependency"))
    }
}
