internal import ArgumentParser
internal import SBOMKit

/// The options that give a search an exit code.
struct MatchOptions: ParsableArguments {
    @Flag(help: "Exit with 1 if nothing matches.")
    var failOnEmpty = false

    @Flag(help: "Exit with 1 if something matches.")
    var failOnMatch = false

    /// Whether one of them is given.
    var isGiven: Bool { failOnEmpty || failOnMatch }

    func validate() throws {
        if failOnEmpty, failOnMatch {
            throw ValidationError("--fail-on-empty and --fail-on-match exclude each other.")
        }
    }

    /// Ends the command with 1 and a message if the options ask for that.
    func judge(matchCount: Int, in file: String) throws {
        guard matchCount == 0 ? failOnEmpty : failOnMatch else { return }
        let found =
            matchCount == 0
            ? "nothing matches (--fail-on-empty)"
            : "\(matchCount) \(matchCount == 1 ? "element matches" : "elements match") (--fail-on-match)"
        Reporting.say("error", "\(file): \(found)")
        throw ExitCode(1)
    }
}
