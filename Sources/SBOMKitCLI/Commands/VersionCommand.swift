internal import ArgumentParser
internal import SBOMKit

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version, and those of the libraries.",
        discussion: """
            The first line is that of --version. A line for each library follows: its name and the version that is loaded. \
            libcurl and librpm are loaded only when they are needed, so they are not listed.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() {
        let lines = json ? [ProgramVersion.json] : ProgramVersion.lines
        Output.writeToStandardOutput(Array(lines.map { $0 + "\n" }.joined().utf8))
    }
}
