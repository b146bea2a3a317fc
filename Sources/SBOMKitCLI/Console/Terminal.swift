internal import Glibc

/// The terminal that standard output may be.
enum Terminal {
    /// The number of columns; nil if standard output is not a terminal.
    static let width: Int? = {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }()

    /// Whether the user does not want colors (no-color.org), or the terminal has none.
    static let refusesColors: Bool = {
        let refusal = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
        let terminal = unsafe getenv("TERM").map { unsafe String(cString: $0) } ?? "dumb"
        return refusal || terminal == "dumb"
    }()
}
