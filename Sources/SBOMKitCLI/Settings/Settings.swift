internal import ArgumentParser
internal import ByteStreams
internal import Glibc
internal import SBOMKit
internal import StructuredText

/// Values of options that do not stand on the command line.
///
/// The command line takes precedence over variables of the environment, these over the file of the folder, and that over the file
/// of the user.
enum Settings {
    /// The name of the file in the current folder.
    static let folderFile = ".sbomkit.json"

    /// Options of which a variable without the name of a command sets that of each command that has it.
    private static let sharedVariables = [
        "anonymous", "authfile", "color", "creator", "insecure", "mirror", "name", "namespace-base", "plain-http",
        "platform", "quiet", "supplier",
    ]

    /// Options of which the command line has at most one.
    private static let exclusive: [Set<String>] = [
        ["platform", "all-platforms"], ["quiet", "verbose"], ["raw", "json", "ascii", "width"],
        ["anonymous", "authfile", "username"], ["no-version", "show-version"], ["template", "format"],
        ["template", "fields"], ["fail-on-empty", "fail-on-match"],
    ]

    /// The arguments with those of files and variables in front of them.
    ///
    /// - Parameter arguments: The command line, in its canonical spelling.
    /// - Returns: The arguments, and the files that were read.
    /// - Throws: ``ConfigurationFile/Failure`` for a file that cannot be used, `ValidationError` for a variable.
    static func applied(to arguments: [String]) throws -> (arguments: [String], files: [String]) {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let isWithoutFiles = arguments[..<end].contains("--no-config")
        let arguments = arguments[..<end].filter { $0 != "--no-config" } + arguments[end...]
        guard let command = arguments.first, CommandSpelling.commands.contains(command) else {
            return (arguments, [])
        }
        let variables = variables()
        var files: [ConfigurationFile] = []
        if !isWithoutFiles {
            if let file = try ConfigurationFile(folderFile, of: .folder) { files.append(file) }
            if let path = userFile, let file = try ConfigurationFile(path, of: .user) { files.append(file) }
        }
        guard !files.isEmpty || !variables.isEmpty else { return (arguments, []) }
        var settings = CommandSettings(command, given: Array(arguments.dropFirst().prefix { $0 != "--" }))
        try settings.add(variables, sharing: sharedVariables)
        for file in files { try settings.add(file) }
        settings.report()
        return ([command] + settings.arguments + arguments.dropFirst(), files.map(\.path))
    }

    /// The file of the user (XDG Base Directory Specification 0.8); nil without a home folder.
    private static var userFile: String? {
        if let folder = Environment.value("XDG_CONFIG_HOME"), folder.hasPrefix("/") {
            return "\(folder)/sbomkit/config.json"
        }
        return Environment.value("HOME").flatMap { $0.isEmpty ? nil : "\($0)/.config/sbomkit/config.json" }
    }

    /// The variables `SBOMKIT_…` that are not empty, without that beginning.
    private static func variables() -> [String: String] {
        var found: [String: String] = [:]
        // SAFETY: The program changes no variable; the list ends with nil, and each text is terminated and copied at once.
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            unsafe next += 1
            guard text.hasPrefix("SBOMKIT_"), let sign = text.firstIndex(of: "=") else { continue }
            let value = String(text[text.index(after: sign)...])
            if !value.isEmpty { found[String(text[..<sign].dropFirst(8))] = value }
        }
        return found
    }

    /// The options that exclude another one.
    fileprivate static func excluded(by option: String) -> Set<String> {
        exclusive.filter { $0.contains(option) }.reduce(into: []) { $0.formUnion($1) }
    }
}

/// The options of one command that files and variables set.
private struct CommandSettings {
    private let command: String
    private let table: CommandTable
    /// The options that are set, or that one which is set excludes.
    private var taken: Set<String> = []
    /// Whether the command line names formats in `-o`.
    private let hasFormats: Bool
    private var isVerbose = false
    private var used: [String] = []
    /// The arguments that the settings stand for.
    private(set) var arguments: [String] = []

