internal import Glibc
internal import Synchronization

/// A progress bar on standard error while layers are read, on terminals and for long operations only.
final class ProgressBar: Sendable {
    private struct State {
        var isShown = false
        var next: Double
    }

    // A class, because all tasks that read layers share one line of the terminal.
    private let state: Mutex<State>

    /// Nil if standard error is not a terminal that can show it.
    init?() {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        if Environment.value("TERM") == "dumb" { return nil }
        state = Mutex(State(next: Self.now() + 0.4))
    }

    /// Does something that reads layers, and shows a bar meanwhile.
    ///
    /// - Parameters:
    ///   - isQuiet: Whether no bar is shown.
    ///   - body: Calls its argument with how much is read, of how much.
    /// - Returns: The result of `body`.
    static func during<Result>(
        quiet isQuiet: Bool, _ body: (@escaping @Sendable (_ read: Int, _ total: Int) -> Void) async throws -> Result
    ) async rethrows -> Result {
        let bar = isQuiet ? nil : ProgressBar()
        defer { bar?.clear() }
        return try await body { bar?.show($0, of: $1) }
    }

    /// Draws the bar, at most ten times a second.
    func show(_ read: Int, of total: Int) {
        let now = Self.now()
        state.withLock { state in
            guard now >= state.next, total > 0 else { return }
            state.next = now + 0.1
            state.isShown = true
            var size = winsize()
            // SAFETY: The kernel writes one `winsize`, and keeps no pointer to it.
            let width = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 80
            let percent = min(100, read * 100 / total)
            let figures = " \(percent)% of \(total / 1_000_000) MB"
            let room = max(0, min(40, width - figures.utf8.count - 20))
            let full = room * percent / 100
            let bar = String(repeating: "#", count: full) + String(repeating: ".", count: room - full)
            Output.write(Array("\r\u{1B}[Kreading layers [\(bar)]\(figures)".utf8), to: STDERR_FILENO)
        }
    }

    /// Removes the bar.
    func clear() {
        state.withLock { state in
            if state.isShown { Output.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO) }
            state.isShown = false
            state.next = .infinity
        }
    }

    private static func now() -> Double {
        var time = timespec()
        // SAFETY: The kernel writes one `timespec`, and keeps no pointer to it.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
