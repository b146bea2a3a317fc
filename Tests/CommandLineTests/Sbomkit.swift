import Foundation
import TestSupport

/// The program that was built with these tests.
///
/// The test runner runs in the folder with the products, or is given a path into it, whatever `--scratch-path` says.
let program: String = {
    let places = CommandLine.arguments + [Bundle.main.executablePath ?? "", Bundle.main.bundlePath]
    for place in places where place.contains("/") {
        var folder = URL(fileURLWithPath: place)
        while folder.path != "/" {
            // The package's own folder may well have that name.
            let candidate = folder.appendingPathComponent("sbomkit")
            let isFile = try? candidate.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile
            if isFile == true, FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate.path }
            folder.deleteLastPathComponent()
        }
    }
    return packageFolder + "/.build/debug/sbomkit"
}()

let fixtures = packageFolder + "/Fixtures"

/// Runs `sbomkit` with what stands on the line, as a shell takes it.
///
/// The environment has nothing in it that changes documents.
func sbomkit(_ line: String, environment: [String: String] = [:]) throws -> ShellResult {
    let assignments = environment.map { "\($0.key)='\($0.value)' " }.joined()
    return try shell(
        "unset SOURCE_DATE_EPOCH; export XDG_CONFIG_HOME=/dev/null; cd '\(fixtures)'; \(assignments)'\(program)' \(line)"
    )
}

extension ShellResult {
    /// What it said, a line each.
    var lines: [String] { errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
}