    init(_ command: String, given: [String]) {
        self.command = command
        table = CommandTable(of: command)
        var outputs: [String] = []
        for (place, argument) in given.enumerated() where argument.hasPrefix("-") && argument.count > 1 {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            for option in table.options where option.spellings.contains(parts[0]) {
                taken.formUnion(Settings.excluded(by: option.name).union(option.longNames))
                if option.name == "verbose" { isVerbose = true }
                guard option.name == "output" else { continue }
                outputs.append(parts.count > 1 ? parts[1] : place + 1 < given.count ? given[place + 1] : "")
            }
        }
        hasFormats = outputs.contains { output in
            guard let target = try? OutputTarget<GeneratedFormat>(parsing: output) else { return false }
            return target.format != nil || target.path.flatMap(GeneratedFormat.init(endingOf:)) != nil
        }
    }

    /// Adds variables: `SBOMKIT_GENERATE_FORMAT` for an option of a command, `SBOMKIT_QUIET` for one of all commands.
    mutating func add(_ variables: [String: String], sharing shared: [String]) throws {
        for option in table.options {
            let word = option.name.uppercased().replacing("-", with: "_")
            var names = ["\(command.uppercased().replacing("-", with: "_"))_\(word)"]
            if shared.contains(option.name) || command == "generate" && option.name == "format" { names.append(word) }
            guard let name = names.first(where: { variables[$0] != nil }), let text = variables[name] else { continue }
            guard option.isFlag else {
                set(option, [text])
                continue
            }
            switch text.lowercased() {
            case "1", "true", "yes": set(option, nil)
            case "0", "false", "no": taken.formUnion(option.longNames)
            default: throw ValidationError("SBOMKIT_\(name): expected true or false")
            }
        }
    }

    /// Adds the values of a file.
    mutating func add(_ file: ConfigurationFile) throws(ConfigurationFile.Failure) {
        used.append(file.path)
        var options: [(CommandTable.Option, JSONValue)] = []
        for (name, value) in try file.values(for: command) {
            guard let option = table.option(name) else {
                if file.isShared(name, for: command), Self.isKnown(name) { continue }
                let names =
                    table.options.map(\.name) + (file.isShared(name, for: command) ? CommandSpelling.commands : [])
                let meant = Spelling.nearest(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
                throw ConfigurationFile.Failure(
                    message: "\(file.path): \(name): no such option of \(command), and no command\(meant)")
            }
            guard file.owner.maySet(option.name) else {
                Reporting.say(
                    "warning",
                    "\(file.path): \(name) is ignored: a file in the current folder sets only how results look")
                continue
            }
            options.append((option, value))
        }
        for (option, value) in options { try add(option, value, file.path) }
    }

    private mutating func add(
        _ option: CommandTable.Option, _ value: JSONValue, _ path: String
    ) throws(ConfigurationFile.Failure) {
        func text(_ value: JSONValue) -> String? {
            switch value {
            case .string(let text): text
            case .number(let number): number.digits
            default: nil
            }
        }
        switch value {
        case .bool(let isSet) where option.isFlag:
            if isSet { set(option, nil) } else { taken.formUnion(option.longNames) }
        case .array(let values) where option.isRepeating && !option.isFlag:
            let texts = values.compactMap(text)
            guard texts.count == values.count else {
                throw ConfigurationFile.Failure(message: "\(path): \(option.name): expected an array of strings")
            }
            set(option, texts)
        default:
            if !option.isFlag, let text = text(value) { return set(option, [text]) }
            let expected =
                option.isFlag ? "true or false" : option.isRepeating ? "a string or an array of strings" : "a string"
            throw ConfigurationFile.Failure(
                message: "\(path): \(option.name): expected \(expected), found \(value.kind)")
        }
    }

    /// Sets an option to values, or a flag.
    private mutating func set(_ option: CommandTable.Option, _ values: [String]?) {
        guard taken.isDisjoint(with: option.longNames) else { return }
        taken.formUnion(Settings.excluded(by: option.name).union(option.longNames))
        // A file that is named with its format is not to have another one.
        if hasFormats, option.longNames.contains("format") { return }
        if option.name == "verbose" { isVerbose = true }
        arguments += values.map { $0.map { "--\(option.name)=\($0)" } } ?? ["--\(option.name)"]
    }

    /// Names the files that were read, where everything is to be told.
    func report() {
        guard isVerbose else { return }
        for path in used { Reporting.say("note", "\(path): options are read from it") }
    }

    /// Whether another command has an option of a name.
    private static func isKnown(_ name: String) -> Bool {
        CommandSpelling.commands.contains { CommandTable(of: $0).option(name) != nil }
    }
}

extension CommandTable.Option {
    /// The long names, without hyphens.
    fileprivate var longNames: [String] { spellings.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) } }
}
