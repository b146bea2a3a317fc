internal import ArgumentParser
internal import ByteStreams
internal import StructuredText

/// The options of a command, as the argument parser knows them.
struct CommandTable {
    struct Option {
        /// The long name, without hyphens.
        let name: String
        /// All spellings: `--output`, `-o`.
        let spellings: [String]
        /// Whether it takes no value.
        let isFlag: Bool
        let isRepeating: Bool
    }

    let options: [Option]

    // The parser has no other interface to its own definitions than this text.
    private static let description = try? JSONValue(
        parsing: Array(SBOMKitCommand._dumpHelp().utf8), limits: Limits())

    /// The options of a command that help lists, apart from `--help`.
    init(of command: String) {
        guard
            let description = Self.description?["command"]?["subcommands"]?.elements.first(where: {
                $0["commandName"]?.text == command
            })
        else {
            options = []
            return
        }
        options = (description["arguments"]?.elements ?? []).compactMap { argument in
            guard let kind = argument["kind"]?.text, kind != "positional" else { return nil }
            let names = (argument["names"]?.elements ?? []).compactMap { name -> (isLong: Bool, text: String)? in
                guard let text = name["name"]?.text else { return nil }
                return (name["kind"]?.text == "long", text)
            }
            guard let name = names.first(where: \.isLong)?.text, name != "help" else { return nil }
            return Option(
                name: name, spellings: names.map { ($0.isLong ? "--" : "-") + $0.text }, isFlag: kind == "flag",
                isRepeating: argument["isRepeating"] == .bool(true))
        }
    }

    /// The option of a name; nil if the command has no such option.
    func option(_ name: String) -> Option? { options.first { $0.spellings.contains("--\(name)") } }
}

extension JSONValue {
    fileprivate subscript(_ name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
    fileprivate var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
