import TestSupport

extension ScriptedRegistry {
    /// Runs `sbomkit` as a user whose folder is ``home``; `HOST` in the line is that of the registry.
    func sbomkit(_ line: String, environment: String = "", input: String = "") throws -> ShellResult {
        let line = line.replacing("HOST", with: host)
        return try shell(
            "cd '\(fixtures)' && env -i PATH=\"$PATH\" HOME='\(home)' \(environment) '\(program)' \(line)",
            input: Array(input.utf8))
    }
}
