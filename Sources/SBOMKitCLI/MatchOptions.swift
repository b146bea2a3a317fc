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

    /// Ends the command with 1 if the options ask for that.
    func judge(matchCount: Int) throws {
        if matchCount == 0 ? failOnEmpty : failOnMatch { throw ExitCode(1) }
    }
}
