internal import ArgumentParser
internal import Glibc
internal import SBOMKit

@main
package enum Program {
    package static func main() async {
        Output.reserveStandardStreams()
        let written = Array(CommandLine.arguments.dropFirst())
        var files: [String] = []
        do {
            let arguments: [String]
            (arguments, files) = try Settings.applied(to: CommandSpelling.canonical(written))
            var command = try SBOMKitCommand.parseAsRoot(arguments)
            // Synchronous commands stay on the main thread, which has the largest stack.
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error, in: written.first, files: files)
        }
        end(EXIT_SUCCESS)
    }

    /// Ends the process without waiting for memory that another thread still frees.
    ///
    /// Results are written by then, files are renamed, and what `print` buffered is flushed here.
    private static func end(_ code: CInt) -> Never {
        fflush(nil)
        _exit(code)
    }

    /// Prints an error and ends the process.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - command: The first word of the command line.
    ///   - files: The configuration files that were read.
    private static func end(with error: any Error, in command: String?, files: [String]) -> Never {
        switch error {
        case let error as SBOMError: Reporting.fail(error)
        case let code as ExitCode: end(code.rawValue)
        case let failure as ConfigurationFile.Failure:
            Reporting.say("error", failure.message)
            Reporting.say("hint", "--no-config reads no configuration file")
            end(EX_DATAERR)
        default:
            // Errors of the argument parser have exit codes of their own: help, for instance, has 0.
            if SBOMKitCommand.exitCode(for: error) == .validationFailure {
                reportUsage(SBOMKitCommand.message(for: error), of: command)
                for path in files { Reporting.say("hint", "options were also read from \(path)") }
                end(EX_USAGE)
            }
            guard isUnknown(error) else { SBOMKitCommand.exit(withError: error) }
            Reporting.say("error", "internal error, please report it: \(error)")
            exit(exitCode(for: error))
        }
    }

    /// Prints what is wrong with the command line, and where help is.
    private static func reportUsage(_ message: String, of command: String?) {
        Reporting.say("error", UsageMessage.styled(message))
        let known = command.map { CommandSpelling.commands.contains($0) ? "\($0) " : "" } ?? ""
        Reporting.say("hint", "`sbomkit \(known)--help` lists the options")
    }

    /// What is wrong with the arguments of a command line; nil if they parse.
    package static func usageProblem(of arguments: [String]) -> String? {
        do {
            _ = try SBOMKitCommand.parseAsRoot(CommandSpelling.canonical(arguments))
            return nil
        } catch {
            return SBOMKitCommand.exitCode(for: error).isSuccess ? nil : SBOMKitCommand.message(for: error)
        }
    }

    /// The exit code of the process for an error that a command throws (sysexits.h).
    package static func exitCode(for error: any Error) -> CInt {
        switch error {
        case let error as SBOMError:
            switch error.code {
            case .usage: EX_USAGE
            case .badInput: EX_DATAERR
            case .noInput: EX_NOINPUT
            case .tooLarge: ExitCode.failure.rawValue
            case .internal: EX_SOFTWARE
            }
        case let code as ExitCode: code.rawValue
        default: isUnknown(error) ? EX_SOFTWARE : SBOMKitCommand.exitCode(for: error).rawValue
        }
    }

    /// Whether the argument parser does not know an error: it would exit with 1, which stands for a finding.
    private static func isUnknown(_ error: any Error) -> Bool { SBOMKitCommand.exitCode(for: error) == .failure }
}

struct SBOMKitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sbomkit",
        abstract: "Write, convert, validate and compare software bills of materials (SBOMs).",
        discussion: """
            Exit codes: 0 success; 1 a finding: an invalid document, a difference, a failed check, or what \
            --strict or --fail-on-blind asks for; 64 wrong usage; 65 bad input; 66 no input; 70 internal error; 73 the output \
            cannot be created; 74 the output cannot be written.
            """,
        subcommands: [
            GenerateCommand.self, ConvertCommand.self, ValidateCommand.self, OutlineCommand.self, QueryCommand.self,
            DiffCommand.self, CheckCommand.self, InspectCommand.self, BuildKitScanCommand.self, VersionCommand.self,
            CompletionCommand.self,
        ])

    // Not the `version` of the configuration: that would add `--version` to `outline`, where it means something else.
    @Flag(help: "Show the version.")
    var version = false

    @Flag(help: "Read no configuration file. It can stand before or after a command.")
    var noConfig = false

    func run() throws {
        throw version ? CleanExit.message(Generator.version) : CleanExit.helpRequest(self)
    }
}
