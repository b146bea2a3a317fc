import TestSupport
import Testing

/// Wrong usage, `version` and `completion`.
@Suite struct UsageTests {
    @Test(arguments: [
        ("genrate distroless", "unknown command genrate; did you mean generate?", "", ""),
        ("distroless", "unknown command distroless: ", "expected one of generate, convert, ", ""),
        ("help genrate", "unknown command genrate; did you mean generate?", "", ""),
        ("generate", "error: missing expected argument", "", "generate "),
        (
            "generate distroless --formta spdx", "error: unknown option '--formta'. Did you mean '--format'?", "",
            "generate "
        ),
        (
            "generate distroless --rpm-reader natve", "'--rpm-reader ",
            "expected one of native, librpm; did you mean native?", "generate "
        ),
        ("check a --profile nita", "'--profile <profile>'", "telco, cra, ", "check "),
        ("check a --profile nita", "'--profile <profile>'", "; did you mean ntia?", "check "),
        ("generate a b", "error: unexpected argument 'b'", "", "generate "),
        ("generate a --files some", "'--files ", "expected one of none, modified, owned, all", "generate "),
    ])
    func `wrong usage is one line and a hint`(line: String, start: String, words: String, command: String) throws {
        let result = try sbomkit(line)
        #expect(result.code == 64 && result.output.isEmpty)
        #expect(result.lines.count == 2, "\(result.errors)")
        let first = try #require(result.lines.first)
        #expect(first.hasPrefix("sbomkit: error: ") && first.contains(start) && first.contains(words), "\(first)")
        #expect(result.lines.last == "sbomkit: hint: `sbomkit \(command)--help` lists the options")
    }

    @Test func `version names the libraries`() throws {
        let lines = try sbomkit("version").text.split(separator: "\n")
        #expect(try lines.first.map { "\($0)\n" } == sbomkit("--version").text)
        #expect(
            lines.dropFirst().map { $0.prefix { !$0.isNumber } } == [
                "bzip", "liblzma ", "OpenSSL ", "zstd ", "SPDX License List ",
            ])
        #expect(try sbomkit("version --json").text.hasPrefix("{\"sbomkit\":\""))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completions are those of the argument parser, with values`(shellName: String) throws {
        let script = try sbomkit("completion \(shellName)")
        #expect(script.code == 0)
        let generated = try sbomkit("--generate-completion-script \(shellName)").output
        #expect(script.output.starts(with: generated.prefix(max(0, generated.count - 1))))
        for word in ["github-json", "cyclonedx-xml@1.7", "markdown", "dependency-track", "telco"] {
            #expect(script.text.contains(word), "\(word)")
        }
        if have(shellName) {
            #expect(try shell("\(shellName) -n", input: script.output).code == 0)
        }
    }

    @Test(arguments: [
        ("sbomkit gen", "generate"), ("sbomkit generate --format cyclonedx@1.", "cyclonedx@1.6"),
        ("sbomkit check --profile cisa@", "cisa@2025"), ("sbomkit outline --style ", "bom"),
    ])
    func `bash completes commands and values, also behind an at sign`(line: String, word: String) throws {
        let result = try shell(
            """
            source <('\(program)' completion bash); [[ $COMP_WORDBREAKS == *@* ]] && exit 9
            COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; read -ra COMP_WORDS <<<"$COMP_LINE"
            [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _sbomkit sbomkit "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf '%s\\n' "${COMPREPLY[@]}"
            """)
        #expect(
            result.text.split(separator: "\n").contains { $0.trimmingPrefix(" ").hasPrefix(word) },
            "\(result.text)\(result.errors)")
    }

    @Test(.needs(have("script"), "script(1) of util-linux"))
    func `messages have colors on a terminal only`() throws {
        let line =
            "cd '\(fixtures)' && TERM=xterm script -qec \"'\(program)' generate debian-small -o /dev/null\" /dev/null"
        #expect(try shell("unset NO_COLOR; \(line)").text.contains("sbomkit: \u{1B}[1;33mwarning\u{1B}[0m: "))
        #expect(try shell("export NO_COLOR=1; \(line)").text.contains("sbomkit: warning: "))
        #expect(try sbomkit("generate debian-small -o /dev/null").errors.contains("sbomkit: warning: "))
    }
}
