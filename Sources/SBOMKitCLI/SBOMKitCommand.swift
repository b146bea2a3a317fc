internal import ArgumentParser
internal import SBOMKit

@main
enum Program {
    static func main() async {
        Output.reserveStandardStreams()
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            var command = try SBOMKitCommand.parseAsRoot(OutlineCommand.translated(arguments))
            // What is not asynchronous stays on the main thread, which has the largest stack.
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            SBOMKitCommand.exit(withError: error)
        }
    }
}

struct SBOMKitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sbomkit",
        abstract: "Says what is inside a container image, as a software bill of materials.",
        discussion: """
            Exit codes: 0 done, 1 something was found that was asked about, 64 usage, 65 bad input, 66 no input, \
            73 output cannot be created, 74 output cannot be written.
            """,
        version: Generator.version,
        subcommands: [
            GenerateCommand.self, ConvertCommand.self, ValidateCommand.self, OutlineCommand.self, QueryCommand.self,
            DiffCommand.self,
        ])
}
