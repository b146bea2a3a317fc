internal import ArgumentParser

/// When colors are used.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
    case auto
    case always
    case never

    /// Whether to use colors on standard output.
    var isColored: Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: Terminal.width != nil && !Terminal.refusesColors
        }
    }
}

/// The option of commands whose output has colors on a terminal.
struct ColorOptions: ParsableArguments {
    @Option(help: "When to use colors. With auto, NO_COLOR in the environment disables them.")
    var color = ColorChoice.auto

    /// Whether to use colors on standard output.
    var isColored: Bool { color.isColored }
}
