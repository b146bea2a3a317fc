internal import Glibc

/// The terminal that standard output may be.
enum Terminal {
    /// The number of columns; nil if standard output is not a terminal.
    static let width: Int? = {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        // SAFETY: The kernel writes one `winsize`, and keeps no pointer to it.
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }()

    /// Whether the user does not want colors (no-color.org), or the terminal has none.
    static let refusesColors: Bool = {
        let isRefused = Environment.value("NO_COLOR").map { !$0.isEmpty } ?? false
        return isRefused || (Environment.value("TERM") ?? "dumb") == "dumb"
    }()
}
