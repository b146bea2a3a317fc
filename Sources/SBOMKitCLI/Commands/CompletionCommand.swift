internal import ArgumentParser
internal import SBOMKit

struct CompletionCommand: ParsableCommand {
    /// The shells that have completions.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish

        var shell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print the completions for a shell.",
        discussion: """
            For the current shell:

              bash   source <(sbomkit completion bash)
              zsh    source <(sbomkit completion zsh)
              fish   sbomkit completion fish | source

            For every shell, write the text to ~/.local/share/bash-completion/completions/sbomkit, to a file named \
            _sbomkit in a folder of zsh's fpath, or to ~/.config/fish/completions/sbomkit.fish.
            """)

    @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
    var shell: Shell

    func run() {
        var script = SBOMKitCommand.completionScript(for: shell.shell)
        if shell == .bash {
            // bash breaks words at each of these characters before it asks for completions (bash(1), COMP_WORDBREAKS).
            script += "\n# Names of formats and profiles have it before their version: cyclonedx@1.6.\n"
            script += "COMP_WORDBREAKS=${COMP_WORDBREAKS//@}\n"
        }
        Output.writeToStandardOutput(Array((script.hasSuffix("\n") ? script : script + "\n").utf8))
    }
}
