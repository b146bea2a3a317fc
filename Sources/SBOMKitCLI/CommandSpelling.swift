internal import ArgumentParser
internal import SBOMKit

/// Spellings of the command line that are accepted beside those that the help shows.
enum CommandSpelling {
    /// The command line in the spelling that the help shows.
    ///
    /// Accepted are the British spellings of options, `--version` after any command, and the flags for versions of
    /// `bom document outline`, which have the form `--version=false`.
    ///
    /// - Throws: `ValidationError` if the first word is no command.
    static func canonical(_ arguments: [String]) throws -> [String] {
        let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        if let word = words.first, !word.hasPrefix("-"), word != "help", !commands.contains(word) {
            let nearest = Spelling.nearest(to: word, among: commands)
            let help =
                nearest.map { "; did you mean \($0)?" } ?? ": expected one of \(commands.joined(separator: ", "))"
            throw ValidationError("unknown command \(word)\(help)")
        }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let isOutline = arguments.first == "outline"
        // In `outline` this is bom's flag.
        if !isOutline, arguments[..<end].contains("--version") { return ["--version"] }
        let options = arguments[..<end].map { argument in
            guard argument.hasPrefix("--") else { return argument }
            if isOutline, let flag = versionFlags[argument] { return flag }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = americanNames[String(parts[0])] else { return argument }
            return ([Substring(name)] + parts.dropFirst()).joined(separator: "=")
        }
        return options + arguments[end...]
    }

    /// The names of the commands.
    static let commands = SBOMKitCommand.configuration.subcommands.compactMap { $0.configuration.commandName }

    private static let americanNames = ["--licence": "--license", "--colour": "--color"]

    private static let versionFlags = [
        "--version": "--show-version", "--version=true": "--show-version", "--version=false": "--no-version",
    ]
}
